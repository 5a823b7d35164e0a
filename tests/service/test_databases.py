"""The service over a real PostgreSQL, a real Valkey and stored days: figures, queries, crashes."""

from __future__ import annotations

import datetime as dt
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.exc import SQLAlchemyError

from sla_compliance.cache.redis import RedisCache
from sla_compliance.service import Provenance
from tests.adapters.alarm_tables import PLATFORM_SCHEMA
from tests.servers import postgres
from tests.servers.databases import fresh_database, sqlalchemy_url
from tests.servers.process import ServerProcess
from tests.service.platform import ALARMS, NOW, TENANT_ID, Platform, report
from tests.service.world import at

pytestmark = pytest.mark.anyio

MINUTE = dt.timedelta(minutes=1)
ROOT = Path(__file__).parents[2]


@pytest.fixture
async def platform(postgres_dsn: str) -> AsyncIterator[Platform]:
    """A database with the platform's tables, its alarms and room for stored days."""
    with fresh_database(postgres_dsn, PLATFORM_SCHEMA) as url:
        platform = Platform.at(url)
        platform.write(*ALARMS)
        await platform.store.create_tables()
        yield platform
        await platform.engine.dispose()


async def test_figures_and_queries_from_real_servers(platform: Platform, redis_url: str) -> None:
    """A miss, a hit, and today alone once closed days are stored; the core's figures each time."""
    cached = platform.service(cache=RedisCache(redis_url, time_out_s=5))
    await cached.invalidate(TENANT_ID, [at(day).date() for day in range(15, 31)])
    platform.queries()
    # One more than the query: the look, once an hour, for severities that no filter matches.
    for queries in (2, 0):
        answer = await cached.compliance(TENANT_ID, at(18), NOW)
        assert answer.days == report(answer.days[0].start, answer.days[-1].end, *ALARMS).days
        assert platform.queries() == queries
        if queries == 0:
            assert platform.statements == []
    assert (await cached.store_closed_days(TENANT_ID, at(18), NOW)).added == 10
    platform.queries()
    stored = platform.service()
    answer = await stored.compliance(TENANT_ID, at(18), NOW)
    assert answer.days == report(answer.days[0].start, answer.days[-1].end, *ALARMS).days
    assert answer.provenance == (*[Provenance.STORE] * 10, Provenance.SOURCE)
    assert platform.queries() == 2  # and the look of a new source
    await cached.aclose()


async def test_incidents_and_resources_from_real_tables(platform: Platform) -> None:
    """With the columns that people look at."""
    (incident,) = await platform.service().incidents(TENANT_ID, at(25).date())
    assert [alarm.alarm_id for alarm in incident.alarms] == ["olt-2"]
    by_device = await platform.service().resources(TENANT_ID, at(20), at(23), by="alarm_id")
    assert {key: one.total.downtime_minutes for key, one in by_device.items()} == {"olt-1": 90}


async def test_a_writer_killed_in_the_middle_loses_nothing(platform: Platform) -> None:
    """Neither new cells without a trace nor a trace without them; the next sweep finishes its work."""
    await platform.service().store_closed_days(TENANT_ID, at(18), NOW)
    platform.write(*ALARMS[1:])
    url = platform.url.render_as_string(hide_password=False)
    done = subprocess.run([sys.executable, "-m", "tests.service.killed_writer", url], cwd=ROOT, check=False, timeout=60)
    assert done.returncode == -signal.SIGKILL
    (stale_key,) = await platform.store.stale(TENANT_ID)
    assert stale_key.date == at(21).date()
    assert await platform.store.restatements(TENANT_ID) == []
    answer = await platform.service().compliance(TENANT_ID, at(18), NOW)
    assert answer.days == report(answer.days[0].start, answer.days[-1].end, *ALARMS[1:]).days
    sweep = await platform.service().store_closed_days(TENANT_ID, at(18), NOW)
    assert [trace.key for trace in sweep.restated] == [stale_key]
    assert await platform.store.restatements(TENANT_ID) == list(sweep.restated)


@pytest.fixture
def own_postgres() -> Iterator[ServerProcess]:
    """A PostgreSQL of this test's own, to be killed, that loses nothing it has committed."""
    binaries = next(iter(postgres.installed_binaries().values()))
    with postgres.running_postgres(binaries, synchronous_commit="on") as server:
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute(PLATFORM_SCHEMA.encode())
        yield server


async def test_a_database_killed_and_back(own_postgres: ServerProcess) -> None:
    """What is remembered is shown, outdated if need be; what is not is an error; once it is back, all is as before."""
    platform, now = Platform.at(sqlalchemy_url(own_postgres.url, "postgres")), NOW
    platform.write(*ALARMS)
    await platform.store.create_tables()
    service = platform.service(clock=lambda: now)
    before = await service.compliance(TENANT_ID, at(20), NOW)
    own_postgres.kill()
    assert (await service.compliance(TENANT_ID, at(20), NOW)).days == before.days
    now += 30 * MINUTE
    outdated = await service.compliance(TENANT_ID, at(20), NOW)
    assert (outdated.days, outdated.is_outdated) == (before.days, True)
    with pytest.raises((SQLAlchemyError, OSError)):
        await service.compliance(TENANT_ID, at(10), at(12))
    own_postgres.start()
    again = await service.compliance(TENANT_ID, at(10), NOW)
    assert not again.is_outdated
    assert again.total.down_us == before.total.down_us + 30 * MINUTE // dt.timedelta(microseconds=1)
    await service.aclose()
    await platform.engine.dispose()
