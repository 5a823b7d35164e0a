"""The promises of ServiceObserver, SeverityObserver and BudgetObserver, as tests."""
################################################################
# A test class inherits ObserverContract and brings the fixture `observer`. An observer is
# called from the event loop of the service: it takes note, returns at once, and raises
# nothing, for what it raises would be the answer of a request.
################################################################

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Final

import pytest

from sla_compliance.agreements import TenantSettings
from sla_compliance.alarms import Alarm
from sla_compliance.analysis import ErrorBudget, budget
from sla_compliance.batch import AlarmBatch
from sla_compliance.calendars.periods import Period
from sla_compliance.compliance import evaluate
from sla_compliance.errors import SLAComplianceError
from sla_compliance.service import ComplianceService
from sla_compliance.service.answers import ComplianceAnswer
from sla_compliance.service.observer import BudgetObserver, ServiceObserver, SeverityObserver
from sla_compliance.sources.memory import MemoryAlarmSource, MemoryTenants
from sla_compliance.sources.threaded import to_async
from sla_compliance.testing.stored_alarms import HOSTILE_TENANTS

MANY: Final = 300
LONGEST_S: Final = 0.8
_START: Final = datetime(2026, 3, 1, tzinfo=UTC)
_NOW: Final = _START + timedelta(days=3)
_ALARM: Final = Alarm(_START, _START + timedelta(hours=1))
_FAILED_PARTS: Final = ("cache", "source", "store", "tenants", "inventories", "refresh")


def answers_of(tenant_ids: list[str]) -> list[ComplianceAnswer]:
    """Return answers of a real service, measured and remembered, one of each for each tenant."""

    async def answered() -> list[ComplianceAnswer]:
        batch = AlarmBatch.from_alarms([_ALARM])
        service = ComplianceService(
            to_async(MemoryAlarmSource(dict.fromkeys(tenant_ids, batch))),
            tenants=MemoryTenants(dict.fromkeys(tenant_ids, TenantSettings("UTC"))),
            clock=lambda: _NOW,
        )
        try:
            return [await service.compliance(tenant_id, _START, _NOW) for tenant_id in tenant_ids * 2]
        finally:
            await service.aclose()

    return asyncio.run(answered())


def measured_budget() -> ErrorBudget:
    """Return the budget of a report."""
    report = evaluate([_ALARM], start=_START, end=_NOW, zone="UTC", as_of=_NOW)
    return budget(report)


class ObserverContract:
    """What every observer of a service promises; needs the fixture `observer`."""

    def test_takes_note_of_answers_and_queries_of_any_tenant(self, observer: ServiceObserver) -> None:
        """Whatever the tenant id contains; there is nothing to await."""
        for answer in answers_of(["acme", *HOSTILE_TENANTS]):
            assert observer.answered(answer, seconds=0.25) is None  # type: ignore[func-returns-value]
            assert observer.queried(answer.tenant_id, seconds=0.0) is None  # type: ignore[func-returns-value]

    def test_takes_note_of_every_failure(self, observer: ServiceObserver) -> None:
        """Of the library's errors and of others, with texts of any kind."""
        errors = (OSError("down"), TimeoutError(), ValueError("a\0b\n{}%s"), SLAComplianceError("bad", field="zone"))
        for what in _FAILED_PARTS:
            for error in errors:
                assert observer.failed(what, error) is None  # type: ignore[func-returns-value]

    def test_never_waits(self, observer: ServiceObserver) -> None:
        """Hundreds of notes take no time that a request would notice."""
        (answer, _) = answers_of(["acme"])
        began_s = monotonic()
        for _ in range(MANY):
            observer.answered(answer, seconds=0.1)
            observer.queried("acme", seconds=0.1)
            observer.failed("cache", OSError("down"))
        assert monotonic() - began_s < LONGEST_S

    def test_takes_note_of_severities(self, observer: ServiceObserver) -> None:
        """Where it is a SeverityObserver."""
        if not isinstance(observer, SeverityObserver):
            pytest.skip("it takes no note of severities")
        for tenant_id in ("acme", *HOSTILE_TENANTS):
            for rows in (0, 7):
                noted = observer.severities_counted(tenant_id, unrecognized_rows=rows)  # type: ignore[func-returns-value]
                assert noted is None

    def test_takes_note_of_budgets(self, observer: ServiceObserver) -> None:
        """Where it is a BudgetObserver."""
        if not isinstance(observer, BudgetObserver):
            pytest.skip("it takes no note of budgets")
        for tenant_id in ("acme", *HOSTILE_TENANTS):
            noted = observer.budget_measured(tenant_id, Period.MONTH, measured_budget())  # type: ignore[func-returns-value]
            assert noted is None
