"""What a service does, and how its tenants stand, as Prometheus scrapes it."""

from __future__ import annotations

import asyncio
import datetime as dt
import math
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from sla_compliance import Accounting, Alarm, AlarmBatch, SLAPolicy
from sla_compliance.outlets.prometheus import PrometheusObserver, exposition
from sla_compliance.service import ComplianceAnswer, ComplianceService, MemoryTenants, TenantSettings, to_async
from sla_compliance.sources.memory import MemoryAlarmSource
from sla_compliance.sources.samples import SampleAlarmSource

NOW = dt.datetime(2025, 10, 31, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
STANDING = ("sla_compliance_availability_ratio", "sla_compliance_error_budget_remaining_ratio")

Sample = tuple[str, frozenset[tuple[str, str]]]


def service_of(
    *tenants: str, observer: PrometheusObserver | None, cut: dt.timedelta = dt.timedelta(hours=3)
) -> ComplianceService:
    """Return a service whose tenants were down once, ten days ago; the target is 99 %."""
    batch = AlarmBatch.from_alarms([Alarm(NOW - 10 * DAY, NOW - 10 * DAY + cut)])
    settings = TenantSettings("UTC", SLAPolicy("99"))
    return ComplianceService(
        to_async(MemoryAlarmSource(dict.fromkeys(tenants, batch))),
        tenants=MemoryTenants(dict.fromkeys(tenants, settings)),
        clock=lambda: NOW - dt.timedelta(microseconds=1),
        observer=observer,
    )


def asked(service: ComplianceService, tenant_id: str, days: int = 30, times: int = 1) -> None:
    """Ask for the last days, some times."""

    async def ask() -> None:
        for _ in range(times):
            await service.compliance(tenant_id, NOW - days * DAY, NOW)

    asyncio.run(ask())


def samples_of(text: bytes) -> dict[Sample, float]:
    """Return the value of each series of an exposition."""
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text.decode())
        for sample in family.samples
        if not sample.name.endswith("_created")
    }


def exposed(registry: CollectorRegistry, accept: str = "") -> dict[Sample, float]:
    """Return the value of each series of a registry."""
    return samples_of(exposition(registry, accept)[0])


def series(name: str, **labels: str) -> Sample:
    """Return the key of a series."""
    return name, frozenset(labels.items())


def test_answers_are_counted_by_tenant_and_by_whether_they_were_remembered() -> None:
    """The first answer asks the source, the next two do not; the names are those that the platform expects."""
    registry = CollectorRegistry()
    asked(service_of("acme", "emca", observer=PrometheusObserver(registry)), "acme", times=3)
    found = exposed(registry)
    assert found[series("sla_compliance_cache_hits_total", tenant_id="acme")] == 2
    assert found[series("sla_compliance_cache_misses_total", tenant_id="acme")] == 1
    durations = "sla_compliance_request_duration_seconds"
    assert found[series(f"{durations}_count", tenant_id="acme", cached="true")] == 2
    assert found[series(f"{durations}_count", tenant_id="acme", cached="false")] == 1
    assert 0 < found[series(f"{durations}_sum", tenant_id="acme", cached="false")] < 60
    assert found[series("sla_compliance_source_query_duration_seconds_count", tenant_id="acme")] == 1
    assert not any(("tenant_id", "emca") in labels for _, labels in found)


def test_gauges_say_how_a_tenant_stands_over_each_number_of_days() -> None:
    """3 hours of 30 days are 1/240: of a budget of 1 % that leaves 7/12; of 7 days without an outage all is left."""
    registry = CollectorRegistry()
    asked(service_of("acme", observer=PrometheusObserver(registry)), "acme", days=30)
    found = exposed(registry)
    assert [found[series(name, tenant_id="acme", days="30")] for name in STANDING] == [
        pytest.approx(239 / 240),
        pytest.approx(7 / 12),
    ]
    assert [found[series(name, tenant_id="acme", days="7")] for name in STANDING] == [1, 1]
    assert found[series("sla_compliance_target_ratio", tenant_id="acme", days="30")] == 0.99
    assert series("sla_compliance_availability_ratio", tenant_id="acme", days="90") not in found


def test_an_overspent_budget_is_below_zero() -> None:
    """A whole day down in 30 is 3.3 % of 1 %."""
    registry = CollectorRegistry()
    asked(service_of("acme", observer=PrometheusObserver(registry), cut=DAY), "acme")
    budget = exposed(registry)[series("sla_compliance_error_budget_remaining_ratio", tenant_id="acme", days="30")]
    assert budget == pytest.approx(1 - 100 / 30)


def test_a_verdict_that_a_doubt_could_change_is_not_confirmed() -> None:
    """An alarm set aside leaves 100 % on record; without it nothing is in doubt."""
    confirmed = []
    for alarms in ([], [Alarm(NOW - 2 * DAY, NOW - DAY, severity="P1")]):
        registry = CollectorRegistry()
        service = ComplianceService(
            to_async(MemoryAlarmSource({"acme": AlarmBatch.from_alarms(alarms, on_invalid="quarantine")})),
            tenants=MemoryTenants({"acme": TenantSettings("UTC", SLAPolicy("99"))}),
            clock=lambda: NOW - dt.timedelta(microseconds=1),
            observer=PrometheusObserver(registry),
        )
        asked(service, "acme")
        found = exposed(registry)
        assert found[series("sla_compliance_availability_ratio", tenant_id="acme", days="30")] == 1
        confirmed.append(found[series("sla_compliance_is_confirmed", tenant_id="acme", days="30")])
    assert confirmed == [1, 0]


def test_rows_of_unrecognized_severity_are_counted_of_each_tenant() -> None:
    """The latest count; without a tenant label there is no such gauge."""
    registry = CollectorRegistry()
    observer = PrometheusObserver(registry)
    for rows in (3, 2):
        observer.severities_counted("acme", unrecognized_rows=rows)
    assert exposed(registry)[series("sla_compliance_unrecognized_severity_rows", tenant_id="acme")] == 2
    of_a_fleet = PrometheusObserver(CollectorRegistry(), with_tenant_label=False)
    of_a_fleet.severities_counted("acme", unrecognized_rows=3)


def test_budgets_of_periods_in_progress_have_gauges_of_their_own() -> None:
    """1 % of October are 7 h 26 min 24 s; down from midnight on 30 October, it is lost 7 h 26 min 24 s later."""
    registry = CollectorRegistry()
    observer = PrometheusObserver(registry)
    labels = {"tenant_id": "acme", "period": "month"}
    gauges = [
        series(f"sla_compliance_{name}_seconds", **labels)
        for name in ("error_budget_allowed", "error_budget_left", "deadline_timestamp")
    ]
    allowed_s = 26_784
    began = dt.datetime(2025, 10, 30, tzinfo=dt.UTC)
    asyncio.run(measured(observer, Alarm(began), now=began + dt.timedelta(hours=1)))
    found = exposed(registry)
    assert [found[gauge] for gauge in gauges] == [allowed_s, allowed_s - 3_600, began.timestamp() + allowed_s]
    # Once it is over an outage that begins now could lose the month too, but its deadline would move with the clock.
    asyncio.run(measured(observer, Alarm(began, began + dt.timedelta(hours=1)), now=began + dt.timedelta(hours=2)))
    found = exposed(registry)
    assert [found.get(gauge) for gauge in gauges] == [allowed_s, allowed_s - 3_600, None]
    asyncio.run(measured(observer, Alarm(began), now=began + dt.timedelta(hours=10)))
    found = exposed(registry)
    assert [found.get(gauge) for gauge in gauges] == [allowed_s, allowed_s - 36_000, None]


def test_the_gauges_of_a_budget_say_what_alerts_need() -> None:
    """The bounds of the period, the outage and what was left when it began; the latter two go with the outage."""
    registry = CollectorRegistry()
    observer = PrometheusObserver(registry)
    labels = {"tenant_id": "acme", "period": "month"}
    names = (
        "period_start_timestamp_seconds",
        "period_end_timestamp_seconds",
        "period_is_confirmed",
        "budget_as_of_timestamp_seconds",
        "monitored_until_timestamp_seconds",
        "outage_start_timestamp_seconds",
        "outage_error_budget_left_seconds",
    )
    gauges = [series(f"sla_compliance_{name}", **labels) for name in names]
    began = dt.datetime(2025, 10, 30, tzinfo=dt.UTC)
    first, last = (dt.datetime(2025, month, 1, tzinfo=dt.UTC).timestamp() for month in (10, 11))
    now = began + dt.timedelta(hours=1)
    asyncio.run(measured(observer, Alarm(began), now=now))
    found = exposed(registry)
    instants = [now.timestamp()] * 2
    assert [found[gauge] for gauge in gauges] == [first, last, 1, *instants, began.timestamp(), 26_784]
    asyncio.run(measured(observer, Alarm(began, now), now=now))
    found = exposed(registry)
    assert [found.get(gauge) for gauge in gauges] == [first, last, 1, *instants, None, None]


async def measured(observer: PrometheusObserver, alarm: Alarm, *, now: dt.datetime) -> None:
    """Measure the month of a tenant with one alarm; the target is 99 %."""
    service = ComplianceService(
        to_async(MemoryAlarmSource({"acme": AlarmBatch.from_alarms([alarm])})),
        tenants=MemoryTenants({"acme": TenantSettings("UTC", SLAPolicy("99"))}),
        clock=lambda: now,
        observer=observer,
    )
    await service.budget("acme")
    await service.aclose()


async def another_target(service: ComplianceService) -> ComplianceAnswer:
    return await service.compliance("acme", NOW - 30 * DAY, NOW, target="50")


async def another_accounting(service: ComplianceService) -> ComplianceAnswer:
    return await service.compliance("acme", NOW - 30 * DAY, NOW, accounting=Accounting.COUNTED)


async def another_range(service: ComplianceService) -> ComplianceAnswer:
    return await service.compliance("acme", NOW - 40 * DAY, NOW - DAY)


async def no_days_at_all(service: ComplianceService) -> ComplianceAnswer:
    return await service.compliance("acme", NOW - DAY, NOW - DAY)


Asking = Callable[[ComplianceService], Awaitable[ComplianceAnswer]]


@pytest.mark.parametrize("ask", [another_target, another_accounting, another_range, no_days_at_all])
def test_only_answers_that_say_how_a_tenant_stands_move_its_gauges(ask: Asking) -> None:
    """A client's own target, accounting or range is counted as an answer and as nothing else."""
    registry = CollectorRegistry()
    asyncio.run(_ended(service_of("acme", observer=PrometheusObserver(registry)), ask))
    found = exposed(registry)
    assert sum(value for (name, _), value in found.items() if name.endswith("duration_seconds_count")) >= 1
    assert [name for name, _ in found if name in STANDING] == []


async def _ended(service: ComplianceService, ask: Asking) -> None:
    await ask(service)
    await service.aclose()


def test_sample_alarms_never_become_figures() -> None:
    """Made-up availability is no tenant's."""
    registry = CollectorRegistry()
    service = ComplianceService(
        SampleAlarmSource("UTC", clock=lambda: NOW),
        tenants=MemoryTenants({"acme": TenantSettings("UTC")}),
        clock=lambda: NOW,
        observer=PrometheusObserver(registry),
    )
    asked(service, "acme")
    found = exposed(registry)
    assert series("sla_compliance_cache_misses_total", tenant_id="acme") in found
    assert [name for name, _ in found if name in STANDING] == []


def test_a_tenant_without_measured_time_has_no_number() -> None:
    """Neither 0 nor 1: a tenant that is monitored from tomorrow on is neither down nor perfect."""
    registry = CollectorRegistry()
    service = ComplianceService(
        to_async(MemoryAlarmSource({})),
        tenants=MemoryTenants({"new": TenantSettings("UTC", monitored_since=NOW + DAY)}),
        clock=lambda: NOW - dt.timedelta(microseconds=1),
        observer=PrometheusObserver(registry),
    )
    asked(service, "new")
    found = exposed(registry)
    assert all(math.isnan(found[series(name, tenant_id="new", days="30")]) for name in STANDING)


def test_the_tenant_label_can_be_switched_off() -> None:
    """A large fleet has one series of each kind, and no gauges."""
    registry = CollectorRegistry()
    service = service_of("acme", "emca", observer=PrometheusObserver(registry, with_tenant_label=False))
    asked(service, "acme", times=2)
    asked(service, "emca", times=2)
    found = exposed(registry)
    assert found[series("sla_compliance_cache_hits_total")] == 2
    assert found[series("sla_compliance_request_duration_seconds_count", cached="false")] == 2
    assert {label for _, labels in found for label, _ in labels} == {"cached", "le"}


@pytest.mark.parametrize("tenant_id", ['a"b\\c\nd', "{}=,", "🦊", "\ud800", "", "a\0b"])
def test_any_tenant_id_is_one_label_value(tenant_id: str) -> None:
    """No id breaks the exposition, in either format."""
    registry = CollectorRegistry()
    asked(service_of(tenant_id, observer=PrometheusObserver(registry)), tenant_id)
    for accept in ("", "application/openmetrics-text; version=1.0.0"):
        tenants = {value for _, labels in exposed(registry, accept) for label, value in labels if label == "tenant_id"}
        assert tenants == {tenant_id.encode("utf-8", "backslashreplace").decode()}


def test_failures_that_nobody_saw_are_counted() -> None:
    """By what failed."""
    registry = CollectorRegistry()
    observer = PrometheusObserver(registry)
    observer.failed("cache", ConnectionError())
    observer.failed("cache", TimeoutError())
    assert exposed(registry)[series("sla_compliance_failures_total", what="cache")] == 2


def test_the_format_is_the_one_that_is_asked_for() -> None:
    """Prometheus asks for OpenMetrics, a person's browser for text."""
    registry = CollectorRegistry()
    assert exposition(registry, "application/openmetrics-text; version=1.0.0")[1].startswith(
        "application/openmetrics-text; version=1.0.0"
    )
    assert exposition(registry)[1].startswith("text/plain")


WORKER = "tests.adapters.prometheus_worker"


def test_several_workers_are_scraped_as_one(tmp_path: Path) -> None:
    """Whichever worker Prometheus reaches, it sees what all have counted, and the gauge that was set last."""
    first, second = (_worker(tmp_path, *arguments) for arguments in (("acme", "99"), ("acme", "95")))
    assert first[series("sla_compliance_cache_misses_total", tenant_id="acme")] == 1
    assert second[series("sla_compliance_cache_misses_total", tenant_id="acme")] == 2
    assert second[series("sla_compliance_request_duration_seconds_count", tenant_id="acme", cached="false")] == 2
    assert [found[series("sla_compliance_target_ratio", tenant_id="acme", days="30")] for found in (first, second)] == [
        0.99,
        0.95,
    ]


def test_a_deadline_that_no_longer_holds_is_not_exposed_by_any_worker(tmp_path: Path) -> None:
    """The first worker sees an outage, the second that it is over; the other gauges stay."""
    down, up = (_worker(tmp_path, "acme", "99", *state) for state in (("down",), ()))
    labels = {"tenant_id": "acme", "period": "year"}
    deadline = series("sla_compliance_deadline_timestamp_seconds", **labels)
    assert deadline in down
    assert deadline not in up
    left = series("sla_compliance_error_budget_left_seconds", **labels)
    assert down[left] < up[left] == up[series("sla_compliance_error_budget_allowed_seconds", **labels)]


def _worker(folder: Path, *arguments: str) -> dict[Sample, float]:
    """Return what a worker exposes that has answered once."""
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(folder)}
    done = subprocess.run(
        [sys.executable, "-m", WORKER, *arguments],
        env=environment,
        cwd=Path(__file__).parents[2],
        capture_output=True,
        check=True,
    )
    return samples_of(done.stdout)
