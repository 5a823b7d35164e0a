"""TrendedDays: the days that a trend of a service is made of, and as much of an earlier period as has passed."""
################################################################
# Whole days come from the cache, the store or the source, as those of any answer do:
# a store has the days whose rows are purged. The period in progress is compared with
# the earlier one until the same date and time of day. That instant lies within a day,
# so the part of that day is measured from the source, with one query.
################################################################

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Final

from sla_compliance.analysis.trends import Against, date_before, same_time_us
from sla_compliance.calendars.local_days import first_instant_us, local_days
from sla_compliance.calendars.periods import Period
from sla_compliance.errors import InvalidValueError
from sla_compliance.measured import MeasuredDay
from sla_compliance.records import ComplianceRecord
from sla_compliance.service.answers import ComplianceAnswer, Provenance
from sla_compliance.service.queries import Span, Subject
from sla_compliance.units import ONE_DAY, instant_us, moment
from sla_compliance.zones import load_zone

MOST_TREND_DAYS: Final = 1_100
"""How many days a trend may reach back."""

MeasurePart = Callable[[dt.date, Span], Awaitable[MeasuredDay]]
"""Measures a part of a local date."""


@dataclass(frozen=True, slots=True)
class TrendedDays:
    """The figures of a trend, as DatedFigures says.

    Attributes:
        answer: on whole days, until the end of the period in progress.
        last_part: of the day on which the part of the earlier period ends; None where it ends with a day.
    """

    answer: ComplianceAnswer
    last_part: MeasuredDay | None

    @classmethod
    async def of(cls, answer: ComplianceAnswer, period: Period, against: Against, measure: MeasurePart) -> TrendedDays:
        """Return the figures over an answer; what of the earlier period has passed is measured."""
        figures = cls(answer, None)
        records = {record.date: record for record in figures.by(period)}
        last_date = max(records)
        before_date = date_before(last_date, period, against)
        if before_date not in records:
            return figures
        before = records[before_date]
        cut_us = same_time_us(figures.as_of_us, records[last_date], before)
        day = local_days(answer.zone, cut_us - 1, cut_us)
        start_us, end_us = day.bounds_us
        if cut_us == end_us or cut_us <= before.start_us or cut_us > before.end_us:
            # It ends with a day, or the trend does not compare both.
            return figures
        return cls(answer, await measure(day.dates[0], (start_us, cut_us)))

    @property
    def as_of_us(self) -> int:
        """When the day that lasts was measured, microseconds; it may be cached. Days to come are measured later."""
        return next(day.as_of_us for day in reversed(self.answer.measured) if day.start_us < day.as_of_us)

    def by(self, period: Period) -> tuple[ComplianceRecord, ...]:
        """Return one record for each period."""
        return self.answer.by(period)

    def part(self, start: dt.datetime, end: dt.datetime) -> ComplianceRecord:
        """Return the record of [start, end): whole days, and the part of a day that was measured."""
        start_us, end_us = instant_us(start, field="start"), instant_us(end, field="end")
        chosen = [
            (day, provenance)
            for day, provenance in zip(self.answer.measured, self.answer.provenance, strict=True)
            if start_us <= day.start_us and day.end_us <= end_us
        ]
        if self.last_part is not None:
            chosen.append((self.last_part, Provenance.SOURCE))
        days, provenance = zip(*chosen, strict=True) if chosen else ((), ())
        return replace(self.answer, start_us=start_us, measured=days, provenance=provenance).total


def trend_window(subject: Subject, period: Period, against: Against, count: int) -> tuple[dt.datetime, dt.datetime]:
    """Return the window of the last `count` periods and of those that they are compared with.

    It ends with the period in progress: whether a period is lost depends on its time to come. A rolling one ends with
    today.

    Raises:
        InvalidValueError: it is longer than MOST_TREND_DAYS.
    """
    zone = load_zone(subject.zone)
    today = moment(subject.as_of_us, zone).date()
    earliest = today - MOST_TREND_DAYS * ONE_DAY
    first = today - (period.days - 1) * ONE_DAY if period.is_rolling else period.first_date(today)
    for _ in range(count - 1):
        before = first - ONE_DAY
        first = before if period.is_rolling else period.first_date(before)
        if first < earliest:
            break
    # 29 February has no date a year before.
    first = date_before(first, period, against) or first
    if first < earliest:
        raise InvalidValueError(
            f"count is {count}: these periods and those before reach back to {first.isoformat()}, more than"
            f" {MOST_TREND_DAYS} days; ask for fewer",
            field="count",
        )
    start_us = first_instant_us(first, subject.zone, field="count")
    after = today + ONE_DAY if period.is_rolling else period.next_first_date(today)
    end_us = first_instant_us(after, subject.zone, field="count")
    return moment(start_us, zone), moment(end_us, zone)
