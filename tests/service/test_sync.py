"""The service for callers that cannot await: the same answers, errors and queries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from time import sleep

import pytest

import sla_compliance as sla
from sla_compliance.calendars.exclusions import AnyExclusion
from sla_compliance.errors import UnknownTenantError
from sla_compliance.service import (
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


def opened(source: sla.AlarmSource) -> SyncComplianceService:
    """Return a service over a sync source."""
    return SyncComplianceService(
        ComplianceService(
            to_async(source),
            tenants=MemoryTenants({TENANT: TenantSettings("UTC")}),
            exclusions=exclusions_to_async(Works()),
            store=MemoryDayStore(),
            clock=lambda: at(28, 12),
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
