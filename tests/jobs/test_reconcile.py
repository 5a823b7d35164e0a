"""Reconciling tenants, called as any queue would call it, and as tasks."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator

import pytest
from celery import Celery

from sla_compliance import Alarm
from sla_compliance.errors import InvalidValueError, UnknownTenantError
from sla_compliance.jobs.celery import RECONCILE, register_tasks
from sla_compliance.jobs.reconcile import ReconciliationOutcome, reconcile_tenant, reconcile_tenants
from sla_compliance.jobs.sweep import precompute
from sla_compliance.service import SyncComplianceService
from sla_compliance.stores.memory import MemoryDayStore
from tests.jobs.test_sweep import DAY, HOUR, NOW, UTC, Facts, opened

LOST = (NOW - 10 * DAY).date()
ADDED = (NOW - 5 * DAY).date()
LOG = "sla_compliance.jobs.celery"


@pytest.fixture
def facts() -> Facts:
    """A source with one outage; one tenant cannot be asked."""
    return Facts(broken=("broken",))


@pytest.fixture
def service(facts: Facts) -> Iterator[SyncComplianceService]:
    """A service that has stored everybody's days; since then a row came and one went, unreported."""
    with opened(facts, dict.fromkeys(("acme", "broken", "other"), UTC), MemoryDayStore()) as opened_service:
        for tenant_id in ("acme", "other"):
            precompute(opened_service, tenant_id)
        facts.alarms = [Alarm(NOW - 5 * DAY, NOW - 5 * DAY + HOUR)]
        yield opened_service


def test_a_tenant_is_reconciled(service: SyncComplianceService) -> None:
    """What came is restated, what went waits; the next night only that is left."""
    outcome = reconcile_tenant(service, "acme")
    assert outcome == ReconciliationOutcome("acme", 90, (ADDED,), (LOST,))
    assert reconcile_tenant(service, "acme") == ReconciliationOutcome("acme", 90, (), (LOST,))
    assert reconcile_tenant(service, "acme", lookback=3 * DAY) == ReconciliationOutcome("acme", 3)


def test_a_failing_tenant_stops_no_other(service: SyncComplianceService) -> None:
    """Outcomes come in the order of the tenants, each once."""
    outcomes = reconcile_tenants(service, ["acme", "who", "broken", "other", "acme"])
    assert [(outcome.tenant_id, outcome.restated, type(outcome.error)) for outcome in outcomes] == [
        ("acme", (ADDED,), type(None)),
        ("who", (), UnknownTenantError),
        ("broken", (), type(None)),
        ("other", (ADDED,), type(None)),
    ]


def test_a_service_without_a_store_is_refused(facts: Facts) -> None:
    """There is nothing to reconcile."""
    with opened(facts, {"acme": UTC}) as service, pytest.raises(InvalidValueError, match="store is None"):
        reconcile_tenant(service, "acme")


def test_the_task_reconciles_every_tenant_and_warns(
    service: SyncComplianceService, caplog: pytest.LogCaptureFixture
) -> None:
    """A waiting day is a warning with the way out, a failure an error, all else information."""
    app = Celery(set_as_current=False)
    app.conf.task_always_eager = True
    tasks = register_tasks(app, make_service=lambda: service, list_tenants=lambda: ["who", "acme"], retries=0)
    with caplog.at_level(logging.INFO, logger=LOG):
        assert tasks.nightly_reconciliation.delay().get() == 2
    records = [(record.levelname, record.getMessage()) for record in caplog.records if record.name == LOG]
    assert records[:2] == [
        ("ERROR", "tenant 'who' could not be reconciled"),
        ("INFO", "tenant 'acme': 90 stored days reconciled, 1 restated"),
    ]
    (_, _, (level, warning)) = records
    assert level == "WARNING"
    assert str(LOST) in warning
    assert "--apply" in warning


def test_the_task_of_a_tenant_reports_to_a_callback(service: SyncComplianceService) -> None:
    """Dates are dates again on the way back from the queue; the result says them as text."""
    outcomes: list[ReconciliationOutcome] = []
    app = Celery(set_as_current=False)
    app.conf.task_always_eager = True
    register_tasks(
        app, make_service=lambda: service, list_tenants=list, report_reconciliation=outcomes.append, retries=0
    )
    result = app.tasks[RECONCILE].delay("other").get()
    assert result == {"tenant_id": "other", "checked": 90, "restated": [str(ADDED)], "waiting": [str(LOST)]}
    app.tasks[RECONCILE].apply_async(kwargs={"tenant_id": "who"})
    assert outcomes[0] == ReconciliationOutcome("other", 90, (ADDED,), (LOST,))
    assert isinstance(outcomes[1].error, UnknownTenantError)
    assert isinstance(outcomes[0].restated[0], dt.date)
