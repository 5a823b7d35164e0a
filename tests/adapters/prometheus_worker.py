"""A worker of several: answers once, then prints what it exposes. Arguments: a tenant, its target, and "down"."""

from __future__ import annotations

import asyncio
import datetime as dt
import sys

from prometheus_client import CollectorRegistry

from sla_compliance import Alarm, AlarmBatch, Period, SLAPolicy
from sla_compliance.outlets.prometheus import PrometheusObserver, exposition
from sla_compliance.service import ComplianceService, MemoryTenants, TenantSettings, to_async
from sla_compliance.sources.memory import MemoryAlarmSource

NOW = dt.datetime(2025, 6, 15, 12, tzinfo=dt.UTC)


async def answer(registry: CollectorRegistry, tenant_id: str, target: str, *state: str) -> None:
    """Ask for the last 30 days and for the budget of the year; "down": an alarm has been active for a second."""
    alarms = [Alarm(NOW - dt.timedelta(seconds=1))] if state == ("down",) else []
    service = ComplianceService(
        to_async(MemoryAlarmSource({tenant_id: AlarmBatch.from_alarms(alarms)})),
        tenants=MemoryTenants({tenant_id: TenantSettings("UTC", SLAPolicy(target))}),
        clock=lambda: NOW,
        observer=PrometheusObserver(registry),
    )
    await service.compliance(tenant_id, NOW - dt.timedelta(days=30), NOW)
    await service.budget(tenant_id, Period.YEAR)
    await service.aclose()


if __name__ == "__main__":
    registry = CollectorRegistry()
    asyncio.run(answer(registry, *sys.argv[1:]))
    sys.stdout.buffer.write(exposition(registry)[0])
