"""Whatever happens to cache and database: no wrong figure, and the way back."""

from __future__ import annotations

import asyncio
import datetime as dt
import threading
from collections.abc import Callable
from time import perf_counter

import pytest
import redis

import sla_compliance as sla
from sla_compliance.cache.circuit_breaker import CircuitBreakerCache
from sla_compliance.cache.entries import day_key, token_key
from sla_compliance.cache.memory import MemoryCache
from sla_compliance.cache.redis import MAX_CONNECTIONS, RedisCache
from sla_compliance.calls.worker_threads import MAX_THREADS
from sla_compliance.errors import CacheBusyError, CacheUnavailableError
from sla_compliance.service import ComplianceService, MemoryTenants, TenantSettings, to_async
from sla_compliance.sources.memory import MemoryAlarmSource
from sla_compliance.sources.protocol import EVERY_QUALIFYING
from tests.servers.process import ServerProcess
from tests.service.world import TENANT, LiveFacts, at, service_of

pytestmark = pytest.mark.anyio

OUTAGE = sla.Alarm(at(26, 9), at(26, 10), id=1)
DATES = [dt.date(2025, 10, day) for day in range(20, 28)]


def facts_with(*alarms: sla.Alarm) -> LiveFacts:
    """Return the facts of a tenant at noon."""
    return LiveFacts(TenantSettings("UTC"), at(28, 12), *alarms)


def cached_service(facts: LiveFacts, server: ServerProcess) -> ComplianceService:
    """Return a service with a cache on that server."""
    return service_of(facts, cache=RedisCache(server.url))


async def downtime(service: ComplianceService) -> int:
    """Return the downtime of a week in minutes."""
    return (await service.compliance(TENANT, at(20), at(28))).total.downtime_minutes


async def test_a_cache_that_is_killed_costs_queries_and_no_figure(server: ServerProcess) -> None:
    """Down, and started again, empty."""
    facts = facts_with(OUTAGE)
    service = cached_service(facts, server)
    assert [await downtime(service) for _ in range(2)] == [60, 60]
    server.kill()
    assert [await downtime(service) for _ in range(2)] == [60, 60]
    assert facts.queries == 3
    assert service.statistics.failures == {"cache": 1}
    server.start()
    again = cached_service(facts, server)
    assert [await downtime(again) for _ in range(2)] == [60, 60]
    assert facts.queries == 4
    await asyncio.gather(service.aclose(), again.aclose())


async def test_a_cache_that_hangs_costs_its_time_out_once(server: ServerProcess) -> None:
    """Questions do without it for a while."""
    facts = facts_with(OUTAGE)
    service = cached_service(facts, server)
    await downtime(service)
    with server.hanging():
        assert await downtime(service) == 60
        began = perf_counter()
        assert await downtime(service) == 60
        assert perf_counter() - began < 0.3
    await service.aclose()


async def test_a_change_that_the_cache_cannot_be_told_of_is_an_error(server: ServerProcess) -> None:
    """What it holds would be wrong when it is back; told again, it is right."""
    facts = facts_with()
    service = cached_service(facts, server)
    assert await downtime(service) == 0
    facts.alarms[1] = OUTAGE
    with server.hanging(), pytest.raises(CacheUnavailableError):
        await service.alarm_changed(TENANT, None, OUTAGE)
    await service.alarm_changed(TENANT, None, OUTAGE)
    again = cached_service(facts, server)
    assert await downtime(again) == 60
    await asyncio.gather(service.aclose(), again.aclose())


async def test_a_cache_that_is_full_is_as_good_as_none(server: ServerProcess) -> None:
    """It refuses to write; questions are answered from the source."""
    with redis.Redis.from_url(server.url) as client:
        client.config_set("maxmemory-policy", "noeviction")
        client.config_set("maxmemory", "1")
    facts = facts_with(OUTAGE)
    service = cached_service(facts, server)
    assert [await downtime(service) for _ in range(2)] == [60, 60]
    await service.aclose()


POISON: dict[str, Callable[[bytes], bytes]] = {
    "cut off": lambda value: value[:-1],
    "emptied": lambda _: b"",
    "a pickle": lambda _: b"\x80\x04\x95\x1a\x00\x00\x00\x00\x00\x00\x00\x8c\x02os\x94.",
    "a number": lambda _: b"17",
    "no text": lambda _: b"\xff\xfe\x00",
    "other figures": lambda value: value.replace(b"0", b"1"),
    "huge": lambda value: value * 10_000,
}


@pytest.mark.parametrize("poison", POISON)
async def test_a_poisoned_cache_changes_no_figure(redis_url: str, poison: str) -> None:
    """Days and tokens alike are taken for absent, and written anew."""
    facts = facts_with(OUTAGE)
    service = service_of(facts, cache=RedisCache(redis_url, time_out_s=5))
    await service.invalidate(TENANT, DATES)
    assert await downtime(service) == 60
    with redis.Redis.from_url(redis_url) as client:
        for place in places(facts):
            client.set(place, POISON[poison](client.get(place)))
    assert [await downtime(service) for _ in range(2)] == [60, 60]
    await service.aclose()


async def test_days_moved_to_other_keys_change_no_figure(redis_url: str) -> None:
    """An outage of one day is not shown on another."""
    facts = facts_with(OUTAGE)
    service = service_of(facts, cache=RedisCache(redis_url, time_out_s=5))
    await service.invalidate(TENANT, DATES)
    before = (await service.compliance(TENANT, at(20), at(28))).days
    with redis.Redis.from_url(redis_url) as client:
        days = places(facts)[: len(DATES)]
        values = client.mget(days)
        client.mset(dict(zip(days, reversed(values), strict=True)))
    assert (await service.compliance(TENANT, at(20), at(28))).days == before
    await service.aclose()


async def test_keys_of_another_type_change_no_figure(redis_url: str) -> None:
    """A list where a day should be."""
    facts = facts_with(OUTAGE)
    service = service_of(facts, cache=RedisCache(redis_url, time_out_s=5))
    with redis.Redis.from_url(redis_url) as client:
        client.delete(*places(facts))
        for place in places(facts):
            client.rpush(place, "1")
    assert [await downtime(service) for _ in range(3)] == [60, 60, 60]
    await service.aclose()


def places(facts: LiveFacts) -> list[str]:
    """Return the keys of the week's days, and of their tokens."""
    bounds = [(date, record.start_us, record.end_us) for date, record in zip(DATES, week(facts), strict=True)]
    keys = [facts.settings.day_key(TENANT, *day) for day in bounds]
    return [*map(day_key, keys), *(token_key(TENANT, date) for date in DATES)]


def week(facts: LiveFacts) -> tuple[sla.ComplianceRecord, ...]:
    """Return the week's days."""
    return facts.report(at(20), at(28)).days


async def test_a_lock_that_a_late_answer_left_behind_holds_up_no_process(server: ServerProcess) -> None:
    """It is released once the cache is back: another process measures at once, not after ten seconds."""
    slow, other = (CircuitBreakerCache(RedisCache(server.url)) for _ in range(2))
    assert await slow.get_many(["a"]) == [None]
    with server.hanging():
        assert await slow.lock("a lock", "slow", lifetime_s=60)
        await slow.unlock("a lock", "slow")
    began = perf_counter()
    while not await other.lock("a lock", "other", lifetime_s=60):
        await asyncio.sleep(0.02)
    assert perf_counter() - began < 2
    await asyncio.gather(slow.aclose(), other.aclose())


async def test_a_service_that_is_closed_leaves_no_lock(server: ServerProcess) -> None:
    """Although the cache answered too late; where it hangs then too, closing waits no longer than for any answer."""
    slow, other = (CircuitBreakerCache(RedisCache(server.url)) for _ in range(2))
    with server.hanging():
        assert await slow.lock("a lock", "slow", lifetime_s=60)
        await slow.unlock("a lock", "slow")
    await slow.aclose()
    assert await other.lock("a lock", "other", lifetime_s=60)
    with server.hanging():
        began = perf_counter()
        await other.aclose()
        assert perf_counter() - began < 1


async def test_after_one_late_answer_of_the_cache_nobody_waits(server: ServerProcess) -> None:
    """Neither the process that it came too late for, nor another one that needs the same days."""
    facts = facts_with(OUTAGE)
    slow, other = (cached_service(facts, server) for _ in range(2))
    await slow.invalidate(TENANT, DATES)
    facts.may_leave = asyncio.Event()
    measuring = asyncio.create_task(downtime(slow))
    await facts.is_answer_ready.wait()
    # The lock is held. What follows comes too late: the days are not written, and the lock is not released.
    with server.hanging():
        facts.may_leave.set()
        assert await measuring == 60
    for service in (other, slow, other):
        began = perf_counter()
        assert await downtime(service) == 60
        assert perf_counter() - began < 2
    await asyncio.gather(slow.aclose(), other.aclose())


async def test_waiting_for_a_connection_is_no_failure_of_the_cache(server: ServerProcess) -> None:
    """That call does without the cache, and later ones use it."""
    failures = list[CacheUnavailableError]()
    cache = CircuitBreakerCache(RedisCache(server.url, max_connections=1), on_failure=failures.append)
    await cache.set_many({"a": b"1 a"}, lifetime_s=60)
    with redis.Redis.from_url(server.url) as client:
        client.execute_command("CLIENT", "PAUSE", "300", "ALL")
        answers = await asyncio.gather(*(cache.get_many(["a"]) for _ in range(2)))
    assert sorted(answers, key=str) == [[None], [b"1 a"]]
    assert [type(failure) for failure in failures] == [CacheBusyError]
    assert await cache.get_many(["a"]) == [b"1 a"]
    await cache.aclose()


async def test_many_requests_at_once_find_connections(redis_url: str) -> None:
    """As many as the endpoint lets in."""
    failures = list[CacheUnavailableError]()
    cache = CircuitBreakerCache(RedisCache(redis_url), timeout_s=5, on_failure=failures.append)
    await cache.set_many({"many": b"1 a"}, lifetime_s=60)
    answers = await asyncio.gather(*(cache.get_many(["many"]) for _ in range(MAX_CONNECTIONS)))
    assert answers == [[b"1 a"]] * MAX_CONNECTIONS
    assert failures == []
    await cache.aclose()


async def test_stale_days_are_served_soon_while_the_source_hangs() -> None:
    """The first caller waits for half a second, later ones less or not at all; then the source answers again."""
    facts = facts_with(OUTAGE)
    service = service_of(facts, cache=MemoryCache(clock=lambda: 0.0), source_time_out=dt.timedelta(seconds=1))
    assert await downtime(service) == 60
    facts.now += dt.timedelta(hours=25)
    facts.may_leave = asyncio.Event()
    for _ in range(4):
        began = perf_counter()
        answer = await service.compliance(TENANT, at(20), at(28))
        assert perf_counter() - began < 1
        assert (answer.is_outdated, answer.total.downtime_minutes) == (True, 60)
    assert service.statistics.failures["source"] == 4
    await service.aclose()


async def test_a_source_whose_threads_hang_leaves_the_others_alone() -> None:
    """Its own requests fail in time; computing and other sources, which are in threads too, go on."""
    may_answer = threading.Event()

    class Hanging(MemoryAlarmSource):
        def fetch(
            self,
            tenant_id: str,
            start_us: int,
            end_us: int,
            wanted: sla.AlarmFilter = EVERY_QUALIFYING,
        ) -> sla.AlarmBatch:
            may_answer.wait()
            return super().fetch(tenant_id, start_us, end_us, wanted)

    names = [f"tenant-{number}" for number in range(2 * MAX_THREADS)]
    tenants = MemoryTenants(dict.fromkeys(names, TenantSettings("UTC")))
    batch = sla.AlarmBatch.from_alarms([OUTAGE])
    hanging, well = (
        ComplianceService(
            to_async(kind(dict.fromkeys(names, batch))),
            tenants=tenants,
            clock=lambda: at(28, 12),
            source_time_out=time_out,
        )
        for kind, time_out in ((Hanging, dt.timedelta(milliseconds=300)), (MemoryAlarmSource, dt.timedelta(seconds=30)))
    )
    asked = [asyncio.create_task(hanging.compliance(name, at(26), at(28))) for name in names]
    for name in names:
        began = perf_counter()
        assert (await well.compliance(name, at(26), at(28))).total.downtime_minutes == 60
        assert perf_counter() - began < 2
    failures = await asyncio.gather(*asked, return_exceptions=True)
    assert {type(failure) for failure in failures} == {TimeoutError}
    may_answer.set()
    await asyncio.gather(hanging.aclose(), well.aclose())
