"""Measured days, issued statements and notifications in PostgreSQL or SQLite, through SQLAlchemy."""
################################################################
# Each call is one transaction. The engine is the caller's: its pool, its time-outs,
# its errors. `ddl` prints the tables; `create_tables` makes them. `metadata` has them
# for tools that compare a database with what it should hold: alembic's autogenerate
# drops tables that it does not know.
################################################################

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Concatenate, Final, ParamSpec, TypeVar

from sla_compliance.analysis import Statement
from sla_compliance.calls.worker_threads import WorkerThreads
from sla_compliance.errors import requires_extra
from sla_compliance.measured import DayKey
from sla_compliance.stores.notifications import (
    ALL_DELIVERIES,
    ClaimFilter,
    Delivery,
    DeliveryPage,
    DeliveryStatus,
    StoredState,
)
from sla_compliance.stores.protocol import Restatement, StoredDay
from sla_compliance.stores.statements import ALL_STATEMENTS, StatementFilter, StatementPage

with requires_extra("sqlalchemy", __name__):
    from sqlalchemy import Connection, Engine, MetaData
    from sqlalchemy.ext.asyncio import AsyncEngine

from sla_compliance.stores import _notification_rows, _rows, _statement_rows, _tables

metadata: Final[MetaData] = _tables.STORE_TABLES
"""The tables sla_days, sla_changes, sla_restatements, sla_statements, sla_alert_states and sla_deliveries, e.g. for
alembic's `target_metadata`."""

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")


class _SQLStore(ABC):
    """A store over anything that runs a function in a transaction."""

    @abstractmethod
    async def _run(
        self,
        work: Callable[Concatenate[Connection, _Arguments], _Result],
        *args: _Arguments.args,
        **kwargs: _Arguments.kwargs,
    ) -> _Result: ...

    async def create_tables(self) -> None:
        """Make the tables of days, statements and notifications where they are not there yet.

        Raises:
            InvalidValueError: they are there, of an earlier version; `upgrade_ddl` has the statements to run.
        """
        await self._run(_tables.create)

    async def now_us(self) -> int | None:
        """Return the present moment by the database's clock, microseconds; None of SQLite, whose clock is this one."""
        return await self._run(_rows.now_us)


class _AsyncStore(_SQLStore):
    """A store over an AsyncEngine."""

    def __init__(self, engine: AsyncEngine) -> None:
        """Keep the engine; no connection is made yet."""
        self._engine = engine

    async def _run(
        self,
        work: Callable[Concatenate[Connection, _Arguments], _Result],
        *args: _Arguments.args,
        **kwargs: _Arguments.kwargs,
    ) -> _Result:
        async with self._engine.begin() as connection:
            return await connection.run_sync(work, *args, **kwargs)


class _ThreadedStore(_SQLStore):
    """A store over an Engine; each call runs in a thread of the store's own."""

    def __init__(self, engine: Engine) -> None:
        """Keep the engine; no connection is made yet."""
        self._engine = engine
        self._threads = WorkerThreads("store")

    async def _run(
        self,
        work: Callable[Concatenate[Connection, _Arguments], _Result],
        *args: _Arguments.args,
        **kwargs: _Arguments.kwargs,
    ) -> _Result:
        def in_transaction() -> _Result:
            with self._engine.begin() as connection:
                return work(connection, *args, **kwargs)

        return await self._threads.run(in_transaction)


class _SQLDayStore(_SQLStore):
    """The calls of a DayStore."""

    async def days(self, keys: Sequence[DayKey]) -> dict[DayKey, StoredDay]:
        """Return those of some days of one tenant that are stored; one query."""
        return await self._run(_rows.read, keys)

    async def days_of_tenants(self, keys: Collection[DayKey]) -> dict[DayKey, StoredDay]:
        """Return those of some days of any tenants that are stored; one query."""
        return await self._run(_rows.read_of_tenants, keys)

    async def changes(self, tenant_id: str, dates: Collection[dt.date]) -> dict[dt.date, int]:
        """Return how many changes of each of some dates were reported; one query."""
        return await self._run(_rows.changes, tenant_id, dates)

    async def add(self, days: Mapping[DayKey, StoredDay]) -> int:
        """Store the days that are not there yet; return how many those were."""
        return await self._run(_rows.add, days)

    async def mark_stale(self, tenant_id: str, dates: Iterable[dt.date]) -> int:
        """Report a change of facts of some dates; return how many days are stored of them."""
        return await self._run(_rows.mark_stale, tenant_id, dates)

    async def stale(self, tenant_id: str) -> list[DayKey]:
        """Return the days that are not current, by date."""
        return await self._run(_rows.stale, tenant_id)

    async def measured_after(self, tenant_id: str, instant_us: int) -> list[DayKey]:
        """Return the current days that were measured or written after an instant, by date."""
        return await self._run(_rows.measured_after, tenant_id, instant_us)

    async def outdate_others(self, tenant_id: str, *, measurement: str, zone: str) -> None:
        """Let the days of a tenant that have another measurement or zone include no reported change any more."""
        await self._run(_rows.outdate_others, tenant_id, measurement, zone)

    async def restate(
        self,
        days: Mapping[DayKey, StoredDay],
        *,
        reason: str,
        at_us: int,
        cause: str | None = None,
        author: str | None = None,
    ) -> list[Restatement]:
        """Rewrite stored days that a measurement supersedes; return what differed."""
        return await self._run(_rows.restate_days, days, reason, at_us, cause, author)

    async def restatements(self, tenant_id: str) -> list[Restatement]:
        """Return the trail of a tenant, oldest first."""
        return await self._run(_rows.restatements, tenant_id)


class AsyncSQLAlchemyDayStore(_AsyncStore, _SQLDayStore):
    """A DayStore over an AsyncEngine."""


class SQLAlchemyDayStore(_ThreadedStore, _SQLDayStore):
    """A DayStore over an Engine; each call runs in a thread of the store's own."""


class _SQLStatementStore(_SQLStore):
    """The calls of a StatementStore."""

    async def append(self, statement: Statement) -> Statement:
        """Keep a statement and return it; errors as `StatementStore.append`."""
        return await self._run(_statement_rows.append, statement)

    async def last(self, tenant_id: str, subject: str | None, start_us: int, end_us: int) -> Statement | None:
        """Return the last statement of a series; None where there is none; one query."""
        return await self._run(_statement_rows.last, tenant_id, subject, start_us, end_us)

    async def known_at(
        self, tenant_id: str, subject: str | None, start_us: int, end_us: int, at_us: int
    ) -> Statement | None:
        """Return the last statement of a series that was issued by an instant; None where there is none; one query."""
        return await self._run(_statement_rows.last, tenant_id, subject, start_us, end_us, at_us)

    async def with_digest(self, tenant_id: str, digest: str) -> Statement | None:
        """Return the statement of a tenant with a digest; None where there is none; one query."""
        return await self._run(_statement_rows.with_digest, tenant_id, digest)

    async def page(
        self, tenant_id: str, wanted: StatementFilter = ALL_STATEMENTS, *, limit: int, offset: int = 0
    ) -> StatementPage:
        """Return some of the statements of a tenant, those issued last first; two queries."""
        return await self._run(_statement_rows.page, tenant_id, wanted, limit, offset)


class AsyncSQLAlchemyStatementStore(_AsyncStore, _SQLStatementStore):
    """A StatementStore over an AsyncEngine."""


class SQLAlchemyStatementStore(_ThreadedStore, _SQLStatementStore):
    """A StatementStore over an Engine; each call runs in a thread of the store's own."""


class _SQLNotificationStore(_SQLStore):
    """The calls of a NotificationStore."""

    async def states(self, tenant_ids: Collection[str]) -> Mapping[str, StoredState]:
        """Return the states of tenants that have one; one query for 900."""
        return await self._run(_notification_rows.read_states, tenant_ids)

    async def commit(self, states: Sequence[StoredState], deliveries: Sequence[Delivery]) -> frozenset[str]:
        """Write states and their deliveries; return the tenants whose state was written."""
        return await self._run(_notification_rows.commit, states, deliveries)

    async def add(self, deliveries: Sequence[Delivery]) -> int:
        """Keep deliveries that are not kept yet; return how many."""
        return await self._run(_notification_rows.add_deliveries, deliveries)

    async def claim(
        self, now_us: int, *, until_us: int, limit: int, wanted: ClaimFilter = ALL_DELIVERIES
    ) -> tuple[Delivery, ...]:
        """Return waiting deliveries that are due, and claim them; one statement."""
        return await self._run(_notification_rows.claim, now_us, until_us, limit, wanted)

    async def mark_sent(self, delivery_id: str, at_us: int) -> None:
        """Write that a delivery was sent."""
        await self._run(_notification_rows.mark_sent, delivery_id, at_us)

    async def mark_failed(self, delivery_id: str, at_us: int, *, error: str, retry_us: int | None) -> None:
        """Write that an attempt failed: try again at `retry_us`, or never where it is None."""
        await self._run(_notification_rows.mark_failed, delivery_id, at_us, error, retry_us)

    async def retry(self, delivery_id: str, at_us: int) -> bool:
        """Let a delivery that failed for good wait again; return whether it did."""
        return await self._run(_notification_rows.retry, delivery_id, at_us)

    async def deliveries(
        self,
        tenant_id: str | None = None,
        *,
        status: DeliveryStatus | None = None,
        limit: int,
        offset: int = 0,
    ) -> DeliveryPage:
        """Return some of the log, those made last first; two queries."""
        return await self._run(_notification_rows.log_page, tenant_id, status, limit, offset)


class AsyncSQLAlchemyNotificationStore(_AsyncStore, _SQLNotificationStore):
    """A NotificationStore over an AsyncEngine."""


class SQLAlchemyNotificationStore(_ThreadedStore, _SQLNotificationStore):
    """A NotificationStore over an Engine; each call runs in a thread of the store's own."""


def ddl(dialect: str) -> str:
    """Return the statements that make the tables of a store.

    Args:
        dialect: "postgresql" or "sqlite".

    Raises:
        InvalidValueError: it is neither.

    >>> print(ddl("sqlite").splitlines()[0])
    CREATE TABLE IF NOT EXISTS sla_days (
    """
    return "\n\n".join(_tables.create_statements(dialect))


def upgrade_ddl(dialect: str, *, from_version: int = 1) -> str:
    """Return the statements that make the tables of today of those of a version, to be run once, in one transaction.

    Days of version 1 keep their cells, their count of changes and their sentences; of rows read and rules they know
    nothing. Version 2 lacks the cause and the author of restatements, and the table of statements; version 3 the tables
    of notifications. PostgreSQL, or SQLite from 3.35 on.

    Args:
        dialect: "postgresql" or "sqlite".
        from_version: 1, 2 or 3.

    Raises:
        InvalidValueError: one of them is neither.
    """
    return "\n\n".join(_tables.upgrade_statements(dialect, from_version))
