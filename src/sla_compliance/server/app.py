"""The app: its routes, and what it is made of."""
################################################################
#     /api/v1/faults/sla/...   the router, behind bearer tokens
#     /                        the dashboard page, which asks the router
#     /metrics                 for Prometheus
#     /healthz, /readyz        whether the process lives; whether the app can answer
################################################################

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from http import HTTPStatus
from typing import Final

from sla_compliance.errors import requires_extra

with requires_extra("serve", __name__):
    from fastapi import FastAPI, Request, Response
    from prometheus_client import CollectorRegistry
    from sqlalchemy.ext.asyncio import AsyncEngine
    from starlette.exceptions import HTTPException
    from starlette.types import ASGIApp

from sla_compliance.cache.redis import RedisCache
from sla_compliance.outlets.prometheus import PrometheusObserver
from sla_compliance.server.auth import RouterDependencies, Tokens, router_dependencies
from sla_compliance.server.database import Readiness, database_url, engine_of
from sla_compliance.server.key_set import KeySetFile
from sla_compliance.server.metrics import metrics_endpoint
from sla_compliance.server.middleware import AccessLog
from sla_compliance.server.readiness import StartReport, database_checks, readiness_endpoint
from sla_compliance.server.reports import contract_reports
from sla_compliance.server.settings import ServeSettings
from sla_compliance.server.tenant_choice import TENANT_PARAMETER
from sla_compliance.server.tenants import DatabaseTenants, TenantDirectory
from sla_compliance.service import ComplianceService, ServiceObserver
from sla_compliance.settings import Settings, load
from sla_compliance.settings.notifications import ReportsOf
from sla_compliance.sources.sqlalchemy import (
    AsyncSQLAlchemyAlarmSource,
    AsyncSQLAlchemyCorrectionSource,
    AsyncSQLAlchemyInventorySource,
    AsyncSQLAlchemyMaintenanceSource,
    AsyncSQLAlchemyTenantSource,
    mapped_tables,
)
from sla_compliance.stores.sqlalchemy import AsyncSQLAlchemyDayStore, AsyncSQLAlchemyStatementStore
from sla_compliance.version import __version__
from sla_compliance.web.dashboard_app import ProtectiveHeaders, dashboard_app
from sla_compliance.web.errors import problem
from sla_compliance.web.fastapi import compliance_router
from sla_compliance.web.guards import TenantHeader

API_PREFIX: Final = "/api/v1/faults"
SOURCE_TIME_OUT: Final = timedelta(seconds=10)
SETTINGS_LIFETIME: Final = timedelta(seconds=60)

Endpoint = Callable[[Request], Awaitable[Response]]


def from_environment() -> ASGIApp:
    """Return the app that the environment describes; each worker of uvicorn makes its own."""
    settings = ServeSettings.from_environment(os.environ)
    engine = engine_of(database_url(settings.database_url))
    registry = CollectorRegistry()
    observer = PrometheusObserver(registry, with_tenant_label=settings.has_tenant_metrics)
    service = service_of(engine, settings, observer)
    contract = contract_of(settings)
    tokens = Tokens(settings.secret, None if settings.key_set is None else KeySetFile(settings.key_set))
    metrics = metrics_endpoint(registry, settings.metrics_token, settings.metrics_hosts)
    checks = database_checks(mapped_tables(contract.tables), has_stored_days=settings.has_stored_days)
    app = app_of(
        service,
        engine,
        dependencies=router_dependencies(tokens, TenantDirectory(engine, contract), settings.tenant_header),
        tenant_header=settings.tenant_header,
        database=Readiness(engine, checks),
        metrics=metrics,
        reports=contract_reports(contract),
    )
    return AccessLog(ProtectiveHeaders(app))


def contract_of(settings: ServeSettings) -> Settings:
    """Return what the contract file of the settings says; nothing where there is none. Errors as `load`."""
    return Settings() if settings.contract is None else load(settings.contract)


def service_of(engine: AsyncEngine, settings: ServeSettings, observer: ServiceObserver) -> ComplianceService:
    """Return the service over the tables of a database, by the contract file of the settings.

    Raises:
        OSError, InvalidFileError, InvalidContractError: as `sla_compliance.settings.load`.
    """
    contract = contract_of(settings)
    tables = mapped_tables(contract.tables)
    corrections = None if tables.corrections is None else AsyncSQLAlchemyCorrectionSource(engine, tables.corrections)
    inventories = None if tables.inventory is None else AsyncSQLAlchemyInventorySource(engine, tables.inventory)
    return ComplianceService(
        AsyncSQLAlchemyAlarmSource(engine, tables.alarms, on_invalid="quarantine", purged_after=tables.purged_after),
        tenants=DatabaseTenants(AsyncSQLAlchemyTenantSource(engine, tables.tenants), contract, inventories=inventories),
        exclusions=AsyncSQLAlchemyMaintenanceSource(engine, tables.maintenance),
        corrections=corrections,
        cache=None if settings.redis_url is None else RedisCache(settings.redis_url),
        cache_key=settings.cache_key,
        store=AsyncSQLAlchemyDayStore(engine) if settings.has_stored_days else None,
        # `sla-compliance ddl` makes the tables of both.
        statements=AsyncSQLAlchemyStatementStore(engine) if settings.has_stored_days else None,
        settings_lifetime=SETTINGS_LIFETIME,
        source_time_out=SOURCE_TIME_OUT,
        observer=observer,
    )


def app_of(
    service: ComplianceService,
    engine: AsyncEngine,
    *,
    dependencies: RouterDependencies,
    tenant_header: TenantHeader,
    database: Readiness,
    metrics: Endpoint,
    reports: ReportsOf,
) -> FastAPI:
    """Return the app; it closes the service and the engine when it ends."""
    start_report = StartReport(database)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        start_report.start()
        yield
        await start_report.aclose()
        await database.aclose()
        await service.aclose()
        await engine.dispose()

    app = FastAPI(title="SLA compliance", version=__version__, docs_url=None, redoc_url=None, lifespan=lifespan)
    router = compliance_router(
        service,
        **dependencies._asdict(),
        reports=reports,
        unknown_parameters="refuse",
        own_parameters=(TENANT_PARAMETER,),
        tenant_header=tenant_header,
    )
    app.include_router(router, prefix=API_PREFIX)
    app.get("/metrics", include_in_schema=False)(metrics)
    app.get("/healthz", include_in_schema=False)(_health)
    app.get("/readyz", include_in_schema=False)(readiness_endpoint(database))
    # Last, for it takes every path that no route above has taken.
    app.mount("/", dashboard_app())
    app.add_exception_handler(HTTPException, _http_problem)
    app.add_exception_handler(Exception, _server_fault)
    return app


async def _health() -> dict[str, str]:
    return {"status": "ok"}


async def _http_problem(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - as it is registered
    return problem(error.status_code, str(error.detail), error.headers)


async def _server_fault(_: Request, __: Exception) -> Response:
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "The server has a fault; its log says which.")
