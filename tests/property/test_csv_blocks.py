"""Laws of CSV without quotes: splitting whole blocks gives what csv.reader gives, or leaves them to it."""

from __future__ import annotations

import csv
import io
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla_compliance.errors import InvalidFileError
from sla_compliance.sources._files import opening
from sla_compliance.sources._files.chunk import Chunk, ExpectedColumns
from sla_compliance.sources._files.csv_blocks import plain_columns
from sla_compliance.sources._files.csv_rows import csv_chunks
from sla_compliance.sources._files.opening import opened

FIELDS = st.text(alphabet='ab é\u2028\x0b\0"\r;', max_size=3)
LINE_ENDS = st.sampled_from(["\n", "\n", "\r\n", "\r", ""])
LINES = st.tuples(st.lists(FIELDS, min_size=1, max_size=4).map(",".join), LINE_ENDS).map("".join)
ANYTHING = ExpectedColumns(lambda _: True)
NEW_FILES = 400


def records_of(text: str, separator: str) -> list[list[str]] | None:
    """Return what csv.reader reads of a text; None where it refuses it."""
    try:
        return list(csv.reader(io.StringIO(text, newline="\n"), delimiter=separator, strict=True))
    except csv.Error:
        return None


@given(st.lists(LINES, min_size=1, max_size=6).map("".join).filter(bool), st.integers(1, 4))
def test_what_is_split_is_what_csv_reads(text: str, width: int) -> None:
    """A block that is split holds rows of one width, none blank, and each field as csv.reader has it."""
    columns = plain_columns(text, ",", width)
    if columns is not None:
        rows = list(map(list, zip(*columns, strict=True)))
        assert rows == records_of(text, ",")
        assert all(any(map(str.strip, row)) for row in rows)


@given(
    st.lists(st.lists(st.text(alphabet="ab é", min_size=1, max_size=3), min_size=3, max_size=3), min_size=1),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
)
def test_ordinary_rows_are_split(rows: list[list[str]], line_end: str, has_last_end: bool) -> None:
    """Rows of one width without quotes are split, whichever end their lines have and whether the last one has it."""
    rows = [["x" + row[0], *row[1:]] for row in rows]
    text = line_end.join(map(";".join, rows)) + (line_end if has_last_end else "")
    columns = plain_columns(text, ";", 3)
    assert columns is not None
    assert list(map(list, zip(*columns, strict=True))) == rows


def test_a_text_longer_than_the_limit_of_a_field_is_left_to_csv() -> None:
    """csv.reader refuses a field that is too long, and a block may hold one only where it is longer itself."""
    limit = csv.field_size_limit()
    assert plain_columns("a," + "b" * (limit - 3) + "\n", ",", 2) is not None
    assert plain_columns("a," + "b" * limit + "\n", ",", 2) is None


def rows_and_places(chunks: list[Chunk]) -> tuple[list[list[str]], list[str], dict[int, str]]:
    """Return the rows of some chunks, what they are called, and what is wrong with them."""
    rows: list[list[str]] = []
    places: list[str] = []
    faults: dict[int, str] = {}
    for chunk in chunks:
        faults |= {len(rows) + row: fault for row, fault in chunk.faults.items()}
        rows.extend(map(list, zip(*chunk.columns.values(), strict=True)))
        places.extend(chunk.places)
    return rows, places, faults


def random_csv(generator: random.Random) -> str:
    """Return the text of a CSV file of three columns: mostly ordinary rows, at times blank, ragged or quoted ones."""
    line_end = generator.choice(["\n", "\r\n"])
    odd_rows = ["", " , ,", "a,b", "a,b,c,d", '"a\nb",c,d', '"a""",b,c', ",b,c", 'a,b"c,d', "a,b\rc,d"]
    share_of_odd_rows = generator.choice([0, 0, 0.02, 0.2])
    lines = [generator.choice(["", "\n"]) + generator.choice(["x,y,z", '"x",y,"z"'])]
    for number in range(generator.randrange(60)):
        is_odd = generator.random() < share_of_odd_rows
        lines.append(generator.choice(odd_rows) if is_odd else f"id{number},é {number},")
    return line_end.join(lines) + generator.choice(["", line_end])


def test_files_are_read_as_by_csv_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows, their lines and their faults are those of csv.reader on the whole text, wherever a piece of a file ends."""
    generator = random.Random(3)  # noqa: S311 - repeatable
    path = tmp_path / "a.csv"
    files_without_faults = 0
    for _ in range(NEW_FILES):
        path.write_text(random_csv(generator), encoding="utf-8", newline="")
        monkeypatch.setattr(opening, "PIECE_BYTES", generator.choice([7, 50, 300, 1 << 16]))
        read: list[object] = []
        fault_count = 0
        for splits in (True, False):
            with monkeypatch.context() as patch:
                if not splits:
                    patch.setattr("sla_compliance.sources._files.csv_rows.plain_columns", lambda *_: None)
                try:
                    with opened(path) as file:
                        rows, places, faults = rows_and_places(list(csv_chunks(file, ANYTHING)))
                    read.append((rows, places, faults))
                    fault_count += len(faults)
                except InvalidFileError as error:
                    read.append(str(error))
                    fault_count += 1
        assert read[0] == read[1], path.read_text(encoding="utf-8")
        files_without_faults += fault_count == 0
    assert files_without_faults > NEW_FILES // 4
