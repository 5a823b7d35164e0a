"""The Celery task that alerts people, and its time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final

from sla_compliance.alerts.notifier import RoundReport
from sla_compliance.errors import requires_extra
from sla_compliance.jobs.outcome_log import log_alerts
from sla_compliance.jobs.processes import PerProcess
from sla_compliance.service import SyncComplianceService

with requires_extra("celery", __name__):
    from celery import Celery

if TYPE_CHECKING:
    from celery import Task

ALERTS: Final = "sla_compliance.send_alerts"
ALERTS_EVERY_S: Final = 60

SendAlerts = Callable[[SyncComplianceService, Iterable[str]], RoundReport]
"""Looks at tenants and sends what is new, e.g. an AlertSender."""


def alert_task(
    app: Celery,
    service: PerProcess[SyncComplianceService],
    list_tenants: Callable[[], Iterable[str]],
    send_alerts: SendAlerts | None,
) -> Task[[], int]:
    """Add the task that alerts people of all tenants; one that is lost is made up for by the next."""

    @app.task(name=ALERTS, shared=False)
    def alert() -> int:
        """Look at each tenant and send what is new; return how many alerts there were."""
        if send_alerts is None:
            return 0
        report = send_alerts(service(), list_tenants())
        log_alerts(report)
        return len(report.alerts)

    return alert


def beat_of_alerts() -> dict[str, dict[str, object]]:
    """Return when alerts are due, as `beat_schedule` of an app has it."""
    options = {"expires": ALERTS_EVERY_S}  # a round that comes late would only look again
    return {ALERTS: {"task": ALERTS, "schedule": ALERTS_EVERY_S, "options": options}}
