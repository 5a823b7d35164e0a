"""forget: nothing of a tenant is remembered, in no process; other tenants keep theirs, and the store its days."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.ext.asyncio import create_async_engine

import sla_compliance as sla
from sla_compliance.cache.memory import MemoryCache
from sla_compliance.cache.redis import RedisCache
from sla_compliance.errors import CacheUnavailableError
from sla_compliance.service import ComplianceService, MemoryTenants, SyncComplianceService, TenantSettings
from sla_compliance.sources.protocol import SupportsForget
from sla_compliance.sources.sqlalchemy import AlarmsTable, AsyncSQLAlchemyAlarmSource, SQLAlchemyAlarmSource
from sla_compliance.stores.memory import MemoryDayStore
from tests.service.test_restatement import OUTAGE, facts_with
from tests.service.world import TENANT, at, service_of

pytestmark = pytest.mark.anyio


class Remembering(MemoryTenants):
    """Tenants that read a tenant's settings once."""

    def __init__(self, settings: dict[str, TenantSettings]) -> None:
        super().__init__(settings)
        self.now = settings
        self._read: dict[str, TenantSettings] = {}

    async def settings(self, tenant_id: str) -> TenantSettings:
        """Return the settings as they were when they were read."""
        return self._read.setdefault(tenant_id, self.now[tenant_id])

    def forget(self, tenant_id: str) -> None:
        """Read them again."""
        self._read.pop(tenant_id, None)


async def test_changed_settings_are_read_and_cached_days_measured_again() -> None:
    """Also where the change is not in the keys of days: maintenance that stands in the settings."""
    facts = facts_with(OUTAGE)
    tenants = Remembering({TENANT: TenantSettings("UTC"), "other": TenantSettings("UTC")})
    service = ComplianceService(facts, tenants=tenants, clock=facts.clock)
    assert isinstance(tenants, SupportsForget)

    async def minutes() -> int:
        return (await service.compliance(TENANT, at(21), at(22))).total.downtime_minutes

    assert await minutes() == 60
    work = sla.MaintenanceWindow(at(21, 9), at(21, 9, 30))
    tenants.now[TENANT] = TenantSettings("UTC", maintenance=[work])
    assert await minutes() == 60
    await service.forget("other")
    assert await minutes() == 60
    await service.forget(TENANT)
    assert await minutes() == 30
    assert facts.queries == 2


async def test_days_of_ten_years_are_forgotten_in_all_processes(redis_url: str) -> None:
    """One command takes their tokens away; those of another tenant stay."""
    facts = facts_with(OUTAGE)
    tenants = MemoryTenants({TENANT: TenantSettings("Pacific/Kiritimati")})
    first, second = (
        ComplianceService(facts, tenants=tenants, cache=RedisCache(redis_url), clock=facts.clock) for _ in range(2)
    )
    start = at(28) - dt.timedelta(days=3_650)
    await first.forget(TENANT)
    for service, queries in ((first, 1), (second, 1)):
        await service.compliance(TENANT, start, start + dt.timedelta(days=1))
        await service.compliance(TENANT, at(28), at(29))  # in that zone the 29th has begun
        assert facts.queries == queries + 1
    await first.forget(TENANT)
    for day in (start, at(28, 11)):
        answer = await second.compliance(TENANT, day, day + dt.timedelta(minutes=1))
        assert not answer.is_cached
    await first.aclose()
    await second.aclose()


@pytest.mark.parametrize("other", ["zone", "policy"])
async def test_former_settings_that_return_have_what_was_reported_meanwhile(redis_url: str, other: str) -> None:
    """The change alters another date of theirs, or nothing of the settings under which it was reported."""
    outage = sla.Alarm(at(21, 20), at(21, 21), id=1, severity="minor")
    former = TenantSettings("Asia/Tokyo", sla.SLAPolicy(qualifying=sla.AlarmFilter({"critical", "minor"})))
    facts = facts_with(outage)
    first, second = (service_of(facts, cache=RedisCache(redis_url, time_out_s=5)) for _ in range(2))

    async def minutes() -> list[int]:
        answers = [await service.compliance(TENANT, at(20), at(24)) for service in (first, second)]
        return [answer.total.downtime_minutes for answer in answers]

    facts.settings = former
    await first.forget(TENANT)
    assert await minutes() == [60, 60]
    facts.settings = TenantSettings("UTC", former.policy) if other == "zone" else TenantSettings("Asia/Tokyo")
    await first.forget(TENANT)
    facts.alarms = {}
    await first.alarm_changed(TENANT, outage, None)
    facts.settings = former
    await first.forget(TENANT)
    assert await minutes() == [0, 0]
    await first.aclose()
    await second.aclose()


async def test_what_is_measured_while_a_tenant_is_forgotten_is_not_remembered(redis_url: str) -> None:
    """By another process, with facts of before."""
    facts = facts_with(OUTAGE)
    first, second = (service_of(facts, cache=RedisCache(redis_url, time_out_s=5)) for _ in range(2))
    await first.forget(TENANT)
    facts.may_leave = asyncio.Event()
    measuring = asyncio.create_task(second.compliance(TENANT, at(21), at(22)))
    await facts.is_answer_ready.wait()
    may_leave, facts.may_leave = facts.may_leave, None
    facts.alarms = {}
    await first.forget(TENANT)
    may_leave.set()
    assert (await measuring).total.downtime_minutes == 60
    for service in (second, first):
        assert (await service.compliance(TENANT, at(21), at(22))).total.downtime_minutes == 0
        await service.aclose()


async def test_former_settings_that_return_are_reconciled(redis_url: str) -> None:
    """Their stored days and their cached ones; under the others there was nothing to compare."""
    facts, store = facts_with(OUTAGE), MemoryDayStore()
    service = service_of(facts, store=store, cache=RedisCache(redis_url, time_out_s=5))
    await service.forget(TENANT)
    await service.store_closed_days(TENANT, at(20), at(24))
    assert (await service.compliance(TENANT, at(21), at(22))).total.downtime_minutes == 60
    former, facts.settings = facts.settings, TenantSettings("UTC", sla.SLAPolicy(min_outage=dt.timedelta(minutes=1)))
    facts.alarms = {1: replace(OUTAGE, cleared_at=at(21, 9, 30))}
    assert (await service.reconcile(TENANT, at(20), at(24))).checked == 0
    facts.settings = former
    (restated,) = (await service.reconcile(TENANT, at(20), at(24))).restated
    assert restated.key.date == dt.date(2025, 10, 21)
    assert (await service.compliance(TENANT, at(21), at(22))).total.downtime_minutes == 30
    await service.aclose()


async def test_stored_days_stay() -> None:
    """For changed rows there is reconcile."""
    facts, store = facts_with(OUTAGE), MemoryDayStore()
    service = service_of(facts, store=store)
    await service.store_closed_days(TENANT, at(21), at(22))
    facts.alarms = {}
    await service.forget(TENANT)
    assert (await service.compliance(TENANT, at(21), at(22))).total.downtime_minutes == 60


async def test_a_cache_that_is_down_is_said() -> None:
    """Days may still be cached; the parts have forgotten all the same."""

    class Cache(MemoryCache):
        async def delete_many(self, keys: Sequence[str]) -> None:  # noqa: ARG002 - as the protocol says
            raise CacheUnavailableError("down")

    facts = facts_with(OUTAGE)
    tenants = Remembering({TENANT: TenantSettings("UTC")})
    service = ComplianceService(facts, tenants=tenants, cache=Cache(), clock=facts.clock)
    await service.subject(TENANT)
    tenants.now[TENANT] = TenantSettings("Asia/Tokyo")
    with pytest.raises(CacheUnavailableError):
        await service.forget(TENANT)
    assert (await service.subject(TENANT)).zone == "Asia/Tokyo"


@pytest.mark.parametrize("is_async", [False, True])
async def test_a_database_source_looks_again_at_what_severities_there_are(*, is_async: bool, tmp_path: Path) -> None:
    """Rows of an unknown word came after the look of the hour."""
    url = f"sqlite:///{tmp_path}/platform.sqlite"
    engine = create_engine(url)
    row = "INSERT INTO alarms VALUES ('{}', 'acme', '{}', '2025-10-21T09:00:00Z', '2025-10-21T10:00:00Z')"
    with engine.begin() as connection:
        connection.execute(
            text("CREATE TABLE alarms (id TEXT, tenant_id TEXT, severity TEXT, first_occurrence TEXT, cleared_at TEXT)")
        )
        connection.execute(text(row.format(1, "critical")))
    mapping = AlarmsTable(
        resolved_at=None, last_occurrence=None, status=None, alarm_id=None, alarm_type=None,
        resource_id=None, customer_id=None, subscriber_count=None, title=None,
    )  # fmt: skip
    start_us, end_us = 0, 2**51
    if is_async:
        async_engine = create_async_engine(url.replace("sqlite:", "sqlite+aiosqlite:"))
        async_source = AsyncSQLAlchemyAlarmSource(async_engine, mapping, on_invalid="quarantine")
        await async_source.fetch("acme", start_us, end_us)
    source = SQLAlchemyAlarmSource(engine, mapping, on_invalid="quarantine")
    source.fetch("acme", start_us, end_us)
    with engine.begin() as connection:
        connection.execute(text(row.format(2, "weird")))
    if is_async:
        assert len((await async_source.fetch("acme", start_us, end_us)).rejected) == 0
        async_source.forget("acme")
        assert len((await async_source.fetch("acme", start_us, end_us)).rejected) == 1
        await async_engine.dispose()
    assert len(source.fetch("acme", start_us, end_us).rejected) == 0
    source.forget("acme")
    assert len(source.fetch("acme", start_us, end_us).rejected) == 1
    engine.dispose()


def test_the_blocking_service_forgets() -> None:
    """The same."""
    facts = facts_with(OUTAGE)
    with SyncComplianceService(service_of(facts)) as service:
        service.compliance(TENANT, at(21), at(22))
        day = service.shown_day(TENANT, dt.date(2025, 10, 21))
        assert day is not None
        service.forget(TENANT)
        assert service.shown_day(TENANT, dt.date(2025, 10, 21)) is None


async def test_a_shown_day_is_cached_or_stored_and_never_measured() -> None:
    """None of a date that the zone has skipped, of a day to come, and where a store fails, which is reported."""

    class Store(MemoryDayStore):
        is_down = False

        async def days(self, keys: Sequence[object]) -> dict[object, object]:  # type: ignore[override]
            if self.is_down:
                raise ConnectionError("down")
            return await super().days(keys)  # type: ignore[arg-type, return-value]

    facts, store = facts_with(OUTAGE), Store()
    service = service_of(facts, store=store)
    for day in (21, 30):
        assert await service.shown_day(TENANT, dt.date(2025, 10, day)) is None
    await service.store_closed_days(TENANT, at(21), at(22))
    queries = facts.queries
    shown = await service.shown_day(TENANT, dt.date(2025, 10, 21))
    assert shown is not None
    store.is_down = True
    assert await service.shown_day(TENANT, dt.date(2025, 10, 21)) is None
    assert (service.statistics.failures["store"], facts.queries) == (1, queries)
    facts.settings = TenantSettings("Pacific/Apia")
    assert await service.shown_day(TENANT, dt.date(2011, 12, 30)) is None
