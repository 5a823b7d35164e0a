"""The timeline of a document: when the service was down in each period, and whether it counted."""
################################################################
# A row is a whole local day, so that the hours of all rows stand above one another;
# time of the day outside the window is not counted. A row of a longer period is the
# part of it inside the window. Hours and rolling windows have rows of days, too.
#
# Of a row with more than MOST_STRETCHES stretches the picture is cut into MOST_STRETCHES
# equal parts. In a part all time of one kind is one stretch, what matters most first: no
# outage disappears, and none looks longer than it was.
################################################################

from __future__ import annotations

from bisect import bisect_left
from itertools import pairwise
from typing import Final

from sla_compliance.calendars.periods import Period
from sla_compliance.labels import Accounting, Counts, Scope, State
from sla_compliance.outlets._document.composition import Composition
from sla_compliance.outlets.blocks import LegendEntry, Stretch, StretchKind, Timeline, TimelineRow
from sla_compliance.records import ComplianceRecord
from sla_compliance.report import ComplianceReport

MOST_STRETCHES: Final = 288
_DECIMALS: Final = 6
_BY_IMPORTANCE: Final = (
    StretchKind.DOWN,
    StretchKind.EXCUSED,
    StretchKind.UNKNOWN,
    StretchKind.PLANNED,
    StretchKind.UP,
    StretchKind.NOT_COUNTED,
)
_DOWN_STATES: Final = frozenset({State.DOWN, State.EXCUSED_MAINTENANCE, State.EXCUSED_OTHER})
_OUTSIDE_SERVICE: Final = frozenset({Scope.NOT_IN_SERVICE, Scope.OUT_OF_HOURS})

_Piece = tuple[int, int, StretchKind]
"""Start and end, microseconds, and what was the case."""


def timeline(composition: Composition, report: ComplianceReport) -> Timeline:
    """Return the timeline of a report with at least one record.

    Cost: linear in the pieces of the ledger, and for each record a bisection.
    """
    pieces = [
        (start_us, end_us, _kind(scope, state, report.accounting))
        for start_us, end_us, scope, state in report.ledger.timeline()
    ]
    ends_us = [end_us for _, end_us, _ in pieces]
    rows: list[TimelineRow] = []
    for record in _records(composition):
        start_us, end_us = _bounds_us(report, record)
        first = bisect_left(ends_us, start_us + 1)
        after = bisect_left(ends_us, end_us) + 1
        rows.append(
            TimelineRow(
                label=_label(composition, record),
                stretches=_stretches(pieces[first:after], start_us, end_us),
            )
        )
    shown_kinds = {stretch.kind for row in rows for stretch in row.stretches}
    wording = composition.wording
    legend = tuple(
        LegendEntry(mark=kind, text=wording.say(f"legend_{kind.name.lower()}"))
        for kind in StretchKind
        if kind in shown_kinds
    )
    label = wording.say("timeline_label", period=wording.period(_period(composition)))
    return Timeline(label=label, rows=tuple(rows), legend=legend)


def _period(composition: Composition) -> Period:
    """Return what the rows are of."""
    period = composition.period
    return Period.DAY if period.is_hour or period.is_rolling else period


def _records(composition: Composition) -> tuple[ComplianceRecord, ...]:
    return composition.records if _period(composition) == composition.period else composition.figures.days


def _bounds_us(report: ComplianceReport, record: ComplianceRecord) -> tuple[int, int]:
    """Return what a row is of: a whole local day, or the record's part."""
    if record.date != record.last_date:
        return record.start_us, record.end_us
    days = report.ledger.frame.days
    index = bisect_left(days.dates, record.date)
    return days.bounds_us[index], days.bounds_us[index + 1]


def _label(composition: Composition, record: ComplianceRecord) -> str:
    if record.date == record.last_date:
        return composition.wording.formats.short_date(record.date)
    return composition.wording.dates(record)


def _kind(scope: Scope, state: State, accounting: Accounting) -> StretchKind:
    """Return what the picture shows of a cell."""
    counts = accounting.counts(scope, state)
    if counts is Counts.DOWN:
        return StretchKind.DOWN
    if state in _DOWN_STATES:
        return StretchKind.EXCUSED
    if state is State.NOT_YET or scope in _OUTSIDE_SERVICE:
        return StretchKind.UP if counts is Counts.UP else StretchKind.NOT_COUNTED
    if state is State.UNKNOWN:
        return StretchKind.UNKNOWN
    return StretchKind.UP if scope is Scope.AGREED else StretchKind.PLANNED


def _stretches(pieces: list[_Piece], start_us: int, end_us: int) -> tuple[Stretch, ...]:
    """Return the stretches of [start_us, end_us), without gaps."""
    whole = _without_gaps(pieces, start_us, end_us)
    if len(whole) > MOST_STRETCHES:
        whole = _without_repeats(_coarse(whole, start_us, end_us))
    length_us = end_us - start_us
    # Each bound is computed once, so that stretches touch.
    shares = [0.0, *(round((piece_end_us - start_us) / length_us, _DECIMALS) for _, piece_end_us, _ in whole)]
    return tuple(
        Stretch(start_share=start_share, end_share=end_share, kind=kind)
        for (start_share, end_share), (_, _, kind) in zip(pairwise(shares), whole, strict=True)
    )


def _without_gaps(pieces: list[_Piece], start_us: int, end_us: int) -> list[_Piece]:
    """Return the pieces inside [start_us, end_us), and time that no piece is of as not counted."""
    whole: list[_Piece] = []
    at_us = start_us
    for piece_start_us, piece_end_us, kind in pieces:
        first_us, last_us = max(piece_start_us, start_us), min(piece_end_us, end_us)
        if first_us >= last_us:
            continue
        if at_us < first_us:
            whole.append((at_us, first_us, StretchKind.NOT_COUNTED))
        whole.append((first_us, last_us, kind))
        at_us = last_us
    if at_us < end_us:
        whole.append((at_us, end_us, StretchKind.NOT_COUNTED))
    return _without_repeats(whole)


def _without_repeats(pieces: list[_Piece]) -> list[_Piece]:
    """Return pieces of which neighbours differ."""
    merged: list[_Piece] = []
    for piece_start_us, piece_end_us, kind in pieces:
        start_us = piece_start_us
        if merged and merged[-1][2] is kind:
            start_us, _, _ = merged.pop()
        merged.append((start_us, piece_end_us, kind))
    return merged


def _coarse(pieces: list[_Piece], start_us: int, end_us: int) -> list[_Piece]:
    """Return MOST_STRETCHES equal parts; in each all time of a kind together, the most important kind first."""
    ends_us = [piece_end_us for _, piece_end_us, _ in pieces]
    bounds_us = [start_us + (end_us - start_us) * part // MOST_STRETCHES for part in range(MOST_STRETCHES + 1)]
    parts: list[_Piece] = []
    for part_start_us, part_end_us in pairwise(bounds_us):
        first, after = bisect_left(ends_us, part_start_us + 1), bisect_left(ends_us, part_end_us) + 1
        lengths_us = dict.fromkeys(_BY_IMPORTANCE, 0)
        for piece_start_us, piece_end_us, kind in pieces[first:after]:
            lengths_us[kind] += min(piece_end_us, part_end_us) - max(piece_start_us, part_start_us)
        at_us = part_start_us
        for kind, length_us in lengths_us.items():
            if length_us:
                parts.append((at_us, at_us + length_us, kind))
                at_us += length_us
    return parts
