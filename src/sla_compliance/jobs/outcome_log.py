"""What the log says of what a job is done with."""

from __future__ import annotations

import logging
from typing import Final

from sla_compliance.alerts.notifier import RoundReport
from sla_compliance.delivery.dispatcher import Dispatched
from sla_compliance.jobs.reconcile import ReconciliationOutcome
from sla_compliance.jobs.reports import ReportOutcome
from sla_compliance.jobs.statements import StatementOutcome
from sla_compliance.jobs.sweep import TenantOutcome
from sla_compliance.units import moment

LOGGER: Final = "sla_compliance.jobs.celery"

_log = logging.getLogger(LOGGER)


def log_outcome(outcome: TenantOutcome) -> None:
    """Log what became of a tenant."""
    if outcome.error is not None:
        _log.error("tenant %r could not be precomputed", outcome.tenant_id, exc_info=outcome.error)
    else:
        _log.info("tenant %r: %d days stored, %d restated", outcome.tenant_id, outcome.added, outcome.restated)


def log_reconciliation(outcome: ReconciliationOutcome) -> None:
    """Log what became of a tenant's reconciliation; days that wait for a person are a warning."""
    if outcome.error is not None:
        _log.error("tenant %r could not be reconciled", outcome.tenant_id, exc_info=outcome.error)
        return
    _log.info(
        "tenant %r: %d stored days reconciled, %d restated", outcome.tenant_id, outcome.checked, len(outcome.restated)
    )
    if outcome.waiting:
        _log.warning(
            "tenant %r: stored days differ from the rows and wait, for a purge may be behind it: %s; "
            "look at them with `sla-compliance reconcile`, which restates them with --apply",
            outcome.tenant_id,
            ", ".join(date.isoformat() for date in outcome.waiting),
        )


def log_statement(outcome: StatementOutcome) -> None:
    """Log what became of a tenant's statement."""
    if outcome.error is not None:
        _log.error("tenant %r has no statement of its last month", outcome.tenant_id, exc_info=outcome.error)
    elif outcome.final_us is not None:
        final = moment(outcome.final_us).isoformat()
        _log.info("tenant %r: the month from %s is final on %s", outcome.tenant_id, outcome.first_date, final)
    else:
        _log.info(
            "tenant %r: statement %s of the month from %s is kept",
            outcome.tenant_id,
            outcome.number,
            outcome.first_date,
        )


def log_alerts(report: RoundReport) -> None:
    """Log what a round of alerts came to: each alert, and each tenant that could not be read or told of."""
    for alert in report.alerts:
        _log.info("alert %s of tenant %r: %s", alert.alert_id, alert.tenant_id, alert.title)
    for tenant_id, error in report.errors.items():
        _log.error("tenant %r could not be looked at: %s: %s", tenant_id, type(error).__name__, error)


def log_report(outcome: ReportOutcome) -> None:
    """Log what became of a tenant's report; nothing where it goes to nobody."""
    if outcome.error is not None:
        _log.error("tenant %r has no report of its last month", outcome.tenant_id, exc_info=outcome.error)
    elif outcome.final_us is not None:
        final = moment(outcome.final_us).isoformat()
        _log.info("tenant %r: the month from %s is closed on %s", outcome.tenant_id, outcome.first_date, final)
    elif outcome.left_out is not None:
        verdict = str(outcome.left_out).lower()
        _log.info("tenant %r: the month from %s is %s, not sent", outcome.tenant_id, outcome.first_date, verdict)
    elif outcome.due:
        _log.info(
            "tenant %r: the report of the month from %s goes to %d recipients, %d of them new",
            outcome.tenant_id,
            outcome.first_date,
            outcome.due,
            outcome.added,
        )


def log_sent_reports(dispatched: Dispatched) -> None:
    """Log how many reports were sent; each that failed has a line of the dispatcher's."""
    if dispatched.sent or dispatched.retried or dispatched.failed:
        _log.info(
            "reports: %d sent, %d to be tried again, %d failed", dispatched.sent, dispatched.retried, dispatched.failed
        )
