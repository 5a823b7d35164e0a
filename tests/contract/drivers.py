"""A database for each driver: what a suite of promises of SQL stores is mixed with."""

from __future__ import annotations

import pytest
from sqlalchemy import URL


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
