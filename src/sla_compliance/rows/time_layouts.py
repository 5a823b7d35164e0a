"""Layouts of texts of times: which whole columns datetime.fromisoformat reads as the grammar does."""
################################################################
# A layout is a text with 0 for each digit: 0000-00-00T00:00:00Z. A column has one, or a
# few, so that a check of layouts stands for one of each text (a regular expression over
# the column takes twice the time). datetime.fromisoformat would also read
#   - week dates, commas and other separators, which have no layout of the common form;
#   - hour 24 (some Pythons) and offsets such as +01:75, which are looked for.
# It refuses days, hours, minutes and seconds that do not exist.
################################################################

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from enum import Enum, auto
from functools import cache
from typing import Final

_DIGITS_TO_ZERO: Final = bytes.maketrans(b"123456789", b"000000000")
_LOCAL_LAYOUT: Final = r"0000-00-00[T ]00:00(?::00(?:\.0{1,9})?)?"
_LAYOUT_WITH_OFFSET: Final = rf"{_LOCAL_LAYOUT}(?:Z|[+-]00(?::?00)?)"
_LAYOUT_WITH_OFFSET_MINUTES: Final = r".*[+-]00:?00"
_SEPARATOR_PLACE: Final = 10


class TimeForm(Enum):
    """What texts of the common form say."""

    INSTANT = auto()
    LOCAL_TIME = auto()


def time_form(texts: Sequence[str]) -> TimeForm | None:
    """Return what at least one text, all of them of the common form, say; None where one is of another form.

    A text of several lines may pass for several texts; datetime.fromisoformat refuses it.
    """
    column = "\n".join(texts)
    layouts = _layouts(column, len(texts))
    form = _form_of_layouts(layouts)
    if form is None:
        return None
    has_hour_24 = any(f"{layout[_SEPARATOR_PLACE]}24:" in column for layout in layouts)
    return None if has_hour_24 or not _are_plain_offsets(texts, layouts) else form


def _layouts(column: str, count: int) -> set[str]:
    """Return the layouts of a column of `count` texts, a text a line."""
    # A character that is not ASCII becomes "?", which no layout has.
    lines = column.encode("ascii", "replace").translate(_DIGITS_TO_ZERO)
    first = lines.partition(b"\n")[0]
    if lines == b"\n".join([first] * count):  # half the cost of a set of all lines
        return {first.decode()}
    return set(lines.decode().split("\n"))


def _form_of_layouts(layouts: Iterable[str]) -> TimeForm | None:
    if all(map(_pattern(_LOCAL_LAYOUT).fullmatch, layouts)):
        return TimeForm.LOCAL_TIME
    return TimeForm.INSTANT if all(map(_pattern(_LAYOUT_WITH_OFFSET).fullmatch, layouts)) else None


def _are_plain_offsets(texts: Iterable[str], layouts: Iterable[str]) -> bool:
    """Return whether offsets have less than 60 minutes besides their hours."""
    if not any(map(_pattern(_LAYOUT_WITH_OFFSET_MINUTES).fullmatch, layouts)):
        return True
    endings = {text[-2:] for text in texts}
    return max(filter(str.isdigit, endings)) <= "59"


@cache
def _pattern(text: str) -> re.Pattern[str]:
    # Compiled when it is first needed, so that importing the package stays quick.
    return re.compile(text)
