"""The days of a document, or another period: chart, timeline and table with its total."""

from __future__ import annotations

from datetime import timedelta

from sla_compliance.calendars.periods import Period
from sla_compliance.drawing.chart import ChartPoint, PointKind, axis_floor, axis_ticks
from sla_compliance.outlets._document.composition import Composition
from sla_compliance.outlets._document.timeline import timeline
from sla_compliance.outlets._document.wording import no_figure, text_cell
from sla_compliance.outlets.blocks import (
    Block,
    Cell,
    CellKind,
    Chart,
    Column,
    Heading,
    LegendEntry,
    Note,
    Row,
    Table,
)
from sla_compliance.outlets.left_out import left_out_lengths
from sla_compliance.outlets.text import unknown_length_us
from sla_compliance.previews import POINT_KINDS
from sla_compliance.records import ComplianceRecord
from sla_compliance.units import SECOND_US
from sla_compliance.verdicts import Verdict


def days_section(composition: Composition) -> list[Block]:
    """Return every period in figures."""
    wording = composition.wording
    period_name = wording.period(composition.period)
    heading = Heading(text=wording.say("heading_days", period=period_name), name="days")
    if not composition.records:
        sentence = wording.say("no_whole_period", period=period_name)
        return [heading, Note(sentences=(sentence,)), _table(composition)]
    blocks: list[Block] = [heading, _chart(composition)]
    if composition.report is not None:
        blocks.append(timeline(composition, composition.report))
    return [*blocks, _table(composition)]


def _chart(composition: Composition) -> Chart:
    wording, records = composition.wording, composition.records
    points = tuple(_point(composition, index, record) for index, record in enumerate(records))
    return Chart(
        label=wording.say("chart_label", period=wording.period(composition.period)),
        points=points,
        target=wording.target_cell(records[0]),
        ticks=tuple(map(wording.whole_percentage, axis_ticks(axis_floor(points, records[0].target_percentage)))),
        legend=_legend(composition),
    )


def _point(composition: Composition, index: int, record: ComplianceRecord) -> ChartPoint:
    kind = POINT_KINDS[record.verdict]
    if record.is_hour and record.availability_ratio is not None:
        kind = PointKind.MET  # an hour has no verdict; its height alone says how it was
    return ChartPoint(
        label=_point_label(composition, record),
        percentage=record.compliance_percentage,
        kind=kind,
        is_doubtful=unknown_length_us(record) > 0,
        link_id=_row_id(index),
    )


def _point_label(composition: Composition, record: ComplianceRecord) -> str:
    """Return what stands below a point: its date, or its time of day where the hours are of at most two days."""
    first, last = composition.records[0].date, composition.records[-1].date
    if record.is_hour and last - first <= timedelta(days=1):
        return f"{record.start:%H:%M}"
    return composition.wording.formats.short_date(record.date)


def _row_id(index: int) -> str:
    return f"r{index}"


def _legend(composition: Composition) -> tuple[LegendEntry, ...]:
    """Return what the marks of the chart mean, of those that it shows."""
    wording, records = composition.wording, composition.records
    verdicts = {record.verdict for record in records}
    entries = [
        LegendEntry(mark="line", text=wording.say("legend_line")),
        LegendEntry(mark="target", text=wording.say("legend_target", target=wording.target(records[0]))),
    ]
    if Verdict.BREACHED in verdicts:
        entries.append(LegendEntry(mark=PointKind.BREACHED, text=wording.say("verdict_breached")))
    if Verdict.AT_RISK in verdicts:
        entries.append(LegendEntry(mark=PointKind.AT_RISK, text=wording.say("verdict_at_risk")))
    if any(record.availability_ratio is None for record in records):
        entries.append(LegendEntry(mark="gap", text=wording.say("legend_gap")))
    if any(unknown_length_us(record) for record in records if record.availability_ratio is not None):
        entries.append(LegendEntry(mark="doubt", text=wording.say("legend_doubt")))
    return tuple(entries)


def _table(composition: Composition) -> Table:
    wording = composition.wording
    name_kind = _name_kind(composition.period)
    columns = (
        Column(key="period", heading=wording.period_heading(composition.period), kind=name_kind),
        Column(key="availability", heading=wording.say("availability"), kind=CellKind.PERCENTAGE),
        Column(key="uptime", heading=wording.say("uptime"), kind=CellKind.LENGTH),
        Column(key="downtime", heading=wording.say("downtime"), kind=CellKind.LENGTH),
        Column(key="left_out", heading=wording.say("left_out")),
        Column(key="verdict", heading=wording.say("verdict")),
    )
    rows = tuple(_row(composition, index, record) for index, record in enumerate(composition.records))
    return Table(name="days", columns=columns, rows=rows, total=_total_row(composition))


def _name_kind(period: Period) -> CellKind:
    if period.is_hour:
        return CellKind.INSTANT
    return CellKind.DATE if period == Period.DAY else CellKind.TEXT


def _row(composition: Composition, index: int, record: ComplianceRecord) -> Row:
    wording = composition.wording
    is_confirmed = composition.is_confirmed(record)
    if composition.period == Period.DAY:
        # A day carries the verdict alone, unless nothing of the input is confirmed.
        is_confirmed = composition.figures.doubt_of_input is None
    names = {
        CellKind.INSTANT: lambda: wording.instant(record.start),
        CellKind.DATE: lambda: wording.date(record.date),
        CellKind.TEXT: lambda: text_cell(wording.dates(record)),
    }
    name = names[_name_kind(composition.period)]()
    tone = composition.tone(record, is_confirmed=is_confirmed)
    return Row(
        cells=(name, *_figures(composition, record, is_confirmed=is_confirmed)), tone=tone, row_id=_row_id(index)
    )


def _total_row(composition: Composition) -> Row:
    total = composition.total
    is_confirmed = composition.is_confirmed(total)
    cells = _figures(composition, total, is_confirmed=is_confirmed)
    name = text_cell(composition.wording.say("total"))
    return Row(cells=(name, *cells), tone=composition.tone(total, is_confirmed=is_confirmed))


def _figures(composition: Composition, record: ComplianceRecord, *, is_confirmed: bool) -> tuple[Cell, ...]:
    wording = composition.wording
    is_measured = record.availability_ratio is not None
    return (
        wording.figure(record),
        wording.uptime(record.uptime_us) if is_measured else no_figure(CellKind.LENGTH),
        wording.downtime(record.downtime_us) if is_measured else no_figure(CellKind.LENGTH),
        _left_out(composition, record),
        _verdict(composition, record, is_confirmed=is_confirmed),
    )


def _left_out(composition: Composition, record: ComplianceRecord) -> Cell:
    """Return the time that is left out, with its reasons."""
    wording = composition.wording
    parts = [
        wording.say(
            "left_out_because", length=wording.seconds(length_us // SECOND_US), reason=wording.say(f"left_out_{reason}")
        )
        for reason, length_us in left_out_lengths(record).items()
    ]
    return text_cell(", ".join(parts))


def _verdict(composition: Composition, record: ComplianceRecord, *, is_confirmed: bool) -> Cell:
    """Return the verdict, and how much is unknown; an hour has no verdict."""
    wording = composition.wording
    words = "" if record.is_hour else wording.verdict(record.verdict, is_confirmed=is_confirmed)
    unknown_us = unknown_length_us(record)
    unknown = wording.say("length_unknown", length=wording.most(unknown_us)) if unknown_us else ""
    return text_cell(", ".join(filter(None, (words, unknown))))
