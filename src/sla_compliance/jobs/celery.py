"""Precomputing on the platform's own Celery: tasks and their times."""
################################################################
#     02:00           nightly sweep    sends one task for each tenant
#     :05 each hour   hourly tick      sends one for each whose day has just ended
#     when sent       precompute       stores one tenant's last days and caches them
#
# A task is acknowledged when it is done, not when it is taken: a worker that is
# killed loses none. So a task may run twice; the second time its days are stored
# and it adds nothing. A tenant that fails is tried again, later each time, and does
# not stop the others; `report` is called when it has failed for good.
#
# Five past the hour leaves the last minutes of a day time to reach the database.
################################################################

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sla_compliance.errors import InvalidTypeError, InvalidValueError, UnknownTenantError, requires_extra
from sla_compliance.jobs.processes import PerProcess
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

FIRST_RETRY_AFTER: Final = timedelta(seconds=15)
LONGEST_WAIT_S: Final = 600
RETRIES: Final = 6
# What is wrong with a tenant or its settings stays wrong: trying again would not help.
PERMANENT_ERRORS: Final = (UnknownTenantError, InvalidValueError, InvalidTypeError)

_log = logging.getLogger(__name__)


class ComplianceTasks(NamedTuple):
    """The tasks, to be sent by hand where their times are not enough."""

    nightly_sweep: Task[[], int]
    hourly_tick: Task[[], int]
    precompute_tenant: Task[[str], dict[str, object]]


def log_outcome(outcome: TenantOutcome) -> None:
    """Log what became of a tenant."""
    if outcome.error is not None:
        _log.error("tenant %r could not be precomputed", outcome.tenant_id, exc_info=outcome.error)
    else:
        _log.info("tenant %r: %d days stored, %d restated", outcome.tenant_id, outcome.added, outcome.restated)


def register_tasks(
    app: Celery,
    *,
    make_service: Callable[[], SyncComplianceService],
    list_tenants: Callable[[], Iterable[str]],
    report: Callable[[TenantOutcome], None] = log_outcome,
    lookback: timedelta = LOOKBACK,
    first_retry_after: timedelta = FIRST_RETRY_AFTER,
    retries: int = RETRIES,
) -> ComplianceTasks:
    """Add the tasks and their times to an app of yours.

    Args:
        app: the platform's; its `timezone` says when 02:00 is.
        make_service: called once in each process of a worker; the service needs a store.
        list_tenants: the ids of all tenants; called for each sweep and each tick.
        report: called for each tenant that is done, and for each that has failed for good.
        lookback: how far back days are stored.
        first_retry_after: the wait before a failed tenant is tried again; doubled each time, up to ten minutes, and
            shortened at random so that tenants which failed together do not come back together.
        retries: how often.
    """
    service = PerProcess(make_service)
    _close_at_shutdown(service)
    task_options = _task_options(first_retry_after, retries)

    @app.task(name=PRECOMPUTE, base=_reporting_task(report), **task_options)
    def precompute_tenant(tenant_id: str) -> dict[str, object]:
        """Store one tenant's last days and cache its answer."""
        outcome = precompute(service(), tenant_id, lookback=lookback)
        return {"tenant_id": tenant_id, "added": outcome.added, "restated": outcome.restated}

    def send_all(tenant_ids: Iterable[str]) -> int:
        count = 0
        for tenant_id in tenant_ids:
            precompute_tenant.delay(tenant_id)
            count += 1
        return count

    @app.task(name=NIGHTLY_SWEEP, **task_options)
    def nightly_sweep() -> int:
        """Send a task for every tenant; return how many."""
        return send_all(list_tenants())

    @app.task(name=HOURLY_TICK, **task_options)
    def hourly_tick() -> int:
        """Send a task for every tenant whose day has just ended; return how many."""
        return send_all(tenants_whose_day_has_just_ended(service(), list_tenants()))

    app.conf.beat_schedule = {**app.conf.beat_schedule, **beat_schedule()}
    return ComplianceTasks(nightly_sweep, hourly_tick, precompute_tenant)


def beat_schedule() -> dict[str, dict[str, object]]:
    """Return when the tasks are due, as `beat_schedule` of an app has it."""
    return {
        NIGHTLY_SWEEP: {"task": NIGHTLY_SWEEP, "schedule": crontab(hour="2", minute="0")},
        HOURLY_TICK: {"task": HOURLY_TICK, "schedule": crontab(minute="5")},
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


def _reporting_task(report: Callable[[TenantOutcome], None]) -> type[AnyTask]:
    """Return the base class of the task of one tenant: it calls `report` with the outcome."""

    class ReportingTask(AnyTask):
        abstract = True

        def on_success(self, retval: Mapping[str, Any], *_: object, **__: object) -> None:
            report(TenantOutcome(**retval))

        # Called after the last retry only: a retry is no failure to Celery.
        def on_failure(
            self, exc: BaseException, _: str, args: Sequence[str], kwargs: Mapping[str, str], *__: object
        ) -> None:
            tenant_id = kwargs["tenant_id"] if kwargs else args[0]
            report(TenantOutcome(tenant_id, error=exc))

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
