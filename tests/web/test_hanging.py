"""The running server while the servers behind it hang: their connections stay open and nothing answers."""
################################################################
# Here they hang for some seconds, beside whatever else the machine does; `nox -s faults`
# lets them hang for a minute and takes the time strictly.
################################################################

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter, sleep
from typing import Final

import psycopg
import pytest

from sla_compliance.stores.sqlalchemy import ddl
from tests.servers import postgres, valkey
from tests.servers.process import ServerProcess
from tests.web import platform
from tests.web.live import API, Live, eventually, serving

HANG_S: Final = float(os.environ.get("SLA_HANG_SECONDS", "5"))
SLOWEST_S: Final = float(os.environ.get("SLA_SLOWEST_SECONDS", "2"))
LEAST_SERVED: Final = 0.98
READERS: Final = 4
STRANGERS: Final = 3
QUESTIONS: Final = ("rollup-stats?days=30", "compliance?days=30&detail=full")


@dataclass
class World:
    """A server with everything behind it real."""

    live: Live
    database: ServerProcess
    cache: ServerProcess


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """`serve --workers 2` over PostgreSQL with tables of stored days, and Valkey."""
    binaries = next(iter(postgres.installed_binaries().values()))
    cache_binary = next(iter(valkey.installed_binaries().values()))
    with postgres.running_postgres(binaries) as database, valkey.running_valkey(cache_binary) as cache:
        platform.fill(database.url)
        with psycopg.connect(database.url, autocommit=True) as connection:
            connection.execute(ddl("postgresql").encode())
        options = ("--database-url", database.url, "--redis-url", cache.url, "--workers", "2")
        with serving(*options) as live:
            yield World(live, database, cache)


@dataclass
class Readers:
    """People who ask without a pause.

    Attributes:
        answers: of each answer the status, the minutes of downtime where it has them, and the seconds it took.
    """

    live: Live
    answers: list[tuple[int, int | None, float]] = field(default_factory=list)

    @contextmanager
    def asking(self, tenant: str, how_many: int) -> Iterator[None]:
        """Let them ask as a tenant while the block runs."""
        over = threading.Event()
        threads = [threading.Thread(target=self._ask, args=(tenant, over)) for _ in range(how_many)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            over.set()
            for thread in threads:
                thread.join()

    def _ask(self, tenant: str, over: threading.Event) -> None:
        with self.live.client(tenant) as client:
            while not over.is_set():
                for question in QUESTIONS:
                    began = perf_counter()
                    answer = client.get(f"/{API}{question}")
                    seconds = perf_counter() - began
                    body = answer.json()
                    minutes = body["total_downtime_minutes"] if answer.is_success and "total" in str(body)[:9] else None
                    self.answers.append((answer.status_code, minutes, seconds))
                sleep(0.05)

    @property
    def share_served(self) -> float:
        """The share of answers with figures."""
        return Counter(status for status, _, _ in self.answers)[200] / len(self.answers)

    @property
    def slowest_s(self) -> float:
        """The longest time of an answer."""
        return max(seconds for _, _, seconds in self.answers)

    @property
    def minutes(self) -> set[int]:
        """Every figure that was shown."""
        return {minutes for _, minutes, _ in self.answers if minutes is not None}


def minutes_of(live: Live, tenant: str = "acme") -> int:
    """Return the downtime of the last thirty days."""
    minutes: int = live.ask("rollup-stats?days=30", tenant).json()["total_downtime_minutes"]
    return minutes


def all_workers_answer(live: Live, tenant: str) -> bool:
    """Ask so often that each of the workers knows the tenant; return whether all answered."""
    return all(live.ask(question, tenant).status_code == 200 for _ in range(8) for question in QUESTIONS)


def test_a_database_that_hangs_takes_no_remembered_answer_away(world: World) -> None:
    """Tenants that nothing is known of ask all the time; what is asked for them fails and holds nobody up."""
    live, readers, strangers = world.live, Readers(world.live), Readers(world.live)
    truth = minutes_of(live)
    assert truth > 0
    assert all_workers_answer(live, "acme")
    with world.database.hanging(), readers.asking("acme", READERS), strangers.asking("other", STRANGERS):
        assert live.get("readyz").status_code == 503
        assert live.get("healthz").status_code == 200
        sleep(HANG_S)
    print(f"\n{len(readers.answers)} answers, slowest {readers.slowest_s:.3f} s, served {readers.share_served:.1%}")
    print(f"of others: {Counter(status for status, _, _ in strangers.answers)}, slowest {strangers.slowest_s:.1f} s")
    assert readers.share_served >= LEAST_SERVED
    assert readers.slowest_s < SLOWEST_S
    assert readers.minutes == {truth}
    assert {status for status, _, _ in strangers.answers} <= {200, 503}
    assert eventually(lambda: all_workers_answer(live, "other"))
    assert eventually(lambda: live.get("readyz").status_code == 200)
    assert minutes_of(live, "other") == truth


def test_a_cache_that_hangs_is_hardly_noticed(world: World) -> None:
    """Answers come from the database; afterwards the cache is used again."""
    live, readers = world.live, Readers(world.live)
    truth = minutes_of(live)
    assert all_workers_answer(live, "acme")
    with world.cache.hanging(), readers.asking("acme", READERS):
        sleep(HANG_S)
    print(f"\n{len(readers.answers)} answers, slowest {readers.slowest_s:.3f} s, served {readers.share_served:.1%}")
    assert readers.share_served == 1
    assert readers.slowest_s < SLOWEST_S
    assert readers.minutes == {truth}
    after = Readers(live)
    with after.asking("acme", READERS):
        sleep(2)
    print(f"afterwards slowest {after.slowest_s:.3f} s")
    assert (after.share_served, after.minutes) == (1, {truth})
    assert after.slowest_s < SLOWEST_S
