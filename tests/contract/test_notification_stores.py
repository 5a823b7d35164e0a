"""Every store of notifications keeps its promises, on every database; killed workers lose nothing."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import URL, create_engine, text

from sla_compliance.errors import InvalidValueError
from sla_compliance.stores.memory_notifications import MemoryNotificationStore
from sla_compliance.stores.notifications import NotificationStore
from sla_compliance.stores.sqlalchemy import (
    AsyncSQLAlchemyNotificationStore,
    SQLAlchemyNotificationStore,
    ddl,
    metadata,
)
from sla_compliance.stores.timed_notifications import TimedNotificationStore
from sla_compliance.testing import NotificationStoreContract
from sla_compliance.testing.notification_store import MADE_US, claimed_ids, waiting
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


class TestMemoryNotificationStore(NotificationStoreContract):
    """In the process."""

    @pytest.fixture
    async def store(self) -> NotificationStore:
        """An empty one."""
        return MemoryNotificationStore()


class TestTimedNotificationStore(NotificationStoreContract):
    """The same promises within a time-out."""

    @pytest.fixture
    async def store(self) -> NotificationStore:
        """An empty one."""
        return TimedNotificationStore(MemoryNotificationStore(), timedelta(seconds=10))


class SyncStore(OverEngine, NotificationStoreContract):
    """Over an Engine."""

    store_class = SQLAlchemyNotificationStore


class AsyncStore(OverAsyncEngine, NotificationStoreContract):
    """Over an AsyncEngine."""

    store_class = AsyncSQLAlchemyNotificationStore


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


@pytest.fixture(params=["sqlite", "postgresql"])
def prepared_url(request: pytest.FixtureRequest, sqlite_url: URL) -> Iterator[URL]:
    """Both databases with the tables of notifications."""
    if request.param == "postgresql":
        with fresh_database(request.getfixturevalue("postgres_dsn"), ddl("postgresql")) as url:
            yield url
        return
    engine = create_engine(sqlite_url)
    metadata.create_all(engine)
    engine.dispose()
    yield sqlite_url


def claimer(url: URL, *arguments: str) -> subprocess.Popen[str]:
    """Start another process that claims."""
    command = [sys.executable, "-m", "tests.contract.claiming_worker", url.render_as_string(hide_password=False)]
    return subprocess.Popen([*command, *arguments], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2])


async def test_processes_at_once_claim_every_delivery_once(prepared_url: URL) -> None:
    """Four of them, until there is none left."""
    engine = create_engine(prepared_url)
    store = SQLAlchemyNotificationStore(engine)
    await store.add([waiting(f"d{rank:03}") for rank in range(300)])
    workers = [claimer(prepared_url, "all") for _ in range(4)]
    lines = [line for worker in workers for line in worker.communicate(timeout=60)[0].split()]
    assert {worker.returncode for worker in workers} == {0}
    assert Counter(lines) == {f"d{rank:03}": 1 for rank in range(300)}
    engine.dispose()


async def test_what_a_killed_worker_claimed_comes_due_again(prepared_url: URL) -> None:
    """Not before its claim is over: it may still be at work."""
    engine = create_engine(prepared_url)
    store = SQLAlchemyNotificationStore(engine)
    await store.add([waiting()])
    worker = claimer(prepared_url, "die")
    assert worker.communicate(timeout=60)[0].split() == ["d1"]
    assert worker.returncode == -signal.SIGKILL
    assert await claimed_ids(store, MADE_US + 1) == []
    (delivery,) = await store.claim(MADE_US + 10**9, until_us=MADE_US + 10**10, limit=9)
    assert (delivery.delivery_id, delivery.attempts) == ("d1", 2)
    engine.dispose()


async def test_a_worker_that_is_killed_in_a_commit_writes_neither_state_nor_delivery(prepared_url: URL) -> None:
    """They are one transaction."""
    worker = claimer(prepared_url, "die-in-commit")
    worker.communicate(timeout=60)
    assert worker.returncode == -signal.SIGKILL
    engine = create_engine(prepared_url)
    store = SQLAlchemyNotificationStore(engine)
    assert await store.states(["acme"]) == {}
    assert (await store.deliveries(limit=9)).total == 0
    engine.dispose()


async def test_a_claim_reads_the_index_of_waiting_ones(prepared_url: URL) -> None:
    """However many were sent."""
    engine = create_engine(prepared_url)
    store = SQLAlchemyNotificationStore(engine)
    await store.add([waiting(f"d{rank:05}") for rank in range(3_000)])
    with engine.begin() as connection:
        connection.execute(text("UPDATE sla_deliveries SET status = 'sent' WHERE delivery_id <> 'd00000'"))
    explain = "EXPLAIN" if prepared_url.get_backend_name() == "postgresql" else "EXPLAIN QUERY PLAN"
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
        query = "SELECT * FROM sla_deliveries WHERE status = 'waiting' AND due_us <= 1 ORDER BY due_us LIMIT 9"
        plan = connection.execute(text(" ".join([explain, query]))).all()
    assert "ix_sla_deliveries_due" in str(plan)
    assert await claimed_ids(store) == ["d00000"]
    engine.dispose()


async def test_a_delivery_of_a_later_version_is_left_to_it(prepared_url: URL) -> None:
    """It is not claimed; the log says that it is there."""
    engine = create_engine(prepared_url)
    store = SQLAlchemyNotificationStore(engine)
    await store.add([waiting(), waiting("d2")])
    with engine.begin() as connection:
        connection.execute(text("UPDATE sla_deliveries SET channel = 'pigeon' WHERE delivery_id = 'd1'"))
    assert await claimed_ids(store) == ["d2"]
    with pytest.raises(InvalidValueError, match="'d1' of table sla_deliveries is of a later version: 'pigeon'"):
        await store.deliveries(limit=9)
    engine.dispose()


async def test_the_log_is_cut_by_the_statement_of_the_manual(prepared_url: URL) -> None:
    """What was sent or failed long ago goes; what waits, and what is recent, stays."""
    engine = create_engine(prepared_url)
    store = SQLAlchemyNotificationStore(engine)
    await store.add([waiting(delivery_id) for delivery_id in ("sent long ago", "failed long ago", "recent", "waits")])
    long_ago_us, recent_us = 10**15, 4 * 10**15
    await store.mark_sent("sent long ago", long_ago_us)
    await store.mark_failed("failed long ago", long_ago_us, error="no", retry_us=None)
    await store.mark_sent("recent", recent_us)
    manual = (Path(__file__).parents[2] / "docs" / "delivery.md").read_text(encoding="utf-8")
    statements = {"postgresql": "-- PostgreSQL\n", "sqlite": "-- SQLite\n"}
    statement = manual.partition(statements[prepared_url.get_backend_name()])[2].partition(";")[0]
    with engine.begin() as connection:
        assert connection.execute(text(statement)).rowcount == 2
    kept = (await store.deliveries(limit=9)).deliveries
    assert {delivery.delivery_id for delivery in kept} == {"recent", "waits"}
    engine.dispose()
