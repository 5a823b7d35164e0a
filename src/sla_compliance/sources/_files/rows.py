"""The rows of a file of text, by its format."""
################################################################
# The suffix tells the format (.csv, .tsv, .json, .jsonl, .ndjson, each also .gz);
# else the first character does: "[" is JSON, anything but "{" is CSV. What begins
# with "{" and is not called JSON Lines is JSON Lines where its first line is a row
# of its own, else one object around the rows.
################################################################

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath
from typing import Final

from sla_compliance.sources._files.chunk import Chunk, ExpectedColumns
from sla_compliance.sources._files.csv_rows import csv_chunks
from sla_compliance.sources._files.json_rows import is_json_lines, json_chunks, json_lines_chunks
from sla_compliance.sources._files.opening import TextFile

_JSON_LINES: Final = (".jsonl", ".ndjson")
_SEPARATED: Final = (".csv", ".tsv")


def chunks(file: TextFile, expected: ExpectedColumns) -> Iterator[Chunk]:
    """Yield the rows of a file of text.

    Raises:
        InvalidFileError: it is not of its format.
    """
    suffix = PurePath(file.path.lower().removesuffix(".gz")).suffix
    first = file.head().lstrip()[:1]
    if suffix in _JSON_LINES:
        return json_lines_chunks(file, expected)
    if suffix in _SEPARATED:
        return csv_chunks(file, expected)
    if first == "{":
        is_a_row_a_line = is_json_lines(file, expected)
        return json_lines_chunks(file, expected) if is_a_row_a_line else json_chunks(file, expected)
    if first == "[" or suffix == ".json":
        return json_chunks(file, expected)
    return csv_chunks(file, expected)
