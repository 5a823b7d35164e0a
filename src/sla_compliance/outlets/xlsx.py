"""A document as an XLSX workbook: a summary to read, and a sheet for each table to filter and to compute with."""
################################################################
# The first sheet has the title, the facts, the summary, the bridge and the chart. Each
# further section is a sheet, and each further table with rows of a section as well. A
# table begins in the first row of its sheet; sentences stand below it.
#
# Texts are texts: none becomes a formula, a number or a link. The same document makes
# the same bytes: the time of a file is the document's, and a workbook holds no ids.
# A timeline is a picture and is not drawn; its lengths stand in the tables.
################################################################

from __future__ import annotations

import io
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Final

from sla_compliance.errors import InvalidValueError, requires_extra
from sla_compliance.outlets._xlsx.chart import is_drawn, native_chart, write_target_column
from sla_compliance.outlets._xlsx.sheet import BookSheet, widen_for_table, write_table
from sla_compliance.outlets._xlsx.styles import (
    HEADING_LOOK,
    LOOK_OF_TONE,
    NAME_LOOK,
    SUBTITLE_LOOK,
    TITLE_LOOK,
    VALUE_LOOK,
    WRAPPED_LOOK,
    Styles,
)
from sla_compliance.outlets._xlsx.texts import SheetNames, cell_text, cut_text
from sla_compliance.outlets.blocks import Block, Chart, Document, Figures, Heading, Logo, Note, Table

with requires_extra("xlsx", __name__):
    from xlsxwriter import Workbook
    from xlsxwriter.exceptions import XlsxWriterException
    from xlsxwriter.image import Image

SUMMARY_SECTIONS: Final = ("summary", "bridge")
MOST_SHEET_ROWS: Final = 1_000_000
"""Of a table on one sheet; further rows stand on the next one."""

_TEXT_COLUMNS: Final = 4
_LEAST_TEXT_WIDTHS: Final = (24, 14, 20, 20)
_LOGO_HEIGHT: Final = 60  # pixels
_LOGO_WIDTH: Final = 300
_SCREEN_DPI: Final = 96
_PIXEL_POINTS: Final = 0.75
_MOST_PROPERTY_UNITS: Final = 255


@dataclass(frozen=True, slots=True)
class _Section:
    """A heading and the blocks below it; what stands above all headings has none."""

    heading: Heading | None
    blocks: tuple[Block, ...]

    @property
    def tables(self) -> list[Table]:
        """The tables that have a sheet of their own; of one without rows the note is enough."""
        return [block for block in self.blocks if isinstance(block, Table) and block.rows]

    @property
    def is_of_summary(self) -> bool:
        return self.heading is None or self.heading.name in SUMMARY_SECTIONS


def xlsx(document: Document) -> bytes:
    """Return a workbook of a document.

    Raises:
        InvalidValueError: the logo is no picture that a workbook can hold.
        MissingExtraError: a package is absent.

    Cost: all cells are in memory at once, about 1 kB each row.
    """
    content = io.BytesIO()
    workbook = Workbook(
        content,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    workbook.set_properties(
        {
            "title": cut_text(cell_text(document.title), _MOST_PROPERTY_UNITS),
            "subject": cut_text(cell_text(document.subtitle), _MOST_PROPERTY_UNITS),
            "created": document.issued_at.astimezone(UTC).replace(tzinfo=None),
        }
    )
    _Book(workbook, document).write()
    workbook.close()
    return content.getvalue()


class _Book:
    """The workbook of a document, while it is written."""

    def __init__(self, workbook: Workbook, document: Document) -> None:
        self._workbook = workbook
        self._document = document
        self._styles = Styles(workbook)
        self._names = SheetNames()
        self._charts = [block for block in document.blocks if isinstance(block, Chart)]

    def write(self) -> None:
        """Write all sheets; the summary is made first and ends with charts of the others' cells."""
        sections = _sections(self._document.blocks)
        headings = [section.heading for section in sections if section.heading is not None]
        summary = self._added_sheet(headings[0].text if headings else self._document.title)
        of_summary = [section for section in sections if section.is_of_summary]
        _widen_for_sections(summary, of_summary, has_tables=True)
        self._write_head(summary)
        self._write_texts(summary, of_summary, has_tables=True)
        for section in sections:
            if not section.is_of_summary:
                self._write_section(section, summary)
        summary.finish(title=self._document.title, page_word=self._document.page_word, is_one_page=True)

    def _added_sheet(self, heading: str) -> BookSheet:
        name = self._names.name(heading)
        return BookSheet(name, self._workbook.add_worksheet(name), self._styles)

    def _finish(self, sheet: BookSheet, repeated_row: int | None = None) -> None:
        document = self._document
        sheet.finish(title=document.title, page_word=document.page_word, repeated_row=repeated_row)

    def _write_head(self, sheet: BookSheet) -> None:
        document = self._document
        if document.logo is not None:
            _insert_logo(sheet, document.logo)
        sheet.write_sentence(document.title, TITLE_LOOK, _TEXT_COLUMNS)
        sheet.write_sentence(document.subtitle, SUBTITLE_LOOK, _TEXT_COLUMNS)
        sheet.next_row += 1
        for name, text in document.facts:
            sheet.write_text(sheet.next_row, 0, name, NAME_LOOK)
            sheet.write_text(sheet.next_row, 1, text, WRAPPED_LOOK)
            sheet.fit_height(sheet.next_row, (name, text))
            sheet.next_row += 1
        sheet.next_row += 1

    def _write_section(self, section: _Section, summary: BookSheet) -> None:
        """Write the sheets of a section: one for each table, with the other blocks below the first.

        A sheet has the name of the section, or of several that of its table.
        """
        heading = section.heading.text if section.heading is not None else ""
        has_captions = len(section.tables) > 1
        if not section.tables:
            sheet = self._added_sheet(heading)
            self._write_texts(sheet, [section], has_tables=False)
            self._finish(sheet)
        for number, table in enumerate(section.tables):
            for first in range(0, len(table.rows), MOST_SHEET_ROWS):
                sheet = self._added_sheet((has_captions and table.caption) or heading)
                self._write_table_sheet(sheet, table, first, summary)
                if number == 0 and first == 0:
                    self._write_texts(sheet, [section], has_tables=False)
                self._finish(sheet, repeated_row=0)

    def _write_table_sheet(self, sheet: BookSheet, table: Table, first: int, summary: BookSheet) -> None:
        """Write a table from its row `first` on, as far as its sheet holds it, with its chart on the summary."""
        rows = table.rows[first : first + MOST_SHEET_ROWS]
        is_last = first + len(rows) == len(table.rows)
        write_table(sheet, table, rows, total=table.total if is_last else None)
        sheet.worksheet.freeze_panes(1, 1)
        sheet.worksheet.autofilter(0, 0, len(rows), len(table.columns) - 1)
        charts = [chart for chart in self._charts if is_drawn(chart, table)]
        for chart in charts[:1]:
            write_target_column(sheet, chart, table, len(rows))
            picture = native_chart(self._workbook, chart, table, rows, sheet.name)
            place = {"description": cell_text(chart.label), "object_position": 2}
            summary.worksheet.insert_chart(summary.next_row, 0, picture, place)
        sheet.next_row += 1
        if table.note and is_last:
            sheet.write_sentence(table.note, {}, len(table.columns))

    def _write_texts(self, sheet: BookSheet, sections: Sequence[_Section], *, has_tables: bool) -> None:
        """Write the blocks of sections below what is there; how wide their columns are is known before."""
        _widen_for_sections(sheet, sections, has_tables=has_tables)
        for number, section in enumerate(sections):
            # The first heading is the name of the sheet.
            if number > 0 and section.heading is not None:
                sheet.write_sentence(section.heading.text, HEADING_LOOK, _TEXT_COLUMNS)
            for block in section.blocks:
                if isinstance(block, Figures):
                    _write_figures(sheet, block)
                elif isinstance(block, Note):
                    _write_note(sheet, block)
                elif isinstance(block, Table) and (has_tables or not block.rows):
                    _write_inner_table(sheet, block)


def _sections(blocks: Sequence[Block]) -> list[_Section]:
    """Return the blocks below each heading."""
    sections: list[_Section] = []
    heading: Heading | None = None
    section_blocks: list[Block] = []
    for block in blocks:
        if isinstance(block, Heading):
            if heading is not None or section_blocks:
                sections.append(_Section(heading, tuple(section_blocks)))
            heading, section_blocks = block, []
        else:
            section_blocks.append(block)
    if heading is not None or section_blocks:
        sections.append(_Section(heading, tuple(section_blocks)))
    return sections


def _widen_for_sections(sheet: BookSheet, sections: Sequence[_Section], *, has_tables: bool) -> None:
    """Make the columns as wide as figures and tables need; where no table stands above, wide enough for sentences."""
    if sheet.next_row == 0:
        for column, width in enumerate(_LEAST_TEXT_WIDTHS):
            sheet.widen(column, " " * width)
    for section in sections:
        for block in section.blocks:
            _widen_for(sheet, block, has_tables=has_tables)


def _widen_for(sheet: BookSheet, block: Block, *, has_tables: bool) -> None:
    if isinstance(block, Figures):
        for figure in block.figures:
            for column, text in enumerate((figure.label, figure.cell.text, "\n".join(figure.notes))):
                sheet.widen(column, text)
    elif isinstance(block, Table) and has_tables:
        widen_for_table(sheet, block)


def _write_figures(sheet: BookSheet, block: Figures) -> None:
    """Write a row for each figure: what it is, the figure, what is said of it."""
    for figure in block.figures:
        row = sheet.next_row
        sheet.write_text(row, 0, figure.label, NAME_LOOK)
        sheet.write(row, 1, figure.cell, {**VALUE_LOOK, **LOOK_OF_TONE[figure.tone]})
        if figure.notes:
            notes = "\n".join(figure.notes)
            sheet.write_text(row, 2, notes, WRAPPED_LOOK)
            sheet.fit_height(row, ("", "", notes))
        sheet.next_row += 1
    sheet.next_row += 1


def _write_note(sheet: BookSheet, block: Note) -> None:
    for sentence in block.sentences:
        sheet.write_sentence(sentence, LOOK_OF_TONE[block.tone], _TEXT_COLUMNS)
    sheet.next_row += 1


def _write_inner_table(sheet: BookSheet, block: Table) -> None:
    """Write a table among other blocks; without rows its note stands in its place."""
    if block.rows:
        if block.caption:
            sheet.write_sentence(block.caption, NAME_LOOK, _TEXT_COLUMNS)
        write_table(sheet, block, block.rows, total=block.total)
    if block.note:
        sheet.write_sentence(block.note, {}, _TEXT_COLUMNS)
    sheet.next_row += 1


def _insert_logo(sheet: BookSheet, logo: Logo) -> None:
    """Insert the logo above the title, in a row as high as it is."""
    if logo.media_type not in ("image/png", "image/jpeg"):
        raise InvalidValueError(
            f"logo is {logo.media_type}, which a workbook cannot hold; give it as PNG or JPEG", field="logo"
        )
    try:
        image = Image(io.BytesIO(logo.content))
    except (XlsxWriterException, ValueError, struct.error) as error:
        raise InvalidValueError(f"logo is no readable picture: {error}; give a PNG or a JPEG", field="logo") from error
    # Excel draws a picture at its own resolution; these are its pixels on a screen.
    width = image.width * _SCREEN_DPI / image.x_dpi
    height = image.height * _SCREEN_DPI / image.y_dpi
    scale = min(_LOGO_HEIGHT / height, _LOGO_WIDTH / width, 1)
    sheet.worksheet.set_row(sheet.next_row, height * scale * _PIXEL_POINTS + 6)
    place = {"x_scale": scale, "y_scale": scale, "decorative": True, "object_position": 3}
    sheet.worksheet.insert_image(sheet.next_row, 0, image, place)
    sheet.next_row += 1
