"""The bridge of a document: from all time to what counts by contract, one line for each rule."""
################################################################
# Each cell of the total belongs to one rule. Before any rule it is up, down or
# neither as its state says; the rules of service and hours leave it out, which gives
# the figure without exclusions (GROSS); the agreed rules give the record's own. What
# a rule changes is what its cells count after it, less what they counted before.
#
# Lengths are shown in whole seconds and the lines add up exactly: each line is the
# difference of two rounded sums, downtime rounded up and uptime cut. So the sums are
# the figures that stand everywhere else.
################################################################

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sla_compliance.labels import Accounting, Cell, Counts, Scope, State
from sla_compliance.outlets._document.composition import Composition
from sla_compliance.outlets._document.wording import no_figure, text_cell
from sla_compliance.outlets.blocks import Block, CellKind, Column, Figure, Figures, Heading, Row, Table
from sla_compliance.outlets.blocks import Cell as TableCell
from sla_compliance.outlets.text import whole_seconds_up
from sla_compliance.records import ComplianceRecord
from sla_compliance.units import SECOND_US
from sla_compliance.verdicts import availability_ratio


class BridgeRule(StrEnum):
    """Why a cell counts otherwise than its state says, in the order of the bridge."""

    NOT_IN_SERVICE = "not_in_service"
    HOURS = "hours"
    MAINTENANCE = "maintenance"
    EXCLUSIONS = "exclusions"
    ACCOUNTING = "accounting"


_RULES_BEFORE_GROSS: Final = (BridgeRule.NOT_IN_SERVICE, BridgeRule.HOURS)
_AGREED_RULES: Final = (BridgeRule.MAINTENANCE, BridgeRule.EXCLUSIONS, BridgeRule.ACCOUNTING)
_RULE_OF_SCOPE: Final = {
    Scope.NOT_IN_SERVICE: BridgeRule.NOT_IN_SERVICE,
    Scope.OUT_OF_HOURS: BridgeRule.HOURS,
    Scope.MAINTENANCE: BridgeRule.MAINTENANCE,
    Scope.EXCLUDED: BridgeRule.EXCLUSIONS,
}
_RULE_OF_STATE: Final = {
    State.EXCUSED_MAINTENANCE: BridgeRule.MAINTENANCE,
    State.EXCUSED_OTHER: BridgeRule.EXCLUSIONS,
}
_DOWN_STATES: Final = frozenset({State.DOWN, State.EXCUSED_MAINTENANCE, State.EXCUSED_OTHER})


@dataclass(frozen=True, slots=True)
class _Lengths:
    """Uptime and downtime, microseconds; of a change they may be below 0."""

    up_us: int = 0
    down_us: int = 0

    def __add__(self, other: _Lengths) -> _Lengths:
        return _Lengths(self.up_us + other.up_us, self.down_us + other.down_us)

    @property
    def whole_seconds(self) -> tuple[int, int]:
        """Uptime cut and downtime rounded up."""
        return self.up_us // SECOND_US, whole_seconds_up(self.down_us) // SECOND_US


def bridge_section(composition: Composition) -> list[Block]:
    """Return how the contractual figures follow from all time, and those with planned outages in and out."""
    heading = Heading(text=composition.wording.say("heading_bridge"), name="bridge")
    return [heading, _table(composition), _planned_outages(composition)]


def _table(composition: Composition) -> Table:
    wording, total = composition.wording, composition.total
    sums = _lengths_by_state(total)
    changes = _changes(total)
    rows = [_sum_row(composition, "bridge_all", sums)]
    for rule in _RULES_BEFORE_GROSS:
        rows.append(_change_row(composition, rule, sums, changes[rule]))
        sums += changes[rule]
    rows.append(_sum_row(composition, "bridge_gross", sums))
    for rule in _AGREED_RULES:
        rows.append(_change_row(composition, rule, sums, changes[rule]))
        sums += changes[rule]
    columns = (
        Column(key="rule", heading=wording.say("bridge_rule")),
        Column(key="downtime", heading=wording.say("downtime"), kind=CellKind.LENGTH),
        Column(key="uptime", heading=wording.say("uptime"), kind=CellKind.LENGTH),
        Column(key="availability", heading=wording.say("availability"), kind=CellKind.PERCENTAGE),
    )
    contractual = _sum_row(composition, "bridge_contractual", sums)
    return Table(name="bridge", columns=columns, rows=tuple(rows), total=contractual, note=wording.say("bridge_note"))


def _changes(total: ComplianceRecord) -> dict[BridgeRule, _Lengths]:
    """Return by how much each rule changes what counts."""
    changes = dict.fromkeys(BridgeRule, _Lengths())
    for cell, length_us in total.segments.items():
        by_state, gross = _counts_by_state(cell), Accounting.GROSS.counts(*cell)
        contractual = total.accounting.counts(*cell)
        scope, state = cell
        first_rule = _RULE_OF_SCOPE.get(scope, BridgeRule.ACCOUNTING)
        agreed_rule = _RULE_OF_SCOPE.get(scope, _RULE_OF_STATE.get(state, BridgeRule.ACCOUNTING))
        if agreed_rule in _RULES_BEFORE_GROSS:
            # A custom accounting may count time outside the service or its hours.
            agreed_rule = BridgeRule.ACCOUNTING
        changes[first_rule] += _change(length_us, by_state, gross)
        changes[agreed_rule] += _change(length_us, gross, contractual)
    return changes


def _counts_by_state(cell: Cell) -> Counts:
    """Return what a cell counts as before any rule."""
    _, state = cell
    if state in _DOWN_STATES:
        return Counts.DOWN
    return Counts.UP if state is State.UP else Counts.NOT_COUNTED


def _change(length_us: int, before: Counts, after: Counts) -> _Lengths:
    up_us = length_us * ((after is Counts.UP) - (before is Counts.UP))
    down_us = length_us * ((after is Counts.DOWN) - (before is Counts.DOWN))
    return _Lengths(up_us, down_us)


def _sum_row(composition: Composition, name: str, sums: _Lengths) -> Row:
    wording, total = composition.wording, composition.total
    up_s, down_s = sums.whole_seconds
    ratio = availability_ratio(sums.up_us, sums.down_us)
    figure = no_figure(CellKind.PERCENTAGE) if ratio is None else wording.percentage(ratio, total)
    return Row(cells=(text_cell(wording.say(name)), _minutes(composition, down_s), _minutes(composition, up_s), figure))


def _change_row(composition: Composition, rule: BridgeRule, before: _Lengths, change: _Lengths) -> Row:
    up_before_s, down_before_s = before.whole_seconds
    up_after_s, down_after_s = (before + change).whole_seconds
    return Row(
        cells=(
            text_cell(composition.wording.say(f"bridge_{rule}")),
            _minutes(composition, down_after_s - down_before_s),
            _minutes(composition, up_after_s - up_before_s),
            no_figure(CellKind.PERCENTAGE),
        )
    )


def _minutes(composition: Composition, seconds: int) -> TableCell:
    """Return a length in minutes and seconds, so that people can add the lines up."""
    minutes, seconds_left = divmod(abs(seconds), 60)
    units = [(count, unit) for count, unit in ((minutes, "min"), (seconds_left, "s")) if count] or [(0, "min")]
    text = composition.wording.formats.length(units, is_negative=seconds < 0)
    return TableCell(text, seconds, CellKind.LENGTH)


def _lengths_by_state(total: ComplianceRecord) -> _Lengths:
    """Return what counts before any rule."""
    sums = _Lengths()
    for cell, length_us in total.segments.items():
        sums += _change(length_us, Counts.NOT_COUNTED, _counts_by_state(cell))
    return sums


def _planned_outages(composition: Composition) -> Figures:
    """Return the availability with planned outages counted as downtime, and with them left out."""
    wording, total = composition.wording, composition.total
    figures: list[Figure] = []
    for name, accounting in (("planned_in", Accounting.COUNTED), ("planned_out", Accounting.REMOVED)):
        record = total.counted_as(accounting)
        notes = (wording.say("planned_note", length=wording.downtime(record.downtime_us).text),)
        figures.append(Figure(label=wording.say(name), cell=wording.figure(record), notes=notes))
    return Figures(figures=tuple(figures))
