"""Databases and event loops of the suites of promises."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from sqlalchemy import URL

from tests.servers.databases import fresh_database


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    """One event loop."""
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(params=["postgresql", "sqlite"])
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[URL]:
    """Both databases in turn, empty."""
    if request.param == "sqlite":
        yield URL.create("sqlite", database=str(tmp_path_factory.mktemp("sqlite") / "facts.db"))
    else:
        with fresh_database(request.getfixturevalue("postgres_dsn"), "SELECT 1") as url:
            yield url
