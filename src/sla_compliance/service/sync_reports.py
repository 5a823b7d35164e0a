"""SyncServiceReports: the reports of a service for callers that cannot await."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Coroutine
from typing import Any, TypeVar

from sla_compliance.labels import Accounting
from sla_compliance.outlets.blocks import Document
from sla_compliance.service.service import ComplianceService
from sla_compliance.settings.notifications import DEFAULT_REPORTS, ReportSettings

_Result = TypeVar("_Result")


class SyncServiceReports(ABC):
    """The part of a SyncComplianceService that makes reports; arguments and errors are the same."""

    _service: ComplianceService

    @abstractmethod
    def _run(self, work: Coroutine[Any, Any, _Result]) -> _Result:
        """Return the result of a coroutine."""

    def monthly_document(
        self, tenant_id: str, first_date: dt.date, settings: ReportSettings = DEFAULT_REPORTS
    ) -> Document:
        """Return the report of a calendar month, as `ComplianceService.monthly_document`."""
        return self._run(self._service.monthly_document(tenant_id, first_date, settings))

    def range_document(
        self,
        tenant_id: str,
        start: dt.datetime,
        end: dt.datetime | None = None,
        settings: ReportSettings = DEFAULT_REPORTS,
        *,
        accounting: Accounting | None = None,
    ) -> Document:
        """Return the report of local days, as `ComplianceService.range_document`."""
        return self._run(self._service.range_document(tenant_id, start, end, settings, accounting=accounting))
