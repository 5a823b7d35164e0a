"""Reports by resource with the tenant's own inventory, over memory, SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import URL, create_engine

import sla_compliance as sla
from sla_compliance.errors import UnknownTenantError
from sla_compliance.inventory import Inventory, Unit
from sla_compliance.service import (
    ComplianceService,
    MemoryTenants,
    SyncComplianceService,
    TenantSettings,
    inventories_to_async,
    to_async,
)
from sla_compliance.sources.memory import MemoryAlarmSource
from sla_compliance.sources.sqlalchemy import AsyncSQLAlchemyInventorySource, SQLAlchemyInventorySource
from tests.adapters.alarm_tables import PLATFORM_SCHEMA
from tests.adapters.inventory_tables import create_inventory, write_inventory
from tests.servers.databases import fresh_database
from tests.service.platform import NOW, SETTINGS, TENANT_ID, Platform
from tests.service.world import TENANT, at

pytestmark = pytest.mark.anyio

INVENTORY = Inventory(
    [
        Unit("c-gold", parents=["olt-1"], target="99.95", title="Gold"),
        Unit("c-new", parents=["olt-1"], in_service=[(at(21, 9, 30), at(28))]),
        Unit("c-quiet"),
        Unit("olt-1"),
    ]
)
ALARMS = [
    sla.Alarm(at(21, 9), at(21, 10), id="a", resource_id="olt-1"),
    sla.Alarm(at(22, 9), at(22, 9, 1), id="b", resource_id="c-gold", severity="major"),
    sla.Alarm(at(22, 9), at(22, 9, 1), id="c", resource_id="c-other"),
]
DOWNTIME_MINUTES = {"c-gold": 61, "c-new": 30, "c-quiet": 0, "olt-1": 60, "c-other": 1}


def memory_service(tenants: MemoryTenants, **options: object) -> ComplianceService:
    """Return a service over alarms in memory."""
    source = to_async(MemoryAlarmSource({TENANT: sla.AlarmBatch.from_alarms(ALARMS)}))
    return ComplianceService(source, tenants=tenants, clock=lambda: NOW, **options)  # type: ignore[arg-type]


async def test_units_without_an_alarm_appear_and_shared_devices_count() -> None:
    """With the target and the time in service of each; figures are those of evaluate_each."""
    tenants = MemoryTenants({TENANT: TenantSettings("UTC")}, inventories={TENANT: INVENTORY})
    reports = await memory_service(tenants).resources(TENANT, at(21), at(23))
    assert {key: report.total.downtime_minutes for key, report in reports.items()} == DOWNTIME_MINUTES
    assert {key: report.total.target_percentage for key, report in reports.items()} == {
        key: 99.95 if key == "c-gold" else 99.9 for key in DOWNTIME_MINUTES
    }
    assert (reports["c-gold"].title, reports["c-quiet"].title) == ("Gold", None)
    expected = sla.evaluate_each(ALARMS, inventory=INVENTORY, start=at(21), end=at(23), zone="UTC", as_of=NOW)
    assert {key: report.days for key, report in reports.items()} == {
        key: report.days for key, report in expected.items()
    }


async def test_an_inventory_that_is_given_takes_the_place_of_the_tenants_own() -> None:
    """No keys at all too: then the alarms alone say what there is."""
    tenants = MemoryTenants({TENANT: TenantSettings("UTC")}, inventories={TENANT: INVENTORY})
    service = memory_service(tenants)
    assert set(await service.resources(TENANT, at(21), at(23), inventory=())) == {"olt-1", "c-gold", "c-other"}
    other = Inventory([Unit("mast")])
    assert (await service.resources(TENANT, at(21), at(23), inventory=other))["mast"].total.downtime_us == 0


async def test_tenants_without_inventories() -> None:
    """The alarms alone say what there is; another tenant's inventory says nothing."""

    class Settings:
        """Tenants that know no inventories."""

        async def settings(self, tenant_id: str) -> TenantSettings:
            """Return the same settings for all but one."""
            if tenant_id != TENANT:
                raise UnknownTenantError(tenant_id)
            return TenantSettings("UTC")

    keys = {"olt-1", "c-gold", "c-other"}
    assert set(await memory_service(Settings()).resources(TENANT, at(21), at(23))) == keys  # type: ignore[arg-type]
    tenants = MemoryTenants({TENANT: TenantSettings("UTC")}, inventories={"other": INVENTORY})
    assert set(await memory_service(tenants).resources(TENANT, at(21), at(23))) == keys


async def test_a_source_of_inventories_wins_over_the_tenants(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Here a sync one, in a thread."""
    engine = create_engine(URL.create("sqlite", database=str(tmp_path_factory.mktemp("sqlite") / "inventory.db")))
    create_inventory(engine)
    write_inventory(engine, TENANT, INVENTORY)
    tenants = MemoryTenants({TENANT: TenantSettings("UTC")}, inventories={TENANT: Inventory([Unit("mast")])})
    source = inventories_to_async(SQLAlchemyInventorySource(engine))
    reports = await memory_service(tenants, inventories=source).resources(TENANT, at(21), at(23))
    assert set(reports) == set(DOWNTIME_MINUTES)
    engine.dispose()


def test_the_blocking_service_takes_the_same_inventories() -> None:
    """And one that is given."""
    tenants = MemoryTenants({TENANT: TenantSettings("UTC")}, inventories={TENANT: INVENTORY})
    with SyncComplianceService(memory_service(tenants)) as service:
        assert set(service.resources(TENANT, at(21), at(23))) == set(DOWNTIME_MINUTES)
        assert "mast" in service.resources(TENANT, at(21), at(23), inventory=Inventory([Unit("mast")]))


@pytest.fixture
async def platform(postgres_dsn: str) -> AsyncIterator[Platform]:
    """A database with the platform's tables and alarms, and a table of inventories."""
    with fresh_database(postgres_dsn, PLATFORM_SCHEMA) as url:
        engine = create_engine(url)
        create_inventory(engine)
        engine.dispose()
        platform = Platform.at(url)
        yield platform
        await platform.engine.dispose()


async def test_an_inventory_of_postgresql_costs_one_statement(platform: Platform) -> None:
    """The keys of real tables, and one statement more than without it."""
    platform.write(sla.Alarm(at(21, 9), at(21, 10), id="a", alarm_id="olt-1"))
    inventory = Inventory([Unit("c-1", parents=["olt-1"], target="99.95"), Unit("olt-1")])
    engine = create_engine(platform.url)
    write_inventory(engine, TENANT_ID, inventory)
    engine.dispose()
    statements: dict[bool, int] = {}
    for has_inventory in (False, True):
        source = AsyncSQLAlchemyInventorySource(platform.engine) if has_inventory else None
        service = platform.service(store=None, inventories=source)
        await service.resources(TENANT_ID, at(21), at(23), by="alarm_id")
        # The first request reflects the tables.
        platform.statements.clear()
        reports = await service.resources(TENANT_ID, at(21), at(23), by="alarm_id")
        statements[has_inventory] = len(platform.statements)
    assert statements[True] == statements[False] + 1
    assert reports["c-1"].total.downtime_us == reports["olt-1"].total.downtime_us > 0
    expected = sla.evaluate_each(
        [sla.Alarm(at(21, 9), at(21, 10), id="a", alarm_id="olt-1")],
        by="alarm_id",
        inventory=inventory,
        start=reports["c-1"].days[0].start,
        end=reports["c-1"].days[-1].end,
        zone=SETTINGS.zone,
        as_of=NOW,
        policy=SETTINGS.policy,
    )
    assert reports["c-1"].days == expected["c-1"].days
