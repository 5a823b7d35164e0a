"""Tenants of the app: read from the database once a minute, and not forgotten while it is down."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from sla_compliance.policy import SLAPolicy
from sla_compliance.server.database import database_url, engine_of, prepare
from sla_compliance.server.tenants import NOT_MONITORED, DatabaseTenants
from sla_compliance.service import ComplianceService, TenantSettings
from sla_compliance.sources.sqlalchemy import (
    AsyncSQLAlchemyAlarmSource,
    AsyncSQLAlchemyTenantSource,
    TenantRow,
)
from sla_compliance.verdicts import Verdict

CREATED = datetime(2025, 1, 1, tzinfo=UTC)


class Rows:
    """A table of tenants that can be taken down."""

    def __init__(self) -> None:
        self.zones = {"acme": "Africa/Lagos"}
        self.error: Exception | None = None
        self.reads = 0

    async def fetch(self, tenant_id: str) -> TenantRow | None:
        """Return the tenant's row."""
        self.reads += 1
        if self.error is not None:
            raise self.error
        return TenantRow(self.zones[tenant_id], CREATED) if tenant_id in self.zones else None


class World:
    """Tenants over the table, and a clock."""

    def __init__(self) -> None:
        self.rows = Rows()
        self.now = 0.0
        self.tenants = DatabaseTenants(self.rows, SLAPolicy("99.5"), clock=lambda: self.now)

    def settings(self, tenant_id: str = "acme") -> TenantSettings:
        """Ask for a tenant's settings."""
        return asyncio.run(self.tenants.settings(tenant_id))


def test_settings_come_from_the_row() -> None:
    """Zone and creation, before which nothing was owed; the policy is everybody's."""
    in_service = [(CREATED, datetime(9999, 1, 1, tzinfo=UTC))]
    expected = TenantSettings("Africa/Lagos", SLAPolicy("99.5"), in_service=in_service, monitored_since=CREATED)
    settings = World().settings()
    assert (settings.zone, settings.policy, settings.monitored) == (expected.zone, expected.policy, expected.monitored)
    assert settings.in_service.starts_us == expected.in_service.starts_us


@pytest.mark.anyio
@pytest.mark.parametrize("age", [timedelta(days=40), timedelta(days=400)])
async def test_a_tenant_without_an_alarm_is_met_and_confirmed(tmp_path: Path, age: timedelta) -> None:
    """By the default source and tenants of a database; days from before it existed have no figure and are no doubt."""
    now = datetime(2025, 10, 28, 12, tzinfo=UTC)
    url = f"sqlite:///{tmp_path / 'platform.sqlite'}"
    prepare(url, demo_at=None)
    engine = engine_of(database_url(url))
    async with engine.begin() as connection:
        values = {"id": "acme", "timezone": "Africa/Lagos", "created_at": (now - age).isoformat()}
        names = ", ".join(values)
        await connection.execute(text(f"INSERT INTO tenants ({names}) VALUES (:{', :'.join(values)})"), values)  # noqa: S608
    tenants = DatabaseTenants(AsyncSQLAlchemyTenantSource(engine), SLAPolicy())
    source = AsyncSQLAlchemyAlarmSource(engine, on_invalid="quarantine", clock=lambda: now)
    service = ComplianceService(source, tenants=tenants, clock=lambda: now)
    answer = await service.compliance("acme", now - timedelta(days=90), now)
    assert (answer.total.verdict, answer.total.is_confirmed) == (Verdict.MET, True)
    assert answer.total.coverage_ratio == 1
    assert sum(day.availability_ratio is None for day in answer.days) == max(0, 90 - age.days)
    await service.aclose()
    await engine.dispose()


def test_a_row_is_read_once_a_minute() -> None:
    """A change of the zone shows after that."""
    world = World()
    world.settings()
    world.rows.zones["acme"] = "UTC"
    world.now = 59
    assert (world.settings().zone, world.rows.reads) == ("Africa/Lagos", 1)
    world.now = 60
    assert (world.settings().zone, world.rows.reads) == ("UTC", 2)


def test_known_settings_hold_while_the_database_is_down() -> None:
    """Those of an unknown tenant cannot be made up."""
    world = World()
    world.settings()
    world.now, world.rows.error = 3600, ConnectionRefusedError("down")
    assert world.settings().zone == "Africa/Lagos"
    with pytest.raises(ConnectionRefusedError):
        world.settings("other")


def test_a_tenant_that_the_database_does_not_know_is_not_monitored() -> None:
    """Until it does."""
    world = World()
    assert world.settings("new") is NOT_MONITORED
    world.rows.zones["new"], world.now = "UTC", 61
    assert world.settings("new").in_service != NOT_MONITORED.in_service
