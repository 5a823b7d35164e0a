"""Rows by their ids: ids are compared as text, and an index on the column stays of use."""
################################################################
# A column of integers or UUIDs is compared with those ids alone that read as one of
# its values; no other can be there. In SQLite a column may hold numbers whatever its
# type, so an id that reads as one is sought as both.
################################################################

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, String, Text, Uuid, bindparam, cast
from sqlalchemy.types import NullType

from sla_compliance.sources._sql.instants import Expression
from sla_compliance.sources._sql.reflection import SQLITE, ReflectedTable

IDS: Final = "row_ids"  # name of the statement's parameter
_BEYOND_INTEGERS: Final = 2**63


@dataclass(frozen=True)
class RowIds:
    """The column of ids of a mapped table.

    Attributes:
        table: it.
        name: the column's name.
    """

    table: ReflectedTable
    name: str

    @cached_property
    def is_one_of_ids(self) -> ColumnElement[bool]:
        """The condition that a row's id is one of the parameter IDS."""
        column: Expression = self.table.column(self.name)
        is_comparable = isinstance(self.table.types[self.name], Integer | Uuid | String)
        if self.table.dialect != SQLITE and not is_comparable:
            column = cast(column, Text)
        return column.in_(bindparam(IDS, expanding=True, type_=NullType()))

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
