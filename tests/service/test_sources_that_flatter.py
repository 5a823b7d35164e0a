"""A source that has no rows, or rows that no filter matches: said beside the figure, and never a confirmed 100 %."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

import sla_compliance as sla
from sla_compliance.service import (
    ComplianceService,
    MemoryTenants,
    ServiceObserver,
    Statistics,
    TenantSettings,
    to_async,
)
from sla_compliance.sources.protocol import AsyncAlarmSource
from sla_compliance.sources.sqlalchemy import AsyncSQLAlchemyAlarmSource, SQLAlchemyAlarmSource
from sla_compliance.stores.memory import MemoryDayStore
from sla_compliance.stores.protocol import DayStore
from tests.adapters.alarm_tables import SQLITE_LAYOUTS
from tests.service.world import TENANT, LiveFacts, at, service_of

pytestmark = pytest.mark.anyio

NOW = at(28, 12)
LAGOS = TenantSettings("Africa/Lagos", sla.SLAPolicy("99.9"))
LAYOUT = SQLITE_LAYOUTS["integers"]
NO_ROWS = "no rows were read"


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    """An SQLite file with an empty table of alarms."""
    file = tmp_path / "alarms.sqlite"
    sync_engine = create_engine(f"sqlite:///{file}")
    with sync_engine.begin() as connection:
        connection.execute(text(LAYOUT.ddl))
    sync_engine.dispose()
    engine = create_async_engine(f"sqlite+aiosqlite:///{file}")
    yield engine
    await engine.dispose()


def write(engine: AsyncEngine, *alarms: sla.Alarm) -> None:
    """Write alarms of the tenant."""
    if not alarms:
        return
    sync_engine = create_engine(engine.url.set(drivername="sqlite"))
    LAYOUT.store(sync_engine, TENANT, alarms)
    sync_engine.dispose()


def service_over(
    engine: AsyncEngine,
    *,
    observer: ServiceObserver | None = None,
    is_async: bool = True,
    purged_after: dt.timedelta | None = None,
    store: DayStore | None = None,
) -> ComplianceService:
    """Return the service over a source of a database, async or in threads."""
    source: AsyncAlarmSource
    if is_async:
        source = AsyncSQLAlchemyAlarmSource(
            engine, on_invalid="quarantine", purged_after=purged_after, clock=lambda: NOW
        )
    else:
        sync_engine = create_engine(engine.url.set(drivername="sqlite"), poolclass=NullPool)
        source = to_async(
            SQLAlchemyAlarmSource(sync_engine, on_invalid="quarantine", purged_after=purged_after, clock=lambda: NOW)
        )
    return ComplianceService(
        source, tenants=MemoryTenants({TENANT: LAGOS}), clock=lambda: NOW, observer=observer, store=store
    )


async def test_a_spotless_tenant_is_met_and_confirmed_and_says_that_no_rows_were_read(engine: AsyncEngine) -> None:
    """Over 90 days of a database source, measured and cached alike."""
    service = service_over(engine)
    for _ in range(2):
        answer = await service.compliance(TENANT, NOW - dt.timedelta(days=90), NOW)
        assert (answer.total.verdict, answer.is_confirmed) == (sla.Verdict.MET, True)
        assert answer.quality == (NO_ROWS,)
        assert answer.as_dicts(detail=True)[0]["quality"] == {"lines": [NO_ROWS], "doubts": []}


@pytest.mark.parametrize(
    "row",
    [
        sla.Alarm(at(26, 9), at(26, 10), id=1),
        sla.Alarm(at(26, 9), at(26, 10), id=1, severity="minor"),
        sla.Alarm(at(26, 9), at(26, 10), id=1, severity="P1"),
        sla.Alarm(at(26, 9), at(26, 8), id=1),
    ],
    ids=["qualifies", "does not qualify", "set aside", "ends before it starts"],
)
async def test_a_row_of_any_kind_was_read(row: sla.Alarm) -> None:
    """On its own day alone; a range that holds it says nothing of missing rows."""
    service = service_of(LiveFacts(LAGOS, NOW, row))
    assert NO_ROWS not in (await service.compliance(TENANT, at(24), at(28))).quality
    assert NO_ROWS in (await service.compliance(TENANT, at(20), at(22))).quality


UNKNOWN_WORD = sla.Alarm(at(26, 9), at(26, 10), id=1, severity="P1")
OVERWRITTEN = sla.Alarm(at(26, 9), at(26, 10), id=2, severity="cleared")
ORDINARY = sla.Alarm(at(26, 9), at(26, 10), id=3, severity="minor")


class SeverityCounts(Statistics):
    """Statistics that also note the counts of unrecognized severities."""

    def __init__(self) -> None:
        super().__init__()
        self.counts: list[tuple[str, int]] = []

    def severities_counted(self, tenant_id: str, *, unrecognized_rows: int) -> None:
        """Note them."""
        self.counts.append((tenant_id, unrecognized_rows))


@pytest.mark.parametrize(
    ("rows", "count"),
    [([], 0), ([ORDINARY], 0), ([UNKNOWN_WORD], 1), ([OVERWRITTEN], 1), ([UNKNOWN_WORD, OVERWRITTEN, ORDINARY], 2)],
)
@pytest.mark.parametrize("is_async", [True, False])
async def test_rows_of_unrecognized_severity_are_counted(
    engine: AsyncEngine, rows: list[sla.Alarm], count: int, is_async: bool
) -> None:
    """And are doubt: the record has no downtime of them, and is not confirmed."""
    write(engine, *rows)
    observer = SeverityCounts()
    service = service_over(engine, observer=observer, is_async=is_async)
    answer = await service.compliance(TENANT, at(25), at(28))
    assert observer.counts == [(TENANT, count)]
    assert (answer.total.compliance_percentage, answer.is_confirmed) == (100.0, count == 0)


async def test_an_observer_that_does_not_know_of_severities_is_left_alone(engine: AsyncEngine) -> None:
    """It takes note of the query and of the answer."""
    observer = Statistics()
    await service_over(engine, observer=observer).compliance(TENANT, at(25), at(28))
    assert (observer.queries, observer.misses) == (1, 1)


async def test_days_to_come_do_not_miss_rows() -> None:
    """None of them was looked for."""
    service = service_of(LiveFacts(LAGOS, NOW))
    assert (await service.compliance(TENANT, at(30), at(31))).quality == ()


@pytest.mark.parametrize("is_async", [True, False])
@pytest.mark.parametrize(
    ("cleared", "since"),
    [([], at(21, 12)), ([at(23)], at(21, 12)), ([at(20), at(18), at(25)], at(18)), ([None], at(21, 12))],
    ids=["no row", "younger rows", "older rows are still there", "an open row"],
)
async def test_rows_are_complete_from_the_oldest_that_no_purge_has_taken(
    engine: AsyncEngine, cleared: list[dt.datetime | None], since: dt.datetime, is_async: bool
) -> None:
    """Else from when the purge may have come to; earlier time is unknown, not up."""
    rows = [sla.Alarm(at(1), end, id=number, severity="minor") for number, end in enumerate(cleared)]
    write(engine, *rows)
    service = service_over(engine, purged_after=dt.timedelta(days=7), is_async=is_async)
    answer = await service.compliance(TENANT, at(15), at(28))
    unknown_us = answer.total.segments[sla.Scope.AGREED, sla.State.UNKNOWN]
    assert dt.timedelta(microseconds=unknown_us) == since - answer.total.start


async def test_a_new_row_bounds_an_earlier_one_of_its_device(engine: AsyncEngine) -> None:
    """Reported, it alters the days of that row too, as a database has it."""
    write(engine, sla.Alarm(at(25, 22), id=1, alarm_id="olt-1", status="cleared"))
    service = service_over(engine)
    before = await service.compliance(TENANT, at(25), at(28))
    assert before.total.down_us == 24 * 3_600_000_000
    new = sla.Alarm(at(26, 22), at(26, 22, 1), id=2, alarm_id="olt-1", severity="minor")
    early = sla.Alarm(at(25, 23), at(25, 23, 30), id=3, alarm_id="olt-1", severity="minor")
    for row, dates, hours in ((new, (), 24), (early, (dt.date(2025, 10, 26),), 1)):
        write(engine, row)
        assert await service.alarm_changed(TENANT, None, row) == dates
        answer = await service.compliance(TENANT, at(25), at(28))
        assert answer.days == (await service_over(engine).compliance(TENANT, at(25), at(28))).days
        assert answer.total.down_us == hours * 3_600_000_000


async def test_a_purge_that_reports_row_by_row_rewrites_no_stored_day(engine: AsyncEngine) -> None:
    """Older rows that it has not come to yet make a day fit to be stored, and none fit to be rewritten."""
    deleted = sla.Alarm(at(19, 9), at(19, 10), id=1)
    write(engine, deleted, sla.Alarm(at(17, 9), at(17, 10), id=2))
    store = MemoryDayStore()
    service = service_over(engine, purged_after=dt.timedelta(days=7), store=store)
    assert (await service.store_closed_days(TENANT, at(19), at(20))).added == 2
    sync_engine = create_engine(engine.url.set(drivername="sqlite"), poolclass=NullPool)
    with sync_engine.begin() as connection:
        connection.execute(text("DELETE FROM alarms WHERE id = '1'"))
    await service.alarm_changed(TENANT, deleted, None)
    answer = await service_over(engine, purged_after=dt.timedelta(days=7), store=store).compliance(
        TENANT, at(19), at(20)
    )
    assert (answer.total.downtime_minutes, await store.stale(TENANT)) == (60, [])
