"""An overview of tenants is what their stored days say, the worst first."""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import create_async_engine

from sla_compliance.alarms import Alarm
from sla_compliance.errors import InstantOutOfRangeError, InvalidIntervalError, InvalidTenantError, InvalidTypeError
from sla_compliance.labels import Accounting
from sla_compliance.measured import DayFact, DayKey, FactCode
from sla_compliance.policy import SLAPolicy
from sla_compliance.service import ComplianceService, SyncComplianceService, TenantOverview, TenantSettings
from sla_compliance.sources.memory import MemoryTenants
from sla_compliance.stores.memory import MemoryDayStore
from sla_compliance.stores.protocol import DayStore, StoredDay
from sla_compliance.stores.sqlalchemy import AsyncSQLAlchemyDayStore
from sla_compliance.units import instant_us
from tests.web.world import NOW, Source, at

pytestmark = pytest.mark.anyio


def outage(day: int, hours: int) -> Alarm:
    """An outage from midnight UTC."""
    return Alarm(at(day), at(day, hours), id=f"{day}-{hours}", resource_id="olt-7")


ALARMS = {
    "bad": [outage(3, 6)],
    "strict": [outage(4, 1)],
    "lax": [outage(5, 12)],
    "good": [],
    "never swept": [outage(3, 1)],
}
SINCE = at(1)
TENANTS = {
    "bad": TenantSettings("Africa/Lagos", monitored_since=SINCE),
    "strict": TenantSettings("UTC", SLAPolicy("100"), monitored_since=SINCE),
    "lax": TenantSettings("Pacific/Auckland", SLAPolicy("50"), monitored_since=SINCE),
    "good": TenantSettings("Europe/Berlin", monitored_since=SINCE),
    "never swept": TenantSettings("UTC", monitored_since=SINCE),
}


class BadTenants(MemoryTenants):
    """One of them has settings that cannot be used."""

    async def settings(self, tenant_id: str) -> TenantSettings:
        """Return the settings of a tenant."""
        if tenant_id == "broken":
            raise InvalidTenantError("tenant 'broken' has no zone", tenant_id=tenant_id, field="zone")
        return await super().settings(tenant_id)


@pytest.fixture(params=["memory", "sqlite"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[DayStore]:
    """An empty one."""
    if request.param == "memory":
        yield MemoryDayStore()
        return
    engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path / 'days.db'}")
    sql_store = AsyncSQLAlchemyDayStore(engine)
    await sql_store.create_tables()
    yield sql_store
    await engine.dispose()


def service_over(store: DayStore | None, source: Source | None = None) -> ComplianceService:
    """Return the service of the tenants above."""
    source = source or Source(dict(ALARMS))
    return ComplianceService(source, tenants=BadTenants(TENANTS), store=store, clock=lambda: NOW)


async def swept(store: DayStore) -> ComplianceService:
    """Return the service, whose closed days are stored but for one tenant's."""
    service = service_over(store)
    for tenant_id in ALARMS:
        if tenant_id != "never swept":
            await service.store_closed_days(tenant_id, SINCE, NOW)
    return service


def by_id(overviews: tuple[TenantOverview, ...]) -> dict[str, TenantOverview]:
    """Return them by tenant, in their order."""
    return {overview.tenant_id: overview for overview in overviews}


async def test_the_worst_is_first_and_nobody_is_left_out(store: DayStore) -> None:
    """By how far each is from its own target; those without data, or of no use, are last."""
    overviews = by_id(await (await swept(store)).overview([*sorted(TENANTS), "broken", "unknown", "bad"]))
    assert list(overviews) == ["bad", "strict", "good", "lax", "broken", "never swept", "unknown"]
    margins = [overview.margin_ratio for overview in overviews.values() if overview.margin_ratio is not None]
    assert margins == sorted(margins)
    assert [overview.has_data for overview in overviews.values()] == [True] * 4 + [False] * 3
    assert "zone" in overviews["broken"].fault
    assert "unknown" in overviews["unknown"].fault
    assert (overviews["never swept"].closed_days, overviews["never swept"].stored_days) == (7, 0)


async def test_figures_are_those_of_the_same_days_answered(store: DayStore) -> None:
    """The total of the closed days, as `compliance` has it, and no query to the source."""
    source = Source(dict(ALARMS))
    await swept(store)
    service = service_over(store, source)
    overviews = by_id(await service.overview(TENANTS))
    assert source.queries == 0
    for tenant_id in ("bad", "strict", "lax", "good"):
        overview = overviews[tenant_id]
        assert overview.record is not None
        answer = await service.compliance(tenant_id, overview.record.start, overview.record.end)
        assert (len(answer.days), overview.record.cells_us) == (overview.stored_days, answer.total.cells_us)
        assert overview.record.as_dict(detail=True) == answer.total.as_dict(detail=True)
        assert overview.is_confirmed == answer.is_confirmed
        assert overview.stored_days == overview.closed_days
    assert overviews["bad"].record is not None
    assert overviews["bad"].record.downtime_us == 6 * 3_600_000_000


async def test_dates_are_each_tenants_own(store: DayStore) -> None:
    """An outage at midnight UTC is of other dates in other zones."""
    service = await swept(store)
    third = by_id(await service.overview(TENANTS, dt.date(2025, 10, 3), dt.date(2025, 10, 3)))
    assert [third[name].closed_days for name in ("bad", "strict", "lax", "good")] == [1, 1, 1, 1]
    assert third["bad"].record is not None
    assert third["bad"].record.date == dt.date(2025, 10, 3)
    fifth = by_id(await service.overview(["lax"], dt.date(2025, 10, 5), dt.date(2025, 10, 5)))["lax"]
    assert fifth.record is not None
    assert fifth.record.availability_ratio == Fraction(13, 24)  # the outage began at 13:00 in Auckland


async def test_a_day_of_a_reported_change_counts_as_missing(store: DayStore) -> None:
    """Until it is measured again; then the verdict is not confirmed."""
    service = await swept(store)
    whole_days = dt.date(2025, 10, 2), dt.date(2025, 10, 7)
    (overview,) = await service.overview(["good"], *whole_days)
    assert overview.is_confirmed
    await store.mark_stale("good", [dt.date(2025, 10, 3)])
    (overview,) = await service.overview(["good"], *whole_days)
    assert (overview.closed_days - overview.stored_days, overview.has_data, overview.is_confirmed) == (1, True, False)


async def test_days_of_other_settings_and_other_tenants_are_none_of_it(store: DayStore) -> None:
    """A new zone has no stored days; ids that look alike are different tenants."""
    await swept(store)
    moved = {**TENANTS, "bad": TenantSettings("UTC", monitored_since=SINCE), "bad ": TENANTS["bad"]}
    service = ComplianceService(Source(), tenants=MemoryTenants(moved), store=store, clock=lambda: NOW)
    overviews = by_id(await service.overview(["bad", "bad ", "BAD", "%", "strict"]))
    assert [name for name, overview in overviews.items() if overview.has_data] == ["strict"]


async def test_without_a_store_nobody_has_data() -> None:
    """And they are listed."""
    overviews = await service_over(None).overview(TENANTS)
    assert [(overview.tenant_id, overview.has_data) for overview in overviews] == [
        (tenant_id, False) for tenant_id in sorted(TENANTS)
    ]
    assert await service_over(None).overview([]) == ()


class OneAtATime(MemoryDayStore):
    """A store that cannot read the days of many tenants."""

    days_of_tenants = None  # type: ignore[assignment]


async def test_very_many_tenants_do_not_stop_the_event_loop() -> None:
    """The keys of their days are made in the thread: no gap is the work of all tenants."""
    ids = [f"tenant-{number}" for number in range(1_500)]
    tenants = MemoryTenants(dict.fromkeys(ids, TenantSettings("Africa/Lagos")))
    service = ComplianceService(Source({}), tenants=tenants, store=MemoryDayStore(), clock=lambda: NOW)
    await service.overview(ids)  # settings are known from here on
    gaps_s: list[float] = []

    async def beat() -> None:
        while True:
            before_s = time.perf_counter()
            await asyncio.sleep(0)
            gaps_s.append(time.perf_counter() - before_s)

    heart = asyncio.create_task(beat())
    started_s = time.perf_counter()
    await service.overview(ids, NOW.date() - dt.timedelta(days=60))
    length_s = time.perf_counter() - started_s
    heart.cancel()
    assert max(gaps_s) < length_s / 2


async def test_a_store_that_reads_one_tenant_at_a_time_will_do() -> None:
    """With the same figures."""
    plain, simple = MemoryDayStore(), OneAtATime()
    assert await (await swept(plain)).overview(TENANTS) == await (await swept(simple)).overview(TENANTS)


async def test_the_top_cause_and_doubt_are_what_stored_days_name(store: DayStore) -> None:
    """The alarm that alone took most downtime, over all days; none where days name none."""
    service = await swept(store)
    (unnamed,) = await service.overview(["bad"], dt.date(2025, 10, 2))
    assert (unnamed.top_cause, unnamed.top_doubt) == (None, None)
    subject = await service.subject("never swept")
    days = (await service.compliance("never swept", at(3), at(6))).measured
    facts = [
        (DayFact(FactCode.STALE_ALARM, "olt-1", 1, 40), DayFact(FactCode.REFUSED_WORK, "night work", 1, 50)),
        (DayFact(FactCode.STALE_ALARM, "olt-1", 1, 20), DayFact("DOUBT_UNSEEN", "", 2, 30)),
        (DayFact(FactCode.TARGETED_EXCLUSION, "not a cause", 1, 900), DayFact(FactCode.OPEN_ALARM, "", 1, 0)),
    ]
    stored: dict[DayKey, StoredDay] = {}
    for day, day_facts in zip(days, facts, strict=True):
        key = subject.settings.day_key("never swept", day.date, day.start_us, day.end_us)
        as_of_us = instant_us(NOW, field="now")
        stored[key] = StoredDay(
            day=replace(day, facts=day_facts, as_of_us=as_of_us), written_us=as_of_us, changes_applied=0
        )
    await store.add(stored)
    overview = by_id(await service.overview(["never swept"]))["never swept"]
    assert overview.top_cause is not None
    assert overview.top_doubt is not None
    assert (overview.top_cause.name, overview.top_cause.length_us) == ("olt-1", 60)
    assert (overview.top_doubt.cause, overview.top_doubt.rows) == ("UNSEEN", 2)


async def test_bad_dates_are_refused(store: DayStore) -> None:
    """Each with its name; a range in the future has no days."""
    service = service_over(store)
    with pytest.raises(InvalidIntervalError, match="last is .*, before first"):
        await service.overview(["bad"], dt.date(2025, 10, 3), dt.date(2025, 10, 2))
    with pytest.raises(InvalidTypeError, match="first"):
        await service.overview(["bad"], "2025-10-03")  # type: ignore[arg-type]
    with pytest.raises(InstantOutOfRangeError, match="first"):
        await service.overview(["bad"], dt.date.min)
    for first, last in ((dt.date(2030, 1, 1), dt.date.max), (dt.date(2030, 1, 1), dt.date(2030, 1, 1))):
        (overview,) = await service.overview(["bad"], first, last)
        assert (overview.closed_days, overview.fault) == (0, "")


def test_the_blocking_service_has_it() -> None:
    """The same."""
    with SyncComplianceService(service_over(MemoryDayStore())) as service:
        assert [overview.tenant_id for overview in service.overview(["good", "bad"])] == ["bad", "good"]


async def test_accounting_is_each_tenants_own(store: DayStore) -> None:
    """As its policy has it."""
    settings = TenantSettings("UTC", SLAPolicy("99", accounting=Accounting.COUNTED), monitored_since=SINCE)
    tenants = MemoryTenants({"acme": settings})
    service = ComplianceService(Source(), tenants=tenants, store=store, clock=lambda: NOW)
    await service.store_closed_days("acme", SINCE, NOW)
    (overview,) = await service.overview(["acme"])
    assert overview.record is not None
    assert overview.record.accounting is Accounting.COUNTED
