"""Stores of days, statements and notifications that break promises; run by test_broken_promises.py."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from sla_compliance.analysis import Statement
from sla_compliance.measured import DayKey
from sla_compliance.stores.memory import MemoryDayStore
from sla_compliance.stores.memory_notifications import MemoryNotificationStore
from sla_compliance.stores.memory_statements import MemoryStatementStore
from sla_compliance.stores.notifications import ALL_DELIVERIES, ClaimFilter, Delivery, DeliveryPage, StoredState
from sla_compliance.stores.protocol import Restatement, StoredDay
from sla_compliance.stores.statements import ALL_STATEMENTS, StatementFilter, StatementPage
from sla_compliance.testing import DayStoreContract, NotificationStoreContract, StatementStoreContract


class Overwriting(MemoryDayStore):
    """Adds days over those that stand."""

    async def add(self, days: Mapping[DayKey, StoredDay]) -> int:
        self._days |= days
        return len(days)


class RecordsAlone(MemoryDayStore):
    """Keeps no readings, and none of what was not a number."""

    async def add(self, days: Mapping[DayKey, StoredDay]) -> int:
        plain = {
            key: replace(one, day=replace(one.day, optimistic_cells_us=(), pessimistic_cells_us=(), facts=()))
            for key, one in days.items()
        }
        return await super().add(plain)


class AlikeKeys(MemoryDayStore):
    """Takes one part of a key for all of it."""

    async def add(self, days: Mapping[DayKey, StoredDay]) -> int:
        return await super().add({self._alike(key): one for key, one in days.items()})

    async def days(self, keys: Sequence[DayKey]) -> dict[DayKey, StoredDay]:
        found = await super().days([self._alike(key) for key in keys])
        return {key: found[self._alike(key)] for key in keys if self._alike(key) in found}

    @staticmethod
    def _alike(key: DayKey) -> DayKey:
        return DayKey("acme", "m1", "a1", "UTC", key.date)


class DeafStore(MemoryDayStore):
    """Does not hear of changes."""

    async def mark_stale(self, tenant_id: str, dates: Iterable[dt.date]) -> int:
        del tenant_id, dates
        return 0


class HeardOnce(MemoryDayStore):
    """Counts a change once, however often it is reported, and those of other tenants."""

    async def mark_stale(self, tenant_id: str, dates: Iterable[dt.date]) -> int:
        count = await super().mark_stale(tenant_id, list(dates))
        self._changes = Counter(dict.fromkeys(self._changes, 1))
        return count


class AlwaysStale(MemoryDayStore):
    """Forgets which changes a day includes."""

    async def add(self, days: Mapping[DayKey, StoredDay]) -> int:
        return await super().add({key: replace(one, changes_applied=0) for key, one in days.items()})


class Tracing(MemoryDayStore):
    """Restates whatever it gets, and leaves a trace each time."""

    async def restate(
        self,
        days: Mapping[DayKey, StoredDay],
        *,
        reason: str,
        at_us: int,
        cause: str | None = None,
        author: str | None = None,
    ) -> list[Restatement]:
        del cause, author
        written = []
        for key, new in days.items():
            old = self._days.get(key, new)
            self._days[key] = new
            written.append(Restatement(key, at_us, reason, old.day.cells_us, new.day.cells_us, None, None))
        self._trail += written
        return written


class Slow(MemoryDayStore):
    """Reads, waits, and writes what it read."""

    async def add(self, days: Mapping[DayKey, StoredDay]) -> int:
        new_days = {key: one for key, one in days.items() if key not in self._days}
        await asyncio.sleep(0)
        self._days |= new_days
        return len(new_days)

    async def mark_stale(self, tenant_id: str, dates: Iterable[dt.date]) -> int:
        changes = Counter(self._changes)
        await asyncio.sleep(0)
        changes.update((tenant_id, date) for date in dates)
        self._changes = changes
        return 0


class WithoutSettings(MemoryDayStore):
    """Knows of no later measurements, no other settings, and of one tenant at a time."""

    async def measured_after(self, tenant_id: str, instant_us: int) -> list[DayKey]:
        del instant_us
        return [key for key in self._days if key.tenant_id == tenant_id]

    async def outdate_others(self, tenant_id: str, *, measurement: str, zone: str) -> None:
        """Do nothing."""

    async def days_of_tenants(self, keys: Collection[DayKey]) -> dict[DayKey, StoredDay]:
        tenant_ids = [key.tenant_id for key in keys][:1]
        return await super().days_of_tenants([key for key in keys if key.tenant_id in tenant_ids])

    async def now_us(self) -> int | None:
        return 1_700_000_000


class TestDayStores(DayStoreContract):
    """Each breaks something."""

    @pytest.fixture(
        params=[
            Overwriting, RecordsAlone, AlikeKeys, DeafStore, HeardOnce, AlwaysStale, Tracing, Slow, WithoutSettings,
        ]
    )  # fmt: skip
    async def store(self, request: pytest.FixtureRequest) -> Any:
        return request.param()


class EveryStatement(MemoryStatementStore):
    """Keeps what comes, one tenant's series for all subjects and periods."""

    async def append(self, statement: Statement) -> Statement:
        self._series[statement.tenant, None, 0, 0].append(statement)
        return statement

    async def last(self, tenant_id: str, subject: str | None, start_us: int, end_us: int) -> Statement | None:
        del subject, start_us, end_us
        return await super().last(tenant_id, None, 0, 0)


class LastStatements(MemoryStatementStore):
    """Pages know no filter and no order; the last one is always what was known, of anybody."""

    async def known_at(
        self, tenant_id: str, subject: str | None, start_us: int, end_us: int, at_us: int
    ) -> Statement | None:
        del at_us
        return await self.last(tenant_id, subject, start_us, end_us)

    async def with_digest(self, tenant_id: str, digest: str) -> Statement | None:
        del tenant_id
        return next((one for series in self._series.values() for one in series if one.digest == digest), None)

    async def page(
        self, tenant_id: str, wanted: StatementFilter = ALL_STATEMENTS, *, limit: int, offset: int = 0
    ) -> StatementPage:
        del wanted
        page = await super().page(tenant_id, limit=10**6)
        statements = tuple(sorted(page.statements, key=lambda one: one.issued_us))
        return StatementPage(statements[offset : offset + limit], page.total)


class AlikeStatements(MemoryStatementStore):
    """Keeps no lines, and compares tenants without case and blanks."""

    async def append(self, statement: Statement) -> Statement:
        appended = await super().append(statement)
        for key, series in list(self._series.items()):
            self._series[key] = [replace(one, lines=None) for one in series]
            self._series["acme", *key[1:]] = self._series[key]
        return appended

    async def last(self, tenant_id: str, subject: str | None, start_us: int, end_us: int) -> Statement | None:
        own = await super().last(tenant_id, subject, start_us, end_us)
        return own or await super().last("acme", subject, start_us, end_us)


class TestStatementStores(StatementStoreContract):
    """Each breaks something."""

    @pytest.fixture(params=[EveryStatement, LastStatements, AlikeStatements])
    async def store(self, request: pytest.FixtureRequest) -> Any:
        return request.param()


class LastWriterWins(MemoryNotificationStore):
    """Writes states whatever was read, and keeps what does not belong together."""

    async def commit(self, states: Sequence[StoredState], deliveries: Sequence[Delivery]) -> frozenset[str]:
        for state in states:
            self._states[state.tenant_id.strip("\0 ")] = replace(state, version=state.version + 2)
        self._keep(deliveries)
        return frozenset(state.tenant_id for state in states)


class ClaimingTwice(MemoryNotificationStore):
    """Claims what others hold, in any order, and does not count it."""

    async def claim(
        self, now_us: int, *, until_us: int, limit: int, wanted: ClaimFilter = ALL_DELIVERIES
    ) -> tuple[Delivery, ...]:
        del now_us, until_us, wanted
        return tuple(reversed(self._deliveries.values()))[:limit]

    async def add(self, deliveries: Sequence[Delivery]) -> int:
        self._deliveries |= {delivery.delivery_id: delivery for delivery in deliveries}
        return len(deliveries)


class NothingMarked(MemoryNotificationStore):
    """Marks by writing new deliveries; its log has no order."""

    async def mark_sent(self, delivery_id: str, at_us: int) -> None:
        """Do nothing."""

    async def mark_failed(self, delivery_id: str, at_us: int, *, error: str, retry_us: int | None) -> None:
        """Do nothing."""

    async def retry(self, delivery_id: str, at_us: int) -> bool:
        del delivery_id, at_us
        return True

    async def deliveries(self, tenant_id: str | None = None, **options: Any) -> DeliveryPage:
        del tenant_id
        page = await super().deliveries(**options)
        return DeliveryPage(tuple(reversed(page.deliveries)), page.total)


class Particular(MemoryNotificationStore):
    """Marks what it keeps alone, and reads a few tenants at a time."""

    async def states(self, tenant_ids: Collection[str]) -> Mapping[str, StoredState]:
        return await super().states(sorted(tenant_ids)[:100])

    async def mark_sent(self, delivery_id: str, at_us: int) -> None:
        if delivery_id not in self._deliveries:
            raise KeyError(delivery_id)
        await super().mark_sent(delivery_id, at_us)


class TestNotificationStores(NotificationStoreContract):
    """Each breaks something."""

    @pytest.fixture(params=[LastWriterWins, ClaimingTwice, NothingMarked, Particular])
    async def store(self, request: pytest.FixtureRequest) -> Any:
        return request.param()
