"""A failing cache costs one time-out, is tried again by itself, and never keeps a failed deletion secret."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

import pytest

from sla_compliance.cache.circuit_breaker import CircuitBreakerCache
from sla_compliance.cache.memory import MemoryCache
from sla_compliance.errors import CacheUnavailableError

pytestmark = pytest.mark.anyio

OPEN_S = 5.0


class FlakyCache(MemoryCache):
    """A cache that can be down; it counts who asks."""

    def __init__(self) -> None:
        super().__init__()
        self.is_down = True
        self.may_answer: asyncio.Event | None = None
        self.asked = 0

    def _answer(self) -> None:
        self.asked += 1
        if self.is_down:
            raise CacheUnavailableError("down")

    async def get_many(self, keys: Sequence[str]) -> list[bytes | None]:
        self._answer()
        if self.may_answer is not None:
            await self.may_answer.wait()
        return await super().get_many(keys)

    async def set_many(self, values: Mapping[str, bytes], *, lifetime_s: float) -> None:
        self._answer()
        await super().set_many(values, lifetime_s=lifetime_s)

    async def delete_many(self, keys: Sequence[str]) -> None:
        self._answer()
        await super().delete_many(keys)


class Clock:
    """Seconds, as the test says."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


async def test_a_cache_that_is_down_is_asked_once_and_left_alone() -> None:
    """Reads find nothing, writes are dropped, locks are granted; one failure is reported."""
    flaky, reported = FlakyCache(), list[CacheUnavailableError]()
    cache = CircuitBreakerCache(flaky, open_s=OPEN_S, on_failure=reported.append, clock=Clock())
    assert await cache.get_many(["a", "b"]) == [None, None]
    await cache.set_many({"a": b"1"}, lifetime_s=60)
    assert await cache.get_many(["a"]) == [None]
    assert await cache.lock("l", "me", lifetime_s=60)
    assert (flaky.asked, len(reported)) == (1, 1)


async def test_it_is_asked_again_after_a_while() -> None:
    """And used, if it is back."""
    flaky, clock = FlakyCache(), Clock()
    cache = CircuitBreakerCache(flaky, open_s=OPEN_S, clock=clock)
    await cache.get_many(["a"])
    flaky.is_down, clock.now = False, OPEN_S
    await cache.set_many({"a": b"1"}, lifetime_s=60)
    assert await cache.get_many(["a"]) == [b"1"]


async def test_forgetting_is_always_tried_and_its_failure_raised() -> None:
    """Also while the cache is left alone: what stands there may be wrong now."""
    flaky = FlakyCache()
    cache = CircuitBreakerCache(flaky, open_s=OPEN_S, clock=Clock())
    for asked in (1, 2):
        with pytest.raises(CacheUnavailableError, match="^down$"):
            await cache.delete_many(["a"])
        assert flaky.asked == asked


async def test_one_late_answer_costs_little_and_further_ones_more() -> None:
    """An eighth of the bound first, twice as long each time, at most the bound; success begins anew."""
    flaky, clock = FlakyCache(), Clock()
    cache = CircuitBreakerCache(flaky, open_s=OPEN_S, clock=clock)

    async def open_for() -> float:
        began, asked = clock.now, flaky.asked
        await cache.get_many(["a"])
        assert flaky.asked == asked + 1
        while flaky.asked == asked + 1:
            clock.now += OPEN_S / 80
            await cache.get_many(["a"])
        clock.now += OPEN_S  # the call that has just been made has opened it again
        return clock.now - OPEN_S - began

    assert await open_for() == pytest.approx(OPEN_S / 8)
    flaky.is_down = False
    await cache.get_many(["a"])
    flaky.is_down = True
    assert await open_for() == pytest.approx(OPEN_S / 8)
    for _ in range(4):
        await open_for()
    assert await open_for() == pytest.approx(OPEN_S)


async def test_one_call_finds_out_whether_the_cache_is_back() -> None:
    """The others do without it meanwhile."""
    flaky, clock, may_answer = FlakyCache(), Clock(), asyncio.Event()
    cache = CircuitBreakerCache(flaky, open_s=OPEN_S, clock=clock)
    await cache.get_many(["a"])
    clock.now, flaky.is_down, flaky.may_answer = OPEN_S, False, may_answer
    first = asyncio.create_task(cache.get_many(["a"]))
    await asyncio.sleep(0.01)
    assert await cache.get_many(["a"]) == [None]
    assert flaky.asked == 2
    may_answer.set()
    await first
    await cache.get_many(["a"])
    assert flaky.asked == 3
