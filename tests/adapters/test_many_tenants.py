"""Rows of many tenants with one statement, on both databases: those that `fetch` returns, or none."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from sla_compliance.errors import InvalidTenantError
from sla_compliance.server.tenants import DatabaseTenants
from sla_compliance.settings import loads
from sla_compliance.sources.sqlalchemy import (
    AsyncSQLAlchemyTenantSource,
    SQLAlchemyTenantSource,
    TenantRow,
    TenantsTable,
)
from sla_compliance.testing.stored_alarms import HOSTILE_TENANTS
from tests.adapters.statements import watched

CREATED = datetime(2026, 3, 1, tzinfo=UTC)
TABLE = TenantsTable(table="customers", timezone="zone", created_at="created")


@pytest.fixture(params=["postgresql", "sqlite"])
def database(request: pytest.FixtureRequest, platform: Engine, sqlite: Engine) -> Engine:
    """Both databases in turn."""
    return platform if request.param == "postgresql" else sqlite


def make(engine: Engine, rows: Iterable[tuple[object, str | None, str | None]], *, type_of_id: str = "TEXT") -> None:
    """Make the table of tenants, without a key, and its rows."""
    type_of_instant = "TEXT" if engine.dialect.name == "sqlite" else "TIMESTAMPTZ"
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE IF EXISTS customers")
        connection.exec_driver_sql(f"CREATE TABLE customers (id {type_of_id}, zone TEXT, created {type_of_instant})")
        for tenant_id, zone, created in rows:
            connection.execute(
                text("INSERT INTO customers VALUES (:id, :zone, :created)"),
                {"id": tenant_id, "zone": zone, "created": created},
            )


def test_many_rows_are_those_that_are_fetched_alone(database: Engine) -> None:
    """With one statement; no other tenant's row, whatever an id contains."""
    ids = ["acme", *HOSTILE_TENANTS]
    zones = ("UTC", "Africa/Lagos", None)
    make(database, [(tenant_id, zones[rank % 3], CREATED.isoformat()) for rank, tenant_id in enumerate(ids)])
    source = SQLAlchemyTenantSource(database, TABLE)
    assert source.fetch_many(["acme"]) == {"acme": TenantRow("UTC", CREATED)}
    with watched(database) as sent:
        rows = source.fetch_many([*ids, "unknown", "ACME", "nul \0", "half \ud800"])
    assert len(sent) == 1
    assert rows == {tenant_id: source.fetch(tenant_id) for tenant_id in ids}
    assert source.fetch_many([]) == {}


def test_what_only_one_row_can_say_is_left_out(database: Engine) -> None:
    """A creation that is no instant, and two rows of one tenant; no creation is since the beginning."""
    bad = "0001-06-01T00:00:00Z"
    make(database, [("bad", "UTC", bad), ("twice", "UTC", None), ("twice", "Asia/Tokyo", None), ("other", "UTC", None)])
    source = SQLAlchemyTenantSource(database, TABLE)
    assert source.fetch_many(["bad", "twice", "other"]) == {"other": source.fetch("other")}
    with pytest.raises(InvalidTenantError):
        source.fetch("bad")


def test_ids_of_whole_numbers_are_texts(database: Engine) -> None:
    """One that is written otherwise is left out."""
    make(database, [(17, "UTC", None), (18, "Africa/Lagos", None)], type_of_id="INTEGER")
    source = SQLAlchemyTenantSource(database, TABLE)
    rows = source.fetch_many(["17", "017", "x", str(2**70), "18"])
    assert rows == {"17": source.fetch("17"), "18": source.fetch("18")}


def test_with_prepare_each_tenant_is_read_alone(database: Engine) -> None:
    """A session is set for one tenant."""
    make(database, [("acme", "UTC", None)])
    source = SQLAlchemyTenantSource(database, TABLE, prepare=lambda *_: None)
    assert source.fetch_many(["acme"]) == {}
    assert source.fetch("acme") is not None


def test_settings_of_many_are_those_of_each(platform: Engine) -> None:
    """Over the async driver, by a contract file; those without a row and with a bad zone are left out."""
    make(platform, [("acme", "UTC", None), ("lagos", "Africa/Lagos", CREATED.isoformat()), ("bad", "Mars/Base", None)])
    contract = loads('[defaults.policy]\ntarget = "99.5"\n[tenants.acme]\nzone = "Asia/Tokyo"\n')

    async def ask() -> None:
        engine = create_async_engine(platform.url, poolclass=NullPool)
        tenants = DatabaseTenants(AsyncSQLAlchemyTenantSource(engine, TABLE), contract)
        settings = await tenants.settings_of_tenants(["acme", "lagos", "bad", "unknown"])
        assert settings == {"acme": await tenants.settings("acme"), "lagos": await tenants.settings("lagos")}
        assert settings["acme"].zone == "Asia/Tokyo"

    asyncio.run(ask())
