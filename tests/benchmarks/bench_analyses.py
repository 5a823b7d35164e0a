"""What the analyses cost: attribution, decisive incidents and the deadline beside evaluate()."""
################################################################
# Every figure is a ratio inside one run: medians of works that take turns in one
# process. Nothing here fails for being slow. The goal of attribution and decisive
# incidents is 5 x evaluate() of the same alarms; that of the deadline is to grow no
# faster than the pieces of its window.
################################################################

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

import pytest

import sla_compliance as sla
from sla_compliance.analysis import attribution, budget, decisive_incidents
from sla_compliance.units import moment
from tests.benchmarks.bench_core import print_ratios, rich_terms_of, terms_of
from tests.benchmarks.timing import medians
from tests.benchmarks.workload import Workload, workload

ALARMS = 100_000
RESOURCES = 300


def batch_of(load: Workload) -> sla.AlarmBatch:
    """Return the alarms of a load, each with an id of its own, of a few resources."""
    random = Random(3)  # noqa: S311 - sample data
    count = len(load.starts_us)
    return sla.AlarmBatch.from_columns(
        starts_us=load.starts_us,
        ends_us=load.ends_us,
        ids=[f"alarm-{number}" for number in range(count)],
        resource_ids=[f"OLT-{random.randrange(RESOURCES)}" for _ in range(count)],
    )


def all_overlapping(count: int) -> Workload:
    """Return alarms of which each shares time with every other: all last over the middle of the window."""
    bounds = workload(1, is_sorted=True).bounds_us
    random, middle, span = Random(5), (bounds[0] + bounds[-1]) // 2, (bounds[-1] - bounds[0]) // 4  # noqa: S311
    starts_us = [middle - 1 - random.randrange(span) for _ in range(count)]
    ends_us = [middle + 1 + random.randrange(span) for _ in range(count)]
    return Workload(starts_us, ends_us, bounds)


def flapping(count: int) -> Workload:
    """Return alarms that share no instant: every one is an outage of its own."""
    bounds = workload(1, is_sorted=True).bounds_us
    step = (bounds[-1] - bounds[0]) // count
    starts_us = [bounds[0] + number * step for number in range(count)]
    order = Random(5).sample(starts_us, count)  # noqa: S311 - sample data
    return Workload(order, [start + step // 3 for start in order], bounds)


LOADS: dict[str, Callable[[int], Workload]] = {
    "of all lengths": lambda count: workload(count, is_sorted=False),
    "all overlapping": all_overlapping,
    "none overlapping": flapping,
}


@pytest.mark.parametrize("terms_of_load", [terms_of, rich_terms_of], ids=["plain", "rich"])
@pytest.mark.parametrize("name", LOADS)
def test_ratios_to_evaluate(name: str, terms_of_load: Callable[[Workload], dict[str, Any]]) -> None:
    """Attribution by a key for each alarm and by few keys, and the decisive incidents."""
    load = LOADS[name](ALARMS)
    batch, terms = batch_of(load), terms_of_load(load)
    report = sla.evaluate(batch, **terms)
    spread = attribution(report)
    assert sum(share.owned_us for share in spread.rows) + spread.bridged_us == report.total.downtime_us
    took = medians(
        {
            "evaluate": lambda: sla.evaluate(batch, **terms).days,
            "attribution by id": lambda: attribution(report),
            "by resource_id": lambda: attribution(report, by="resource_id"),
            "decisive incidents, 10 alarms of each": lambda: decisive_incidents(report, alarm_limit=10),
            "with all their alarms": lambda: decisive_incidents(report),
            "all incidents of the report": report.incidents,
        }
    )
    title = f"{ALARMS} alarms, {name}, {'plain' if terms_of_load is terms_of else 'rich'} terms, x evaluate"
    print_ratios(title, {work: time / took["evaluate"] for work, time in took.items()})


def test_the_deadline_grows_with_the_pieces_of_its_window() -> None:
    """Service hours cut a window into two pieces a day; twice as many pieces take about twice as long."""
    load = workload(300, is_sorted=False)
    start, as_of = moment(load.bounds_us[0]), moment(load.bounds_us[1])
    hours = sla.ServiceHours.weekly({"mon-sun": "08:00-20:00"})
    works: dict[str, Callable[[], object]] = {}
    pieces: dict[str, int] = {}
    for days in (500, 1_000, 2_000, 4_000):
        report = sla.evaluate(
            [],
            start=start,
            end=start + days * timedelta(days=1),
            as_of=as_of,
            zone="UTC",
            service_hours=hours,
            policy=sla.SLAPolicy("1"),  # so that the walk reaches the end of the window
        )
        name = f"{days} days"
        pieces[name] = len(report.ledger.frame.scopes)
        works[name] = lambda report=report: budget(report)  # type: ignore[misc]
    took = medians(works)
    print_ratios("deadline, microseconds a piece", {name: 1e6 * took[name] / pieces[name] for name in works})
