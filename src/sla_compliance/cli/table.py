"""Reports as tables for a terminal, or for a file where they are plain text."""
################################################################
# A breached row is marked by a sign and a word, and by colour only besides.
# Lengths are h:mm:ss; minutes are those of the wire format, rounded up. Totals
# come from exact lengths, so they are not the sum of the rows above them.
# Nothing that came out of a file can move the cursor.
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
from sla_compliance.cli.words import NOTHING, VERDICTS, clock, counted, percentage, printable, span
from sla_compliance.records import ComplianceRecord, Verdict
from sla_compliance.report import ComplianceReport

WIDE: Final = 100
STYLES: Final = {Verdict.BREACHED: "bold red", Verdict.AT_RISK: "bold yellow", Verdict.UNDETERMINED: "dim"}
LEFT: Final = ("Verdict", "The day in 24 parts")
SIGNS: Final = {Verdict.BREACHED: ("✗", "x"), Verdict.AT_RISK: ("!", "!")}


class Page:
    """What is shown on one stream: as wide, as colourful and with as many characters as it can take."""

    def __init__(self, stream: TextIO) -> None:
        self._console = Console(file=stream, markup=False, highlight=False, emoji=False)
        self.is_plain = self._console.options.ascii_only
        self.is_wide = self._console.width >= WIDE and not self.is_plain

    def text(self, *parts: RenderableType) -> str:
        """Return the parts as they are to be written, one below the other."""
        with self._console.capture() as captured:
            for part in parts:
                self._console.print()
                self._console.print(part)
        return "".join(f"{line.rstrip()}\n" for line in captured.get().splitlines())

    def sign(self, verdict: Verdict) -> str:
        """Return the sign in front of a row."""
        return SIGNS[verdict][self.is_plain] if verdict in SIGNS else ""


def periods_page(page: Page, title: str, report: ComplianceReport, by: Period) -> str:
    """Return the table of a report's periods, its totals, and what a reader must know of them."""
    has_gaps = report.total.observed_us < report.total.end_us - report.total.start_us
    has_strips = page.is_wide and by == Period.DAY
    columns = [
        "Minutes",
        *(["Not counted"] if has_gaps else []),
        "Verdict",
        *(["The day in 24 parts"] if has_strips else []),
    ]
    table = _table(by.name.capitalize(), *columns)

    def cells(record: ComplianceRecord) -> list[str]:
        gap_us = record.end_us - record.start_us - record.observed_us
        return [_minutes(record), *([clock(gap_us)] if has_gaps else []), VERDICTS[record.verdict]]

    for record in report.by(by):
        strips = [strip(report, record)] if has_strips else []
        _add_row(table, page, span(record.date, record.last_date), record, *cells(record), *strips)
    table.add_section()
    _add_row(table, page, f"Total, {counted(len(report.days), 'day')}", report.total, *cells(report.total))
    table.add_row("", *_figures("Gross total", report.gross), *cells(report.gross)[:-1])
    notes = {"Gross": "the same time with nothing excluded", **_facts(report)}
    return page.text(_heading(title, report), table, _notes({**notes, **({"Strips": LEGEND} if has_strips else {})}))


def keys_page(
    page: Page, title: str, column: str, whole: ComplianceReport, each: Mapping[Hashable, ComplianceReport]
) -> str:
    """Return the table of the values of a column, the worst first, and what a reader must know of all of them."""
    table = _table(printable(column), "Gross", "Breached days", "Verdict")
    for key, report in each.items():
        _add_row(table, page, "(none)" if key is None else printable(key), report.total, *_key_cells(report))
    table.add_section()
    _add_row(table, page, "All together", whole.total, *_key_cells(whole))
    breached = sum(report.total.is_breached for report in each.values())
    listed = f"{breached:,} of {len(each):,}; what has no alarm row at all is not listed"
    return page.text(_heading(title, whole), table, _notes({"Breached": listed, **_facts(whole)}))


def _key_cells(report: ComplianceReport) -> list[str]:
    days = report.total.sla_breaches
    return [percentage(report.gross), str(days) if days else NOTHING, VERDICTS[report.total.verdict]]


def _minutes(record: ComplianceRecord) -> str:
    return f"{record.downtime_minutes:,}" if record.downtime_us else NOTHING


def _table(first: str, *more: str) -> Table:
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("", width=1)
    table.add_column(first, overflow="fold", min_width=14)
    for name in ("Availability", "Downtime", *more):
        table.add_column(name, justify="left" if name in LEFT else "right", no_wrap=True)
    return table


def _add_row(table: Table, page: Page, name: str, record: ComplianceRecord, *more: str) -> None:
    figures = _figures(name, record)
    table.add_row(*map(Text, (page.sign(record.verdict), *figures, *more)), style=STYLES.get(record.verdict, ""))


def _figures(name: str, record: ComplianceRecord) -> list[str]:
    return [name, percentage(record), clock(record.downtime_us)]


def _heading(title: str, report: ComplianceReport) -> Text:
    total = report.total
    facts = f"{span(total.date, total.last_date)}  {report.zone}"
    return Text.assemble((f"{printable(title)}\n", "bold"), facts)


def _facts(report: ComplianceReport) -> dict[str, str | Iterable[str]]:
    total = report.total
    measured = sum(day.availability_ratio is not None for day in report.days)
    days = f"{total.sla_breaches:,} of {counted(measured, 'measured day')} breached"
    verdict = f"{total.target_percentage:.15g} %: {VERDICTS[total.verdict]}; {days}"
    quality = tuple(report.quality.lines())
    return {"Target": verdict, "Method": report.method, **({"Data quality": quality} if quality else {})}


def _notes(notes: Mapping[str, str | Iterable[str]]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True, style="bold")
    table.add_column(overflow="fold")
    for name, note in notes.items():
        lines = [note] if isinstance(note, str) else note
        for rank, line in enumerate(lines):
            table.add_row("" if rank else name, Text(printable(line)))
    return table
