"""What statements return: columns packed into one row by PostgreSQL, plain rows by SQLite."""
################################################################
# What a statement returns decides what it costs. PostgreSQL aggregates all rows
# into one value, so a hundred thousand alarms are one row and the driver builds
# no object for any of them: pairs of instants as sixteen bytes each, whole rows
# as one array of texts, their instants packed in the first.
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
from sla_compliance.sources._sql.instants import Expression, PostgresInstants, SQLiteInstants, integers

Pairs = tuple[tuple[int, ...], tuple[int, ...]]
Fault = tuple[int, SLAComplianceError]


@dataclass(frozen=True, slots=True)
class Fields:
    """What to fetch of a row: expressions by name."""

    instants: Mapping[str, Expression]
    others: Mapping[str, Expression]

    @property
    def names(self) -> list[str]:
        """All names, instants first."""
        return [*self.instants, *self.others]


@dataclass(frozen=True, slots=True)
class Columns:
    """What a statement fetched.

    Attributes:
        by_name: columns of one length, of the rows that came whole.
        faults: of those rows, the ones that could not be read: the row and what is wrong with it.
        pairs: two columns, of the rows of which only two instants came.
    """

    by_name: Mapping[str, list[Any]]
    faults: list[Fault] = field(default_factory=list)
    pairs: Pairs = ((), ())

    def checked(self) -> Self:
        """Return the columns if all rows could be read; else raise what is wrong with the first that could not."""
        for _, error in self.faults:
            raise error
        return self


class Statement(Protocol):
    """A statement and how to read its result; made once, executed with the parameters of each request."""

    def fetch(self, connection: Connection, parameters: Mapping[str, object]) -> Columns:
        """Return what the statement finds."""
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
        return cls(fields, kind, select(_packed_rows(fields, kind)).where(condition))

    def fetch(self, connection: Connection, parameters: Mapping[str, object]) -> Columns:
        """As the protocol says."""
        return _unpacked_rows(connection.execute(self.select, parameters).scalar_one(), self.fields, self.kind)


@dataclass(frozen=True, slots=True)
class PairsAndRows:
    """Two instants of some rows of PostgreSQL, and the others whole."""

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
        pairs = func.string_agg(kind.packed_from_1970(pair), literal_column("''::bytea"), type_=LargeBinary)
        others = _packed_rows(fields, kind)
        columns = (pairs.filter(is_pair_enough), others.filter(is_pair_enough.is_not(true())))
        return cls(fields, kind, select(*columns).where(condition))

    def fetch(self, connection: Connection, parameters: Mapping[str, object]) -> Columns:
        """As the protocol says."""
        pairs, others = connection.execute(self.select, parameters).one()
        instants = integers(pairs or b"")
        rows = _unpacked_rows(others, self.fields, self.kind)
        return Columns(rows.by_name, pairs=(tuple(instants[0::2]), tuple(instants[1::2])))


def _packed_rows(fields: Fields, kind: PostgresInstants) -> Function[Any]:
    """Return the aggregate of all rows as one array of texts, the instants packed in the first."""
    instants = func.encode(kind.packed(list(fields.instants.values())), literal_column("'hex'"))
    return func.array_agg(sql_array([instants, *fields.others.values()]), type_=NullType())


def _unpacked_rows(rows: list[list[Any]] | None, fields: Fields, kind: PostgresInstants) -> Columns:
    """Return the columns of aggregated rows; the aggregate of no rows is NULL."""
    if rows is None:
        return Columns({name: [] for name in fields.names})
    packed, *others = map(list, zip(*rows, strict=True))
    instants = kind.unpacked(bytes.fromhex("".join(packed)), len(fields.instants))
    return Columns(dict(zip(fields.names, [*instants, *others], strict=True)))


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
        columns = (*fields.instants.values(), *fields.others.values())
        return cls(fields, kind, select(*columns).where(condition), table)

    def fetch(self, connection: Connection, parameters: Mapping[str, object]) -> Columns:
        """As the protocol says."""
        rows = connection.execute(self.select, parameters).all()
        columns = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in self.fields.names]
        faults: list[Fault] = []
        for name, column in zip(self.fields.instants, columns, strict=False):
            column[:] = self._read(name, column, faults)
        return Columns(dict(zip(self.fields.names, columns, strict=True)), faults)

    def _read(self, name: str, column: Sequence[object], faults: list[Fault]) -> list[int | None]:
        """Return a column of instants; a value that is none becomes a fault of its row."""
        instants: list[int | None] = []
        for row, value in enumerate(column):
            where = f"{self.table}[{row}].{name}"
            try:
                instants.append(None if value is None else self.kind.read(value, where))
            except SLAComplianceError as error:
                faults.append((row, error))
                instants.append(0)
        return instants


def rows_statement(
    fields: Fields, kind: PostgresInstants | SQLiteInstants, condition: ColumnElement[bool], table: str
) -> Statement:
    """Return the statement that fetches whole rows from the database of `kind`."""
    if isinstance(kind, PostgresInstants):
        return PackedRows.where(condition, fields, kind)
    return PlainRows.where(condition, fields, kind, table)
