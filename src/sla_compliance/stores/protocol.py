"""DayStore: what a store of measured days promises."""
################################################################
# A store keeps closed days for good: the role of a materialised view, with zone
# rules that never run in SQL. Adding never replaces: neither a purge of old alarms
# nor new zone rules rewrite a day. Only a change of facts does.
#
# The store counts the changes reported of each date of a tenant, whether days of it
# are stored or not, and with each day how many of them its cells include. A day is
# current while it includes all of them. So
#   - a change is reported (mark_stale) once it is committed, before days are
#     measured again;
#   - the count of a day's date is read (changes, or days) before the facts that the
#     day is measured from, and stored with the day (add, restate).
# A change reported in between leaves the day stale: readers measure it themselves,
# and the next sweep restates it. A writer killed at any moment leaves a stale day,
# never a wrong one.
#
# Restating puts the new cells in place and the old ones into the trail, in one
# transaction.
################################################################

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from sla_compliance.ledger import CellLengths
from sla_compliance.measured import DayKey, MeasuredDay


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDay:
    """A day in a store.

    Attributes:
        day: what was measured.
        written_us: when it was written.
        changes_applied: how many of the reported changes of its date its cells include.
        changes_reported: how many changes of its date were reported; the store's own count, never written with a day.
    """

    day: MeasuredDay
    written_us: int
    changes_applied: int
    changes_reported: int = 0

    @property
    def is_current(self) -> bool:
        """Whether its cells include every reported change."""
        return self.changes_applied >= self.changes_reported

    def is_superseded_by(self, new: StoredDay) -> bool:
        """Whether a measurement takes this day's place: it includes more changes, or as many by newer rules."""
        return (new.changes_applied, new.day.rules_version) > (self.changes_applied, self.day.rules_version)


@dataclass(frozen=True, slots=True)
class Restatement:
    """A stored day that was rewritten: an entry of the trail.

    Attributes:
        key: whose day.
        at_us: when it was rewritten.
        reason: why, for people.
        old_cells_us, new_cells_us: its cells before and since.
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
    - changes nothing where the same is added, or restated, again;
    - loses no reported change, also of dates of which nothing is stored.
    """

    async def days(self, keys: Sequence[DayKey]) -> dict[DayKey, StoredDay]:
        """Return those of some days of one tenant that are stored, current or not."""
        ...

    async def changes(self, tenant_id: str, dates: Collection[dt.date]) -> dict[dt.date, int]:
        """Return how many changes of each of some dates were reported; 0 where none was."""
        ...

    async def add(self, days: Mapping[DayKey, StoredDay]) -> int:
        """Store the days that are not there yet; return how many those were."""
        ...

    async def mark_stale(self, tenant_id: str, dates: Iterable[dt.date]) -> int:
        """Report a change of facts of some dates; return how many days are stored of them."""
        ...

    async def stale(self, tenant_id: str) -> list[DayKey]:
        """Return the days that are not current, by date."""
        ...

    async def restate(self, days: Mapping[DayKey, StoredDay], *, reason: str, at_us: int) -> list[Restatement]:
        """Rewrite stored days, where `is_superseded_by` says so; return what differed."""
        ...

    async def restatements(self, tenant_id: str) -> list[Restatement]:
        """Return the trail of a tenant, oldest first."""
        ...
