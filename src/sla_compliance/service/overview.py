"""Overviews: how many tenants stand over some days, the worst first, from stored days alone."""
################################################################
# Nothing is measured here and no alarm is read, so an overview of a thousand tenants
# costs the source nothing. Closed days are stored by the sweep (`store_closed_days`,
# the job `precompute`); today is never among them. A stored day counts while it
# includes every reported change and was measured under the tenant's present settings;
# any other day of the range is counted as missing.
#
# The order is by availability minus target, so that each tenant is compared with what
# it was promised; tenants without figures are last. Ties are in the order of their ids.
################################################################

from __future__ import annotations

import asyncio
import datetime as dt
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, TypeVar

from sla_compliance.calendars.local_days import first_instant_us
from sla_compliance.certainty import Doubt
from sla_compliance.checks import check_type
from sla_compliance.errors import InvalidIntervalError, InvalidTenantError, UnknownTenantError, shown
from sla_compliance.measured import DayKey, FactCode, MeasuredDay
from sla_compliance.records import ComplianceRecord
from sla_compliance.service.answers import ComplianceAnswer, Provenance
from sla_compliance.service.queries import DaysQuery, Subject
from sla_compliance.stores.protocol import DayStore, StoredDay, SupportsManyTenants
from sla_compliance.units import ONE_DAY, moment

DAYS_OF_A_QUERY: Final = 5_000
"""How many days are read with one query: reading their rows takes the event loop some tens of milliseconds."""
SETTINGS_AT_ONCE: Final = 8
CAUSE_CODES: Final = frozenset({FactCode.STALE_ALARM, FactCode.REFUSED_WORK})
"""Facts of a stored day that name what took it down."""

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class NamedCause:
    """What a stored day knows of why it was down.

    Attributes:
        code: a FactCode.
        name: the alarm or the window.
        length_us: the downtime that it alone took, of all stored days, microseconds.
    """

    code: str
    name: str
    length_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantOverview:
    """How a tenant stands over the stored days of a range.

    Attributes:
        tenant_id: whose.
        zone: of its local days; None where its settings cannot be used.
        closed_days: how many days of the range are over for good.
        stored_days: how many of them are stored and hold.
        record: the record of these; None where there is none.
        top_doubt: what leaves most time in doubt; None where nothing does.
        top_cause: what took most downtime by itself, as far as stored days name causes; else None.
        fault: why the settings cannot be used; empty where they can.
    """

    tenant_id: str
    zone: str | None = None
    closed_days: int = 0
    stored_days: int = 0
    record: ComplianceRecord | None = None
    top_doubt: Doubt | None = None
    top_cause: NamedCause | None = None
    fault: str = ""

    @property
    def has_data(self) -> bool:
        """Whether there is an availability."""
        return self.margin_ratio is not None

    @property
    def margin_ratio(self) -> Fraction | None:
        """Availability minus target; below 0 where the target is not kept; None where there is no availability."""
        ratio = None if self.record is None else self.record.availability_ratio
        return None if self.record is None or ratio is None else ratio - self.record.target_ratio

    @property
    def is_confirmed(self) -> bool:
        """Whether neither a doubt nor a missing day could change the verdict."""
        is_whole = self.stored_days == self.closed_days
        return self.record is not None and is_whole and self.record.is_confirmed


class Overviews(ABC):
    """The part of a ComplianceService that looks at many tenants."""

    _store: DayStore | None

    @abstractmethod
    async def subject(self, tenant_id: str) -> Subject:
        """Return a tenant with its settings, now."""

    @abstractmethod
    async def subjects(self, tenant_ids: Iterable[str]) -> dict[str, Subject]:
        """Return those of some tenants whose settings can be read together."""

    @abstractmethod
    async def compute(self, work: Callable[[], _Result]) -> _Result:
        """Return the result of `work`, run in a thread."""

    @abstractmethod
    def _now_us(self) -> int: ...

    @property
    def utc_date(self) -> dt.date:
        """The present date in UTC, by the service's clock."""
        return moment(self._now_us()).date()

    async def overview(
        self, tenant_ids: Iterable[str], first: dt.date | None = None, last: dt.date | None = None
    ) -> tuple[TenantOverview, ...]:
        """Return how each of some tenants stands, the worst first; those without stored days are listed last.

        One query for many tenants together, where the store supports it; the settings besides, where they are not
        known yet: of some hundreds of tenants with one call, where they are `SupportsManySettings`.

        Args:
            tenant_ids: each is listed once.
            first, last: local dates, each tenant's own, both included. Without `first` from the beginning of the
                calendar month of `last`; without `last` until today in UTC, as far as days are closed.

        Raises:
            InvalidIntervalError: `last` is before `first`. InvalidTypeError: one of them is no date.
            TimeoutError, or the store's own error: it cannot be read; or the settings cannot, and none are known.
        """
        first, last = self._checked_dates(first, last)
        overviews: list[TenantOverview] = []
        subjects: list[Subject] = []
        for tenant_id, subject in (await self._subjects(dict.fromkeys(tenant_ids))).items():
            if isinstance(subject, Subject):
                subjects.append(subject)
            else:
                overviews.append(TenantOverview(tenant_id=tenant_id, fault=str(subject)))
        # In the thread too: the keys of five thousand tenants' days take seconds, which the event loop has not.
        queries = await self.compute(lambda: [_query(subject, first, last) for subject in subjects])
        stored_days = await self._stored(queries)
        overviews += await self.compute(lambda: [_overview(query, stored_days) for query in queries])
        return tuple(sorted(overviews, key=_rank))

    def _checked_dates(self, first: dt.date | None, last: dt.date | None) -> tuple[dt.date, dt.date]:
        for name, date in (("first", first), ("last", last)):
            if date is not None:
                check_type(date, dt.date, name, "a date")
        today = self.utc_date
        last = today if last is None else last
        first = last.replace(day=1) if first is None else first
        if last < first:
            raise InvalidIntervalError(f"last is {shown(last)}, before first {shown(first)}; swap them", field="last")
        # Later days are closed in no zone; of them there may be very many.
        return first, min(last, today + ONE_DAY)

    async def _subjects(self, tenant_ids: Iterable[str]) -> Mapping[str, Subject | Exception]:
        """Return tenants with their settings; of those whose settings cannot be used, why."""
        are_free = asyncio.Semaphore(SETTINGS_AT_ONCE)

        async def subject(tenant_id: str) -> Subject | Exception:
            async with are_free:
                try:
                    return await self.subject(tenant_id)
                except (UnknownTenantError, InvalidTenantError) as error:
                    return error

        ids = tuple(tenant_ids)
        subjects: dict[str, Subject | Exception] = {**await self.subjects(ids)}
        other_ids = [tenant_id for tenant_id in ids if tenant_id not in subjects]
        subjects |= zip(other_ids, await asyncio.gather(*map(subject, other_ids)), strict=True)
        return subjects

    async def _stored(self, queries: Sequence[DaysQuery]) -> Mapping[DayKey, StoredDay]:
        """Return what is stored of the closed days of some queries."""
        store = self._store
        stored_days: dict[DayKey, StoredDay] = {}
        if store is None:
            return stored_days
        if isinstance(store, SupportsManyTenants):
            for keys in _batches(queries):
                stored_days |= await store.days_of_tenants(keys)
            return stored_days
        for query in queries:
            stored_days |= await store.days(query.closed_keys)
        return stored_days


def _batches(queries: Sequence[DaysQuery]) -> Iterator[list[DayKey]]:
    """Yield the closed days of some queries, those of a tenant together, so many that one query reads them."""
    keys: list[DayKey] = []
    for query in queries:
        if keys and len(keys) + len(query.closed_keys) > DAYS_OF_A_QUERY:
            yield keys
            keys = []
        keys += query.closed_keys
    if keys:
        yield keys


def _query(subject: Subject, first: dt.date, last: dt.date) -> DaysQuery:
    """Return the query for a tenant's local days of some dates."""
    start_us = first_instant_us(first, subject.zone, field="first")
    end_us = first_instant_us(last + ONE_DAY, subject.zone, field="last")
    return DaysQuery.covering(subject, start_us, max(start_us, min(end_us, subject.as_of_us)))


def _overview(query: DaysQuery, stored_days: Mapping[DayKey, StoredDay]) -> TenantOverview:
    """Return the figures of a tenant from its stored days."""
    subject = query.subject
    stored = (stored_days[key] for key in query.closed_keys if key in stored_days)
    days = tuple(entry.day for entry in stored if _holds(entry, subject))
    if not days:
        return TenantOverview(tenant_id=subject.tenant_id, zone=subject.zone, closed_days=len(query.closed_keys))
    answer = ComplianceAnswer(
        subject=subject,
        requested_target_ratio=None,
        requested_accounting=None,
        start_us=days[0].start_us,
        measured=days,
        provenance=(Provenance.STORE,) * len(days),
    )
    return TenantOverview(
        tenant_id=subject.tenant_id,
        zone=subject.zone,
        closed_days=len(query.closed_keys),
        stored_days=len(days),
        record=answer.total,
        top_doubt=next((doubt for doubt in answer.bounds().because if doubt.length_us), None),
        top_cause=_top_cause(days),
    )


def _holds(stored: StoredDay, subject: Subject) -> bool:
    """Return whether a stored day is what a new measurement would come to, as far as the store knows."""
    is_closed = stored.day.is_closed(subject.policy)
    return stored.is_current and is_closed and not stored.objection(subject.as_of_us)


def _top_cause(days: Iterable[MeasuredDay]) -> NamedCause | None:
    """Return the named cause of the most downtime."""
    lengths_us: Counter[tuple[str, str]] = Counter()
    for day in days:
        for fact in day.facts:
            if fact.code in CAUSE_CODES and fact.name and fact.length_us:
                lengths_us[fact.code, fact.name] += fact.length_us
    if not lengths_us:
        return None
    # Of two that are equally long the first by code and name, so that the answer does not flicker.
    (code, name), length_us = min(lengths_us.items(), key=lambda item: (-item[1], item[0]))
    return NamedCause(str(code), name, length_us)


def _rank(overview: TenantOverview) -> tuple[bool, Fraction, str]:
    margin_ratio = overview.margin_ratio
    return margin_ratio is None, margin_ratio or Fraction(0), overview.tenant_id
