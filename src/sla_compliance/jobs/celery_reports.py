"""The Celery tasks of reports, and their times."""
################################################################
#     :20 each hour   hourly reports    sends one task for each tenant whose day has just ended
#     05:00           nightly reports   sends one task for each tenant: what an hour missed
#     every minute    send reports      sends what is due, and what failed before
#     when sent       add report        keeps what is to be sent of one tenant's last month
#
# By the hour a tenant has its report on the first day of a month, by its own zone. In
# all other nights it is kept already, and nothing is added.
################################################################

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from sla_compliance.errors import requires_extra
from sla_compliance.jobs.outcome_log import log_report, log_sent_reports
from sla_compliance.jobs.processes import PerProcess
from sla_compliance.jobs.report_sender import ReportSender
from sla_compliance.jobs.reports import ReportOutcome
from sla_compliance.jobs.sweep import tenants_whose_day_has_just_ended
from sla_compliance.service import SyncComplianceService

with requires_extra("celery", __name__):
    from celery import Celery, Task
    from celery.schedules import crontab

if TYPE_CHECKING:
    _AnyTask = Task[..., Any]
else:
    _AnyTask = Task  # Celery before 5.7 takes no type arguments at run time

NIGHTLY_REPORTS: Final = "sla_compliance.nightly_reports"
HOURLY_REPORTS: Final = "sla_compliance.hourly_reports"
ADD_REPORT: Final = "sla_compliance.add_report"
SEND_REPORTS: Final = "sla_compliance.send_reports"
REPORTS_EVERY_S: Final = 60

ReportTasks = tuple["Task[[], int]", "Task[[], int]", "Task[[str], int]", "Task[[], int]"]


def report_tasks(
    app: Celery,
    service: PerProcess[SyncComplianceService],
    list_tenants: Callable[[], Iterable[str]],
    reports: ReportSender | None,
    task_options: Mapping[str, Any],
) -> ReportTasks:
    """Add the tasks: those of all tenants, by night and by hour, that of one, and the one that sends.

    Args:
        reports: None: the tasks do nothing.
    """

    class LoggingTask(_AnyTask):
        abstract = True

        # Called after the last retry only.
        def on_failure(
            self, exc: BaseException, _: str, args: Sequence[str], kwargs: Mapping[str, str], *__: object
        ) -> None:
            log_report(ReportOutcome(kwargs["tenant_id"] if kwargs else args[0], error=exc))

    @app.task(name=ADD_REPORT, base=LoggingTask, **task_options)
    def add_one(tenant_id: str) -> int:
        """Keep what is to be sent of one tenant's last month; return how many deliveries were added."""
        if reports is None:
            return 0
        outcome = reports.add(service(), tenant_id)
        log_report(outcome)
        return outcome.added

    def send_each(tenant_ids: Iterable[str]) -> int:
        count = 0
        for tenant_id in tenant_ids:
            add_one.delay(tenant_id)
            count += 1
        return count

    @app.task(name=NIGHTLY_REPORTS, **task_options)
    def nightly_reports() -> int:
        """Send a task for every tenant; return how many."""
        return 0 if reports is None else send_each(list_tenants())

    @app.task(name=HOURLY_REPORTS, **task_options)
    def hourly_reports() -> int:
        """Send a task for every tenant whose day has just ended; return how many."""
        return 0 if reports is None else send_each(tenants_whose_day_has_just_ended(service(), list_tenants()))

    @app.task(name=SEND_REPORTS, shared=False)
    def send_reports() -> int:
        """Send what is due; return how many messages were sent. One that is lost is made up for by the next."""
        if reports is None:
            return 0
        dispatched = reports.send(service())
        log_sent_reports(dispatched)
        return dispatched.sent

    return nightly_reports, hourly_reports, add_one, send_reports


def beat_of_reports() -> dict[str, dict[str, object]]:
    """Return when the tasks of reports are due, as `beat_schedule` of an app has it."""
    return {
        NIGHTLY_REPORTS: {"task": NIGHTLY_REPORTS, "schedule": crontab(hour="5", minute="0")},
        HOURLY_REPORTS: {"task": HOURLY_REPORTS, "schedule": crontab(minute="20")},
        SEND_REPORTS: {
            "task": SEND_REPORTS,
            "schedule": REPORTS_EVERY_S,
            "options": {"expires": REPORTS_EVERY_S},  # while no worker runs, they do not pile up
        },
    }
