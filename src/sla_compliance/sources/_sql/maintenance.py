"""The one statement that reads a tenant's maintenance windows; maintenance_rows.py says what each row means."""
################################################################
# A row that is no window takes no answer away: an instant that cannot be read is a
# fault of its row. Times without an offset, which the mapping does not explain, are an
# error all the same: they are no fault of one row.
################################################################

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import ColumnElement, Connection, and_, or_

from sla_compliance.calendars.exclusions import MaintenanceWindow
from sla_compliance.errors import NaiveDatetimeError
from sla_compliance.sources._sql.instants import SQLiteInstants
from sla_compliance.sources._sql.kept_reflection import KeptReflection
from sla_compliance.sources._sql.maintenance_rows import SCOPE_COLUMNS, ReadMaintenance
from sla_compliance.sources._sql.mappings import DefaultName, MaintenanceTable, named_columns
from sla_compliance.sources._sql.reflection import checked_tenant_id
from sla_compliance.sources._sql.row_security import readable_table
from sla_compliance.sources._sql.shapes import Fields, rows_statement
from sla_compliance.units import MAX_US, MIN_US

_PLAIN: Final = ("title", "status", "author", *SCOPE_COLUMNS)
_NOTICES: Final = ("announced_at", "entered_at")
_AFTER_DIGITS: Final = ":"  # the character after "9": SQLite sorts texts that begin with a letter after it
_TENANT: Final = "tenant"  # names of the statement's parameters
_START: Final = "window_start"
_END: Final = "window_end"


class MaintenanceReader:
    """Reads maintenance windows over a connection; the first one reflects the table."""

    def __init__(self, mapping: MaintenanceTable) -> None:
        self._mapping = mapping
        self._table = KeptReflection(lambda connection: _MappedMaintenance(connection, mapping))

    def check(self, connection: Connection) -> None:
        """Check that the table and its columns are there, and can mean what the mapping says; errors as a source."""
        _MappedMaintenance(connection, self._mapping)

    def read(self, connection: Connection, tenant_id: str, start_us: int, end_us: int) -> tuple[MaintenanceWindow, ...]:
        """Return the windows that may meet [start_us, end_us); one statement."""
        with self._table.used(connection) as table:
            return tuple(table.windows(connection, tenant_id, max(start_us, MIN_US), min(end_us, MAX_US)))


class _MappedMaintenance:
    """A mapped table of maintenance windows, reflected, and the statement on it."""

    def __init__(self, connection: Connection, mapping: MaintenanceTable) -> None:
        optional = {name: getattr(mapping, name) for name in (*_PLAIN, *_NOTICES)}
        needed = [mapping.tenant_id, mapping.start_time, mapping.end_time, *named_columns(optional.values())]
        table = readable_table(connection, mapping, needed, may_be_empty=True)
        plain_columns: dict[str, str] = {name: optional[name] for name in _PLAIN if optional[name] in table.types}
        notices: dict[str, str] = {
            name: column
            for name in _NOTICES
            if (column := optional[name]) in table.types
            and (not isinstance(column, DefaultName) or table.has_instants_like(column, mapping.start_time))
        }
        instants = {"start_time": mapping.start_time, "end_time": mapping.end_time, **notices}
        self._kind = table.instants(instants.values(), mapping.naive_times, mapping.times_in)
        self._with_children = mapping.with_children
        start, end = table.column(mapping.start_time), table.column(mapping.end_time)
        has_no_start: ColumnElement[bool] = start.is_(None)
        if isinstance(self._kind, SQLiteInstants):
            has_no_start = or_(has_no_start, start > _AFTER_DIGITS)
        where = and_(
            table.is_equal(mapping.tenant_id, _TENANT),
            # Rows without a start, and those that end before it, are listed.
            or_(self._kind.is_before(start, _END), has_no_start),
            or_(self._kind.is_after(end, _START), end.is_(None), end < start),
        )
        fields = Fields(
            instants={name: table.column(column) for name, column in instants.items()},
            plain_columns={name: table.column_as_text(column) for name, column in plain_columns.items()},
        )
        self._statement = rows_statement(fields, self._kind, where, table.name)

    def windows(
        self, connection: Connection, tenant_id: str, start_us: int, end_us: int
    ) -> Iterator[MaintenanceWindow]:
        """Yield the windows of a tenant that may meet [start_us, end_us).

        Raises:
            NaiveDatetimeError: a time names no instant, and the mapping does not say what it means.
        """
        parameters = {
            _TENANT: checked_tenant_id(tenant_id),
            **self._kind.parameters(_START, start_us),
            **self._kind.parameters(_END, end_us),
        }
        columns = self._statement.fetch(connection, parameters)
        for _, fault in columns.faults:
            if isinstance(fault, NaiveDatetimeError):
                raise fault
        faults = dict(columns.faults)
        for index, values in enumerate(zip(*columns.by_name.values(), strict=True)):
            row = ReadMaintenance(dict(zip(columns.by_name, values, strict=True)), faults.get(index))
            window = row.window(start_us, end_us, with_children=self._with_children)
            if window is not None:
                yield window
