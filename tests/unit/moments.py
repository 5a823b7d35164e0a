"""Short names for moments of October 2025, UTC, and for lengths; used by the tests of the core."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sla_compliance as sla

MINUTE_US = 60_000_000
HOUR_US = 60 * MINUTE_US
DAY_US = 24 * HOUR_US


def at(day: int, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    """Return a moment of October 2025."""
    return datetime(2025, 10, day, hour, minute, second, tzinfo=UTC)


def us(moment: datetime) -> int:
    """Return a moment in microseconds since 1970."""
    return int(moment.timestamp()) * 1_000_000 + moment.microsecond


def faults_of(error: sla.InvalidAlarmsError) -> list[sla.InvalidAlarmError]:
    """Return the faults of a group, which holds nothing else."""
    return [fault for fault in error.exceptions if isinstance(fault, sla.InvalidAlarmError)]


def report_of(alarms: Any, start: datetime, end: datetime, **terms: Any) -> sla.ComplianceReport:
    """Evaluate in UTC, by default when all is over."""
    return sla.evaluate(alarms, **{"start": start, "end": end, "zone": "UTC", "as_of": end, **terms})
