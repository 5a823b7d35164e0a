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

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final

from sla_compliance.rows.words import SeverityReader, StatusReader, WordMap
from sla_compliance.zones import load_zone


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
        times_in: the zone of times without an offset, an IANA name; said instead of `naive_times`.
        severity_map, status_map: {our word: theirs}, one or several, "*" for all others; ours are read besides.

    Raises:
        UnknownZoneError: `times_in` is not the name of a zone.
        InvalidValueError, InvalidTypeError: a map is not one.
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
    times_in: str | None = None
    severity_map: WordMap | None = field(default=None, hash=False)
    status_map: WordMap | None = field(default=None, hash=False)

    def __post_init__(self) -> None:
        _check_zone(self.times_in)
        self.severities  # noqa: B018 - checks the map
        self.statuses  # noqa: B018 - the same

    @property
    def severities(self) -> SeverityReader:
        """The reader of severities."""
        return SeverityReader(self.severity_map)

    @property
    def statuses(self) -> StatusReader:
        """The reader of statuses."""
        return StatusReader(self.status_map)


@dataclass(frozen=True, slots=True, kw_only=True)
class MaintenanceTable:
    """The maintenance windows; `tenant_id`, `start_time` and `end_time` are needed, the others are optional.

    Attributes:
        affected_resources, affected_customers, affected_services: JSON: a list of ids, or an object of such lists.
        announced_at, entered_at: when the customer was told, and when the window was recorded or its bounds last
            changed; by default left out where the table lacks them.
        with_children: whether windows reach the children of the alarms that they name.
        naive_times, times_in: as of AlarmsTable.
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
    times_in: str | None = None

    def __post_init__(self) -> None:
        _check_zone(self.times_in)


@dataclass(frozen=True, slots=True, kw_only=True)
class InventoryTable:
    """The units that reports are made for; `tenant_id` and `key` are needed, the others are optional.

    By default an optional column is left out where the table lacks it; a name that is given must be there.

    Attributes:
        key: what rows of alarms call the unit.
        parents: text, the keys of the units that it depends on, with blanks between them.
        target: a percentage.
        in_service_from, in_service_to: activation and termination; the end is the first instant out of service.
        service_hours: text as `ServiceHours.parse` reads it.
        zone: an IANA name.
        naive_times, times_in: as of AlarmsTable.
    """

    table: str = "inventory"
    schema: str | None = None
    tenant_id: str = "tenant_id"
    key: str = "key"
    parents: str | None = DefaultName("parents")
    target: str | None = DefaultName("target")
    in_service_from: str | None = DefaultName("in_service_from")
    in_service_to: str | None = DefaultName("in_service_to")
    service_hours: str | None = DefaultName("service_hours")
    zone: str | None = DefaultName("zone")
    title: str | None = DefaultName("title")
    naive_times: NaiveTimes = NaiveTimes.REFUSED
    times_in: str | None = None

    def __post_init__(self) -> None:
        _check_zone(self.times_in)


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionsTable:
    """The corrections of rows of alarms; rows are only ever added. All columns but `id` are needed.

    Attributes:
        id: a number that grows with each row: the order of those that were entered at one instant; by default left out
            where the table lacks it.
        row_id: the `id` of the row of alarms.
        starts, ends, severity, void: what the correction says; NULL: as the row says.
        naive_times, times_in: as of AlarmsTable.
    """

    table: str = "sla_corrections"
    schema: str | None = None
    id: str | None = DefaultName("id")
    tenant_id: str = "tenant_id"
    row_id: str = "row_id"
    starts: str = "starts"
    ends: str = "ends"
    severity: str = "severity"
    void: str = "void"
    reason: str = "reason"
    author: str = "author"
    entered_at: str = "entered_at"
    naive_times: NaiveTimes = NaiveTimes.REFUSED
    times_in: str | None = None

    def __post_init__(self) -> None:
        _check_zone(self.times_in)


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


def _check_zone(times_in: str | None) -> None:
    if times_in is not None:
        load_zone(times_in, field="times_in")


PLATFORM_ALARMS: Final = AlarmsTable()
PLATFORM_MAINTENANCE: Final = MaintenanceTable()
PLATFORM_TENANTS: Final = TenantsTable()
PLATFORM_METRICS: Final = MetricsTable()
INVENTORY: Final = InventoryTable()
CORRECTIONS: Final = CorrectionsTable()


@dataclass(frozen=True, slots=True, kw_only=True)
class MappedTables:
    """The tables of a platform.

    Attributes:
        inventory, corrections: None: the platform has no such table.
    """

    alarms: AlarmsTable = field(default_factory=AlarmsTable)
    maintenance: MaintenanceTable = field(default_factory=MaintenanceTable)
    tenants: TenantsTable = field(default_factory=TenantsTable)
    inventory: InventoryTable | None = None
    corrections: CorrectionsTable | None = None


def mapped_tables(tables: Mapping[str, Mapping[str, Any]]) -> MappedTables:
    """Return the tables that a contract file names, `Settings.tables`; what it leaves out has the platform's names."""
    inventory, corrections = tables.get("inventory"), tables.get("corrections")
    return MappedTables(
        alarms=AlarmsTable(**_arguments(tables.get("alarms", {}))),
        maintenance=MaintenanceTable(**_arguments(tables.get("maintenance", {}))),
        tenants=TenantsTable(**_arguments(tables.get("tenants", {}))),
        inventory=None if inventory is None else InventoryTable(**_arguments(inventory)),
        corrections=None if corrections is None else CorrectionsTable(**_arguments(corrections)),
    )


def _arguments(names: Mapping[str, Any]) -> dict[str, Any]:
    arguments = dict(names)
    if "naive_times" in arguments:
        arguments["naive_times"] = NaiveTimes(arguments["naive_times"])
    return arguments
