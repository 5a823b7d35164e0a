"""The service for callers that cannot await: the same answers, errors and queries."""

from __future__ import annotations

import datetime as dt
import re
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from time import perf_counter, sleep
from typing import Any

import pytest

import sla_compliance as sla
from sla_compliance.calendars.exclusions import AnyExclusion
from sla_compliance.errors import ServiceUseError, UnknownTenantError
from sla_compliance.service import (
    ComplianceAnswer,
    ComplianceService,
    MemoryTenants,
    SyncComplianceService,
    TenantSettings,
    exclusions_to_async,
    to_async,
)
from sla_compliance.sources.memory import MemoryAlarmSource
from sla_compliance.sources.protocol import EVERY_QUALIFYING
from sla_compliance.stores.memory import MemoryDayStore
from sla_compliance.units import MINUTE_US
from tests.service.world import TENANT, at

OUTAGE = sla.Alarm(at(26, 9), at(26, 10), id=1, resource_id="r1")
WORK = sla.MaintenanceWindow(at(26, 9), at(26, 9, 15))


class SlowSource(MemoryAlarmSource):
    """Alarms that take a while, asked in threads."""

    queries = 0

    def fetch(
        self, tenant_id: str, start_us: int, end_us: int, wanted: sla.AlarmFilter = EVERY_QUALIFYING
    ) -> sla.AlarmBatch:
        """Return them."""
        self.queries += 1
        sleep(0.05)
        return super().fetch(tenant_id, start_us, end_us, wanted)

    def complete_since(self, tenant_id: str) -> int | None:  # noqa: ARG002 - of all
        """Return nothing: no row is ever purged."""
        return None


class Works:
    """One maintenance window, sync."""

    def fetch(self, tenant_id: str, start_us: int, end_us: int) -> Sequence[AnyExclusion]:  # noqa: ARG002 - always it
        """Return it."""
        return (WORK,)


def opened(source: sla.AlarmSource, **options: Any) -> SyncComplianceService:
    """Return a service over a sync source."""
    return SyncComplianceService(
        ComplianceService(
            to_async(source),
            tenants=MemoryTenants({TENANT: TenantSettings("UTC")}),
            exclusions=exclusions_to_async(Works()),
            store=MemoryDayStore(),
            clock=lambda: at(28, 12),
            **options,
        )
    )


def slow_source() -> SlowSource:
    """Return a source with one outage."""
    return SlowSource({TENANT: sla.AlarmBatch.from_alarms([OUTAGE])})


def test_answers_are_the_cores() -> None:
    """Figures, incidents, resources."""
    with opened(slow_source()) as service:
        answer = service.compliance(TENANT, at(26), at(27), accounting=sla.Accounting.COUNTED)
        assert answer.total.downtime_minutes == 60
        assert service.compliance(TENANT, at(26), at(27)).total.downtime_minutes == 45
        (incident,) = service.incidents(TENANT, dt.date(2025, 10, 26))
        assert incident.downtime_us == 45 * MINUTE_US
        (incident,) = service.incidents(TENANT, dt.date(2025, 10, 26), accounting=sla.Accounting.COUNTED)
        assert incident.downtime_us == 60 * MINUTE_US
        assert list(service.resources(TENANT, at(26), at(27))) == ["r1"]


def test_threads_that_ask_at_once_share_one_query() -> None:
    """As tasks of one loop do."""
    source = slow_source()
    with opened(source) as service, ThreadPoolExecutor(20) as threads:
        futures = [threads.submit(service.compliance, TENANT, at(26), at(28)) for _ in range(20)]
        assert {future.result().total.downtime_minutes for future in futures} == {45}
        assert (source.queries, service.statistics.queries) == (1, 1)


def test_errors_come_through() -> None:
    """As they are."""
    with opened(slow_source()) as service, pytest.raises(UnknownTenantError):
        service.compliance("nobody", at(26), at(28))


def test_changes_and_sweeps_are_told_the_same_way() -> None:
    """And answered with the dates, and with what was done."""
    with opened(slow_source()) as service:
        assert service.store_closed_days(TENANT, at(26), at(28)).added == 2
        assert service.alarm_changed(TENANT, None, OUTAGE) == (dt.date(2025, 10, 26),)
        assert service.exclusion_changed(TENANT, WORK, None) == (dt.date(2025, 10, 26),)
        service.invalidate(TENANT, [dt.date(2025, 10, 26)])


def test_a_closed_service_is_closed_once() -> None:
    """A second close is no error; its thread has ended."""
    service = opened(slow_source())
    service.compliance(TENANT, at(26), at(28))
    service.close()
    service.close()


class HangingSource(SlowSource):
    """Alarms that come when they may."""

    def __init__(self) -> None:
        super().__init__({})
        self.is_asked, self.may_answer = Event(), Event()

    def fetch(
        self, tenant_id: str, start_us: int, end_us: int, wanted: sla.AlarmFilter = EVERY_QUALIFYING
    ) -> sla.AlarmBatch:
        """Wait, then return none."""
        self.is_asked.set()
        self.may_answer.wait()
        return super().fetch(tenant_id, start_us, end_us, wanted)


def test_a_closed_service_says_so() -> None:
    """To callers before and after, at once."""
    source = HangingSource()
    service = opened(source)
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(service.compliance, TENANT, at(26), at(28))
        assert source.is_asked.wait(10)
        began = perf_counter()
        service.close()
        with pytest.raises(ServiceUseError, match=r"^the service was closed while it worked on this; make a new one$"):
            waiting.result(5)
        assert perf_counter() - began < 2
        source.may_answer.set()
    with pytest.raises(ServiceUseError, match=r"^the service is closed; make a new one$"):
        service.compliance(TENANT, at(26), at(28))


def test_a_fork_of_the_process_is_told_to_make_its_own() -> None:
    """It has none of the threads; closing it there is no error, and the parent goes on."""
    program = """
import os, sys
from sla_compliance.errors import ServiceUseError
from tests.service.test_sync import TENANT, at, opened, slow_source

service = opened(slow_source())
assert service.compliance(TENANT, at(26), at(28)).total.downtime_minutes == 45
child = os.fork()
if not child:
    try:
        service.compliance(TENANT, at(26), at(28))
    except ServiceUseError as error:
        print(error, flush=True)
    service.close()
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
assert service.compliance(TENANT, at(26), at(28)).total.downtime_minutes == 45
service.close()
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=True)
    assert re.fullmatch(
        r"the service is used by process \d+, and process \d+ is a fork of it; make the service in each process, "
        r"after the fork\n",
        done.stdout,
    )


class Telephoning:
    """An observer that asks the blocking service, on the service's own thread."""

    def __init__(self) -> None:
        self.service: SyncComplianceService | None = None
        self.errors: list[ServiceUseError] = []

    def answered(self, answer: ComplianceAnswer, *, seconds: float) -> None:  # noqa: ARG002 - as it is called
        """Ask it."""
        assert self.service is not None
        with pytest.raises(ServiceUseError) as caught:
            self.service.subject(TENANT)
        self.errors.append(caught.value)

    def queried(self, tenant_id: str, *, seconds: float) -> None:
        """Do nothing."""

    def failed(self, what: str, error: BaseException) -> None:
        """Do nothing."""


def test_a_service_that_would_wait_for_itself_says_so() -> None:
    """On the thread that runs it."""
    observer = Telephoning()
    with opened(slow_source(), observer=observer) as service:
        observer.service = service
        service.compliance(TENANT, at(26), at(28))
    assert [str(error).partition(",")[0] for error in observer.errors] == [
        "the blocking service is used on its own background thread"
    ]
