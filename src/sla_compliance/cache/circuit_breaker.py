"""CircuitBreakerCache: a failing cache costs one time-out, not one a request, and never an answer."""
################################################################
# A failure, or an answer later than the time-out, opens the circuit. While it is
# open the cache is not called: reads return nothing, writes are dropped, locks
# are granted. After that one call tries the cache again, while the others still do
# without it; its caller waits for a fifth of the time-out only. The first failure opens
# the circuit for a short time, each further one for twice as long, up to a bound: one
# late answer costs little. A cache whose connections are all in use has not failed:
# that call does without it, and the circuit stays closed.
#
# Deleting is different. It is always tried, and its failure is raised: the
# caller must know that old values may still be there.
#
# Unlocking is different too. A lock that stays behind would hold up all processes, so
# it is released even while the circuit is open, in the background, until that succeeds
# or the lock has expired. A lock whose answer came late may have been taken all the
# same, and is released too. One that was granted without the cache needs nothing.
################################################################

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from time import monotonic
from typing import Any, Final, TypeVar

from sla_compliance.cache.protocol import Cache
from sla_compliance.calls.timed import TimedCalls
from sla_compliance.errors import CacheBusyError, CacheUnavailableError

TIMEOUT_S: Final = 0.5
OPEN_S: Final = 5.0
FIRST_SHARE_OF_OPEN: Final = 1 / 8
PROBE_WAIT_SHARE: Final = 1 / 5
RELEASE_EVERY_S: Final = 0.5

_Result = TypeVar("_Result")
_Lock = tuple[str, str]
"""The key and the holder of a lock."""


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
            open_s: how long the cache is not called after several failures; after the first one an eighth of it.
            on_failure: called with each failure that is not raised.
            clock: seconds that never go back.
        """
        self._cache = cache
        self._timeout_s = timeout_s
        self._calls = TimedCalls("the cache", timeout_s)
        self._open_s = open_s
        self._on_failure = on_failure
        self._clock = clock
        self._open_until: float | None = None  # None: the last call succeeded
        self._next_open_s = open_s * FIRST_SHARE_OF_OPEN
        self._probes: set[asyncio.Task[Any]] = set()
        self._expiry_of_lock: dict[_Lock, float] = {}  # locks that the cache may have, and when they expire
        self._to_release: set[_Lock] = set()
        self._releasing: asyncio.Task[None] | None = None

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
        lock = key, holder

        async def take() -> bool:
            # Noted before the call: a cache that answers too late may have taken the lock.
            self._expiry_of_lock[lock] = self._clock() + lifetime_s
            is_taken = await self._cache.lock(key, holder, lifetime_s=lifetime_s)
            if not is_taken:
                self._expiry_of_lock.pop(lock, None)
            return is_taken

        return await self._call_unless_open(take, True)

    async def unlock(self, key: str, holder: str) -> None:
        """Release a lock, in the background where the cache fails."""
        lock = key, holder
        if lock not in self._expiry_of_lock:
            return  # granted without the cache
        is_released = await self._call_unless_open(lambda: self._release(lock), False)
        if not is_released:
            self._release_later(lock)

    async def _release(self, lock: _Lock) -> bool:
        key, holder = lock
        await self._cache.unlock(key, holder)
        self._expiry_of_lock.pop(lock, None)
        return True

    def _release_later(self, lock: _Lock) -> None:
        self._to_release.add(lock)
        if self._releasing is None or self._releasing.done():
            self._releasing = asyncio.create_task(self._release_until_done())

    async def _release_until_done(self) -> None:
        """Release locks until all of them are released or have expired."""
        while self._to_release:
            lock = next(iter(self._to_release))
            if self._expiry_of_lock.get(lock, 0.0) <= self._clock():
                self._to_release.discard(lock)
                self._expiry_of_lock.pop(lock, None)
                continue
            try:
                # Twice: a cache that was hung may read the first one before the late request for the lock. Once the
                # first is answered, it has read all that was sent before.
                await self._call(partial(self._cache.unlock, *lock))
                await self._call(partial(self._release, lock))
                self._to_release.discard(lock)
            except CacheUnavailableError:
                await asyncio.sleep(RELEASE_EVERY_S)

    async def aclose(self) -> None:
        """Release the locks that are left, if the cache can, and close connections."""
        if self._releasing is not None:
            self._releasing.cancel()
        with suppress(CacheUnavailableError):
            for lock in tuple(self._expiry_of_lock):
                await self._call(partial(self._release, lock))
        await self._cache.aclose()

    async def _call_unless_open(self, call: Callable[[], Awaitable[_Result]], fallback: _Result) -> _Result:
        """Return the result of a call, or the fallback where the circuit is open or the call fails."""
        if self._open_until is None:
            return await self._attempt(call, fallback)
        if self._clock() < self._open_until:
            return fallback
        # This call finds out whether the cache is back. Until it has, the circuit stays open for the others.
        self._open_until = self._clock() + self._timeout_s
        probe = asyncio.create_task(self._attempt(call, fallback))
        self._probes.add(probe)  # the event loop holds tasks weakly
        probe.add_done_callback(self._probes.discard)
        await asyncio.wait({probe}, timeout=self._timeout_s * PROBE_WAIT_SHARE)
        return probe.result() if probe.done() else fallback

    async def _attempt(self, call: Callable[[], Awaitable[_Result]], fallback: _Result) -> _Result:
        """Return the result of a call, which closes the circuit; or the fallback where it fails, which opens it."""
        try:
            result = await self._call(call)
        except CacheBusyError as error:
            self._on_failure(error)
            return fallback
        except CacheUnavailableError as error:
            self._open_until = self._clock() + self._next_open_s
            self._next_open_s = min(self._open_s, 2 * self._next_open_s)
            self._on_failure(error)
            return fallback
        self._open_until, self._next_open_s = None, self._open_s * FIRST_SHARE_OF_OPEN
        return result

    async def _call(self, call: Callable[[], Awaitable[_Result]]) -> _Result:
        try:
            return await self._calls.make(call)
        except TimeoutError as error:
            raise CacheUnavailableError(str(error)) from error
