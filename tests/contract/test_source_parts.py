"""Optional parts of sources keep their promises: of tables and memory, sync and async."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.ext.asyncio import create_async_engine

from sla_compliance.batch import AlarmBatch
from sla_compliance.sources.memory import MemoryAlarmSource
from sla_compliance.sources.sqlalchemy import AsyncSQLAlchemyAlarmSource, SQLAlchemyAlarmSource
from sla_compliance.testing import AsyncSourcePartsContract, SourcePartsContract
from tests.adapters.alarm_tables import SQLITE_LAYOUTS

LAYOUT = SQLITE_LAYOUTS["text"]


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """A database with an empty table."""
    engine = create_engine(f"sqlite:///{tmp_path / 'alarms.db'}")
    with engine.begin() as connection:
        connection.exec_driver_sql(LAYOUT.ddl)
    yield engine
    engine.dispose()


class TestMemory(SourcePartsContract):
    """It has none of them."""

    @pytest.fixture
    def source(self) -> MemoryAlarmSource:
        """Without alarms."""
        return MemoryAlarmSource({"acme": AlarmBatch()})


class TestSQL(SourcePartsContract):
    """Over an Engine."""

    @pytest.fixture
    def source(self, engine: Engine) -> SQLAlchemyAlarmSource:
        """Of the table."""
        return SQLAlchemyAlarmSource(engine, LAYOUT.mapping, on_invalid="quarantine")

    @pytest.fixture
    def unreachable(self, tmp_path: Path) -> Iterator[SQLAlchemyAlarmSource]:
        """Of a file in a folder that is not there."""
        engine = create_engine(f"sqlite:///{tmp_path / 'missing' / 'alarms.db'}")
        yield SQLAlchemyAlarmSource(engine, LAYOUT.mapping)
        engine.dispose()


class TestAsyncSQL(AsyncSourcePartsContract):
    """Over an AsyncEngine."""

    @pytest.fixture
    def async_source(self, engine: Engine, runner: asyncio.Runner) -> Iterator[AsyncSQLAlchemyAlarmSource]:
        """Of the table."""
        async_engine = create_async_engine(engine.url.set(drivername="sqlite+aiosqlite"))
        yield AsyncSQLAlchemyAlarmSource(async_engine, LAYOUT.mapping, on_invalid="quarantine")
        runner.run(async_engine.dispose())

    @pytest.fixture
    def async_unreachable(self, tmp_path: Path, runner: asyncio.Runner) -> Iterator[AsyncSQLAlchemyAlarmSource]:
        """Of a file in a folder that is not there."""
        async_engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path / 'missing' / 'alarms.db'}")
        yield AsyncSQLAlchemyAlarmSource(async_engine, LAYOUT.mapping)
        runner.run(async_engine.dispose())
