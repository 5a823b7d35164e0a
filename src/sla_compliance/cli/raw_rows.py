"""Raw rows of files: what columns and values there are, before anything is read of them."""
################################################################
# The first ROWS_LOOKED_AT rows of a file, as columns of text. Objects in JSON are
# columns of their own, two levels deep, under dotted names.
################################################################

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from sla_compliance.rows.reading import TypedColumn
from sla_compliance.sources._files.chunk import ExpectedColumns
from sla_compliance.sources._files.row_files import opened_rows

ROWS_LOOKED_AT: Final = 20_000
_LEVELS: Final = 2
# With nothing expected, no line below the first is taken for a header and no list for the one that is meant.
_NOTHING_EXPECTED: Final = ExpectedColumns(lambda _: False)


def raw_columns(path: str) -> dict[str, list[str]]:
    """Return the texts of each column that are there, by the file's own names.

    Raises:
        SLAComplianceError: the file cannot be read, or is not of its format.
    """
    texts_by_name: dict[str, list[str]] = {}
    row_count = 0
    with opened_rows(path) as files:
        for file in files:
            for chunk in file.chunks(_NOTHING_EXPECTED):
                for name, column in chunk.columns.items():
                    cells = column.cells() if isinstance(column, TypedColumn) else column
                    texts_by_name.setdefault(name, []).extend(str(cell) for cell in cells if cell)
                row_count += len(chunk.places)
                if row_count >= ROWS_LOOKED_AT:
                    return _with_columns_inside(texts_by_name)
    return _with_columns_inside(texts_by_name)


def _with_columns_inside(texts_by_name: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Return columns, those that hold objects as the columns inside them."""
    columns: dict[str, list[str]] = {}
    for name, texts in texts_by_name.items():
        objects = _objects(texts)
        if objects is None:
            columns[name] = list(texts)
        else:
            _add_values_inside(columns, name, objects, _LEVELS)
    return columns


def _objects(texts: Iterable[str]) -> list[dict[str, object]] | None:
    """Return texts as objects of JSON; None where one is none."""
    objects: list[dict[str, object]] = []
    for text in texts:
        if not text.startswith("{"):
            return None
        try:
            value = json.loads(text)
        except ValueError:
            return None
        objects.append(value)
    return objects or None


def _add_values_inside(
    columns: dict[str, list[str]], path: str, objects: Iterable[Mapping[str, object]], levels: int
) -> None:
    for values in objects:
        for key, value in values.items():
            inner_path = f"{path}.{key}"
            if isinstance(value, dict) and levels > 1:
                _add_values_inside(columns, inner_path, [value], levels - 1)
            elif isinstance(value, str | int | float) and not isinstance(value, bool):
                columns.setdefault(inner_path, []).append(str(value))
