"""Corrections of a service: applied to what is fetched, reported as changes, over memory and PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import create_engine

import sla_compliance as sla
from sla_compliance.errors import InvalidTypeError
from sla_compliance.service import (
    ComplianceService,
    MemoryCorrections,
    MemoryTenants,
    Provenance,
    SyncComplianceService,
    TenantSettings,
    corrections_to_async,
    to_async,
)
from sla_compliance.sources.memory import MemoryAlarmSource
from sla_compliance.sources.sqlalchemy import AsyncSQLAlchemyCorrectionSource, SQLAlchemyCorrectionSource
from sla_compliance.stores.memory import MemoryDayStore
from tests.adapters.alarm_tables import PLATFORM_SCHEMA
from tests.adapters.correction_tables import create_corrections, enter
from tests.servers.databases import fresh_database
from tests.service.platform import NOW, SETTINGS, TENANT_ID, Platform
from tests.service.world import TENANT, LiveFacts, at, service_of

pytestmark = pytest.mark.anyio

ROW_ID = "5e0dd0c5-1f0d-4f0e-9d2a-2f8e2c4a7b0a"


def correction(row_id: object = ROW_ID, *, hour: int = 1, **facts: Any) -> sla.Correction:
    """Return a correction of today."""
    return sla.Correction(row_id, reason="seen on site", author="NOC", entered_at=at(28, hour), **facts)


def world(*alarms: sla.Alarm, **options: Any) -> tuple[LiveFacts, ComplianceService]:
    """Return facts and the service that corrects them."""
    facts = LiveFacts(TenantSettings("UTC"), at(28, 12), *alarms)
    return facts, service_of(facts, corrections=facts, **options)


@pytest.mark.parametrize(
    "facts_of_correction",
    [
        {"starts": at(21, 9), "ends": at(21, 10)},
        {"ends": at(25, 10)},
        {"severity": "minor"},
        {"void": True},
    ],
    ids=["into an earlier window", "longer", "below those that qualify", "void"],
)
async def test_answers_are_those_of_the_core_with_the_same_corrections(facts_of_correction: dict[str, Any]) -> None:
    """Of each day by itself too: a row that is moved into a window is fetched by its id."""
    facts, service = world(sla.Alarm(at(24, 9), at(24, 10), id="a"))
    facts.entered.append(correction("a", **facts_of_correction))
    for day in range(20, 27):
        answer = await service.compliance(TENANT, at(day), at(day + 1))
        assert [day.cells_us for day in answer.days] == facts.cells(at(day), at(day + 1))
    await service.aclose()


async def test_a_row_that_a_correction_makes_qualify_counts() -> None:
    """No filter of the source brings it."""
    facts, service = world(sla.Alarm(at(24, 9), at(24, 10), id="a", severity="minor"))
    facts.entered.append(correction("a", severity="critical"))
    (day,) = (await service.compliance(TENANT, at(24), at(25))).days
    assert day.downtime_minutes == 60
    await service.aclose()


async def test_a_reported_correction_alters_its_rows_old_and_new_dates() -> None:
    """Kept days are measured again, others stay; twice does no harm."""
    store = MemoryDayStore()
    facts, service = world(sla.Alarm(at(24, 9), at(24, 10), id="a"), store=store)
    await service.store_closed_days(TENANT, at(20), at(27))
    entered = correction("a", starts=at(22, 9), ends=at(22, 10))
    facts.entered.append(entered)
    dates = [at(day).date() for day in (22, 23, 24)]
    for _ in range(2):
        assert await service.correction_changed(TENANT, entered) == tuple(dates)
    assert [trace.key.date for trace in await store.restatements(TENANT)] == [dates[0], dates[2]]
    assert {trace.reason for trace in await store.restatements(TENANT)} == {"a row was corrected"}
    answer = await service.compliance(TENANT, at(20), at(27))
    assert [day.cells_us for day in answer.days] == facts.cells(at(20), at(27))
    assert answer.days[2].downtime_minutes == 60
    await service.aclose()


async def test_answers_say_what_was_corrected_by_whom() -> None:
    """On the dates that it concerns, whatever window is asked for; incidents and resources too."""
    facts, service = world(sla.Alarm(at(24, 9), at(24, 10), id="a", resource_id="r1"))
    facts.entered.append(correction("a", ends=at(24, 9, 30)))
    line = "corrected by hand: row a ends 2025-10-24T09:30:00+00:00, by NOC: seen on site"
    assert line in (await service.compliance(TENANT, at(24), at(25))).quality
    assert line not in (await service.compliance(TENANT, at(25), at(26))).quality
    (incident,) = await service.incidents(TENANT, at(24).date())
    assert (incident.start, incident.end) == (at(24, 9), at(24, 9, 30))
    by_resource = await service.resources(TENANT, at(24), at(25))
    assert by_resource["r1"].total.downtime_minutes == 30
    assert line in by_resource["r1"].quality.lines()
    await service.aclose()


async def test_corrections_that_change_nothing_are_listed_once_and_in_no_window() -> None:
    """One of a row of another week is no such correction."""
    facts, service = world(sla.Alarm(at(24, 9), at(24, 10), id="a"))
    assert await service.unused_corrections(TENANT) == ()
    facts.entered += [correction("a", ends=at(24, 9, 30)), correction("none", void=True)]
    (unused,) = await service.unused_corrections(TENANT)
    assert (unused.correction.row_id, unused.reason) == ("none", "no row has this id")
    report = (await service.resources(TENANT, at(20), at(21), inventory=["r1"]))["r1"]
    assert (report.quality.unused_corrections, report.quality.corrected) == ((), ())
    assert await service.correction_changed(TENANT, correction("none", void=True)) == ()
    await service.aclose()


async def test_a_source_that_finds_no_rows_by_id_is_an_error() -> None:
    """And not an uncorrected figure."""

    class Source:
        """Alarms by window alone."""

        def fetch(self, *_: object) -> sla.AlarmBatch:
            """Return none."""
            return sla.AlarmBatch()

    class AsyncSource(Source):
        """The same, awaited."""

        async def fetch(self, *_: object) -> sla.AlarmBatch:  # type: ignore[override]
            """Return none."""
            return sla.AlarmBatch()

    entered = MemoryCorrections({TENANT: [correction("a", void=True)]})
    for source in (to_async(Source()), AsyncSource()):
        tenants = MemoryTenants({TENANT: TenantSettings("UTC")})
        service = ComplianceService(source, tenants=tenants, corrections=entered, clock=lambda: at(28))
        with pytest.raises(InvalidTypeError, match=r"source is a \w+ without fetch_by_ids, which corrections need"):
            await service.compliance(TENANT, at(20), at(21))
        with pytest.raises(InvalidTypeError, match="correction is 'a'.* a Correction"):
            await service.correction_changed(TENANT, "a")  # type: ignore[arg-type]
        await service.aclose()


def test_the_blocking_service_takes_corrections_too() -> None:
    """From a source in memory, one more at a time."""
    alarms = sla.AlarmBatch.from_alarms([sla.Alarm(at(24, 9), at(24, 10), id="a")])
    entered = MemoryCorrections({})
    service = ComplianceService(
        to_async(MemoryAlarmSource({TENANT: alarms})),
        tenants=MemoryTenants({TENANT: TenantSettings("UTC")}),
        corrections=entered,
        clock=lambda: at(28),
    )
    with SyncComplianceService(service) as blocking:
        assert blocking.compliance(TENANT, at(24), at(25)).total.downtime_minutes == 60
        void = correction("a", void=True)
        entered.add(TENANT, void)
        assert blocking.correction_changed(TENANT, void) == (at(24).date(),)
        assert blocking.compliance(TENANT, at(24), at(25)).total.downtime_minutes == 0
        assert blocking.unused_corrections(TENANT) == ()


@pytest.fixture
async def platform(postgres_dsn: str) -> AsyncIterator[Platform]:
    """A database with the platform's tables and the one of corrections that `ddl` prints."""
    with fresh_database(postgres_dsn, PLATFORM_SCHEMA) as url:
        engine = create_engine(url)
        create_corrections(engine)
        engine.dispose()
        platform = Platform.at(url)
        platform.write(sla.Alarm(at(24, 9), at(24, 10), id=ROW_ID, alarm_id="olt-1"))
        await platform.store.create_tables()
        yield platform
        await platform.engine.dispose()


async def test_corrections_of_postgresql_correct_stored_days(platform: Platform) -> None:
    """Entered in SQL, reported, and in every answer from then on; a hit costs no statement."""
    service = platform.service(corrections=AsyncSQLAlchemyCorrectionSource(platform.engine))
    await service.store_closed_days(TENANT_ID, at(20), at(27))
    before = await service.compliance(TENANT_ID, at(20), at(27))
    assert before.total.downtime_minutes == 60
    moved = correction(starts=at(22, 9), ends=at(22, 9, 30))
    engine = create_engine(platform.url)
    enter(engine, TENANT_ID, moved)
    enter(engine, TENANT_ID, correction("no uuid", void=True))
    alarm = sla.Alarm(at(24, 9), at(24, 10), id=ROW_ID, alarm_id="olt-1")
    assert await service.correction_changed(TENANT_ID, moved) == tuple(at(day).date() for day in (22, 23, 24))
    fresh = platform.service(corrections=corrections_to_async(SQLAlchemyCorrectionSource(engine)))
    for asked, provenance in ((service, Provenance.STORE), (fresh, Provenance.STORE)):
        answer = await asked.compliance(TENANT_ID, at(20), at(26))
        expected = sla.evaluate(
            sla.AlarmBatch.from_alarms([alarm]),
            start=answer.days[0].start,
            end=answer.days[-1].end,
            zone=SETTINGS.zone,
            as_of=NOW,
            policy=SETTINGS.policy,
            monitor_gap=SETTINGS.monitor_gap,
            corrections=[moved],
        )
        assert [day.cells_us for day in answer.days] == [day.cells_us for day in expected.days]
        assert provenance in answer.provenance
    platform.statements.clear()
    assert (await service.compliance(TENANT_ID, at(20), at(26))).total.downtime_minutes == 30
    assert platform.statements == []
    (unused,) = await fresh.unused_corrections(TENANT_ID)
    assert unused.correction.row_id == "no uuid"
    # Without the store, from the rows themselves.
    bare = platform.service(store=None, corrections=AsyncSQLAlchemyCorrectionSource(platform.engine))
    assert (await bare.compliance(TENANT_ID, at(22), at(23))).total.downtime_minutes == 30
    engine.dispose()
