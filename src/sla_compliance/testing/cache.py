"""The promises of Cache, as tests: every cache's test class inherits them and brings one fixture, an empty `cache`."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest

from sla_compliance.cache.protocol import Cache

LONG_S = 60.0
SHORT_S = 0.05


def fresh_key() -> str:
    """Return a key that nobody has used."""
    return f"test:{uuid4().hex}"


@pytest.mark.anyio
class CacheContract:
    """What a cache promises."""

    async def test_returns_the_value_of_each_key_in_their_order(self, cache: Cache) -> None:
        """None where nothing is; the same key twice is answered twice."""
        first, second, unknown = fresh_key(), fresh_key(), fresh_key()
        await cache.set_many({first: b"1", second: b"two"}, lifetime_s=LONG_S)
        assert await cache.get_many([second, unknown, first, second]) == [b"two", None, b"1", b"two"]

    async def test_returns_any_bytes_as_they_were(self, cache: Cache) -> None:
        """Digits, NUL, no text at all, nothing at all."""
        values = {fresh_key(): value for value in (b"17", b"\0\xff", b"", b"bytes:x", b"x" * 100_000)}
        await cache.set_many(values, lifetime_s=LONG_S)
        assert await cache.get_many(list(values)) == list(values.values())

    async def test_asked_for_nothing_it_returns_nothing(self, cache: Cache) -> None:
        """An empty question is no error."""
        assert await cache.get_many([]) == []
        await cache.set_many({}, lifetime_s=LONG_S)
        await cache.delete_many([])

    async def test_a_later_value_replaces_an_earlier_one(self, cache: Cache) -> None:
        """And its lifetime with it."""
        key = fresh_key()
        await cache.set_many({key: b"old"}, lifetime_s=SHORT_S)
        await cache.set_many({key: b"new"}, lifetime_s=LONG_S)
        await asyncio.sleep(2 * SHORT_S)
        assert await cache.get_many([key]) == [b"new"]

    async def test_forgets_a_value_when_its_time_is_over(self, cache: Cache) -> None:
        """Never a value past its lifetime."""
        key = fresh_key()
        await cache.set_many({key: b"value"}, lifetime_s=SHORT_S)
        await asyncio.sleep(2 * SHORT_S)
        assert await cache.get_many([key]) == [None]

    async def test_forgets_what_it_is_told_to_and_nothing_else(self, cache: Cache) -> None:
        """Unknown keys are no error."""
        gone, kept = fresh_key(), fresh_key()
        await cache.set_many({gone: b"1", kept: b"2"}, lifetime_s=LONG_S)
        await cache.delete_many([gone, fresh_key()])
        assert await cache.get_many([gone, kept]) == [None, b"2"]

    async def test_a_lock_has_one_holder_at_a_time(self, cache: Cache) -> None:
        """Of many who want it at once, one gets it; the next once it is given back."""
        key = fresh_key()
        got = await asyncio.gather(*(cache.lock(key, str(holder), lifetime_s=LONG_S) for holder in range(10)))
        assert sum(got) == 1
        await cache.unlock(key, str(got.index(True)))
        assert await cache.lock(key, "next", lifetime_s=LONG_S)

    async def test_nobody_gives_back_the_lock_of_another(self, cache: Cache) -> None:
        """Whoever was too slow may find it taken over."""
        key = fresh_key()
        await cache.lock(key, "slow", lifetime_s=SHORT_S)
        await asyncio.sleep(2 * SHORT_S)
        assert await cache.lock(key, "quick", lifetime_s=LONG_S)
        await cache.unlock(key, "slow")
        assert not await cache.lock(key, "third", lifetime_s=LONG_S)
