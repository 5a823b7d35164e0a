"""The app: its routes, and what it is made of."""
################################################################
#     /api/v1/faults/sla/...   the router, behind bearer tokens
#     /                        the dashboard page, which asks the router
#     /palette.css             its colours, the same as those of report pages
#     /metrics                 for Prometheus
#     /healthz, /readyz        whether the process lives; whether the database answers
################################################################

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Final

from sla_compliance.errors import requires_extra

with requires_extra("serve", __name__):
    from fastapi import FastAPI, Request, Response
    from prometheus_client import CollectorRegistry
    from sqlalchemy.exc import SQLAlchemyError
    from sqlalchemy.ext.asyncio import AsyncEngine
    from starlette.exceptions import HTTPException
    from starlette.staticfiles import StaticFiles
    from starlette.types import ASGIApp

from sla_compliance.cache.redis import RedisCache
from sla_compliance.drawing.palette import PALETTE_CSS
from sla_compliance.outlets.prometheus import PrometheusObserver
from sla_compliance.server.auth import Tokens, router_dependencies
from sla_compliance.server.database import Readiness, database_url, engine_of
from sla_compliance.server.metrics import metrics_endpoint
from sla_compliance.server.middleware import AccessLog, ProtectiveHeaders
from sla_compliance.server.settings import ServeSettings
from sla_compliance.server.tenants import DatabaseTenants
from sla_compliance.service import ComplianceService, ServiceObserver
from sla_compliance.settings import Settings, load
from sla_compliance.sources.sqlalchemy import (
    AsyncSQLAlchemyAlarmSource,
    AsyncSQLAlchemyCorrectionSource,
    AsyncSQLAlchemyInventorySource,
    AsyncSQLAlchemyMaintenanceSource,
    AsyncSQLAlchemyTenantSource,
    mapped_tables,
)
from sla_compliance.stores.sqlalchemy import AsyncSQLAlchemyDayStore
from sla_compliance.web.errors import busy, problem
from sla_compliance.web.fastapi import compliance_router

API_PREFIX: Final = "/api/v1/faults"
DASHBOARD: Final = Path(__file__).parents[1] / "web" / "dashboard"
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
    metrics = metrics_endpoint(registry, settings.metrics_token)
    app = app_of(service, engine, Tokens(settings.secret), metrics)
    return AccessLog(ProtectiveHeaders(app))


def service_of(engine: AsyncEngine, settings: ServeSettings, observer: ServiceObserver) -> ComplianceService:
    """Return the service over the tables of a database, by the contract file of the settings.

    Raises:
        OSError, InvalidFileError, InvalidContractError: as `sla_compliance.settings.load`.
    """
    contract = Settings() if settings.contract is None else load(settings.contract)
    tables = mapped_tables(contract.tables)
    corrections = None if tables.corrections is None else AsyncSQLAlchemyCorrectionSource(engine, tables.corrections)
    inventories = None if tables.inventory is None else AsyncSQLAlchemyInventorySource(engine, tables.inventory)
    return ComplianceService(
        AsyncSQLAlchemyAlarmSource(engine, tables.alarms, on_invalid="quarantine"),
        tenants=DatabaseTenants(AsyncSQLAlchemyTenantSource(engine, tables.tenants), contract, inventories=inventories),
        exclusions=AsyncSQLAlchemyMaintenanceSource(engine, tables.maintenance),
        corrections=corrections,
        cache=None if settings.redis_url is None else RedisCache(settings.redis_url),
        store=AsyncSQLAlchemyDayStore(engine) if settings.has_stored_days else None,
        settings_lifetime=SETTINGS_LIFETIME,
        source_time_out=SOURCE_TIME_OUT,
        observer=observer,
    )


def app_of(service: ComplianceService, engine: AsyncEngine, tokens: Tokens, metrics: Endpoint) -> FastAPI:
    """Return the app; it closes the service and the engine when it ends."""
    database = Readiness(engine)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await database.aclose()
        await service.aclose()
        await engine.dispose()

    app = FastAPI(title="SLA compliance", docs_url=None, redoc_url=None, lifespan=lifespan)
    dependencies = router_dependencies(tokens)._asdict()
    app.include_router(compliance_router(service, **dependencies, unknown_parameters="refuse"), prefix=API_PREFIX)
    app.get("/metrics", include_in_schema=False)(metrics)
    app.get("/palette.css", include_in_schema=False)(_palette)
    app.get("/healthz", include_in_schema=False)(_health)
    app.get("/readyz", include_in_schema=False)(_readiness_endpoint(database))
    # Last, for it takes every path that no route above has taken.
    app.mount("/", StaticFiles(directory=DASHBOARD, html=True))
    app.add_exception_handler(HTTPException, _http_problem)
    app.add_exception_handler(Exception, _server_fault)
    return app


async def _palette() -> Response:
    return Response(PALETTE_CSS, media_type="text/css")


async def _health() -> dict[str, str]:
    return {"status": "ok"}


def _readiness_endpoint(database: Readiness) -> Callable[[], Awaitable[dict[str, str]]]:
    async def readiness() -> dict[str, str]:
        try:
            await database.check()
        except (SQLAlchemyError, OSError) as error:  # a time-out is an OSError
            raise busy("The database does not answer.") from error
        return {"status": "ok"}

    return readiness


async def _http_problem(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - as it is registered
    return problem(error.status_code, str(error.detail), error.headers)


async def _server_fault(_: Request, __: Exception) -> Response:
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "The server has a fault; its log says which.")
