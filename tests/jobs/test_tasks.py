"""Tasks on the platform's own Celery app: what they send, when they are due, and what they do about failures."""

from __future__ import annotations

import datetime as dt
import logging
import os
from collections.abc import Iterator
from typing import Any

import pytest
from celery import Celery
from celery.schedules import crontab

from sla_compliance import AlarmBatch, AlarmFilter
from sla_compliance.errors import UnknownTenantError
from sla_compliance.jobs.celery import (
    BUDGETS,
    HOURLY_TICK,
    NIGHTLY_RECONCILIATION,
    NIGHTLY_STATEMENTS,
    NIGHTLY_SWEEP,
    PRECOMPUTE,
    ComplianceTasks,
    register_tasks,
)
from sla_compliance.jobs.processes import PerProcess
from sla_compliance.jobs.sweep import TenantOutcome
from sla_compliance.service import ComplianceService, MemoryTenants, SyncComplianceService, TenantSettings
from sla_compliance.sources.protocol import EVERY_QUALIFYING
from sla_compliance.stores.memory import MemoryDayStore

NOW = dt.datetime(2025, 10, 8, 23, 5, tzinfo=dt.UTC)
ZONES = {"lagos": "Africa/Lagos", "london": "Europe/London", "utc": "UTC"}


class Source:
    """No alarms; a source that is down as often as it is told to be."""

    def __init__(self) -> None:
        self.failures_to_come = 0

    async def fetch(
        self,
        tenant_id: str,  # noqa: ARG002 - nobody has any
        start_us: int,  # noqa: ARG002
        end_us: int,  # noqa: ARG002
        wanted: AlarmFilter = EVERY_QUALIFYING,  # noqa: ARG002
    ) -> AlarmBatch:
        """Return nothing."""
        if self.failures_to_come:
            self.failures_to_come -= 1
            raise ConnectionError("down")
        return AlarmBatch()


class Platform:
    """An app that runs its tasks where they are sent.

    Attributes:
        tasks: ours.
        source: of alarms.
        outcomes: what was reported.
        listed: who is listed as a tenant.
    """

    def __init__(self) -> None:
        self.app = Celery(set_as_current=False)
        self.app.conf.update(task_always_eager=True, beat_schedule={"theirs": {"task": "x", "schedule": 60.0}})
        self.source = Source()
        self.outcomes: list[TenantOutcome] = []
        self.listed = list(ZONES)
        service = ComplianceService(
            self.source,
            tenants=MemoryTenants({tenant_id: TenantSettings(zone) for tenant_id, zone in ZONES.items()}),
            store=MemoryDayStore(),
            clock=lambda: NOW,
        )
        self.service = SyncComplianceService(service)
        self.tasks: ComplianceTasks = register_tasks(
            self.app,
            make_service=lambda: self.service,
            list_tenants=lambda: self.listed,
            report=self.outcomes.append,
            retries=2,
        )

    def reported(self) -> list[tuple[str, int, type | None]]:
        """Return who was reported, with days added and the kind of error."""
        return [
            (each.tenant_id, each.added, None if each.error is None else type(each.error)) for each in self.outcomes
        ]


@pytest.fixture
def platform() -> Iterator[Platform]:
    made = Platform()
    yield made
    made.service.close()


def test_each_task_of_all_tenants_is_due_at_its_time(
    platform: Platform,
) -> None:
    """Beside what the platform has on its own schedule; each entry names a task that the app knows."""
    schedule = platform.app.conf.beat_schedule
    assert {name: entry["schedule"] for name, entry in schedule.items()} == {
        "theirs": 60.0,
        NIGHTLY_SWEEP: crontab(hour="2", minute="0"),
        HOURLY_TICK: crontab(minute="5"),
        NIGHTLY_RECONCILIATION: crontab(hour="3", minute="30"),
        NIGHTLY_STATEMENTS: crontab(hour="4", minute="30"),
        BUDGETS: crontab(minute="*/10"),
    }
    assert {entry["task"] for entry in schedule.values()} - {"x"} <= set(platform.app.tasks)


def test_the_sweep_precomputes_every_tenant(platform: Platform) -> None:
    """Each is reported with what was stored."""
    assert platform.tasks.nightly_sweep.delay().get() == 3
    assert platform.reported() == [("lagos", 90, None), ("london", 90, None), ("utc", 90, None)]


def test_the_tick_precomputes_those_whose_day_has_just_ended(platform: Platform) -> None:
    """At 23:05 UTC it is five past midnight in Lagos and in London, which has summer time."""
    assert platform.tasks.hourly_tick.delay().get() == 2
    assert platform.reported() == [("lagos", 90, None), ("london", 90, None)]


def test_the_budgets_of_all_tenants_are_measured(platform: Platform, caplog: pytest.LogCaptureFixture) -> None:
    """A tenant that fails is logged and does not stop the others."""
    platform.listed.append("nobody")
    assert platform.tasks.measure_budgets.delay().get() == 3
    assert [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR] == [
        "the error budget of tenant 'nobody' could not be measured"
    ]


def test_a_tenant_can_be_sent_by_hand(platform: Platform) -> None:
    """By position or by name; the result says what was stored."""
    by_hand = platform.tasks.precompute_tenant
    assert by_hand.delay("utc").get() == {"tenant_id": "utc", "added": 90, "restated": 0}
    assert by_hand.apply_async(kwargs={"tenant_id": "utc"}).get() == {"tenant_id": "utc", "added": 0, "restated": 0}


def test_a_source_that_is_down_for_a_moment_is_asked_again(platform: Platform) -> None:
    """Twice it fails, the third time it answers: nobody is told of a failure."""
    platform.source.failures_to_come = 2
    platform.tasks.precompute_tenant.delay("utc")
    assert platform.reported() == [("utc", 90, None)]


@pytest.mark.parametrize("is_named", [False, True])
def test_a_tenant_that_failed_for_good_is_reported_once(platform: Platform, *, is_named: bool) -> None:
    """After two retries; the error is the source's own."""
    platform.source.failures_to_come = 3
    send = platform.tasks.precompute_tenant.apply_async
    result = send(kwargs={"tenant_id": "utc"}) if is_named else send(args=("utc",))
    assert isinstance(result.result, ConnectionError)
    assert platform.reported() == [("utc", 0, ConnectionError)]


def test_what_stays_wrong_is_not_tried_again(platform: Platform) -> None:
    """A tenant that nobody knows is reported at once, and the others are precomputed."""
    platform.listed.insert(0, "who")
    platform.tasks.nightly_sweep.delay()
    assert platform.reported()[0] == ("who", 0, UnknownTenantError)
    assert len(platform.outcomes) == 4


def test_retries_wait_longer_each_time_and_less_than_brokers_do(platform: Platform) -> None:
    """A retry that waits longer than a broker's visibility timeout, an hour as a rule, would come back twice."""
    task: Any = platform.app.tasks[PRECOMPUTE]
    assert (task.acks_late, task.reject_on_worker_lost) == (True, True)
    assert (task.retry_backoff, task.retry_backoff_max, task.retry_jitter) == (15, 600, True)


def test_outcomes_are_logged_where_nothing_else_is_asked_for(
    platform: Platform, caplog: pytest.LogCaptureFixture
) -> None:
    """A failure as an error with its reason, a success as information."""
    app = Celery(set_as_current=False)
    app.conf.task_always_eager = True
    tasks = register_tasks(app, make_service=lambda: platform.service, list_tenants=lambda: ["who", "utc"])
    with caplog.at_level(logging.INFO, logger="sla_compliance.jobs.celery"):
        tasks.nightly_sweep.delay()
    ours = [record for record in caplog.records if record.name == "sla_compliance.jobs.celery"]
    assert [(record.levelname, record.getMessage()) for record in ours] == [
        ("ERROR", "tenant 'who' could not be precomputed"),
        ("INFO", "tenant 'utc': 90 days stored, 0 restated"),
    ]
    assert ours[0].exc_info is not None


def test_a_forked_process_makes_its_own() -> None:
    """What a worker's parent has made, connections and a loop, is of no use to its children."""
    made: list[int] = []

    def make() -> int:
        made.append(os.getpid())
        return os.getpid()

    own = PerProcess(make)
    assert own() == own() == os.getpid()
    child = os.fork()
    if child == 0:
        os._exit(0 if own() == own() == os.getpid() and len(made) == 2 else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert own.release() == os.getpid()
    assert own.release() is None
