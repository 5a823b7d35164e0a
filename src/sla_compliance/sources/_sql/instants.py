"""Instants in a database's own columns: compared through bound parameters, read as integer microseconds."""
################################################################
# The values are cast, never the column: an index on it stays of use, and no
# server, session or client time zone has a say.
#
# - timestamp with time zone: exact.
# - timestamp without: names no instant. Refused, unless the mapping says UTC.
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
from typing import Any, Final, Protocol

from sqlalchemy import BigInteger, ColumnElement, DateTime, Integer, and_, bindparam, func, literal_column, or_
from sqlalchemy.types import TypeEngine

from sla_compliance.errors import InvalidTypeError, NaiveDatetimeError, shown
from sla_compliance.sources._sql.mappings import NaiveTimes
from sla_compliance.units import DAY_US, EPOCH, MICROSECOND, instant_us, moment, parse_timestamp

Expression = ColumnElement[Any]

POSTGRES_EPOCH_US: Final = (datetime(2000, 1, 1, tzinfo=UTC) - EPOCH) // MICROSECOND
NEVER: Final = 2**63 - 1  # what PostgreSQL's infinity packs as
_SLACK_US: Final = 2 * DAY_US
_OFFSET: Final = re.compile(r"(?:Z|[+-]\d{2}:\d{2})$", re.ASCII)


class Instants(Protocol):
    """How the columns of one table hold instants."""

    def is_before(self, column: Expression, bound: str) -> ColumnElement[bool]:
        """Return the condition that holds wherever a column is before the bound so named, and perhaps shortly after."""
        ...

    def is_after(self, column: Expression, bound: str) -> ColumnElement[bool]:
        """Return the condition that holds wherever a column is after the bound so named, and perhaps shortly before."""
        ...

    def parameters(self, bound: str, instant: int) -> dict[str, object]:
        """Return the parameters that make an instant the bound so named."""
        ...


@dataclass(frozen=True, slots=True)
class PostgresInstants:
    """Columns of one of PostgreSQL's types.

    Attributes:
        parameter_type: the type of a bound.
        value: an instant as a value of that type.
        sender: the function that packs a value.
        infinity: the literal that packs as NEVER.
        epoch_us: what packed values count from.
        to_1970: what to add to a value so that it packs as counted from 1970; None: it is.
    """

    parameter_type: TypeEngine[Any]
    value: Callable[[int], object]
    sender: str
    infinity: str
    epoch_us: int
    to_1970: str | None

    def is_before(self, column: Expression, bound: str) -> ColumnElement[bool]:
        """As the protocol says, exactly."""
        return column < bindparam(bound, type_=self.parameter_type)

    def is_after(self, column: Expression, bound: str) -> ColumnElement[bool]:
        """As the protocol says, exactly."""
        return column > bindparam(bound, type_=self.parameter_type)

    def parameters(self, bound: str, instant: int) -> dict[str, object]:
        """As the protocol says."""
        return {bound: self.value(instant)}

    def constant(self, instant: int) -> Expression:
        """Return an instant that is the same in every request."""
        return bindparam(None, self.value(instant), type_=self.parameter_type, unique=True)

    def packed(self, columns: Sequence[Expression]) -> Expression:
        """Return the columns of one row packed one after the other, as `unpacked` reads them."""
        sent = [self._sent(func.coalesce(column, literal_column(self.infinity))) for column in columns]
        return reduce(ColumnElement.concat, sent)

    def packed_from_1970(self, columns: Sequence[Expression]) -> Expression:
        """Return columns that hold neither NULL nor a date near the ends of time, counted from 1970."""
        shift: Expression | None = None if self.to_1970 is None else literal_column(self.to_1970)
        return reduce(
            ColumnElement.concat, [self._sent(column if shift is None else column + shift) for column in columns]
        )

    def _sent(self, column: Expression) -> Expression:
        sent: Expression = getattr(func, self.sender)(column)
        return sent

    def unpacked(self, packed: bytes, columns: int) -> list[list[int | None]]:
        """Return the columns that `packed` made of many rows."""
        counts, epoch_us = integers(packed), self.epoch_us
        return [
            [None if count == NEVER else count + epoch_us for count in counts[first::columns]]
            for first in range(columns)
        ]


def integers(packed: bytes) -> array[int]:
    """Return packed integers: eight bytes each, the first the most significant."""
    counts = array("q", packed)
    if sys.byteorder == "little":
        counts.byteswap()
    return counts


# Hours, not days: a day's length is the session time zone's affair.
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
    infinity=str(NEVER),
    epoch_us=0,
    to_1970=None,
)


def postgres_instants(column_type: TypeEngine[Any], naive_times: NaiveTimes, field: str) -> PostgresInstants:
    """Return how a column of PostgreSQL holds instants.

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
        raise _naive_times_refused(field, "a timestamp")
    return NAIVE_UTC


@dataclass(frozen=True, slots=True)
class SQLiteInstants:
    """Columns of SQLite, integers and texts alike.

    Attributes:
        naive_times: what a text without an offset means.
    """

    naive_times: NaiveTimes

    def is_before(self, column: Expression, bound: str) -> ColumnElement[bool]:
        """As the protocol says, texts up to two days after the bound too."""
        text: Expression = bindparam(f"{bound}_and_slack")
        return or_(column < bindparam(bound), and_(column >= "", column < text))

    def is_after(self, column: Expression, bound: str) -> ColumnElement[bool]:
        """As the protocol says, texts up to two days before the bound too."""
        return or_(and_(column > bindparam(bound), column < ""), column > bindparam(f"{bound}_less_slack"))

    def parameters(self, bound: str, instant: int) -> dict[str, object]:
        """As the protocol says."""
        return {
            bound: instant,
            f"{bound}_and_slack": _date_text(instant + _SLACK_US),
            f"{bound}_less_slack": _date_text(instant - _SLACK_US),
        }

    def read(self, value: object, field: str) -> int:
        """Return a stored value as an instant.

        Raises:
            InvalidTypeError, InvalidTimestampError, NaiveDatetimeError, InstantOutOfRangeError: it is none.
        """
        if type(value) is int:
            return value
        if not isinstance(value, str):
            raise InvalidTypeError(
                f"{field} is {shown(value)}; store microseconds since 1970 as an integer, or RFC 3339 text", field=field
            )
        if not _OFFSET.search(value):
            if self.naive_times is NaiveTimes.REFUSED:
                raise _naive_times_refused(field, shown(value))
            value += "Z"
        return instant_us(parse_timestamp(value, field=field), field=field)


def _date_text(instant: int) -> str:
    return moment(instant).date().isoformat()


def _naive_times_refused(field: str, value: str) -> NaiveDatetimeError:
    return NaiveDatetimeError(
        f"{field} is {value} without a time zone; store an offset, or map naive_times=NaiveTimes.UTC if it is UTC",
        field=field,
    )
