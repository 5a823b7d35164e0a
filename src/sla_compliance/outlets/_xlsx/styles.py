"""Styles of cells: number formats by what a value is, colours by what it means."""
################################################################
# A cell of a percentage holds the record's number of percent, 99.86; the sign stands
# in the format as a text, so that nothing is multiplied or rounded.
#
# A length is a share of a day in the format [h]:mm:ss. Excel shows no lengths below 0:
# such a cell holds its number too, and its format is the finished text. Excel holds about 200
# formats, so beyond some of them a length below 0 is shown as a number of days.
#
# An instant is local; its offset to UTC stands in the format, behind the time.
################################################################

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from sla_compliance.drawing.palette import paper_colours
from sla_compliance.outlets.blocks import Cell, CellKind, Tone

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format

Look = dict[str, Any]
"""Properties of a format, as xlsxwriter names them."""

DATE_FORMAT: Final = "yyyy-mm-dd"
TIME_FORMAT: Final = "yyyy-mm-dd hh:mm:ss"
LENGTH_FORMAT: Final = "[h]:mm:ss"
DAYS_FORMAT: Final = '0.000000" d"'
COUNT_FORMAT: Final = "#,##0"

_MOST_OWN_FORMATS: Final = 100
_PAPER_COLOURS: Final = paper_colours()


def paper_colour(name: str) -> str:
    """Return a colour of the palette in six digits, the only form that xlsxwriter takes."""
    digits = _PAPER_COLOURS[name].removeprefix("#")
    is_short = len(digits) == len("fff")
    return "#" + ("".join(digit * 2 for digit in digits) if is_short else digits)


TITLE_LOOK: Final[Look] = {"bold": True, "font_size": 18}
SUBTITLE_LOOK: Final[Look] = {"font_size": 12, "font_color": paper_colour("muted")}
HEADING_LOOK: Final[Look] = {"bold": True, "font_size": 14}
NAME_LOOK: Final[Look] = {"font_color": paper_colour("muted"), "valign": "top"}
VALUE_LOOK: Final[Look] = {"bold": True, "align": "left", "valign": "top"}
WRAPPED_LOOK: Final[Look] = {"text_wrap": True, "valign": "top"}
TABLE_HEAD: Final[Look] = {
    "bold": True,
    "text_wrap": True,
    "valign": "vcenter",
    "bottom": 1,
    "bg_color": paper_colour("sunken"),
}
TABLE_CELL: Final[Look] = {"valign": "top", "bottom": 1, "bottom_color": paper_colour("line")}
TOTAL_CELL: Final[Look] = {"bold": True, "valign": "top", "top": 1}

LOOK_OF_TONE: Final[dict[Tone, Look]] = {
    Tone.PLAIN: {},
    Tone.MET: {"font_color": paper_colour("up")},
    Tone.AT_RISK: {"bg_color": paper_colour("risk-wash"), "font_color": paper_colour("risk")},
    Tone.BREACHED: {"bg_color": paper_colour("down-wash"), "font_color": paper_colour("down")},
    Tone.UNCERTAIN: {"bg_color": paper_colour("sunken")},
}


class Styles:
    """The formats of a workbook, each made once."""

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook
        self._formats: dict[tuple[tuple[str, object], ...], Format] = {}
        self._own_formats: set[str] = set()

    def style(self, look: Look) -> Format:
        """Return the format with some properties."""
        key = tuple(sorted(look.items()))
        if key not in self._formats:
            self._formats[key] = self._workbook.add_format(look)
        return self._formats[key]

    def number_format(self, cell: Cell) -> str:
        """Return how the number of a cell is shown."""
        decimals = f"0.{'0' * cell.decimals}" if cell.decimals else "0"
        if cell.kind is CellKind.PERCENTAGE:
            return f'{decimals}" %"'
        if cell.kind is CellKind.POINTS:
            return f"+{decimals};-{decimals};{decimals}"
        if cell.kind is CellKind.LENGTH:
            return self._length_format(cell)
        return COUNT_FORMAT

    def _length_format(self, cell: Cell) -> str:
        if not isinstance(cell.value, int | float) or cell.value >= 0:
            return LENGTH_FORMAT
        seconds = round(-cell.value)
        own_format = f'"-{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"'
        if own_format not in self._own_formats and len(self._own_formats) >= _MOST_OWN_FORMATS:
            return DAYS_FORMAT
        self._own_formats.add(own_format)
        return f"{own_format};{own_format}"


def instant_format(instant: datetime) -> str:
    """Return the format of an aware instant, with its offset to UTC."""
    offset = instant.replace(microsecond=0).isoformat()[len("2026-10-08T09:00:00") :]
    return f'{TIME_FORMAT}" {offset}"'
