"""URLs of databases: which are read, with which driver, and what bounds a connection."""

from __future__ import annotations

import importlib.util
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from sla_compliance.errors import InvalidTypeError, InvalidValueError, MissingExtraError
from sla_compliance.sources.database_urls import ASYNC_DRIVERS, connection_limits, parse_database_url

CONNECT_S = 3
STATEMENT_MS = 41_000


@pytest.mark.parametrize(
    ("url_text", "driver", "async_driver"),
    [
        ("postgresql://user:secret@host:5433/platform", "postgresql+psycopg", "postgresql+psycopg"),
        ("postgres://host/platform", "postgresql+psycopg", "postgresql+psycopg"),
        ("postgresql+psycopg://host/platform", "postgresql+psycopg", "postgresql+psycopg"),
        ("postgresql+psycopg2://host/platform", "postgresql+psycopg2", "postgresql+psycopg"),
        ("postgresql+asyncpg://host/platform", "postgresql+psycopg", "postgresql+asyncpg"),
        ("postgresql+pg8000://host/platform", "postgresql+psycopg", "postgresql+psycopg"),
        ("sqlite:///platform.sqlite", "sqlite", "sqlite+aiosqlite"),
        ("sqlite+aiosqlite:///platform.sqlite", "sqlite", "sqlite+aiosqlite"),
    ],
)
def test_the_named_driver_is_used_where_it_can_be(url_text: str, driver: str, async_driver: str) -> None:
    """Else the first one that can; everything else of the URL stays."""
    url = parse_database_url(url_text)
    assert url.drivername == driver
    assert url.render_as_string(hide_password=False).partition("://")[2] == url_text.partition("://")[2]
    assert parse_database_url(url_text, drivers=ASYNC_DRIVERS).drivername == async_driver


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The drivers that can be imported: a set to fill."""
    modules: set[str] = set()
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object() if name in modules else None)
    return modules


@pytest.mark.parametrize(
    ("url_text", "modules", "driver", "async_driver"),
    [
        ("postgresql://host/platform", {"psycopg2", "asyncpg"}, "postgresql+psycopg2", "postgresql+asyncpg"),
        ("postgresql+asyncpg://host/platform", {"psycopg"}, "postgresql+psycopg", "postgresql+psycopg"),
        ("postgresql+psycopg://host/platform", {"psycopg2", "asyncpg"}, "postgresql+psycopg2", "postgresql+asyncpg"),
    ],
)
def test_an_installed_driver_stands_in_for_one_that_is_not(
    url_text: str, modules: set[str], driver: str, async_driver: str, installed: set[str]
) -> None:
    """A URL without driver takes the first that is installed."""
    installed |= modules
    assert parse_database_url(url_text).drivername == driver
    assert parse_database_url(url_text, drivers=ASYNC_DRIVERS).drivername == async_driver


@pytest.mark.parametrize(
    ("url_text", "extra", "library"),
    [
        ("postgresql://host/platform", "sqlalchemy", "psycopg"),
        ("postgresql+psycopg2://host/platform", "sqlalchemy", "psycopg"),
        ("postgresql+asyncpg://host/platform", "asyncpg", "asyncpg"),
        ("sqlite:///platform.sqlite", "sqlalchemy", "aiosqlite"),
    ],
)
def test_no_driver_at_all_is_one_error(url_text: str, extra: str, library: str, installed: set[str]) -> None:
    """It names the driver of the URL and the extra that brings it."""
    assert not installed
    with pytest.raises(MissingExtraError, match=rf"\({library}\); pip install 'sla-compliance\[{extra}\]'") as raised:
        parse_database_url(url_text, drivers=ASYNC_DRIVERS)
    assert raised.value.extra == extra


def test_tls_is_named_as_the_driver_does() -> None:
    """asyncpg says ssl where libpq says sslmode; a URL of either serves both."""
    of_libpq, of_asyncpg = (
        "postgresql://host/platform?sslmode=require",
        "postgresql+asyncpg://host/platform?ssl=require",
    )
    assert parse_database_url(of_asyncpg).query == {"sslmode": "require"}
    assert parse_database_url(of_asyncpg, drivers=ASYNC_DRIVERS).query == {"ssl": "require"}
    only_asyncpg = {"postgresql": ("postgresql+asyncpg",)}
    assert parse_database_url(of_libpq, drivers=only_asyncpg).query == {"ssl": "require"}
    assert parse_database_url(of_libpq).query == {"sslmode": "require"}


@pytest.mark.parametrize(
    "url_text", ["", "postgresql", "host/platform", "postgresql://host:port/platform", "mysql://h/d"]
)
def test_what_is_no_such_url_is_refused(url_text: str) -> None:
    """The message names the field, and not the URL: it may hold a password."""
    with pytest.raises(InvalidValueError, match="^--database-url (cannot be read|names a database of mysql)") as raised:
        parse_database_url(url_text, field="--database-url")
    assert raised.value.field == "--database-url"


def test_what_is_no_text_is_refused() -> None:
    """A wrong type."""
    with pytest.raises(InvalidTypeError, match="^database_url is None; give text such as postgresql://"):
        parse_database_url(None)  # type: ignore[arg-type]


async def statement_timeout(url_text: str, dsn: str) -> str:
    """Return the limit of a statement on a connection with our limits, by the driver and parameters of a URL."""
    url = make_url(dsn).set(drivername=url_text.partition(":")[0], query=make_url(url_text).query)
    arguments: dict[str, Any] = connection_limits(url, connect_s=CONNECT_S, statement_ms=STATEMENT_MS)
    show = text("SHOW statement_timeout")
    if url.drivername.endswith("psycopg2"):
        engine = create_engine(url, connect_args=arguments)
        with engine.connect() as connection:
            limit = connection.scalar(show)
        engine.dispose()
    else:
        async_engine = create_async_engine(url, connect_args=arguments)
        async with async_engine.connect() as async_connection:
            limit = await async_connection.scalar(show)
        await async_engine.dispose()
    return str(limit)


@pytest.mark.anyio
@pytest.mark.parametrize("driver", ["psycopg", "psycopg2", "asyncpg"])
async def test_a_statement_is_bounded_over_every_driver(driver: str, postgres_dsn: str) -> None:
    """By the server, as the connection asked it to."""
    assert await statement_timeout(f"postgresql+{driver}://host/platform", postgres_dsn) == "41s"


@pytest.mark.anyio
async def test_what_a_url_states_itself_stays(postgres_dsn: str) -> None:
    """Its options come after ours; its time-outs replace ours."""
    for driver in ("psycopg", "psycopg2"):
        url_text = f"postgresql+{driver}://host/platform?connect_timeout=9&options=-c%20statement_timeout%3D7000"
        assert await statement_timeout(url_text, postgres_dsn) == "7s"
        limits = connection_limits(make_url(url_text), connect_s=CONNECT_S, statement_ms=STATEMENT_MS)
        assert "connect_timeout" not in limits
        assert limits["keepalives_idle"] == 10


def test_asyncpg_bounds_a_statement_itself_too() -> None:
    """After the server had its chance to say so."""
    url = make_url("postgresql+asyncpg://host/platform")
    limits = connection_limits(url, connect_s=CONNECT_S, statement_ms=STATEMENT_MS)
    assert limits["timeout"] == CONNECT_S
    assert limits["command_timeout"] == 46


def test_sqlite_has_no_limits() -> None:
    """Neither of its drivers takes one."""
    for name in ("sqlite", "sqlite+aiosqlite"):
        assert connection_limits(make_url(f"{name}:///file"), connect_s=CONNECT_S, statement_ms=STATEMENT_MS) == {}
