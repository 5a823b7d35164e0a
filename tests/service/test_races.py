"""Changes reported while sweeps and requests run, for real: threads of several processes' services, one database."""
################################################################
# Each race is run RUNS times here and 200 times by `nox -s races`. Every run has a
# tenant of its own: a sweep, a request and the report of a change start at once,
# each from a service of its own, and then nothing old may be left.
################################################################

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine

import sla_compliance as sla
from sla_compliance.alarms import AlarmFilter
from sla_compliance.batch import AlarmBatch
from sla_compliance.cache.memory import MemoryCache
from sla_compliance.cache.redis import RedisCache
from sla_compliance.service import ComplianceService, MemoryTenants, SyncComplianceService, TenantSettings, to_async
from sla_compliance.sources.protocol import EVERY_QUALIFYING
from sla_compliance.stores.protocol import DayStore
from sla_compliance.stores.sqlalchemy import SQLAlchemyDayStore, ddl
from tests.servers.databases import fresh_database
from tests.service.world import at

RUNS = int(os.environ.get("SLA_TEST_RACES", "8"))
OUTAGE = sla.Alarm(at(21, 9), at(21, 10), id=1)
SETTINGS = TenantSettings("UTC")


class Rows:
    """Alarms of many tenants, read by any thread."""

    def __init__(self) -> None:
        self.alarms: dict[str, sla.Alarm] = {}

    def fetch(self, tenant_id: str, start_us: int, end_us: int, wanted: AlarmFilter = EVERY_QUALIFYING) -> AlarmBatch:
        """Return the alarms as they are now, a little later."""
        assert wanted
        assert start_us < end_us
        batch = AlarmBatch.from_alarms([self.alarms[tenant_id]], on_invalid="quarantine")
        time.sleep(random.random() / 200)  # noqa: S311 - when threads meet
        return batch


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[DayStore]:
    """A store in a database."""
    if request.param == "sqlite":
        engine = create_engine(f"sqlite:///{tmp_path / 'days.db'}", connect_args={"timeout": 30})
        with engine.begin() as connection:
            for statement in ddl("sqlite").split(";"):
                connection.exec_driver_sql(statement)
        yield SQLAlchemyDayStore(engine)
        engine.dispose()
        return
    with fresh_database(request.getfixturevalue("postgres_dsn"), ddl("postgresql")) as url:
        engine = create_engine(url)
        yield SQLAlchemyDayStore(engine)
        engine.dispose()


def nothing_stored(service: SyncComplianceService, tenant_id: str) -> None:
    """The sweep adds."""
    assert service
    assert tenant_id


def stored(service: SyncComplianceService, tenant_id: str) -> None:
    """The request takes stored days."""
    service.store_closed_days(tenant_id, at(20), at(23))


def stale(service: SyncComplianceService, tenant_id: str) -> None:
    """The sweep restates."""
    stored(service, tenant_id)
    service.invalidate(tenant_id, [at(21).date()])


@pytest.mark.parametrize("prepare", [nothing_stored, stored, stale])
def test_nothing_that_was_reported_is_lost(
    store: DayStore, redis_url: str, prepare: Callable[[SyncComplianceService, str], None]
) -> None:
    """After the sweep, the request and the report are done, every answer has the change, and so has the store."""
    rows, tenants = Rows(), MemoryTenants({f"race-{os.getpid()}-{id(store)}-{run}": SETTINGS for run in range(RUNS)})

    def service(*, is_cached: bool = True) -> SyncComplianceService:
        return SyncComplianceService(
            ComplianceService(
                to_async(rows),
                tenants=tenants,
                store=store,
                cache=RedisCache(redis_url, time_out_s=5) if is_cached else MemoryCache(max_keys=0),
                clock=lambda: at(28, 12),
            )
        )

    services = [service() for _ in range(3)]
    uncached = service(is_cached=False)
    try:
        for run in range(RUNS):
            tenant_id = f"race-{os.getpid()}-{id(store)}-{run}"
            rows.alarms[tenant_id] = OUTAGE
            prepare(services[0], tenant_id)
            race(rows, services, tenant_id)
            minutes = rows.alarms[tenant_id].cleared_at.minute  # type: ignore[union-attr]
            for is_swept in (False, True):
                if is_swept:
                    services[0].store_closed_days(tenant_id, at(20), at(23))
                for process in (*services, uncached):
                    answer = process.compliance(tenant_id, at(20), at(23))
                    assert answer.total.downtime_minutes == minutes
    finally:
        for process in (*services, uncached):
            process.close()


def race(rows: Rows, services: list[SyncComplianceService], tenant_id: str) -> None:
    """Sweep, request and report two changes at once."""
    line = threading.Barrier(3)

    def sweep() -> None:
        line.wait()
        services[0].store_closed_days(tenant_id, at(20), at(23))

    def request() -> None:
        line.wait()
        services[1].compliance(tenant_id, at(20), at(23))

    def report() -> None:
        line.wait()
        time.sleep(random.random() / 50)  # noqa: S311 - when threads meet
        for minute in (30, 17):
            old = rows.alarms[tenant_id]
            rows.alarms[tenant_id] = new = replace(old, cleared_at=at(21, 9, minute))
            services[2].alarm_changed(tenant_id, old, new)

    with ThreadPoolExecutor(3) as pool:
        for done in [pool.submit(work) for work in (sweep, request, report)]:
            done.result(timeout=60)
