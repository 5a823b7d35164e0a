"""Databases and event loops of the suites of promises."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import URL, make_url

from sla_compliance.stores.sqlalchemy import ddl
from tests.servers.databases import fresh_database


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    """One event loop."""
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture
def sqlite_url(tmp_path: Path) -> URL:
    """A file of its own."""
    return make_url(f"sqlite:///{tmp_path / 'stored.db'}")


@pytest.fixture
def postgres_url(each_postgres_dsn: str) -> Iterator[URL]:
    """A database of its own on every PostgreSQL found, its tables made by the statements people run by hand."""
    with fresh_database(each_postgres_dsn, ddl("postgresql")) as url:
        yield url


@pytest.fixture(params=["postgresql+psycopg", "postgresql+psycopg2", "sqlite"])
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[URL]:
    """Both databases, empty, over every driver in turn."""
    with empty_database(request, tmp_path_factory) as url:
        yield url


@pytest.fixture(params=["postgresql+psycopg", "postgresql+asyncpg", "sqlite+aiosqlite"])
def async_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[URL]:
    """Both databases, empty, over every async driver in turn."""
    with empty_database(request, tmp_path_factory) as url:
        yield url


@contextmanager
def empty_database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[URL]:
    """Make a database for the driver that a fixture's parameter names."""
    driver = request.param
    if driver.startswith("sqlite"):
        yield URL.create(driver, database=str(tmp_path_factory.mktemp("sqlite") / "facts.db"))
    else:
        with fresh_database(request.getfixturevalue("postgres_dsn"), "SELECT 1") as url:
            yield url.set(drivername=driver)
