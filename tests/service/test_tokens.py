"""A token whose write was not confirmed validates nothing, however late it arrives."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Callable

import pytest
import redis

import sla_compliance as sla
from sla_compliance.cache.circuit_breaker import CircuitBreakerCache
from sla_compliance.cache.day_cache import DayCache, Lifetimes
from sla_compliance.cache.entries import token_key
from sla_compliance.cache.memory import MemoryCache
from sla_compliance.cache.redis import RedisCache
from sla_compliance.measured import DayKey, MeasuredDay
from sla_compliance.service import TenantSettings
from tests.servers.holding_proxy import HoldingProxy
from tests.servers.process import ServerProcess
from tests.service.gates import Gate, gated_service
from tests.service.world import TENANT, LiveFacts, at, service_of

pytestmark = pytest.mark.anyio

DAY = dt.date(2025, 10, 26)
OUTAGE = sla.Alarm(at(26, 9), at(26, 10), id=1)
POLICY = sla.SLAPolicy()
TIME_OUT_S, OPEN_S = 0.2, 0.05


@pytest.fixture
async def redis_cache() -> AsyncIterator[Callable[[str], RedisCache]]:
    """What makes caches on a server; they are closed in the end."""
    caches: list[RedisCache] = []

    def new_cache(url: str) -> RedisCache:
        caches.append(RedisCache(url))
        return caches[-1]

    yield new_cache
    for cache in caches:
        await cache.aclose()


@pytest.fixture
def day_cache(redis_cache: Callable[[str], RedisCache]) -> Callable[[str], DayCache]:
    """What makes the day cache of a process, whose circuit closes again soon."""
    return lambda url: DayCache(CircuitBreakerCache(redis_cache(url), timeout_s=TIME_OUT_S, open_s=OPEN_S), Lifetimes())


def facts_with(*alarms: sla.Alarm) -> LiveFacts:
    """Return the facts of a tenant at noon."""
    return LiveFacts(TenantSettings("UTC"), at(28, 12), *alarms)


async def measured_day(facts: LiveFacts) -> tuple[DayKey, MeasuredDay, int]:
    """Return a day as it is measured now, its key, and now."""
    answer = await service_of(facts).compliance(TENANT, at(26), at(27))
    day = answer.measured[0]
    return facts.settings.day_key(TENANT, DAY, day.start_us, day.end_us), day, day.as_of_us


async def arrived(url: str, place: str) -> None:
    """Wait until a server has a key."""
    with redis.Redis.from_url(url) as client:
        async with asyncio.timeout(5):
            while not client.exists(place):
                await asyncio.sleep(0.01)


async def test_a_token_that_arrives_after_a_change_validates_no_entry_from_before(
    server: ServerProcess, proxy: HoldingProxy, day_cache: Callable[[str], DayCache]
) -> None:
    """Its write timed out and came after the deletion; the entry is written once the circuit is closed."""
    facts = facts_with()
    key, day, now_us = await measured_day(facts)
    slow, other = day_cache(proxy.url), day_cache(server.url)
    lookup = await slow.lookup([key], POLICY, now_us)
    proxy.hold()
    tokens = await slow.tokens_for([key], lookup.tokens)
    assert b"token" in proxy.held_bytes
    await other.invalidate(TENANT, [DAY])
    proxy.deliver()
    await arrived(server.url, token_key(TENANT, DAY))
    await asyncio.sleep(2 * OPEN_S)
    await slow.write({key: day}, tokens, now_us)
    for cache in (slow, other):
        assert (await cache.lookup([key], POLICY, now_us)).missing == (key,)
    # The late token is as good as any other for who reads it before the facts.
    lookup = await other.lookup([key], POLICY, now_us)
    tokens = await other.tokens_for([key], lookup.tokens)
    await other.write({key: day}, tokens, now_us)
    assert set((await slow.lookup([key], POLICY, now_us)).fresh) == {key}


async def test_a_token_that_a_suspended_server_was_sent_validates_nothing(
    server: ServerProcess, day_cache: Callable[[str], DayCache]
) -> None:
    """Suspended when it is written; the server is back while the facts are read, and has the token."""
    facts = facts_with()
    key, day, now_us = await measured_day(facts)
    cache, other = day_cache(server.url), day_cache(server.url)
    lookup = await cache.lookup([key], POLICY, now_us)
    with server.hanging():
        tokens = await cache.tokens_for([key], lookup.tokens)
    await other.invalidate(TENANT, [DAY])
    await asyncio.sleep(2 * OPEN_S)
    await cache.write({key: day}, tokens, now_us)
    assert (await other.lookup([key], POLICY, now_us)).missing == (key,)
    assert (await cache.lookup([key], POLICY, now_us)).missing == (key,)


@pytest.mark.parametrize("number", range(1, 7))
async def test_a_server_suspended_before_any_call_of_a_request_makes_no_old_figure_last(
    server: ServerProcess, number: int, redis_cache: Callable[[str], RedisCache]
) -> None:
    """The request goes on meanwhile; then the server is back, the change is reported, and later requests know it."""
    facts = facts_with(OUTAGE)
    facts.may_leave = asyncio.Event()
    gate = Gate(number)
    request = asyncio.create_task(
        gated_service(facts, gate, store=None, cache=redis_cache(server.url)).compliance(TENANT, at(26), at(27))
    )
    reached = asyncio.create_task(gate.is_reached.wait())
    ready = asyncio.create_task(facts.is_answer_ready.wait())
    await asyncio.wait({reached, ready}, return_when=asyncio.FIRST_COMPLETED)
    with server.hanging():
        gate.may_go.set()
        await ready
    may_leave, facts.may_leave = facts.may_leave, None
    facts.alarms = {}
    other = service_of(facts, cache=redis_cache(server.url))
    await other.alarm_changed(TENANT, OUTAGE, None)
    may_leave.set()
    await request
    # The lock of a request that could not release it is not waited for.
    lifetimes = Lifetimes(lock_timeout=dt.timedelta(milliseconds=50))
    for _ in range(2):
        service = service_of(facts, cache=redis_cache(server.url), lifetimes=lifetimes)
        assert (await service.compliance(TENANT, at(26), at(27))).total.downtime_minutes == 0
    reached.cancel()


async def test_the_token_of_another_process_is_taken_where_both_write_one() -> None:
    """Whose arrives last counts for both, so entries of both count."""
    facts, cache = facts_with(OUTAGE), MemoryCache()
    key, day, now_us = await measured_day(facts)
    first, second = DayCache(cache, Lifetimes()), DayCache(cache, Lifetimes())
    tokens = [await process.tokens_for([key], {}) for process in (first, second, first)]
    await first.write({key: day}, tokens[2], now_us)
    assert set((await second.lookup([key], POLICY, now_us)).fresh) == {key}
    assert tokens[0] != tokens[1]
    assert (await second.lookup([key], POLICY, now_us)).tokens == tokens[2]


async def test_a_cache_that_keeps_no_token_is_given_no_entry() -> None:
    """It would count for nothing."""
    facts = facts_with(OUTAGE)
    key, day, now_us = await measured_day(facts)
    cache = DayCache(MemoryCache(max_keys=0), Lifetimes())
    assert await cache.tokens_for([key], {}) == {}
    await cache.write({key: day}, {}, now_us)


async def test_a_request_after_a_change_shares_no_measurement_from_before_it_in_another_process() -> None:
    """Neither had a token when it began; the change was reported to a third process."""
    facts, cache = facts_with(OUTAGE), MemoryCache()
    serving, reporting = service_of(facts, cache=cache), service_of(facts, cache=cache)
    facts.may_leave = asyncio.Event()
    early = asyncio.create_task(serving.compliance(TENANT, at(26), at(27)))
    await facts.is_answer_ready.wait()
    may_leave, facts.may_leave = facts.may_leave, None
    facts.alarms = {}
    await reporting.alarm_changed(TENANT, OUTAGE, None)
    late = asyncio.create_task(serving.compliance(TENANT, at(26), at(27)))
    await asyncio.sleep(0.05)
    may_leave.set()
    assert (await early).total.downtime_minutes == 60
    assert (await late).total.downtime_minutes == 0


async def test_requests_share_a_measurement_under_the_token_that_it_has_taken() -> None:
    """One that comes while the facts are read finds the token and no entry."""
    facts, cache = facts_with(OUTAGE), MemoryCache()
    service = service_of(facts, cache=cache)
    facts.may_leave = asyncio.Event()
    early = asyncio.create_task(service.compliance(TENANT, at(26), at(27)))
    await facts.is_answer_ready.wait()
    late = [asyncio.create_task(service.compliance(TENANT, at(26), at(27))) for _ in range(5)]
    await asyncio.sleep(0.05)
    facts.may_leave.set()
    answers = await asyncio.gather(early, *late)
    assert {answer.total.downtime_minutes for answer in answers} == {60}
    assert facts.queries == 1


async def test_a_change_reported_while_a_request_waits_for_its_turn_is_in_what_it_remembers() -> None:
    """The alarm was raised after the request was made; it is measured as of when the facts are read."""
    facts, cache = facts_with(), MemoryCache()
    waiting, reporting = service_of(facts, cache=cache), service_of(facts, cache=cache)
    key, _, _ = await measured_day(facts)
    place = f"{token_key(TENANT, DAY).partition(':token')[0]}:lock"
    assert key.tenant_id == TENANT
    taken: list[str] = []
    lock = cache.lock

    async def refuse_once(name: str, holder: str, *, lifetime_s: float) -> bool:
        assert name.startswith(place)
        taken.append(holder)
        if len(taken) > 1:
            return await lock(name, holder, lifetime_s=lifetime_s)
        facts.now += dt.timedelta(minutes=1)
        facts.alarms[2] = sla.Alarm(facts.now - dt.timedelta(seconds=30), id=2)
        await reporting.alarm_changed(TENANT, None, facts.alarms[2])
        return False

    cache.lock = refuse_once  # type: ignore[method-assign,assignment]
    answer = await waiting.compliance(TENANT, at(28), at(29))
    assert answer.total.down_us == 30_000_000
    cached = await reporting.compliance(TENANT, at(28), at(29))
    assert (cached.is_cached, cached.total.down_us) == (True, 30_000_000)
