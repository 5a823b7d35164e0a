"""DayReader: the days of a query, from cache, store or source, measured once for all who need them."""
################################################################
#     query --> cache --> lock (of all processes) --> store --> source --> cache
#
# Fresh days come from the cache. The missing ones are measured by one task of a
# process and one process of all: a single flight, and a lock in the cache. Days
# to be refreshed are measured in the background, by one process of all, while the
# cached ones are served.
#
# A stored day is taken while it includes every reported change. Where it does
# not, it is taken only once rows that a new measurement would need are purged:
# then nothing better can be had. All other days are measured over one window,
# with one query.
#
# Where the facts cannot be read, stale days are served and marked as outdated;
# where there are none, the error comes through.
################################################################

from __future__ import annotations

import asyncio
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sla_compliance.batch import AlarmBatch
from sla_compliance.cache.day_cache import CacheLookup, DayCache
from sla_compliance.compliance import EvaluationArguments
from sla_compliance.intervals import ALWAYS_START_US
from sla_compliance.ledger import CellLengths
from sla_compliance.measured import DayKey, MeasuredDay
from sla_compliance.report import ComplianceReport
from sla_compliance.service.answers import Provenance
from sla_compliance.service.observer import ServiceObserver
from sla_compliance.service.queries import DaysQuery, Span, Subject, Window
from sla_compliance.service.single_flight import SingleFlight
from sla_compliance.service.source_reader import SourceReader
from sla_compliance.stores.protocol import DayStore

_Day = TypeVar("_Day", bound=Hashable)

SourcedDays = Mapping[DayKey, tuple[MeasuredDay, Provenance]]
"""Days, each with where it came from."""


class DayReader:
    """Reads days from the cache, and from an evaluator where the cache lacks them."""

    def __init__(self, cache: DayCache, evaluator: DayEvaluator, observer: ServiceObserver) -> None:
        """Put the parts together."""
        self._cache = cache
        self._evaluator = evaluator
        self._observer = observer
        self._flights: SingleFlight[SourcedDays] = SingleFlight()

    async def read(self, query: DaysQuery) -> SourcedDays:
        """Return the days of a query."""
        lookup = await self._lookup(query, query.started_keys)
        if lookup.to_refresh:
            self._start_refresh(query, lookup.to_refresh)
        cached_days = {key: (day, Provenance.CACHE) for key, day in lookup.fresh.items()}
        missing_keys = tuple(key for key in query.spans if key not in cached_days)
        if not missing_keys:
            return cached_days
        return {**cached_days, **await self._share_measurement(query, missing_keys, lookup)}

    async def _lookup(self, query: DaysQuery, keys: Collection[DayKey]) -> CacheLookup:
        return await self._cache.lookup(tuple(keys), query.subject.policy, query.subject.as_of_us)

    async def _share_measurement(
        self, query: DaysQuery, missing_keys: tuple[DayKey, ...], lookup: CacheLookup
    ) -> SourcedDays:
        """Return missing days, measured once for all callers who miss them in the same state of the facts."""
        # A change of facts deletes tokens. So callers from before and after a change never share a task.
        tokens = tuple(lookup.tokens.get(key) for key in missing_keys)
        task = self._flights.task((missing_keys, tokens), lambda: self._measure_locked(query, missing_keys))
        await asyncio.wait({task})
        error = task.exception()
        if error is not None and lookup.stale.keys() >= set(missing_keys):
            self._observer.failed("source", error)
            return {key: (lookup.stale[key], Provenance.OUTDATED) for key in missing_keys}
        return task.result()

    async def _measure_locked(self, query: DaysQuery, missing_keys: tuple[DayKey, ...]) -> SourcedDays:
        """Return missing days: from the cache what another process has measured meanwhile, the others measured."""
        # Where the lock times out, its holder is slow or was killed: then both measure, which does no harm.
        async with self._cache.locked(missing_keys[0]):
            lookup = await self._lookup(query, query.started_keys)
            cached_days = {key: (lookup.fresh[key], Provenance.CACHE) for key in missing_keys if key in lookup.fresh}
            keys_to_measure = [key for key in missing_keys if key not in cached_days]
            return {**cached_days, **await self._measure(query, keys_to_measure, lookup)}

    async def _measure(self, query: DaysQuery, keys: Collection[DayKey], lookup: CacheLookup) -> SourcedDays:
        """Return days from the store or the source, and write those that have begun into the cache."""
        cacheable_keys = set(query.started_keys).intersection(keys)
        # Tokens first, then the facts: a change in between deletes the token, and the entry never counts.
        tokens = await self._cache.tokens_for(cacheable_keys, lookup.tokens)
        days = await self._evaluator.days(query, keys)
        cacheable_days = {key: day for key, (day, _) in days.items() if key in cacheable_keys}
        await self._cache.write(cacheable_days, tokens, query.subject.as_of_us)
        return days

    def _start_refresh(self, query: DaysQuery, keys: tuple[DayKey, ...]) -> None:
        task = self._flights.task(("refresh", keys), lambda: self._refresh(query, keys))
        task.add_done_callback(self._report_failed_refresh)

    async def _refresh(self, query: DaysQuery, keys: tuple[DayKey, ...]) -> SourcedDays:
        """Measure days that are nearly stale, unless another process holds the lock or has done it."""
        async with self._cache.locked(keys[0], timeout_s=0) as is_held:
            if not is_held:
                return {}
            lookup = await self._lookup(query, keys)
            keys_to_measure = [key for key in keys if key in lookup.to_refresh or key in lookup.missing]
            return await self._measure(query, keys_to_measure, lookup)

    def _report_failed_refresh(self, task: asyncio.Task[SourcedDays]) -> None:
        if task.cancelled():
            return
        error = task.exception()
        if error is not None:
            self._observer.failed("refresh", error)

    def forget_running(self) -> None:
        """Let no later query share a measurement under way: the facts have changed."""
        self._flights.forget_all()

    async def aclose(self) -> None:
        """Cancel what is under way."""
        await self._flights.aclose()


@dataclass(frozen=True, slots=True)
class DayEvaluator:
    """Measures days, or takes them from the store.

    Attributes:
        reader: of alarms and exclusions.
        store: of closed days; None: there is none.
    """

    reader: SourceReader
    store: DayStore | None

    async def days(self, query: DaysQuery, keys: Collection[DayKey]) -> SourcedDays:
        """Return some days of a query, from the store where it has them."""
        stored_days = await self._stored_days(query, keys)
        spans = query.spans_of(key for key in keys if key not in stored_days)
        measured_days = await self.evaluate(query.subject, spans)
        return {
            **{key: (day, Provenance.STORE) for key, day in stored_days.items()},
            **{key: (day, Provenance.SOURCE) for key, day in measured_days.items()},
        }

    async def _stored_days(self, query: DaysQuery, keys: Collection[DayKey]) -> dict[DayKey, MeasuredDay]:
        closed_keys = [key for key in query.closed_keys if key in keys]
        if self.store is None or not closed_keys:
            return {}
        stored_days = await self.store.days(closed_keys)
        outdated_spans = {
            key: (stored.day.start_us, stored.day.end_us)
            for key, stored in stored_days.items()
            if not stored.is_current
        }
        measurable_keys = await self.restatable_days(query.subject, outdated_spans)
        return {key: stored.day for key, stored in stored_days.items() if key not in measurable_keys}

    async def complete_days(self, subject: Subject, spans: Mapping[_Day, Span]) -> set[_Day]:
        """Return those of some days of which no row is missing that a measurement needs.

        Args:
            spans: start and end of each day.
        """
        since_us = await self.reader.complete_since_us(subject.tenant_id) if spans else ALWAYS_START_US
        return await self._days_after(subject, spans, since_us)

    async def restatable_days(self, subject: Subject, spans: Mapping[_Day, Span]) -> set[_Day]:
        """Return those of some stored days that a change may rewrite: no purge can have come to a row of theirs.

        A purge may report each row that it deletes while older ones are still there, so these prove nothing here.

        Args:
            spans: start and end of each day.
        """
        return await self._days_after(subject, spans, self.reader.purged_until_us(subject.tenant_id))

    async def _days_after(self, subject: Subject, spans: Mapping[_Day, Span], since_us: int) -> set[_Day]:
        """Return the days that need no row from before an instant."""
        margin_us = subject.policy.margin_us
        days = {day: span for day, span in spans.items() if span[0] - margin_us >= since_us}
        if since_us == ALWAYS_START_US or subject.policy.planned_work.excuses != "caused" or not days:
            return set(days)
        # Where work excuses only what it caused, an outage before the work decides about it: rows are needed from then.
        window = Window(subject, min(start for start, _ in days.values()), max(end for _, end in days.values()))
        arguments = await self.reader.arguments(window)
        return {day for day, span in days.items() if arguments.rows_needed_from_us(*span) >= since_us}

    async def evaluate(self, subject: Subject, spans: Mapping[DayKey, Span]) -> dict[DayKey, MeasuredDay]:
        """Return days between these bounds, measured over the shortest window that holds them; one query."""
        if not spans:
            return {}
        first_us = min(start_us for start_us, _ in spans.values())
        last_us = max(end_us for _, end_us in spans.values())
        window = Window(subject, first_us, last_us)
        arguments = await self.reader.arguments(window)
        batch = await self.reader.alarms(window, arguments, whole_rows=arguments.has_targeted_exclusions)
        return await self.reader.limits.compute(_measured_days, batch, arguments, spans, subject.as_of_us)


def _measured_days(
    batch: AlarmBatch, arguments: EvaluationArguments, spans: Mapping[DayKey, Span], as_of_us: int
) -> dict[DayKey, MeasuredDay]:
    """Return the days between these bounds, ascending, from one ledger over all of them."""
    report = arguments.report(batch)
    bounds = list(spans.values())
    facts_by_day = report.evidence.day_facts(bounds)
    rows_by_day = _rows_meeting(batch, bounds, report.policy.margin_us)
    days: dict[DayKey, MeasuredDay] = {}
    for (key, (start_us, end_us)), facts, rows_read in zip(spans.items(), facts_by_day, rows_by_day, strict=True):
        cells_us = report.ledger.cells_us(start_us, end_us)
        optimistic_cells_us, pessimistic_cells_us = _reading_cells(report, start_us, end_us, cells_us)
        days[key] = MeasuredDay(
            date=key.date,
            start_us=start_us,
            end_us=end_us,
            cells_us=cells_us,
            optimistic_cells_us=optimistic_cells_us,
            pessimistic_cells_us=pessimistic_cells_us,
            facts=facts,
            rows_read=rows_read,
            as_of_us=as_of_us,
            tz_version=report.tz_version,
        )
    return days


def _reading_cells(
    report: ComplianceReport, start_us: int, end_us: int, record_cells_us: CellLengths
) -> tuple[CellLengths | None, CellLengths | None]:
    """Return the cells of both readings of a day; None where they are the record's."""
    ledgers = report.readings.optimistic, report.readings.pessimistic
    cells = (None if ledger is report.ledger else ledger.cells_us(start_us, end_us) for ledger in ledgers)
    optimistic, pessimistic = (None if cells_us == record_cells_us else cells_us for cells_us in cells)
    return optimistic, pessimistic


def _rows_meeting(batch: AlarmBatch, spans: Sequence[Span], margin_us: int) -> list[int]:
    """Return how many rows share an instant with each span, widened by the margin of damping."""
    starts_us, ends_us = sorted(batch.starts_us), sorted(batch.ends_us)
    counts: list[int] = []
    for start_us, end_us in spans:
        # Every row that is over before the span begins has begun before the span is over.
        begun_count = bisect_left(starts_us, end_us + margin_us)
        over_count = bisect_right(ends_us, start_us - margin_us)
        counts.append(begun_count - over_count)
    return counts
