"""Alarms, maintenance windows and tenants from PostgreSQL or SQLite, through SQLAlchemy; sync and async."""
################################################################
# One statement a request, bound parameters only, columns not rows; the figures
# are those of the core, to the microsecond, whatever the time zone of server,
# session or client. The defaults read the platform's tables as they stand.
#
# The engine is the caller's: its pool, its time-outs, its errors. Nothing is ever
# written through it, and no transaction is kept open.
################################################################

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from sla_compliance.alarms import AlarmFilter
from sla_compliance.batch import AlarmBatch
from sla_compliance.calendars.exclusions import MaintenanceWindow
from sla_compliance.errors import requires_extra
from sla_compliance.sources.protocol import EVERY_QUALIFYING
from sla_compliance.units import instant_us, length_us
from sla_compliance.validation import OnInvalid

with requires_extra("sqlalchemy", __name__):
    from sqlalchemy import Engine
    from sqlalchemy.ext.asyncio import AsyncEngine

from sla_compliance.sources._sql.alarms import AlarmQuestion, AlarmReader
from sla_compliance.sources._sql.indexes import create_indexes, missing_indexes
from sla_compliance.sources._sql.maintenance import MaintenanceReader
from sla_compliance.sources._sql.mappings import AlarmsTable, MaintenanceTable, MetricsTable, NaiveTimes, TenantsTable
from sla_compliance.sources._sql.tenants import TenantReader, TenantRow

__all__ = [
    "AlarmsTable",
    "AsyncSQLAlchemyAlarmSource",
    "AsyncSQLAlchemyMaintenanceSource",
    "AsyncSQLAlchemyTenantSource",
    "MaintenanceTable",
    "NaiveTimes",
    "SQLAlchemyAlarmSource",
    "SQLAlchemyMaintenanceSource",
    "SQLAlchemyTenantSource",
    "TenantRow",
    "TenantsTable",
    "ddl",
    "missing_index_statements",
]

PURGED_AFTER: Final = timedelta(days=90)
PLATFORM_ALARMS: Final = AlarmsTable()
PLATFORM_MAINTENANCE: Final = MaintenanceTable()
PLATFORM_TENANTS: Final = TenantsTable()
PLATFORM_METRICS: Final = MetricsTable()


def utc_now() -> datetime:
    """Return the present moment."""
    return datetime.now(UTC)


class _Purged:
    """What SQL sources know of their past: cleared alarms are deleted some time after."""

    def __init__(self, purged_after: timedelta | None, clock: Callable[[], datetime]) -> None:
        self._purged_after_us = None if purged_after is None else length_us(purged_after, field="purged_after")
        self._clock = clock

    def complete_since(self, tenant_id: str) -> int | None:  # noqa: ARG002 - one rule for all tenants
        """Return the first instant from which on no cleared alarm has been purged; None where none ever is."""
        return (
            None if self._purged_after_us is None else instant_us(self._clock(), field="clock") - self._purged_after_us
        )


class SQLAlchemyAlarmSource(_Purged):
    """Alarms of a database, over an Engine; an AlarmSource, a DetailedAlarmSource, and one that knows its past.

    Raises, when asked, besides the database's own errors:
        InvalidValueError: the mapped table or a mapped column does not exist, or no database holds such a tenant id.
        NaiveDatetimeError: a mapped time carries no zone and the mapping does not say that it is UTC.
        InvalidAlarmsError: rows are bad and `on_invalid` is "raise".
    """

    def __init__(
        self,
        engine: Engine,
        table: AlarmsTable = PLATFORM_ALARMS,
        *,
        on_invalid: OnInvalid = "raise",
        clock_skew: timedelta = timedelta(0),
        purged_after: timedelta | None = PURGED_AFTER,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        """Keep the engine; nothing is asked of it yet.

        Args:
            engine: of PostgreSQL (psycopg) or SQLite.
            table: where the alarms stand.
            on_invalid, clock_skew: as `AlarmBatch.from_columns`.
            purged_after: how long after it was cleared an alarm is deleted; None: never.
            clock: the present moment, aware.
        """
        super().__init__(purged_after, clock)
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._reader = AlarmReader(table, on_invalid, clock_skew)

    def fetch(self, tenant_id: str, start_us: int, end_us: int, wanted: AlarmFilter = EVERY_QUALIFYING) -> AlarmBatch:
        """Return the tenant's alarms that qualify and meet the window, with the columns that figures need."""
        question = AlarmQuestion(tenant_id, start_us, end_us, wanted)
        with self._engine.connect() as connection:
            return self._reader.read(connection, question)

    def fetch_details(
        self, tenant_id: str, start_us: int, end_us: int, wanted: AlarmFilter = EVERY_QUALIFYING
    ) -> AlarmBatch:
        """Return the same alarms with every mapped column: for incidents, resources and scoped exclusions."""
        question = AlarmQuestion(tenant_id, start_us, end_us, wanted, is_detailed=True)
        with self._engine.connect() as connection:
            return self._reader.read(connection, question)


class AsyncSQLAlchemyAlarmSource(_Purged):
    """SQLAlchemyAlarmSource over an AsyncEngine."""

    def __init__(
        self,
        engine: AsyncEngine,
        table: AlarmsTable = PLATFORM_ALARMS,
        *,
        on_invalid: OnInvalid = "raise",
        clock_skew: timedelta = timedelta(0),
        purged_after: timedelta | None = PURGED_AFTER,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        """Keep the engine; arguments as SQLAlchemyAlarmSource."""
        super().__init__(purged_after, clock)
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._reader = AlarmReader(table, on_invalid, clock_skew)

    async def fetch(
        self, tenant_id: str, start_us: int, end_us: int, wanted: AlarmFilter = EVERY_QUALIFYING
    ) -> AlarmBatch:
        """Return the tenant's alarms that qualify and meet the window, with the columns that figures need."""
        question = AlarmQuestion(tenant_id, start_us, end_us, wanted)
        async with self._engine.connect() as connection:
            return await connection.run_sync(self._reader.read, question)

    async def fetch_details(
        self, tenant_id: str, start_us: int, end_us: int, wanted: AlarmFilter = EVERY_QUALIFYING
    ) -> AlarmBatch:
        """Return the same alarms with every mapped column: for incidents, resources and scoped exclusions."""
        question = AlarmQuestion(tenant_id, start_us, end_us, wanted, is_detailed=True)
        async with self._engine.connect() as connection:
            return await connection.run_sync(self._reader.read, question)


class SQLAlchemyMaintenanceSource:
    """Maintenance windows of a database, over an Engine.

    Raises, when asked: as SQLAlchemyAlarmSource; InvalidTypeError for affected ids that are no JSON.
    """

    def __init__(self, engine: Engine, table: MaintenanceTable = PLATFORM_MAINTENANCE) -> None:
        """Keep the engine; nothing is asked of it yet."""
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._reader = MaintenanceReader(table)

    def fetch(self, tenant_id: str, start_us: int, end_us: int) -> tuple[MaintenanceWindow, ...]:
        """Return the tenant's windows, not cancelled, that may meet [start_us, end_us)."""
        with self._engine.connect() as connection:
            return self._reader.read(connection, tenant_id, start_us, end_us)


class AsyncSQLAlchemyMaintenanceSource:
    """SQLAlchemyMaintenanceSource over an AsyncEngine."""

    def __init__(self, engine: AsyncEngine, table: MaintenanceTable = PLATFORM_MAINTENANCE) -> None:
        """Keep the engine; nothing is asked of it yet."""
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._reader = MaintenanceReader(table)

    async def fetch(self, tenant_id: str, start_us: int, end_us: int) -> tuple[MaintenanceWindow, ...]:
        """Return the tenant's windows, not cancelled, that may meet [start_us, end_us)."""
        async with self._engine.connect() as connection:
            return await connection.run_sync(self._reader.read, tenant_id, start_us, end_us)


class SQLAlchemyTenantSource:
    """Tenants of a database, over an Engine: their zone, and since when they are monitored."""

    def __init__(self, engine: Engine, table: TenantsTable = PLATFORM_TENANTS) -> None:
        """Keep the engine; nothing is asked of it yet."""
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._reader = TenantReader(table)

    def fetch(self, tenant_id: str) -> TenantRow | None:
        """Return the tenant's row; None where there is none."""
        with self._engine.connect() as connection:
            return self._reader.read(connection, tenant_id)


class AsyncSQLAlchemyTenantSource:
    """SQLAlchemyTenantSource over an AsyncEngine."""

    def __init__(self, engine: AsyncEngine, table: TenantsTable = PLATFORM_TENANTS) -> None:
        """Keep the engine; nothing is asked of it yet."""
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._reader = TenantReader(table)

    async def fetch(self, tenant_id: str) -> TenantRow | None:
        """Return the tenant's row; None where there is none."""
        async with self._engine.connect() as connection:
            return await connection.run_sync(self._reader.read, tenant_id)


def ddl(dialect: str, *, alarms: AlarmsTable = PLATFORM_ALARMS, metrics: MetricsTable = PLATFORM_METRICS) -> str:
    """Return the statements that create the indexes on alarms and on metrics, one a line.

    Args:
        dialect: "postgresql" or "sqlite".

    Raises:
        InvalidValueError: it is neither.

    >>> print(ddl("sqlite").splitlines()[1])
    CREATE INDEX IF NOT EXISTS "ix_sla_metrics" ON "network_metrics" ("tenant_id", "timestamp");
    """
    return "\n".join(create_indexes(dialect, alarms=alarms, metrics=metrics))


def missing_index_statements(engine: Engine, table: AlarmsTable = PLATFORM_ALARMS) -> tuple[str, ...]:
    """Return the statements to run for quick requests: empty where the table of alarms has its index.

    Raises:
        InvalidValueError: there is no such table, or a mapped column does not exist.
    """
    with engine.connect() as connection:
        return missing_indexes(connection, alarms=table)
