"""URLs of the databases that the sources read: PostgreSQL and SQLite, with the drivers of the extra."""
################################################################
# A URL names a database; the driver is the library's choice, whatever driver the
# URL names, because the extra brings that one. No message shows a URL: it may
# hold a password.
################################################################

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sla_compliance.errors import InvalidTypeError, InvalidValueError, requires_extra, shown

with requires_extra("sqlalchemy", __name__):
    from sqlalchemy.engine import URL, make_url
    from sqlalchemy.exc import ArgumentError

DRIVERS: Final[Mapping[str, str]] = {"postgresql": "postgresql+psycopg", "sqlite": "sqlite"}
ASYNC_DRIVERS: Final[Mapping[str, str]] = {"postgresql": "postgresql+psycopg", "sqlite": "sqlite+aiosqlite"}


def parse_database_url(text: str, *, drivers: Mapping[str, str] = DRIVERS, field: str = "database_url") -> URL:
    """Return the URL of a database, as SQLAlchemy takes it.

    Args:
        text: e.g. "postgresql://user@host/platform" or "sqlite:///platform.sqlite".
        drivers: DRIVERS or ASYNC_DRIVERS.

    Raises:
        InvalidTypeError: `text` is no str.
        InvalidValueError: it is no URL, or that of another database.

    >>> parse_database_url("postgresql://host/platform").drivername
    'postgresql+psycopg'
    """
    if not isinstance(text, str):
        raise InvalidTypeError(f"{field} is {shown(text)}; give text such as postgresql://host/database", field=field)
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):  # ValueError: the port is no number
        message = f"{field} cannot be read; write it as postgresql://host/database or sqlite:///file"
        raise InvalidValueError(message, field=field) from None
    database = url.get_backend_name()
    if database not in drivers:
        raise InvalidValueError(f"{field} names a database of {database}; give postgresql or sqlite", field=field)
    return url.set(drivername=drivers[database])
