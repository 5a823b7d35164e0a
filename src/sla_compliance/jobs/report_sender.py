"""ReportSender: adds reports and sends what is due, on the loop of a blocking service."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sla_compliance.delivery.dispatcher import Dispatched, Dispatcher
from sla_compliance.jobs.reports import ReportOutcome, add_report
from sla_compliance.jobs.service_parts import PartsOfService
from sla_compliance.jobs.statements import issue_statement
from sla_compliance.service import ComplianceService, SyncComplianceService
from sla_compliance.settings.notifications import ReportsOf
from sla_compliance.stores.notifications import NotificationStore

SENDS_FOR_S: Final = 30.0
"""No longer does one task claim reports: to make a thousand takes a while, and other tasks wait for its process."""

ReportParts = tuple[NotificationStore, Dispatcher | None]
"""Where deliveries are kept, and what sends those of reports; None: another program sends."""


class ReportSender:
    """Adds reports and sends them; for `register_tasks(..., reports=...)`."""

    def __init__(self, make_parts: Callable[[ComplianceService], ReportParts], reports: ReportsOf) -> None:
        """Make nothing yet.

        Args:
            make_parts: called once for each service, on its event loop.
            reports: recipients, formats and texts of a tenant's reports.
        """
        self._reports = reports
        self._parts = PartsOfService(make_parts)

    def add(self, service: SyncComplianceService, tenant_id: str) -> ReportOutcome:
        """Keep what is to be sent of a tenant's last month, once it is closed.

        Where statements are kept, that of the month comes first, so that the report names it.

        Raises:
            UnknownTenantError, TimeoutError, or the source's or the store's own error.
        """
        settings = self._reports(tenant_id)
        if service.keeps_statements:
            issue_statement(service, tenant_id)

        async def work(async_service: ComplianceService) -> ReportOutcome:
            store, _ = self._parts.of(service, async_service)
            return await add_report(async_service, store, tenant_id, settings)

        return service.call(work)

    def send(self, service: SyncComplianceService) -> Dispatched:
        """Send what is due for half a minute, and return what became of it; errors of the store come through."""

        async def work(async_service: ComplianceService) -> Dispatched:
            _, dispatcher = self._parts.of(service, async_service)
            return Dispatched() if dispatcher is None else await dispatcher.dispatch_due(claims_for_s=SENDS_FOR_S)

        return service.call(work)
