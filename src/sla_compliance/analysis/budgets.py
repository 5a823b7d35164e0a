"""Error budgets: how much of the downtime that a target allows is left."""

from __future__ import annotations

from fractions import Fraction

from sla_compliance.records import ComplianceRecord


def error_budget_remaining_ratio(record: ComplianceRecord) -> Fraction | None:
    """Return 1 - (1 - availability) / (1 - target), the share of the error budget that is left.

    The budget is the downtime that the target allows on the time counted so far.

    Returns:
        Exact: 1 where nothing was lost, 0 where all of it is spent, below 0 where more is. None where there is no
        availability, and where the target is 100 %, which leaves no budget.
    Source:
        Site Reliability Engineering (Beyer et al., 2016), chapter 3. docs/definitions.md#error-budget

    >>> import datetime as dt, sla_compliance as sla
    >>> day, next_day = (dt.datetime(2025, 10, date, tzinfo=dt.UTC) for date in (8, 9))
    >>> cut = sla.Alarm(day, day + dt.timedelta(seconds=648))
    >>> report = sla.evaluate(
    ...     [cut], start=day, end=next_day, zone="UTC", as_of=next_day, policy=sla.SLAPolicy("99")
    ... )
    >>> error_budget_remaining_ratio(report.total)
    Fraction(1, 4)
    """
    availability = record.availability_ratio
    if availability is None or record.target_ratio == 1:
        return None
    return 1 - (1 - availability) / (1 - record.target_ratio)
