"""Measured days: their codes stay for good, and a day closes, holds and is whole at exact instants."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

import sla_compliance as sla
from sla_compliance.certainty import DoubtCause
from sla_compliance.errors import InvalidTypeError, InvalidValueError
from sla_compliance.measured import (
    CLOCK_TOLERANCE,
    DOUBT_PREFIX,
    RULES_VERSION,
    DayFact,
    FactCode,
    MeasuredDay,
    closes_at_us,
    is_ahead,
)
from sla_compliance.units import DAY_US, HOUR_US, MINUTE_US, SECOND_US

NO_CELLS = (0,) * 30
FACT = DayFact("STALE_ALARM", "17", 2, 3)
WIRE = {"code": "STALE_ALARM", "name": "17", "count": 2, "length_us": 3}


def day(*facts: DayFact, as_of_us: int = DAY_US, **changes: Any) -> MeasuredDay:
    """Return 1 January 1970 in UTC, by default as measured when it ended."""
    bounds: dict[str, Any] = {"date": date(1970, 1, 1), "start_us": 0, "end_us": DAY_US, "cells_us": NO_CELLS}
    return MeasuredDay(**bounds, facts=facts, as_of_us=as_of_us, rows_read=0, tz_version="2025b", **changes)


def test_stores_know_facts_by_these_codes() -> None:
    """Codes are kept for good: one may be added, none may go or be spelt otherwise."""
    kept = (
        "CUT_DATE CORRECTED UNUSED_CORRECTION ASSUMPTION BAD_ROW ASSUMED_END RAISED_IN_1970 OVERWRITTEN_SEVERITY "
        "CLAMPED_SHARE OPEN_ALARM STALE_ALARM UNKNOWN_LAST_SIGHT KEYLESS_IN_DOUBT KEYLESS_OF_EVERYBODY "
        "KEYLESS_OF_NOBODY UNMATCHED_EXCLUSION TARGETED_EXCLUSION LATE_WORK REFUSED_WORK NO_ROWS OPEN_UNSEEN LEGACY"
    )
    assert [str(code) for code in FactCode] == kept.split()
    assert DOUBT_PREFIX + DoubtCause.UNSEEN == "DOUBT_UNSEEN"


def test_days_already_stored_were_measured_by_version_1() -> None:
    """A higher number refuses no day that is stored; it says that the same rows come to other cells."""
    assert RULES_VERSION == 1


def test_a_fact_is_written_under_four_names_and_read_back() -> None:
    """A fact by default is of one row and of no time."""
    assert FACT.as_dict() == WIRE
    assert DayFact.from_dict({**WIRE, "later": True}) == FACT
    assert DayFact("LEGACY", "x") == DayFact("LEGACY", "x", 1, 0)
    assert type(DayFact(FactCode.LEGACY, "x").as_dict()["code"]) is str
    nothing = DayFact("STALE_ALARM", "", 0, 0)
    assert DayFact.from_dict(nothing.as_dict()) == nothing


@pytest.mark.parametrize(
    "value",
    [
        None,
        [*WIRE.items()],
        {},
        {**WIRE, "code": None},
        {**WIRE, "name": 17},
        {**WIRE, "count": True},
        {**WIRE, "length_us": 3.0},
    ],
)
def test_what_is_no_fact_is_refused(value: object) -> None:
    """Also where one part alone is of another type."""
    with pytest.raises(InvalidTypeError) as raised:
        DayFact.from_dict(value)
    assert raised.value.field == "fact"
    assert "DayFact.as_dict" in str(raised.value)


@pytest.mark.parametrize("name", ["count", "length_us"])
def test_a_fact_of_a_negative_number_is_refused(name: str) -> None:
    """Either number."""
    with pytest.raises(InvalidValueError) as raised:
        DayFact.from_dict({**WIRE, name: -1})
    assert raised.value.field == "fact"
    assert "-1" in str(raised.value)


def test_a_day_closes_when_damping_and_staleness_can_alter_it_no_more() -> None:
    """At that very microsecond, and not before."""
    policy = sla.SLAPolicy(
        merge_gap=timedelta(minutes=5), min_outage=timedelta(minutes=3), stale_after=timedelta(hours=2)
    )
    closing_us = DAY_US + 2 * HOUR_US + 8 * MINUTE_US
    assert closes_at_us(DAY_US, policy) == closing_us
    assert day(as_of_us=closing_us).is_closed(policy)
    assert not day(as_of_us=closing_us - 1).is_closed(policy)
    assert closes_at_us(DAY_US, sla.SLAPolicy()) == DAY_US


def test_a_day_is_over_at_its_end() -> None:
    """Under a policy that waits for nothing it is closed then."""
    for is_over, as_of_us in ((True, DAY_US), (False, DAY_US - 1)):
        measured = day(DayFact(FactCode.OPEN_ALARM, "a"), as_of_us=as_of_us)
        assert measured.is_over is is_over
        assert measured.is_closed(sla.SLAPolicy()) is is_over


def test_an_alarm_open_and_unseen_keeps_a_day_open_for_seven_days() -> None:
    """Then it becomes doubtful, without any change of facts."""
    unseen = DayFact(FactCode.OPEN_UNSEEN, "a")
    for is_over, as_of_us in ((True, 8 * DAY_US), (False, 8 * DAY_US - 1)):
        measured = day(unseen, DayFact(FactCode.LEGACY, "b"), as_of_us=as_of_us)
        assert measured.is_over is is_over
        assert measured.is_closed(sla.SLAPolicy()) is is_over


def test_clocks_may_differ_by_five_seconds() -> None:
    """Five seconds ahead is the same time; a microsecond more is not. A clock that is behind is no matter."""
    assert timedelta(seconds=5) == CLOCK_TOLERANCE
    assert not is_ahead(DAY_US + 5 * SECOND_US, DAY_US)
    assert is_ahead(DAY_US + 5 * SECOND_US + 1, DAY_US)
    assert not is_ahead(DAY_US, 2 * DAY_US)


def test_a_day_measured_or_written_by_a_clock_ahead_does_not_hold() -> None:
    """Either alone suffices; a day of the past holds."""
    late_us = DAY_US + 5 * SECOND_US + 1
    assert day().objection(DAY_US, DAY_US) == ""
    assert "clock" in day().objection(late_us, DAY_US)
    assert "clock" in day(as_of_us=late_us).objection(DAY_US, DAY_US)


def test_a_day_measured_by_later_rules_does_not_hold() -> None:
    """Days of this version and of earlier ones do."""
    assert day(rules_version=RULES_VERSION + 1).objection(DAY_US, DAY_US) == (
        "it was measured by rules of version 2; here they are of 1"
    )
    assert day(rules_version=RULES_VERSION - 1).objection(DAY_US, DAY_US) == ""


def test_a_day_has_readings_unless_it_was_stored_before_they_were_kept() -> None:
    """Which leaves its verdict unconfirmed."""
    measured = day()
    assert (measured.optimistic_cells_us, measured.pessimistic_cells_us, measured.facts) == (None, None, ())
    assert measured.has_readings
    assert measured.is_input_whole
    assert not day(rules_version=0).has_readings
    assert not day(rules_version=0).is_input_whole


def test_a_row_without_a_start_leaves_the_whole_input_in_doubt() -> None:
    """Beside other facts too; no other doubt does."""
    other = DayFact("DOUBT_UNSEEN", "a")
    assert day(other).is_input_whole
    assert not day(other, DayFact("DOUBT_NO_START", "b")).is_input_whole


def test_days_without_facts_have_none() -> None:
    """The defaults of a day: no facts, no other readings, the rules of today."""
    plain = MeasuredDay(
        date=date(1970, 1, 1),
        start_us=0,
        end_us=DAY_US,
        cells_us=NO_CELLS,
        rows_read=0,
        as_of_us=DAY_US,
        tz_version="2025b",
    )
    assert plain == day()
