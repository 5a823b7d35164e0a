"""Settings and inventories: read once for all, the last known ones while they cannot be read, soon."""

from __future__ import annotations

import asyncio
import datetime as dt
from time import perf_counter

import pytest

from sla_compliance.errors import InvalidValueError, UnknownTenantError
from sla_compliance.inventory import Inventory, Unit
from sla_compliance.service import MemoryTenants, Statistics, TenantSettings
from sla_compliance.service.tenant_lookup import BACK_OFF_S, MOST_TENANTS, WAIT_WITH_LAST_KNOWN_S, TenantLookup
from tests.service.world import TENANT, LiveFacts, at, service_of

pytestmark = pytest.mark.anyio

LIFETIME_S = 60
TIME_OUT_S = 0.5


class Tenants:
    """Tenants whose answer can be held back, or be an error.

    Attributes:
        zones: of the tenants that there are.
        may_answer: what an answer waits for.
        error: what is raised instead of one.
        reads: how often they were asked.
    """

    def __init__(self) -> None:
        self.zones = {TENANT: "Africa/Lagos"}
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self.error: Exception | None = None
        self.reads = 0

    async def settings(self, tenant_id: str) -> TenantSettings:
        """Return the settings as they are when it is asked."""
        self.reads += 1
        zone = self.zones.get(tenant_id)
        await self.may_answer.wait()
        if self.error is not None:
            raise self.error
        if zone is None:
            raise UnknownTenantError(tenant_id)
        return TenantSettings(zone)


class World:
    """A lookup over such tenants, and a clock."""

    def __init__(self, lifetime_s: float = LIFETIME_S) -> None:
        self.tenants = Tenants()
        self.statistics = Statistics()
        self.now = 0.0
        self.lookup = TenantLookup(
            self.tenants,
            None,
            self.statistics,
            lifetime=dt.timedelta(seconds=lifetime_s),
            time_out=dt.timedelta(seconds=TIME_OUT_S),
            clock=lambda: self.now,
        )

    async def zone(self, tenant_id: str = TENANT) -> str:
        """Return the tenant's zone."""
        return (await self.lookup.settings(tenant_id)).zone


async def seconds_of(work: asyncio.Future[str] | asyncio.Task[str]) -> float:
    """Return how long something takes."""
    began = perf_counter()
    await work
    return perf_counter() - began


async def test_all_who_ask_at_once_share_one_reading() -> None:
    """And those who come while it holds."""
    world = World()
    assert await asyncio.gather(*(world.zone() for _ in range(20))) == ["Africa/Lagos"] * 20
    await world.zone()
    assert world.tenants.reads == 1


async def test_without_a_lifetime_settings_are_read_every_time() -> None:
    """A change shows at once, and the last known ones hold all the same."""
    world = World(lifetime_s=0)
    await world.zone()
    world.tenants.zones[TENANT] = "UTC"
    assert (await world.zone(), world.tenants.reads) == ("UTC", 2)
    world.tenants.error = ConnectionRefusedError("down")
    assert (await world.zone(), world.statistics.failures) == ("UTC", {"tenants": 1})


async def test_tenants_that_hang_cost_one_short_wait_and_no_answer() -> None:
    """Nobody waits while the last known settings hold; the reading that was late counts when it is there."""
    world = World()
    await world.zone()
    world.now, world.tenants.zones[TENANT] = LIFETIME_S, "UTC"
    world.tenants.may_answer.clear()
    assert await seconds_of(asyncio.ensure_future(world.zone())) < WAIT_WITH_LAST_KNOWN_S + 1
    assert await seconds_of(asyncio.ensure_future(world.zone())) < WAIT_WITH_LAST_KNOWN_S
    assert (world.tenants.reads, world.statistics.failures) == (2, {"tenants": 1})
    world.tenants.may_answer.set()
    await asyncio.sleep(0.01)
    assert (await world.zone(), world.tenants.reads) == ("UTC", 2)


async def test_they_are_asked_again_after_a_while() -> None:
    """After an error too."""
    world = World()
    await world.zone()
    world.now, world.tenants.error = LIFETIME_S, ConnectionRefusedError("down")
    await world.zone()
    world.now += BACK_OFF_S - 0.1
    await world.zone()
    assert world.tenants.reads == 2
    world.now += 0.2
    world.tenants.error = None
    await world.zone()
    assert world.tenants.reads == 3


async def test_a_tenant_of_whom_nothing_is_known_waits_for_the_time_out_once() -> None:
    """Then callers get the error at once."""
    world = World()
    world.tenants.may_answer.clear()
    with pytest.raises(TimeoutError, match=r"^the source of tenants took longer than 0\.5 s"):
        await world.zone()
    began = perf_counter()
    with pytest.raises(TimeoutError, match=r"^the source of tenants did not answer in time; it is called again in"):
        await world.zone()
    assert perf_counter() - began < TIME_OUT_S
    assert world.tenants.reads == 1


async def test_a_tenant_that_is_gone_is_no_outage() -> None:
    """The last known settings do not hold then, nor later."""
    world = World(lifetime_s=0)
    await world.zone()
    del world.tenants.zones[TENANT]
    with pytest.raises(UnknownTenantError):
        await world.zone()
    world.tenants.error = ConnectionRefusedError("down")
    with pytest.raises(ConnectionRefusedError):
        await world.zone()


async def test_a_fault_of_settings_comes_through() -> None:
    """A zone that does not exist is no outage."""
    world = World(lifetime_s=0)
    await world.zone()
    world.tenants.error = InvalidValueError("zone is 'Nowhere'", field="zone")
    with pytest.raises(InvalidValueError):
        await world.zone()


async def test_what_is_forgotten_is_read_again() -> None:
    """A reading that began before that does not count later."""
    world = World()
    await world.zone()
    world.tenants.zones[TENANT] = "UTC"
    world.lookup.forget(TENANT)
    assert await world.zone() == "UTC"
    world.now, world.tenants.zones[TENANT] = LIFETIME_S, "Asia/Tokyo"
    world.tenants.may_answer.clear()
    early = asyncio.create_task(world.zone())
    await asyncio.sleep(0.01)
    world.tenants.zones[TENANT] = "Europe/Berlin"
    world.lookup.forget(TENANT)
    late = asyncio.create_task(world.zone())
    await asyncio.sleep(0.01)
    world.tenants.may_answer.set()
    assert (await early, await late) == ("Asia/Tokyo", "Europe/Berlin")
    assert await world.zone() == "Europe/Berlin"


async def test_memory_is_bounded() -> None:
    """The tenants that were read longest ago go first."""
    lookup = TenantLookup(
        MemoryTenants(dict.fromkeys(map(str, range(MOST_TENANTS + 1)), TenantSettings("UTC"))),
        None,
        Statistics(),
        lifetime=dt.timedelta(seconds=LIFETIME_S),
        time_out=dt.timedelta(seconds=TIME_OUT_S),
    )
    settings = lookup._settings
    for number in range(MOST_TENANTS + 1):
        settings._keep(str(number), TenantSettings("UTC"))
    assert (len(settings._known), "0" in settings._known) == (MOST_TENANTS, False)


class Inventories:
    """Inventories that can be taken down."""

    error: Exception | None = None

    async def inventory(self, tenant_id: str) -> Inventory:
        """Return the inventory."""
        assert tenant_id == TENANT
        if self.error is not None:
            raise self.error
        return Inventory([Unit("c-1")])


async def test_the_last_known_inventory_holds_too() -> None:
    """In a service, whatever the host's source of inventories is."""
    inventories = Inventories()
    service = service_of(LiveFacts(TenantSettings("UTC"), at(28, 12)), inventories=inventories)
    assert list(await service.resources(TENANT, at(26), at(27))) == ["c-1"]
    inventories.error = ConnectionRefusedError("down")
    assert list(await service.resources(TENANT, at(26), at(27))) == ["c-1"]
    assert service.statistics.failures == {"inventories": 1}
    await service.aclose()
