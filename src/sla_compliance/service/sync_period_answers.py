"""SyncPeriodAnswers: what a SyncComplianceService says of a period, as PeriodAnswers."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Coroutine
from typing import Any, TypeVar

from sla_compliance.analysis import Attribution, ErrorBudget, IncidentCosts, Reliability, Trend
from sla_compliance.analysis.trends import Against
from sla_compliance.calendars.periods import Period
from sla_compliance.incidents import Incident, PageBounds
from sla_compliance.labels import Accounting
from sla_compliance.policy import Target
from sla_compliance.service.period_answers import TREND_PERIODS
from sla_compliance.service.service import ComplianceService

_Result = TypeVar("_Result")


class SyncPeriodAnswers(ABC):
    """The part of a SyncComplianceService that answers for periods."""

    _service: ComplianceService

    @abstractmethod
    def _run(self, work: Coroutine[Any, Any, _Result]) -> _Result:
        """Return the result of a coroutine, run on the service's loop."""

    def budget(
        self,
        tenant_id: str,
        period: Period = Period.MONTH,
        *,
        target: Target | None = None,
        accounting: Accounting | None = None,
    ) -> ErrorBudget:
        """Return the error budget of the period in progress, as `ComplianceService.budget`."""
        return self._run(self._service.budget(tenant_id, period, target=target, accounting=accounting))

    def attribution(
        self,
        tenant_id: str,
        start: dt.datetime,
        end: dt.datetime,
        *,
        by: str = "id",
        accounting: Accounting | None = None,
    ) -> Attribution:
        """Return how downtime is spread over the values of a column, as `ComplianceService.attribution`."""
        return self._run(self._service.attribution(tenant_id, start, end, by=by, accounting=accounting))

    def decisive_incidents(
        self,
        tenant_id: str,
        start: dt.datetime,
        end: dt.datetime,
        *,
        target: Target | None = None,
        accounting: Accounting | None = None,
    ) -> tuple[Incident, ...] | None:
        """Return the incidents that decided local days, as `ComplianceService.decisive_incidents`."""
        work = self._service.decisive_incidents(tenant_id, start, end, target=target, accounting=accounting)
        return self._run(work)

    def incident_costs(
        self,
        tenant_id: str,
        start: dt.datetime,
        end: dt.datetime,
        *,
        bounds: PageBounds | None = None,
        target: Target | None = None,
        accounting: Accounting | None = None,
    ) -> IncidentCosts:
        """Return the incidents of local days, the dearest first, as `ComplianceService.incident_costs`."""
        work = self._service.incident_costs(tenant_id, start, end, bounds=bounds, target=target, accounting=accounting)
        return self._run(work)

    def reliability(
        self, tenant_id: str, start: dt.datetime, end: dt.datetime, *, accounting: Accounting | None = None
    ) -> Reliability:
        """Return how reliable a service was, as `ComplianceService.reliability`."""
        return self._run(self._service.reliability(tenant_id, start, end, accounting=accounting))

    def trend(
        self,
        tenant_id: str,
        period: Period = Period.MONTH,
        *,
        against: Against = "previous",
        count: int = TREND_PERIODS,
        target: Target | None = None,
        accounting: Accounting | None = None,
    ) -> Trend:
        """Return the last periods beside those that they are compared with, as `ComplianceService.trend`."""
        work = self._service.trend(
            tenant_id, period, against=against, count=count, target=target, accounting=accounting
        )
        return self._run(work)
