"""Reconciliation: what nobody reported is found, and no purge lifts a breach."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from sqlalchemy.ext.asyncio import create_async_engine

import sla_compliance as sla
from sla_compliance.cache.memory import MemoryCache
from sla_compliance.errors import CacheUnavailableError
from sla_compliance.measured import DayKey
from sla_compliance.service import (
    ComplianceService,
    Reconciliation,
    SyncComplianceService,
    TenantSettings,
    WaitingCause,
)
from sla_compliance.service.reconciler import RECONCILED, RECONCILED_BY_HAND
from sla_compliance.stores.memory import MemoryDayStore
from sla_compliance.stores.protocol import Restatement, StoredDay
from sla_compliance.stores.sqlalchemy import AsyncSQLAlchemyDayStore
from sla_compliance.verdicts import Verdict
from tests.servers.databases import fresh_database
from tests.service.test_restatement import DAY, OUTAGE, facts_with, keys_of
from tests.service.world import TENANT, LiveFacts, at, service_of

pytestmark = pytest.mark.anyio

WINDOW = (at(18), at(28))
RACES = int(os.environ.get("SLA_TEST_RACES", "25"))
"""How often races are run for real; 200 take half a minute."""
HALF = replace(OUTAGE, cleared_at=at(21, 9, 30))
NESTED = sla.Alarm(at(21, 9, 10), at(21, 9, 20), id=2)
EARLIER = sla.Alarm(at(19, 9), at(19, 10), id=3)


async def swept(*alarms: sla.Alarm, **options: object) -> tuple[LiveFacts, MemoryDayStore, ComplianceService]:
    """Return facts, a store that has their days, and a service that remembers them."""
    facts, store = facts_with(*alarms), MemoryDayStore()
    service = service_of(facts, store=store, **options)
    await service.store_closed_days(TENANT, *WINDOW)
    await service.compliance(TENANT, *WINDOW)
    return facts, store, service


def dates_of(*entries: Restatement) -> list[dt.date]:
    return [entry.key.date for entry in entries]


async def minutes_down(service: ComplianceService, day: int = 21) -> int:
    """Return what a user of the same service is shown of a day."""
    return (await service.compliance(TENANT, at(day), at(day + 1))).total.downtime_minutes


@pytest.mark.parametrize(
    ("edited", "minutes"),
    [
        (HALF, 30),
        (replace(OUTAGE, cleared_at=at(21, 12)), 180),
        (replace(OUTAGE, first_occurrence=at(21, 9, 59), cleared_at=at(21, 10)), 1),
        (replace(OUTAGE, alarm_type="los", severity="major"), 60),
    ],
)
async def test_a_row_that_was_edited_behind_our_back(edited: sla.Alarm, minutes: int) -> None:
    """The day is restated with a trace, and the copy that the service remembers goes; a second time nothing is left."""
    facts, store, service = await swept(OUTAGE)
    facts.alarms[1] = edited
    assert await minutes_down(service) == 60
    outcome = await service.reconcile(TENANT, *WINDOW)
    expected = [DAY] if minutes != 60 else []
    assert (dates_of(*outcome.restated), outcome.waiting, outcome.incomplete) == (expected, (), ())
    assert (outcome.checked, await minutes_down(service)) == (10, minutes)
    trail = await store.restatements(TENANT)
    assert [(entry.key.date, entry.reason) for entry in trail] == [(date, RECONCILED) for date in expected]
    again = await service.reconcile(TENANT, *WINDOW)
    assert (again.restated, again.refreshed, await store.stale(TENANT)) == ((), (), [])


async def test_a_row_and_maintenance_that_came_without_a_report() -> None:
    """Both are in the figures afterwards, and in the trail."""
    facts, store, service = await swept()
    facts.alarms = {1: OUTAGE}
    facts.agreed = [sla.MaintenanceWindow(at(19, 9), at(19, 10))]
    outcome = await service.reconcile(TENANT, *WINDOW)
    assert [date.day for date in dates_of(*outcome.restated)] == [19, 21]
    assert await minutes_down(service) == 60
    assert await store.restatements(TENANT) == list(outcome.restated)


async def test_one_query_reads_31_days() -> None:
    """The latest first; days that are not stored are not looked at."""
    facts, _, service = await swept(OUTAGE)
    facts.now = at(28) + dt.timedelta(days=100)
    start = at(28) - dt.timedelta(days=60)
    await service.store_closed_days(TENANT, start, at(28))
    facts.asked.clear()
    outcome = await service.reconcile(TENANT, start, at(28))
    assert (outcome.checked, facts.queries) == (60, 2)
    assert facts.asked[0][0] > facts.asked[1][0]
    facts.asked.clear()
    assert (await service.reconcile(TENANT, at(28), facts.now)).checked == 0
    assert facts.queries == 0


async def test_a_day_that_lacks_rows_waits_for_a_person() -> None:
    """Listed with both figures and both counts; by consent it is restated, and the trail says so."""
    facts, store, service = await swept(OUTAGE)
    facts.alarms = {}
    outcome = await service.reconcile(TENANT, *WINDOW)
    (day,) = outcome.waiting
    assert (day.date, day.cause, outcome.restated) == (DAY, WaitingCause.ROWS_MISSING, ())
    assert (day.stored.rows_read, day.measured.rows_read) == (1, 0)
    assert (outcome.figures(day.stored.cells_us).verdict, outcome.figures(day.measured.cells_us).verdict) == (
        Verdict.BREACHED,
        Verdict.MET,
    )
    assert outcome.as_dict()["waiting"] == [
        {
            "date": "2025-10-21",
            "cause": "ROWS_MISSING",
            "text": "fewer rows are there than were read for it",
            "stored": {"downtime_seconds": 3600.0, "verdict": "BREACHED", "rows": 1},
            "now": {"downtime_seconds": 0.0, "verdict": "MET", "rows": 0},
        }
    ]
    assert await minutes_down(service) == 60
    assert await minutes_down(service_of(facts, store=store)) == 60
    applied = await service.reconcile(TENANT, *WINDOW, apply=True)
    assert (dates_of(*applied.restated), applied.waiting) == ([DAY], ())
    assert await minutes_down(service) == 0
    assert [entry.reason for entry in await store.restatements(TENANT)] == [RECONCILED_BY_HAND]
    assert applied.as_dict()["restated"] == [
        {
            "date": "2025-10-21",
            "old": {"downtime_seconds": 3600.0, "verdict": "BREACHED"},
            "new": {"downtime_seconds": 0.0, "verdict": "MET"},
        }
    ]


async def test_a_day_that_lacks_rows_waits_although_it_gains_downtime() -> None:
    """What took the row away is not known."""
    facts, _, service = await swept(OUTAGE, NESTED)
    facts.alarms = {1: replace(OUTAGE, cleared_at=at(21, 12))}
    (day,) = (await service.reconcile(TENANT, *WINDOW)).waiting
    assert (day.cause, day.cause_text) == (WaitingCause.ROWS_MISSING, "fewer rows are there than were read for it")


async def test_a_purge_before_its_time_lifts_no_breach_although_a_row_was_added() -> None:
    """As many rows as were read, but a later day shows that rows went missing: an outage that shrinks waits."""
    facts, store, service = await swept(EARLIER, OUTAGE)
    facts.alarms = {4: sla.Alarm(at(19, 12), at(19, 12, 1), id=4)}
    outcome = await service.reconcile(TENANT, *WINDOW)
    assert [(day.date.day, day.cause) for day in outcome.waiting] == [
        (19, WaitingCause.PURGE_NEARBY),
        (21, WaitingCause.ROWS_MISSING),
    ]
    assert (outcome.restated, await store.restatements(TENANT)) == ((), [])


async def test_a_later_day_and_a_day_that_gains_are_restated_beside_a_purge() -> None:
    """A purge takes old rows, and it adds no downtime."""
    facts, _, service = await swept(EARLIER, OUTAGE, sla.Alarm(at(25, 9), at(25, 10), id=5))
    facts.alarms = {
        3: replace(EARLIER, cleared_at=at(19, 11)),
        5: sla.Alarm(at(25, 9), at(25, 9, 30), id=5),
    }
    outcome = await service.reconcile(TENANT, *WINDOW)
    assert [date.day for date in dates_of(*outcome.restated)] == [19, 25]
    assert [day.date.day for day in outcome.waiting] == [21]


async def test_the_count_of_rows_stays_evidence() -> None:
    """A row more that changes no figure is counted; once the longer one is purged, the count falls."""
    facts, store, service = await swept(OUTAGE)
    facts.alarms[2] = NESTED
    outcome = await service.reconcile(TENANT, *WINDOW)
    assert (outcome.restated, outcome.refreshed) == ((), (DAY,))
    assert (await store.days(keys_of(facts, 21)))[keys_of(facts, 21)[0]].day.rows_read == 2
    del facts.alarms[1]
    assert [day.cause for day in (await service.reconcile(TENANT, *WINDOW)).waiting] == [WaitingCause.ROWS_MISSING]
    facts.alarms = {1: OUTAGE}
    assert (await service.reconcile(TENANT, *WINDOW)).as_dict() | {"checked": 10} == {
        "tenant_id": TENANT, "checked": 10, "restated": [], "refreshed": [], "waiting": [], "incomplete": [],
    }  # fmt: skip
    assert (await service.reconcile(TENANT, *WINDOW, apply=True)).refreshed == (DAY,)
    assert (await store.days(keys_of(facts, 21)))[keys_of(facts, 21)[0]].day.rows_read == 1


async def test_days_whose_rows_are_purged_are_left_alone_and_listed() -> None:
    """Also with consent: nothing better can be had."""
    facts, store, service = await swept(EARLIER, OUTAGE)
    facts.alarms, facts.purged_until = {1: HALF}, at(21)
    for apply in (False, True):
        outcome = await service.reconcile(TENANT, *WINDOW, apply=apply)
        assert [date.day for date in outcome.incomplete] == [18, 19, 20]
        assert outcome.checked == 7
    assert await minutes_down(service, 19) == 60
    assert dates_of(*await store.restatements(TENANT)) == [DAY]


async def test_a_day_of_which_rows_were_never_counted_loses_nothing_unattended() -> None:
    """Days that version 1 stored; it may gain."""
    facts = facts_with()
    for alarm, stored_down, is_restated in ((HALF, OUTAGE, False), (OUTAGE, HALF, True)):
        facts.alarms = {1: stored_down}
        day = (await service_of(facts).compliance(TENANT, at(21), at(22))).measured[0]
        store = MemoryDayStore()
        old = StoredDay(day=replace(day, rows_read=0, rules_version=0), written_us=day.as_of_us, changes_applied=0)
        await store.add({keys_of(facts, 21)[0]: old})
        facts.alarms = {1: alarm}
        outcome = await service_of(facts, store=store).reconcile(TENANT, *WINDOW)
        assert bool(outcome.restated) is is_restated
        assert [waiting.cause for waiting in outcome.waiting] == ([] if is_restated else [WaitingCause.ROWS_UNKNOWN])
    facts.alarms = {1: OUTAGE}
    assert (await service_of(facts, store=store).reconcile(TENANT, *WINDOW)).restated == ()


async def test_a_day_of_older_rules_that_is_the_same_is_left_to_the_sweep() -> None:
    """Its other readings are not known, which is no difference."""
    facts = facts_with(OUTAGE)
    day = (await service_of(facts).compliance(TENANT, at(21), at(22))).measured[0]
    store = MemoryDayStore()
    old = StoredDay(day=replace(day, rows_read=0, rules_version=0), written_us=day.as_of_us, changes_applied=0)
    await store.add({keys_of(facts, 21)[0]: old})
    outcome = await service_of(facts, store=store).reconcile(TENANT, *WINDOW)
    assert (outcome.checked, outcome.restated, outcome.refreshed, outcome.waiting) == (1, (), (), ())


async def test_new_zone_rules_restate_no_day_unattended() -> None:
    """It was stored with other bounds; a changed row of it waits."""
    facts = facts_with()
    day = facts.report(at(20, 23), at(21, 23)).total
    measured = (await service_of(facts).compliance(TENANT, at(21), at(22))).measured[0]
    older = replace(measured, start_us=day.start_us, end_us=day.end_us, cells_us=day.cells_us, tz_version="1999z")
    store = MemoryDayStore()
    await store.add({keys_of(facts, 21)[0]: StoredDay(day=older, written_us=day.end_us, changes_applied=0)})
    service = service_of(facts, store=store)
    assert (await service.reconcile(TENANT, *WINDOW)).waiting == ()
    facts.alarms = {1: OUTAGE}
    (waiting,) = (await service.reconcile(TENANT, *WINDOW)).waiting
    assert waiting.cause is WaitingCause.ZONE_RULES
    (restated,) = (await service.reconcile(TENANT, *WINDOW, apply=True)).restated
    stored = (await store.days([restated.key]))[restated.key].day
    assert (stored.start_us, stored.end_us) == (day.start_us, day.end_us)


async def test_readings_that_differ_are_rewritten_without_a_trace() -> None:
    """No figure on record has changed, only how sure it is."""
    facts, store, service = await swept(OUTAGE)
    bad = sla.Alarm(at(21, 15), at(21, 14), id=9)
    facts.alarms[9] = bad
    outcome = await service.reconcile(TENANT, *WINDOW)
    assert (outcome.restated, await store.restatements(TENANT)) == ((), [])
    assert DAY in outcome.refreshed
    answer = await service.compliance(TENANT, at(21), at(22))
    assert answer.total.pessimistic.downtime_us > answer.total.downtime_us


async def test_a_cached_day_that_a_killed_reporter_left_behind() -> None:
    """The sweep has restated the day and the cache was never told."""
    facts, store, service = await swept(OUTAGE)
    facts.alarms[1] = HALF
    await store.mark_stale(TENANT, [DAY])
    await service.store_closed_days(TENANT, *WINDOW)
    assert await minutes_down(service) == 60
    assert (await service.reconcile(TENANT, *WINDOW)).restated == ()
    assert await minutes_down(service) == 30


async def test_a_service_without_a_store_has_nothing_to_reconcile() -> None:
    """It says so."""
    with pytest.raises(sla.InvalidValueError, match="DayStore"):
        await service_of(facts_with()).reconcile(TENANT, *WINDOW)


async def test_a_cache_that_is_down_is_said_and_made_up_for() -> None:
    """The day is stale meanwhile, so answers come from the facts; called again, it is restated."""

    class Cache(MemoryCache):
        is_down = False

        async def delete_many(self, keys: Sequence[str]) -> None:
            if self.is_down:
                raise CacheUnavailableError("down")
            await super().delete_many(keys)

    cache = Cache()
    facts, store, service = await swept(OUTAGE, cache=cache)
    facts.alarms[1], cache.is_down = HALF, True
    with pytest.raises(CacheUnavailableError):
        await service.reconcile(TENANT, *WINDOW)
    assert await minutes_down(service_of(facts, store=store)) == 30
    cache.is_down = False
    assert dates_of(*(await service.reconcile(TENANT, *WINDOW)).restated) == [DAY]
    assert await minutes_down(service) == 30


def test_the_blocking_service_reconciles() -> None:
    """Arguments and result are the same."""
    facts, store = facts_with(OUTAGE), MemoryDayStore()
    with SyncComplianceService(service_of(facts, store=store)) as service:
        service.store_closed_days(TENANT, *WINDOW)
        facts.alarms = {}
        assert len(service.reconcile(TENANT, *WINDOW).waiting) == 1
        assert len(service.reconcile(TENANT, *WINDOW, apply=True).restated) == 1


# Races: on real stores, each in an order that an event forces, and many times for real.


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
async def any_store(request: pytest.FixtureRequest, tmp_path: object) -> AsyncIterator[object]:
    """Every kind of store; a database has connections of its own for each that use it."""
    if request.param == "memory":
        yield MemoryDayStore()
        return
    if request.param == "sqlite":
        async with _sql_store(f"sqlite+aiosqlite:///{tmp_path}/days.sqlite") as store:
            yield store
        return
    with fresh_database(request.getfixturevalue("postgres_dsn")) as url:
        async with _sql_store(url) as store:
            yield store


@asynccontextmanager
async def _sql_store(url: object) -> AsyncIterator[AsyncSQLAlchemyDayStore]:
    engine = create_async_engine(url)  # type: ignore[arg-type]
    store = AsyncSQLAlchemyDayStore(engine)
    await store.create_tables()
    try:
        yield store
    finally:
        await engine.dispose()


class Paused:
    """A store whose `mark_stale` waits before or after it has run; everything else is the real one's."""

    def __init__(self, store: MemoryDayStore, *, is_before: bool) -> None:
        self._store = store
        self._is_before = is_before
        self.is_there = asyncio.Event()
        self.may_go_on = asyncio.Event()

    async def days(self, keys: Sequence[DayKey]) -> dict[DayKey, StoredDay]:
        return await self._store.days(keys)

    async def mark_stale(self, tenant_id: str, dates: Iterable[dt.date]) -> int:
        if self._is_before:
            self.is_there.set()
            await self.may_go_on.wait()
        count = await self._store.mark_stale(tenant_id, dates)
        if not self._is_before:
            self.is_there.set()
            await self.may_go_on.wait()
        return count

    async def restate(
        self,
        days: Mapping[DayKey, StoredDay],
        *,
        reason: str,
        at_us: int,
        cause: str | None = None,
        author: str | None = None,
    ) -> list[Restatement]:
        return await self._store.restate(days, reason=reason, at_us=at_us, cause=cause, author=author)

    async def changes(self, tenant_id: str, dates: Collection[dt.date]) -> dict[dt.date, int]:
        return await self._store.changes(tenant_id, dates)

    async def add(self, days: Mapping[DayKey, StoredDay]) -> int:
        return await self._store.add(days)

    async def stale(self, tenant_id: str) -> list[DayKey]:
        return await self._store.stale(tenant_id)

    async def restatements(self, tenant_id: str) -> list[Restatement]:
        return await self._store.restatements(tenant_id)


@pytest.mark.parametrize("is_before", [True, False])
@pytest.mark.parametrize("is_restated_by_reporter", [True, False])
async def test_a_change_reported_while_a_day_is_reconciled_is_not_lost(
    any_store: MemoryDayStore, *, is_before: bool, is_restated_by_reporter: bool
) -> None:
    """Between the facts and the report of the difference, and between that and the rewriting."""
    facts = facts_with(OUTAGE)
    other = service_of(facts, store=any_store)
    await other.store_closed_days(TENANT, *WINDOW)
    paused = Paused(any_store, is_before=is_before)
    facts.alarms[1] = HALF
    reconciling = asyncio.create_task(service_of(facts, store=paused).reconcile(TENANT, *WINDOW))
    await paused.is_there.wait()
    facts.alarms[1] = quarter = replace(OUTAGE, cleared_at=at(21, 9, 15))
    if is_restated_by_reporter:
        await other.alarm_changed(TENANT, HALF, quarter)
    else:
        await any_store.mark_stale(TENANT, [DAY])
    paused.may_go_on.set()
    await reconciling
    assert await any_store.stale(TENANT) == []
    assert await minutes_down(service_of(facts, store=any_store)) == 15
    assert (await service_of(facts, store=any_store).reconcile(TENANT, *WINDOW)).restated == ()


async def test_two_reconcilers_at_once(any_store: MemoryDayStore) -> None:
    """Both have measured before either rewrites: one trace, and nothing is left stale."""
    facts = facts_with(OUTAGE)
    await service_of(facts, store=any_store).store_closed_days(TENANT, *WINDOW)
    facts.alarms[1] = HALF
    paused = [Paused(any_store, is_before=is_before) for is_before in (True, False)]
    tasks = [asyncio.create_task(service_of(facts, store=store).reconcile(TENANT, *WINDOW)) for store in paused]
    for store in paused:
        await store.is_there.wait()
    for store in paused:
        store.may_go_on.set()
    outcomes = await asyncio.gather(*tasks)
    assert sum(len(outcome.restated) for outcome in outcomes) == 1
    assert dates_of(*await any_store.restatements(TENANT)) == [DAY]
    assert await any_store.stale(TENANT) == []
    assert await minutes_down(service_of(facts, store=any_store)) == 30


async def test_a_reconciler_that_was_killed_half_way(any_store: MemoryDayStore) -> None:
    """The difference was reported and the day not rewritten: answers come from the facts, the next one restates."""
    facts = facts_with(OUTAGE)
    await service_of(facts, store=any_store).store_closed_days(TENANT, *WINDOW)
    facts.alarms[1] = HALF
    paused = Paused(any_store, is_before=False)
    task = asyncio.create_task(service_of(facts, store=paused).reconcile(TENANT, *WINDOW))
    await paused.is_there.wait()
    task.cancel()
    await asyncio.wait({task})
    assert await minutes_down(service_of(facts, store=any_store)) == 30
    outcome: Reconciliation = await service_of(facts, store=any_store).reconcile(TENANT, *WINDOW)
    assert (dates_of(*outcome.restated), await any_store.stale(TENANT)) == ([DAY], [])


async def test_days_that_never_stop_changing_are_left_to_the_sweep() -> None:
    """A change with every look: the rounds end, and the day is stale rather than wrong."""

    class Restless(MemoryDayStore):
        is_restless = False

        async def restate(
            self,
            days: Mapping[DayKey, StoredDay],
            *,
            reason: str,
            at_us: int,
            cause: str | None = None,
            author: str | None = None,
        ) -> list[Restatement]:
            if self.is_restless:
                await self.mark_stale(TENANT, [key.date for key in days])
            return await super().restate(days, reason=reason, at_us=at_us, cause=cause, author=author)

    facts, store = facts_with(OUTAGE), Restless()
    service = service_of(facts, store=store)
    await service.store_closed_days(TENANT, *WINDOW)
    facts.alarms[1], store.is_restless = HALF, True
    await service.reconcile(TENANT, *WINDOW)
    assert [key.date for key in await store.stale(TENANT)] == [DAY]
    assert await minutes_down(service) == 30


async def test_many_races_for_real(postgres_dsn: str) -> None:
    """Two reconcilers, a reporter and a sweep at once, over connections of their own: nothing is lost."""
    facts = LiveFacts(TenantSettings("UTC"), at(28, 12), OUTAGE)
    with fresh_database(postgres_dsn) as url:
        async with _sql_store(url) as store:
            await service_of(facts, store=store).store_closed_days(TENANT, at(20), at(23))
            expected_minutes = 60
            for attempt in range(RACES):
                services = [service_of(facts, store=store) for _ in range(4)]
                old = facts.alarms[1]
                unreported = replace(OUTAGE, cleared_at=at(21, 9, 1 + attempt % 50))
                facts.alarms[1] = unreported
                expected_minutes = 1 + attempt % 50

                async def report(service: ComplianceService, old: sla.Alarm, number: int) -> None:
                    await asyncio.sleep(number % 5 / 1000)
                    new = replace(OUTAGE, cleared_at=at(21, 10, number % 50))
                    facts.alarms[1] = new
                    await service.alarm_changed(TENANT, old, new)

                work = [services[0].reconcile(TENANT, at(20), at(23)), services[1].reconcile(TENANT, at(20), at(23))]
                if attempt % 2:
                    work.append(report(services[2], old, attempt))  # type: ignore[arg-type]
                    expected_minutes = 60 + attempt % 50
                work.append(services[3].store_closed_days(TENANT, at(20), at(23)))  # type: ignore[arg-type]
                await asyncio.gather(*work)
                assert await minutes_down(service_of(facts, store=store)) == expected_minutes
            await service_of(facts, store=store).reconcile(TENANT, at(20), at(23))
            assert await store.stale(TENANT) == []
            key = keys_of(facts, 21)[0]
            stored = (await store.days([key]))[key]
            assert stored.day.cells_us == facts.cells(at(21), at(22))[0]
