"""DayEvaluator: days taken from the store where it has them, and measured from the source where it has not."""
################################################################
# A stored day is taken while it includes every reported change. Where it does
# not, it is taken only once rows that a new measurement would need are purged:
# then nothing better can be had. All other days are measured over one window,
# with one query.
#
# A stored day that is none, or that was stored by a clock that is ahead, is never
# taken: the facts say what is known of it.
#
# Where the store cannot be read, its days are measured from the source. Of a day whose
# rows are purged that leaves unknown time, so the stored day would be better.
################################################################

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Hashable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import TypeVar

from sla_compliance.batch import AlarmBatch
from sla_compliance.compliance import EvaluationArguments
from sla_compliance.errors import InvalidStoredDayError, SLAComplianceError, shown
from sla_compliance.intervals import ALWAYS_START_US
from sla_compliance.ledger import CellLengths
from sla_compliance.measured import DayKey, MeasuredDay
from sla_compliance.report import ComplianceReport
from sla_compliance.service.answers import Provenance
from sla_compliance.service.guarded_calls import GuardedCalls
from sla_compliance.service.observer import ServiceObserver
from sla_compliance.service.queries import DaysQuery, Span, Subject, Window
from sla_compliance.service.source_reader import SourceReader
from sla_compliance.stores.protocol import DayStore, StoredDay

_Day = TypeVar("_Day", bound=Hashable)

SourcedDays = Mapping[DayKey, tuple[MeasuredDay, Provenance]]
"""Days, each with where it came from."""


@dataclass(frozen=True, slots=True)
class EvaluatedDays:
    """Days from the store or the source.

    Attributes:
        days: each with where it came from.
        keys_without_store: those measured from rows of which some are purged, while the store, which may have the day
            from before that, could not be read.
    """

    days: SourcedDays
    keys_without_store: Set[DayKey] = frozenset()


@dataclass(frozen=True, slots=True)
class DayEvaluator:
    """Measures days, or takes them from the store.

    Attributes:
        reader: of alarms and exclusions.
        store: of closed days; None: there is none.
        store_reads: of stored days for an answer.
        observer: called where the store cannot be read.
    """

    reader: SourceReader
    store: DayStore | None
    store_reads: GuardedCalls
    observer: ServiceObserver

    async def days(self, query: DaysQuery, keys: Collection[DayKey]) -> EvaluatedDays:
        """Return some days of a query, from the store where it has them; measured where it cannot be read."""
        closed_keys = [key for key in query.closed_keys if key in keys]
        stored = await self._read_store(query.subject.tenant_id, closed_keys)
        stored_days: Mapping[DayKey, MeasuredDay] = {}
        keys_without_store: Set[DayKey] = frozenset()
        if stored is None:
            complete_keys = await self.complete_days(query.subject, query.spans_of(closed_keys))
            keys_without_store = frozenset(closed_keys) - complete_keys
        else:
            stored_days = await self._days_that_hold(query.subject, stored)
        spans = query.spans_of(key for key in keys if key not in stored_days)
        measured_days = await self.evaluate(query.subject, spans)
        days = {
            **{key: (day, Provenance.STORE) for key, day in stored_days.items()},
            **{key: (day, Provenance.SOURCE) for key, day in measured_days.items()},
        }
        return EvaluatedDays(days, keys_without_store)

    async def stored_days(self, query: DaysQuery, keys: Collection[DayKey]) -> dict[DayKey, MeasuredDay]:
        """Return those of some days that are closed, stored, and not to be measured again; none where it cannot say."""
        closed_keys = [key for key in query.closed_keys if key in keys]
        stored = await self._read_store(query.subject.tenant_id, closed_keys)
        return {} if stored is None else await self._days_that_hold(query.subject, stored)

    async def _read_store(self, tenant_id: str, keys: Sequence[DayKey]) -> Mapping[DayKey, StoredDay] | None:
        """Return what is stored of some days of a tenant; None where the store fails or is late."""
        store = self.store
        if store is None or not keys:
            return {}
        try:
            return await self.store_reads.call(tenant_id, lambda: store.days(keys))
        except SLAComplianceError:
            raise
        except Exception as error:
            self.observer.failed("store", error)
            return None

    async def _days_that_hold(self, subject: Subject, stored: Mapping[DayKey, StoredDay]) -> dict[DayKey, MeasuredDay]:
        """Return the stored days that a new measurement would not better."""
        holding = self._without_objections(subject, stored)
        # One that was restated while an alarm of it was open and unseen is not closed yet.
        outdated_spans = {
            key: (entry.day.start_us, entry.day.end_us)
            for key, entry in holding.items()
            if not entry.is_current or not entry.day.is_closed(subject.policy)
        }
        measurable_keys = await self.restatable_days(subject, outdated_spans)
        return {key: entry.day for key, entry in holding.items() if key not in measurable_keys}

    def _without_objections(self, subject: Subject, stored: Mapping[DayKey, StoredDay]) -> Mapping[DayKey, StoredDay]:
        """Return those of some stored days that hold now, current or not; the observer is told of the others."""
        days: dict[DayKey, StoredDay] = {}
        for key, entry in stored.items():
            objection = entry.objection(subject.as_of_us)
            if not objection:
                days[key] = entry
                continue
            message = f"the stored day {key.date} of tenant {shown(key.tenant_id)} does not hold: {objection}"
            error = InvalidStoredDayError(
                f"{message}; it is measured from the facts", tenant_id=key.tenant_id, date=key.date
            )
            self.observer.failed("store", error)
        return days

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
        arguments = await self.reader.arguments(Window.around(subject, days.values()))
        return {day for day, span in days.items() if arguments.rows_needed_from_us(span[0]) >= since_us}

    async def evaluate(self, subject: Subject, spans: Mapping[DayKey, Span]) -> dict[DayKey, MeasuredDay]:
        """Return days between these bounds, measured over the shortest window that holds them; one query."""
        if not spans:
            return {}
        window = Window.around(subject, spans.values())
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
