"""Recurrence rules at their edges: the greatest numbers, single instants, the bound of one request."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sla_compliance.calendars import recurrences
from sla_compliance.calendars.exclusions import MaintenanceWindow
from sla_compliance.errors import InvalidRecurrenceError
from sla_compliance.units import DAY_US, HOUR_US, instant_us

START = datetime(2026, 3, 1, 2, tzinfo=UTC)
START_US = instant_us(START, field="start")


def window(rule: str, length: timedelta = timedelta(hours=1)) -> MaintenanceWindow:
    """Return work of an hour from 1 March on."""
    return MaintenanceWindow(START, START + length, recurrence=rule)


@pytest.mark.parametrize(
    ("rule", "period", "times"),
    [
        ("FREQ=MONTHLY;BYDAY=6MO", "month", 5),
        ("FREQ=MONTHLY;BYDAY=-6MO", "month", 5),
        ("FREQ=YEARLY;BYMONTH=3;BYDAY=6MO", "month", 5),
        ("FREQ=YEARLY;BYDAY=54MO", "year", 53),
    ],
)
def test_a_number_of_a_weekday_is_one_that_there_is(rule: str, period: str, times: int) -> None:
    """The message says how many there are."""
    with pytest.raises(InvalidRecurrenceError) as caught:
        window(rule)
    message = f"part of which names no date; a {period} has a weekday {times} times at most"
    assert str(caught.value).endswith(message)
    assert caught.value.field == "recurrence"


@pytest.mark.parametrize(
    "rule", ["FREQ=MONTHLY;BYDAY=5MO", "FREQ=YEARLY;BYDAY=53MO", "FREQ=YEARLY;BYMONTH=3;BYDAY=5MO"]
)
def test_the_last_weekday_that_there_may_be_is_a_rule(rule: str) -> None:
    """Some periods have it."""
    assert window(rule).recurrence == rule


@pytest.mark.parametrize(
    "part", ["BYMONTHDAY=-32", "BYYEARDAY=-367", "BYWEEKNO=-54", "BYMONTH=3;BYSETPOS=367", "BYMONTH=3;BYSETPOS=-367"]
)
def test_numbers_below_the_least_are_refused(part: str) -> None:
    """As those above the greatest are."""
    with pytest.raises(InvalidRecurrenceError, match="give whole numbers from"):
        window(f"FREQ=YEARLY;{part}")


def test_a_rule_of_the_greatest_length_is_read() -> None:
    """One character more is not."""
    rule = "FREQ=YEARLY;BYMONTH=" + ",".join(["1"] * 490)
    assert len(rule) == 999
    assert window(f"{rule[:-1]}12").recurrence is not None
    with pytest.raises(InvalidRecurrenceError, match="give at most 1000 characters"):
        window(f"{rule[:-1]}012")


@pytest.mark.parametrize(
    ("start_us", "end_us", "count"),
    [(0, HOUR_US, 1), (HOUR_US, DAY_US, 0), (HOUR_US - 1, DAY_US, 1), (HOUR_US, DAY_US + 1, 1), (-1, 0, 0)],
)
def test_occurrences_share_an_instant_with_the_request(start_us: int, end_us: int, count: int) -> None:
    """To the microsecond."""
    occurrences = window("FREQ=DAILY").occurrences("UTC", START_US + start_us, START_US + end_us)
    assert len(occurrences) == count


def test_the_last_start_that_until_allows_is_its_own_second() -> None:
    """A start a microsecond later is none."""
    later = START + timedelta(microseconds=1)
    nightly = MaintenanceWindow(later, later + timedelta(hours=1), recurrence="FREQ=DAILY;UNTIL=20260302T020000Z")
    assert len(nightly.occurrences("UTC", START_US, START_US + 5 * DAY_US)) == 1
    assert len(window("FREQ=DAILY;UNTIL=20260302T020000Z").occurrences("UTC", START_US, START_US + 5 * DAY_US)) == 2


def test_one_request_has_so_many_occurrences_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    """Exactly as many are given; those before it are not counted."""
    monkeypatch.setattr(recurrences, "_MOST_OCCURRENCES", 3)
    nightly = window("FREQ=DAILY")
    assert len(nightly.occurrences("UTC", START_US + 10 * DAY_US, START_US + 13 * DAY_US)) == 3
    with pytest.raises(InvalidRecurrenceError, match="names more than 3 occurrences"):
        nightly.occurrences("UTC", START_US + 10 * DAY_US, START_US + 14 * DAY_US)


@pytest.mark.parametrize("rule", ["FREQ=DAILY;UNTIL=2026040\u0661", "FREQ=YEARLY;BYDAY=1\u0661MO"])
def test_digits_are_ascii(rule: str) -> None:
    """As everywhere else."""
    with pytest.raises(InvalidRecurrenceError, match="recurrence has "):
        window(rule)
