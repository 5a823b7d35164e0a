"""The whole answer, the downtime of each day, from a frame in memory: this library beside pandas, Polars and DuckDB."""
################################################################
# What the others do and leave out stands in frame_peers.py. All of them must give the
# same microseconds. Figures are ratios inside one run, by the time of the processor, of
# all threads.
################################################################

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]

import sla_compliance as sla
from tests.benchmarks.bench_rows import DAYS, ROWS, START, made_up_rows
from tests.benchmarks.frame_peers import LocalDays, by_duckdb, by_pandas, by_polars
from tests.benchmarks.timing import medians

END: Final = START + timedelta(days=DAYS)
ALL_DAYS: Final = LocalDays(START.date(), DAYS, "UTC")


def by_this_library(frame: Any) -> list[int]:
    """Evaluate a frame."""
    report = sla.evaluate(frame, start=START, end=END, zone="UTC", as_of=END)
    return [record.downtime_us for record in report.days]


def test_the_downtime_of_each_day_beside_what_an_analyst_writes() -> None:
    """Equal to the microsecond; the ratios say what the whole of evaluate() costs beside the least of it."""
    # Few alarms a day leave gaps between outages; with all rows the service would never be up.
    for count in (ROWS // 100, ROWS):
        table = pa.Table.from_pylist(list(made_up_rows(count)))
        pandas, polars = table.to_pandas(), pl.DataFrame(table)
        works: dict[str, Callable[[], list[int]]] = {
            "this library, Polars": lambda polars=polars: by_this_library(polars),  # type: ignore[misc]
            "this library, pandas": lambda pandas=pandas: by_this_library(pandas),  # type: ignore[misc]
            "pandas": lambda pandas=pandas: by_pandas(pandas, ALL_DAYS),  # type: ignore[misc]
            "Polars": lambda polars=polars: by_polars(polars, ALL_DAYS),  # type: ignore[misc]
            "DuckDB": lambda table=table: by_duckdb(table, ALL_DAYS),  # type: ignore[misc]
        }
        expected = by_this_library(polars)
        for name, work in works.items():
            assert work() == expected, name
        took = medians(works)
        print(f"\n{count:,} rows in a frame to the downtime of {DAYS} days, x evaluate() on a frame of Polars")
        for name in works:
            print(f"  {name:<20}  {took[name] / took['this library, Polars']:6.2f}")
