"""The same rows through every door give the same cells."""
################################################################
# One list of alarms with all that makes doors differ: open alarms, duplicates,
# microseconds, zones, severities in any case, an end before its start, columns that
# alarms do not have. Objects are the measure; every other door must agree to the
# microsecond, for the whole and for each resource.
################################################################

from __future__ import annotations

import csv
import json
import random
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pandas as pd
import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]
import pytest
import sqlalchemy as sa
from pyarrow import parquet

import sla_compliance as sla
from sla_compliance.sources.files import FileAlarmSource
from tests.servers.databases import fresh_database

START, END = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
TERMS: dict[str, Any] = {"start": START, "end": END, "zone": "Europe/Berlin", "as_of": END}
SKEW = timedelta(minutes=5)
INSTANTS = ("first_occurrence", "cleared_at", "last_occurrence")
SEVERITIES = ("critical", "MAJOR", "minor", "Warning")

Row = dict[str, Any]
Door = Callable[[list[Row], Path], sla.AlarmBatch]


def made_up_rows(count: int = 400) -> list[Row]:
    """Return rows of a month, the same each time."""
    generator = random.Random(3)  # noqa: S311 - repeatable
    rows = []
    for number in range(count):
        raised = START + timedelta(microseconds=generator.randrange(31 * 86_400 * 10**6)) - timedelta(days=1)
        length = timedelta(microseconds=generator.randrange(10 * 3600 * 10**6))
        cleared = raised - timedelta(minutes=1) if generator.random() < 0.05 else raised + length
        is_open = generator.random() < 0.05
        rows.append(
            {
                "id": f"row {number}",
                "severity": generator.choice(SEVERITIES),
                "first_occurrence": raised.astimezone(timezone(timedelta(hours=generator.randrange(-11, 12)))),
                "cleared_at": None if is_open else cleared,
                "last_occurrence": max(raised, END - timedelta(hours=5)) if is_open else None,
                "resource_id": f"OLT-{generator.randrange(5)}",
                "site": generator.choice(["Lagos", "Nürnberg", "São Paulo, centro"]),
            }
        )
    return [*rows, *generator.sample(rows, 20)]


def texts_of(rows: list[Row]) -> list[Row]:
    """Return rows whose times are text."""
    return [
        {name: value.isoformat() if isinstance(value, datetime) else value for name, value in row.items()}
        for row in rows
    ]


def in_utc(rows: list[Row]) -> list[Row]:
    """Return rows whose times are in UTC: a column of a frame has one zone."""
    return [
        {name: value.astimezone(UTC) if isinstance(value, datetime) else value for name, value in row.items()}
        for row in rows
    ]


def file_door(write: Callable[[list[Row], Path], Path]) -> Door:
    """Return the door of a file that a function writes."""
    return lambda rows, folder: FileAlarmSource(write(rows, folder), clock_skew=SKEW).read()


def frame_door(make: Callable[[pa.Table], Any]) -> Door:
    """Return the door of a frame that a function makes."""
    return lambda rows, _: sla.alarms_from_frame(make(pa.Table.from_pylist(in_utc(rows))), clock_skew=SKEW)


def as_objects(rows: list[Row], _: Path) -> sla.AlarmBatch:
    """Alarm objects."""
    known = [{name: value for name, value in row.items() if name != "site"} for row in rows]
    return sla.AlarmBatch.from_alarms([sla.Alarm(**row) for row in known], clock_skew=SKEW)


def as_csv(rows: list[Row], folder: Path) -> Path:
    """A CSV file."""
    path = folder / "alarms.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(texts_of(rows))
    return path


def as_json(rows: list[Row], folder: Path) -> Path:
    """A JSON file with an object around the rows."""
    path = folder / "alarms.json"
    path.write_text(json.dumps({"alarms": texts_of(rows)}), encoding="utf-8")
    return path


def as_json_lines(rows: list[Row], folder: Path) -> Path:
    """A file of JSON Lines."""
    path = folder / "alarms.jsonl"
    path.write_text("\n".join(map(json.dumps, texts_of(rows))), encoding="utf-8")
    return path


def as_parquet(rows: list[Row], folder: Path) -> Path:
    """A Parquet file."""
    path = folder / "alarms.parquet"
    parquet.write_table(pa.Table.from_pylist(in_utc(rows)), path)
    return path


def as_workbook(rows: list[Row], folder: Path) -> Path:
    """A workbook."""
    path = folder / "alarms.xlsx"
    book = openpyxl.Workbook()
    for row in [list(rows[0]), *(list(row.values()) for row in texts_of(rows))]:
        book.worksheets[0].append(row)
    book.save(path)
    return path


def from_sqlite(rows: list[Row], folder: Path) -> sla.AlarmBatch:
    """A table of SQLite, through SQLAlchemy."""
    path = folder / "alarms.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute(f"CREATE TABLE alarms ({', '.join(rows[0])})")
        marks = ", ".join("?" * len(rows[0]))
        filled = [tuple(row.values()) for row in texts_of(rows)]
        connection.executemany(f"INSERT INTO alarms VALUES ({marks})", filled)  # noqa: S608 - our own columns
    connection.close()
    return from_database(f"sqlite:///{path}")


def from_postgresql(rows: list[Row], dsn: str) -> sla.AlarmBatch:
    """A table of PostgreSQL with columns of timestamptz, through SQLAlchemy."""
    table = sa.Table(
        "alarms",
        sa.MetaData(),
        *(sa.Column(name, sa.DateTime(timezone=True) if name in INSTANTS else sa.Text) for name in rows[0]),
    )
    with fresh_database(dsn) as url:
        engine = sa.create_engine(url)
        try:
            with engine.begin() as connection:
                table.create(connection)
                connection.execute(table.insert(), rows)
        finally:
            engine.dispose()
        return from_database(url)


def from_database(url: str | sa.URL) -> sla.AlarmBatch:
    """All rows of the table `alarms`, as SQLAlchemy's mappings."""
    engine = sa.create_engine(url)
    try:
        with engine.connect() as connection:
            mappings = connection.execute(sa.text("SELECT * FROM alarms")).mappings()
            return sla.alarms_from_rows(mappings, clock_skew=SKEW)
    finally:
        engine.dispose()


DOORS: dict[str, Door] = {
    "mappings": lambda rows, _: sla.alarms_from_rows(rows, clock_skew=SKEW),
    "mappings of texts": lambda rows, _: sla.alarms_from_rows(texts_of(rows), clock_skew=SKEW),
    "csv": file_door(as_csv),
    "json": file_door(as_json),
    "json lines": file_door(as_json_lines),
    "parquet": file_door(as_parquet),
    "xlsx": file_door(as_workbook),
    "pandas": frame_door(lambda table: table.to_pandas()),
    "pandas of objects": lambda rows, _: sla.alarms_from_frame(pd.DataFrame(rows, dtype=object), clock_skew=SKEW),
    "polars": frame_door(pl.from_arrow),
    "polars, lazy": frame_door(lambda table: pl.DataFrame(table).lazy()),
    "pyarrow": frame_door(lambda table: table),
    "duckdb": frame_door(duckdb.from_arrow),
    "sqlite": from_sqlite,
}


def cells(batch: sla.AlarmBatch) -> dict[str, object]:
    """Return the exact cells of each day, for the whole and for each resource."""
    reports = {"": sla.evaluate(batch, **TERMS), **sla.evaluate_each(batch, **TERMS)}
    return {str(key): [record.cells_us for record in report.days] for key, report in reports.items()}


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    """The rows."""
    return made_up_rows()


@pytest.fixture(scope="module")
def expected(rows: list[Row]) -> dict[str, object]:
    """What the objects give."""
    return cells(as_objects(rows, Path()))


@pytest.mark.parametrize("door", DOORS)
def test_every_door_gives_the_same_cells(
    door: str, rows: list[Row], expected: dict[str, object], tmp_path: Path
) -> None:
    """To the microsecond, and the rest of the row is carried along."""
    check_batch(DOORS[door](rows, tmp_path), rows, expected)


def test_postgresql_gives_the_same_cells(rows: list[Row], expected: dict[str, object], each_postgres_dsn: str) -> None:
    """Every installed version."""
    check_batch(from_postgresql(rows, each_postgres_dsn), rows, expected)


def check_batch(batch: sla.AlarmBatch, rows: list[Row], expected: dict[str, object]) -> None:
    """Check what a door made of the rows."""
    assert cells(batch) == expected
    assert dict(zip(batch.columns["id"], batch.columns["site"], strict=True)) == {
        row["id"]: row["site"] for row in rows
    }
    assert batch.assumptions == ()


def test_the_rows_have_all_that_makes_doors_differ(rows: list[Row]) -> None:
    """Else the test above would say little."""
    batch = as_objects(rows, Path())
    assert batch.active_rows
    assert batch.row_facts.copies == 20
    assert any(row["cleared_at"] and row["cleared_at"] < row["first_occurrence"] for row in rows)
    assert any(row["first_occurrence"].microsecond for row in rows)
