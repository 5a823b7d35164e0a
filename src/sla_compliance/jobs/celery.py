"""Precomputing, reconciling and issuing statements on the platform's own Celery: tasks and their times."""
################################################################
#     02:00           nightly sweep            sends one task for each tenant
#     03:30           nightly reconciliation   sends one task for each tenant
#     04:30           nightly statements       sends one task for each tenant
#     :05 each hour   hourly tick              sends one for each whose day has just ended
#     :00, :10, ...   budgets                  measures the error budget of each tenant
#     every minute    alerts                   tells what is new of them, where that is set up
#     every minute    reports                  sends those that are due: celery_reports.py
#     when sent       precompute               stores one tenant's last days and caches them
#     when sent       reconcile                compares one tenant's stored days with the rows
#     when sent       issue statement          issues that of one tenant's last month
#
# A task is acknowledged when it is done, not when it is taken: a worker that is
# killed loses none. So a task may run twice; the second time its days are stored
# and it adds nothing. A tenant that fails is tried again, later each time, and does
# not stop the others; `report` is called when it has failed for good.
#
# A reconciliation applies nothing that a purge may have caused: it is logged as a
# warning, or reported, and waits for a person.
#
# A statement is issued once, in the first night after its month is closed; the other
# nights find it kept. Where the service has no store of statements, none is sent.
#
# Five past the hour leaves the last minutes of a day time to reach the database.
################################################################

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

from sla_compliance.errors import InvalidTypeError, InvalidValueError, UnknownTenantError, requires_extra
from sla_compliance.jobs.budgets import measure_budgets
from sla_compliance.jobs.celery_alerts import SendAlerts, alert_task, beat_of_alerts
from sla_compliance.jobs.celery_reports import beat_of_reports, report_tasks
from sla_compliance.jobs.outcome_log import LOGGER, log_outcome, log_reconciliation, log_statement
from sla_compliance.jobs.processes import PerProcess
from sla_compliance.jobs.reconcile import ReconciliationOutcome, reconcile_tenant
from sla_compliance.jobs.report_sender import ReportSender
from sla_compliance.jobs.statements import StatementOutcome, issue_statement
from sla_compliance.jobs.sweep import LOOKBACK, TenantOutcome, precompute, tenants_whose_day_has_just_ended
from sla_compliance.service import SyncComplianceService

with requires_extra("celery", __name__):
    from celery import Celery, Task
    from celery.schedules import crontab
    from celery.signals import worker_process_shutdown, worker_shutdown

if TYPE_CHECKING:
    AnyTask = Task[..., Any]
else:
    AnyTask = Task  # Celery before 5.7 takes no type arguments at run time

NIGHTLY_SWEEP: Final = "sla_compliance.nightly_sweep"
HOURLY_TICK: Final = "sla_compliance.hourly_tick"
PRECOMPUTE: Final = "sla_compliance.precompute_tenant"
NIGHTLY_RECONCILIATION: Final = "sla_compliance.nightly_reconciliation"
RECONCILE: Final = "sla_compliance.reconcile_tenant"
NIGHTLY_STATEMENTS: Final = "sla_compliance.nightly_statements"
ISSUE_STATEMENT: Final = "sla_compliance.issue_statement"
BUDGETS: Final = "sla_compliance.measure_budgets"
BUDGETS_EVERY_MINUTES: Final = 10

FIRST_RETRY_AFTER: Final = timedelta(seconds=15)
LONGEST_WAIT_S: Final = 600
RETRIES: Final = 6
# What is wrong with a tenant or its settings stays wrong: trying again would not help.
PERMANENT_ERRORS: Final = (UnknownTenantError, InvalidValueError, InvalidTypeError)

_Outcome = TypeVar("_Outcome")

_log = logging.getLogger(LOGGER)


class ComplianceTasks(NamedTuple):
    """The tasks, to be sent by hand where their times are not enough."""

    nightly_sweep: Task[[], int]
    hourly_tick: Task[[], int]
    precompute_tenant: Task[[str], dict[str, object]]
    nightly_reconciliation: Task[[], int]
    reconcile_tenant: Task[[str], dict[str, object]]
    nightly_statements: Task[[], int]
    issue_statement: Task[[str], dict[str, object]]
    measure_budgets: Task[[], int]
    send_alerts: Task[[], int]
    nightly_reports: Task[[], int]
    hourly_reports: Task[[], int]
    add_report: Task[[str], int]
    send_reports: Task[[], int]


def register_tasks(
    app: Celery,
    *,
    make_service: Callable[[], SyncComplianceService],
    list_tenants: Callable[[], Iterable[str]],
    report: Callable[[TenantOutcome], None] = log_outcome,
    report_reconciliation: Callable[[ReconciliationOutcome], None] = log_reconciliation,
    report_statement: Callable[[StatementOutcome], None] = log_statement,
    send_alerts: SendAlerts | None = None,
    reports: ReportSender | None = None,
    lookback: timedelta = LOOKBACK,
    first_retry_after: timedelta = FIRST_RETRY_AFTER,
    retries: int = RETRIES,
) -> ComplianceTasks:
    """Add the tasks and their times to an app of yours.

    Args:
        app: the platform's; its `timezone` says when 02:00 is.
        make_service: called once in each process of a worker; the service needs a store, and for statements a store
            of those.
        list_tenants: the ids of all tenants; called for each sweep and each tick.
        report: called for each tenant that is done, and for each that has failed for good.
        report_reconciliation: the same for reconciliations, which have tasks of their own.
        report_statement: the same for statements.
        send_alerts: looks at the tenants and sends what is new, e.g. an AlertSender; None: no alerts.
        reports: keeps and sends the reports of months; None: no reports.
        lookback: how far back days are stored and reconciled.
        first_retry_after: the wait before a failed tenant is tried again; doubled each time, up to ten minutes, and
            shortened at random so that tenants which failed together do not come back together.
        retries: how often.
    """
    service = PerProcess(make_service)
    _close_at_shutdown(service)
    task_options = _task_options(first_retry_after, retries)

    @app.task(name=PRECOMPUTE, base=_reporting_task(report, _tenant_outcome), **task_options)
    def precompute_tenant(tenant_id: str) -> dict[str, object]:
        """Store one tenant's last days and cache its answer."""
        outcome = precompute(service(), tenant_id, lookback=lookback)
        return {"tenant_id": tenant_id, "added": outcome.added, "restated": outcome.restated}

    @app.task(name=NIGHTLY_SWEEP, **task_options)
    def nightly_sweep() -> int:
        """Send a task for every tenant; return how many."""
        return _send_all(precompute_tenant, list_tenants())

    @app.task(name=HOURLY_TICK, **task_options)
    def hourly_tick() -> int:
        """Send a task for every tenant whose day has just ended; return how many."""
        return _send_all(precompute_tenant, tenants_whose_day_has_just_ended(service(), list_tenants()))

    nightly_reports, hourly_reports, add_report, send_reports = report_tasks(
        app, service, list_tenants, reports, task_options
    )
    alert_times = {} if send_alerts is None else beat_of_alerts()
    report_times = {} if reports is None else beat_of_reports()
    app.conf.beat_schedule = {**app.conf.beat_schedule, **beat_schedule(), **alert_times, **report_times}
    return ComplianceTasks(
        nightly_sweep,
        hourly_tick,
        precompute_tenant,
        *_reconciliation_tasks(app, service, list_tenants, report_reconciliation, lookback, task_options),
        *_statement_tasks(app, service, list_tenants, report_statement, task_options),
        _budget_task(app, service, list_tenants),
        alert_task(app, service, list_tenants, send_alerts),
        nightly_reports,
        hourly_reports,
        add_report,
        send_reports,
    )


def _reconciliation_tasks(
    app: Celery,
    service: PerProcess[SyncComplianceService],
    list_tenants: Callable[[], Iterable[str]],
    report: Callable[[ReconciliationOutcome], None],
    lookback: timedelta,
    task_options: Mapping[str, Any],
) -> tuple[Task[[], int], Task[[str], dict[str, object]]]:
    """Add the tasks of reconciliation; return that of all tenants and that of one."""

    @app.task(name=RECONCILE, base=_reporting_task(report, _reconciliation_outcome), **task_options)
    def reconcile_one(tenant_id: str) -> dict[str, object]:
        """Compare one tenant's stored days with the rows, and restate those that differ."""
        outcome = reconcile_tenant(service(), tenant_id, lookback=lookback)
        return {
            "tenant_id": tenant_id,
            "checked": outcome.checked,
            "restated": [date.isoformat() for date in outcome.restated],
            "waiting": [date.isoformat() for date in outcome.waiting],
        }

    @app.task(name=NIGHTLY_RECONCILIATION, **task_options)
    def nightly_reconciliation() -> int:
        """Send a task for every tenant; return how many."""
        return _send_all(reconcile_one, list_tenants())

    return nightly_reconciliation, reconcile_one


def _budget_task(
    app: Celery, service: PerProcess[SyncComplianceService], list_tenants: Callable[[], Iterable[str]]
) -> Task[[], int]:
    """Add the task that measures the budgets of all tenants."""

    @app.task(name=BUDGETS, shared=False)
    def measure_all_budgets() -> int:
        """Measure the budget of each tenant's month; return of how many."""
        outcomes = measure_budgets(service(), list_tenants())
        failures = {tenant_id: outcome for tenant_id, outcome in outcomes.items() if isinstance(outcome, BaseException)}
        for tenant_id, error in failures.items():
            _log.error("the error budget of tenant %r could not be measured", tenant_id, exc_info=error)
        return len(outcomes) - len(failures)

    return measure_all_budgets


def _statement_tasks(
    app: Celery,
    service: PerProcess[SyncComplianceService],
    list_tenants: Callable[[], Iterable[str]],
    report: Callable[[StatementOutcome], None],
    task_options: Mapping[str, Any],
) -> tuple[Task[[], int], Task[[str], dict[str, object]]]:
    """Add the tasks of statements; return that of all tenants and that of one."""

    @app.task(name=ISSUE_STATEMENT, base=_reporting_task(report, _statement_outcome), **task_options)
    def issue_one(tenant_id: str) -> dict[str, object]:
        """Issue the statement of one tenant's last month, once it is closed."""
        outcome = issue_statement(service(), tenant_id)
        first_date = None if outcome.first_date is None else outcome.first_date.isoformat()
        return {
            "tenant_id": tenant_id,
            "first_date": first_date,
            "number": outcome.number,
            "digest": outcome.digest,
            "final_us": outcome.final_us,
        }

    @app.task(name=NIGHTLY_STATEMENTS, **task_options)
    def nightly_statements() -> int:
        """Send a task for every tenant, where statements are kept; return how many."""
        return _send_all(issue_one, list_tenants() if service().keeps_statements else ())

    return nightly_statements, issue_one


def _send_all(task: AnyTask, tenant_ids: Iterable[str]) -> int:
    """Send a task for each tenant; return how many."""
    count = 0
    for tenant_id in tenant_ids:
        task.delay(tenant_id)
        count += 1
    return count


def beat_schedule() -> dict[str, dict[str, object]]:
    """Return when the tasks are due, as `beat_schedule` of an app has it."""
    return {
        NIGHTLY_SWEEP: {"task": NIGHTLY_SWEEP, "schedule": crontab(hour="2", minute="0")},
        HOURLY_TICK: {"task": HOURLY_TICK, "schedule": crontab(minute="5")},
        NIGHTLY_RECONCILIATION: {"task": NIGHTLY_RECONCILIATION, "schedule": crontab(hour="3", minute="30")},
        NIGHTLY_STATEMENTS: {"task": NIGHTLY_STATEMENTS, "schedule": crontab(hour="4", minute="30")},
        BUDGETS: {
            "task": BUDGETS,
            "schedule": crontab(minute=f"*/{BUDGETS_EVERY_MINUTES}"),
            "options": {"expires": BUDGETS_EVERY_MINUTES * 60},  # while no worker runs, they do not pile up
        },
    }


def _task_options(first_retry_after: timedelta, retries: int) -> Mapping[str, Any]:
    """Return the options of a task that a killed worker does not lose, and that is tried again when it fails."""
    return {
        "shared": False,  # else every other app of the process gets the task too
        "acks_late": True,
        "reject_on_worker_lost": True,  # else a task whose process is killed counts as failed for good
        "autoretry_for": (Exception,),
        "dont_autoretry_for": PERMANENT_ERRORS,
        "max_retries": retries,
        "retry_backoff": max(1, round(first_retry_after.total_seconds())),  # Celery takes 0 for "no backoff"
        "retry_backoff_max": LONGEST_WAIT_S,
        "retry_jitter": True,
    }


def _tenant_outcome(tenant_id: str, result: Mapping[str, Any], error: BaseException | None) -> TenantOutcome:
    return TenantOutcome(tenant_id, result.get("added", 0), result.get("restated", 0), error)


def _reconciliation_outcome(
    tenant_id: str, result: Mapping[str, Any], error: BaseException | None
) -> ReconciliationOutcome:
    restated, waiting = (tuple(map(dt.date.fromisoformat, result.get(name, ()))) for name in ("restated", "waiting"))
    return ReconciliationOutcome(tenant_id, result.get("checked", 0), restated, waiting, error)


def _statement_outcome(tenant_id: str, result: Mapping[str, Any], error: BaseException | None) -> StatementOutcome:
    first_date = result.get("first_date")
    return StatementOutcome(
        tenant_id,
        None if first_date is None else dt.date.fromisoformat(first_date),
        result.get("number"),
        result.get("digest"),
        result.get("final_us"),
        error,
    )


def _reporting_task(
    report: Callable[[_Outcome], None],
    outcome_of: Callable[[str, Mapping[str, Any], BaseException | None], _Outcome],
) -> type[AnyTask]:
    """Return the base class of the task of one tenant: it calls `report` with the outcome.

    Args:
        outcome_of: makes an outcome of the tenant's id, the task's result, empty where it failed, and the error.
    """

    class ReportingTask(AnyTask):
        abstract = True

        def on_success(self, retval: Mapping[str, Any], *_: object, **__: object) -> None:
            report(outcome_of(retval["tenant_id"], retval, None))

        # Called after the last retry only: a retry is no failure to Celery.
        def on_failure(
            self, exc: BaseException, _: str, args: Sequence[str], kwargs: Mapping[str, str], *__: object
        ) -> None:
            tenant_id = kwargs["tenant_id"] if kwargs else args[0]
            report(outcome_of(tenant_id, {}, exc))

    return ReportingTask


def _close_at_shutdown(service: PerProcess[SyncComplianceService]) -> None:
    """Close the service of a process when the process ends."""

    def close(**_: object) -> None:
        process_service = service.release()
        if process_service is not None:
            process_service.close()

    # A pool's process sends the first signal, a worker without a pool the second.
    for signal in (worker_process_shutdown, worker_shutdown):
        signal.connect(close, weak=False)  # a weak reference would end with this function
