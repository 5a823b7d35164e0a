"""ComplianceService: the compliance of tenants, and what to call when facts change."""
################################################################
# A query is widened to whole local days of the tenant; as_of is now. What to call when
# facts change stands in change_reports.py.
################################################################

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable, Iterable, Sequence
from time import perf_counter
from typing import Final, TypeVar

from sla_compliance.cache.circuit_breaker import CircuitBreakerCache
from sla_compliance.cache.day_cache import DayCache, Lifetimes
from sla_compliance.cache.memory import MemoryCache
from sla_compliance.cache.protocol import Cache
from sla_compliance.calls.timed import TimedCalls
from sla_compliance.certainty import unknown_us
from sla_compliance.corrections import UnusedCorrection
from sla_compliance.errors import InvalidIntervalError, shown
from sla_compliance.incidents import Incident, IncidentPage, PageBounds
from sla_compliance.inventory import Inventory
from sla_compliance.labels import Accounting
from sla_compliance.measured import MeasuredDay
from sla_compliance.policy import Target, target_ratio
from sla_compliance.report import ComplianceReport
from sla_compliance.service.altered_dates import AlteredDates
from sla_compliance.service.answers import ComplianceAnswer
from sla_compliance.service.async_parts import check_parts
from sla_compliance.service.change_reports import ChangeReports
from sla_compliance.service.day_archive import DayArchive
from sla_compliance.service.day_evaluator import DayEvaluator
from sla_compliance.service.day_reader import DayReader
from sla_compliance.service.drill_down import incidents_of
from sla_compliance.service.guarded_calls import GuardedCalls
from sla_compliance.service.observer import Observers, ServiceObserver, Statistics
from sla_compliance.service.overview import Overviews
from sla_compliance.service.period_reports import PeriodReports
from sla_compliance.service.queries import DaysQuery, Subject, Window
from sla_compliance.service.remembered_ranges import RememberedRanges
from sla_compliance.service.reports import ServiceReports
from sla_compliance.service.resources import resources_of
from sla_compliance.service.source_reader import SourceReader
from sla_compliance.service.statement_issuer import StatementIssuer
from sla_compliance.service.tenant_faults import tenant_faults
from sla_compliance.service.tenant_lookup import TenantLookup
from sla_compliance.service.timed_store import TimedDayStore
from sla_compliance.service.usage import Usage
from sla_compliance.sources.clock import utc_now
from sla_compliance.sources.protocol import (
    AsyncAlarmSource,
    AsyncSupportsCorrections,
    AsyncSupportsInventory,
    ExclusionSource,
    SupportsSampleFlag,
    Tenants,
)
from sla_compliance.stores.protocol import DayStore
from sla_compliance.stores.statements import StatementStore
from sla_compliance.units import instant_us

SHORT_TIME_OUT: Final = dt.timedelta(seconds=5)
"""How long what a request can do without may take: settings, where others are known, and stored days."""


_Result = TypeVar("_Result")


class ComplianceService(ChangeReports, Overviews, ServiceReports):
    """The compliance of tenants; for one process and one event loop.

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
        cache_key: bytes | None = None,
        store: DayStore | None = None,
        statements: StatementStore | None = None,
        clock: Callable[[], dt.datetime] = utc_now,
        lifetimes: Lifetimes = Lifetimes(),  # noqa: B008 - frozen
        settings_lifetime: dt.timedelta = dt.timedelta(0),
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
            cache_key: seals what is written to the cache, 32 bytes or more, e.g. `derived_cache_key(secret)`: an entry
                that no holder of the key has written is measured again. All services that share a cache need the same.
            store: of closed days; None: none.
            statements: a store of issued statements; None: none can be issued or listed.
            clock: the present moment, aware.
            lifetimes: how long cached days are served.
            settings_lifetime: how long settings and inventories of a tenant hold before they are read again; 0: they
                are read every time. While they cannot be read the last known ones hold.
            source_time_out: how long a query may take, of the source, the other parts and the store; settings,
                inventories and the reading of stored days at most 5 seconds of it.
            cache_time_out: how long the cache may take; after a failure it is not called for 5 seconds.
            observer: called with what happens.

        Raises:
            InvalidTypeError: a part is not async; the message names its way out. Or `cache_key` is no bytes.
            InvalidValueError: `cache_key` is too short.
        """
        check_parts(source=source, tenants=tenants, cache=cache, store=store, statements=statements)
        check_parts(exclusions=exclusions, inventories=inventories, corrections=corrections)
        self._usage = Usage()
        self._ranges = RememberedRanges()
        self.statistics = Statistics()
        self._observer = Observers((self.statistics,) if observer is None else (self.statistics, observer))
        self._clock = clock
        self.is_sample = isinstance(source, SupportsSampleFlag) and source.is_sample
        if self.is_sample:
            # Made-up figures leave no trace: a cache that keeps nothing, and no stores.
            cache, store, statements = MemoryCache(max_keys=0), None, None
        self._cache = self._guarded(cache or MemoryCache(), cache_time_out)
        self._day_cache = DayCache(self._cache, lifetimes, cache_key=cache_key, on_invalid=self._report_cache_failure)
        if inventories is None and isinstance(tenants, AsyncSupportsInventory):
            inventories = tenants
        short_time_out = min(source_time_out, SHORT_TIME_OUT)
        self._tenants = TenantLookup(tenants, inventories, self._observer, settings_lifetime, short_time_out)
        known_inventories = None if inventories is None else self._tenants
        source_calls = GuardedCalls("the source", source_time_out)
        self._source_reader = SourceReader(
            source, exclusions, known_inventories, corrections, source_calls, self._observer
        )
        self._altered_dates = AlteredDates(self._source_reader)
        timed_store = None if store is None else TimedDayStore(store, source_time_out)
        self._store = timed_store
        store_reads = GuardedCalls("the store", short_time_out)
        self._evaluator = DayEvaluator(self._source_reader, timed_store, store_reads, self._observer)
        self._day_reader = DayReader(self._day_cache, self._evaluator, self._observer, self._now_us)
        self._archive = None if timed_store is None else DayArchive(timed_store, self._evaluator)
        self._statement_issuer = None
        if statements is not None:
            statement_calls = TimedCalls("the store of statements", source_time_out.total_seconds())
            self._statement_issuer = StatementIssuer(statements, statement_calls, self._source_reader, clock)
        self._period_reports = PeriodReports(
            self._source_reader, self._observer, self._now_us, is_sample=self.is_sample
        )

    def _guarded(self, cache: Cache, time_out: dt.timedelta) -> Cache:
        """Return a cache that never fails: a cache in memory is neither down nor late."""
        if type(cache) is MemoryCache:
            return cache
        return CircuitBreakerCache(cache, timeout_s=time_out.total_seconds(), on_failure=self._report_cache_failure)

    def _report_cache_failure(self, error: BaseException) -> None:
        self._observer.failed("cache", error)

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
        measured_days, provenance = await self._day_reader.read(query)
        answer = ComplianceAnswer(
            subject=subject,
            requested_target_ratio=requested_target_ratio,
            requested_accounting=accounting,
            start_us=query.start_us,
            measured=measured_days,
            provenance=provenance,
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
        if not unknown_us(first.cells_us, subject.policy.accounting):
            return None  # as nearly every time; to ask the source takes longer
        is_cut = first.start_us < self._source_reader.purged_until_us(subject.tenant_id) < first.end_us
        return first.date if is_cut else None

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
        return (await self.incident_page(tenant_id, date, PageBounds(), accounting=accounting)).incidents

    async def incident_page(
        self, tenant_id: str, date: dt.date, bounds: PageBounds, *, accounting: Accounting | None = None
    ) -> IncidentPage:
        """Return some of the outages of a local date, and how many there are; all else as `incidents`."""
        subject = await self.subject(tenant_id)
        return await incidents_of(self._source_reader, Window.of_date(subject, date), bounds, accounting=accounting)

    async def shown_day(self, tenant_id: str, date: dt.date) -> MeasuredDay | None:
        """Return the day that `compliance` shows at present without measuring it; None where it would measure it.

        One round trip to the cache, and one query where a closed day is not in it. A store that fails is reported to
        the observer and taken for empty, as nothing depends on it. Raises as `incidents`.
        """
        subject = await self.subject(tenant_id)
        day = Window.of_date(subject, date)
        if day.start_us == day.end_us:
            return None
        query = DaysQuery.covering(subject, day.start_us, day.end_us)
        try:
            days = await self._day_reader.shown(query)
        except Exception as error:
            self._observer.failed("store", error)
            return None
        return next(iter(days.values()), None)

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
        window = await self._window(tenant_id, start, end)
        return await resources_of(self._source_reader, window, by=by, inventory=inventory)

    async def compute(self, work: Callable[[], _Result]) -> _Result:
        """Return the result of `work` on an answer, run in a thread while the service computes nothing else."""
        return await self._source_reader.limits.compute(work)

    async def unused_corrections(self, tenant_id: str) -> tuple[UnusedCorrection, ...]:
        """Return the corrections of a tenant that change nothing, and why; read from the sources every time.

        Raises:
            InvalidTypeError: the source cannot find rows by their ids. Others as `incidents`.
        """
        subject = await self.subject(tenant_id)
        return await self._source_reader.unused_corrections(subject.tenant_id)

    async def _query(self, tenant_id: str, start: dt.datetime, end: dt.datetime | None) -> DaysQuery:
        """Return the query for whole days; without an end until today, for no day where that is before the start."""
        start_us = instant_us(start, field="start")
        end_us = None if end is None else instant_us(end, field="end")
        if end_us is not None and end_us < start_us:
            raise InvalidIntervalError(f"end is {shown(end)}, before start {shown(start)}; swap them", field="end")
        subject = await self.subject(tenant_id)
        if end_us is None:
            end_us = max(start_us, subject.as_of_us + 1)
        return self._ranges.query(subject, start_us, end_us)

    async def subject(self, tenant_id: str) -> Subject:
        """Return a tenant with its settings, now: what a request needs to be read.

        Raises:
            UnknownTenantError: no tenant has this id.
            InvalidTenantError: its zone or a date of its settings cannot be used.
            ServiceUseError: the service is closed, or another process or event loop uses it.
            TimeoutError, or the error of `tenants`: the settings cannot be read, and none are known.
        """
        self._begin_use()
        with tenant_faults(tenant_id):
            settings = await self._tenants.settings(tenant_id)
        return Subject(tenant_id, settings, self._now_us())

    async def subjects(self, tenant_ids: Iterable[str]) -> dict[str, Subject]:
        """Return those of some tenants whose settings hold or can be read together; the others are for `subject`.

        Where the tenants are `SupportsManySettings`, one call reads some hundreds; call it before a loop over many
        tenants, and with a `settings_lifetime` the loop has no settings to read.
        """
        self._begin_use()
        settings_by_id = await self._tenants.settings_of_tenants(tenant_ids)
        now_us = self._now_us()
        return {tenant_id: Subject(tenant_id, settings, now_us) for tenant_id, settings in settings_by_id.items()}

    def _begin_use(self) -> None:
        if self._usage.begin():
            # What runs on a loop that was closed never ends.
            self._day_reader.forget_running()
            self._period_reports.forget_running()
            self._tenants.forget_running()

    def _now_us(self) -> int:
        return instant_us(self._clock(), field="clock")

    async def aclose(self) -> None:
        """Cancel what runs in the background and close the cache's connections; later uses are refused."""
        self._usage.end()
        await self._day_reader.aclose()
        await self._period_reports.aclose()
        await self._tenants.aclose()
        await self._cache.aclose()
