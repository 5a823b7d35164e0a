"""What a store of measured days promises."""
################################################################
# A store keeps closed days for good: the role of a materialised view, with zone
# rules that never run in SQL. Adding never replaces: neither a purge of old alarms
# nor new zone rules rewrite a day. Only a change of facts does, in two steps:
#   1. mark_stale: the change is reported to the day, before the day is measured
#      again. Until step 2 it is not current, and readers measure it themselves;
#   2. restate: the new cells take their place and the old ones go to the trail, in
#      one transaction. They name the last change they include; a change reported
#      in between leaves the day stale.
# A writer killed at any moment leaves a stale day, never a wrong one.
################################################################

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from sla_compliance.ledger import CellLengths
from sla_compliance.measured import DayKey, MeasuredDay


@dataclass(frozen=True, slots=True)
class StoredDay:
    """A day in a store.

    Attributes:
        day: what was measured.
        changes_reported: how many changes of its facts were reported.
        changes_applied: how many of them its cells include.
    """

    day: MeasuredDay
    changes_reported: int = 0
    changes_applied: int = 0

    @property
    def is_current(self) -> bool:
        """Whether its cells include every reported change."""
        return self.changes_applied >= self.changes_reported


@dataclass(frozen=True, slots=True)
class Restatement:
    """A stored day that was rewritten: the trail.

    Attributes:
        key: whose day.
        at_us: when it was rewritten.
        reason: why, for people.
        old_cells_us, new_cells_us: what it said before and since.
    """

    key: DayKey
    at_us: int
    reason: str
    old_cells_us: CellLengths
    new_cells_us: CellLengths


class DayStore(Protocol):
    """Measured days, kept for good. No base class to inherit.

    An implementation promises, and tests/contract checks, that it
    - returns what was added or restated last, to the microsecond, and no other tenant's;
    - writes each day wholly or not at all, however many write at once;
    - changes nothing where the same is added, or restated, again.
    """

    async def days(self, keys: Sequence[DayKey]) -> dict[DayKey, StoredDay]:
        """Return those of some days of one tenant that are stored, current or not."""
        ...

    async def add(self, days: Mapping[DayKey, MeasuredDay]) -> int:
        """Store the days that are not there yet; return how many those were."""
        ...

    async def mark_stale(self, tenant_id: str, dates: Iterable[dt.date]) -> int:
        """Report a change of facts to every stored day of these dates; return how many there are."""
        ...

    async def stale(self, tenant_id: str) -> list[DayKey]:
        """Return the days that are not current, by date."""
        ...

    async def restate(self, days: Mapping[DayKey, StoredDay], *, reason: str, at_us: int) -> list[Restatement]:
        """Rewrite stored days, unless they include as many changes already; return what differed.

        Args:
            days: what was measured; `changes_applied` is what the store said of `changes_reported` before.
        """
        ...

    async def restatements(self, tenant_id: str) -> list[Restatement]:
        """Return the trail of a tenant, oldest first."""
        ...
