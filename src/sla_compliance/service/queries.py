"""What a service is queried for: whose days, as of when, and between which bounds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

from sla_compliance.agreements import TenantSettings
from sla_compliance.calendars.local_days import first_instant_us, local_days
from sla_compliance.lazy import LazyValue, lazy_property
from sla_compliance.measured import DayKey, closes_at_us
from sla_compliance.policy import SLAPolicy
from sla_compliance.units import MAX_US, MIN_US, ONE_DAY, moment

Span = tuple[int, int]
"""Start and end, microseconds, half-open."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A tenant, its settings and the instant of evaluation.

    Attributes:
        tenant_id, settings: whose days.
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

    @classmethod
    def of_date(cls, subject: Subject, date: dt.date) -> Window:
        """Return a local date of a subject; empty where the zone skips it.

        Raises:
            InvalidTypeError, InstantOutOfRangeError: it is no date, or none that every zone has.
        """
        start_us = first_instant_us(date, subject.zone, field="date")
        return cls(subject, start_us, first_instant_us(date + ONE_DAY, subject.zone, field="date"))

    @classmethod
    def around(cls, subject: Subject, spans: Collection[Span]) -> Window:
        """Return the shortest window that holds some spans; there is at least one."""
        return cls(subject, min(start_us for start_us, _ in spans), max(end_us for _, end_us in spans))

    @property
    def reach_us(self) -> Span:
        """The window widened by the margin of damping."""
        margin_us = self.subject.policy.margin_us
        return max(MIN_US, self.start_us - margin_us), min(MAX_US, self.end_us + margin_us)


@dataclass(frozen=True)
class DaysQuery(LazyValue):
    """A query for whole local days of a subject.

    Attributes:
        subject: whose days.
        start_us: start of the first day; also where there are no days.
        spans: the bounds of each day by its key, in order.
    """

    subject: Subject
    start_us: int
    spans: Mapping[DayKey, Span]

    @classmethod
    def covering(cls, subject: Subject, start_us: int, end_us: int) -> DaysQuery:
        """Return the query for the local days that share an instant with [start_us, end_us)."""
        days = local_days(subject.zone, start_us, end_us)
        spans: dict[DayKey, Span] = {}
        for date, (day_start_us, day_end_us) in zip(days.dates, pairwise(days.bounds_us), strict=True):
            key = subject.settings.day_key(subject.tenant_id, date, day_start_us, day_end_us)
            spans[key] = (day_start_us, day_end_us)
        return cls(subject, days.bounds_us[0], spans)

    def at(self, as_of_us: int) -> DaysQuery:
        """Return the query for the same days at a later instant of evaluation; an earlier one changes nothing."""
        if as_of_us <= self.subject.as_of_us:
            return self
        return replace(self, subject=replace(self.subject, as_of_us=as_of_us))

    @lazy_property
    def started_keys(self) -> tuple[DayKey, ...]:
        """The days that have begun. The others are still to come: they are measured and never cached."""
        as_of_us = self.subject.as_of_us
        all_keys = tuple(self.spans)
        if all_keys and self.spans[all_keys[-1]][0] < as_of_us:
            return all_keys
        return tuple(key for key, (start_us, _) in self.spans.items() if start_us < as_of_us)

    @lazy_property
    def closed_keys(self) -> tuple[DayKey, ...]:
        """The days that only a change of facts can alter."""
        policy, as_of_us = self.subject.policy, self.subject.as_of_us
        return tuple(key for key, (_, end_us) in self.spans.items() if closes_at_us(end_us, policy) <= as_of_us)

    def spans_of(self, keys: Iterable[DayKey]) -> dict[DayKey, Span]:
        """Return the bounds of some of the days."""
        return {key: self.spans[key] for key in keys}
