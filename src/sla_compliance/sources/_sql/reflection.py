"""A mapped table as the database describes it; reflected once for each source."""
################################################################
# The name of an enum type is neither assumed nor sent: texts go to the server
# without a type, so the server reads them as the type of the column, and an index
# on the column stays of use.
#
# Where the mapping has a condition (`where`), what statements select from is a subquery
# of the rows that meet it. So every statement keeps to it, also one that selects from
# the table twice, and its columns mean those of one table. Both databases merge such a
# subquery into the statement, and an index stays of use.
################################################################

from __future__ import annotations

import warnings
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    DateTime,
    Integer,
    Text,
    bindparam,
    cast,
    column,
    inspect,
    literal_column,
    select,
    table,
)
from sqlalchemy.exc import NoSuchTableError, SAWarning
from sqlalchemy.sql.selectable import FromClause
from sqlalchemy.types import NullType, TypeEngine

from sla_compliance.errors import InvalidTenantError, InvalidValueError, shown
from sla_compliance.rows.times import LocalTimes
from sla_compliance.sources._sql.instants import Expression, PostgresInstants, SQLiteInstants, postgres_instants
from sla_compliance.sources._sql.mappings import NaiveTimes
from sla_compliance.zones import load_zone

POSTGRESQL: Final = "postgresql"
SQLITE: Final = "sqlite"


@dataclass(frozen=True, slots=True)
class ReflectedTable:
    """A table as the database describes it.

    Attributes:
        name: the name, after that of the schema where the mapping names one.
        selectable: what to select from: the table, or the rows of it that meet the mapping's condition.
        types: the columns' types by name.
        dialect: POSTGRESQL or SQLITE.
    """

    name: str
    selectable: FromClause
    types: Mapping[str, TypeEngine[Any]]
    dialect: str

    def column(self, name: str) -> Expression:
        """Return a column without its type, so that values bound beside it have none either."""
        untyped_column: Expression = self.selectable.c[name]
        return untyped_column

    def column_as_text(self, name: str) -> Expression:
        """Return a column to fetch: in PostgreSQL cast to text, for it may be an enum or a UUID."""
        return cast(self.column(name), Text) if self.dialect == POSTGRESQL else self.column(name)

    def instants(
        self, names: Iterable[str], naive_times: NaiveTimes, times_in: str | None = None
    ) -> PostgresInstants | SQLiteInstants:
        """Return how some columns hold instants; in PostgreSQL all are of one type.

        Args:
            times_in: the zone of times without an offset; where it is given, `naive_times` says nothing.

        Raises:
            NaiveDatetimeError: a column holds times without a zone and the mapping does not say that they are UTC.
            InvalidTypeError: a column holds no instants.
            InvalidValueError: the columns are of several types.
        """
        local_times = None if times_in is None else LocalTimes(load_zone(times_in, field="times_in"))
        if self.dialect == SQLITE:
            return SQLiteInstants(naive_times, local_times)
        kinds: dict[str, PostgresInstants] = {}
        for name in names:
            kinds[name] = postgres_instants(self.types[name], naive_times, f"{self.name}.{name}", local_times)
        distinct_kinds = set(kinds.values())
        if len(distinct_kinds) > 1:
            raise InvalidValueError(
                f"columns {', '.join(kinds)} of {self.name} differ in type; use timestamp with time zone for all",
                field=self.name,
            )
        return distinct_kinds.pop()

    def has_instants_like(self, name: str, other_name: str) -> bool:
        """Return whether there is a column that holds instants as another does; in SQLite each value says how."""
        if name not in self.types:
            return False
        if self.dialect == SQLITE:
            return True
        left, right = self.types[name], self.types[other_name]
        is_alike = isinstance(left, Integer) and isinstance(right, Integer)
        are_times = isinstance(left, DateTime) and isinstance(right, DateTime)
        return is_alike or (are_times and getattr(left, "timezone", None) == getattr(right, "timezone", None))

    def comparable(self, text: Expression, name: str) -> Expression:
        """Return a text as it is compared with the column so named: with a column of integers as one of them."""
        if self.dialect == POSTGRESQL and isinstance(self.types[name], Integer):
            # asyncpg takes an int alone where the server expects an integer; so the server gets the text.
            return cast(cast(text, Text), BigInteger)
        return text

    def parameter(self, parameter: str, name: str) -> Expression:
        """Return the parameter so named, a text without a type, as it is compared with the column `name`."""
        return self.comparable(bindparam(parameter, type_=NullType()), name)

    def is_equal(self, name: str, parameter: str) -> ColumnElement[bool]:
        """Return the condition that a column equals the parameter so named, a text."""
        return self.column(name) == self.parameter(parameter, name)


def reflect_table(
    connection: Connection,
    name: str,
    schema: str | None,
    needed: Collection[str],
    *,
    where: str | None = None,
    may_be_empty: bool = False,
) -> ReflectedTable:
    """Return a table as the database describes it.

    Args:
        where: the condition of the rows that count, in SQL; None: all do.
        may_be_empty: whether a platform that has no such table can do with an empty one, as the error then says.

    Raises:
        InvalidValueError: there is no such table, it lacks a column of `needed`, or the database is neither PostgreSQL
            nor SQLite.
    """
    dialect = connection.dialect.name
    full_name = f"{schema}.{name}" if schema else name
    if dialect not in (POSTGRESQL, SQLITE):
        raise InvalidValueError(f"the engine speaks {dialect}; give one of PostgreSQL or SQLite", field="engine")
    try:
        with warnings.catch_warnings():
            # SQLAlchemy warns of types that it does not know, also of columns that are not read here.
            warnings.simplefilter("ignore", SAWarning)
            descriptions = inspect(connection).get_columns(name, schema=schema)
    except NoSuchTableError:
        way_out = f", or create an empty one with the columns {', '.join(needed)}" if may_be_empty else ""
        message = f"there is no table {full_name}; map the one to read{way_out}"
        raise InvalidValueError(message, field=full_name) from None
    types = {str(description["name"]): description["type"] for description in descriptions}
    for column_name in needed:
        if column_name not in types:
            raise InvalidValueError(
                f"table {full_name} has no column {shown(column_name)}; map the one it has, or None if it is optional",
                field=f"{full_name}.{column_name}",
            )
    all_rows = table(name, *map(column, types), schema=schema)
    selectable = all_rows if where is None else _rows_where(all_rows, name, where)
    return ReflectedTable(full_name, selectable, types, dialect)


def _rows_where(all_rows: FromClause, name: str, where: str) -> FromClause:
    """Return the rows of a table that meet a condition, under the table's name."""
    # The bracket stands on a line of its own: the condition may end in a comment.
    condition: Expression = literal_column(f"({where}\n)")
    return select(*all_rows.c).where(condition).subquery(name)


def checked_tenant_id(tenant_id: str) -> str:
    """Return a tenant id that a database can hold.

    Raises:
        InvalidTenantError: it holds NUL or half a character, as no stored tenant id does.
    """
    if "\0" in tenant_id or any("\ud800" <= character <= "\udfff" for character in tenant_id):
        raise InvalidTenantError(
            f"tenant_id is {shown(tenant_id)}; no database holds NUL or lone surrogates",
            tenant_id=tenant_id,
            field="tenant_id",
        )
    return tenant_id
