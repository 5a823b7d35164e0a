"""The oracle: the figures of a tiny world by brute force, one instant after the other."""
################################################################
# It is written from the rules alone and shares no code with the library: sets of
# small integers, the standard library, nothing clever. Every rule can be left out
# (rules.py), so a test can prove that it would notice.
#
#     rows.py        which rows are outages, until when, and what is in doubt
#     exclusions.py  whom a window applies to, and which planned work excuses
#     readings.py    downtime, scopes and states of one reading
#     accounting.py  what cells count as, availability, verdict
#     here           the three readings of one report side by side
#
# Low and high are the least and the greatest availability of record, optimistic
# and pessimistic reading. A verdict is confirmed where no reading contradicts it.
#
# Readings of what the rule leaves open, chosen here:
# - The coverage that decides whether unknown time may be left out is that of the
#   record itself, a day's or a month's.
# - Instants beyond those in doubt of which a reading says something else than the
#   record come in runs; each run is at stake for the causes whose instants it touches.
################################################################

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property

from sla_compliance.testing.oracle.accounting import Cells, Count
from sla_compliance.testing.oracle.calendar import day_of
from sla_compliance.testing.oracle.exclusions import Exclusions, runs
from sla_compliance.testing.oracle.readings import Reading
from sla_compliance.testing.oracle.rows import NONE, Cause, Rows
from sla_compliance.testing.oracle.rules import Rule
from sla_compliance.testing.oracle.world import OneKey, World

__all__ = ["Doubt", "Figures", "OneKey", "Oracle", "Rule", "World"]


@dataclass(frozen=True)
class Doubt:
    """Why figures are in doubt.

    Attributes:
        cause: a word or two.
        rows: how many rows that are not superseded; 0 for unknown time.
        length: the time at stake; what overlaps counts once.
    """

    cause: str
    rows: int
    length: int


@dataclass(frozen=True)
class Figures:
    """The figures of one stretch of time.

    Attributes:
        cells: units in each cell, by the record.
        availability, low, high: exact; None where nothing counted.
    """

    cells: Cells
    availability: Fraction | None
    verdict: str
    low: Fraction | None
    high: Fraction | None
    is_confirmed: bool
    coverage: Fraction | None
    doubts: tuple[Doubt, ...]


class Oracle:
    """All figures of one report of a world.

    Args:
        without: rules to leave out.
        share: the report of one key of many; None: of all rows together.

    Attributes:
        rows_without_start: how many rows may be outages of any time; where there are some, nothing is confirmed.
    """

    def __init__(self, world: World, *, without: Collection[Rule] = (), share: OneKey | None = None) -> None:
        self.world = world
        self.without = frozenset(without)
        self._rows = Rows(world, self.without)
        self._evidence = self._rows.evidence(share)
        self.rows_without_start = len(self._rows.without_start(share))
        self._exclusions = Exclusions(world, self._rows.kept, self.without, share)
        self._count = Count(world.terms, self.without)

    @cached_property
    def record(self) -> Reading:
        """What the rows say."""
        alarms = [(item.row, item.recorded) for item in self._evidence if item.recorded]
        return Reading(self.world, alarms, NONE, self._exclusions, self.without)

    @cached_property
    def optimistic(self) -> Reading:
        """The rows without what is in doubt."""
        alarms = [(item.row, item.certain) for item in self._evidence if item.certain]
        return Reading(self.world, alarms, NONE, self._exclusions, self.without)

    @cached_property
    def pessimistic(self) -> Reading:
        """The rows with all that is in doubt."""
        alarms = [(item.row, item.certain) for item in self._evidence if item.certain]
        in_doubt = NONE.union(*(item.possible - item.certain for item in self._evidence))
        return Reading(self.world, alarms, in_doubt, self._exclusions, self.without)

    @cached_property
    def _days_by_reading(self) -> list[dict[date, Cells]]:
        return [reading.day_cells() for reading in (self.record, self.optimistic, self.pessimistic)]

    @property
    def day_cells(self) -> dict[date, Cells]:
        """The units in each cell of each local day of the window, by the record."""
        return self._days_by_reading[0]

    @cached_property
    def days(self) -> dict[date, Figures]:
        """The figures of each local day of the window."""
        return {day: self.figures([day]) for day in self.day_cells}

    @cached_property
    def total(self) -> Figures:
        """The figures of the whole window."""
        return self.figures(list(self.day_cells))

    @property
    def breached_days(self) -> int:
        """How many days are breached."""
        return sum(figures.verdict == "BREACHED" for figures in self.days.values())

    def figures(self, days: list[date]) -> Figures:
        """Return the figures of some days of the window."""
        count = self._count
        record, optimistic, pessimistic = (_sum(cells[day] for day in days) for cells in self._days_by_reading)
        coverage = count.coverage(record)
        if self._is_unknown_in_doubt(coverage):
            optimistic = count.with_unknown_as(optimistic, "UP")
            pessimistic = count.with_unknown_as(pessimistic, "DOWN")
        readings = (record, optimistic, pessimistic)
        shares = [count.availability(cells) for cells in readings]
        known = [share for share in shares if share is not None]
        verdicts = [count.verdict(cells) for cells in readings]
        return Figures(
            cells=record,
            availability=shares[0],
            verdict=verdicts[0],
            low=min(known, default=None),
            high=max(known, default=None),
            is_confirmed=self._is_confirmed(*verdicts, is_over=self._is_over(days)),
            coverage=coverage,
            doubts=tuple(self._doubts(days, record, coverage)),
        )

    def _is_unknown_in_doubt(self, coverage: Fraction | None) -> bool:
        if Rule.UNKNOWN_IN_DOUBT in self.without:
            return False
        if self.world.terms.unknown == "doubt" or Rule.UNKNOWN_EXCLUDED in self.without:
            return True
        is_too_little = coverage is not None and coverage < self.world.terms.minimum_coverage
        return is_too_little and Rule.MINIMUM_COVERAGE not in self.without

    def _is_over(self, days: list[date]) -> bool:
        """Return whether the last instant of some days of the window lies before as_of."""
        instants = [instant for instant in range(*self.world.window) if day_of(self.world.place, instant) in days]
        return not instants or instants[-1] < self.world.as_of

    def _is_confirmed(self, record: str, optimistic: str, pessimistic: str, *, is_over: bool) -> bool:
        verdicts = (record, optimistic, pessimistic)
        if self.rows_without_start or "UNDETERMINED" in verdicts:
            return False
        if record == "MET":
            return pessimistic == "MET" if is_over else pessimistic != "BREACHED"
        if record == "BREACHED":
            return optimistic == "BREACHED"
        return optimistic != "BREACHED" and pessimistic != "BREACHED"

    def _doubts(self, days: list[date], record: Cells, coverage: Fraction | None) -> Iterable[Doubt]:
        """Yield why the figures of some days are in doubt, the longest first."""
        place = self.world.place
        window = {instant for instant in range(*self.world.window) if day_of(place, instant) in days}
        doubts = []
        unknown = self._count.unknown(record)
        if unknown and self._is_unknown_in_doubt(coverage):
            doubts.append(Doubt(Cause.UNKNOWN, 0, unknown))
        pieces: dict[str, list[set[int]]] = {}
        for item in self._evidence:
            for cause, instants in item.doubts:
                at_stake = window & instants.union(*(run for run in self._altered_runs if _touches(run, instants)))
                if at_stake:
                    pieces.setdefault(cause, []).append(at_stake)
        for cause, parts in pieces.items():
            doubts.append(Doubt(cause, len(parts), len(set().union(*parts))))
        return sorted(doubts, key=lambda doubt: -doubt.length)

    @cached_property
    def _altered_runs(self) -> list[range]:
        """The runs of instants beyond those in doubt of which a reading says something else than the record."""
        in_doubt = NONE.union(*(instants for item in self._evidence for _, instants in item.doubts))
        readings = (self.optimistic, self.pessimistic)
        altered = {
            instant
            for instant in range(-self.world.place.reach, self.world.as_of)
            if any(reading.facts(instant) != self.record.facts(instant) for reading in readings)
        }
        return runs(altered - in_doubt)


def _touches(run: range, instants: Collection[int]) -> bool:
    return run.start - 1 in instants or run.stop in instants


def _sum(tables: Iterable[Cells]) -> Cells:
    total: Cells = Counter()
    for cells in tables:
        total.update(cells)
    return total
