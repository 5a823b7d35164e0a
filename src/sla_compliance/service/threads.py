"""Sync sources for the async service: each call runs in a thread."""

from __future__ import annotations

import asyncio

from sla_compliance.alarms import AlarmFilter
from sla_compliance.batch import AlarmBatch
from sla_compliance.sources.protocol import EVERY_QUALIFYING, AlarmSource, DetailedAlarmSource, KnowsItsPast


class ThreadedAlarmSource:
    """An AlarmSource, awaited; see `to_async`."""

    def __init__(self, source: AlarmSource) -> None:
        """Keep the source."""
        self._source = source

    def complete_since(self, tenant_id: str) -> int | None:
        """Return what the source says of its past; None where it says nothing."""
        return self._source.complete_since(tenant_id) if isinstance(self._source, KnowsItsPast) else None

    async def fetch(
        self, tenant_id: str, start_us: int, end_us: int, wanted: AlarmFilter = EVERY_QUALIFYING
    ) -> AlarmBatch:
        """Return what the source returns."""
        return await asyncio.to_thread(self._source.fetch, tenant_id, start_us, end_us, wanted)

    async def fetch_details(
        self, tenant_id: str, start_us: int, end_us: int, wanted: AlarmFilter = EVERY_QUALIFYING
    ) -> AlarmBatch:
        """Return the same with every descriptive column; a source that cannot tell the two apart has them anyway."""
        source = self._source
        fetch = source.fetch_details if isinstance(source, DetailedAlarmSource) else source.fetch
        return await asyncio.to_thread(fetch, tenant_id, start_us, end_us, wanted)


def to_async(source: AlarmSource) -> ThreadedAlarmSource:
    """Return a sync source for the async service; each query runs in a thread of its own.

    A query that takes longer than the service waits goes on in its thread: give the engine a time-out too.
    """
    return ThreadedAlarmSource(source)
