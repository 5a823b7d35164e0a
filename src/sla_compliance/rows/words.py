"""Words of severity and status: theirs to ours."""
################################################################
# A map says ours -> theirs: {"critical": ["High", "Disaster"], "minor": "*"}. Words
# are compared in any case, and numbers as their text. A word is looked up among
# the mapped ones, then among our own, then "*" takes it: the word for all others.
# The empty text among the mapped words stands for a value that is absent; "*" does
# not take that, because a row without a word may be anything.
#
# A severity that is none of these is a fault of its row. A status is carried as it
# stands: only cleared, resolved and closed have a meaning of their own.
################################################################

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import Enum
from typing import Any, Final

from sla_compliance.alarms import SEVERITY_BY_NAME, SEVERITY_NAMES, Severity
from sla_compliance.checks import checked_text, listed, wrong_type
from sla_compliance.columns import is_absent, types_of
from sla_compliance.errors import InvalidValueError, shown
from sla_compliance.rows.options import KEYWORDS, OptionNames, or_give
from sla_compliance.validation import OVER_STATUSES

Words = str | int | Iterable[str | int]
WordMap = Mapping[str, Words]
"""Ours to theirs, one word or several."""

ALL_OTHERS: Final = "*"
_EXAMPLE: Final = "{'critical': ['High', 'Disaster'], 'minor': '*'}"


def without_enum(value: Any) -> Any:  # noqa: ANN401 - whatever a row may hold
    """Return a value; for a member of a foreign Enum its value where that is text, else its name, as databases do."""
    if isinstance(value, Enum) and not isinstance(value, str):
        return value.value if isinstance(value.value, str) else value.name
    return value


def word_of(value: object) -> str:
    """Return the word of a value as it is compared; the empty text where the value is absent."""
    plain = without_enum(value)
    return "" if is_absent(plain) else str(plain).lower()


def words_of(words: Words, field: str) -> frozenset[str]:
    """Return one word or several as they are compared.

    Raises:
        InvalidTypeError: it is neither, or one of them is neither text nor a whole number.
    """
    if isinstance(words, str | int):
        return frozenset([word_of(words)])
    word_list = listed(words, field, "a word or several")
    for word in word_list:
        if not isinstance(word, str | int):
            raise wrong_type(word, field, "words as text")
    return frozenset(map(word_of, word_list))


class WordReader:
    """What words of rows mean, by a map and our own words.

    Attributes:
        all_others: our word for each word that has no meaning of its own; None where there is none.
    """

    def __init__(self, word_map: WordMap | None, field: str, our_words: Collection[str]) -> None:
        """Check a map.

        Args:
            field: what the map is called in messages.
            our_words: those that are read without being mapped.

        Raises:
            InvalidTypeError: it is no mapping of words.
            InvalidValueError: a word of theirs stands for two of ours, or "*" does.
        """
        if word_map is not None and not isinstance(word_map, Mapping):
            raise wrong_type(word_map, field, f"a mapping such as {_EXAMPLE}")
        self._by_word: dict[str, str] = {}
        for our_word, their_words in (word_map or {}).items():
            checked_text(our_word, field, f"texts, e.g. {_EXAMPLE}")
            for word in words_of(their_words, f"{field}[{our_word!r}]"):
                other = self._by_word.setdefault(word, our_word.lower())
                if other != our_word.lower():
                    raise InvalidValueError(
                        f"{field} maps {shown(word)} to {other!r} and to {our_word!r}; map it once", field=field
                    )
        self.all_others = self._by_word.pop(ALL_OTHERS, None)
        self._our_words = {*our_words, *self._by_word.values()}

    @property
    def known_words(self) -> frozenset[str]:
        """The words that the map or our own words give a meaning, lower-case; `all_others` is that of any other."""
        return frozenset((*self._by_word, *self._our_words))

    def read(self, value: object) -> str | None:
        """Return our word for a value; None where there is none."""
        word = word_of(value)
        if word in self._by_word:
            return self._by_word[word]
        if word in self._our_words:
            return word
        return None if word == "" else self.all_others


class SeverityReader:
    """Severities of rows.

    Attributes:
        words: what words mean.
    """

    def __init__(self, severity_map: WordMap | None = None, option_names: OptionNames = KEYWORDS) -> None:
        """Check a map; errors as WordReader, also for a key that is no severity."""
        self.words = WordReader(severity_map, "severity_map", SEVERITY_BY_NAME)
        for our_word in severity_map or ():
            if our_word.lower() not in SEVERITY_BY_NAME:
                raise InvalidValueError(
                    f"severity_map names {shown(our_word)}; give keys of {SEVERITY_NAMES}", field="severity_map"
                )
        self._way_out = f"one of {SEVERITY_NAMES}{or_give(option_names.severity_map)}"
        self._severities: dict[str | None, Severity] = {}

    def read_column(self, values: Sequence[Any]) -> tuple[list[Any], dict[int, str]]:
        """Return a column of severities and what is wrong with it, by index; what names none stays as it is."""
        if types_of(values) <= {str, type(None)}:
            severities = [self._remembered(word) for word in set(values)]
            if None not in severities:
                return list(map(self._severities.__getitem__, values)), {}
        column, faults = list(values), {}
        for index, value in enumerate(values):
            severity = self._read(value)
            if severity is not None:
                column[index] = severity
            elif is_absent(value):
                column[index] = None  # the validation of rows names it
            else:
                faults[index] = f"is {shown(value)}; give {self._way_out}"
        return column, faults

    def _remembered(self, word: str | None) -> Severity | None:
        severity = self._severities.get(word) or self._read(word)
        if severity is not None:
            self._severities[word] = severity
        return severity

    def _read(self, value: object) -> Severity | None:
        name = self.words.read(value)
        return None if name is None else SEVERITY_BY_NAME[name]


class StatusReader:
    """Statuses of rows.

    Attributes:
        words: what words mean.
    """

    def __init__(self, status_map: WordMap | None = None) -> None:
        """Check a map; errors as WordReader."""
        self.words = WordReader(status_map, "status_map", OVER_STATUSES)
        self._has_map = status_map is not None

    def read_column(self, values: Sequence[Any]) -> list[Any]:
        """Return a column of statuses; what is not mapped stays as it is."""
        if not self._has_map:
            return values if isinstance(values, list) else list(values)
        column = []
        for value in values:
            word = self.words.read(value)
            column.append(value if word is None else word)
        return column
