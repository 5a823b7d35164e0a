"""Decisive incidents: the fewest outages without which a period would have kept its target."""
################################################################
# An outage costs the slack of its time without it, less the slack of its time with
# it (slack.py); outages share no instant, so what several cost is the sum. A period
# is lost by so much as its slack is below 0. Taking the dearest outages first until
# they cost that much gives the least possible number of them.
#
# Without an outage its time is what the contract makes of it: up where it was
# monitored, unknown where it was not.
################################################################

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Final

from sla_compliance.analysis.slack import slack_us
from sla_compliance.counted_downtime import LengthBefore
from sla_compliance.incidents import Incident, incidents_at
from sla_compliance.intervals import IntervalSet
from sla_compliance.labels import Counts, Scope, State
from sla_compliance.ledger import Frame
from sla_compliance.records import ComplianceRecord
from sla_compliance.report import ComplianceReport
from sla_compliance.verdicts import Verdict

_SCOPES: Final = tuple(Scope)
_STATES: Final = tuple(State)


def decisive_incidents(
    report: ComplianceReport, record: ComplianceRecord | None = None, *, alarm_limit: int | None = None
) -> tuple[Incident, ...] | None:
    """Return the fewest incidents without which the target had been kept, in order of time.

    Args:
        record: one of the report's, under any target and accounting; by default that of the whole window.
        alarm_limit: how many alarms are listed behind each incident; by default all.

    Returns:
        None where nothing counted, and where all of them together are not enough: a custom accounting may count as
        down what no alarm takes down. Empty where the target is kept, or can still be. Of incidents that cost the
        same the earlier one is taken.

    Raises:
        InvalidTypeError: `record` is no record.

    Cost: a few bisections for each outage of the period, and an Alarm for each row behind those returned.

    >>> import datetime as dt, sla_compliance as sla
    >>> def at(hour, minute=0):
    ...     return dt.datetime(2026, 10, 5, hour, minute, tzinfo=dt.UTC)
    >>> alarms = [sla.Alarm(at(3), at(3, 5), id="a"), sla.Alarm(at(9), at(9, 20), id="b")]
    >>> report = sla.evaluate(
    ...     alarms, start=at(0), end=at(23), zone="UTC", as_of=at(23), policy=sla.SLAPolicy("99")
    ... )
    >>> [incident.alarms[0].id for incident in decisive_incidents(report)]
    ['b']
    """
    record = report.checked_record(record)
    ranks = decisive_ranks(report, record)
    if ranks is None:
        return None
    return tuple(
        incidents_at(
            ranks,
            ledger=report.ledger,
            rule=report.rule,
            qualifying=report.qualifying,
            accounting=record.accounting,
            alarm_limit=alarm_limit,
        )
    )


def decisive_ranks(report: ComplianceReport, record: ComplianceRecord) -> list[int] | None:
    """Return the ranks in `report.ledger.down` of the decisive incidents, ascending; None as `decisive_incidents`."""
    if record.verdict is Verdict.UNDETERMINED:
        return None
    if record.verdict is not Verdict.BREACHED:
        return []
    ranks = report.ledger.down.pieces_meeting(record.start_us, record.end_us)
    costs = dict(zip(ranks, _scaled_costs(report, record, ranks), strict=True))
    need = -slack_us(record) * record.target_ratio.denominator
    # Sorting is stable, so of equal costs the earlier outage stands first.
    dearest_first = sorted(costs, key=costs.__getitem__, reverse=True)
    decisive: list[int] = []
    for rank in dearest_first:
        if need <= 0:
            break
        need -= costs[rank]
        decisive.append(rank)
    return None if need > 0 else sorted(decisive)


def outage_costs_us(report: ComplianceReport, record: ComplianceRecord, ranks: Sequence[int]) -> list[Fraction]:
    """Return by how much each of some outages of the ledger lowers the slack of a record, microseconds, exact.

    Args:
        ranks: the outages' ranks in `report.ledger.down`, ascending.
    """
    scale = record.target_ratio.denominator
    return [Fraction(cost, scale) for cost in _scaled_costs(report, record, ranks)]


def _scaled_costs(report: ComplianceReport, record: ComplianceRecord, ranks: Sequence[int]) -> list[int]:
    """Return the costs of some outages times the denominator of the target, which makes them integers."""
    ledger = report.ledger
    starts_us = [max(ledger.down.starts_us[rank], record.start_us) for rank in ranks]
    ends_us = [min(ledger.down.ends_us[rank], record.end_us) for rank in ranks]
    costs = [0] * len(ranks)
    for state, times in ledger.times_by_down_state.items():
        for price, pieces in _pieces_by_price(ledger.frame, record, state).items():
            lengths_us = LengthBefore(times & pieces).between(starts_us, ends_us)
            costs = [cost + price * length_us for cost, length_us in zip(costs, lengths_us, strict=True)]
    return costs


def _pieces_by_price(frame: Frame, record: ComplianceRecord, down_state: State) -> dict[int, IntervalSet]:
    """Return when a microsecond in a state of downtime costs how much slack, times the target's denominator."""
    pieces: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for piece, scope_index, state_index in zip(pairwise(frame.edges_us), frame.scopes, frame.states, strict=True):
        scope, state = _SCOPES[scope_index], _STATES[state_index]
        price = _scaled_worth(record, scope, state) - _scaled_worth(record, scope, down_state)
        if price:
            pieces[price].append(piece)
    return {price: IntervalSet.from_pairs(pairs) for price, pairs in pieces.items()}


def _scaled_worth(record: ComplianceRecord, scope: Scope, state: State) -> int:
    """Return what a microsecond of a cell adds to the slack, times the target's denominator."""
    target = record.target_ratio
    counts = record.accounting.counts(scope, state)
    if counts is Counts.UP:
        return target.denominator - target.numerator
    return -target.numerator if counts is Counts.DOWN else 0
