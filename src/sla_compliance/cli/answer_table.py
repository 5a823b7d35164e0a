"""Answers as tables for a terminal, or for a file where they are plain text."""
################################################################
# A narrow terminal has no room for all columns: each column says whether it is one
# that stays. The verdict stands above every table, so it always stays.
# No text of a file can move the cursor.
################################################################

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import compress
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
        is_wide_only: whether it stands on a wide terminal alone.
    """

    heading: str
    is_text: bool = False
    is_narrow: bool = True
    is_wide_only: bool = False

    def fits(self, page: Page) -> bool:
        """Whether a page has room for it."""
        if page.is_narrow:
            return self.is_narrow and not self.is_wide_only
        return page.is_wide or not self.is_wide_only


class AnswerTable:
    """A table: a sign, and the columns that the page has room for."""

    def __init__(self, page: Page, columns: Sequence[AnswerColumn]) -> None:
        """Begin without rows."""
        self._fits = [column.fits(page) for column in columns]
        blanks_after_cells = 0 if page.is_narrow else 1  # beside the blank that the box draws
        self.table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, blanks_after_cells, 0, 0))
        self.table.add_column("", width=1)  # the sign
        for column in compress(columns, self._fits):
            self.table.add_column(
                column.heading,
                justify="left" if column.is_text else "right",
                overflow="fold",
                no_wrap=not column.is_text,
            )

    def add_row(self, sign: str, cells: Sequence[str], style: str = "") -> None:
        """Add a row; it has a cell for each column, also for those that the page has no room for."""
        shown = [Text(printable(cell)) for cell, fits in zip(cells, self._fits, strict=True) if fits]
        self.table.add_row(Text(sign), *shown, style=style)


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


def end_text(page: Page, start: datetime, end: datetime) -> str:
    """Return the end of a stretch that a table shows beside its start: on a page that is not wide "00:30:00 +1 d"."""
    if page.is_wide:
        return instant_text(page, end)
    time_of_day = end.isoformat(" ", "seconds")[len("2026-10-05 ") : _LONGEST_WITHOUT_OFFSET]
    dates_later = (end.date() - start.date()).days
    return f"{time_of_day} +{dates_later} d" if dates_later else time_of_day
