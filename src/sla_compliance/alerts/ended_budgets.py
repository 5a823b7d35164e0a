"""The error budget of a period that is over, from its record alone."""
################################################################
# Remembered and stored days have the record of a period long after its rows were
# purged. With nothing to come there is no deadline and no outage that lasts.
################################################################

from __future__ import annotations

from sla_compliance.analysis import ErrorBudget
from sla_compliance.analysis.budgets import error_budget_remaining_ratio
from sla_compliance.analysis.slack import slack_us
from sla_compliance.records import ComplianceRecord
from sla_compliance.units import moment
from sla_compliance.zones import load_zone


def ended_budget(record: ComplianceRecord, as_of_us: int) -> ErrorBudget:
    """Return the error budget of a record of a period that is over.

    Args:
        record: of the period.
        as_of_us: the instant of evaluation, microseconds.
    """
    allowed_us = (1 - record.target_ratio) * record.observed_us
    left_us = slack_us(record)
    return ErrorBudget(
        start=record.start,
        end=record.end,
        as_of=moment(as_of_us, load_zone(record.zone)),
        target_ratio=record.target_ratio,
        allowed_us=allowed_us,
        spent_us=record.downtime_us,
        left_us=left_us,
        remaining_ratio=left_us / allowed_us if allowed_us else None,
        to_date_ratio=error_budget_remaining_ratio(record),
        best_ratio=record.availability_ratio,
        worst_ratio=record.availability_ratio,
        deadline=None,
        state=record.verdict,
        down_since=None,
        left_when_it_began_us=None,
        is_confirmed=record.is_confirmed,
        because=(),
        more_in_doubt=0,
        last_monitored_at=None,
    )
