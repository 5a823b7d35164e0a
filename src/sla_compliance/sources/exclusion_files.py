"""Agreed exclusions from files, one a row, in the formats of files of alarms."""
################################################################
# The columns start, end and reason are needed; the others are those of an Exclusion:
#
#     start,end,reason,note,author,customer_id
#     2026-10-04T01:00:00+01:00,2026-10-04T03:00:00+01:00,no access,building closed,M. Ade,c-17
#
# How rows become exclusions stands in _files/window_rows.py.
################################################################

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final

from sla_compliance.calendars.exclusions import Exclusion
from sla_compliance.rows.options import NO_OPTIONS, OptionNames
from sla_compliance.rows.times import Epoch
from sla_compliance.sources._files.window_rows import WindowKind, WindowReader


def _exclusion(start: datetime, end: datetime, *, reason: str = "", **facts: Any) -> Exclusion:  # noqa: ANN401
    return Exclusion(start, end, reason=reason, **facts)  # a blank reason is refused there, with the way out


_KIND: Final = WindowKind(
    _exclusion, name="exclusion", plural="exclusions", times=("start", "end"), texts=("reason", "note", "author")
)


def read_exclusions(
    path: str | os.PathLike[str],
    *,
    columns: Mapping[str, str] | None = None,
    ignored: Collection[str] = (),
    times_in: str | None = None,
    epoch: Epoch | None = None,
) -> tuple[Exclusion, ...]:
    """Return the exclusions of a file; "-" is standard input.

    Arguments and errors as `read_maintenance`.
    """
    return exclusion_reader(columns=columns, ignored=ignored, times_in=times_in, epoch=epoch).read(path)


def exclusion_reader(
    *,
    columns: Mapping[str, str] | None = None,
    ignored: Collection[str] = (),
    times_in: str | None = None,
    epoch: Epoch | None = None,
    option_names: OptionNames = NO_OPTIONS,
) -> WindowReader[Exclusion]:
    """Return the reader of files of exclusions; arguments and errors as `read_exclusions`.

    Args:
        option_names: what the caller's door calls these options, for messages.
    """
    return WindowReader(
        _KIND, columns=columns, ignored=ignored, times_in=times_in, epoch=epoch, option_names=option_names
    )
