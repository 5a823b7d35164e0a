"""Every store of statements keeps its promises, on every database; rows that were altered are errors."""

from __future__ import annotations

import asyncio
import json
import zlib
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import URL, create_engine, text
from sqlalchemy.exc import ProgrammingError

from sla_compliance.stores.memory_statements import MemoryStatementStore
from sla_compliance.stores.sqlalchemy import AsyncSQLAlchemyStatementStore, SQLAlchemyStatementStore, ddl
from sla_compliance.stores.statements import InvalidStoredStatementError, StatementConflictError, StatementStore
from sla_compliance.testing.statement_store import StatementStoreContract, issued, next_of
from tests.contract.drivers import (
    OnPostgreSQL,
    OnPostgreSQLOverAsyncpg,
    OnPostgreSQLOverPsycopg2,
    OnSQLite,
    OnSQLiteOverAiosqlite,
    OverAsyncEngine,
    OverEngine,
)
from tests.servers.databases import fresh_database

pytestmark = pytest.mark.anyio


class TestMemoryStatementStore(StatementStoreContract):
    """In the process."""

    @pytest.fixture
    async def store(self) -> StatementStore:
        """An empty one."""
        return MemoryStatementStore()


class SyncStore(OverEngine, StatementStoreContract):
    """Over an Engine."""

    store_class = SQLAlchemyStatementStore


class AsyncStore(OverAsyncEngine, StatementStoreContract):
    """Over an AsyncEngine."""

    store_class = AsyncSQLAlchemyStatementStore


class TestSyncStoreOnSQLite(OnSQLite, SyncStore):
    """A file."""


class TestAsyncStoreOnSQLite(OnSQLiteOverAiosqlite, AsyncStore):
    """A file."""


class TestSyncStoreOnPostgreSQL(OnPostgreSQLOverPsycopg2, SyncStore):
    """Every version."""


class TestAsyncStoreOnPostgreSQL(OnPostgreSQL, AsyncStore):
    """Every version."""


class TestAsyncStoreOverAsyncpg(OnPostgreSQLOverAsyncpg, AsyncStore):
    """Every version."""


async def test_two_issuers_race_on_postgresql(postgres_url: URL) -> None:
    """The second waits for the first one's transaction, then gets the statement that it kept."""
    first, second = issued(by="first"), issued(by="second")
    engine = create_engine(postgres_url)
    waiting = SQLAlchemyStatementStore(engine)
    with engine.connect() as connection:
        transaction = connection.begin()
        connection.execute(
            text(
                "INSERT INTO sla_statements VALUES (:tenant, '', :start, :end, 1, :issued, :digest, :content, :lines)"
            ),
            row_of(first),
        )
        append = asyncio.create_task(waiting.append(second))
        await until_waiting(engine)
        assert not append.done()
        transaction.commit()
    with pytest.raises(StatementConflictError) as caught:
        await append
    assert caught.value.kept == first
    engine.dispose()


def row_of(statement: Any) -> dict[str, Any]:
    return {
        "tenant": statement.tenant,
        "start": statement.start_us,
        "end": statement.end_us,
        "issued": statement.issued_us,
        "digest": statement.digest,
        "content": json.dumps({**statement.as_dict(), "digest": statement.digest}),
        "lines": zlib.compress(json.dumps(statement.lines).encode()),
    }


async def until_waiting(engine: Any) -> None:
    """Wait until a statement of another session waits for a lock."""
    query = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'INSERT%'")
    for _ in range(400):
        with engine.connect() as connection:
            if connection.scalar(query):
                return
        await asyncio.sleep(0.025)
    raise AssertionError("no statement waits for the lock")


@pytest.mark.parametrize(
    "change",
    [
        "content = replace(content, 'MET', 'BREACHED')",
        "content = replace(content, 'acme', 'acne')",
        "content = '{}'",
        "content = '[]'",
        "content = 'x'",
        "issued_us = issued_us - 1",
        "number = 2",
        "subject = 'olt-7'",
        "digest = 'x'",
        "lines_zlib = x'00'",
        "lines_zlib = (SELECT lines_zlib FROM sla_statements WHERE tenant_id = 'other')",
    ],
)
async def test_a_row_that_was_altered_is_an_error_and_no_figure(sqlite_url: URL, change: str) -> None:
    """It names the table, the number and the way out; statements of others are read as before."""
    engine = create_engine(sqlite_url)
    store = SQLAlchemyStatementStore(engine)
    await store.create_tables()
    await store.append(issued())
    other = await store.append(issued("other", down_minutes=41))
    with engine.begin() as connection:
        connection.execute(text(" ".join(["UPDATE sla_statements SET", change, "WHERE tenant_id = 'acme'"])))
    subject = "olt-7" if "subject" in change else None
    with pytest.raises(InvalidStoredStatementError, match="of table sla_statements was altered") as caught:
        await store.last("acme", subject, other.start_us, other.end_us)
    assert caught.value.tenant_id == "acme"
    assert await store.last("other", None, other.start_us, other.end_us) == other
    if "lines" not in change:
        with pytest.raises(InvalidStoredStatementError):
            await store.page("acme", limit=9)
        with pytest.raises((InvalidStoredStatementError, StatementConflictError)):
            await store.append(next_of(replace(issued(), subject=subject)))
    engine.dispose()


async def test_the_right_to_insert_and_select_is_enough(postgres_dsn: str) -> None:
    """Neither our own code nor anything else of that role can update or delete."""
    role = "statement_writer"
    rights = f"CREATE ROLE {role}; GRANT INSERT, SELECT ON sla_statements TO {role};"
    with fresh_database(postgres_dsn, ddl("postgresql"), rights) as url:
        engine = create_engine(url, connect_args={"options": f"-c role={role}"})
        try:
            store = SQLAlchemyStatementStore(engine)
            first = await store.append(issued())
            second = await store.append(next_of(first))
            assert await store.last("acme", None, first.start_us, first.end_us) == second
            for statement in ("UPDATE sla_statements SET number = 9", "DELETE FROM sla_statements"):
                with pytest.raises(ProgrammingError, match="permission denied"), engine.begin() as connection:
                    connection.execute(text(statement))
        finally:
            engine.dispose()
            owner = create_engine(url)
            with owner.begin() as connection:
                connection.execute(text(f"DROP OWNED BY {role}; DROP ROLE {role}"))
            owner.dispose()
