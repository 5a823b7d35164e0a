"""Every cache keeps the promises of a cache, on every server."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from sla_compliance.cache.circuit_breaker import CircuitBreakerCache
from sla_compliance.cache.memory import MemoryCache
from sla_compliance.cache.protocol import Cache
from sla_compliance.cache.redis import RedisCache
from sla_compliance.testing.cache import LONG_S, CacheContract, fresh_key


class TestMemoryCache(CacheContract):
    """In the process."""

    @pytest.fixture
    async def cache(self) -> Cache:
        """An empty one."""
        return MemoryCache()

    async def test_forgets_what_nobody_has_touched_for_longest_when_it_is_full(self) -> None:
        """Reading a key keeps it."""
        cache = MemoryCache(max_keys=2)
        await cache.set_many({"old": b"1", "read": b"2"}, lifetime_s=LONG_S)
        await cache.get_many(["old", "read"])
        await cache.get_many(["old"])
        await cache.set_many({"new": b"3"}, lifetime_s=LONG_S)
        assert await cache.get_many(["old", "read", "new"]) == [b"1", None, b"3"]


class TestRedisCache(CacheContract):
    """On every Valkey and Redis found."""

    @pytest.fixture
    async def cache(self, each_redis_url: str) -> AsyncIterator[Cache]:
        """A client of its own."""
        cache = RedisCache(each_redis_url, time_out_s=5)
        yield cache
        await cache.aclose()

    async def test_processes_share_values_and_locks(self, cache: Cache, each_redis_url: str) -> None:
        """Two clients see one cache."""
        other, key, lock = RedisCache(each_redis_url, time_out_s=5), fresh_key(), fresh_key()
        await cache.set_many({key: b"value"}, lifetime_s=LONG_S)
        assert await other.get_many([key]) == [b"value"]
        assert await cache.lock(lock, "one", lifetime_s=LONG_S)
        assert not await other.lock(lock, "other", lifetime_s=LONG_S)
        await other.aclose()


class TestCircuitBreakerCache(CacheContract):
    """Around a cache that works it changes nothing."""

    @pytest.fixture
    async def cache(self) -> Cache:
        """Around one in memory."""
        return CircuitBreakerCache(MemoryCache())
