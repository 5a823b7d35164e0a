"""Previews of records and figures of many days: verdict, figures and a small chart."""
################################################################
# A preview computes no figure: records have them. Its verdict is in the words of
# verdicts.py, and beside it stands whether it is confirmed, and why not.
#
# A chart has at most MOST_POINTS points. The days of a longer record are taken
# together, an equal number for each point.
################################################################

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from fractions import Fraction
from functools import partial
from typing import Final, Protocol

from sla_compliance import rounding
from sla_compliance.certainty import INPUT_DOUBTS_IN_WORDS, DoubtCause
from sla_compliance.drawing.chart import ChartPoint, PointKind
from sla_compliance.drawing.markup import Markup
from sla_compliance.drawing.preview import Preview
from sla_compliance.drawing.small_chart import small_chart
from sla_compliance.labels import Accounting
from sla_compliance.ledger import CellLengths, summed_cells
from sla_compliance.units import SECOND_US, length_text
from sla_compliance.verdicts import Verdict, availability_ratio, counted_us, verdict

MOST_POINTS: Final = 100

POINT_KINDS: Final = {
    Verdict.MET: PointKind.MET,
    Verdict.AT_RISK: PointKind.AT_RISK,
    Verdict.BREACHED: PointKind.BREACHED,
    Verdict.UNDETERMINED: PointKind.NOT_MEASURED,
}
"""What a chart says of a period, by the verdict on it."""


class RecordFacts(Protocol):
    """What a preview reads of a record; ComplianceRecord says what each is."""

    @property
    def date(self) -> dt.date: ...  # noqa: D102 - described by ComplianceRecord
    @property
    def last_date(self) -> dt.date: ...  # noqa: D102
    @property
    def zone(self) -> str: ...  # noqa: D102
    @property
    def day_cells_us(self) -> Sequence[CellLengths]: ...  # noqa: D102
    @property
    def target_ratio(self) -> Fraction: ...  # noqa: D102
    @property
    def accounting(self) -> Accounting: ...  # noqa: D102
    @property
    def downtime_us(self) -> int: ...  # noqa: D102
    @property
    def doubtful_us(self) -> int: ...  # noqa: D102
    @property
    def verdict(self) -> Verdict: ...  # noqa: D102
    @property
    def verdict_text(self) -> str: ...  # noqa: D102
    @property
    def is_confirmed(self) -> bool: ...  # noqa: D102
    @property
    def confirmation_text(self) -> str: ...  # noqa: D102
    @property
    def target_percentage(self) -> float: ...  # noqa: D102
    @property
    def compliance_percentage(self) -> float | None: ...  # noqa: D102
    @property
    def compliance_text(self) -> str | None: ...  # noqa: D102


def record_preview(record: RecordFacts) -> Preview:
    """Return what a record says of itself, in one line as text; its chart is of its days."""
    return Preview(
        heading=heading(record),
        verdict=record.verdict_text,
        facts=[*figure_facts(record), ("confirmed", "yes" if record.is_confirmed else "no")],
        separator=", ",
        chart=partial(_chart_of_days, record),
        notes=lambda: [record.confirmation_text],
    )


def heading(record: RecordFacts) -> str:
    """Return the dates of a record and its zone."""
    return f"{_date_span(record)} in {record.zone}"


def confirmation(record: RecordFacts, doubt_of_input: DoubtCause | None) -> tuple[bool, str]:
    """Return whether the verdict on a record is confirmed, given the doubt of its whole input, and why or why not."""
    if doubt_of_input is None:
        return record.is_confirmed, record.confirmation_text
    return False, INPUT_DOUBTS_IN_WORDS[doubt_of_input]


def figure_facts(record: RecordFacts) -> list[tuple[str, str]]:
    """Return the figures of a record in words, each with its name; downtime is rounded up to seconds."""
    availability = "no time counted" if record.compliance_text is None else f"{record.compliance_text} %"
    whole_seconds_us = -(-record.downtime_us // SECOND_US) * SECOND_US
    return [
        ("availability", availability),
        ("target", f"{record.target_percentage:.15g} %"),
        ("downtime", length_text(whole_seconds_us)),
    ]


def chart_of_records(records: Sequence[RecordFacts], period_name: str) -> Markup:
    """Return the chart of some records, a point for each; of none, nothing.

    Args:
        period_name: the period that the records are of, e.g. "day".
    """
    if not records:
        return Markup("")
    points = [
        ChartPoint(
            label=_point_label(record),
            percentage=record.compliance_percentage,
            kind=POINT_KINDS[record.verdict],
            is_doubtful=record.doubtful_us > 0,
        )
        for record in records
    ]
    return small_chart(
        points,
        target_percentage=records[0].target_percentage,
        label=f"Availability by {period_name}",
        first=records[0].date.isoformat(),
        last=records[-1].last_date.isoformat(),
    )


def _point_label(record: RecordFacts) -> str:
    (_, availability), *_ = figure_facts(record)
    doubt = ", partly unknown" if record.doubtful_us else ""
    return f"{_date_span(record)}: {availability}{doubt}"


def _date_span(record: RecordFacts) -> str:
    if record.date == record.last_date:
        return record.date.isoformat()
    return f"{record.date.isoformat()} to {record.last_date.isoformat()}"


def _chart_of_days(record: RecordFacts) -> Markup:
    """Return the chart of a record's days; of none, nothing."""
    days = record.day_cells_us
    if not days:
        return Markup("")
    days_per_point = -(-len(days) // MOST_POINTS)
    firsts = range(0, len(days), days_per_point)
    points = [_point_of_days(record, days[first : first + days_per_point]) for first in firsts]
    unit = "day" if days_per_point == 1 else f"{days_per_point} days"
    return small_chart(
        points,
        target_percentage=record.target_percentage,
        label=f"Availability by {unit}",
        first=record.date.isoformat(),
        last=record.last_date.isoformat(),
    )


def _point_of_days(record: RecordFacts, days: Sequence[CellLengths]) -> ChartPoint:
    cells_us = summed_cells(days)
    accounting = record.accounting
    ratio = availability_ratio(counted_us(cells_us, accounting.up_cells), counted_us(cells_us, accounting.down_cells))
    decimals = rounding.percentage_decimals(record.target_ratio)
    return ChartPoint(
        label="",
        percentage=None if ratio is None else rounding.shown_percentage(ratio, decimals),
        kind=POINT_KINDS[verdict(cells_us, accounting, record.target_ratio)],
    )
