"""The running server while the servers behind it die and come back: no wrong figure, no error but an honest 503."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from tests.servers import postgres, valkey
from tests.servers.process import ServerProcess
from tests.web import platform
from tests.web.live import API, Live, eventually, serving
from tests.web.world import assert_problem

CLOSED = "compliance?from_date={0}&to_date={0}"
READERS = 4


@dataclass
class World:
    """A server with everything behind it real, and killable."""

    live: Live
    database: ServerProcess
    cache: ServerProcess


@pytest.fixture
def world() -> Iterator[World]:
    """`serve --workers 2` over PostgreSQL and Valkey."""
    binaries = next(iter(postgres.installed_binaries().values()))
    cache_binary = next(iter(valkey.installed_binaries().values()))
    with postgres.running_postgres(binaries) as database, valkey.running_valkey(cache_binary) as cache:
        platform.fill(database.url)
        options = ("--database-url", database.url, "--redis-url", cache.url, "--workers", "2")
        with serving(*options) as live:
            yield World(live, database, cache)


@dataclass
class Readers:
    """People who ask without a pause.

    Attributes:
        answers: every status with the minutes of downtime that came with it.
    """

    live: Live
    answers: list[tuple[int, int | None]] = field(default_factory=list)

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Let them ask while the block runs."""
        over = threading.Event()
        threads = [threading.Thread(target=self._ask, args=(over,)) for _ in range(READERS)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            over.set()
            for thread in threads:
                thread.join()

    def _ask(self, over: threading.Event) -> None:
        with self.live.client("acme") as client:
            while not over.is_set():
                answer = client.get(f"/{API}rollup-stats?days=30")
                minutes = answer.json()["total_downtime_minutes"] if answer.is_success else None
                self.answers.append((answer.status_code, minutes))

    @property
    def seen(self) -> set[tuple[int, int | None]]:
        """Every kind of answer so far."""
        return set(self.answers)


def minutes_of(live: Live, tenant: str = "acme") -> int:
    """Return the downtime of the last thirty days."""
    minutes: int = live.ask("rollup-stats?days=30", tenant).json()["total_downtime_minutes"]
    return minutes


def test_servers_that_die_and_come_back_cost_no_figure(world: World) -> None:
    """Without PostgreSQL what is remembered is shown, the rest is a 503; without Valkey nobody notices."""
    live, readers = world.live, Readers(world.live)
    truth = minutes_of(live)
    assert truth > 0
    for _ in range(40):  # each of the workers learns of the tenant
        live.ask("rollup-stats?days=30", "acme")
    with readers.asking():
        world.database.kill()
        answer = live.ask("rollup-stats?days=30", "other")
        assert_problem(answer, 503)
        assert int(answer.headers["Retry-After"]) > 0
        assert live.get("readyz").status_code == 503
        assert live.get("healthz").status_code == 200
        world.database.start()
        assert eventually(lambda: live.ask("rollup-stats?days=30", "other").status_code == 200)
        world.cache.kill()
        asked_before = len(readers.answers)
        assert eventually(lambda: len(readers.answers) > asked_before + 20)
        assert minutes_of(live, "other") == truth
        world.cache.start()
    assert readers.seen == {(200, truth)}
