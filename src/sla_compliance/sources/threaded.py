"""Sync sources, awaited: each call runs in a thread."""
################################################################
# Each source has a few threads of its own. A call that takes longer than the service
# waits goes on in its thread: give the engine behind it a time-out too. A source
# whose threads all hang fails; other sources and the service go on.
################################################################

from __future__ import annotations

from collections.abc import Collection, Sequence

from sla_compliance.alarms import AlarmFilter
from sla_compliance.batch import AlarmBatch
from sla_compliance.calendars.exclusions import AnyExclusion
from sla_compliance.calls.worker_threads import WorkerThreads
from sla_compliance.corrections import Correction
from sla_compliance.errors import InvalidTypeError
from sla_compliance.inventory import Inventory
from sla_compliance.sources.protocol import (
    EVERY_QUALIFYING,
    AlarmSource,
    CountsUnrecognizedSeverities,
    DetailedAlarmSource,
    ReadsCompleteSince,
    SupportsAncestors,
    SupportsCompleteSince,
    SupportsCorrections,
    SupportsInventory,
    SupportsRowsById,
    SupportsSampleFlag,
    SyncExclusionSource,
)


class ThreadedAlarmSource:
    """An AlarmSource, awaited; see `to_async`."""

    def __init__(self, source: AlarmSource) -> None:
        """Keep the source; no thread is started yet."""
        self._source = source
        self._threads = WorkerThreads(_name(source))

    @property
    def is_sample(self) -> bool:
        """Whether the source says that its alarms are made up."""
        return isinstance(self._source, SupportsSampleFlag) and self._source.is_sample

    def complete_since(self, tenant_id: str) -> int | None:
        """Return what the source says of its past; None where it says nothing."""
        return self._source.complete_since(tenant_id) if isinstance(self._source, SupportsCompleteSince) else None

    async def read_complete_since(self, tenant_id: str) -> int | None:
        """Return the same, where the source has to look at its rows for it."""
        if isinstance(self._source, ReadsCompleteSince):
            return await self._threads.run(self._source.read_complete_since, tenant_id)
        return self.complete_since(tenant_id)

    def unrecognized_severity_rows(self, tenant_id: str) -> int | None:
        """Return what the source has counted; None where it does not count."""
        source = self._source
        return (
            source.unrecognized_severity_rows(tenant_id) if isinstance(source, CountsUnrecognizedSeverities) else None
        )

    async def fetch(
        self, tenant_id: str, start_us: int, end_us: int, wanted: AlarmFilter = EVERY_QUALIFYING
    ) -> AlarmBatch:
        """Return what the source returns."""
        return await self._threads.run(self._source.fetch, tenant_id, start_us, end_us, wanted)

    async def fetch_details(
        self, tenant_id: str, start_us: int, end_us: int, wanted: AlarmFilter = EVERY_QUALIFYING
    ) -> AlarmBatch:
        """Return the same with every descriptive column; a source that cannot tell the two apart has them anyway."""
        source = self._source
        fetch = source.fetch_details if isinstance(source, DetailedAlarmSource) else source.fetch
        return await self._threads.run(fetch, tenant_id, start_us, end_us, wanted)

    async def fetch_with_ancestors(
        self, tenant_id: str, start_us: int, end_us: int, wanted: AlarmFilter = EVERY_QUALIFYING
    ) -> AlarmBatch:
        """Return the same with the ancestors of its rows, where the source tells them apart."""
        source = self._source
        if not isinstance(source, SupportsAncestors):
            return await self.fetch_details(tenant_id, start_us, end_us, wanted)
        return await self._threads.run(source.fetch_with_ancestors, tenant_id, start_us, end_us, wanted)

    async def fetch_by_ids(self, tenant_id: str, row_ids: Collection[str]) -> AlarmBatch:
        """Return what the source returns.

        Raises:
            InvalidTypeError: it cannot find rows by their ids.
        """
        if not isinstance(self._source, SupportsRowsById):
            kind = type(self._source).__name__
            raise InvalidTypeError(f"source is a {kind} without fetch_by_ids, which corrections need", field="source")
        return await self._threads.run(self._source.fetch_by_ids, tenant_id, row_ids)


class ThreadedExclusionSource:
    """A sync source of exclusions, awaited."""

    def __init__(self, source: SyncExclusionSource) -> None:
        """Keep the source; no thread is started yet."""
        self._source = source
        self._threads = WorkerThreads(_name(source))

    async def fetch(self, tenant_id: str, start_us: int, end_us: int) -> Sequence[AnyExclusion]:
        """Return what the source returns."""
        return await self._threads.run(self._source.fetch, tenant_id, start_us, end_us)


class ThreadedInventorySource:
    """A sync source of inventories, awaited."""

    def __init__(self, source: SupportsInventory) -> None:
        """Keep the source; no thread is started yet."""
        self._source = source
        self._threads = WorkerThreads(_name(source))

    async def inventory(self, tenant_id: str) -> Inventory:
        """Return what the source returns."""
        return await self._threads.run(self._source.inventory, tenant_id)


class ThreadedCorrectionSource:
    """A sync source of corrections, awaited."""

    def __init__(self, source: SupportsCorrections) -> None:
        """Keep the source; no thread is started yet."""
        self._source = source
        self._threads = WorkerThreads(_name(source))

    async def corrections(self, tenant_id: str) -> Sequence[Correction]:
        """Return what the source returns."""
        return await self._threads.run(self._source.corrections, tenant_id)


def _name(source: object) -> str:
    return f"source {type(source).__name__}"


def to_async(source: AlarmSource) -> ThreadedAlarmSource:
    """Return a sync source of alarms for the async service; at most 8 of its calls run at once."""
    return ThreadedAlarmSource(source)


def exclusions_to_async(source: SyncExclusionSource) -> ThreadedExclusionSource:
    """Return a sync source of maintenance and exclusions for the async service."""
    return ThreadedExclusionSource(source)


def inventories_to_async(source: SupportsInventory) -> ThreadedInventorySource:
    """Return a sync source of inventories for the async service."""
    return ThreadedInventorySource(source)


def corrections_to_async(source: SupportsCorrections) -> ThreadedCorrectionSource:
    """Return a sync source of corrections for the async service."""
    return ThreadedCorrectionSource(source)
