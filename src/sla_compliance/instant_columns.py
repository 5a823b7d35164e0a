"""Columns of instants: ordinary ones read whole, and the words for "not yet"."""
################################################################
# A column of ordinary values (aware datetimes, or ints, of the years 2 to 9998) is
# read by a few passes over the whole of it. Anything else is read value by value
# (validation.py), so that each fault can be named.
#
# The years 1 and 9999 are the field's words for "not yet" in a column of what is to
# come: 0001-01-01, 9999-12-31, infinity.
################################################################

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timezone
from itertools import repeat
from operator import attrgetter, floordiv, sub
from typing import Any, Final
from zoneinfo import ZoneInfo

from sla_compliance.checks import integer
from sla_compliance.columns import is_empty
from sla_compliance.units import EPOCH, MICROSECOND, checked_instant_us
from sla_compliance.zones import IanaZone

YEAR_2_US: Final = (datetime(2, 1, 1, tzinfo=EPOCH.tzinfo) - EPOCH) // MICROSECOND
YEAR_9999_US: Final = (datetime(9999, 1, 1, tzinfo=EPOCH.tzinfo) - EPOCH) // MICROSECOND
_NOT_YET_YEARS: Final = (1, 9999)


def plain_datetimes(column: Sequence[Any], *, has_gaps: bool) -> list[Any] | None:
    """Return the instants of a column of ordinary datetimes, by whole columns; None where it holds anything else.

    Args:
        has_gaps: whether values may be None, which stay so.
    """
    if has_gaps and is_empty(column):
        return list(column)
    kinds = set(map(type, column))
    if not kinds <= ({datetime, type(None)} if has_gaps else {datetime}):
        return None
    present = [value for value in column if value is not None] if type(None) in kinds else column
    if not set(map(type, map(attrgetter("tzinfo"), present))) <= {timezone, ZoneInfo, IanaZone}:
        return None
    lengths = map(sub, present, repeat(EPOCH))
    instants = list(map(floordiv, lengths, repeat(MICROSECOND)))
    if instants and not (min(instants) >= YEAR_2_US and max(instants) < YEAR_9999_US):
        return None
    if len(instants) == len(column):
        return instants
    remaining = iter(instants)
    return [None if value is None else next(remaining) for value in column]


def are_plain_integers(column: Sequence[Any], *, has_gaps: bool) -> bool:
    """Return whether a whole column is ints of the years 2 to 9998, or None if it may have gaps."""
    kinds = set(map(type, column))
    if not kinds <= ({int, type(None)} if has_gaps else {int}):
        return False
    instants = [value for value in column if value is not None] if type(None) in kinds else column
    return not instants or (min(instants) >= YEAR_2_US and max(instants) < YEAR_9999_US)


def is_not_yet(value: Any) -> bool:  # noqa: ANN401
    """Return whether a value is one of the field's words for "not yet": an instant in year 1 or 9999, or beyond."""
    try:
        if isinstance(value, datetime):
            return value.year in _NOT_YET_YEARS and value.utcoffset() is not None
        return not YEAR_2_US <= integer(value, "instant") < YEAR_9999_US
    except Exception:  # no instant, or a foreign type, which may raise anything; the reader of the value says so
        return False


def integer_instant_us(value: object, *, field: str) -> int:
    """Return an instant given as microseconds since 1970; errors as `integer` and `checked_instant_us`."""
    return checked_instant_us(integer(value, field, "microseconds since 1970 as an int"), field=field)
