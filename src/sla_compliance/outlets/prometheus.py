"""What a service does, and how its tenants stand, as Prometheus metrics."""
################################################################
# Requests, cache hits and queries are counted as they happen. How a tenant stands
# is a gauge, one for each number of days: its availability, error budget and target
# on the last n days, today included. It is taken from answers that say so: asked
# up to today, under the tenant's own target and accounting, of real alarms. Any
# other answer would move the gauge without anything having happened. Where nothing
# counted the gauge is NaN: neither 0 nor 1.
#
# The registry is the caller's. Several workers are one exposition where
# PROMETHEUS_MULTIPROC_DIR names a folder that they share; it must be set before
# the first of them imports prometheus_client, and be empty then.
################################################################

from __future__ import annotations

import os
from collections.abc import Iterable
from fractions import Fraction
from math import nan
from typing import Final, Protocol, TypeVar

from sla_compliance.analysis.budgets import error_budget_remaining_ratio
from sla_compliance.errors import requires_extra
from sla_compliance.records import ComplianceRecord

with requires_extra("prometheus", __name__):
    from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
    from prometheus_client.exposition import choose_encoder
    from prometheus_client.multiprocess import MultiProcessCollector

SHARED_FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"
DAYS: Final = (7, 30, 90)
ANSWER_BUCKETS_S: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.6, 1, 2.5, 5, 10, 30)

_Metric = TypeVar("_Metric", Counter, Gauge, Histogram)


class Answer(Protocol):
    """What is looked at of a service's answer."""

    @property
    def tenant_id(self) -> str:
        """Whose days."""
        ...

    @property
    def is_cached(self) -> bool:
        """Whether neither store nor source was asked."""
        ...

    @property
    def is_standing(self) -> bool:
        """Whether it says how the tenant stands: up to today, as agreed, of real alarms."""
        ...

    def last(self, days: int) -> ComplianceRecord | None:
        """Return the record of the last days; None where there are fewer."""
        ...


class PrometheusObserver:
    """Counts what a service does into a registry; a ServiceObserver.

    Make one for each registry; several services may share it.
    """

    def __init__(
        self, registry: CollectorRegistry, *, with_tenant_label: bool = True, days: Iterable[int] = DAYS
    ) -> None:
        """Register the metrics.

        Args:
            registry: where; the one that the platform exposes.
            with_tenant_label: False for a fleet too large for series of each tenant; there are no gauges then.
            days: over how many days tenants' gauges look back.

        Raises:
            ValueError: the registry has these metrics already.
        """
        tenant = ("tenant_id",) if with_tenant_label else ()
        self._has_tenants = with_tenant_label
        self._answers = Histogram(
            "sla_compliance_request_duration_seconds",
            "How long answers took; cached: without asking store or source.",
            (*tenant, "cached"),
            buckets=ANSWER_BUCKETS_S,
            registry=registry,
        )
        self._hits = Counter(
            "sla_compliance_cache_hits", "Answers without asking store or source.", tenant, registry=registry
        )
        self._misses = Counter(
            "sla_compliance_cache_misses", "Answers for which store or source was asked.", tenant, registry=registry
        )
        self._queries = Histogram(
            "sla_compliance_source_query_duration_seconds",
            "How long the source of alarms took.",
            tenant,
            buckets=ANSWER_BUCKETS_S,
            registry=registry,
        )
        self._failures = Counter(
            "sla_compliance_failures", "Errors that no caller saw, by what failed.", ("what",), registry=registry
        )
        self._standings = _Standings(registry, tuple(days)) if with_tenant_label else None

    def answered(self, answer: Answer, *, seconds: float) -> None:
        """Count an answer, and take the tenant's standing from it."""
        tenant_id = answer.tenant_id
        self._of(self._answers, tenant_id, str(answer.is_cached).lower()).observe(seconds)
        self._of(self._hits if answer.is_cached else self._misses, tenant_id).inc()
        if self._standings is not None and answer.is_standing:
            self._standings.take(answer)

    def queried(self, tenant_id: str, *, seconds: float) -> None:
        """Count a query."""
        self._of(self._queries, tenant_id).observe(seconds)

    def failed(self, what: str, error: BaseException) -> None:  # noqa: ARG002 - counted, whatever it was
        """Count a failure."""
        self._failures.labels(what).inc()

    def _of(self, metric: _Metric, tenant_id: str, *others: str) -> _Metric:
        """Return the series of a tenant, or of all tenants."""
        labels = (_label(tenant_id), *others) if self._has_tenants else others
        return metric.labels(*labels) if labels else metric


class _Standings:
    """The gauges of tenants."""

    def __init__(self, registry: CollectorRegistry, days: tuple[int, ...]) -> None:
        self._days = days
        self._availability, self._budget, self._target = (
            Gauge(name, text, ("tenant_id", "days"), registry=registry, multiprocess_mode="mostrecent")
            for name, text in (
                ("sla_compliance_availability_ratio", "Availability on the last days, today included."),
                (
                    "sla_compliance_error_budget_remaining_ratio",
                    "Share of the error budget of the last days that is left; below 0 where more is spent.",
                ),
                ("sla_compliance_target_ratio", "Agreed availability."),
            )
        )

    def take(self, answer: Answer) -> None:
        for days in self._days:
            record = answer.last(days)
            if record is not None:
                labels = (_label(answer.tenant_id), str(days))
                self._availability.labels(*labels).set(_number(record.availability_ratio))
                self._budget.labels(*labels).set(_number(error_budget_remaining_ratio(record)))
                self._target.labels(*labels).set(_number(record.target_ratio))


def _number(ratio: Fraction | None) -> float:
    return nan if ratio is None else float(ratio)


def _label(tenant_id: str) -> str:
    """Return a tenant id as an exposition can hold it: lone surrogates are escaped."""
    return tenant_id.encode("utf-8", "backslashreplace").decode("utf-8")


def exposition(registry: CollectorRegistry, accept: str = "") -> tuple[bytes, str]:
    """Return what Prometheus scrapes, and its content type; of all workers where they share a folder.

    Args:
        registry: what the observer was given.
        accept: the Accept header of the request; by it the format is chosen.
    """
    encode, content_type = choose_encoder(accept)
    return encode(_shared() if SHARED_FOLDER in os.environ else registry), content_type


def _shared() -> CollectorRegistry:
    """Return what all workers have counted."""
    everybody = CollectorRegistry()
    MultiProcessCollector(everybody)  # type: ignore[no-untyped-call]
    return everybody
