"""Instants in a database's own columns: compared through bound parameters, read as integer microseconds."""
################################################################
# The values are cast, never the column: an index on it stays of use, and no
# server, session or client time zone has a say.
#
# - timestamp with time zone: exact.
# - timestamp without: names no instant. Refused, unless the mapping says UTC.
# - integer: microseconds since 1970-01-01T00:00Z.
# - SQLite has no time type: an integer is microseconds, a text RFC 3339, both in
#   one column if need be (SQLite sorts every number before every text). Texts of
#   any offset are compared by their date with two days of slack: a source may
#   return more, never less.
#
# PostgreSQL also sends instants packed, eight bytes each, microseconds since
# 2000-01-01; a missing one as its `infinity`, for an aggregate drops NULLs and
# two columns would lose step.
################################################################

from __future__ import annotations

import re
import sys
from array import array
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Protocol

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    Integer,
    LargeBinary,
    and_,
    func,
    literal,
    literal_column,
    or_,
)
from sqlalchemy.types import TypeEngine

from sla_compliance.errors import InvalidTypeError, NaiveDatetimeError, shown
from sla_compliance.sources._sql.mappings import NaiveTimes
from sla_compliance.units import DAY_US, EPOCH, MICROSECOND, instant_us, moment, parse_timestamp

POSTGRES_EPOCH_US: Final = (datetime(2000, 1, 1, tzinfo=UTC) - EPOCH) // MICROSECOND
_NEVER: Final = 2**63 - 1  # PostgreSQL's infinity
_SLACK_US: Final = 2 * DAY_US
_OFFSET: Final = re.compile(r"(?:Z|[+-]\d{2}:\d{2})$", re.ASCII)


class Instants(Protocol):
    """How one table holds its instants."""

    def is_before(self, column: ColumnElement[Any], bound_us: int) -> ColumnElement[bool]:
        """Return the condition that holds wherever the column is before the bound, and perhaps shortly after it."""
        ...

    def is_after(self, column: ColumnElement[Any], bound_us: int) -> ColumnElement[bool]:
        """Return the condition that holds wherever the column is after the bound, and perhaps shortly before it."""
        ...

    def read(self, value: Any, field: str) -> int:  # noqa: ANN401 - whatever the driver gives
        """Return a stored value as an instant; raises an SLAComplianceError naming `field` where it is none."""
        ...


@dataclass(frozen=True, slots=True)
class TypedInstants:
    """Columns of a type that compares as instants.

    Attributes:
        bound: an instant as a bound parameter of the columns' type.
        reader: a driver's value as an instant.
        sender: PostgreSQL's function that packs a value.
        infinity: the literal that packs as a missing value.
        epoch_us: what packed values count from.
    """

    bound: Callable[[int], ColumnElement[Any]]
    reader: Callable[[Any, str], int]
    sender: str
    infinity: str
    epoch_us: int

    def is_before(self, column: ColumnElement[Any], bound_us: int) -> ColumnElement[bool]:
        """As the protocol says, exactly."""
        return column < self.bound(bound_us)

    def is_after(self, column: ColumnElement[Any], bound_us: int) -> ColumnElement[bool]:
        """As the protocol says, exactly."""
        return column > self.bound(bound_us)

    def read(self, value: Any, field: str) -> int:  # noqa: ANN401
        """As the protocol says."""
        return self.reader(value, field)

    def packed(self, column: ColumnElement[Any]) -> ColumnElement[bytes]:
        """Return PostgreSQL's aggregate of all rows' instants as one value."""
        value = func.coalesce(column, literal_column(self.infinity))
        return func.string_agg(getattr(func, self.sender)(value), literal_column("''::bytea"), type_=LargeBinary)

    def unpacked(self, value: bytes | None) -> list[int | None]:
        """Return what `packed` sent; no rows send NULL."""
        counts = array("q", value or b"")
        if sys.byteorder == "little":
            counts.byteswap()
        epoch_us = self.epoch_us
        return [None if count == _NEVER else count + epoch_us for count in counts]


def _integer(value: Any, field: str) -> int:  # noqa: ANN401
    if type(value) is not int:
        raise InvalidTypeError(f"{field} is {shown(value)}; store integer microseconds since 1970", field=field)
    return value


AWARE: Final = TypedInstants(
    bound=lambda bound_us: literal(moment(bound_us), DateTime(timezone=True)),
    reader=lambda value, field: instant_us(value, field=field),
    sender="timestamptz_send",
    infinity="'infinity'",
    epoch_us=POSTGRES_EPOCH_US,
)
NAIVE_UTC: Final = TypedInstants(
    bound=lambda bound_us: literal(moment(bound_us).replace(tzinfo=None), DateTime()),
    reader=lambda value, field: instant_us(value.replace(tzinfo=UTC), field=field),
    sender="timestamp_send",
    infinity="'infinity'",
    epoch_us=POSTGRES_EPOCH_US,
)
INTEGER: Final = TypedInstants(
    bound=lambda bound_us: literal(bound_us, BigInteger()),
    reader=_integer,
    sender="int8send",
    infinity=str(_NEVER),
    epoch_us=0,
)


@dataclass(frozen=True, slots=True)
class SQLiteInstants:
    """Columns of SQLite, integers and texts alike.

    Attributes:
        naive_times: what a text without an offset means.
    """

    naive_times: NaiveTimes

    def is_before(self, column: ColumnElement[Any], bound_us: int) -> ColumnElement[bool]:
        """As the protocol says, texts up to two days after the bound too."""
        return or_(column < bound_us, and_(column >= "", column < _date_text(bound_us + _SLACK_US)))

    def is_after(self, column: ColumnElement[Any], bound_us: int) -> ColumnElement[bool]:
        """As the protocol says, texts up to two days before the bound too."""
        return or_(and_(column > bound_us, column < ""), column > _date_text(bound_us - _SLACK_US))

    def read(self, value: Any, field: str) -> int:  # noqa: ANN401
        """As the protocol says."""
        if not isinstance(value, str):
            return _integer(value, field)
        if _OFFSET.search(value):
            return instant_us(parse_timestamp(value, field=field), field=field)
        if self.naive_times is NaiveTimes.REFUSED:
            raise naive_times_refused(field, shown(value))
        return instant_us(parse_timestamp(f"{value}Z", field=field), field=field)


def _date_text(instant: int) -> str:
    return moment(instant).date().isoformat()


def instants_of(column_type: TypeEngine[Any], naive_times: NaiveTimes, field: str) -> TypedInstants:
    """Return how a column of a database with time types holds instants.

    Raises:
        NaiveDatetimeError: it is a timestamp without time zone and the mapping does not say UTC.
        InvalidTypeError: it holds no instants.
    """
    if isinstance(column_type, Integer):
        return INTEGER
    if not isinstance(column_type, DateTime):
        raise InvalidTypeError(f"{field} is a column of {column_type!r}; map a timestamp with time zone", field=field)
    if column_type.timezone:
        return AWARE
    if naive_times is NaiveTimes.REFUSED:
        raise naive_times_refused(field, "a timestamp")
    return NAIVE_UTC


def naive_times_refused(field: str, value: str) -> NaiveDatetimeError:
    """Return the error for a stored time that names no instant."""
    return NaiveDatetimeError(
        f"{field} is {value} without a time zone; store an offset, or map naive_times=NaiveTimes.UTC if it is UTC",
        field=field,
    )
