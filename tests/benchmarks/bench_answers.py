"""The whole answer, the downtime of each day, from a frame in memory: this library beside pandas, Polars and DuckDB."""
################################################################
# The others are what an analyst writes by hand: alarms that overlap or touch become
# one outage, and each outage is cut at the days. That is the least of what evaluate()
# does: they know days of UTC alone, no severities, maintenance, bad rows or doubt.
#
# All of them must give the same microseconds. Figures are ratios inside one run, by the
# time of the processor, of all threads.
################################################################

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from typing import Any, Final

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]

import sla_compliance as sla
from tests.benchmarks.bench_rows import DAYS, ROWS, START, made_up_rows, medians

END: Final = START + timedelta(days=DAYS)
EDGES: Final = [START + timedelta(days=day) for day in range(DAYS + 1)]
SQL: Final = """
WITH alarm AS (
    SELECT greatest(first_occurrence, $start) AS s, least(coalesce(cleared_at, $end), $end) AS e FROM alarms
), ordered AS (
    SELECT s, e, max(e) OVER (ORDER BY s, e ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS latest
    FROM alarm WHERE s < e
), numbered AS (
    SELECT s, e, sum(CASE WHEN s <= latest THEN 0 ELSE 1 END) OVER (ORDER BY s, e ROWS UNBOUNDED PRECEDING) AS outage
    FROM ordered
), outages AS (
    SELECT min(s) AS s, max(e) AS e FROM numbered GROUP BY outage
), days AS (
    SELECT unnest(generate_series($start, $end - INTERVAL 1 DAY, INTERVAL 1 DAY)) AS day
)
SELECT sum(date_diff('microsecond', greatest(s, day), least(e, day + INTERVAL 1 DAY)))::BIGINT
FROM days JOIN outages ON s < day + INTERVAL 1 DAY AND e > day GROUP BY day ORDER BY day
"""


def by_this_library(frame: Any) -> list[int]:
    """Evaluate a frame."""
    report = sla.evaluate(frame, start=START, end=END, zone="UTC", as_of=END)
    return [record.downtime_us for record in report.days]


def by_pandas(frame: pd.DataFrame) -> list[int]:
    """Merge with cummax and cumsum, measure between the edges of days."""
    starts = frame["first_occurrence"].mask(lambda column: column < START, START)
    ends = frame["cleared_at"].fillna(END).mask(lambda column: column > END, END)
    alarms = pd.DataFrame({"start": starts, "end": ends})
    alarms = alarms[alarms["start"] < alarms["end"]].sort_values("start")
    outage = (alarms["start"] > alarms["end"].cummax().shift()).cumsum()
    outages = alarms.groupby(outage).agg({"start": "min", "end": "max"})
    before = [(_until(outages["end"], edge) - _until(outages["start"], edge)).sum() for edge in EDGES]
    return [(later - earlier) // pd.Timedelta(microseconds=1) for earlier, later in pairwise(before)]


def _until(times: pd.Series[Any], edge: Any) -> Any:
    """Return times, those after an edge as the edge."""
    return times.mask(times > edge, edge)


def by_polars(frame: pl.DataFrame) -> list[int]:
    """The same with expressions, all edges in one query."""
    start, end = pl.lit(START), pl.lit(END)
    outages = (
        frame.lazy()
        .select(
            s=pl.max_horizontal("first_occurrence", start),
            e=pl.min_horizontal(pl.col("cleared_at").fill_null(end), end),
        )
        .filter(pl.col("s") < pl.col("e"))
        .sort("s")
        .with_columns(outage=(pl.col("s") > pl.col("e").cum_max().shift()).fill_null(value=False).cum_sum())
        .group_by("outage")
        .agg(pl.col("s").min(), pl.col("e").max())
    )
    lengths = [
        (pl.min_horizontal("e", pl.lit(edge)) - pl.min_horizontal("s", pl.lit(edge))).sum().dt.total_microseconds()
        for edge in EDGES
    ]
    before = outages.select(**{str(number): length for number, length in enumerate(lengths)}).collect().row(0)
    return [later - earlier for earlier, later in pairwise(before)]


def by_duckdb(alarms: pa.Table) -> list[int]:
    """Window functions, and a join with the days."""
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.register("alarms", alarms)
        rows = connection.execute(SQL, {"start": START, "end": END}).fetchall()
    return [downtime_us for (downtime_us,) in rows]


def test_the_downtime_of_each_day_beside_what_an_analyst_writes() -> None:
    """Equal to the microsecond; the ratios say what the whole of evaluate() costs beside the least of it."""
    # Few alarms a day leave gaps between outages; with all rows the service would never be up.
    for count in (ROWS // 100, ROWS):
        table = pa.Table.from_pylist(list(made_up_rows(count)))
        pandas, polars = table.to_pandas(), pl.DataFrame(table)
        works: dict[str, Callable[[], list[int]]] = {
            "this library, Polars": lambda polars=polars: by_this_library(polars),  # type: ignore[misc]
            "this library, pandas": lambda pandas=pandas: by_this_library(pandas),  # type: ignore[misc]
            "pandas": lambda pandas=pandas: by_pandas(pandas),  # type: ignore[misc]
            "Polars": lambda polars=polars: by_polars(polars),  # type: ignore[misc]
            "DuckDB": lambda table=table: by_duckdb(table),  # type: ignore[misc]
        }
        expected = by_this_library(polars)
        for name, work in works.items():
            assert work() == expected, name
        took = medians(works)
        print(f"\n{count:,} rows in a frame to the downtime of {DAYS} days, x evaluate() on a frame of Polars")
        for name in works:
            print(f"  {name:<20}  {took[name] / took['this library, Polars']:6.2f}")
