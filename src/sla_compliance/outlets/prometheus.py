"""The requests of a service and the compliance of its tenants as Prometheus metrics."""
################################################################
# Requests, cache hits, cache misses and queries are counted as they happen. The
# compliance of a tenant is a gauge for each number of days: availability, error
# budget and target of the last n days, today included. A gauge is set from
# answers that are current: asked up to today, under the tenant's own target and
# accounting, of real alarms. Any other answer would move it although nothing
# happened. Where nothing counted the gauge is NaN: neither 0 nor 1. The budgets of
# periods in progress have gauges of their own (budget_gauges.py).
#
# The caller owns the registry. Several workers are one exposition where
# PROMETHEUS_MULTIPROC_DIR names a folder that they share. It must be set before
# the first of them imports prometheus_client, and be empty then.
################################################################

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction
from math import nan
from typing import Final, Protocol, TypeVar

from sla_compliance.analysis.budgets import ErrorBudget, error_budget_remaining_ratio
from sla_compliance.calendars.periods import Period
from sla_compliance.errors import requires_extra
from sla_compliance.outlets.budget_gauges import SHARED_FOLDER, AllWorkers, BudgetGauges
from sla_compliance.records import ComplianceRecord

with requires_extra("prometheus", __name__):
    from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
    from prometheus_client.exposition import choose_encoder

GAUGE_DAYS: Final = (7, 30, 90)
MOST_REMEMBERED_ANSWERS: Final = 250
"""How many answers are remembered, of a tenant one of each length: gauges cost more than all else of a request."""
ANSWER_BUCKETS_S: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.6, 1, 2.5, 5, 10, 30)

_Metric = TypeVar("_Metric", Counter, Gauge, Histogram)


class Answer(Protocol):
    """The part of a service's answer that becomes metrics."""

    @property
    def tenant_id(self) -> str:
        """The tenant whose days the answer holds."""
        ...

    @property
    def is_cached(self) -> bool:
        """Whether the answer came without asking store or source."""
        ...

    @property
    def is_standing(self) -> bool:
        """Whether the answer is current: up to today, under the tenant's own terms, of real alarms."""
        ...

    @property
    def dates(self) -> Sequence[date]:
        """The local dates of its days."""
        ...

    @property
    def basis(self) -> tuple[object, ...]:
        """All that its figures follow from."""
        ...

    def last(self, days: int) -> ComplianceRecord | None:
        """Return the record of the last days; None where the answer has fewer."""
        ...


class PrometheusObserver:
    """Counts the requests of services in a registry; a ServiceObserver.

    A registry takes one observer; several services may share it.
    """

    def __init__(
        self, registry: CollectorRegistry, *, with_tenant_label: bool = True, days: Iterable[int] = GAUGE_DAYS
    ) -> None:
        """Register the metrics.

        Args:
            registry: the one that the platform exposes.
            with_tenant_label: False where there are too many tenants for series of their own; then there are no gauges.
            days: the numbers of days that the gauges look back.

        Raises:
            ValueError: the registry has these metrics already.
        """
        tenant_label = ("tenant_id",) if with_tenant_label else ()
        self._has_tenants = with_tenant_label
        self._answers = Histogram(
            "sla_compliance_request_duration_seconds",
            "How long answers took; cached: without asking store or source.",
            (*tenant_label, "cached"),
            buckets=ANSWER_BUCKETS_S,
            registry=registry,
        )
        self._hits = Counter(
            "sla_compliance_cache_hits", "Answers without asking store or source.", tenant_label, registry=registry
        )
        self._misses = Counter(
            "sla_compliance_cache_misses",
            "Answers for which store or source was asked.",
            tenant_label,
            registry=registry,
        )
        self._queries = Histogram(
            "sla_compliance_source_query_duration_seconds",
            "How long the source of alarms took.",
            tenant_label,
            buckets=ANSWER_BUCKETS_S,
            registry=registry,
        )
        self._failures = Counter(
            "sla_compliance_failures", "Errors that no caller saw, by what failed.", ("what",), registry=registry
        )
        self._gauges = _TenantGauges(registry, tuple(days)) if with_tenant_label else None
        self._budgets = BudgetGauges(registry) if with_tenant_label else None

    def answered(self, answer: Answer, *, seconds: float) -> None:
        """Count an answer, and set the tenant's gauges where it is current."""
        tenant_id = answer.tenant_id
        cached = "true" if answer.is_cached else "false"
        self._series(self._answers, tenant_id, cached).observe(seconds)
        hits_or_misses = self._hits if answer.is_cached else self._misses
        self._series(hits_or_misses, tenant_id).inc()
        if self._gauges is not None and answer.is_standing:
            self._gauges.update(answer)

    def queried(self, tenant_id: str, *, seconds: float) -> None:
        """Count a query to the source."""
        self._series(self._queries, tenant_id).observe(seconds)

    def severities_counted(self, tenant_id: str, *, unrecognized_rows: int) -> None:
        """Set how many rows of a tenant have an unknown or overwritten severity."""
        if self._gauges is not None:
            self._gauges.count_unrecognized(tenant_id, unrecognized_rows)

    def budget_measured(self, tenant_id: str, period: Period, budget: ErrorBudget) -> None:
        """Set the gauges of a tenant's budget of a period in progress."""
        if self._budgets is not None:
            self._budgets.update(_label_value(tenant_id), period, budget)

    def failed(self, what: str, error: BaseException) -> None:  # noqa: ARG002 - every error counts alike
        """Count a failure of, for example, the cache."""
        self._failures.labels(what).inc()

    def _series(self, metric: _Metric, tenant_id: str, *more_labels: str) -> _Metric:
        """Return the series of a tenant, or that of all tenants where the metrics have no tenant label."""
        labels = (_label_value(tenant_id), *more_labels) if self._has_tenants else more_labels
        # labels() without a value is an error: a metric without labels is its own series.
        return metric.labels(*labels) if labels else metric


class _TenantGauges:
    """The gauges of tenants: how each stands, for each number of days, and its rows of unrecognized severity."""

    def __init__(self, registry: CollectorRegistry, days: tuple[int, ...]) -> None:
        self._days = days
        self._basis_by_view: dict[tuple[str, int], tuple[object, ...]] = {}
        self._availability = _tenant_gauge(
            registry, "sla_compliance_availability_ratio", "Availability on the last days, today included."
        )
        self._budget = _tenant_gauge(
            registry,
            "sla_compliance_error_budget_remaining_ratio",
            "Share of the error budget of the last days that is left; below 0 where more is spent.",
        )
        self._target = _tenant_gauge(registry, "sla_compliance_target_ratio", "Agreed availability.")
        self._is_confirmed = _tenant_gauge(
            registry, "sla_compliance_is_confirmed", "1 where no doubt about the rows could change the verdict, else 0."
        )

        self._unrecognized_rows = Gauge(
            "sla_compliance_unrecognized_severity_rows",
            "Rows whose severity no filter matches: unknown words, and severities overwritten by 'cleared'.",
            ("tenant_id",),
            registry=registry,
            multiprocess_mode="mostrecent",
        )

    def count_unrecognized(self, tenant_id: str, rows: int) -> None:
        """Set how many rows of a tenant have a severity that no filter matches."""
        self._unrecognized_rows.labels(_label_value(tenant_id)).set(rows)

    def update(self, answer: Answer) -> None:
        """Set the gauges of the answer's tenant, unless they are set from an answer that was no different."""
        # By its length, too: views of different lengths alternate, and each sets the gauges of its own range.
        view, basis = (answer.tenant_id, len(answer.dates)), answer.basis
        if self._basis_by_view.get(view) == basis:
            return
        self._basis_by_view.pop(view, None)
        self._basis_by_view[view] = basis
        if len(self._basis_by_view) > MOST_REMEMBERED_ANSWERS:
            del self._basis_by_view[next(iter(self._basis_by_view))]
        for days in self._days:
            record = answer.last(days)
            if record is None:
                continue
            labels = (_label_value(answer.tenant_id), str(days))
            self._availability.labels(*labels).set(_gauge_value(record.availability_ratio))
            self._budget.labels(*labels).set(_gauge_value(error_budget_remaining_ratio(record)))
            self._target.labels(*labels).set(_gauge_value(record.target_ratio))
            self._is_confirmed.labels(*labels).set(record.is_confirmed)


def _tenant_gauge(registry: CollectorRegistry, name: str, description: str) -> Gauge:
    # Every worker has its own value; that of the worker that set it last is exposed.
    return Gauge(name, description, ("tenant_id", "days"), registry=registry, multiprocess_mode="mostrecent")


def _gauge_value(ratio: Fraction | None) -> float:
    return nan if ratio is None else float(ratio)


def _label_value(tenant_id: str) -> str:
    """Return a tenant id as an exposition can hold it: lone surrogates, which UTF-8 cannot encode, are escaped."""
    return tenant_id.encode("utf-8", "backslashreplace").decode("utf-8")


def exposition(registry: CollectorRegistry, accept: str = "") -> tuple[bytes, str]:
    """Return the text that Prometheus scrapes, and its content type.

    Where workers share a folder the text is of all workers, not of `registry`.

    Args:
        registry: that of the observer.
        accept: the Accept header of the request; it chooses the format.
    """
    encode, content_type = choose_encoder(accept)
    has_shared_folder = SHARED_FOLDER in os.environ
    return encode(_registry_of_all_workers() if has_shared_folder else registry), content_type


def _registry_of_all_workers() -> CollectorRegistry:
    """Return a registry that reads the folder that workers share."""
    registry = CollectorRegistry()
    registry.register(AllWorkers())
    return registry
