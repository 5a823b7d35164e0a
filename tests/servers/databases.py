"""Fresh databases on a PostgreSQL server, each emptied and used again when its test is done."""
################################################################
# To make and drop a database takes a server longer than most tests. So one that
# holds nothing but its schema `public` loses that schema and is left idle, by a
# comment; the next test takes it under a new name. Any other is dropped.
# Idle ones belong to the process that made them, which drops them at its end.
################################################################

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.sql import SQL, Identifier
from sqlalchemy.engine import URL, make_url

IDLE: Final = f"idle, of the tests of process {os.getpid()}"

_IDLE_DATABASES: Final = "SELECT datname FROM pg_database WHERE shobj_description(oid, 'pg_database') = %s"
_END_OTHER_SESSIONS: Final = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
# What would be left when the schema is dropped: other schemas, extensions, rights and settings of the database.
_IS_SCHEMA_ALL: Final = r"""
    SELECT datacl IS NULL
        AND NOT EXISTS (SELECT FROM pg_db_role_setting WHERE setdatabase = pg_database.oid)
        AND NOT EXISTS (SELECT FROM pg_default_acl)
        AND NOT EXISTS (SELECT FROM pg_event_trigger)
        AND NOT EXISTS (SELECT FROM pg_extension WHERE extname <> 'plpgsql')
        AND NOT EXISTS (
            SELECT FROM pg_namespace WHERE nspname NOT LIKE 'pg\_%' AND nspname NOT IN ('public', 'information_schema')
        )
    FROM pg_database WHERE datname = current_database()
"""
_NEW_SCHEMA: Final = "DROP SCHEMA public CASCADE; CREATE SCHEMA public; GRANT USAGE ON SCHEMA public TO PUBLIC"


@contextmanager
def fresh_database(dsn: str, *scripts: str) -> Iterator[URL]:
    """Take an empty database on the server of `dsn`, run `scripts` in it; the URL is SQLAlchemy's, for psycopg."""
    name = f"sla_test_{uuid.uuid4().hex}"
    with psycopg.connect(dsn, autocommit=True) as admin:
        _make_database(admin, name)
        try:
            with psycopg.connect(make_conninfo(dsn, dbname=name), autocommit=True) as connection:
                for script in scripts:
                    connection.execute(script.encode())
            yield sqlalchemy_url(dsn, name)
        finally:
            if _is_empty_again(make_conninfo(dsn, dbname=name)):
                admin.execute(SQL("COMMENT ON DATABASE {} IS {}").format(Identifier(name), IDLE))
            else:
                _drop_database(admin, name)


def drop_idle_databases(dsn: str) -> None:
    """Drop those that tests of this process have left on a server."""
    with psycopg.connect(dsn, autocommit=True) as admin:
        for (name,) in admin.execute(_IDLE_DATABASES, [IDLE]).fetchall():
            _drop_database(admin, name)


def _make_database(admin: psycopg.Connection, name: str) -> None:
    """Give an idle database the name, or make one."""
    idle = admin.execute(_IDLE_DATABASES, [IDLE]).fetchone()
    if idle is None:
        admin.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
        return
    admin.execute(SQL("ALTER DATABASE {} RENAME TO {}").format(Identifier(idle[0]), Identifier(name)))
    admin.execute(SQL("COMMENT ON DATABASE {} IS NULL").format(Identifier(name)))


def _is_empty_again(dsn: str) -> bool:
    """Empty the schema `public` of a database; return whether that is all there was."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(_END_OTHER_SESSIONS)
        row = connection.execute(_IS_SCHEMA_ALL).fetchone()
        if row != (True,):
            return False
        connection.execute(_NEW_SCHEMA)
    return True


def _drop_database(admin: psycopg.Connection, name: str) -> None:
    admin.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


def sqlalchemy_url(dsn: str, database: str) -> URL:
    """Return SQLAlchemy's URL, sync and async alike, of a database on the server of `dsn`."""
    return make_url(dsn).set(drivername="postgresql+psycopg", database=database)


def writers_url(url: URL) -> URL:
    """Return the URL that an Engine takes for the same database: psycopg's, or SQLite's."""
    return url.set(drivername={"postgresql": "postgresql+psycopg", "sqlite": "sqlite"}[url.get_backend_name()])
