"""Maintenance windows from files: CSV, JSON and JSON Lines."""
################################################################
# One window a row:
#
#     start,end,kind,reason,recurrence,zone,actual_end,announced_at,resource_id
#     2026-10-04T01:00:00+01:00,2026-10-04T03:00:00+01:00,planned,firmware,,,,,OLT-7;OLT-8
#
# Needed are start and end; times as in files of alarms. A column of WHOM names
# the alarms that a window applies to: one value or several with ";" between
# them, in JSON also a list. Without any, a window is everybody's time. Other
# columns are refused: a misspelt one would quietly change what is excused.
################################################################

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from sla_compliance.calendars.exclusions import MaintenanceWindow
from sla_compliance.errors import InvalidFileError, SLAComplianceError
from sla_compliance.sources._files.columns import check_needed
from sla_compliance.sources._files.opening import TextFile, opened
from sla_compliance.sources._files.rows import Chunk, Text, chunks
from sla_compliance.sources._files.times import Instants
from sla_compliance.units import moment

WHOM: Final = ("resource_id", "resource_name", "resource_type", "customer_id", "customer_name", "alarm_type", "source")

_NEEDED: Final = ("start", "end")
_TIMES: Final = ("start", "end", "actual_end", "announced_at")
_TEXTS: Final = ("kind", "reason", "recurrence", "zone")
_KNOWN: Final = frozenset((*_TIMES, *_TEXTS, *WHOM))


def read_maintenance(path: str | os.PathLike[str]) -> tuple[MaintenanceWindow, ...]:
    """Return the maintenance windows of a file; "-" is standard input.

    Raises:
        InvalidFileError: it cannot be read, lacks a column or has one too many, or a row of it is no window.
    """
    with opened(path) as file:
        return tuple(window for chunk in chunks(file) for window in _windows(file, chunk))


def _windows(file: TextFile, chunk: Chunk) -> Iterator[MaintenanceWindow]:
    names = {own: own.strip().lower() for own in chunk.columns}
    for own, name in names.items():
        if name not in _KNOWN:
            raise file.error(f"has a column {own!r}; windows have {', '.join((*_TIMES, *_TEXTS, *WHOM))}")
    if names:
        check_needed(file, names, _NEEDED, way_out="windows need start and end")
    for row, place in enumerate(chunk.places):
        values = {names[own]: column[row] for own, column in chunk.columns.items()}
        try:
            yield _window(values, chunk.faults.get(row))
        except SLAComplianceError as error:
            raise InvalidFileError(f"{place} is no maintenance window: {error}", path=file.name) from error


def _window(values: Mapping[str, Text], fault: str | None) -> MaintenanceWindow:
    if fault is not None:
        raise InvalidFileError(fault)
    times = {name: _time(name, values.get(name)) for name in _TIMES}
    texts = {name: values[name] for name in _TEXTS if values.get(name) is not None}
    given: dict[str, Any] = {name: value for name, value in {**times, **texts}.items() if value is not None}
    applies_to = {name: _several(text) for name in WHOM if (text := values.get(name)) is not None}
    return MaintenanceWindow(given.pop("start"), given.pop("end"), applies_to=applies_to or None, **given)


def _time(name: str, text: Text) -> datetime | None:
    found = Instants()[text]
    if isinstance(found, str) or (found is None and name in _NEEDED):
        raise InvalidFileError(f"{name} {found or 'is empty'}")
    return None if found is None else moment(found)


def _several(text: str) -> list[str]:
    """Return the values of a cell: a JSON list, or texts with semicolons between them."""
    try:
        listed = json.loads(text) if text.startswith("[") else None
    except ValueError:
        listed = None
    if listed is not None:
        return [value if isinstance(value, str) else json.dumps(value) for value in listed]
    return [value.strip() for value in text.split(";") if value.strip()]
