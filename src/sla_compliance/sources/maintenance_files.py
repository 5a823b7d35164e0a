"""Maintenance windows from files: CSV, JSON and JSON Lines."""
################################################################
# One window a row:
#
#     start,end,kind,reason,recurrence,zone,actual_end,announced_at,entered_at,resource_id,with_children
#     2026-10-04T01:00:00+01:00,2026-10-04T03:00:00+01:00,planned,firmware,,,,,,OLT-7;OLT-8,yes
#
# The columns start and end are needed; times are written as in files of alarms. A
# column of APPLIES_TO_COLUMNS names the alarms that a window applies to: one value,
# or several with ";" between them, in JSON also a list. A window without any applies
# to everybody's time. `with_children` is yes or no. Other columns are refused: a misspelt one would quietly change
# what is excused.
################################################################

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from sla_compliance.calendars.exclusions import MaintenanceWindow
from sla_compliance.errors import InvalidFileError, SLAComplianceError, shown
from sla_compliance.sources._files.columns import check_needed
from sla_compliance.sources._files.opening import TextFile, opened
from sla_compliance.sources._files.rows import Chunk, Text, chunks
from sla_compliance.sources._files.times import Instants
from sla_compliance.units import moment

APPLIES_TO_COLUMNS: Final = (
    "resource_id", "resource_name", "resource_type", "customer_id", "customer_name", "alarm_type", "source",
)  # fmt: skip

_NEEDED: Final = ("start", "end")
_TIMES: Final = ("start", "end", "actual_end", "announced_at", "entered_at")
_TEXTS: Final = ("kind", "reason", "recurrence", "zone")
_WITH_CHILDREN: Final = "with_children"
_COLUMNS: Final = (*_TIMES, *_TEXTS, *APPLIES_TO_COLUMNS, _WITH_CHILDREN)
_FLAGS: Final = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def read_maintenance(path: str | os.PathLike[str]) -> tuple[MaintenanceWindow, ...]:
    """Return the maintenance windows of a file; "-" is standard input.

    Raises:
        InvalidFileError: it cannot be read, lacks a column, has an unknown one, or a row of it is no window.
    """
    with opened(path) as file:
        return tuple(window for chunk in chunks(file) for window in _windows(file, chunk))


def _windows(file: TextFile, chunk: Chunk) -> Iterator[MaintenanceWindow]:
    names = {file_name: file_name.strip().lower() for file_name in chunk.columns}
    for file_name, name in names.items():
        if name not in _COLUMNS:
            raise file.error(f"has a column {file_name!r}; windows have {', '.join(_COLUMNS)}")
    if names:
        check_needed(file, names, _NEEDED, way_out="windows need start and end")
    for row, place in enumerate(chunk.places):
        values = {names[file_name]: column[row] for file_name, column in chunk.columns.items()}
        try:
            yield _window(values, chunk.faults.get(row))
        except SLAComplianceError as error:
            raise InvalidFileError(f"{place} is no maintenance window: {error}", path=file.name) from error


def _window(values: Mapping[str, Text], fault: str | None) -> MaintenanceWindow:
    if fault is not None:
        raise InvalidFileError(fault)
    arguments: dict[str, Any] = {name: _time(name, values.get(name)) for name in _TIMES}
    for name in _TEXTS:
        text = values.get(name)
        if text is not None:  # an empty cell leaves the window's own default
            arguments[name] = text
    applies_to: dict[str, list[str]] = {}
    for name in APPLIES_TO_COLUMNS:
        text = values.get(name)
        if text is not None:
            applies_to[name] = _cell_values(text)
    start, end = arguments.pop("start"), arguments.pop("end")
    with_children = _flag(_WITH_CHILDREN, values.get(_WITH_CHILDREN))
    return MaintenanceWindow(start, end, applies_to=applies_to or None, with_children=with_children, **arguments)


def _flag(name: str, text: Text) -> bool:
    """Return a flag; an empty cell is no."""
    if text is None:
        return False
    flag = _FLAGS.get(text.strip().lower())
    if flag is None:
        raise InvalidFileError(f"{name} is {shown(text)}; write yes or no")
    return flag


def _time(name: str, text: Text) -> datetime | None:
    instant_us_or_fault = Instants()[text]
    if isinstance(instant_us_or_fault, str):
        raise InvalidFileError(f"{name} {instant_us_or_fault}")
    if instant_us_or_fault is not None:
        return moment(instant_us_or_fault)
    if name in _NEEDED:
        raise InvalidFileError(f"{name} is empty")
    return None


def _cell_values(text: str) -> list[str]:
    """Return the values of a cell: a JSON list, or texts with semicolons between them."""
    if text.startswith("["):
        try:
            items = json.loads(text)
        except ValueError:
            pass  # not JSON, but a text that begins with a bracket
        else:
            return [item if isinstance(item, str) else json.dumps(item) for item in items]
    return [value.strip() for value in text.split(";") if value.strip()]
