"""Stretches: how a window divides in order of time, for a picture of it."""
################################################################
# Where a window has more outages than a picture can show, its stretches are those of
# what was owed and monitored alone: a storm of alarms makes no long answer. The outages
# themselves are listed elsewhere.
################################################################

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo
from typing import Final

from sla_compliance.labels import Accounting, Counts, Scope, State
from sla_compliance.ledger import Ledger
from sla_compliance.units import moment

MOST_OUTAGES: Final = 500


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time in which one thing was owed and one was the case.

    Attributes:
        start_us, end_us: half-open, microseconds since 1970.
        scope: what was owed.
        state: what was the case.
        counts: what it counts as.
    """

    start_us: int
    end_us: int
    scope: Scope
    state: State
    counts: Counts

    def as_dict(self, zone: tzinfo) -> dict[str, object]:
        """Return the stretch in JSON types; times in the zone."""
        return {
            "start": moment(self.start_us, zone).isoformat(),
            "end": moment(self.end_us, zone).isoformat(),
            "scope": str(self.scope),
            "state": str(self.state),
            "counts": None if self.counts is Counts.NOT_COUNTED else str(self.counts).lower(),
        }


def stretches_of(ledger: Ledger, accounting: Accounting) -> tuple[Stretch, ...]:
    """Return the stretches of a ledger's window in order of time; neighbours differ.

    Cost: linear in the outages of the window, of which MOST_OUTAGES are looked at.
    """
    outages = ledger.down.pieces_meeting(ledger.start_us, ledger.end_us)
    shown_ledger = ledger if len(outages) <= MOST_OUTAGES else ledger.without_downtime
    stretches: list[Stretch] = []
    for start_us, end_us, scope, state in shown_ledger.timeline():
        last = stretches[-1] if stretches else None
        # A frame is cut at every midnight and at the instant of evaluation, too.
        if last is not None and (last.scope, last.state) == (scope, state):
            start_us = stretches.pop().start_us  # noqa: PLW2901 - the part begins where the last one does
        stretches.append(Stretch(start_us, end_us, scope, state, accounting.counts(scope, state)))
    return tuple(stretches)
