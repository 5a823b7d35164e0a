"""DayArchive: keeps the closed days of a service in a store, and measures them again where that is due."""
################################################################
# The archive stores closed days alone, and only those of which every row is still
# there. A stored day is never rewritten by a later measurement: rows are purged,
# zone rules change. A reported change makes it stale, and it is measured again
# between the bounds it was stored with. Where rows of it are purged by then, the
# change is not reported to the store and the day stays as it is; so a purge that
# reports each row it deletes alters nothing.
#
# A clock that is ahead closes days that have not happened, without an alarm. So
# nothing is stored while this machine's clock is ahead of the store's. Where the
# store has no other clock, such a day is seen only while it lies ahead of now: a
# sweep makes it stale at once, and the sweep after its end measures it again.
################################################################

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from sla_compliance.calendars.local_days import first_instant_us
from sla_compliance.errors import ClockAheadError
from sla_compliance.measured import CLOCK_TOLERANCE, RULES_VERSION, DayKey, MeasuredDay, closes_at_us, is_ahead
from sla_compliance.service.day_evaluator import DayEvaluator
from sla_compliance.service.queries import DaysQuery, Subject
from sla_compliance.stores.protocol import (
    DayStore,
    Restatement,
    StoredDay,
    SupportsClock,
    SupportsDaysAhead,
    SupportsOtherSettings,
)
from sla_compliance.units import MICROSECOND, ONE_DAY, moment


@dataclass(frozen=True, slots=True)
class ReportedChange:
    """A change of facts that was reported just now.

    Attributes:
        dates: those that it alters.
        cause: what changed, the id of a row or the name of a window; None where it has none.
        author: who changed it; None where it is not known.
    """

    dates: frozenset[dt.date]
    cause: str | None = None
    author: str | None = None

    def is_all_of(self, key: DayKey, stored: StoredDay) -> bool:
        """Whether it is the only change that a stored day does not include yet."""
        return key.date in self.dates and stored.changes_reported - stored.changes_applied == 1


@dataclass(frozen=True, slots=True)
class DayArchive:
    """A store of closed days and the evaluator that fills it.

    Attributes:
        store: of closed days.
        evaluator: measures them.
    """

    store: DayStore
    evaluator: DayEvaluator

    async def add(self, query: DaysQuery) -> int:
        """Store the closed days of a query that are not stored yet; return how many those were.

        Raises:
            ClockAheadError: this machine's clock is ahead of the store's.
        """
        subject = query.subject
        await self.check_clock(subject)
        complete_keys = await self.evaluator.complete_days(subject, query.spans_of(query.closed_keys))
        stored_days = await self.store.days([key for key in query.closed_keys if key in complete_keys])
        spans = query.spans_of(key for key in query.closed_keys if key in complete_keys and key not in stored_days)
        # The counts before the facts: a change reported in between leaves the day stale.
        changes = await self.store.changes(subject.tenant_id, [key.date for key in spans])
        measured_days = await self.evaluator.evaluate(subject, spans)
        # A purge may have come to rows of a day after the first look and before they were read.
        still_complete_keys = await self.evaluator.complete_days(subject, spans)
        new_days = {
            key: StoredDay(day=day, written_us=subject.as_of_us, changes_applied=changes[key.date])
            for key, day in measured_days.items()
            if key in still_complete_keys and day.is_closed(subject.policy)
        }
        return await self.store.add(new_days)

    async def mend(self, query: DaysQuery) -> list[Restatement]:
        """Measure stored days of a query again that do not hold, where every row is still there; return what differed.

        These are days that were stored by a clock that is ahead, that cannot be read, that were measured by older
        rules, or before they were closed.

        Raises:
            ClockAheadError: this machine's clock is ahead of the store's.
        """
        subject = query.subject
        await self.check_clock(subject)
        restatements = await self._mend_days_ahead(query)
        days_by_reason: dict[str, dict[DayKey, StoredDay]] = {}
        for key, stored in (await self.store.days(query.closed_keys)).items():
            if reason := _reason_to_mend(stored, subject):
                days_by_reason.setdefault(reason, {})[key] = stored
        for reason, days in days_by_reason.items():
            measured_days = await self._measured_again(subject, days)
            closed_days = {key: day for key, day in measured_days.items() if day.is_closed(subject.policy)}
            restatements += await self._rewrite(subject, days, closed_days, reason)
        return restatements

    async def _mend_days_ahead(self, query: DaysQuery) -> list[Restatement]:
        """Make days stale that were stored by a clock that is ahead, and measure those of them again that are over."""
        subject, store = query.subject, self.store
        limit_us = subject.as_of_us + CLOCK_TOLERANCE // MICROSECOND
        if isinstance(store, SupportsDaysAhead):
            keys_ahead = await store.measured_after(subject.tenant_id, limit_us)
        else:
            stored_days = await store.days(query.closed_keys)
            keys_ahead = [
                key
                for key, stored in stored_days.items()
                if stored.is_current and max(stored.day.as_of_us, stored.written_us) > limit_us
            ]
        if not keys_ahead:
            return []
        # Also those that are not over yet: once they are, nothing may be seen of the clock that was ahead.
        await store.mark_stale(subject.tenant_id, sorted({key.date for key in keys_ahead}))
        return await self.restate(subject, reason="stored by a clock that was ahead")

    async def mark_stale(self, subject: Subject, dates: Iterable[dt.date]) -> int:
        """Report a change of some dates to the store, where every row is still there; return how many days it has."""
        zone, store = subject.zone, self.store
        spans = {date: (first_instant_us(date, zone), first_instant_us(date + ONE_DAY, zone)) for date in dates}
        restatable_dates = await self.evaluator.restatable_days(subject, spans)
        if isinstance(store, SupportsOtherSettings):
            measurement = subject.policy.measurement_fingerprint
            await store.outdate_others(subject.tenant_id, measurement=measurement, zone=zone)
        return await store.mark_stale(subject.tenant_id, sorted(restatable_dates))

    async def restate(
        self, subject: Subject, *, reason: str, change: ReportedChange | None = None
    ) -> list[Restatement]:
        """Measure stale days again that are over, where every row is still there; return what differed.

        Args:
            reason: of the entries of the trail.
            change: its cause and author are those of the days that lack no other change.

        Raises:
            ClockAheadError: this machine's clock is ahead of the store's.
        """
        await self.check_clock(subject)
        settings = subject.policy.measurement_fingerprint, subject.zone
        stale_keys = await self.store.stale(subject.tenant_id)
        stale_days = await self.store.days([key for key in stale_keys if (key.measurement, key.zone) == settings])
        days_of_today: dict[DayKey, StoredDay] = {}
        for key, stored in stale_days.items():
            # The bounds that the day was stored with, which are not always those of today's zone rules.
            start_us, end_us = stored.day.start_us, stored.day.end_us
            # Days of an earlier policy, agreement or zone cannot be measured by today's; they stay as they are.
            is_of_today = key == subject.settings.day_key(subject.tenant_id, key.date, start_us, end_us)
            # One that is not over was stored by a clock that is ahead.
            if is_of_today and closes_at_us(end_us, subject.policy) <= subject.as_of_us:
                days_of_today[key] = stored
        measured_days = await self._measured_again(subject, days_of_today)
        if change is None:
            return await self._rewrite(subject, days_of_today, measured_days, reason)
        altered_by_it = {key for key in measured_days if change.is_all_of(key, days_of_today[key])}
        of_it = {key: day for key, day in measured_days.items() if key in altered_by_it}
        of_others = {key: day for key, day in measured_days.items() if key not in altered_by_it}
        return [
            *await self._rewrite(subject, days_of_today, of_it, reason, change.cause, change.author),
            *await self._rewrite(subject, days_of_today, of_others, reason),
        ]

    async def _measured_again(self, subject: Subject, days: Mapping[DayKey, StoredDay]) -> Mapping[DayKey, MeasuredDay]:
        """Return what some stored days are now, between their own bounds; not those of which rows may be purged."""
        spans = {key: (stored.day.start_us, stored.day.end_us) for key, stored in days.items()}
        restatable_keys = await self.evaluator.restatable_days(subject, spans)
        restatable_spans = {key: span for key, span in spans.items() if key in restatable_keys}
        measured_days = await self.evaluator.evaluate(subject, restatable_spans)
        # As in `add`: a purge may have come to their rows meanwhile.
        still_restatable_keys = await self.evaluator.restatable_days(subject, restatable_spans)
        return {key: day for key, day in measured_days.items() if key in still_restatable_keys}

    async def _rewrite(
        self,
        subject: Subject,
        days: Mapping[DayKey, StoredDay],
        measured_days: Mapping[DayKey, MeasuredDay],
        reason: str,
        cause: str | None = None,
        author: str | None = None,
    ) -> list[Restatement]:
        """Put measurements in the place of stored days that were read before their facts; return what differed."""
        new_days = {
            key: StoredDay(day=day, written_us=subject.as_of_us, changes_applied=days[key].changes_reported)
            for key, day in measured_days.items()
        }
        if not new_days:
            return []
        return await self.store.restate(new_days, reason=reason, at_us=subject.as_of_us, cause=cause, author=author)

    async def check_clock(self, subject: Subject) -> None:
        """Check that this machine's clock, as the instant of evaluation has it, is not ahead of the store's.

        Raises:
            ClockAheadError: it is, by more than CLOCK_TOLERANCE.
        """
        store_clock_us = await self._store_clock_us()
        if store_clock_us is None or not is_ahead(subject.as_of_us, store_clock_us):
            return
        clock, store_clock = moment(subject.as_of_us).isoformat(), moment(store_clock_us).isoformat()
        message = f"clock says {clock}, that of the store {store_clock}; nothing is stored: set this machine's clock"
        raise ClockAheadError(message, clock_us=subject.as_of_us, store_clock_us=store_clock_us)

    async def at_latest(self, subject: Subject) -> Subject:
        """Return a tenant as of now by whichever clock is later, this machine's or the store's."""
        store_clock_us = await self._store_clock_us()
        if store_clock_us is None or not is_ahead(store_clock_us, subject.as_of_us):
            return subject
        return replace(subject, as_of_us=store_clock_us)

    async def _store_clock_us(self) -> int | None:
        return await self.store.now_us() if isinstance(self.store, SupportsClock) else None


def _reason_to_mend(stored: StoredDay, subject: Subject) -> str:
    """Return why a stored day is to be measured again without a change of facts; empty where it is not."""
    if stored.fault:
        return "the stored day could not be read"
    if stored.day.rules_version < RULES_VERSION:
        return "measured by newer rules"
    if not stored.day.is_closed(subject.policy):
        return "stored before it was closed"
    return ""
