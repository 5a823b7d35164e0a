"""How the cost of ninety local days grows with the number of alarms, beside peers; and what the wrong ones say."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final

import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]

import sla_compliance as sla
from sla_compliance.units import moment
from tests.benchmarks import frame_peers, set_peers
from tests.benchmarks.database_peers import AlarmDatabase
from tests.benchmarks.frame_peers import LocalDays
from tests.benchmarks.performance.figures import Difference, Results, difference, ratios, rounded
from tests.benchmarks.performance.ladder import Climb, Way, climb
from tests.benchmarks.performance.shortcuts import SHORTCUTS
from tests.benchmarks.workload import DAYS, FIRST_DAY, ZONE, Workload, workload

SIZES: Final = (1_000, 10_000, 100_000, 1_000_000)
LIMIT_S: Final = 5.0
BUDGET_S: Final = 15.0
MOST_DATABASE_ALARMS: Final = 100_000  # filling a table with more takes longer than all that is measured on it
SHORTCUTS_SIZE: Final = 1_000  # with more alarms few instants are left that are not downtime

LIBRARY: Final = "this library, `evaluate()`"
LIBRARY_FROM_DATABASE: Final = "this library, from PostgreSQL"
OUTLINE: Final = "one query a day"
DATABASE_WAYS: Final = (LIBRARY_FROM_DATABASE, "PostgreSQL, `range_agg`", OUTLINE)
# By way, whose the local days are.
LOCAL_DAYS: Final[Mapping[str, str]] = {
    LIBRARY: "its own",
    "a plain sweep in Python": "given",
    "portion": "given",
    "intervaltree": "given",
    "piso": "given",
    "staircase": "given",
    "pandas": "its own",
    "Polars": "its own",
    "DuckDB, SQL": "its own",
    LIBRARY_FROM_DATABASE: "its own",
    "PostgreSQL, `range_agg`": "its own",
    OUTLINE: "of UTC",
}
ALL_DAYS: Final = LocalDays(FIRST_DAY, DAYS, ZONE)


def measure_alarm_growth(database: AlarmDatabase, sizes: Sequence[int] = SIZES) -> Results:
    """Return the ratios of all ways at each size, and the differences of those that are not exact."""
    names = list(LOCAL_DAYS)
    ways_at = partial(_ways_at, database)
    timed = climb(sizes, names, ways_at, limit_s=LIMIT_S, budget_s=BUDGET_S, clock=database.clock)
    library_s = timed.seconds[LIBRARY]
    smallest_s = [library_s[0]] * len(sizes)
    ways = [
        {
            "name": name,
            "local_days": LOCAL_DAYS[name],
            "x_evaluate": ratios(timed.seconds[name], library_s),
            "x_smallest": ratios(timed.seconds[name], smallest_s),
            "differs": _difference(timed, name),
        }
        for name in names
    ]
    return {"sizes": list(sizes), "limit_s": LIMIT_S, "most_database_alarms": MOST_DATABASE_ALARMS, "ways": ways}


def _difference(timed: Climb, name: str) -> Difference | None:
    """Return how far a way is off at the largest size that it reached; None where it is exact at all of them."""
    reached = [answers for answers in timed.answers.values() if name in answers]
    return difference(reached[-1][name], reached[-1][LIBRARY]) if reached and name != LIBRARY else None


def _ways_at(database: AlarmDatabase, count: int, names: Sequence[str]) -> dict[str, Way]:
    load = workload(count, is_sorted=False)
    works = {**_works_in_memory(load), **_works_on_frames(load)}
    if count <= MOST_DATABASE_ALARMS:
        works |= _works_on_database(database, load)
    return {name: Way(works[name], is_exact=name != OUTLINE) for name in names if name in works}


def _works_in_memory(load: Workload) -> dict[str, Callable[[], list[int]]]:
    batch = sla.AlarmBatch.from_columns(starts_us=load.starts_us, ends_us=load.ends_us)
    start, end = moment(load.bounds_us[0]), moment(load.bounds_us[-1])

    def by_this_library() -> list[int]:
        report = sla.evaluate(batch, start=start, end=end, as_of=end, zone=ZONE)
        return [record.downtime_us for record in report.days]

    columns = tuple(map(set_peers.instants, load))
    return {
        LIBRARY: by_this_library,
        "a plain sweep in Python": lambda: set_peers.sweep(load),
        "portion": lambda: set_peers.with_portion(load),
        "intervaltree": lambda: set_peers.with_intervaltree(load),
        "piso": lambda: set_peers.with_piso(*columns),
        "staircase": lambda: set_peers.with_staircase(*columns),
    }


def table_of(load: Workload) -> Any:
    """Return the alarms of a load as a table of PyArrow, instants to the microsecond."""
    instant = pa.timestamp("us", "UTC")
    columns = {"first_occurrence": load.starts_us, "cleared_at": load.ends_us}
    return pa.table({name: pa.array(values_us).cast(instant) for name, values_us in columns.items()})


def _works_on_frames(load: Workload) -> dict[str, Callable[[], list[int]]]:
    table = table_of(load)
    pandas, polars = table.to_pandas(), pl.DataFrame(table)
    return {
        "pandas": lambda: frame_peers.by_pandas(pandas, ALL_DAYS),
        "Polars": lambda: frame_peers.by_polars(polars, ALL_DAYS),
        "DuckDB, SQL": lambda: frame_peers.by_duckdb(table, ALL_DAYS),
    }


def tenant_of(count: int) -> str:
    """Return the tenant who has so many alarms in the database."""
    return f"{count} alarms"


def _works_on_database(database: AlarmDatabase, load: Workload) -> dict[str, Callable[[], list[int]]]:
    tenant = tenant_of(len(load.starts_us))
    database.add(tenant, load)
    by_library, by_range_agg, by_daily_sums = DATABASE_WAYS
    return {
        by_library: lambda: database.by_this_library(tenant, load, ZONE),
        by_range_agg: lambda: database.by_range_agg(tenant, ALL_DAYS),
        by_daily_sums: lambda: database.by_daily_sums(tenant, ALL_DAYS),
    }


def measure_shortcuts(size: int = SHORTCUTS_SIZE) -> Results:
    """Return by how much each shortcut differs from the exact downtime of each day."""
    load = workload(size, is_sorted=False)
    exact_us = set_peers.sweep(load)
    shortcuts = [
        {"name": name, "differs": difference(shortcut(load, ALL_DAYS), exact_us)}
        for name, shortcut in SHORTCUTS.items()
    ]
    return {
        "size": size,
        "share_down": rounded(sum(exact_us) / (load.bounds_us[-1] - load.bounds_us[0])),
        "ways": shortcuts,
    }
