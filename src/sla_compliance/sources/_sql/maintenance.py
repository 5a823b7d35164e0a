"""The one statement that reads a tenant's maintenance windows, and what each row means."""
################################################################
# - A cancelled window does not count. Whether alarms were suppressed means nothing.
# - Affected resources and customers become `applies_to`: only their alarms are
#   excused. A window that names none of the three is everybody's.
# - A window that names services alone excuses no alarm, for alarms name no
#   service; nor does a row that ends before it starts. Both are handed on as
#   windows that can match nothing, so that data quality lists them by their title.
################################################################

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from sqlalchemy import Connection, and_, or_

from sla_compliance.calendars.exclusions import MaintenanceWindow
from sla_compliance.errors import InvalidTypeError, shown
from sla_compliance.sources._sql.mappings import MaintenanceTable
from sla_compliance.sources._sql.reflection import reflected, storable
from sla_compliance.sources._sql.shapes import Fields, rows_statement
from sla_compliance.units import MAX_US, MIN_US, moment

CANCELLED: Final = "cancelled"
SERVICE_COLUMN: Final = "service_id"
"""What windows that name only services apply to; no alarm has such a column."""

_TITLE: Final = "title"
_STATUS: Final = "status"
_SCOPES: Final = {
    "affected_resources": "resource_id",
    "affected_customers": "customer_id",
    "affected_services": SERVICE_COLUMN,
}
_TENANT: Final = "tenant"  # names of the statement's parameters
_START: Final = "window_start"
_END: Final = "window_end"


class MaintenanceReader:
    """Reads maintenance windows over a connection; what the table looks like is asked of the first one."""

    def __init__(self, mapping: MaintenanceTable) -> None:
        self._mapping = mapping
        self._known: _KnownMaintenance | None = None

    def read(self, connection: Connection, tenant_id: str, start_us: int, end_us: int) -> tuple[MaintenanceWindow, ...]:
        """Return the windows that may meet [start_us, end_us); one statement."""
        known = self._known = self._known or _KnownMaintenance(connection, self._mapping)
        return tuple(known.windows(connection, tenant_id, max(start_us, MIN_US), min(end_us, MAX_US)))


class _KnownMaintenance:
    """A mapped table of maintenance windows whose columns are known."""

    def __init__(self, connection: Connection, mapping: MaintenanceTable) -> None:
        times = {"start_time": mapping.start_time, "end_time": mapping.end_time}
        others = {
            name: column for name in (_TITLE, _STATUS, *_SCOPES) if (column := getattr(mapping, name)) is not None
        }
        needed = [mapping.tenant_id, *times.values(), *others.values()]
        table = reflected(connection, mapping.table, mapping.schema, needed)
        self._kind = table.instants(times.values(), mapping.naive_times)
        instants = {name: table.column(column) for name, column in times.items()}
        where = and_(
            table.is_equal(mapping.tenant_id, _TENANT),
            self._kind.is_before(instants["start_time"], _END),
            or_(self._kind.is_after(instants["end_time"], _START), instants["end_time"] < instants["start_time"]),
        )
        fields = Fields(instants, {name: table.shown(column) for name, column in others.items()})
        self._table = table.name
        self._statement = rows_statement(fields, self._kind, where, table.name)

    def windows(
        self, connection: Connection, tenant_id: str, start_us: int, end_us: int
    ) -> Iterator[MaintenanceWindow]:
        parameters = {
            _TENANT: storable(tenant_id),
            **self._kind.parameters(_START, start_us),
            **self._kind.parameters(_END, end_us),
        }
        fetched = self._statement.fetch(connection, parameters).checked()
        for values in zip(*fetched.by_name.values(), strict=True):
            row = dict(zip(fetched.by_name, values, strict=True))
            if str(row.get(_STATUS) or "").lower() != CANCELLED:
                yield _window(row, self._table)


def _window(row: Mapping[str, Any], table: str) -> MaintenanceWindow:
    """Return what a row means."""
    title = str(row.get(_TITLE) or "")
    start_us, end_us = _inside(row["start_time"], MIN_US), _inside(row["end_time"], MAX_US)
    if end_us < start_us:
        start, reason = moment(start_us), f"{title} (ends before it starts)"
        return MaintenanceWindow(start, start, reason=reason, applies_to={SERVICE_COLUMN: [title]})
    applies_to = {
        column: ids for name, column in _SCOPES.items() if (ids := list(_ids(row.get(name), f"{table}.{name}")))
    }
    return MaintenanceWindow(moment(start_us), moment(end_us), reason=title, applies_to=applies_to or None)


def _inside(instant: int | None, otherwise: int) -> int:
    """Return an instant that every zone has; a missing one is the calendar's end."""
    return otherwise if instant is None else min(max(instant, MIN_US), MAX_US)


def _ids(stored: object, field: str) -> Iterator[str]:
    """Yield the ids in a JSON value: a text or number is one, a list or object holds some.

    Raises:
        InvalidTypeError: the value is no JSON.
    """
    try:
        yield from _leaves(json.loads(stored) if isinstance(stored, str) else stored)
    except json.JSONDecodeError:
        raise InvalidTypeError(f"{field} is {shown(stored)}; store a JSON list of ids", field=field) from None


def _leaves(value: object) -> Iterable[str]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [leaf for each in value for leaf in _leaves(each)]
    return [] if value is None or value == "" else [str(value)]
