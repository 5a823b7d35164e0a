"""Maintenance windows from files, one a row, in the formats of files of alarms."""
################################################################
# The columns start and end are needed; the others are those of a MaintenanceWindow:
#
#     start,end,kind,reason,author,recurrence,zone,actual_end,announced_at,entered_at,resource_id,with_children
#     2026-10-04T01:00:00+01:00,2026-10-04T03:00:00+01:00,planned,firmware,M. Ade,,,,,,OLT-7;OLT-8,yes
#
# How rows become windows stands in _files/window_rows.py.
################################################################

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from typing import Final

from sla_compliance.calendars.exclusions import MaintenanceWindow
from sla_compliance.rows.options import NO_OPTIONS, OptionNames
from sla_compliance.rows.times import Epoch
from sla_compliance.sources._files.window_rows import WindowKind, WindowReader

_KIND: Final = WindowKind(
    MaintenanceWindow,
    name="maintenance window",
    plural="windows",
    times=("start", "end", "actual_end", "announced_at", "entered_at"),
    texts=("kind", "reason", "recurrence", "zone", "author"),
)


def read_maintenance(
    path: str | os.PathLike[str],
    *,
    columns: Mapping[str, str] | None = None,
    ignored: Collection[str] = (),
    times_in: str | None = None,
    epoch: Epoch | None = None,
) -> tuple[MaintenanceWindow, ...]:
    """Return the maintenance windows of a file; "-" is standard input.

    Args:
        columns: {our column: theirs}, e.g. {"start": "begins_at"}.
        ignored: columns of the file that are not read; any other that windows do not have is refused.
        times_in, epoch: as `alarms_from_rows`.

    Raises:
        InvalidFileError: it cannot be read, lacks a column, has an unknown one, or a row of it is no window.
        InvalidTypeError, InvalidValueError: an option is not one.
    """
    return maintenance_reader(columns=columns, ignored=ignored, times_in=times_in, epoch=epoch).read(path)


def maintenance_reader(
    *,
    columns: Mapping[str, str] | None = None,
    ignored: Collection[str] = (),
    times_in: str | None = None,
    epoch: Epoch | None = None,
    option_names: OptionNames = NO_OPTIONS,
) -> WindowReader[MaintenanceWindow]:
    """Return the reader of files of maintenance windows; arguments and errors as `read_maintenance`.

    Args:
        option_names: what the caller's door calls these options, for messages.
    """
    return WindowReader(
        _KIND, columns=columns, ignored=ignored, times_in=times_in, epoch=epoch, option_names=option_names
    )
