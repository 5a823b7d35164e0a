"""What a mapped table really looks like, asked of the database once and then remembered."""
################################################################
# Names of enum types are never assumed and never sent: texts go to the server
# without a type, so it reads them as whatever the column is, and an index on the
# column stays of use. Only an enum's own labels may be sent so; they are
# looked up here.
################################################################

from __future__ import annotations

import warnings
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Enum, TableClause, Text, bindparam, cast, column, inspect, table
from sqlalchemy.exc import NoSuchTableError, SAWarning
from sqlalchemy.types import NullType, TypeEngine

from sla_compliance.errors import InvalidValueError, shown
from sla_compliance.sources._sql.instants import Expression, PostgresInstants, SQLiteInstants, postgres_instants
from sla_compliance.sources._sql.mappings import NaiveTimes

POSTGRESQL: Final = "postgresql"
SQLITE: Final = "sqlite"


@dataclass(frozen=True, slots=True)
class ReflectedTable:
    """A table as the database describes it.

    Attributes:
        name: with its schema, if that is given.
        selectable: the table to select from.
        types: its columns' types by name.
        dialect: POSTGRESQL or SQLITE.
    """

    name: str
    selectable: TableClause
    types: Mapping[str, TypeEngine[Any]]
    dialect: str

    def column(self, name: str) -> Expression:
        """Return a column without its type, so that values bound beside it have none either."""
        found: Expression = self.selectable.c[name]
        return found

    def shown(self, name: str) -> Expression:
        """Return a column to fetch: in PostgreSQL as text, whatever enum or UUID it is."""
        return cast(self.column(name), Text) if self.dialect == POSTGRESQL else self.column(name)

    def instants(self, names: Iterable[str], naive_times: NaiveTimes) -> PostgresInstants | SQLiteInstants:
        """Return how some columns hold instants.

        Raises:
            NaiveDatetimeError: one holds times without a zone and the mapping does not say that they are UTC.
            InvalidTypeError, InvalidValueError: one holds no instants, or they are of several types.
        """
        if self.dialect == SQLITE:
            return SQLiteInstants(naive_times)
        kinds = {name: postgres_instants(self.types[name], naive_times, f"{self.name}.{name}") for name in names}
        if len(set(kinds.values())) > 1:
            raise InvalidValueError(
                f"columns {', '.join(kinds)} of {self.name} differ in type; use timestamp with time zone for all",
                field=self.name,
            )
        return next(iter(kinds.values()))

    def means_one_of(self, name: str, texts: Collection[str]) -> ColumnElement[bool]:
        """Return the condition that a column holds one of some lower-case texts, however it is spelled."""
        return self.column(name).in_([_untyped(None, spelling) for spelling in self.spellings(name, texts)])

    def spellings(self, name: str, texts: Collection[str]) -> list[str]:
        """Return what a column may hold to mean one of some lower-case texts: of an enum, its own labels."""
        column_type = self.types[name]
        if isinstance(column_type, Enum) and self.dialect == POSTGRESQL:
            return [label for label in column_type.enums if label.lower() in texts]
        return [spelling for text in sorted(texts) for spelling in (text, text.upper(), text.capitalize())]

    def is_equal(self, name: str, parameter: str) -> ColumnElement[bool]:
        """Return the condition that a column holds the text given as a parameter."""
        return self.column(name) == _untyped(parameter)


def _untyped(name: str | None, value: str | None = None) -> Expression:
    """Return a bound text that the server reads as whatever it is compared with."""
    return bindparam(name, value, type_=NullType(), unique=name is None)


def reflected(connection: Connection, name: str, schema: str | None, needed: Collection[str]) -> ReflectedTable:
    """Return a table as the database describes it.

    Raises:
        InvalidValueError: there is no such table, it lacks a column of `needed`, or the database is another one.
    """
    dialect, full_name = connection.dialect.name, f"{schema}.{name}" if schema else name
    if dialect not in (POSTGRESQL, SQLITE):
        raise InvalidValueError(f"the engine speaks {dialect}; give one of PostgreSQL or SQLite", field="engine")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SAWarning)  # types of columns that nobody asks for
            found = inspect(connection).get_columns(name, schema=schema)
    except NoSuchTableError:
        raise InvalidValueError(f"there is no table {full_name}; map the one to read", field=full_name) from None
    types = {str(each["name"]): each["type"] for each in found}
    missing = [each for each in needed if each not in types]
    if missing:
        raise InvalidValueError(
            f"table {full_name} has no column {shown(missing[0])}; map the one it has, or None if it is optional",
            field=f"{full_name}.{missing[0]}",
        )
    return ReflectedTable(full_name, table(name, *map(column, types), schema=schema), types, dialect)


def storable(tenant_id: str) -> str:
    """Return a tenant id that a database can hold.

    Raises:
        InvalidValueError: it holds NUL or half a character, as no stored tenant id does.
    """
    if "\0" in tenant_id or any("\ud800" <= character <= "\udfff" for character in tenant_id):
        raise InvalidValueError(
            f"tenant_id is {shown(tenant_id)}; no database holds NUL or lone surrogates", field="tenant_id"
        )
    return tenant_id
