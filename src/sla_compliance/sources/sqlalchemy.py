"""What PostgreSQL and SQLite hold of alarms, maintenance and tenants, through SQLAlchemy; sync and async."""
################################################################
# One statement a request, bound parameters only, columns not rows; the figures
# are those of the core, to the microsecond, whatever the time zone of server,
# session or client. The defaults read the platform's tables as they stand.
#
# The engine is the caller's: its pool, its time-outs, its errors. Nothing is
# written through it, and no transaction stays open.
################################################################

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from sla_compliance.alarms import AlarmFilter
from sla_compliance.batch import AlarmBatch
from sla_compliance.calendars.exclusions import MaintenanceWindow
from sla_compliance.corrections import Correction
from sla_compliance.errors import requires_extra
from sla_compliance.inventory import Inventory
from sla_compliance.sources.clock import utc_now
from sla_compliance.sources.protocol import EVERY_QUALIFYING
from sla_compliance.units import instant_us, length_us
from sla_compliance.validation import OnInvalid

with requires_extra("sqlalchemy", __name__):
    from sqlalchemy import Engine
    from sqlalchemy.ext.asyncio import AsyncEngine

from sla_compliance.sources._sql.alarm_statements import AlarmRequest
from sla_compliance.sources._sql.alarms import AlarmReader
from sla_compliance.sources._sql.corrections import CorrectionReader
from sla_compliance.sources._sql.ddl import corrections_ddl, ddl, fitting_ddl, index_report, missing_index_statements
from sla_compliance.sources._sql.engines import (
    AnyEngine,
    Awaited,
    OverAsyncEngine,
    OverEngine,
    Prepare,
    Result,
    SQLSource,
)
from sla_compliance.sources._sql.indexes import IndexReport
from sla_compliance.sources._sql.inventory import InventoryReader
from sla_compliance.sources._sql.maintenance import MaintenanceReader
from sla_compliance.sources._sql.mappings import (
    CORRECTIONS,
    INVENTORY,
    PLATFORM_ALARMS,
    PLATFORM_MAINTENANCE,
    PLATFORM_TENANTS,
    AlarmsTable,
    CorrectionsTable,
    InventoryTable,
    MaintenanceTable,
    MappedTables,
    MetricsTable,
    NaiveTimes,
    TenantsTable,
    mapped_tables,
)
from sla_compliance.sources._sql.session_changes import SessionChanges, report_changes
from sla_compliance.sources._sql.table_check import TableCheck, check_readable
from sla_compliance.sources._sql.tenants import TenantReader, TenantRow, rows_without_tenant, tenant_ids

__all__ = [
    "AlarmsTable",
    "AsyncSQLAlchemyAlarmSource",
    "AsyncSQLAlchemyCorrectionSource",
    "AsyncSQLAlchemyInventorySource",
    "AsyncSQLAlchemyMaintenanceSource",
    "AsyncSQLAlchemyTenantSource",
    "CorrectionsTable",
    "IndexReport",
    "InventoryTable",
    "MaintenanceTable",
    "MappedTables",
    "MetricsTable",
    "NaiveTimes",
    "Prepare",
    "SQLAlchemyAlarmSource",
    "SQLAlchemyCorrectionSource",
    "SQLAlchemyInventorySource",
    "SQLAlchemyMaintenanceSource",
    "SQLAlchemyTenantSource",
    "SessionChanges",
    "TableCheck",
    "TenantRow",
    "TenantsTable",
    "check_readable",
    "corrections_ddl",
    "ddl",
    "fitting_ddl",
    "index_report",
    "mapped_tables",
    "missing_index_statements",
    "report_changes",
    "rows_without_tenant",
    "tenant_ids",
]


class _AlarmSource(SQLSource[AnyEngine, Result]):
    """Alarms of a database."""

    def __init__(
        self,
        engine: AnyEngine,
        table: AlarmsTable = PLATFORM_ALARMS,
        *,
        on_invalid: OnInvalid = "raise",
        clock_skew: timedelta = timedelta(0),
        purged_after: timedelta | None = None,
        clock: Callable[[], datetime] = utc_now,
        prepare: Prepare | None = None,
    ) -> None:
        """Keep the engine; the first request connects.

        Args:
            engine: of PostgreSQL (psycopg) or SQLite.
            table: the mapping of the table of alarms.
            on_invalid, clock_skew: as `AlarmBatch.from_columns`.
            purged_after: how long after it was cleared an alarm is deleted at the earliest; None: never.
            clock: the present moment, aware.
            prepare: sets the session of a connection for a tenant before each read, e.g. for row-level security; a sync
                function, also over an async engine.
        """
        super().__init__(engine, prepare)
        purged_after_us = None if purged_after is None else length_us(purged_after, field="purged_after")
        self._reader = AlarmReader(table, on_invalid, clock_skew, self._now_us, purged_after_us)
        self._clock = clock

    def complete_since(self, tenant_id: str) -> int | None:  # noqa: ARG002 - one rule for all tenants
        """Return the first instant from which on no cleared alarm has been purged; None where none ever is."""
        return self._reader.purged_until_us()

    def unrecognized_severity_rows(self, tenant_id: str) -> int | None:
        """Return how many rows have an unknown or overwritten severity, by the last look; None before the first."""
        return self._reader.odd_severity_rows(tenant_id)

    def forget(self, tenant_id: str) -> None:
        """Forget what was seen of a tenant's severities; the next request looks again."""
        self._reader.forget(tenant_id)

    def _now_us(self) -> int:
        return instant_us(self._clock(), field="clock")

    def fetch(self, tenant_id: str, start_us: int, end_us: int, wanted: AlarmFilter = EVERY_QUALIFYING) -> Result:
        """Return a batch of the tenant's qualifying alarms that meet the window, with the columns that figures need."""
        return self._run(tenant_id, self._reader.read, AlarmRequest(tenant_id, start_us, end_us, wanted))

    def fetch_details(
        self, tenant_id: str, start_us: int, end_us: int, wanted: AlarmFilter = EVERY_QUALIFYING
    ) -> Result:
        """Return a batch of the same alarms with every mapped column: for incidents, resources, targeted exclusions."""
        request = AlarmRequest(tenant_id, start_us, end_us, wanted, is_detailed=True)
        return self._run(tenant_id, self._reader.read, request)

    def fetch_with_ancestors(
        self, tenant_id: str, start_us: int, end_us: int, wanted: AlarmFilter = EVERY_QUALIFYING
    ) -> Result:
        """Return what `fetch_details` returns, and the alarms that these name as their parents, at any depth to 16."""
        request = AlarmRequest(tenant_id, start_us, end_us, wanted, is_detailed=True, has_ancestors=True)
        return self._run(tenant_id, self._reader.read, request)

    def fetch_by_ids(self, tenant_id: str, row_ids: Collection[str]) -> Result:
        """Return a batch of the tenant's alarms with these ids and their ancestors, in full.

        Whatever their severity or time; a statement more for each generation of parents.
        """
        return self._run(tenant_id, self._reader.read_by_ids, tenant_id, row_ids)


class SQLAlchemyAlarmSource(OverEngine, _AlarmSource[Engine, AlarmBatch]):
    """Alarms of a database, over an Engine; an AlarmSource, DetailedAlarmSource and SupportsCompleteSince.

    Raises, at a request, besides the database's own errors:
        InvalidValueError: a mapped table or column does not exist, rows share an id, or no tenant can have this id.
        InvalidValueError: the table is under row-level security, and no `prepare` sets the session.
        NaiveDatetimeError: a mapped time carries no zone and the mapping does not say that it is UTC.
        InvalidAlarmsError: rows are bad and `on_invalid` is "raise".
    """

    def read_complete_since(self, tenant_id: str) -> int | None:
        """Return `complete_since`, or when the oldest cleared row that is still there was cleared, where earlier."""
        if self._reader.purged_until_us() is None:
            return None
        return self._run(tenant_id, self._reader.complete_since_us, tenant_id)


class AsyncSQLAlchemyAlarmSource(OverAsyncEngine, _AlarmSource[AsyncEngine, Awaited[AlarmBatch]]):
    """SQLAlchemyAlarmSource over an AsyncEngine: the same arguments and errors; batches are awaited."""

    async def read_complete_since(self, tenant_id: str) -> int | None:
        """Return `complete_since`, or when the oldest cleared row that is still there was cleared, where earlier."""
        if self._reader.purged_until_us() is None:
            return None
        return await self._run(tenant_id, self._reader.complete_since_us, tenant_id)


class _MaintenanceSource(SQLSource[AnyEngine, Result]):
    """Maintenance windows of a database."""

    def __init__(
        self, engine: AnyEngine, table: MaintenanceTable = PLATFORM_MAINTENANCE, *, prepare: Prepare | None = None
    ) -> None:
        """Keep the engine; the first request connects. `prepare` as of the source of alarms."""
        super().__init__(engine, prepare)
        self._reader = MaintenanceReader(table)

    def fetch(self, tenant_id: str, start_us: int, end_us: int) -> Result:
        """Return a tuple of the tenant's windows, not cancelled, that may meet [start_us, end_us)."""
        return self._run(tenant_id, self._reader.read, tenant_id, start_us, end_us)


class SQLAlchemyMaintenanceSource(OverEngine, _MaintenanceSource[Engine, tuple[MaintenanceWindow, ...]]):
    """Maintenance windows of a database, over an Engine.

    Raises, at a request: as SQLAlchemyAlarmSource; InvalidTypeError for affected ids that are no JSON.
    """


class AsyncSQLAlchemyMaintenanceSource(
    OverAsyncEngine, _MaintenanceSource[AsyncEngine, Awaited[tuple[MaintenanceWindow, ...]]]
):
    """SQLAlchemyMaintenanceSource over an AsyncEngine, `fetch` awaited; an ExclusionSource."""


class _TenantSource(SQLSource[AnyEngine, Result]):
    """Tenants of a database."""

    def __init__(
        self, engine: AnyEngine, table: TenantsTable = PLATFORM_TENANTS, *, prepare: Prepare | None = None
    ) -> None:
        """Keep the engine; the first request connects. `prepare` as of the source of alarms."""
        super().__init__(engine, prepare)
        self._reader = TenantReader(table)

    def fetch(self, tenant_id: str) -> Result:
        """Return the TenantRow of a tenant; None where there is none."""
        return self._run(tenant_id, self._reader.read, tenant_id)


class SQLAlchemyTenantSource(OverEngine, _TenantSource[Engine, TenantRow | None]):
    """Tenants of a database, over an Engine: their zone, and since when they are monitored."""

    def fetch_many(self, tenant_ids: Collection[str]) -> dict[str, TenantRow]:
        """Return the TenantRow of each of some tenants, some thousands with one statement.

        Left out are tenants without a row and those that `fetch` has to be asked for: whose row is bad, or whose id is
        written otherwise than in the row. With `prepare`, which sets a session for one tenant, all of them.
        """
        return {} if self._prepare is not None else self._run("", self._reader.read_many, tenant_ids)


class AsyncSQLAlchemyTenantSource(OverAsyncEngine, _TenantSource[AsyncEngine, Awaited[TenantRow | None]]):
    """SQLAlchemyTenantSource over an AsyncEngine, `fetch` and `fetch_many` awaited."""

    async def fetch_many(self, tenant_ids: Collection[str]) -> dict[str, TenantRow]:
        """Return the TenantRow of each of some tenants, as `SQLAlchemyTenantSource.fetch_many`."""
        return {} if self._prepare is not None else await self._run("", self._reader.read_many, tenant_ids)


class _InventorySource(SQLSource[AnyEngine, Result]):
    """Inventories of a database."""

    def __init__(self, engine: AnyEngine, table: InventoryTable = INVENTORY, *, prepare: Prepare | None = None) -> None:
        """Keep the engine; the first request connects. `prepare` as of the source of alarms."""
        super().__init__(engine, prepare)
        self._reader = InventoryReader(table)

    def inventory(self, tenant_id: str) -> Result:
        """Return the Inventory of a tenant; an empty one where the table has no row of it."""
        return self._run(tenant_id, self._reader.read, tenant_id)


class SQLAlchemyInventorySource(OverEngine, _InventorySource[Engine, Inventory]):
    """Inventories of a database, over an Engine; a SupportsInventory.

    Raises, at a request: as SQLAlchemyAlarmSource; another SLAComplianceError where a row is no unit, or the rows are
    no Inventory.
    """


class AsyncSQLAlchemyInventorySource(OverAsyncEngine, _InventorySource[AsyncEngine, Awaited[Inventory]]):
    """SQLAlchemyInventorySource over an AsyncEngine, `inventory` awaited; an AsyncSupportsInventory."""


class _CorrectionSource(SQLSource[AnyEngine, Result]):
    """Corrections of a database."""

    def __init__(
        self, engine: AnyEngine, table: CorrectionsTable = CORRECTIONS, *, prepare: Prepare | None = None
    ) -> None:
        """Keep the engine; the first request connects. `prepare` as of the source of alarms."""
        super().__init__(engine, prepare)
        self._reader = CorrectionReader(table)

    def corrections(self, tenant_id: str) -> Result:
        """Return a tuple of the tenant's corrections, in the order in which they count."""
        return self._run(tenant_id, self._reader.read, tenant_id)


class SQLAlchemyCorrectionSource(OverEngine, _CorrectionSource[Engine, tuple[Correction, ...]]):
    """Corrections of a database, over an Engine; a SupportsCorrections.

    Raises, at a request: as SQLAlchemyAlarmSource; another SLAComplianceError where a row is no correction.
    """


class AsyncSQLAlchemyCorrectionSource(OverAsyncEngine, _CorrectionSource[AsyncEngine, Awaited[tuple[Correction, ...]]]):
    """SQLAlchemyCorrectionSource over an AsyncEngine, `corrections` awaited; an AsyncSupportsCorrections."""
