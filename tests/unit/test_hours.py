"""Period.HOUR: the elapsed hours of local days, for drill-down; never a verdict."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import pytest

import sla_compliance as sla
from sla_compliance.ledger import summed_cells
from sla_compliance.units import MINUTE_US
from tests.unit.moments import at

BAD_DAY = [sla.Alarm(at(8, 8, 30), at(8, 9, 15))]
TERMS: dict[str, Any] = {"start": at(8), "end": at(9), "zone": "UTC", "as_of": at(20)}


def day_of(zone: str, date: str) -> sla.ComplianceReport:
    """Return the report of a local day that was down for the middle half of it."""
    now = datetime(2026, 1, 1, tzinfo=UTC)
    start, end = sla.whole_days(date, date, zone=zone, now=now)
    quarter = (end.astimezone(UTC) - start.astimezone(UTC)) / 4
    alarm = sla.Alarm(start.astimezone(UTC) + quarter, end.astimezone(UTC) - quarter)
    return sla.evaluate([alarm], start=start, end=end, zone=zone, as_of=now)


def test_a_bad_day_by_the_hour() -> None:
    """Half an hour in hour 8, a quarter in hour 9, nothing in the 22 others."""
    hours = sla.evaluate(BAD_DAY, **TERMS).by(sla.Period.HOUR)
    assert [hour.downtime_us // MINUTE_US for hour in hours] == [0] * 8 + [30, 15] + [0] * 14
    assert hours[9].availability_ratio == Fraction(3, 4)
    assert [hour.start.hour for hour in hours] == list(range(24))


@pytest.mark.parametrize(
    ("zone", "date", "lengths"),
    [
        ("UTC", "2025-10-08", [60] * 24),
        ("Europe/Berlin", "2025-10-26", [60] * 25),
        ("Europe/Berlin", "2025-03-30", [60] * 23),
        ("Australia/Lord_Howe", "2025-10-05", [60] * 23 + [30]),
        ("Australia/Lord_Howe", "2025-04-06", [60] * 24 + [30]),
        ("America/Sao_Paulo", "2015-10-18", [60] * 23),
        ("America/Havana", "2025-11-02", [60] * 25),
        ("Africa/Monrovia", "1972-01-07", [60] * 23 + [15.5]),
    ],
    ids=["24", "25", "23", "half an hour less", "half an hour more", "no midnight", "two midnights", "odd shift"],
)
def test_a_day_has_its_elapsed_hours(zone: str, date: str, lengths: list[float]) -> None:
    """From its first instant; the last may be shorter; together they are the day."""
    report = day_of(zone, date)
    hours = report.by(sla.Period.HOUR)
    (day,) = report.days
    assert {hour.date for hour in hours} == {day.date}
    assert [(hour.end_us - hour.start_us) / MINUTE_US for hour in hours] == lengths
    assert (hours[0].start_us, hours[-1].end_us) == (day.start_us, day.end_us)
    assert summed_cells([hour.cells_us for hour in hours]) == day.cells_us


def test_an_hour_that_comes_twice_is_two() -> None:
    """They bear their own offsets."""
    hours = day_of("Europe/Berlin", "2025-10-26").as_dicts(sla.Period.HOUR)
    assert [hour["date"] for hour in hours][2:4] == ["2025-10-26T02:00:00+02:00", "2025-10-26T02:00:00+01:00"]


def test_the_window_cuts_the_first_and_the_last_hour() -> None:
    """Hours count from the day, not from the window."""
    terms = {**TERMS, "start": at(8, 8, 40), "end": at(9, 1, 30)}
    hours = sla.evaluate(BAD_DAY, **terms).by(sla.Period.HOUR)
    lengths = [(hour.end_us - hour.start_us) // MINUTE_US for hour in hours]
    assert lengths == [20, *[60] * 16, 30]
    assert hours[0].downtime_us == 20 * MINUTE_US
    assert sla.evaluate(BAD_DAY, **{**TERMS, "end": at(8)}).by(sla.Period.HOUR) == ()


def test_an_hour_never_has_a_verdict() -> None:
    """Nor breaches, nor words for either; in JSON null."""
    hour = sla.evaluate(BAD_DAY, **TERMS).by(sla.Period.HOUR)[8]
    assert hour.is_hour
    assert hour.verdict is hour.with_target(0).verdict is sla.Verdict.UNDETERMINED
    assert (hour.is_breached, hour.sla_breaches, hour.verdict_text, hour.is_confirmed) == (False, 0, "", False)
    detail = hour.as_dict(detail=True)
    assert (detail["verdict"], detail["is_confirmed"], detail["sla_breaches"]) == (None, None, 0)
    assert (detail["downtime_seconds"], detail["compliance_percentage"]) == (1800, 50)
    assert "target" not in hour.explain()
    assert "availability = up / (up + down) = 1/2" in hour.explain()
    assert hour.counted_as(sla.Accounting.GROSS).is_hour


def test_an_hour_has_bounds_and_doubts_of_its_own() -> None:
    """By the readings' own cells."""
    rows = [*BAD_DAY, sla.Alarm(at(8, 9, 30), at(8, 9), id="bad"), sla.Alarm(at(8, 11), status="cleared")]
    report = sla.evaluate(rows, on_invalid="quarantine", **{**TERMS, "as_of": at(8, 13)})
    hours = report.by(sla.Period.HOUR)
    bounds = report.bounds(hours[9])
    assert (bounds.low, bounds.high) == (Fraction(1, 4), Fraction(3, 4))
    assert [doubt.cause for doubt in bounds.because] == [sla.DoubtCause.SET_ASIDE]
    assert report.bounds(hours[8]).low == report.bounds(hours[8]).high == Fraction(1, 2)
    without_start = sla.evaluate([sla.Alarm(None)], on_invalid="quarantine", **TERMS)  # type: ignore[arg-type]
    assert not without_start.by(sla.Period.HOUR)[0].certainty.value.is_input_whole


def test_hours_are_no_period_of_a_cap() -> None:
    """Planned work has caps of a day or longer."""
    with pytest.raises(sla.InvalidValueError, match="per is 'hour'; give a calendar period"):
        sla.PlannedWork(per=sla.Period.HOUR)
