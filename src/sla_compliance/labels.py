"""What an instant is (scope, state) and what each such cell counts as (accounting)."""
################################################################
# Every instant of a window has one scope, what was owed, and one state, what
# was the case. In each enum below the first member that applies wins. The order
# of the members is also the order of the cells in every table of lengths (CELLS),
# stored tables among them: with a new label, the stored form gets a new version.
#
# An accounting maps each of the 30 cells to up, down or not counted. Time that
# has not come yet counts as neither under any accounting: it was not observed.
################################################################

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from typing import Any, ClassVar, Final

from sla_compliance.errors import InvalidTypeError, InvalidValueError, shown


class Scope(StrEnum):
    """What was owed at an instant; the first that applies wins."""

    NOT_IN_SERVICE = "NOT_IN_SERVICE"
    """Before activation or after termination."""
    OUT_OF_HOURS = "OUT_OF_HOURS"
    """Outside the agreed service hours."""
    MAINTENANCE = "MAINTENANCE"
    """Inside an accepted maintenance window."""
    EXCLUDED = "EXCLUDED"
    """Inside another agreed exclusion: customer-caused, no access, force majeure ..."""
    AGREED = "AGREED"
    """None of these: agreed service time."""


class State(StrEnum):
    """What was the case at an instant; the first that applies wins."""

    NOT_YET = "NOT_YET"
    """At or after the instant of evaluation."""
    DOWN = "DOWN"
    """In an outage that no targeted exclusion excuses."""
    EXCUSED_MAINTENANCE = "EXCUSED_MAINTENANCE"
    """In an outage that targeted maintenance excuses."""
    EXCUSED_OTHER = "EXCUSED_OTHER"
    """In an outage that other targeted exclusions excuse."""
    UNKNOWN = "UNKNOWN"
    """Not monitored, and no evidence of an outage."""
    UP = "UP"
    """None of these."""


class Counts(StrEnum):
    """What a cell counts as."""

    UP = "UP"
    DOWN = "DOWN"
    NOT_COUNTED = "NOT_COUNTED"


Cell = tuple[Scope, State]
CELLS: Final[tuple[Cell, ...]] = tuple(product(Scope, State))
CELL_INDEX: Final[Mapping[Cell, int]] = {cell: index for index, cell in enumerate(CELLS)}
STATE_COUNT: Final = len(State)


@dataclass(frozen=True, slots=True, init=False)
class Accounting:
    """Which cells count as up and which as down; all others are not counted.

    `Accounting(mapping)` starts from REMOVED and counts the cells named in the mapping as it says, so
    `Accounting({(Scope.AGREED, State.UNKNOWN): Counts.UP})` is REMOVED with unmonitored time as up.

    Attributes:
        up_cells, down_cells: indices into CELLS, ascending.

    Raises:
        InvalidTypeError: it is no mapping, a key is no (Scope, State), or a value no Counts.
        InvalidValueError: time that has not come yet is counted.
    """

    up_cells: tuple[int, ...]
    down_cells: tuple[int, ...]

    REMOVED: ClassVar[Accounting]
    """Maintenance and exclusions are not counted, excused outages are up: agreed service time, as in ITIL."""
    PLANNED_DOWNTIME_REMOVED: ClassVar[Accounting]
    """As REMOVED, but maintenance during which the service was up counts as up."""
    EXCUSED: ClassVar[Accounting]
    """As REMOVED, but maintenance counts as up, whether the service was up or down."""
    COUNTED: ClassVar[Accounting]
    """Maintenance counts like agreed service time, and outages that it excuses are down."""
    GROSS: ClassVar[Accounting]
    """Maintenance and exclusions count like agreed service time, and excused outages are down."""

    def __init__(self, counts: Mapping[Cell, Counts]) -> None:
        if not isinstance(counts, Mapping):
            raise _type_error(f"is {shown(counts)}; give a mapping of (Scope, State) pairs to Counts")
        for cell, count in counts.items():
            _check_count(cell, count)
        all_counts = {**_counts_of_removed(), **counts}
        object.__setattr__(self, "up_cells", _indices(all_counts, Counts.UP))
        object.__setattr__(self, "down_cells", _indices(all_counts, Counts.DOWN))

    def counts(self, scope: Scope, state: State) -> Counts:
        """Return what a cell counts as."""
        index = CELL_INDEX[scope, state]
        if index in self.up_cells:
            return Counts.UP
        return Counts.DOWN if index in self.down_cells else Counts.NOT_COUNTED

    @property
    def name(self) -> str:
        """The name of a named accounting, e.g. "REMOVED"; "CUSTOM" for any other."""
        return next((name for name in NAMED_ACCOUNTINGS if getattr(Accounting, name) == self), CUSTOM)

    def as_dict(self) -> dict[str, str]:
        """Return what each counted cell counts as, by "SCOPE/STATE"."""
        counts = {f"{scope}/{state}": self.counts(scope, state) for scope, state in CELLS}
        return {cell: str(count) for cell, count in counts.items() if count is not Counts.NOT_COUNTED}

    def __repr__(self) -> str:
        if self.name != CUSTOM:
            return f"Accounting.{self.name}"
        changed_counts: dict[Cell, Counts] = {}
        for cell in CELLS:
            count = self.counts(*cell)
            if count is not Accounting.REMOVED.counts(*cell):
                changed_counts[cell] = count
        return f"Accounting({changed_counts!r})"

    def _repr_pretty_(self, printer: Any, _: object) -> None:  # noqa: ANN401 - of IPython or Hypothesis
        """Write the repr: printers of dataclasses would follow the class attributes, and theirs, without end."""
        printer.text(repr(self))


def _check_count(cell: object, count: object) -> None:
    # A plain text equals the member that it spells, so a pair of texts is in CELL_INDEX too.
    if cell not in CELL_INDEX or not all(map(isinstance, cell, (Scope, State))):  # type: ignore[call-overload]
        raise _type_error(f"has the key {shown(cell)}; keys are pairs such as (Scope.AGREED, State.UNKNOWN)")
    if not isinstance(count, Counts):
        raise _type_error(f"has the value {shown(count)}; give Counts.UP, Counts.DOWN or Counts.NOT_COUNTED")
    if cell[1] is State.NOT_YET and count is not Counts.NOT_COUNTED:  # type: ignore[index]
        raise InvalidValueError(
            "accounting counts State.NOT_YET; give Counts.NOT_COUNTED, for it was not observed", field="accounting"
        )


def _type_error(fault: str) -> InvalidTypeError:
    return InvalidTypeError(f"accounting {fault}", field="accounting")


def _counts_of_removed() -> dict[Cell, Counts]:
    """Return what REMOVED counts: agreed time alone, in which excused outages are up."""
    return _recorded_counts(Scope.AGREED, excused_by_maintenance=Counts.UP, excused_otherwise=Counts.UP)


def _indices(all_counts: Mapping[Cell, Counts], count: Counts) -> tuple[int, ...]:
    """Return the indices of the cells that count as `count`, ascending."""
    return tuple(index for index, cell in enumerate(CELLS) if all_counts.get(cell) is count)


def _recorded_counts(scope: Scope, *, excused_by_maintenance: Counts, excused_otherwise: Counts) -> dict[Cell, Counts]:
    """Return the counts of a scope in which up is up, down is down, and unknown is not counted."""
    return {
        (scope, State.UP): Counts.UP,
        (scope, State.DOWN): Counts.DOWN,
        (scope, State.EXCUSED_MAINTENANCE): excused_by_maintenance,
        (scope, State.EXCUSED_OTHER): excused_otherwise,
    }


def _counts_without_maintenance_excuse(scope: Scope) -> dict[Cell, Counts]:
    return _recorded_counts(scope, excused_by_maintenance=Counts.DOWN, excused_otherwise=Counts.UP)


def _counts_without_any_excuse(scope: Scope) -> dict[Cell, Counts]:
    return _recorded_counts(scope, excused_by_maintenance=Counts.DOWN, excused_otherwise=Counts.DOWN)


Accounting.REMOVED = Accounting({})
Accounting.PLANNED_DOWNTIME_REMOVED = Accounting({(Scope.MAINTENANCE, State.UP): Counts.UP})
Accounting.EXCUSED = Accounting(
    {
        (Scope.MAINTENANCE, State.UP): Counts.UP,
        (Scope.MAINTENANCE, State.DOWN): Counts.UP,
        (Scope.MAINTENANCE, State.EXCUSED_MAINTENANCE): Counts.UP,
        (Scope.MAINTENANCE, State.EXCUSED_OTHER): Counts.UP,
    }
)
Accounting.COUNTED = Accounting(
    {
        **_counts_without_maintenance_excuse(Scope.AGREED),
        **_counts_without_maintenance_excuse(Scope.MAINTENANCE),
    }
)
Accounting.GROSS = Accounting(
    {
        **_counts_without_any_excuse(Scope.AGREED),
        **_counts_without_any_excuse(Scope.MAINTENANCE),
        **_counts_without_any_excuse(Scope.EXCLUDED),
    }
)

CUSTOM: Final = "CUSTOM"
"""The name of any other accounting."""
NAMED_ACCOUNTINGS: Final = ("REMOVED", "PLANNED_DOWNTIME_REMOVED", "EXCUSED", "COUNTED", "GROSS")
