"""A platform's app in one process: its own dependencies, the router, a source that can be taken down."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from fastapi import FastAPI, Header, HTTPException
from fastapi.testclient import TestClient

from sla_compliance.alarms import Alarm, AlarmFilter
from sla_compliance.batch import AlarmBatch
from sla_compliance.calendars.exclusions import MaintenanceWindow
from sla_compliance.service import ComplianceService, MemoryTenants, TenantSettings
from sla_compliance.sources.protocol import EVERY_QUALIFYING
from sla_compliance.web.fastapi import compliance_router

API: Final = "/api/v1/faults/sla"
LAGOS: Final = "Africa/Lagos"
NOW: Final = datetime(2025, 10, 8, 22, tzinfo=UTC)


def at(day: int, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    """A moment of October 2025, UTC; Lagos is an hour ahead."""
    return datetime(2025, 10, day, hour, minute, second, tzinfo=UTC)


FIBRE_CUT: Final = Alarm(
    at(7, 9), at(7, 9, 1, 35), id="1", alarm_id="LOS-7", resource_id="olt-7", title="Fibre cut", customer_id="c-1"
)
FLAP: Final = Alarm(at(8, 9), at(8, 9, 0, 20), severity="major", id="2", resource_id="olt-8")
NIGHT_WORK: Final = MaintenanceWindow(at(6, 1), at(6, 3), reason="Firmware")
AT_NIGHT: Final = Alarm(at(6, 2), at(6, 2, 30), id="3", resource_id="olt-7")

TENANTS: Final[Mapping[str, TenantSettings]] = {
    "acme": TenantSettings(LAGOS, monitored_since=at(1), maintenance=[NIGHT_WORK]),
    "other": TenantSettings("Europe/Berlin", monitored_since=at(1)),
    "apia": TenantSettings("Pacific/Apia", monitored_since=at(1)),
    "new": TenantSettings("UTC", monitored_since=NOW + timedelta(days=1)),
}


@dataclass
class Source:
    """Alarms by tenant; an AsyncAlarmSource that can be taken down.

    Attributes:
        error: what is raised instead of an answer.
        queries: how often it was asked.
    """

    alarms: dict[str, list[Alarm]] = field(default_factory=lambda: {"acme": [FIBRE_CUT, FLAP, AT_NIGHT]})
    error: Exception | None = None
    queries: int = 0

    async def fetch(
        self,
        tenant_id: str,
        start_us: int,  # noqa: ARG002 - a source may return more
        end_us: int,  # noqa: ARG002
        wanted: AlarmFilter = EVERY_QUALIFYING,  # noqa: ARG002
    ) -> AlarmBatch:
        """Return the tenant's alarms."""
        self.queries += 1
        if self.error is not None:
            raise self.error
        return AlarmBatch.from_alarms(self.alarms.get(tenant_id, ()))


@dataclass
class Clock:
    """A clock that stands until it is moved."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        """Return the present moment."""
        return self.now


def platform_tenant(authorization: str | None = Header(None)) -> str:
    """Return whom the platform's own session belongs to; here the header just says so."""
    if authorization is None:
        raise HTTPException(401, "Who are you?", {"WWW-Authenticate": "Session"})
    return authorization.partition(" ")[0]


def platform_permission(authorization: str | None = Header(None)) -> None:
    """Let everybody read but those who may not."""
    if authorization is not None and authorization.endswith("no-reader"):
        raise HTTPException(403, "You may not read alarms.")


def service_over(source: Any, **parts: Any) -> ComplianceService:  # whatever the test plugs in
    """Return the service of the tenants above."""
    return ComplianceService(source, **{"tenants": MemoryTenants(TENANTS), "clock": Clock(), **parts})


def platform(
    service: ComplianceService, *, tenant_dependency: Callable[..., str] = platform_tenant, **options: Any
) -> FastAPI:
    """Return the platform's app with the router in it."""
    app = FastAPI()
    router = compliance_router(service, tenant=tenant_dependency, authorize=platform_permission, **options)
    app.include_router(router, prefix=API.removesuffix("/sla"))
    return app


@contextmanager
def visiting(service: ComplianceService, tenant: str = "acme", **options: Any) -> Iterator[TestClient]:
    """Yield a client of the platform's app who is logged in as a tenant."""
    app = platform(service, **options)
    with TestClient(app, base_url=f"http://test{API}/", headers={"Authorization": tenant}) as client:
        yield client


def assert_problem(answer: Any, status: int, *words: str) -> None:  # any client's response
    """Assert that an answer is problem+json of a status whose detail has some words in it."""
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
    body = answer.json()
    assert body["status"] == status
    assert [word for word in words if word not in body["detail"]] == [], body
    assert answer.headers["Cache-Control"] == "no-store"
