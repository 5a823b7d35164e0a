"""Rows of JSON and JSON Lines files."""
################################################################
# A file of JSON is one array of objects, or one object around it: the only list of
# objects in it, at any depth of objects. Where it holds several such lists the error
# names them. JSON Lines is an object a line.
#
# Broken JSON in an array makes the file unreadable. A broken line of JSON Lines is a
# fault of that row alone.
################################################################

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import Any, Final

from sla_compliance.rows.names import values_inside
from sla_compliance.sources._files.chunk import CHUNK_ROWS, Chunk, ExpectedColumns, Places, Text, text_of
from sla_compliance.sources._files.json_items import json_items
from sla_compliance.sources._files.opening import TextFile

_DECODER: Final = json.JSONDecoder()


def is_json_lines(file: TextFile, expected: ExpectedColumns) -> bool:
    """Return whether a file that begins with an object holds an object a line, and not one object around its rows."""
    try:
        first = json.loads(file.first_line())
    except (ValueError, RecursionError):
        return False  # the object goes on below
    return isinstance(first, dict) and (expected.are_enough(first) or not _holds_a_list_of_objects(first))


def _holds_a_list_of_objects(value: dict[str, Any]) -> bool:
    for inner in value.values():
        if isinstance(inner, list) and (not inner or isinstance(inner[0], dict)):
            return True
        if isinstance(inner, dict) and _holds_a_list_of_objects(inner):
            return True
    return False


def json_lines_chunks(file: TextFile, expected: ExpectedColumns) -> Iterator[Chunk]:
    """Yield the rows of a file of JSON Lines."""
    lines = file.lines()
    first_line = 1
    while texts := list(islice(lines, CHUNK_ROWS)):
        numbers = _lines_with_text(texts, first_line)
        faults: dict[int, str] = {}
        items = [_item(texts[line - first_line], index, faults) for index, line in enumerate(numbers)]
        first_line += len(texts)
        if numbers:
            yield _chunk(Places(file.name, numbers), items, faults, expected)


def _lines_with_text(texts: Sequence[str], first_line: int) -> Sequence[int]:
    numbers = range(first_line, first_line + len(texts))
    if not any(map(str.isspace, texts)):
        return numbers
    return [line for line, text in zip(numbers, texts, strict=True) if not text.isspace()]


def _item(text: str, index: int, faults: dict[int, str]) -> object:
    """Return the value of a line; a line that holds none is a fault."""
    # Twice as fast as json.loads, which passes blanks around the value; what it refuses is left to json.loads.
    try:
        item, end = _DECODER.raw_decode(text)
    except (ValueError, RecursionError):
        return _item_or_fault(text, index, faults)
    if end == len(text) or text[end:].isspace():
        return item
    return _item_or_fault(text, index, faults)


def _item_or_fault(text: str, index: int, faults: dict[int, str]) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        faults[index] = f"is no JSON: {error}"
        return {}


def json_chunks(file: TextFile, expected: ExpectedColumns) -> Iterator[Chunk]:
    """Yield the rows of a file of one JSON value.

    Raises:
        InvalidFileError: it is broken, or holds no list of objects, or several.
    """
    remaining = json_items(file, expected)
    first_item = 1
    while rows := list(islice(remaining, CHUNK_ROWS)):
        places = Places(file.name, [line for line, _ in rows], first_item)
        yield _chunk(places, [item for _, item in rows], {}, expected)
        first_item += len(rows)


def _chunk(places: Places, items: Sequence[object], faults: dict[int, str], expected: ExpectedColumns) -> Chunk:
    objects: list[dict[str, Any]] = []
    for index, item in enumerate(items):
        objects.append(item if isinstance(item, dict) else {})
        if not isinstance(item, dict):
            faults[index] = 'is no JSON object; write a row as {"severity": "major", ...}'
    names = dict.fromkeys(chain.from_iterable(objects))
    columns = {}
    for name in names:
        columns[name] = _texts([item.get(name) for item in objects])
    for path in expected.paths:
        root, _, inside = path.partition(".")
        if path not in names and root in names:
            roots = [item.get(root) for item in objects]
            columns[path] = _texts(values_inside(roots, inside))
    return Chunk(places, columns, faults)


def _texts(values: Sequence[Any]) -> Sequence[Text]:
    return values if set(map(type, values)) <= {str, type(None)} else list(map(text_of, values))
