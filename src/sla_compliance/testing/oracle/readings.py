"""One reading of the rows: what was down, and the scope and state of every instant."""
################################################################
# A reading is made of alarms, each with the instants at which it was raised, and of
# instants in doubt, which no window excuses.
#
# Downtime is the union of all of them, before as_of, damped as a whole: gaps
# shorter than merge_gap become downtime, then outages shorter than min_outage are
# dropped. An instant of it is excused where alarms are active and each of them is
# in a targeted window that applies to it; a bridged gap where both sides of it are.
# It is excused by maintenance where a maintenance window excuses one of the alarms
# (of a gap: on either side).
#
# A reading of what the rule leaves open, chosen here: an unmonitored stretch is a
# run of unknown instants, so an alarm cuts it in two, and it stands between two
# monitored instants where both its neighbours are monitored.
################################################################

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date
from functools import cached_property
from itertools import pairwise
from typing import Final

from sla_compliance.testing.oracle.accounting import Cell, Cells
from sla_compliance.testing.oracle.calendar import day_of, is_in_hours
from sla_compliance.testing.oracle.exclusions import Exclusions, Excuse, runs
from sla_compliance.testing.oracle.rows import Instants
from sla_compliance.testing.oracle.rules import Rule
from sla_compliance.testing.oracle.world import OTHER, Row, Spans, World

RaisedRow = tuple[Row, Instants]
EXCUSED: Final = ("EXCUSED_MAINTENANCE", "EXCUSED_OTHER")


def damped(instants: Collection[int], merge_gap: int, min_outage: int) -> set[int]:
    """Return downtime with short gaps filled, then short outages dropped."""
    filled = set(instants)
    for run, following in pairwise(runs(instants)):
        gap = range(run.stop, following.start)
        if len(gap) < merge_gap:
            filled.update(gap)
    return {instant for run in runs(filled) if len(run) >= min_outage for instant in run}


class Reading:
    """The ledger of one reading, instant by instant."""

    def __init__(
        self,
        world: World,
        alarms: Sequence[RaisedRow],
        in_doubt: Instants,
        exclusions: Exclusions,
        without: Collection[Rule] = (),
    ) -> None:
        self.world = world
        self.alarms = alarms
        self.in_doubt = in_doubt
        self.exclusions = exclusions
        self.without = without

    @cached_property
    def raised(self) -> Instants:
        """The instants at which an alarm was raised or may have been."""
        return self.in_doubt.union(*(instants for _, instants in self.alarms))

    @cached_property
    def down(self) -> Instants:
        """The instants of outages, excused or not, inside the window and beyond."""
        merge_gap = 0 if Rule.MERGE_GAP in self.without else self.world.terms.merge_gap
        min_outage = 0 if Rule.MIN_OUTAGE in self.without else self.world.terms.min_outage
        return frozenset(damped(self.raised, merge_gap, min_outage))

    @cached_property
    def outages(self) -> list[range]:
        """The whole outages, in order of time."""
        return runs(self.down)

    @cached_property
    def excuses(self) -> list[Excuse]:
        """What excuses in this reading."""
        return self.exclusions.excuses_while(self.down)

    @cached_property
    def states(self) -> dict[int, str]:
        """The state of each instant before as_of, short unmonitored stretches bridged."""
        states = {instant: self._state_besides_gaps(instant) for instant in range(-self.world.place.reach, self._end)}
        self._bridge_monitor_gaps(states)
        return states

    @property
    def _end(self) -> int:
        return max(self.down, default=-self.world.place.reach) + 1 if Rule.AS_OF in self.without else self.world.as_of

    def state(self, instant: int) -> str:
        """Return what was the case at an instant."""
        if instant >= self._end:
            return "UP" if Rule.AS_OF in self.without else "NOT_YET"
        # What lies around an instant decides only where stretches are bridged.
        return self.states[instant] if self.world.monitor_gap else self._state_besides_gaps(instant)

    def _state_besides_gaps(self, instant: int) -> str:
        is_monitored = self._is_monitored(instant)
        if instant in self.down and (is_monitored or Rule.EVIDENCE_FIRST not in self.without):
            return self._states_of_outages[instant]
        return "UP" if is_monitored else "UNKNOWN"

    def _is_monitored(self, instant: int) -> bool:
        return Rule.MONITORED in self.without or _holds(self.world.monitored, instant)

    def _bridge_monitor_gaps(self, states: dict[int, str]) -> None:
        unknown = [instant for instant, state in states.items() if state == "UNKNOWN"]
        if Rule.MONITOR_GAP in self.without:
            return
        for stretch in runs(unknown):
            before, after = stretch.start - 1, stretch.stop
            is_between = (
                before in states and after in states and self._is_monitored(before) and self._is_monitored(after)
            )
            if is_between and len(stretch) < self.world.monitor_gap and states[before] == states[after]:
                states.update(dict.fromkeys(stretch, states[before]))

    @cached_property
    def _states_of_outages(self) -> dict[int, str]:
        targeted = [excuse for excuse in self.excuses if not self.exclusions.is_everybodys(excuse.window)]
        if Rule.TARGETED in self.without or not targeted:
            return dict.fromkeys(self.down, "DOWN")
        excuses_of_alarms = [
            [excuse for excuse in targeted if self.exclusions.applies_to(excuse.window, row)] for row, _ in self.alarms
        ]
        states = {instant: self._excused_state(instant, excuses_of_alarms) for instant in self.raised & self.down}
        for gap in runs(self.down - self.raised):
            state = self._state_of_gap(states[gap.start - 1], states[gap.stop])
            states.update(dict.fromkeys(gap, state))
        return states

    def _excused_state(self, instant: int, excuses_of_alarms: list[list[Excuse]]) -> str:
        """Return the state of an instant at which an alarm is raised."""
        if instant in self.in_doubt and Rule.DOUBT_IS_NOT_EXCUSED not in self.without:
            return "DOWN"
        excuses_of_active = [
            [excuse for excuse in excuses if instant in excuse.instants]
            for (_, instants), excuses in zip(self.alarms, excuses_of_alarms, strict=True)
            if instant in instants
        ]
        is_enough = any if Rule.EVERY_ALARM in self.without else all
        if not is_enough(excuses_of_active):
            return "DOWN"
        kinds = {excuse.window.kind for excuses in excuses_of_active for excuse in excuses}
        is_by_maintenance = kinds != {OTHER} and Rule.EXCUSED_BY_MAINTENANCE not in self.without
        return "EXCUSED_MAINTENANCE" if is_by_maintenance else "EXCUSED_OTHER"

    def _state_of_gap(self, before: str, after: str) -> str:
        if "DOWN" in (before, after) or Rule.BRIDGED_GAP in self.without:
            return "DOWN"
        return min(before, after)  # maintenance on either side: "EXCUSED_MAINTENANCE" < "EXCUSED_OTHER"

    @cached_property
    def _everybodys(self) -> tuple[Instants, Instants]:
        """The instants in everybody's maintenance, and in everybody's other exclusions."""
        excuses = [excuse for excuse in self.excuses if self.exclusions.is_everybodys(excuse.window)]
        maintenance = [excuse.instants for excuse in excuses if excuse.window.kind != OTHER]
        exclusions = [excuse.instants for excuse in excuses if excuse.window.kind == OTHER]
        return frozenset().union(*maintenance), frozenset().union(*exclusions)

    def scope(self, instant: int) -> str:
        """Return what was owed at an instant."""
        maintenance, exclusions = self._everybodys
        if not _holds(self.world.in_service, instant) and Rule.IN_SERVICE not in self.without:
            return "NOT_IN_SERVICE"
        if not is_in_hours(self.world.hours, self.world.place, instant) and Rule.SERVICE_HOURS not in self.without:
            return "OUT_OF_HOURS"
        is_excluded = instant in exclusions and Rule.EXCLUSIONS not in self.without
        if is_excluded and Rule.MAINTENANCE_FIRST in self.without:
            return "EXCLUDED"
        if instant in maintenance and Rule.MAINTENANCE not in self.without:
            return "MAINTENANCE"
        return "EXCLUDED" if is_excluded else "AGREED"

    def facts(self, instant: int) -> tuple[str, bool]:
        """Return what alarms decide about an instant: its state, and whether it is in everybody's maintenance."""
        maintenance, _ = self._everybodys
        return self.state(instant), instant in maintenance

    def cell(self, instant: int) -> Cell:
        """Return what was owed and what was the case at an instant."""
        return self.scope(instant), self.state(instant)

    def day_cells(self) -> dict[date, Cells]:
        """Return the units in each cell of each local day of the window."""
        days: dict[date, Cells] = {}
        for instant in range(*self.world.window):
            day = day_of(self.world.place, instant)
            if Rule.LOCAL_DAYS in self.without:
                day = self.world.place.at(instant).date()
            days.setdefault(day, Counter())[self.cell(instant)] += 1
        return days


def _holds(spans: Spans | None, instant: int) -> bool:
    return spans is None or any(start <= instant < end for start, end in spans)
