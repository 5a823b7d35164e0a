"""Who watches a service, and the counts it keeps itself."""
################################################################
# The service tells what happened; what becomes of it (counters here, a metrics
# registry elsewhere, a log) is the observer's affair. Observers are called from
# the event loop: they count, they do not wait.
################################################################

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Protocol

from sla_compliance.service.answers import ComplianceAnswer


class ServiceObserver(Protocol):
    """Told of what a service does; lengths of time in seconds."""

    def answered(self, answer: ComplianceAnswer, *, seconds: float) -> None:
        """Hear that a question was answered."""
        ...

    def queried(self, tenant_id: str, *, seconds: float) -> None:
        """Hear that the source was asked for alarms once."""
        ...

    def failed(self, what: str, error: BaseException) -> None:
        """Hear of an error that no caller sees: of the "cache", the "source", or a "refresh" in the background."""
        ...


@dataclass(slots=True)
class Statistics:
    """Counts since the service was made; a ServiceObserver.

    Attributes:
        hits, misses: questions answered without, and with, asking store or source.
        queries: how often the source was asked for alarms.
        answer_seconds, query_seconds: how long these took, summed.
        failures: errors that no caller saw, by what failed: "cache", "source", "refresh".
    """

    hits: int = 0
    misses: int = 0
    queries: int = 0
    answer_seconds: float = 0.0
    query_seconds: float = 0.0
    failures: Counter[str] = field(default_factory=Counter)

    def answered(self, answer: ComplianceAnswer, *, seconds: float) -> None:
        """Count a question."""
        self.hits += answer.is_cached
        self.misses += not answer.is_cached
        self.answer_seconds += seconds

    def queried(self, tenant_id: str, *, seconds: float) -> None:  # noqa: ARG002 - all tenants alike
        """Count a query."""
        self.queries += 1
        self.query_seconds += seconds

    def failed(self, what: str, error: BaseException) -> None:  # noqa: ARG002 - counted, whatever it was
        """Count a failure."""
        self.failures[what] += 1


@dataclass(frozen=True, slots=True)
class Observers:
    """Several observers as one."""

    all: tuple[ServiceObserver, ...]

    def answered(self, answer: ComplianceAnswer, *, seconds: float) -> None:
        """Tell all of them."""
        for observer in self.all:
            observer.answered(answer, seconds=seconds)

    def queried(self, tenant_id: str, *, seconds: float) -> None:
        """Tell all of them."""
        for observer in self.all:
            observer.queried(tenant_id, seconds=seconds)

    def failed(self, what: str, error: BaseException) -> None:
        """Tell all of them."""
        for observer in self.all:
            observer.failed(what, error)
