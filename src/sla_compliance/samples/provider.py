"""SampleProvider: an internet provider's devices, alarms table, maintenance and monitored time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final, NamedTuple

from sla_compliance.alarms import INSTANT_COLUMNS
from sla_compliance.batch import AlarmBatch
from sla_compliance.calendars.exclusions import MaintenanceWindow
from sla_compliance.compliance import EvaluationKeywords
from sla_compliance.units import instant_us
from sla_compliance.validation import OnInvalid


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleRow:
    """One row of the platform's alarms table, with all its columns; datetimes are aware."""

    id: str
    tenant_id: str
    alarm_id: str
    severity: str
    status: str
    source: str
    alarm_type: str
    title: str
    resource_type: str
    resource_id: str
    resource_name: str
    customer_id: str | None
    customer_name: str | None
    subscriber_count: int
    correlation_id: str | None
    correlation_action: str
    parent_alarm_id: str | None
    first_occurrence: datetime
    last_occurrence: datetime
    occurrence_count: int
    acknowledged_at: datetime | None
    cleared_at: datetime | None
    resolved_at: datetime | None


COLUMNS: Final = tuple(field.name for field in fields(SampleRow))


class Device(NamedTuple):
    """A device of the inventory, which alarms are about."""

    kind: str
    id: str
    name: str
    subscribers: int = 0
    customer_id: str | None = None
    customer_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleProvider:
    """What the provider knows of the last 90 local days.

    Attributes:
        zone: the tenant's zone, an IANA name.
        start, end: the first instant of the first day, and of tomorrow.
        now: the instant of evaluation.
        rows: the alarms, by the time they were raised.
        maintenance: a night announced in time, a night entered a day late, work on a single port.
        monitored: when an outage would have been seen; the alarm collector was out for more than a day.
        inventory: all devices, also those that never failed.
    """

    tenant_id: str
    zone: str
    start: datetime
    end: datetime
    now: datetime
    rows: tuple[SampleRow, ...]
    maintenance: tuple[MaintenanceWindow, ...]
    monitored: tuple[tuple[datetime, datetime], ...]
    inventory: tuple[Device, ...]

    @property
    def terms(self) -> EvaluationKeywords:
        """The arguments of `evaluate` and `evaluate_each` besides the alarms, as keywords."""
        return EvaluationKeywords(
            start=self.start,
            end=self.end,
            zone=self.zone,
            as_of=self.now,
            maintenance=self.maintenance,
            monitored=self.monitored,
        )

    def batch(self, *, on_invalid: OnInvalid = "quarantine") -> AlarmBatch:
        """Return the rows as a batch; one of them is bad."""
        return batch_of(self.rows, on_invalid=on_invalid)


def batch_of(rows: Sequence[SampleRow], *, on_invalid: OnInvalid = "quarantine") -> AlarmBatch:
    """Return rows as a batch with all their columns; errors as `AlarmBatch.from_columns`."""
    columns: dict[str, Any] = {}
    for name in COLUMNS:
        values = [getattr(row, name) for row in rows]
        columns[name] = _instants(values) if name in INSTANT_COLUMNS else values
    return AlarmBatch.from_named_columns(columns, on_invalid=on_invalid)


def _instants(column: Sequence[datetime | None]) -> list[Any]:
    return [None if value is None else instant_us(value, field="instant") for value in column]
