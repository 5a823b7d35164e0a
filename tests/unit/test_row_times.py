"""Which values of a time column name an instant, and what is said of those that do not."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

import sla_compliance as sla
from sla_compliance.rows.options import COMMAND_LINE, NO_OPTIONS
from sla_compliance.rows.times import TimeReader
from sla_compliance.units import instant_us

NINE = instant_us(datetime(2026, 10, 1, 9, tzinfo=UTC), field="nine")
SECOND_US = 1_000_000
UNTOLD = TimeReader()
BERLIN = TimeReader("Europe/Berlin")


def us(*parts: int) -> int:
    """Return the instant of a time in UTC."""
    return instant_us(datetime(*parts, tzinfo=UTC), field="expected")  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    "value",
    [
        "2026-10-01T09:00:00Z",
        "2026-10-01 09:00:00Z",
        "2026-10-01 09:00:00+00:00",
        "2026-10-01 09:00:00.000000+00",
        "2026-10-01 10:00:00+01",
        "2026-10-01T10:00:00.000+0100",
        "2026-10-01 14:30:00+05:30",
        "2026-10-01 14:30:00+0530",
        "2026-10-01 09:00:00 UTC",
        "2026-10-01 09:00:00.000000001 UTC",
        "2026-10-01T09:00Z",
        "2026-10-01 09:00 UTC",
        "2026-10-01T01:00-08",
        datetime(2026, 10, 1, 9, tzinfo=UTC),
        datetime(2026, 10, 1, 14, 30, tzinfo=timezone(timedelta(hours=5, minutes=30))),
    ],
)
@pytest.mark.parametrize("reader", [UNTOLD, BERLIN], ids=["told nothing", "told a zone"])
def test_what_names_one_instant_is_read_without_being_told_anything(value: object, reader: TimeReader) -> None:
    """An offset, or UTC by name; told a zone, the value's own offset counts."""
    assert reader.read(value) == NINE
    assert reader.read_column([value, None, ""], is_end=False) == ([NINE, None, None], {})


@pytest.mark.parametrize(
    ("local", "instant"),
    [
        ("2026-07-01 09:00", us(2026, 7, 1, 7)),
        ("2026-12-01T09:00:00.5", us(2026, 12, 1, 8, 0, 0, 500_000)),
        ("2026-03-29 01:59:59.999999", us(2026, 3, 29, 0, 59, 59, 999_999)),
        ("2026-03-29 02:00:00", us(2026, 3, 29, 1)),  # the clock jumps from 02:00 to 03:00
        ("2026-03-29 02:30:00", us(2026, 3, 29, 1)),
        ("2026-03-29 03:00:00", us(2026, 3, 29, 1)),
        ("2026-10-25 02:00:00", us(2026, 10, 25, 0)),  # comes twice
        ("2026-10-25 02:59:59", us(2026, 10, 25, 0, 59, 59)),
        ("2026-10-25 03:00:00", us(2026, 10, 25, 2)),
    ],
)
def test_local_times_are_read_by_the_clock_of_their_zone(local: str, instant: int) -> None:
    """Text and datetimes: a time that does not exist is the jump, one that comes twice its first occurrence."""
    naive = datetime.fromisoformat(local)
    assert BERLIN.read(local) == BERLIN.read(naive) == BERLIN.read(naive.replace(fold=1)) == instant
    assert BERLIN.read_column([local, ""], is_end=True) == ([instant, None], {})


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_numbers_are_read_under_their_unit(unit: Any) -> None:
    """As integers, whole floats, decimals and text alike; digits beyond microseconds are cut."""
    reader = TimeReader(epoch=unit)
    number = NINE * {"s": Fraction(1, 10**6), "ms": Fraction(1, 1000), "us": Fraction(1), "ns": Fraction(1000)}[unit]
    assert number.denominator == 1
    whole = int(number)
    for value in (whole, float(whole), Decimal(whole), str(whole), f"{whole}.0"):
        assert reader.read(value) == NINE, value
    assert reader.read("2026-10-01T09:00:00Z") == NINE


@pytest.mark.parametrize(
    ("value", "unit", "message"),
    [
        (1_790_845_200, "ms", "is 1790845200, which is 1970-01-21 in ms and 2026-10-01 in s; give the epoch unit of"),
        ("1790845200.5", "us", "which is 1970-01-01 in us and 2026-10-01 in s"),
        (Decimal(1_790_845_200), "ns", "which is 1970-01-01 in ns and 2026-10-01 in s"),
        (1_790_845_200_000, "us", "which is 1970-01-21 in us and 2026-10-01 in ms"),
        (float(1_790_845_200_000), "ns", "which is 1970-01-01 in ns and 2026-10-01 in ms"),
        (1_790_845_200_000_000, "ns", "which is 1970-01-21 in ns and 2026-10-01 in us"),
        (10**8, "ms", "which is 1970-01-02 in ms and 1973-03-03 in s"),
    ],
)
@pytest.mark.parametrize("is_end", [False, True], ids=["a start", "an end"])
def test_a_long_number_that_falls_into_1970_has_another_unit(
    value: object, unit: Any, message: str, is_end: bool
) -> None:
    """Outages of 1970 would leave the period that is reported without any."""
    with pytest.raises(sla.InvalidValueError) as caught:
        TimeReader(epoch=unit).read(value, is_end=is_end)
    assert message in str(caught.value)


def test_short_and_negative_numbers_and_other_years_keep_their_unit() -> None:
    """A clock that was never set counts from 1970; what lies before or after it is a time like any other."""
    assert TimeReader(epoch="ms").read(10**8 - 1) == (10**8 - 1) * 1000
    assert TimeReader(epoch="ms").read(-(10**9)) == -(10**12)
    assert TimeReader(epoch="ms").read(31_536_000_000) == us(1971, 1, 1)
    assert TimeReader(epoch="s").read(10**8) == us(1973, 3, 3, 9, 46, 40)
    with pytest.raises(sla.InvalidValueError):
        TimeReader(epoch="ms").read(31_535_999_999)


def test_fractions_of_numbers_are_exact_in_text_and_decimals() -> None:
    """A float with a fraction has lost digits, so it is refused."""
    reader = TimeReader(epoch="s")
    for value in ("1790845200.1234567", Decimal("1790845200.1234567")):
        assert reader.read(value) == 1_790_845_200_123_456
    assert reader.read("-0.000001") == -1
    with pytest.raises(sla.InvalidValueError, match="a float with a fraction; give text"):
        reader.read(1_790_845_200.5)


@pytest.mark.parametrize(
    "value",
    [
        "infinity",
        "INFINITY",
        "9999-12-31",
        "0001-01-01",
        "0001-01-01T00:00:00Z",
        "9999-12-31 23:59:59.999999",
        datetime(1, 1, 1),  # noqa: DTZ001
        datetime(9999, 12, 31, tzinfo=UTC),
    ],
)
def test_the_words_for_not_yet_are_no_end(value: object) -> None:
    """Year 1, year 9999, infinity: of a start they are faults."""
    assert UNTOLD.read(value, is_end=True) is None
    with pytest.raises(sla.InvalidValueError):
        UNTOLD.read(value)


@pytest.mark.parametrize("zero", [0, "0", "0.0", 0.0, Decimal(0)], ids=repr)
def test_the_number_zero_is_no_end_and_a_start_in_1970(zero: object) -> None:
    """Monitors write 0 for an end that is not yet; a start of 0 is a clock that was never set, and counts."""
    reader = TimeReader(epoch="s")
    assert reader.read(zero, is_end=True) is None
    assert reader.read(zero) == 0


@pytest.mark.parametrize("value", [None, "", float("nan"), Decimal("NaN")], ids=repr)
def test_absent_is_no_fault(value: object) -> None:
    """Whatever is told."""
    assert UNTOLD.read(value) is None


class _BrokenClock(datetime):
    """A datetime that cannot say its offset."""

    def utcoffset(self) -> timedelta | None:
        raise RuntimeError("no clock")


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("2026-10-01 09:00:00", "without a time zone; export it with its offset, e.g. 2026-10-01 09:00:00+00, or give"),
        (datetime(2026, 10, 1, 9), "without a time zone"),  # noqa: DTZ001
        (
            "2026-10-01",
            "without a time zone; export it with its offset and its time of day, e.g. 2026-10-01 09:00:00+00",
        ),
        (date(2026, 10, 1), "without a time zone; export it with its offset and its time of day"),
        ("1790845200", "a number without a unit; export it as 2026-10-01T09:00:00Z, or give epoch='s'"),
        (1_790_845_200, "a number without a unit"),
        ("6/12/2018 11:30 AM", "is '6/12/2018 11:30 AM'; write it as 2025-10-08T09:00:00Z"),
        ("31.12.2026 09:00", "write it as 2025-10-08T09:00:00Z"),
        ("2026-10-01T09:00:00 01:00", "write it as"),
        ("2026-10-01 09:00:00 utc", "write it as"),
        ("2026-10-01 09:00:00UTC", "write it as"),
        ("2026-13-01T09:00Z", "month must be in 1..12"),
        ("2026-02-30T09:00Z", "day is out of range for month"),
        ("2026-10-01T24:00Z", "hour must be in 0..23"),
        ("2026-10-01T09:00:00+05:60", "offset minutes must be in 0..59"),
        ("0001-01-01T00:00:00Z", "outside 0001-01-04 to 9999-12-29"),
        (datetime(1, 1, 1, tzinfo=UTC), "outside 0001-01-04 to 9999-12-29"),
        (True, "is True; give a time, as text or as a datetime"),
        ([1], "is a value of type list; give a time"),
        (_BrokenClock(2026, 10, 1), "which names no instant (RuntimeError)"),
        ("9" * 1_000_000, "(1000000 characters); write it as"),
    ],
)
def test_what_names_no_instant_is_refused_with_a_way_out(value: object, message: str) -> None:
    """The message names the value, and the option that would read it."""
    with pytest.raises(sla.InvalidValueError) as caught:
        UNTOLD.read(value)
    assert str(caught.value).startswith("is ")
    assert message in str(caught.value)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize(
    "value",
    [10**30, 10**100_000, "9" * 40, float("inf"), Decimal("1e999999"), Decimal("-Infinity")],
    ids=["long", "very long", "text", "float", "exponent", "decimal"],
)
def test_numbers_beyond_the_calendar_are_refused(value: object) -> None:
    """At once, whatever their size."""
    with pytest.raises(sla.InvalidValueError, match="outside 0001-01-04 to 9999-12-29"):
        TimeReader(epoch="s").read(value)


def test_each_door_names_its_own_option() -> None:
    """A keyword, an option of the command line, or none."""
    local, number = "2026-10-01 09:00:00", "1790845200"
    for names, zone, unit in ((COMMAND_LINE, "--times-in Africa/Lagos", "--epoch s"), (NO_OPTIONS, "", "")):
        reader = TimeReader(option_names=names)
        for value, option in ((local, zone), (number, unit)):
            with pytest.raises(sla.InvalidValueError) as caught:
                reader.read(value)
            assert str(caught.value).endswith(f", or give {option}" if option else ("+00", "Z"))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"times_in": "Berlin"}, "times_in is 'Berlin', not a time zone; did you mean 'Europe/Berlin'"),
        ({"times_in": "+01:00"}, "times_in is"),
        ({"epoch": "m"}, "epoch is 'm'; give one of 's', 'ms', 'us', 'ns'"),
    ],
)
def test_options_that_are_none_are_refused_before_anything_is_read(options: dict[str, Any], message: str) -> None:
    """They name themselves."""
    with pytest.raises(sla.InvalidValueError) as caught:
        TimeReader(**options)
    assert message in str(caught.value)


def test_the_values_of_one_column_may_have_several_forms() -> None:
    """One that cannot be read leaves the others alone."""
    values = ["2026-10-01T09:00:00Z", "2026-10-01 09:00:00 UTC", datetime(2026, 10, 1, 9, tzinfo=UTC), "x", "", None]
    instants, faults = UNTOLD.read_column(values, is_end=False)
    assert instants == [NINE, NINE, NINE, None, None, None]
    assert list(faults) == [3]


def test_a_text_of_two_lines_is_no_two_texts() -> None:
    """Reading whole columns never joins or splits values."""
    texts = ["2026-10-01T09:00:00Z\n2026-10-01T09:00:00Z", "2026-10-01T09:00:00Z"]
    instants, faults = UNTOLD.read_column(texts, is_end=False)
    assert (instants, list(faults)) == ([None, NINE], [0])
    assert UNTOLD.read_column(["2026-02-30T09:00:00Z", "2026-10-01T09:00:00Z"], is_end=False)[0] == [None, NINE]


def test_ends_of_years_1_and_9999_are_absent_in_whole_columns_too() -> None:
    """As one by one."""
    texts = ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-10-01T09:00:00Z"]
    assert UNTOLD.read_column(texts, is_end=True) == ([None, None, NINE], {})
