"""Mappings: the tables, schemas and columns of a database; the defaults are the platform's."""
################################################################
# A column that a table does not have is mapped to None; columns that are not
# mapped are never read. Schema None is the connection's own default.
#
# A DefaultName is the platform's name of a column that many tables lack. Where the
# table has no such column, or one of another kind, it is left out; a name that the
# caller gives must be there.
################################################################

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final


class DefaultName(str):
    """The name of an optional column that the caller has not mapped; see the top of this file."""

    __slots__ = ()


class NaiveTimes(Enum):
    """What a stored time without an offset means."""

    REFUSED = "refused"
    UTC = "utc"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmsTable:
    """The alarms; `tenant_id`, `severity`, `first_occurrence` and `cleared_at` are needed, the others are optional.

    Attributes:
        severity: a text column, or an enum of any type name.
        id: unique, or unique for each tenant.
        parent_alarm_id, resource_type, acknowledged_at, updated_at: by default left out where the table lacks them; a
            name that is given must be there.
        more: further columns for drill-down and targeted exclusions, under their own names, e.g. ("circuit_id",).
        naive_times: what times without an offset mean: SQLite text, PostgreSQL's timestamp without time zone.
    """

    table: str = "alarms"
    schema: str | None = None
    tenant_id: str = "tenant_id"
    severity: str = "severity"
    first_occurrence: str = "first_occurrence"
    cleared_at: str = "cleared_at"
    resolved_at: str | None = "resolved_at"
    last_occurrence: str | None = "last_occurrence"
    status: str | None = "status"
    id: str | None = "id"
    alarm_id: str | None = "alarm_id"
    alarm_type: str | None = "alarm_type"
    resource_id: str | None = "resource_id"
    customer_id: str | None = "customer_id"
    subscriber_count: str | None = "subscriber_count"
    title: str | None = "title"
    parent_alarm_id: str | None = DefaultName("parent_alarm_id")
    resource_type: str | None = DefaultName("resource_type")
    acknowledged_at: str | None = DefaultName("acknowledged_at")
    updated_at: str | None = DefaultName("updated_at")
    more: tuple[str, ...] = ()
    naive_times: NaiveTimes = NaiveTimes.REFUSED


@dataclass(frozen=True, slots=True, kw_only=True)
class MaintenanceTable:
    """The maintenance windows; `tenant_id`, `start_time` and `end_time` are needed, the others are optional.

    Attributes:
        affected_resources, affected_customers, affected_services: JSON: a list of ids, or an object of such lists.
        announced_at, entered_at: when the customer was told, and when the window was recorded or its bounds last
            changed; by default left out where the table lacks them.
        with_children: whether windows reach the children of the alarms that they name.
    """

    table: str = "maintenance_windows"
    schema: str | None = None
    tenant_id: str = "tenant_id"
    start_time: str = "start_time"
    end_time: str = "end_time"
    status: str | None = "status"
    title: str | None = "title"
    affected_resources: str | None = "affected_resources"
    affected_customers: str | None = "affected_customers"
    affected_services: str | None = "affected_services"
    announced_at: str | None = DefaultName("announced_at")
    entered_at: str | None = DefaultName("entered_at")
    with_children: bool = False
    naive_times: NaiveTimes = NaiveTimes.REFUSED


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantsTable:
    """The tenants."""

    table: str = "tenants"
    schema: str | None = None
    id: str = "id"
    timezone: str = "timezone"
    created_at: str = "created_at"
    naive_times: NaiveTimes = NaiveTimes.REFUSED


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricsTable:
    """Measured availability, one row a time bucket."""

    table: str = "network_metrics"
    schema: str | None = None
    tenant_id: str = "tenant_id"
    timestamp: str = "timestamp"
    metric_type: str = "metric_type"
    downtime_percentage: str = "downtime_percentage"
    naive_times: NaiveTimes = NaiveTimes.REFUSED


PLATFORM_ALARMS: Final = AlarmsTable()
PLATFORM_MAINTENANCE: Final = MaintenanceTable()
PLATFORM_TENANTS: Final = TenantsTable()
PLATFORM_METRICS: Final = MetricsTable()
