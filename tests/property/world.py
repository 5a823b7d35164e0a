"""A tiny world: small integers for instants, so that intervals collide, touch and nest all the time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import sla_compliance as sla

BASE = datetime(2025, 10, 25, tzinfo=UTC)  # the clocks of Berlin go back on the 26th
HOUR = timedelta(hours=1)
MICROSECOND = timedelta(microseconds=1)

Span = tuple[int, int]
Spans = tuple[Span, ...]


@dataclass(frozen=True)
class Row:
    """An alarm in units of its world; no end: still active."""

    start: int
    end: int | None
    resource: str | None = None
    seen: int | None = None
    severity: str = "critical"


@dataclass(frozen=True)
class Scoped:
    """An exclusion of the alarms of some resources."""

    spans: Spans
    resources: tuple[str, ...]


@dataclass(frozen=True)
class World:
    """Everything that evaluate() takes, in units of one length since BASE."""

    rows: tuple[Row, ...]
    window: Span
    as_of: int
    unit: timedelta = HOUR
    zone: str = "UTC"
    in_service: Spans | None = None
    hours: Spans | None = None
    maintenance: Spans = ()
    exclusions: Spans = ()
    monitored: Spans | None = None
    scoped: tuple[Scoped, ...] = ()
    merge_gap: int = 0
    min_outage: int = 0
    stale_after: int | None = None
    accounting: sla.Accounting = sla.Accounting.REMOVED

    def at(self, instant: int) -> datetime:
        """Return the datetime of an instant of this world."""
        return BASE + instant * self.unit

    def us(self, length: int) -> int:
        """Return a length in microseconds."""
        return length * (self.unit // MICROSECOND)

    @property
    def policy(self) -> sla.SLAPolicy:
        """The policy, damping and staleness included."""
        return sla.SLAPolicy(
            accounting=self.accounting,
            merge_gap=self.merge_gap * self.unit,
            min_outage=self.min_outage * self.unit,
            stale_after=None if self.stale_after is None else self.stale_after * self.unit,
        )

    @property
    def margin(self) -> int:
        """How far beyond the window a source is asked."""
        return self.merge_gap + self.min_outage

    def alarms(self) -> list[sla.Alarm]:
        """Return the rows as alarms."""
        return [self._alarm(row) for row in self.rows]

    def _alarm(self, row: Row) -> sla.Alarm:
        return sla.Alarm(
            self.at(row.start),
            None if row.end is None else self.at(row.end),
            severity=row.severity,
            resource_id=row.resource,
            last_occurrence=None if row.seen is None else self.at(row.seen),
        )

    def _pairs(self, spans: Iterable[Span]) -> list[tuple[datetime, datetime]]:
        return [(self.at(start), self.at(end)) for start, end in spans]

    def _optional(self, spans: Spans | None) -> list[tuple[datetime, datetime]] | None:
        return None if spans is None else self._pairs(spans)

    def _scoped(self) -> list[sla.Exclusion]:
        return [
            sla.Exclusion(start, end, reason="customer", applies_to={"resource_id": scoped.resources})
            for scoped in self.scoped
            for start, end in self._pairs(scoped.spans)
        ]

    def terms(self) -> sla.compliance.EvaluationKeywords:
        """Return all that evaluate() and evaluate_each() take beside the alarms."""
        return {
            "start": self.at(self.window[0]),
            "end": self.at(self.window[1]),
            "zone": self.zone,
            "as_of": self.at(self.as_of),
            "policy": self.policy,
            "maintenance": self._pairs(self.maintenance),
            "exclusions": [*self._pairs(self.exclusions), *self._scoped()],
            "service_hours": self._optional(self.hours),
            "in_service": self._optional(self.in_service),
            "monitored": self._optional(self.monitored),
        }

    def report(self) -> sla.ComplianceReport:
        """Return what the library makes of this world."""
        return sla.evaluate(self.alarms(), **self.terms())

    def part(self, start: int, end: int) -> World:
        """Return the world that knows only [start, end): the alarms that meet it, widened by the margin."""
        first, last = start - self.margin, end + self.margin
        met = tuple(row for row in self.rows if row.start < last and (row.end is None or row.end > first))
        return replace(self, window=(start, end), rows=met)
