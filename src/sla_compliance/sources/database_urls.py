"""URLs of the databases that the sources read: PostgreSQL and SQLite, their drivers, and limits of a connection."""
################################################################
# A URL names a database, and may name a driver. The named driver is used where it is
# installed and can do the work; else the first installed one that can. Figures do not
# depend on the driver. A driver that is not the URL's own gets the URL's `sslmode` in
# its own words (asyncpg: `ssl`); every other parameter goes to it as it stands.
#
# `connection_limits` is the one place that knows how each driver names its time-outs.
# A limit that the URL states itself stays as it is.
#
# No message shows a URL: it may hold a password.
################################################################

from __future__ import annotations

import importlib.util
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sla_compliance.errors import InvalidTypeError, InvalidValueError, MissingExtraError, requires_extra, shown

with requires_extra("sqlalchemy", __name__):
    from sqlalchemy.engine import URL, make_url
    from sqlalchemy.exc import ArgumentError

_PSYCOPG: Final = "postgresql+psycopg"
_PSYCOPG2: Final = "postgresql+psycopg2"
_ASYNCPG: Final = "postgresql+asyncpg"
_SQLITE: Final = "sqlite"
_AIOSQLITE: Final = "sqlite+aiosqlite"

Drivers = Mapping[str, Sequence[str]]
"""What SQLAlchemy calls the drivers that can do some work, by database, the first choice first."""

DRIVERS: Final[Drivers] = {"postgresql": (_PSYCOPG, _PSYCOPG2), "sqlite": (_SQLITE,)}
ASYNC_DRIVERS: Final[Drivers] = {"postgresql": (_PSYCOPG, _ASYNCPG), "sqlite": (_AIOSQLITE,)}
COMMAND_DRIVERS: Final[Drivers] = {"postgresql": (_PSYCOPG, _PSYCOPG2, _ASYNCPG), "sqlite": (_SQLITE,)}
"""Those of a command, which runs an event loop where the driver needs one."""


_MODULES: Final = {
    _PSYCOPG: "psycopg",
    _PSYCOPG2: "psycopg2",
    _ASYNCPG: "asyncpg",
    _SQLITE: "sqlite3",
    _AIOSQLITE: "aiosqlite",
}
_EXTRAS: Final = {_ASYNCPG: "asyncpg"}
_OTHER_NAMES: Final = {"postgres": "postgresql"}  # libpq and asyncpg take both

_ANSWER_MARGIN_S: Final = 5

# A peer that is gone is noticed after 10 + 3 * 5 s. Keepalives rest while sent data is not acknowledged; then
# tcp_user_timeout ends the connection.
_KEEPALIVES: Final = {
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,
}


def parse_database_url(text: str, *, drivers: Drivers = DRIVERS, field: str = "database_url") -> URL:
    """Return the URL of a database with the driver to use, as SQLAlchemy takes it.

    Args:
        text: e.g. "postgresql://user@host/platform" or "sqlite:///platform.sqlite".
        drivers: those that can do the work: DRIVERS for an Engine, ASYNC_DRIVERS for an AsyncEngine.

    Raises:
        InvalidTypeError: `text` is no str.
        InvalidValueError: it is no URL, or that of another database.
        MissingExtraError: none of the drivers is installed.

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
    database = _OTHER_NAMES.get(url.get_backend_name(), url.get_backend_name())
    if database not in drivers:
        raise InvalidValueError(f"{field} names a database of {database}; give postgresql or sqlite", field=field)
    driver = _driver_to_use(url.drivername, drivers[database])
    return _in_words_of(driver, url).set(drivername=driver)


def _driver_to_use(named: str, possible: Sequence[str]) -> str:
    """Return the named driver where it is among the possible ones and installed, else the first installed one."""
    choices = [named, *possible] if named in possible else possible
    for driver in choices:
        if importlib.util.find_spec(_MODULES[driver]) is not None:
            return driver
    missing = choices[0]
    raise MissingExtraError(__name__, extra=_EXTRAS.get(missing, "sqlalchemy"), library=_MODULES[missing])


def _in_words_of(driver: str, url: URL) -> URL:
    """Return the URL with the parameter for TLS as the driver names it."""
    theirs, ours = ("sslmode", "ssl") if driver == _ASYNCPG else ("ssl", "sslmode")
    is_postgresql = driver in {_PSYCOPG, _PSYCOPG2, _ASYNCPG}
    if not is_postgresql or theirs not in url.query or ours in url.query:
        return url
    query = dict(url.query)
    query[ours] = query.pop(theirs)
    return url.set(query=query)


def connection_limits(url: URL, *, connect_s: int, statement_ms: int, has_row_security: bool = True) -> dict[str, Any]:
    """Return the `connect_args` of an engine that bound connecting, a statement, and waiting for a peer that is gone.

    psycopg and psycopg2 bound a statement on the server alone: a server that hangs without closing its connections is
    for the caller to notice. asyncpg has a time-out of its own, a little longer than the server's. SQLite has none.

    Args:
        url: with the driver, as `parse_database_url` returns it. What it states itself stays.
        connect_s: how long connecting may take, seconds.
        statement_ms: how long a statement may take, milliseconds.
        has_row_security: False: PostgreSQL answers a statement with an error where row-level security would hide rows
            from it, also where that begins while the engine is in use. Not for sources with `prepare=`.
    """
    session = {"statement_timeout": str(statement_ms)}
    if not has_row_security:
        session["row_security"] = "off"
    if url.drivername == _ASYNCPG:
        limits = {
            "timeout": connect_s,
            "command_timeout": answer_within_s(statement_ms),
            "server_settings": session,
        }
    elif url.drivername in {_PSYCOPG, _PSYCOPG2}:
        limits = {"connect_timeout": connect_s, **_KEEPALIVES}
    else:
        return {}
    limits = {name: value for name, value in limits.items() if name not in url.query}
    if url.drivername != _ASYNCPG:
        limits["options"] = _libpq_options(url, session)
    return limits


def answer_within_s(statement_ms: int) -> float:
    """Return how long a client waits for a statement, seconds: longer than the server works, whose error says more."""
    return statement_ms / 1000 + _ANSWER_MARGIN_S


def _libpq_options(url: URL, session: Mapping[str, str]) -> str:
    """Return the URL's own options after our settings of the session, so that theirs count."""
    stated = url.query.get("options", "")
    stated_options = [stated] if isinstance(stated, str) else list(stated)
    our_options = [f"-c {name}={value}" for name, value in session.items()]
    return " ".join([*our_options, *filter(None, stated_options)])
