"""Catalogue: the named sentences of a document, in each language that has all of them."""
################################################################
# A sentence is text with placeholders in braces, or, where its words depend on a
# number, a mapping of plural categories (CLDR: "one", "other", ...) to such texts;
# the number is the placeholder `count`.
#
# A language has every sentence, with the placeholders that English has: what is
# missing is an error when the language is added, never when a document is made.
################################################################

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter
from types import MappingProxyType
from typing import Final

from sla_compliance.checks import check_type, checked_text
from sla_compliance.errors import InvalidValueError, shown
from sla_compliance.outlets.locales import ENGLISH_LOCALE

Sentence = str | Mapping[str, str]
Sentences = Mapping[str, Sentence]

_OTHER: Final = "other"
_MOST_NAMED: Final = 5


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The sentences of each language, by their names.

    Attributes:
        languages: sentences by language, e.g. "fr", or by a locale with a region, e.g. "pt-BR"; English is one of them.
    """

    languages: Mapping[str, Sentences]

    def language_of(self, locale: str) -> str:
        """Return the language in which a document of a locale is written: its own, else English."""
        name = locale
        while name not in self.languages:
            if "-" not in name:
                return ENGLISH_LOCALE
            name = name.rpartition("-")[0]
        return name

    def extended(self, language: str, sentences: Sentences) -> Catalogue:
        """Return a catalogue with one more language, or with other words of one that it has.

        Args:
            language: e.g. "pt" or "pt-BR".
            sentences: by name. Of a language that the catalogue has, those that differ; of any other, all.

        Raises:
            InvalidTypeError: an argument is of another type.
            InvalidValueError: a sentence is missing or unknown, or has other placeholders than the English one.
        """
        checked_text(language, "language", "a language such as 'pt'")
        check_type(sentences, Mapping, "sentences", "a mapping of names to sentences")
        all_sentences = {**self.languages.get(language, {}), **sentences}
        _check_sentences(language, all_sentences, self.languages[ENGLISH_LOCALE])
        return Catalogue(MappingProxyType({**self.languages, language: MappingProxyType(all_sentences)}))


def _check_sentences(language: str, sentences: Sentences, english: Sentences) -> None:
    """Check that a language has every sentence of English, with its placeholders."""
    missing_names = [name for name in english if name not in sentences]
    unknown_names = [name for name in sentences if name not in english]
    for fault, names in (("lacks", missing_names), ("has besides", unknown_names)):
        if names:
            named = ", ".join(map(shown, names[:_MOST_NAMED]))
            more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
            raise InvalidValueError(
                f"sentences of {shown(language)}: the language {fault} {named}{more}; give every sentence of English",
                field="sentences",
            )
    for name, sentence in sentences.items():
        _check_sentence(f"sentences[{name!r}]", sentence, english[name])


def _check_sentence(field: str, sentence: Sentence, english: Sentence) -> None:
    check_type(sentence, (str, Mapping), field, "text, or a mapping of plural categories to texts")
    if not isinstance(sentence, str) and _OTHER not in sentence:
        raise InvalidValueError(f"{field} has no form {_OTHER!r}; give one for all other numbers", field=field)
    expected = _placeholders(field, english)
    for form in _forms(sentence):
        names = _placeholders(field, form)
        # The form of one number may do without the number itself: "no rows", "one row".
        if names | {"count"} != expected | {"count"} or not names <= expected:
            raise InvalidValueError(
                f"{field} is {shown(form)}; its placeholders have to be {', '.join(sorted(expected)) or 'none'}",
                field=field,
            )


def _forms(sentence: Sentence) -> tuple[str, ...]:
    return (sentence,) if isinstance(sentence, str) else tuple(sentence.values())


def _placeholders(field: str, sentence: Sentence) -> set[str]:
    """Return the names in braces of a sentence, of all its forms together."""
    names: set[str] = set()
    for form in _forms(sentence):
        try:
            parts = list(Formatter().parse(checked_text(form, field, "text")))
        except ValueError as error:
            raise InvalidValueError(f"{field} is {shown(form)}, {error}; write a brace as {{{{", field=field) from None
        for _, name, specification, conversion in parts:
            if name is not None:
                # A name with a dot or a format would reach into what is put in.
                names.add(name if not specification and not conversion else f"{name}:{specification}")
    return names
