"""URLs of databases: which are read, and with which driver."""

from __future__ import annotations

import pytest

from sla_compliance.errors import InvalidTypeError, InvalidValueError
from sla_compliance.sources.database_urls import ASYNC_DRIVERS, parse_database_url


@pytest.mark.parametrize(
    ("text", "driver", "async_driver"),
    [
        ("postgresql://user:secret@host:5433/platform", "postgresql+psycopg", "postgresql+psycopg"),
        ("postgresql+psycopg2://host/platform", "postgresql+psycopg", "postgresql+psycopg"),
        ("sqlite:///platform.sqlite", "sqlite", "sqlite+aiosqlite"),
        ("sqlite+aiosqlite:///platform.sqlite", "sqlite", "sqlite+aiosqlite"),
    ],
)
def test_the_driver_is_that_of_the_extra(text: str, driver: str, async_driver: str) -> None:
    """Whatever driver the URL names; everything else of it stays."""
    url = parse_database_url(text)
    assert url.drivername == driver
    assert url.render_as_string(hide_password=False).partition("://")[2] == text.partition("://")[2]
    assert parse_database_url(text, drivers=ASYNC_DRIVERS).drivername == async_driver


@pytest.mark.parametrize("text", ["", "postgresql", "host/platform", "postgresql://host:port/platform", "mysql://h/d"])
def test_what_is_no_such_url_is_refused(text: str) -> None:
    """The message names the field, and not the URL: it may hold a password."""
    with pytest.raises(InvalidValueError, match="^--database-url (cannot be read|names a database of mysql)") as raised:
        parse_database_url(text, field="--database-url")
    assert raised.value.field == "--database-url"


def test_what_is_no_text_is_refused() -> None:
    """A wrong type."""
    with pytest.raises(InvalidTypeError, match="^database_url is None; give text such as postgresql://"):
        parse_database_url(None)  # type: ignore[arg-type]
