"""How much sooner the same work is done by several processes: keys are shared out among them."""
################################################################
# Processes are started fresh and have read their rows before the clock starts; what is
# timed is the evaluation, by the clock on the wall, for the processor's time is the same
# however many share it. A report is timed as a whole: the command starts, reads its
# Parquet and writes another.
################################################################

from __future__ import annotations

import multiprocessing
import os
import statistics
import subprocess
import sysconfig
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Final

from pyarrow import parquet  # type: ignore[import-untyped]

import sla_compliance as sla
from tests.benchmarks.performance.figures import Results, rounded
from tests.benchmarks.performance.goals_of_doors import alarms_of_tenants
from tests.benchmarks.performance.tenant_growth import (
    END,
    START,
    by_evaluate_each,
    load_within_days,
    tenants_of,
)
from tests.benchmarks.timing import ROUNDS, seconds

ALARMS: Final = 100_000
TENANTS: Final = 2_000
ROWS_PER_ALARM: Final = 100  # a report of as many rows as `evaluate_each` has would be over before a process starts
REPORT_ROUNDS: Final = 3
SCRIPT: Final = str(Path(sysconfig.get_path("scripts")) / "sla-compliance")
EACH: Final = "`evaluate_each`, downtime of each day"
REPORT: Final = "`report --each` from Parquet to Parquet"

_batches: list[tuple[sla.AlarmBatch, Sequence[str]]] = []  # of this worker; an initializer can leave nothing elsewhere


def processes_compared() -> list[int]:
    """Return how many processes are compared: one, two, and as many as there are cores."""
    return sorted({1, 2, os.cpu_count() or 1})


def measure_core_growth(alarms: int = ALARMS, tenants: int = TENANTS) -> Results:
    """Return the time of some numbers of processes as a share of that of one, of each way."""
    process_counts = processes_compared()
    ways = [
        {"name": EACH, "x_one_process": _shares(lambda count: _measure_keys(count, alarms, tenants))},
        {"name": REPORT, "x_one_process": _shares_of_reports(ROWS_PER_ALARM * alarms, tenants)},
    ]
    return {"processes": process_counts, "alarms": alarms, "tenants": tenants, "ways": ways}


def _shares(measure: Callable[[int], tuple[float, int]]) -> list[float]:
    """Return the time of each number of processes as a share of that of one; all have the same downtime."""
    medians_s, totals_us = zip(*map(measure, processes_compared()), strict=True)
    if len(set(totals_us)) != 1:
        raise AssertionError("processes together give another downtime than one")
    return [rounded(time_s / medians_s[0]) for time_s in medians_s]


def _shares_of_reports(rows: int, tenants: int) -> list[float]:
    with tempfile.TemporaryDirectory() as folder:
        export = Path(folder) / "alarms.parquet"
        alarms_of_tenants(rows, tenants).write_parquet(export)
        return _shares(lambda count: _measure_reports(count, export))


def _measure_reports(process_count: int, export: Path) -> tuple[float, int]:
    """Return the median seconds of the command with some processes, and the downtime of all rows that it writes."""
    output = export.with_name("days.parquet")
    window = ["--zone", "UTC", "--from", START.isoformat(), "--to", END.isoformat(), "--as-of", END.isoformat()]
    keys = ["--each", "tenant_id", "--processes", str(process_count)]
    command = [SCRIPT, "report", str(export), *window, *keys, "--output", str(output)]
    times_s: list[float] = []
    for _ in range(REPORT_ROUNDS):
        output.unlink(missing_ok=True)
        times_s.append(seconds(lambda: subprocess.run(command, check=True, capture_output=True), time.perf_counter))
    days = parquet.read_table(output, columns=["downtime_us"])
    return statistics.median(times_s), sum(days["downtime_us"].to_pylist())


def _measure_keys(process_count: int, alarms: int, tenants: int) -> tuple[float, int]:
    """Return the median seconds of some processes, and the downtime of all days of all tenants."""
    spawning = multiprocessing.get_context("spawn")
    times_s: list[float] = []
    with ProcessPoolExecutor(process_count, mp_context=spawning) as pool:
        parts = [(alarms, tenants, number, process_count) for number in range(process_count)]
        for _ in range(1 + ROUNDS):  # in the first round each process reads all parts that it may be given
            start_s = time.perf_counter()
            totals_us = list(pool.map(_downtime_us, parts))
            times_s.append(time.perf_counter() - start_s)
    return statistics.median(times_s[1:]), sum(totals_us)


def _downtime_us(part: tuple[int, int, int, int]) -> int:
    """Return the downtime of all days of the tenants of one part."""
    alarms, tenants, number, process_count = part
    if not _batches:
        _batches.extend(_batch_of(alarms, tenants, place, process_count) for place in range(process_count))
    batch, keys = _batches[number]
    return sum(sum(days_us) for days_us in by_evaluate_each(batch, keys).values())


def _batch_of(alarms: int, tenants: int, number: int, process_count: int) -> tuple[sla.AlarmBatch, Sequence[str]]:
    """Return every so many-th tenant's alarms, and these tenants."""
    load = load_within_days(alarms)
    rows = zip(load.starts_us, load.ends_us, tenants_of(alarms, tenants), strict=True)
    keys = [f"tenant-{tenant}" for tenant in range(number, tenants, process_count)]
    own_keys = frozenset(keys)
    own_rows = [row for row in rows if row[2] in own_keys]
    starts_us, ends_us, names = zip(*own_rows, strict=True)
    return sla.AlarmBatch.from_columns(starts_us=starts_us, ends_us=ends_us, resource_ids=names), keys
