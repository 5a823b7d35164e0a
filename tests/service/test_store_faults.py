"""A store that fails or hangs takes no answer away, and is never answered for."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from time import perf_counter
from typing import Protocol, runtime_checkable

import pytest

import sla_compliance as sla
from sla_compliance.cache.memory import MemoryCache
from sla_compliance.measured import DayKey
from sla_compliance.service import ComplianceAnswer, ComplianceService, Provenance, TenantSettings
from sla_compliance.service.timed_store import TimedDayStore
from sla_compliance.stores.memory import MemoryDayStore
from sla_compliance.stores.protocol import StoredDay
from tests.service.world import TENANT, LiveFacts, at, service_of

pytestmark = pytest.mark.anyio

OUTAGE = sla.Alarm(at(26, 9), at(26, 10), id=1)
TIME_OUT = dt.timedelta(milliseconds=200)
SOON = dt.timedelta(seconds=2)


class FaultyStore(MemoryDayStore):
    """A store that can hang, or fail.

    Attributes:
        may_answer: what every call waits for.
        error: what is raised then.
        reads: how often days were read.
    """

    def __init__(self) -> None:
        super().__init__()
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self.error: Exception | None = None
        self.reads = 0

    async def _answer(self) -> None:
        await self.may_answer.wait()
        if self.error is not None:
            raise self.error

    async def days(self, keys: Sequence[DayKey]) -> dict[DayKey, StoredDay]:
        """Return the days, or what the test says."""
        self.reads += 1
        await self._answer()
        return await super().days(keys)

    async def mark_stale(self, tenant_id: str, dates: Iterable[dt.date]) -> int:
        """Report a change, or what the test says."""
        await self._answer()
        return await super().mark_stale(tenant_id, dates)

    async def changes(self, tenant_id: str, dates: Collection[dt.date]) -> dict[dt.date, int]:
        """Return the counts, or what the test says."""
        await self._answer()
        return await super().changes(tenant_id, dates)


@runtime_checkable
class HasClock(Protocol):
    """A store with a method that not every store has."""

    async def clock(self, offset_s: int, *, factor: int) -> int:
        """Return the time."""
        ...


class StoreWithClock(FaultyStore):
    """A store that has it."""

    async def clock(self, offset_s: int, *, factor: int) -> int:
        """Return a time, or what the test says."""
        await self._answer()
        return 40 * factor + offset_s


async def test_a_store_keeps_the_methods_that_not_every_store_has() -> None:
    """With the time-out."""
    assert not isinstance(TimedDayStore(FaultyStore(), TIME_OUT), HasClock)
    store = StoreWithClock()
    timed = TimedDayStore(store, TIME_OUT)
    assert isinstance(timed, HasClock)
    assert await timed.clock(2, factor=1) == 42
    store.may_answer.clear()
    with pytest.raises(TimeoutError):
        await timed.clock(2, factor=1)


class World:
    """Stored days of an outage, behind services without a memory of their own."""

    def __init__(self) -> None:
        self.facts = LiveFacts(TenantSettings("UTC"), at(28, 12), OUTAGE)
        self.store = FaultyStore()

    def service(self, cache: MemoryCache | None = None) -> ComplianceService:
        """Return a service; without a cache it knows nothing yet."""
        return service_of(self.facts, store=self.store, cache=cache, source_time_out=TIME_OUT)

    async def store_days(self) -> None:
        """Store the closed days."""
        await self.service().store_closed_days(TENANT, at(24), at(28))

    def purge(self) -> None:
        """Take the rows away."""
        self.facts.alarms.clear()
        self.facts.purged_until = at(28)


async def ask(service: ComplianceService) -> ComplianceAnswer:
    """Ask for the stored days."""
    return await service.compliance(TENANT, at(24), at(28))


def provenances(answer: ComplianceAnswer) -> set[Provenance]:
    """Return where the days come from."""
    return set(answer.provenance)


@pytest.mark.parametrize("fault", ["fails", "hangs"])
async def test_stored_days_are_measured_while_the_store_cannot_be_read(fault: str) -> None:
    """As long as the rows are there, the figures are the same; the failure is reported."""
    world = World()
    await world.store_days()
    world.store.error = ConnectionError("down")
    if fault == "hangs":
        world.store.may_answer.clear()
    service = world.service()
    answer = await ask(service)
    assert answer.total.downtime_minutes == 60
    assert provenances(answer) == {Provenance.SOURCE}
    assert service.statistics.failures == {"store": 1}
    assert provenances(await ask(service)) == {Provenance.CACHE}


async def test_days_whose_rows_are_purged_are_unknown_then_and_not_remembered() -> None:
    """Never up; once the store answers they are what they were."""
    world = World()
    await world.store_days()
    world.purge()
    world.store.error = ConnectionError("down")
    service = world.service()
    answer = await ask(service)
    assert (answer.total.availability_ratio, answer.total.downtime_minutes) == (None, 0)
    world.store.error = None
    answer = await ask(service)
    assert (answer.total.downtime_minutes, provenances(answer)) == (60, {Provenance.STORE})


async def test_a_stale_day_of_the_cache_is_better_than_an_unknown_one() -> None:
    """It is marked as outdated."""
    world = World()
    await world.store_days()
    service = world.service(MemoryCache(clock=lambda: 0.0))
    await ask(service)
    world.purge()
    world.facts.now += dt.timedelta(hours=25)
    world.store.error = ConnectionError("down")
    answer = await ask(service)
    assert (answer.total.downtime_minutes, provenances(answer)) == (60, {Provenance.OUTDATED})


async def test_remembered_days_need_no_store() -> None:
    """It is not even called."""
    world = World()
    service = world.service()
    await ask(service)
    reads = world.store.reads
    world.store.may_answer.clear()
    answer = await ask(service)
    assert (answer.total.downtime_minutes, provenances(answer)) == (60, {Provenance.CACHE})
    assert world.store.reads == reads


async def test_a_store_that_hangs_costs_one_time_out() -> None:
    """Later requests of the tenant do without it, until some seconds are over."""
    world = World()
    await world.store_days()
    world.store.may_answer.clear()
    service = world.service(MemoryCache(max_keys=0))
    await ask(service)
    reads = world.store.reads
    assert (await ask(service)).total.downtime_minutes == 60
    assert world.store.reads == reads


async def test_a_change_that_the_store_does_not_take_is_an_error() -> None:
    """In time; reported again, it counts."""
    world = World()
    await world.store_days()
    service = world.service()
    world.store.may_answer.clear()
    world.facts.alarms.clear()
    began = perf_counter()
    with pytest.raises(TimeoutError, match=r"^the store took longer than 0\.2 s"):
        await service.alarm_changed(TENANT, OUTAGE, None)
    assert dt.timedelta(seconds=perf_counter() - began) < TIME_OUT + SOON
    world.store.may_answer.set()
    await service.alarm_changed(TENANT, OUTAGE, None)
    assert (await ask(world.service())).total.downtime_minutes == 0


async def test_a_sweep_of_a_store_that_hangs_is_an_error() -> None:
    """In time, and the next one stores the days."""
    world = World()
    world.store.may_answer.clear()
    with pytest.raises(TimeoutError):
        await world.store_days()
    world.store.may_answer.set()
    await world.store_days()
    assert provenances(await ask(world.service())) == {Provenance.STORE}
