"""Every store keeps the promises of a store, on every database."""

from __future__ import annotations

import pytest

from sla_compliance.errors import InvalidValueError
from sla_compliance.stores.memory import MemoryDayStore
from sla_compliance.stores.protocol import DayStore
from sla_compliance.stores.sqlalchemy import AsyncSQLAlchemyDayStore, SQLAlchemyDayStore, ddl
from sla_compliance.testing.store import DayStoreContract, key, stored
from tests.contract.drivers import (
    OnPostgreSQL,
    OnPostgreSQLOverAsyncpg,
    OnPostgreSQLOverPsycopg2,
    OnSQLite,
    OnSQLiteOverAiosqlite,
    OverAsyncEngine,
    OverEngine,
)


class TestMemoryDayStore(DayStoreContract):
    """In the process."""

    @pytest.fixture
    async def store(self) -> DayStore:
        """An empty one."""
        return MemoryDayStore()


class SQLDayStoreContract(DayStoreContract):
    """What SQL stores promise besides."""

    async def test_a_tenant_id_too_long_for_a_key_is_refused(self, store: DayStore) -> None:
        """With its length and the way out, before the database sees it."""
        with pytest.raises(InvalidValueError, match="10000 characters"):
            await store.add({key("x" * 10_000): stored(key("x" * 10_000))})


class SyncStore(OverEngine, SQLDayStoreContract):
    """Over an Engine."""

    store_class = SQLAlchemyDayStore


class AsyncStore(OverAsyncEngine, SQLDayStoreContract):
    """Over an AsyncEngine."""

    store_class = AsyncSQLAlchemyDayStore


class TestSyncStoreOnSQLite(OnSQLite, SyncStore):
    """A file."""


class TestAsyncStoreOnSQLite(OnSQLiteOverAiosqlite, AsyncStore):
    """A file."""


class TestSyncStoreOnPostgreSQL(OnPostgreSQL, SyncStore):
    """Every version found."""


class TestAsyncStoreOnPostgreSQL(OnPostgreSQL, AsyncStore):
    """Every version found."""


class TestSyncStoreOverPsycopg2(OnPostgreSQLOverPsycopg2, SyncStore):
    """Every version found."""


class TestAsyncStoreOverAsyncpg(OnPostgreSQLOverAsyncpg, AsyncStore):
    """Every version found."""


def test_ddl_of_an_unknown_dialect_is_refused() -> None:
    """With those there are."""
    with pytest.raises(InvalidValueError, match="postgresql, sqlite"):
        ddl("oracle")
