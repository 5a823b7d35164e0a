"""What cells count as, and what follows from them: availability, coverage, verdict."""
################################################################
# A cell is (scope, state), as text. An accounting says which cells count up and
# which down; all others are not counted. Shares are exact, None where nothing
# counted.
################################################################

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from fractions import Fraction
from typing import Final

from sla_compliance.testing.oracle.rules import Rule
from sla_compliance.testing.oracle.world import Terms

Cell = tuple[str, str]
Cells = Counter[Cell]
"""Units in each cell."""

SCOPES: Final = ("NOT_IN_SERVICE", "OUT_OF_HOURS", "MAINTENANCE", "EXCLUDED", "AGREED")
STATES: Final = ("NOT_YET", "DOWN", "EXCUSED_MAINTENANCE", "EXCUSED_OTHER", "UNKNOWN", "UP")


def _as_it_was(scope: str, *, excused_by_maintenance: str, excused_otherwise: str) -> dict[Cell, str]:
    return {
        (scope, "UP"): "UP",
        (scope, "DOWN"): "DOWN",
        (scope, "EXCUSED_MAINTENANCE"): excused_by_maintenance,
        (scope, "EXCUSED_OTHER"): excused_otherwise,
    }


_REMOVED: Final = _as_it_was("AGREED", excused_by_maintenance="UP", excused_otherwise="UP")
_ALL_UP: Final = dict.fromkeys(
    [("MAINTENANCE", state) for state in ("UP", "DOWN", "EXCUSED_MAINTENANCE", "EXCUSED_OTHER")], "UP"
)
NAMED: Final[Mapping[str, Mapping[Cell, str]]] = {
    "REMOVED": _REMOVED,
    "PLANNED_DOWNTIME_REMOVED": {**_REMOVED, ("MAINTENANCE", "UP"): "UP"},
    "EXCUSED": {**_REMOVED, **_ALL_UP},
    "COUNTED": {
        **_as_it_was("AGREED", excused_by_maintenance="DOWN", excused_otherwise="UP"),
        **_as_it_was("MAINTENANCE", excused_by_maintenance="DOWN", excused_otherwise="UP"),
    },
    "GROSS": {
        **_as_it_was("AGREED", excused_by_maintenance="DOWN", excused_otherwise="DOWN"),
        **_as_it_was("MAINTENANCE", excused_by_maintenance="DOWN", excused_otherwise="DOWN"),
        **_as_it_was("EXCLUDED", excused_by_maintenance="DOWN", excused_otherwise="DOWN"),
    },
}


class Count:
    """What the cells of one stretch of time come to."""

    def __init__(self, terms: Terms, without: Collection[Rule] = ()) -> None:
        self.terms = terms
        self.without = without
        name = "REMOVED" if Rule.ACCOUNTING in without else terms.accounting
        changes = {} if Rule.ACCOUNTING in without else {(scope, state): to for scope, state, to in terms.recounted}
        not_counted = {(scope, state): "NOT_COUNTED" for scope in SCOPES for state in STATES}
        self.counts: Mapping[Cell, str] = {**not_counted, **NAMED[name], **changes}

    def length(self, cells: Cells, counted_as: str) -> int:
        """Return the units that count up, or down."""
        return sum(length for cell, length in cells.items() if self.counts[cell] == counted_as)

    def availability(self, cells: Cells) -> Fraction | None:
        """Return up / (up + down)."""
        up, down = self.length(cells, "UP"), self.length(cells, "DOWN")
        return Fraction(up, up + down) if up + down else None

    def uncertain_scopes(self) -> list[str]:
        """Return the scopes in which up and down count differently."""
        return [scope for scope in SCOPES if self._differs(scope)]

    def _differs(self, scope: str) -> bool:
        return self.counts[scope, "UP"] != self.counts[scope, "DOWN"]

    def unknown(self, cells: Cells) -> int:
        """Return the unknown units that may have counted either way."""
        return sum(cells[scope, "UNKNOWN"] for scope in self.uncertain_scopes())

    def coverage(self, cells: Cells) -> Fraction | None:
        """Return the share of the time that counts, or might have, of which it is known how."""
        observed = self.length(cells, "UP") + self.length(cells, "DOWN")
        unknown = self.unknown(cells)
        return Fraction(observed, observed + unknown) if observed + unknown else None

    def verdict(self, cells: Cells) -> str:
        """Return the verdict on a stretch of time."""
        availability = self.availability(cells)
        target = Fraction(1, 2) if Rule.TARGET in self.without else self.terms.target
        if availability is None:
            return "UNDETERMINED"
        if availability >= target:
            return "MET"
        best = cells.copy()
        for scope in SCOPES:
            best[scope, "UP"] += best.pop((scope, "NOT_YET"), 0)
        best_availability = self.availability(best)
        is_recoverable = best_availability is not None and best_availability >= target
        return "AT_RISK" if is_recoverable and Rule.RECOVERABLE not in self.without else "BREACHED"

    def with_unknown_as(self, cells: Cells, state: str) -> Cells:
        """Return the cells with the unknown time of uncertain scopes in another state."""
        settled = cells.copy()
        for scope in self.uncertain_scopes():
            settled[scope, state] += settled.pop((scope, "UNKNOWN"), 0)
        return settled
