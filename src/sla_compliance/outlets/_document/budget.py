"""The error budget of a document, and how the period compares with the one before."""

from __future__ import annotations

from fractions import Fraction
from math import floor
from typing import Final

from sla_compliance.analysis.budgets import budget
from sla_compliance.analysis.slack import counted_with_time_to_come_as, slack_us
from sla_compliance.analysis.trends import Change, Trend, trend
from sla_compliance.calendars.periods import Period
from sla_compliance.labels import State
from sla_compliance.outlets._document.composition import Composition
from sla_compliance.outlets._document.wording import NO_FIGURE, no_figure, text_cell
from sla_compliance.outlets.blocks import (
    Block,
    Cell,
    CellKind,
    Column,
    Figure,
    Figures,
    Heading,
    Note,
    Row,
    Table,
    Tone,
)
from sla_compliance.report import ComplianceReport
from sla_compliance.rounding import percentage_decimals, percentage_text
from sla_compliance.verdicts import Verdict, is_over

MOST_COMPARISONS: Final = 13


def budget_section(composition: Composition) -> list[Block]:
    """Return what is left of the error budget, and the trend."""
    heading = Heading(text=composition.wording.say("heading_budget"), name="budget")
    return [heading, Figures(figures=_figures(composition)), *_outlook(composition), _trend(composition)]


def _figures(composition: Composition) -> tuple[Figure, ...]:
    wording, total = composition.wording, composition.total
    up_us, spent_us = counted_with_time_to_come_as(State.UP, total)
    allowed_us = (1 - total.target_ratio) * (up_us + spent_us)
    left_us = slack_us(total)
    remaining = left_us / allowed_us if allowed_us else None
    left_tone = Tone.BREACHED if left_us < 0 else Tone.PLAIN
    left_note = wording.say("budget_overspent") if left_us < 0 else ""
    return (
        Figure(
            label=wording.say("budget_allowed"),
            cell=wording.length_left(allowed_us),
            notes=(wording.say("budget_allowed_note", target=wording.target(total)),),
        ),
        Figure(label=wording.say("budget_spent"), cell=wording.downtime(spent_us)),
        Figure(
            label=wording.say("budget_left"),
            cell=wording.length_left(left_us),
            notes=(left_note,) if left_note else (),
            tone=left_tone,
        ),
        Figure(label=wording.say("budget_remaining"), cell=_remaining(composition, remaining), tone=left_tone),
    )


def _remaining(composition: Composition, ratio: Fraction | None) -> Cell:
    """Return the share that is left, rounded down to two decimals; it may be below 0."""
    if ratio is None:
        return Cell(NO_FIGURE, None, CellKind.PERCENTAGE, 2)
    hundredths = floor(ratio * 10_000)
    digits = f"{'-' if hundredths < 0 else ''}{abs(hundredths) // 100}.{abs(hundredths) % 100:02}"
    return Cell(composition.wording.formats.percentage(digits), hundredths / 100, CellKind.PERCENTAGE, 2)


def _outlook(composition: Composition) -> list[Block]:
    """Return by when an outage has to be over, of a period in progress whose rows are known."""
    report, total = composition.report, composition.total
    if report is None or is_over(total.cells_us):
        return []
    wording = composition.wording
    error_budget = budget(report)
    if error_budget.state is Verdict.BREACHED:
        return [Note(sentences=(wording.say("budget_lost"),), tone=Tone.BREACHED)]
    if error_budget.deadline is None:
        return [Note(sentences=(wording.say("budget_safe"),))]
    name = "budget_deadline" if error_budget.down_since is None else "budget_deadline_while_down"
    tone = Tone.PLAIN if error_budget.down_since is None else Tone.AT_RISK
    instant = wording.formats.instant(error_budget.deadline)
    return [Note(sentences=(wording.say(name, instant=instant),), tone=tone)]


def _trend(composition: Composition) -> Table:
    wording = composition.wording
    changes = composition.trend
    if changes is None and composition.report is not None:
        changes = _own_trend(composition, composition.report)
    comparable = [change for change in changes or () if change.is_comparable]
    columns = (
        Column(key="period", heading=wording.say("trend_period")),
        Column(key="availability", heading=wording.say("availability"), kind=CellKind.PERCENTAGE),
        Column(key="before", heading=wording.say("trend_before"), kind=CellKind.PERCENTAGE),
        Column(key="points", heading=wording.say("trend_points"), kind=CellKind.POINTS),
        Column(key="downtime", heading=wording.say("trend_downtime"), kind=CellKind.LENGTH),
        Column(key="downtime_before", heading=wording.say("trend_downtime_before"), kind=CellKind.LENGTH),
    )
    rows = tuple(_change_row(composition, change) for change in comparable[-MOST_COMPARISONS:])
    note = wording.say("trend_note") if rows else wording.say("trend_none")
    return Table(name="trend", columns=columns, rows=rows, note=note)


def _own_trend(composition: Composition, report: ComplianceReport) -> Trend:
    """Return the trend of the document's period; of days, that of the months that the report holds."""
    is_too_short = composition.period.is_hour or composition.period == Period.DAY
    return trend(report, Period.MONTH if is_too_short else composition.period)


def _change_row(composition: Composition, change: Change) -> Row:
    wording = composition.wording
    name = wording.dates(change.record)
    if change.is_to_date:
        name = wording.say("trend_to_date", dates=name)
    before = no_figure(CellKind.PERCENTAGE) if change.before is None else wording.figure(change.before)
    tone = composition.tone(change.record, is_confirmed=change.record.is_confirmed)
    lengths_us = (change.down_per_30d_us, change.before_down_per_30d_us)
    lengths = [no_figure(CellKind.LENGTH) if us is None else wording.downtime_of(us) for us in lengths_us]
    cells = (text_cell(name), wording.figure(change.record), before, _points(composition, change), *lengths)
    return Row(cells=cells, tone=tone)


def _points(composition: Composition, change: Change) -> Cell:
    """Return by how much the availability is higher, rounded down."""
    if change.points is None:
        return no_figure(CellKind.POINTS)
    decimals = percentage_decimals(change.record.target_ratio)
    scale = 10**decimals
    units = floor(change.points * scale)
    sign = "-" if units < 0 else ""
    digits = sign + percentage_text(Fraction(abs(units), scale * 100), decimals)
    return Cell(composition.wording.formats.points(digits), units / scale, CellKind.POINTS, decimals)
