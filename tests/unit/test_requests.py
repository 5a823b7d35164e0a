"""whole_days: what a person asked for, as whole local days."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

import sla_compliance as sla
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
