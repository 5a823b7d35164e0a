"""Costs of incidents: how much of a period's error budget each outage took, and which decided the period."""
################################################################
# The cost of an outage is the slack of its time without it, less the slack of its
# time with it (slack.py). Where maintenance is taken out and all time is monitored,
# that is its counted downtime, and the costs of all outages sum to what is spent.
################################################################

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from sla_compliance.analysis.decisive import decisive_ranks, outage_costs_us
from sla_compliance.analysis.shown_values import seconds
from sla_compliance.incidents import Incident, PageBounds, incidents_at
from sla_compliance.records import ComplianceRecord
from sla_compliance.report import ComplianceReport


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentCost:
    """An incident and what it cost.

    Attributes:
        incident: whole; its `downtime_us` is what counted of it inside the report's window.
        budget_us: by how much it lowers what is left of the period's error budget, microseconds, exact.
        is_decisive: whether it is one of the fewest incidents without which the target had been kept.
    """

    incident: Incident
    budget_us: Fraction
    is_decisive: bool

    def as_dict(self, *, with_alarms: bool = True) -> dict[str, object]:
        """Return the incident in JSON types, with its cost in seconds."""
        return {
            **self.incident.as_dict(with_alarms=with_alarms),
            "budget_seconds": seconds(self.budget_us),
            "is_decisive": self.is_decisive,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentCosts:
    """Some of the incidents of a period, the dearest first.

    Attributes:
        rows: of equal costs the earlier incident stands first.
        total: how many incidents the period has.
        decisive: how many of them decided it; None where nothing counted, or all of them do not account for it.
    """

    rows: tuple[IncidentCost, ...]
    total: int
    decisive: int | None


def incident_costs(
    report: ComplianceReport, record: ComplianceRecord | None = None, *, bounds: PageBounds | None = None
) -> IncidentCosts:
    """Return the incidents of a period with what each took of the error budget, the dearest first.

    Args:
        record: one of the report's, under any target and accounting; by default that of the whole window.
        bounds: which of them, in that order, and how many alarms of each; by default all.

    Raises:
        InvalidTypeError: `record` is no record.

    Cost: a few bisections for each outage of the period, and an Alarm for each row that is listed.

    >>> import datetime as dt, sla_compliance as sla
    >>> def at(hour, minute=0):
    ...     return dt.datetime(2026, 10, 5, hour, minute, tzinfo=dt.UTC)
    >>> alarms = [sla.Alarm(at(3), at(3, 5), id="a"), sla.Alarm(at(9), at(9, 20), id="b")]
    >>> report = sla.evaluate(alarms, start=at(0), end=at(23), zone="UTC", as_of=at(23), policy=sla.SLAPolicy("99"))
    >>> [(int(row.budget_us) // 60_000_000, row.is_decisive) for row in incident_costs(report).rows]
    [(20, True), (5, False)]
    """
    record = report.checked_record(record)
    bounds = PageBounds() if bounds is None else bounds
    decisive = decisive_ranks(report, record)
    ledger = report.ledger
    ranks = ledger.down.pieces_meeting(record.start_us, record.end_us)
    costs = dict(zip(ranks, outage_costs_us(report, record, ranks), strict=True))
    # Sorting is stable, so of equal costs the earlier outage stands first.
    dearest_first = sorted(costs, key=costs.__getitem__, reverse=True)
    after = None if bounds.limit is None else bounds.offset + bounds.limit
    listed = dearest_first[bounds.offset : after]
    incidents = incidents_at(
        sorted(listed),
        ledger=ledger,
        rule=report.rule,
        qualifying=report.qualifying,
        accounting=record.accounting,
        alarm_limit=bounds.alarm_limit,
    )
    incident_by_rank = dict(zip(sorted(listed), incidents, strict=True))
    decisive_set = frozenset(decisive or ())
    rows = tuple(
        IncidentCost(
            incident=incident_by_rank[rank],
            budget_us=costs[rank],
            is_decisive=rank in decisive_set,
        )
        for rank in listed
    )
    return IncidentCosts(rows=rows, total=len(ranks), decisive=None if decisive is None else len(decisive))
