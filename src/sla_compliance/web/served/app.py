"""The app: what stands where, and what it is made of."""
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
from sla_compliance.policy import SLAPolicy
from sla_compliance.service import ComplianceService, ServiceObserver
from sla_compliance.sources.sqlalchemy import (
    AsyncSQLAlchemyAlarmSource,
    AsyncSQLAlchemyMaintenanceSource,
    AsyncSQLAlchemyTenantSource,
)
from sla_compliance.stores.sqlalchemy import AsyncSQLAlchemyDayStore
from sla_compliance.web.errors import busy, problem
from sla_compliance.web.fastapi import compliance_router
from sla_compliance.web.served.databases import answers, database_url, engine_of
from sla_compliance.web.served.identity import guards
from sla_compliance.web.served.metrics import metrics_of
from sla_compliance.web.served.middleware import AccessLog, ProtectiveHeaders
from sla_compliance.web.served.settings import ServeSettings
from sla_compliance.web.served.tenants import DatabaseTenants
from sla_compliance.web.served.tokens import Tokens

API: Final = "/api/v1/faults"
DASHBOARD: Final = Path(__file__).parents[1] / "dashboard"
SOURCE_TIME_OUT: Final = timedelta(seconds=10)

Endpoint = Callable[[Request], Awaitable[Response]]


def from_environment() -> ASGIApp:
    """Return the app that the environment describes, as each worker of uvicorn makes its own."""
    settings = ServeSettings.from_environment(os.environ)
    engine = engine_of(database_url(settings.database_url))
    registry = CollectorRegistry()
    observer = PrometheusObserver(registry, with_tenant_label=settings.has_tenant_metrics)
    service = service_of(engine, settings, observer)
    app = app_of(service, engine, Tokens(settings.secret), metrics_of(registry, settings.metrics_token))
    return AccessLog(ProtectiveHeaders(app))


def service_of(engine: AsyncEngine, settings: ServeSettings, observer: ServiceObserver) -> ComplianceService:
    """Return the service over a database's tables, as the platform has them."""
    return ComplianceService(
        AsyncSQLAlchemyAlarmSource(engine, on_invalid="quarantine"),
        tenants=DatabaseTenants(AsyncSQLAlchemyTenantSource(engine), SLAPolicy()),
        exclusions=AsyncSQLAlchemyMaintenanceSource(engine),
        cache=None if settings.redis_url is None else RedisCache(settings.redis_url),
        store=AsyncSQLAlchemyDayStore(engine) if settings.has_stored_days else None,
        source_time_out=SOURCE_TIME_OUT,
        observer=observer,
    )


def app_of(service: ComplianceService, engine: AsyncEngine, tokens: Tokens, metrics: Endpoint) -> FastAPI:
    """Return the app of some parts, which it closes when it ends."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await service.aclose()
        await engine.dispose()

    app = FastAPI(title="SLA compliance", docs_url=None, redoc_url=None, lifespan=lifespan)
    tenant, authorize = guards(tokens)
    app.include_router(compliance_router(service, tenant=tenant, authorize=authorize), prefix=API)
    app.get("/metrics", include_in_schema=False)(metrics)
    app.get("/healthz", include_in_schema=False)(_lives)
    app.get("/readyz", include_in_schema=False)(_ready(engine))
    app.get("/palette.css", include_in_schema=False)(_palette)
    app.mount("/", StaticFiles(directory=DASHBOARD, html=True))
    app.add_exception_handler(HTTPException, _as_problem)
    app.add_exception_handler(Exception, _as_fault)
    return app


async def _palette() -> Response:
    return Response(PALETTE_CSS, media_type="text/css")


async def _lives() -> dict[str, str]:
    return {"status": "ok"}


def _ready(engine: AsyncEngine) -> Callable[[], Awaitable[dict[str, str]]]:
    async def ready() -> dict[str, str]:
        try:
            await answers(engine)
        except (SQLAlchemyError, OSError) as error:
            raise busy("The database does not answer.") from error
        return {"status": "ok"}

    return ready


async def _as_problem(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - as it was registered
    return problem(error.status_code, str(error.detail), error.headers)


async def _as_fault(_: Request, __: Exception) -> Response:
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "The server has a fault; its log says which.")
