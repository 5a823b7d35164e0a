"""What the doors of rows cost: files beside bare parsers, frames beside evaluate, and the memory of a million rows."""
################################################################
# Every figure is a ratio inside one run: medians of works that take turns in one
# process, by the time of the processor. Nothing here fails for being slow; rows that
# differ from door to door do. The goals stand beside the figures.
################################################################

from __future__ import annotations

import csv
import json
import random
import subprocess
import sys
from collections.abc import Callable, Iterator, Sized
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]
import pytest
from pyarrow import parquet

import sla_compliance as sla
from sla_compliance.rows.times import TimeReader
from sla_compliance.sources.files import FileAlarmSource
from sla_compliance.units import EPOCH, MICROSECOND, parse_timestamp
from tests.benchmarks.timing import medians

ROOT = Path(__file__).parents[2]
ROWS = 100_000
MANY_ROWS = 1_000_000
START = datetime(2025, 1, 10, tzinfo=UTC)
DAYS = 90
TERMS: dict[str, Any] = {
    "start": START,
    "end": START + timedelta(days=DAYS),
    "as_of": START + timedelta(days=DAYS),
    "zone": "Europe/Berlin",
}
COLUMNS = ("id", "severity", "first_occurrence", "cleared_at", "resource_id", "status")
MEMORY = """
import sys
from pathlib import Path
from tests.benchmarks.bench_rows import READERS

def peak_kb():  # not getrusage: its peak is inherited from the process that started this one
    return next(line.split()[1] for line in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in line)

read = READERS[sys.argv[1], sys.argv[2]]
before = peak_kb()
rows = len(read(Path(sys.argv[3])))
print(rows, before, peak_kb())
"""
TIMES = ["first_occurrence", "cleared_at"]
SUFFIXES = {"CSV": ".csv", "JSON Lines": ".jsonl", "Parquet": ".parquet"}


def made_up_rows(count: int) -> Iterator[dict[str, Any]]:
    """Yield rows of alarms of ninety days, times as PostgreSQL keeps them: to the microsecond."""
    generator = random.Random(1)  # noqa: S311 - repeatable
    for number in range(count):
        raised = START + timedelta(microseconds=generator.randrange(DAYS * 86_400 * 10**6))
        yield {
            "id": str(number),
            "severity": generator.choice(["critical", "MAJOR"]),
            "first_occurrence": raised,
            "cleared_at": raised + timedelta(seconds=generator.randrange(4_000)) if number % 50 else None,
            "resource_id": f"OLT-{generator.randrange(300)}",
            "status": "cleared" if number % 50 else "active",
        }


def texts_of(row: dict[str, Any], columns: tuple[str, ...] = COLUMNS) -> dict[str, Any]:
    """Return some columns of a row, times as text."""
    return {
        name: row[name].isoformat().replace("+00:00", "Z") if isinstance(row[name], datetime) else row[name]
        for name in columns
    }


def write_csv(path: Path, count: int, columns: tuple[str, ...] = COLUMNS) -> Path:
    """Write rows as CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(texts_of(row, columns) for row in made_up_rows(count))
    return path


def write_json_lines(path: Path, count: int, columns: tuple[str, ...] = COLUMNS) -> Path:
    """Write rows as JSON Lines."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(texts_of(row, columns)) + "\n" for row in made_up_rows(count))
    return path


def write_parquet(path: Path, count: int, columns: tuple[str, ...] = COLUMNS) -> Path:
    """Write rows as Parquet."""
    table = pa.Table.from_pylist(list(made_up_rows(count)))
    parquet.write_table(table.select(list(columns)), path)
    return path


def bare_csv(path: Path) -> range:
    """Read a file with the csv module and do nothing with it."""
    with path.open(encoding="utf-8", newline="") as file:
        row_count = sum(1 for _ in csv.reader(file)) - 1
    return range(row_count)


def bare_json_lines(path: Path) -> range:
    """Read a file with the json module and do nothing with it."""
    row_count = 0
    with path.open(encoding="utf-8") as file:
        for line in file:
            json.loads(line)
            row_count += 1
    return range(row_count)


def pandas_with_times(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame whose texts of times are times."""
    for name in TIMES:
        frame[name] = pd.to_datetime(frame[name], format="ISO8601", utc=True)
    return frame


def polars_with_times(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a frame whose texts of times are times."""
    return frame.with_columns(pl.col(TIMES).str.to_datetime(time_zone="UTC"))


def rows_of_duckdb(function: str, path: Path) -> list[Any]:
    """Return the rows of a file, as values of Python."""
    with duckdb.connect() as connection:
        connection.execute("SET enable_progress_bar = false")  # it is written to standard output
        return connection.execute(f"SELECT * FROM {function}(?)", [str(path)]).fetchall()  # noqa: S608 - our own


WRITERS: dict[str, Callable[[Path, int, tuple[str, ...]], Path]] = {
    "CSV": write_csv,
    "JSON Lines": write_json_lines,
    "Parquet": write_parquet,
}
# The first reader of a format is bare: others are ratios to it.
READERS: dict[tuple[str, str], Callable[[Path], Sized]] = {
    ("CSV", "csv.reader"): bare_csv,
    ("CSV", "this library"): lambda path: FileAlarmSource(path).read(),
    ("CSV", "pandas"): lambda path: pandas_with_times(pd.read_csv(path)),
    ("CSV", "Polars"): lambda path: pl.read_csv(path, try_parse_dates=True),
    ("CSV", "DuckDB"): partial(rows_of_duckdb, "read_csv"),
    ("JSON Lines", "json.loads"): bare_json_lines,
    ("JSON Lines", "this library"): lambda path: FileAlarmSource(path).read(),
    ("JSON Lines", "pandas"): lambda path: pandas_with_times(pd.read_json(path, lines=True, dtype=False)),
    ("JSON Lines", "Polars"): lambda path: polars_with_times(pl.read_ndjson(path)),
    ("JSON Lines", "DuckDB"): partial(rows_of_duckdb, "read_json"),
    ("Parquet", "pyarrow"): parquet.read_table,
    ("Parquet", "this library"): lambda path: FileAlarmSource(path).read(),
    ("Parquet", "pandas"): pd.read_parquet,
    ("Parquet", "Polars"): pl.read_parquet,
    ("Parquet", "DuckDB"): partial(rows_of_duckdb, "read_parquet"),
}
BARE = {"CSV": "csv.reader", "JSON Lines": "json.loads", "Parquet": "pyarrow"}
GOALS = {"CSV": ", goal <= 3", "JSON Lines": ", goal <= 3", "Parquet": ""}


def test_files_beside_other_readers(tmp_path: Path) -> None:
    """Every format with every column: a bare parser, this library, and readers of frames and rows."""
    paths = {}
    for file_format, write in WRITERS.items():
        paths[file_format] = write(tmp_path / f"a{SUFFIXES[file_format]}", ROWS, COLUMNS)
    first, *others = (FileAlarmSource(path).read() for path in paths.values())
    assert all(batch == first for batch in others)
    took = medians({key: partial(read, paths[key[0]]) for key, read in READERS.items()})
    print(f"\n{ROWS:,} rows of {len(COLUMNS)} columns, x the bare parser")
    for file_format, reader in READERS:
        if reader != BARE[file_format]:
            ratio = took[file_format, reader] / took[file_format, BARE[file_format]]
            goal = GOALS[file_format] if reader == "this library" else ""
            print(f"  {file_format:<10}  {reader:<12}  {ratio:5.1f} x {BARE[file_format]}{goal}")


def test_frames_and_mappings_beside_evaluate(tmp_path: Path) -> None:
    """What is in memory already, and Parquet."""
    rows = list(made_up_rows(ROWS))
    table = pa.Table.from_pylist(rows)
    path = tmp_path / "a.parquet"
    parquet.write_table(table, path)
    frames = {"pyarrow": table, "pandas": table.to_pandas(), "polars": pl.from_arrow(table)}
    batch = sla.alarms_from_rows(rows)
    assert all(sla.alarms_from_frame(frame) == batch for frame in frames.values())
    assert FileAlarmSource(path).read() == batch
    took = medians(
        {
            "evaluate": lambda: sla.evaluate(batch, **TERMS).days,
            **{name: lambda frame=frame: sla.alarms_from_frame(frame) for name, frame in frames.items()},  # type: ignore[misc]
            "parquet": lambda: FileAlarmSource(path).read(),
            "mappings": lambda: sla.alarms_from_rows(rows),
        }
    )
    print(f"\n{ROWS:,} rows to a batch")
    for name in ("pyarrow", "pandas", "polars", "parquet"):
        print(f"  {name:<8}  {took[name] / took['evaluate']:5.2f} x evaluate, goal <= 2.5")
    print(f"  mappings  {took['mappings'] / took['evaluate']:5.2f} x evaluate")


def test_texts_of_times() -> None:
    """By whole columns, and one by one through the full code."""
    texts = [texts_of(row)["first_occurrence"] for row in made_up_rows(ROWS)]
    reader = TimeReader()
    instants, _ = reader.read_column(texts, is_end=False)
    assert instants == [(parse_timestamp(text) - EPOCH) // MICROSECOND for text in texts]
    took = medians(
        {
            "bare": lambda: list(map(datetime.fromisoformat, texts)),
            "columns": lambda: reader.read_column(texts, is_end=False),
            "one by one": lambda: list(map(reader.read, texts)),
        }
    )
    print(f"\n{ROWS:,} timestamps, x bare datetime.fromisoformat")
    print(
        f"  by whole columns {took['columns'] / took['bare']:.1f}, one by one {took['one by one'] / took['bare']:.1f}"
    )


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peaks of memory are read from /proc")
@pytest.mark.parametrize("columns", [COLUMNS[1:4], COLUMNS[:5]], ids=["severity and times", "id and resource besides"])
def test_memory_of_a_million_rows(columns: tuple[str, ...], tmp_path: Path) -> None:
    """Peak of a process of its own for each reader: peaks of one process never go down."""
    for file_format in ("CSV", "JSON Lines"):
        path = WRITERS[file_format](tmp_path / f"a{SUFFIXES[file_format]}", MANY_ROWS, columns)
        print(f"\n{MANY_ROWS:,} rows of {file_format}, {len(columns)} columns; goal of this library <= 200 MB")
        for read_format, reader in READERS:
            if read_format != file_format:
                continue
            done = subprocess.run(
                [sys.executable, "-c", MEMORY, file_format, reader, str(path)],
                cwd=ROOT,
                capture_output=True,
                text=True,
                check=True,
            )
            rows, before_kb, after_kb = map(int, done.stdout.split())
            assert rows == MANY_ROWS
            print(f"  {reader:<12}  {(after_kb - before_kb) // 1000:5} MB more than before")
