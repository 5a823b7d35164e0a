"""Rows by their ids, and their ancestors: names are compared as text, and an index on a column stays of use."""
################################################################
# A column of integers or UUIDs is compared with those names alone that read as one of
# its values; no other can be there. In SQLite a column may hold numbers whatever its
# type, so a name that reads as one is sought as both.
#
# Ancestors are read a generation at a time, as few rows have a parent: a statement
# more for each, and none where no row that was read names a parent that was not.
################################################################

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Integer, String, Text, Uuid, and_, bindparam, cast, or_
from sqlalchemy.types import NullType

from sla_compliance.batch import AlarmBatch
from sla_compliance.lazy import lazy_property
from sla_compliance.rows_by_id import ancestors, parents_named, with_ids, with_rows_found
from sla_compliance.sources._sql.ancestors import DEEPEST
from sla_compliance.sources._sql.instants import Expression
from sla_compliance.sources._sql.reflection import SQLITE, ReflectedTable, checked_tenant_id
from sla_compliance.sources._sql.shapes import Columns, RowsStatement
from sla_compliance.sources._sql.tenant_looks import TENANT

NAMES_AT_ONCE: Final = 5_000
_BEYOND_INTEGERS: Final = 2**63


@dataclass(frozen=True)
class NameColumn:
    """A column by which rows are named: of their ids, or of their alarm_ids.

    Attributes:
        table: whose it is.
        name: the column's name.
        parameter: the statement's parameter for the names that are sought.
    """

    table: ReflectedTable
    name: str
    parameter: str

    @property
    def is_one_of_names(self) -> ColumnElement[bool]:
        """The condition that a row's name is one of the parameter."""
        column: Expression = self.table.column(self.name)
        is_comparable = isinstance(self.table.types[self.name], Integer | Uuid | String)
        if self.table.dialect != SQLITE and not is_comparable:
            column = cast(column, Text)
        return column.in_(bindparam(self.parameter, expanding=True, type_=NullType()))

    def values_of(self, texts: Iterable[str]) -> list[str | int]:
        """Return the values that the column may hold, of those that read as one of some texts."""
        storable_texts = [text for text in texts if _is_storable(text)]
        integers = [int(text) for text in storable_texts if _is_integer(text)]
        if self.table.dialect == SQLITE:
            return [*storable_texts, *integers]
        column_type = self.table.types[self.name]
        if isinstance(column_type, Integer):
            return [*integers]
        if isinstance(column_type, Uuid):
            return [text for text in storable_texts if _is_uuid(text)]
        return [*storable_texts]


@dataclass(frozen=True)
class RowsById:
    """Finds the rows of a mapped table by their ids.

    Attributes:
        ids: the column of ids.
        alarm_ids: the column of alarm_ids, by which parents are named too; None where there is none.
        is_tenants: the condition that a row is the tenant's.
        statement_where: returns the statement that reads the rows of a condition in full.
    """

    ids: NameColumn
    alarm_ids: NameColumn | None
    is_tenants: ColumnElement[bool]
    statement_where: Callable[[ColumnElement[bool]], RowsStatement]

    def read(
        self,
        connection: Connection,
        tenant_id: str,
        row_ids: Collection[str],
        batch_of: Callable[[Columns], AlarmBatch],
    ) -> AlarmBatch:
        """Return the rows of a tenant with some ids, and their ancestors.

        Args:
            batch_of: returns the batch of what a statement fetched.
        """
        batch = AlarmBatch()
        for some_ids in _pieces(row_ids):
            rows = batch_of(self._fetched(connection, self._of_ids, tenant_id, some_ids, [self.ids]))
            # SQLite takes 017 and 17 for the same number; their texts differ.
            batch = batch.joined(with_ids(rows, some_ids))
        names_sought: set[str] = set()
        for _ in range(DEEPEST):
            names = parents_named(batch) - names_sought
            if not names:
                break
            names_sought |= names
            for some_names in _pieces(names):
                columns = self._fetched(connection, self._of_names, tenant_id, some_names, self._name_columns)
                parents = batch_of(columns)
                # A parent that is a bad row says nothing; it was not asked for by its id.
                parents = replace(parents.take(sorted(ancestors(parents, some_names))), rejected=())
                batch = with_rows_found(batch, parents, ())
        return batch

    @property
    def _name_columns(self) -> list[NameColumn]:
        return [self.ids] if self.alarm_ids is None else [self.ids, self.alarm_ids]

    @lazy_property
    def _of_ids(self) -> RowsStatement:
        return self.statement_where(and_(self.is_tenants, self.ids.is_one_of_names))

    @lazy_property
    def _of_names(self) -> RowsStatement:
        is_named = or_(*(column.is_one_of_names for column in self._name_columns))
        return self.statement_where(and_(self.is_tenants, is_named))

    def _fetched(
        self,
        connection: Connection,
        statement: RowsStatement,
        tenant_id: str,
        names: Sequence[str],
        columns: Iterable[NameColumn],
    ) -> Columns:
        values = {column.parameter: column.values_of(names) for column in columns}
        return statement.fetch(connection, {TENANT: checked_tenant_id(tenant_id), **values})


def _pieces(names: Collection[str]) -> Iterator[list[str]]:
    """Yield names in lists that a statement can take at once."""
    in_order = sorted(names)
    for first in range(0, len(in_order), NAMES_AT_ONCE):
        yield in_order[first : first + NAMES_AT_ONCE]


def _is_storable(text: str) -> bool:
    """Return whether a database can hold a text: no NUL, no half character."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def _is_integer(text: str) -> bool:
    """Return whether a text is how an integer of eight bytes reads."""
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()) or len(digits) > len(str(_BEYOND_INTEGERS)):
        return False
    number = int(text)
    return str(number) == text and -_BEYOND_INTEGERS <= number < _BEYOND_INTEGERS


def _is_uuid(text: str) -> bool:
    """Return whether a text is how a UUID reads."""
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
