"""A cache shared by processes: Redis or Valkey."""
################################################################
# Bytes in, bytes out: nothing that is read is ever unpickled. A lock is released by its
# holder alone: a script compares and deletes in one step.
#
# Failures are neither hidden here nor waited for: short time-outs, no retries. That
# all connections are in use is another matter than a failure of the cache: the wait
# for one is shorter than that for an answer, and its error has a class of its own.
################################################################

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

from sla_compliance.errors import CacheBusyError, CacheUnavailableError, requires_extra

with requires_extra("redis", __name__):
    from redis.asyncio import BlockingConnectionPool, Redis
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
_RELEASE: Final = """
if redis.call('get', KEYS[1]) == ARGV[1] then
    return redis.call('del', KEYS[1])
end
return 0
"""


class RedisCache:
    """A Cache in Redis or Valkey, for one event loop."""

    def __init__(self, url: str, *, time_out_s: float = TIME_OUT_S, max_connections: int = MAX_CONNECTIONS) -> None:
        """Keep the address; no connection is made yet.

        Args:
            url: e.g. "redis://127.0.0.1:6379/0".
            time_out_s: how long to connect, or to wait for an answer.
            max_connections: how many at once; a call waits for a free one for 0.1 s at most.

        Raises:
            ValueError: redis-py cannot read the URL.
        """
        pool = BlockingConnectionPool.from_url(
            url,
            max_connections=max_connections,
            timeout=_CONNECTION_WAIT_S,
            socket_timeout=time_out_s,
            socket_connect_timeout=time_out_s,
            retry=Retry(NoBackoff(), 0),
        )
        self._client: Any = Redis.from_pool(pool)  # its own types know commands as both sync and async
        self._release = self._client.register_script(_RELEASE)

    async def get_many(self, keys: Sequence[str]) -> list[bytes | None]:
        """Return the value of each key; one MGET. A value of another type counts as absent."""
        if not keys:
            return []
        with _as_unavailable():
            # As bytes: redis-py looks at every other kind of key for longer than it takes to encode it.
            values: list[bytes | None] = await self._client.mget([key.encode() for key in keys])
        return values

    async def set_many(self, values: Mapping[str, bytes], *, lifetime_s: float) -> None:
        """Write some values; one transaction."""
        lifetime_ms = _milliseconds(lifetime_s)
        with _as_unavailable():
            async with self._client.pipeline() as pipeline:
                for key, value in values.items():
                    pipeline.set(key, value, px=lifetime_ms)
                await pipeline.execute()

    async def delete_many(self, keys: Sequence[str]) -> None:
        """Delete some keys; one UNLINK."""
        if not keys:
            return
        with _as_unavailable():
            await self._client.unlink(*keys)

    async def lock(self, key: str, holder: str, *, lifetime_s: float) -> bool:
        """Take a lock; return whether it was free."""
        with _as_unavailable():
            return bool(await self._client.set(key, holder, px=_milliseconds(lifetime_s), nx=True))

    async def unlock(self, key: str, holder: str) -> None:
        """Release a lock, if it is still the holder's."""
        with _as_unavailable():
            await self._release(keys=[key], args=[holder])

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()


def _milliseconds(lifetime_s: float) -> int:
    """Return a lifetime as Redis takes it: whole milliseconds, at least one."""
    return max(1, int(lifetime_s * 1000))


@contextmanager
def _as_unavailable() -> Iterator[None]:
    """Raise every failure of Redis as what it is to callers: a cache that is unavailable."""
    try:
        yield
    except (RedisError, OSError) as error:
        if str(error) == _NO_CONNECTION:
            raise CacheBusyError("all connections to Redis are in use; see RedisCache(max_connections=)") from error
        raise CacheUnavailableError(f"Redis does not answer or refuses: {error}; see whether it is up") from error
