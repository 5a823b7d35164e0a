"""DayReader: the days of a query, from cache, store or source, measured once for all who need them."""
################################################################
#     query --> cache --> lock (of all processes) --> store --> source --> cache
#
# Fresh days come from the cache. The missing ones are measured by one task of a
# process and one process of all: a single flight, and a lock in the cache. Days
# to be refreshed are measured in the background, by one process of all, while the
# cached ones are served.
#
# The instant of evaluation is that at which facts are read, not that of the request:
# a change that is reported while a request waits for its turn is included.
#
# Where the facts cannot be read, or not soon, stale days are served and marked as
# outdated; where there are none, the error comes through.
#
# Where the store cannot be read, a day whose rows are purged has unknown time: a stale
# day from the cache is taken instead where there is one, and such a day is not cached.
################################################################

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping
from typing import Final

from sla_compliance.cache.day_cache import CacheLookup, DayCache
from sla_compliance.measured import DayKey, MeasuredDay
from sla_compliance.service.answers import Provenance
from sla_compliance.service.day_evaluator import DayEvaluator, SourcedDays
from sla_compliance.service.observer import ServiceObserver
from sla_compliance.service.queries import DaysQuery
from sla_compliance.service.single_flight import SingleFlight

DaysInOrder = tuple[tuple[MeasuredDay, ...], tuple[Provenance, ...]]
"""Days, and where each came from."""

WAIT_WITH_STALE_DAYS_S: Final = 0.5
"""How long a caller who has stale days waits for a measurement. It goes on, for those who ask later."""


class DayReader:
    """Reads days from the cache, and from an evaluator where the cache lacks them."""

    def __init__(
        self, cache: DayCache, evaluator: DayEvaluator, observer: ServiceObserver, now_us: Callable[[], int]
    ) -> None:
        """Put the parts together.

        Args:
            now_us: returns the present moment, microseconds.
        """
        self._cache = cache
        self._evaluator = evaluator
        self._observer = observer
        self._now_us = now_us
        self._flights: SingleFlight[SourcedDays] = SingleFlight()

    async def read(self, query: DaysQuery) -> DaysInOrder:
        """Return the days of a query, in order."""
        lookup = await self._lookup(query, query.started_keys)
        if lookup.to_refresh:
            self._start_refresh(query, lookup.to_refresh)
        if len(lookup.fresh) == len(query.spans):
            return lookup.fresh_days, (Provenance.CACHE,) * len(lookup.fresh)
        days = await self._with_missing(query, lookup)
        days_in_order = [days[key] for key in query.spans]
        return tuple(day for day, _ in days_in_order), tuple(provenance for _, provenance in days_in_order)

    async def _with_missing(self, query: DaysQuery, lookup: CacheLookup) -> SourcedDays:
        """Return the fresh days of a lookup, and those that it lacks."""
        cached_days = {key: (day, Provenance.CACHE) for key, day in lookup.fresh.items()}
        missing_keys = tuple(key for key in query.spans if key not in cached_days)
        return {**cached_days, **await self._share_measurement(query, missing_keys, lookup)}

    async def shown(self, query: DaysQuery) -> Mapping[DayKey, MeasuredDay]:
        """Return those days of a query that `read` answers without measuring them."""
        lookup = await self._lookup(query, query.started_keys)
        missing_keys = [key for key in query.spans if key not in lookup.fresh]
        return {**lookup.fresh, **await self._evaluator.stored_days(query, missing_keys)}

    async def _lookup(self, query: DaysQuery, keys: Collection[DayKey]) -> CacheLookup:
        return await self._cache.lookup(tuple(keys), query.subject.policy, query.subject.as_of_us)

    async def _share_measurement(
        self, query: DaysQuery, missing_keys: tuple[DayKey, ...], lookup: CacheLookup
    ) -> SourcedDays:
        """Return missing days, measured once for all callers who miss them in the same state of the facts."""
        # A change of facts deletes tokens. So callers from before and after a change never share a task: where a day
        # has no token yet, the task is shared under the new one as soon as there is one.
        tokens = tuple(lookup.tokens.get(key) for key in missing_keys)
        task = self._flights.task((missing_keys, tokens), lambda: self._measure_locked(query, missing_keys))
        has_stale_days = lookup.stale.keys() >= set(missing_keys)
        await asyncio.wait({task}, timeout=WAIT_WITH_STALE_DAYS_S if has_stale_days else None)
        if not has_stale_days:
            return task.result()
        error = task.exception() if task.done() else TimeoutError("a measurement is late")
        if error is None:
            return task.result()
        self._observer.failed("source", error)
        return {key: (lookup.stale[key], Provenance.OUTDATED) for key in missing_keys}

    async def _measure_locked(self, query: DaysQuery, missing_keys: tuple[DayKey, ...]) -> SourcedDays:
        """Return missing days: from the cache what another process has measured meanwhile, the others measured."""
        # Where the lock times out, its holder is slow or was killed: then both measure, which does no harm.
        async with self._cache.locked(missing_keys[0]):
            query = query.at(self._now_us())
            lookup = await self._lookup(query, query.started_keys)
            cached_days = {key: (lookup.fresh[key], Provenance.CACHE) for key in missing_keys if key in lookup.fresh}
            keys_to_measure = [key for key in missing_keys if key not in cached_days]
            tokens = await self._tokens(query, keys_to_measure, lookup)
            current_tokens = {**lookup.tokens, **tokens}
            if current_tokens.keys() >= set(query.started_keys).intersection(missing_keys):
                self._flights.share_under((missing_keys, tuple(map(current_tokens.get, missing_keys))))
            return {**cached_days, **await self._measure(query, keys_to_measure, tokens, lookup)}

    async def _tokens(self, query: DaysQuery, keys: Collection[DayKey], lookup: CacheLookup) -> Mapping[DayKey, bytes]:
        """Return the tokens of those of some days that have begun; the others are never cached."""
        cacheable_keys = [key for key in query.started_keys if key in keys]
        return await self._cache.tokens_for(cacheable_keys, lookup.tokens)

    async def _measure(
        self, query: DaysQuery, keys: Collection[DayKey], tokens: Mapping[DayKey, bytes], lookup: CacheLookup
    ) -> SourcedDays:
        """Return days from the store or the source, and write those with a token into the cache."""
        # Tokens first, then now, then the facts: a change after the tokens deletes them, and the entry never counts;
        # one before them is among the facts, and has happened by now.
        query = query.at(self._now_us())
        evaluated = await self._evaluator.days(query, keys)
        stale_days = {key: lookup.stale[key] for key in evaluated.keys_without_store if key in lookup.stale}
        days = {**evaluated.days, **{key: (day, Provenance.OUTDATED) for key, day in stale_days.items()}}
        cacheable_days = {key: day for key, (day, _) in days.items() if key not in evaluated.keys_without_store}
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
            query = query.at(self._now_us())
            lookup = await self._lookup(query, keys)
            keys_to_measure = [key for key in keys if key in lookup.to_refresh or key in lookup.missing]
            tokens = await self._tokens(query, keys_to_measure, lookup)
            return await self._measure(query, keys_to_measure, tokens, lookup)

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
