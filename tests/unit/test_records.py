"""Records: what a person, a chart and a contract read off one period's cells."""

from __future__ import annotations

import json
import pickle
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest

import sla_compliance as sla
from sla_compliance import records
from sla_compliance.labels import CELLS, Scope, State
from sla_compliance.units import MAX_US, MIN_US, moment
from tests.unit.moments import HOUR_US, at, report_of


def lagos(*alarms: sla.Alarm, **terms: Any) -> sla.ComplianceRecord:
    """Return the record of 8 October in Lagos, by default when it is over."""
    start, end = sla.whole_days("2025-10-08", "2025-10-08", zone="Africa/Lagos", now=at(9))
    terms = {"start": start, "end": end, "zone": "Africa/Lagos", "as_of": end, **terms}
    return sla.evaluate(alarms, **terms).days[0]


def test_the_wire_format_is_the_documented_one() -> None:
    """Two minutes down on a day in Lagos."""
    record = lagos(sla.Alarm(at(8, 9), at(8, 9, 2)))
    assert record.as_dict() == {
        "date": "2025-10-08T00:00:00+01:00",
        "compliance_percentage": 99.86,
        "target_percentage": 99.9,
        "uptime_minutes": 1438,
        "downtime_minutes": 2,
        "sla_breaches": 1,
    }
    assert list(record.as_dict()) == list(record.as_dict(detail=True))[:6]


def test_the_details_say_what_the_figures_follow_from() -> None:
    """In JSON types; the cells are there, all thirty."""
    details = lagos(sla.Alarm(at(8, 9), at(8, 9, 2))).as_dict(detail=True)
    assert json.loads(json.dumps(details)) == details
    assert details["verdict"] == "BREACHED"
    assert details["accounting"] == "REMOVED"
    assert details["zone"] == "Africa/Lagos"
    assert (details["uptime_seconds"], details["downtime_seconds"]) == (86_280.0, 120.0)
    assert (details["start"], details["end"]) == ("2025-10-08T00:00:00+01:00", "2025-10-09T00:00:00+01:00")
    segments = details["segments"]
    assert isinstance(segments, dict)
    assert len(segments) == len(CELLS)
    assert segments["AGREED/DOWN"] == 120_000_000


def test_the_date_is_the_first_instant_of_the_day_also_of_a_part() -> None:
    """Where midnight does not exist it is one o'clock; the part asked for stands beside it."""
    start = datetime(2015, 10, 18, 12, tzinfo=UTC)
    (record,) = sla.evaluate(
        [], start=start, end=start + timedelta(hours=1), zone="America/Sao_Paulo", as_of=start
    ).days
    assert record.as_dict()["date"] == "2015-10-18T01:00:00-02:00"
    assert record.start.isoformat() == "2015-10-18T10:00:00-02:00"
    assert record.end - record.start == timedelta(hours=1)


@pytest.mark.parametrize("zone", ["America/New_York", "Pacific/Kiritimati", "UTC"])
@pytest.mark.parametrize("edge", ["first", "last"])
def test_records_at_the_ends_of_the_calendar_have_a_date(zone: str, edge: str) -> None:
    """As far as instants are taken at all."""
    start_us = MIN_US if edge == "first" else MAX_US - HOUR_US
    start, end = moment(start_us), moment(start_us + HOUR_US)
    for record in sla.evaluate([sla.Alarm(at(8), at(9))], start=start, end=end, zone=zone, as_of=end).days:
        assert str(record.as_dict()["date"]).startswith(record.date.isoformat())


@pytest.mark.parametrize(
    ("seconds", "as_of", "verdict"),
    [
        (0, 24, sla.Verdict.MET),
        (86, 24, sla.Verdict.MET),
        (87, 24, sla.Verdict.BREACHED),
        (60, 12, sla.Verdict.AT_RISK),
        (86, 12, sla.Verdict.AT_RISK),
        (87, 12, sla.Verdict.BREACHED),
        (0, 0, sla.Verdict.UNDETERMINED),
    ],
)
def test_a_verdict_is_exact_and_looks_at_what_may_still_come(seconds: int, as_of: int, verdict: sla.Verdict) -> None:
    """86.4 seconds are 0.1 % of a day."""
    alarm = sla.Alarm(at(8), at(8) + timedelta(seconds=seconds))
    record = report_of([alarm], at(8), at(9), as_of=at(8) + timedelta(hours=as_of)).total
    assert record.verdict is verdict
    assert record.is_breached == (verdict is sla.Verdict.BREACHED)
    assert record.sla_breaches == int(record.is_breached)


def test_time_to_come_repairs_only_what_it_counts_for() -> None:
    """If the rest of the day is out of hours, a breach cannot be repaired any more."""
    alarm = sla.Alarm(at(8, 9), at(8, 9, 1))
    terms: dict[str, Any] = {"as_of": at(8, 12), "service_hours": [(at(8, 9), at(8, 12))]}
    assert report_of([alarm], at(8), at(9)).total.verdict is sla.Verdict.MET
    assert report_of([alarm], at(8), at(9), **terms).total.verdict is sla.Verdict.BREACHED


def test_a_month_may_be_met_with_breached_days() -> None:
    """The verdict is the period's own; its breached days are counted beside it."""
    alarms = [sla.Alarm(at(day, 9), at(day, 9, 10)) for day in (3, 8, 20)]
    (month,) = report_of(alarms, at(1), at(31)).by(sla.Period.MONTH)
    assert month.verdict is sla.Verdict.MET
    assert not month.is_breached
    assert month.sla_breaches == 3
    assert (month.date, month.last_date) == (date(2025, 10, 1), date(2025, 10, 30))


def test_lengths_have_their_names_of_old() -> None:
    """`up_us` and `down_us` still answer."""
    total = report_of([sla.Alarm(at(8, 2), at(8, 3))], at(8), at(9)).total
    assert (total.up_us, total.down_us) == (total.uptime_us, total.downtime_us)
    assert total.downtime_us == HOUR_US


def test_the_same_cells_answer_other_questions() -> None:
    """Another accounting, another target; the record itself stays."""
    record = report_of([sla.Alarm(at(8, 2), at(8, 3))], at(8), at(9), maintenance=[(at(8, 2), at(8, 3))]).total
    assert record.availability_ratio == 1
    gross = record.counted_as(sla.Accounting.GROSS).with_target("99.999")
    assert gross.availability_ratio == Fraction(23, 24)
    assert gross.compliance_percentage == 95.833
    assert gross.compliance_text == "95.833"
    assert gross.target_percentage == 99.999
    assert gross.cells_us == record.cells_us
    with pytest.raises(sla.InvalidTargetError):
        record.with_target(101)


def test_explain_leads_from_the_cells_to_the_verdict() -> None:
    """One step a line; empty cells are not listed."""
    record = report_of([sla.Alarm(at(8, 9), at(8, 9, 2))], at(8), at(9), maintenance=[(at(8, 9, 1), at(8, 9, 2))]).total
    assert record.explain().splitlines() == [
        "2025-10-08T00:00:00+00:00 to 2025-10-09T00:00:00+00:00 in UTC: 86400 s",
        "  MAINTENANCE / DOWN                                  60 s  left out",
        "  AGREED / DOWN                                       60 s  counts down",
        "  AGREED / UP                                      86280 s  counts up",
        "up 86280 s, down 60 s (accounting REMOVED)",
        "availability = up / (up + down) = 1438/1439, shown rounded down as 99.93 %",
        "target 99.9 %: MET, breached days: 0",
        "Met: no doubt could change the verdict",
    ]


def test_explain_says_where_nothing_counted() -> None:
    """And shows fractions of a second."""
    start = at(8)
    record = report_of([], start, start + timedelta(microseconds=1_500_000), monitored=[]).total
    assert "availability: none, no time counted" in record.explain()
    assert "1.500000 s" in record.explain()
    assert record.compliance_percentage is None
    assert record.compliance_text is None
    assert record.segments[Scope.AGREED, State.UNKNOWN] == 1_500_000


def test_a_day_observed_for_half_of_it_is_covered_by_half() -> None:
    """Observed and unknown time alike; a share, not none."""
    day = report_of([], at(8), at(9), monitored=[(at(8), at(8, 12))]).days[0]
    assert day.coverage_ratio == Fraction(1, 2)
    assert day.as_dict(detail=True)["coverage_percentage"] == 50.0
    assert report_of([], at(8), at(9), monitored=[]).days[0].coverage_ratio == 0


def test_a_reading_is_one_certain_period() -> None:
    """It has no readings of its own, and breaches as a whole or not at all."""
    total = report_of([], at(8), at(11), monitored=[(at(8), at(8, 12))]).total
    for reading, breaches in ((total.optimistic, 0), (total.pessimistic, 1)):
        assert reading.day_cells_us == (reading.cells_us,)
        assert reading.sla_breaches == breaches
        assert reading.optimistic == reading == reading.pessimistic
        assert reading.is_confirmed
    ended_some_time_after = sla.Alarm(at(8, 2), status="cleared", last_occurrence=at(8, 3))
    doubtful = report_of([ended_some_time_after], at(8), at(11)).total
    assert doubtful.optimistic.downtime_us == HOUR_US
    assert doubtful.pessimistic.downtime_us == 24 * HOUR_US
    assert doubtful.optimistic.pessimistic.downtime_us == HOUR_US


def test_explain_of_an_hour_ends_with_its_availability() -> None:
    """No promise is of an hour, so neither target nor verdict stands there."""
    hour = report_of([sla.Alarm(at(8, 9), at(8, 9, 15))], at(8), at(9)).by(sla.Period.HOUR)[9]
    assert hour.explain().splitlines() == [
        "2025-10-08T09:00:00+00:00 to 2025-10-08T10:00:00+00:00 in UTC: 3600 s",
        "  AGREED / DOWN                                      900 s  counts down",
        "  AGREED / UP                                       2700 s  counts up",
        "up 2700 s, down 900 s (accounting REMOVED)",
        "availability = up / (up + down) = 3/4, shown rounded down as 75.00 %",
    ]


def test_names_that_moved_are_imported_from_here_as_before() -> None:
    """With the record itself."""
    assert records.__all__ == ["ComplianceRecord", "Verdict", "availability_ratio", "counted_us", "verdict"]
    assert all(hasattr(records, name) for name in records.__all__)


def test_records_are_values() -> None:
    """Equal, hashable, picklable: a cache keeps them."""
    record = lagos(sla.Alarm(at(8, 9), at(8, 9, 2)))
    copy = pickle.loads(pickle.dumps(record))  # noqa: S301 - our own bytes
    assert copy == record
    assert hash(copy) == hash(record)
    assert copy.start == record.start


def test_an_accounting_of_another_kind_is_refused_by_its_name() -> None:
    """The error names the argument."""
    with pytest.raises(sla.InvalidTypeError) as refused:
        lagos().counted_as("GROSS")  # type: ignore[arg-type]
    assert refused.value.field == "accounting"
