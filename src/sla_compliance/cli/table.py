"""Reports as tables for a terminal, or for a file where they are plain text."""
################################################################
# A sign and a word mark a breached row; colour only adds to them. Lengths are
# h:mm:ss; minutes are those of the wire format, rounded up. Totals come from
# exact lengths, so they are not the sum of the rows above them.
#
# A total and a contract period carry a verdict with its confirmation; a day carries
# the verdict alone, and the notes say which days are partly unknown, and why.
# No text of a file can move the cursor.
################################################################

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from itertools import islice
from typing import Final, TextIO

from rich.box import SIMPLE_HEAD
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from sla_compliance.calendars.periods import Period
from sla_compliance.cli.day_strip import LEGEND, strip
from sla_compliance.outlets.text import (
    AGREED_HOURS,
    TERMINAL,
    WITHOUT_EXCLUSIONS,
    clock_length,
    counted,
    doubt_sentences,
    is_confirmed,
    iso_date_span,
    iso_period,
    key_name,
    left_out_reasons,
    left_out_us,
    printable,
    record_verdict,
    total_verdict,
    unknown_days,
)
from sla_compliance.records import ComplianceRecord, Verdict
from sla_compliance.report import ComplianceReport
from sla_compliance.verdicts import verdict_text

WIDE_COLUMNS: Final = 100
"""From this width, in characters, a terminal has room for the strips of days."""

NARROW_COLUMNS: Final = 80
"""Below this width a terminal has room for the name, the availability and the verdict alone."""

STRIP_HEADING: Final = "The day in 24 parts"
AVAILABILITY_HEADING: Final = "Availability"
NARROW_AVAILABILITY_HEADING: Final = "Avail."
VERDICT_HEADING: Final = "Verdict"
NARROW_HEADINGS: Final = (AVAILABILITY_HEADING, VERDICT_HEADING)
LONGEST_VERDICT_WORD: Final = len("unconfirmed")
LEFT_ALIGNED: Final = (VERDICT_HEADING, STRIP_HEADING)
STYLES: Final = {Verdict.BREACHED: "bold red", Verdict.AT_RISK: "bold yellow", Verdict.UNDETERMINED: "dim"}
SIGNS: Final = {Verdict.BREACHED: "✗", Verdict.AT_RISK: "!"}
ASCII_SIGNS: Final = {Verdict.BREACHED: "x", Verdict.AT_RISK: "!"}

Notes = dict[str, str | Iterable[str]]
"""What stands below a table: names with a sentence or several."""


class Page:
    """What is shown on one stream: as wide, as colourful and with as many characters as it can take."""

    def __init__(self, stream: TextIO) -> None:
        self._console = Console(file=stream, markup=False, highlight=False, emoji=False)
        self.is_plain = self._console.options.ascii_only
        self.is_wide = self._console.width >= WIDE_COLUMNS and not self.is_plain
        self.is_narrow = self._console.width < NARROW_COLUMNS

    def text(self, *parts: RenderableType) -> str:
        """Return the parts as they are to be written, one below the other."""
        with self._console.capture() as capture:
            for part in parts:
                self._console.print()
                self._console.print(part)
        # rich pads lines with blanks to the width of the terminal.
        return "".join(f"{line.rstrip()}\n" for line in capture.get().splitlines())

    def sign(self, verdict: Verdict) -> str:
        """Return the sign in front of a row; empty where it needs no attention."""
        signs = ASCII_SIGNS if self.is_plain else SIGNS
        return signs.get(verdict, "")


def periods_page(page: Page, title: str, report: ComplianceReport, by: Period) -> str:
    """Return the table of a report's periods, its totals, and notes on how to read them."""
    total = report.total
    has_gaps = left_out_us(total) > 0
    has_strips = page.is_wide and by == Period.DAY
    table = FigureTable(page, by.name.capitalize(), _period_columns(has_gaps=has_gaps, has_strips=has_strips))
    for record in report.by(by):
        cells = [*_period_cells(record, has_gaps=has_gaps), record_verdict(report, record, by)]
        if has_strips:
            cells.append(strip(report, record))
        _add_row(table, page, iso_period(record), record, cells)
    table.table.add_section()
    days = counted(len(report.days), "day")
    total_cells = [*_period_cells(total, has_gaps=has_gaps), total_verdict(report)]
    _add_row(table, page, f"Total, {days}", total, total_cells)
    # The gross total is for comparison: it has no verdict, no sign and no style.
    gross_name = f"{WITHOUT_EXCLUSIONS}\n{AGREED_HOURS}"
    gross_cells = _period_cells(report.gross, has_gaps=has_gaps)
    table.add_row("", gross_name, [*_first_cells(report.gross), *gross_cells])
    notes = _notes(report)
    if has_strips:
        notes["Strips"] = LEGEND
    return page.text(page_heading(title, report), table.table, notes_table(notes))


def keys_page(
    page: Page,
    title: str,
    column: str,
    whole: ComplianceReport,
    reports_by_key: Mapping[Hashable, ComplianceReport],
    *,
    worst: int | None = None,
    has_inventory: bool = False,
) -> str:
    """Return the table of the values of a column, and notes on how to read it.

    Args:
        column: the name of the column.
        whole: the report of all values together.
        reports_by_key: the report of each value, in the order of the rows; None is the key of rows without a value.
        worst: how many of them have a row, the first ones; None: all.
        has_inventory: whether the values are those of an inventory, so that all there is has a row.
    """
    gross_heading = f"{WITHOUT_EXCLUSIONS} {AGREED_HOURS}".replace(" ", "\n")
    table = FigureTable(page, printable(column), [gross_heading, "Breached\ndays", VERDICT_HEADING])
    for key, report in islice(reports_by_key.items(), worst):
        name = printable(key_name(key, report.title))
        _add_row(table, page, name, report.total, _key_cells(report, whole))
    table.table.add_section()
    _add_row(table, page, "All together", whole.total, _key_cells(whole, whole))
    breached = sum(report.total.is_breached for report in reports_by_key.values())
    listed = f"{breached:,} of {len(reports_by_key):,}"
    if not has_inventory:
        listed = f"{listed}; what has no alarm row at all is not listed"
    if worst is not None and worst < len(reports_by_key):
        listed = f"{listed}; the {worst:,} worst are shown"
    return page.text(page_heading(title, whole), table.table, notes_table({"Breached": listed, **_notes(whole)}))


class FigureTable:
    """A table of figures: a sign, a name, availability, downtime and further columns.

    A narrow terminal has room for sign, name, availability and verdict alone.
    """

    def __init__(self, page: Page, first_column: str, more_columns: Iterable[str]) -> None:
        """Begin without rows."""
        self._page = page
        blanks_after_cells = 0 if page.is_narrow else 1  # beside the blank that the box draws
        self.table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, blanks_after_cells, 0, 0))
        self.table.add_column("", width=1)  # the sign
        self.table.add_column(first_column, overflow="fold", min_width=14)
        self._headings = (AVAILABILITY_HEADING, "Downtime", *more_columns)
        for heading in self._shown(self._headings):
            self.table.add_column(
                NARROW_AVAILABILITY_HEADING if page.is_narrow and heading == AVAILABILITY_HEADING else heading,
                justify="left" if heading in LEFT_ALIGNED else "right",
                # The longest verdict has two words: on a narrow terminal it takes two lines.
                no_wrap=heading != VERDICT_HEADING,
                min_width=LONGEST_VERDICT_WORD if heading == VERDICT_HEADING else None,
            )

    def add_row(self, sign: str, name: str, cells: Sequence[str], style: str = "") -> None:
        """Add a row; cells that stand after the last column of the row are empty."""
        self.table.add_row(Text(sign), Text(name), *map(Text, self._shown(cells)), style=style)

    def _shown(self, cells: Sequence[str]) -> list[str]:
        """Return the cells of the columns that the page has room for."""
        columns = zip(self._headings, cells, strict=False)
        return [cell for heading, cell in columns if heading in NARROW_HEADINGS or not self._page.is_narrow]


def _add_row(table: FigureTable, page: Page, name: str, record: ComplianceRecord, more_cells: Iterable[str]) -> None:
    cells = [*_first_cells(record), *more_cells]
    style = "" if record.is_hour else STYLES.get(record.verdict, "")
    table.add_row(page.sign(record.verdict), name, cells, style)


def _first_cells(record: ComplianceRecord) -> list[str]:
    """Return the availability and the downtime of a row."""
    return [TERMINAL.percentage(record.compliance_text), clock_length(record.downtime_us)]


def _period_columns(*, has_gaps: bool, has_strips: bool) -> list[str]:
    """Return the headings of `_period_cells`, of the verdict and of the strip."""
    columns = ["Minutes"]
    if has_gaps:
        columns.append("Left out")
    columns.append(VERDICT_HEADING)
    if has_strips:
        columns.append(STRIP_HEADING)
    return columns


def _period_cells(record: ComplianceRecord, *, has_gaps: bool) -> list[str]:
    """Return the minutes of downtime, and the time left out where the table has it."""
    cells = [f"{record.downtime_minutes:,}" if record.downtime_us else TERMINAL.no_figure]
    if has_gaps:
        cells.append(clock_length(left_out_us(record)))
    return cells


def _key_cells(report: ComplianceReport, whole: ComplianceReport) -> list[str]:
    """Return the availability without exclusions, the breached days and the verdict of a report.

    Args:
        whole: the report of all values together: it confirms none where no row was read, and has the target that is
            not repeated beside a verdict.
    """
    total = report.total
    breached_days = total.sla_breaches
    verdict = verdict_text(total.verdict, is_confirmed=is_confirmed(whole, total))
    # A column of targets would not fit on 80 characters; the note below the table has the one of all values.
    if total.target_ratio != whole.total.target_ratio:
        verdict = f"{verdict}, target {TERMINAL.target(total)}"
    return [
        TERMINAL.percentage(report.gross.compliance_text),
        str(breached_days) if breached_days else TERMINAL.no_figure,
        verdict,
    ]


def page_heading(title: str, report: ComplianceReport) -> Text:
    """Return the heading of a page: its title, and window and zone."""
    window = f"{_window_text(report)}  {report.zone}"
    return Text.assemble((f"{printable(title)}\n", "bold"), window)


def _window_text(report: ComplianceReport) -> str:
    """Return the dates of a window of whole days, else its bounds."""
    total = report.total
    bounds_us = report.ledger.frame.days.bounds_us
    if not bounds_us or (bounds_us[0], bounds_us[-1]) == (total.start_us, total.end_us):
        return iso_date_span(total.date, total.last_date)
    return f"{total.start.isoformat(' ')} to {total.end.isoformat(' ')}"


def _notes(report: ComplianceReport) -> Notes:
    """Return the target and whether it was met, what is in doubt or left out, the method, and the data's quality."""
    total = report.total
    measured_days = sum(day.availability_ratio is not None for day in report.days)
    breaches = f"{total.sla_breaches:,} of {counted(measured_days, 'measured day')} breached"
    notes: Notes = {
        "Target": f"{TERMINAL.target(total)}: {total_verdict(report)}; {breaches}",
    }
    doubts = doubt_sentences(report)
    if doubts:
        notes["In doubt"] = doubts
    days_in_doubt = unknown_days(report.days)
    if days_in_doubt:
        notes["Days in doubt"] = days_in_doubt
    reasons_us = left_out_reasons(total)
    if reasons_us:
        notes["Left out"] = ", ".join(f"{clock_length(length_us)} {reason}" for reason, length_us in reasons_us.items())
    notes["Method"] = report.method
    quality_lines = report.quality.lines()
    if quality_lines:
        notes["Data quality"] = quality_lines
    return notes


def notes_table(notes: Notes) -> Table:
    """Return notes in two columns; a name stands beside the first of its lines."""
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True, style="bold")
    table.add_column(overflow="fold")
    for name, note in notes.items():
        lines = [note] if isinstance(note, str) else note
        for rank, line in enumerate(lines):
            table.add_row("" if rank else name, Text(printable(line)))
    return table
