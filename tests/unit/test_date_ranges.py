"""What a person asked for, as whole local days: dates, or a number of days."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

import sla_compliance as sla
from sla_compliance.date_ranges import calendar_month, exact_window, last_days, requested_days
from sla_compliance.errors import InstantOutOfRangeError, InvalidIntervalError, InvalidValueError
from tests.unit.moments import at

NOW = at(8, 12)


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        (("2025-10-01", "2025-10-07"), "2025-10-01T00:00:00+01:00", "2025-10-08T00:00:00+01:00"),
        (("2025-10-07", "2025-10-07"), "2025-10-07T00:00:00+01:00", "2025-10-08T00:00:00+01:00"),
        (("2025-10-07",), "2025-10-07T00:00:00+01:00", "2025-10-09T00:00:00+01:00"),
        (("2025-10-07T23:30:00Z",), "2025-10-08T00:00:00+01:00", "2025-10-09T00:00:00+01:00"),
        (("2025-10-07T12:00:00Z", "2025-10-07T12:00:01Z"), "2025-10-07T00:00:00+01:00", "2025-10-08T00:00:00+01:00"),
        (
            ("2025-10-07T12:00:00Z", "2025-10-08T00:00:00+01:00"),
            "2025-10-07T00:00:00+01:00",
            "2025-10-08T00:00:00+01:00",
        ),
        (("2025-10-07T12:00:00Z", "2025-10-08T00:00:00Z"), "2025-10-07T00:00:00+01:00", "2025-10-09T00:00:00+01:00"),
        (("2025-12-01", "2025-12-02"), "2025-12-01T00:00:00+01:00", "2025-12-03T00:00:00+01:00"),
    ],
)
def test_a_request_becomes_whole_days_of_the_tenant(asked: tuple[str, ...], start: str, end: str) -> None:
    """Dates are the tenant's days and an end date is included; an end on a midnight is not widened."""
    found = sla.whole_days(*asked, zone="Africa/Lagos", now=NOW)
    assert [moment.isoformat() for moment in found] == [start, end]


@pytest.mark.parametrize("start", ["2025-10-09", "2026-01-01T00:00:00Z"])
def test_a_start_in_the_future_without_an_end_is_an_empty_window(start: str) -> None:
    """Which is no error: there is nothing to show yet."""
    first, last = sla.whole_days(start, zone="UTC", now=NOW, max_days=90)
    assert first == last == sla.parse_timestamp(start if "T" in start else f"{start}T00:00:00Z")


@pytest.mark.parametrize(
    ("asked", "is_allowed"),
    [
        (("2025-08-01", "2025-10-29"), True),
        (("2025-08-01", "2025-10-30"), False),
        (("2025-08-01T00:00:00+02:00", "2025-10-30T00:00:00+01:00"), True),
        (("2025-08-01T00:00:00+02:00", "2025-10-30T00:00:01+01:00"), False),
        (("2025-03-01T00:00:00+01:00", "2025-05-30T00:30:00+02:00"), True),
        (("2025-03-01T00:00:00+01:00", "2025-05-30T01:00:01+02:00"), False),
    ],
    ids=["90 dates", "91 dates", "90 d 1 h in autumn", "a second more", "90 d on the line in spring", "beyond both"],
)
def test_a_limit_is_judged_on_elapsed_time_and_on_the_wall(asked: tuple[str, str], is_allowed: bool) -> None:
    """Refused only where both exceed it."""
    if is_allowed:
        assert sla.whole_days(*asked, zone="Europe/Berlin", now=NOW, max_days=90)
        return
    with pytest.raises(sla.RangeTooLongError, match="more than 90 days; ask for fewer"):
        sla.whole_days(*asked, zone="Europe/Berlin", now=NOW, max_days=90)


def test_without_an_end_one_local_date_more_is_allowed() -> None:
    """A browser's '90 days ago' is a moment more than 90 days when it arrives."""
    ago = NOW - timedelta(days=90, milliseconds=40)
    start, end = sla.whole_days(ago.isoformat(), zone="UTC", now=NOW, max_days=90)
    assert (end - start).days == 91
    with pytest.raises(sla.RangeTooLongError, match="to now is more than 90 days"):
        sla.whole_days((ago - timedelta(days=1)).isoformat(), zone="UTC", now=NOW, max_days=90)


@pytest.mark.parametrize("max_days", [10**30, 10**9])
def test_a_limit_may_be_of_any_size(max_days: int) -> None:
    """No overflow."""
    assert sla.whole_days("2025-10-07", "2025-10-08", zone="UTC", now=NOW, max_days=max_days)


def test_the_core_knows_no_limit() -> None:
    """A thousand years are a long answer, not an error."""
    start, end = sla.whole_days("1025-01-01", "2025-10-08", zone="Europe/Berlin", now=NOW)
    assert end - start > timedelta(days=365_000)


def test_a_day_without_midnight_begins_where_the_clock_jumped() -> None:
    """And a date that does not exist gives the days around it."""
    start, end = sla.whole_days("2015-10-18", "2015-10-18", zone="America/Sao_Paulo", now=NOW)
    assert start == datetime(2015, 10, 18, 1, tzinfo=ZoneInfo("America/Sao_Paulo"))
    assert end.isoformat() == "2015-10-19T00:00:00-02:00"
    with pytest.raises(sla.InvalidIntervalError, match="to_date is '2011-12-30', not behind from_date"):
        sla.whole_days("2011-12-30", "2011-12-30", zone="Pacific/Apia", now=NOW)


@pytest.mark.parametrize(
    ("now", "days", "start", "end"),
    [
        (NOW, 1, "2025-10-08T00:00:00+01:00", "2025-10-09T00:00:00+01:00"),
        (NOW, 30, "2025-09-09T00:00:00+01:00", "2025-10-09T00:00:00+01:00"),
        (at(7, 22, 59, 59), 2, "2025-10-06T00:00:00+01:00", "2025-10-08T00:00:00+01:00"),
        (at(7, 23), 2, "2025-10-07T00:00:00+01:00", "2025-10-09T00:00:00+01:00"),
    ],
    ids=["today", "thirty days", "the last second of a day", "the first instant of a day"],
)
def test_the_last_days_are_today_and_the_dates_before(now: datetime, days: int, start: str, end: str) -> None:
    """In the tenant's zone, today to its end."""
    assert [moment.isoformat() for moment in last_days(days, zone="Africa/Lagos", now=now)] == [start, end]


def test_the_last_days_count_dates_and_not_hours() -> None:
    """A day of 25 hours is one of them, and so is a date that the zone skipped."""
    start, end = last_days(2, zone="Europe/Berlin", now=at(27, 12))
    assert (start.isoformat(), end.isoformat()) == ("2025-10-26T00:00:00+02:00", "2025-10-28T00:00:00+01:00")
    in_apia = datetime(2011, 12, 31, 12, tzinfo=ZoneInfo("Pacific/Apia"))
    starts = [last_days(days, zone="Pacific/Apia", now=in_apia)[0].isoformat() for days in (2, 3)]
    assert starts == ["2011-12-31T00:00:00+14:00", "2011-12-29T00:00:00-10:00"]


@pytest.mark.parametrize(
    ("days", "error", "words"),
    [
        ("30", sla.InvalidTypeError, "days is '30'; give a number of days"),
        (True, sla.InvalidTypeError, "days is True; give a number of days"),
        (0, sla.InvalidValueError, "days is 0; give at least 1"),
        (91, sla.RangeTooLongError, "days is 91, more than 90; ask for fewer"),
    ],
)
def test_a_number_of_days_is_checked(days: Any, error: type[sla.SLAComplianceError], words: str) -> None:
    """One message that names the value and the way out."""
    with pytest.raises(error, match=words) as caught:
        last_days(days, zone="UTC", now=NOW, max_days=90)
    assert caught.value.field == "days"


@pytest.mark.parametrize("days", [739_530, 10**6, 10**30])
def test_days_before_the_calendar_are_refused(days: int) -> None:
    """Without a limit, too; no overflow."""
    with pytest.raises(InstantOutOfRangeError, match="days is"):
        last_days(days, zone="UTC", now=NOW)


def test_a_limit_that_is_no_number_is_refused() -> None:
    """Whichever way days are named."""
    limit: Any = "90"
    for request in ({"from_date": "2025-10-07", "days": None}, {"from_date": None, "days": 2}):
        with pytest.raises(sla.InvalidTypeError, match="max_days is '90'"):
            requested_days(**request, zone="UTC", now=NOW, max_days=limit)


def test_a_request_names_dates_or_a_number_of_days() -> None:
    """Never both, never neither."""
    terms: dict[str, Any] = {"zone": "Africa/Lagos", "now": NOW, "max_days": 90}
    assert requested_days("2025-10-07", days=None, **terms) == sla.whole_days("2025-10-07", **terms)
    dates = "2025-10-01", "2025-10-02"
    assert requested_days(*dates, days=None, **terms) == sla.whole_days(*dates, **terms)
    assert requested_days(None, days=2, **terms) == last_days(2, **terms)
    for from_date, to_date in [("2025-10-07", None), (None, "2025-10-07"), dates]:
        with pytest.raises(sla.InvalidValueError, match="days stands beside from_date or to_date"):
            requested_days(from_date, to_date, days=2, **terms)
    with pytest.raises(sla.InvalidValueError, match="from_date is missing; give it, or days"):
        requested_days(None, days=None, **terms)


def test_errors_call_the_texts_by_the_names_that_the_caller_has_for_them() -> None:
    """Both of them, where both are in the message."""
    reversed_range = "^--to is '2025-10-01', not behind --from '2025-10-02'"
    with pytest.raises(sla.InvalidIntervalError, match=reversed_range) as raised:
        sla.whole_days("2025-10-02", "2025-10-01", zone="UTC", now=NOW, from_field="--from", to_field="--to")
    assert raised.value.field == "--to"
    with pytest.raises(sla.RangeTooLongError, match="^--from '2025-10-01' to '2025-10-03' is more than 2 days"):
        sla.whole_days(
            "2025-10-01", "2025-10-03", zone="UTC", now=NOW, max_days=2, from_field="--from", to_field="--to"
        )


@pytest.mark.parametrize(
    ("from_text", "to_text", "start", "end"),
    [
        ("2025-10-07", "2025-10-07", "2025-10-07T00:00:00+01:00", "2025-10-08T00:00:00+01:00"),
        ("2025-10-07T09:00:00Z", "2025-10-07T13:00:00Z", "2025-10-07T10:00:00+01:00", "2025-10-07T14:00:00+01:00"),
        ("2025-10-07T09:00:00Z", None, "2025-10-07T10:00:00+01:00", "2025-10-09T00:00:00+01:00"),
        ("2025-10-09", None, "2025-10-09T00:00:00+01:00", "2025-10-09T00:00:00+01:00"),
    ],
)
def test_an_exact_window_is_not_widened(from_text: str, to_text: str | None, start: str, end: str) -> None:
    """Dates alone are whole days; without an end it ends today, and is empty where it begins later."""
    now = datetime(2025, 10, 8, 12, tzinfo=UTC)
    window = exact_window(from_text, to_text, zone="Africa/Lagos", now=now)
    assert [moment.isoformat() for moment in window] == [start, end]


def test_an_exact_window_ends_after_it_starts() -> None:
    """The message names both texts."""
    now = datetime(2025, 10, 8, 12, tzinfo=UTC)
    with pytest.raises(InvalidIntervalError, match="to_date is '2025-10-06', not behind from_date '2025-10-07'; swap"):
        exact_window("2025-10-07", "2025-10-06", zone="UTC", now=now)


def test_a_month_is_the_local_one() -> None:
    """Its length is that of its days: the clock changes in this one."""
    start, end = calendar_month("2026-03", zone="Europe/Berlin")
    assert (start.isoformat(), end.isoformat()) == ("2026-03-01T00:00:00+01:00", "2026-04-01T00:00:00+02:00")


@pytest.mark.parametrize("text", ["2026", "2026-13", "2026-1", "March", "2026-03-01", "9999-12", "0001-01"])
def test_what_is_no_month_is_refused(text: str) -> None:
    """With an error that names it; the first month and the last year are too near the calendar's ends."""
    with pytest.raises(InvalidValueError, match="month is "):
        calendar_month(text, zone="UTC")
