"""HTML and SVG markup in which text of the data stays text."""
################################################################
# `element` makes every element and escapes all content and all attribute values
# that are not Markup already. So no text of the data can open a tag or leave an
# attribute.
#
# HTML cannot hold control characters and lone surrogates. They are shown as the
# replacement character.
################################################################

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from html import escape
from typing import Final

_FORBIDDEN_CHARACTERS: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_REORDERING: Final = frozenset({"R", "AL", "AN", "RLE", "RLO", "RLI", "LRE", "LRO", "LRI", "FSI", "PDF", "PDI"})
_VOID_TAGS: Final = frozenset({"img", "meta", "link", "line", "path", "rect", "stop", "use"})


class Markup(str):
    """Text that is markup already. Make it only of constants and of files of the package, never of data."""

    __slots__ = ()


def escaped_text(content: str) -> Markup:
    """Return markup that shows a text; Markup is returned as it is.

    >>> escaped_text("1 < 2")
    '1 &lt; 2'
    """
    if isinstance(content, Markup):
        return content
    return Markup(escape(displayable_text(content)))


def displayable_text(content: str) -> str:
    """Return text in which a replacement character stands for each that no document can hold.

    Control characters and lone surrogates are such ones.
    """
    return _FORBIDDEN_CHARACTERS.sub("\ufffd", content)


def join_markup(contents: Iterable[str]) -> Markup:
    """Return texts and markup, one after the other."""
    return Markup("".join(map(escaped_text, contents)))


def element(tag: str, /, *contents: str, **attributes: str | float | None) -> Markup:
    """Return an element.

    Args:
        contents: texts and markup.
        attributes: by name, with `_` for `-` and a trailing `_` dropped; None leaves the attribute out.

    >>> element("p", "1 < 2", class_="note", id=None)
    '<p class="note">1 &lt; 2</p>'
    """
    attributes_text = "".join(_attribute(name, value) for name, value in attributes.items() if value is not None)
    if tag in _VOID_TAGS:
        return Markup(f"<{tag}{attributes_text}/>")
    return Markup(f"<{tag}{attributes_text}>{join_markup(contents)}</{tag}>")


def _attribute(keyword: str, value: str | float) -> str:
    """Return an attribute with a blank in front."""
    name = keyword.rstrip("_").replace("_", "-")
    return f' {name}="{escaped_text(str(value))}"'


def isolated_text(text: str) -> Markup:
    """Return text of the data that cannot reorder the text around it, in whatever script it is written."""
    return element("bdi", text)


def may_reorder(text: str) -> bool:
    """Return whether a text has characters that run from right to left, or that change the direction of others."""
    return not text.isascii() and any(unicodedata.bidirectional(character) in _REORDERING for character in text)
