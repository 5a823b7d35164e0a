"""TimedNotificationStore: a NotificationStore whose every call has a time-out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta

from sla_compliance.calls.timed import TimedCalls
from sla_compliance.stores.notifications import (
    ALL_DELIVERIES,
    ClaimFilter,
    Delivery,
    DeliveryPage,
    DeliveryStatus,
    NotificationStore,
    StoredState,
)


class TimedNotificationStore:
    """Another store, each call of which ends in time or raises a TimeoutError.

    Whether a write that took too long is done is not known; as every write of a store it may be repeated.
    """

    def __init__(self, store: NotificationStore, time_out: timedelta) -> None:
        """Keep the store."""
        self._store = store
        self._calls = TimedCalls("the store of notifications", time_out.total_seconds())

    async def states(self, tenant_ids: Collection[str]) -> Mapping[str, StoredState]:
        """Return the states of tenants that have one."""
        return await self._calls.make(lambda: self._store.states(tenant_ids))

    async def commit(self, states: Sequence[StoredState], deliveries: Sequence[Delivery]) -> frozenset[str]:
        """Write states and their deliveries."""
        return await self._calls.make(lambda: self._store.commit(states, deliveries))

    async def add(self, deliveries: Sequence[Delivery]) -> int:
        """Keep deliveries that are not kept yet."""
        return await self._calls.make(lambda: self._store.add(deliveries))

    async def claim(
        self, now_us: int, *, until_us: int, limit: int, wanted: ClaimFilter = ALL_DELIVERIES
    ) -> tuple[Delivery, ...]:
        """Return waiting deliveries that are due, and claim them."""
        return await self._calls.make(lambda: self._store.claim(now_us, until_us=until_us, limit=limit, wanted=wanted))

    async def mark_sent(self, delivery_id: str, at_us: int) -> None:
        """Write that a delivery was sent."""
        await self._calls.make(lambda: self._store.mark_sent(delivery_id, at_us))

    async def mark_failed(self, delivery_id: str, at_us: int, *, error: str, retry_us: int | None) -> None:
        """Write that an attempt failed."""
        await self._calls.make(lambda: self._store.mark_failed(delivery_id, at_us, error=error, retry_us=retry_us))

    async def retry(self, delivery_id: str, at_us: int) -> bool:
        """Let a delivery that failed for good wait again."""
        return await self._calls.make(lambda: self._store.retry(delivery_id, at_us))

    async def deliveries(
        self,
        tenant_id: str | None = None,
        *,
        status: DeliveryStatus | None = None,
        limit: int,
        offset: int = 0,
    ) -> DeliveryPage:
        """Return some of the log."""
        return await self._calls.make(
            lambda: self._store.deliveries(tenant_id, status=status, limit=limit, offset=offset)
        )
