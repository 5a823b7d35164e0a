"""Issuing the statements of tenants: plain functions that any queue, cron or script can call."""
################################################################
# One tenant is one piece of work: once its last month is closed, its statement is
# issued, and kept by the store. All of it is idempotent: where a final statement is
# kept it stands, and its rows are not read. A change of facts after that is for
# people to restate, with a reason.
#
# A tenant that fails does not stop the others. The report says which failed, and why.
################################################################

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sla_compliance.calendars.local_days import local_days
from sla_compliance.calendars.periods import Period
from sla_compliance.errors import PeriodOpenError
from sla_compliance.jobs.sweep import AT_ONCE, run_for_tenants
from sla_compliance.service import Subject, SyncComplianceService
from sla_compliance.units import ONE_DAY

ISSUER: Final = "the monthly job"


@dataclass(frozen=True, slots=True)
class StatementOutcome:
    """What became of one tenant's statement.

    Attributes:
        tenant_id: which.
        first_date: the first date of its last month; None where it failed.
        number, digest: of the statement that is kept; None where the month is not closed, or it failed.
        final_us: when the month is closed, microseconds; None where it is.
        error: why it failed; None where it did not.
    """

    tenant_id: str
    first_date: dt.date | None = None
    number: int | None = None
    digest: str | None = None
    final_us: int | None = None
    error: BaseException | None = None


def issue_statement(
    service: SyncComplianceService, tenant_id: str, *, issued_by: str = ISSUER, period: Period = Period.MONTH
) -> StatementOutcome:
    """Issue the statement of one tenant's last month once it is closed; a final one that is kept stands.

    Args:
        issued_by: by whom, in the statement.
        period: instead of months, e.g. Period.QUARTER.

    Raises:
        InvalidValueError: the service has no store of statements.
        UnknownTenantError, TimeoutError, or the source's or the store's own error.
    """
    first_date = last_first_date(service.subject(tenant_id), period)
    kept = service.last_statement(tenant_id, first_date, period)
    if kept is not None and not kept.is_provisional:
        return StatementOutcome(tenant_id, first_date, kept.number, kept.digest)
    try:
        issued = service.statement(tenant_id, first_date, period, issued_by=issued_by)
    except PeriodOpenError as error:
        return StatementOutcome(tenant_id, first_date, final_us=error.final_us)
    return StatementOutcome(tenant_id, first_date, issued.number, issued.digest)


def issue_statements(
    service: SyncComplianceService,
    tenant_ids: Iterable[str],
    *,
    issued_by: str = ISSUER,
    period: Period = Period.MONTH,
    at_once: int = AT_ONCE,
) -> tuple[StatementOutcome, ...]:
    """Issue for many tenants, `at_once` at a time; a failure is in the outcome of its tenant, and nothing is raised."""
    futures = run_for_tenants(
        tenant_ids, lambda tenant_id: issue_statement(service, tenant_id, issued_by=issued_by, period=period), at_once
    )
    outcomes: list[StatementOutcome] = []
    for tenant_id, future in futures.items():
        error = future.exception()
        outcomes.append(future.result() if error is None else StatementOutcome(tenant_id, error=error))
    return tuple(outcomes)


def last_first_date(subject: Subject, period: Period) -> dt.date:
    """Return the first date of the period before that of today, by the tenant's zone."""
    (today,) = local_days(subject.zone, subject.as_of_us, subject.as_of_us + 1).dates
    return period.first_date(period.first_date(today) - ONE_DAY)
