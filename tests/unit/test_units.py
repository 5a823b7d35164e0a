"""Datetimes, lengths and timestamp text to integer microseconds, exactly."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
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


def test_a_moment_is_shown_in_the_zone_that_is_named() -> None:
    """UTC without one."""
    assert moment(0).isoformat() == "1970-01-01T00:00:00+00:00"
    assert moment(0).tzinfo is UTC
    assert moment(0, BERLIN).isoformat() == "1970-01-01T01:00:00+01:00"


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


def test_the_ends_of_the_calendar_are_three_days_off_its_edges() -> None:
    """As the message says that refuses what lies beyond."""
    assert moment(MIN_US).isoformat() == "0001-01-04T00:00:00+00:00"
    assert moment(MAX_US).isoformat() == "9999-12-29T00:00:00+00:00"


def test_one_microsecond_beyond_the_ends_is_refused() -> None:
    """Neither a wrong date nor an overflow."""
    for value in (MIN_US - 1, MAX_US + 1):
        with pytest.raises(sla.errors.InstantOutOfRangeError, match="outside 0001-01-04 to 9999-12-29"):
            checked_instant_us(value, field="value")


def test_an_instant_beyond_the_ends_is_shown_as_people_write_it() -> None:
    """A date where the calendar has one, else the number."""
    with pytest.raises(
        sla.errors.InstantOutOfRangeError, match="^value is 9999-12-29T00:00:00.000001\\+00:00, outside"
    ):
        checked_instant_us(MAX_US + 1, field="value")
    with pytest.raises(
        sla.errors.InstantOutOfRangeError, match="^value is 1000000000000000000 microseconds since 1970"
    ):
        checked_instant_us(10**18, field="value")


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


@pytest.mark.parametrize(
    ("length", "text"),
    {
        timedelta(days=34, hours=9, minutes=2, seconds=33): "34 d 9 h 2 min 33 s",
        timedelta(seconds=60): "1 min",
        timedelta(seconds=100): "1 min 40 s",
        timedelta(seconds=10): "10 s",
        timedelta(seconds=59.5): "59.5 s",
        timedelta(microseconds=100): "0.0001 s",
        timedelta(microseconds=1): "0.000001 s",
        timedelta(0): "0 s",
    }.items(),
)
def test_a_length_is_written_with_the_signs_of_its_units(length: timedelta, text: str) -> None:
    """Without units that are nothing, and without noughts at the end of seconds."""
    assert length_text(length_us(length, field="length")) == text


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


@pytest.mark.parametrize("text", ["5d 4H 3MIN 2.5SECONDS", "5 DAYS 4 HOURS 3 MINUTES 2.5 S", "5D4H3M2.5s"])
def test_units_of_lengths_are_read_in_any_case(text: str) -> None:
    """As people type them."""
    assert read_length(text, field="length") == timedelta(days=5, hours=4, minutes=3, seconds=2.5)


class NoInstant(datetime):
    """A datetime of another library that raises whatever it likes, as pandas' NaT does."""

    def utcoffset(self) -> timedelta:
        raise NotImplementedError


class NoDifference(tzinfo):
    """A zone without an offset: its datetimes are naive."""

    def utcoffset(self, _: datetime | None) -> None:
        return None

    dst = utcoffset

    def tzname(self, _: datetime | None) -> str:
        return "nowhere"


REFUSED: dict[str, tuple[type[Exception], Callable[[], object]]] = {
    "no datetime": (sla.InvalidTypeError, lambda: instant_us("today", field="here")),  # type: ignore[arg-type]
    "a date": (sla.InvalidTypeError, lambda: instant_us(date(2025, 10, 8), field="here")),  # type: ignore[arg-type]
    "a datetime that raises": (InvalidValueError, lambda: instant_us(NoInstant(2025, 10, 8), field="here")),
    "a naive datetime": (
        sla.NaiveDatetimeError,
        lambda: instant_us(datetime(2025, 10, 8), field="here"),  # noqa: DTZ001
    ),
    "a zone that says nothing": (
        sla.NaiveDatetimeError,
        lambda: instant_us(datetime(2025, 10, 8, tzinfo=NoDifference()), field="here"),
    ),
    "year 1": (sla.errors.InstantOutOfRangeError, lambda: instant_us(datetime(1, 1, 1, tzinfo=UTC), field="here")),
    "no timedelta": (sla.InvalidTypeError, lambda: length_us(5, field="here")),  # type: ignore[arg-type]
    "a negative length": (InvalidValueError, lambda: length_us(timedelta(microseconds=-1), field="here")),
    "no text for a length": (InvalidTypeError, lambda: read_length(None, field="here")),  # type: ignore[arg-type]
    "no length": (InvalidValueError, lambda: read_length("long", field="here")),
    "no text for a time": (InvalidTypeError, lambda: sla.parse_timestamp(5, field="here")),  # type: ignore[arg-type]
    "no time": (sla.InvalidTimestampError, lambda: sla.parse_timestamp("now", field="here")),
    "no date of the calendar": (
        sla.InvalidTimestampError,
        lambda: sla.parse_timestamp("2025-02-29T00:00:00Z", field="here"),
    ),
    "an offset of 60 minutes": (
        sla.InvalidTimestampError,
        lambda: sla.parse_timestamp("2025-10-08T00:00:00+01:60", field="here"),
    ),
    "no text for a date": (InvalidTypeError, lambda: parse_date(20251008, field="here")),  # type: ignore[arg-type]
    "no date": (sla.InvalidTimestampError, lambda: parse_date("today", field="here")),
    "a date that never comes": (sla.InvalidTimestampError, lambda: parse_date("2025-02-29", field="here")),
}


@pytest.mark.parametrize(("kind", "read"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused_is_named(kind: type[Exception], read: Callable[[], object]) -> None:
    """The error knows the field; its message begins with it."""
    with pytest.raises(kind, match="^here is ") as caught:
        read()
    assert isinstance(caught.value, sla.SLAComplianceError)
    assert caught.value.field == "here"


def test_a_datetime_that_raises_is_named_by_what_it_raised() -> None:
    """Somebody has to find it."""
    with pytest.raises(InvalidValueError, match=r"names no instant \(NotImplementedError\); give an aware datetime$"):
        instant_us(NoInstant(2025, 10, 8), field="here")


def test_a_time_without_a_field_is_a_timestamp() -> None:
    """And text without one a date."""
    with pytest.raises(
        sla.InvalidTimestampError, match="^timestamp is 'now'; write it as 2025-10-08T09:00:00Z"
    ) as time:
        sla.parse_timestamp("now")
    assert time.value.field == "timestamp"
    with pytest.raises(sla.InvalidTimestampError, match="^date is 'now'"):
        parse_date("now")


def test_the_longest_timestamp_is_read_and_a_longer_one_is_not() -> None:
    """Nine decimals and an offset are 35 characters; a blank in place of its sign still gets the hint."""
    assert sla.parse_timestamp("2025-10-08T09:00:00.000000001+01:00").microsecond == 0
    with pytest.raises(sla.InvalidTimestampError, match="write the offset as %2B01:00"):
        sla.parse_timestamp("2025-10-08T09:00:00.000000001 01:00")
    with pytest.raises(sla.InvalidTimestampError, match="write it as 2025-10-08T09:00:00Z"):
        sla.parse_timestamp("2025-10-08T09:00:00.0000000001+01:00")


def test_an_offset_has_up_to_59_minutes() -> None:
    """And 60 are an hour, which is written otherwise."""
    assert sla.parse_timestamp("2025-10-08T09:00:00+00:59") == datetime(2025, 10, 8, 8, 1, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2025-10-08T00:00:00 \u0660\u0661:00", "x" * 10**6, "2" * 10**6, " " * 10**6])
def test_a_text_that_is_nothing_like_a_time_gets_the_plain_hint(text: str) -> None:
    """At once, whatever its length."""
    with pytest.raises(sla.InvalidTimestampError, match="write it as 2025-10-08T09:00:00Z") as caught:
        sla.parse_timestamp(text)
    assert len(str(caught.value)) < 300
