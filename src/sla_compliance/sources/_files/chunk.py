"""Chunks of rows of a file: columns of text, whatever the format."""
################################################################
# Every value is text or None, and the empty text is no value either. Numbers and
# nested values of JSON are their JSON text, times of typed formats their ISO text. So
# a file means the same in every format. Columns of Parquet keep their type until they are read
# as times (TypedColumn), and are text otherwise.
################################################################

from __future__ import annotations

import json
from array import array
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final

from sla_compliance.columns import is_absent
from sla_compliance.errors import InvalidFileError, shown

Text = str | None
CHUNK_ROWS: Final = 1024


@dataclass(frozen=True, slots=True)
class ExpectedColumns:
    """What a reader of rows looks for among the columns of a file.

    Attributes:
        are_enough: whether columns of these names have what is needed; so it tells a header from other lines, and an
            object that is a row from one around the rows.
        paths: dotted names that reach into objects.
    """

    are_enough: Callable[[Collection[str]], bool]
    paths: Sequence[str] = ()


class Places(Sequence[str]):
    """What to call the rows of a chunk, e.g. "alarms.csv:17"; a name is made when it is asked for."""

    def __init__(self, file_name: str, lines: Sequence[int], first_item: int | None = None) -> None:
        """Keep the line that each row begins on, and the number of the first item where rows are items of a list."""
        self._file_name = file_name
        self._lines = lines if isinstance(lines, range) else array("q", lines)  # names are kept for all rows of a file
        self._first_item = first_item

    def __len__(self) -> int:
        return len(self._lines)

    def __getitem__(self, row: Any) -> Any:  # noqa: ANN401 - an index alone; slices are not needed
        place = f"{self._file_name}:{self._lines[row]}"
        return place if self._first_item is None else f"{place} (item {self._first_item + row})"

    def take(self, rows: Sequence[int]) -> Sequence[str]:
        """Return the names of some rows, by index."""
        if len(rows) == len(self):
            return self
        if self._first_item is None:
            return Places(self._file_name, [self._lines[row] for row in rows])
        return [self[row] for row in rows]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some consecutive rows of a file, as columns.

    Attributes:
        places: what to call each row.
        columns: by the file's own names, all of one length: sequences of Text, those of Parquet files TypedColumn.
        faults: what is wrong with whole rows, by index.
    """

    places: Places
    columns: Mapping[str, Any]
    faults: Mapping[int, str]


def check_names_differ(names: Sequence[str], error: Callable[[str], InvalidFileError]) -> None:
    """Check that no two columns of a header share a name; raises what `error` makes of a message."""
    for name, count in Counter(names).items():
        if count > 1:
            raise error(f"names the column {shown(name)} twice; rename one")


def text_of(value: object) -> Text:
    """Return a value of a typed format as text; None where it is absent."""
    if isinstance(value, str):
        return value
    if is_absent(value):
        return None
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False, default=str)
