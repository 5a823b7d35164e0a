"""The downtime of each day of UTC of many tenants at once, by hand: pandas, Polars, DuckDB, PostgreSQL."""
################################################################
# Alarms of one tenant that overlap or touch become one outage, and each outage is cut
# at midnight of UTC. Each returns rows of tenant, day and microseconds, for days with
# downtime alone; `cells_of` makes answers of them that can be compared.
#
# Frames have the columns tenant_id, first_occurrence and cleared_at, to the microsecond,
# and all alarms lie in the window.
################################################################

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

import duckdb
import pandas as pd
import polars as pl
import psycopg
import pyarrow as pa  # type: ignore[import-untyped]

Cells = dict[tuple[str, str], int]
"""Microseconds by tenant and date, where there are any."""

SQL: Final = """
WITH ordered AS (
    SELECT tenant_id, first_occurrence AS s, cleared_at AS e, max(cleared_at) OVER (
        PARTITION BY tenant_id ORDER BY first_occurrence, cleared_at ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS latest
    FROM alarms
), numbered AS (
    SELECT tenant_id, s, e, sum(CASE WHEN s <= latest THEN 0 ELSE 1 END) OVER (
        PARTITION BY tenant_id ORDER BY s, e, latest NULLS FIRST ROWS UNBOUNDED PRECEDING
    ) AS outage
    FROM ordered
), outages AS (
    SELECT tenant_id, min(s) AS s, max(e) AS e FROM numbered GROUP BY tenant_id, outage
), pieces AS (
    SELECT tenant_id, s, e, unnest(generate_series(date_trunc('day', s), e, INTERVAL 1 DAY)) AS day FROM outages
)
SELECT tenant_id, day, sum(date_diff('microsecond', greatest(s, day), least(e, day + INTERVAL 1 DAY)))::BIGINT AS us
FROM pieces GROUP BY tenant_id, day
"""
RANGE_AGG: Final = """
WITH outages AS (
    SELECT tenant_id, unnest(range_agg(tstzrange(first_occurrence, cleared_at))) AS outage
    FROM alarms_of_tenants GROUP BY tenant_id
), pieces AS (
    SELECT tenant_id, lower(outage) AS s, upper(outage) AS e,
        generate_series(date_trunc('day', lower(outage)), upper(outage), interval '1 day') AS day
    FROM outages
)
SELECT tenant_id, day,
    (sum(extract(epoch FROM least(e, day + interval '1 day') - greatest(s, day))) * 1000000)::bigint AS us
FROM pieces GROUP BY tenant_id, day
"""


def tenants_by_pandas(frame: pd.DataFrame) -> Any:
    """Merge with cummax in groups, repeat each outage for its days."""
    alarms = frame.sort_values(["tenant_id", "first_occurrence"], ignore_index=True)
    starts, tenants = alarms["first_occurrence"], alarms["tenant_id"]
    latest = alarms.groupby("tenant_id", sort=False)["cleared_at"].cummax().groupby(tenants, sort=False).shift()
    outage = (latest.isna() | (starts > latest)).cumsum()
    outages = alarms.groupby(outage, sort=False).agg(
        tenant_id=("tenant_id", "first"), start=("first_occurrence", "min"), end=("cleared_at", "max")
    )
    first_days = outages["start"].dt.floor("D")
    counts = (outages["end"].dt.floor("D") - first_days) // pd.Timedelta(days=1) + 1
    pieces = outages.loc[outages.index.repeat(counts)]
    pieces["day"] = first_days.loc[pieces.index] + pd.to_timedelta(pieces.groupby(level=0).cumcount(), unit="D")
    ends = pieces["end"].clip(upper=pieces["day"] + pd.Timedelta(days=1))
    lengths: Any = ends - pieces["start"].clip(lower=pieces["day"])
    pieces["us"] = lengths // pd.Timedelta(microseconds=1)
    rows: Any = pieces.groupby(["tenant_id", "day"], sort=False, as_index=False)["us"].sum()
    return rows


def tenants_by_polars(frame: pl.DataFrame) -> pl.DataFrame:
    """The same with expressions over windows."""
    day = pl.duration(days=1)
    outages = (
        frame.lazy()
        .sort("tenant_id", "first_occurrence")
        .with_columns(latest=pl.col("cleared_at").cum_max().over("tenant_id"))
        .with_columns(latest=pl.col("latest").shift().over("tenant_id"))
        .with_columns(outage=(pl.col("latest").is_null() | (pl.col("first_occurrence") > pl.col("latest"))).cum_sum())
        .group_by("outage")
        .agg(pl.col("tenant_id").first(), s=pl.col("first_occurrence").min(), e=pl.col("cleared_at").max())
    )
    pieces = outages.with_columns(day=pl.datetime_ranges(pl.col("s").dt.truncate("1d"), "e", "1d")).explode("day")
    lengths = pl.min_horizontal("e", pl.col("day") + day) - pl.max_horizontal("s", "day")
    rows = pieces.with_columns(us=lengths.dt.total_microseconds())
    return rows.group_by("tenant_id", "day").agg(pl.col("us").sum()).collect()


def tenants_by_duckdb(alarms: pa.Table) -> pa.Table:
    """Window functions in partitions; each outage unnested to its days."""
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.register("alarms", alarms)
        return connection.sql(SQL).to_arrow_table()


def fill_tenants(connection: psycopg.Connection[Any], tenants: Sequence[str], load: Iterable[Sequence[int]]) -> None:
    """Put alarms of many tenants into a table of their own."""
    connection.execute(b"DROP TABLE IF EXISTS alarms_of_tenants")
    connection.execute(b"CREATE TEMPORARY TABLE loaded (tenant_id text, start_us bigint, end_us bigint)")
    with connection.cursor().copy(b"COPY loaded FROM STDIN") as copy:
        for row in zip(tenants, *load, strict=True):
            copy.write_row(row)
    connection.execute(
        b"CREATE TABLE alarms_of_tenants AS SELECT tenant_id,"
        b" timestamptz 'epoch' + start_us * interval '1 microsecond' AS first_occurrence,"
        b" timestamptz 'epoch' + end_us * interval '1 microsecond' AS cleared_at FROM loaded"
    )
    connection.execute(b"DROP TABLE loaded")
    connection.execute(b"VACUUM ANALYZE alarms_of_tenants")


def tenants_by_range_agg(connection: psycopg.Connection[Any]) -> list[tuple[str, datetime, int]]:
    """One statement: a multirange for each tenant."""
    connection.execute(b"SET TimeZone = 'UTC'")
    return connection.execute(RANGE_AGG.encode()).fetchall()


def cells_of(rows: Iterable[tuple[str, Any, int]]) -> Cells:
    """Return rows of tenant, day and microseconds as an answer."""
    return {(tenant, str(day)[:10]): microseconds for tenant, day, microseconds in rows if microseconds}
