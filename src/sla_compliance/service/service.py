"""ComplianceService: source, tenants' settings, store and cache to an answer."""
################################################################
#     question --> cache --> (alone, in all processes) --> store --> source --> cache
#
# A question is widened to whole local days of the tenant; as_of is now. Days that
# hold in the cache are taken from there. The missing ones are measured once for
# everybody who asks: one flight in a process, one lock among processes. Days due
# to be measured anew are, in the background, while the old ones are served.
#
# Where the source fails, days past their time are shown, marked as outdated; where
# there are none, its error comes through.
################################################################

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Hashable, Iterable
from time import perf_counter
from typing import Final

from sla_compliance.cache.days import Lifetimes, Recollection, RememberedDays
from sla_compliance.cache.guard import GuardedCache
from sla_compliance.cache.memory import MemoryCache
from sla_compliance.cache.protocol import Cache
from sla_compliance.calendars.local_days import first_instant_us
from sla_compliance.errors import InvalidIntervalError, shown
from sla_compliance.incidents import Incident
from sla_compliance.labels import Accounting
from sla_compliance.measured import DayKey
from sla_compliance.policy import Target, target_ratio
from sla_compliance.report import ComplianceReport
from sla_compliance.service.answers import ComplianceAnswer, Provenance
from sla_compliance.service.drilldown import incidents_of, resources_of
from sla_compliance.service.facts import Facts, Window
from sla_compliance.service.flights import Flights
from sla_compliance.service.measuring import Found, Measuring
from sla_compliance.service.observer import Observers, ServiceObserver, Statistics
from sla_compliance.service.questions import Question
from sla_compliance.service.settings import ExclusionSource, Tenants, TenantSettings
from sla_compliance.sources.protocol import AsyncAlarmSource
from sla_compliance.stores.protocol import DayStore
from sla_compliance.units import instant_us

ONE_DAY: Final = dt.timedelta(days=1)


def utc_now() -> dt.datetime:
    """Return the present moment."""
    return dt.datetime.now(dt.UTC)


class ComplianceService:
    """Answers for tenants, on one event loop.

    Attributes:
        statistics: what it has done so far.
    """

    def __init__(
        self,
        source: AsyncAlarmSource,
        *,
        tenants: Tenants,
        exclusions: ExclusionSource | None = None,
        cache: Cache | None = None,
        store: DayStore | None = None,
        clock: Callable[[], dt.datetime] = utc_now,
        lifetimes: Lifetimes = Lifetimes(),  # noqa: B008 - frozen
        source_time_out: dt.timedelta = dt.timedelta(seconds=30),
        observer: ServiceObserver | None = None,
    ) -> None:
        """Put the parts together; nothing is asked of them yet.

        Args:
            source: of alarms; make it with on_invalid="quarantine", so that one bad row takes no chart away.
            tenants: who knows their settings.
            exclusions: of maintenance and exclusions, besides those in the settings.
            cache: by default one in memory.
            store: of closed days; None: none.
            clock: the present moment, aware.
            lifetimes: how long what is remembered holds.
            source_time_out: how long a query may take.
            observer: told of what happens.
        """
        self.statistics = Statistics()
        self._observer = Observers((self.statistics,) if observer is None else (self.statistics, observer))
        self._tenants = tenants
        self._clock = clock
        guarded = GuardedCache(cache or MemoryCache(), on_failure=lambda error: self._observer.failed("cache", error))
        self._memory = RememberedDays(guarded, lifetimes)
        self._measuring = Measuring(Facts(source, exclusions, source_time_out, self._observer), store)
        self._flights: Flights[Found] = Flights()

    async def compliance(
        self,
        tenant_id: str,
        start: dt.datetime,
        end: dt.datetime,
        *,
        target: Target | None = None,
        accounting: Accounting | None = None,
    ) -> ComplianceAnswer:
        """Return the tenant's compliance on the local days that share an instant with [start, end).

        Args:
            start, end: aware.
            target, accounting: instead of the policy's; they are asked of the same cells.

        Raises:
            UnknownTenantError: nobody has this id.
            SLAComplianceError: another argument is bad.
            TimeoutError, or the source's own error: it cannot be asked, and nothing is remembered.
        """
        began = perf_counter()
        question = await self._question(tenant_id, start, end)
        policy = question.policy
        ratio = policy.target_ratio if target is None else target_ratio(target, field="target")
        found = await self._found(question)
        answer = ComplianceAnswer(
            tenant_id=tenant_id,
            zone=question.settings.zone,
            policy=policy,
            target_ratio=ratio,
            accounting=accounting or policy.accounting,
            start_us=question.days.bounds_us[0],
            as_of_us=question.as_of_us,
            measured=tuple(found[key][0] for key in question.bounds_us),
            provenance=tuple(found[key][1] for key in question.bounds_us),
        )
        self._observer.answered(tenant_id, seconds=perf_counter() - began, is_cached=answer.is_cached)
        return answer

    async def incidents(self, tenant_id: str, date: dt.date) -> tuple[Incident, ...]:
        """Return the outages of a local date, with the alarms behind them; asked of the source every time.

        Raises:
            UnknownTenantError: nobody has this id. Others as `compliance`.
        """
        settings = await self._tenants.settings(tenant_id)
        start_us = first_instant_us(date, settings.zone, field="date")
        end_us = first_instant_us(date + ONE_DAY, settings.zone, field="date")
        return await incidents_of(self._measuring.facts, self._window(tenant_id, settings, start_us, end_us))

    async def resources(
        self,
        tenant_id: str,
        start: dt.datetime,
        end: dt.datetime,
        *,
        by: str = "resource_id",
        inventory: Iterable[Hashable] | None = None,
    ) -> dict[Hashable, ComplianceReport]:
        """Return a report for each resource, customer, circuit, on whole local days; asked of the source every time.

        Args:
            start, end: as `compliance`.
            by, inventory: as `evaluate_each`.

        Raises:
            InvalidValueError: the alarms carry no column `by`. Others as `compliance`.
        """
        question = await self._question(tenant_id, start, end)
        bounds = question.days.bounds_us
        window = self._window(tenant_id, question.settings, bounds[0], bounds[-1])
        return await resources_of(self._measuring.facts, window, by=by, inventory=inventory)

    def _window(self, tenant_id: str, settings: TenantSettings, start_us: int, end_us: int) -> Window:
        return Window(tenant_id, settings, start_us, end_us, self._now_us())

    async def _question(self, tenant_id: str, start: dt.datetime, end: dt.datetime) -> Question:
        start_us, end_us = instant_us(start, field="start"), instant_us(end, field="end")
        if end_us < start_us:
            raise InvalidIntervalError(f"end is {shown(end)}, before start {shown(start)}; swap them", field="end")
        settings = await self._tenants.settings(tenant_id)
        return Question.about(tenant_id, settings, start_us=start_us, end_us=end_us, as_of_us=self._now_us())

    def _now_us(self) -> int:
        return instant_us(self._clock(), field="clock")

    async def _found(self, question: Question) -> Found:
        """Return the days of a question, from wherever they can be had."""
        seen = await self._memory.recall(question.begun, question.policy, question.as_of_us)
        if seen.due:
            self._refresh(question, seen.due)
        remembered = {key: (day, Provenance.CACHE) for key, day in seen.holding.items()}
        missing = tuple(key for key in question.bounds_us if key not in remembered)
        return {**remembered, **await self._flown(question, missing, seen)} if missing else remembered

    async def _flown(self, question: Question, missing: tuple[DayKey, ...], seen: Recollection) -> Found:
        """Return missing days, measured once for all who miss them in the same state of the facts."""
        state = tuple(seen.tokens.get(key) for key in missing)
        flight = self._flights.of((missing, state), lambda: self._measured_alone(question, missing))
        await asyncio.wait({flight})
        error = flight.exception()
        if error is not None and seen.outdated.keys() >= set(missing):
            self._observer.failed("source", error)
            return {key: (seen.outdated[key], Provenance.OUTDATED) for key in missing}
        return flight.result()

    async def _measured_alone(self, question: Question, missing: tuple[DayKey, ...]) -> Found:
        """Return missing days: what somebody else has measured meanwhile, the rest measured here."""
        async with self._memory.alone(missing[0]):
            seen = await self._memory.recall(question.begun, question.policy, question.as_of_us)
            by_others = {key: (seen.holding[key], Provenance.CACHE) for key in missing if key in seen.holding}
            rest = tuple(key for key in missing if key not in by_others)
            return {**by_others, **await self._measured(question, rest, seen)} if rest else by_others

    async def _measured(self, question: Question, keys: tuple[DayKey, ...], seen: Recollection) -> Found:
        """Return days from store or facts, and remember those that have begun."""
        begun = set(question.begun)
        tokens = await self._memory.tokens_for(begun.intersection(keys), seen.tokens)
        found = await self._measuring.days(question, keys)
        days = {key: day for key, (day, _) in found.items() if key in begun}
        await self._memory.remember(days, tokens, self._now_us())
        return found

    def _refresh(self, question: Question, due: tuple[DayKey, ...]) -> None:
        flight = self._flights.of(("refresh", due), lambda: self._refreshed(question, due))
        flight.add_done_callback(self._tell_of_failure)

    async def _refreshed(self, question: Question, due: tuple[DayKey, ...]) -> Found:
        """Measure days anew, unless somebody else is about to."""
        async with self._memory.alone(due[0], patience_s=0) as is_alone:
            if not is_alone:
                return {}
            seen = await self._memory.recall(due, question.policy, question.as_of_us)
            still = tuple(key for key in due if key in seen.due or key in seen.missing)
            return await self._measured(question, still, seen) if still else {}

    def _tell_of_failure(self, flight: asyncio.Task[Found]) -> None:
        if not flight.cancelled() and (error := flight.exception()):
            self._observer.failed("refresh", error)

    async def invalidate(self, tenant_id: str, dates: Iterable[dt.date]) -> None:
        """Let nothing hold that is remembered of some local dates of a tenant.

        Raises:
            CacheUnavailableError: the cache may not have been told; call again.
        """
        self._flights.close_doors()
        await self._memory.forget(tenant_id, dates)

    async def aclose(self) -> None:
        """End what runs in the background and give up connections of the cache."""
        await self._flights.aclose()
        await self._memory.aclose()
