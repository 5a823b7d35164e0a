"""What the core costs: ratios to two sorts, memory for each alarm, other libraries on the same alarms."""
################################################################
# Every figure is a ratio inside one run: medians of works that take turns in
# one process. Nothing here fails for being slow; unequal results do.
################################################################

from __future__ import annotations

import gc
import statistics
import time
import tracemalloc
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import intervaltree  # type: ignore[import-untyped]
import portion
import pytest

import sla_compliance as sla
from sla_compliance.intervals import IntervalSet
from sla_compliance.units import HOUR_US, moment
from tests.benchmarks.workload import ZONE, Workload, workload

ROUNDS = 7
COMPARED = 10_000


def sweep(load: Workload) -> list[int]:
    """Return the downtime of each day the plain way: sorted pairs, cut at each bound."""
    lengths, reach, day = [0] * (len(load.bounds_us) - 1), load.bounds_us[0], 0
    for start, end in sorted(zip(load.starts_us, load.ends_us, strict=True)):
        at, last = max(start, reach), min(end, load.bounds_us[-1])
        while at < last:
            while load.bounds_us[day + 1] <= at:
                day += 1
            following = min(last, load.bounds_us[day + 1])
            lengths[day] += following - at
            at = reach = following
    return lengths


def with_sets(load: Workload) -> list[int]:
    """Return the downtime of each day with our sets."""
    return IntervalSet.from_columns(load.starts_us, load.ends_us).measure(load.bounds_us)


def with_portion(load: Workload) -> list[int]:
    """Return the downtime of each day with portion."""
    down = portion.Interval(*map(portion.closedopen, load.starts_us, load.ends_us))
    days = (down & portion.closedopen(*day) for day in pairwise(load.bounds_us))
    return [sum(atomic.upper - atomic.lower for atomic in day if not atomic.empty) for day in days]


def with_intervaltree(load: Workload) -> list[int]:
    """Return the downtime of each day with intervaltree."""
    rows = zip(load.starts_us, load.ends_us, strict=True)
    tree = intervaltree.IntervalTree.from_tuples((start, end) for start, end in rows if start < end)
    tree.merge_overlaps(strict=False)
    return [
        sum(min(found.end, end) - max(found.begin, start) for found in tree.overlap(start, end))
        for start, end in pairwise(load.bounds_us)
    ]


def terms_of(load: Workload) -> dict[str, Any]:
    """Return the terms of an evaluation of the whole window, when it is over."""
    start, end = moment(load.bounds_us[0]), moment(load.bounds_us[-1])
    return {"start": start, "end": end, "as_of": end, "zone": ZONE}


def rich_terms_of(load: Workload) -> dict[str, Any]:
    """Return the same with service hours, weekly maintenance and an exclusion."""
    start = moment(load.bounds_us[0])
    night = sla.MaintenanceWindow(start, moment(load.bounds_us[0] + 4 * HOUR_US), recurrence="FREQ=WEEKLY", zone=ZONE)
    return {
        **terms_of(load),
        "service_hours": sla.ServiceHours.weekly({"mon-fri": "06:00-22:00", "sat": "08:00-14:00"}),
        "maintenance": [night],
        "exclusions": [(moment(load.bounds_us[5]), moment(load.bounds_us[6]))],
    }


def medians(works: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Return the median seconds of some works that take turns."""
    took: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(ROUNDS):
        for name, work in works.items():
            gc.collect()
            began = time.perf_counter()
            work()
            took[name].append(time.perf_counter() - began)
    return {name: statistics.median(times) for name, times in took.items()}


def told(title: str, ratios: dict[str, float]) -> None:
    """Print one line of ratios."""
    print(f"\n{title}: " + "   ".join(f"{name} {ratio:.2f}" for name, ratio in ratios.items()))


@pytest.mark.parametrize("is_sorted", [False, True], ids=["shuffled", "sorted"])
@pytest.mark.parametrize("count", [300, 10_000, 100_000])
def test_ratios_to_two_sorts(count: int, is_sorted: bool) -> None:
    """Union and measure, and whole evaluations, plain and with a rich contract."""
    load = workload(count, is_sorted=is_sorted)
    batch = sla.AlarmBatch.from_columns(starts_us=load.starts_us, ends_us=load.ends_us)
    plain, rich = terms_of(load), rich_terms_of(load)
    assert with_sets(load) == sweep(load)
    assert [record.downtime_us for record in sla.evaluate(batch, **plain).days] == sweep(load)
    took = medians(
        {
            "two sorts": lambda: (sorted(load.starts_us), sorted(load.ends_us)),
            "sorted pairs": lambda: sorted(zip(load.starts_us, load.ends_us, strict=True)),
            "set and measure": lambda: with_sets(load),
            "evaluate": lambda: sla.evaluate(batch, **plain).days,
            "evaluate, rich": lambda: sla.evaluate(batch, **rich).days,
        }
    )
    order = "sorted" if is_sorted else "shuffled"
    told(f"{count} alarms, {order}, x two sorts", {name: time / took["two sorts"] for name, time in took.items()})


def test_an_ordinary_tenant() -> None:
    """300 alarms over 90 days, the zone's days remembered: about a millisecond."""
    load = workload(300, is_sorted=False)
    batch = sla.AlarmBatch.from_columns(starts_us=load.starts_us, ends_us=load.ends_us)
    took = medians(
        {
            "evaluate": lambda: sla.evaluate(batch, **terms_of(load)).days,
            "with its list for the wire": lambda: sla.evaluate(batch, **terms_of(load)).as_dicts(),
            "rich": lambda: sla.evaluate(batch, **rich_terms_of(load)).days,
        }
    )
    told("300 alarms, milliseconds", {name: 1_000 * time for name, time in took.items()})


def test_memory_for_each_alarm() -> None:
    """Peak above the input, bytes an alarm."""
    load = workload(100_000, is_sorted=False)
    batch = sla.AlarmBatch.from_columns(starts_us=load.starts_us, ends_us=load.ends_us)
    works: dict[str, Callable[[], object]] = {
        "set and measure": lambda: with_sets(load),
        "evaluate": lambda: sla.evaluate(batch, **terms_of(load)).days,
        "sorted pairs": lambda: sorted(zip(load.starts_us, load.ends_us, strict=True)),
    }
    told("peak memory, bytes an alarm", {name: _peak_bytes(work) / 100_000 for name, work in works.items()})


def _peak_bytes(work: Callable[[], object]) -> int:
    work()
    gc.collect()
    tracemalloc.start()
    work()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


def test_against_other_libraries() -> None:
    """The same daily downtime from the same alarms; how many times as long as ours the others take."""
    load = workload(COMPARED, is_sorted=False)
    others: dict[str, Callable[[Workload], list[int]]] = {
        "plain sweep": sweep,
        "portion": with_portion,
        "intervaltree": with_intervaltree,
    }
    assert all(work(load) == with_sets(load) for work in others.values())
    took = medians({"ours": lambda: with_sets(load), **{name: lambda w=work: w(load) for name, work in others.items()}})  # type: ignore[misc]
    told(f"{COMPARED} alarms, x ours", {name: time / took["ours"] for name, time in took.items()})
