"""The database behind the app: its engine, whether it answers, and its tables when the server starts."""
################################################################
# The engine never waits without end: connecting, a statement and a peer that is gone
# have limits. A server that hangs and keeps its connections is the service's to
# notice (service/guarded_calls.py).
#
# A worker needs a connection for each fetch that may run at once, and some for short
# statements: tenants' settings, stored days, readiness. So no such statement waits
# behind drill-downs.
################################################################

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from typing import Final

from sla_compliance.errors import InvalidValueError, MissingExtraError, requires_extra, shown

with requires_extra("serve", __name__):
    from sqlalchemy import Connection, Engine, inspect, text
    from sqlalchemy.engine import URL
    from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from sla_compliance.server.sample_database import (
    ASYNCPG_DIALECT,
    DEMO_TENANT,
    DIALECTS,
    SECOND_TENANT,
    TABLES,
    Cursor,
    Dialect,
    create_tables,
    demo_providers,
    write_rows,
)
from sla_compliance.service.single_flight import SingleFlight
from sla_compliance.service.source_reader import MAX_CONCURRENT_FETCHES
from sla_compliance.sources.command_engines import run_with_engine
from sla_compliance.sources.database_urls import ASYNC_DRIVERS, connection_limits, parse_database_url

_log = logging.getLogger(__name__)
STORED_DAYS_TABLE: Final = "sla_days"
CONNECT_WITHIN_S: Final = 3
STATEMENT_WITHIN_MS: Final = 10_000
ANSWER_WITHIN_S: Final = 5
POOL_TIME_OUT_S: Final = 5
CONNECTIONS_FOR_SHORT_STATEMENTS: Final = 12
MOST_DATABASE_CONNECTIONS: Final = MAX_CONCURRENT_FETCHES + CONNECTIONS_FOR_SHORT_STATEMENTS
CONNECTIONS_KEPT: Final = 8


def database_url(url_text: str) -> URL:
    """Return the URL of a PostgreSQL or SQLite database, with the driver that the app uses.

    Raises:
        InvalidValueError: it is the URL of neither; the message does not show it, for it may hold a password.
        MissingExtraError: no driver that can serve is installed.
    """
    try:
        return parse_database_url(url_text, drivers=ASYNC_DRIVERS)
    except MissingExtraError as error:  # the extra of this command brings one for either database
        raise MissingExtraError(__name__, extra="serve", library=error.library) from error


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
            pool_size=CONNECTIONS_KEPT,
            max_overflow=MOST_DATABASE_CONNECTIONS - CONNECTIONS_KEPT,
            # The sources check for row-level security once; rows that a later policy hides would read as uptime.
            connect_args=connection_limits(
                url, connect_s=CONNECT_WITHIN_S, statement_ms=STATEMENT_WITHIN_MS, has_row_security=False
            ),
        )


class Readiness:
    """Whether the database answers and is in order, found out for all who ask at once over one connection."""

    def __init__(self, engine: AsyncEngine, checks: Sequence[Callable[[Connection], None]] = ()) -> None:
        """Keep the engine; no connection is made yet.

        Args:
            checks: called with a connection in autocommit; each raises where something is not in order.
        """
        self._engine = engine
        self._checks = checks
        self._flight: SingleFlight[None] = SingleFlight()

    async def check(self) -> None:
        """Return once the database has answered, and the checks have found nothing.

        While it hangs no further connection is made: everybody waits for the answer over the one that was.

        Raises:
            TimeoutError: it takes longer than ANSWER_WITHIN_S.
            SQLAlchemyError, OSError: the database's own error.
            SLAComplianceError: a check has found something.
        """
        task = self._flight.task("ping", self._ping)
        await asyncio.wait({task}, timeout=ANSWER_WITHIN_S)
        if not task.done():
            raise TimeoutError(f"the database took longer than {ANSWER_WITHIN_S} s")
        task.result()

    async def _ping(self) -> None:
        async with self._engine.connect() as connection:
            # A statement that is refused would spoil those after it in the same transaction.
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            await connection.execute(text("SELECT 1"))
            for check in self._checks:
                await connection.run_sync(check)

    async def aclose(self) -> None:
        """Give up what is under way."""
        await self._flight.aclose()


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

    def work(engine: Engine) -> bool:
        with engine.begin() as connection:
            if is_file or demo_at is not None:
                _create_missing_tables(connection, is_demo=demo_at is not None)
            if demo_at is not None:
                _fill(connection, demo_at)
            return inspect(connection).has_table(STORED_DAYS_TABLE)

    try:
        return run_with_engine(url_text, work, may_make_file=True)
    except OSError as error:
        raise OSError(f"the database cannot be used: {error}") from error


def _create_missing_tables(connection: Connection, *, is_demo: bool) -> None:
    """Create those of the platform's tables that the database lacks, and say so; one that exists is left as it is."""
    inspector = inspect(connection)
    missing_tables = [table for table in TABLES if not inspector.has_table(table.name)]
    if missing_tables and not is_demo:
        # A mistyped path is a new database: nothing else would tell it from a platform without an outage.
        names = ", ".join(table.name for table in missing_tables)
        _log.warning("The database lacks %s: made as empty tables. Without alarms every figure is 100 %%.", names)
    with _cursor(connection) as cursor:
        create_tables(cursor, _dialect(connection), missing_tables)


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
    with _cursor(connection) as cursor:
        write_rows(cursor, _dialect(connection), demo_providers(now))


def _dialect(connection: Connection) -> Dialect:
    """Return the SQL of a connection, with the placeholders of its driver."""
    if connection.dialect.paramstyle == "numeric_dollar":
        return ASYNCPG_DIALECT
    return DIALECTS[connection.dialect.name]


@contextmanager
def _cursor(connection: Connection) -> Iterator[Cursor]:
    """Yield a cursor of the driver.

    Raises:
        OSError: a statement of the cursor fails.
    """
    with closing(connection.connection.cursor()) as cursor:
        try:
            yield cursor
        except connection.dialect.loaded_dbapi.Error as error:  # the driver's own; SQLAlchemy does not see it
            raise OSError(str(error)) from error
