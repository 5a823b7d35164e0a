"""SourceReader: the alarms and exclusions of a tenant's window, and how many are read at once."""
################################################################
# One query reads the alarms of the window, widened by the margin of damping. A
# window that begins in the future needs none. Alarms come with their descriptive
# columns only where a targeted exclusion or a person needs them.
#
# Corrections are read with every fetch, so that no measurement misses one that was
# entered before it. The rows that they name come by their ids, whatever was fetched:
# a correction may move a row into the window, or make it qualify. Corrections that
# change nothing are no fact of a window; `unused_corrections` lists them.
#
# Time is monitored from when the tenant is, and from when the source's rows are
# complete: what a purge has taken is unknown, not up.
#
# Python computes one thing at a time. Threads that compute side by side are no
# faster, and together they keep the event loop from running: the cache seems to
# answer late, its circuit opens, and then every request needs a measurement. So
# one measurement is computed at a time, and few fetches run at once, since rows
# are read on the event loop. A fetch that hangs keeps its turn, though its caller has
# given it up: so a database that hangs holds no more connections than fetches.
################################################################

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import Final, ParamSpec, TypeVar

from sla_compliance.alarms import AlarmFilter
from sla_compliance.batch import AlarmBatch
from sla_compliance.calendars.exclusions import AnyExclusion, Exclusion, MaintenanceWindow
from sla_compliance.checks import integer
from sla_compliance.compliance import EvaluationArguments
from sla_compliance.corrected_batch import corrected_batch
from sla_compliance.corrections import Correction, UnusedCorrection
from sla_compliance.errors import InvalidTypeError
from sla_compliance.intervals import ALWAYS_END_US, ALWAYS_START_US, IntervalSet
from sla_compliance.inventory import Inventory
from sla_compliance.rows_by_id import with_rows_found
from sla_compliance.service.fetched_exclusions import fetched_exclusions
from sla_compliance.service.guarded_calls import GuardedCalls
from sla_compliance.service.observer import ServiceObserver, SeverityObserver
from sla_compliance.service.queries import Subject, Window
from sla_compliance.sources.protocol import (
    AsyncAlarmSource,
    AsyncDetailedAlarmSource,
    AsyncReadsCompleteSince,
    AsyncSupportsAncestors,
    AsyncSupportsCorrections,
    AsyncSupportsInventory,
    AsyncSupportsRowsById,
    CountsUnrecognizedSeverities,
    ExclusionSource,
    SupportsCompleteSince,
)
from sla_compliance.units import MAX_US, MIN_US, moment

MAX_CONCURRENT_FETCHES: Final = 4

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")
_Fetch = Callable[[str, int, int, AlarmFilter], Awaitable[AlarmBatch]]


@dataclass(frozen=True, slots=True)
class ConcurrencyLimits:
    """How much one process fetches and computes at once.

    Attributes:
        fetches: to be held while rows are fetched.
    """

    fetches: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(MAX_CONCURRENT_FETCHES))
    _computation: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def compute(
        self, work: Callable[_Arguments, _Result], *args: _Arguments.args, **kwargs: _Arguments.kwargs
    ) -> _Result:
        """Return the result of `work`, run in a thread while no other computation runs."""
        async with self._computation:
            return await asyncio.to_thread(work, *args, **kwargs)


@dataclass(frozen=True, slots=True)
class SourceReader:
    """Reads the facts of a window.

    Attributes:
        source: of alarms.
        exclusion_source: of maintenance and exclusions besides those in the settings; None: there are no others.
        inventory_source: of inventories; None: there are none.
        correction_source: of corrections; None: there are none.
        calls: of all of these; the wait for a free fetch is a part of a call.
        observer: called for each query.
        limits: how much is fetched and computed at once.
    """

    source: AsyncAlarmSource
    exclusion_source: ExclusionSource | None
    inventory_source: AsyncSupportsInventory | None
    correction_source: AsyncSupportsCorrections | None
    calls: GuardedCalls
    observer: ServiceObserver
    limits: ConcurrencyLimits = field(default_factory=ConcurrencyLimits)

    async def complete_since_us(self, tenant_id: str) -> int:
        """Return the instant from which on no row is missing, microseconds.

        Raises:
            InvalidTypeError: the source says something else than an int or None.
            TimeoutError: a source that looks at its rows takes too long. Its own errors come through as they are.
        """
        source = self.source
        if not isinstance(source, AsyncReadsCompleteSince):
            return self.purged_until_us(tenant_id)
        return _checked_since_us(await self._call(tenant_id, lambda: source.read_complete_since(tenant_id)))

    async def _call(self, tenant_id: str, work: Callable[[], Awaitable[_Result]]) -> _Result:
        """Return the result of a call of a source, made in its turn."""

        async def work_in_turn() -> _Result:
            async with self.limits.fetches:
                return await work()

        return await self.calls.call(tenant_id, work_in_turn)

    def purged_until_us(self, tenant_id: str) -> int:
        """Return the same as far as the source knows without looking at its rows, and never earlier.

        Raises:
            InvalidTypeError: the source says something else than an int or None.
        """
        source = self.source
        return _checked_since_us(
            source.complete_since(tenant_id) if isinstance(source, SupportsCompleteSince) else None
        )

    async def arguments(self, window: Window) -> EvaluationArguments:
        """Return the arguments of `evaluate` for a window, other than the alarms."""
        subject, settings = window.subject, window.subject.settings
        exclusions = await self.exclusions(window)
        since_us = max(settings.monitored_since_us, await self.complete_since_us(subject.tenant_id))
        return EvaluationArguments(
            start=moment(window.start_us),
            end=moment(window.end_us),
            zone=settings.zone,
            as_of=moment(subject.as_of_us),
            policy=settings.policy,
            maintenance=[exclusion for exclusion in exclusions if isinstance(exclusion, MaintenanceWindow)],
            exclusions=[exclusion for exclusion in exclusions if isinstance(exclusion, Exclusion)],
            service_hours=settings.service_hours,
            in_service=settings.in_service,
            monitored=IntervalSet((since_us,), (ALWAYS_END_US,)),
            monitor_gap=settings.monitor_gap,
        )

    async def exclusions(self, window: Window) -> Sequence[AnyExclusion]:
        """Return the maintenance and exclusions that may meet the window's reach.

        Where the rules of planned work look back, from the start of the period in which the reach begins, or of an
        earlier one that maintenance reaches over from.

        Raises:
            TimeoutError: their source takes too long. Its own errors come through as they are.
        """
        if self.exclusion_source is None:
            return window.subject.settings.exclusions
        source = self.exclusion_source
        fetched = await self._call(window.subject.tenant_id, lambda: fetched_exclusions(source, window))
        return (*window.subject.settings.exclusions, *fetched)

    async def inventory(self, tenant_id: str) -> Inventory | None:
        """Return what the tenant has; None where there is no source of inventories.

        Raises:
            TimeoutError: the source takes too long. Its own errors come through as they are.
        """
        if self.inventory_source is None:
            return None
        return await self.inventory_source.inventory(tenant_id)

    async def corrections(self, tenant_id: str) -> Sequence[Correction]:
        """Return the corrections of the tenant's rows.

        Raises:
            TimeoutError: their source takes too long. Its own errors come through as they are.
        """
        source = self.correction_source
        if source is None:
            return ()
        return await self._call(tenant_id, lambda: source.corrections(tenant_id))

    async def rows_with_ids(self, tenant_id: str, row_ids: Collection[str]) -> AlarmBatch:
        """Return the rows with these ids and their ancestors as the source has them, not corrected; one query.

        Raises:
            InvalidTypeError: the source cannot find rows by their ids. Others as `alarms`.
        """
        source = self.source
        if not isinstance(source, AsyncSupportsRowsById):
            kind = type(source).__name__
            raise InvalidTypeError(f"source is a {kind} without fetch_by_ids, which corrections need", field="source")
        return await self._call(tenant_id, lambda: source.fetch_by_ids(tenant_id, row_ids))

    async def unused_corrections(self, tenant_id: str) -> tuple[UnusedCorrection, ...]:
        """Return the corrections that change nothing, and why; errors as `rows_with_ids`."""
        corrections = await self.corrections(tenant_id)
        if not corrections:
            return ()
        rows = await self.rows_with_ids(tenant_id, _row_ids(corrections))
        return corrected_batch(rows, corrections).unused_corrections

    async def alarms(self, window: Window, arguments: EvaluationArguments, *, whole_rows: bool) -> AlarmBatch:
        """Return the alarms that an evaluation of the window needs, corrected.

        One query, or none where the window is in the future; two and a query for corrections where there are any.

        Args:
            arguments: of that evaluation; they say how far back rows are needed, and whether their parents are.
            whole_rows: with every descriptive column.

        Raises:
            TimeoutError: the source takes too long. Its own errors come through as they are.
        """
        subject, source = window.subject, self.source
        if window.start_us >= subject.as_of_us:
            return AlarmBatch()
        corrections = await self.corrections(subject.tenant_id)
        fetch = source.fetch
        if arguments.needs_ancestors and isinstance(source, AsyncSupportsAncestors):
            fetch = source.fetch_with_ancestors
        elif (whole_rows or corrections) and isinstance(source, AsyncDetailedAlarmSource):
            fetch = source.fetch_details
        start_us, end_us = window.reach_us
        first_us = min(start_us, arguments.rows_needed_from_us(arguments.start_us))
        batch = await self._fetched(fetch, subject, first_us, end_us)
        return await self._corrected(subject.tenant_id, batch, corrections, first_us, end_us)

    async def _corrected(
        self, tenant_id: str, batch: AlarmBatch, corrections: Sequence[Correction], start_us: int, end_us: int
    ) -> AlarmBatch:
        """Return a batch with corrections in its rows, and the corrected rows that it lacks."""
        if not corrections:
            return batch
        row_ids = _row_ids(corrections)
        rows = await self.rows_with_ids(tenant_id, row_ids)
        # All rows of an id together: which of them a correction means depends on the others.
        corrected = corrected_batch(with_rows_found(batch, rows, row_ids), corrections)
        rows_of_window = tuple(row for row in corrected.corrected if row.start_us <= end_us and row.end_us >= start_us)
        return replace(corrected, corrected=rows_of_window, unused_corrections=())

    async def rows_between(self, subject: Subject, start_us: int, end_us: int) -> AlarmBatch:
        """Return the rows that may meet [start_us, end_us), in full and not corrected; errors as `alarms`."""
        source = self.source
        fetch = source.fetch_details if isinstance(source, AsyncDetailedAlarmSource) else source.fetch
        return await self._fetched(fetch, subject, max(MIN_US, start_us), min(MAX_US, end_us))

    async def _fetched(self, fetch: _Fetch, subject: Subject, start_us: int, end_us: int) -> AlarmBatch:
        tenant_id = subject.tenant_id

        async def observed_fetch() -> AlarmBatch:
            start_s = perf_counter()
            try:
                return await fetch(tenant_id, start_us, end_us, subject.policy.qualifying)
            finally:
                self.observer.queried(tenant_id, seconds=perf_counter() - start_s)
                self._report_severities(tenant_id)

        return await self._call(tenant_id, observed_fetch)

    def _report_severities(self, tenant_id: str) -> None:
        """Tell observers how many rows of unrecognized severity the source has counted."""
        if isinstance(self.source, CountsUnrecognizedSeverities) and isinstance(self.observer, SeverityObserver):
            rows = self.source.unrecognized_severity_rows(tenant_id)
            if rows is not None:
                self.observer.severities_counted(tenant_id, unrecognized_rows=rows)


def _row_ids(corrections: Iterable[Correction]) -> frozenset[str]:
    """Return the ids of the rows that corrections name."""
    return frozenset(str(correction.row_id) for correction in corrections)


def _checked_since_us(since_us: object) -> int:
    if since_us is None:
        return ALWAYS_START_US
    return integer(since_us, "complete_since", "microseconds since 1970 as an int, or None")
