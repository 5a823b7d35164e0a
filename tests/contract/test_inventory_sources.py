"""Sources of inventories keep their promises: in memory, and of SQLite and PostgreSQL, sync and async."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping

import pytest
from sqlalchemy import URL, create_engine
from sqlalchemy.ext.asyncio import create_async_engine

from sla_compliance.inventory import Inventory
from sla_compliance.service import MemoryTenants, inventories_to_async
from sla_compliance.sources.protocol import AsyncSupportsInventory, SupportsInventory
from sla_compliance.sources.sqlalchemy import AsyncSQLAlchemyInventorySource, SQLAlchemyInventorySource
from sla_compliance.testing import InventorySourceContract
from sla_compliance.testing.inventory_source import SourceOf
from tests.adapters.inventory_tables import create_inventory, write_inventory
from tests.servers.databases import writers_url


class Blocking:
    """An async source seen as a sync one."""

    def __init__(self, source: AsyncSupportsInventory, runner: asyncio.Runner) -> None:
        self._source = source
        self._runner = runner

    def inventory(self, tenant_id: str) -> Inventory:
        """Return what the async source does."""
        return self._runner.run(self._source.inventory(tenant_id))


def fill(url: URL, inventories: Mapping[str, Inventory]) -> None:
    """Write the table of inventories."""
    engine = create_engine(writers_url(url))
    create_inventory(engine)
    for tenant_id, inventory in inventories.items():
        write_inventory(engine, tenant_id, inventory)
    engine.dispose()


class TestMemory(InventorySourceContract):
    """Inventories beside the settings of tenants."""

    @pytest.fixture
    def source_of(self, runner: asyncio.Runner) -> SourceOf:
        """Tenants in memory."""

        def source(inventories: Mapping[str, Inventory]) -> SupportsInventory:
            return Blocking(MemoryTenants({}, inventories=inventories), runner)

        return source


class TestSQL(InventorySourceContract):
    """A table, over an Engine."""

    @pytest.fixture
    def source_of(self, url: URL) -> Iterator[SourceOf]:
        """A filled table."""
        engine = create_engine(url)

        def source(inventories: Mapping[str, Inventory]) -> SupportsInventory:
            fill(url, inventories)
            return SQLAlchemyInventorySource(engine)

        yield source
        engine.dispose()


class TestThreadedSQL(InventorySourceContract):
    """A table over an Engine, awaited."""

    @pytest.fixture
    def source_of(self, url: URL, runner: asyncio.Runner) -> Iterator[SourceOf]:
        """A filled table."""
        engine = create_engine(url)

        def source(inventories: Mapping[str, Inventory]) -> SupportsInventory:
            fill(url, inventories)
            return Blocking(inventories_to_async(SQLAlchemyInventorySource(engine)), runner)

        yield source
        engine.dispose()


class TestAsyncSQL(InventorySourceContract):
    """A table, over an AsyncEngine."""

    @pytest.fixture
    def source_of(self, async_url: URL, runner: asyncio.Runner) -> Iterator[SourceOf]:
        """A filled table."""
        engine = create_async_engine(async_url)

        def source(inventories: Mapping[str, Inventory]) -> SupportsInventory:
            fill(async_url, inventories)
            return Blocking(AsyncSQLAlchemyInventorySource(engine), runner)

        yield source
        runner.run(engine.dispose())
