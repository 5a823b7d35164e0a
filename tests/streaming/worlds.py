"""Small worlds of rows in which every trap of dividing rows by their key is likely, and their days by the report."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]
from pyarrow import parquet

from sla_compliance.cli.agreed_evaluation import Evaluation
from sla_compliance.cli.keyed_evaluation import KeyedEvaluation
from sla_compliance.cli.report import command
from sla_compliance.cli.row_options import RowOptions
from sla_compliance.readings import Unkeyed
from sla_compliance.record_columns import record_columns
from sla_compliance.sources.inventory_files import read_inventory

START = dt.datetime(2026, 10, 1, tzinfo=dt.UTC)
RANGE = ("--zone", "Africa/Lagos", "--from", "2026-10-01", "--to", "2026-10-04", "--as-of", "2026-10-05")
TYPES = {
    "id": pa.string(),
    "tenant_id": pa.string(),
    "resource_id": pa.string(),
    "customer_id": pa.string(),
    "alarm_id": pa.string(),
    "parent_alarm_id": pa.string(),
    "severity": pa.string(),
    "status": pa.string(),
    "first_occurrence": pa.timestamp("us", "UTC"),
    "cleared_at": pa.timestamp("us", "UTC"),
    "last_occurrence": pa.timestamp("us", "UTC"),
    "resource_name": pa.string(),
}


def rows_of_world(seed: str, count: int, *, tenants: Sequence[str | None], has_bad_rows: bool) -> list[dict[str, Any]]:
    """Return rows of few keys, ids and devices, so that they have much to do with each other."""
    random = Random(seed)  # noqa: S311 - a world, not a secret
    rows = []
    for number in range(count):
        start = START + dt.timedelta(hours=random.randrange(0, 90))
        length = dt.timedelta(minutes=random.choice([1, 10, 60, 300, 2000]))
        end = None if random.random() < 0.4 else start + length
        if has_bad_rows and random.random() < 0.1:
            end = start - dt.timedelta(hours=2)
        words = ["critical", "major", "minor", "cleared", *(["sometimes"] if has_bad_rows else [])]
        rows.append(
            {
                "id": random.choice([f"i{random.randrange(6)}", f"own{number}", None]),
                "tenant_id": random.choice(tenants),
                "resource_id": random.choice([f"r{random.randrange(5)}", f"r{random.randrange(5)}", None]),
                "customer_id": random.choice([f"c{random.randrange(4)}", f"c{random.randrange(4)}", "", None]),
                "alarm_id": random.choice([f"a{random.randrange(6)}", None]),
                "parent_alarm_id": random.choice([f"i{random.randrange(6)}", None, None]),
                "severity": random.choice(words),
                "status": random.choice(["active", "cleared", "Resolved", None]),
                "first_occurrence": start,
                "cleared_at": end,
                "last_occurrence": random.choice([None, start + dt.timedelta(minutes=random.randrange(120))]),
                "resource_name": f"site {number % 7}",
            }
        )
    return rows


def write_rows(path: Path, rows: Sequence[dict[str, Any]], *, group_rows: int = 3, without: Sequence[str] = ()) -> None:
    """Write rows as a Parquet file of small row groups."""
    schema = pa.schema([(name, kind) for name, kind in TYPES.items() if name not in without])
    parquet.write_table(pa.Table.from_pylist(list(rows), schema), path, row_group_size=group_rows)


def days_by_report(arguments: Sequence[str]) -> dict[tuple[str | None, dt.date], tuple[Any, ...]]:
    """Return the columns of each day of each key, as a report makes them of all rows at once."""
    options = command.make_context("report", [*arguments]).params
    evaluation = Evaluation.of(options, dt.datetime(2026, 10, 5, tzinfo=dt.UTC))
    rows = RowOptions.of(options, evaluation.settings.rows)
    each = options["each"]
    batch = rows.read(of_all_tenants=each == "tenant_id" and rows.tenant_id is None)
    inventory = None
    if options["inventory"] is not None:
        inventory = read_inventory(options["inventory"], zone=evaluation.agreement(rows.tenant_id).zone)
    unkeyed: Unkeyed = options["unkeyed"] or "doubt"
    keyed = KeyedEvaluation.of(batch, each, evaluation, rows.tenant_id, unkeyed=unkeyed, inventory=inventory)
    days = {}
    for key, report in keyed.each_report():
        columns = record_columns(report.days, is_input_in_doubt=report.doubt_of_input is not None)
        for values in zip(*(column.values for column in columns), strict=True):
            days[None if key is None else str(key), values[0]] = tuple(values)
    return days


def days_of_file(path: Path, each: str) -> dict[tuple[str | None, dt.date], tuple[Any, ...]]:
    """Return the same of a file of days."""
    table = parquet.read_table(path)
    assert table.column_names[0] == each
    days = {}
    for key, *values in _rows(table):
        place = (None if key in (None, "") else str(key), values[0])
        assert place not in days, "a day of a key is there once"
        days[place] = tuple(values)
    return days


def _rows(table: Any) -> Iterator[tuple[Any, ...]]:
    yield from zip(*(column.to_pylist() for column in table.columns), strict=True)
