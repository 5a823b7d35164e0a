"""Rows of CSV, JSON and JSON Lines files, in chunks of text columns."""
################################################################
# Every value is text or None in every format: empty text is None, numbers and nested
# values of JSON are their JSON text. So a file means the same as CSV and as JSON.
#
# The suffix tells the format (.csv, .tsv, .json, .jsonl, .ndjson, each also .gz);
# without one the first character does: "[" is JSON, "{" is JSON Lines, anything else
# CSV. A ".json" that begins with "{" is JSON Lines. The separator of CSV is the one
# of , ; tab and | that its header line has most of.
#
# A fault that blurs where the next row begins (a quote never closed, broken JSON in
# an array) makes the file unreadable. Any other (too few fields, a broken line of
# JSON Lines) is a fault of its row alone.
################################################################

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import PurePath
from typing import Any, Final, NamedTuple

from sla_compliance.sources._files.json_items import json_items
from sla_compliance.sources._files.opening import TextFile

Text = str | None
CHUNK_ROWS: Final = 4096
SEPARATORS: Final = ",;\t|"


class _JSONRow(NamedTuple):
    """An item of a JSON file before it is checked, or the fault of one that could not be decoded."""

    place: str
    item: object
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some consecutive rows of a file, as columns.

    Attributes:
        places: the name of each row in messages, e.g. "alarms.csv:17".
        columns: by the file's own names, all of one length.
        faults: faults of whole rows, by index.
    """

    places: Sequence[str]
    columns: Mapping[str, Sequence[Text]]
    faults: Mapping[int, str]


def chunks(file: TextFile) -> Iterator[Chunk]:
    """Yield the rows of a file.

    Raises:
        InvalidFileError: it is not of its format.
    """
    return _reader(file)(file)


def _reader(file: TextFile) -> Callable[[TextFile], Iterator[Chunk]]:
    first_character = file.head()[:1]
    suffix = PurePath(file.path.lower().removesuffix(".gz")).suffix
    if suffix in (".csv", ".tsv"):
        return _csv
    if suffix in (".jsonl", ".ndjson") or first_character == "{":
        return _json_lines
    if suffix == ".json" or first_character == "[":
        return _json_array
    return _csv


def _csv(file: TextFile) -> Iterator[Chunk]:
    lines = file.lines()
    header_lines = list(_header_lines(lines))
    separator = _separator("".join(header_lines))
    records = _records(file, csv.reader(chain(header_lines, lines), delimiter=separator, strict=True))
    line, header = next(records, (0, []))
    if not header:
        raise file.error("is empty; a CSV file begins with a line of column names")
    names = [name.strip() or f"column {number}" for number, name in enumerate(header, start=1)]
    for name in names:
        if names.count(name) > 1:
            raise file.error(f"names the column {name!r} twice; rename one", line)
    # The columns are known now, also of a file that has no rows.
    yield Chunk((), dict.fromkeys(names, ()), {})
    while rows := list(islice(records, CHUNK_ROWS)):
        yield _csv_chunk(file, names, rows)


def _header_lines(lines: Iterator[str]) -> Iterator[str]:
    """Yield the blank lines at the beginning and the first that is not blank."""
    for line in lines:
        yield line
        if line.strip():
            return


def _separator(header: str) -> str:
    return max(SEPARATORS, key=header.count)


def _records(file: TextFile, reader: Any) -> Iterator[tuple[int, list[str]]]:  # noqa: ANN401 - its type has no name
    """Yield the line on which each record begins, and the record; blank ones are left out."""
    while True:
        line = reader.line_num + 1  # a record may go over several lines
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise file.error(f"begins a record that is no CSV: {error}; mend its quotes", line) from None
        if any(map(str.strip, record)):
            yield line, record


def _csv_chunk(file: TextFile, names: list[str], rows: list[tuple[int, list[str]]]) -> Chunk:
    width = len(names)
    faults: dict[int, str] = {}
    places: list[str] = []
    records: list[list[str]] = []
    for index, (line, record) in enumerate(rows):
        places.append(f"{file.name}:{line}")
        if len(record) == width:
            records.append(record)
        else:
            faults[index] = f"has {len(record)} fields, the header has {width}; quote texts that hold a separator"
            padded = record + [""] * width
            records.append(padded[:width])
    interned: dict[Text, Text] = {"": None}
    columns = {}
    for name, column in zip(names, zip(*records, strict=True), strict=True):
        columns[name] = _interned(column, interned)
    return Chunk(places, columns, faults)


def _json_lines(file: TextFile) -> Iterator[Chunk]:
    lines = enumerate(file.lines(), start=1)
    return _json_chunks(_json_row(f"{file.name}:{line}", text) for line, text in lines if not text.isspace())


def _json_row(place: str, text: str) -> _JSONRow:
    try:
        return _JSONRow(place, json.loads(text))
    except (ValueError, RecursionError) as error:
        return _JSONRow(place, {}, f"is no JSON: {error}")


def _json_array(file: TextFile) -> Iterator[Chunk]:
    items = enumerate(json_items(file), start=1)
    return _json_chunks(_JSONRow(f"{file.name}:{line} (item {number})", item) for number, (line, item) in items)


def _json_chunks(rows: Iterable[_JSONRow]) -> Iterator[Chunk]:
    iterator = iter(rows)
    while chunk_rows := list(islice(iterator, CHUNK_ROWS)):
        yield _json_chunk(chunk_rows)


def _json_chunk(rows: Sequence[_JSONRow]) -> Chunk:
    faults: dict[int, str] = {}
    objects: list[dict[str, object]] = []
    for index, row in enumerate(rows):
        if row.fault is not None:
            faults[index] = row.fault
        elif not isinstance(row.item, dict):
            faults[index] = 'is no JSON object; write a row as {"severity": "major", ...}'
        objects.append(row.item if isinstance(row.item, dict) else {})
    names = dict.fromkeys(chain.from_iterable(objects))  # in the order of the file, as a set is not
    interned: dict[Text, Text] = {"": None}
    columns = {}
    for name in names:
        texts = _texts([item.get(name) for item in objects])
        columns[name] = _interned(texts, interned)
    return Chunk([row.place for row in rows], columns, faults)


def _texts(values: Sequence[Any]) -> Sequence[Text]:
    """Return values as text; a column that is text already is returned as it is."""
    if {str, type(None)}.issuperset(map(type, values)):
        return values
    return list(map(_text, values))


def _interned(texts: Sequence[Text], interned: dict[Text, Text]) -> Sequence[Text]:
    """Return the texts, equal ones as one object, which saves memory; empty text is None."""
    return list(map(interned.setdefault, texts, texts))


def _text(value: object) -> Text:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
