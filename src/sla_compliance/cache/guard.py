"""A cache that fails costs patience once, not once a request, and never an answer."""
################################################################
# After a failure, or an answer later than the patience allows, the cache is left
# alone for a while: reads find nothing, writes are dropped, locks are granted.
# Forgetting is different. It is always tried, and a failure is raised: the caller
# must know that old values may still stand there.
################################################################

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from time import monotonic
from typing import Final, TypeVar

from sla_compliance.cache.protocol import Cache
from sla_compliance.errors import CacheUnavailableError

PATIENCE_S: Final = 0.5
REST_S: Final = 5.0

_Result = TypeVar("_Result")


class GuardedCache:
    """A Cache around another that may be down, slow or full."""

    def __init__(
        self,
        cache: Cache,
        *,
        patience_s: float = PATIENCE_S,
        rest_s: float = REST_S,
        on_failure: Callable[[CacheUnavailableError], None] = lambda _: None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """Guard a cache.

        Args:
            patience_s: how long an answer may take.
            rest_s: how long to leave it alone after a failure.
            on_failure: told of each failure that is not raised.
            clock: seconds that never go back.
        """
        self._cache = cache
        self._patience_s = patience_s
        self._rest_s = rest_s
        self._on_failure = on_failure
        self._clock = clock
        self._rests_until = clock()

    async def get_many(self, keys: Sequence[str]) -> list[bytes | None]:
        """Return the value of each key; nothing where the cache fails."""
        nothing: list[bytes | None] = [None] * len(keys)
        return await self._tried(lambda: self._cache.get_many(keys), nothing)

    async def set_many(self, values: Mapping[str, bytes], *, lifetime_s: float) -> None:
        """Keep some values if the cache can."""
        await self._tried(lambda: self._cache.set_many(values, lifetime_s=lifetime_s), None)

    async def delete_many(self, keys: Sequence[str]) -> None:
        """Forget some keys.

        Raises:
            CacheUnavailableError: the cache may not have been told.
        """
        await self._in_time(lambda: self._cache.delete_many(keys))

    async def lock(self, key: str, holder: str, *, lifetime_s: float) -> bool:
        """Take a lock; without a cache there is nobody to share it with."""
        return await self._tried(lambda: self._cache.lock(key, holder, lifetime_s=lifetime_s), True)

    async def unlock(self, key: str, holder: str) -> None:
        """Give a lock back if the cache can; else it ends by itself."""
        await self._tried(lambda: self._cache.unlock(key, holder), None)

    async def aclose(self) -> None:
        """Give up connections."""
        await self._cache.aclose()

    async def _tried(self, ask: Callable[[], Awaitable[_Result]], otherwise: _Result) -> _Result:
        if self._clock() < self._rests_until:
            return otherwise
        try:
            return await self._in_time(ask)
        except CacheUnavailableError as error:
            self._rests_until = self._clock() + self._rest_s
            self._on_failure(error)
            return otherwise

    async def _in_time(self, ask: Callable[[], Awaitable[_Result]]) -> _Result:
        try:
            async with asyncio.timeout(self._patience_s):
                return await ask()
        except TimeoutError as error:
            raise CacheUnavailableError(
                f"the cache took longer than {self._patience_s:g} s; see whether it is overloaded"
            ) from error
