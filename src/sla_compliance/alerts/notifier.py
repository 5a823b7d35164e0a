"""Notifier: looks at the budgets of all tenants, and commits what is to be told of them."""
################################################################
# A round reads the states of all tenants with one query, looks at each tenant, whose
# settings are read some hundreds at a time, and
# commits the new states together with the deliveries that follow from them: both or
# neither, and only over the states that were read. So of two workers one wins, and one
# that is killed before the commit has told nothing that the next round does not tell.
# What is committed is for the dispatcher to send.
#
# What tells something is committed at once; states that have only changed, together at
# the end.
#
# A tenant without recipients is not looked at, unless there is a callback. The callback
# is called before the commit: where that fails, the next round calls it again with an
# alert of the same id. A process calls it once an id.
################################################################

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from json import dumps
from typing import Any, Final

from sla_compliance.alerts.alert import Alert
from sla_compliance.alerts.digests import AlertDigest
from sla_compliance.alerts.looks import TenantLook, look_at_tenant
from sla_compliance.alerts.rules import AlertRule
from sla_compliance.alerts.states import AlertState
from sla_compliance.delivery.messages import deliveries_to
from sla_compliance.errors import ServiceUseError, SLAComplianceError
from sla_compliance.service import ComplianceService
from sla_compliance.service.tenant_lookup import TENANTS_OF_A_CALL
from sla_compliance.settings.notifications import AlertSettings
from sla_compliance.sources.clock import utc_now
from sla_compliance.stores.notifications import Delivery, DeliveryKind, NotificationStore, StoredState
from sla_compliance.units import instant_us

LOOKS_AT_ONCE: Final = 8
STATES_OF_A_COMMIT: Final = 500
_MOST_IDS_REMEMBERED: Final = 10_000


@dataclass(slots=True)
class RoundReport:
    """What a round came to.

    Attributes:
        looked_at: how many tenants it looked at.
        alerts: what was told, digests not counted.
        deliveries: how many were committed.
        overtaken: tenants whose state another worker has written meanwhile.
        errors: of tenants that could not be read, or not be told of, by tenant.
    """

    looked_at: int = 0
    alerts: list[Alert] = field(default_factory=list)
    deliveries: int = 0
    overtaken: list[str] = field(default_factory=list)
    errors: dict[str, Exception] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Change:
    """A state to be written, and what is to be told with it."""

    stored: StoredState
    look: TenantLook
    deliveries: Sequence[Delivery]


class Notifier:
    """Looks at tenants; for one event loop, that of the service."""

    def __init__(
        self,
        service: ComplianceService,
        store: NotificationStore,
        *,
        settings: Callable[[str], AlertSettings],
        on_alert: Callable[[Alert], None] | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        """Put the parts together; nothing is read yet.

        Args:
            service: has the budgets.
            store: of states and deliveries; each of its calls has a time-out of its own, see TimedNotificationStore.
            settings: when a tenant's people are alerted, and how, by the tenant's id; e.g.
                `lambda tenant_id: contract.agreement(tenant_id).alerts`.
            on_alert: called with each alert, those for the digest too, on the event loop, which it must not keep
                waiting. Where it raises an error it is called again in the next round.
            clock: the present moment, aware.
        """
        self._service = service
        self._store = store
        self._settings = settings
        self._on_alert = on_alert
        self._clock = clock
        self._called_ids: OrderedDict[str, None] = OrderedDict()

    async def run_round(self, tenant_ids: Iterable[str]) -> RoundReport:
        """Look at tenants once; one that fails is in the report, and does not stop the others.

        Raises:
            TimeoutError, or the store's own error: states cannot be read or written. The next round tells the same.
        """
        report = RoundReport()
        watched = self._watched(tenant_ids, report)
        stored_states = await self._store.states(watched)
        report.looked_at = len(watched)
        waiting: list[str] = []
        quiet_changes: list[_Change] = []

        async def look_at_the_next_ones() -> None:
            while waiting:
                tenant_id = waiting.pop()
                change = await self._change(tenant_id, watched[tenant_id], stored_states, report)
                if change is None:
                    continue
                if change.look.alerts or change.deliveries:
                    await self._tell(change, report)
                else:
                    quiet_changes.append(change)

        watched_ids = list(watched)
        for first in range(0, len(watched_ids), TENANTS_OF_A_CALL):
            some_ids = watched_ids[first : first + TENANTS_OF_A_CALL]
            # Their settings are read ahead. Where a service cannot be used, the look at each tenant says so.
            with suppress(ServiceUseError):
                await self._service.subjects(some_ids)
            waiting += reversed(some_ids)
            await _run_side_by_side(look_at_the_next_ones, LOOKS_AT_ONCE)
        for first in range(0, len(quiet_changes), STATES_OF_A_COMMIT):
            await self._commit(quiet_changes[first : first + STATES_OF_A_COMMIT], report)
        return report

    def _watched(self, tenant_ids: Iterable[str], report: RoundReport) -> dict[str, AlertSettings]:
        """Return the settings of those tenants of whom somebody is to be told."""
        watched: dict[str, AlertSettings] = {}
        for tenant_id in tenant_ids:
            try:
                settings = self._settings(tenant_id)
            except Exception as error:
                report.errors[tenant_id] = error
                continue
            if self._on_alert is not None or settings.email or settings.webhook is not None:
                watched[tenant_id] = settings
        return watched

    async def _change(
        self, tenant_id: str, settings: AlertSettings, stored_states: Mapping[str, StoredState], report: RoundReport
    ) -> _Change | None:
        """Return what a look at a tenant changes; None where that is nothing."""
        stored = stored_states.get(tenant_id, StoredState(tenant_id=tenant_id, content="", version=0))
        try:
            state = AlertState.from_json(stored.content) if stored.version else _first_state(tenant_id)
            look = await look_at_tenant(
                self._service, state, rule_of(settings), digest_at=settings.digest_at, clock=self._clock
            )
        except Exception as error:
            report.errors[tenant_id] = error
            return None
        if look.errors:
            report.errors[tenant_id] = look.errors[0]
        if look.state == state:
            return None
        new_stored = StoredState(tenant_id=tenant_id, content=look.state.as_json(), version=stored.version)
        return _Change(new_stored, look, self._deliveries(look, settings))

    def _deliveries(self, look: TenantLook, settings: AlertSettings) -> list[Delivery]:
        """Return what goes to the tenant's recipients."""
        messages: list[Alert | AlertDigest] = [alert for alert in look.alerts if not alert.is_for_digest]
        if look.digest is not None:
            messages.append(look.digest)
        deliveries: list[Delivery] = []
        for message in messages:
            deliveries += deliveries_to(
                settings,
                message_id=message.alert_id if isinstance(message, Alert) else message.digest_id,
                tenant_id=message.tenant_id,
                kind=DeliveryKind.ALERT if isinstance(message, Alert) else DeliveryKind.DIGEST,
                content=dumps(message.as_dict()),
                created_us=instant_us(self._clock(), field="clock"),
            )
        return deliveries

    async def _tell(self, change: _Change, report: RoundReport) -> None:
        """Call the callback and commit; what fails of one tenant is in the report, and comes again."""
        try:
            self._call(change.look.alerts)
        except Exception as error:
            report.errors[change.stored.tenant_id] = error
            return
        try:
            await self._commit([change], report)
        except SLAComplianceError as error:  # what no store can keep, e.g. of a recipient
            report.errors[change.stored.tenant_id] = error

    def _call(self, alerts: Iterable[Alert]) -> None:
        for alert in alerts:
            if self._on_alert is None or alert.alert_id in self._called_ids:
                continue
            self._on_alert(alert)
            self._called_ids[alert.alert_id] = None
            if len(self._called_ids) > _MOST_IDS_REMEMBERED:
                self._called_ids.popitem(last=False)

    async def _commit(self, changes: Sequence[_Change], report: RoundReport) -> None:
        deliveries = [delivery for change in changes for delivery in change.deliveries]
        written_ids = await self._store.commit([change.stored for change in changes], deliveries)
        for change in changes:
            if change.stored.tenant_id in written_ids:
                report.alerts += change.look.alerts
                report.deliveries += len(change.deliveries)
            else:
                report.overtaken.append(change.stored.tenant_id)


async def _run_side_by_side(work: Callable[[], Coroutine[Any, Any, None]], at_once: int) -> None:
    """Run some work several times at once; the first error ends all of it."""
    tasks = [asyncio.create_task(work()) for _ in range(at_once)]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


def rule_of(settings: AlertSettings) -> AlertRule:
    """Return the rule that settings of a contract file say."""
    return AlertRule(
        period=settings.period,
        left_below=settings.left_below,
        deadline_within=settings.deadline_within,
        outage_for=settings.outage_for,
    )


def _first_state(tenant_id: str) -> AlertState:
    # The look knows the policy.
    return AlertState(tenant_id=tenant_id, policy_fingerprint="")
