"""SQL sources keep the promises of a source: every database, driver and way to store an instant, sync and async."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

import pytest
from sqlalchemy import URL, Engine, NullPool, create_engine
from sqlalchemy.ext.asyncio import create_async_engine

from sla_compliance.alarms import Severity
from sla_compliance.sources.protocol import SupportsRowsById
from sla_compliance.sources.sqlalchemy import AsyncSQLAlchemyAlarmSource, SQLAlchemyAlarmSource
from sla_compliance.testing import (
    AsyncAncestorContract,
    AsyncDetailedAlarmSourceContract,
    AsyncRowsByIdContract,
    RowsByIdContract,
)
from sla_compliance.testing.ancestor_source import AncestorContract, AncestorSource
from sla_compliance.testing.detailed_alarm_source import DetailedAlarmSourceContract, DetailedSource
from sla_compliance.testing.stored_alarms import EVERY_COLUMN, Stored
from tests.adapters.alarm_tables import (
    FOUR_COLUMNS,
    PLATFORM,
    POSTGRES_LAYOUTS,
    SQLITE_LAYOUTS,
    WITHOUT_STATUS,
    Layout,
)
from tests.servers.databases import fresh_database
from tests.servers.fixtures import POSTGRES_CHOICES, ServerURLs

PSYCOPG, PSYCOPG2, ASYNCPG = (f"postgresql+{driver}" for driver in ("psycopg", "psycopg2", "asyncpg"))
NEWEST = POSTGRES_CHOICES[0]
PLATFORM_PLACES = [("platform", server, PSYCOPG) for server in POSTGRES_CHOICES]
OTHER_PLACES = [(name, NEWEST, PSYCOPG) for name in POSTGRES_LAYOUTS]
PSYCOPG2_PLACES = [("platform", NEWEST, PSYCOPG2)]
ASYNCPG_PLACES = [(name, NEWEST, ASYNCPG) for name in ("platform", "naive", "integers")]
SQLITE_PLACES = [(name, "sqlite", "sqlite") for name in SQLITE_LAYOUTS]
ASYNC_SQLITE_PLACES = [(name, "sqlite", "sqlite+aiosqlite") for name in SQLITE_LAYOUTS][:1]
SERVERS = ((NEWEST, PSYCOPG), ("sqlite", "sqlite"))
SMALL_LAYOUTS = {"four columns": FOUR_COLUMNS, "without status": WITHOUT_STATUS}


class SQLSource(DetailedSource, AncestorSource, SupportsRowsById, Protocol):
    """What both kinds of SQL source are."""


@dataclass(frozen=True)
class Place:
    """A database with an empty table of alarms.

    Attributes:
        engine: what writes to it.
        url: where the source finds it, with the source's driver.
    """

    engine: Engine
    layout: Layout
    url: URL


@pytest.fixture(scope="module")
def place(
    request: pytest.FixtureRequest, postgres_servers: ServerURLs, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    """The database that a layout's name and a server's name mean, for all tests of one class."""
    name, server, driver = request.param
    layouts = {"platform": PLATFORM, **SMALL_LAYOUTS, **(SQLITE_LAYOUTS if server == "sqlite" else POSTGRES_LAYOUTS)}
    layout = layouts[name]
    is_sqlite = server == "sqlite"
    with (
        sqlite_file(tmp_path_factory.mktemp("sqlite"), layout)
        if is_sqlite
        else fresh_database(postgres_servers(server), layout.ddl) as url
    ):
        engine = create_engine(url)
        yield Place(engine, layout, url.set(drivername=driver))
        engine.dispose()


@contextmanager
def sqlite_file(folder: Path, layout: Layout) -> Iterator[URL]:
    """Make a file with the layout's table."""
    url = URL.create("sqlite", database=str(folder / "alarms.db"))
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql(layout.ddl)
    engine.dispose()
    yield url


class InLayout:
    """What both kinds of source share."""

    @pytest.fixture
    def stored(self, place: Place) -> Stored:
        """Writes into the emptied table."""
        place.layout.empty(place.engine)
        return partial(place.layout.store, place.engine)

    @pytest.fixture
    def columns(self, place: Place) -> Collection[str]:
        """As the layout says."""
        return EVERY_COLUMN - place.layout.lacks

    @pytest.fixture
    def holds_unknown_severities(self, place: Place) -> bool:
        """Where severity is text."""
        return not place.layout.has_enums

    @pytest.fixture
    def storable_severities(self, place: Place) -> Collection[Severity]:
        """All but those that the platform's enum lacks."""
        return set(Severity) - ({Severity.INDETERMINATE} if place.layout.has_enums else set())


@pytest.mark.parametrize(
    "place",
    [*PLATFORM_PLACES, *OTHER_PLACES, *PSYCOPG2_PLACES, *SQLITE_PLACES],
    ids=" on ".join,
    indirect=True,
    scope="module",
)
class TestSQLAlchemySource(InLayout, DetailedAlarmSourceContract, AncestorContract, RowsByIdContract):
    """Over an Engine."""

    @pytest.fixture
    def source(self, place: Place) -> Iterator[SQLSource]:
        """The source as the layout maps it."""
        engine = create_engine(place.url)
        yield SQLAlchemyAlarmSource(engine, place.layout.mapping, on_invalid="quarantine")
        engine.dispose()


@pytest.mark.parametrize(
    "place",
    [*PLATFORM_PLACES, *ASYNCPG_PLACES, *ASYNC_SQLITE_PLACES],
    ids=" on ".join,
    indirect=True,
    scope="module",
)
class TestAsyncSQLAlchemySource(
    InLayout, AsyncDetailedAlarmSourceContract, AsyncAncestorContract, AsyncRowsByIdContract
):
    """Over an AsyncEngine."""

    @pytest.fixture
    def async_source(self, place: Place, runner: asyncio.Runner) -> Iterator[AsyncSQLAlchemyAlarmSource]:
        """The source as the layout maps it."""
        engine = create_async_engine(place.url, poolclass=NullPool)
        yield AsyncSQLAlchemyAlarmSource(engine, place.layout.mapping, on_invalid="quarantine")
        runner.run(engine.dispose())


class SmallTableContract(DetailedAlarmSourceContract, AncestorContract):
    """What tables promise too that lack optional columns; the mapping says nothing of them."""

    @pytest.fixture
    def stored(self, place: Place) -> Stored:
        """Writes into the emptied table."""
        place.layout.empty(place.engine)
        return partial(place.layout.store, place.engine)

    @pytest.fixture
    def source(self, place: Place) -> SQLSource:
        """The source as it is without a mapping."""
        return SQLAlchemyAlarmSource(place.engine, on_invalid="quarantine")


@pytest.mark.parametrize(
    "place", [("four columns", *server) for server in SERVERS], ids=" on ".join, indirect=True, scope="module"
)
class TestTableOfFourColumns(SmallTableContract):
    """Tenant, severity, start and end alone."""

    lacks = FOUR_COLUMNS.lacks


@pytest.mark.parametrize(
    "place", [("without status", *server) for server in SERVERS], ids=" on ".join, indirect=True, scope="module"
)
class TestTableWithoutStatus(SmallTableContract):
    """Nor with a type, or when an alarm was last seen."""

    lacks = ("status", "alarm_type", "last_occurrence")
