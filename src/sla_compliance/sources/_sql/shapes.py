"""The shapes of results: columns packed into one row by PostgreSQL, plain rows by SQLite."""
################################################################
# The shape decides what a statement costs. PostgreSQL aggregates all rows into one
# value, so a hundred thousand alarms are one row and the driver builds no object
# for any of them. Pairs of instants are sixteen bytes each; whole rows are one array
# of texts, the first of which holds the row's instants, packed.
################################################################

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, Self

from sqlalchemy import ColumnElement, Connection, LargeBinary, Select, func, literal_column, select, true
from sqlalchemy.dialects.postgresql import array as sql_array
from sqlalchemy.sql.functions import Function
from sqlalchemy.types import NullType

from sla_compliance.errors import SLAComplianceError
from sla_compliance.sources._sql.instants import Expression, PostgresInstants, SQLiteInstants

Pairs = tuple[tuple[int, ...], tuple[int, ...]]
Fault = tuple[int, SLAComplianceError]


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


class Statement(Protocol):
    """A statement and how to read its result; made once, executed with the parameters of each request."""

    def fetch(self, connection: Connection, parameters: Mapping[str, object]) -> Columns:
        """Execute the statement and return its result."""
        ...


@dataclass(frozen=True, slots=True)
class PackedRows:
    """Whole rows of PostgreSQL."""

    fields: Fields
    kind: PostgresInstants
    select: Select[Any]

    @classmethod
    def where(cls, condition: ColumnElement[bool], fields: Fields, kind: PostgresInstants) -> Self:
        """Return the statement for the rows that meet a condition."""
        return cls(fields, kind, select(_aggregate_of_rows(fields, kind)).where(condition))

    def fetch(self, connection: Connection, parameters: Mapping[str, object]) -> Columns:
        """As the protocol says."""
        rows = connection.execute(self.select, parameters).scalar_one()
        return _columns_of_rows(rows, self.fields, self.kind)


@dataclass(frozen=True, slots=True)
class PairsAndRows:
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

    def fetch(self, connection: Connection, parameters: Mapping[str, object]) -> Columns:
        """As the protocol says."""
        packed_pairs, rows = connection.execute(self.select, parameters).one()
        starts_us, ends_us = self.kind.unpack_from_1970(packed_pairs or b"", 2)  # the aggregate of no rows is NULL
        whole_rows = _columns_of_rows(rows, self.fields, self.kind)
        return Columns(whole_rows.by_name, pairs=(tuple(starts_us), tuple(ends_us)))


def _aggregate_of_rows(fields: Fields, kind: PostgresInstants) -> Function[Any]:
    """Return the aggregate of all rows: an array of texts each, of which the first holds the instants, packed."""
    packed = kind.pack(list(fields.instants.values()))
    instants = func.encode(packed, literal_column("'hex'"))
    return func.array_agg(sql_array([instants, *fields.plain_columns.values()]), type_=NullType())


def _columns_of_rows(rows: list[list[Any]] | None, fields: Fields, kind: PostgresInstants) -> Columns:
    """Return the columns of what `_aggregate_of_rows` makes of rows: None of no rows."""
    if rows is None:
        return Columns({name: [] for name in fields.names})
    packed, *plain_columns = map(list, zip(*rows, strict=True))
    instants = kind.unpack(bytes.fromhex("".join(packed)), len(fields.instants))
    return Columns(dict(zip(fields.names, [*instants, *plain_columns], strict=True)))


@dataclass(frozen=True, slots=True)
class PlainRows:
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

    def fetch(self, connection: Connection, parameters: Mapping[str, object]) -> Columns:
        """As the protocol says."""
        rows = connection.execute(self.select, parameters).all()
        by_name: dict[str, list[Any]] = {name: [] for name in self.fields.names}
        if rows:
            columns = map(list, zip(*rows, strict=True))
            by_name = dict(zip(self.fields.names, columns, strict=True))
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
) -> Statement:
    """Return the statement that fetches whole rows from the database of `kind`."""
    if isinstance(kind, PostgresInstants):
        return PackedRows.where(condition, fields, kind)
    return PlainRows.where(condition, fields, kind, table)
