"""Rows of CSV, JSON and JSON Lines files, in chunks of text columns."""
################################################################
# Every value is text or None, whatever the format: empty text is None, numbers
# and nested values of JSON are their JSON text. So a file means the same as CSV
# and as JSON.
#
# The suffix tells the format (.csv, .tsv, .json, .jsonl, .ndjson, each also .gz);
# else the first character does: "[" is JSON, "{" is JSON Lines, anything else CSV.
# A ".json" that begins with "{" is JSON Lines. CSV is separated by the one of
# , ; tab and | that its header line has most of.
#
# A row that cannot be told from its neighbours (a quote never closed, broken
# JSON in an array) makes the file unreadable. A row that can (too few fields, a
# broken line of JSON Lines) is a fault of that row alone.
################################################################

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import PurePath
from typing import Any, Final

from sla_compliance.sources._files.json_items import json_items
from sla_compliance.sources._files.opening import TextFile

Text = str | None
CHUNK_ROWS: Final = 4096
SEPARATORS: Final = ",;\t|"


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some consecutive rows of a file, as columns.

    Attributes:
        places: what to call each row, e.g. "alarms.csv:17".
        columns: by the file's own names, all of one length.
        faults: what is wrong with whole rows, by index.
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
    first = file.head()[:1]
    suffix = PurePath(file.path.lower().removesuffix(".gz")).suffix
    if suffix in (".jsonl", ".ndjson") or (first == "{" and suffix not in (".csv", ".tsv")):
        return _json_lines
    return _json_array if suffix == ".json" or (first == "[" and suffix not in (".csv", ".tsv")) else _csv


def _csv(file: TextFile) -> Iterator[Chunk]:
    lines = file.lines()
    above = list(_up_to_the_header(lines))
    separator = _separator("".join(above))
    records = _records(file, csv.reader(chain(above, lines), delimiter=separator, strict=True))
    line, header = next(records, (0, []))
    if not header:
        raise file.error("is empty; a CSV file begins with a line of column names")
    names = [name.strip() or f"column {number}" for number, name in enumerate(header, start=1)]
    for name in {name for name in names if names.count(name) > 1}:
        raise file.error(f"names the column {name!r} twice; rename one", line)
    yield Chunk((), dict.fromkeys(names, ()), {})
    while rows := list(islice(records, CHUNK_ROWS)):
        yield _csv_chunk(file, names, rows)


def _up_to_the_header(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        yield line
        if line.strip():
            return


def _separator(header: str) -> str:
    return max(SEPARATORS, key=header.count)


def _records(file: TextFile, reader: Any) -> Iterator[tuple[int, list[str]]]:  # noqa: ANN401 - its type has no name
    """Yield the records that are not blank, each with the line it begins on."""
    while True:
        line = reader.line_num + 1
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise file.error(f"begins a record that is no CSV: {error}; mend its quotes", line) from None
        if any(map(str.strip, record)):
            yield line, record


def _csv_chunk(file: TextFile, names: list[str], rows: list[tuple[int, list[str]]]) -> Chunk:
    width, faults = len(names), {}
    for index, (_, record) in enumerate(rows):
        if len(record) != width:
            faults[index] = f"has {len(record)} fields, the header has {width}; quote texts that hold a separator"
            record[:] = [*record, *[""] * width][:width]
    columns = zip(*(record for _, record in rows), strict=True)
    equal: dict[Text, Text] = {"": None}
    return Chunk(
        [f"{file.name}:{line}" for line, _ in rows],
        {name: _kept_once(column, equal) for name, column in zip(names, columns, strict=True)},
        faults,
    )


def _json_lines(file: TextFile) -> Iterator[Chunk]:
    rows = ((f"{file.name}:{line}", text) for line, text in enumerate(file.lines(), start=1) if not text.isspace())
    return _json_chunks((place, *_parsed(text)) for place, text in rows)


def _parsed(text: str) -> tuple[object, str | None]:
    try:
        return json.loads(text), None
    except (ValueError, RecursionError) as error:
        return {}, f"is no JSON: {error}"


def _json_array(file: TextFile) -> Iterator[Chunk]:
    return _json_chunks(
        (f"{file.name}:{line} (item {number})", item, None)
        for number, (line, item) in enumerate(json_items(file), start=1)
    )


def _json_chunks(rows: Iterable[tuple[str, object, str | None]]) -> Iterator[Chunk]:
    remaining = iter(rows)
    while some := list(islice(remaining, CHUNK_ROWS)):
        yield _json_chunk(some)


def _json_chunk(rows: list[tuple[str, object, str | None]]) -> Chunk:
    faults = {index: fault for index, (_, _, fault) in enumerate(rows) if fault is not None}
    items: list[dict[str, object]] = []
    for index, (_, item, _) in enumerate(rows):
        items.append(item if isinstance(item, dict) else {})
        if not isinstance(item, dict):
            faults[index] = 'is no JSON object; write a row as {"severity": "major", ...}'
    names = dict.fromkeys(chain.from_iterable(items))
    equal: dict[Text, Text] = {"": None}
    columns = {name: _texts([item.get(name) for item in items], equal) for name in names}
    return Chunk([place for place, _, _ in rows], columns, faults)


def _texts(values: Sequence[Any], equal: dict[Text, Text]) -> Sequence[Text]:
    texts = values if {str, type(None)}.issuperset(map(type, values)) else list(map(_text, values))
    return _kept_once(texts, equal)


def _kept_once(texts: Sequence[Text], equal: dict[Text, Text]) -> Sequence[Text]:
    """Return the texts, equal ones as one object; empty text is None."""
    return list(map(equal.setdefault, texts, texts))


def _text(value: object) -> Text:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
