"""Rows of CSV files."""
################################################################
# Fields are separated by the one of , ; tab and | that the header line has most of.
# The header is the first line that is not blank. Where it lacks what is needed and a
# later line has it, the error says so: many tools write a title above their table.
#
# A quote that is never closed makes the file unreadable. A row of too few or too many
# fields is a fault of that row alone. Blank rows are none.
################################################################

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, chain, islice
from operator import itemgetter
from typing import Any, Final

from sla_compliance.sources._files.chunk import CHUNK_ROWS, Chunk, ExpectedColumns, Places, check_names_differ
from sla_compliance.sources._files.csv_blocks import plain_columns
from sla_compliance.sources._files.opening import TextFile, lines_of_blocks

SEPARATORS: Final = ",;\t|"
_LINES_LOOKED_AT: Final = 100


def csv_chunks(file: TextFile, expected: ExpectedColumns) -> Iterator[Chunk]:
    """Yield the rows of a CSV file; the first chunk has the columns and no row.

    Raises:
        InvalidFileError: it is no CSV, or names a column twice.
    """
    head = file.head()
    blocks = file.blocks()
    blocks_with_header: list[str] = []
    lines = lines_of_blocks(_noted(blocks, blocks_with_header))
    above = list(_up_to_the_header(lines))
    separator = _separator("".join(above))
    reader = csv.reader(chain(above, lines), delimiter=separator, strict=True)
    header = _header(file, reader)
    names = [name.strip() or f"column {number}" for number, name in enumerate(header, start=1)]
    header_line = reader.line_num
    if not expected.are_enough(names):
        _look_for_a_header_below(file, head, header_line, expected)
    check_names_differ(names, lambda message: file.error(message, header_line))
    yield Chunk(Places(file.name, ()), dict.fromkeys(names, ()), {})
    lines_below = "".join(blocks_with_header).split("\n", header_line)[header_line:]
    yield from _chunks(file, names, separator, chain(lines_below, blocks), header_line + 1)


def _noted(blocks: Iterable[str], noted_blocks: list[str]) -> Iterator[str]:
    for text in blocks:
        noted_blocks.append(text)
        yield text


def _chunks(
    file: TextFile, names: Sequence[str], separator: str, blocks: Iterator[str], first_line: int
) -> Iterator[Chunk]:
    """Yield the rows of blocks of lines, the first of which begins with line `first_line`."""
    for text in blocks:
        if '"' in text:  # a record may go on in the next block
            yield from _chunks_of_lines(file, names, separator, lines_of_blocks(chain([text], blocks)), first_line)
            return
        columns = plain_columns(text, separator, len(names))
        if columns is None:
            yield from _chunks_of_lines(file, names, separator, lines_of_blocks([text]), first_line)
            first_line += text.count("\n")
        else:
            line_below = first_line + len(columns[0])
            lines = range(first_line, line_below)
            yield Chunk(Places(file.name, lines), dict(zip(names, columns, strict=True)), {})
            first_line = line_below


def _chunks_of_lines(
    file: TextFile, names: Sequence[str], separator: str, lines: Iterator[str], first_line: int
) -> Iterator[Chunk]:
    reader = csv.reader(lines, delimiter=separator, strict=True)
    lines_above = first_line - 1
    while True:
        first_line = lines_above + reader.line_num + 1
        records = _next_records(file, reader, CHUNK_ROWS, first_line)
        if not records:
            return
        yield _chunk(file, names, records, _line_numbers(records, first_line, lines_above + reader.line_num))


def _up_to_the_header(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        yield line
        if line.strip():
            return


def _separator(header: str) -> str:
    return max(SEPARATORS, key=header.count)


def _header(file: TextFile, reader: Any) -> list[str]:  # noqa: ANN401 - the type of csv readers has no name
    """Return the first record that is not blank."""
    while records := _next_records(file, reader, 1, reader.line_num + 1):
        if any(map(str.strip, records[0])):
            return records[0]
    raise file.error("is empty; a CSV file begins with a line of column names")


def _look_for_a_header_below(file: TextFile, head: str, header_line: int, expected: ExpectedColumns) -> None:
    """Raise an error where a line below the first ones has the names of columns."""
    for line, text in enumerate(head.splitlines()[:_LINES_LOOKED_AT], start=1):
        names = next(csv.reader([text], delimiter=_separator(text)), [])
        if line > header_line and expected.are_enough([name.strip() for name in names]):
            raise file.error(f"has its column names on line {line}; delete the lines above it", header_line)


def _next_records(file: TextFile, reader: Any, count: int, first_line: int) -> list[list[str]]:  # noqa: ANN401 - as above
    """Return the next records, blank ones too; none at the end.

    Args:
        first_line: where the first of them begins.
    """
    records: list[list[str]] = []
    try:
        records.extend(islice(reader, count))
    except csv.Error as error:  # the records before it are in the list
        line = first_line + sum(map(_line_count, records))
        raise file.error(f"begins a record that is no CSV: {error}; mend its quotes", line) from None
    return records


def _line_count(record: Sequence[str]) -> int:
    return 1 + sum(field.count("\n") for field in record)


def _line_numbers(records: Sequence[Sequence[str]], first_line: int, last_line: int) -> Sequence[int]:
    """Return the line that each record begins on."""
    if last_line - first_line + 1 == len(records):
        return range(first_line, last_line + 1)
    return list(accumulate(map(_line_count, records), initial=first_line))[:-1]


def _chunk(file: TextFile, names: Sequence[str], records: list[list[str]], lines: Sequence[int]) -> Chunk:
    width = len(names)
    has_other_widths = set(map(len, records)) != {width}
    # A blank row has a blank first field, and a blank line none at all: where there is neither, no row is looked at.
    if has_other_widths or not all(map(str.strip, map(itemgetter(0), records))):
        rows = [row for row, record in enumerate(records) if any(map(str.strip, record))]
        records = [records[row] for row in rows]
        lines = [lines[row] for row in rows]
    faults = {}
    if has_other_widths:
        for row, record in enumerate(records):
            if len(record) != width:
                faults[row] = f"has {len(record)} fields, the header has {width}; quote texts that hold a separator"
                records[row] = [*record, *[""] * width][:width]
    # Columns are slices of all fields: zip(*records) makes an iterator a row, which wakes the garbage collector.
    fields = list(chain.from_iterable(records))
    columns = {name: fields[index::width] for index, name in enumerate(names)}
    return Chunk(Places(file.name, lines), columns, faults)
