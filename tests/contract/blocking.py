"""An async source seen as a sync one, so that one contract serves both."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import Protocol

from sla_compliance.alarms import AlarmFilter
from sla_compliance.batch import AlarmBatch
from sla_compliance.sources.protocol import (
    EVERY_QUALIFYING,
    AsyncAlarmSource,
    AsyncDetailedAlarmSource,
    AsyncSupportsAncestors,
    AsyncSupportsRowsById,
)


class AsyncDetailedSource(
    AsyncAlarmSource, AsyncDetailedAlarmSource, AsyncSupportsAncestors, AsyncSupportsRowsById, Protocol
):
    """An async source that also drills down, to parents too, and finds rows by their ids."""


class Blocking:
    """Runs each question on one event loop."""

    def __init__(self, source: AsyncDetailedSource, runner: asyncio.Runner) -> None:
        self._source = source
        self._runner = runner

    def fetch(self, tenant_id: str, start_us: int, end_us: int, wanted: AlarmFilter = EVERY_QUALIFYING) -> AlarmBatch:
        """Return what the async source does."""
        return self._runner.run(self._source.fetch(tenant_id, start_us, end_us, wanted))

    def fetch_details(
        self, tenant_id: str, start_us: int, end_us: int, wanted: AlarmFilter = EVERY_QUALIFYING
    ) -> AlarmBatch:
        """Return what the async source does."""
        return self._runner.run(self._source.fetch_details(tenant_id, start_us, end_us, wanted))

    def fetch_with_ancestors(
        self, tenant_id: str, start_us: int, end_us: int, wanted: AlarmFilter = EVERY_QUALIFYING
    ) -> AlarmBatch:
        """Return what the async source does."""
        return self._runner.run(self._source.fetch_with_ancestors(tenant_id, start_us, end_us, wanted))

    def fetch_by_ids(self, tenant_id: str, row_ids: Collection[str]) -> AlarmBatch:
        """Return what the async source does."""
        return self._runner.run(self._source.fetch_by_ids(tenant_id, row_ids))
