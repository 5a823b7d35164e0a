"""Machines whose clocks are wrong share a store and a cache: no day that has not happened is shown or stays stored."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import create_engine
from sqlalchemy.ext.asyncio import create_async_engine

import sla_compliance as sla
from sla_compliance.cache.memory import MemoryCache
from sla_compliance.cache.protocol import Cache
from sla_compliance.cache.redis import RedisCache
from sla_compliance.errors import ClockAheadError, InvalidStoredDayError
from sla_compliance.ledger import CellLengths
from sla_compliance.measured import CLOCK_TOLERANCE
from sla_compliance.service import ComplianceService, Provenance, TenantSettings
from sla_compliance.stores.memory import MemoryDayStore
from sla_compliance.stores.protocol import DayStore
from sla_compliance.stores.sqlalchemy import AsyncSQLAlchemyDayStore, SQLAlchemyDayStore, ddl
from tests.servers.databases import fresh_database
from tests.service.gates import Gate, GatedPart, gated
from tests.service.world import TENANT, LiveFacts, LiveTenants

pytestmark = pytest.mark.anyio

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
AHEAD = 3 * DAY


class Failures:
    """An observer that keeps what failed."""

    def __init__(self) -> None:
        self.errors: list[BaseException] = []

    def answered(self, *_: object, **__: object) -> None:
        """Take no note."""

    def queried(self, *_: object, **__: object) -> None:
        """Take no note."""

    def failed(self, what: str, error: BaseException) -> None:
        """Keep the error."""
        assert what == "store"
        self.errors.append(error)


def today() -> dt.datetime:
    """Return the last noon, UTC, by the clock of the machine that runs the tests and their servers."""
    now = dt.datetime.now(dt.UTC)
    noon = now.replace(hour=12, minute=0, second=0, microsecond=0)
    return noon if noon <= now else noon - DAY


class Hosts:
    """Facts, and services over them on machines whose clocks differ."""

    def __init__(self, store: DayStore, *alarms: sla.Alarm, now: dt.datetime | None = None) -> None:
        self.facts = LiveFacts(TenantSettings("UTC"), now or today(), *alarms)
        self.store = store
        self.failures = Failures()

    def host(self, clock_error: dt.timedelta = 0 * DAY, cache: Cache | None = None) -> ComplianceService:
        """Return a service of a machine whose clock is wrong by so much."""
        return ComplianceService(
            self.facts,
            tenants=LiveTenants(self.facts),
            exclusions=self.facts.agreements(),
            store=self.store,
            cache=cache or MemoryCache(),
            clock=lambda: self.facts.now + clock_error,
            observer=self.failures,
        )

    @property
    def window(self) -> tuple[dt.datetime, dt.datetime]:
        """The days from four days ago to four days on."""
        midnight = self.facts.now.replace(hour=0)
        return midnight - 4 * DAY, midnight + 5 * DAY

    async def cells(self, service: ComplianceService) -> list[CellLengths]:
        """Return what a service answers."""
        return [day.cells_us for day in (await service.compliance(TENANT, *self.window)).measured]

    def true_cells(self) -> list[CellLengths]:
        """Return what the core makes of the facts now."""
        return self.facts.cells(*self.window)


@pytest.fixture
async def postgres_store(postgres_dsn: str) -> AsyncIterator[DayStore]:
    """A store whose database has a clock of its own."""
    with fresh_database(postgres_dsn, ddl("postgresql")) as url:
        engine = create_async_engine(url)
        yield AsyncSQLAlchemyDayStore(engine)
        await engine.dispose()


@pytest.fixture(params=["memory", "sqlite"])
async def store_without_a_clock(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[DayStore]:
    """A store that cannot tell that a clock is wrong."""
    if request.param == "memory":
        yield MemoryDayStore()
        return
    engine = create_engine(f"sqlite:///{tmp_path / 'days.db'}")
    store = SQLAlchemyDayStore(engine)
    await store.create_tables()
    yield store
    engine.dispose()


async def test_a_clock_that_is_ahead_of_the_database_stores_nothing(postgres_store: DayStore) -> None:
    """The error names both times; within 5 seconds clocks may differ."""
    hosts = Hosts(postgres_store, now=dt.datetime.now(dt.UTC))
    with pytest.raises(ClockAheadError, match="set this machine's clock") as caught:
        await hosts.host(AHEAD).store_closed_days(TENANT, *hosts.window)
    error = caught.value
    assert error.field == "clock"
    assert (hosts.facts.now + AHEAD).isoformat() in str(error)
    assert error.clock_us - error.store_clock_us > (AHEAD - HOUR) // dt.timedelta(microseconds=1)
    assert (await hosts.host().store_closed_days(TENANT, *hosts.window)).added == 4
    hosts.facts.now = dt.datetime.now(dt.UTC)
    await hosts.host(CLOCK_TOLERANCE).store_closed_days(TENANT, *hosts.window)
    with pytest.raises(ClockAheadError):
        await hosts.host(CLOCK_TOLERANCE + dt.timedelta(seconds=5)).store_closed_days(TENANT, *hosts.window)


async def test_what_a_clock_that_is_ahead_has_cached_is_shown_nowhere_else(
    postgres_store: DayStore, redis_url: str
) -> None:
    """Days to come have not happened; the machine whose clock is right measures, and its entries hold."""
    now = today()
    hosts = Hosts(postgres_store, sla.Alarm(now - DAY, now - DAY + HOUR, id=1), sla.Alarm(now - 2 * HOUR, id=2))
    caches = [RedisCache(redis_url, time_out_s=5) for _ in range(2)]
    fast, right = hosts.host(AHEAD, caches[0]), hosts.host(cache=caches[1])
    await right.invalidate(TENANT, [(hosts.window[0] + days * DAY).date() for days in range(9)])
    assert await hosts.cells(fast) != hosts.true_cells()
    answer = await right.compliance(TENANT, *hosts.window)
    assert [day.cells_us for day in answer.measured] == hosts.true_cells()
    assert Provenance.CACHE not in answer.provenance
    begun = 5  # days to come are measured with every request
    assert (await right.compliance(TENANT, *hosts.window)).provenance[:begun] == (Provenance.CACHE,) * begun
    for service in (fast, right):
        await service.aclose()


async def test_days_that_a_clock_ahead_has_stored_are_mended_by_the_next_sweep(store_without_a_clock: DayStore) -> None:
    """Also those that are not over by then: once they are, nothing is left of them; what differed leaves a trace."""
    hosts = Hosts(store_without_a_clock)
    start = hosts.facts.now
    assert (await hosts.host(AHEAD).store_closed_days(TENANT, *hosts.window)).added == 7
    assert await hosts.cells(hosts.host()) == hosts.true_cells()
    assert {type(error) for error in hosts.failures.errors} == {InvalidStoredDayError}
    assert "does not hold" in str(hosts.failures.errors[0])
    assert (await hosts.host().store_closed_days(TENANT, *hosts.window)).restated == ()
    # The clock that was ahead has reached day 3; in truth each day has an outage.
    for days in range(5):
        hosts.facts.now = start + days * DAY
        hosts.facts.alarms[days] = sla.Alarm(hosts.facts.now - HOUR, hosts.facts.now, id=days)
        assert await hosts.cells(hosts.host()) == hosts.true_cells()
    hosts.failures.errors.clear()
    sweep = await hosts.host().store_closed_days(TENANT, *hosts.window)
    assert {trace.key.date for trace in sweep.restated} == {(start + days * DAY).date() for days in range(3)}
    assert {trace.reason for trace in sweep.restated} == {"a change that was not restated at the time"}
    answer = await hosts.host().compliance(TENANT, *hosts.window)
    assert [day.cells_us for day in answer.measured] == hosts.true_cells()
    assert answer.provenance[:4] == (Provenance.STORE,) * 4
    assert hosts.failures.errors == []


async def test_a_sweep_measures_days_of_a_clock_ahead_that_are_over_at_once(store_without_a_clock: DayStore) -> None:
    """An alarm came in after the clock that was ahead had closed its day."""
    hosts = Hosts(store_without_a_clock)
    await hosts.host(AHEAD).store_closed_days(TENANT, *hosts.window)
    hosts.facts.now += DAY
    hosts.facts.alarms[1] = sla.Alarm(hosts.facts.now - DAY, hosts.facts.now - DAY + HOUR, id=1)
    sweep = await hosts.host().store_closed_days(TENANT, *hosts.window)
    (trace,) = sweep.restated
    assert (trace.key.date, trace.reason) == (today().date(), "stored by a clock that was ahead")
    again = await hosts.host().store_closed_days(TENANT, *hosts.window)
    assert (again.added, again.restated) == (0, ())
    assert await hosts.cells(hosts.host()) == hosts.true_cells()


class PlainStore(GatedPart):
    """A DayStore without any optional method."""


for call_name in ("days", "changes", "add", "mark_stale", "stale", "restate", "restatements"):
    setattr(PlainStore, call_name, gated(call_name))


async def test_a_store_without_optional_methods_is_mended_too() -> None:
    """Of the days that are over."""
    hosts = Hosts(cast("DayStore", PlainStore(MemoryDayStore(), Gate(0))))
    await hosts.host(AHEAD).store_closed_days(TENANT, *hosts.window)
    hosts.facts.now += DAY
    hosts.facts.alarms[1] = sla.Alarm(hosts.facts.now - DAY, hosts.facts.now - DAY + HOUR, id=1)
    await hosts.host().alarm_changed(TENANT, None, hosts.facts.alarms[1])
    assert len((await hosts.host().store_closed_days(TENANT, *hosts.window)).restated) == 0
    assert await hosts.cells(hosts.host()) == hosts.true_cells()
    assert (await hosts.host().compliance(TENANT, *hosts.window)).provenance[:4] == (Provenance.STORE,) * 4


async def test_a_change_reported_by_a_clock_that_is_ahead_is_noted_and_restated_elsewhere(
    postgres_store: DayStore,
) -> None:
    """The caller has no error: the change is reported."""
    noon = today()
    outage = sla.Alarm(noon - DAY, noon - DAY + HOUR, id=1)
    hosts = Hosts(postgres_store, outage)
    await hosts.host().store_closed_days(TENANT, *hosts.window)
    hosts.facts.alarms = {}
    await hosts.host(AHEAD).alarm_changed(TENANT, outage, None)
    assert [type(error) for error in hosts.failures.errors] == [ClockAheadError]
    assert [key.date for key in await postgres_store.stale(TENANT)] == [(noon - DAY).date()]
    assert await hosts.cells(hosts.host()) == hosts.true_cells()
    assert len((await hosts.host().store_closed_days(TENANT, *hosts.window)).restated) == 1


@pytest.mark.parametrize("kind", ["alarm", "maintenance"])
async def test_a_change_reported_by_a_clock_that_is_behind_is_not_lost(postgres_store: DayStore, kind: str) -> None:
    """It has not reached the day that others have stored; the database's clock has."""
    noon = today()
    hosts = Hosts(postgres_store, sla.Alarm(noon - DAY, noon - DAY + 2 * HOUR, id=1))
    await hosts.host().store_closed_days(TENANT, *hosts.window)
    behind = hosts.host(-3 * DAY)
    if kind == "alarm":
        old = hosts.facts.alarms[1]
        hosts.facts.alarms[1] = replace(old, cleared_at=noon - DAY + HOUR)
        dates = await behind.alarm_changed(TENANT, old, hosts.facts.alarms[1])
    else:
        work = sla.MaintenanceWindow(noon - DAY, noon - DAY + HOUR)
        hosts.facts.agreed = [work]
        dates = await behind.exclusion_changed(TENANT, None, work)
    assert dates == ((noon - DAY).date(),)
    assert await hosts.cells(hosts.host()) == hosts.true_cells()
    await hosts.host().store_closed_days(TENANT, *hosts.window)
    assert await hosts.cells(hosts.host()) == hosts.true_cells()


async def test_a_clock_that_is_behind_closes_days_later_and_shows_no_other_figure(postgres_store: DayStore) -> None:
    """What others have cached and stored looks as if from the future to it; it measures as of its own now."""
    noon = today()
    hosts = Hosts(postgres_store, sla.Alarm(noon - DAY, noon - DAY + HOUR, id=1))
    await hosts.host().store_closed_days(TENANT, *hosts.window)
    behind = hosts.host(-2 * DAY)
    answer = await behind.compliance(TENANT, *hosts.window)
    assert Provenance.STORE not in answer.provenance
    window = hosts.window
    hosts.facts.now -= 2 * DAY
    assert [day.cells_us for day in answer.measured] == hosts.facts.cells(*window)
