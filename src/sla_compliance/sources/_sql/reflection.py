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
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Enum,
    Integer,
    TableClause,
    Text,
    bindparam,
    cast,
    column,
    inspect,
    table,
)
from sqlalchemy.exc import NoSuchTableError, SAWarning
from sqlalchemy.types import NullType, TypeEngine

from sla_compliance.errors import InvalidValueError, shown
from sla_compliance.sources._sql.instants import Instants, SQLiteInstants, instants_of
from sla_compliance.sources._sql.mappings import NaiveTimes


@dataclass(frozen=True, slots=True)
class ReflectedTable:
    """A table as the database describes it.

    Attributes:
        selectable: the table to select from.
        types: its columns' types by name.
        dialect: SQLAlchemy's name of the database.
    """

    selectable: TableClause
    types: Mapping[str, TypeEngine[Any]]
    dialect: str

    @property
    def is_postgresql(self) -> bool:
        """Whether the database packs columns."""
        return self.dialect == "postgresql"

    def column(self, name: str) -> ColumnElement[Any]:
        """Return a column without its type, so that values bound beside it have none either."""
        found: ColumnElement[Any] = self.selectable.c[name]
        return found

    def shown(self, name: str) -> ColumnElement[Any]:
        """Return a column to fetch: text or integers, whatever enum or UUID it is."""
        is_plain = not self.is_postgresql or isinstance(self.types[name], Integer)
        return self.column(name) if is_plain else cast(self.column(name), Text)

    def instants(self, names: Iterable[str], naive_times: NaiveTimes) -> Instants:
        """Return how some columns hold instants.

        Raises:
            NaiveDatetimeError: one holds times without a zone and the mapping does not say that they are UTC.
            InvalidTypeError, InvalidValueError: one holds no instants, or they are of several types.
        """
        if self.dialect == "sqlite":
            return SQLiteInstants(naive_times)
        kinds = {name: instants_of(self.types[name], naive_times, f"{self.selectable}.{name}") for name in names}
        if len(set(kinds.values())) > 1:
            raise InvalidValueError(f"columns {', '.join(kinds)} of {self.selectable} differ in type; use one for all")
        return next(iter(kinds.values()))

    def spellings(self, name: str, texts: Collection[str]) -> list[str]:
        """Return the values of a column that mean one of some lower-case texts: of an enum those that it has."""
        column_type = self.types[name]
        if isinstance(column_type, Enum) and self.dialect != "sqlite":
            return [label for label in column_type.enums if label.lower() in texts]
        return [spelling for text in sorted(texts) for spelling in (text, text.upper(), text.capitalize())]


def reflected(connection: Connection, name: str, schema: str | None, needed: Collection[str]) -> ReflectedTable:
    """Return a table as the database describes it.

    Raises:
        InvalidValueError: there is no such table, or it lacks a column of `needed`.
    """
    full_name = f"{schema}.{name}" if schema else name
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
    return ReflectedTable(table(name, *map(column, types), schema=schema), types, connection.dialect.name)


def untyped(value: str) -> BindParameter[Any]:
    """Return a text as a bound parameter that the server reads as whatever it is compared with."""
    return bindparam(None, value, type_=NullType(), unique=True)


def is_one_of(expression: ColumnElement[Any], texts: Collection[str]) -> ColumnElement[bool]:
    """Return the condition that an expression is one of some texts, sent untyped."""
    return expression.in_(bindparam(None, list(texts), type_=NullType(), expanding=True, unique=True))


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
