"""oracle_report() says what evaluate() says, of whatever both take; and refuses what it cannot count out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sla_compliance as sla
from sla_compliance.intervals import IntervalSet
from sla_compliance.testing import (
    Aspect,
    OracleReport,
    Place,
    Scenario,
    alarm_lists,
    corrections,
    oracle_report,
    places,
    questions,
    recurring_maintenance_windows,
    scenarios,
    service_hours,
)

NINE: Final = datetime(2026, 3, 3, 9, tzinfo=UTC)
HOUR: Final = timedelta(hours=1)
OUTAGE: Final = sla.Alarm(NINE, NINE + HOUR, id="1")
TERMS: Final[dict[str, Any]] = {
    "start": NINE - 9 * HOUR,
    "end": NINE + 15 * HOUR,
    "zone": "UTC",
    "as_of": NINE + 15 * HOUR,
}
coarse_places = places().filter(lambda place: place.unit >= timedelta(minutes=15))


def check_equal(report: sla.ComplianceReport, expected: OracleReport) -> None:
    """Check every figure of every day and of the whole window, exact and for people."""
    assert {record.date: record.as_dict() for record in report.days} == {
        day: record.as_dict() for day, record in expected.days.items()
    }
    records = [*zip(report.days, expected.days.values(), strict=True), (report.total, expected.total)]
    for record, counted in records:
        assert {cell: length_us for cell, length_us in record.segments.items() if length_us} == counted.segments
        assert record.uptime_us == counted.uptime // timedelta(microseconds=1)
        assert record.downtime_us == counted.downtime // timedelta(microseconds=1)
        assert record.availability_ratio == counted.availability_ratio
        assert (str(record.verdict), record.sla_breaches) == (counted.verdict, counted.sla_breaches)
        bounds = report.bounds(record)
        assert (bounds.low, bounds.high, bounds.is_confirmed) == (
            counted.low_ratio,
            counted.high_ratio,
            counted.is_confirmed,
        )
        assert bounds.coverage_ratio == counted.coverage_ratio


@given(place=coarse_places, data=st.data())
@settings(max_examples=80)
def test_every_figure_of_a_scenario_is_the_library_s(place: Place, data: st.DataObject) -> None:
    """Alarms, windows, terms and corrections of every kind, near some clock change."""
    scenario: Scenario = data.draw(scenarios(place))
    check_equal(scenario.report(), scenario.oracle_report())


@given(
    scenario=scenarios(Place(), aspects=(Aspect.ROWS_OF_ONE_ID, Aspect.DOUBT)),
    entered=st.lists(corrections(row_ids=("i0", "i1", "i2")), min_size=2, max_size=5),
)
@settings(max_examples=60)
def test_corrections_of_rows_of_one_id_are_counted_out(scenario: Scenario, entered: list[sla.Correction]) -> None:
    """Of rows that are one alarm, and of rows that are not."""
    scenario = replace(scenario, corrections=entered)
    check_equal(scenario.report(), scenario.oracle_report())


def test_a_set_of_instants_says_when_too() -> None:
    """As evaluate() takes it."""
    start_us = int(NINE.timestamp()) * 1_000_000
    question: Any = {**TERMS, "monitored": IntervalSet((start_us,), (start_us + 3_600_000_000,))}
    report = oracle_report([], **question)
    assert report.total.segments["AGREED", "UP"] == 3_600_000_000
    check_equal(sla.evaluate([], **question), report)


@given(place=coarse_places, data=st.data())
@settings(max_examples=30)
def test_weekly_hours_and_recurring_work_are_counted_out(place: Place, data: st.DataObject) -> None:
    """By the clock on the wall, on both sides of its changes."""
    question: Any = {**data.draw(questions(place)), "service_hours": data.draw(service_hours())}
    question["maintenance"] = [*question["maintenance"], data.draw(recurring_maintenance_windows(place))]
    rows = data.draw(alarm_lists(place))
    check_equal(sla.evaluate(rows, **question), oracle_report(rows, **question))


@pytest.mark.parametrize(
    ("rule", "hours"),
    [
        ("FREQ=DAILY;UNTIL=20260305", 3),
        ("FREQ=DAILY;UNTIL=20260304T080000Z", 1),
        ("FREQ=DAILY;UNTIL=20260304T090000", 2),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,WE;COUNT=3", 2),
        ("FREQ=DAILY;BYDAY=WE,TH", 2),
    ],
)
def test_rules_of_recurrence_are_read(rule: str, hours: int) -> None:
    """An end by date, by instant and on the wall; weeks from Monday; weekdays."""
    work = sla.MaintenanceWindow(NINE, NINE + HOUR, recurrence=rule)
    question: Any = {**TERMS, "end": NINE + 63 * HOUR, "as_of": NINE + 63 * HOUR, "maintenance": [work]}
    counted = oracle_report([], **question)
    assert counted.total.segments["MAINTENANCE", "UP"] == hours * 3_600_000_000
    check_equal(sla.evaluate([], **question), counted)


def test_the_hours_of_planned_work_and_its_period_are_read() -> None:
    """The same whole hours every day."""
    work = sla.PlannedWork(hours=sla.ServiceHours.parse("mon-sun 09:00-24:00"), most_windows=1, per=sla.Period.DAY)
    windows = [(NINE - HOUR, NINE + HOUR), (NINE + 2 * HOUR, NINE + 3 * HOUR)]
    question: Any = {**TERMS, "maintenance": windows, "policy": sla.SLAPolicy(planned_work=work)}
    counted = oracle_report([OUTAGE], **question)
    assert counted.total.segments["MAINTENANCE", "DOWN"] == 3_600_000_000
    check_equal(sla.evaluate([OUTAGE], **question), counted)


def test_a_stretch_without_a_day_has_no_figures() -> None:
    """It is no error of evaluate() either."""
    report = oracle_report([OUTAGE], **{**TERMS, "end": TERMS["start"]})
    assert (report.days, report.as_dicts(), report.total.availability_ratio) == ({}, [], None)
    assert report.total.compliance_percentage is None


def test_figures_for_people_follow_the_target_s_decimals() -> None:
    """From two to nine, rounded down; uptime down, downtime up."""
    alarm = sla.Alarm(NINE, NINE + timedelta(seconds=30))
    question: Any = {**TERMS, "policy": sla.SLAPolicy("99.99999")}
    report = oracle_report([alarm], **question)
    (row,) = report.as_dicts()
    assert row == {
        "date": "2026-03-03T00:00:00+00:00",
        "compliance_percentage": 99.96527,
        "target_percentage": 99.99999,
        "uptime_minutes": 1439,
        "downtime_minutes": 1,
        "sla_breaches": 1,
    }
    assert list(report.days) == [date(2026, 3, 3)]
    assert report.unit == timedelta(seconds=30)
    assert report.total.availability_ratio == Fraction(2879, 2880)
    check_equal(sla.evaluate([alarm], **question), report)


REFUSED: Final[dict[str, tuple[Any, dict[str, Any], str]]] = {
    "too many instants": (
        [sla.Alarm(NINE, NINE + timedelta(microseconds=7))],
        {},
        r"the oracle looks at every instant, and there are 432,000,000,000 of 0:00:00.000001 .*; give times to the",
    ),
    "a batch": (sla.AlarmBatch.from_alarms([OUTAGE]), {}, "alarms is .*; give several Alarm, not a batch"),
    "mappings": ([{"first_occurrence": NINE}], {}, r"alarms\[0\] is .*; give an Alarm"),
    "a rule by month": (
        [],
        {"maintenance": [sla.MaintenanceWindow(NINE, NINE + HOUR, recurrence="FREQ=MONTHLY")]},
        "'FREQ=MONTHLY' has other parts; the oracle reads FREQ=DAILY or WEEKLY .*; give one window each time",
    ),
    "a column of the source": (
        [],
        {"maintenance": [sla.MaintenanceWindow(NINE, NINE + HOUR, applies_to={"service_id": ["1"]})]},
        "applies_to names service_id; the oracle knows alarm_id, alarm_type, customer_id",
    ),
    "hours of work that differ by day": (
        [],
        {"policy": sla.SLAPolicy(planned_work=sla.PlannedWork(hours=sla.ServiceHours.parse("mon-fri 01:00-05:00")))},
        "hours of planned work are .*; the oracle knows the same whole hours every day, such as mon-sun 01:00-05:00",
    ),
    "hours of work with minutes": (
        [],
        {"policy": sla.SLAPolicy(planned_work=sla.PlannedWork(hours=sla.ServiceHours.parse("mon-sun 01:30-05:00")))},
        "hours of planned work are ",
    ),
    "another period of caps": (
        [],
        {"policy": sla.SLAPolicy(planned_work=sla.PlannedWork(most_windows=1, per=sla.Period.month(first_day=15)))},
        "per is .*; the oracle knows days, weeks from Monday, months",
    ),
    "what evaluate() refuses": ([], {"zone": "Mars/Olympus"}, "Mars/Olympus"),
    "a window that ends before it starts": ([], {"end": NINE - 99 * HOUR}, "before"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_cannot_be_counted_out_is_refused(kind: str) -> None:
    """In one line that says what, and what to do."""
    alarms, changes, message = REFUSED[kind]
    with pytest.raises(sla.SLAComplianceError, match=message):
        oracle_report(alarms, **{**TERMS, **changes})
