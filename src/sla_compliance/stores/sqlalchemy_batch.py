"""BatchDayStore: a SQL store of days as a batch job sees it, whose facts are read by others, at their own time."""
################################################################
# A stored day says how many of the changes of its date it includes. A job whose facts
# are read elsewhere cannot say when a row of them was read, only that none was before
# the job started. So it includes the changes that were reported by then, and later
# ones leave its days stale.
#
# Days outside the window of a job have no rows there. So it finds no stale days and
# reports no changes: both are work of a service that has all rows.
################################################################

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sla_compliance.errors import requires_extra
from sla_compliance.measured import DayKey
from sla_compliance.stores.protocol import StoredDay
from sla_compliance.stores.sqlalchemy import SQLAlchemyDayStore

with requires_extra("sqlalchemy", __name__):
    from sqlalchemy import Engine

from sla_compliance.stores import _rows, _tables


@dataclass(frozen=True, slots=True)
class ReportedCounts:
    """How many changes of some dates were reported at one time; it can be pickled.

    Attributes:
        counts: by tenant, as the database has its id, and date; those of 0 are left out.
    """

    counts: Mapping[tuple[str, dt.date], int]

    @classmethod
    def read(cls, engine: Engine, first: dt.date, last: dt.date) -> ReportedCounts:
        """Return the counts of all tenants and the dates from `first` to `last`; one query."""
        with engine.begin() as connection:
            return cls(_rows.changes_of_dates(connection, first, last))

    def of(self, tenant_id: str, date: dt.date) -> int:
        """Return the count of a date of a tenant."""
        return self.counts.get((_tables.escaped_tenant_id(tenant_id), date), 0)


class BatchDayStore(SQLAlchemyDayStore):
    """A DayStore over an Engine for a job whose facts are read after `reported` was."""

    def __init__(self, engine: Engine, reported: ReportedCounts) -> None:
        """Keep the engine; no connection is made yet."""
        super().__init__(engine)
        self._reported = reported

    async def days(self, keys: Sequence[DayKey]) -> dict[DayKey, StoredDay]:
        """Return those of some days of one tenant that are stored, with the changes reported before the job."""
        stored_days = await super().days(keys)
        return {key: self._as_reported(key, stored) for key, stored in stored_days.items()}

    def _as_reported(self, key: DayKey, stored: StoredDay) -> StoredDay:
        return replace(stored, changes_reported=self._reported.of(key.tenant_id, key.date))

    async def changes(self, tenant_id: str, dates: Collection[dt.date]) -> dict[dt.date, int]:
        """Return how many changes of each of some dates were reported before the job; no query."""
        return {date: self._reported.of(tenant_id, date) for date in dates}

    async def mark_stale(self, tenant_id: str, dates: Iterable[dt.date]) -> int:  # noqa: ARG002 - see above
        """Report nothing."""
        return 0

    async def stale(self, tenant_id: str) -> list[DayKey]:  # noqa: ARG002 - see above
        """Return no day."""
        return []

    async def measured_after(self, tenant_id: str, instant_us: int) -> list[DayKey]:  # noqa: ARG002 - see above
        """Return no day."""
        return []
