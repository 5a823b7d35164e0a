"""SQL sources keep the promises of a source, sync and async, on every database and every way to store an instant."""

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
from sla_compliance.testing import RowsByIdContract
from sla_compliance.testing.ancestor_source import AncestorContract, AncestorSource
from sla_compliance.testing.detailed_alarm_source import DetailedAlarmSourceContract, DetailedSource
from sla_compliance.testing.stored_alarms import EVERY_COLUMN, Stored
from tests.adapters.alarm_tables import PLATFORM, POSTGRES_LAYOUTS, SQLITE_LAYOUTS, Layout
from tests.contract.blocking import Blocking
from tests.servers.databases import fresh_database
from tests.servers.fixtures import POSTGRES_CHOICES, ServerURLs

PLATFORM_PLACES = [("platform", server) for server in POSTGRES_CHOICES]
OTHER_PLACES = [(name, POSTGRES_CHOICES[0]) for name in POSTGRES_LAYOUTS]
SQLITE_PLACES = [(name, "sqlite") for name in SQLITE_LAYOUTS]


class SQLSource(DetailedSource, AncestorSource, SupportsRowsById, Protocol):
    """What both kinds of SQL source are."""


@dataclass(frozen=True)
class Place:
    """A database with an empty table of alarms."""

    engine: Engine
    layout: Layout


@pytest.fixture(scope="module")
def place(
    request: pytest.FixtureRequest, postgres_servers: ServerURLs, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    """The database that a layout's name and a server's name mean, for all tests of one class."""
    name, server = request.param
    layout = {"platform": PLATFORM, **POSTGRES_LAYOUTS}[name] if server != "sqlite" else SQLITE_LAYOUTS[name]
    is_sqlite = server == "sqlite"
    with (
        sqlite_file(tmp_path_factory.mktemp("sqlite"), layout)
        if is_sqlite
        else fresh_database(postgres_servers(server), layout.ddl) as url
    ):
        engine = create_engine(url)
        yield Place(engine, layout)
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


class SQLSourceContract(DetailedAlarmSourceContract, AncestorContract, RowsByIdContract):
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
    "place", [*PLATFORM_PLACES, *OTHER_PLACES, *SQLITE_PLACES], ids=" on ".join, indirect=True, scope="module"
)
class TestSQLAlchemySource(SQLSourceContract):
    """Over an Engine."""

    @pytest.fixture
    def source(self, place: Place) -> SQLSource:
        """The source as the layout maps it."""
        return SQLAlchemyAlarmSource(place.engine, place.layout.mapping, on_invalid="quarantine")


@pytest.mark.parametrize(
    "place", [*PLATFORM_PLACES, *SQLITE_PLACES[:1]], ids=" on ".join, indirect=True, scope="module"
)
class TestAsyncSQLAlchemySource(SQLSourceContract):
    """Over an AsyncEngine."""

    @pytest.fixture
    def source(self, place: Place) -> Iterator[SQLSource]:
        """The source as the layout maps it, on an event loop of its own."""
        driver = {"postgresql": "postgresql+psycopg", "sqlite": "sqlite+aiosqlite"}[place.engine.dialect.name]
        engine = create_async_engine(place.engine.url.set(drivername=driver), poolclass=NullPool)
        with asyncio.Runner() as runner:
            source = AsyncSQLAlchemyAlarmSource(engine, place.layout.mapping, on_invalid="quarantine")
            yield Blocking(source, runner)
            runner.run(engine.dispose())
