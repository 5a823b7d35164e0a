"""Requests at their edges: names of arguments, the present instant, the ends of the calendar, limits exactly met."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import sla_compliance as sla
from sla_compliance.date_ranges import calendar_month, exact_window, last_days, requested_days, whole_days
from tests.unit.moments import at

NOW = at(8, 12)
TERMS: dict[str, Any] = {"zone": "UTC", "now": NOW}
NAMES: dict[str, Any] = {"from_field": "--from", "to_field": "--to"}
LIMITED: dict[str, Any] = {**TERMS, "max_days": 2}


def field_of(call: Any, *arguments: Any, **keywords: Any) -> tuple[str | None, str]:
    """Return which argument a call refuses, and the message."""
    with pytest.raises(sla.SLAComplianceError) as caught:
        call(*arguments, **keywords)
    return caught.value.field, str(caught.value)


@pytest.mark.parametrize("call", [whole_days, exact_window])
def test_errors_carry_the_name_of_the_argument(call: Any) -> None:
    """As the caller has it, or as the function does."""
    assert field_of(call, "soon", **TERMS)[0] == "from_date"
    assert field_of(call, "soon", **TERMS, **NAMES)[0] == "--from"
    assert field_of(call, "2025-10-07", "soon", **TERMS)[0] == "to_date"
    assert field_of(call, "2025-10-07", "soon", **TERMS, **NAMES)[0] == "--to"
    assert field_of(call, "2025-10-32", **TERMS, **NAMES)[0] == "--from"
    assert field_of(call, 5, **TERMS)[0] == "from_date"
    assert field_of(call, "2025-10-07", zone="UTC", now=5)[0] == "now"
    assert field_of(call, "2025-10-07", "9999-12-31", **TERMS, **NAMES)[0] == "--to"
    assert field_of(call, "0001-01-01", "2025-10-07", **TERMS, **NAMES)[0] == "--from"
    field, message = field_of(call, "2025-10-07T12:00:00Z", "2025-10-07T12:00:00Z", **TERMS, **NAMES)
    assert field == "--to"
    assert message == "--to is '2025-10-07T12:00:00Z', not behind --from '2025-10-07T12:00:00Z'; swap them"


def test_the_present_instant_is_not_passed_yet() -> None:
    """A start at it without an end is an empty window; a microsecond before it is a day."""
    now = NOW.isoformat()
    before = (NOW - timedelta(microseconds=1)).isoformat()
    assert whole_days(now, **TERMS) == exact_window(now, **TERMS) == (NOW, NOW)
    assert whole_days(before, **TERMS) == (at(8), at(9))
    assert exact_window(before, **TERMS) == (NOW - timedelta(microseconds=1), at(9))
    midnight: dict[str, Any] = {"zone": "UTC", "now": at(9)}
    assert whole_days("2025-10-08", **midnight) == (at(8), at(9))
    assert exact_window("2025-10-08", **midnight) == (at(8), at(10))


def test_the_last_instant_of_a_day_is_of_that_day() -> None:
    """Where now is a microsecond before midnight, today ends in a microsecond."""
    terms: dict[str, Any] = {"zone": "UTC", "now": at(9) - timedelta(microseconds=1)}
    assert exact_window("2025-10-08", **terms) == whole_days("2025-10-08", **terms) == (at(8), at(9))
    assert last_days(1, **terms) == (at(8), at(9))


def test_an_empty_window_is_of_the_tenant_s_zone() -> None:
    """As any other window."""
    for call in (whole_days, exact_window):
        window = call("2025-10-09", zone="Africa/Lagos", now=NOW)
        assert [moment.isoformat() for moment in window] == ["2025-10-09T00:00:00+01:00"] * 2


def test_a_microsecond_beyond_a_limit_of_centuries_is_too_much() -> None:
    """Lengths are compared as integers."""
    terms: dict[str, Any] = {**TERMS, "max_days": 200_000}
    end = at(8)
    start = end - timedelta(days=200_000)
    before = start - timedelta(microseconds=1)
    assert whole_days(start.isoformat(), end.isoformat(), **terms) == (start, end)
    assert field_of(whole_days, before.isoformat(), end.isoformat(), **terms)[0] == "from_date"


def test_a_request_that_exceeds_its_limit_names_its_start() -> None:
    """Exactly as many days are allowed; until now one date more."""
    assert whole_days("2025-10-07", "2025-10-08", **LIMITED) == (at(7), at(9))
    field, message = field_of(whole_days, "2025-10-06", "2025-10-08", **LIMITED)
    assert field == "from_date"
    assert message == "from_date '2025-10-06' to '2025-10-08' is more than 2 days; ask for fewer"
    assert whole_days("2025-10-06", **LIMITED) == (at(6), at(9))
    field, message = field_of(whole_days, "2025-10-05", **LIMITED, **NAMES)
    assert field == "--from"
    assert message == "--from '2025-10-05' to now is more than 2 days; ask for fewer"
    assert field_of(whole_days, "2025-10-05", **{**TERMS, "max_days": True})[0] == "max_days"
    assert (
        field_of(whole_days, "2025-10-05", **{**TERMS, "max_days": "2"})[1] == "max_days is '2'; give a number of days"
    )


def test_a_number_of_days_at_its_limit() -> None:
    """And errors that carry their argument."""
    assert last_days(2, **LIMITED) == (at(7), at(9))
    assert last_days(1, **TERMS) == (at(8), at(9))
    assert field_of(last_days, 3, **LIMITED) == ("days", "days is 3, more than 2; ask for fewer")
    assert field_of(last_days, 0, **TERMS) == ("days", "days is 0; give at least 1")
    assert field_of(last_days, 2, zone="UTC", now=5)[0] == "now"
    assert field_of(last_days, 2, **{**TERMS, "max_days": 2.5})[0] == "max_days"
    first = datetime(2, 1, 2, tzinfo=UTC)
    assert last_days(2, zone="UTC", now=first)[0] == datetime(2, 1, 1, tzinfo=UTC)
    field, message = field_of(last_days, 800_000, **TERMS)
    assert (field, message) == ("days", "days is 800000, which begin before year 1; ask for fewer")
    assert field_of(last_days, 367, zone="UTC", now=first)[0] == "days"


def test_days_and_dates_exclude_one_another() -> None:
    """The error is of the days."""
    assert field_of(requested_days, None, days=None, **TERMS) == ("days", "from_date is missing; give it, or days")
    for dates in (("2025-10-07", None), (None, "2025-10-07")):
        field, message = field_of(requested_days, *dates, days=2, **TERMS)
        assert (field, message) == ("days", "days stands beside from_date or to_date; give one or the other")
    assert field_of(requested_days, "2025-10-01", days=None, **LIMITED)[0] == "from_date"
    assert field_of(requested_days, None, days=3, **LIMITED)[0] == "days"


@pytest.mark.parametrize("field", ["month", "--month"])
def test_what_is_no_month_is_named_by_the_caller_s_word(field: str) -> None:
    """With the way out."""
    terms = {"zone": "UTC"} if field == "month" else {"zone": "UTC", "field": field}
    assert field_of(calendar_month, 5, **terms) == (field, f"{field} is 5; give text such as 2025-10")
    assert field_of(calendar_month, "2025-13", **terms) == (field, f"{field} is '2025-13'; write it as 2025-10")
    assert field_of(calendar_month, "9999-01", **terms) == (field, f"{field} is '9999-01'; give an earlier month")
    assert field_of(calendar_month, "0001-01", **terms)[0] == field
    assert calendar_month("9998-12", zone="UTC")[0] == datetime(9998, 12, 1, tzinfo=UTC)
