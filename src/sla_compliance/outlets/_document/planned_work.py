"""Planned work and exclusions of a document, with reason and author, and what was refused and why."""

from __future__ import annotations

from typing import Final, Protocol, runtime_checkable

from sla_compliance.exclusion_lines import MOST_VALUES_NAMED, ExclusionLine
from sla_compliance.intervals import IntervalSet
from sla_compliance.measured import FactCode
from sla_compliance.outlets._document.composition import Composition
from sla_compliance.outlets._document.wording import no_figure, text_cell
from sla_compliance.outlets.blocks import Block, Cell, CellKind, Column, Heading, Row, Table
from sla_compliance.records import ComplianceRecord
from sla_compliance.report import ComplianceReport
from sla_compliance.targeting import AcceptedWindow
from sla_compliance.units import SECOND_US, moment
from sla_compliance.zones import load_zone

MOST_WINDOWS: Final = 200
_NAMED_COLUMNS: Final = frozenset(
    {"resource_id", "customer_id", "tenant_id", "alarm_id", "alarm_type", "parent_alarm_id", "severity", "title"}
)
"""The columns of alarms that the catalogue has words for."""


@runtime_checkable
class ExcludingFigures(Protocol):
    """Figures that say what each accepted window excluded."""

    def exclusion_lines(self, record: ComplianceRecord | None = None) -> list[ExclusionLine] | None:
        """Return a line for each window in a record; None where the windows are not known."""
        ...


def planned_work_section(composition: Composition) -> list[Block]:
    """Return the accepted windows, then those that were refused."""
    wording, figures = composition.wording, composition.figures
    lines = figures.exclusion_lines() if isinstance(figures, ExcludingFigures) else None
    heading = Heading(text=wording.say("heading_planned_work"), name="planned-work")
    refused = _refused(composition)
    caption = wording.say("caption_accepted") if refused.rows else ""
    return [heading, _accepted(composition, lines, caption), refused]


def _accepted(composition: Composition, lines: list[ExclusionLine] | None, caption: str) -> Table:
    wording = composition.wording
    columns = (
        Column(key="start", heading=wording.say("start"), kind=CellKind.INSTANT),
        Column(key="kind", heading=wording.say("window_kind")),
        Column(key="reason", heading=wording.say("window_reason")),
        Column(key="author", heading=wording.say("window_author")),
        Column(key="applies_to", heading=wording.say("window_applies_to")),
        Column(key="times", heading=wording.say("window_times"), kind=CellKind.COUNT),
        Column(key="length", heading=wording.say("window_length"), kind=CellKind.LENGTH),
        Column(key="downtime", heading=wording.say("window_downtime"), kind=CellKind.LENGTH),
    )
    if lines is None:
        return Table(name="planned-work", columns=columns, rows=(), note=wording.say("windows_not_known"))
    rows = tuple(_row(composition, line) for line in lines[:MOST_WINDOWS])
    note = "" if lines else wording.say("windows_none")
    if len(lines) > MOST_WINDOWS:
        note = wording.say("windows_more", count=len(lines) - MOST_WINDOWS)
    return Table(name="planned-work", columns=columns, rows=rows, caption=caption, note=note)


def _row(composition: Composition, line: ExclusionLine) -> Row:
    wording, total, window = composition.wording, composition.total, line.window
    times = window.times.clip(total.start_us, total.end_us)
    downtime = no_figure(CellKind.LENGTH) if line.downtime_us is None else wording.downtime(line.downtime_us)
    return Row(
        cells=(
            _first_start(composition, times),
            text_cell(wording.say(f"window_{window.kind}")),
            text_cell(window.reason),
            text_cell(window.author),
            text_cell(_applies_to(composition, window)),
            wording.count(len(times)),
            wording.length(line.length_us // SECOND_US),
            downtime,
        )
    )


def _first_start(composition: Composition, times: IntervalSet) -> Cell:
    return composition.wording.instant(moment(times.starts_us[0], load_zone(composition.figures.zone)))


def _applies_to(composition: Composition, window: AcceptedWindow) -> str:
    """Return what a window applies to; of many values the first, and how many more there are."""
    wording = composition.wording
    if window.targets is None:
        return wording.say("applies_to_everybody")
    texts: list[str] = []
    for columns, values in window.targets:
        names = [_column_name(composition, column) for column in columns]
        if len(names) == 1:
            named_values = [value for (value,) in values[:MOST_VALUES_NAMED]]
        else:
            pairs = (zip(names, row, strict=True) for row in values[:MOST_VALUES_NAMED])
            named_values = [" + ".join(f"{name} {value}" for name, value in row) for row in pairs]
        named = ", ".join(named_values)
        unnamed = len(values) - MOST_VALUES_NAMED
        if unnamed > 0:
            named = wording.say("applies_to_more", values=named, count=unnamed)
        texts.append(f"{names[0]} {named}" if len(names) == 1 else named)
    text = wording.say("separator").join(texts)
    return wording.say("applies_to_with_children", targets=text) if window.with_children else text


def _column_name(composition: Composition, column: str) -> str:
    """Return what people call a column of alarms; one that is not of the alarms table has its own name."""
    name = f"applies_to_{column}"
    return composition.wording.say(name) if column in _NAMED_COLUMNS else column


def _refused(composition: Composition) -> Table:
    wording, report = composition.wording, composition.report
    rows = _refused_of_facts(composition) if report is None else _refused_of_report(composition, report)
    columns = (
        Column(key="start", heading=wording.say("start"), kind=CellKind.INSTANT),
        Column(key="window", heading=wording.say("refused_window")),
        Column(key="why", heading=wording.say("refused_why")),
        Column(key="length", heading=wording.say("refused_length"), kind=CellKind.LENGTH),
    )
    note = "" if rows else wording.say("refused_none")
    if len(rows) > MOST_WINDOWS:
        note = wording.say("windows_more", count=len(rows) - MOST_WINDOWS)
    caption = wording.say("caption_refused")
    return Table(name="refused", columns=columns, rows=tuple(rows[:MOST_WINDOWS]), caption=caption, note=note)


def _refused_of_report(composition: Composition, report: ComplianceReport) -> list[Row]:
    wording, zone = composition.wording, load_zone(report.zone)
    rows: list[Row] = []
    for work in report.contract.refused:
        start = wording.instant(moment(work.start_us, zone))
        length = wording.length((work.end_us - work.start_us) // SECOND_US)
        rows.append(Row(cells=(start, text_cell(work.name), text_cell(work.reason), length)))
    return rows


def _refused_of_facts(composition: Composition) -> list[Row]:
    """Return what kept days say of refused work: its name with the reason, and its length."""
    wording = composition.wording
    lengths_us: dict[str, int] = {}
    for fact in composition.figures.quality_facts:
        if fact.code == FactCode.REFUSED_WORK:
            lengths_us[fact.name] = lengths_us.get(fact.name, 0) + fact.length_us
    rows: list[Row] = []
    for name, length_us in lengths_us.items():
        # A fact has window and reason as one text; a long one is cut.
        window, _, reason = name.rpartition(": ")
        named = text_cell(window or reason or wording.say("refused_unnamed"))
        why = text_cell(reason if window else "")
        length = wording.length(length_us // SECOND_US) if length_us else no_figure(CellKind.LENGTH)
        rows.append(Row(cells=(no_figure(CellKind.INSTANT), named, why, length)))
    return rows
