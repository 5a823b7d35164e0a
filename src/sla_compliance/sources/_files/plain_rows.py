"""Rows of files as mappings, for files of a few thousand rows: inventories and corrections."""
################################################################
# Names of columns are taken in any case, absent values are left out.
################################################################

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from sla_compliance.errors import InvalidFileError
from sla_compliance.rows.reading import TypedColumn
from sla_compliance.sources._files.chunk import ExpectedColumns
from sla_compliance.sources._files.row_files import RowFile, opened_rows

CheckNames = Callable[[RowFile, Collection[str]], None]
"""Checks the names of a file's columns, lower-case; raises what `file.error` makes."""


@dataclass(frozen=True, slots=True)
class PlainRow:
    """One row of a file.

    Attributes:
        place: what to call it, e.g. "units.csv:17".
        values: the values that are there, by the names of their columns, lower-case.
    """

    place: str
    values: dict[str, str]


def plain_rows(path: str | os.PathLike[str], needed: str, check_names: CheckNames) -> Iterator[PlainRow]:
    """Yield the rows of a file; "-" is standard input.

    Args:
        needed: the column that every row has; so a header is told from other lines.

    Raises:
        InvalidFileError: it cannot be read, lacks a column, or a row cannot be read.
    """
    expected = ExpectedColumns(lambda names: needed in map(_name, names))
    with opened_rows(path) as files:
        for file in files:
            for chunk in file.chunks(expected):
                names = [_name(name) for name in chunk.columns]
                if names:
                    check_names(file, names)
                columns = [
                    column.cells() if isinstance(column, TypedColumn) else column for column in chunk.columns.values()
                ]
                for row, place in enumerate(chunk.places):
                    if row in chunk.faults:
                        raise InvalidFileError(f"{place} {chunk.faults[row]}", path=file.name)
                    cells = {name: column[row] for name, column in zip(names, columns, strict=True)}
                    yield PlainRow(place, {name: cell for name, cell in cells.items() if cell})


def check_once(file: RowFile, names: Collection[str], needed: str, of_what: str) -> None:
    """Check that a file has a column, and none twice; raises InvalidFileError."""
    if needed not in names:
        raise file.error(f"has no column {needed}; it has {', '.join(map(repr, names))}; {of_what} need one")
    for name in names:
        if list(names).count(name) > 1:
            raise file.error(f"has two columns called {name}; rename one")


def _name(file_name: str) -> str:
    return file_name.strip().lower()
