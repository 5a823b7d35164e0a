"""How much sooner the same work is done by several processes: keys are shared out among them."""
################################################################
# Processes are started fresh and have read their rows before the clock starts; what is
# timed is the evaluation, by the clock on the wall, for the processor's time is the same
# however many share it. Each way is a function of the processes' number and of one's own.
################################################################

from __future__ import annotations

import multiprocessing
import os
import statistics
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Final

import sla_compliance as sla
from tests.benchmarks.performance.figures import Results, rounded
from tests.benchmarks.performance.tenant_growth import by_evaluate_each, load_within_days, tenants_of
from tests.benchmarks.timing import ROUNDS

ALARMS: Final = 100_000
TENANTS: Final = 2_000
EACH: Final = "`evaluate_each`, downtime of each day"

_batches: list[tuple[sla.AlarmBatch, Sequence[str]]] = []  # of this worker; an initializer can leave nothing elsewhere


def processes_compared() -> list[int]:
    """Return how many processes are compared: one, two, and as many as there are cores."""
    return sorted({1, 2, os.cpu_count() or 1})


def measure_core_growth(alarms: int = ALARMS, tenants: int = TENANTS) -> Results:
    """Return the time of some numbers of processes as a share of that of one."""
    process_counts = processes_compared()
    medians_s, totals_us = zip(*(_measure(count, alarms, tenants) for count in process_counts), strict=True)
    if len(set(totals_us)) != 1:
        raise AssertionError("processes together give another downtime than one")
    shares = [rounded(time_s / medians_s[0]) for time_s in medians_s]
    ways = [{"name": EACH, "x_one_process": shares}]
    return {"processes": process_counts, "alarms": alarms, "tenants": tenants, "ways": ways}


def _measure(process_count: int, alarms: int, tenants: int) -> tuple[float, int]:
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
