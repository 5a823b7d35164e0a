"""Tenants keep their promises: in memory, looked up with the last known ones, and of a contract file with a table."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from sla_compliance.errors import UnknownTenantError
from sla_compliance.inventory import Inventory
from sla_compliance.server.tenants import NOT_MONITORED, DatabaseTenants
from sla_compliance.service import MemoryTenants, Statistics, TenantSettings
from sla_compliance.service.tenant_lookup import TenantLookup
from sla_compliance.settings import Settings
from sla_compliance.sources.protocol import Tenants
from sla_compliance.sources.sqlalchemy import TenantRow
from sla_compliance.testing import TenantsContract
from sla_compliance.testing.tenants import TenantsOf

CREATED = datetime(2020, 1, 1, tzinfo=UTC)


class TestMemoryTenants(TenantsContract):
    """The simplest."""

    @pytest.fixture
    def tenants_of(self) -> TenantsOf:
        """Settings in memory."""
        return MemoryTenants


class TestLookup(TenantsContract):
    """What a service asks: it remembers, and forgets when it is told to."""

    @pytest.fixture
    def tenants_of(self) -> TenantsOf:
        """Settings in memory, remembered for an hour."""
        hour = timedelta(hours=1)
        return lambda settings: TenantLookup(MemoryTenants(settings), None, Statistics(), hour, hour)


class ZoneRows:
    """A table that holds the zones of tenants."""

    def __init__(self, settings: Mapping[str, TenantSettings]) -> None:
        self._zones = {tenant_id: one.zone for tenant_id, one in settings.items()}

    async def fetch(self, tenant_id: str) -> TenantRow | None:
        """Return the row of a tenant."""
        return TenantRow(self._zones[tenant_id], CREATED) if tenant_id in self._zones else None


class TestDatabaseTenants(TenantsContract):
    """Zones from a table, the rest from a contract file."""

    lacks = ("policy", "service_hours", "in_service", "monitored_since_us", "monitor_gap", "exclusions")

    @pytest.fixture
    def tenants_of(self) -> TenantsOf:
        """Rows, and a contract file that says nothing."""
        return lambda settings: DatabaseTenants(ZoneRows(settings), Settings())

    async def test_an_unknown_tenant_is_an_error(self, tenants_of: TenantsOf) -> None:
        """Of the app it has no time in service instead: a token may name a tenant before it has a row."""
        tenants = tenants_of({"acme": TenantSettings("UTC")})
        assert await tenants.settings("unknown") == NOT_MONITORED
        assert NOT_MONITORED.in_service.total_us == 0


@pytest.mark.anyio
async def test_an_inventory_of_an_unknown_tenant_is_empty() -> None:
    """Beside settings, whose absence is an error."""
    tenants: Tenants = MemoryTenants({})
    with pytest.raises(UnknownTenantError):
        await tenants.settings("acme")
    assert await MemoryTenants({}).inventory("acme") == Inventory(())
