"""What a request from the cache asks of the database and of the cache, counted."""
################################################################
# The server of the cache counts its commands itself; a command is a round trip.
################################################################

from __future__ import annotations

import asyncio
from typing import Any, Final

from redis.asyncio import Redis

from sla_compliance.alarms import AlarmFilter
from sla_compliance.batch import AlarmBatch
from sla_compliance.cache.redis import RedisCache
from sla_compliance.samples import sample_provider
from sla_compliance.sources.memory import MemoryAlarmSource
from sla_compliance.sources.protocol import EVERY_QUALIFYING
from tests.benchmarks.bench_web import NOW, PATHS, app_over, get_in_process
from tests.servers import valkey

_PATH: Final = PATHS["90 days"]


class CountingAlarmSource(MemoryAlarmSource):
    """Alarms in memory; counts the queries for them."""

    query_count = 0

    def fetch(self, tenant_id: str, start_us: int, end_us: int, wanted: AlarmFilter = EVERY_QUALIFYING) -> AlarmBatch:
        """As of MemoryAlarmSource."""
        self.query_count += 1
        return super().fetch(tenant_id, start_us, end_us, wanted)


def measure_cache_counts() -> dict[str, float]:
    """Return what a cached request takes of queries and of round trips; nothing where no Valkey is installed."""
    binary = next(iter(valkey.installed_binaries().values()), None)
    if binary is None:
        return {}
    with valkey.running_valkey(binary) as server:
        return asyncio.run(_counts(server.url))


async def _counts(url: str) -> dict[str, float]:
    cache, client = RedisCache(url), Redis.from_url(url)
    source = CountingAlarmSource({"demo": sample_provider(NOW, tenant_id="demo").batch()})
    app = app_over(cache, source)
    try:
        await get_in_process(app, _PATH, {})
        queries, commands = source.query_count, await _commands(client)
        assert queries, "the first request was to fetch alarms"
        status, _, _ = await get_in_process(app, _PATH, {})
        assert status == 200
        commands_of_request = await _commands(client) - commands - 1  # without the first look at the counter
        return {"cached, queries": source.query_count - queries, "cached, round trips": commands_of_request}
    finally:
        await client.aclose()
        await cache.aclose()


async def _commands(client: Redis) -> int:
    counters: Any = await client.info("stats")
    return int(counters["total_commands_processed"])
