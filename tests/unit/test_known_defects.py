"""Defects of other calculators, each of which stays out."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest

import sla_compliance as sla


def at(day: int, hour: int = 0, minute: int = 0, second: int = 0, *, month: int = 10) -> datetime:
    """Return a moment of 2025, UTC."""
    return datetime(2025, month, day, hour, minute, second, tzinfo=UTC)


def report(
    alarms: list[sla.Alarm], start: datetime, end: datetime, *, as_of: datetime | None = None, **terms: object
) -> sla.ComplianceReport:
    """Evaluate in UTC, by default when all is over."""
    return sla.evaluate(alarms, start=start, end=end, zone="UTC", as_of=as_of or end, **terms)  # type: ignore[arg-type]


def hours(number: float) -> int:
    """Return hours in microseconds."""
    return int(number * 3_600_000_000)


def test_an_open_alarm_does_not_count_into_the_future() -> None:
    """At noon an alarm open since 09:00 has cost three hours, and the afternoon has not come."""
    (day,) = report([sla.Alarm(at(8, 9))], at(8), at(9), as_of=at(8, 12)).days
    assert day.downtime_us == hours(3)
    assert day.observed_us == hours(12)
    assert day.segments[sla.Scope.AGREED, sla.State.NOT_YET] == hours(12)


def test_an_outage_longer_than_the_window_costs_the_window() -> None:
    """Never more than all of it."""
    total = report([sla.Alarm(at(1), at(30))], at(8), at(9)).total
    assert total.downtime_us == total.observed_us == hours(24)
    assert total.availability_ratio == 0


def test_overlapping_alarms_count_once() -> None:
    """A storm of child alarms is as long as it lasts."""
    storm = [sla.Alarm(at(8, 9), at(8, 10)), sla.Alarm(at(8, 9, 30), at(8, 11)), sla.Alarm(at(8, 9), at(8, 11))]
    assert report(storm, at(8), at(9)).total.downtime_us == hours(2)


def test_two_minutes_down_in_thirty_days_do_not_show_as_100_percent() -> None:
    """99.9953 % is rounded down; 100 is for nothing lost."""
    total = report([sla.Alarm(at(8, 9), at(8, 9, 2))], at(1), at(31)).total
    assert total.compliance_percentage == 99.99
    assert total.compliance_text == "99.99"
    assert total.downtime_minutes == 2
    assert report([], at(1), at(31)).total.compliance_text == "100.00"


def test_several_maintenance_windows_inside_one_outage_are_all_taken_out() -> None:
    """Ten hours down with windows 02-03 and 06-07 leave eight."""
    windows = [(at(8, 2), at(8, 3)), (at(8, 6), at(8, 7))]
    total = report([sla.Alarm(at(8, 0), at(8, 10))], at(8), at(9), maintenance=windows).total
    assert total.downtime_us == hours(8)
    assert total.observed_us == hours(22)


def test_an_outage_that_outlasts_its_maintenance_counts_from_the_end_of_the_window() -> None:
    """It is cut at the window's edges, neither excused as a whole nor counted as a whole."""
    total = report([sla.Alarm(at(8, 2, 30), at(8, 4))], at(8), at(9), maintenance=[(at(8, 2), at(8, 3))]).total
    assert total.downtime_us == hours(1)
    assert total.segments[sla.Scope.MAINTENANCE, sla.State.DOWN] == hours(0.5)


def test_a_hundred_flaps_of_59_seconds_are_5900_seconds() -> None:
    """Shown as 99 minutes, not as 0: rows are not rounded before they are summed."""
    flaps = [sla.Alarm(at(8) + timedelta(minutes=5 * number), at(8, 0, 0, 59) + timedelta(minutes=5 * number))
             for number in range(100)]  # fmt: skip
    total = report(flaps, at(8), at(9)).total
    assert total.downtime_us == 5_900_000_000
    assert total.downtime_minutes == 99


def test_evidence_of_an_outage_is_not_lost_while_the_monitor_was_blind() -> None:
    """Unmonitored time with an alarm raised is down, the rest of it unknown."""
    seen = [(at(8), at(8, 6)), (at(8, 12), at(9))]
    total = report([sla.Alarm(at(8, 7), at(8, 8))], at(8), at(9), monitored=seen).total
    assert total.downtime_us == hours(1)
    assert total.segments[sla.Scope.AGREED, sla.State.UNKNOWN] == hours(5)
    assert total.observed_us == hours(19)


@pytest.mark.parametrize(
    ("zone", "first", "last"),
    [
        ("America/Sao_Paulo", date(2015, 10, 16), date(2015, 10, 20)),
        ("Africa/Cairo", date(2024, 4, 24), date(2024, 4, 28)),
        ("Asia/Beirut", date(2025, 3, 28), date(2025, 4, 1)),
        ("America/Havana", date(2025, 11, 1), date(2025, 11, 4)),
    ],
)
def test_no_day_is_lost_where_the_clock_changes_at_midnight(zone: str, first: date, last: date) -> None:
    """A record for every date, and together they are the whole window."""
    start, end = sla.whole_days(first.isoformat(), last.isoformat(), zone=zone, now=at(1, month=12))
    records = sla.evaluate([], start=start, end=end, zone=zone, as_of=end).days
    assert [record.date for record in records] == [first + timedelta(days=n) for n in range((last - first).days + 1)]
    assert all(one.end_us == following.start_us for one, following in itertools.pairwise(records))


def test_the_last_day_of_the_month_is_there() -> None:
    """An end given as a date is included; the month has 31 records and the last minute counts."""
    start, end = sla.whole_days("2025-10-01", "2025-10-31", zone="UTC", now=at(1, month=12))
    last_minute = [sla.Alarm(at(31, 23, 59), at(1, month=11))]
    records = report(last_minute, start, end).days
    assert [records[0].date, records[-1].date, len(records)] == [date(2025, 10, 1), date(2025, 10, 31), 31]
    assert records[-1].downtime_minutes == 1


def test_a_year_long_open_alarm_is_named_and_does_not_hide() -> None:
    """It counts, and data quality says that it alone causes the downtime; a policy may end it when last seen."""
    forgotten = sla.Alarm(at(1, month=1), last_occurrence=at(2, month=1), title="Card dead")
    real = sla.Alarm(at(8, 9), at(8, 10))
    found = report([forgotten, real], at(1), at(31))
    assert found.total.availability_ratio == 0
    assert (found.quality.open_alarms, found.quality.stale_alarms) == (1, 1)
    assert found.quality.stale_only_ratio == Fraction(719, 720)
    assert found.quality.lines() == (
        "1 alarm open and unseen for 7 days alone causes 29 d 23 h of downtime in agreed time: Card dead",
    )
    policy = sla.SLAPolicy(stale_after=timedelta(days=7))
    assert report([forgotten, real], at(1), at(31), policy=policy).total.downtime_us == hours(1)


def test_a_month_is_not_the_mean_of_its_days() -> None:
    """One hour of service with half of it down weighs one hour, not one day."""
    service = [(at(1), at(2)), (at(2, 0), at(2, 1))]
    found = report([sla.Alarm(at(2, 0), at(2, 0, 30))], at(1), at(3), service_hours=service)
    assert [record.availability_ratio for record in found.days] == [1, Fraction(1, 2)]
    assert found.total.availability_ratio == Fraction(49, 50)


def test_a_breach_at_eight_is_still_one_at_nine() -> None:
    """Thirty seconds before 08:00 put a 99.9 % day at risk only; two minutes breach it for good."""
    short, long = sla.Alarm(at(8, 7), at(8, 7, 0, 30)), sla.Alarm(at(8, 7), at(8, 7, 2))
    verdicts = [
        [report([alarm], at(8), at(9), as_of=at(8, hour)).total.verdict for hour in (8, 9, 23)]
        for alarm in (short, long)
    ]
    assert verdicts == [
        [sla.Verdict.AT_RISK, sla.Verdict.MET, sla.Verdict.MET],
        [sla.Verdict.BREACHED] * 3,
    ]


def test_a_recurring_device_alarm_is_no_duplicate() -> None:
    """`alarm_id` repeats with every outage of a device; the row's id tells rows apart."""
    outages = [
        sla.Alarm(at(8, hour), at(8, hour + 1), id=hour, alarm_id="olt-7:los", resource_id="olt-7") for hour in (2, 9)
    ]
    found = report(outages, at(8), at(9))
    assert found.total.downtime_us == hours(2)
    assert len(found.incidents()) == 2
    assert found.quality.rejected == ()


def test_a_perfect_day_needs_something_measured() -> None:
    """A day that nobody monitored has no availability: not 100, not 0, and it is not on the wire."""
    found = report([], at(8), at(10), monitored=[(at(9), at(10))])
    blind, perfect = found.days
    assert (blind.availability_ratio, blind.verdict) == (None, sla.Verdict.UNDETERMINED)
    assert (perfect.availability_ratio, perfect.verdict) == (Fraction(1), sla.Verdict.MET)
    assert [record["date"] for record in found.as_dicts()] == ["2025-10-09T00:00:00+00:00"]
    assert [record["compliance_percentage"] for record in found.as_dicts(detail=True)] == [None, 100.0]
