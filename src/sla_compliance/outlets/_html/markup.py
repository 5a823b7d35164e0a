"""Markup in which no text can become anything but text."""
################################################################
# Every element is made by `element`, and whatever is not Markup already is
# escaped there: no text of the data can open a tag or leave an attribute.
# Characters that a page cannot hold, control characters and halves of a pair,
# are shown as the replacement character.
################################################################

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from typing import Final

_NOT_FOR_PAGES: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_EMPTY: Final = frozenset({"meta", "link", "line", "path", "rect", "stop", "use"})


class Markup(str):
    """Text that is markup; only this module and packaged files make it."""

    __slots__ = ()


def markup_of(content: str) -> Markup:
    """Return any text as markup that shows it."""
    return content if isinstance(content, Markup) else Markup(escape(_NOT_FOR_PAGES.sub("\ufffd", content)))


def joined(parts: Iterable[str]) -> Markup:
    """Return several contents one after the other."""
    return Markup("".join(map(markup_of, parts)))


def element(tag: str, /, *content: str, **attributes: str | float | None) -> Markup:
    """Return an element.

    Args:
        content: texts and markup.
        attributes: by name, `_` for `-`, a trailing `_` dropped; None: not there.

    >>> element("p", "1 < 2", class_="note", id=None)
    '<p class="note">1 &lt; 2</p>'
    """
    given = [
        f' {key.rstrip("_").replace("_", "-")}="{markup_of(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    ]
    end = "/>" if tag in _EMPTY else f">{joined(content)}</{tag}>"
    return Markup(f"<{tag}{''.join(given)}{end}")


def from_elsewhere(text: str) -> Markup:
    """Return text of the data, kept from reordering what stands around it, whatever script it is written in."""
    return element("bdi", text)
