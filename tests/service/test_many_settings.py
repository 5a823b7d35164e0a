"""Settings of many tenants are read together where the tenants can, and one by one where not."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Collection
from datetime import UTC

import pytest

from sla_compliance.alerts.notifier import Notifier
from sla_compliance.errors import InvalidTenantError
from sla_compliance.jobs.sweep import sweep, tenants_whose_day_has_just_ended
from sla_compliance.service import ComplianceService, MemoryTenants, Statistics, SyncComplianceService, TenantSettings
from sla_compliance.service.tenant_lookup import TENANTS_OF_A_CALL, TenantLookup
from sla_compliance.settings import AlertSettings
from sla_compliance.sources.memory import MemoryAlarmSource
from sla_compliance.sources.threaded import to_async
from sla_compliance.stores.memory import MemoryDayStore
from sla_compliance.stores.memory_notifications import MemoryNotificationStore

pytestmark = pytest.mark.anyio

NOW = dt.datetime(2026, 10, 9, 0, 30, tzinfo=UTC)
IDS = [f"t{number}" for number in range(TENANTS_OF_A_CALL + 1)]
LIFETIME, TIME_OUT = dt.timedelta(minutes=1), dt.timedelta(milliseconds=200)


class Counted(MemoryTenants):
    """Tenants that note what they are asked for.

    Attributes:
        together: how many each call for several was of.
        alone: whom a call for one was of.
        error: what is raised instead of settings of several.
        may_answer: what they wait for.
    """

    def __init__(self, ids: Collection[str] = IDS) -> None:
        super().__init__({tenant_id: TenantSettings("UTC") for tenant_id in ids})
        self.together: list[int] = []
        self.alone: list[str] = []
        self.error: Exception | None = None
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    async def settings(self, tenant_id: str) -> TenantSettings:
        self.alone.append(tenant_id)
        if tenant_id == "broken":
            raise InvalidTenantError("tenant 'broken' has no zone", tenant_id=tenant_id, field="zone")
        return await super().settings(tenant_id)

    async def settings_of_tenants(self, tenant_ids: Collection[str]) -> dict[str, TenantSettings]:
        self.together.append(len(tenant_ids))
        await self.may_answer.wait()
        if self.error is not None:
            raise self.error
        return {tenant_id: self._settings[tenant_id] for tenant_id in tenant_ids if tenant_id in self._settings}


class OneByOne:
    """Tenants without a call for several."""

    async def settings(self, tenant_id: str) -> TenantSettings:
        return TenantSettings(tenant_id)


def lookup_of(tenants: Counted | OneByOne, statistics: Statistics | None = None) -> TenantLookup:
    return TenantLookup(tenants, None, statistics or Statistics(), LIFETIME, TIME_OUT)


async def test_some_hundreds_are_read_with_one_call_and_hold() -> None:
    """Those that hold are not read again; an id that is listed twice is read once."""
    tenants = Counted()
    lookup = lookup_of(tenants)
    await lookup.settings("t0")
    assert (await lookup.settings_of_tenants([*IDS, "t1", "unknown"])).keys() == set(IDS)
    assert (await lookup.settings_of_tenants(IDS)).keys() == set(IDS)
    await lookup.settings("t1")
    assert (tenants.together, tenants.alone) == ([TENANTS_OF_A_CALL, 1], ["t0"])


async def test_tenants_that_are_read_one_by_one_are_left_out() -> None:
    """But for those that hold."""
    lookup = lookup_of(OneByOne())
    await lookup.settings("UTC")
    assert (await lookup.settings_of_tenants(["UTC", "Africa/Lagos"])).keys() == {"UTC"}


async def test_a_call_that_fails_is_reported_and_leaves_all_out() -> None:
    """The next ones are not made: each may take the time-out."""
    tenants, statistics = Counted(), Statistics()
    tenants.error = ConnectionRefusedError("down")
    lookup = lookup_of(tenants, statistics)
    assert await lookup.settings_of_tenants(IDS) == {}
    assert (tenants.together, statistics.failures) == ([TENANTS_OF_A_CALL], {"tenants": 1})
    assert (await lookup.settings("t0")).zone == "UTC"


async def test_a_call_that_is_late_leaves_all_out() -> None:
    """After the time-out of any reading of settings."""
    tenants, statistics = Counted(), Statistics()
    tenants.may_answer.clear()
    lookup = lookup_of(tenants, statistics)
    assert await asyncio.wait_for(lookup.settings_of_tenants(IDS), 5) == {}
    assert statistics.failures == {"tenants": 1}
    await lookup.aclose()


async def test_what_was_forgotten_meanwhile_does_not_hold() -> None:
    """It may be what was read before the change."""
    tenants = Counted(["acme"])
    tenants.may_answer.clear()
    lookup = lookup_of(tenants)
    reading = asyncio.ensure_future(lookup.settings_of_tenants(["acme"]))
    await asyncio.sleep(0)
    lookup.forget("acme")
    tenants.may_answer.set()
    assert (await reading).keys() == {"acme"}
    await lookup.settings("acme")
    assert tenants.alone == ["acme"]


async def test_an_overview_reads_settings_together() -> None:
    """Also where nothing holds; what is wrong with one tenant is listed with it."""
    tenants = Counted(["a", "b"])
    service = ComplianceService(to_async(MemoryAlarmSource({})), tenants=tenants, clock=lambda: NOW)
    overview = await service.overview(["a", "broken", "b", "unknown"])
    assert {each.tenant_id: each.fault[:10] for each in overview} == {
        "a": "", "b": "", "broken": "tenant 'br", "unknown": "tenant_id ",
    }  # fmt: skip
    assert (tenants.together, tenants.alone) == ([4], ["broken", "unknown"])
    await service.aclose()


async def test_a_round_of_alerts_reads_settings_together() -> None:
    """Where they hold until a tenant is looked at."""
    tenants = Counted(["a", "b", "c"])
    service = ComplianceService(
        to_async(MemoryAlarmSource({})), tenants=tenants, clock=lambda: NOW, settings_lifetime=LIFETIME
    )
    settings = AlertSettings(email=("ana@example.com",))
    notifier = Notifier(service, MemoryNotificationStore(), settings=lambda _: settings, clock=lambda: NOW)
    report = await notifier.run_round(["a", "b", "c"])
    assert (report.looked_at, report.errors, tenants.together, tenants.alone) == (3, {}, [3], [])
    await service.aclose()
    report = await notifier.run_round(["a"])
    assert "closed" in str(report.errors["a"])


def test_a_sweep_reads_settings_together() -> None:
    """And so does the look at whose day has ended; of a service that is closed each tenant says so."""
    tenants = Counted(["a", "b", "c"])
    service = SyncComplianceService(
        ComplianceService(
            to_async(MemoryAlarmSource({})),
            tenants=tenants,
            store=MemoryDayStore(),
            clock=lambda: NOW,
            settings_lifetime=LIFETIME,
        )
    )
    report = sweep(service, ["a", "b", "c", "b"], lookback=dt.timedelta(days=2))
    assert [outcome.tenant_id for outcome in report.succeeded] == ["a", "b", "c"]
    assert tenants_whose_day_has_just_ended(service, ["a", "b"]) == ("a", "b")
    assert (tenants.together, tenants.alone) == ([3], [])
    service.close()
    assert [str(outcome.error)[:11] for outcome in sweep(service, ["a"]).failed] == ["the service"]
