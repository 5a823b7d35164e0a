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

from collections.abc import Hashable, Iterable, Mapping
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

STRIP_HEADING: Final = "The day in 24 parts"
VERDICT_HEADING: Final = "Verdict"
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
    table = _new_table(by.name.capitalize(), _period_columns(has_gaps=has_gaps, has_strips=has_strips))
    for record in report.by(by):
        cells = [*_period_cells(record, has_gaps=has_gaps), record_verdict(report, record, by)]
        if has_strips:
            cells.append(strip(report, record))
        _add_row(table, page, iso_date_span(record.date, record.last_date), record, cells)
    table.add_section()
    days = counted(len(report.days), "day")
    total_cells = [*_period_cells(total, has_gaps=has_gaps), total_verdict(report)]
    _add_row(table, page, f"Total, {days}", total, total_cells)
    # The gross total is for comparison: it has no verdict, no sign and no style.
    gross_name = f"{WITHOUT_EXCLUSIONS}\n{AGREED_HOURS}"
    gross_cells = _period_cells(report.gross, has_gaps=has_gaps)
    table.add_row("", *_first_cells(gross_name, report.gross), *gross_cells)
    notes = _notes(report)
    if has_strips:
        notes["Strips"] = LEGEND
    return page.text(_heading(title, report), table, _notes_table(notes))


def keys_page(
    page: Page,
    title: str,
    column: str,
    whole: ComplianceReport,
    reports_by_key: Mapping[Hashable, ComplianceReport],
) -> str:
    """Return the table of the values of a column, and notes on how to read it.

    Args:
        column: the name of the column.
        whole: the report of all values together.
        reports_by_key: the report of each value, in the order of the rows; None is the key of rows without a value.
    """
    gross_heading = f"{WITHOUT_EXCLUSIONS} {AGREED_HOURS}".replace(" ", "\n")
    table = _new_table(printable(column), [gross_heading, "Breached\ndays", VERDICT_HEADING])
    for key, report in reports_by_key.items():
        name = "(none)" if key is None else printable(key)
        _add_row(table, page, name, report.total, _key_cells(report, whole))
    table.add_section()
    _add_row(table, page, "All together", whole.total, _key_cells(whole, whole))
    breached = sum(report.total.is_breached for report in reports_by_key.values())
    listed = f"{breached:,} of {len(reports_by_key):,}; what has no alarm row at all is not listed"
    return page.text(_heading(title, whole), table, _notes_table({"Breached": listed, **_notes(whole)}))


def _new_table(first_column: str, more_columns: Iterable[str]) -> Table:
    """Return a table without rows; the columns of `_first_cells` stand between the first and the others."""
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("", width=1)  # the sign
    table.add_column(first_column, overflow="fold", min_width=14)
    for name in ("Availability", "Downtime", *more_columns):
        table.add_column(
            name,
            justify="left" if name in LEFT_ALIGNED else "right",
            # The longest verdict has two words: on a narrow terminal it takes two lines.
            no_wrap=name != VERDICT_HEADING,
            min_width=LONGEST_VERDICT_WORD if name == VERDICT_HEADING else None,
        )
    return table


def _add_row(table: Table, page: Page, name: str, record: ComplianceRecord, more_cells: Iterable[str]) -> None:
    cells = [page.sign(record.verdict), *_first_cells(name, record), *more_cells]
    table.add_row(*map(Text, cells), style=STYLES.get(record.verdict, ""))


def _first_cells(name: str, record: ComplianceRecord) -> list[str]:
    """Return the name, the availability and the downtime of a row."""
    return [name, TERMINAL.percentage(record.compliance_text), clock_length(record.downtime_us)]


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
        whole: the report of all values together: it confirms none where no row was read.
    """
    breached_days = report.total.sla_breaches
    return [
        TERMINAL.percentage(report.gross.compliance_text),
        str(breached_days) if breached_days else TERMINAL.no_figure,
        verdict_text(report.total.verdict, is_confirmed=is_confirmed(whole, report.total)),
    ]


def _heading(title: str, report: ComplianceReport) -> Text:
    total = report.total
    window = f"{iso_date_span(total.date, total.last_date)}  {report.zone}"
    return Text.assemble((f"{printable(title)}\n", "bold"), window)


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


def _notes_table(notes: Notes) -> Table:
    """Return notes in two columns; a name stands beside the first of its lines."""
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True, style="bold")
    table.add_column(overflow="fold")
    for name, note in notes.items():
        lines = [note] if isinstance(note, str) else note
        for rank, line in enumerate(lines):
            table.add_row("" if rank else name, Text(printable(line)))
    return table
