"""A tenant without an alarm, on the SQL source as it is by default."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

import sla_compliance as sla
from sla_compliance.service import ComplianceService, MemoryTenants, TenantSettings
from sla_compliance.sources.sqlalchemy import AsyncSQLAlchemyAlarmSource
from tests.adapters.alarm_tables import SQLITE_LAYOUTS
from tests.service.world import at

pytestmark = pytest.mark.anyio

LAYOUT = SQLITE_LAYOUTS["integers"]
NOW = at(28, 12)
NINETY_DAYS = dt.timedelta(days=90)
TENANTS = MemoryTenants(dict.fromkeys(("spotless", "overwritten", "another"), TenantSettings("Africa/Lagos")))


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    """A table that holds outages of another tenant, and of one whose severity was overwritten."""
    path = tmp_path / "alarms.db"
    writing = create_engine(f"sqlite:///{path}")
    with writing.begin() as connection:
        connection.exec_driver_sql(LAYOUT.ddl)
    LAYOUT.store(writing, "another", [sla.Alarm(at(2), at(4), id="1"), sla.Alarm(at(20), id="2")])
    LAYOUT.store(writing, "overwritten", [sla.Alarm(at(2), at(4), id="3", severity="cleared")])
    writing.dispose()
    engine = create_async_engine(f"sqlite+aiosqlite:///{path}")
    yield engine
    await engine.dispose()


def service_of(engine: AsyncEngine) -> ComplianceService:
    """Return a service over the source, which is told nothing but where its table is."""
    return ComplianceService(AsyncSQLAlchemyAlarmSource(engine), tenants=TENANTS, clock=lambda: NOW)


async def test_ninety_days_without_an_alarm_are_met_and_confirmed(engine: AsyncEngine) -> None:
    """Every day of them, and the total: nothing that the source leaves open puts them in doubt."""
    answer = await service_of(engine).compliance("spotless", NOW - NINETY_DAYS, NOW)
    assert len(answer.days) == 91
    for record in (*answer.days, answer.total):
        assert record.verdict is sla.Verdict.MET
        assert record.is_confirmed
        assert record.compliance_percentage == 100


async def test_an_alarm_that_may_have_been_an_outage_leaves_them_unconfirmed(engine: AsyncEngine) -> None:
    """Still met on record."""
    answer = await service_of(engine).compliance("overwritten", NOW - NINETY_DAYS, NOW)
    assert answer.total.verdict is sla.Verdict.MET
    assert not answer.total.is_confirmed
    assert [record.date.day for record in answer.days if not record.is_confirmed] == [2, 3, 4]
