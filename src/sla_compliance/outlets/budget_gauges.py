"""The error budgets of periods in progress as Prometheus gauges."""
################################################################
# What is allowed and what is left of it are of the whole period. The deadline exists
# only while the service is down and can still lose the period by it: as long as the
# outage lasts it stays where it is, so a value that is some minutes old is right.
# While nothing is down a deadline would move on with the clock.
#
# With the bounds of the period, the beginning of the outage and what was left then,
# rules of Prometheus can say what sla_compliance.alerts says.
#
# A series that no longer holds is removed. Workers that share a folder cannot remove
# one: there it is NaN, which the exposition of all workers leaves out.
################################################################

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
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
_DEADLINE: Final = "sla_compliance_deadline_timestamp_seconds"
_OUTAGE_START: Final = "sla_compliance_outage_start_timestamp_seconds"
_OUTAGE_LEFT: Final = "sla_compliance_outage_error_budget_left_seconds"
_MONITORED_UNTIL: Final = "sla_compliance_monitored_until_timestamp_seconds"
PASSING_GAUGES: Final = frozenset({_DEADLINE, _OUTAGE_START, _OUTAGE_LEFT, _MONITORED_UNTIL})
"""Those whose series come and go."""


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
        self._start = _period_gauge(
            registry, "sla_compliance_period_start_timestamp_seconds", "When the period in progress began."
        )
        self._end = _period_gauge(
            registry, "sla_compliance_period_end_timestamp_seconds", "When the period in progress ends."
        )
        self._is_confirmed = _period_gauge(
            registry,
            "sla_compliance_period_is_confirmed",
            "Whether no doubt could change the verdict on the period in progress: 1 or 0.",
        )
        self._as_of = _period_gauge(
            registry, "sla_compliance_budget_as_of_timestamp_seconds", "As of when the error budget was measured last."
        )
        self._monitored_until = _period_gauge(
            registry, _MONITORED_UNTIL, "The latest instant at which an outage would have been seen."
        )
        self._deadline = _period_gauge(
            registry, _DEADLINE, "By when the outage that lasts has to be over, or the period in progress is lost."
        )
        self._outage_start = _period_gauge(registry, _OUTAGE_START, "When the outage that lasts began.")
        self._outage_left = _period_gauge(
            registry, _OUTAGE_LEFT, "What was left of the downtime that the target allows when the outage began."
        )

    def update(self, label: str, period: Period, budget: ErrorBudget) -> None:
        """Set the gauges of one tenant, by the value of its label, and one kind of period."""
        labels = (label, period.name)
        self._allowed.labels(*labels).set(seconds_down(budget.allowed_us))
        self._left.labels(*labels).set(seconds_down(budget.left_us))
        self._start.labels(*labels).set(budget.start.timestamp())
        self._end.labels(*labels).set(budget.end.timestamp())
        self._is_confirmed.labels(*labels).set(budget.is_confirmed)
        self._as_of.labels(*labels).set(budget.as_of.timestamp())
        left_us = budget.left_when_it_began_us
        deadline = None if budget.down_since is None else budget.deadline
        _set_or_remove(self._monitored_until, labels, _seconds(budget.last_monitored_at))
        _set_or_remove(self._deadline, labels, _seconds(deadline))
        _set_or_remove(self._outage_start, labels, _seconds(budget.down_since))
        _set_or_remove(self._outage_left, labels, None if left_us is None else seconds_down(left_us))


def _seconds(instant: datetime | None) -> float | None:
    return None if instant is None else instant.timestamp()


def _set_or_remove(gauge: Gauge, labels: tuple[str, str], value: float | None) -> None:
    """Set a series, or remove it where there is no value."""
    if value is not None:
        gauge.labels(*labels).set(value)
    elif SHARED_FOLDER in os.environ:
        gauge.labels(*labels).set(nan)
    else:
        with suppress(KeyError):  # older versions of the library raise where there is no such series
            gauge.remove(*labels)


def _period_gauge(registry: CollectorRegistry, name: str, description: str) -> Gauge:
    # Every worker has its own value; that of the worker that set it last is exposed.
    return Gauge(name, description, ("tenant_id", "period"), registry=registry, multiprocess_mode="mostrecent")


class AllWorkers(Collector):
    """The metrics of all workers that share a folder, without series that no longer hold."""

    def __init__(self) -> None:
        """Read the folder at each collection."""
        self._workers = MultiProcessCollector(None)  # type: ignore[no-untyped-call]

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics."""
        for metric in self._workers.collect():  # type: ignore[no-untyped-call]
            if metric.name in PASSING_GAUGES:
                metric.samples = [sample for sample in metric.samples if not isnan(sample.value)]
            yield metric
