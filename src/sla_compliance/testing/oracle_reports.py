"""oracle_report(): the figures of evaluate()'s arguments, counted by brute force."""
################################################################
# A test of code around the library compares what that code says with what is counted
# here: no interval is ever united or cut, every instant is looked at by itself. That
# takes few instants, on a coarse grid.
#
# Rows that contradict themselves are set aside, as on_invalid="quarantine" does.
# Figures for people are rounded here by their rule, not by the library's code.
################################################################

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from math import ceil, floor
from typing import Final, Unpack

from sla_compliance.alarms import Alarm
from sla_compliance.compliance import EvaluationKeywords
from sla_compliance.corrections import Correction
from sla_compliance.testing.coarse_worlds import Question
from sla_compliance.testing.oracle import Figures, Oracle
from sla_compliance.testing.oracle.accounting import Count
from sla_compliance.testing.oracle.calendar import rules_of
from sla_compliance.testing.oracle.wall_clock import WallClock

_MICROSECOND: Final = timedelta(microseconds=1)
_MINUTE: Final = timedelta(minutes=1)
_FEWEST_DECIMALS: Final = 2
_MOST_DECIMALS: Final = 9


@dataclass(frozen=True)
class OracleRecord:
    """The figures of a day, or of a whole window, counted instant by instant.

    Attributes:
        first_instant: of the local day, in the tenant's zone; of the whole window that of its first day.
        segments: length of each (scope, state) that is not empty, microseconds.
        uptime, downtime: what counts as up and down.
        availability_ratio: exact; None where nothing counted.
        target_ratio: exact.
        verdict: "MET", "AT_RISK", "BREACHED" or "UNDETERMINED".
        sla_breaches: 1 for a breached day; of the whole window the number of its breached days.
        low_ratio, high_ratio: the least and the greatest availability of record, optimistic and pessimistic reading.
        is_confirmed: whether no doubt could change the verdict.
        coverage_ratio: the share of the time that counts, or might have, of which it is known how.
    """

    first_instant: datetime
    segments: Mapping[tuple[str, str], int]
    uptime: timedelta
    downtime: timedelta
    availability_ratio: Fraction | None
    target_ratio: Fraction
    verdict: str
    sla_breaches: int
    low_ratio: Fraction | None
    high_ratio: Fraction | None
    is_confirmed: bool
    coverage_ratio: Fraction | None

    @property
    def compliance_percentage(self) -> float | None:
        """The availability for people: rounded down, at as many decimals as the target has, from 2 to 9."""
        if self.availability_ratio is None:
            return None
        power: int = 10**_FEWEST_DECIMALS
        while (self.target_ratio * 100 * power).denominator != 1 and power < 10**_MOST_DECIMALS:
            power *= 10
        return floor(self.availability_ratio * 100 * power) / power

    def as_dict(self) -> dict[str, object]:
        """Return the six keys of a record on the wire."""
        return {
            "date": self.first_instant.isoformat(),
            "compliance_percentage": self.compliance_percentage,
            "target_percentage": float(self.target_ratio * 100),
            "uptime_minutes": floor(self.uptime / _MINUTE),
            "downtime_minutes": ceil(self.downtime / _MINUTE),
            "sla_breaches": self.sla_breaches,
        }


@dataclass(frozen=True)
class OracleReport:
    """The figures of a window by brute force.

    Attributes:
        days: by local date, all that own an instant of the window.
        total: of the whole window.
        unit: how long the instants are that were counted.
    """

    days: Mapping[date, OracleRecord]
    total: OracleRecord
    unit: timedelta

    def as_dicts(self) -> list[dict[str, object]]:
        """Return the days as the endpoint lists them: those on which something counts, in order."""
        return [record.as_dict() for record in self.days.values() if record.availability_ratio is not None]


def oracle_report(
    alarms: Iterable[Alarm], *, corrections: Iterable[Correction] = (), **question: Unpack[EvaluationKeywords]
) -> OracleReport:
    """Return the figures of some alarms by brute force.

    Args:
        alarms: several Alarm. A batch is refused: its rows are judged already.
        corrections, question: as evaluate() takes them; bad rows are set aside, as on_invalid="quarantine" does.

    Raises:
        InvalidValueError: there are more than 100,000 instants to look at, or a window recurs, applies to columns or
            has rules that the oracle does not know. The message says which, and the way out.
        SLAComplianceError: as `evaluate`.

    Cost: 0.03 s for a month of hours, some seconds for a month of minutes.

    >>> from datetime import datetime, timezone
    >>> def at(hour, minute=0): return datetime(2025, 10, 8, hour, minute, tzinfo=timezone.utc)
    >>> alarms = [Alarm(at(9), at(10)), Alarm(at(9, 30), at(10, 30))]
    >>> oracle_report(alarms, start=at(0), end=at(15), zone="UTC", as_of=at(15)).total.availability_ratio
    Fraction(9, 10)
    """
    asked = Question(alarms, corrections, question)
    oracle = Oracle(asked.world())
    days = {
        day: _record(oracle, day, figures, int(figures.verdict == "BREACHED"))
        for day, figures in sorted(oracle.days.items())
    }
    first_day = min(days, default=asked.start.astimezone(rules_of(asked.zone)).date())
    total = _record(oracle, first_day, oracle.total, oracle.breached_days)
    return OracleReport(days, total, asked.place.unit)


def _record(oracle: Oracle, day: date, figures: Figures, sla_breaches: int) -> OracleRecord:
    place, terms = oracle.world.place, oracle.world.terms
    count = Count(terms)
    unit_us = place.unit // _MICROSECOND
    clock = WallClock(place.zone)
    return OracleRecord(
        first_instant=clock.local_at(clock.start_of(day)),
        segments={cell: length * unit_us for cell, length in figures.cells.items() if length},
        uptime=count.length(figures.cells, "UP") * place.unit,
        downtime=count.length(figures.cells, "DOWN") * place.unit,
        availability_ratio=figures.availability,
        target_ratio=terms.target,
        verdict=figures.verdict,
        sla_breaches=sla_breaches,
        low_ratio=figures.low,
        high_ratio=figures.high,
        is_confirmed=figures.is_confirmed,
        coverage_ratio=figures.coverage,
    )
