"""States of alerts, and deliveries, in memory: for tests, demonstrations and one process that forgets."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from sla_compliance.stores.notifications import (
    ALL_DELIVERIES,
    ClaimFilter,
    Delivery,
    DeliveryPage,
    DeliveryStatus,
    StoredState,
    check_commit,
    check_deliveries,
)


class MemoryNotificationStore:
    """A NotificationStore of one process."""

    def __init__(self) -> None:
        """Start empty."""
        self._states: dict[str, StoredState] = {}
        self._deliveries: dict[str, Delivery] = {}
        self._claimed_until_us: dict[str, int] = {}

    async def states(self, tenant_ids: Collection[str]) -> Mapping[str, StoredState]:
        """Return the states of tenants that have one."""
        return {tenant_id: self._states[tenant_id] for tenant_id in tenant_ids if tenant_id in self._states}

    async def commit(self, states: Sequence[StoredState], deliveries: Sequence[Delivery]) -> frozenset[str]:
        """Write states and their deliveries; return the tenants whose state was written."""
        check_commit(states, deliveries)
        written_ids: set[str] = set()
        for state in states:
            stored = self._states.get(state.tenant_id)
            if state.version == (0 if stored is None else stored.version):
                self._states[state.tenant_id] = replace(state, version=state.version + 1)
                written_ids.add(state.tenant_id)
        self._keep([delivery for delivery in deliveries if delivery.tenant_id in written_ids])
        return frozenset(written_ids)

    async def add(self, deliveries: Sequence[Delivery]) -> int:
        """Keep deliveries that are not kept yet; return how many."""
        check_deliveries(deliveries)
        return self._keep(deliveries)

    async def claim(
        self, now_us: int, *, until_us: int, limit: int, wanted: ClaimFilter = ALL_DELIVERIES
    ) -> tuple[Delivery, ...]:
        """Return waiting deliveries that are due, the longest due first; others cannot claim them before `until_us`."""
        due = [
            delivery
            for delivery in self._deliveries.values()
            if delivery.status is DeliveryStatus.WAITING
            and delivery.due_us <= now_us
            and self._claimed_until_us.get(delivery.delivery_id, now_us) <= now_us
            and delivery.kind in wanted.kinds
            and delivery.channel in wanted.channels
            and delivery.recipient not in wanted.except_recipients
        ]
        due.sort(key=lambda delivery: (delivery.due_us, delivery.delivery_id))
        claimed: list[Delivery] = []
        for delivery in due[:limit]:
            self._claimed_until_us[delivery.delivery_id] = until_us
            claimed.append(self._change(delivery, attempts=delivery.attempts + 1))
        return tuple(claimed)

    async def mark_sent(self, delivery_id: str, at_us: int) -> None:
        """Write that a delivery was sent."""
        delivery = self._deliveries.get(delivery_id)
        if delivery is not None and delivery.status is not DeliveryStatus.SENT:
            self._change(delivery, status=DeliveryStatus.SENT, finished_us=at_us, error=None)

    async def mark_failed(self, delivery_id: str, at_us: int, *, error: str, retry_us: int | None) -> None:
        """Write that an attempt failed: try again at `retry_us`, or never where it is None."""
        delivery = self._deliveries.get(delivery_id)
        if delivery is None or delivery.status is not DeliveryStatus.WAITING:
            return
        self._claimed_until_us.pop(delivery_id, None)
        if retry_us is None:
            self._change(delivery, status=DeliveryStatus.FAILED, finished_us=at_us, error=error)
        else:
            self._change(delivery, due_us=retry_us, error=error)

    async def retry(self, delivery_id: str, at_us: int) -> bool:
        """Let a delivery that failed for good wait again; return whether it did."""
        delivery = self._deliveries.get(delivery_id)
        if delivery is None or delivery.status is not DeliveryStatus.FAILED:
            return False
        self._claimed_until_us.pop(delivery_id, None)
        self._change(delivery, status=DeliveryStatus.WAITING, due_us=at_us, attempts=0, finished_us=None)
        return True

    async def deliveries(
        self,
        tenant_id: str | None = None,
        *,
        status: DeliveryStatus | None = None,
        limit: int,
        offset: int = 0,
    ) -> DeliveryPage:
        """Return some of the log, of one tenant or of all, those made last first."""
        matching = [
            delivery
            for delivery in self._deliveries.values()
            if tenant_id in (None, delivery.tenant_id) and status in (None, delivery.status)
        ]
        matching.sort(key=lambda delivery: (-delivery.created_us, delivery.delivery_id))
        return DeliveryPage(tuple(matching[offset : offset + limit]), len(matching))

    def _keep(self, deliveries: Sequence[Delivery]) -> int:
        """Keep deliveries that are not kept yet; return how many."""
        count_before = len(self._deliveries)
        for delivery in deliveries:
            self._deliveries.setdefault(delivery.delivery_id, delivery)
        return len(self._deliveries) - count_before

    def _change(self, delivery: Delivery, **changes: object) -> Delivery:
        changed = replace(delivery, **changes)  # type: ignore[arg-type]
        self._deliveries[delivery.delivery_id] = changed
        return changed
