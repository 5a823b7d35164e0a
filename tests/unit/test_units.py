"""Datetimes, lengths and timestamp text to integer microseconds, exactly."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

import sla_compliance as sla
from sla_compliance.errors import InvalidTypeError, InvalidValueError
from sla_compliance.units import (
    MAX_US,
    MIN_US,
    checked_instant_us,
    instant_us,
    length_text,
    length_us,
    moment,
    parse_date,
    read_length,
)
from tests.unit.moments import HOUR_US

BERLIN = ZoneInfo("Europe/Berlin")


@given(value=st.datetimes(datetime(1, 1, 5), datetime(9999, 12, 27), timezones=st.just(UTC)))  # noqa: DTZ001
def test_an_instant_is_exact_and_comes_back(value: datetime) -> None:
    """To the microsecond, at any distance from 1970."""
    assert moment(instant_us(value, field="value")) == value


def test_hours_are_counted_on_the_line_of_time_not_on_the_wall() -> None:
    """The day on which the clocks go back has 25 hours."""
    start, end = datetime(2025, 10, 26, tzinfo=BERLIN), datetime(2025, 10, 27, tzinfo=BERLIN)
    assert instant_us(end, field="end") - instant_us(start, field="start") == 25 * HOUR_US


def test_a_time_that_comes_twice_is_told_apart_by_its_fold() -> None:
    """02:30 in summer time is an hour before 02:30 in winter time."""
    twice = datetime(2025, 10, 26, 2, 30, tzinfo=BERLIN)
    first, second = (instant_us(twice.replace(fold=fold), field="value") for fold in (0, 1))
    assert second - first == HOUR_US


@pytest.mark.parametrize("value", [MIN_US, MAX_US])
def test_the_ends_of_the_calendar_have_a_local_date_everywhere(value: int) -> None:
    """Fourteen hours ahead and twelve behind."""
    assert checked_instant_us(value, field="value") == value
    for zone in ("Pacific/Kiritimati", "Etc/GMT+12"):
        assert moment(value, ZoneInfo(zone)).date() is not None


def test_one_microsecond_beyond_the_ends_is_refused() -> None:
    """Neither a wrong date nor an overflow."""
    for value in (MIN_US - 1, MAX_US + 1):
        with pytest.raises(sla.errors.InstantOutOfRangeError, match="outside 0001-01-04 to 9999-12-29"):
            checked_instant_us(value, field="value")


def test_a_length_is_exact() -> None:
    """Where seconds as a float would no longer be."""
    assert length_us(timedelta(days=999_999_999, microseconds=1), field="length") == 999_999_999 * 24 * HOUR_US + 1


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2025-10-08T09:00:00Z", datetime(2025, 10, 8, 9, tzinfo=UTC)),
        ("2025-10-08 09:00:00Z", datetime(2025, 10, 8, 9, tzinfo=UTC)),
        ("2025-10-08T09:00:00+01:00", datetime(2025, 10, 8, 8, tzinfo=UTC)),
        ("2025-10-08T09:00:00-00:00", datetime(2025, 10, 8, 9, tzinfo=UTC)),
        ("2025-10-08T09:00:00-23:59", datetime(2025, 10, 9, 8, 59, tzinfo=UTC)),
        ("2025-10-08T09:00:00.5Z", datetime(2025, 10, 8, 9, 0, 0, 500_000, tzinfo=UTC)),
        ("2025-10-08T09:00:00.123456789Z", datetime(2025, 10, 8, 9, 0, 0, 123_456, tzinfo=UTC)),
        ("2024-02-29T23:59:59.999999+14:00", datetime(2024, 2, 29, 9, 59, 59, 999_999, tzinfo=UTC)),
    ],
)
def test_timestamps_of_the_grammar_are_read(text: str, value: datetime) -> None:
    """Digits past microseconds are cut."""
    assert sla.parse_timestamp(text) == value


@given(value=st.datetimes(timezones=st.builds(timezone, st.integers(-1439, 1439).map(lambda m: timedelta(minutes=m)))))
def test_every_aware_datetime_is_read_back_from_its_text(value: datetime) -> None:
    """isoformat() of whole-minute offsets is within the grammar."""
    assert sla.parse_timestamp(value.isoformat()) == value


def test_a_plus_that_became_a_blank_gets_a_hint() -> None:
    """A browser that does not encode it sends a blank."""
    with pytest.raises(
        sla.InvalidTimestampError, match="'\\+' in a URL arrives as a blank; write the offset as %2B01:00"
    ):
        sla.parse_timestamp("2025-10-08T00:00:00 01:00")


@pytest.mark.parametrize("text", ["2025-02-29", "2025-13-01", "2025-1-1", "20251008", "2025-10-08 ", "2025-10-08T"])
def test_dates_that_do_not_exist_or_are_written_otherwise_are_refused(text: str) -> None:
    """Four, two and two digits."""
    with pytest.raises(sla.InvalidTimestampError, match="^day is '"):
        parse_date(text, field="day")


def test_a_date_is_read() -> None:
    """As a date, not as a moment."""
    assert parse_date("2024-02-29") == date(2024, 2, 29)
    with pytest.raises(sla.InvalidTypeError, match="^date is 20251008"):
        parse_date(20251008)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "length"),
    {
        "90 s": timedelta(seconds=90),
        "5 min": timedelta(minutes=5),
        "5m": timedelta(minutes=5),
        "1h30m": timedelta(hours=1, minutes=30),
        "24 h": timedelta(hours=24),
        "7 days": timedelta(days=7),
        "1 Day 2 Hours 3 Minutes 4.5 Seconds": timedelta(days=1, hours=2, minutes=3, seconds=4.5),
        "0 s": timedelta(0),
        "0.000001s": timedelta(microseconds=1),
    }.items(),
)
def test_lengths_are_read_as_people_write_them(text: str, length: timedelta) -> None:
    """The largest unit first, in any case, with or without blanks."""
    assert read_length(text, field="merge_gap") == length


@given(st.timedeltas(timedelta(0), timedelta(days=99_999)))
def test_a_length_in_words_is_read_back(length: timedelta) -> None:
    """Exactly."""
    assert read_length(length_text(length_us(length, field="length")), field="length") == length


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "5",
        "min",
        "-5 min",
        "5 min ",
        " 5 min",
        "5  min",
        "1.5 h",
        "30 m 1 h",
        "1 h 1 h",
        "123456 d",
        "\u0665 s",
        "PT5M",
    ],
)
def test_what_is_no_length_is_refused(text: str) -> None:
    """With forms that work."""
    way_out = "give a length such as 90 s, 5 min, 1 h 30 min or 7 days"
    with pytest.raises(InvalidValueError, match=f"^merge_gap is .*; {way_out}$"):
        read_length(text, field="merge_gap")
    with pytest.raises(InvalidTypeError, match="^merge_gap is 5; give a length such as"):
        read_length(5, field="merge_gap")  # type: ignore[arg-type]
