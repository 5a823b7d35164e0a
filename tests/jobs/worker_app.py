"""The platform's own Celery app, as a real worker loads it; what it works on comes from the environment.

Every tenant was down once. Asking for alarms of `broken` always fails, of `flaky` the first time; of most others it
does not return until they are released, so that whoever works on them can be killed in the middle.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

from celery import Celery
from sqlalchemy.ext.asyncio import create_async_engine

from sla_compliance import Alarm, AlarmBatch, AlarmFilter
from sla_compliance.jobs.celery import register_tasks
from sla_compliance.jobs.outcome_log import log_reconciliation
from sla_compliance.jobs.reconcile import ReconciliationOutcome
from sla_compliance.jobs.statements import StatementOutcome
from sla_compliance.jobs.sweep import TenantOutcome
from sla_compliance.service import ComplianceService, MemoryTenants, SyncComplianceService, TenantSettings
from sla_compliance.sources.protocol import EVERY_QUALIFYING
from sla_compliance.stores.sqlalchemy import AsyncSQLAlchemyDayStore, AsyncSQLAlchemyStatementStore

NOW = dt.datetime(2025, 10, 31, 0, 5, tzinfo=dt.UTC)
ZONES = {"broken": "UTC", "flaky": "Asia/Tokyo"} | {f"tenant-{number}": "Africa/Lagos" for number in range(22)}
OPTIONS = {"visibility_timeout": 1, "global_keyprefix": os.environ["SLA_JOBS_PREFIX"]}
FOLDER = Path(os.environ["SLA_JOBS_FOLDER"])
OUTCOMES = FOLDER / "outcomes"
RECONCILIATIONS = FOLDER / "reconciliations"
STATEMENTS = FOLDER / "statements"
STATEMENTS_DUE = FOLDER / "statements_due"
RELEASED = FOLDER / "released"
HELD_BACK = {f"tenant-{number}" for number in range(6, 22)}


def now() -> dt.datetime:
    """Return the present moment: once statements are due, some days later."""
    return NOW + dt.timedelta(days=3) if STATEMENTS_DUE.exists() else NOW


class TroubledSource:
    """Alarms of a source that has its troubles; an AsyncAlarmSource."""

    async def fetch(
        self,
        tenant_id: str,
        start_us: int,  # noqa: ARG002 - more than the window asks for is allowed
        end_us: int,  # noqa: ARG002
        wanted: AlarmFilter = EVERY_QUALIFYING,  # noqa: ARG002
    ) -> AlarmBatch:
        """Return one outage of an hour, ten days ago."""
        while tenant_id in HELD_BACK and not RELEASED.exists():
            await asyncio.sleep(0.02)
        if tenant_id == "broken" or (tenant_id == "flaky" and is_first(tenant_id)):
            raise ConnectionError(f"the database of {tenant_id} is down")
        start = NOW - dt.timedelta(days=10)
        return AlarmBatch.from_alarms([Alarm(start, start + dt.timedelta(hours=1))])


def is_first(name: str) -> bool:
    """Return True once, in all processes."""
    try:
        (FOLDER / name).touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def make_service() -> SyncComplianceService:
    """Return a service of this process."""
    engine = create_async_engine(os.environ["SLA_JOBS_DATABASE"])
    service = ComplianceService(
        TroubledSource(),
        tenants=MemoryTenants({tenant_id: TenantSettings(zone) for tenant_id, zone in ZONES.items()}),
        store=AsyncSQLAlchemyDayStore(engine),
        statements=AsyncSQLAlchemyStatementStore(engine),
        clock=now,
    )
    return SyncComplianceService(service)


def list_tenants() -> Iterator[str]:
    """Yield the tenants, slowly: a sweep takes a while to be sent."""
    for tenant_id in ZONES:
        time.sleep(0.06)
        yield tenant_id


def report(outcome: TenantOutcome) -> None:
    """Write a line; lines of several processes do not mix."""
    line = {"tenant_id": outcome.tenant_id, "added": outcome.added, "error": repr(outcome.error)}
    with OUTCOMES.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def report_reconciliation(outcome: ReconciliationOutcome) -> None:
    """Write a line, and log it as is done where nothing else is asked for."""
    log_reconciliation(outcome)
    line = {
        "tenant_id": outcome.tenant_id,
        "checked": outcome.checked,
        "restated": [str(date) for date in outcome.restated],
        "waiting": [str(date) for date in outcome.waiting],
        "error": repr(outcome.error),
    }
    with RECONCILIATIONS.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def report_statement(outcome: StatementOutcome) -> None:
    """Write a line."""
    line = {
        "tenant_id": outcome.tenant_id,
        "first_date": str(outcome.first_date),
        "number": outcome.number,
        "digest": outcome.digest,
        "final_us": outcome.final_us,
        "error": repr(outcome.error),
    }
    with STATEMENTS.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


app = Celery(broker=os.environ["SLA_JOBS_BROKER"])
app.conf.update(broker_transport_options=OPTIONS, worker_hijack_root_logger=False)
tasks = register_tasks(
    app,
    make_service=make_service,
    list_tenants=list_tenants,
    report=report,
    report_reconciliation=report_reconciliation,
    report_statement=report_statement,
    first_retry_after=dt.timedelta(seconds=1),
    retries=1,
)
