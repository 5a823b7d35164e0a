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
#
# A change is reported by the dates that it alters under the tenant's present policy
# and zone. What it alters under others is not known, so days of others are outdated
# whatever their date (`SupportsOtherSettings`): should those settings return, they
# are measured again.
#
# A row that cannot be a day (day_json.py) is returned as one of unknown time that
# includes no change and says what is wrong. Any measurement takes its place.
################################################################

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, Self, runtime_checkable

from sla_compliance.calendars.local_days import first_instant_us
from sla_compliance.labels import CELL_INDEX, CELLS, Scope, State
from sla_compliance.ledger import CellLengths
from sla_compliance.measured import DayKey, MeasuredDay
from sla_compliance.units import ONE_DAY

NO_CHANGES: Final = -1
"""`changes_applied` of a day that includes not even the changes that were reported before there was any count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDay:
    """A day in a store.

    Attributes:
        day: what was measured.
        written_us: when it was written.
        changes_applied: how many of the reported changes of its date its cells include; NO_CHANGES: it is outdated.
        changes_reported: how many changes of its date were reported; the store's own count, never written with a day.
        fault: why what is stored cannot be a day; empty where it can. Then `day` is one of unknown time.
    """

    day: MeasuredDay
    written_us: int
    changes_applied: int
    changes_reported: int = 0
    fault: str = ""

    @classmethod
    def of_unknown_time(cls, key: DayKey, *, changes_reported: int, fault: str) -> Self:
        """Return what stands for a row that cannot be a day.

        Raises:
            ValueError, OverflowError: its key is that of no local day.
        """
        start_us = first_instant_us(key.date, key.zone)
        end_us = first_instant_us(key.date + ONE_DAY, key.zone)
        cells = [0] * len(CELLS)
        cells[CELL_INDEX[Scope.AGREED, State.UNKNOWN]] = end_us - start_us
        day = MeasuredDay(
            date=key.date,
            start_us=start_us,
            end_us=end_us,
            cells_us=tuple(cells),
            rows_read=0,
            rules_version=0,
            as_of_us=end_us,
            tz_version="",
        )
        return cls(
            day=day,
            written_us=end_us,
            changes_applied=NO_CHANGES,
            changes_reported=changes_reported,
            fault=fault,
        )

    @property
    def is_current(self) -> bool:
        """Whether its cells include every reported change."""
        return self.changes_applied >= self.changes_reported

    def is_superseded_by(self, new: StoredDay) -> bool:
        """Whether a measurement takes this day's place.

        It includes more changes; or as many by newer rules; or as many by the same rules, once the day is over.
        """
        return new._rank > self._rank

    @property
    def _rank(self) -> tuple[int, int, bool]:
        return self.changes_applied, self.day.rules_version, self.day.is_over

    def objection(self, now_us: int) -> str:
        """Return why it does not hold now, other than that it is not current; empty where it does."""
        return self.fault or self.day.objection(self.written_us, now_us)


@dataclass(frozen=True, slots=True)
class Restatement:
    """A stored day that was rewritten: an entry of the trail.

    Attributes:
        key: whose day.
        at_us: when it was rewritten.
        reason: why, for people.
        old_cells_us, new_cells_us: its cells before and since.
        cause: what changed, the id of a row or the name of a window; None where it is not known.
        author: who changed it; None where it is not known.
    """

    key: DayKey
    at_us: int
    reason: str
    old_cells_us: CellLengths
    new_cells_us: CellLengths
    cause: str | None = None
    author: str | None = None


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

    async def restate(
        self,
        days: Mapping[DayKey, StoredDay],
        *,
        reason: str,
        at_us: int,
        cause: str | None = None,
        author: str | None = None,
    ) -> list[Restatement]:
        """Rewrite stored days, where `is_superseded_by` says so; return what differed.

        Args:
            days: what takes their places.
            reason, at_us, cause, author: of the entries of the trail.
        """
        ...

    async def restatements(self, tenant_id: str) -> list[Restatement]:
        """Return the trail of a tenant, oldest first."""
        ...


@runtime_checkable
class SupportsClock(Protocol):
    """A DayStore that has a clock other than that of this machine: a second opinion on the present moment."""

    async def now_us(self) -> int | None:
        """Return the present moment, microseconds; None where there is no other clock."""
        ...


@runtime_checkable
class SupportsDaysAhead(Protocol):
    """A DayStore that finds days by when they were measured."""

    async def measured_after(self, tenant_id: str, instant_us: int) -> list[DayKey]:
        """Return the current days that were measured or written after an instant, by date."""
        ...


@runtime_checkable
class SupportsOtherSettings(Protocol):
    """A DayStore that knows the days of other settings than a tenant has now."""

    async def outdate_others(self, tenant_id: str, *, measurement: str, zone: str) -> None:
        """Let the days of a tenant that have another measurement or zone include no reported change any more."""
        ...


@runtime_checkable
class SupportsManyTenants(Protocol):
    """A DayStore that reads the days of many tenants at once."""

    async def days_of_tenants(self, keys: Collection[DayKey]) -> dict[DayKey, StoredDay]:
        """Return those of some days of any tenants that are stored, current or not."""
        ...
