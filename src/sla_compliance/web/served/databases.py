"""The database behind the app: its engine, and whether it answers."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Final

from sqlalchemy import create_engine, inspect, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from sla_compliance.errors import requires_extra
from sla_compliance.sources.database_urls import ASYNC_DRIVERS, parse_database_url
from sla_compliance.web.served import tables
from sla_compliance.web.served.demo import fill

STORED_DAYS: Final = "sla_days"
CONNECT_WITHIN_S: Final = 3
ANSWER_WITHIN_S: Final = 5
WAIT_FOR_A_CONNECTION_S: Final = 5


def database_url(given: str) -> URL:
    """Return the URL of a PostgreSQL or SQLite database, with the driver that the app uses; errors as its parser's."""
    return parse_database_url(given, drivers=ASYNC_DRIVERS)


def engine_of(url: URL) -> AsyncEngine:
    """Return the engine; nothing is asked of it yet.

    Raises:
        MissingExtraError: the driver is not installed.
    """
    with requires_extra("serve", __name__):  # SQLAlchemy imports the driver here
        if url.get_backend_name() == "sqlite":
            return create_async_engine(url)
        return create_async_engine(
            url,
            pool_pre_ping=True,
            pool_timeout=WAIT_FOR_A_CONNECTION_S,
            connect_args={"connect_timeout": CONNECT_WITHIN_S},
        )


async def answers(engine: AsyncEngine) -> None:
    """Return if the database answers; else its own error is raised."""
    async with asyncio.timeout(ANSWER_WITHIN_S), engine.connect() as connection:
        await connection.execute(text("SELECT 1"))


def prepare(given: str, *, demo_at: datetime | None) -> bool:
    """Make the platform's tables in an SQLite file that lacks them; fill in the demonstration as of an instant.

    Returns:
        Whether the database has the tables of stored days.

    Raises:
        InvalidValueError: as `database_url`, and as `fill`.
        MissingExtraError: as `engine_of`.
        OSError: the database cannot be reached.
    """
    url = database_url(given)
    engine_of(url)  # so that a missing driver is an error here, not in each worker
    is_file = url.get_backend_name() == "sqlite"
    engine = create_engine(url.set(drivername="sqlite" if is_file else url.drivername))
    try:
        if is_file:
            tables.metadata.create_all(engine)
        if demo_at is not None:
            fill(engine, demo_at)
        return inspect(engine).has_table(STORED_DAYS)
    except DBAPIError as error:
        raise OSError(f"the database cannot be used: {error.orig}") from error
    finally:
        engine.dispose()
