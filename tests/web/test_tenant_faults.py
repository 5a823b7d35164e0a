"""Tenants whose zone, dates or id mean nothing: a 409 that names the fault, and no other tenant is the worse."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import URL, create_engine, text
from sqlalchemy.ext.asyncio import AsyncEngine

from sla_compliance.cache.redis import RedisCache
from sla_compliance.errors import InvalidTenantError
from sla_compliance.jobs.celery import PERMANENT_ERRORS
from sla_compliance.server.app import service_of
from sla_compliance.server.database import engine_of
from sla_compliance.server.settings import ServeSettings
from sla_compliance.service import ComplianceService, MemoryTenants, Statistics, TenantSettings
from sla_compliance.sources.sqlalchemy import AsyncSQLAlchemyAlarmSource, AsyncSQLAlchemyMaintenanceSource
from sla_compliance.stores.sqlalchemy import AsyncSQLAlchemyDayStore
from sla_compliance.stores.sqlalchemy import ddl as store_ddl
from sla_compliance.web.fastapi import compliance_router
from tests.adapters.alarm_tables import PLATFORM_SCHEMA
from tests.servers.databases import fresh_database
from tests.web.world import API, assert_problem

CREATED: Final = datetime(2025, 1, 1, tzinfo=UTC)
QUESTION: Final = f"{API}/compliance?from_date=2025-10-01&to_date=2025-10-02"
BAD_ROWS: Final[dict[str, tuple[str, str, str]]] = {
    "no such city": ("Europe/Lisboa", "2025-01-01Z", "zone is 'Europe/Lisboa'"),
    "an offset": ("GMT+1", "2025-01-01Z", "zone is 'GMT+1'"),
    "a rule": ("CET-1CEST", "2025-01-01Z", "zone is 'CET-1CEST'"),
    "no zone": ("", "2025-01-01Z", "zone is missing"),
    "a path": ("../../etc/passwd", "2025-01-01Z", "zone is '../../etc/passwd'"),
    "year 1": ("UTC", "0001-01-01Z", "tenants.created_at is in year 1 or 9999, or infinite"),
    "year 9999": ("UTC", "9999-12-31Z", "tenants.created_at is in year 1 or 9999, or infinite"),
    "infinity": ("UTC", "infinity", "tenants.created_at is in year 1 or 9999, or infinite"),
    "since ever": ("UTC", "-infinity", "tenants.created_at is in year 1 or 9999, or infinite"),
}
BAD_IDS: Final = ["\0", "a\0b", "\ud800", "a\udfffb"]


@pytest.fixture(scope="module")
def database(postgres_dsn: str) -> Iterator[URL]:
    """The platform's tables with the bad tenants and a good one, and the tables of stored days."""
    with fresh_database(postgres_dsn, PLATFORM_SCHEMA, store_ddl("postgresql")) as url:
        engine = create_engine(url)
        with engine.begin() as connection:
            rows = {"good": ("Africa/Lagos", "2025-01-01Z", ""), **BAD_ROWS}
            for tenant_id, (zone, created, _) in rows.items():
                connection.execute(
                    text("INSERT INTO tenants (id, name, timezone, created_at) VALUES (:id, '', :zone, :created)"),
                    {"id": tenant_id, "zone": zone, "created": created},
                )
        engine.dispose()
        yield url


@contextmanager
def client_of(service: ComplianceService, engine: AsyncEngine, tenant_ids: list[str]) -> Iterator[TestClient]:
    """Yield a client of an app whose dependency names the tenants one after the other."""
    remaining = iter(tenant_ids)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await service.aclose()
        await engine.dispose()

    app = FastAPI(lifespan=lifespan)
    router = compliance_router(service, tenant=lambda: next(remaining), authorize=lambda: None)
    app.include_router(router, prefix=API.removesuffix("/sla"))
    with TestClient(app) as client:
        yield client


def test_what_a_row_says_is_refused_by_name(database: URL) -> None:
    """Again and again, and as the tenant's own fault; another tenant has its figures."""
    engine = engine_of(database)
    service = service_of(engine, settings_of(database), Statistics())
    asked = [tenant_id for tenant_id in BAD_ROWS for _ in range(2)]
    with client_of(service, engine, [*asked, "good"]) as client:
        for tenant_id in asked:
            answer = client.get(QUESTION)
            assert_problem(answer, 409, BAD_ROWS[tenant_id][2])
            assert f"tenant '{tenant_id}'" in answer.json()["detail"]
        assert [day["compliance_percentage"] for day in client.get(QUESTION).json()] == [100.0, 100.0]


def settings_of(database: URL) -> ServeSettings:
    """Return settings of the app over a database, with stored days."""
    url_text = database.render_as_string(hide_password=False)
    return ServeSettings(secret="s" * 32, database_url=url_text, has_stored_days=True)


@pytest.mark.parametrize("tenant_id", [*BAD_IDS, "x" * 600], ids=repr)
def test_an_id_that_no_database_holds_is_refused(database: URL, redis_url: str, tenant_id: str) -> None:
    """Also where the tenant's settings come from elsewhere, with a cache and a store."""
    engine = engine_of(database)
    service = ComplianceService(
        AsyncSQLAlchemyAlarmSource(engine, on_invalid="quarantine"),
        tenants=MemoryTenants({tenant_id: TenantSettings("UTC", monitored_since=CREATED)}),
        exclusions=AsyncSQLAlchemyMaintenanceSource(engine),
        cache=RedisCache(redis_url),
        store=AsyncSQLAlchemyDayStore(engine),
    )
    with client_of(service, engine, [tenant_id] * 2) as client:
        for _ in range(2):
            assert_problem(client.get(QUESTION), 409, "tenant_id is ")


def test_jobs_do_not_try_again() -> None:
    """What is stored has to be mended first."""
    assert issubclass(InvalidTenantError, PERMANENT_ERRORS)


def test_the_contract_file_mends_a_bad_zone(database: URL, tmp_path: Path) -> None:
    """The tenant's own table in it comes before the row; a row without a zone has that of the defaults."""
    path = tmp_path / "sla.toml"
    path.write_text('[defaults]\nzone = "Asia/Tokyo"\n[tenants."an offset"]\nzone = "Africa/Lagos"\n', encoding="utf-8")
    engine = engine_of(database)
    service = service_of(engine, replace(settings_of(database), contract=str(path)), Statistics())
    with client_of(service, engine, ["an offset", "no zone", "no such city"]) as client:
        offsets = [client.get(QUESTION).json()[0]["date"][-6:] for _ in range(2)]
        assert_problem(client.get(QUESTION), 409, "zone is 'Europe/Lisboa'")
    assert offsets == ["+01:00", "+09:00"]
