"""What the core costs: ratios to two sorts, memory for each alarm, other libraries on the same alarms."""
################################################################
# Every figure is a ratio inside one run: medians of works that take turns in
# one process, by the time of the processor. Nothing here fails for being slow; unequal results do.
################################################################

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest

import sla_compliance as sla
from sla_compliance.incidents import PageBounds
from sla_compliance.intervals import IntervalSet
from sla_compliance.units import HOUR_US, moment
from tests.benchmarks.set_peers import sweep, with_intervaltree, with_portion
from tests.benchmarks.timing import medians
from tests.benchmarks.workload import ZONE, Workload, workload

COMPARED = 10_000


def with_sets(load: Workload) -> list[int]:
    """Return the downtime of each day with our sets."""
    return IntervalSet.from_columns(load.starts_us, load.ends_us).measure(load.bounds_us)


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


def print_ratios(title: str, ratios: dict[str, float]) -> None:
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
    print_ratios(
        f"{count} alarms, {order}, x two sorts", {name: time / took["two sorts"] for name, time in took.items()}
    )


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
    print_ratios("300 alarms, milliseconds", {name: 1_000 * time for name, time in took.items()})


def test_incidents_of_a_day() -> None:
    """The incidents of one day of ninety, with all of their alarms and with a page of them."""
    load = workload(100_000, is_sorted=False)
    batch = sla.AlarmBatch.from_columns(starts_us=load.starts_us, ends_us=load.ends_us)
    report = sla.evaluate(batch, **terms_of(load))
    day_start, day_end = moment(load.bounds_us[40]), moment(load.bounds_us[41])
    page = PageBounds(limit=20, alarm_limit=20)
    took = medians(
        {
            "evaluate": lambda: sla.evaluate(batch, **terms_of(load)).days,
            "incidents of a day": lambda: report.incidents(day_start, day_end),
            "twenty of them": lambda: report.incident_page(page, day_start, day_end),
        }
    )
    print_ratios("100000 alarms, x evaluate", {name: time / took["evaluate"] for name, time in took.items()})


def test_memory_for_each_alarm() -> None:
    """Peak above the input, bytes an alarm."""
    load = workload(100_000, is_sorted=False)
    batch = sla.AlarmBatch.from_columns(starts_us=load.starts_us, ends_us=load.ends_us)
    works: dict[str, Callable[[], object]] = {
        "set and measure": lambda: with_sets(load),
        "evaluate": lambda: sla.evaluate(batch, **terms_of(load)).days,
        "sorted pairs": lambda: sorted(zip(load.starts_us, load.ends_us, strict=True)),
    }
    print_ratios("peak memory, bytes an alarm", {name: _peak_bytes(work) / 100_000 for name, work in works.items()})


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
    print_ratios(f"{COMPARED} alarms, x ours", {name: time / took["ours"] for name, time in took.items()})
