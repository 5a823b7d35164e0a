"""Question: which days of whom, as of when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from sla_compliance.calendars.local_days import LocalDays, local_days
from sla_compliance.measured import DayKey, closes_at_us
from sla_compliance.policy import SLAPolicy
from sla_compliance.service.settings import TenantSettings


@dataclass(frozen=True)
class Question:
    """Whole local days of one tenant.

    Attributes:
        tenant_id, settings: whose.
        days: the local days.
        as_of_us: the instant of the question.
    """

    tenant_id: str
    settings: TenantSettings
    days: LocalDays
    as_of_us: int

    @classmethod
    def about(cls, tenant_id: str, settings: TenantSettings, *, start_us: int, end_us: int, as_of_us: int) -> Question:
        """Return the question about the local days that share an instant with [start_us, end_us)."""
        return cls(tenant_id, settings, local_days(settings.zone, start_us, end_us), as_of_us)

    @property
    def policy(self) -> SLAPolicy:
        """The tenant's policy."""
        return self.settings.policy

    @cached_property
    def bounds_us(self) -> dict[DayKey, tuple[int, int]]:
        """The bounds of each day, in order, by its key."""
        bounds = self.days.bounds_us
        return {
            self.settings.day_key(self.tenant_id, date, start, end): (start, end)
            for date, start, end in zip(self.days.dates, bounds, bounds[1:], strict=False)
        }

    @property
    def begun(self) -> tuple[DayKey, ...]:
        """The days that have begun; the others are all still to come, and nothing to remember."""
        return tuple(key for key, (start, _) in self.bounds_us.items() if start < self.as_of_us)

    @property
    def closed(self) -> tuple[DayKey, ...]:
        """The days that only a change of facts can alter."""
        return tuple(key for key, (_, end) in self.bounds_us.items() if closes_at_us(end, self.policy) <= self.as_of_us)

    def hull_us(self, keys: Iterable[DayKey]) -> tuple[int, int]:
        """Return the bounds of the shortest window that holds some of the days, at least one."""
        bounds = [self.bounds_us[key] for key in keys]
        return min(start for start, _ in bounds), max(end for _, end in bounds)
