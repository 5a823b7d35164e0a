"""A service is used where it can work; elsewhere the error says what to do."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import create_engine
from sqlalchemy.ext.asyncio import create_async_engine

from sla_compliance.cache.memory import MemoryCache
from sla_compliance.errors import InvalidTypeError, ServiceUseError
from sla_compliance.service import ComplianceService, MemoryCorrections, MemoryTenants, TenantSettings, to_async
from sla_compliance.sources.memory import MemoryAlarmSource
from sla_compliance.sources.sqlalchemy import (
    AsyncSQLAlchemyAlarmSource,
    AsyncSQLAlchemyCorrectionSource,
    AsyncSQLAlchemyInventorySource,
    AsyncSQLAlchemyMaintenanceSource,
    SQLAlchemyAlarmSource,
    SQLAlchemyCorrectionSource,
    SQLAlchemyInventorySource,
    SQLAlchemyMaintenanceSource,
)
from sla_compliance.sources.timescaledb import AsyncTimescaleDBSource, TimescaleDBSource
from sla_compliance.stores.memory import MemoryDayStore
from sla_compliance.stores.sqlalchemy import AsyncSQLAlchemyDayStore, SQLAlchemyDayStore
from tests.service.world import TENANT, at

SYNC = create_engine("sqlite://")
ASYNC = create_async_engine("sqlite+aiosqlite://")
TENANTS = MemoryTenants({TENANT: TenantSettings("UTC")})


def service_with(**parts: Any) -> ComplianceService:
    """Return a service of parts in memory, but for some."""
    defaults: dict[str, Any] = {"source": to_async(MemoryAlarmSource({})), "tenants": TENANTS, "clock": lambda: at(9)}
    return ComplianceService(**(defaults | parts))


async def ask(service: ComplianceService) -> int:
    """Ask a service for two days; return how many came."""
    return len((await service.compliance(TENANT, at(7), at(9))).days)


class SyncTenants:
    """Tenants whose settings are not awaited."""

    def settings(self, tenant_id: str) -> TenantSettings:
        """Return them."""
        raise AssertionError(tenant_id)


class SyncCache:
    """A cache that is not awaited."""

    get_many = set_many = delete_many = lock = unlock = aclose = print


class SyncStore:
    """A store that is not awaited."""

    days = changes = add = mark_stale = stale = restate = restatements = print


SYNC_PARTS: dict[str, tuple[str, Callable[[], object], str]] = {
    "alarms in memory": ("source", lambda: MemoryAlarmSource({}), "MemoryAlarmSource"),
    "alarms of a database": ("source", lambda: SQLAlchemyAlarmSource(SYNC), "SQLAlchemyAlarmSource"),
    "metrics": ("source", lambda: TimescaleDBSource(SYNC), "TimescaleDBSource"),
    "tenants": ("tenants", SyncTenants, "SyncTenants"),
    "maintenance": ("exclusions", lambda: SQLAlchemyMaintenanceSource(SYNC), "SQLAlchemyMaintenanceSource"),
    "inventories": ("inventories", lambda: SQLAlchemyInventorySource(SYNC), "SQLAlchemyInventorySource"),
    "corrections": ("corrections", lambda: SQLAlchemyCorrectionSource(SYNC), "SQLAlchemyCorrectionSource"),
    "a cache": ("cache", SyncCache, "SyncCache"),
    "a store": ("store", SyncStore, "SyncStore"),
}
WAYS_OUT = {
    "source": "wrap it, to_async(source)",
    "exclusions": "wrap it, exclusions_to_async(source)",
    "inventories": "wrap it, inventories_to_async(source)",
    "corrections": "wrap it, corrections_to_async(source)",
}


@pytest.mark.parametrize("name", SYNC_PARTS)
def test_a_part_that_is_not_awaited_is_refused_when_the_service_is_made(name: str) -> None:
    """With the function that makes it one."""
    field, part, kind = SYNC_PARTS[name]
    with pytest.raises(InvalidTypeError) as caught:
        service_with(**{field: part()})
    message = str(caught.value)
    assert message.startswith(f"{field} is a {kind} whose ")
    assert message.endswith(f"is not async; {WAYS_OUT.get(field, 'write its methods with `async def`')}")
    assert caught.value.field == field


def test_a_part_without_its_method_is_refused() -> None:
    """Such as a path where a source should be."""
    with pytest.raises(InvalidTypeError, match=r"^source is a str without the method fetch, which a service calls$"):
        service_with(source="alarms.csv")


def test_every_async_part_of_the_library_is_taken() -> None:
    """Those whose methods return what is awaited too."""
    for source in (AsyncSQLAlchemyAlarmSource(ASYNC), AsyncTimescaleDBSource(ASYNC)):
        service_with(
            source=source,
            exclusions=AsyncSQLAlchemyMaintenanceSource(ASYNC),
            inventories=AsyncSQLAlchemyInventorySource(ASYNC),
            corrections=AsyncSQLAlchemyCorrectionSource(ASYNC),
            store=AsyncSQLAlchemyDayStore(ASYNC),
        )
    service_with(corrections=MemoryCorrections({}), cache=MemoryCache(), store=MemoryDayStore())
    service_with(store=SQLAlchemyDayStore(SYNC))


@pytest.mark.anyio
async def test_a_closed_service_is_refused() -> None:
    """Every call says so."""
    service = service_with()
    assert await ask(service) == 2
    await service.aclose()
    for call in (ask(service), service.incidents(TENANT, at(7).date()), service.invalidate(TENANT, [at(7).date()])):
        with pytest.raises(ServiceUseError, match=r"^the service is closed; make a new one$"):
            await call


def test_one_event_loop_at_a_time_uses_a_service() -> None:
    """Another running one is refused; where the first has been closed the next one goes on."""
    service, is_used, may_end = service_with(), threading.Event(), threading.Event()

    async def use() -> None:
        await ask(service)
        is_used.set()
        while not may_end.is_set():
            await asyncio.sleep(0.01)

    thread = threading.Thread(target=lambda: asyncio.run(use()))
    thread.start()
    assert is_used.wait(10)
    with pytest.raises(ServiceUseError, match=r"^the service is used by another event loop; make a service for each"):
        asyncio.run(ask(service))
    may_end.set()
    thread.join()
    assert asyncio.run(ask(service)) == 2


def test_a_service_that_was_used_before_a_fork_is_refused_after_it() -> None:
    """One that was only made before it is not."""
    used, made = service_with(), service_with()
    assert asyncio.run(ask(used)) == 2
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        try:
            assert asyncio.run(ask(made)) == 2
            asyncio.run(ask(used))
        except ServiceUseError as error:
            os.write(writing, str(error).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as end:
        message = end.read().decode()
    os.waitpid(child, 0)
    assert message.startswith(f"the service is used by process {os.getpid()}, and process {child} is a fork of it; ")
