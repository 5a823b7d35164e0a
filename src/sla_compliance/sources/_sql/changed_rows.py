"""Changed rows of alarms: read by their ids over a session's own connection, and what became of each."""
################################################################
# A row that is about to change is locked while it is read. Else another transaction
# could commit between the reading and the change: what it made of the row would be the
# state before, and no report would cover the days on which that state differs.
# PostgreSQL locks it as an UPDATE does, so keys that refer to it are not held up. SQLite
# has no locks of rows.
################################################################

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, bindparam, select, true
from sqlalchemy.types import TypeEngine

from sla_compliance.alarms import ALARM_COLUMNS, DESCRIPTIVE_COLUMNS, INSTANT_COLUMNS, Alarm, ColumnKind
from sla_compliance.errors import InvalidAlarmError, SLAComplianceError
from sla_compliance.instant_columns import is_not_yet
from sla_compliance.lazy import lazy_property
from sla_compliance.sources._sql.mappings import AlarmsTable, DefaultName
from sla_compliance.sources._sql.reflection import ReflectedTable, reflect_table
from sla_compliance.sources._sql.shapes import Fields, RowsStatement, rows_statement
from sla_compliance.units import moment

_IDS: Final = "changed_ids"  # name of the statement's parameter
_TENANT: Final = "tenant_id"

ReportedRow = tuple[str, Alarm | None, Alarm | None]
"""A tenant's id, and an alarm of it before and after."""


@dataclass(frozen=True, slots=True)
class TenantAlarm:
    """A row of alarms and whose it is."""

    tenant_id: str
    alarm: Alarm


@dataclass(frozen=True, slots=True)
class RowChange:
    """A row before and after a flush; None where it was not there."""

    row_id: str
    old: TenantAlarm | None
    new: TenantAlarm | None


class ChangedRows:
    """Reads rows of a mapped table by the values that its class has for their ids."""

    def __init__(
        self,
        mapping: AlarmsTable,
        id_column: str,
        id_type: TypeEngine[Any],
        on_unreadable: Callable[[SLAComplianceError], None],
    ) -> None:
        """Keep what says where rows are; the table is reflected over the first connection.

        Args:
            id_column, id_type: the mapped column of ids, and its type in the mapped class.
            on_unreadable: called with the fault of a row that is no alarm; such a row is taken for absent.
        """
        self._mapping = mapping
        self._id_column = id_column
        self._id_type = id_type
        self._on_unreadable = on_unreadable
        self._table: _AlarmRows | None = None

    def read(self, connection: Connection, ids: Collection[object]) -> dict[str, TenantAlarm]:
        """Return those of some rows that are there and belong to a tenant, by their id as text; one statement."""
        return self._read(connection, self._alarm_rows(connection).statement, ids)

    def lock_and_read(self, connection: Connection, ids: Collection[object]) -> dict[str, TenantAlarm]:
        """Return the same of rows that the connection's transaction is about to change."""
        return self._read(connection, self._alarm_rows(connection).locking_statement, ids)

    def _alarm_rows(self, connection: Connection) -> _AlarmRows:
        if self._table is None:
            self._table = _AlarmRows(connection, self._mapping, self._id_column, self._id_type)
        return self._table

    def _read(
        self, connection: Connection, statement: RowsStatement, ids: Collection[object]
    ) -> dict[str, TenantAlarm]:
        rows = statement.fetch(connection, {_IDS: list(ids)})
        faults = dict(rows.faults)
        columns = {name: list(values) for name, values in rows.by_name.items()}
        columns["severity"], _ = self._mapping.severities.read_column(columns["severity"])
        if "status" in columns:
            columns["status"] = self._mapping.statuses.read_column(columns["status"])
        alarms: dict[str, TenantAlarm] = {}
        for index, (row_id, tenant_id) in enumerate(zip(columns["id"], columns[_TENANT], strict=True)):
            fault = faults.get(index)
            values = {name: columns[name][index] for name in columns if name != _TENANT}
            if fault is None and values["first_occurrence"] is None:
                fault = InvalidAlarmError("first_occurrence is missing", field="first_occurrence", row=index)
            if fault is not None:
                self._on_unreadable(fault)
            elif tenant_id is not None:
                alarms[str(row_id)] = TenantAlarm(str(tenant_id), _alarm(values))
        return alarms


def _alarm(values: dict[str, Any]) -> Alarm:
    """Return the alarm of a row's columns, whose instants are microseconds."""
    for name in INSTANT_COLUMNS:
        instant_us = values.get(name)
        values[name] = None if instant_us is None or is_not_yet(instant_us) else moment(instant_us)
    return Alarm(**values)


class _AlarmRows:
    """A mapped table of alarms, reflected, and the statement that reads rows by their ids."""

    def __init__(self, connection: Connection, mapping: AlarmsTable, id_column: str, id_type: TypeEngine[Any]) -> None:
        names = [column.name for column in ALARM_COLUMNS if column.kind is not ColumnKind.COUNT]
        mapped = {name: column for name in names if (column := getattr(mapping, name)) is not None}
        required = [name for name in (mapping.tenant_id, *mapped.values()) if not isinstance(name, DefaultName)]
        self._mapping = mapping
        # Rows that do not meet the condition are none: a soft delete takes a row away.
        self._table: ReflectedTable = reflect_table(
            connection, mapping.table, mapping.schema, required, where=mapping.where
        )
        self._columns = {name: column for name, column in mapped.items() if self._is_usable(name, column)}
        self._id_column = id_column
        self._id_type = id_type

    def _is_usable(self, name: str, column: str) -> bool:
        """Return whether a mapped column is there, and instants of a default one are of the kind of the others."""
        if not isinstance(column, DefaultName):
            return True
        if name in INSTANT_COLUMNS:
            return self._table.has_instants_like(column, self._mapping.first_occurrence)
        return column in self._table.types

    @lazy_property
    def statement(self) -> RowsStatement:
        """The statement for the rows with the ids of the parameter."""
        return self._statement(self._table, self._has_changed_id(self._table))

    @lazy_property
    def locking_statement(self) -> RowsStatement:
        """The same, which locks the rows first: it reads what other transactions have committed meanwhile."""
        table = self._table
        # In a subquery: PostgreSQL locks no rows of an aggregate.
        locked_rows = (
            select(*table.selectable.c).where(self._has_changed_id(table)).with_for_update(key_share=True)
        ).subquery("locked_rows")
        return self._statement(replace(table, selectable=locked_rows), true())

    def _has_changed_id(self, table: ReflectedTable) -> ColumnElement[bool]:
        # The type of the mapped class: it says how the driver writes a value, as in the class's own statements.
        ids = bindparam(_IDS, expanding=True, type_=self._id_type)
        return table.column(self._id_column).in_(ids)

    def _statement(self, table: ReflectedTable, condition: ColumnElement[bool]) -> RowsStatement:
        instants = {name: column for name, column in self._columns.items() if name in INSTANT_COLUMNS}
        texts = {name: column for name, column in self._columns.items() if name in DESCRIPTIVE_COLUMNS}
        texts[_TENANT] = self._mapping.tenant_id
        kind = table.instants(instants.values(), self._mapping.naive_times, self._mapping.times_in)
        fields = Fields(
            {name: table.column(column) for name, column in instants.items()},
            {name: table.column_as_text(column) for name, column in texts.items()},
        )
        return rows_statement(fields, kind, condition, table.name)


def net_changes(changes: Iterable[RowChange]) -> list[ReportedRow]:
    """Return what became of each row over a whole transaction: its tenant, the row before and after."""
    net: dict[str, RowChange] = {}
    for change in changes:
        first = net.get(change.row_id, change)
        net[change.row_id] = RowChange(change.row_id, first.old, change.new)
    reports: list[ReportedRow] = []
    for change in net.values():
        old, new = change.old, change.new
        if old == new:
            continue
        if old is not None and new is not None and old.tenant_id == new.tenant_id:
            reports.append((old.tenant_id, old.alarm, new.alarm))
            continue
        # The row went from one tenant to another: each sees its own part of that.
        if old is not None:
            reports.append((old.tenant_id, old.alarm, None))
        if new is not None:
            reports.append((new.tenant_id, None, new.alarm))
    return reports
