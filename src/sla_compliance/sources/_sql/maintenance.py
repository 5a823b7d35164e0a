"""The one statement that reads a tenant's maintenance windows, and what each row means."""
################################################################
# - A cancelled window does not count. Whether alarms were suppressed means nothing.
# - Affected resources and customers become `applies_to`: only their alarms are
#   excused. A window that names nothing affected applies to everybody's time.
# - A window that names services alone excuses no alarm, for alarms name no
#   service; nor does a row that ends before it starts. Both become windows that
#   can match nothing, so that data quality lists them by their title.
################################################################

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, and_, or_

from sla_compliance.calendars.exclusions import MaintenanceWindow
from sla_compliance.errors import InvalidTypeError, shown
from sla_compliance.sources._sql.mappings import DefaultName, MaintenanceTable
from sla_compliance.sources._sql.reflection import checked_tenant_id, reflect_table
from sla_compliance.sources._sql.shapes import Fields, rows_statement
from sla_compliance.units import MAX_US, MIN_US, moment

CANCELLED: Final = "cancelled"
SERVICE_COLUMN: Final = "service_id"
"""The column that windows of services alone apply to; no alarm has it."""

_TITLE: Final = "title"
_STATUS: Final = "status"
_APPLIES_TO: Final = {
    "affected_resources": "resource_id",
    "affected_customers": "customer_id",
    "affected_services": SERVICE_COLUMN,
}
_NOTICES: Final = ("announced_at", "entered_at")
_TENANT: Final = "tenant"  # names of the statement's parameters
_START: Final = "window_start"
_END: Final = "window_end"


class MaintenanceReader:
    """Reads maintenance windows over a connection; the first one reflects the table."""

    def __init__(self, mapping: MaintenanceTable) -> None:
        self._mapping = mapping
        self._table: _MappedMaintenance | None = None

    def read(self, connection: Connection, tenant_id: str, start_us: int, end_us: int) -> tuple[MaintenanceWindow, ...]:
        """Return the windows that may meet [start_us, end_us); one statement."""
        if self._table is None:
            self._table = _MappedMaintenance(connection, self._mapping)
        return tuple(self._table.windows(connection, tenant_id, max(start_us, MIN_US), min(end_us, MAX_US)))


class _MappedMaintenance:
    """A mapped table of maintenance windows, reflected, and the statement on it."""

    def __init__(self, connection: Connection, mapping: MaintenanceTable) -> None:
        optional = {name: getattr(mapping, name) for name in (_TITLE, _STATUS, *_APPLIES_TO)}
        plain_columns = {name: column for name, column in optional.items() if column is not None}
        notices = {name: getattr(mapping, name) for name in _NOTICES}
        mapped_notices = {name: column for name, column in notices.items() if column is not None}
        named_notices = [column for column in mapped_notices.values() if not isinstance(column, DefaultName)]
        needed = [mapping.tenant_id, mapping.start_time, mapping.end_time, *plain_columns.values(), *named_notices]
        table = reflect_table(connection, mapping.table, mapping.schema, needed)
        usable_notices = {
            name: column
            for name, column in mapped_notices.items()
            if not isinstance(column, DefaultName) or table.has_instants_like(column, mapping.start_time)
        }
        instants = [mapping.start_time, mapping.end_time, *usable_notices.values()]
        self._kind = table.instants(instants, mapping.naive_times, mapping.times_in)
        self._with_children = mapping.with_children
        start, end = table.column(mapping.start_time), table.column(mapping.end_time)
        where = and_(
            table.is_equal(mapping.tenant_id, _TENANT),
            self._kind.is_before(start, _END),
            or_(self._kind.is_after(end, _START), end < start),
        )
        fields = Fields(
            instants={
                "start_time": start,
                "end_time": end,
                **{name: table.column(column) for name, column in usable_notices.items()},
            },
            plain_columns={name: table.column_as_text(column) for name, column in plain_columns.items()},
        )
        self._table_name = table.name
        self._statement = rows_statement(fields, self._kind, where, table.name)

    def windows(
        self, connection: Connection, tenant_id: str, start_us: int, end_us: int
    ) -> Iterator[MaintenanceWindow]:
        parameters = {
            _TENANT: checked_tenant_id(tenant_id),
            **self._kind.parameters(_START, start_us),
            **self._kind.parameters(_END, end_us),
        }
        columns = self._statement.fetch(connection, parameters).checked()
        for values in zip(*columns.by_name.values(), strict=True):
            row = dict(zip(columns.by_name, values, strict=True))
            status = str(row.get(_STATUS) or "")
            if status.lower() != CANCELLED:
                yield _window(row, self._table_name, self._with_children)


def _window(row: Mapping[str, Any], table_name: str, with_children: bool) -> MaintenanceWindow:
    """Return the window that a row means."""
    title = str(row.get(_TITLE) or "")
    start_us = _within_calendar(row["start_time"], missing_us=MIN_US)
    end_us = _within_calendar(row["end_time"], missing_us=MAX_US)
    if end_us < start_us:
        start, reason = moment(start_us), f"{title} (ends before it starts)"
        return MaintenanceWindow(start, start, reason=reason, applies_to={SERVICE_COLUMN: [title]})
    applies_to = {}
    for name, column in _APPLIES_TO.items():
        ids = _ids(row.get(name), f"{table_name}.{name}")
        if ids:
            applies_to[column] = ids
    return MaintenanceWindow(
        moment(start_us),
        moment(end_us),
        reason=title,
        applies_to=applies_to or None,
        with_children=with_children and bool(applies_to),
        announced_at=_notice(row.get("announced_at")),
        entered_at=_notice(row.get("entered_at")),
    )


def _notice(instant_us: int | None) -> datetime | None:
    return None if instant_us is None else moment(_within_calendar(instant_us, missing_us=instant_us))


def _within_calendar(instant_us: int | None, *, missing_us: int) -> int:
    """Return an instant that has a date in every zone; far years and PostgreSQL's -infinity have none."""
    return missing_us if instant_us is None else min(max(instant_us, MIN_US), MAX_US)


def _ids(stored: object, field: str) -> list[str]:
    """Return the ids in a JSON value: a text or number is an id, a list or object holds some.

    Raises:
        InvalidTypeError: the value is no JSON.
    """
    try:
        value = json.loads(stored) if isinstance(stored, str) else stored
    except json.JSONDecodeError:
        raise InvalidTypeError(f"{field} is {shown(stored)}; store a JSON list of ids", field=field) from None
    return list(_leaves(value))


def _leaves(value: object) -> Iterator[str]:
    """Yield the texts and numbers in a JSON value, at any depth."""
    if isinstance(value, dict):
        for member in value.values():
            yield from _leaves(member)
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item)
    elif value is not None and value != "":
        yield str(value)
