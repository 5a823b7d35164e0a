"""A sheet that is written row by row, and becomes as wide as its cells."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from math import ceil
from typing import TYPE_CHECKING, Final

from sla_compliance.outlets._xlsx.styles import (
    DATE_FORMAT,
    LOOK_OF_TONE,
    TABLE_CELL,
    TABLE_HEAD,
    TOTAL_CELL,
    WRAPPED_LOOK,
    Look,
    Styles,
    instant_format,
)
from sla_compliance.outlets._xlsx.texts import cell_text, cut_text, text_width
from sla_compliance.outlets.blocks import Cell, CellKind, Row, Table, Tone
from sla_compliance.outlets.csv import FORMULA_STARTS

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

DAY_SECONDS: Final = 86_400
LEAST_WIDTH: Final = 8
MOST_WIDTH: Final = 60
WIDEST_PORTRAIT: Final = 95
LINE_HEIGHT: Final = 15  # points, of the usual font
_FONT_SIZE: Final = 11
MOST_ROW_HEIGHT: Final = 409  # points, of Excel
_A4: Final = 9
_FIRST_YEAR: Final = 1901  # earlier dates are none in Excel, or others than they read
_MOST_EXACT_INTEGER: Final = 10**15  # Excel has 15 digits
_MOST_HEADER_UNITS: Final = 100
_ALL_CELLS: Final = "A1:XFD1048576"

_LEFT: Final[Look] = {"align": "left", "indent": 1, "text_wrap": True}
_RIGHT: Final[Look] = {"align": "right"}
_LOOK_OF_KIND: Final[dict[CellKind, Look]] = {
    CellKind.TEXT: _LEFT,
    CellKind.DATE: _LEFT,
    CellKind.INSTANT: _LEFT,
    CellKind.PERCENTAGE: _RIGHT,
    CellKind.POINTS: _RIGHT,
    CellKind.LENGTH: _RIGHT,
    CellKind.COUNT: _RIGHT,
}


class BookSheet:
    """A sheet of a workbook.

    Attributes:
        name: of the sheet.
        worksheet: of xlsxwriter.
        next_row: where the next row stands, from 0.
    """

    def __init__(self, name: str, worksheet: Worksheet, styles: Styles) -> None:
        self.name = name
        self.worksheet = worksheet
        self.next_row = 0
        self._styles = styles
        self._widths: dict[int, int] = {}

    def widen(self, column: int, text: str) -> None:
        """Make a column at least as wide as a text, up to `MOST_WIDTH`."""
        width = min(text_width(text), MOST_WIDTH)
        self._widths[column] = max(self._widths.get(column, 0), width)

    def write(self, row: int, column: int, cell: Cell, look: Look) -> None:
        """Write a cell as what its value is; without a value it is empty."""
        self.widen(column, cell.text)
        value = cell.value
        if value is None:
            self.worksheet.write_blank(row, column, None, self._styles.style(look))
        elif isinstance(value, datetime) and value.year >= _FIRST_YEAR:
            self.widen(column, f"{value:%Y-%m-%d %H:%M:%S %z}")
            style = self._styles.style({**look, "num_format": instant_format(value)})
            self.worksheet.write_datetime(row, column, value.replace(tzinfo=None), style)
        elif isinstance(value, date) and not isinstance(value, datetime) and value.year >= _FIRST_YEAR:
            style = self._styles.style({**look, "num_format": DATE_FORMAT})
            self.worksheet.write_datetime(row, column, datetime.combine(value, time()), style)
        elif isinstance(value, int | float) and abs(value) < _MOST_EXACT_INTEGER:
            number = value / DAY_SECONDS if cell.kind is CellKind.LENGTH else value
            style = self._styles.style({"num_format": self._styles.number_format(cell), **look})
            self.worksheet.write_number(row, column, number, style)
        else:
            self._write_string(row, column, cell.text, look)

    def write_text(self, row: int, column: int, text: str, look: Look) -> None:
        """Write a text that its column becomes wide for."""
        self.widen(column, text)
        self._write_string(row, column, text, look)

    def write_sentence(self, text: str, look: Look, columns: int) -> None:
        """Write a text over several columns, as high as it needs to be; the next row follows.

        The height follows from the widths by now.
        """
        row = self.next_row
        width = sum(map(self.width, range(columns)))
        font_ratio = look.get("font_size", _FONT_SIZE) / _FONT_SIZE
        lines = self._lines(text, int(width / font_ratio))
        if lines > 1 or font_ratio > 1:
            self._set_height(row, LINE_HEIGHT * font_ratio * lines)
        if columns > 1:
            # The merged cells are written empty; the text is written as a string then, never as a formula.
            self.worksheet.merge_range(row, 0, row, columns - 1, "", self._styles.style({**WRAPPED_LOOK, **look}))
        self._write_string(row, 0, text, {**WRAPPED_LOOK, **look})
        self.next_row += 1

    def fit_height(self, row: int, texts: Sequence[str]) -> None:
        """Make a row as high as its wrapped texts need, one a column; not every program does so itself."""
        lines = (self._lines(text, self.width(column)) for column, text in enumerate(texts))
        most_lines = max(lines, default=1)
        if most_lines > 1:
            self._set_height(row, LINE_HEIGHT * most_lines)

    def _lines(self, text: str, width: int) -> int:
        """Return how many lines a text takes in a width; words are not divided, so some width is lost."""
        usable_width = max(width - 2, 1)
        return sum(ceil((text_width(line) or 1) / usable_width) for line in cell_text(text).split("\n"))

    def _set_height(self, row: int, points: float) -> None:
        self.worksheet.set_row(row, min(points, MOST_ROW_HEIGHT))

    def width(self, column: int) -> int:
        """Return how wide a column is by now, in digits."""
        return min(max(self._widths.get(column, 0) + 2, LEAST_WIDTH), MOST_WIDTH)

    def finish(self, *, title: str, page_word: str, repeated_row: int | None = None, is_one_page: bool = False) -> None:
        """Set the widths and how the sheet is printed.

        Args:
            repeated_row: the row that stands at the head of each page; None: none does.
            is_one_page: whether all of it is printed on one page, upright.
        """
        sheet = self.worksheet
        for column in sorted(self._widths):
            sheet.set_column(column, column, self.width(column))
        sheet.set_paper(_A4)
        sheet.fit_to_pages(1, 1 if is_one_page else 0)
        if not is_one_page and sum(map(self.width, self._widths)) > WIDEST_PORTRAIT:
            sheet.set_landscape()
        if repeated_row is not None:
            sheet.repeat_rows(repeated_row)
        sheet.set_header(f"&L{_header_text(title)}")
        sheet.set_footer(f"&R{_header_text(page_word)} &P / &N")
        sheet.hide_gridlines(2)
        sheet.ignore_errors({"number_stored_as_text": _ALL_CELLS})

    def _write_string(self, row: int, column: int, text: str, look: Look) -> None:
        # With the prefix a text stays one when a person edits the cell.
        prefix = {"quote_prefix": True} if text.startswith(FORMULA_STARTS) else {}
        self.worksheet.write_string(row, column, cell_text(text), self._styles.style({**look, **prefix}))


def _header_text(text: str) -> str:
    """Return a text for the head or the foot of a page, where "&" begins a command."""
    line = " ".join(cell_text(text).split())
    return cut_text(line, _MOST_HEADER_UNITS).replace("&", "&&")


def write_table(sheet: BookSheet, table: Table, rows: Sequence[Row], *, total: Row | None) -> None:
    """Write the head, some rows of a table, and its total.

    Args:
        rows: those of the table that stand on this sheet.
    """
    widen_for_table(sheet, table)
    headings = _headings(table)
    for index, column in enumerate(table.columns):
        look = {**TABLE_HEAD, **_LOOK_OF_KIND[column.kind]}
        sheet.write_text(sheet.next_row, index, headings[index], look)
    sheet.fit_height(sheet.next_row, headings)
    sheet.next_row += 1
    for row in rows:
        _write_row(sheet, row, TABLE_CELL)
    if total is not None:
        _write_row(sheet, total, TOTAL_CELL)


def widen_for_table(sheet: BookSheet, table: Table) -> None:
    """Make the columns of a sheet as wide as those of a table."""
    for column, heading in enumerate(_headings(table)):
        sheet.widen(column, heading)
        for row in table.rows:
            sheet.widen(column, row.cells[column].text)


def _write_row(sheet: BookSheet, row: Row, look: Look) -> None:
    # The tone marks the whole row where it is a warning.
    colours = LOOK_OF_TONE[row.tone] if row.tone in (Tone.BREACHED, Tone.AT_RISK) else {}
    for column, cell in enumerate(row.cells):
        sheet.write(sheet.next_row, column, cell, {**look, **_LOOK_OF_KIND[cell.kind], **colours})
    sheet.fit_height(sheet.next_row, [cell.text for cell in row.cells])
    sheet.next_row += 1


def _headings(table: Table) -> list[str]:
    """Return the headings of columns; of instants with the zone."""
    headings: list[str] = []
    for index, column in enumerate(table.columns):
        values = (row.cells[index].value for row in table.rows if column.kind is CellKind.INSTANT)
        instant = next((value for value in values if isinstance(value, datetime)), None)
        zone = getattr(instant.tzinfo, "key", None) if instant is not None else None
        headings.append(column.heading if zone is None else f"{column.heading} ({zone})")
    return headings
