"""A worker of several: answers once, then prints what it exposes. Arguments: a tenant and its target."""

from __future__ import annotations

import asyncio
import datetime as dt
import sys

from prometheus_client import CollectorRegistry

from sla_compliance import SLAPolicy
from sla_compliance.outlets.prometheus import PrometheusObserver, exposition
from sla_compliance.service import ComplianceService, MemoryTenants, TenantSettings, to_async
from sla_compliance.sources.memory import MemoryAlarmSource


async def answer(registry: CollectorRegistry, tenant_id: str, target: str) -> None:
    """Ask for the last 30 days."""
    service = ComplianceService(
        to_async(MemoryAlarmSource({})),
        tenants=MemoryTenants({tenant_id: TenantSettings("UTC", SLAPolicy(target))}),
        observer=PrometheusObserver(registry),
    )
    now = dt.datetime.now(dt.UTC)
    await service.compliance(tenant_id, now - dt.timedelta(days=30), now)
    await service.aclose()


if __name__ == "__main__":
    registry = CollectorRegistry()
    asyncio.run(answer(registry, *sys.argv[1:]))
    sys.stdout.buffer.write(exposition(registry)[0])
