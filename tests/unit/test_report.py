"""Reports: periods, totals, method."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import sla_compliance as sla
from sla_compliance.zones import tz_version
from tests.unit.moments import DAY_US, HOUR_US, at, report_of


def test_months_and_quarters_sum_their_days() -> None:
    """Cut off by the window at both ends, and complete between them."""
    start, end = at(20), at(20) + timedelta(days=80)
    report = report_of([sla.Alarm(at(25), at(26))], start, end)
    months = report.by(sla.Period.MONTH)
    assert [month.date for month in months] == [
        date(2025, 10, 20),
        date(2025, 11, 1),
        date(2025, 12, 1),
        date(2026, 1, 1),
    ]
    assert sum(month.observed_us for month in months) == report.total.observed_us == 80 * DAY_US
    assert months[0].downtime_us == DAY_US
    assert months[0].availability_ratio == Fraction(11, 12)


def test_a_month_with_a_clock_change_has_its_real_length() -> None:
    """October in Berlin is an hour longer than 31 days."""
    berlin = ZoneInfo("Europe/Berlin")
    start, end = datetime(2025, 10, 1, tzinfo=berlin), datetime(2025, 11, 1, tzinfo=berlin)
    (month,) = sla.evaluate([], start=start, end=end, zone="Europe/Berlin", as_of=end).by(sla.Period.MONTH)
    assert sum(month.cells_us) == 31 * DAY_US + HOUR_US


def test_rolling_windows_come_from_the_same_ledger() -> None:
    """Full ones only, one ending with each day; a partial day is in none."""
    report = report_of([sla.Alarm(at(9), at(10))], at(7, 12), at(12))
    windows = report.by(sla.Period.rolling(3))
    assert [(one.date, one.last_date) for one in windows] == [
        (date(2025, 10, 8), date(2025, 10, 10)),
        (date(2025, 10, 9), date(2025, 10, 11)),
    ]
    assert [one.downtime_us for one in windows] == [DAY_US, DAY_US]


def test_the_gross_figure_excludes_nothing() -> None:
    """It stands beside the contractual one."""
    report = report_of([sla.Alarm(at(8), at(8, 12))], at(8), at(9), exclusions=[(at(8), at(8, 12))])
    assert report.total.availability_ratio == 1
    assert report.gross.availability_ratio == Fraction(1, 2)


def test_days_without_a_figure_are_left_out_of_the_list_unless_details_are_asked_for() -> None:
    """Future days have none."""
    report = report_of([], at(8), at(11), as_of=at(9))
    assert [record["date"] for record in report.as_dicts()] == ["2025-10-08T00:00:00+00:00"]
    details = report.as_dicts(detail=True)
    assert [record["compliance_percentage"] for record in details] == [100.0, None, None]
    assert {record["tz_version"] for record in details} == {tz_version()} == {report.tz_version}
    assert details[0]["method"] == report.method
    assert details[0]["quality"] == report.quality.as_dict()
    assert len(report.as_dicts(sla.Period.MONTH)) == 1


def test_the_method_says_in_one_line_how_figures_were_made() -> None:
    """What counts, what was damped, what was excluded, which rules, as of when."""
    plain = report_of([], at(8), at(9))
    assert plain.method == (
        "down while a critical or major alarm is raised; maintenance and exclusions left out; "
        f"days of UTC by zone rules {tz_version()}; as of 2025-10-09T00:00:00+00:00"
    )
    policy = sla.SLAPolicy(
        qualifying=sla.AlarmFilter({"critical"}),
        merge_gap=timedelta(seconds=60),
        min_outage=timedelta(seconds=2.5),
        stale_after=timedelta(days=7),
        accounting=sla.Accounting({(sla.Scope.AGREED, sla.State.UNKNOWN): sla.Counts.DOWN}),
    )
    assert report_of([], at(8), at(9), policy=policy).method.startswith(
        "down while a critical alarm is raised; gaps shorter than 1 min merged; outages shorter than 2.5 s dropped; "
        "alarms unseen for 7 d ended when last seen; cells counted by a custom accounting; "
    )


def test_every_named_accounting_has_its_words() -> None:
    """No report says 'custom' of a named one."""
    for name in sla.labels.NAMED_ACCOUNTINGS:
        policy = sla.SLAPolicy(accounting=getattr(sla.Accounting, name))
        assert "custom" not in report_of([], at(8), at(9), policy=policy).method


def test_the_last_days_are_a_record_of_their_own() -> None:
    """None where there are fewer, or none are asked for."""
    report = report_of([sla.Alarm(at(8, 9), at(8, 10))], at(6), at(9))
    last = report.last(2)
    assert last is not None
    assert (last.date.day, last.last_date.day, last.downtime_us) == (7, 8, HOUR_US)
    assert report.last(3) == report.total
    assert report.last(4) is None
    assert report.last(0) is None
