"""The platform's database, the service over it, and what the core makes of its alarms."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import URL, create_engine, event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

import sla_compliance as sla
from sla_compliance.service import ComplianceService, MemoryTenants, TenantSettings
from sla_compliance.sources.sqlalchemy import AsyncSQLAlchemyAlarmSource, AsyncSQLAlchemyMaintenanceSource
from sla_compliance.stores.sqlalchemy import AsyncSQLAlchemyDayStore
from tests.adapters.alarm_tables import PLATFORM, Layout
from tests.service.world import at

TENANT_ID = "5e0dd0c5-1f0d-4f0e-9d2a-2f8e2c4a7b11"
SETTINGS = TenantSettings("Africa/Lagos", sla.SLAPolicy(merge_gap=dt.timedelta(minutes=2)))
NOW = at(28, 12)
ALARMS = [
    sla.Alarm(at(21, 9), at(21, 10), id="a", alarm_id="olt-1"),
    sla.Alarm(at(21, 10, 1), at(21, 10, 30), id="b", alarm_id="olt-1", severity="major"),
    sla.Alarm(at(24, 22), at(25, 1, 0), id="c", alarm_id="olt-2"),
    sla.Alarm(at(28, 11), id="d", alarm_id="olt-3", last_occurrence=at(28, 11, 59)),
]


@dataclass
class Platform:
    """A database with alarms.

    Attributes:
        url: SQLAlchemy's.
        engine: async, a pool of its own.
        statements: what was asked of it.
    """

    url: URL
    engine: AsyncEngine
    statements: list[str]
    layout: Layout = PLATFORM

    @classmethod
    def at(cls, url: URL) -> Platform:
        """Return the platform of a database, its statements counted."""
        platform = cls(url, create_async_engine(url, pool_pre_ping=True), [])

        @event.listens_for(platform.engine.sync_engine, "before_cursor_execute")
        def note(*arguments: object) -> None:
            platform.statements.append(str(arguments[2]))

        return platform

    def write(self, *alarms: sla.Alarm) -> None:
        """Replace all alarms."""
        engine = create_engine(self.url)
        self.layout.empty(engine)
        self.layout.store(engine, TENANT_ID, alarms)
        engine.dispose()

    @property
    def store(self) -> AsyncSQLAlchemyDayStore:
        """Its stored days."""
        return AsyncSQLAlchemyDayStore(self.engine)

    def service(self, **options: object) -> ComplianceService:
        """Return a service over it, at NOW unless a clock is given."""
        chosen = {"clock": lambda: NOW, "store": self.store, **options}
        return ComplianceService(
            AsyncSQLAlchemyAlarmSource(self.engine, on_invalid="quarantine", clock=lambda: NOW),
            tenants=MemoryTenants({TENANT_ID: SETTINGS}),
            exclusions=AsyncSQLAlchemyMaintenanceSource(self.engine),
            **chosen,  # type: ignore[arg-type]
        )

    def queries(self) -> int:
        """Return how often alarms were selected since last asked, whatever was reflected before."""
        asked = sum("FROM alarms" in statement.replace("\n", " ") for statement in self.statements)
        self.statements.clear()
        return asked


def report(start: dt.datetime, end: dt.datetime, *alarms: sla.Alarm) -> sla.ComplianceReport:
    """Return what the core makes of these alarms."""
    return sla.evaluate(alarms, start=start, end=end, zone=SETTINGS.zone, as_of=NOW, policy=SETTINGS.policy)
