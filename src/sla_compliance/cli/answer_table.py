"""Answers as tables for a terminal, or for a file where they are plain text."""
################################################################
# A narrow terminal has no room for all columns: each column says whether it is one
# that stays. The verdict stands above every table, so it always stays.
# No text of a file can move the cursor.
################################################################

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from rich.box import SIMPLE_HEAD
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from sla_compliance.cli.table import Page, notes_table, page_heading
from sla_compliance.outlets.text import TERMINAL, printable, total_verdict
from sla_compliance.report import ComplianceReport

_LONGEST_WITHOUT_OFFSET: Final = len("2026-10-05 09:00:00")


class AnswerColumn(NamedTuple):
    """One column of a table.

    Attributes:
        heading: above it.
        is_text: whether it is aligned to the left and may take several lines.
        is_narrow: whether it stands on a narrow terminal too.
    """

    heading: str
    is_text: bool = False
    is_narrow: bool = True


class AnswerTable:
    """A table: a sign, and the columns that the page has room for."""

    def __init__(self, page: Page, columns: Sequence[AnswerColumn]) -> None:
        """Begin without rows."""
        self._columns = columns
        self._is_narrow = page.is_narrow
        blanks_after_cells = 0 if page.is_narrow else 1  # beside the blank that the box draws
        self.table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, blanks_after_cells, 0, 0))
        self.table.add_column("", width=1)  # the sign
        for column in columns:
            if column.is_narrow or not page.is_narrow:
                self.table.add_column(
                    column.heading,
                    justify="left" if column.is_text else "right",
                    overflow="fold",
                    no_wrap=not column.is_text,
                )

    def add_row(self, sign: str, cells: Sequence[str], style: str = "") -> None:
        """Add a row; it has a cell for each column, also for those that the page has no room for."""
        cells_by_column = zip(self._columns, cells, strict=True)
        shown = [cell for column, cell in cells_by_column if column.is_narrow or not self._is_narrow]
        self.table.add_row(Text(sign), *(Text(printable(cell)) for cell in shown), style=style)


def answer_page(page: Page, title: str, report: ComplianceReport, parts: Iterable[RenderableType]) -> str:
    """Return a page: title, window, verdict and figure, and then its parts, one below the other."""
    total = report.total
    figure = f"{TERMINAL.percentage(total.compliance_text)}, target {TERMINAL.target(total)}"
    verdict = notes_table({"Verdict": f"{total_verdict(report)}: {figure}"})
    return page.text(page_heading(title, report), verdict, *parts)


def lines_of_text(lines: Iterable[str]) -> Text:
    """Return lines one below the other."""
    return Text("\n".join(map(printable, lines)))


def instant_text(page: Page, instant: datetime) -> str:
    """Return an instant to the second, in its own zone; with its offset where the page is wide."""
    text = instant.isoformat(" ", "seconds")
    return text if page.is_wide else text[:_LONGEST_WITHOUT_OFFSET]
