"""The platform as it is when it has grown: under row-level security, its figures are those of its rows in memory."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any, Final

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.ext.asyncio import create_async_engine

import sla_compliance as sla
from sla_compliance.alarms import Alarm, Severity
from sla_compliance.errors import InvalidValueError, UnknownTenantError
from sla_compliance.service import ComplianceAnswer, ComplianceService, TenantSettings
from sla_compliance.sources.sqlalchemy import (
    AsyncSQLAlchemyAlarmSource,
    AsyncSQLAlchemyMaintenanceSource,
    AsyncSQLAlchemyTenantSource,
    Prepare,
    SQLAlchemyAlarmSource,
    SQLAlchemyMaintenanceSource,
)
from sla_compliance.sources.timescaledb import TimescaleDBSource
from sla_compliance.testing import AncestorContract, DetailedAlarmSourceContract, RowsByIdContract
from sla_compliance.testing.stored_alarms import EVERY_COLUMN, HOUR, SINCE, SINCE_US, UNTIL, UNTIL_US, Stored
from sla_compliance.units import DAY_US, ONE_DAY
from tests.adapters.guarded_platform import LAYOUT, TABLES, GuardedPlatform, guarded_platform, set_tenant
from tests.contract.test_sql_sources import SQLSource

ZONE: Final = "Africa/Lagos"
END: Final = SINCE + 5 * ONE_DAY
POLICY: Final = sla.SLAPolicy("99.9", merge_gap=timedelta(minutes=2))


@pytest.fixture(scope="module")
def guarded(postgres_dsn: str) -> Iterator[GuardedPlatform]:
    """The platform's database, for the tests of this module."""
    with guarded_platform(postgres_dsn) as platform:
        yield platform


@pytest.fixture
def platform(guarded: GuardedPlatform) -> GuardedPlatform:
    """The platform, empty."""
    guarded.execute("TRUNCATE tenants, alarms, maintenance_windows, network_metrics, inventory, sla_corrections")
    return guarded


@pytest.fixture
def app(guarded: GuardedPlatform) -> Iterator[Engine]:
    """An engine of the app's role."""
    with guarded.engine_of(guarded.app_url) as engine:
        yield engine


class TestSourceUnderRowSecurity(DetailedAlarmSourceContract, AncestorContract, RowsByIdContract):
    """Every promise of a source, through the app's role, with `prepare` and soft deletes."""

    @pytest.fixture
    def stored(self, platform: GuardedPlatform) -> Stored:
        """Writes as the superuser."""
        return partial(LAYOUT.store, platform.admin)

    @pytest.fixture
    def columns(self) -> Collection[str]:
        """All of them."""
        return EVERY_COLUMN

    @pytest.fixture
    def holds_unknown_severities(self) -> bool:
        """An enum does not, as the suite's own test would write them."""
        return False

    @pytest.fixture
    def storable_severities(self) -> Collection[Severity]:
        """All but those that the enum lacks."""
        return set(Severity) - {Severity.INDETERMINATE}

    @pytest.fixture
    def source(self, app: Engine) -> SQLSource:
        """The source of the app."""
        return SQLAlchemyAlarmSource(app, TABLES.alarms, on_invalid="quarantine", prepare=set_tenant)


def row_id_of(name: str) -> str:
    """Return the UUID of a row, by its name."""
    return f"00000000-0000-0000-0000-{int.from_bytes(name.encode()[:6]):012x}"


def alarm(name: str, start: float, hours: float | None, **columns: Any) -> Alarm:
    """Return an alarm of some hours, whose id is what its name becomes."""
    end = None if hours is None else SINCE + (start + hours) * HOUR
    return Alarm(
        SINCE + start * HOUR, end, id=row_id_of(name), alarm_id=name, last_occurrence=SINCE + start * HOUR, **columns
    )


ALARMS: Final = [
    alarm("olt-1", 2, 3, severity="critical", status="CLEARED", resource_type="olt", resource_id="1"),
    alarm("ont-1", 2.5, 2, severity="major", resource_type="ont", resource_id="1", parent_alarm_id=row_id_of("olt-1")),
    alarm("olt-2", 30, 1, severity="critical", resource_type="olt", resource_id="2", customer_id="c-1"),
    alarm(
        "olt-3",
        31 + 1 / 60,
        1,
        severity="major",
        resource_type="olt",
        resource_id="3",
        acknowledged_at=SINCE + 32 * HOUR,
    ),
    alarm("ont-4", 50, 4, severity="critical", resource_type="ont", resource_id="4", customer_id="c-2"),
    alarm("ont-5", 80, None, severity="minor", resource_type="ont", resource_id="5"),
    alarm("ont-6", 90, None, severity="critical", status="CLEARED", updated_at=SINCE + 91 * HOUR),
]
DELETED: Final = [alarm("gone", 10, 40, severity="critical", resource_type="olt", resource_id="9")]
WINDOWS: Final[list[tuple[str, float, float, dict[str, Any]]]] = [
    ("one OLT, and what hangs on it", 2, 1, {"affected_resources": {"olt": ["1"]}}),
    ("a customer", 30, 0.5, {"affected_resources": {"customer": ["c-1"], "olt": ["7"]}}),
    ("another customer", 50, 1, {"affected_customers": ["c-2"]}),
    ("everybody", 100, 2, {}),
]


def fill(platform: GuardedPlatform) -> None:
    """Write the rows of two tenants; the other one's have the same times, and are down all the time."""
    for tenant_id, zone in (("acme", ZONE), ("other", "Asia/Tokyo")):
        platform.execute(
            "INSERT INTO tenants (id, timezone, created_at) VALUES (:id, :zone, '2025-01-01Z')", id=tenant_id, zone=zone
        )
    LAYOUT.store(platform.admin, "acme", [*ALARMS, *DELETED])
    LAYOUT.store(platform.admin, "other", [Alarm(SINCE - HOUR, END + HOUR, id="the other's")])
    platform.execute("UPDATE alarms SET deleted_at = now() WHERE alarm_id = 'gone'")
    for title, start, hours, scope in WINDOWS:
        plan(platform, title, start, hours, scope)
    plan(platform, "cancelled by a mark", 0, 120, {})
    platform.execute("UPDATE maintenance_windows SET deleted_at = now() WHERE title = 'cancelled by a mark'")


def plan(platform: GuardedPlatform, title: str, start: float, hours: float, scope: dict[str, Any]) -> None:
    """Write a maintenance window of acme."""
    columns = {"affected_resources": {}, "affected_customers": [], **scope}
    platform.execute(
        "INSERT INTO maintenance_windows (tenant_id, title, start_time, end_time, affected_resources,"
        " affected_customers) VALUES ('acme', :title, :start, :end, CAST(:affected_resources AS JSONB),"
        " CAST(:affected_customers AS JSON))",
        title=title,
        start=SINCE + start * HOUR,
        end=SINCE + (start + hours) * HOUR,
        **{name: json.dumps(value) for name, value in columns.items()},
    )


def expected_windows(*, with_children: bool) -> list[sla.MaintenanceWindow]:
    """Return what the windows mean, written by hand."""
    scopes: list[Any] = [
        {("resource_type", "resource_id"): [("olt", "1")]},
        {"customer_id": ["c-1"], ("resource_type", "resource_id"): [("olt", "7")]},
        {"customer_id": ["c-2"]},
        None,
    ]
    return [
        sla.MaintenanceWindow(
            SINCE + start * HOUR,
            SINCE + (start + hours) * HOUR,
            reason=title,
            applies_to=scope,
            with_children=with_children and scope is not None,
        )
        for (title, start, hours, _), scope in zip(WINDOWS, scopes, strict=True)
    ]


def report_of(alarms: Any, windows: Iterable[sla.MaintenanceWindow]) -> sla.ComplianceReport:
    """Return the report of the five days."""
    return sla.evaluate(alarms, start=SINCE, end=END, zone=ZONE, as_of=UNTIL, policy=POLICY, maintenance=list(windows))


@pytest.mark.parametrize("with_children", [False, True])
def test_figures_are_those_of_the_same_rows_in_memory(
    platform: GuardedPlatform, app: Engine, with_children: bool
) -> None:
    """Cell by cell, with scopes by type, soft deletes and children; the other tenant's rows make no difference."""
    fill(platform)
    mapping = replace(TABLES.maintenance, with_children=with_children)
    windows = SQLAlchemyMaintenanceSource(app, mapping, prepare=set_tenant).fetch("acme", SINCE_US, UNTIL_US)
    source = SQLAlchemyAlarmSource(app, TABLES.alarms, prepare=set_tenant)
    fetch = source.fetch_with_ancestors if with_children else source.fetch_details
    report = report_of(fetch("acme", SINCE_US, UNTIL_US), windows)
    expected = report_of(ALARMS, expected_windows(with_children=with_children))
    assert sorted(windows, key=lambda window: window.start_us) == expected_windows(with_children=with_children)
    assert [day.segments for day in report.days] == [day.segments for day in expected.days]
    assert (report.bounds().low, report.bounds().high) == (expected.bounds().low, expected.bounds().high)
    # Two hours are left of the first outage where its child is excused with it; half an hour more where it is not.
    assert report.days[0].downtime_minutes == (120 if with_children else 150)


def test_reports_by_resource_are_those_of_memory(platform: GuardedPlatform, app: Engine) -> None:
    """And by customer."""
    fill(platform)
    batch = SQLAlchemyAlarmSource(app, TABLES.alarms, prepare=set_tenant).fetch_details("acme", SINCE_US, UNTIL_US)
    qualifying = [row for row in ALARMS if row.severity in ("critical", "major")]
    for column in ("resource_id", "customer_id"):
        reports, expected = (
            sla.evaluate_each(
                rows, by=column, start=SINCE, end=END, zone=ZONE, as_of=UNTIL, policy=POLICY, unkeyed="nobody"
            )
            for rows in (batch, qualifying)
        )
        assert {key: report.total.segments for key, report in reports.items()} == {
            key: report.total.segments for key, report in expected.items()
        }


def test_a_service_answers_each_tenant_its_own(platform: GuardedPlatform) -> None:
    """Over one async engine, at once and again; a tenant that the session does not show is unknown."""
    fill(platform)

    async def answers() -> list[ComplianceAnswer]:
        engine = create_async_engine(platform.app_url, pool_size=2, max_overflow=0)
        service = service_over(engine, set_tenant)
        ids = ["acme", "other"] * 10
        results = await asyncio.gather(*(service.compliance(tenant_id, SINCE, END) for tenant_id in ids))
        with pytest.raises(UnknownTenantError):
            await service.compliance("nobody", SINCE, END)
        # One that sets another tenant shows no row of the tenants' table, so there is no figure.
        wrong = service_over(engine, lambda connection, _: set_tenant(connection, "other"))
        with pytest.raises(UnknownTenantError):
            await wrong.compliance("acme", SINCE, END)
        with pytest.raises(InvalidValueError, match="^tenants is under row-level security"):
            await service_over(engine, None).compliance("acme", SINCE, END)
        await engine.dispose()
        return [*results]

    acme, other, *more = asyncio.run(answers())
    expected = report_of(ALARMS, expected_windows(with_children=False))
    # Those of its whole days; the report's window cuts the first and the last one.
    cells_by_date = {day.date: day.segments for day in acme.days}
    assert [cells_by_date[day.date] for day in expected.days[1:-1]] == [day.segments for day in expected.days[1:-1]]
    assert all(day.availability_ratio == 0 for day in other.days[1:-1])
    for index, answer in enumerate(more):
        assert [day.segments for day in answer.days] == [day.segments for day in (acme, other)[index % 2].days]


class RowTenants:
    """Settings from the tenants' own rows."""

    def __init__(self, source: AsyncSQLAlchemyTenantSource) -> None:
        self._source = source

    async def settings(self, tenant_id: str) -> TenantSettings:
        """Return the settings of a tenant."""
        row = await self._source.fetch(tenant_id)
        if row is None:
            raise UnknownTenantError(tenant_id)
        return TenantSettings(row.zone, POLICY, monitored_since=row.monitored_since)


def service_over(engine: Any, prepare: Prepare | None) -> ComplianceService:
    """Return a service over the platform's tables."""
    return ComplianceService(
        AsyncSQLAlchemyAlarmSource(engine, TABLES.alarms, on_invalid="quarantine", prepare=prepare),
        tenants=RowTenants(AsyncSQLAlchemyTenantSource(engine, TABLES.tenants, prepare=prepare)),
        exclusions=AsyncSQLAlchemyMaintenanceSource(engine, TABLES.maintenance, prepare=prepare),
        clock=lambda: UNTIL,
    )


def test_a_bad_window_is_listed_and_the_answer_stays(platform: GuardedPlatform, app: Engine) -> None:
    """Of JSONB that is no list of ids, and of a start in year 1."""
    fill(platform)
    for title, scope in (("boolean", True), ("objects", [{"type": "olt", "id": "1"}])):
        plan(platform, title, 2, 3, {"affected_resources": scope})
    platform.execute(
        "INSERT INTO maintenance_windows (tenant_id, title, start_time, end_time) VALUES"
        " ('acme', 'zero', '0001-01-01Z', '2026-03-06Z')"
    )
    windows = SQLAlchemyMaintenanceSource(app, TABLES.maintenance, prepare=set_tenant).fetch("acme", SINCE_US, UNTIL_US)
    source = SQLAlchemyAlarmSource(app, TABLES.alarms, prepare=set_tenant)
    report = report_of(source.fetch_details("acme", SINCE_US, UNTIL_US), windows)
    expected = report_of(ALARMS, expected_windows(with_children=False))
    assert [day.segments for day in report.days] == [day.segments for day in expected.days]
    faults = sorted(name.partition("UTC ")[2] for name in report.quality.unmatched_exclusions)
    assert faults == [
        "(boolean (affected_resources is no list of ids))",
        "(objects (affected_resources is no list of ids))",
        "(zero (start_time is in year 1))",
    ]


def test_severities_that_no_filter_matches_are_counted(platform: GuardedPlatform, app: Engine) -> None:
    """Of this tenant, of rows that are not deleted: an overwritten one, and a label that the library does not know."""
    fill(platform)
    odd = [alarm(name, 20, 1, severity="cleared") for name in ("odd-1", "odd-2", "odd-3")]
    LAYOUT.store(platform.admin, "acme", odd)
    LAYOUT.store(platform.admin, "other", [alarm("of-o", 20, 1, severity="cleared")])
    platform.execute(
        "UPDATE alarms SET severity = 'UNCLASSIFIED' WHERE alarm_id = 'odd-2'",
        "UPDATE alarms SET deleted_at = now() WHERE alarm_id = 'odd-3'",
    )
    source = SQLAlchemyAlarmSource(app, TABLES.alarms, on_invalid="quarantine", prepare=set_tenant)
    assert source.unrecognized_severity_rows("acme") is None
    batch = source.fetch("acme", SINCE_US, UNTIL_US)
    assert source.unrecognized_severity_rows("acme") == 2
    report = report_of(batch, [])
    assert report.quality.overwritten_severities == 1
    assert [row.columns["id"] for row in report.quality.rejected] == [row_id_of("odd-2")]
    bounds, record = report.bounds(), report.total.availability_ratio
    assert bounds.low is not None
    assert record is not None
    assert bounds.low < record
    mapped = replace(TABLES.alarms, severity_map={"minor": "Unclassified"})
    told = SQLAlchemyAlarmSource(app, mapped, on_invalid="quarantine", prepare=set_tenant)
    told.fetch("acme", SINCE_US, UNTIL_US)
    assert told.unrecognized_severity_rows("acme") == 1


def test_metrics_are_the_tenants_own(platform: GuardedPlatform, app: Engine) -> None:
    """Under row-level security, and with a condition of one's own."""
    platform.execute(
        "INSERT INTO network_metrics VALUES ('acme', '2026-03-01Z', 'availability', 50),"
        " ('other', '2026-03-01Z', 'availability', 100)"
    )
    source = TimescaleDBSource(app, prepare=set_tenant)
    batch = source.fetch("acme", SINCE_US, SINCE_US + DAY_US)
    assert [end - start for start, end in zip(batch.starts_us, batch.ends_us, strict=True)] == [450_000_000]
    assert len(source.fetch("nobody", SINCE_US, SINCE_US + DAY_US)) == 0
    with app.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM network_metrics")) == 0
