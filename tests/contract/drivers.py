"""A database for each driver, and a store over it: what a suite of promises of SQL stores is mixed with."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, ClassVar

import pytest
from sqlalchemy import URL, create_engine
from sqlalchemy.ext.asyncio import create_async_engine


class OnSQLite:
    """A file, by the driver of the standard library."""

    @pytest.fixture
    def url(self, sqlite_url: URL) -> URL:
        """Return its address."""
        return sqlite_url


class OnSQLiteOverAiosqlite:
    """A file."""

    @pytest.fixture
    def url(self, sqlite_url: URL) -> URL:
        """Return its address."""
        return sqlite_url.set(drivername="sqlite+aiosqlite")


class OnPostgreSQL:
    """Every version found, by psycopg."""

    @pytest.fixture
    def url(self, postgres_url: URL) -> URL:
        """Return its address."""
        return postgres_url


class OnPostgreSQLOverPsycopg2:
    """Every version found."""

    @pytest.fixture
    def url(self, postgres_url: URL) -> URL:
        """Return its address."""
        return postgres_url.set(drivername="postgresql+psycopg2")


class OnPostgreSQLOverAsyncpg:
    """Every version found."""

    @pytest.fixture
    def url(self, postgres_url: URL) -> URL:
        """Return its address."""
        return postgres_url.set(drivername="postgresql+asyncpg")


class OverEngine:
    """A store over an Engine.

    Attributes:
        store_class: that of the store; it takes the engine.
    """

    store_class: ClassVar[Any]

    @pytest.fixture
    async def store(self, url: URL) -> AsyncIterator[Any]:
        """Its tables are made where they are not there yet."""
        engine = create_engine(url)
        store = self.store_class(engine)
        await store.create_tables()
        yield store
        engine.dispose()


class OverAsyncEngine:
    """A store over an AsyncEngine.

    Attributes:
        store_class: that of the store; it takes the engine.
    """

    store_class: ClassVar[Any]

    @pytest.fixture
    async def store(self, url: URL) -> AsyncIterator[Any]:
        """Its tables are made where they are not there yet."""
        engine = create_async_engine(url)
        store = self.store_class(engine)
        await store.create_tables()
        yield store
        await engine.dispose()
