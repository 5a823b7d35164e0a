"""Instants in a database's own columns: compared through bound parameters, read as integer microseconds."""
################################################################
# The values are cast, never the column: an index on it stays of use, and no
# server, session or client time zone has a say.
#
# - timestamp with time zone: exact.
# - timestamp without: names no instant. Refused, unless the mapping says UTC or the
#   zone. Local times are compared with two days of slack and read by rows/times.py.
# - bigint: microseconds since 1970-01-01T00:00Z.
# - SQLite has no time type: an integer is microseconds, a text RFC 3339, both in
#   one column if need be (SQLite sorts every number before every text). Texts of
#   any offset are compared by their date with two days of slack: a source may
#   return more, never less.
#
# PostgreSQL sends instants packed, eight bytes each; a missing one as the value
# of its `infinity`.
################################################################

from __future__ import annotations

import re
import sys
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import reduce
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    Integer,
    LargeBinary,
    and_,
    bindparam,
    func,
    literal_column,
    or_,
)
from sqlalchemy.types import TypeEngine

from sla_compliance.errors import (
    InvalidTimestampError,
    InvalidTypeError,
    InvalidValueError,
    NaiveDatetimeError,
    shown,
)
from sla_compliance.rows.times import LocalTimes
from sla_compliance.sources._sql.mappings import NaiveTimes
from sla_compliance.units import DAY_US, EPOCH, MAX_US, MICROSECOND, MIN_US, instant_us, moment, parse_timestamp

Expression = ColumnElement[Any]

POSTGRES_EPOCH_US: Final = (datetime(2000, 1, 1, tzinfo=UTC) - EPOCH) // MICROSECOND
PACKED_INFINITY: Final = 2**63 - 1  # PostgreSQL's infinity; here it stands for a missing instant
_SLACK_US: Final = 2 * DAY_US
_OFFSET: Final = re.compile(r"(?:Z|[+-]\d{2}:\d{2})$", re.ASCII)


@dataclass(frozen=True, slots=True)
class PostgresInstants:
    """Columns of one of PostgreSQL's types.

    Attributes:
        parameter_type: the type of a bound.
        value: an instant as a value of that type.
        sender: the function of PostgreSQL that packs a value.
        infinity: the literal that packs as PACKED_INFINITY.
        epoch_us: the instant that packed values are counted from.
        to_1970: the SQL to add to a value so that its packed form is counted from 1970; None: it is already.
    """

    parameter_type: TypeEngine[Any]
    value: Callable[[int], object]
    sender: str
    infinity: str
    epoch_us: int
    to_1970: str | None

    def is_before(self, column: Expression, bound: str) -> ColumnElement[bool]:
        """Return a condition that holds where a column is before the bound so named."""
        return column < bindparam(bound, type_=self.parameter_type)

    def is_after(self, column: Expression, bound: str) -> ColumnElement[bool]:
        """Return a condition that holds where a column is after the bound so named."""
        return column > bindparam(bound, type_=self.parameter_type)

    def parameters(self, bound: str, instant: int) -> dict[str, object]:
        """Return the parameters that set the bound so named to an instant, microseconds since 1970."""
        return {bound: self.value(instant)}

    def constant(self, instant: int) -> Expression:
        """Return an instant as an expression; it is the same in every request."""
        return bindparam(None, self.value(instant), type_=self.parameter_type, unique=True)

    def pack(self, columns: Sequence[Expression]) -> Expression:
        """Return the columns of one row packed one after the other, as `unpack` reads them."""
        missing: Expression = literal_column(self.infinity)
        return self._concatenate([func.coalesce(column, missing) for column in columns])

    def pack_from_1970(self, columns: Sequence[Expression]) -> Expression:
        """Return the columns packed, counted from 1970.

        They hold neither NULL nor infinity, and no date so near the ends of time that the shift overflows.
        """
        if self.to_1970 is None:
            return self._concatenate(columns)
        shift: Expression = literal_column(self.to_1970)
        return self._concatenate([column + shift for column in columns])

    def _concatenate(self, columns: Sequence[Expression]) -> Expression:
        send = getattr(func, self.sender)
        # The type makes bytes of what the driver returns: psycopg2 has memoryviews.
        packed: list[Expression] = [send(column, type_=LargeBinary) for column in columns]
        return reduce(ColumnElement.concat, packed)

    def unpack(self, packed: bytes, columns: int) -> list[list[int | None]]:
        """Return the columns that `pack` made of many rows: microseconds since 1970, None where one is missing."""
        counts, epoch_us = integers(packed), self.epoch_us
        unpacked_columns: list[list[int | None]] = []
        for first in range(columns):
            column_counts = counts[first::columns]
            column_us = [None if count == PACKED_INFINITY else count + epoch_us for count in column_counts]
            unpacked_columns.append(self._instants(column_us))
        return unpacked_columns

    def unpack_from_1970(self, packed: bytes, columns: int) -> list[list[int]]:
        """Return the columns that `pack_from_1970` made of many rows."""
        counts = integers(packed)
        return [list(counts[first::columns]) for first in range(columns)]

    def _instants(self, column_us: list[int | None]) -> list[int | None]:
        """Return the instants of unpacked values."""
        return column_us


@dataclass(frozen=True, slots=True)
class LocalPostgresInstants(PostgresInstants):
    """Columns of timestamp without time zone that hold times on one zone's clock.

    Attributes:
        local_times: that clock.
    """

    local_times: LocalTimes

    def is_before(self, column: Expression, bound: str) -> ColumnElement[bool]:
        """As of PostgresInstants; a column may be up to two days after the bound."""
        return column < bindparam(f"{bound}_and_slack", type_=self.parameter_type)

    def is_after(self, column: Expression, bound: str) -> ColumnElement[bool]:
        """As of PostgresInstants; a column may be up to two days before the bound."""
        return column > bindparam(f"{bound}_less_slack", type_=self.parameter_type)

    def parameters(self, bound: str, instant: int) -> dict[str, object]:
        """As of PostgresInstants."""
        return {
            f"{bound}_and_slack": self.value(min(instant + _SLACK_US, MAX_US)),
            f"{bound}_less_slack": self.value(max(instant - _SLACK_US, MIN_US)),
        }

    def unpack_from_1970(self, packed: bytes, columns: int) -> list[list[int]]:
        """As of PostgresInstants."""
        counts = integers(packed)
        return [list(map(self.local_times.instant_us, counts[first::columns])) for first in range(columns)]

    def _instants(self, column_us: list[int | None]) -> list[int | None]:
        instant_of = self.local_times.instant_us
        # What lies near the ends of time or beyond has no local time; the validation of rows says what it means.
        return [us if us is None or not MIN_US <= us <= MAX_US else instant_of(us) for us in column_us]


def integers(packed: bytes) -> array[int]:
    """Return packed integers: eight bytes each, the most significant first."""
    counts = array("q", packed)
    if sys.byteorder == "little":
        counts.byteswap()
    return counts


# Hours, not days: PostgreSQL takes the length of a day from the session's time zone.
_TO_1970: Final = f"interval '{POSTGRES_EPOCH_US // 3_600_000_000} hours'"

AWARE: Final = PostgresInstants(
    parameter_type=DateTime(timezone=True),
    value=moment,
    sender="timestamptz_send",
    infinity="'infinity'",
    epoch_us=POSTGRES_EPOCH_US,
    to_1970=_TO_1970,
)
NAIVE_UTC: Final = PostgresInstants(
    parameter_type=DateTime(),
    value=lambda instant: moment(instant).replace(tzinfo=None),
    sender="timestamp_send",
    infinity="'infinity'",
    epoch_us=POSTGRES_EPOCH_US,
    to_1970=_TO_1970,
)
INTEGER: Final = PostgresInstants(
    parameter_type=BigInteger(),
    value=lambda instant: instant,
    sender="int8send",
    infinity=str(PACKED_INFINITY),
    epoch_us=0,
    to_1970=None,
)


def postgres_instants(
    column_type: TypeEngine[Any], naive_times: NaiveTimes, field: str, local_times: LocalTimes | None = None
) -> PostgresInstants:
    """Return how a column of PostgreSQL holds instants.

    Args:
        local_times: the clock of times without time zone; None: `naive_times` says what they mean.

    Raises:
        NaiveDatetimeError: it is a timestamp without time zone and the mapping does not say which.
        InvalidTypeError: it holds no instants.
    """
    if isinstance(column_type, Integer):
        return INTEGER
    if not isinstance(column_type, DateTime):
        raise InvalidTypeError(f"{field} is a column of {column_type!r}; map a timestamp with time zone", field=field)
    if column_type.timezone:
        return AWARE
    if local_times is not None:
        return _local(local_times)
    if naive_times is NaiveTimes.REFUSED:
        raise _naive_times_refused(field, "a timestamp")
    return NAIVE_UTC


def _local(local_times: LocalTimes) -> LocalPostgresInstants:
    return LocalPostgresInstants(
        parameter_type=NAIVE_UTC.parameter_type,
        value=NAIVE_UTC.value,
        sender=NAIVE_UTC.sender,
        infinity=NAIVE_UTC.infinity,
        epoch_us=NAIVE_UTC.epoch_us,
        to_1970=NAIVE_UTC.to_1970,
        local_times=local_times,
    )


@dataclass(frozen=True, slots=True)
class SQLiteInstants:
    """Columns of SQLite: integers, texts or both.

    Attributes:
        naive_times: what a text without an offset means.
        local_times: the clock of such texts; None: `naive_times` says what they mean.
    """

    naive_times: NaiveTimes
    local_times: LocalTimes | None = None

    def is_before(self, column: Expression, bound: str) -> ColumnElement[bool]:
        """Return a condition that holds where a column is before the bound so named; texts may be two days after it."""
        # SQLite sorts every number before every text: `>= ""` is true of texts alone, `< number` of numbers alone.
        is_number_before = column < bindparam(bound)
        is_text_before = and_(column >= "", column < bindparam(f"{bound}_and_slack"))
        return or_(is_number_before, is_text_before)

    def is_after(self, column: Expression, bound: str) -> ColumnElement[bool]:
        """Return a condition that holds where a column is after the bound so named; texts may be two days before it."""
        is_number_after = and_(column > bindparam(bound), column < "")
        is_text_after = column > bindparam(f"{bound}_less_slack")
        return or_(is_number_after, is_text_after)

    def parameters(self, bound: str, instant: int) -> dict[str, object]:
        """Return the parameters that set the bound so named to an instant, microseconds since 1970."""
        return {
            bound: instant,
            f"{bound}_and_slack": _date_text(instant + _SLACK_US),
            f"{bound}_less_slack": _date_text(instant - _SLACK_US),
        }

    def read(self, value: object, field: str) -> int:
        """Return the instant of a stored value, microseconds since 1970.

        Raises:
            InvalidTypeError, InvalidTimestampError, NaiveDatetimeError, InstantOutOfRangeError: it holds no instant.
        """
        if type(value) is int:
            return value
        if not isinstance(value, str):
            raise InvalidTypeError(
                f"{field} is {shown(value)}; store microseconds since 1970 as an integer, or RFC 3339 text", field=field
            )
        is_naive = not _OFFSET.search(value)
        if is_naive:
            if self.local_times is None and self.naive_times is NaiveTimes.REFUSED:
                raise _refusal_of_text(field, value)
            value += "Z"
        instant = instant_us(parse_timestamp(value, field=field), field=field)
        return self.local_times.instant_us(instant) if is_naive and self.local_times is not None else instant


def _date_text(instant: int) -> str:
    return moment(instant).date().isoformat()


def _refusal_of_text(field: str, value: str) -> InvalidValueError:
    """Return the error for a text without an offset: the mapping's, or the row's where the text is no time at all."""
    try:
        parse_timestamp(f"{value}Z", field=field)
    except InvalidTimestampError:
        message = f"{field} is {shown(value)}, no timestamp; write it as 2025-10-08T09:00:00Z"
        return InvalidTimestampError(message, field=field)
    return _naive_times_refused(field, shown(value))


def _naive_times_refused(field: str, value: str) -> NaiveDatetimeError:
    return NaiveDatetimeError(
        f"{field} is {value} without a time zone; store an offset, or map naive_times=NaiveTimes.UTC if it is UTC,"
        " times_in='Africa/Lagos' if it is local time",
        field=field,
    )
