"""Measured days in memory: for tests, demonstrations and a process that computes all it shows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sla_compliance.measured import DayKey, MeasuredDay
from sla_compliance.stores.protocol import Restatement, StoredDay


class MemoryDayStore:
    """A DayStore of one process."""

    def __init__(self) -> None:
        """Start empty."""
        self._days: dict[DayKey, StoredDay] = {}
        self._trail: list[Restatement] = []

    async def days(self, keys: Sequence[DayKey]) -> dict[DayKey, StoredDay]:
        """Return those of some days that are stored."""
        return {key: self._days[key] for key in keys if key in self._days}

    async def add(self, days: Mapping[DayKey, MeasuredDay]) -> int:
        """Store the days that are not there yet; return how many those were."""
        new = {key: StoredDay(day) for key, day in days.items() if key not in self._days}
        self._days |= new
        return len(new)

    async def mark_stale(self, tenant_id: str, dates: Iterable[dt.date]) -> int:
        """Report a change of facts to every stored day of these dates; return how many there are."""
        changed_dates = set(dates)
        changed_keys = [key for key in self._days if key.tenant_id == tenant_id and key.date in changed_dates]
        for key in changed_keys:
            self._days[key] = replace(self._days[key], changes_reported=self._days[key].changes_reported + 1)
        return len(changed_keys)

    async def stale(self, tenant_id: str) -> list[DayKey]:
        """Return the days that are not current, by date."""
        stale_keys = [key for key, stored in self._days.items() if key.tenant_id == tenant_id and not stored.is_current]
        return sorted(stale_keys, key=lambda key: key.date)

    async def restate(self, days: Mapping[DayKey, StoredDay], *, reason: str, at_us: int) -> list[Restatement]:
        """Rewrite stored days; return what differed."""
        trail = []
        for key, new in days.items():
            old = self._days.get(key)
            if old is None or old.changes_applied >= new.changes_applied:
                continue
            self._days[key] = replace(old, day=new.day, changes_applied=new.changes_applied)
            if old.day.cells_us != new.day.cells_us:
                trail.append(Restatement(key, at_us, reason, old.day.cells_us, new.day.cells_us))
        self._trail += trail
        return trail

    async def restatements(self, tenant_id: str) -> list[Restatement]:
        """Return the trail of a tenant, oldest first."""
        return [entry for entry in self._trail if entry.key.tenant_id == tenant_id]
