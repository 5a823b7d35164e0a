"""Mappings: the tables, schemas and columns of a database; the defaults are the platform's."""
################################################################
# A column that a table does not have is mapped to None; columns that are not
# mapped are never read. Schema None is the connection's own default.
#
# A DefaultName is the platform's name of an optional column. Where the table has no
# such column, it is left out; a name that the caller gives must be there.
#
# `where` is a condition in the database's own SQL, which the host writes. It goes into
# the text of every statement on the table as it stands: nothing that a user sends may
# become part of it.
################################################################

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from typing import Any, Final, Protocol

from sla_compliance.checks import checked_text
from sla_compliance.errors import InvalidValueError
from sla_compliance.rows.words import SeverityReader, StatusReader, WordMap
from sla_compliance.zones import load_zone


class DefaultName(str):
    """The name of an optional column that the caller has not mapped; see the top of this file."""

    __slots__ = ()


def named_columns(columns: Iterable[str | None]) -> list[str]:
    """Return the mapped columns that a table must have: those that the caller named."""
    return [column for column in columns if column is not None and not isinstance(column, DefaultName)]


class MappedTable(Protocol):
    """What every mapping says of its table."""

    @property
    def table(self) -> str:
        """The table's name."""
        ...

    @property
    def schema(self) -> str | None:
        """The schema's name; None: the connection's own."""
        ...

    @property
    def where(self) -> str | None:
        """The condition of the rows that count, in SQL; None: all do."""
        ...


class NaiveTimes(Enum):
    """What a stored time without an offset means."""

    REFUSED = "refused"
    UTC = "utc"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmsTable:
    """The alarms; `tenant_id`, `severity`, `first_occurrence` and `cleared_at` are needed, the others are optional.

    By default an optional column is left out where the table lacks it; a name that is given must be there.

    Attributes:
        severity: a text column, or an enum of any type name.
        id: unique, or unique for each tenant.
        more: further columns for drill-down and targeted exclusions, under their own names, e.g. ("circuit_id",).
        naive_times: what times without an offset mean: SQLite text, PostgreSQL's timestamp without time zone.
        times_in: the zone of times without an offset, an IANA name; said instead of `naive_times`.
        severity_map, status_map: {our word: theirs}, one or several, "*" for all others; ours are read besides.
        where: which rows count, in SQL of your own, e.g. "deleted_at IS NULL"; never text that a user sends.

    Raises:
        UnknownZoneError: `times_in` is not the name of a zone.
        InvalidValueError, InvalidTypeError: a map is not one, or `where` is blank or no text.
    """

    table: str = "alarms"
    schema: str | None = None
    tenant_id: str = "tenant_id"
    severity: str = "severity"
    first_occurrence: str = "first_occurrence"
    cleared_at: str = "cleared_at"
    resolved_at: str | None = DefaultName("resolved_at")
    last_occurrence: str | None = DefaultName("last_occurrence")
    status: str | None = DefaultName("status")
    id: str | None = DefaultName("id")
    alarm_id: str | None = DefaultName("alarm_id")
    alarm_type: str | None = DefaultName("alarm_type")
    resource_id: str | None = DefaultName("resource_id")
    customer_id: str | None = DefaultName("customer_id")
    subscriber_count: str | None = DefaultName("subscriber_count")
    title: str | None = DefaultName("title")
    parent_alarm_id: str | None = DefaultName("parent_alarm_id")
    resource_type: str | None = DefaultName("resource_type")
    acknowledged_at: str | None = DefaultName("acknowledged_at")
    updated_at: str | None = DefaultName("updated_at")
    more: tuple[str, ...] = ()
    naive_times: NaiveTimes = NaiveTimes.REFUSED
    times_in: str | None = None
    severity_map: WordMap | None = field(default=None, hash=False)
    status_map: WordMap | None = field(default=None, hash=False)
    where: str | None = None

    def __post_init__(self) -> None:
        _check_zone(self.times_in)
        _check_where(self.where)
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

    By default an optional column is left out where the table lacks it; a name that is given must be there.

    Attributes:
        affected_resources: JSON: a list of ids, or an object of such lists by their resource type; the lists of
            `customer` and `customers` are of ids of customers.
        affected_customers, affected_services: JSON: a list of ids, or an object of such lists.
        announced_at, entered_at: when the customer was told, and when the window was recorded or its bounds last
            changed.
        author: who entered it.
        with_children: whether windows reach the children of the alarms that they name.
        naive_times, times_in, where: as of AlarmsTable.
    """

    table: str = "maintenance_windows"
    schema: str | None = None
    tenant_id: str = "tenant_id"
    start_time: str = "start_time"
    end_time: str = "end_time"
    status: str | None = DefaultName("status")
    title: str | None = DefaultName("title")
    affected_resources: str | None = DefaultName("affected_resources")
    affected_customers: str | None = DefaultName("affected_customers")
    affected_services: str | None = DefaultName("affected_services")
    announced_at: str | None = DefaultName("announced_at")
    entered_at: str | None = DefaultName("entered_at")
    author: str | None = DefaultName("created_by")
    with_children: bool = False
    naive_times: NaiveTimes = NaiveTimes.REFUSED
    times_in: str | None = None
    where: str | None = None

    def __post_init__(self) -> None:
        _check_zone(self.times_in)
        _check_where(self.where)


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
        naive_times, times_in, where: as of AlarmsTable.
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
    where: str | None = None

    def __post_init__(self) -> None:
        _check_zone(self.times_in)
        _check_where(self.where)


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionsTable:
    """The corrections of rows of alarms; rows are only ever added. All columns but `id` are needed.

    Attributes:
        id: a number that grows with each row: the order of those that were entered at one instant; by default left out
            where the table lacks it.
        row_id: the `id` of the row of alarms.
        starts, ends, severity, void: what the correction says; NULL: as the row says.
        naive_times, times_in, where: as of AlarmsTable.
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
    where: str | None = None

    def __post_init__(self) -> None:
        _check_zone(self.times_in)
        _check_where(self.where)


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantsTable:
    """The tenants.

    Attributes:
        title: the column of what people call a tenant; None: there is none.
        naive_times, where: as of AlarmsTable.
    """

    table: str = "tenants"
    schema: str | None = None
    id: str = "id"
    timezone: str = "timezone"
    created_at: str = "created_at"
    title: str | None = None
    naive_times: NaiveTimes = NaiveTimes.REFUSED
    where: str | None = None

    def __post_init__(self) -> None:
        _check_where(self.where)


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricsTable:
    """Measured availability, one row a time bucket.

    Attributes:
        naive_times, where: as of AlarmsTable.
    """

    table: str = "network_metrics"
    schema: str | None = None
    tenant_id: str = "tenant_id"
    timestamp: str = "timestamp"
    metric_type: str = "metric_type"
    downtime_percentage: str = "downtime_percentage"
    naive_times: NaiveTimes = NaiveTimes.REFUSED
    where: str | None = None

    def __post_init__(self) -> None:
        _check_where(self.where)


def _check_zone(times_in: str | None) -> None:
    if times_in is not None:
        load_zone(times_in, field="times_in")


def _check_where(where: str | None) -> None:
    if where is not None and not checked_text(where, "where").strip():
        raise InvalidValueError("where is blank; give a condition such as 'deleted_at IS NULL', or None", field="where")


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
        purged_after: as of a source of alarms: how long after it was cleared a row is deleted at the earliest; None:
            never.
    """

    alarms: AlarmsTable = field(default_factory=AlarmsTable)
    maintenance: MaintenanceTable = field(default_factory=MaintenanceTable)
    tenants: TenantsTable = field(default_factory=TenantsTable)
    inventory: InventoryTable | None = None
    corrections: CorrectionsTable | None = None
    purged_after: timedelta | None = None


def mapped_tables(tables: Mapping[str, Mapping[str, Any]]) -> MappedTables:
    """Return the tables that a contract file names, `Settings.tables`; what it leaves out has the platform's names."""
    inventory, corrections = tables.get("inventory"), tables.get("corrections")
    alarms = _arguments(tables.get("alarms", {}))
    purged_after = alarms.pop("purged_after", None)  # says something of the rows, not of the table's form
    return MappedTables(
        alarms=AlarmsTable(**alarms),
        purged_after=purged_after,
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
