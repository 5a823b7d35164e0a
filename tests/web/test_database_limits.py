"""The app's engine waits for nothing without end, and asking whether the database is ready costs one connection."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from time import perf_counter

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from sla_compliance.server import database
from sla_compliance.server.database import MOST_DATABASE_CONNECTIONS, Readiness, database_url, engine_of
from sla_compliance.service.source_reader import MAX_CONCURRENT_FETCHES
from tests.servers import postgres
from tests.servers.process import ServerProcess

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def server() -> Iterator[ServerProcess]:
    """A PostgreSQL of these tests' own, to be ill-treated."""
    with postgres.running_postgres(next(iter(postgres.installed_binaries().values()))) as server:
        yield server


async def test_a_statement_that_takes_too_long_is_ended_by_the_server(
    server: ServerProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a limit of the session, so a client that is gone leaves none behind."""
    monkeypatch.setattr(database, "STATEMENT_WITHIN_MS", 1_000)
    engine = engine_of(database_url(server.url))
    began = perf_counter()
    async with engine.connect() as connection:
        with pytest.raises(DBAPIError, match="statement timeout"):
            await connection.execute(text("SELECT pg_sleep(20)"))
    assert perf_counter() - began < 5
    await engine.dispose()


async def test_short_statements_have_connections_that_fetches_cannot_take(server: ServerProcess) -> None:
    """A worker opens no more than it is documented to."""
    engine = engine_of(database_url(server.url))
    pool = engine.pool
    assert isinstance(pool, QueuePool)
    connections = [await engine.connect() for _ in range(MOST_DATABASE_CONNECTIONS)]
    assert pool.checkedout() == MOST_DATABASE_CONNECTIONS > 2 * MAX_CONCURRENT_FETCHES
    waiting = asyncio.create_task(Readiness(engine).check())
    await asyncio.sleep(0.1)
    assert not waiting.done()
    await connections.pop().close()
    await waiting
    for connection in connections:
        await connection.close()
    await engine.dispose()


async def test_a_database_that_hangs_is_not_ready_and_is_asked_over_one_connection(
    server: ServerProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many ask; once it answers it is ready."""
    monkeypatch.setattr(database, "ANSWER_WITHIN_S", 0.5)
    engine = engine_of(database_url(server.url))
    pool = engine.pool
    assert isinstance(pool, QueuePool)
    readiness = Readiness(engine)
    await readiness.check()
    with server.hanging():
        for _ in range(2):
            began = perf_counter()
            failures = await asyncio.gather(*(readiness.check() for _ in range(20)), return_exceptions=True)
            assert {type(failure) for failure in failures} == {TimeoutError}
            assert perf_counter() - began < 3
            assert pool.checkedout() == 1
    await asyncio.sleep(0.5)
    await asyncio.gather(*(readiness.check() for _ in range(20)))
    await readiness.aclose()
    await engine.dispose()
