"""A cache shared by processes: Redis or Valkey, through cashews."""
################################################################
# Bytes in, bytes out: nothing that is read is ever unpickled. cashews brings the
# pool, the lock and its release by its holder alone; its decorators are not used
# (see day_cache.py).
#
# Failures are neither hidden here nor waited for: short time-outs, no retries. That
# all connections are in use is another matter than a failure of the cache: the wait
# for one is shorter than that for an answer, and its error has a class of its own.
################################################################

from __future__ import annotations

import warnings
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Final

from sla_compliance.errors import CacheBusyError, CacheUnavailableError, requires_extra

with requires_extra("redis", __name__):
    from cashews import Cache as Cashews
    from cashews.exceptions import CacheError
    from redis.asyncio.retry import Retry
    from redis.backoff import NoBackoff
    from redis.exceptions import RedisError

TIME_OUT_S: Final = 2.0
"""The service waits less (see circuit_breaker.py); this is for those who use the cache by itself."""
MAX_CONNECTIONS: Final = 64
"""As many as the endpoint's requests at once: each needs one at a time."""
_CONNECTION_WAIT_S: Final = 0.1
_NO_CONNECTION: Final = "No connection available."
"""The words of redis-py where none became free; a test against a real server holds them."""


class RedisCache:
    """A Cache in Redis or Valkey, for one event loop."""

    def __init__(self, url: str, *, time_out_s: float = TIME_OUT_S, max_connections: int = MAX_CONNECTIONS) -> None:
        """Keep the address; no connection is made yet.

        Args:
            url: e.g. "redis://127.0.0.1:6379/0".
            time_out_s: how long to connect, or to wait for an answer.
            max_connections: how many at once; a call waits for a free one for 0.1 s at most.
        """
        self._cashews = Cashews()
        self._cashews.setup(
            url,
            pickle_type="null",
            check_repr=False,
            suppress=False,
            max_connections=max_connections,
            socket_timeout=time_out_s,
            socket_connect_timeout=time_out_s,
            wait_for_connection_timeout=_CONNECTION_WAIT_S,
            retry=Retry(NoBackoff(), 0),
        )

    async def get_many(self, keys: Sequence[str]) -> list[bytes | None]:
        """Return the value of each key; one MGET. A value of another type counts as absent."""
        async with _as_unavailable():
            values = await self._cashews.get_many(*keys)
        return [value if isinstance(value, bytes) else None for value in values]

    async def set_many(self, values: Mapping[str, bytes], *, lifetime_s: float) -> None:
        """Write some values; one pipeline."""
        async with _as_unavailable():
            await self._cashews.set_many(values, expire=lifetime_s)

    async def delete_many(self, keys: Sequence[str]) -> None:
        """Delete some keys; one UNLINK."""
        async with _as_unavailable():
            await self._cashews.delete_many(*keys)

    async def lock(self, key: str, holder: str, *, lifetime_s: float) -> bool:
        """Take a lock; return whether it was free."""
        async with _as_unavailable():
            return bool(await self._cashews.set_lock(key, holder, expire=lifetime_s))

    async def unlock(self, key: str, holder: str) -> None:
        """Release a lock, if it is still the holder's."""
        async with _as_unavailable():
            await self._cashews.unlock(key, holder)

    async def aclose(self) -> None:
        """Close the connections."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # cashews calls the client's old close()
            await self._cashews.close()


@asynccontextmanager
async def _as_unavailable() -> AsyncIterator[None]:
    """Raise every failure of Redis as what it is to callers: a cache that is unavailable."""
    try:
        yield
    except (CacheError, RedisError, OSError) as error:
        reason = error.__cause__ or error
        if str(reason) == _NO_CONNECTION:
            raise CacheBusyError("all connections to Redis are in use; see RedisCache(max_connections=)") from error
        raise CacheUnavailableError(f"Redis does not answer or refuses: {reason}; see whether it is up") from error
