"""Reports at their edges: parts of the window, hours, bounds by polling, what is down now, whole days."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest

import sla_compliance as sla
from sla_compliance.certainty import DoubtCause
from tests.unit.moments import DAY_US, HOUR_US, at, report_of, us

MICROSECOND = timedelta(microseconds=1)
OUTAGE = sla.Alarm(at(8, 22), at(9, 2), id="1")
LOG_WORDS: list[dict[str, Any]] = [{"down": "down"}, {"down": "down", "up": "ok"}]


@pytest.fixture(scope="module")
def three_days() -> sla.ComplianceReport:
    """8 to 10 October with an outage over midnight."""
    return report_of([OUTAGE], at(8), at(11))


def test_a_part_of_the_window_has_its_own_record(three_days: sla.ComplianceReport) -> None:
    """Cut at both ends, with the dates that it meets."""
    part = three_days.part(at(8, 12), at(9, 12))
    assert (part.start, part.end, part.zone) == (at(8, 12), at(9, 12), "UTC")
    assert (part.date, part.last_date) == (date(2025, 10, 8), date(2025, 10, 9))
    assert (part.downtime_us, part.observed_us) == (4 * HOUR_US, DAY_US)
    assert [sum(cells) for cells in part.day_cells_us] == [12 * HOUR_US, 12 * HOUR_US]
    assert (part.target_ratio, part.accounting) == (three_days.target_ratio, three_days.accounting)
    assert part.is_confirmed
    day = three_days.part(at(9), at(10))
    assert (day.date, day.last_date, day.cells_us) == (
        date(2025, 10, 9),
        date(2025, 10, 9),
        three_days.days[1].cells_us,
    )
    wide = three_days.part(at(1), at(30))
    assert (wide.start, wide.end, wide.cells_us) == (at(8), at(11), three_days.total.cells_us)


@pytest.mark.parametrize(
    ("start", "end", "field", "message"),
    [
        (at(9), at(8), "end", "end is 2025-10-08 00:00:00+00:00, before start 2025-10-09"),
        (at(9), at(9), "start", "start is 2025-10-09 00:00:00+00:00, and nothing from there to 2025-10-09"),
        (at(11), at(12), "start", "start is 2025-10-11 00:00:00+00:00, and nothing from there"),
        (at(1), at(8), "start", "start is 2025-10-01 00:00:00+00:00, and nothing from there"),
        (5, at(8), "start", "start is 5"),
        (at(8), 5, "end", "end is 5"),
    ],
)
def test_a_part_without_an_instant_of_the_window_is_refused(
    three_days: sla.ComplianceReport, start: Any, end: Any, field: str, message: str
) -> None:
    """By the argument at fault."""
    with pytest.raises(sla.SLAComplianceError) as caught:
        three_days.part(start, end)
    assert str(caught.value).startswith(message)
    assert caught.value.field == field


def test_a_part_in_doubt_is_not_confirmed_and_others_are() -> None:
    """Readings are those of the part."""
    doubtful = sla.Alarm(at(9, 2), at(9, 8), id="1", severity="cleared")
    report = report_of([doubtful], at(8), at(11))
    part = report.part(at(9), at(9, 12))
    assert part.availability_bounds == (Fraction(1, 2), Fraction(1))
    assert (part.is_confirmed, report.part(at(8), at(9)).is_confirmed) == (False, True)
    without_start = sla.AlarmBatch.from_alarms([sla.Alarm(None)], on_invalid="quarantine")  # type: ignore[arg-type]
    assert not report_of(without_start, at(8), at(11)).part(at(8), at(9)).is_confirmed


def test_hours_are_elapsed_hours_of_each_day_inside_the_window() -> None:
    """Of a day of 25 hours there are 25; cut hours are cut."""
    berlin = ZoneInfo("Europe/Berlin")
    start, end = datetime(2025, 10, 26, tzinfo=berlin), datetime(2025, 10, 27, tzinfo=berlin)
    report = sla.evaluate([], start=start, end=end, zone="Europe/Berlin", as_of=end)
    hours = report.by(sla.Period.HOUR)
    assert (len(hours), {hour.observed_us for hour in hours}) == (25, {HOUR_US})
    assert {(hour.date, hour.last_date, hour.is_hour) for hour in hours} == {(date(2025, 10, 26),) * 2 + (True,)}
    cut = report_of([OUTAGE], at(8, 21, 30), at(9, 2, 15)).by(sla.Period.HOUR)
    assert [hour.observed_us / HOUR_US for hour in cut] == [0.5, 1, 1, 1, 1, 0.25]
    assert [hour.downtime_us / HOUR_US for hour in cut] == [0, 1, 1, 1, 1, 0]
    assert [hour.date.day for hour in cut] == [8, 8, 8, 9, 9, 9]
    whole = report_of([OUTAGE], at(8, 22), at(9, 2)).by(sla.Period.HOUR)
    assert [hour.observed_us / HOUR_US for hour in whole] == [1, 1, 1, 1]


def test_a_monitor_that_polls_widens_the_bounds_of_its_record() -> None:
    """A length that is none is no polling; it is named where it is bad."""
    report = report_of([sla.Alarm(at(8, 1), at(8, 3)), sla.Alarm(at(9, 5), at(9, 6))], at(8), at(10))
    second = report.bounds(report.days[1], polled_every=timedelta(hours=1))
    assert (second.low, second.high) == (Fraction(22, 24), Fraction(1))
    first = report.bounds(report.days[0], polled_every=timedelta(hours=1))
    assert (first.low, first.high) == (Fraction(21, 24), Fraction(23, 24))
    assert report.bounds(polled_every=timedelta(0)) == report.bounds()
    with pytest.raises(sla.InvalidTypeError) as caught:
        report.bounds(polled_every=5)  # type: ignore[arg-type]
    assert caught.value.field == "polled_every"
    with pytest.raises(sla.InvalidTypeError) as record:
        report.bounds("day")  # type: ignore[arg-type]
    assert str(record.value) == "record is 'day'; give a record of these figures, e.g. report.days[0]"


@pytest.mark.parametrize(
    ("cleared", "is_down"), [(None, True), (at(9), False), (at(9) + MICROSECOND, True), (at(9) - MICROSECOND, False)]
)
def test_it_is_down_now_while_an_alarm_lasts_beyond_the_instant_of_evaluation(cleared: Any, is_down: bool) -> None:
    """One that is raised at that instant is not known yet."""
    assert report_of([sla.Alarm(at(8), cleared)], at(8), at(9)).is_down_now is is_down
    assert not report_of([sla.Alarm(at(9))], at(8), at(10), as_of=at(9)).is_down_now
    assert not report_of([], at(8), at(9)).is_down_now


def test_an_input_without_rows_is_in_doubt_as_such() -> None:
    """A bad row was read; so were those of other keys."""
    empty = report_of([], at(8), at(9))
    assert (empty.is_of_empty_input, empty.doubt_of_input) == (True, DoubtCause.NO_ROWS)
    quiet = report_of([sla.Alarm(at(8), severity="info")], at(8), at(9))
    assert (quiet.is_of_empty_input, quiet.doubt_of_input) == (False, None)
    bad = sla.AlarmBatch.from_alarms([sla.Alarm(at(8), at(7))], on_invalid="quarantine")
    assert not report_of(bad, at(8), at(9)).is_of_empty_input
    assert replace(empty, input_rows=3).doubt_of_input is None
    assert replace(quiet, input_rows=0).doubt_of_input is DoubtCause.NO_ROWS
    log = [{"key": "r", "at": at(8), "state": "ok"}]
    causes = [report_of(sla.alarms_from_changes(log, **words), at(8), at(9)).doubt_of_input for words in LOG_WORDS]
    assert causes == [DoubtCause.NO_DOWN, None]


def test_a_part_of_a_day_has_bounds_of_its_own() -> None:
    """An alarm that nothing has seen for a week may be over."""
    unseen = sla.Alarm(at(8, 6), id="1", last_occurrence=at(8, 9))
    report = report_of([unseen], at(8), at(9), as_of=at(20))
    part = report.bounds(report.part(at(8), at(8, 12)))
    assert (part.low, part.high) == (Fraction(6, 12), Fraction(9, 12))
    hours = [report.bounds(hour).high for hour in report.by(sla.Period.HOUR)]
    assert hours == [Fraction(1)] * 6 + [Fraction(0)] * 3 + [Fraction(1)] * 15


def test_rows_without_a_key_are_in_doubt_for_every_key() -> None:
    """And rows without a start for every day; a report that is of no key has no title."""
    rows = [sla.Alarm(at(8, 1), at(8, 2), resource_id="r"), sla.Alarm(at(8, 4), at(8, 6))]
    terms: dict[str, Any] = {"start": at(8), "end": at(9), "zone": "UTC", "as_of": at(9)}
    report = sla.evaluate_each(rows, by="resource_id", **terms)["r"]
    assert (report.bounds().low, report.bounds().high) == (Fraction(21, 24), Fraction(23, 24))
    without_start = report_of([sla.Alarm(None, at(8, 2))], at(8), at(10), on_invalid="quarantine")  # type: ignore[arg-type]
    assert [without_start.bounds(day).because for day in without_start.days] == [
        (sla.Doubt(DoubtCause.NO_START, 1, 0),)
    ] * 2
    bare = sla.ComplianceReport(batch=report.batch, qualifying=report.qualifying, measurement=report.measurement)
    assert (bare.title, bare.input_rows) == (None, None)


def test_bounds_of_incidents_are_checked(three_days: sla.ComplianceReport) -> None:
    """By the argument at fault; a reversed stretch is refused."""
    calls: dict[str, dict[str, Any]] = {
        "start": {"start": 5},
        "end": {"end": 5},
        "accounting": {"accounting": "GROSS"},
    }
    for field, keywords in calls.items():
        with pytest.raises(sla.InvalidTypeError) as caught:
            three_days.incidents(**keywords)
        assert caught.value.field == field
    assert str(caught.value) == "accounting is 'GROSS'; give an Accounting, e.g. Accounting.COUNTED"
    with pytest.raises(sla.InvalidIntervalError) as reversed_bounds:
        three_days.incidents(at(9), at(8))
    assert reversed_bounds.value.field == "end"
    assert str(reversed_bounds.value) == (
        "end is 2025-10-08 00:00:00+00:00, before start 2025-10-09 00:00:00+00:00; swap them"
    )
    assert len(three_days.incidents(at(1), at(30))) == 1


def test_a_detailed_record_says_what_it_follows_from(three_days: sla.ComplianceReport) -> None:
    """Method, rules, digest, windows, quality, policy."""
    day = three_days.days[0]
    detailed = three_days.detailed_record(day)
    assert detailed == {
        **day.as_dict(detail=True),
        "policy": three_days.policy.fingerprint,
        "method": three_days.method,
        "tz_version": three_days.tz_version,
        "input_digest": three_days.canonical_input.digest(day.start_us, day.end_us),
        "exclusions": [],
        "quality": three_days.quality.as_dict(),
    }
    assert three_days.detailed_record() == three_days.detailed_record(three_days.total)
    assert three_days.as_dicts(detail=True)[0] == detailed
    assert three_days.as_dicts() == [record.as_dict() for record in three_days.days]
    window = (at(8, 1), at(8, 2))
    with_window = report_of([OUTAGE], at(8), at(9), maintenance=[window])
    (line,) = with_window.exclusion_lines()
    assert with_window.detailed_record()["exclusions"] == [line.as_dict()]


def test_whole_days_and_cut_ones_are_told_apart() -> None:
    """A rolling window is made of whole days alone; a start a microsecond late makes a part."""
    rolling = sla.Period.rolling(2)
    assert len(report_of([], at(8), at(11)).by(rolling)) == 2
    assert len(report_of([], at(8) + MICROSECOND, at(11)).by(rolling)) == 1
    assert len(report_of([], at(8), at(11) - MICROSECOND).by(rolling)) == 1
    report = report_of([OUTAGE], at(8, 12), at(9, 12))
    assert [(day.start, day.end) for day in report.days] == [(at(8, 12), at(9)), (at(9), at(9, 12))]
    assert [last.date.day for last in (report.last(1), report.last(2)) if last is not None] == [9, 8]
    assert (report.last(3), report.last(-1)) == (None, None)
    with pytest.raises(sla.InvalidTypeError) as caught:
        report.by("month")  # type: ignore[arg-type]
    assert (caught.value.field, str(caught.value)) == ("period", "period is 'month'; give a Period, e.g. Period.MONTH")


def test_doubts_stand_in_order_of_the_time_at_stake() -> None:
    """Unmonitored time among them, unless it is agreed that it is left out."""
    alarms = [
        sla.Alarm(at(8, 1), at(8, 3), id="1", severity="cleared"),
        sla.Alarm(at(8, 5), id="2", status="cleared", last_occurrence=at(8, 6)),
    ]
    monitored = [(at(8), at(8, 20))]
    report = report_of(alarms, at(8), at(9), monitored=monitored)
    doubts = [(doubt.cause, doubt.rows, doubt.length_us // HOUR_US) for doubt in report.bounds().because]
    assert doubts == [
        (DoubtCause.UNDATED, 1, 18),
        (DoubtCause.UNMONITORED, 0, 4),
        (DoubtCause.OVERWRITTEN, 1, 2),
    ]
    left_out = sla.SLAPolicy(unknown="excluded")
    causes = [
        doubt.cause for doubt in report_of(alarms, at(8), at(9), monitored=monitored, policy=left_out).bounds().because
    ]
    assert causes == [DoubtCause.UNDATED, DoubtCause.OVERWRITTEN]
    covered = sla.SLAPolicy(unknown="excluded", minimum_coverage="0.9")
    thin = report_of(alarms, at(8), at(9), monitored=monitored, policy=covered)
    assert DoubtCause.UNMONITORED in [doubt.cause for doubt in thin.bounds().because]
    assert thin.bounds().coverage_ratio == Fraction(5, 6)
    assert report.bounds().is_confirmed is report.is_confirmed is True


def test_an_empty_window_has_a_record_of_its_date() -> None:
    """In the tenant's zone."""
    report = sla.evaluate([], start=at(8, 23, 30), end=at(8, 23, 30), zone="Africa/Lagos", as_of=at(9))
    assert (report.days, report.total.date, report.total.last_date) == ((), date(2025, 10, 9), date(2025, 10, 9))
    assert (report.total.start, report.total.end) == (at(8, 23, 30), at(8, 23, 30))
    assert report.total.start == datetime(2025, 10, 8, 23, 30, tzinfo=UTC)
    assert us(report.total.start) == report.ledger.start_us
