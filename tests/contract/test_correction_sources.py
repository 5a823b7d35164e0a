"""Sources of corrections keep their promises: in memory, and of SQLite and PostgreSQL, sync and async."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence

import pytest
from sqlalchemy import URL, create_engine
from sqlalchemy.ext.asyncio import create_async_engine

from sla_compliance.corrections import Correction
from sla_compliance.service import MemoryCorrections, corrections_to_async
from sla_compliance.sources.protocol import AsyncSupportsCorrections, SupportsCorrections
from sla_compliance.sources.sqlalchemy import AsyncSQLAlchemyCorrectionSource, SQLAlchemyCorrectionSource
from sla_compliance.testing import AsyncCorrectionSourceContract, CorrectionSourceContract
from sla_compliance.testing.correction_source import CorrectionSourceOf
from tests.adapters.correction_tables import create_corrections, enter
from tests.servers.databases import writers_url

Entered = Mapping[str, Sequence[Correction]]
AsyncSourceOf = Callable[[Entered], AsyncSupportsCorrections]


def fill(url: URL, entered: Entered) -> None:
    """Write the table of corrections."""
    engine = create_engine(writers_url(url))
    create_corrections(engine)
    for tenant_id, corrections in entered.items():
        for correction in corrections:
            enter(engine, tenant_id, correction)
    engine.dispose()


class TestMemory(AsyncCorrectionSourceContract):
    """Corrections in memory, added one by one."""

    @pytest.fixture
    def async_source_of(self) -> AsyncSourceOf:
        """An empty source that is filled."""

        def source(entered: Entered) -> AsyncSupportsCorrections:
            memory = MemoryCorrections({})
            for tenant_id, corrections in entered.items():
                for correction in corrections:
                    memory.add(tenant_id, correction)
            return memory

        return source


class TestSQL(CorrectionSourceContract):
    """A table, over an Engine."""

    @pytest.fixture
    def source_of(self, url: URL) -> Iterator[CorrectionSourceOf]:
        """A filled table."""
        engine = create_engine(url)

        def source(entered: Entered) -> SupportsCorrections:
            fill(url, entered)
            return SQLAlchemyCorrectionSource(engine)

        yield source
        engine.dispose()


class TestThreadedSQL(AsyncCorrectionSourceContract):
    """A table, over an Engine, awaited in a thread."""

    @pytest.fixture
    def async_source_of(self, url: URL) -> Iterator[AsyncSourceOf]:
        """A filled table."""
        engine = create_engine(url)

        def source(entered: Entered) -> AsyncSupportsCorrections:
            fill(url, entered)
            return corrections_to_async(SQLAlchemyCorrectionSource(engine))

        yield source
        engine.dispose()


class TestAsyncSQL(AsyncCorrectionSourceContract):
    """A table, over an AsyncEngine."""

    @pytest.fixture
    def async_source_of(self, async_url: URL, runner: asyncio.Runner) -> Iterator[AsyncSourceOf]:
        """A filled table."""
        engine = create_async_engine(async_url)

        def source(entered: Entered) -> AsyncSupportsCorrections:
            fill(async_url, entered)
            return AsyncSQLAlchemyCorrectionSource(engine)

        yield source
        runner.run(engine.dispose())
