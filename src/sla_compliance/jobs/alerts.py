"""Sending alerts from a job: rounds of a notifier, and what is due, on the loop of a blocking service."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sla_compliance.alerts.notifier import Notifier, RoundReport
from sla_compliance.delivery.dispatcher import Dispatcher
from sla_compliance.jobs.service_parts import PartsOfService
from sla_compliance.service import ComplianceService, SyncComplianceService

AlertParts = tuple[Notifier, Dispatcher | None]
"""What looks at tenants, and what sends; None: another program sends."""


class AlertSender:
    """Looks at tenants once and sends what is due; for `register_tasks(..., send_alerts=...)`."""

    def __init__(self, make_parts: Callable[[ComplianceService], AlertParts]) -> None:
        """Make nothing yet.

        Args:
            make_parts: called once for each service, on its event loop.
        """
        self._parts = PartsOfService(make_parts)

    def __call__(self, service: SyncComplianceService, tenant_ids: Iterable[str]) -> RoundReport:
        """Return what a round came to, once nothing is due any more; errors as `Notifier.run_round`."""
        all_ids = tuple(tenant_ids)

        async def work(async_service: ComplianceService) -> RoundReport:
            notifier, dispatcher = self._parts.of(service, async_service)
            report = await notifier.run_round(all_ids)
            if dispatcher is not None:
                await dispatcher.dispatch_due()
            return report

        return service.call(work)
