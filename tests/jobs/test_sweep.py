"""Precomputing tenants, called as any queue would call it."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest

from sla_compliance import Alarm, AlarmBatch, AlarmFilter, SLAPolicy
from sla_compliance.errors import InvalidValueError, UnknownTenantError
from sla_compliance.jobs.sweep import precompute, sweep, tenants_whose_day_has_just_ended
from sla_compliance.service import (
    ComplianceService,
    MemoryTenants,
    Provenance,
    SyncComplianceService,
    TenantSettings,
)
from sla_compliance.sources.protocol import EVERY_QUALIFYING
from sla_compliance.stores.memory import MemoryDayStore
from sla_compliance.stores.protocol import DayStore

HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
NOW = dt.datetime(2025, 10, 31, 12, tzinfo=dt.UTC)
UTC = TenantSettings("UTC")


class Facts:
    """A source of alarms, some of whose tenants cannot be asked; a clock.

    Attributes:
        alarms: everybody's.
        broken: the tenants that cannot be asked.
        asked: how often each was.
        now: what the clock says.
    """

    def __init__(self, now: dt.datetime = NOW, broken: tuple[str, ...] = ()) -> None:
        self.now = now
        self.broken = broken
        self.alarms = [Alarm(now - 10 * DAY, now - 10 * DAY + HOUR)]
        self.asked: Counter[str] = Counter()

    async def fetch(
        self,
        tenant_id: str,
        start_us: int,  # noqa: ARG002 - more than the window asks for is allowed
        end_us: int,  # noqa: ARG002
        wanted: AlarmFilter = EVERY_QUALIFYING,  # noqa: ARG002
    ) -> AlarmBatch:
        """Return the alarms."""
        self.asked[tenant_id] += 1
        if tenant_id in self.broken:
            raise ConnectionError(f"the database of {tenant_id} is down")
        return AlarmBatch.from_alarms(self.alarms)


@contextmanager
def opened(
    facts: Facts, tenants: Mapping[str, TenantSettings], store: DayStore | None = None
) -> Iterator[SyncComplianceService]:
    """Open a service of tenants."""
    service = ComplianceService(facts, tenants=MemoryTenants(tenants), store=store, clock=lambda: facts.now)
    with SyncComplianceService(service) as opened_service:
        yield opened_service


def test_a_tenant_is_stored_and_remembered() -> None:
    """90 closed days are stored; then neither store nor source is asked for the views of the dashboard."""
    facts = Facts()
    with opened(facts, {"acme": UTC}, MemoryDayStore()) as service:
        assert precompute(service, "acme").added == 90
        answers = [service.compliance("acme", NOW - days * DAY, NOW) for days in (7, 30, 90)]
    assert [answer.is_cached for answer in answers] == [True, True, True]
    assert answers[-1].total.downtime_minutes == 60


def test_a_second_time_adds_nothing() -> None:
    """The next day, one day is added, and the source is asked for it and for the day under way alone."""
    facts, store = Facts(), MemoryDayStore()
    with opened(facts, {"acme": UTC}, store) as service:
        outcomes = [precompute(service, "acme") for _ in range(2)]
        assert [outcome.added for outcome in outcomes] == [90, 0]
    facts.now += DAY
    with opened(facts, {"acme": UTC}, store) as service:
        assert precompute(service, "acme").added == 1
        answer = service.compliance("acme", facts.now - 30 * DAY, facts.now)
    assert Counter(answer.provenance) == {Provenance.CACHE: 31}
    assert asyncio.run(store.restatements("acme")) == []


def test_a_change_that_nobody_had_time_to_restate_is_made_up_for() -> None:
    """Whoever was told of it was killed after marking the day."""
    facts, store = Facts(), MemoryDayStore()
    with opened(facts, {"acme": UTC}, store) as service:
        precompute(service, "acme")
        facts.alarms.append(Alarm(NOW - 20 * DAY, NOW - 20 * DAY + HOUR))
        asyncio.run(store.mark_stale("acme", [(NOW - 20 * DAY).date()]))
        assert precompute(service, "acme").restated == 1
        assert precompute(service, "acme").restated == 0


def test_a_failing_tenant_stops_nobody_and_is_reported() -> None:
    """Those before and after it are stored; the report says who failed, and why."""
    facts, store = Facts(broken=("b",)), MemoryDayStore()
    with opened(facts, dict.fromkeys("abc", UTC), store) as service:
        report = sweep(service, ["a", "b", "who", "c", "a"])
    assert [(outcome.tenant_id, outcome.added) for outcome in report.succeeded] == [("a", 90), ("c", 90)]
    assert report.added == 180
    assert [(outcome.tenant_id, type(outcome.error)) for outcome in report.failed] == [
        ("b", ConnectionError),
        ("who", UnknownTenantError),
    ]


def test_a_service_without_a_store_is_refused() -> None:
    """Precomputing for nobody is a mistake of whoever set it up."""
    with (
        opened(Facts(), {"acme": UTC}) as service,
        pytest.raises(InvalidValueError, match="store is None"),
    ):
        precompute(service, "acme")


@pytest.mark.parametrize(
    ("now", "ended"),
    [
        ("2025-10-08T23:05+00:00", ["Lagos"]),
        ("2025-10-09T00:05+00:00", ["Lagos", "UTC"]),
        ("2025-10-08T18:14+00:00", []),
        ("2025-10-08T18:15+00:00", ["Kathmandu"]),
        ("2025-10-08T20:15+00:00", []),
    ],
)
def test_tenants_whose_day_has_just_ended(now: str, ended: list[str]) -> None:
    """Midnight in Lagos is 23:00 UTC, in Kathmandu 18:15 UTC; just now is the last two hours."""
    tenants = {
        "Kathmandu": TenantSettings("Asia/Kathmandu"),
        "Lagos": TenantSettings("Africa/Lagos"),
        "UTC": UTC,
    }
    with opened(Facts(dt.datetime.fromisoformat(now)), tenants) as service:
        assert tenants_whose_day_has_just_ended(service, tenants) == tuple(ended)


def test_a_day_has_ended_when_nothing_can_alter_it_any_more() -> None:
    """With damping of 3 hours and alarms that go stale after a day, it is closed 27 hours after its end."""
    policy = SLAPolicy(merge_gap=3 * HOUR, stale_after=DAY)
    facts = Facts(dt.datetime(2025, 10, 8, tzinfo=dt.UTC))
    found = []
    with opened(facts, {"acme": TenantSettings("UTC", policy)}) as service:
        for hour in range(24):
            facts.now = dt.datetime(2025, 10, 8, hour, tzinfo=dt.UTC)
            if tenants_whose_day_has_just_ended(service, ["acme"], within=HOUR):
                found.append(hour)
    assert found == [3]


def test_one_whose_settings_cannot_be_had_is_taken_too() -> None:
    """Its own work fails then, and says why."""
    with opened(Facts(NOW), {"acme": UTC}) as service:
        assert tenants_whose_day_has_just_ended(service, ["acme", "who"]) == ("who",)


@pytest.mark.parametrize(
    "zone", ["Africa/Lagos", "America/Havana", "America/Sao_Paulo", "Australia/Lord_Howe", "Africa/Cairo"]
)
def test_hourly_ticks_find_each_day_once(zone: str) -> None:
    """Also where the clock changes, at midnight among others: over the days of a change, one tick a day."""
    start = dt.datetime(2018, 11, 1, tzinfo=dt.UTC)
    facts = Facts(start)
    hits = 0
    with opened(facts, {"acme": TenantSettings(zone)}) as service:
        for hour in range(24 * 7):
            facts.now = start + hour * HOUR
            hits += len(tenants_whose_day_has_just_ended(service, ["acme"], within=HOUR))
    assert hits == 7
