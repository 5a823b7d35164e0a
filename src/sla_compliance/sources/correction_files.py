"""Corrections from files, one a row, in the formats of files of alarms."""
################################################################
# The columns are the arguments of a Correction, row_id first:
#
#     row_id,starts,ends,severity,void,reason,author,entered_at
#     4711,,2026-03-05T09:00:00Z,,,cleared by phone,M. Ade,2026-04-01T08:00:00Z
#
# A row that says nothing yet (no time, no severity, no void) waits to be filled in:
# it is counted and changes nothing. Other columns are for people; one that is called
# almost like ours is refused, because it is misspelt.
################################################################

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from typing import Any, Final

from sla_compliance.corrections import Correction
from sla_compliance.errors import InvalidFileError, InvalidValueError, SLAComplianceError, shown
from sla_compliance.rows.options import NO_OPTIONS, OptionNames
from sla_compliance.rows.times import Epoch, TimeReader
from sla_compliance.sources._files.plain_rows import check_once, plain_rows
from sla_compliance.sources._files.row_files import RowFile
from sla_compliance.sources._files.window_rows import yes_or_no
from sla_compliance.units import moment

_ROW_ID: Final = "row_id"
_TIMES: Final = ("starts", "ends", "entered_at")
_STATEMENTS: Final = ("starts", "ends", "severity", "void")
_COLUMNS: Final = (_ROW_ID, *_STATEMENTS, "reason", "author", "entered_at")
_NEEDED: Final = ("reason", "author", "entered_at")
_ALMOST: Final = 0.8


@dataclass(frozen=True, slots=True)
class CorrectionFile:
    """What a file of corrections says.

    Attributes:
        corrections: in the order of the rows.
        unfilled: how many rows say nothing yet.
    """

    corrections: tuple[Correction, ...]
    unfilled: int


def read_corrections(
    path: str | os.PathLike[str],
    *,
    times_in: str | None = None,
    epoch: Epoch | None = None,
    option_names: OptionNames = NO_OPTIONS,
) -> CorrectionFile:
    """Return the corrections of a file; "-" is standard input.

    Args:
        times_in, epoch: as `alarms_from_rows`.
        option_names: what the caller's door calls these options, for messages.

    Raises:
        InvalidFileError: it cannot be read, lacks a column, has a misspelt one, or a row of it is no correction.
        InvalidTypeError, InvalidValueError: an option is not one.
    """
    times = TimeReader(times_in, epoch, option_names)
    corrections: list[Correction] = []
    unfilled = 0
    for row in plain_rows(path, _ROW_ID, _check_names):
        if not any(name in row.values for name in _STATEMENTS):
            unfilled += 1
            continue
        try:
            corrections.append(_correction(row.values, times))
        except SLAComplianceError as error:
            raise InvalidFileError(f"{row.place} is no correction: {error}", path=os.fspath(path)) from error
    return CorrectionFile(tuple(corrections), unfilled)


def _check_names(file: RowFile, names: Collection[str]) -> None:
    check_once(file, names, _ROW_ID, "corrections")
    for name in names:
        near = get_close_matches(name, _COLUMNS, n=1, cutoff=_ALMOST)
        if near and near[0] != name:
            raise file.error(f"has a column {shown(name)}; did you mean {near[0]}?")


def _correction(values: Mapping[str, str], times: TimeReader) -> Correction:
    arguments: dict[str, Any] = {name: values[name] for name in ("severity", "reason", "author") if name in values}
    for name in _TIMES:
        if name in values:
            arguments[name] = _time(name, values[name], times)
    if "void" in values:
        arguments["void"] = yes_or_no("void", values["void"])
    for name in (_ROW_ID, *_NEEDED):
        if name not in values:
            raise InvalidFileError(f"{name} is empty; every correction needs it")
    return Correction(values[_ROW_ID], **arguments)


def _time(name: str, text: str, times: TimeReader) -> datetime:
    try:
        instant_us = times.read(text)
    except InvalidValueError as error:
        raise InvalidFileError(f"{name} {error}") from None
    if instant_us is None:  # the number 0 and such words mean "not yet" in ends of alarms alone
        raise InvalidFileError(f"{name} is empty")
    return moment(instant_us)
