"""Reconciler: measures closed stored days again and restates those that differ, for changes never reported."""
################################################################
# A stored day is measured again between its own bounds, where no purge can have come
# to a row of it. A day that differs is restated, unless the difference may be the work
# of a purge or of new zone rules. Such a day waits for a person:
#   ROWS_MISSING   fewer rows are there than were read for it
#   PURGE_NEARBY   it loses an outage, and a later day lacks rows that were read for
#                  it: a purge works from the oldest rows on, and one row that was
#                  added hides one that was purged from the count
#   ROWS_UNKNOWN   it loses an outage, and how many rows were read for it is not known
#   ZONE_RULES     it was stored with other bounds than today's zone rules give it
# Chunks are read from the latest one on, so that all days after a day are known.
#
# The count of rows is evidence only while it is up to date: a day of which more rows
# are there now is rewritten too, and leaves no trace where its cells are the same.
#
# Cached days that are not what was measured are invalidated, rewritten or not: a
# reporter that was killed may have left them behind.
#
# Order of a rewriting:
#   1. the stored day with its count of reported changes     (DayStore.days)
#   2. the facts
#   3. the difference is reported as a change of the date     (mark_stale)
#   4. cached days of the date are invalidated
#   5. the day is rewritten, with one change more than was reported in 1
# Killed after 3, the day is stale: answers come from the facts, and the next
# reconciliation or sweep restates it. A change that another process reports between 1
# and 5 is counted and not applied, so the day stays stale and the next round measures
# it again. Of two reconcilers the second finds as many changes applied and writes
# nothing, or measures again: both come to the same day.
################################################################

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from sla_compliance.cache.day_cache import DayCache
from sla_compliance.labels import CELLS, State
from sla_compliance.measured import DayKey, MeasuredDay
from sla_compliance.service.day_evaluator import DayEvaluator
from sla_compliance.service.day_reader import DayReader
from sla_compliance.service.queries import DaysQuery, Span, Subject
from sla_compliance.service.reconciliation import Reconciliation, WaitingCause, WaitingDay
from sla_compliance.stores.protocol import DayStore, Restatement, StoredDay
from sla_compliance.verdicts import counted_us

CHUNK_DAYS: Final = 31
MOST_ROUNDS: Final = 4
RECONCILED: Final = "reconciled: facts differed"
RECONCILED_BY_HAND: Final = "reconciled: facts differed, applied by hand"

_OUTAGE_STATES: Final = frozenset({State.DOWN, State.EXCUSED_MAINTENANCE, State.EXCUSED_OTHER})
_OUTAGE_CELLS: Final = tuple(index for index, (_, state) in enumerate(CELLS) if state in _OUTAGE_STATES)


@dataclass(frozen=True, slots=True)
class Reconciler:
    """Compares stored days with the facts.

    Attributes:
        store: of closed days.
        evaluator: measures days.
        cache: of measured days.
        day_reader: what it measures at the moment must not outlive a rewriting.
    """

    store: DayStore
    evaluator: DayEvaluator
    cache: DayCache
    day_reader: DayReader

    async def reconcile(self, query: DaysQuery, *, apply: bool) -> Reconciliation:
        """Return what became of the closed stored days of a query.

        Args:
            query: the days; at most CHUNK_DAYS of them are read with one query for alarms.
            apply: whether days that would wait are restated too.
        """
        findings = _Findings(query, apply)
        keys = query.closed_keys
        for after in range(len(keys), 0, -CHUNK_DAYS):
            pending_keys: Sequence[DayKey] = keys[max(0, after - CHUNK_DAYS) : after]
            for _ in range(MOST_ROUNDS):
                pending_keys = await self._reconcile_days(pending_keys, findings)
                if not pending_keys:
                    break
            # Days that changes reported meanwhile keep stale are left to the next sweep.
        return findings.reconciliation()

    async def _reconcile_days(self, keys: Sequence[DayKey], findings: _Findings) -> list[DayKey]:
        """Restate days of one chunk; return those that another change has made stale meanwhile."""
        # The counts of changes before the facts: see the top of this file.
        stored_days = await self.store.days(keys)
        spans = await self._measurable_spans(stored_days, findings)
        measured_days = await self.evaluator.evaluate(findings.subject, spans)
        findings.note_missing_rows(stored_days, measured_days)
        stale_keys: list[DayKey] = []
        days_by_reason: dict[str, dict[DayKey, MeasuredDay]] = {RECONCILED: {}, RECONCILED_BY_HAND: {}}
        for key, measured in measured_days.items():
            reason = findings.reason_to_rewrite(key, stored_days[key], measured)
            if reason is not None:
                days_by_reason[reason][key] = measured
        for reason, new_days in days_by_reason.items():
            stale_keys += await self._rewrite(new_days, stored_days, reason, findings)
        await self._invalidate_outdated(measured_days, findings)
        return stale_keys

    async def _invalidate_outdated(self, measured_days: Mapping[DayKey, MeasuredDay], findings: _Findings) -> None:
        """Invalidate cached days that are not what was measured; a waiting day is cached as it is stored."""
        keys = [key for key in measured_days if key not in findings.waiting]
        lookup = await self.cache.lookup(keys, findings.subject.policy, findings.subject.as_of_us)
        cached_days = {**lookup.stale, **lookup.fresh}
        outdated_dates = [
            key.date for key, cached in cached_days.items() if cached.cells_us != measured_days[key].cells_us
        ]
        await self.cache.invalidate(findings.subject.tenant_id, outdated_dates)

    async def _measurable_spans(
        self, stored_days: Mapping[DayKey, StoredDay], findings: _Findings
    ) -> dict[DayKey, Span]:
        """Return the bounds of those stored days of which no row can be purged; note the others."""
        # The bounds that the days were stored with, which are not always those of today's zone rules.
        spans = {key: (stored.day.start_us, stored.day.end_us) for key, stored in stored_days.items()}
        measurable_keys = await self.evaluator.restatable_days(findings.subject, spans)
        findings.incomplete.update(key.date for key in spans if key not in measurable_keys)
        findings.checked.update(measurable_keys)
        return {key: span for key, span in spans.items() if key in measurable_keys}

    async def _rewrite(
        self,
        new_days: Mapping[DayKey, MeasuredDay],
        stored_days: Mapping[DayKey, StoredDay],
        reason: str,
        findings: _Findings,
    ) -> list[DayKey]:
        """Rewrite stored days; return those that are stale afterwards."""
        if not new_days:
            return []
        subject = findings.subject
        current_dates = [key.date for key in new_days if stored_days[key].is_current]
        if current_dates:
            await self.store.mark_stale(subject.tenant_id, current_dates)
        self.day_reader.forget_running()
        await self.cache.invalidate(subject.tenant_id, [key.date for key in new_days])
        rewritten_days = {
            key: StoredDay(
                day=measured,
                written_us=subject.as_of_us,
                changes_applied=stored_days[key].changes_reported + (1 if stored_days[key].is_current else 0),
            )
            for key, measured in new_days.items()
        }
        restatements = await self.store.restate(rewritten_days, reason=reason, at_us=subject.as_of_us)
        findings.restated += restatements
        restated_keys = {restatement.key for restatement in restatements}
        findings.refreshed.update(
            key.date
            for key, day in new_days.items()
            if key not in restated_keys and _has_same_cells(stored_days, key, day)
        )
        days_afterwards = await self.store.days(tuple(new_days))
        return [key for key, stored in days_afterwards.items() if not stored.is_current]


@dataclass(slots=True)
class _Findings:
    """What a reconciliation has found so far, and by which rule it decides.

    Attributes:
        query, apply: as of Reconciler.reconcile.
        last_date_without_rows: the latest date that lacks rows which were read for it.
    """

    query: DaysQuery
    apply: bool
    checked: set[DayKey] = field(default_factory=set)
    restated: list[Restatement] = field(default_factory=list)
    refreshed: set[dt.date] = field(default_factory=set)
    waiting: dict[DayKey, WaitingDay] = field(default_factory=dict)
    incomplete: set[dt.date] = field(default_factory=set)
    last_date_without_rows: dt.date | None = None

    @property
    def subject(self) -> Subject:
        return self.query.subject

    def note_missing_rows(
        self, stored_days: Mapping[DayKey, StoredDay], measured_days: Mapping[DayKey, MeasuredDay]
    ) -> None:
        """Note the latest date that lacks rows; a reported change may have deleted some of a stale day."""
        for key, measured in measured_days.items():
            stored = stored_days[key]
            is_later = self.last_date_without_rows is None or key.date > self.last_date_without_rows
            if stored.is_current and is_later and measured.rows_read < stored.day.rows_read:
                self.last_date_without_rows = key.date

    def reason_to_rewrite(self, key: DayKey, stored: StoredDay, measured: MeasuredDay) -> str | None:
        """Return why a stored day is rewritten; None where it stays as it is, or waits."""
        self.waiting.pop(key, None)
        if not stored.is_current:
            return RECONCILED  # a change of it was reported
        is_short_of_rows = measured.rows_read < stored.day.rows_read
        if not _differs(stored.day, measured):
            # Applied by hand, the rows that are there are those to count from.
            return RECONCILED_BY_HAND if self.apply and is_short_of_rows else None
        cause = self._waiting_cause(key, stored.day, measured)
        if cause is None:
            return RECONCILED
        if self.apply:
            return RECONCILED_BY_HAND
        self.waiting[key] = WaitingDay(key, cause, stored.day, measured)
        return None

    def _waiting_cause(self, key: DayKey, stored: MeasuredDay, measured: MeasuredDay) -> WaitingCause | None:
        if measured.rows_read < stored.rows_read:
            return WaitingCause.ROWS_MISSING
        if (stored.start_us, stored.end_us) != self.query.spans[key]:
            return WaitingCause.ZONE_RULES
        if not _loses_outage(stored, measured):
            return None
        if not stored.has_readings:
            return WaitingCause.ROWS_UNKNOWN
        last_date = self.last_date_without_rows
        return WaitingCause.PURGE_NEARBY if last_date is not None and key.date <= last_date else None

    def reconciliation(self) -> Reconciliation:
        """Return what was found, by date."""
        return Reconciliation(
            subject=self.subject,
            checked=len(self.checked),
            restated=tuple(sorted(self.restated, key=lambda restatement: restatement.key.date)),
            refreshed=tuple(sorted(self.refreshed)),
            waiting=tuple(sorted(self.waiting.values(), key=lambda day: day.date)),
            incomplete=tuple(sorted(self.incomplete)),
        )


def _differs(stored: MeasuredDay, measured: MeasuredDay) -> bool:
    """Return whether a stored day is not what the rows say now, or counts fewer rows than there are."""
    if stored.cells_us != measured.cells_us:
        return True
    if not stored.has_readings:
        return False  # the sweep measures days of older rules again
    stored_readings = (stored.optimistic_cells_us, stored.pessimistic_cells_us)
    measured_readings = (measured.optimistic_cells_us, measured.pessimistic_cells_us)
    return stored_readings != measured_readings or measured.rows_read > stored.rows_read


def _loses_outage(stored: MeasuredDay, measured: MeasuredDay) -> bool:
    """Return whether less time is in an outage than was stored, in the record or in the pessimistic reading."""
    stored_cells = (stored.cells_us, stored.pessimistic_cells_us or stored.cells_us)
    measured_cells = (measured.cells_us, measured.pessimistic_cells_us or measured.cells_us)
    return any(
        counted_us(new_us, _OUTAGE_CELLS) < counted_us(old_us, _OUTAGE_CELLS)
        for old_us, new_us in zip(stored_cells, measured_cells, strict=True)
    )


def _has_same_cells(stored_days: Mapping[DayKey, StoredDay], key: DayKey, measured: MeasuredDay) -> bool:
    return stored_days[key].day.cells_us == measured.cells_us
