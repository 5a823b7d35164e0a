"""TimedDayStore: a DayStore whose every call has a time-out."""
################################################################
# A store may have more methods than every store must have, by which the service knows
# what it can do. This one has those of the store that it stands for, with the time-out.
################################################################

from __future__ import annotations

import datetime as dt
import inspect
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from typing import ParamSpec, TypeVar

from sla_compliance.calls.timed import TimedCalls
from sla_compliance.measured import DayKey
from sla_compliance.stores.protocol import DayStore, Restatement, StoredDay

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")


class TimedDayStore:
    """Another store, each call of which ends in time or raises a TimeoutError.

    Whether a write that took too long is done is not known; as every write of a store it may be repeated.
    """

    def __init__(self, store: DayStore, time_out: dt.timedelta) -> None:
        """Keep the store."""
        self._store = store
        self._calls = TimedCalls("the store", time_out.total_seconds())
        for name, function in inspect.getmembers(type(store), inspect.iscoroutinefunction):
            if not name.startswith("_") and not hasattr(type(self), name):
                setattr(self, name, self._timed(function.__get__(store)))

    def _timed(self, method: Callable[_Arguments, Awaitable[_Result]]) -> Callable[_Arguments, Awaitable[_Result]]:
        """Return a method with the time-out."""

        async def timed(*args: _Arguments.args, **kwargs: _Arguments.kwargs) -> _Result:
            return await self._calls.make(lambda: method(*args, **kwargs))

        return timed

    async def days(self, keys: Sequence[DayKey]) -> dict[DayKey, StoredDay]:
        """Return those of some days of one tenant that are stored."""
        return await self._calls.make(lambda: self._store.days(keys))

    async def changes(self, tenant_id: str, dates: Collection[dt.date]) -> dict[dt.date, int]:
        """Return how many changes of each of some dates were reported."""
        return await self._calls.make(lambda: self._store.changes(tenant_id, dates))

    async def add(self, days: Mapping[DayKey, StoredDay]) -> int:
        """Store the days that are not there yet."""
        return await self._calls.make(lambda: self._store.add(days))

    async def mark_stale(self, tenant_id: str, dates: Iterable[dt.date]) -> int:
        """Report a change of facts of some dates."""
        return await self._calls.make(lambda: self._store.mark_stale(tenant_id, dates))

    async def stale(self, tenant_id: str) -> list[DayKey]:
        """Return the days that are not current."""
        return await self._calls.make(lambda: self._store.stale(tenant_id))

    async def restate(
        self,
        days: Mapping[DayKey, StoredDay],
        *,
        reason: str,
        at_us: int,
        cause: str | None = None,
        author: str | None = None,
    ) -> list[Restatement]:
        """Rewrite stored days that a measurement supersedes."""
        return await self._calls.make(
            lambda: self._store.restate(days, reason=reason, at_us=at_us, cause=cause, author=author)
        )

    async def restatements(self, tenant_id: str) -> list[Restatement]:
        """Return the trail of a tenant."""
        return await self._calls.make(lambda: self._store.restatements(tenant_id))
