"""Tenants of the app: read from the database once a minute, and not forgotten while it is down."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from sla_compliance.policy import SLAPolicy
from sla_compliance.server.tenants import NOT_MONITORED, DatabaseTenants
from sla_compliance.service import TenantSettings
from sla_compliance.sources.sqlalchemy import TenantRow

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
    """Zone and creation; the policy is everybody's."""
    assert World().settings() == TenantSettings("Africa/Lagos", SLAPolicy("99.5"), monitored_since=CREATED)


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
