"""Words of severity and status in a database's own columns: which rows mean what."""
################################################################
# What words mean is said by rows/words.py alone; here the same meaning becomes
# conditions. A column of severities is compared with the spellings of words, so that
# an index on it stays of use; a spelling that is not among these is an odd severity
# (alarms.py), so its rows are read nevertheless. Where a map gives "*" a meaning, the
# lower-case text is compared, which is exact.
#
# The server refuses a text that is no label of an enum or no number of a column of
# numbers; so an enum's own labels are looked up, and of words the numbers are taken.
################################################################

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Enum, Integer, Text, bindparam, cast, func, not_, or_, true
from sqlalchemy.types import NullType

from sla_compliance.alarms import Severity
from sla_compliance.rows.words import WordReader
from sla_compliance.sources._sql.instants import Expression
from sla_compliance.sources._sql.reflection import POSTGRESQL, ReflectedTable

_WHOLE_NUMBER: Final = re.compile(r"-?[0-9]{1,18}")
_READABLE: Final = frozenset(Severity) - {Severity.CLEARED}


@dataclass(frozen=True, slots=True)
class SeverityColumn:
    """The column of severities of one table.

    Attributes:
        table: the table.
        name: the column's.
        words: what words mean.
    """

    table: ReflectedTable
    name: str
    words: WordReader

    def means_one_of(self, severities: Collection[str]) -> ColumnElement[bool]:
        """Return the condition of some severities."""
        if not self.is_compared_by_spelling:
            return means_one_of(self._column, self.words, severities)
        return self._column.in_(map(self._constant, self.spellings(severities)))

    @property
    def is_compared_by_spelling(self) -> bool:
        """Whether conditions name what the column holds, so that an index on some severities serves them."""
        return self.words.all_others is None or self._labels is not None

    @property
    def is_odd(self) -> ColumnElement[bool] | None:
        """The condition of a severity that no filter can match, NULL too; None where an enum has no such label."""
        labels = self._labels
        if labels is not None:
            # By the labels that remain, so that an index on the column stays of use.
            odd_labels = [label for label in labels if self.words.read(label) not in _READABLE]
            return self._column.in_(map(self._constant, odd_labels)) if odd_labels else None
        if self.words.all_others is not None:
            return func.coalesce(not_(means_one_of(self._column, self.words, _READABLE)), true())
        spellings = map(self._constant, self.spellings(_READABLE))
        return or_(self._column.is_(None), self._column.not_in(spellings))

    def spellings(self, severities: Collection[str]) -> list[str]:
        """Return what the column may hold to mean one of some severities; of an enum, its own labels."""
        if self._labels is not None:
            return [label for label in self._labels if self.words.read(label) in severities]
        words = sorted(word for word in self.words.known_words if word and self.words.read(word) in severities)
        if self.table.dialect == POSTGRESQL and isinstance(self._type, Integer):
            return [word for word in words if _WHOLE_NUMBER.fullmatch(word)]
        spellings: dict[str, None] = {}
        for word in words:
            spellings.update(dict.fromkeys((word, word.upper(), word.capitalize(), word.title())))
        return list(spellings)

    @property
    def _type(self) -> Any:  # noqa: ANN401 - any type of SQLAlchemy
        return self.table.types[self.name]

    @property
    def _labels(self) -> list[str] | None:
        is_enum = isinstance(self._type, Enum) and self.table.dialect == POSTGRESQL
        return list(self._type.enums) if is_enum else None

    def _constant(self, text: str) -> Expression:
        """Return a text that the server reads as the type of the column."""
        return self.table.comparable(bindparam(None, text, type_=NullType(), unique=True), self.name)

    @property
    def _column(self) -> Expression:
        return self.table.column(self.name)


def means_one_of(column: Expression, words: WordReader, our_words: Collection[str]) -> ColumnElement[bool]:
    """Return the condition that a column holds a word, in any case, that means one of ours; NULL where it is NULL."""
    text: Expression = func.lower(cast(column, Text))
    if "" in words.known_words:  # the word of absent values
        text = func.coalesce(text, "")
    matching = sorted(word for word in words.known_words if words.read(word) in our_words)
    if words.all_others not in our_words:
        return text.in_(matching)
    different = ({*words.known_words} | {""}) - {*matching}
    return text.not_in(sorted(different))
