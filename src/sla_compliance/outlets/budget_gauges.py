"""The error budgets of periods in progress as Prometheus gauges."""
################################################################
# What is allowed and what is left of it are of the whole period. The deadline exists
# only while the service is down and can still lose the period by it: as long as the
# outage lasts it stays where it is, so a value that is some minutes old is right.
# While nothing is down a deadline would move on with the clock.
#
# A series that no longer holds is removed. Workers that share a folder cannot remove
# one: there it is NaN, which the exposition of all workers leaves out.
################################################################

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from math import isnan, nan
from typing import Final

from sla_compliance.analysis.budgets import ErrorBudget
from sla_compliance.analysis.shown_values import seconds_down
from sla_compliance.calendars.periods import Period
from sla_compliance.errors import requires_extra

with requires_extra("prometheus", __name__):
    from prometheus_client import CollectorRegistry, Gauge, Metric
    from prometheus_client.multiprocess import MultiProcessCollector
    from prometheus_client.registry import Collector

SHARED_FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"
DEADLINE: Final = "sla_compliance_deadline_timestamp_seconds"


class BudgetGauges:
    """The gauges of the error budgets of tenants, for each kind of period."""

    def __init__(self, registry: CollectorRegistry) -> None:
        """Register the gauges."""
        self._allowed = _period_gauge(
            registry,
            "sla_compliance_error_budget_allowed_seconds",
            "The downtime that the target allows in the period in progress.",
        )
        self._left = _period_gauge(
            registry,
            "sla_compliance_error_budget_left_seconds",
            "What is left of the downtime that the target allows in the period in progress; below 0: lost.",
        )
        self._deadline = _period_gauge(
            registry, DEADLINE, "By when the outage that lasts has to be over, or the period in progress is lost."
        )

    def update(self, label: str, period: Period, budget: ErrorBudget) -> None:
        """Set the gauges of one tenant, by the value of its label, and one kind of period."""
        labels = (label, period.name)
        self._allowed.labels(*labels).set(seconds_down(budget.allowed_us))
        self._left.labels(*labels).set(seconds_down(budget.left_us))
        if budget.deadline is not None and budget.down_since is not None:
            self._deadline.labels(*labels).set(budget.deadline.timestamp())
        elif SHARED_FOLDER in os.environ:
            self._deadline.labels(*labels).set(nan)
        else:
            with suppress(KeyError):  # older versions of the library raise where there is no such series
                self._deadline.remove(*labels)


def _period_gauge(registry: CollectorRegistry, name: str, description: str) -> Gauge:
    # Every worker has its own value; that of the worker that set it last is exposed.
    return Gauge(name, description, ("tenant_id", "period"), registry=registry, multiprocess_mode="mostrecent")


class AllWorkers(Collector):
    """The metrics of all workers that share a folder, without deadlines that no longer hold."""

    def __init__(self) -> None:
        """Read the folder at each collection."""
        self._workers = MultiProcessCollector(None)  # type: ignore[no-untyped-call]

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics."""
        for metric in self._workers.collect():  # type: ignore[no-untyped-call]
            if metric.name == DEADLINE:
                metric.samples = [sample for sample in metric.samples if not isnan(sample.value)]
            yield metric
