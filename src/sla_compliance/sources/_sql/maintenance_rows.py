"""What a row of a table of maintenance windows means, and what becomes of a row that means nothing."""
################################################################
# - A cancelled window does not count. Whether alarms were suppressed means nothing.
# - Affected resources and customers become `applies_to`: only their alarms are
#   excused. A window that names nothing affected applies to everybody's time.
# - The lists of an object of affected resources are of the resource type that their
#   key names; those of `customer` and `customers` are of customers.
# - A window that names services alone excuses no alarm, for alarms name no service.
# - A row that cannot be read, or that ends before it starts, excuses nothing and takes
#   no answer away. It becomes a window that applies to a column that no alarm has, so
#   that data quality lists it by its title and its fault.
################################################################

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sla_compliance.calendars.exclusions import MaintenanceWindow
from sla_compliance.errors import SLAComplianceError
from sla_compliance.instant_columns import YEAR_2_US
from sla_compliance.units import DAY_US, MAX_US, MIN_US, moment

CANCELLED: Final = "cancelled"
SERVICE_COLUMN: Final = "service_id"
"""The column that windows of services alone, and bad rows, apply to; no alarm has it."""

SCOPE_COLUMNS: Final = ("affected_resources", "affected_customers", "affected_services")
"""The optional columns that hold JSON."""

_TYPED_RESOURCE: Final = ("resource_type", "resource_id")
_CUSTOMER_TYPES: Final = frozenset({"customer", "customers"})
_YEAR_1_US: Final = MIN_US - 3 * DAY_US
_TITLE_SHOWN: Final = 20  # lines of data quality show 60 characters of a reason

_Target = str | tuple[str, str]
_Scope = dict[_Target, list[Any]]


@dataclass(frozen=True, slots=True)
class ReadMaintenance:
    """A row as it was read.

    Attributes:
        values: by column: instants in microseconds, JSON as text, None where a value or the column is missing.
        fault: why an instant of the row cannot be read; None: all can.
    """

    values: Mapping[str, Any]
    fault: SLAComplianceError | None

    def window(self, start_us: int, end_us: int, *, with_children: bool) -> MaintenanceWindow | None:
        """Return the window that the row means; None where it is cancelled.

        Args:
            start_us, end_us: the request, in which a row without readable instants is listed.
            with_children: whether a window reaches the children of the alarms that it names.
        """
        if str(self.values.get("status") or "").lower() == CANCELLED:
            return None
        title = str(self.values.get("title") or "")
        bounds_us = start_us, end_us
        try:
            bounds_us = self._bounds_us()
            return self._window(*bounds_us, title, with_children=with_children)
        except _BadRowError as error:
            return _window_of_nothing(*bounds_us, title, str(error))

    def _window(self, start_us: int, end_us: int, title: str, *, with_children: bool) -> MaintenanceWindow:
        """Return the window that the row means between these bounds.

        Raises:
            _BadRowError: its scope means nothing.
        """
        if end_us < start_us:
            return _window_of_nothing(start_us, start_us, title, "ends before it starts")
        applies_to = self._applies_to()
        return MaintenanceWindow(
            moment(start_us),
            moment(end_us),
            reason=title,
            applies_to=applies_to or None,
            with_children=with_children and bool(applies_to),
            announced_at=self._notice("announced_at"),
            entered_at=self._notice("entered_at"),
            author=str(self.values.get("author") or ""),
        )

    def _bounds_us(self) -> tuple[int, int]:
        """Return when the window starts and ends; without an end it has none. -infinity is a start before all time.

        Raises:
            _BadRowError: an instant of the row cannot be read, or the start means none.
        """
        if self.fault is not None:
            column = self.fault.field.rpartition(".")[2]
            raise _BadRowError(f"{column} is no instant")
        start_us, end_us = self.values["start_time"], self.values["end_time"]
        if start_us is None:
            raise _BadRowError("start_time is missing")
        if _YEAR_1_US <= start_us < YEAR_2_US:
            # The zero of many clocks. As a start it would excuse all time before the end.
            raise _BadRowError("start_time is in year 1")
        return _within_calendar(start_us), MAX_US if end_us is None else _within_calendar(end_us)

    def _applies_to(self) -> _Scope:
        """Return the alarms' columns and values that the window names; empty: everybody's."""
        scope: _Scope = defaultdict(list)
        for resource_type, ids in self._ids_by_type("affected_resources").items():
            if resource_type is None:
                scope["resource_id"] += ids
            elif resource_type.lower() in _CUSTOMER_TYPES:
                scope["customer_id"] += ids
            else:
                scope[_TYPED_RESOURCE] += [(resource_type, resource_id) for resource_id in ids]
        for name, column in (("affected_customers", "customer_id"), ("affected_services", SERVICE_COLUMN)):
            for ids in self._ids_by_type(name).values():
                scope[column] += ids
        return dict(scope)

    def _ids_by_type(self, name: str) -> dict[str | None, list[str]]:
        """Return the ids in a JSON column: those of a list under None, those of an object under its keys.

        A type without ids is left out.

        Raises:
            _BadRowError: the value is no such JSON.
        """
        stored = self.values.get(name)
        if stored is None or stored == "":
            return {}
        try:
            value = json.loads(stored)
        except (TypeError, ValueError, RecursionError):
            raise _BadRowError(f"{name} is no list of ids") from None
        values_by_type = value if isinstance(value, dict) else {None: value}
        ids_by_type = {kind: list(_ids(member, name)) for kind, member in values_by_type.items()}
        return {kind: ids for kind, ids in ids_by_type.items() if ids}

    def _notice(self, name: str) -> datetime | None:
        """Return when the window was announced or entered; the zero of a clock says nothing of that."""
        instant_us = self.values.get(name)
        return None if instant_us is None or instant_us < YEAR_2_US else moment(_within_calendar(instant_us))


class _BadRowError(Exception):
    """A row means no window; the message says why, in a few words."""


def _window_of_nothing(start_us: int, end_us: int, title: str, fault: str) -> MaintenanceWindow:
    """Return a window that no alarm can match, by whose name people see the fault."""
    short_title = title if len(title) <= _TITLE_SHOWN else f"{title[: _TITLE_SHOWN - 1]}…"
    reason = f"{short_title} ({fault})"
    return MaintenanceWindow(moment(start_us), moment(end_us), reason=reason, applies_to={SERVICE_COLUMN: [title]})


def _within_calendar(instant_us: int) -> int:
    """Return an instant that has a date in every zone; far years and PostgreSQL's infinities have none."""
    return min(max(instant_us, MIN_US), MAX_US)


def _ids(value: object, field: str) -> Iterator[str]:
    """Yield the ids in a JSON value: a text or a whole number, or a list of these; null and "" are none.

    Raises:
        _BadRowError: it holds something else.
    """
    for item in value if isinstance(value, list) else [value]:
        if item is None or item == "":
            continue
        if isinstance(item, bool) or not isinstance(item, str | int):
            raise _BadRowError(f"{field} is no list of ids")
        yield str(item)
