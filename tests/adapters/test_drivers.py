"""Every driver of PostgreSQL reads the same from the platform's tables, to the microsecond."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, text
from sqlalchemy.ext.asyncio import create_async_engine

from sla_compliance.alarms import AlarmFilter
from sla_compliance.compliance import evaluate
from sla_compliance.sources.sqlalchemy import (
    AlarmsTable,
    AsyncSQLAlchemyAlarmSource,
    AsyncSQLAlchemyMaintenanceSource,
    AsyncSQLAlchemyTenantSource,
    SQLAlchemyAlarmSource,
    SQLAlchemyMaintenanceSource,
    SQLAlchemyTenantSource,
    TenantsTable,
    missing_index_statements,
    rows_without_tenant,
    tenant_ids,
)
from sla_compliance.sources.timescaledb import AsyncTimescaleDBSource, TimescaleDBSource
from sla_compliance.testing.stored_alarms import SINCE, SINCE_US, UNTIL, UNTIL_US, varied_alarms
from tests.adapters.alarm_tables import FIXTURES, PLATFORM

TIME_BUCKET = (FIXTURES / "time_bucket.sql").read_text(encoding="utf-8")
FACTS = """
    INSERT INTO tenants (id, name, timezone, created_at)
    VALUES ('acme', 'Acme', 'Africa/Lagos', '2025-12-31 23:59:59Z');
    INSERT INTO maintenance_windows (tenant_id, title, start_time, end_time, affected_resources, affected_customers)
    VALUES ('acme', 'splice', '2026-03-02 01:00Z', '2026-03-02 05:00:00.000001Z', '["olt-1"]', '[]'),
           ('acme', 'power', '2026-03-05 01:00Z', '2026-03-05 02:00Z', '[]', '[]');
    INSERT INTO network_metrics (tenant_id, "timestamp", metric_type, downtime_percentage)
    SELECT 'acme', '2026-03-01 00:00Z'::timestamptz + n * interval '5 minutes', 'availability', n % 130 - 5
    FROM generate_series(0, 2000) AS n;
"""

Sources = tuple[Any, Any, Any, Any]
Resolved = Callable[[Any], Any]


def sync_sources(engine: Engine) -> Sources:
    """Return sources of alarms, maintenance, tenants and metrics over an Engine."""
    alarms = SQLAlchemyAlarmSource(engine, purged_after=timedelta(days=90))
    return alarms, SQLAlchemyMaintenanceSource(engine), SQLAlchemyTenantSource(engine), TimescaleDBSource(engine)


def read_all(sources: Sources, resolved: Resolved) -> dict[str, Any]:
    """Return what every method of the sources reads of a tenant.

    Args:
        resolved: the result of what a method returned; that of an async one is awaited.
    """
    alarms, maintenance, tenants, metrics = sources
    window = ("acme", SINCE_US, UNTIL_US)
    details = resolved(alarms.fetch_details(*window))
    return {
        "alarms": resolved(alarms.fetch(*window)),
        "filtered": resolved(alarms.fetch(*window, AlarmFilter({"minor", "critical"}, ["los"], ["suppressed"]))),
        "details": details,
        "ancestors": resolved(alarms.fetch_with_ancestors(*window)),
        "rows by id": resolved(alarms.fetch_by_ids("acme", [*details.columns["id"][:3], "none such"])),
        "complete since": resolved(alarms.read_complete_since("acme")),
        "maintenance": resolved(maintenance.fetch(*window)),
        "tenant": resolved(tenants.fetch("acme")),
        "no tenant": resolved(tenants.fetch("another")),
        "metrics": resolved(metrics.fetch(*window)),
        "no metrics": resolved(metrics.fetch("another", SINCE_US, UNTIL_US)),
    }


def read_over_connection(connection: Connection) -> tuple[Any, ...]:
    """Return what the functions on a connection read."""
    return tenant_ids(connection, AlarmsTable(), TenantsTable()), rows_without_tenant(connection, AlarmsTable())


@pytest.fixture(scope="module")
def facts(platform_database: Engine) -> Engine:
    """The platform's tables, filled."""
    with platform_database.begin() as connection:
        connection.execute(text(TIME_BUCKET))
        connection.execute(text(FACTS))
    PLATFORM.store(platform_database, "acme", varied_alarms())
    return platform_database


@pytest.fixture(scope="module")
def expected(facts: Engine) -> dict[str, Any]:
    """What psycopg reads."""
    return read_all(sync_sources(facts), lambda result: result)


def test_there_is_something_to_read(expected: dict[str, Any]) -> None:
    """Else any two drivers would agree."""
    assert min(len(expected[name]) for name in ("alarms", "filtered", "details", "ancestors", "metrics")) > 100
    assert len(expected["rows by id"]) == 3
    assert len(expected["maintenance"]) == 2
    assert expected["tenant"].zone == "Africa/Lagos"
    assert expected["metrics"].clamped


def test_psycopg2_reads_the_same(facts: Engine, expected: dict[str, Any]) -> None:
    """Over an Engine."""
    engine = create_engine(facts.url.set(drivername="postgresql+psycopg2"))
    assert read_all(sync_sources(engine), lambda result: result) == expected
    assert missing_index_statements(engine) == missing_index_statements(facts)
    with engine.connect() as connection, facts.connect() as connection_of_psycopg:
        assert read_over_connection(connection) == read_over_connection(connection_of_psycopg)
    engine.dispose()


@pytest.mark.parametrize("driver", ["psycopg", "asyncpg"])
def test_async_drivers_read_the_same(driver: str, facts: Engine, expected: dict[str, Any]) -> None:
    """Over an AsyncEngine."""
    with asyncio.Runner() as runner:
        engine = create_async_engine(facts.url.set(drivername=f"postgresql+{driver}"), poolclass=NullPool)
        sources = (
            AsyncSQLAlchemyAlarmSource(engine, purged_after=timedelta(days=90)),
            AsyncSQLAlchemyMaintenanceSource(engine),
            AsyncSQLAlchemyTenantSource(engine),
            AsyncTimescaleDBSource(engine),
        )
        assert read_all(sources, runner.run) == expected

        async def over_connection() -> tuple[Any, ...]:
            async with engine.connect() as connection:
                return await connection.run_sync(read_over_connection)

        with facts.connect() as connection_of_psycopg:
            assert runner.run(over_connection()) == read_over_connection(connection_of_psycopg)
        runner.run(engine.dispose())


def test_cells_are_the_same_over_every_driver(facts: Engine, expected: dict[str, Any]) -> None:
    """Whatever the session's time zone is."""
    evaluated = partial(evaluate, start=SINCE, end=UNTIL, zone="Africa/Lagos", as_of=UNTIL)
    cells = evaluated(expected["alarms"]).total.segments
    for driver in ("psycopg", "psycopg2"):
        options = {"options": "-c timezone=Asia/Kathmandu -c datestyle=German"}
        engine = create_engine(facts.url.set(drivername=f"postgresql+{driver}"), connect_args=options)
        assert evaluated(SQLAlchemyAlarmSource(engine).fetch("acme", SINCE_US, UNTIL_US)).total.segments == cells
        engine.dispose()

    async def over_asyncpg() -> Any:
        settings = {"server_settings": {"timezone": "Asia/Kathmandu", "datestyle": "German"}}
        engine = create_async_engine(facts.url.set(drivername="postgresql+asyncpg"), connect_args=settings)
        batch = await AsyncSQLAlchemyAlarmSource(engine).fetch("acme", SINCE_US, UNTIL_US)
        await engine.dispose()
        return batch

    assert evaluated(asyncio.run(over_asyncpg())).total.segments == cells


NUMBERED_TABLES = """
    CREATE TABLE numbered (id BIGINT PRIMARY KEY, tenant_id INTEGER, severity SMALLINT, status TEXT,
                           first_occurrence BIGINT, cleared_at BIGINT);
    INSERT INTO numbered VALUES (1, 7, 5, 'x', 0, 9), (2, 7, 2, 'x', 0, 9), (3, 8, 5, 'x', 0, 9), (4, 7, 9, 'x', 0, 9);
    CREATE TABLE of_uuids (id UUID PRIMARY KEY, tenant_id UUID, severity TEXT, first_occurrence BIGINT,
                           cleared_at BIGINT);
    INSERT INTO of_uuids SELECT gen_random_uuid(), '00000000-0000-0000-0000-00000000000a', 'major', 0, n
    FROM generate_series(1, 5) AS n;
"""
UNMAPPED: dict[str, Any] = dict.fromkeys(
    ("resolved_at", "last_occurrence", "alarm_type", "resource_id", "customer_id", "subscriber_count", "title")
)


@pytest.mark.parametrize("driver", ["psycopg", "psycopg2", "asyncpg"])
def test_tenants_severities_and_ids_may_be_numbers(driver: str, platform_database: Engine) -> None:
    """They are compared as the column's type over every driver; so are UUIDs."""
    with platform_database.begin() as connection:
        connection.execute(text(NUMBERED_TABLES))
    try:
        assert_reads_numbers(platform_database.url.set(drivername=f"postgresql+{driver}"))
    finally:
        with platform_database.begin() as connection:
            connection.execute(text("DROP TABLE numbered, of_uuids"))


def assert_reads_numbers(url: URL) -> None:
    """Check what a driver reads of both tables."""
    numbered = AlarmsTable(
        table="numbered", **UNMAPPED, alarm_id=None, severity_map={"critical": [5, 4], "minor": [1, 2]}
    )
    of_uuids = AlarmsTable(table="of_uuids", **UNMAPPED, alarm_id=None, status=None)
    with asyncio.Runner() as runner, ExitStack() as disposal:
        in_numbers: Any
        in_uuids: Any

        def resolved(result: Any) -> Any:
            return runner.run(result) if asyncio.iscoroutine(result) else result

        if url.get_driver_name() == "asyncpg":
            async_engine = create_async_engine(url)
            disposal.callback(lambda: runner.run(async_engine.dispose()))
            in_numbers = AsyncSQLAlchemyAlarmSource(async_engine, numbered, on_invalid="quarantine")
            in_uuids = AsyncSQLAlchemyAlarmSource(async_engine, of_uuids)
        else:
            engine = create_engine(url)
            disposal.callback(engine.dispose)
            in_numbers = SQLAlchemyAlarmSource(engine, numbered, on_invalid="quarantine")
            in_uuids = SQLAlchemyAlarmSource(engine, of_uuids)
        batch = resolved(in_numbers.fetch_details("7", 0, 9))
        assert batch.columns["id"] == ("1",)
        assert len(batch.rejected) == 1
        assert len(resolved(in_numbers.fetch_with_ancestors("7", 0, 9))) == 1
        assert len(resolved(in_numbers.fetch_by_ids("7", ["1", "2", "3", "x"]))) == 2
        assert len(resolved(in_uuids.fetch("00000000-0000-0000-0000-00000000000a", 0, 9))) == 5
