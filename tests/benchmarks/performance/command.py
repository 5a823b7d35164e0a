"""The command of docs/performance.md: measures all of it and writes its results, its tables and its pictures."""
################################################################
# `python -m tests.benchmarks.performance.command` measures, in about eight minutes on
# a quiet machine, and renders. With `render` it renders the results that are there.
# With `small` it measures a small part of each and prints it, to see that all of it
# runs; nothing is written.
################################################################

from __future__ import annotations

import json
import os
import platform
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, Final

from tests.benchmarks.database_peers import AlarmDatabase, alarm_database
from tests.benchmarks.performance import goals_of_core, goals_of_doors
from tests.benchmarks.performance.alarm_growth import SIZES, measure_alarm_growth, measure_shortcuts
from tests.benchmarks.performance.core_growth import measure_core_growth
from tests.benchmarks.performance.figures import Results, rounded
from tests.benchmarks.performance.goals_of_cache import measure_cache_counts
from tests.benchmarks.performance.goals_of_spark import ROWS, TENANTS, measure_spark
from tests.benchmarks.performance.page import RESULTS, read_results, write_page
from tests.benchmarks.performance.tenant_growth import TENANT_COUNTS, measure_tenant_growth
from tests.servers import postgres

LIBRARIES: Final = (
    "sla-compliance",
    "portion",
    "intervaltree",
    "piso",
    "staircase",
    "pandas",
    "polars",
    "pyarrow",
    "duckdb",
)


@dataclass(frozen=True)
class Sizes:
    """How much of each is measured."""

    alarms: tuple[int, ...] = SIZES
    requests: tuple[int, ...] = goals_of_doors.DATABASE_SIZES
    tenants: tuple[int, ...] = TENANT_COUNTS
    alarms_of_tenants: int = 100_000
    alarms_of_core: int = goals_of_core.ALARMS
    keys: int = goals_of_core.KEYS
    rows: int = 100_000
    rows_in_memory: int = 1_000_000
    timeline: tuple[int, int] = (goals_of_doors.TIMELINE_ALARMS, goals_of_doors.TIMELINE_TENANTS)
    spark: tuple[int, int] = (ROWS, TENANTS)


SMALL: Final = Sizes((300, 1_000), (1_000,), (1, 10), 2_000, 2_000, 20, 1_000, 10_000, (10_000, 10), (2_000, 10))


def measure(sizes: Sizes) -> Results:
    """Return the results of a run."""
    with _database() as database:
        with _section("growth with alarms"):
            alarms = measure_alarm_growth(database, sizes.alarms)
        with _section("requests"):
            goals = goals_of_doors.measure_requests(database, sizes.requests)
        with _section("growth with tenants"):
            tenants = measure_tenant_growth(database, sizes.tenants, sizes.alarms_of_tenants)
        server_version = database.server_version
    with _section("growth with cores"):
        cores = measure_core_growth(sizes.alarms_of_tenants, max(sizes.tenants) // 5)
    goals |= _measure_other_goals(sizes)
    return {
        "made_with": {
            "python": platform.python_version(),
            "cores": os.cpu_count(),
            "libraries": {name: version(name) for name in LIBRARIES},
            "postgresql": server_version,
        },
        "goals": {name: rounded(ratio) for name, ratio in sorted(goals.items())},
        "alarms": alarms,
        "shortcuts": measure_shortcuts(),
        "tenants": tenants,
        "cores": cores,
    }


def _measure_other_goals(sizes: Sizes) -> dict[str, float]:
    goals: dict[str, float] = {}
    with _section("goals of the core"):
        goals |= goals_of_core.measure_core(sizes.alarms_of_core)
    with _section("goals of keys, page and import"):
        goals |= goals_of_core.measure_keys(sizes.keys)
        goals |= goals_of_core.measure_page()
        goals |= goals_of_core.measure_import()
    with _section("goals of files"):
        goals |= goals_of_doors.measure_files(sizes.rows)
        goals |= goals_of_doors.measure_memory_of_csv(sizes.rows_in_memory)
    with _section("goals of requests from the cache"):
        goals |= goals_of_doors.measure_cached_requests()
        goals |= measure_cache_counts()
    with _section("goal of the timeline"):
        goals |= goals_of_doors.measure_timeline(*sizes.timeline)
    with _section("goal of Spark"):
        goals |= measure_spark(*sizes.spark)
    return goals


@contextmanager
def _database() -> Iterator[AlarmDatabase]:
    binaries = next(iter(postgres.installed_binaries().values()))
    with postgres.running_postgres(binaries) as server, alarm_database(server.url) as database:
        yield database


@contextmanager
def _section(name: str) -> Iterator[None]:
    """Say how long a part of the run took."""
    start_s, start_processor_s = time.perf_counter(), time.process_time()
    yield
    wall_s, processor_s = time.perf_counter() - start_s, time.process_time() - start_processor_s
    print(f"{name}: {wall_s:.0f} s, {processor_s:.0f} s of this process", flush=True)


def text_of(results: Results) -> str:
    """Return results as the file has them."""
    return json.dumps(results, indent=1, ensure_ascii=False) + "\n"


def main(arguments: list[str]) -> Any:
    """Run the command."""
    if arguments == ["small"]:
        print(text_of(measure(SMALL)))
        return None
    if arguments == ["render"]:
        return write_page(read_results())
    if arguments:
        return f"unknown arguments {arguments}; give none, `small` or `render`"
    results = measure(Sizes())
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(text_of(results), encoding="utf-8")
    return write_page(results)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
