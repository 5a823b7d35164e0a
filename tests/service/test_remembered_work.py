"""What a process remembers of its work never outlives what it was made of."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from prometheus_client import CollectorRegistry

from sla_compliance.alarms import Alarm
from sla_compliance.cache.memory import MemoryCache
from sla_compliance.cache.tenant_memory import TenantMemory
from sla_compliance.outlets.prometheus import PrometheusObserver
from sla_compliance.policy import SLAPolicy
from sla_compliance.service import ComplianceService, MemoryTenants, TenantSettings
from tests.web.world import FIBRE_CUT, FLAP, LAGOS, NOW, TENANTS, Clock, Source, at, visiting

LONG_CUT = Alarm(at(7, 9), at(7, 15), id="1", alarm_id="LOS-7", resource_id="olt-7")
LONG_CUT_AND_FLAP_S = 6 * 3600 + 20


class CopyingCache(MemoryCache):
    """Answers with new bytes each time, as a cache behind a connection does."""

    async def get_many(self, keys: list[str]) -> list[bytes | None]:  # type: ignore[override]
        """Return copies of the values."""
        return [None if value is None else bytes(bytearray(value)) for value in await super().get_many(keys)]


class World:
    """A service over one tenant, its facts and its clock."""

    def __init__(
        self,
        cache: MemoryCache | None = None,
        clock: Clock | None = None,
        observer: PrometheusObserver | None = None,
    ) -> None:
        self.source, self.clock = Source(), clock or Clock()
        self.settings = {"acme": TENANTS["acme"]}
        self.cache, self.observer = cache, observer
        self.service = self.new_service()

    def new_service(self) -> ComplianceService:
        """Return another process's service over the same cache."""
        tenants = MemoryTenants(self.settings)
        tenants._settings = self.settings
        return ComplianceService(
            self.source, tenants=tenants, cache=self.cache, clock=self.clock, observer=self.observer
        )

    async def downtimes(self) -> list[int]:
        """Return the downtime of each day, seconds."""
        answer = await self.service.compliance("acme", at(5))
        return [day.downtime_us // 1_000_000 for day in answer.days]


@pytest.mark.parametrize("cache", [MemoryCache, CopyingCache])
def test_a_reported_change_is_in_the_next_answer(cache: type[MemoryCache]) -> None:
    """Though the same days were answered from memory before."""

    async def scenario() -> None:
        world = World(cache())
        before = [await world.downtimes() for _ in range(3)]
        assert before[0] == before[1] == before[2]
        world.source.alarms["acme"] = [LONG_CUT, FLAP]
        await world.service.alarm_changed("acme", FIBRE_CUT, LONG_CUT)
        after = [await world.downtimes() for _ in range(3)]
        assert after[0] == after[1] == after[2]
        assert sum(after[0]) == LONG_CUT_AND_FLAP_S > sum(before[0])

    asyncio.run(scenario())


def test_a_change_that_another_process_reports_is_in_the_next_answer() -> None:
    """Its deletion of the tokens is seen, for the cache is read each time."""

    async def scenario() -> None:
        world = World(CopyingCache())
        before = [await world.downtimes() for _ in range(2)]
        world.source.alarms["acme"] = [LONG_CUT, FLAP]
        other = world.new_service()
        await other.alarm_changed("acme", FIBRE_CUT, LONG_CUT)
        assert sum(await world.downtimes()) == LONG_CUT_AND_FLAP_S > sum(before[1])

    asyncio.run(scenario())


def test_time_goes_on() -> None:
    """Days that are no longer fresh are measured again, and midnight brings a new day."""

    async def scenario() -> None:
        clock = Clock()
        world = World(CopyingCache(clock=lambda: 0.0), clock)
        answers = [await world.service.compliance("acme", at(5)) for _ in range(3)]
        assert answers[0].measured == answers[1].measured
        assert answers[1].measured is answers[2].measured  # not read again
        queries = world.source.queries
        clock.now = NOW + timedelta(minutes=6)  # the lifetime of today's entry is over
        later = await world.service.compliance("acme", at(5))
        assert (world.source.queries, later.measured[-1].as_of_us) == (queries + 1, later.subject.as_of_us)
        clock.now = NOW + timedelta(hours=2)  # past midnight in Lagos
        tomorrow = await world.service.compliance("acme", at(5))
        assert len(tomorrow.dates) == len(later.dates) + 1

    asyncio.run(scenario())


def test_other_settings_make_other_answers_at_once() -> None:
    """A new target and a new zone; nothing of the former ones is taken."""

    async def scenario() -> None:
        world = World(CopyingCache())
        first = await world.service.compliance("acme", at(5))
        world.settings["acme"] = TenantSettings(LAGOS, SLAPolicy("50"), monitored_since=at(1))
        second = await world.service.compliance("acme", at(5))
        world.settings["acme"] = TenantSettings("UTC", SLAPolicy("50"), monitored_since=at(1))
        third = await world.service.compliance("acme", at(5))
        assert [answer.total.target_percentage for answer in (first, second, third)] == [99.9, 50.0, 50.0]
        assert [answer.zone for answer in (first, second, third)] == [LAGOS, LAGOS, "UTC"]
        assert first.measured[0].start_us != third.measured[0].start_us

    asyncio.run(scenario())


def test_gauges_follow_every_answer() -> None:
    """Views of two lengths alternate, and the facts change in between."""

    async def scenario() -> None:
        registry = CollectorRegistry()
        world = World(CopyingCache(), observer=PrometheusObserver(registry))

        async def downtime_share(days: int) -> float:
            for _ in range(3):
                for start in (NOW - timedelta(days=6), NOW - timedelta(days=29)):
                    await world.service.compliance("acme", start)
            labels = {"tenant_id": "acme", "days": str(days)}
            ratio = registry.get_sample_value("sla_compliance_availability_ratio", labels)
            assert ratio is not None
            return 1 - ratio

        before = [await downtime_share(days) for days in (7, 30)]
        world.source.alarms["acme"] = [LONG_CUT, FLAP]
        await world.service.alarm_changed("acme", FIBRE_CUT, LONG_CUT)
        after = [await downtime_share(days) for days in (7, 30)]
        assert all(now > 10 * earlier for earlier, now in zip(before, after, strict=True))

    asyncio.run(scenario())


def test_bodies_change_with_target_detail_accounting_and_facts() -> None:
    """Each question has the body of its own, whichever was asked before; the tag of a former body is no longer one."""
    source = Source()
    service = World(CopyingCache()).service
    service._source_reader.source.alarms = source.alarms  # type: ignore[attr-defined]
    questions = [
        "compliance?days=3",
        "compliance?days=3&detail=full",
        "compliance?days=3&target_percentage=50",
        "compliance?days=3&exclude_maintenance=false",
        "compliance?days=4",
        "rollup-stats?days=3",
        "rollup-stats?days=4&target_percentage=50",
    ]
    with visiting(service) as visitor:
        first = [visitor.get(question) for question in questions]
        again = [visitor.get(question) for question in reversed(questions)][::-1]
        assert [answer.content for answer in first] == [answer.content for answer in again]
        assert len({answer.content for answer in first}) == len(questions)
        tags = [answer.headers["etag"] for answer in first]
        revalidated = [
            visitor.get(question, headers={"If-None-Match": tag}) for question, tag in zip(questions, tags, strict=True)
        ]
        assert {answer.status_code for answer in revalidated} == {304}
        assert [answer.headers.get("x-sla-verdict") for answer in revalidated] == [
            answer.headers.get("x-sla-verdict") for answer in first
        ]
        source.alarms["acme"] = [LONG_CUT]
        asyncio.run(_report_change(service))
        changed = [
            visitor.get(question, headers={"If-None-Match": tag}) for question, tag in zip(questions, tags, strict=True)
        ]
        assert {answer.status_code for answer in changed} == {200}


async def _report_change(service: ComplianceService) -> None:
    # The client's event loop is another one: the cache alone is told.
    await service._day_cache.invalidate("acme", [at(day).date() for day in range(1, 10)])


def test_one_tenant_drives_out_its_own_values_first() -> None:
    """And the tenant that was not asked for longest goes first."""
    memory: TenantMemory[str, int] = TenantMemory(most_of_tenant=3, most=5)
    memory.put("acme", "a", 1, size=2)
    memory.put("other", "b", 2, size=2)
    for number in range(10):
        memory.put("acme", f"c{number}", number, size=1)
    assert memory.get("other", "b") == 2
    assert [memory.get("acme", key) for key in ("a", "c6", "c7", "c9")] == [None, None, 7, 9]
    assert memory.get("other", "b") == 2
    memory.put("third", "d", 3, size=3)
    assert [memory.get("acme", "c9"), memory.get("other", "b"), memory.get("third", "d")] == [None, 2, 3]
    memory.put("third", "too large", 4, size=4)
    assert memory.get("third", "too large") is None
    memory.put("third", "d", 5, size=1)
    assert memory.get("third", "d") == 5
    memory.forget("third")
    memory.forget("nobody")
    assert memory.get("third", "d") is None
    memory.put("acme", "e", 6, size=3)
    assert memory.get("acme", "e") == 6
