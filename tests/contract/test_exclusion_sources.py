"""Sources of maintenance and exclusions keep their promises: in memory and SQL, sync and async."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

import pytest
from sqlalchemy import URL, Engine, create_engine, text
from sqlalchemy.ext.asyncio import create_async_engine

from sla_compliance.calendars.exclusions import AnyExclusion, MaintenanceWindow
from sla_compliance.service import exclusions_to_async
from sla_compliance.sources.protocol import ExclusionSource
from sla_compliance.sources.sqlalchemy import AsyncSQLAlchemyMaintenanceSource, SQLAlchemyMaintenanceSource
from sla_compliance.testing import AsyncExclusionSourceContract, ExclusionSourceContract
from sla_compliance.testing.exclusion_source import ExclusionSourceOf
from sla_compliance.units import moment
from tests.servers.databases import writers_url

Agreed = Mapping[str, Sequence[AnyExclusion]]
AsyncSourceOf = Callable[[Agreed], ExclusionSource]

COLUMNS = "tenant_id, start_time, end_time, title, affected_resources, affected_customers, announced_at, entered_at"
NOT_IN_THE_TABLE = ("kind", "with_children", "actual_end", "recurrence", "zone", "author", "exclusions")


class AgreedExclusions:
    """What was agreed with some tenants, in memory."""

    def __init__(self, agreed: Agreed) -> None:
        self._agreed = agreed

    def fetch(self, tenant_id: str, start_us: int, end_us: int) -> Sequence[AnyExclusion]:
        """Return all of it, of one tenant."""
        del start_us, end_us
        return tuple(self._agreed.get(tenant_id, ()))


class TestMemory(ExclusionSourceContract):
    """A few lines of a platform that keeps all of it."""

    @pytest.fixture
    def source_of(self) -> ExclusionSourceOf:
        """What was agreed."""
        return AgreedExclusions


class TestThreadedMemory(AsyncExclusionSourceContract):
    """The same, awaited in a thread."""

    @pytest.fixture
    def async_source_of(self) -> AsyncSourceOf:
        """What was agreed."""
        return lambda agreed: exclusions_to_async(AgreedExclusions(agreed))


def fill(url: URL, agreed: Agreed) -> None:
    """Write a table of maintenance."""
    engine = create_engine(writers_url(url))
    is_sqlite = engine.dialect.name == "sqlite"
    time_type, json_type = ("TEXT", "TEXT") if is_sqlite else ("TIMESTAMPTZ", "JSONB")
    types = ["TEXT", time_type, time_type, "TEXT", json_type, json_type, time_type, time_type]
    columns = ", ".join(f"{name} {kind}" for name, kind in zip(COLUMNS.split(", "), types, strict=True))
    with engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE TABLE maintenance_windows ({columns})")
    for tenant_id, exclusions in agreed.items():
        for window in exclusions:
            assert isinstance(window, MaintenanceWindow)
            write(engine, tenant_id, window)
    engine.dispose()


def write(engine: Engine, tenant_id: str, window: MaintenanceWindow) -> None:
    """Write a window as a row."""
    targets = {columns[0]: [value for (value,) in values] for columns, values in window.targets or ()}
    times_us = {"announced_at": window.announced_at_us, "entered_at": window.entered_at_us}
    row: dict[str, object] = {
        "tenant_id": tenant_id,
        "start_time": window.start,
        "end_time": window.end,
        "title": window.reason,
        "affected_resources": json.dumps(targets.get("resource_id", [])),
        "affected_customers": json.dumps(targets.get("customer_id", [])),
        **{name: None if us is None else moment(us) for name, us in times_us.items()},
    }
    if engine.dialect.name == "sqlite":
        row = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in row.items()}
    with engine.begin() as connection:
        statement = f"INSERT INTO maintenance_windows VALUES ({', '.join(f':{name}' for name in row)})"  # noqa: S608
        connection.execute(text(statement), row)


class TestSQL(ExclusionSourceContract):
    """A table over an Engine."""

    lacks = NOT_IN_THE_TABLE

    @pytest.fixture
    def source_of(self, url: URL) -> Iterator[ExclusionSourceOf]:
        """A filled table."""
        engine = create_engine(url)

        def source(agreed: Agreed) -> SQLAlchemyMaintenanceSource:
            fill(url, agreed)
            return SQLAlchemyMaintenanceSource(engine)

        yield source
        engine.dispose()


class TestAsyncSQL(AsyncExclusionSourceContract):
    """A table over an AsyncEngine."""

    lacks = NOT_IN_THE_TABLE

    @pytest.fixture
    def async_source_of(self, async_url: URL, runner: asyncio.Runner) -> Iterator[AsyncSourceOf]:
        """A filled table."""
        engine = create_async_engine(async_url)

        def source(agreed: Agreed) -> ExclusionSource:
            fill(async_url, agreed)
            return AsyncSQLAlchemyMaintenanceSource(engine)

        yield source
        runner.run(engine.dispose())
