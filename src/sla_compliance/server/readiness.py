"""/readyz: whether the app can answer, and in one line why not."""
################################################################
# The app is ready while the database answers, has the tables and columns that the
# contract file maps, and lets the app's role read them. Until then every request for
# figures would fail; a balancer that asks sends none.
#
# The reason is a problem's `detail`, and one line of the log when the server starts. It
# names tables and columns. It never holds a URL, a user or a host: anyone may ask.
################################################################

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

from sla_compliance.errors import SLAComplianceError, requires_extra

with requires_extra("serve", __name__):
    from sqlalchemy import Connection, false, select
    from sqlalchemy.exc import SQLAlchemyError

from sla_compliance.server.database import Readiness
from sla_compliance.sources.sqlalchemy import MappedTables, TableCheck, check_readable
from sla_compliance.stores.sqlalchemy import metadata
from sla_compliance.web.errors import busy
from sla_compliance.web.outage_log import one_line

NO_ANSWER: Final = "The database does not answer."

_log = logging.getLogger(__name__)


def database_checks(tables: MappedTables, *, has_stored_days: bool) -> tuple[Callable[[Connection], None], ...]:
    """Return the checks of the tables that the app reads: the mapped ones, and those of stored days."""
    table_check = TableCheck(tables).check
    return (table_check, check_stored_days) if has_stored_days else (table_check,)


def check_stored_days(connection: Connection) -> None:
    """Check that the tables of stored days can be read.

    Raises:
        InvalidValueError: one of them cannot, or lacks a column; the message names the command that has the statements.
    """
    for name, table in metadata.tables.items():
        try:
            check_readable(connection, name, select(*table.c).where(false()))
        except SLAComplianceError as error:
            dialect = connection.dialect.name
            raise error.renamed(
                f"stored days (see `sla-compliance ddl --dialect {dialect}`, with --upgrade where they are older)"
            ) from error


class StartReport:
    """What is in the way when the server starts, as one line of the log."""

    def __init__(self, database: Readiness) -> None:
        """Keep what finds out."""
        self._database = database
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Find out in the background: the server answers /healthz meanwhile."""
        self._task = asyncio.create_task(self._report())

    async def aclose(self) -> None:
        """Give up what is under way."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    async def _report(self) -> None:
        error = await fault_of(self._database)
        if error is None:
            return
        # The driver's own words stay in the log: they may name a host and a user.
        words = "" if isinstance(error, SLAComplianceError) else f" {one_line(error)}"
        _log.error("not ready: %s%s", reason_of(error), words)


async def fault_of(database: Readiness) -> Exception | None:
    """Return the error that says why the app is not ready; None where it is."""
    try:
        await database.check()
    except (SLAComplianceError, SQLAlchemyError, OSError) as error:  # a time-out is an OSError
        return error
    return None


def reason_of(error: Exception) -> str:
    """Return why the app is not ready, on one line, as anyone may read it."""
    return " ".join(str(error).split()) if isinstance(error, SLAComplianceError) else NO_ANSWER


def readiness_endpoint(database: Readiness) -> Callable[[], Awaitable[dict[str, str]]]:
    """Return the endpoint: 200 where the app is ready, else a 503 with the reason."""

    async def readiness() -> dict[str, str]:
        error = await fault_of(database)
        if error is not None:
            raise busy(reason_of(error)) from error
        return {"status": "ok"}

    return readiness
