"""ComplianceService: what a platform asks, and what it tells of changes."""
################################################################
# A question is widened to whole local days of the tenant; as_of is now.
#
# Whoever changes a fact (an alarm, a maintenance window, an exclusion) tells the
# service once the change is committed. In this order: stored days are marked, what
# is remembered is forgotten, marked days are measured anew. Killed in between, the
# service answers from the facts, and the next sweep of the store catches up.
# A row that is purged because it is old is no change of facts.
################################################################

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Final

from sla_compliance.alarms import Alarm
from sla_compliance.cache.circuit_breaker import CircuitBreakerCache
from sla_compliance.cache.day_cache import DayCache, Lifetimes
from sla_compliance.cache.memory import MemoryCache
from sla_compliance.cache.protocol import Cache
from sla_compliance.calendars.exclusions import AnyExclusion
from sla_compliance.calendars.local_days import first_instant_us
from sla_compliance.errors import InvalidIntervalError, InvalidValueError, shown
from sla_compliance.incidents import Incident
from sla_compliance.labels import Accounting
from sla_compliance.policy import Target, target_ratio
from sla_compliance.report import ComplianceReport
from sla_compliance.service.answers import ComplianceAnswer
from sla_compliance.service.changes import agreement_dates, alarm_dates, columns_named
from sla_compliance.service.drilldown import incidents_of, resources_of
from sla_compliance.service.facts import Facts
from sla_compliance.service.finding import DayFinder
from sla_compliance.service.keeping import Keeping
from sla_compliance.service.measuring import Measuring
from sla_compliance.service.observer import Observers, ServiceObserver, Statistics
from sla_compliance.service.questions import Question, Subject, Window
from sla_compliance.sources.protocol import AsyncAlarmSource, ExclusionSource, SupportsSampleFlag, Tenants
from sla_compliance.stores.protocol import DayStore, Restatement
from sla_compliance.units import instant_us

ONE_DAY: Final = dt.timedelta(days=1)


def utc_now() -> dt.datetime:
    """Return the present moment."""
    return dt.datetime.now(dt.UTC)


@dataclass(frozen=True, slots=True)
class Sweep:
    """What a sweep of the store did.

    Attributes:
        added: how many closed days were stored.
        restated: stored days that changes had altered.
    """

    added: int
    restated: tuple[Restatement, ...]


class ComplianceService:
    """Answers for tenants, on one event loop.

    Attributes:
        statistics: what it has done so far.
        is_sample: whether the source's alarms are made up; then nothing is remembered or stored.
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
        cache_time_out: dt.timedelta = dt.timedelta(milliseconds=500),
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
            cache_time_out: how long the cache may take, before questions do without it for a while.
            observer: told of what happens.
        """
        self.statistics = Statistics()
        self._observer = Observers((self.statistics,) if observer is None else (self.statistics, observer))
        self._tenants = tenants
        self._clock = clock
        self.is_sample = isinstance(source, SupportsSampleFlag) and source.is_sample
        kept = MemoryCache(max_keys=0) if self.is_sample else cache or MemoryCache()
        store = None if self.is_sample else store
        self._cache = CircuitBreakerCache(
            kept,
            timeout_s=cache_time_out.total_seconds(),
            on_failure=lambda error: self._observer.failed("cache", error),
        )
        self._memory = DayCache(self._cache, lifetimes)
        self._facts = Facts(source, exclusions, source_time_out, self._observer)
        measuring = Measuring(self._facts, store)
        self._finder = DayFinder(self._memory, measuring, self._observer)
        self._keeping = None if store is None else Keeping(store, measuring)

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
        subject = question.subject
        ratio = subject.policy.target_ratio if target is None else target_ratio(target, field="target")
        found = await self._finder.find(question)
        answer = ComplianceAnswer(
            subject=subject,
            target_ratio=ratio,
            accounting=accounting or subject.policy.accounting,
            start_us=question.start_us,
            measured=tuple(found[key][0] for key in question.spans),
            provenance=tuple(found[key][1] for key in question.spans),
            is_sample=self.is_sample,
        )
        self._observer.answered(answer, seconds=perf_counter() - began)
        return answer

    async def incidents(self, tenant_id: str, date: dt.date) -> tuple[Incident, ...]:
        """Return the outages of a local date, with the alarms behind them; asked of the source every time.

        Raises:
            UnknownTenantError, TimeoutError, or the source's own error.
            InvalidTypeError, InstantOutOfRangeError: `date` is no date, or none that every zone has.
        """
        subject = await self.subject(tenant_id)
        start_us = first_instant_us(date, subject.zone, field="date")
        end_us = first_instant_us(date + ONE_DAY, subject.zone, field="date")
        return await incidents_of(self._facts, Window(subject, start_us, end_us))

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
        end_us = max((end for _, end in question.spans.values()), default=question.start_us)
        window = Window(question.subject, question.start_us, end_us)
        return await resources_of(self._facts, window, by=by, inventory=inventory)

    async def alarm_changed(self, tenant_id: str, old: Alarm | None, new: Alarm | None) -> tuple[dt.date, ...]:
        """Take note that an alarm was raised (no `old`), cleared, edited or deleted (no `new`).

        Returns:
            The local dates that this can alter, ascending.

        Raises:
            CacheUnavailableError, or the store's or the source's own error: call again; twice does no harm.
        """
        subject = await self.subject(tenant_id)
        dates = alarm_dates(subject, old, new, scoping=await self._scoping(subject, old, new))
        await self._tell(subject, dates, "an alarm changed")
        return dates

    async def _scoping(self, subject: Subject, old: Alarm | None, new: Alarm | None) -> frozenset[str]:
        """Return the alarm columns that exclusions name while an alarm lasts, before or after a change."""
        if old is None or new is None:
            return frozenset()
        first = min(old.first_occurrence, new.first_occurrence)
        window = Window(subject, instant_us(first, field="first_occurrence"), subject.as_of_us)
        return columns_named(await self._facts.agreed(window))

    async def exclusion_changed(
        self, tenant_id: str, old: AnyExclusion | None, new: AnyExclusion | None
    ) -> tuple[dt.date, ...]:
        """Take note that maintenance or an exclusion was entered (no `old`), edited, or cancelled (no `new`).

        Returns, Raises:
            As `alarm_changed`.
        """
        subject = await self.subject(tenant_id)
        dates = agreement_dates(subject, old, new)
        await self._tell(subject, dates, "maintenance or an exclusion changed")
        return dates

    async def invalidate(
        self, tenant_id: str, dates: Iterable[dt.date], *, reason: str = "facts of these dates changed"
    ) -> None:
        """Take note that facts of some local dates changed; errors as `alarm_changed`."""
        await self._tell(await self.subject(tenant_id), tuple(dates), reason)

    async def _tell(self, subject: Subject, dates: Sequence[dt.date], reason: str) -> None:
        marked = 0 if self._keeping is None else await self._keeping.mark(subject, dates)
        self._finder.close_doors()
        await self._memory.invalidate(subject.tenant_id, dates)
        if self._keeping is not None and marked:
            await self._keeping.restate(subject, reason=reason)

    async def store_closed_days(self, tenant_id: str, start: dt.datetime, end: dt.datetime) -> Sweep:
        """Store the closed days of a window that are not stored yet, and restate those told of a change.

        Idempotent: a second sweep adds and restates nothing. Days of which rows are purged are left alone.

        Args:
            start, end: as `compliance`.

        Raises:
            InvalidValueError: the service has no store. Others as `compliance`.
        """
        if self._keeping is None:
            raise InvalidValueError("store is None, so no day can be kept; give the service a DayStore", field="store")
        question = await self._question(tenant_id, start, end)
        restated = await self._keeping.restate(question.subject, reason="a change that nobody had time to restate")
        return Sweep(await self._keeping.add(question), tuple(restated))

    async def _question(self, tenant_id: str, start: dt.datetime, end: dt.datetime) -> Question:
        start_us, end_us = instant_us(start, field="start"), instant_us(end, field="end")
        if end_us < start_us:
            raise InvalidIntervalError(f"end is {shown(end)}, before start {shown(start)}; swap them", field="end")
        return Question.about(await self.subject(tenant_id), start_us, end_us)

    async def subject(self, tenant_id: str) -> Subject:
        """Return who is asked about, with settings, and now: what a question needs to be read.

        Raises:
            UnknownTenantError: nobody has this id.
        """
        return Subject(tenant_id, await self._tenants.settings(tenant_id), instant_us(self._clock(), field="clock"))

    async def aclose(self) -> None:
        """End what runs in the background and give up the cache's connections."""
        await self._finder.aclose()
        await self._cache.aclose()
