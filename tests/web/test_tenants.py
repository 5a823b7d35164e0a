"""Tenants of the app: read from the database once a minute, and not forgotten while it is down."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from sla_compliance.calendars.service_hours import ServiceHours
from sla_compliance.inventory import Inventory, Unit
from sla_compliance.policy import SLAPolicy
from sla_compliance.server.app import SETTINGS_LIFETIME, service_of
from sla_compliance.server.database import database_url, engine_of, prepare
from sla_compliance.server.settings import ServeSettings
from sla_compliance.server.tenants import NOT_MONITORED, DatabaseTenants
from sla_compliance.service import ComplianceService, Statistics, TenantSettings
from sla_compliance.service.tenant_lookup import TenantLookup
from sla_compliance.settings import Settings, loads
from sla_compliance.sources.sqlalchemy import (
    AsyncSQLAlchemyAlarmSource,
    AsyncSQLAlchemyTenantSource,
    TenantRow,
    corrections_ddl,
)
from sla_compliance.units import instant_us
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


def remembered(tenants: DatabaseTenants, clock: Callable[[], float]) -> TenantLookup:
    """Return tenants as the service of the app looks them up."""
    time_out = timedelta(seconds=5)
    return TenantLookup(tenants, tenants, Statistics(), lifetime=SETTINGS_LIFETIME, time_out=time_out, clock=clock)


class World:
    """Tenants over the table, and a clock."""

    def __init__(self, contract: str | None = None) -> None:
        self.rows = Rows()
        self.now = 0.0
        self.contract = loads('[defaults.policy]\ntarget = "99.5"' if contract is None else contract)
        self.tenants = remembered(DatabaseTenants(self.rows, self.contract), lambda: self.now)

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
    tenants = DatabaseTenants(AsyncSQLAlchemyTenantSource(engine), Settings())
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


class Inventories:
    """A table of inventories that can be taken down."""

    def __init__(self) -> None:
        self.keys = ["c-1"]
        self.error: Exception | None = None

    async def inventory(self, tenant_id: str) -> Inventory:
        """Return the tenant's inventory."""
        if self.error is not None:
            raise self.error
        return Inventory([Unit(f"{tenant_id}/{key}") for key in self.keys])


def test_an_inventory_is_read_once_a_minute_and_holds_while_the_database_is_down() -> None:
    """As settings do; without a source of them a tenant has an empty one."""
    rows = Inventories()
    now = 0.0
    tenants = remembered(DatabaseTenants(Rows(), Settings(), inventories=rows), lambda: now)

    def keys(tenant_id: str = "acme") -> list[object]:
        return [unit.key for unit in asyncio.run(tenants.inventory(tenant_id)).units]

    assert keys() == ["acme/c-1"]
    rows.keys, now = ["c-2"], 59.0
    assert keys() == ["acme/c-1"]
    now = 60.0
    assert (keys(), keys("other")) == (["acme/c-2"], ["other/c-2"])
    rows.error, now = ConnectionRefusedError("down"), 3600.0
    assert keys() == ["acme/c-2"]
    with pytest.raises(ConnectionRefusedError):
        keys("third")
    assert asyncio.run(DatabaseTenants(Rows(), Settings()).inventory("acme")) == Inventory(())


@pytest.mark.anyio
async def test_the_app_reads_the_inventory_that_the_contract_file_names(tmp_path: Path) -> None:
    """Of the same database; a file that names none leaves a table of that name alone."""
    url = f"sqlite:///{tmp_path / 'platform.sqlite'}"
    prepare(url, demo_at=None)
    engine = engine_of(database_url(url))
    async with engine.begin() as connection:
        created = text("INSERT INTO tenants (id, timezone, created_at) VALUES ('acme', 'UTC', '2025-01-01T00:00:00Z')")
        await connection.execute(created)
        await connection.execute(text("CREATE TABLE circuits (tenant_id TEXT, key TEXT, target TEXT)"))
        await connection.execute(text("INSERT INTO circuits VALUES ('acme', 'c-1', '99.95'), ('other', 'c-2', '99')"))
    targets = []
    for contract in ('[tables.inventory]\ntable = "circuits"', ""):
        path = tmp_path / "sla.toml"
        path.write_text(contract, encoding="utf-8")
        settings = ServeSettings(secret="s" * 32, database_url=url, contract=str(path))
        service = service_of(engine, settings, Statistics())
        reports = await service.resources("acme", CREATED, CREATED + timedelta(days=1))
        targets.append({key: report.total.target_percentage for key, report in reports.items()})
        await service.aclose()
    await engine.dispose()
    assert targets == [{"c-1": 99.95}, {}]


@pytest.mark.anyio
async def test_the_app_reads_the_corrections_that_the_contract_file_names(tmp_path: Path) -> None:
    """Of the same database; a file that names none leaves a table of that name alone."""
    url = f"sqlite:///{tmp_path / 'platform.sqlite'}"
    prepare(url, demo_at=None)
    engine = engine_of(database_url(url))
    async with engine.begin() as connection:
        for statement in (
            "INSERT INTO tenants (id, timezone, created_at) VALUES ('acme', 'UTC', '2025-01-01T00:00:00Z')",
            "INSERT INTO alarms (id, tenant_id, alarm_id, severity, status, first_occurrence, cleared_at) VALUES"
            " ('17', 'acme', 'olt', 'CRITICAL', 'CLEARED', '2025-01-01T09:00:00Z', '2025-01-01T10:00:00Z')",
            *corrections_ddl("sqlite").split(";\n"),
            "INSERT INTO sla_corrections (tenant_id, row_id, void, reason, author, entered_at) VALUES"
            " ('acme', '17', 1, 'a test', 'NOC', '2025-01-02T00:00:00Z')",
        ):
            await connection.exec_driver_sql(statement)
    minutes = []
    for contract in ("[tables.corrections]", ""):
        path = tmp_path / "sla.toml"
        path.write_text(contract, encoding="utf-8")
        settings = ServeSettings(secret="s" * 32, database_url=url, contract=str(path))
        service = service_of(engine, settings, Statistics())
        answer = await service.compliance("acme", CREATED, CREATED + timedelta(days=1))
        minutes.append(answer.total.downtime_minutes)
        await service.aclose()
    await engine.dispose()
    assert minutes == [0, 60]


def test_a_tenant_that_the_database_does_not_know_is_not_monitored() -> None:
    """Until it does."""
    world = World()
    assert world.settings("new") is NOT_MONITORED
    world.rows.zones["new"], world.now = "UTC", 61
    assert world.settings("new").in_service != NOT_MONITORED.in_service


def test_the_contract_file_wins_over_the_row_where_it_is_about_the_tenant() -> None:
    """Its own table; the defaults hold where there is no row."""
    contract = """
    [defaults]
    zone = "Asia/Tokyo"
    monitored_since = 2025-06-01
    service_hours = "mon-fri 08:00-18:00"
    [defaults.policy]
    target = 99
    [tenants.acme]
    in_service = {from = 2025-03-01, to = 2025-12-31}
    [tenants.filed]
    zone = "Europe/Berlin"
    """
    world = World(contract)
    world.rows.zones["plain"] = "UTC"
    acme, plain, filed = world.settings("acme"), world.settings("plain"), world.settings("filed")
    assert (acme.zone, plain.zone, filed.zone) == ("Africa/Lagos", "UTC", "Europe/Berlin")
    start, end = datetime(2025, 2, 28, 23, tzinfo=UTC), datetime(2025, 12, 31, 23, tzinfo=UTC)
    assert list(acme.in_service) == [(instant_us(start, field="start"), instant_us(end, field="end"))]
    created_us = instant_us(CREATED, field="created")
    assert plain.in_service.starts_us == (created_us,)
    assert (acme.monitored_since_us, plain.monitored_since_us) == (created_us, created_us)
    monitored_from = datetime(2025, 5, 31, 22, tzinfo=UTC)
    assert filed.monitored_since_us == instant_us(monitored_from, field="monitored_from")
    assert {settings.policy.target_percentage for settings in (acme, plain, filed)} == {99.0}
    assert plain.service_hours == ServiceHours.parse("mon-fri 08:00-18:00")


def test_a_tenant_of_the_contract_file_without_row_and_zone_is_not_monitored() -> None:
    """Its local days are not known."""
    assert World("[tenants.filed.policy]\ntarget = 99").settings("filed") is NOT_MONITORED
