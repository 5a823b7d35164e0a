"""SyncServiceStatements: the statements of a service for callers that cannot await."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Coroutine
from typing import Any, TypeVar

from sla_compliance.analysis import Statement
from sla_compliance.calendars.periods import Period
from sla_compliance.service.statements import DEFAULT_PAGE_LIMIT, ServiceStatements
from sla_compliance.stores.statements import ALL_STATEMENTS, StatementFilter, StatementPage

_Result = TypeVar("_Result")


class SyncServiceStatements(ABC):
    """The part of a SyncComplianceService that issues and lists statements; arguments and errors are the same."""

    _service: ServiceStatements

    @abstractmethod
    def _run(self, work: Coroutine[Any, Any, _Result]) -> _Result:
        """Return the result of a coroutine."""

    @property
    def keeps_statements(self) -> bool:
        """Whether it has a store of statements."""
        return self._service.keeps_statements

    def statement(
        self,
        tenant_id: str,
        date: dt.date,
        period: Period = Period.MONTH,
        *,
        issued_by: str,
        provisional: bool = False,
        subject: str | None = None,
        by: str = "resource_id",
    ) -> Statement:
        """Issue the statement of a period, as `ComplianceService.statement`."""
        work = self._service.statement(
            tenant_id, date, period, issued_by=issued_by, provisional=provisional, subject=subject, by=by
        )
        return self._run(work)

    def restate(
        self,
        tenant_id: str,
        date: dt.date,
        period: Period = Period.MONTH,
        *,
        reason: str,
        issued_by: str,
        subject: str | None = None,
        by: str = "resource_id",
    ) -> Statement:
        """Supersede the last statement of a period, as `ComplianceService.restate`."""
        work = self._service.restate(
            tenant_id, date, period, reason=reason, issued_by=issued_by, subject=subject, by=by
        )
        return self._run(work)

    def last_statement(
        self, tenant_id: str, date: dt.date, period: Period = Period.MONTH, *, subject: str | None = None
    ) -> Statement | None:
        """Return the last statement of a period, as `ComplianceService.last_statement`."""
        return self._run(self._service.last_statement(tenant_id, date, period, subject=subject))

    def statement_known_at(
        self,
        tenant_id: str,
        date: dt.date,
        at: dt.datetime,
        period: Period = Period.MONTH,
        *,
        subject: str | None = None,
    ) -> Statement | None:
        """Return what was known of a period at an instant, as `ComplianceService.statement_known_at`."""
        return self._run(self._service.statement_known_at(tenant_id, date, at, period, subject=subject))

    def statements(
        self,
        tenant_id: str,
        wanted: StatementFilter = ALL_STATEMENTS,
        *,
        limit: int = DEFAULT_PAGE_LIMIT,
        offset: int = 0,
    ) -> StatementPage:
        """Return some of the statements of a tenant, as `ComplianceService.statements`."""
        return self._run(self._service.statements(tenant_id, wanted, limit=limit, offset=offset))

    def statement_with_digest(self, tenant_id: str, digest: str) -> Statement | None:
        """Return the statement with a digest, as `ComplianceService.statement_with_digest`."""
        return self._run(self._service.statement_with_digest(tenant_id, digest))
