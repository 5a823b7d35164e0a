"""Inventories from files, one unit a row, in the formats of files of alarms."""
################################################################
# The column key is needed; the others are the arguments of a Unit:
#
#     key,parents,target,in_service,service_hours,zone,title
#     olt-1,,,,,,
#     c-17,olt-1,99.95,2026-01-20..,mon-fri 08:00-18:00,,Bakery
#
# Several parents stand with blanks between them. What a row means says
# Inventory.from_rows; an unknown column is refused there.
################################################################

from __future__ import annotations

import os
import re
from collections.abc import Collection
from typing import Final

from sla_compliance.errors import InvalidFileError, SLAComplianceError
from sla_compliance.inventory import Inventory
from sla_compliance.sources._files.plain_rows import check_once, plain_rows
from sla_compliance.sources._files.row_files import RowFile

_KEY: Final = "key"
# What Inventory.from_rows calls a value of a row.
_ROW_FIELD: Final = re.compile(r"rows\[(\d+)\]\.?")


def read_inventory(path: str | os.PathLike[str], *, zone: str | None = None) -> Inventory:
    """Return the inventory of a file; "-" is standard input.

    Args:
        zone: of dates without a time, in rows that have no `zone` of their own.

    Raises:
        InvalidFileError: it cannot be read, lacks a column, has an unknown one, or a row of it is no unit.
    """
    rows = list(plain_rows(path, _KEY, _check_names))
    try:
        return Inventory.from_rows([row.values for row in rows], zone=zone)
    except SLAComplianceError as error:
        match = _ROW_FIELD.match(error.field)
        if match is None:  # of several rows: a key that comes twice, a parent that is no unit, a circle
            raise InvalidFileError(f"{os.fspath(path)} is no inventory: {error}", path=os.fspath(path)) from error
        place = rows[int(match[1])].place
        fault = _ROW_FIELD.sub("", str(error), count=1)
        raise InvalidFileError(f"{place} is no unit: {fault}", path=os.fspath(path)) from error


def _check_names(file: RowFile, names: Collection[str]) -> None:
    check_once(file, names, _KEY, "units")
