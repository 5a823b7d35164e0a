"""Finding days: remembered, else measured once for everybody who asks."""
################################################################
#     question --> cache --> (alone, in all processes) --> store --> source --> cache
#
# Days that hold in the cache are taken from there. The missing ones are measured
# by one flight in a process and one process of all. Days that are due are measured
# in the background, by one process of all, while the remembered ones are served.
#
# Where the facts cannot be had, days past their time are shown, marked as outdated;
# where there are none, the error comes through.
################################################################

from __future__ import annotations

import asyncio
from collections.abc import Collection

from sla_compliance.cache.day_cache import CacheLookup, DayCache
from sla_compliance.measured import DayKey
from sla_compliance.service.answers import Provenance
from sla_compliance.service.flights import Flights
from sla_compliance.service.measuring import Found, Measuring
from sla_compliance.service.observer import ServiceObserver
from sla_compliance.service.questions import Question


class DayFinder:
    """Cache, store and facts as one."""

    def __init__(self, memory: DayCache, measuring: Measuring, observer: ServiceObserver) -> None:
        """Put the parts together."""
        self._memory = memory
        self._measuring = measuring
        self._observer = observer
        self._flights: Flights[Found] = Flights()

    async def find(self, question: Question) -> Found:
        """Return the days of a question."""
        seen = await self._recall(question, question.begun)
        if seen.to_refresh:
            self._refresh(question, seen.to_refresh)
        remembered = {key: (day, Provenance.CACHE) for key, day in seen.fresh.items()}
        missing = tuple(key for key in question.spans if key not in remembered)
        return {**remembered, **await self._flown(question, missing, seen)} if missing else remembered

    async def _recall(self, question: Question, keys: Collection[DayKey]) -> CacheLookup:
        return await self._memory.lookup(tuple(keys), question.subject.policy, question.subject.as_of_us)

    async def _flown(self, question: Question, missing: tuple[DayKey, ...], seen: CacheLookup) -> Found:
        """Return missing days, measured once for all who miss them in the same state of the facts."""
        state = tuple(seen.tokens.get(key) for key in missing)
        flight = self._flights.of((missing, state), lambda: self._measured_alone(question, missing))
        await asyncio.wait({flight})
        error = flight.exception()
        if error is not None and seen.stale.keys() >= set(missing):
            self._observer.failed("source", error)
            return {key: (seen.stale[key], Provenance.OUTDATED) for key in missing}
        return flight.result()

    async def _measured_alone(self, question: Question, missing: tuple[DayKey, ...]) -> Found:
        """Return missing days: what somebody else has measured meanwhile, the rest measured here."""
        async with self._memory.locked(missing[0]):
            seen = await self._recall(question, question.begun)
            by_others = {key: (seen.fresh[key], Provenance.CACHE) for key in missing if key in seen.fresh}
            rest = [key for key in missing if key not in by_others]
            return {**by_others, **await self._measured(question, rest, seen)}

    async def _measured(self, question: Question, keys: Collection[DayKey], seen: CacheLookup) -> Found:
        """Return days from store or facts, and remember those that have begun; tokens first, then the facts."""
        begun = set(question.begun)
        tokens = await self._memory.tokens_for(begun.intersection(keys), seen.tokens)
        found = await self._measuring.days(question, keys)
        await self._memory.write(
            {key: day for key, (day, _) in found.items() if key in begun}, tokens, question.subject.as_of_us
        )
        return found

    def _refresh(self, question: Question, due: tuple[DayKey, ...]) -> None:
        flight = self._flights.of(("refresh", due), lambda: self._refreshed(question, due))
        flight.add_done_callback(self._tell_of_failure)

    async def _refreshed(self, question: Question, due: tuple[DayKey, ...]) -> Found:
        """Measure days anew, unless somebody else is about to, or has done it."""
        async with self._memory.locked(due[0], timeout_s=0) as is_alone:
            if not is_alone:
                return {}
            seen = await self._recall(question, due)
            still = [key for key in due if key in seen.to_refresh or key in seen.missing]
            return await self._measured(question, still, seen)

    def _tell_of_failure(self, flight: asyncio.Task[Found]) -> None:
        if not flight.cancelled() and (error := flight.exception()):
            self._observer.failed("refresh", error)

    def close_doors(self) -> None:
        """Let nobody join a measurement under way: the facts have changed."""
        self._flights.close_doors()

    async def aclose(self) -> None:
        """End what is under way."""
        await self._flights.aclose()
