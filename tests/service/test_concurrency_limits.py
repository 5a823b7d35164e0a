"""A crowd of misses: few are fetched at once, one is computed at once, and the event loop goes on."""

from __future__ import annotations

import asyncio
import threading
import time

from sla_compliance.alarms import AlarmFilter
from sla_compliance.batch import AlarmBatch
from sla_compliance.service import ComplianceService, MemoryTenants, TenantSettings
from sla_compliance.service.source_reader import MAX_CONCURRENT_FETCHES, ConcurrencyLimits
from sla_compliance.sources.protocol import EVERY_QUALIFYING
from tests.service.world import at

TENANTS = 20


class Crowded:
    """A source that counts how many ask it at once."""

    def __init__(self) -> None:
        self.asking = 0
        self.most = 0

    async def fetch(
        self, tenant_id: str, start_us: int, end_us: int, wanted: AlarmFilter = EVERY_QUALIFYING
    ) -> AlarmBatch:
        """Return nothing, after a while."""
        assert tenant_id
        assert start_us < end_us
        assert wanted
        self.asking += 1
        self.most = max(self.most, self.asking)
        await asyncio.sleep(0.005)
        self.asking -= 1
        return AlarmBatch()


def test_few_fetches_run_at_once() -> None:
    """All of many tenants are answered."""

    async def crowd() -> int:
        source = Crowded()
        tenants = MemoryTenants({f"tenant-{rank}": TenantSettings("UTC") for rank in range(TENANTS)})
        service = ComplianceService(source, tenants=tenants, clock=lambda: at(9))
        questions = (service.compliance(f"tenant-{rank}", at(7), at(9)) for rank in range(TENANTS))
        answers = await asyncio.gather(*questions)
        await service.aclose()
        assert all(len(answer.days) == 2 for answer in answers)
        return source.most

    assert asyncio.run(crowd()) == MAX_CONCURRENT_FETCHES


def test_one_computation_runs_at_once() -> None:
    """In threads, but never beside one another."""
    running, overlaps = threading.Lock(), []

    def work(number: int) -> int:
        overlaps.append(running.locked())
        with running:
            time.sleep(0.001)
        return number

    async def crowd() -> list[int]:
        limits = ConcurrencyLimits()
        return await asyncio.gather(*(limits.compute(work, number) for number in range(TENANTS)))

    assert asyncio.run(crowd()) == list(range(TENANTS))
    assert not any(overlaps)
