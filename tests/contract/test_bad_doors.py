"""Bad input of every kind at every door: one clear error of the library, and nothing half read."""
################################################################
# Kinds of bad rows are tried at each door that rows come through; kinds of bad files
# at each format that can be bad in that way. Whatever it is, exactly one error of ours
# comes out: one printable line that names the field, or the file, and the way out.
#
# Nothing is half read: no door returns a batch of bad rows, and where rows are set
# aside, all good ones are in the batch and every bad one is listed.
################################################################

from __future__ import annotations

import gzip
import itertools
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

import duckdb
import openpyxl
import pandas as pd
import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]
import pytest
from pyarrow import parquet

import sla_compliance as sla
from sla_compliance.sources.files import FileAlarmSource, FileChangeSource
from tests.contract.test_doors import Row, as_csv, as_json, as_json_lines, as_workbook

NINE: Final = datetime(2026, 3, 3, 9, tzinfo=UTC)
HOUR: Final = timedelta(hours=1)
LONGEST_MESSAGE: Final = 700
MANY_COLUMNS: Final = 4_000

OnInvalid = Literal["raise", "quarantine"]
Door = Callable[[list[Row], Path, OnInvalid], sla.AlarmBatch]
Write = Callable[[list[Row], Path], Path]


def good_rows() -> list[Row]:
    """Return three alarms."""
    return [
        {"id": f"row {number}", "severity": "major", "first_occurrence": NINE, "cleared_at": NINE + number * HOUR}
        for number in (1, 2, 3)
    ]


def with_times(make: Callable[[datetime], object]) -> list[Row]:
    """Return the rows with other times."""
    names = ("first_occurrence", "cleared_at")
    return [{**row, **{name: make(row[name]) for name in names}} for row in good_rows()]


def with_second(**values: object) -> list[Row]:
    """Return the rows with other values in the second one."""
    first, second, third = good_rows()
    return [first, {**second, **values}, third]


class Kind(NamedTuple):
    """A kind of bad rows.

    Attributes:
        rows: some of that kind.
        names: texts of the message.
        is_second_row_alone: whether the two other rows are good.
    """

    rows: list[Row]
    names: tuple[str, ...]
    is_second_row_alone: bool = False


KINDS: Final = {
    "naive times": Kind(
        with_times(lambda time: time.replace(tzinfo=None)), ("first_occurrence", "without a time zone", "times_in=")
    ),
    "numbers without a unit": Kind(
        with_times(lambda time: int(time.timestamp())), ("first_occurrence", "a number without a unit", "epoch=")
    ),
    "an unknown severity": Kind(with_second(severity="Desaster"), ("severity", "Desaster", "severity_map="), True),
    "an end before its start": Kind(with_second(cleared_at=NINE - HOUR), ("cleared_at", "first_occurrence"), True),
    "no column of starts": Kind(
        [{"raised": row["first_occurrence"], "id": row["id"]} for row in good_rows()],
        ("first_occurrence", "raised", "columns="),
    ),
    "a wrong type": Kind([{**row, "first_occurrence": [1, 2]} for row in good_rows()], ("first_occurrence",)),
}
# An Alarm has attributes and no options; evaluate() has none either, and names the function that has.
OBJECT_KINDS: Final = {name: kind for name, kind in KINDS.items() if name != "no column of starts"}


def as_objects(rows: list[Row], _: Path, on_invalid: OnInvalid) -> sla.AlarmBatch:
    """Alarm objects."""
    return sla.AlarmBatch.from_alarms([sla.Alarm(**row) for row in rows], on_invalid=on_invalid)


def file_door(write: Write) -> Door:
    """Return the door of a file that a function writes."""
    return lambda rows, folder, on_invalid: FileAlarmSource(write(rows, folder), on_invalid=on_invalid).read()


def frame_door(make: Callable[[list[Row]], Any]) -> Door:
    """Return the door of a frame that a function makes."""
    return lambda rows, _, on_invalid: sla.alarms_from_frame(make(rows), on_invalid=on_invalid)


def as_parquet(rows: list[Row], folder: Path) -> Path:
    """A Parquet file."""
    path = folder / "alarms.parquet"
    parquet.write_table(pa.Table.from_pylist(rows), path)
    return path


def as_sheet(rows: list[Row], folder: Path) -> Path:
    """A workbook, whose cells hold no lists."""
    return as_workbook([{name: _cell(value) for name, value in row.items()} for row in rows], folder)


def _cell(value: object) -> object:
    return str(value) if isinstance(value, list) else value


def as_packed_csv(rows: list[Row], folder: Path) -> Path:
    """A CSV file, gzipped."""
    path = folder / "alarms.csv.gz"
    path.write_bytes(gzip.compress(as_csv(rows, folder).read_bytes()))
    return path


DOORS: Final[dict[str, Door]] = {
    "mappings": lambda rows, _, on_invalid: sla.alarms_from_rows(rows, on_invalid=on_invalid),
    "csv": file_door(as_csv),
    "csv, packed": file_door(as_packed_csv),
    "json": file_door(as_json),
    "json lines": file_door(as_json_lines),
    "parquet": file_door(as_parquet),
    "xlsx": file_door(as_sheet),
    "pandas": frame_door(pd.DataFrame),
    "pandas of objects": frame_door(lambda rows: pd.DataFrame(rows, dtype=object)),
    "polars": frame_door(pl.DataFrame),
    "polars, lazy": frame_door(lambda rows: pl.DataFrame(rows).lazy()),
    "pyarrow": frame_door(pa.Table.from_pylist),
    "duckdb": frame_door(lambda rows: duckdb.from_arrow(pa.Table.from_pylist(rows))),
}


def check_error(error: sla.SLAComplianceError, *names: str) -> None:
    """Check that it is one short line that names some things."""
    message = str(error)
    assert message.isprintable()
    assert len(message) < LONGEST_MESSAGE
    for name in names:
        assert name in message


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("door", DOORS)
def test_bad_rows_are_one_error(door: str, kind: str, tmp_path: Path) -> None:
    """It names the field, and the option that would read the value where there is one."""
    with pytest.raises(sla.SLAComplianceError) as caught:
        DOORS[door](KINDS[kind].rows, tmp_path, "raise")
    check_error(caught.value, *KINDS[kind].names)


@pytest.mark.parametrize("kind", [name for name, kind in KINDS.items() if kind.is_second_row_alone])
@pytest.mark.parametrize("door", [*DOORS, "objects"])
def test_what_is_set_aside_is_the_bad_row_alone(door: str, kind: str, tmp_path: Path) -> None:
    """All good rows are in the batch."""
    batch = {**DOORS, "objects": as_objects}[door](KINDS[kind].rows, tmp_path, "quarantine")
    assert batch.columns["id"] == ("row 1", "row 3")
    (rejected,) = batch.rejected
    assert rejected.columns["id"] == "row 2"
    assert KINDS[kind].names[0] in " ".join(rejected.reasons)


@pytest.mark.parametrize("kind", OBJECT_KINDS)
def test_bad_objects_are_one_error(kind: str, tmp_path: Path) -> None:
    """Alarm objects have no options to name."""
    with pytest.raises(sla.SLAComplianceError) as caught:
        as_objects(KINDS[kind].rows, tmp_path, "raise")
    check_error(caught.value, KINDS[kind].names[0])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("make", "function"),
    [(list, "alarms_from_rows"), (pa.Table.from_pylist, "alarms_from_frame")],
    ids=["mappings", "a frame"],
)
def test_evaluate_refuses_them_too(make: Callable[[list[Row]], Any], function: str, kind: str) -> None:
    """It names the function that takes the option."""
    alarms = make(KINDS[kind].rows)
    with pytest.raises(sla.SLAComplianceError) as caught:
        sla.evaluate(alarms, start=NINE, end=NINE + HOUR, zone="UTC", as_of=NINE + HOUR)
    check_error(caught.value, *KINDS[kind].names)
    has_option = any(name.endswith("=") for name in KINDS[kind].names)
    assert (f"{function}(..., " in str(caught.value)) is has_option


def log_rows(at: Sequence[object], state: str = "down") -> list[Row]:
    """Return a log of one key."""
    return [{"at": time, "monitor": "web", "state": state} for time in at]


LOGS: Final = {
    "naive times": (log_rows([NINE.replace(tzinfo=None)]), ("at", "without a time zone", "times_in=")),
    "numbers without a unit": (log_rows([1_772_528_400]), ("at", "a number without a unit", "epoch=")),
    "a word that is neither": (log_rows([NINE], "degraded"), ("state", "degraded")),
    "no column of times": ([{"time": NINE, "monitor": "web", "state": "down"}], ("at", "time")),
    "a wrong type": (log_rows([[1, 2]]), ("at",)),
}


@pytest.mark.parametrize("kind", LOGS)
@pytest.mark.parametrize("write", [None, as_csv, as_json, as_json_lines, as_parquet, as_sheet])
def test_bad_logs_are_one_error(write: Write | None, kind: str, tmp_path: Path) -> None:
    """Logs of state changes come as mappings and as files."""
    rows, names = LOGS[kind]
    options: dict[str, Any] = {"down": "down", "up": "up", "key": "monitor"}

    def read() -> sla.AlarmBatch:
        if write is None:
            return sla.alarms_from_changes(rows, **options)
        return FileChangeSource(write(rows, tmp_path), **options).read()

    with pytest.raises(sla.SLAComplianceError) as caught:
        read()
    check_error(caught.value, *names)


def cut(write: Write, share: float) -> Write:
    """Return what writes the first part of a file."""

    def write_part(rows: list[Row], folder: Path) -> Path:
        path = write(rows, folder)
        content = path.read_bytes()
        path.write_bytes(content[: int(len(content) * share)])
        return path

    return write_part


def recoded(write: Write, encoding: str) -> Write:
    """Return what writes a file in another encoding."""

    def write_recoded(_: list[Row], folder: Path) -> Path:
        path = write([{**row, "site": "Nürnberg"} for row in good_rows()], folder)
        text = path.read_text(encoding="utf-8").replace("\\u00fc", "ü")
        path.write_text(text, encoding=encoding)
        return path

    return write_recoded


def below_a_title(rows: list[Row], folder: Path) -> Path:
    """A CSV file with a title above its header."""
    path = as_csv(rows, folder)
    path.write_text(f"Alarms of March\n\n{path.read_text(encoding='utf-8')}", encoding="utf-8")
    return path


def sheet_below_a_title(rows: list[Row], folder: Path) -> Path:
    """A workbook with a title above its header."""
    path = as_sheet(rows, folder)
    book = openpyxl.load_workbook(path)
    book.worksheets[0].insert_rows(1, amount=2)
    book.worksheets[0]["A1"] = "Alarms of March"
    book.save(path)
    return path


def bomb(suffix: str) -> Write:
    """Return what writes a packed file that unpacks to a thousand times its size."""

    def write_bomb(_: list[Row], folder: Path) -> Path:
        path = folder / f"alarms{suffix}.gz"
        path.write_bytes(gzip.compress(b'{"first_occurrence": "' + b"x" * 50_000_000))
        return path

    return write_bomb


def many_columns(write: Write) -> Write:
    """Return what writes a row of far too many columns."""
    row: Row = {f"column{number}": "x" for number in range(MANY_COLUMNS)}
    return lambda _, folder: write([row], folder)


def leading_to_a_device(suffix: str) -> Write:
    """Return what makes a path of this suffix that has no end."""

    def link(_: list[Row], folder: Path) -> Path:
        path = folder / f"alarms{suffix}"
        path.symlink_to("/dev/zero")
        return path

    return link


CUT_ROWS: Final = ("csv, cut in a row", "json lines, cut")
TEXT_FORMATS: Final = {"csv": as_csv, "json": as_json, "json lines": as_json_lines}
BAD_FILES: Final[dict[str, tuple[Write, str]]] = {
    "csv, cut in a row": (cut(as_csv, 0.85), "fields, the header has"),
    "csv, packed, cut": (cut(as_packed_csv, 0.7), "cannot be read"),
    "json, cut": (cut(as_json, 0.7), ""),
    "json lines, cut": (cut(as_json_lines, 0.85), "is no JSON"),
    "parquet, cut": (cut(as_parquet, 0.7), "is no Parquet"),
    "xlsx, cut": (cut(as_sheet, 0.7), "is no XLSX workbook"),
    **{
        f"{name} in {encoding}": (recoded(write, encoding), "which is no UTF-8; save it as UTF-8")
        for name, write in TEXT_FORMATS.items()
        for encoding in ("latin-1", "utf-16")
    },
    "csv below a title": (below_a_title, "has its column names on line 3; delete the lines above it"),
    "xlsx below a title": (sheet_below_a_title, "has its column names on row 3 of"),
    "csv bomb": (bomb(".csv"), "unpacks to more than 200 times its size"),
    "json bomb": (bomb(".json"), "unpacks to more than 200 times its size"),
    "json lines bomb": (bomb(".jsonl"), "unpacks to more than 200 times its size"),
    **{
        f"{name} of 4,000 columns": (many_columns(write), "has 4,000 columns, more than 2,000")
        for name, write in {**TEXT_FORMATS, "parquet": as_parquet}.items()
    },
    **{
        f"{suffix} without end": (leading_to_a_device(suffix), "")
        for suffix in (".csv", ".json", ".jsonl", ".parquet", ".xlsx")
    },
}


@pytest.mark.parametrize("on_invalid", ["raise", "quarantine"])
@pytest.mark.parametrize("kind", BAD_FILES)
def test_bad_files_are_one_error(kind: str, on_invalid: OnInvalid, tmp_path: Path) -> None:
    """It names the file. Only a row that was cut can be set aside, where rows are lines."""
    write, part = BAD_FILES[kind]
    path = write(good_rows(), tmp_path)
    if on_invalid == "quarantine" and kind in CUT_ROWS:
        batch = FileAlarmSource(path, on_invalid=on_invalid).read()
        assert (len(batch), len(batch.rejected)) == (2, 1)
        return
    with pytest.raises(sla.SLAComplianceError) as caught:
        FileAlarmSource(path, on_invalid=on_invalid).read()
    check_error(caught.value, part, path.name)


@pytest.mark.parametrize(
    "read",
    [
        lambda row: sla.alarms_from_rows([row]),
        lambda row: sla.alarms_from_frame(pd.DataFrame([row])),
        lambda row: sla.alarms_from_frame(pl.DataFrame([row])),
        lambda row: sla.alarms_from_frame(pa.Table.from_pylist([row])),
    ],
    ids=["mappings", "pandas", "polars", "pyarrow"],
)
def test_far_too_many_columns_are_one_error(read: Callable[[Row], sla.AlarmBatch]) -> None:
    """At every door that is no file."""
    with pytest.raises(sla.InvalidValueError) as caught:
        read({f"column{number}": "x" for number in range(MANY_COLUMNS)})
    check_error(caught.value, "has 4,000 columns, more than 2,000")


def test_mappings_without_end_are_one_error() -> None:
    """Reading ends once there are ten thousand bad rows."""
    with pytest.raises(sla.InvalidAlarmsError) as caught:
        sla.alarms_from_rows(itertools.repeat({"first_occurrence": "soon"}))
    check_error(caught.value, "first_occurrence is 'soon'")


@pytest.mark.parametrize(
    ("suffix", "head", "row"),
    [
        (".csv", "first_occurrence\n", "soon\n"),
        (".jsonl", "", '{"first_occurrence": "soon"}\n'),
        (".json", "[", '{"first_occurrence": "soon"},\n'),
    ],
)
def test_a_pipe_without_end_is_one_error(suffix: str, head: str, row: str, tmp_path: Path) -> None:
    """Whoever writes it."""
    path = tmp_path / f"alarms{suffix}"
    os.mkfifo(path)
    writer = threading.Thread(target=_write_without_end, args=(path, head, row))
    writer.start()
    with pytest.raises(sla.InvalidAlarmsError) as caught:
        FileAlarmSource(path).read()
    writer.join(timeout=10)
    assert not writer.is_alive()
    check_error(caught.value, "first_occurrence is 'soon'", path.name)


def _write_without_end(path: Path, head: str, row: str) -> None:
    pieces: Iterator[str] = itertools.chain([head], itertools.repeat(row * 1_000))
    try:
        with path.open("w", encoding="utf-8") as pipe:
            for piece in pieces:
                pipe.write(piece)
    except BrokenPipeError:
        return  # the reader has had enough
