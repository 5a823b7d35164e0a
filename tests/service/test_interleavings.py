"""What was reported is never lost: a change between any two calls of a sweep, a restatement, a request, and back."""
################################################################
# One process stops before its k-th call of store, source or cache, another acts as a
# whole, the first goes on: for every k. Once with the change in the middle of the
# other work, once with the other work in the middle of reporting the change.
################################################################

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, delete
from sqlalchemy.ext.asyncio import create_async_engine

import sla_compliance as sla
from sla_compliance.cache.memory import MemoryCache
from sla_compliance.service import ComplianceService, TenantSettings
from sla_compliance.stores.memory import MemoryDayStore
from sla_compliance.stores.protocol import DayStore
from sla_compliance.stores.sqlalchemy import AsyncSQLAlchemyDayStore, SQLAlchemyDayStore, ddl, metadata
from tests.servers.databases import fresh_database
from tests.service.gates import Gate, gated_service
from tests.service.world import TENANT, LiveFacts, at, service_of

pytestmark = pytest.mark.anyio

DAY = dt.date(2025, 10, 21)
OUTAGE = sla.Alarm(at(21, 9), at(21, 10), id=1)
SHORTER = replace(OUTAGE, cleared_at=at(21, 9, 30))
FIRST, LAST = at(20), at(23)
NEVER = 10_000

EmptyStores = Callable[[], Awaitable[DayStore]]


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
async def empty_store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[EmptyStores]:
    """What empties and returns a store, of each kind in turn."""
    if request.param == "memory":

        async def in_memory() -> DayStore:
            return MemoryDayStore()

        yield in_memory
    elif request.param == "sqlite":
        engine = create_engine(f"sqlite:///{tmp_path / 'days.db'}")
        sync_store = SQLAlchemyDayStore(engine)
        await sync_store.create_tables()

        async def in_sqlite() -> DayStore:
            with engine.begin() as connection:
                for table in metadata.tables.values():
                    connection.execute(delete(table))
            return sync_store

        yield in_sqlite
        engine.dispose()
    else:
        with fresh_database(request.getfixturevalue("postgres_dsn"), ddl("postgresql")) as url:
            async_engine = create_async_engine(url)

            async def in_postgres() -> DayStore:
                async with async_engine.begin() as connection:
                    for table in metadata.tables.values():
                        await connection.execute(delete(table))
                return AsyncSQLAlchemyDayStore(async_engine)

            yield in_postgres
            await async_engine.dispose()


class Shared:
    """What the processes share: facts with an outage, a store, a cache."""

    def __init__(self, store: DayStore) -> None:
        self.facts = LiveFacts(TenantSettings("UTC"), at(28, 12), OUTAGE)
        self.store = store
        self.cache = MemoryCache()

    def process(self, gate: Gate | None = None) -> ComplianceService:
        """Return the service of one more process."""
        # A call that waits at the gate is not a cache that is slow.
        patient = dt.timedelta(minutes=1)
        return gated_service(
            self.facts, gate or Gate(NEVER), store=self.store, cache=self.cache, cache_time_out=patient
        )

    async def delete_outage(self, service: ComplianceService) -> None:
        """Commit that there was no outage, and report it."""
        old = self.facts.alarms.pop(1)
        await service.alarm_changed(TENANT, old, None)


async def sweep(service: ComplianceService) -> None:
    """Store, restate, mend."""
    await service.store_closed_days(TENANT, FIRST, LAST)


async def request(service: ComplianceService) -> None:
    """Answer."""
    await service.compliance(TENANT, FIRST, LAST)


async def shorten(service: ComplianceService) -> None:
    """Report the change before the last one once more."""
    await service.alarm_changed(TENANT, OUTAGE, SHORTER)


async def nothing_stored(_: Shared) -> None:
    """A day that a sweep will add."""


async def stored(shared: Shared) -> None:
    """A day that is current."""
    await sweep(shared.process())


async def stale(shared: Shared) -> None:
    """A day of which a change was reported and not restated."""
    await stored(shared)
    await shared.store.mark_stale(TENANT, [DAY])


async def of_older_rules(shared: Shared) -> None:
    """A day that a sweep measures again for its other readings."""
    await altered(shared, rules_version=0)


async def ahead(shared: Shared) -> None:
    """A day of a clock that was ahead."""
    await altered(shared, as_of_us=10**9 * 3_000_000)


async def altered(shared: Shared, **parts: Any) -> None:
    """Store the day with other parts."""
    other = MemoryDayStore()
    await sweep(service_of(shared.facts, store=other))
    days = {key: replace(day, day=replace(day.day, **parts)) for key, day in other._days.items()}
    await shared.store.add(days)


WORK = {
    "a sweep adds": (nothing_stored, sweep),
    "a sweep restates": (stale, sweep),
    "a sweep fills readings": (of_older_rules, sweep),
    "a sweep mends days of a clock that was ahead": (ahead, sweep),
    "a request measures": (nothing_stored, request),
    "a request takes stored days": (stored, request),
    "another report restates": (stored, shorten),
}


@pytest.mark.parametrize("work", WORK)
@pytest.mark.parametrize("is_change_in_the_middle", [True, False], ids=["change in the middle", "work in the middle"])
async def test_a_change_is_in_every_later_answer(
    empty_store: EmptyStores, work: str, is_change_in_the_middle: bool
) -> None:
    """Cached, stored, swept: whatever the order of calls."""
    prepare, act = WORK[work]
    for number in count(1):
        shared = Shared(await empty_store())
        await prepare(shared)
        gate = Gate(number)
        if is_change_in_the_middle:
            stopped = asyncio.create_task(act(shared.process(gate)))
        else:
            stopped = asyncio.create_task(shared.delete_outage(shared.process(gate)))
        reached = asyncio.create_task(gate.is_reached.wait())
        await asyncio.wait({stopped, reached}, return_when=asyncio.FIRST_COMPLETED)
        was_stopped = not stopped.done()
        reached.cancel()
        if is_change_in_the_middle:
            await shared.delete_outage(shared.process())
        else:
            await act(shared.process())
        gate.may_go.set()
        await stopped
        assert await downtimes(shared) == [0] * 4, f"stopped before call {number}"
        if not was_stopped:
            assert number > 3
            return


async def downtimes(shared: Shared) -> list[int]:
    """Return the downtime that processes answer, with the cache and without, before a sweep and after it."""
    minutes: list[int] = []
    for is_swept in (False, True):
        if is_swept:
            await sweep(shared.process())
        for cache in (shared.cache, MemoryCache()):
            service = gated_service(shared.facts, Gate(NEVER), store=shared.store, cache=cache)
            answer = await service.compliance(TENANT, FIRST, LAST)
            minutes.append(answer.total.downtime_minutes)
    assert await shared.store.stale(TENANT) == []
    (day,) = [one.day for one in (await shared.store.days(list(keys(shared)))).values()]
    assert day.cells_us == shared.facts.cells(at(21), at(22))[0]
    return minutes


def keys(shared: Shared) -> list[Any]:
    """Return the key of the day."""
    start_us, end_us = (shared.facts.report(at(21), at(22)).total.start_us, 0)
    end_us = shared.facts.report(at(21), at(22)).total.end_us
    return [shared.facts.settings.day_key(TENANT, DAY, start_us, end_us)]
