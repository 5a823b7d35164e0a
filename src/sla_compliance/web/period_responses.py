"""Bodies of the routes for periods: their models for the documentation, and how they are made."""
################################################################
# Lengths are in seconds, shares in percent. A list that is cut has `total`, `limit`
# and `offset` beside it.
################################################################

from __future__ import annotations

import datetime as dt
from typing import Any, Final, Literal

from pydantic import BaseModel, Field

from sla_compliance.analysis import Attribution, Change, ErrorBudget, IncidentCosts
from sla_compliance.records import ComplianceRecord
from sla_compliance.units import SECOND_US
from sla_compliance.web.responses import Body

VerdictName = Literal["MET", "AT_RISK", "BREACHED", "UNDETERMINED"]

_PERIOD: Final = "Its name: 2026-11, 2026-W48, 2026-Q4 or 2026."
_RECORD_KEYS: Final = (
    "start",
    "end",
    "compliance_percentage",
    "target_percentage",
    "verdict",
    "downtime_seconds",
    "is_confirmed",
    "low_percentage",
    "high_percentage",
)


class Budget(BaseModel):
    """The error budget of the period in progress, to its end; it may have been measured up to 60 seconds ago."""

    start: str
    end: str
    as_of: str = Field(description="When it was measured.")
    target_percentage: float
    allowed_seconds: float = Field(description="The downtime that the target allows in the whole period.")
    spent_seconds: float = Field(description="Counted downtime.")
    left_seconds: float = Field(description="Rounded down; below 0 where the period is lost.")
    remaining_percentage: float | None = Field(description="Left of allowed, rounded down; null: nothing is allowed.")
    to_date_percentage: float | None = Field(description="What is left of the budget of the time counted so far.")
    best_percentage: float | None = Field(description="The availability at the end if nothing is down any more.")
    worst_percentage: float | None = Field(description="The same if all time to come is down.")
    deadline: str | None = Field(
        description="By when an outage that lasts or begins now has to be over; null: lost, or no single one loses it."
    )
    state: VerdictName
    down_since: str | None = Field(description="When the outage that lasts now began; null: none does.")
    left_when_it_began_seconds: float | None
    is_confirmed: bool
    because: list[str] = Field(description="Rows in doubt, those with the most time at stake first.")
    more_in_doubt: int = Field(description="How many further rows are in doubt.")
    last_monitored_at: str | None
    time_zone: str
    period: str = Field(description=_PERIOD)


class AttributedShare(BaseModel):
    """What one value of the column accounts for."""

    key: str | None = Field(description="Null: alarms without a value.")
    alarms: int
    gross_seconds: float = Field(description="Downtime at which its alarms alone would count.")
    unique_seconds: float = Field(description="What of that no other value shares.")
    shared_seconds: float
    owned_seconds: float = Field(description="Downtime at which, of the active values, it began first.")


class AttributedDowntime(BaseModel):
    """The downtime of a range by a column of the alarms."""

    by: str
    start: str
    end: str
    down_seconds: float = Field(description="The sum of all owned time and `bridged_seconds`.")
    bridged_seconds: float = Field(description="Gaps that were merged into outages; of no alarm.")
    limit: int
    offset: int
    total: int = Field(description="How many values there are.")
    rows: list[AttributedShare]


class IncidentCostDetail(BaseModel):
    """An outage, whole, and what it cost; its alarms are in `/sla/incidents`."""

    start: str
    begins_before: bool = Field(description="Whether it may have begun before: it reaches the edge of what is read.")
    end: str | None = Field(description="Null while it lasts.")
    duration_seconds: float
    downtime_seconds: float = Field(description="What of it counted in the range.")
    budget_seconds: float = Field(description="What it took of the range's error budget.")
    is_decisive: bool = Field(description="Whether it is one of the fewest without which the target had been kept.")
    alarm_count: int


class PricedIncidents(BaseModel):
    """The incidents of a range, the dearest first."""

    start: str
    end: str
    limit: int
    offset: int
    total: int = Field(description="How many incidents the range has.")
    decisive: int | None = Field(
        description="How many of them decided it; null: nothing counted, or they do not account for it."
    )
    incidents: list[IncidentCostDetail]


class ReliabilityFigures(BaseModel):
    """How reliable the service was. Lengths in seconds; null where there is no case."""

    start: str
    end: str
    failures: int
    mean_up_seconds: float | None = Field(description="MTBF: counted uptime for each failure.")
    mean_down_seconds: float | None
    mean_between_seconds: float | None
    restorations: int = Field(description="Outages that ended in the range; their lengths are whole.")
    mttr_seconds: float | None
    median_seconds: float | None
    p95_seconds: float | None
    longest_seconds: float | None
    still_open: int
    oldest_open_seconds: float | None
    raised: int
    acknowledged: int
    acknowledged_percentage: float | None
    mtta_seconds: float | None
    acknowledged_before_raised: int


class PeriodFigures(BaseModel):
    """One period, or the part of it that has passed."""

    start: str
    end: str
    compliance_percentage: float | None
    target_percentage: float
    verdict: VerdictName
    downtime_seconds: float
    is_confirmed: bool
    low_percentage: float | None
    high_percentage: float | None


class PeriodChange(BaseModel):
    """One period beside the one that it is compared with."""

    record: PeriodFigures
    before: PeriodFigures | None
    is_comparable: bool = Field(description="Whether both are whole, or both to date, and something counted in both.")
    is_to_date: bool = Field(description="Whether the period is in progress: `before` ends at the same date and time.")
    points: float | None = Field(description="By how many percentage points the availability is higher.")
    down_per_30d_seconds: float | None = Field(description="Downtime for 30 days of counted time.")
    before_down_per_30d_seconds: float | None
    period: str = Field(description=_PERIOD)


def budget_body(budget: ErrorBudget, *, period: str, zone: str) -> Body:
    """Return an error budget; `period` is "week", "month", "quarter" or "year"."""
    return {**budget.as_dict(), "time_zone": zone, "period": period_name(period, budget.start.date())}


def attribution_body(attribution: Attribution, *, limit: int, offset: int) -> Body:
    """Return some values of an attribution."""
    return {
        "by": attribution.by,
        "start": attribution.start.isoformat(),
        "end": attribution.end.isoformat(),
        "down_seconds": attribution.down_us / SECOND_US,
        "bridged_seconds": attribution.bridged_us / SECOND_US,
        "limit": limit,
        "offset": offset,
        "total": attribution.total,
        "rows": [
            {
                "key": None if share.key is None else str(share.key),
                "alarms": share.alarms,
                "gross_seconds": share.gross_us / SECOND_US,
                "unique_seconds": share.unique_us / SECOND_US,
                "shared_seconds": share.shared_us / SECOND_US,
                "owned_seconds": share.owned_us / SECOND_US,
            }
            for share in attribution.first_rows(limit, offset)
        ],
    }


def incident_costs_body(costs: IncidentCosts, start: dt.datetime, end: dt.datetime, *, limit: int, offset: int) -> Body:
    """Return some incidents of a range, without their alarms."""
    return {
        "start": start.isoformat(),
        "end": end.isoformat(),
        "limit": limit,
        "offset": offset,
        "total": costs.total,
        "decisive": costs.decisive,
        "incidents": [
            {**row.as_dict(with_alarms=False), "alarm_count": row.incident.alarm_count} for row in costs.rows
        ],
    }


def change_body(change: Change, *, period: str) -> Body:
    """Return one period of a trend; `period` is "week" or "month"."""
    figures = change.as_dict()
    return {
        **figures,
        "period": period_name(period, change.record.date),
        "record": _record_body(change.record),
        "before": None if change.before is None else _record_body(change.before),
    }


def _record_body(record: ComplianceRecord) -> dict[str, Any]:
    detail = record.as_dict(detail=True)
    return {key: detail[key] for key in _RECORD_KEYS}


def period_name(period: str, first: dt.date) -> str:
    """Return what people call the calendar period that begins on a date.

    >>> [period_name(name, dt.date(2027, 1, 1)) for name in ("week", "month", "quarter", "year")]
    ['2026-W53', '2027-01', '2027-Q1', '2027']
    """
    if period == "week":
        year, week, _ = first.isocalendar()
        return f"{year}-W{week:02}"
    if period == "quarter":
        return f"{first.year}-Q{(first.month + 2) // 3}"
    return f"{first.year:04}" if period == "year" else f"{first.year:04}-{first.month:02}"
