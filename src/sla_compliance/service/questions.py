"""What is asked: of which tenant, as of when, and about which days or which window."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from sla_compliance.agreements import TenantSettings
from sla_compliance.calendars.local_days import local_days
from sla_compliance.measured import DayKey, closes_at_us
from sla_compliance.policy import SLAPolicy
from sla_compliance.units import MAX_US, MIN_US, moment

Span = tuple[int, int]
"""Start and end, microseconds, half-open."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Who is asked about, and as of when.

    Attributes:
        tenant_id, settings: who.
        as_of_us: the instant of evaluation.
    """

    tenant_id: str
    settings: TenantSettings
    as_of_us: int

    @property
    def policy(self) -> SLAPolicy:
        """The tenant's policy."""
        return self.settings.policy

    @property
    def zone(self) -> str:
        """The tenant's zone."""
        return self.settings.zone

    @property
    def as_of(self) -> dt.datetime:
        """The instant of evaluation, aware."""
        return moment(self.as_of_us)


@dataclass(frozen=True, slots=True)
class Window:
    """A subject's time from `start_us` to `end_us`."""

    subject: Subject
    start_us: int
    end_us: int

    @property
    def reach_us(self) -> Span:
        """The window widened by as much as damping looks beyond it."""
        margin_us = self.subject.policy.margin_us
        return max(MIN_US, self.start_us - margin_us), min(MAX_US, self.end_us + margin_us)


@dataclass(frozen=True)
class Question:
    """Whole local days of a subject.

    Attributes:
        subject: whose.
        start_us: where the first begins; also of no days at all.
        spans: the bounds of each day, in order, by its key.
    """

    subject: Subject
    start_us: int
    spans: Mapping[DayKey, Span]

    @classmethod
    def about(cls, subject: Subject, start_us: int, end_us: int) -> Question:
        """Return the question about the local days that share an instant with [start_us, end_us)."""
        days = local_days(subject.zone, start_us, end_us)
        bounds = days.bounds_us
        return cls(subject, bounds[0], day_spans(subject, zip(days.dates, bounds, bounds[1:], strict=False)))

    @cached_property
    def begun(self) -> tuple[DayKey, ...]:
        """The days that have begun; the others are still to come, and nothing to remember."""
        return tuple(key for key, (start, _) in self.spans.items() if start < self.subject.as_of_us)

    @cached_property
    def closed(self) -> tuple[DayKey, ...]:
        """The days that only a change of facts can alter."""
        policy, as_of_us = self.subject.policy, self.subject.as_of_us
        return tuple(key for key, (_, end) in self.spans.items() if closes_at_us(end, policy) <= as_of_us)

    def spans_of(self, keys: Iterable[DayKey]) -> dict[DayKey, Span]:
        """Return the bounds of some of the days."""
        return {key: self.spans[key] for key in keys}


def day_spans(subject: Subject, days: Iterable[tuple[dt.date, int, int]]) -> dict[DayKey, Span]:
    """Return the bounds of local days by the key that they have under the subject's settings."""
    return {subject.settings.day_key(subject.tenant_id, date, start, end): (start, end) for date, start, end in days}
