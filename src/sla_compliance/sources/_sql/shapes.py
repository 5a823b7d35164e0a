"""The shapes of results: columns packed into one row by PostgreSQL, plain rows by SQLite."""
################################################################
# The shape decides what a statement costs. PostgreSQL aggregates all rows into one
# value, so a hundred thousand alarms are one row and the driver builds no object
# for any of them. Pairs of instants are sixteen bytes each; whole rows are lines, each
# a JSON array of texts, the first of which holds the row's instants, packed.
#
# The rows of SQLite are fetched some at a time, and over an async engine other work
# goes on in between. Large results become columns piece by piece, see off_loop.py.
################################################################

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, Self

from sqlalchemy import ColumnElement, Connection, LargeBinary, Select, Text, cast, func, literal_column, select, true
from sqlalchemy.dialects.postgresql import array as sql_array
from sqlalchemy.sql.functions import Function

from sla_compliance.errors import SLAComplianceError
from sla_compliance.sources._sql.instants import Expression, PostgresInstants, SQLiteInstants
from sla_compliance.sources._sql.off_loop import CHARACTERS_PER_PIECE, ROWS_PER_PIECE

Pairs = tuple[tuple[int, ...], tuple[int, ...]]
Fault = tuple[int, SLAComplianceError]

_LINE_FEED: Final = "\n"


@dataclass(frozen=True, slots=True)
class Fields:
    """The columns to fetch: expressions by name.

    Attributes:
        instants: columns that hold instants.
        plain_columns: all other columns, fetched as they are.
    """

    instants: Mapping[str, Expression]
    plain_columns: Mapping[str, Expression]

    @property
    def names(self) -> list[str]:
        """All names, instants first."""
        return [*self.instants, *self.plain_columns]


@dataclass(frozen=True, slots=True)
class Columns:
    """The result of a statement, by columns.

    Attributes:
        by_name: columns of one length, of the rows that came whole.
        faults: those of the whole rows that cannot be read: the row's index and its error.
        pairs: two columns of instants, of the rows that came as a pair.
    """

    by_name: Mapping[str, list[Any]]
    faults: list[Fault] = field(default_factory=list)
    pairs: Pairs = ((), ())

    def checked(self) -> Self:
        """Return the columns if there are no faults; else raise the first."""
        if self.faults:
            _, first_error = self.faults[0]
            raise first_error
        return self


@dataclass(frozen=True, slots=True)
class FetchedRows:
    """What a database sent, not read yet.

    Attributes:
        is_large: whether reading it takes long.
        columns: read it; the connection is not needed.
    """

    is_large: bool
    columns: Callable[[], Columns]


class RowsStatement(Protocol):
    """A statement and how to read its result; made once, executed with the parameters of each request."""

    def rows(self, connection: Connection, parameters: Mapping[str, object]) -> FetchedRows:
        """Execute the statement."""
        ...

    def fetch(self, connection: Connection, parameters: Mapping[str, object]) -> Columns:
        """Execute the statement and return its result, read at once: for small tables."""
        return self.rows(connection, parameters).columns()


@dataclass(frozen=True, slots=True)
class PackedRows(RowsStatement):
    """Whole rows of PostgreSQL."""

    fields: Fields
    kind: PostgresInstants
    select: Select[Any]

    @classmethod
    def where(cls, condition: ColumnElement[bool], fields: Fields, kind: PostgresInstants) -> Self:
        """Return the statement for the rows that meet a condition."""
        return cls(fields, kind, select(_aggregate_of_rows(fields, kind)).where(condition))

    def rows(self, connection: Connection, parameters: Mapping[str, object]) -> FetchedRows:
        """As the protocol says."""
        text = connection.execute(self.select, parameters).scalar_one() or ""
        return FetchedRows(len(text) > CHARACTERS_PER_PIECE, lambda: _columns_of_lines(text, self.fields, self.kind))


@dataclass(frozen=True, slots=True)
class PairsAndRows(RowsStatement):
    """Rows of PostgreSQL: two instants of those for which that is enough, the others whole."""

    fields: Fields
    kind: PostgresInstants
    select: Select[Any]

    @classmethod
    def where(
        cls,
        condition: ColumnElement[bool],
        pair: tuple[Expression, Expression],
        is_pair_enough: ColumnElement[bool],
        fields: Fields,
        kind: PostgresInstants,
    ) -> Self:
        """Return the statement for the rows that meet a condition.

        Args:
            pair: the two instants; neither missing nor near the ends of time where `is_pair_enough` is true.
        """
        no_separator: Expression = literal_column("''::bytea")
        pairs = func.string_agg(kind.pack_from_1970(pair), no_separator, type_=LargeBinary)
        whole_rows = _aggregate_of_rows(fields, kind)
        # IS NOT TRUE, for the condition is NULL where an instant is missing: such rows come whole.
        statement = select(pairs.filter(is_pair_enough), whole_rows.filter(is_pair_enough.is_not(true())))
        return cls(fields, kind, statement.where(condition))

    def rows(self, connection: Connection, parameters: Mapping[str, object]) -> FetchedRows:
        """As the protocol says."""
        packed_pairs, text = connection.execute(self.select, parameters).one()
        packed_pairs, text = packed_pairs or b"", text or ""  # the aggregates of no rows are NULL
        is_large = len(packed_pairs) + len(text) > CHARACTERS_PER_PIECE
        return FetchedRows(is_large, lambda: self._columns(packed_pairs, text))

    def _columns(self, packed_pairs: bytes, text: str) -> Columns:
        starts_us, ends_us = self.kind.unpack_from_1970(packed_pairs, 2)
        whole_rows = _columns_of_lines(text, self.fields, self.kind)
        return Columns(whole_rows.by_name, pairs=(tuple(starts_us), tuple(ends_us)))


def _aggregate_of_rows(fields: Fields, kind: PostgresInstants) -> Function[Any]:
    """Return the aggregate of all rows: lines of JSON, each an array of texts; the first holds the instants, packed."""
    packed = kind.pack(list(fields.instants.values()))
    instants = func.encode(packed, literal_column("'hex'"))
    line = cast(func.array_to_json(sql_array([instants, *fields.plain_columns.values()])), Text)
    return func.string_agg(line, literal_column("E'\\n'"), type_=Text)


def _columns_of_lines(text: str, fields: Fields, kind: PostgresInstants) -> Columns:
    """Return the columns of what `_aggregate_of_rows` makes of rows; of no rows it is empty here."""
    packed: list[bytes] = []
    plain_columns: list[list[Any]] = [[] for _ in fields.plain_columns]
    for piece in _pieces(text):
        # A line feed of a text is escaped in JSON, so each one here ends a row.
        rows = json.loads(f"[{piece.replace(_LINE_FEED, ',')}]")
        instants_of_rows, *plain_columns_of_rows = zip(*rows, strict=True)
        packed.append(bytes.fromhex("".join(instants_of_rows)))
        for column, values in zip(plain_columns, plain_columns_of_rows, strict=True):
            column.extend(values)
    instants = kind.unpack(b"".join(packed), len(fields.instants))
    return Columns(dict(zip(fields.names, [*instants, *plain_columns], strict=True)))


def _pieces(text: str) -> Iterator[str]:
    """Yield a text in pieces of whole lines, without the line feed at the end of each."""
    start = 0
    while start < len(text):
        end = text.find(_LINE_FEED, start + CHARACTERS_PER_PIECE)
        if end < 0:
            end = len(text)
        yield text[start:end]
        start = end + 1


@dataclass(frozen=True, slots=True)
class PlainRows(RowsStatement):
    """Whole rows of SQLite.

    Attributes:
        table: what to call the table in messages.
    """

    fields: Fields
    kind: SQLiteInstants
    select: Select[Any]
    table: str

    @classmethod
    def where(cls, condition: ColumnElement[bool], fields: Fields, kind: SQLiteInstants, table: str) -> Self:
        """Return the statement for the rows that meet a condition."""
        columns = (*fields.instants.values(), *fields.plain_columns.values())
        return cls(fields, kind, select(*columns).where(condition), table)

    def rows(self, connection: Connection, parameters: Mapping[str, object]) -> FetchedRows:
        """As the protocol says."""
        by_name: dict[str, list[Any]] = {name: [] for name in self.fields.names}
        result = connection.execute(self.select, parameters, execution_options={"yield_per": ROWS_PER_PIECE})
        row_count = 0
        for rows in result.partitions():
            row_count += len(rows)
            for column, values in zip(by_name.values(), zip(*rows, strict=True), strict=True):
                column.extend(values)
        return FetchedRows(row_count > ROWS_PER_PIECE, lambda: self._with_instants(by_name))

    def _with_instants(self, by_name: dict[str, list[Any]]) -> Columns:
        """Return the columns with those of instants read."""
        faults: list[Fault] = []
        for name in self.fields.instants:
            by_name[name] = self._instants(name, by_name[name], faults)
        return Columns(by_name, faults)

    def _instants(self, name: str, column: Sequence[object], faults: list[Fault]) -> list[int | None]:
        """Return a column of instants; a value that holds no instant becomes a fault of its row."""
        instants: list[int | None] = []
        for row, value in enumerate(column):
            field = f"{self.table}[{row}].{name}"
            try:
                instant_us = None if value is None else self.kind.read(value, field)
            except SLAComplianceError as error:
                faults.append((row, error))
                instant_us = 0  # the row is a fault: no instant of it is ever used
            instants.append(instant_us)
        return instants


def rows_statement(
    fields: Fields, kind: PostgresInstants | SQLiteInstants, condition: ColumnElement[bool], table: str
) -> RowsStatement:
    """Return the statement that fetches whole rows from the database of `kind`."""
    if isinstance(kind, PostgresInstants):
        return PackedRows.where(condition, fields, kind)
    return PlainRows.where(condition, fields, kind, table)
