"""ServiceObserver: what watches a service, and the counts that a service keeps itself."""
################################################################
# The service says what happened; counters here, a metrics registry or a log
# elsewhere are observers. They are called from the event loop: they count, they
# never wait.
################################################################

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from sla_compliance.analysis import ErrorBudget
from sla_compliance.calendars.periods import Period
from sla_compliance.service.answers import ComplianceAnswer


class ServiceObserver(Protocol):
    """Called with what a service does; lengths of time in seconds."""

    def answered(self, answer: ComplianceAnswer, *, seconds: float) -> None:
        """Take note of an answer."""
        ...

    def queried(self, tenant_id: str, *, seconds: float) -> None:
        """Take note of one query to the source of alarms."""
        ...

    def failed(self, what: str, error: BaseException) -> None:
        """Take note of an error or a late answer that no caller sees.

        Args:
            what: "cache", "source", "store", "tenants", "inventories", or "refresh": a measurement in the background.
        """
        ...


@runtime_checkable
class SeverityObserver(Protocol):
    """An observer that also takes note of rows whose severity no filter can match."""

    def severities_counted(self, tenant_id: str, *, unrecognized_rows: int) -> None:
        """Take note of how many rows of the tenant have an unknown or overwritten severity."""
        ...


@runtime_checkable
class BudgetObserver(Protocol):
    """An observer that also takes note of the error budgets of periods in progress."""

    def budget_measured(self, tenant_id: str, period: Period, budget: ErrorBudget) -> None:
        """Take note of a budget that was measured: by the tenant's own target and accounting, of real alarms."""
        ...


@dataclass(slots=True)
class Statistics:
    """Counts since the service was made; a ServiceObserver.

    Attributes:
        hits, misses: answers made without, and with, the store or the source.
        queries: queries to the source of alarms.
        answer_seconds, query_seconds: how long these took, summed.
        failures: errors that no caller saw, by what failed: "cache", "source", "store", "tenants", "inventories",
            "refresh".
    """

    hits: int = 0
    misses: int = 0
    queries: int = 0
    answer_seconds: float = 0.0
    query_seconds: float = 0.0
    failures: Counter[str] = field(default_factory=Counter)

    def answered(self, answer: ComplianceAnswer, *, seconds: float) -> None:
        """Count an answer."""
        self.hits += answer.is_cached
        self.misses += not answer.is_cached
        self.answer_seconds += seconds

    def queried(self, tenant_id: str, *, seconds: float) -> None:  # noqa: ARG002 - counted for all tenants together
        """Count a query."""
        self.queries += 1
        self.query_seconds += seconds

    def failed(self, what: str, error: BaseException) -> None:  # noqa: ARG002 - counted by what failed
        """Count a failure."""
        self.failures[what] += 1


@dataclass(frozen=True, slots=True)
class Observers:
    """Several observers as one."""

    all: tuple[ServiceObserver, ...]

    def answered(self, answer: ComplianceAnswer, *, seconds: float) -> None:
        """Call each of them."""
        for observer in self.all:
            observer.answered(answer, seconds=seconds)

    def queried(self, tenant_id: str, *, seconds: float) -> None:
        """Call each of them."""
        for observer in self.all:
            observer.queried(tenant_id, seconds=seconds)

    def failed(self, what: str, error: BaseException) -> None:
        """Call each of them."""
        for observer in self.all:
            observer.failed(what, error)

    def severities_counted(self, tenant_id: str, *, unrecognized_rows: int) -> None:
        """Call those that take note of it."""
        for observer in self.all:
            if isinstance(observer, SeverityObserver):
                observer.severities_counted(tenant_id, unrecognized_rows=unrecognized_rows)

    def budget_measured(self, tenant_id: str, period: Period, budget: ErrorBudget) -> None:
        """Call those that take note of it."""
        for observer in self.all:
            if isinstance(observer, BudgetObserver):
                observer.budget_measured(tenant_id, period, budget)
