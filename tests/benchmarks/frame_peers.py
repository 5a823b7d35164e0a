"""The downtime of each day from a frame, as an analyst writes it by hand: pandas, Polars, DuckDB."""
################################################################
# Alarms that overlap or touch become one outage, and each outage is cut at the local
# days, which each tool computes from its own zone data. That is the least of what
# evaluate() does: there are no severities, maintenance, bad rows or doubt. All of them
# must give the same microseconds.
#
# Frames have the columns first_occurrence and cleared_at, instants to the microsecond;
# a missing end is the end of the window.
################################################################

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]

SQL: Final = """
WITH alarm AS (
    SELECT greatest(first_occurrence, $start) AS s, least(coalesce(cleared_at, $end), $end) AS e FROM alarms
), ordered AS (
    SELECT s, e, max(e) OVER (ORDER BY s, e ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS latest
    FROM alarm WHERE s < e
), numbered AS (
    SELECT s, e, sum(CASE WHEN s <= latest THEN 0 ELSE 1 END) OVER (
        ORDER BY s, e, latest NULLS FIRST ROWS UNBOUNDED PRECEDING
    ) AS outage
    FROM ordered
), outages AS (
    SELECT min(s) AS s, max(e) AS e FROM numbered GROUP BY outage
), days AS (
    SELECT unnest(generate_series($start, $end - INTERVAL 1 DAY, INTERVAL 1 DAY)) AS day
)
SELECT coalesce(sum(date_diff('microsecond', greatest(s, day), least(e, day + INTERVAL 1 DAY)))
    FILTER (s IS NOT NULL), 0)::BIGINT -- greatest() leaves NULL out
FROM days LEFT JOIN outages ON s < day + INTERVAL 1 DAY AND e > day GROUP BY day ORDER BY day
"""


class LocalDays(NamedTuple):
    """Some days of a zone, one after the other."""

    first: date
    day_count: int
    zone: str

    def midnight(self, number: int) -> datetime:
        """Return the instant at which a day begins; the end of the last one has the number `day_count`."""
        return datetime.combine(self.first + timedelta(days=number), datetime.min.time(), ZoneInfo(self.zone))


def by_pandas(frame: pd.DataFrame, days: LocalDays) -> list[int]:
    """Merge with cummax and cumsum, measure between the edges of days."""
    edges = pd.date_range(str(days.first), periods=days.day_count + 1, tz=days.zone).as_unit("us").tz_convert("UTC")
    start, end = edges[0], edges[-1]
    starts = frame["first_occurrence"].mask(lambda column: column < start, start)
    ends = frame["cleared_at"].fillna(end).mask(lambda column: column > end, end)
    alarms = pd.DataFrame({"start": starts, "end": ends})
    alarms = alarms[alarms["start"] < alarms["end"]].sort_values("start")
    outage = (alarms["start"] > alarms["end"].cummax().shift()).cumsum()
    outages = alarms.groupby(outage).agg({"start": "min", "end": "max"})
    before = [(_until(outages["end"], edge) - _until(outages["start"], edge)).sum() for edge in edges]
    return [(later - earlier) // pd.Timedelta(microseconds=1) for earlier, later in pairwise(before)]


def _until(times: pd.Series[Any], edge: Any) -> Any:
    """Return times, those after an edge as the edge."""
    return times.mask(times > edge, edge)


def by_polars(frame: pl.DataFrame, days: LocalDays) -> list[int]:
    """The same with expressions, all edges in one query."""
    midnights = pl.datetime_range(
        days.midnight(0), days.midnight(days.day_count), "1d", time_zone=days.zone, eager=True
    )
    edges = midnights.dt.convert_time_zone("UTC").to_list()
    start, end = pl.lit(edges[0]), pl.lit(edges[-1])
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
        for edge in edges
    ]
    before = outages.select(**{str(number): length for number, length in enumerate(lengths)}).collect().row(0)
    return [later - earlier for earlier, later in pairwise(before)]


def by_duckdb(alarms: pa.Table, days: LocalDays) -> list[int]:
    """Window functions, and a join with the days."""
    with duckdb.connect() as connection:
        connection.execute(f"SET TimeZone = '{days.zone}'")
        connection.register("alarms", alarms)
        bounds = {"start": days.midnight(0), "end": days.midnight(days.day_count)}
        rows = connection.execute(SQL, bounds).fetchall()
    return [downtime_us for (downtime_us,) in rows]
