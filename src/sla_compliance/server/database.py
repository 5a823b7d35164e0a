"""The database behind the app: its engine, whether it answers, and its tables when the server starts."""

from __future__ import annotations

import asyncio
from contextlib import closing
from datetime import datetime
from typing import Final

from sla_compliance.errors import InvalidValueError, requires_extra, shown

with requires_extra("serve", __name__):
    from sqlalchemy import Connection, create_engine, inspect, text
    from sqlalchemy.engine import URL
    from sqlalchemy.exc import DBAPIError
    from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from sla_compliance.server.sample_database import (
    DEMO_TENANT,
    DIALECTS,
    SECOND_TENANT,
    TABLES,
    create_tables,
    demo_providers,
    write_rows,
)
from sla_compliance.sources.database_urls import ASYNC_DRIVERS, parse_database_url

STORED_DAYS_TABLE: Final = "sla_days"
CONNECT_WITHIN_S: Final = 3
ANSWER_WITHIN_S: Final = 5
POOL_TIME_OUT_S: Final = 5


def database_url(url_text: str) -> URL:
    """Return the URL of a PostgreSQL or SQLite database, with the driver that the app uses.

    Raises:
        InvalidValueError: it is the URL of neither; the message does not show it, for it may hold a password.
    """
    return parse_database_url(url_text, drivers=ASYNC_DRIVERS)


def engine_of(url: URL) -> AsyncEngine:
    """Return the engine; it connects when it is first used.

    Raises:
        MissingExtraError: the driver is not installed.
    """
    with requires_extra("serve", __name__):  # SQLAlchemy imports the driver here
        if url.get_backend_name() == "sqlite":
            return create_async_engine(url)
        return create_async_engine(
            url,
            pool_pre_ping=True,
            pool_timeout=POOL_TIME_OUT_S,
            connect_args={"connect_timeout": CONNECT_WITHIN_S},
        )


async def ping(engine: AsyncEngine) -> None:
    """Return once the database has answered.

    Raises:
        TimeoutError: it takes longer than ANSWER_WITHIN_S.
        SQLAlchemyError, OSError: the database's own error.
    """
    async with asyncio.timeout(ANSWER_WITHIN_S), engine.connect() as connection:
        await connection.execute(text("SELECT 1"))


def prepare(url_text: str, *, demo_at: datetime | None) -> bool:
    """Create the platform's tables that an SQLite file lacks; with `demo_at` fill in the demonstration as of then.

    Returns:
        Whether the database has the tables of stored days.

    Raises:
        InvalidValueError: as `database_url`; or the demonstration would mix with rows of other tenants.
        MissingExtraError: as `engine_of`.
        OSError: the database cannot be reached, or refuses a statement.
    """
    url = database_url(url_text)
    engine_of(url)  # a missing driver is an error here and not in each worker
    is_file = url.get_backend_name() == "sqlite"
    engine = create_engine(url.set(drivername="sqlite") if is_file else url)  # a sync driver: no event loop runs yet
    try:
        with engine.begin() as connection:
            if is_file or demo_at is not None:
                _create_missing_tables(connection)
            if demo_at is not None:
                _fill(connection, demo_at)
            return inspect(connection).has_table(STORED_DAYS_TABLE)
    except DBAPIError as error:  # of a statement of SQLAlchemy's
        raise OSError(f"the database cannot be used: {error.orig}") from error
    except engine.dialect.loaded_dbapi.Error as error:  # of the writer's cursor, which is the driver's own
        raise OSError(f"the database cannot be used: {error}") from error
    finally:
        engine.dispose()


def _create_missing_tables(connection: Connection) -> None:
    """Create those of the platform's tables that the database lacks; one that exists is left as it is."""
    inspector = inspect(connection)
    missing_tables = [table for table in TABLES if not inspector.has_table(table.name)]
    with closing(connection.connection.cursor()) as cursor:
        create_tables(cursor, DIALECTS[connection.dialect.name], missing_tables)


def _fill(connection: Connection, now: datetime) -> None:
    """Write the demonstration's rows, in place of those of an earlier one.

    Raises:
        InvalidValueError: the database holds other tenants.
    """
    tenant_ids = set(connection.scalars(text("SELECT id FROM tenants")))
    real_tenant_ids = tenant_ids - {DEMO_TENANT, SECOND_TENANT}
    if real_tenant_ids:
        example = shown(min(real_tenant_ids))
        raise InvalidValueError(
            f"--demo would mix made-up rows with those of tenant {example}; give it a database of its own"
        )
    with closing(connection.connection.cursor()) as cursor:
        write_rows(cursor, DIALECTS[connection.dialect.name], demo_providers(now))
