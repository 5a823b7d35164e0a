"""What a request asks for: which days of whom, against which target, counted how. No framework here."""
################################################################
# Days are asked for by dates or by their number: `days=n` is today and the n - 1
# dates before it, in the tenant's zone. At most 90.
################################################################

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sla_compliance.calendars.local_days import local_days
from sla_compliance.date_ranges import whole_days
from sla_compliance.errors import InvalidValueError
from sla_compliance.labels import Accounting
from sla_compliance.policy import Target
from sla_compliance.units import instant_us

MAX_DAYS: Final = 90
DEFAULT_DAYS: Final = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a request asks for, read.

    Attributes:
        tenant_id: whose days.
        start, end: whole local days, aware.
        target: instead of the agreed one; None: that.
        accounting: which cells count as what.
    """

    tenant_id: str
    start: datetime
    end: datetime
    target: Target | None
    accounting: Accounting


Bounds = tuple[datetime, datetime]


def days_asked(from_date: str | None, to_date: str | None, days: int | None, *, zone: str, now: datetime) -> Bounds:
    """Return the window of a question for dates, or for a number of days.

    Raises:
        InvalidValueError: neither is given, or both are. Others as `whole_days`.
    """
    if days is not None and (from_date is not None or to_date is not None):
        raise InvalidValueError("days stands beside from_date or to_date; give one or the other", field="days")
    if days is not None:
        return last_days(days, zone=zone, now=now)
    if from_date is None:
        raise InvalidValueError("from_date is missing; give it, or days", field="days")
    return whole_days(from_date, to_date, zone=zone, now=now, max_days=MAX_DAYS)


def last_days(days: int, *, zone: str, now: datetime) -> Bounds:
    """Return the window of today and the `days - 1` dates before.

    >>> from datetime import UTC, datetime
    >>> start, end = last_days(2, zone="Africa/Lagos", now=datetime(2025, 10, 8, 12, tzinfo=UTC))
    >>> start.isoformat(), end.isoformat()
    ('2025-10-07T00:00:00+01:00', '2025-10-09T00:00:00+01:00')
    """
    now_us = instant_us(now, field="now")
    (today,) = local_days(zone, now_us, now_us + 1).dates
    return whole_days((today - timedelta(days=days - 1)).isoformat(), zone=zone, now=now)
