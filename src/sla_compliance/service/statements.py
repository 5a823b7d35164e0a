"""ServiceStatements: the statements of a ComplianceService: issued, restated, listed, and what was known when."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from typing import Final

from sla_compliance.analysis import Statement
from sla_compliance.calendars.periods import Period
from sla_compliance.errors import InvalidValueError
from sla_compliance.service.queries import Subject
from sla_compliance.service.statement_issuer import USUAL_COLUMN, StatedPeriod, StatementIssuer
from sla_compliance.stores.statements import ALL_STATEMENTS, StatementFilter, StatementPage
from sla_compliance.units import instant_us

DEFAULT_PAGE_LIMIT: Final = 100


class ServiceStatements(ABC):
    """The part of a ComplianceService that issues and lists statements."""

    _statement_issuer: StatementIssuer | None

    @abstractmethod
    async def subject(self, tenant_id: str) -> Subject:
        """Return a tenant with its settings, now."""

    @property
    def keeps_statements(self) -> bool:
        """Whether it has a store of statements."""
        return self._statement_issuer is not None

    async def statement(
        self,
        tenant_id: str,
        date: dt.date,
        period: Period = Period.MONTH,
        *,
        issued_by: str,
        provisional: bool = False,
        subject: str | None = None,
        by: str = USUAL_COLUMN,
    ) -> Statement:
        """Measure a period and issue its statement: the next one where the facts differ from those of the last one.

        Idempotent: from the same facts it returns the statement that is kept, also where several issue at once. It
        costs one query for alarms.

        Args:
            date: a local date of the period.
            period: a calendar period.
            issued_by: a person or a job.
            provisional: whether the period may not be closed yet; the statement says so.
            subject: a value of the column `by`, which the inventory or a row of the period has; None: all of the
                tenant.
            by: the column of the alarms, as `resources`; the subject of the statement names another one than
                `resource_id`: "customer_id=77".

        Raises:
            PeriodOpenError: the period is not closed, and `provisional` is false; `final_us` is when it is.
            InvalidValueError: the service has no store of statements; the period has not begun, is no calendar period,
                or knows less than the last statement did, since rows were purged; the subject is not known; or
                `issued_by` is blank.
            ClockAheadError: this machine's clock is ahead of the store's by more than 5 s.
            StatementConflictError: others kept on issuing other facts; call again. Others as `compliance`.
        """
        issuer = self._required_issuer
        stated = await self._stated(tenant_id, date, period, subject, by)
        return await issuer.issue(stated, issued_by=issued_by, provisional=provisional)

    async def restate(
        self,
        tenant_id: str,
        date: dt.date,
        period: Period = Period.MONTH,
        *,
        reason: str,
        issued_by: str,
        subject: str | None = None,
        by: str = USUAL_COLUMN,
    ) -> Statement:
        """Issue the statement that supersedes the last one of a period; where the facts are the same, return that one.

        Args:
            reason: why the facts changed. Others as `statement`.

        Raises:
            InvalidValueError: no statement of the period was issued, or `reason` is blank. Others as `statement`.
        """
        issuer = self._required_issuer
        stated = await self._stated(tenant_id, date, period, subject, by)
        return await issuer.restate(stated, reason=reason, issued_by=issued_by)

    async def last_statement(
        self, tenant_id: str, date: dt.date, period: Period = Period.MONTH, *, subject: str | None = None
    ) -> Statement | None:
        """Return the last statement of a period as it is kept; None where there is none. Raises as `statements`."""
        issuer = self._required_issuer
        return await issuer.last(await self._stated(tenant_id, date, period, subject))

    async def statement_known_at(
        self,
        tenant_id: str,
        date: dt.date,
        at: dt.datetime,
        period: Period = Period.MONTH,
        *,
        subject: str | None = None,
    ) -> Statement | None:
        """Return the last statement of a period that was issued by an instant; None where there is none.

        Args:
            at: aware. Others as `statement`.

        Raises:
            As `statements`; an argument is bad.
        """
        issuer = self._required_issuer
        at_us = instant_us(at, field="at")
        return await issuer.known_at(await self._stated(tenant_id, date, period, subject), at_us)

    async def statements(
        self,
        tenant_id: str,
        wanted: StatementFilter = ALL_STATEMENTS,
        *,
        limit: int = DEFAULT_PAGE_LIMIT,
        offset: int = 0,
    ) -> StatementPage:
        """Return some of the statements of a tenant, those issued last first, without their lines.

        Raises:
            InvalidValueError: the service has no store of statements.
            UnknownTenantError: no tenant has this id.
            InvalidStoredStatementError: a statement was altered after it was kept.
            TimeoutError, or the store's own error: it cannot be read.
        """
        issuer = self._required_issuer
        subject = await self.subject(tenant_id)
        return await issuer.calls.make(lambda: issuer.store.page(subject.tenant_id, wanted, limit=limit, offset=offset))

    async def statement_with_digest(self, tenant_id: str, digest: str) -> Statement | None:
        """Return the statement of a tenant with a digest; None where there is none. Raises as `statements`."""
        issuer = self._required_issuer
        subject = await self.subject(tenant_id)
        return await issuer.calls.make(lambda: issuer.store.with_digest(subject.tenant_id, digest))

    async def _stated(
        self, tenant_id: str, date: dt.date, period: Period, subject: str | None, by: str = USUAL_COLUMN
    ) -> StatedPeriod:
        return StatedPeriod.of(await self.subject(tenant_id), date, period, subject=subject, by=by)

    @property
    def _required_issuer(self) -> StatementIssuer:
        if self._statement_issuer is None:
            raise InvalidValueError(
                "statements is None, so no statement can be kept; give the service a StatementStore, and alarms that"
                " are not made up",
                field="statements",
            )
        return self._statement_issuer
