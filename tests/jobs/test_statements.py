"""Issuing statements, called as any queue would call it, and as tasks."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator

import pytest
from celery import Celery

from sla_compliance import Alarm, SLAPolicy
from sla_compliance.calendars.periods import Period
from sla_compliance.errors import InvalidValueError, UnknownTenantError
from sla_compliance.jobs.celery import register_tasks
from sla_compliance.jobs.statements import ISSUER, StatementOutcome, issue_statement, issue_statements
from sla_compliance.service import ComplianceService, MemoryTenants, SyncComplianceService, TenantSettings
from sla_compliance.stores.memory_statements import MemoryStatementStore
from tests.jobs.test_sweep import DAY, HOUR, UTC, Facts

OCTOBER = dt.date(2025, 10, 1)
THIRD_OF_NOVEMBER = dt.datetime(2025, 11, 3, tzinfo=dt.UTC)
LOG = "sla_compliance.jobs.celery"
DAMPED = TenantSettings("UTC", SLAPolicy(merge_gap=2 * HOUR))
TENANTS = {"acme": UTC, "damped": DAMPED, "broken": UTC, "kiritimati": TenantSettings("Pacific/Kiritimati")}


@pytest.fixture
def facts() -> Facts:
    """A source with one outage; one tenant cannot be asked."""
    return Facts(THIRD_OF_NOVEMBER, broken=("broken",))


@pytest.fixture
def store() -> MemoryStatementStore:
    """An empty one."""
    return MemoryStatementStore()


@pytest.fixture
def service(facts: Facts, store: MemoryStatementStore) -> Iterator[SyncComplianceService]:
    """A service that keeps statements."""
    made = ComplianceService(facts, tenants=MemoryTenants(TENANTS), statements=store, clock=lambda: facts.now)
    with SyncComplianceService(made) as opened_service:
        yield opened_service


def test_the_last_month_is_issued_once(facts: Facts, service: SyncComplianceService) -> None:
    """Later nights find it kept and read no rows, whatever became of the facts; people restate."""
    outcome = issue_statement(service, "acme")
    kept = service.last_statement("acme", OCTOBER)
    assert kept is not None
    assert outcome == StatementOutcome("acme", OCTOBER, 1, kept.digest)
    assert (kept.issued_by, kept.figures["downtime_us"]) == (ISSUER, 3_600_000_000)
    facts.alarms, facts.now = [], facts.now + DAY
    assert issue_statement(service, "acme") == outcome
    assert facts.asked["acme"] == 1
    restated = service.restate("acme", OCTOBER, reason="the alarm was void", issued_by="ana")
    assert issue_statement(service, "acme") == StatementOutcome("acme", OCTOBER, 2, restated.digest)


def test_a_month_that_is_not_closed_waits(facts: Facts, service: SyncComplianceService) -> None:
    """Before its last day is closed, and while an open alarm may come into doubt."""
    facts.now = dt.datetime(2025, 11, 1, tzinfo=dt.UTC)
    waiting = issue_statement(service, "damped")
    assert (waiting.first_date, waiting.digest, waiting.error) == (OCTOBER, None, None)
    assert waiting.final_us is not None
    facts.alarms = [Alarm(facts.now - HOUR)]
    facts.now = THIRD_OF_NOVEMBER
    in_doubt = issue_statement(service, "damped")
    assert in_doubt.final_us is not None
    assert in_doubt.final_us > waiting.final_us
    facts.now = dt.datetime.fromtimestamp(in_doubt.final_us / 1e6, dt.UTC)
    assert issue_statement(service, "damped").number == 1


def test_a_provisional_statement_is_followed_by_the_final_one(facts: Facts, service: SyncComplianceService) -> None:
    """From the same facts."""
    facts.now = dt.datetime(2025, 11, 1, tzinfo=dt.UTC)
    service.statement("damped", OCTOBER, issued_by="ana", provisional=True)
    facts.now = THIRD_OF_NOVEMBER
    assert issue_statement(service, "damped").number == 2


def test_the_last_month_is_that_of_the_tenants_zone(facts: Facts, service: SyncComplianceService) -> None:
    """At noon on 30 November UTC it is December on Kiritimati; other periods can be issued too."""
    facts.now = dt.datetime(2025, 11, 30, 12, tzinfo=dt.UTC)
    assert issue_statement(service, "acme").first_date == OCTOBER
    assert issue_statement(service, "kiritimati").first_date == dt.date(2025, 11, 1)
    assert issue_statement(service, "acme", period=Period.QUARTER).first_date == dt.date(2025, 7, 1)


def test_a_failing_tenant_stops_no_other(service: SyncComplianceService) -> None:
    """Outcomes come in the order of the tenants, each once."""
    outcomes = issue_statements(service, ["who", "broken", "acme", "acme"])
    assert [(outcome.tenant_id, outcome.number, type(outcome.error)) for outcome in outcomes] == [
        ("who", None, UnknownTenantError),
        ("broken", None, ConnectionError),
        ("acme", 1, type(None)),
    ]


def test_without_a_store_of_statements_none_is_sent(facts: Facts, caplog: pytest.LogCaptureFixture) -> None:
    """By hand it is an error; the schedule stays quiet."""
    made = ComplianceService(facts, tenants=MemoryTenants(TENANTS), clock=lambda: facts.now)
    app = Celery(set_as_current=False)
    app.conf.update(task_always_eager=True)
    with SyncComplianceService(made) as service:
        tasks = register_tasks(app, make_service=lambda: service, list_tenants=lambda: ["acme"])
        assert tasks.nightly_statements.delay().get() == 0
        assert isinstance(tasks.issue_statement.delay("acme").result, InvalidValueError)
    assert "tenant 'acme' has no statement of its last month" in caplog.text


def test_outcomes_are_reported_or_logged(
    facts: Facts, service: SyncComplianceService, caplog: pytest.LogCaptureFixture
) -> None:
    """Kept, waiting and failed."""
    app, reported = Celery(set_as_current=False), list[StatementOutcome]()
    app.conf.update(task_always_eager=True)
    tasks = register_tasks(
        app,
        make_service=lambda: service,
        list_tenants=lambda: ["acme", "broken"],
        report_statement=reported.append,
        retries=0,
    )
    assert tasks.nightly_statements.delay().get() == 2
    kept = service.last_statement("acme", OCTOBER)
    assert kept is not None
    assert reported[0] == StatementOutcome("acme", OCTOBER, 1, kept.digest)
    assert (reported[1].tenant_id, type(reported[1].error)) == ("broken", ConnectionError)
    quiet = Celery(set_as_current=False)
    quiet.conf.update(task_always_eager=True)
    tasks = register_tasks(quiet, make_service=lambda: service, list_tenants=lambda: ["acme", "damped"])
    with caplog.at_level(logging.INFO, LOG):
        tasks.nightly_statements.delay()
        facts.now = dt.datetime(2025, 12, 1, tzinfo=dt.UTC)
        tasks.nightly_statements.delay()
    assert "statement 1 of the month from 2025-10-01 is kept" in caplog.text
    assert "the month from 2025-11-01 is final on 2025-12-0" in caplog.text
