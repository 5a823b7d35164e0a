"""ChangeReports: what to call of a ComplianceService when facts change, and its sweep of the store."""
################################################################
# A change of a fact (an alarm, a correction, maintenance, an exclusion) is reported to
# the service once it is committed. In this order: stored days become stale, cached
# ones are invalidated, stale stored days are measured again. Killed in between, the
# service answers from the facts, and the next sweep of the store does the rest.
# A row that is purged because it is old is no change of facts.
################################################################

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from sla_compliance.alarms import Alarm
from sla_compliance.cache.day_cache import DayCache
from sla_compliance.calendars.exclusions import AnyExclusion, Exclusion
from sla_compliance.checks import check_type
from sla_compliance.corrections import Correction
from sla_compliance.errors import ClockAheadError, InvalidValueError
from sla_compliance.service.altered_dates import AlteredDates
from sla_compliance.service.day_archive import DayArchive, ReportedChange
from sla_compliance.service.day_reader import DayReader
from sla_compliance.service.observer import ServiceObserver
from sla_compliance.service.period_reports import PeriodReports
from sla_compliance.service.queries import DaysQuery, Subject
from sla_compliance.service.reconciler import Reconciler
from sla_compliance.service.reconciliation import Reconciliation
from sla_compliance.service.remembered_ranges import RememberedRanges
from sla_compliance.service.restatement import exclusion_dates
from sla_compliance.service.source_reader import SourceReader
from sla_compliance.service.tenant_lookup import TenantLookup
from sla_compliance.sources.protocol import SupportsForget
from sla_compliance.stores.protocol import Restatement
from sla_compliance.units import ONE_DAY

FORGOTTEN_DAYS: Final = 3_660
"""How many days before today `forget` reaches; older ones stay cached for as long as they are fresh."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """What a sweep of the store did.

    Attributes:
        added: how many closed days it stored.
        restated: the stored days that it rewrote.
    """

    added: int
    restated: tuple[Restatement, ...]


class ChangeReports(ABC):
    """The part of a ComplianceService that is called when facts change."""

    _altered_dates: AlteredDates
    _archive: DayArchive | None
    _day_cache: DayCache
    _day_reader: DayReader
    _observer: ServiceObserver
    _period_reports: PeriodReports
    _clock: Callable[[], dt.datetime]
    _ranges: RememberedRanges
    _tenants: TenantLookup
    _source_reader: SourceReader

    @abstractmethod
    async def subject(self, tenant_id: str) -> Subject:
        """Return a tenant with its settings, now."""

    @abstractmethod
    async def _query(self, tenant_id: str, start: dt.datetime, end: dt.datetime | None) -> DaysQuery:
        """Return the query for whole days."""

    async def alarm_changed(self, tenant_id: str, old: Alarm | None, new: Alarm | None) -> tuple[dt.date, ...]:
        """Take note that an alarm was raised (no `old`), cleared, edited or deleted (no `new`).

        Returns:
            The local dates that this can alter, ascending.

        Raises:
            CacheUnavailableError, or the store's or the source's own error: call again; twice does no harm.
        """
        subject = await self.subject(tenant_id)
        latest_subject = await self._at_latest(subject)
        dates = await self._altered_dates.of_alarm(latest_subject, old, new)
        # Before other rows are read: where the source is down, a change of these dates is not lost.
        stale_count = await self._note_change(subject, dates)
        further_dates = set(await self._altered_dates.of_other_rows(latest_subject, old, new)) - set(dates)
        if further_dates:
            stale_count += await self._note_change(subject, sorted(further_dates))
            dates = tuple(sorted({*dates, *further_dates}))
        change = ReportedChange(frozenset(dates), _id_of(new or old))
        await self._restate(subject, stale_count, "an alarm changed", change)
        return dates

    async def correction_changed(self, tenant_id: str, correction: Correction) -> tuple[dt.date, ...]:
        """Take note that a correction was entered: it is one of those that the source of corrections has now.

        Returns, Raises:
            As `alarm_changed`; no date where no row has the id.
            InvalidTypeError: `correction` is no Correction, or the source cannot find rows by their ids.
        """
        check_type(correction, Correction, "correction", "a Correction")
        subject = await self.subject(tenant_id)
        dates = await self._altered_dates.of_correction(await self._at_latest(subject), correction)
        change = ReportedChange(frozenset(dates), str(correction.row_id), correction.author)
        await self._apply_change(subject, change, "a row was corrected")
        return dates

    async def exclusion_changed(
        self, tenant_id: str, old: AnyExclusion | None, new: AnyExclusion | None
    ) -> tuple[dt.date, ...]:
        """Take note that maintenance or an exclusion was entered (no `old`), edited, or cancelled (no `new`).

        Returns, Raises:
            As `alarm_changed`.
        """
        subject = await self.subject(tenant_id)
        dates = exclusion_dates(await self._at_latest(subject), old, new)
        exclusion = new or old
        cause = None if exclusion is None else exclusion.reason or None
        author = exclusion.author or None if isinstance(exclusion, Exclusion) else None
        change = ReportedChange(frozenset(dates), cause, author)
        await self._apply_change(subject, change, "maintenance or an exclusion changed")
        return dates

    async def invalidate(
        self, tenant_id: str, dates: Iterable[dt.date], *, reason: str = "facts of these dates changed"
    ) -> None:
        """Take note that facts of some local dates changed; errors as `alarm_changed`."""
        await self._apply_change(await self.subject(tenant_id), ReportedChange(frozenset(dates)), reason)

    async def _at_latest(self, subject: Subject) -> Subject:
        """Return a tenant as of now by whichever clock is later, this machine's or the store's.

        Machines whose clocks are right may have stored or cached days that a clock which is behind has not reached.
        """
        return subject if self._archive is None else await self._archive.at_latest(subject)

    async def forget(self, tenant_id: str) -> None:
        """Remember nothing of a tenant: its settings changed, or its rows did in a way that no date names.

        Forgotten are what Tenants and sources remember (SupportsForget), and the cached days of the last ten years, of
        all processes. Stored days stay: those of other settings have other keys, and for changed rows there are
        `invalidate` and `reconcile`.

        Raises:
            CacheUnavailableError: days may still be cached; call again.
        """
        reader = self._source_reader
        self._period_reports.forget(tenant_id)
        self._tenants.forget(tenant_id)
        self._ranges.forget(tenant_id)
        for part in (reader.source, reader.exclusion_source, reader.correction_source):
            if isinstance(part, SupportsForget):
                part.forget(tenant_id)
        self._day_reader.forget_running()
        # In some zone it is tomorrow already.
        tomorrow = self._clock().date() + ONE_DAY
        dates = [tomorrow - number * ONE_DAY for number in range(FORGOTTEN_DAYS + 2)]
        await self._day_cache.invalidate(tenant_id, dates)

    async def _apply_change(self, subject: Subject, change: ReportedChange, reason: str) -> None:
        stale_count = await self._note_change(subject, sorted(change.dates))
        await self._restate(subject, stale_count, reason, change)

    async def _note_change(self, subject: Subject, dates: Sequence[dt.date]) -> int:
        """Make stored days stale and invalidate cached ones; return how many stored days that were."""
        self._period_reports.forget(subject.tenant_id)
        # This order matters: see the top of this file.
        stale_count = 0 if self._archive is None else await self._archive.mark_stale(subject, dates)
        self._day_reader.forget_running()
        await self._day_cache.invalidate(subject.tenant_id, dates)
        return stale_count

    async def _restate(self, subject: Subject, stale_count: int, reason: str, change: ReportedChange) -> None:
        if self._archive is None or not stale_count:
            return
        try:
            await self._archive.restate(subject, reason=reason, change=change)
        except ClockAheadError as error:
            # The change is reported: answers come from the facts, and the next sweep elsewhere restates.
            self._observer.failed("store", error)

    async def store_closed_days(self, tenant_id: str, start: dt.datetime, end: dt.datetime) -> Sweep:
        """Store the closed days of a window that are not stored yet, and restate those that a change made stale.

        Stored days that do not hold are measured again too: those of older rules, which lack both other readings, those
        that cannot be read, and those that a clock stored which was ahead.

        Idempotent: a second sweep adds and restates nothing. Days of which rows are purged are left alone.

        Args:
            start, end: as `compliance`.

        Raises:
            InvalidValueError: the service has no store.
            ClockAheadError: this machine's clock is ahead of the store's by more than 5 s. Others as `compliance`.
        """
        archive = self._required_archive
        query = await self._query(tenant_id, start, end)
        restated = await archive.restate(query.subject, reason="a change that was not restated at the time")
        mended = await archive.mend(query)
        added = await archive.add(query)
        return Sweep(added, (*restated, *mended))

    async def reconcile(
        self, tenant_id: str, start: dt.datetime, end: dt.datetime, *, apply: bool = False
    ) -> Reconciliation:
        """Compare the closed stored days of a window with the rows as they are, and restate those that differ.

        For changes that were never reported. A day that differs where a purge may have taken rows is listed in
        `waiting` and stays as it is; see reconciler.py. Idempotent, also where two run at once. It costs one query
        for alarms for each 31 days, newest first.

        Args:
            start, end: as `compliance`.
            apply: whether waiting days are restated too: a person has seen that no purge is behind them.

        Raises:
            InvalidValueError: the service has no store.
            ClockAheadError: this machine's clock is ahead of the store's by more than 5 s.
            CacheUnavailableError: call again; the restated days may still be cached. Others as `compliance`.
        """
        archive = self._required_archive
        query = await self._query(tenant_id, start, end)
        await archive.check_clock(query.subject)
        reconciler = Reconciler(archive.store, archive.evaluator, self._day_cache, self._day_reader)
        return await reconciler.reconcile(query, apply=apply)

    @property
    def _required_archive(self) -> DayArchive:
        if self._archive is None:
            raise InvalidValueError("store is None, so no day can be kept; give the service a DayStore", field="store")
        return self._archive


def _id_of(alarm: Alarm | None) -> str | None:
    return None if alarm is None or alarm.id is None else str(alarm.id)
