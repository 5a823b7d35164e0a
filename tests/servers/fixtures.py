"""Pytest fixtures: the servers of the whole run, each started when the first test asks for it."""
################################################################
# Every installed version is a parameter of the `each_...` fixtures; the others
# take the newest. SLA_TEST_PG_DSN, SLA_TEST_REDIS_URL and
# SLA_TEST_TIMESCALE_DSN point to servers of the user's own instead; a database
# of its own is made there for each test, and all are dropped again.
################################################################

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.servers import postgres, valkey
from tests.servers.databases import drop_idle_databases
from tests.servers.process import ServerProcess

POSTGRES_VARIABLE = "SLA_TEST_PG_DSN"
REDIS_VARIABLE = "SLA_TEST_REDIS_URL"

ServerURLs = Callable[[str], str]


def _choices(variable: str, binaries: dict[str, Path]) -> list[str]:
    """Return the test ids of the servers to use; one of the user's own leaves no choice."""
    if variable in os.environ:
        return ["own"]
    if not binaries:
        raise LookupError(f"no server found; install the development group, or set {variable}")
    return list(binaries)


POSTGRES_CHOICES = _choices(POSTGRES_VARIABLE, postgres.installed_binaries())
REDIS_CHOICES = _choices(REDIS_VARIABLE, valkey.installed_binaries())


@pytest.fixture(scope="session")
def postgres_servers() -> Iterator[ServerURLs]:
    """DSN of a PostgreSQL by its test id."""
    binaries = postgres.installed_binaries()
    with _started_once(POSTGRES_VARIABLE, lambda name: postgres.running_postgres(binaries[name])) as urls:
        yield urls
    if POSTGRES_VARIABLE in os.environ:
        drop_idle_databases(os.environ[POSTGRES_VARIABLE])


@pytest.fixture(scope="session")
def redis_servers() -> Iterator[ServerURLs]:
    """URL of a Valkey or Redis by its test id."""
    binaries = valkey.installed_binaries()
    with _started_once(REDIS_VARIABLE, lambda name: valkey.running_valkey(binaries[name])) as urls:
        yield urls


@pytest.fixture(scope="session")
def postgres_dsn(postgres_servers: ServerURLs) -> str:
    """DSN of the newest installed PostgreSQL."""
    return postgres_servers(POSTGRES_CHOICES[0])


@pytest.fixture(scope="session", params=POSTGRES_CHOICES)
def each_postgres_dsn(postgres_servers: ServerURLs, request: pytest.FixtureRequest) -> str:
    """DSN of every installed PostgreSQL, in turn."""
    return postgres_servers(request.param)


@pytest.fixture(scope="session")
def redis_url(redis_servers: ServerURLs) -> str:
    """URL of Valkey, shared by the run: give each test keys of its own."""
    return redis_servers(REDIS_CHOICES[0])


@pytest.fixture(scope="session", params=REDIS_CHOICES)
def each_redis_url(redis_servers: ServerURLs, request: pytest.FixtureRequest) -> str:
    """URL of every installed Valkey and Redis, in turn."""
    return redis_servers(request.param)


@contextmanager
def _started_once(variable: str, run: Callable[[str], AbstractContextManager[ServerProcess]]) -> Iterator[ServerURLs]:
    started: dict[str, str] = {}
    with ExitStack() as running:

        def url(name: str) -> str:
            if name == "own":
                return os.environ[variable]
            if name not in started:
                started[name] = running.enter_context(run(name)).url
            return started[name]

        yield url
