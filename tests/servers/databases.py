"""Fresh databases on a PostgreSQL server, each dropped when its test is done."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.sql import SQL, Identifier
from sqlalchemy.engine import URL, make_url


@contextmanager
def fresh_database(dsn: str, *scripts: str) -> Iterator[URL]:
    """Make a database on the server of `dsn`, run `scripts` in it; the URL is SQLAlchemy's, for psycopg."""
    name = f"sla_test_{uuid.uuid4().hex}"
    with psycopg.connect(dsn, autocommit=True) as admin:
        admin.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
        try:
            with psycopg.connect(make_conninfo(dsn, dbname=name), autocommit=True) as connection:
                for script in scripts:
                    connection.execute(script.encode())
            yield sqlalchemy_url(dsn, name)
        finally:
            admin.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


def sqlalchemy_url(dsn: str, database: str) -> URL:
    """Return SQLAlchemy's URL, sync and async alike, of a database on the server of `dsn`."""
    return make_url(dsn).set(drivername="postgresql+psycopg", database=database)


def writers_url(url: URL) -> URL:
    """Return the URL that an Engine takes for the same database: psycopg's, or SQLite's."""
    return url.set(drivername={"postgresql": "postgresql+psycopg", "sqlite": "sqlite"}[url.get_backend_name()])
