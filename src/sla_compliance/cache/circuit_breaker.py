"""CircuitBreakerCache: a failing cache costs one time-out, not one a request, and never an answer."""
################################################################
# A failure, or an answer later than the time-out, opens the circuit. While it is
# open the cache is not called: reads return nothing, writes are dropped, locks
# are granted. After that the next call tries the cache again.
#
# Deleting is different. It is always tried, and its failure is raised: the
# caller must know that old values may still be there.
################################################################

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from time import monotonic
from typing import Final, TypeVar

from sla_compliance.cache.protocol import Cache
from sla_compliance.errors import CacheUnavailableError

TIMEOUT_S: Final = 0.5
OPEN_S: Final = 5.0

_Result = TypeVar("_Result")


class CircuitBreakerCache:
    """A Cache around another one that may be down, slow or full."""

    def __init__(
        self,
        cache: Cache,
        *,
        timeout_s: float = TIMEOUT_S,
        open_s: float = OPEN_S,
        on_failure: Callable[[CacheUnavailableError], None] = lambda _: None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """Put a circuit breaker around a cache.

        Args:
            timeout_s: how long an answer may take.
            open_s: how long the cache is not called after a failure.
            on_failure: called with each failure that is not raised.
            clock: seconds that never go back.
        """
        self._cache = cache
        self._timeout_s = timeout_s
        self._open_s = open_s
        self._on_failure = on_failure
        self._clock = clock
        self._open_until = clock()

    async def get_many(self, keys: Sequence[str]) -> list[bytes | None]:
        """Return the value of each key; None for all of them where the cache fails."""
        absent: list[bytes | None] = [None] * len(keys)
        return await self._call_unless_open(lambda: self._cache.get_many(keys), absent)

    async def set_many(self, values: Mapping[str, bytes], *, lifetime_s: float) -> None:
        """Write some values if the cache can."""
        await self._call_unless_open(lambda: self._cache.set_many(values, lifetime_s=lifetime_s), None)

    async def delete_many(self, keys: Sequence[str]) -> None:
        """Delete some keys.

        Raises:
            CacheUnavailableError: the keys may still be there.
        """
        await self._call(lambda: self._cache.delete_many(keys))

    async def lock(self, key: str, holder: str, *, lifetime_s: float) -> bool:
        """Take a lock; it is granted where the cache fails, for then no process shares one."""
        return await self._call_unless_open(lambda: self._cache.lock(key, holder, lifetime_s=lifetime_s), True)

    async def unlock(self, key: str, holder: str) -> None:
        """Release a lock if the cache can; else it expires."""
        await self._call_unless_open(lambda: self._cache.unlock(key, holder), None)

    async def aclose(self) -> None:
        """Close connections."""
        await self._cache.aclose()

    async def _call_unless_open(self, call: Callable[[], Awaitable[_Result]], fallback: _Result) -> _Result:
        """Return the result of a call, or the fallback where the circuit is open or the call fails."""
        if self._clock() < self._open_until:
            return fallback
        try:
            return await self._call(call)
        except CacheUnavailableError as error:
            self._open_until = self._clock() + self._open_s
            self._on_failure(error)
            return fallback

    async def _call(self, call: Callable[[], Awaitable[_Result]]) -> _Result:
        try:
            async with asyncio.timeout(self._timeout_s):
                return await call()
        except TimeoutError as error:
            raise CacheUnavailableError(
                f"the cache took longer than {self._timeout_s:g} s; see whether it is overloaded"
            ) from error
