"""Measured days in memory: for tests, demonstrations and a process that computes all it shows."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from sla_compliance.measured import DayKey
from sla_compliance.stores.protocol import NO_CHANGES, Restatement, StoredDay


class MemoryDayStore:
    """A DayStore of one process."""

    def __init__(self) -> None:
        """Start empty."""
        self._days: dict[DayKey, StoredDay] = {}
        self._changes: Counter[tuple[str, dt.date]] = Counter()
        self._trail: list[Restatement] = []

    async def days(self, keys: Sequence[DayKey]) -> dict[DayKey, StoredDay]:
        """Return those of some days that are stored."""
        return {key: self._stored(key) for key in keys if key in self._days}

    async def days_of_tenants(self, keys: Collection[DayKey]) -> dict[DayKey, StoredDay]:
        """Return those of some days of any tenants that are stored."""
        return {key: self._stored(key) for key in keys if key in self._days}

    def _stored(self, key: DayKey) -> StoredDay:
        return replace(self._days[key], changes_reported=self._changes[key.tenant_id, key.date])

    async def changes(self, tenant_id: str, dates: Collection[dt.date]) -> dict[dt.date, int]:
        """Return how many changes of each of some dates were reported."""
        return {date: self._changes[tenant_id, date] for date in dates}

    async def add(self, days: Mapping[DayKey, StoredDay]) -> int:
        """Store the days that are not there yet; return how many those were."""
        new_days = {key: stored for key, stored in days.items() if key not in self._days}
        self._days |= new_days
        return len(new_days)

    async def mark_stale(self, tenant_id: str, dates: Iterable[dt.date]) -> int:
        """Report a change of facts of some dates; return how many days are stored of them."""
        changed_dates = set(dates)
        self._changes.update((tenant_id, date) for date in changed_dates)
        return sum(key.tenant_id == tenant_id and key.date in changed_dates for key in self._days)

    async def stale(self, tenant_id: str) -> list[DayKey]:
        """Return the days that are not current, by date."""
        tenant_keys = [key for key in self._days if key.tenant_id == tenant_id]
        stale_keys = [key for key in tenant_keys if not self._stored(key).is_current]
        return sorted(stale_keys, key=lambda key: key.date)

    async def now_us(self) -> int | None:
        """Return None: there is no other clock than that of this machine."""
        return None

    async def measured_after(self, tenant_id: str, instant_us: int) -> list[DayKey]:
        """Return the current days that were measured or written after an instant, by date."""
        later_keys = [
            key
            for key, stored in self._days.items()
            if key.tenant_id == tenant_id and max(stored.day.as_of_us, stored.written_us) > instant_us
        ]
        return sorted((key for key in later_keys if self._stored(key).is_current), key=lambda key: key.date)

    async def outdate_others(self, tenant_id: str, *, measurement: str, zone: str) -> None:
        """Let the days of a tenant that have another measurement or zone include no reported change any more."""
        for key, stored in self._days.items():
            if key.tenant_id == tenant_id and (key.measurement, key.zone) != (measurement, zone):
                self._days[key] = replace(stored, changes_applied=NO_CHANGES)

    async def restate(
        self,
        days: Mapping[DayKey, StoredDay],
        *,
        reason: str,
        at_us: int,
        cause: str | None = None,
        author: str | None = None,
    ) -> list[Restatement]:
        """Rewrite stored days that a measurement supersedes; return what differed."""
        restatements: list[Restatement] = []
        for key, new in days.items():
            old = self._days.get(key)
            if old is None or not old.is_superseded_by(new):
                continue
            self._days[key] = new
            if old.day.cells_us != new.day.cells_us:
                cells_us = (old.day.cells_us, new.day.cells_us)
                restatements.append(Restatement(key, at_us, reason, *cells_us, cause, author))
        self._trail += restatements
        return restatements

    async def restatements(self, tenant_id: str) -> list[Restatement]:
        """Return the trail of a tenant, oldest first."""
        return [entry for entry in self._trail if entry.key.tenant_id == tenant_id]
