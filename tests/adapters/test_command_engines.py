"""The engine of one command: over every driver, and with an end to every wait for a server that hangs."""

from __future__ import annotations

import importlib.util
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, inspect, make_url, text

from sla_compliance.errors import InvalidValueError
from sla_compliance.sources import database_urls
from sla_compliance.sources.command_engines import run_with_engine
from sla_compliance.sources.database_urls import parse_database_url
from tests.servers.fixtures import POSTGRES_CHOICES
from tests.servers.postgres import installed_binaries, running_postgres
from tests.servers.process import ServerProcess

DRIVERS = ["psycopg", "psycopg2", "asyncpg"]
ENDS_WITHIN_S = 5


@pytest.fixture(scope="module")
def server() -> Iterator[ServerProcess]:
    """A PostgreSQL that tests may suspend."""
    if POSTGRES_CHOICES == ["own"]:
        pytest.skip("a server of the user's own is not suspended")
    with running_postgres(installed_binaries()[POSTGRES_CHOICES[0]]) as server:
        yield server


def url_of(dsn: str, driver: str) -> str:
    """Return the URL of a server's database for a driver."""
    return make_url(dsn).set(drivername=f"postgresql+{driver}").render_as_string(hide_password=False)


@contextmanager
def ends_soon() -> Iterator[None]:
    """Check that the block is over in time."""
    started_s = time.monotonic()
    yield
    assert time.monotonic() - started_s < ENDS_WITHIN_S


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_command_uses_the_driver_of_its_url(driver: str, postgres_dsn: str) -> None:
    """Connections, statements and inspection, also where the driver is async."""

    def work(engine: Engine) -> tuple[str, int, bool]:
        with engine.connect() as connection:
            number = connection.scalar(text("SELECT 42"))
        return engine.driver, number or 0, inspect(engine).has_table("no such table")

    assert run_with_engine(url_of(postgres_dsn, driver), work) == (driver, 42, False)


def test_sqlite_needs_no_limits() -> None:
    """An async URL of it too."""
    for url in ("sqlite://", "sqlite+aiosqlite://"):
        assert run_with_engine(url, lambda engine: engine.connect().scalar(text("SELECT 42"))) == 42


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_server_that_hangs_while_it_works_ends_the_command(
    driver: str, server: ServerProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its statement_timeout cannot, for it does not run."""
    monkeypatch.setattr(database_urls, "_ANSWER_MARGIN_S", 0.5)
    suspended: list[int] = []

    def work(engine: Engine) -> None:
        with engine.connect() as connection:
            suspended.append(connection.scalar(text("SELECT pg_backend_pid()")) or 0)
            os.kill(suspended[0], signal.SIGSTOP)
            connection.execute(text("SELECT 1"))

    try:
        with ends_soon(), pytest.raises(OSError, match="^it does not answer in time$"):
            run_with_engine(url_of(server.url, driver), work, statement_ms=500)
    finally:
        for process in suspended:
            os.kill(process, signal.SIGCONT)


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_server_that_hangs_before_it_takes_a_connection_ends_the_command(driver: str, server: ServerProcess) -> None:
    """The kernel of its machine completes the TCP connection."""
    with server.hanging(), ends_soon(), pytest.raises(OSError, match="time") as raised:
        run_with_engine(url_of(server.url, driver), lambda engine: engine.connect().close(), connect_s=2)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_long_statement_is_ended_by_the_server(driver: str, postgres_dsn: str) -> None:
    """Whose error says so."""

    def work(engine: Engine) -> None:
        with engine.connect() as connection:
            connection.execute(text("SELECT pg_sleep(9)"))

    with ends_soon(), pytest.raises(OSError, match="canceling statement due to statement timeout"):
        run_with_engine(url_of(postgres_dsn, driver), work, statement_ms=200)


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_connection_that_is_idle_for_long_is_left_alone(
    driver: str, postgres_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the pool; a command may compute between two statements."""
    monkeypatch.setattr(database_urls, "_ANSWER_MARGIN_S", 0.1)

    def work(engine: Engine) -> int:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
        time.sleep(0.5)
        with engine.connect() as connection:
            return int(connection.scalar(text("SELECT 42")) or 0)

    assert run_with_engine(url_of(postgres_dsn, driver), work, statement_ms=100) == 42


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_database_that_cannot_be_reached_is_one_line(driver: str) -> None:
    """Without the password."""
    url = f"postgresql+{driver}://nobody:secret@127.0.0.1:1/nothing"
    with pytest.raises(OSError, match=".*onnect") as raised:
        run_with_engine(url, lambda engine: engine.connect().close())
    assert "secret" not in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_bad_url_is_named_by_its_field() -> None:
    """As the caller names it."""
    with pytest.raises(InvalidValueError, match="^--database-url cannot be read"):
        run_with_engine("nothing", lambda _: None, field="--database-url")


def test_commands_take_the_async_driver_where_it_is_named_or_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A house with asyncpg needs no psycopg."""
    named = parse_database_url("postgresql+asyncpg://host/platform", drivers=database_urls.COMMAND_DRIVERS)
    assert named.drivername == "postgresql+asyncpg"
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: name == "asyncpg" or None)
    alone = parse_database_url("postgresql://host/platform", drivers=database_urls.COMMAND_DRIVERS)
    assert alone.drivername == "postgresql+asyncpg"
