"""Instants and lengths: datetime, timedelta and text to integer microseconds, exactly."""
################################################################
# An instant is an int: microseconds since 1970-01-01T00:00Z, no leap seconds.
# A naive datetime names no instant and is refused everywhere. Datetimes are
# never subtracted from one another outside this file: Python subtracts two
# datetimes of one zone as wall-clock times (a 23-hour day would have 24).
#
# Timestamps are RFC 3339 text: YYYY-MM-DD, "T" or one space, HH:MM:SS,
# optionally "." and 1 to 9 digits (cut to microseconds), then "Z" or +HH:MM or
# -HH:MM. ASCII digits only; no week dates, ordinal dates, 24:00, leap seconds.
#
# A length is text, the largest unit first and each unit once: days (d, day, days),
# hours (h, hour, hours), minutes (m, min, minute, minutes), seconds (s, second,
# seconds; up to six decimals), in any case, with or without blanks: "5 min",
# "1h30m", "7 days". `length_text` writes the same grammar.
################################################################

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Final

from sla_compliance.checks import check_type, checked_text, wrong_value
from sla_compliance.errors import (
    InstantOutOfRangeError,
    InvalidTimestampError,
    InvalidValueError,
    NaiveDatetimeError,
    shown,
)

MICROSECOND: Final = timedelta(microseconds=1)
ONE_DAY: Final = timedelta(days=1)
SECOND_US: Final = 1_000_000
MINUTE_US: Final = 60 * SECOND_US
HOUR_US: Final = 60 * MINUTE_US
DAY_US: Final = 24 * HOUR_US

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
# Three days off the calendar's ends: local dates, and the days beside them, exist in every zone.
MIN_US: Final = (datetime(1, 1, 4, tzinfo=UTC) - EPOCH) // MICROSECOND
MAX_US: Final = (datetime(9999, 12, 29, tzinfo=UTC) - EPOCH) // MICROSECOND

_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_TIMESTAMP = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?:Z|([+-])(\d{2}):(\d{2}))", re.ASCII
)
_LOST_PLUS = re.compile(r".{19}(?:\.\d{1,9})? \d{2}:\d{2}", re.ASCII)
_LENGTH = re.compile(
    r"(?:(\d{1,5}) ?(?:d|days?) ?)?(?:(\d{1,5}) ?(?:h|hours?) ?)?(?:(\d{1,5}) ?(?:m|min|minutes?) ?)?"
    r"(?:(\d{1,5})(?:\.(\d{1,6}))? ?(?:s|seconds?))?",
    re.ASCII | re.IGNORECASE,
)


def instant_us(value: datetime, *, field: str) -> int:
    """Return the instant of an aware datetime, microseconds since the epoch, exact.

    Raises:
        InvalidTypeError: `value` is no datetime.
        NaiveDatetimeError: it carries no time zone.
        InstantOutOfRangeError: it lies within days of the years 1 or 9999.
    """
    check_type(value, datetime, field, "an aware datetime")
    try:
        is_naive = value.utcoffset() is None
        value_us = MIN_US if is_naive else (value - EPOCH) // MICROSECOND
    except Exception as error:  # a foreign subclass may raise anything: pandas' NaT is a datetime
        raise InvalidValueError(
            f"{field} is {shown(value)}, which names no instant ({type(error).__name__}); give an aware datetime",
            field=field,
        ) from error
    if is_naive:
        raise NaiveDatetimeError(
            f"{field} is {shown(value)} without a time zone; attach one, e.g. value.replace(tzinfo=timezone.utc)",
            field=field,
        )
    return checked_instant_us(value_us, field=field)


def checked_instant_us(value_us: int, *, field: str) -> int:
    """Return `value_us` if every zone has a local date for it.

    Raises:
        InstantOutOfRangeError: otherwise.
    """
    if not MIN_US <= value_us <= MAX_US:
        raise InstantOutOfRangeError(
            f"{field} is {_instant_text(value_us)}, outside 0001-01-04 to 9999-12-29; give a date within", field=field
        )
    return value_us


def _instant_text(value_us: int) -> str:
    """Return an instant for a message: its date and time where the calendar has one, else the number."""
    try:
        return moment(value_us).isoformat()
    except OverflowError:
        return f"{shown(value_us)} microseconds since 1970"


def moment(value_us: int, zone: tzinfo = UTC) -> datetime:
    """Return the aware datetime of an instant (microseconds), in `zone`."""
    return (EPOCH + timedelta(microseconds=value_us)).astimezone(zone)


def length_us(value: timedelta, *, field: str) -> int:
    """Return a length in microseconds, exact.

    Raises:
        InvalidTypeError: `value` is no timedelta.
        InvalidValueError: it is negative.
    """
    check_type(value, timedelta, field, "a datetime.timedelta")
    if value < timedelta(0):
        raise wrong_value(value, field, "a length of 0 or more")
    return value // MICROSECOND


def length_text(value_us: int) -> str:
    """Return a length (microseconds, 0 or more) in words, exact.

    >>> length_text(2_970_153_000_000), length_text(59_500_000), length_text(0)
    ('34 d 9 h 2 min 33 s', '59.5 s', '0 s')
    """
    days, below_day_us = divmod(value_us, DAY_US)
    hours, below_hour_us = divmod(below_day_us, HOUR_US)
    minutes, below_minute_us = divmod(below_hour_us, MINUTE_US)
    parts: list[str] = []
    for count, unit in ((days, "d"), (hours, "h"), (minutes, "min")):
        if count:
            parts.append(f"{count} {unit}")
    if below_minute_us or not parts:
        seconds, fraction_us = divmod(below_minute_us, SECOND_US)
        decimals = f".{fraction_us:06}".rstrip("0") if fraction_us else ""
        parts.append(f"{seconds}{decimals} s")
    return " ".join(parts)


def read_length(text: str, *, field: str) -> timedelta:
    """Return the length that a text of the grammar above names, exact.

    Raises:
        InvalidTypeError: `text` is no str.
        InvalidValueError: it is not of the grammar.

    >>> read_length("1 h 30 min", field="merge_gap"), read_length("0s", field="merge_gap")
    (datetime.timedelta(seconds=5400), datetime.timedelta(0))
    """
    way_out = "a length such as 90 s, 5 min, 1 h 30 min or 7 days"
    match = _LENGTH.fullmatch(checked_text(text, field, way_out))
    if match is None or not any(match.groups()) or text.endswith(" "):  # every part is optional: "" matches
        raise wrong_value(text, field, way_out)
    days, hours, minutes, seconds, decimals = match.groups()
    return timedelta(
        days=int(days or 0),
        hours=int(hours or 0),
        minutes=int(minutes or 0),
        seconds=int(seconds or 0),
        microseconds=int((decimals or "").ljust(6, "0")),
    )


def parse_timestamp(text: str, *, field: str = "timestamp") -> datetime:
    """Return the aware datetime that RFC 3339 text names; digits past microseconds are cut.

    Raises:
        InvalidTypeError: `text` is no str.
        InvalidTimestampError: it is not of the grammar above, or names a moment that does not exist.

    >>> parse_timestamp("2025-10-08T00:00:00.5+01:00").isoformat()
    '2025-10-08T00:00:00.500000+01:00'
    """
    checked_text(text, field, "text such as 2025-10-08T09:00:00Z")
    match = _TIMESTAMP.fullmatch(text)
    if match is None:
        raise InvalidTimestampError(f"{field} is {shown(text)}; {_way_out(text)}", field=field)
    year, month, day, hour, minute, second, fraction, sign, offset_hours, offset_minutes = match.groups()
    microsecond = int((fraction or "").ljust(6, "0")[:6])
    try:
        return datetime(
            int(year),
            int(month),
            int(day),
            int(hour),
            int(minute),
            int(second),
            microsecond,
            _offset(sign, offset_hours, offset_minutes),
        )
    except ValueError as error:
        raise InvalidTimestampError(f"{field} is {shown(text)}; {error}", field=field) from None


def parse_date(text: str, *, field: str = "date") -> date:
    """Return the date that `YYYY-MM-DD` names.

    Raises:
        InvalidTypeError: `text` is no str.
        InvalidTimestampError: it is not of that form, or names a date that does not exist.
    """
    checked_text(text, field, "text such as 2025-10-08")
    match = _DATE.fullmatch(text)
    if match is None:
        raise InvalidTimestampError(f"{field} is {shown(text)}; write it as 2025-10-08", field=field)
    try:
        return date(*map(int, match.groups()))
    except ValueError as error:
        raise InvalidTimestampError(f"{field} is {shown(text)}; {error}", field=field) from None


def _offset(sign: str | None, hours: str, minutes: str) -> timezone:
    if sign is None:
        return UTC
    if int(minutes) > 59:  # parse_timestamp puts the field and the text before this message
        raise ValueError("offset minutes must be in 0..59")
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-offset if sign == "-" else offset)


def _way_out(text: str) -> str:
    """Return what a message advises about a text that is no timestamp."""
    if _LOST_PLUS.fullmatch(text):
        return "a '+' in a URL arrives as a blank; write the offset as %2B01:00"
    return "write it as 2025-10-08T09:00:00Z or 2025-10-08T09:00:00+01:00"
