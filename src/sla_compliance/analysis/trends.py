"""Trends: how each period compares with the one before it, or with the same of the year before."""
################################################################
#     points            100 x (availability - availability before), percentage points
#     down per 30 days  downtime x 30 days / counted time: months of 28 and 31 days,
#                       days of 23 hours and service hours compare
#
# Two periods compare where both are whole and something counted in both. The period
# in progress is compared with the part of the earlier one that had passed when as
# many local dates, and as much time of the next, had: "to date". A part at the edge
# of the window that is no whole period, and not in progress, compares with nothing.
################################################################

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal, Protocol, get_args

from sla_compliance.analysis.findings import counted_rows
from sla_compliance.analysis.shown_values import downtime_fact, first_facts, seconds
from sla_compliance.calendars.local_days import first_instant_us
from sla_compliance.calendars.periods import Period
from sla_compliance.checks import check_type, wrong_value
from sla_compliance.drawing.preview import Preview, Previewed
from sla_compliance.previews import MOST_POINTS, chart_of_records
from sla_compliance.records import ComplianceRecord
from sla_compliance.units import DAY_US, ONE_DAY, moment
from sla_compliance.zones import load_zone

Against = Literal["previous", "year"]
_THIRTY_DAYS_US: Final = 30 * DAY_US


class DatedFigures(Protocol):
    """What a trend is made of: a ComplianceReport, or what else has the records of periods and of their parts."""

    @property
    def as_of_us(self) -> int:
        """The instant of evaluation, microseconds."""
        ...

    def by(self, period: Period) -> tuple[ComplianceRecord, ...]:
        """Return one record for each period."""
        ...

    def part(self, start: dt.datetime, end: dt.datetime) -> ComplianceRecord:
        """Return the record of [start, end); it begins with a period and ends within it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Change(Previewed):
    """One period and the one that it is compared with.

    Attributes:
        record: of the period.
        before: of the earlier one; of its part that had passed, where `is_to_date`; None where the window has none.
        is_comparable: whether both are whole, or both to date, and something counted in both.
        is_to_date: whether the period is in progress.
        points: by how many percentage points the availability is higher, exact; None where they do not compare.
        down_per_30d_us, before_down_per_30d_us: downtime for 30 days of counted time, microseconds, exact; None where
            nothing counted.
    """

    record: ComplianceRecord
    before: ComplianceRecord | None
    is_comparable: bool
    is_to_date: bool
    points: Fraction | None
    down_per_30d_us: Fraction | None
    before_down_per_30d_us: Fraction | None

    def as_dict(self) -> dict[str, object]:
        """Return the change in JSON types: records in full, lengths in seconds."""
        return {
            "record": self.record.as_dict(detail=True),
            "before": None if self.before is None else self.before.as_dict(detail=True),
            "is_comparable": self.is_comparable,
            "is_to_date": self.is_to_date,
            "points": None if self.points is None else float(self.points),
            "down_per_30d_seconds": seconds(self.down_per_30d_us),
            "before_down_per_30d_seconds": seconds(self.before_down_per_30d_us),
        }

    def explain(self) -> str:
        """Return the change in words, in one line."""
        dates = f"{self.record.date.isoformat()} to {self.record.last_date.isoformat()}"
        figure = "no data" if self.record.compliance_text is None else f"{self.record.compliance_text} %"
        if self.before is None:
            return f"{dates}: {figure}; nothing to compare with"
        if self.points is None:
            return f"{dates}: {figure}; does not compare with {self.before.date.isoformat()}"
        word = "better" if self.points > 0 else "worse" if self.points < 0 else "the same"
        until = " to date" if self.is_to_date else ""
        return f"{dates}{until}: {figure}, {float(self.points):+.4f} points, {word}"

    def _preview(self) -> Preview:
        return Preview(
            heading=self.explain(),
            verdict=self.record.verdict_text,
            facts=[
                *downtime_fact("downtime in 30 days", self.down_per_30d_us),
                *downtime_fact("before", self.before_down_per_30d_us),
            ],
            separator=", ",
        )


class Trend(Previewed, tuple[Change, ...]):
    """The changes of one report, in order of time: a tuple that shows itself."""

    __slots__ = ()

    def _preview(self) -> Preview:
        lines = [("change", change.explain()) for change in self]
        latest_first = first_facts(lines[::-1])
        records = [change.record for change in self]
        return Preview(
            heading=f"of {counted_rows(len(self), 'period')}, the latest first",
            facts=latest_first,
            chart=lambda: chart_of_records(records[-MOST_POINTS:], "period"),
            notes=lambda: (
                [f"the chart has the latest {MOST_POINTS} of {len(records):,} periods"]
                if len(records) > MOST_POINTS
                else []
            ),
        )


def trend(report: DatedFigures, period: Period, *, against: Against = "previous") -> Trend:
    """Return each period of a report beside the one that it is compared with, in order of time.

    Args:
        period: a calendar period or a rolling window, e.g. Period.WEEK.
        against: "previous": the period before, of rolling windows the one that ended as many days earlier; "year": the
            same period a year before: the same date, month or quarter, and of weeks the 52nd before.

    Raises:
        InvalidTypeError: `period` is no Period.
        InvalidValueError: it is an hour; `against` is none of both, or a year for a rolling window.

    Source:
        docs/definitions.md#trend
    """
    check_comparison(period, against)
    records = report.by(period)
    record_by_date: dict[dt.date | None, ComplianceRecord] = {record.date: record for record in records}
    return Trend(
        _change(report, record, record_by_date.get(date_before(record.date, period, against)), period)
        for record in records
    )


def check_comparison(period: Period, against: Against) -> None:
    """Check what a trend compares; errors as `trend`."""
    check_type(period, Period, "period", "a Period, e.g. Period.MONTH")
    if against not in get_args(Against):
        raise wrong_value(against, "against", "'previous' or 'year'")
    if period.is_hour or (period.is_rolling and against == "year"):
        raise wrong_value(period.name, "period", "a calendar period such as Period.MONTH")


def date_before(first: dt.date, period: Period, against: Against) -> dt.date | None:
    """Return the first date of the period to compare with; None where the calendar has none."""
    if period.is_rolling:
        return first - dt.timedelta(days=period.days)
    start = period.first_date(first)
    if against == "previous":
        return period.first_date(start - ONE_DAY)
    if period.days > 1:
        return start - dt.timedelta(days=52 * 7)
    try:
        return start.replace(year=start.year - 1)
    except ValueError:  # 29 February, or the first year of the calendar
        return None


def _change(report: DatedFigures, record: ComplianceRecord, before: ComplianceRecord | None, period: Period) -> Change:
    span_us = _whole_span_us(record, period)
    is_to_date = span_us[0] == record.start_us and record.start_us < report.as_of_us < span_us[1]
    is_whole_record = is_whole(record, period) and not is_to_date
    is_comparable = False
    if before is not None:
        before_span_us = _whole_span_us(before, period)
        if is_to_date:
            cut_us = same_time_us(report.as_of_us, record, before)
            is_comparable = before.start_us == before_span_us[0] and cut_us <= before.end_us
            cut = moment(min(cut_us, before.end_us))
            # The window may begin after the cut.
            before = report.part(before.start, cut) if cut > before.start else None
        else:
            is_comparable = is_whole_record and is_whole(before, period)
    availability = record.availability_ratio
    availability_before = None if before is None else before.availability_ratio
    points = None
    if is_comparable and availability is not None and availability_before is not None:
        points = 100 * (availability - availability_before)
    return Change(
        record=record,
        before=before,
        is_comparable=points is not None,
        is_to_date=is_to_date,
        points=points,
        down_per_30d_us=_down_per_30d_us(record),
        before_down_per_30d_us=None if before is None else _down_per_30d_us(before),
    )


def is_whole(record: ComplianceRecord, period: Period) -> bool:
    """Return whether a record is of all of its period; a rolling window always is whole."""
    return _whole_span_us(record, period) == (record.start_us, record.end_us)


def _whole_span_us(record: ComplianceRecord, period: Period) -> tuple[int, int]:
    """Return start and end of the whole period that a record is of; a rolling window always is whole."""
    if period.is_rolling:
        return record.start_us, record.end_us
    first, after = period.first_date(record.date), period.next_first_date(record.date)
    return first_instant_us(first, record.zone), first_instant_us(after, record.zone)


def same_time_us(as_of_us: int, record: ComplianceRecord, before: ComplianceRecord) -> int:
    """Return when as much of the period before had passed as has of a record's at the instant of evaluation."""
    zone = record.zone
    today = moment(as_of_us, load_zone(zone)).date()
    dates_passed = today - record.date
    same_date = before.date + dates_passed
    time_of_day_us = as_of_us - first_instant_us(today, zone)
    day_ends_us = first_instant_us(same_date + ONE_DAY, zone)
    return min(first_instant_us(same_date, zone) + time_of_day_us, day_ends_us)


def _down_per_30d_us(record: ComplianceRecord) -> Fraction | None:
    return Fraction(record.downtime_us * _THIRTY_DAYS_US, record.observed_us) if record.observed_us else None
