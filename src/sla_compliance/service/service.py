"""ComplianceService: the compliance of tenants, and what to call when facts change."""
################################################################
# A query is widened to whole local days of the tenant; as_of is now.
#
# A change of a fact (an alarm, a correction, maintenance, an exclusion) is reported to
# the service once it is committed. In this order: stored days become stale, cached
# ones are invalidated, stale stored days are measured again. Killed in between, the
# service answers from the facts, and the next sweep of the store does the rest.
# A row that is purged because it is old is no change of facts.
################################################################

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from time import perf_counter

from sla_compliance.alarms import Alarm
from sla_compliance.cache.circuit_breaker import CircuitBreakerCache
from sla_compliance.cache.day_cache import DayCache, Lifetimes
from sla_compliance.cache.memory import MemoryCache
from sla_compliance.cache.protocol import Cache
from sla_compliance.calendars.exclusions import AnyExclusion
from sla_compliance.calendars.local_days import first_instant_us
from sla_compliance.certainty import unknown_us
from sla_compliance.checks import check_type
from sla_compliance.corrections import Correction, UnusedCorrection
from sla_compliance.errors import InvalidIntervalError, InvalidValueError, shown
from sla_compliance.incidents import Incident
from sla_compliance.inventory import Inventory
from sla_compliance.labels import Accounting
from sla_compliance.measured import MeasuredDay
from sla_compliance.policy import Target, target_ratio
from sla_compliance.report import ComplianceReport
from sla_compliance.service.altered_dates import AlteredDates
from sla_compliance.service.answers import ComplianceAnswer
from sla_compliance.service.day_reader import DayEvaluator, DayReader
from sla_compliance.service.observer import Observers, ServiceObserver, Statistics
from sla_compliance.service.queries import DaysQuery, Subject, Window
from sla_compliance.service.resources import resources_of
from sla_compliance.service.restatement import (
    DayArchive,
    exclusion_dates,
)
from sla_compliance.service.source_reader import SourceReader, incidents_of
from sla_compliance.sources.clock import utc_now
from sla_compliance.sources.protocol import (
    AsyncAlarmSource,
    AsyncSupportsCorrections,
    AsyncSupportsInventory,
    ExclusionSource,
    SupportsSampleFlag,
    Tenants,
)
from sla_compliance.stores.protocol import DayStore, Restatement
from sla_compliance.units import ONE_DAY, instant_us


@dataclass(frozen=True, slots=True)
class Sweep:
    """What a sweep of the store did.

    Attributes:
        added: how many closed days it stored.
        restated: the stored days that it rewrote.
    """

    added: int
    restated: tuple[Restatement, ...]


class ComplianceService:
    """The compliance of tenants; for one event loop.

    Attributes:
        statistics: what it has done so far.
        is_sample: whether the source's alarms are made up; then nothing is cached or stored.
    """

    def __init__(
        self,
        source: AsyncAlarmSource,
        *,
        tenants: Tenants,
        exclusions: ExclusionSource | None = None,
        inventories: AsyncSupportsInventory | None = None,
        corrections: AsyncSupportsCorrections | None = None,
        cache: Cache | None = None,
        store: DayStore | None = None,
        clock: Callable[[], dt.datetime] = utc_now,
        lifetimes: Lifetimes = Lifetimes(),  # noqa: B008 - frozen
        source_time_out: dt.timedelta = dt.timedelta(seconds=30),
        cache_time_out: dt.timedelta = dt.timedelta(milliseconds=500),
        observer: ServiceObserver | None = None,
    ) -> None:
        """Put the parts together; none of them is called yet.

        Args:
            source: of alarms; make it with on_invalid="quarantine", so that one bad row takes no chart away.
            tenants: their settings.
            exclusions: of maintenance and exclusions, besides those in the settings.
            inventories: of what tenants have, for `resources`; by default `tenants`, where it is such a source too.
            corrections: of rows of alarms; the source has to find rows by their ids, as SupportsRowsById says.
            cache: by default one in memory.
            store: of closed days; None: none.
            clock: the present moment, aware.
            lifetimes: how long cached days are served.
            source_time_out: how long a query may take.
            cache_time_out: how long the cache may take; after a failure it is not called for 5 seconds.
            observer: called with what happens.
        """
        self.statistics = Statistics()
        self._observer = Observers((self.statistics,) if observer is None else (self.statistics, observer))
        self._tenants = tenants
        self._clock = clock
        self.is_sample = isinstance(source, SupportsSampleFlag) and source.is_sample
        if self.is_sample:
            # Made-up figures leave no trace: a cache that keeps nothing, and no store.
            cache, store = MemoryCache(max_keys=0), None
        self._cache = CircuitBreakerCache(
            cache or MemoryCache(),
            timeout_s=cache_time_out.total_seconds(),
            on_failure=lambda error: self._observer.failed("cache", error),
        )
        self._day_cache = DayCache(self._cache, lifetimes)
        if inventories is None and isinstance(tenants, AsyncSupportsInventory):
            inventories = tenants
        self._source_reader = SourceReader(
            source, exclusions, inventories, corrections, source_time_out, self._observer
        )
        self._altered_dates = AlteredDates(self._source_reader)
        evaluator = DayEvaluator(self._source_reader, store)
        self._day_reader = DayReader(self._day_cache, evaluator, self._observer)
        self._archive = None if store is None else DayArchive(store, evaluator)

    async def compliance(
        self,
        tenant_id: str,
        start: dt.datetime,
        end: dt.datetime | None = None,
        *,
        target: Target | None = None,
        accounting: Accounting | None = None,
    ) -> ComplianceAnswer:
        """Return the tenant's compliance on the local days that share an instant with [start, end).

        Args:
            start, end: aware. Without an end: until today, and a first day whose beginning has been purged by now is
                left out of the totals; see `ComplianceAnswer.cut_date`.
            target, accounting: instead of the policy's; the cells are the same.

        Raises:
            UnknownTenantError: no tenant has this id.
            SLAComplianceError: another argument is bad.
            TimeoutError, or the source's own error: it cannot be read, and a day is neither cached nor stored.
        """
        start_s = perf_counter()
        query = await self._query(tenant_id, start, end)
        subject = query.subject
        requested_target_ratio = None if target is None else target_ratio(target, field="target")
        days = await self._day_reader.read(query)
        days_in_order = [days[key] for key in query.spans]
        measured_days = tuple(day for day, _ in days_in_order)
        answer = ComplianceAnswer(
            subject=subject,
            requested_target_ratio=requested_target_ratio,
            requested_accounting=accounting,
            start_us=query.start_us,
            measured=measured_days,
            provenance=tuple(provenance for _, provenance in days_in_order),
            is_sample=self.is_sample,
            cut_date=self._cut_date(subject, measured_days) if end is None else None,
        )
        self._observer.answered(answer, seconds=perf_counter() - start_s)
        return answer

    def _cut_date(self, subject: Subject, days: Sequence[MeasuredDay]) -> dt.date | None:
        """Return the first date where its beginning has been purged and left time unknown; a stored day has none."""
        if len(days) < 2:
            return None
        first = days[0]
        is_cut = first.start_us < self._source_reader.purged_until_us(subject.tenant_id) < first.end_us
        return first.date if is_cut and unknown_us(first.cells_us, subject.policy.accounting) else None

    async def incidents(
        self, tenant_id: str, date: dt.date, *, accounting: Accounting | None = None
    ) -> tuple[Incident, ...]:
        """Return the outages of a local date, with the alarms behind them; read from the source every time.

        Args:
            accounting: by which each incident's downtime is counted, instead of the policy's; the lengths sum to the
                downtime of that date as `compliance` answers it under the same accounting.

        Raises:
            UnknownTenantError, TimeoutError, or the source's own error.
            InvalidTypeError, InstantOutOfRangeError: `date` is no date, or none that every zone has.
            InvalidTypeError: `accounting` is no Accounting.
        """
        subject = await self.subject(tenant_id)
        start_us = first_instant_us(date, subject.zone, field="date")
        end_us = first_instant_us(date + ONE_DAY, subject.zone, field="date")
        return await incidents_of(self._source_reader, Window(subject, start_us, end_us), accounting=accounting)

    async def resources(
        self,
        tenant_id: str,
        start: dt.datetime,
        end: dt.datetime,
        *,
        by: str = "resource_id",
        inventory: Inventory | Iterable[Hashable] | None = None,
    ) -> dict[Hashable, ComplianceReport]:
        """Return a report for each resource, customer, circuit, on whole local days; read from the source every time.

        Args:
            start, end: as `compliance`.
            by: as `evaluate_each`.
            inventory: as `evaluate_each`; None: the tenant's own, where the service has a source of them.

        Raises:
            InvalidValueError: the alarms carry no column `by`. Others as `compliance`.
        """
        query = await self._query(tenant_id, start, end)
        end_us = max((day_end_us for _, day_end_us in query.spans.values()), default=query.start_us)
        window = Window(query.subject, query.start_us, end_us)
        return await resources_of(self._source_reader, window, by=by, inventory=inventory)

    async def alarm_changed(self, tenant_id: str, old: Alarm | None, new: Alarm | None) -> tuple[dt.date, ...]:
        """Take note that an alarm was raised (no `old`), cleared, edited or deleted (no `new`).

        Returns:
            The local dates that this can alter, ascending.

        Raises:
            CacheUnavailableError, or the store's or the source's own error: call again; twice does no harm.
        """
        subject = await self.subject(tenant_id)
        dates = await self._altered_dates.of_alarm(subject, old, new)
        # Before other rows are read: where the source is down, a change of these dates is not lost.
        stale_count = await self._note_change(subject, dates)
        further_dates = set(await self._altered_dates.of_other_rows(subject, old, new)) - set(dates)
        if further_dates:
            stale_count += await self._note_change(subject, sorted(further_dates))
            dates = tuple(sorted({*dates, *further_dates}))
        await self._restate(subject, stale_count, "an alarm changed")
        return dates

    async def correction_changed(self, tenant_id: str, correction: Correction) -> tuple[dt.date, ...]:
        """Take note that a correction was entered: it is one of those that the source of corrections has now.

        Returns, Raises:
            As `alarm_changed`; no date where no row has the id.
            InvalidTypeError: `correction` is no Correction, or the source cannot find rows by their ids.
        """
        check_type(correction, Correction, "correction", "a Correction")
        subject = await self.subject(tenant_id)
        dates = await self._altered_dates.of_correction(subject, correction)
        await self._apply_change(subject, dates, "a row was corrected")
        return dates

    async def unused_corrections(self, tenant_id: str) -> tuple[UnusedCorrection, ...]:
        """Return the corrections of a tenant that change nothing, and why; read from the sources every time.

        Raises:
            InvalidTypeError: the source cannot find rows by their ids. Others as `incidents`.
        """
        subject = await self.subject(tenant_id)
        return await self._source_reader.unused_corrections(subject.tenant_id)

    async def exclusion_changed(
        self, tenant_id: str, old: AnyExclusion | None, new: AnyExclusion | None
    ) -> tuple[dt.date, ...]:
        """Take note that maintenance or an exclusion was entered (no `old`), edited, or cancelled (no `new`).

        Returns, Raises:
            As `alarm_changed`.
        """
        subject = await self.subject(tenant_id)
        dates = exclusion_dates(subject, old, new)
        await self._apply_change(subject, dates, "maintenance or an exclusion changed")
        return dates

    async def invalidate(
        self, tenant_id: str, dates: Iterable[dt.date], *, reason: str = "facts of these dates changed"
    ) -> None:
        """Take note that facts of some local dates changed; errors as `alarm_changed`."""
        await self._apply_change(await self.subject(tenant_id), tuple(dates), reason)

    async def _apply_change(self, subject: Subject, dates: Sequence[dt.date], reason: str) -> None:
        await self._restate(subject, await self._note_change(subject, dates), reason)

    async def _note_change(self, subject: Subject, dates: Sequence[dt.date]) -> int:
        """Make stored days stale and invalidate cached ones; return how many stored days that were."""
        # This order matters: see the top of this file.
        stale_count = 0 if self._archive is None else await self._archive.mark_stale(subject, dates)
        self._day_reader.forget_running()
        await self._day_cache.invalidate(subject.tenant_id, dates)
        return stale_count

    async def _restate(self, subject: Subject, stale_count: int, reason: str) -> None:
        if self._archive is not None and stale_count:
            await self._archive.restate(subject, reason=reason)

    async def store_closed_days(self, tenant_id: str, start: dt.datetime, end: dt.datetime) -> Sweep:
        """Store the closed days of a window that are not stored yet, and restate those that a change made stale.

        Stored days of older rules, which lack both other readings, are measured again too.

        Idempotent: a second sweep adds and restates nothing. Days of which rows are purged are left alone.

        Args:
            start, end: as `compliance`.

        Raises:
            InvalidValueError: the service has no store. Others as `compliance`.
        """
        if self._archive is None:
            raise InvalidValueError("store is None, so no day can be kept; give the service a DayStore", field="store")
        query = await self._query(tenant_id, start, end)
        restated = await self._archive.restate(query.subject, reason="a change that was not restated at the time")
        filled = await self._archive.fill_readings(query)
        added = await self._archive.add(query)
        return Sweep(added, (*restated, *filled))

    async def _query(self, tenant_id: str, start: dt.datetime, end: dt.datetime | None) -> DaysQuery:
        """Return the query for whole days; without an end until today, for no day where that is before the start."""
        start_us = instant_us(start, field="start")
        end_us = None if end is None else instant_us(end, field="end")
        if end_us is not None and end_us < start_us:
            raise InvalidIntervalError(f"end is {shown(end)}, before start {shown(start)}; swap them", field="end")
        subject = await self.subject(tenant_id)
        if end_us is None:
            end_us = max(start_us, subject.as_of_us + 1)
        return DaysQuery.covering(subject, start_us, end_us)

    async def subject(self, tenant_id: str) -> Subject:
        """Return a tenant with its settings, now: what a request needs to be read.

        Raises:
            UnknownTenantError: no tenant has this id.
        """
        settings = await self._tenants.settings(tenant_id)
        return Subject(tenant_id, settings, instant_us(self._clock(), field="clock"))

    async def aclose(self) -> None:
        """Cancel what runs in the background and close the cache's connections."""
        await self._day_reader.aclose()
        await self._cache.aclose()
