"""The goals of the core, of keys, of the page and of the import, measured."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import tracemalloc
from collections.abc import Callable, Mapping
from functools import partial
from statistics import median
from typing import Any, Final

import sla_compliance as sla
from sla_compliance.outlets import document
from sla_compliance.outlets.html import document_page
from sla_compliance.units import moment
from tests.benchmarks.bench_core import rich_terms_of, terms_of, with_sets
from tests.benchmarks.timing import medians
from tests.benchmarks.workload import Workload, workload

ALARMS: Final = 100_000
KEYS: Final = 1_000
ALARMS_A_KEY: Final = 10
KEY_GOAL_S: Final = 40e-6
KEY_GOAL_BYTES: Final = 4_096
PAGE_ALARMS_A_DAY: Final = 3
PAGE_DAYS: Final = (90, 1_095)
IMPORT_ROUNDS: Final = 7
_IMPORTED: Final = """
import sys
before = set(sys.modules)
import sla_compliance
print(" ".join(name for name in sys.modules if name not in before and name.split(".")[0] in sys.stdlib_module_names))
"""
_TIMED_IMPORT: Final = "import time; start_s = time.process_time(); import {}; print(time.process_time() - start_s)"


def measure_core(alarms: int = ALARMS) -> dict[str, float]:
    """Return the ratios of sets, evaluations, readings and incidents."""
    ratios: dict[str, float] = {}
    for order in ("shuffled", "sorted"):
        load = workload(alarms, is_sorted=order == "sorted")
        batch = sla.AlarmBatch.from_columns(starts_us=load.starts_us, ends_us=load.ends_us)
        took = medians(_works_of_core(load, batch))
        for work in ("set", "evaluate", "rich"):
            ratios[f"{work}, {order}"] = took[work] / took["two sorts"]
    return ratios | _ratios_of_readings(workload(alarms, is_sorted=False))


def _works_of_core(load: Workload, batch: sla.AlarmBatch) -> dict[str, Callable[[], object]]:
    plain, rich = terms_of(load), rich_terms_of(load)
    return {
        "two sorts": lambda: (sorted(load.starts_us), sorted(load.ends_us)),
        "set": lambda: with_sets(load),
        "evaluate": lambda: sla.evaluate(batch, **plain).days,
        "rich": lambda: sla.evaluate(batch, **rich).days,
    }


def _ratios_of_readings(load: Workload) -> dict[str, float]:
    """Return the ratios of both readings and of the incidents of a day."""
    terms = terms_of(load)
    batch = sla.AlarmBatch.from_columns(starts_us=load.starts_us, ends_us=load.ends_us)
    ends_us = [None if number % 100 == 0 else end_us for number, end_us in enumerate(load.ends_us)]
    doubtful = sla.AlarmBatch.from_columns(starts_us=load.starts_us, ends_us=ends_us)

    def with_bounds(rows: sla.AlarmBatch) -> object:
        report = sla.evaluate(rows, **terms)
        return report.days, report.bounds()

    report = sla.evaluate(batch, **terms)
    first, last = moment(load.bounds_us[2]), moment(load.bounds_us[3])
    took = medians(
        {
            "evaluate": lambda: sla.evaluate(batch, **terms).days,
            "both": lambda: with_bounds(batch),
            "evaluate, doubt": lambda: sla.evaluate(doubtful, **terms).days,
            "both, doubt": lambda: with_bounds(doubtful),
            "incidents": lambda: report.incidents(first, last),
        }
    )
    return {
        "readings, no doubt": took["both"] / took["evaluate"],
        "readings, doubt": took["both, doubt"] / took["evaluate, doubt"],
        "incidents of a day": took["incidents"] / took["evaluate"],
    }


def measure_keys(keys: int = KEYS) -> dict[str, float]:
    """Return what a key of ten alarms costs, in units of its goals."""
    loads = [workload(ALARMS_A_KEY, is_sorted=False, seed=key) for key in range(keys)]
    names = [str(key) for key in range(keys)]
    batch = sla.AlarmBatch.from_columns(
        starts_us=[start_us for load in loads for start_us in load.starts_us],
        ends_us=[end_us for load in loads for end_us in load.ends_us],
        resource_ids=[name for name in names for _ in range(ALARMS_A_KEY)],
    )
    terms: dict[str, Any] = terms_of(loads[0])

    def reports() -> list[sla.ComplianceReport]:
        evaluated = list(sla.evaluate_each(batch, inventory=names, **terms).values())
        for report in evaluated:
            assert report.total.target_ratio
        return evaluated

    took = medians({"each": reports, "unions": lambda: [with_sets(load) for load in loads]}, has_warm_up=True)
    tracemalloc.start()
    held = reports()
    held_bytes, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    key_s = (took["each"] - took["unions"]) / keys
    return {"key, time": key_s / KEY_GOAL_S, "key, memory": held_bytes / len(held) / KEY_GOAL_BYTES}


def measure_page() -> dict[str, float]:
    """Return what a page costs beside evaluate(), and how it grows with its days."""
    works: dict[str, Callable[[], object]] = {}
    for days in PAGE_DAYS:
        load = workload(PAGE_ALARMS_A_DAY * days, is_sorted=False, days=days)
        batch, terms = sla.AlarmBatch.from_columns(starts_us=load.starts_us, ends_us=load.ends_us), terms_of(load)
        report = sla.evaluate(batch, **terms)
        works[f"evaluate, {days}"] = lambda batch=batch, terms=terms: sla.evaluate(batch, **terms).days  # type: ignore[misc]
        works[f"page, {days}"] = lambda report=report: document_page(document(report, title="Tenant"))  # type: ignore[misc]
    took = medians(works, has_warm_up=True)
    few, many = PAGE_DAYS
    growth = (took[f"page, {many}"] / many) / (took[f"page, {few}"] / few)
    return {"page": took[f"page, {few}"] / took[f"evaluate, {few}"], "page, growth": growth}


def measure_import() -> dict[str, float]:
    """Return what the import costs beside the standard library's modules that it imports, all compiled before."""
    with tempfile.TemporaryDirectory() as compiled:
        run = partial(_printed, {"PYTHONPYCACHEPREFIX": compiled, "PATH": os.environ["PATH"]})
        names = run(_IMPORTED).split()
        programs = {"library": "sla_compliance", "modules": ", ".join(names)}
        run(_TIMED_IMPORT.format(programs["modules"]))
        times_s: dict[str, list[float]] = {name: [] for name in programs}
        for _ in range(IMPORT_ROUNDS):
            for name, imported in programs.items():
                times_s[name].append(float(run(_TIMED_IMPORT.format(imported))))
    return {"import": median(times_s["library"]) / median(times_s["modules"])}


def _printed(environment: Mapping[str, str], program: str) -> str:
    command = [sys.executable, "-c", program]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
