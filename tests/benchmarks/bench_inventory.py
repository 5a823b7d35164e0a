"""What an inventory costs: evaluate_each with shared devices and own terms, as ratios to the same keys without."""
################################################################
# 5,000 units in three levels (10 sites, 190 devices, 4,800 customers) and 100,000
# alarms on any of them. A customer's report holds the rows of its device and site
# too, about three times its own. Nothing here fails for being slow.
################################################################

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sla_compliance as sla
from sla_compliance.units import moment
from tests.benchmarks.bench_core import print_ratios, terms_of
from tests.benchmarks.timing import medians
from tests.benchmarks.workload import workload

UNITS = 5_000
SITES = 10
DEVICES = 190
ROWS = 100_000


def parents_of(number: int) -> list[int]:
    """Return the unit that a unit hangs on: a customer on a device, a device on a site."""
    if number < SITES:
        return []
    if number < SITES + DEVICES:
        return [number % SITES]
    return [SITES + number % DEVICES]


def test_ratios_to_a_list_of_keys() -> None:
    """All figures of all keys: with parents, with three targets, with an activation of each one's own."""
    load = workload(ROWS, is_sorted=False)
    resources = [str(row * 7919 % UNITS) for row in range(ROWS)]
    batch = sla.AlarmBatch.from_columns(starts_us=load.starts_us, ends_us=load.ends_us, resource_ids=resources)
    terms: dict[str, Any] = terms_of(load)
    start, end = moment(load.bounds_us[0]), moment(load.bounds_us[-1])
    targets = ("99", "99.9", "99.95")

    def inventory(**own_terms: Any) -> sla.Inventory:
        units = (
            sla.Unit(
                number,
                parents=parents_of(number) if own_terms.get("has_parents", True) else (),
                target=targets[number % 3] if "has_targets" in own_terms else None,
                in_service=[(start + timedelta(minutes=number), end)] if "is_activated" in own_terms else None,
            )
            for number in range(UNITS)
        )
        return sla.Inventory(units)

    flat, shared = inventory(has_parents=False), inventory()
    with_targets, activated = inventory(has_targets=True), inventory(has_targets=True, is_activated=True)

    def totals(keys: Any) -> object:
        return [report.total for report in sla.evaluate_each(batch, inventory=keys, **terms).values()]

    took = medians(
        {
            "keys": lambda: totals(range(UNITS)),
            "without parents": lambda: totals(flat),
            "with parents": lambda: totals(shared),
            "and targets": lambda: totals(with_targets),
            "and activations": lambda: totals(activated),
            "the inventory itself": inventory,
        }
    )
    seconds = {name: took[name] for name in ("keys", "with parents")}
    print_ratios(f"{UNITS} keys, {ROWS} rows, seconds", seconds)
    print_ratios("x a list of keys", {name: time / took["keys"] for name, time in took.items()})
