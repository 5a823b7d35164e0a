"""Sources of inventories keep their promises: in memory, and of SQLite and PostgreSQL, sync and async."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping

import pytest
from sqlalchemy import URL, create_engine
from sqlalchemy.ext.asyncio import create_async_engine

from sla_compliance.inventory import Inventory
from sla_compliance.service import MemoryTenants, inventories_to_async
from sla_compliance.sources.protocol import AsyncSupportsInventory, SupportsInventory
from sla_compliance.sources.sqlalchemy import AsyncSQLAlchemyInventorySource, SQLAlchemyInventorySource
from sla_compliance.testing import AsyncInventorySourceContract, InventorySourceContract
from sla_compliance.testing.inventory_source import SourceOf
from tests.adapters.inventory_tables import create_inventory, write_inventory
from tests.servers.databases import writers_url

AsyncSourceOf = Callable[[Mapping[str, Inventory]], AsyncSupportsInventory]


def fill(url: URL, inventories: Mapping[str, Inventory]) -> None:
    """Write the table of inventories."""
    engine = create_engine(writers_url(url))
    create_inventory(engine)
    for tenant_id, inventory in inventories.items():
        write_inventory(engine, tenant_id, inventory)
    engine.dispose()


class TestMemory(AsyncInventorySourceContract):
    """Inventories beside the settings of tenants."""

    @pytest.fixture
    def async_source_of(self) -> AsyncSourceOf:
        """Tenants in memory."""
        return lambda inventories: MemoryTenants({}, inventories=inventories)


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


class TestThreadedSQL(AsyncInventorySourceContract):
    """A table over an Engine, awaited."""

    @pytest.fixture
    def async_source_of(self, url: URL) -> Iterator[AsyncSourceOf]:
        """A filled table."""
        engine = create_engine(url)

        def source(inventories: Mapping[str, Inventory]) -> AsyncSupportsInventory:
            fill(url, inventories)
            return inventories_to_async(SQLAlchemyInventorySource(engine))

        yield source
        engine.dispose()


class TestAsyncSQL(AsyncInventorySourceContract):
    """A table, over an AsyncEngine."""

    @pytest.fixture
    def async_source_of(self, async_url: URL, runner: asyncio.Runner) -> Iterator[AsyncSourceOf]:
        """A filled table."""
        engine = create_async_engine(async_url)

        def source(inventories: Mapping[str, Inventory]) -> AsyncSupportsInventory:
            fill(async_url, inventories)
            return AsyncSQLAlchemyInventorySource(engine)

        yield source
        runner.run(engine.dispose())
