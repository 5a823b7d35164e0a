"""The goals of files, frames, PostgreSQL, cached requests and many tenants, measured."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]

import sla_compliance as sla
from sla_compliance.frames import daily_result
from tests.benchmarks import bench_web
from tests.benchmarks.bench_rows import (
    COLUMNS,
    MANY_ROWS,
    MEMORY,
    READERS,
    ROOT,
    ROWS,
    SUFFIXES,
    TERMS,
    WRITERS,
    made_up_rows,
)
from tests.benchmarks.database_peers import AlarmDatabase
from tests.benchmarks.performance.alarm_growth import ALL_DAYS, tenant_of
from tests.benchmarks.performance.tenant_growth import END, END_US, START, START_US
from tests.benchmarks.timing import medians, seconds
from tests.benchmarks.workload import ZONE, workload

MEMORY_GOAL_KB: Final = 200_000
DATABASE_SIZES: Final = (1_000, 10_000, 100_000)
TIMELINE_ALARMS: Final = 10_000_000
TIMELINE_TENANTS: Final = 10_000
CACHED: Final = {"90 days": bench_web.PATHS["90 days"]}


def measure_files(rows: int = ROWS) -> dict[str, float]:
    """Return what files and frames cost beside bare parsers and evaluate()."""
    with tempfile.TemporaryDirectory() as folder:
        formats = ("CSV", "JSON Lines", "Parquet")
        paths = {name: WRITERS[name](Path(folder) / f"a{SUFFIXES[name]}", rows, COLUMNS) for name in formats}
        table = pa.Table.from_pylist(list(made_up_rows(rows)))
        batch = sla.alarms_from_frame(table)
        bare = {"CSV": "csv.reader", "JSON Lines": "json.loads"}
        took = medians(
            {
                "evaluate": lambda: sla.evaluate(batch, **TERMS).days,
                "Arrow": lambda: sla.alarms_from_frame(table),
                **{name: partial(READERS[name, "this library"], paths[name]) for name in formats},
                **{f"bare {name}": partial(READERS[name, parser], paths[name]) for name, parser in bare.items()},
            }
        )
    units = {"CSV": "bare CSV", "JSON Lines": "bare JSON Lines", "Parquet": "evaluate", "Arrow": "evaluate"}
    return {name: took[name] / took[unit] for name, unit in units.items()}


def measure_memory_of_csv(rows: int = MANY_ROWS) -> dict[str, float]:
    """Return the memory for many rows of a CSV file in a process of its own, as a multiple of its goal."""
    if not Path("/proc/self/status").exists():
        return {}
    with tempfile.TemporaryDirectory() as folder:
        path = WRITERS["CSV"](Path(folder) / "a.csv", rows, COLUMNS[:5])
        command = [sys.executable, "-c", MEMORY, "CSV", "this library", str(path)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    _, before_kb, after_kb = map(int, done.stdout.split())
    return {"CSV, memory": (after_kb - before_kb) / MEMORY_GOAL_KB}


def measure_requests(database: AlarmDatabase, sizes: tuple[int, ...] = DATABASE_SIZES) -> dict[str, float]:
    """Return what requests cost beside the best raw shape; the database has the loads already."""
    ratios: dict[str, float] = {}
    for size in sizes:
        load, tenant = workload(size, is_sorted=False), tenant_of(size)
        took = medians(
            {
                "best": partial(database.best_raw_shape, tenant, load),
                "fetch": partial(database.fetch, tenant, load),
                "request": partial(database.by_this_library, tenant, load, ZONE),
                "outline": partial(database.by_daily_sums, tenant, ALL_DAYS),
            },
            clock=database.clock,
            has_warm_up=True,
        )
        ratios[f"fetch, {size:,}"] = took["fetch"] / took["best"]
        ratios[f"request, {size:,}"] = took["request"] / took["best"]
        ratios[f"outline, {size:,}"] = took["outline"] / took["request"]
    return ratios


def measure_cached_requests() -> dict[str, float]:
    """Return what a cached request costs beside a bare route, through uvicorn and without a socket."""
    app = bench_web.app_over(None)
    in_process = asyncio.run(bench_web.compare(app, partial(bench_web.get_in_process, app), CACHED))
    with bench_web.served(app) as port:
        through_uvicorn = asyncio.run(bench_web.compare_through(app, port, CACHED))
    return {**_named(through_uvicorn, "cached"), **_named(in_process, "cached, in process")}


def _named(ratios: Mapping[str, float], name: str) -> dict[str, float]:
    full, not_modified = ratios.values()
    return {name: full, f"{name}, 304": not_modified}


def measure_timeline(alarms: int = TIMELINE_ALARMS, tenants: int = TIMELINE_TENANTS) -> dict[str, float]:
    """Return what the days of many tenants cost beside a bare sort; nothing where each is evaluated alone."""
    few = alarms_of_tenants(tenants, tenants)
    days = partial(daily_result, by=("tenant_id",), zone="UTC", start=START, end=END, as_of=END)
    if any(way.name == "core" for way in days(few).ways):
        return {}
    frame = alarms_of_tenants(alarms, tenants)
    sort_s = seconds(lambda: frame.sort("tenant_id", "first_occurrence"))
    return {"timeline": seconds(lambda: days(frame)) / sort_s}


def alarms_of_tenants(alarms: int, tenants: int) -> pl.DataFrame:
    """Return random alarms of tenants in turns, as a frame; fast also where there are millions."""
    generator = np.random.default_rng(1)
    starts_us = generator.integers(START_US, END_US - 1, alarms)
    ends_us = np.minimum(starts_us + generator.integers(1, 10**9, alarms), END_US)
    instant = pl.Datetime("us", "UTC")
    return pl.DataFrame(
        {
            "tenant_id": pl.Series(np.arange(alarms) % tenants).cast(pl.String),
            "first_occurrence": pl.Series(starts_us).cast(instant),
            "cleared_at": pl.Series(ends_us).cast(instant),
        }
    )
