"""Texts as a workbook can hold them: characters, lengths, names of sheets."""
################################################################
# A workbook is XML: a control character, a lone surrogate and the two codes that are
# no characters cannot stand in it and become U+FFFD. Excel counts in UTF-16 units:
# 32,767 in a cell, 31 in the name of a sheet.
################################################################

from __future__ import annotations

import re
from typing import Final
from unicodedata import east_asian_width

MOST_UNITS_OF_CELL: Final = 32_767
MOST_UNITS_OF_NAME: Final = 31
CUT_MARK: Final = "…"

_NOT_IN_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REPLACEMENT: Final = "\ufffd"
_NOT_IN_NAME: Final = re.compile(r"[\[\]:*?/\\\x00-\x1f\x7f]")
_RESERVED_NAME: Final = "history"  # Excel keeps it for itself
_NAME_OF_NOTHING: Final = "Sheet"


def cell_text(text: str) -> str:
    """Return a text as a cell can hold it; what is too long ends in a mark."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return cut_text(_NOT_IN_XML.sub(_REPLACEMENT, lines), MOST_UNITS_OF_CELL)


def cut_text(text: str, most_units: int) -> str:
    """Return a text of at most so many UTF-16 units; where some is missing it ends in a mark."""
    units = text.encode("utf-16-le")
    if len(units) <= 2 * most_units:
        return text
    # A pair of surrogates that the cut divides is left out as a whole.
    return units[: 2 * (most_units - 1)].decode("utf-16-le", errors="ignore") + CUT_MARK


def text_width(text: str) -> int:
    """Return how wide the longest line of a text is, in digits of a column's width."""
    return max(map(_line_width, text.split("\n")))


def _line_width(line: str) -> int:
    if line.isascii():
        return len(line)
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in line)


class SheetNames:
    """The names of a workbook's sheets: allowed, and each there once."""

    def __init__(self) -> None:
        self._lower_names: set[str] = {_RESERVED_NAME}

    def name(self, text: str) -> str:
        """Return the name of the next sheet, after a heading."""
        allowed = _NOT_IN_NAME.sub(" ", cell_text(text))
        whole = " ".join(allowed.split()).strip("' ") or _NAME_OF_NOTHING
        number = 1
        name = cut_text(whole, MOST_UNITS_OF_NAME)
        while name.lower() in self._lower_names:
            number += 1
            ending = f" ({number})"
            name = cut_text(whole, MOST_UNITS_OF_NAME - len(ending)) + ending
        self._lower_names.add(name.lower())
        return name
