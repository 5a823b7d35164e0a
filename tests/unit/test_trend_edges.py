"""Trends at their edges: what programs read of a change, and which periods compare."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest

import sla_compliance as sla
from sla_compliance import Period
from sla_compliance.analysis import trend
from sla_compliance.analysis.trends import date_before, same_time_us
from tests.unit.moments import HOUR_US, at, report_of, us

BERLIN = ZoneInfo("Europe/Berlin")


def test_a_change_in_json_types() -> None:
    """Both records in full; points and lengths as numbers."""
    report = report_of([sla.Alarm(at(8, 6), at(8, 18)), sla.Alarm(at(9, 6), at(9, 12))], at(8), at(10))
    first, second = trend(report, Period.DAY)
    assert second.as_dict() == {
        "record": report.days[1].as_dict(detail=True),
        "before": report.days[0].as_dict(detail=True),
        "is_comparable": True,
        "is_to_date": False,
        "points": 25.0,
        "down_per_30d_seconds": 7.5 * 86_400,
        "before_down_per_30d_seconds": 15.0 * 86_400,
    }
    nothing_before = first.as_dict()
    assert [nothing_before[name] for name in ("before", "points", "before_down_per_30d_seconds")] == [None] * 3
    assert first.down_per_30d_us == 15 * 24 * HOUR_US


@pytest.mark.parametrize(
    ("hours", "words"),
    [(12, "+0.0000 points, the same"), (6, "+25.0000 points, better"), (18, "-25.0000 points, worse")],
)
def test_a_change_is_better_worse_or_the_same(hours: int, words: str) -> None:
    """By the exact availability."""
    alarms = [sla.Alarm(at(8), at(8, 12)), sla.Alarm(at(9), at(9, hours))]
    change = trend(report_of(alarms, at(8), at(10)), Period.DAY)[1]
    assert change.explain() == f"2025-10-09 to 2025-10-09: {100 - hours / 0.24:.2f} %, {words}"


def test_what_compares_with_nothing_says_so() -> None:
    """No period before; no data in one of both; a part of a period."""
    report = report_of([], at(8), at(10), in_service=[(at(9), at(10))])
    first, second = trend(report, Period.DAY)
    assert first.explain() == "2025-10-08 to 2025-10-08: no data; nothing to compare with"
    assert second.explain() == "2025-10-09 to 2025-10-09: 100.00 %; does not compare with 2025-10-08"
    assert (second.is_comparable, second.points, second.before_down_per_30d_us) == (False, None, None)
    part = trend(report_of([], at(8, 1), at(10, 6), as_of=at(12)), Period.DAY)
    assert [change.is_comparable for change in part] == [False, False, False]
    assert [change.is_to_date for change in part] == [False, False, False]


def test_the_day_in_progress_compares_with_the_same_hours_of_the_day_before() -> None:
    """Whatever came later that day."""
    alarms = [sla.Alarm(at(8, 2), at(8, 3)), sla.Alarm(at(8, 20), at(8, 22)), sla.Alarm(at(9, 1), at(9, 4))]
    report = report_of(alarms, at(8), at(10), as_of=at(9, 12))
    first, second = trend(report, Period.DAY)
    assert (first.is_to_date, second.is_to_date, second.is_comparable) == (False, True, True)
    assert second.before is not None
    assert (second.before.start, second.before.end, second.before.downtime_us) == (at(8), at(8, 12), HOUR_US)
    assert second.points == Fraction(-100 * 2, 12)
    assert second.explain() == "2025-10-09 to 2025-10-09 to date: 75.00 %, -16.6667 points, worse"


@pytest.mark.parametrize(("as_of", "is_to_date"), [(at(9), False), (at(9, 0, 0, 1), True), (at(10), False)])
def test_a_period_is_in_progress_after_its_start_and_before_its_end(as_of: datetime, is_to_date: bool) -> None:
    """At its start nothing has passed; at its end it is over."""
    changes = trend(report_of([], at(8), at(10), as_of=as_of), Period.DAY)
    assert changes[1].is_to_date is is_to_date
    assert changes[1].is_comparable is (as_of != at(9))


def test_a_period_that_begins_with_the_window_s_edge_compares_only_if_it_is_whole() -> None:
    """In progress too: the part before has to begin with its period."""
    report = report_of([], at(8, 1), at(10), as_of=at(9, 12))
    change = trend(report, Period.DAY)[1]
    assert (change.is_to_date, change.is_comparable) == (True, False)
    assert change.before is not None
    assert (change.before.start, change.before.end) == (at(8, 1), at(8, 12))
    later = trend(report_of([], at(8, 12), at(10), as_of=at(9, 12)), Period.DAY)[1]
    assert later.before is None


@pytest.mark.parametrize(("as_of", "is_comparable"), [(29, True), (30, False)])
def test_a_month_in_progress_compares_until_the_shorter_one_has_passed(as_of: int, is_comparable: bool) -> None:
    """28 days of March with all of February; 29 days with nothing."""
    start, end, now = (datetime(2025, month, day, tzinfo=UTC) for month, day in ((2, 1), (4, 1), (3, as_of)))
    change = trend(report_of([], start, end, as_of=now), Period.MONTH)[1]
    assert (change.is_to_date, change.is_comparable) == (True, is_comparable)


@pytest.mark.parametrize(
    ("period", "against", "first", "before"),
    [
        (Period.DAY, "previous", date(2025, 3, 1), date(2025, 2, 28)),
        (Period.WEEK, "previous", date(2025, 3, 5), date(2025, 2, 24)),
        (Period.MONTH, "previous", date(2025, 1, 20), date(2024, 12, 1)),
        (Period.QUARTER, "previous", date(2025, 5, 1), date(2025, 1, 1)),
        (Period.YEAR, "previous", date(2025, 5, 1), date(2024, 1, 1)),
        (Period.rolling(7), "previous", date(2025, 3, 5), date(2025, 2, 26)),
        (Period.DAY, "year", date(2025, 3, 1), date(2024, 3, 1)),
        (Period.DAY, "year", date(2024, 2, 29), None),
        (Period.DAY, "year", date(1, 2, 1), None),
        (Period.WEEK, "year", date(2025, 3, 5), date(2024, 3, 4)),
        (Period.MONTH, "year", date(2025, 3, 5), date(2024, 3, 1)),
        (Period.QUARTER, "year", date(2025, 5, 1), date(2024, 4, 1)),
    ],
)
def test_the_period_to_compare_with_begins_on(period: Period, against: Any, first: date, before: date | None) -> None:
    """The one before, or that of the year before."""
    assert date_before(period.first_date(first) if not period.is_rolling else first, period, against) == before


def test_as_much_has_passed_at_the_same_time_of_the_same_date() -> None:
    """Over a clock change by the clock's hours; a date that the earlier period lacks is the end of its last."""

    def of(first: date, last: date, as_of: datetime) -> datetime:
        report = sla.evaluate(
            [],
            start=datetime(2025, 2, 1, tzinfo=BERLIN),
            end=datetime(2025, 4, 2, tzinfo=BERLIN),
            zone="Europe/Berlin",
            as_of=as_of,
        )
        records = {record.date: record for record in report.by(Period.MONTH)}
        instant_us = same_time_us(report.as_of_us, records[last], records[first])
        return datetime(1970, 1, 1, tzinfo=ZoneInfo("UTC")) + timedelta(microseconds=instant_us)

    february, march = date(2025, 2, 1), date(2025, 3, 1)
    assert of(february, march, datetime(2025, 3, 10, 15, tzinfo=BERLIN)) == datetime(2025, 2, 10, 15, tzinfo=BERLIN)
    assert of(february, march, datetime(2025, 3, 31, 12, tzinfo=BERLIN)) == datetime(2025, 3, 3, 12, tzinfo=BERLIN)
    early = datetime(2025, 3, 10, 0, 30, tzinfo=BERLIN)  # of 9 March in UTC
    assert of(february, march, early) == datetime(2025, 2, 10, 0, 30, tzinfo=BERLIN)
    # 30 March has 23 hours: 22 of them had passed at 23:00, and on 2 March at 22:00.
    assert of(february, march, datetime(2025, 3, 30, 23, tzinfo=BERLIN)) == datetime(2025, 3, 2, 22, tzinfo=BERLIN)
    assert us(datetime(2025, 3, 30, 23, tzinfo=BERLIN)) - us(datetime(2025, 3, 30, tzinfo=BERLIN)) == 22 * HOUR_US


@pytest.mark.parametrize(
    ("period", "against", "field"),
    [
        ("month", "previous", "period"),
        (Period.DAY, "week", "against"),
        (Period.HOUR, "previous", "period"),
        (Period.rolling(7), "year", "period"),
    ],
)
def test_a_comparison_that_makes_no_sense_names_its_argument(period: Any, against: Any, field: str) -> None:
    """And a value that does."""
    with pytest.raises(sla.SLAComplianceError) as caught:
        trend(report_of([], at(8), at(9)), period, against=against)
    assert caught.value.field == field
    assert str(caught.value).startswith(f"{field} is ")
