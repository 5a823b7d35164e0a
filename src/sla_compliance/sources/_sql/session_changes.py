"""SessionChanges: inserts, updates and deletes of a mapped class, reported to a service once they are committed."""
################################################################
# A row is read as the database has it, over the session's own connection: before an
# update or a delete, and after the flush. So server defaults, SQL expressions and
# expired attributes are what was really written. Each changed row costs a statement
# before, and each flush one after.
#
# Changes belong to the transaction, or the savepoint, in which they were flushed:
#   - it commits a savepoint: they go to the transaction around it;
#   - it is rolled back, or closed without a commit: they are dropped;
#   - the outermost one commits: of each row, the first state before and the last one
#     after are reported.
# They are reported when the transaction has ended, because its connection is back in
# the pool by then: a service on the same engine needs one.
#
# The commit stands whatever becomes of the report. A failure is logged and handed to
# `on_error`.
#
# A statement on many rows (`session.execute(update(Alarm)...)`) says nothing of single
# rows. It is refused, unless its execution options say that its author reports it.
################################################################

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, Protocol

from sqlalchemy import Connection, event
from sqlalchemy import inspect as inspected
from sqlalchemy.exc import NoInspectionAvailable
from sqlalchemy.orm import (
    Mapper,
    ORMExecuteState,
    Session,
    SessionTransaction,
    UOWTransaction,
    object_session,
    scoped_session,
    sessionmaker,
)
from sqlalchemy.util.concurrency import await_only, in_greenlet

from sla_compliance.alarms import Alarm
from sla_compliance.checks import wrong_type
from sla_compliance.errors import InvalidTypeError, InvalidValueError
from sla_compliance.sources._sql.changed_rows import ChangedRows, ReportedRow, RowChange, TenantAlarm, net_changes
from sla_compliance.sources._sql.mappings import PLATFORM_ALARMS, AlarmsTable

BULK_OPTION: Final = "sla_changes_reported"

_log = logging.getLogger(__name__)


class AlarmChanges(Protocol):
    """Anything that takes note of a changed alarm, e.g. a SyncComplianceService."""

    def alarm_changed(self, tenant_id: str, old: Alarm | None, new: Alarm | None) -> Sequence[date]:
        """Take note of the change."""
        ...


class AsyncAlarmChanges(Protocol):
    """The same, awaited, e.g. a ComplianceService."""

    async def alarm_changed(self, tenant_id: str, old: Alarm | None, new: Alarm | None) -> Sequence[date]:
        """Take note of the change."""
        ...


def report_changes(
    session_class: type[Session] | sessionmaker[Any] | scoped_session[Any],
    entity: type[Any],
    service: AlarmChanges | AsyncAlarmChanges,
    *,
    table: AlarmsTable = PLATFORM_ALARMS,
    on_error: Callable[[BaseException], None] | None = None,
) -> SessionChanges:
    """Report inserts, updates and deletes of a mapped class to a service, once they are committed.

    The commit returns when the service has taken note, or has failed to: then the failure is logged and handed to
    `on_error`, and the commit stands. Statements on many rows are refused unless their execution options hold
    `sla_changes_reported=True`. What goes past sessions, or past the unit of work (`bulk_save_objects`, text, other
    programs), is not seen; the nightly reconciliation is for that.

    Args:
        session_class: a subclass of Session, or a sessionmaker; for an AsyncSession its `sync_session_class`.
        entity: the mapped class of alarms; its subclasses count too.
        service: a SyncComplianceService for a Session; a ComplianceService of the same event loop for an AsyncSession.
        table: the names of the columns; by default the platform's.
        on_error: called with each change that could not be reported, or read.

    Returns:
        The listener; its `stop()` ends it.

    Raises:
        InvalidTypeError: `session_class` or `entity` is none.
        InvalidValueError: `table` does not describe the table of `entity`, or maps no ids.
    """
    return SessionChanges(_sync_class(session_class), _mapper_of(entity, table), service, table, on_error)


def _sync_class(session_class: object) -> type[Session]:
    if isinstance(session_class, scoped_session):
        session_class = session_class.session_factory
    if isinstance(session_class, sessionmaker):
        session_class = session_class.class_
    if not isinstance(session_class, type) or not issubclass(session_class, Session):
        raise wrong_type(
            session_class,
            "session_class",
            "a subclass of Session or a sessionmaker; for an AsyncSession the class given as its sync_session_class",
        )
    return session_class


def _mapper_of(entity: object, table: AlarmsTable) -> Mapper[Any]:
    """Return the mapper of a class that `table` describes."""
    try:
        mapper = inspected(entity)
    except NoInspectionAvailable:
        mapper = None
    if not isinstance(mapper, Mapper):
        raise wrong_type(entity, "entity", "a class that SQLAlchemy has mapped")
    mapped_table = mapper.local_table
    if getattr(mapped_table, "name", None) != table.table:
        raise InvalidValueError(
            f"table describes {table.table}, and {mapper.class_.__name__} is mapped to {mapped_table.description}; "
            f"give table=AlarmsTable(table={mapped_table.description!r})",
            field="table",
        )
    if table.id is None or table.id not in mapped_table.c:
        raise InvalidValueError(
            f"table.id is {table.id!r}, which {mapper.class_.__name__} does not have; map the column of ids",
            field="table.id",
        )
    return mapper


@dataclass(slots=True)
class _Pending:
    """What a session has changed and not reported yet.

    Attributes:
        rows_before: the rows that a flush is about to change, as they were.
        ids: the values of their ids, in the order in which they were met.
        changes: by the transaction or savepoint in which they were flushed.
        committed: those of these that have committed and not ended yet.
    """

    rows_before: dict[str, TenantAlarm] = field(default_factory=dict)
    ids: dict[object, None] = field(default_factory=dict)
    changes: dict[SessionTransaction, list[RowChange]] = field(default_factory=dict)
    committed: set[SessionTransaction] = field(default_factory=set)


class SessionChanges:
    """Listens to sessions of one class; made by `report_changes`."""

    def __init__(
        self,
        session_class: type[Session],
        mapper: Mapper[Any],
        service: AlarmChanges | AsyncAlarmChanges,
        table: AlarmsTable,
        on_error: Callable[[BaseException], None] | None,
    ) -> None:
        self._session_class = session_class
        self._mapper = mapper
        self._service: Any = service
        self._is_async = inspect.iscoroutinefunction(service.alarm_changed)
        self._on_error = on_error
        id_column = mapper.local_table.c[str(table.id)]
        self._id_attribute = mapper.get_property_by_column(id_column).key
        self._rows = ChangedRows(table, str(table.id), id_column.type, self._fail)
        self._listeners: list[tuple[Any, str, Callable[..., None]]] = [
            (mapper, "before_update", self._before_change),
            (mapper, "before_delete", self._before_change),
            (mapper, "after_insert", self._after_insert),
            (session_class, "after_flush", self._after_flush),
            (session_class, "after_commit", self._after_commit),
            (session_class, "after_transaction_end", self._after_transaction_end),
            (session_class, "do_orm_execute", self._before_statement),
        ]
        for target, name, listener in self._listeners:
            event.listen(target, name, listener, **({"propagate": True} if target is mapper else {}))

    def stop(self) -> None:
        """Listen no more; what is not committed yet is not reported. Twice does no harm."""
        for target, name, listener in self._listeners:
            if event.contains(target, name, listener):
                event.remove(target, name, listener)

    def _pending(self, session: Session) -> _Pending:
        pending: _Pending = session.info.setdefault(self, _Pending())
        return pending

    def _before_change(self, _: Mapper[Any], connection: Connection, row: object) -> None:
        """Lock and read a row before it is updated or deleted."""
        session = object_session(row)
        if not isinstance(session, self._session_class):
            return
        self._check_session()
        pending, row_id = self._pending(session), self._id_of(row)
        pending.ids |= {row_id: None, getattr(row, self._id_attribute): None}
        pending.rows_before |= self._rows.lock_and_read(connection, [row_id])

    def _after_insert(self, _: Mapper[Any], __: Connection, row: object) -> None:
        session = object_session(row)
        if isinstance(session, self._session_class):
            self._check_session()
            self._pending(session).ids[self._id_of(row)] = None

    def _id_of(self, row: object) -> object:
        """Return the value of a row's id, before a change of it."""
        history = inspected(row).attrs[self._id_attribute].history
        return history.deleted[0] if history.deleted else getattr(row, self._id_attribute)

    def _check_session(self) -> None:
        """Refuse a service that cannot be called from here, before anything is written."""
        if self._is_async and not in_greenlet():
            raise InvalidTypeError(
                "service is async and this Session is not; give report_changes a SyncComplianceService",
                field="service",
            )

    def _after_flush(self, session: Session, _: UOWTransaction) -> None:
        """Keep what a flush has changed with its transaction or savepoint."""
        pending = self._pending(session)
        if not pending.ids:
            return
        rows_after = self._rows.read(session.connection(bind_arguments={"mapper": self._mapper}), pending.ids)
        transaction = _innermost(session)
        changes = pending.changes.setdefault(transaction, [])
        for row_id in {**pending.rows_before, **rows_after}:
            changes.append(RowChange(row_id, pending.rows_before.get(row_id), rows_after.get(row_id)))
        pending.rows_before, pending.ids = {}, {}

    def _after_commit(self, session: Session) -> None:
        self._pending(session).committed.add(_innermost(session))

    def _after_transaction_end(self, session: Session, transaction: SessionTransaction) -> None:
        """Report, pass on or drop the changes of a transaction or savepoint that has ended."""
        pending = self._pending(session)
        changes = pending.changes.pop(transaction, [])
        is_committed = transaction in pending.committed
        pending.committed.discard(transaction)
        if transaction.parent is None:
            # A flush that failed leaves what it was about to change.
            session.info.pop(self)
            if is_committed:
                self._report(net_changes(changes))
        elif is_committed:
            enclosing = transaction.parent
            while enclosing.parent is not None and not enclosing.nested:
                enclosing = enclosing.parent
            pending.changes.setdefault(enclosing, []).extend(changes)
        elif transaction.nested:
            pending.rows_before, pending.ids = {}, {}

    def _before_statement(self, state: ORMExecuteState) -> None:
        """Refuse a statement on many rows."""
        is_write = state.is_insert or state.is_update or state.is_delete
        if is_write and self._is_of_alarms(state.statement) and not state.execution_options.get(BULK_OPTION):
            raise InvalidValueError(
                f"the statement changes rows of {self._mapper.local_table.description} and reports none of them; "
                "change them through objects of the session, or report the dates with invalidate() and execute it "
                f"with execution_options({BULK_OPTION}=True); a purge of old rows needs no report",
                field="statement",
            )

    def _is_of_alarms(self, statement: object) -> bool:
        # By name: a statement on a mapped class holds an annotated copy of the table.
        target, mapped_table = getattr(statement, "table", None), self._mapper.local_table
        names = [(getattr(table, "name", None), getattr(table, "schema", None)) for table in (target, mapped_table)]
        return names[0] == names[1]

    def _report(self, changes: Sequence[ReportedRow]) -> None:
        if not changes:
            return
        if not self._is_async:
            for tenant_id, old, new in changes:
                try:
                    self._service.alarm_changed(tenant_id, old, new)
                except Exception as error:
                    self._fail(error)
            return
        # A task of its own: one who waits for the commit may be cancelled, and the report must not.
        task = asyncio.get_running_loop().create_task(self._report_async(changes))
        await_only(_finished(task))

    async def _report_async(self, changes: Sequence[ReportedRow]) -> None:
        for tenant_id, old, new in changes:
            try:
                await self._service.alarm_changed(tenant_id, old, new)
            except Exception as error:
                self._fail(error)

    def _fail(self, error: BaseException) -> None:
        _log.error("a change of alarms was committed and could not be reported", exc_info=error)
        if self._on_error is not None:
            self._on_error(error)


async def _finished(task: asyncio.Task[None]) -> None:
    await asyncio.shield(task)


def _innermost(session: Session) -> SessionTransaction:
    """Return the savepoint that a session is in, else its transaction."""
    transaction = session.get_nested_transaction() or session.get_transaction()
    assert transaction is not None  # noqa: S101 - a session that flushes or commits has one
    return transaction
