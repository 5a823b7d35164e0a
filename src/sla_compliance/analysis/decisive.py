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

from fractions import Fraction

from sla_compliance.analysis.slack import cost_us, slack_us
from sla_compliance.incidents import Incident, incidents_at
from sla_compliance.records import ComplianceRecord
from sla_compliance.report import ComplianceReport
from sla_compliance.verdicts import Verdict


def decisive_incidents(report: ComplianceReport, record: ComplianceRecord | None = None) -> tuple[Incident, ...] | None:
    """Return the fewest incidents without which the target had been kept, in order of time.

    Args:
        record: one of the report's, under any target and accounting; by default that of the whole window.

    Returns:
        None where nothing counted; empty where the target is kept, or can still be. Of incidents that cost the same
        the earlier one is taken.

    Raises:
        InvalidTypeError: `record` is no record.

    Cost: two sums of cells for each outage of the period, and an Alarm for each row behind those returned.

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
    if record.verdict is Verdict.UNDETERMINED:
        return None
    need = -slack_us(record)
    if need <= 0:
        return ()
    ledger = report.ledger
    ranks = ledger.down.pieces_meeting(record.start_us, record.end_us)
    costs = {rank: outage_cost_us(report, record, rank) for rank in ranks}
    # Sorting is stable, so of equal costs the earlier outage stands first.
    dearest_first = sorted(costs, key=costs.__getitem__, reverse=True)
    decisive: list[int] = []
    for rank in dearest_first:
        if need <= 0:
            break
        need -= costs[rank]
        decisive.append(rank)
    return tuple(
        incidents_at(
            sorted(decisive),
            ledger=ledger,
            rule=report.rule,
            qualifying=report.qualifying,
            accounting=record.accounting,
        )
    )


def outage_cost_us(report: ComplianceReport, record: ComplianceRecord, rank: int) -> Fraction:
    """Return by how much one outage of the ledger, by its rank, lowers the slack of a record, microseconds."""
    ledger = report.ledger
    start_us = max(ledger.down.starts_us[rank], record.start_us)
    end_us = min(ledger.down.ends_us[rank], record.end_us)
    return cost_us(record, ledger.without_downtime, ledger, start_us, end_us)
