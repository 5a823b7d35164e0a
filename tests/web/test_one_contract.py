"""A contract file with three tenants says the same to the command line, the server, a job and a notebook."""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pandas as pd
import pytest
from celery import Celery
from sqlalchemy import create_engine, text
from sqlalchemy.ext.asyncio import create_async_engine

import sla_compliance as sla
from sla_compliance import AlarmBatch, AlarmFilter
from sla_compliance.jobs.celery import register_tasks
from sla_compliance.service import ComplianceService, MemoryTenants, SyncComplianceService
from sla_compliance.settings import load
from sla_compliance.sources.protocol import EVERY_QUALIFYING
from sla_compliance.sources.sqlalchemy import (
    AsyncSQLAlchemyAlarmSource,
    AsyncSQLAlchemyMaintenanceSource,
    SQLAlchemyAlarmSource,
    SQLAlchemyMaintenanceSource,
    mapped_tables,
)
from sla_compliance.stores.sqlalchemy import AsyncSQLAlchemyDayStore, ddl
from tests.servers.databases import fresh_database
from tests.web.live import SCRIPT, Live, serving

CONTRACT: Final = """
[defaults]
monitor_gap = "5 min"
monitored_since = 2024-01-01
[defaults.policy]
target = "99.9"

[tenants.lagos]
zone = "Africa/Lagos"

[tenants.denver]
zone = "America/Denver"
service_hours = "mon-fri 08:00-18:00; sat 09:00-13:00"
[tenants.denver.policy]
target = "99.5"
accounting = "planned-downtime-removed"
merge_gap = "5 min"

[tenants.kolkata]
zone = "Asia/Kolkata"
service_hours = "mon-sun 06:00-22:00"
[tenants.kolkata.policy]
target = "97"
severities = ["critical"]
min_outage = "2 min"
accounting = "counted"

[tables.alarms]
table = "faults"
id = "number"
first_occurrence = "raised"
cleared_at = "cleared"
purged_after = "12 days"
severity_map = {critical = "Disaster", major = ["High", "Average"]}
[tables.maintenance]
table = "planned_works"
start_time = "begins"
end_time = "ends"
"""
TENANTS: Final = ("lagos", "denver", "kolkata")
TABLES: Final = """
CREATE TABLE faults (number INTEGER PRIMARY KEY, tenant_id TEXT, severity TEXT, raised TIMES, cleared TIMES);
CREATE TABLE planned_works (tenant_id TEXT, begins TIMES, ends TIMES, status TEXT);
CREATE TABLE tenants (id TEXT PRIMARY KEY, timezone TEXT, created_at TIMES);
"""
TODAY: Final = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
# Of the first range rows have been purged; the day on which the purge stands, which moves, is in neither.
PURGED, COMPLETE = (
    tuple((TODAY - timedelta(days=days)).date() for days in span) for span in ((20, 15), (9, 2))
)  # fmt: skip
KEYS: Final = (
    "compliance_percentage", "target_percentage", "uptime_minutes", "downtime_minutes", "sla_breaches",
    "verdict", "is_confirmed", "low_percentage", "high_percentage",
)  # fmt: skip
Figures = dict[str, tuple[object, ...]]


@dataclass(frozen=True)
class Platform:
    """A platform's database and its contract file.

    Attributes:
        url: as commands and servers take it.
        async_url: as an async engine takes it.
        contract: the file's path.
    """

    url: str
    async_url: str
    contract: Path


def rows() -> Iterator[tuple[str, str, datetime, datetime]]:
    """Yield outages of all tenants: at night and by day, short ones and such as cross midnight."""
    for number, tenant in enumerate(TENANTS):
        for days in range(2, 10):
            start = TODAY - timedelta(days=days) + timedelta(hours=(5 * days + 7 * number) % 24, minutes=50)
            yield tenant, "Disaster", start, start + timedelta(seconds=(417 * days * (number + 1)) % 9_000 + 30)
            yield tenant, "High", start + timedelta(hours=3), start + timedelta(hours=3, seconds=100 + 31 * days)
            yield tenant, "Warning", start + timedelta(hours=5), start + timedelta(hours=9)


def fill(url: str, times: str) -> None:
    """Make the tables and write the rows."""
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in [*TABLES.replace("TIMES", times).split(";"), *ddl(engine.dialect.name).split(";")]:
            if statement.strip():
                connection.execute(text(statement))
        insert = text("INSERT INTO faults VALUES (:number, :tenant, :severity, :raised, :cleared)")
        for number, (tenant, severity, raised, cleared) in enumerate(rows()):
            moments = {"raised": raised.isoformat(), "cleared": cleared.isoformat()}
            connection.execute(insert, {"number": number, "tenant": tenant, "severity": severity, **moments})
        work = text("INSERT INTO planned_works VALUES (:tenant, :begins, :ends, 'completed')")
        for tenant in TENANTS:
            begins = TODAY - timedelta(days=4, hours=-9)
            ends = begins + timedelta(hours=6)
            connection.execute(work, {"tenant": tenant, "begins": begins.isoformat(), "ends": ends.isoformat()})
        # The file's own table of a tenant wins over its row.
        connection.execute(text("INSERT INTO tenants VALUES ('denver', 'Asia/Tokyo', '2025-01-01T00:00:00+00:00')"))
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def platform(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Platform]:
    """A platform in a real database of either kind."""
    contract = tmp_path / "sla.toml"
    contract.write_text(CONTRACT, encoding="utf-8")
    if request.param == "sqlite":
        path = tmp_path / "platform.sqlite"
        fill(f"sqlite:///{path}", "TEXT")
        yield Platform(f"sqlite:///{path}", f"sqlite+aiosqlite:///{path}", contract)
        return
    with fresh_database(request.getfixturevalue("postgres_dsn")) as database:
        url = database.render_as_string(hide_password=False)
        fill(url, "TIMESTAMPTZ")
        yield Platform(url, url, contract)


def figures(days: Iterable[Mapping[str, Any]]) -> Figures:
    """Return the figures of some days by their dates."""
    return {day["date"][:10]: tuple(day[key] for key in KEYS) for day in days}


def of_command_line(platform: Platform, tenant: str, first: date, last: date) -> Figures:
    """Return what `sla-compliance report` says."""
    options = ["--tenant", tenant, "--from", str(first), "--to", str(last), "--format", "json", "--detail"]
    process = subprocess.run(
        [SCRIPT, "report", "--database-url", platform.url, "--contract", str(platform.contract), *options],
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert process.returncode in (0, 1, 3), process.stderr
    return figures(json.loads(process.stdout))


def of_server(live: Live, tenant: str, first: date, last: date) -> Figures:
    """Return what the endpoint answers."""
    answer = live.ask(f"compliance?from_date={first}&to_date={last}&detail=full", tenant)
    assert answer.status_code == 200, answer.text
    return figures(answer.json())


def of_notebook(platform: Platform, tenant: str, first: date, last: date) -> Figures:
    """Return what the cells of a notebook compute, from the frame that they show."""
    contract = load(platform.contract)
    agreement, tables = contract.agreement(tenant), mapped_tables(contract.tables)
    engine = create_engine(platform.url)
    alarms = SQLAlchemyAlarmSource(engine, tables.alarms, on_invalid="quarantine", purged_after=tables.purged_after)
    windows = SQLAlchemyMaintenanceSource(engine, tables.maintenance)
    zone = str(agreement.zone)
    start, end = sla.whole_days(str(first), str(last), zone=zone, now=datetime.now(UTC))
    window_us = tuple(round(moment.timestamp() * 1_000_000) for moment in (start, end))
    margin_us = agreement.policy.margin_us
    since_us = alarms.read_complete_since(tenant)
    assert since_us is not None
    complete = sla.intervals.IntervalSet((since_us,), (2**52,))
    report = sla.evaluate(
        alarms.fetch(tenant, window_us[0] - margin_us, window_us[1] + margin_us, agreement.policy.qualifying),
        start=start,
        end=end,
        zone=zone,
        as_of=datetime.now(UTC),
        policy=agreement.policy,
        maintenance=windows.fetch(tenant, window_us[0] - margin_us, window_us[1] + margin_us),
        service_hours=agreement.service_hours,
        in_service=agreement.in_service(zone),
        monitored=agreement.monitored(zone) & complete,
        monitor_gap=agreement.monitor_gap or timedelta(0),
    )
    engine.dispose()
    frame = report.to_pandas()
    assert [moment.date() if hasattr(moment, "date") else moment for moment in frame["date"]] == [
        day.date for day in report.days
    ]
    shown = [int(seconds) for seconds in pd.Series(frame["downtime_us"])]
    assert shown == [day.downtime_us for day in report.days]
    return figures([day.as_dict(detail=True) for day in report.days])


class NoSource:
    """A source that fails: what an answer says is what was stored."""

    async def fetch(
        self, tenant_id: str, start_us: int, end_us: int, wanted: AlarmFilter = EVERY_QUALIFYING
    ) -> AlarmBatch:
        """Raise."""
        raise ConnectionError(f"nothing is fetched of {tenant_id}, {start_us} to {end_us}, {wanted}")


def job_service(platform: Platform) -> ComplianceService:
    """Return the service of a worker, which knows tenants, tables and retention from the file alone."""
    contract = load(platform.contract)
    tables = mapped_tables(contract.tables)
    engine = create_async_engine(platform.async_url)
    return ComplianceService(
        AsyncSQLAlchemyAlarmSource(engine, tables.alarms, on_invalid="quarantine", purged_after=tables.purged_after),
        tenants=MemoryTenants(contract.tenant_settings()),
        exclusions=AsyncSQLAlchemyMaintenanceSource(engine, tables.maintenance),
        store=AsyncSQLAlchemyDayStore(engine),
    )


def run_job(platform: Platform) -> None:
    """Run the nightly task of each tenant, as a worker of the platform's own Celery runs it."""
    app = Celery("platform", set_as_current=False)
    app.conf.update(task_always_eager=True, task_eager_propagates=True)
    tasks = register_tasks(
        app,
        make_service=lambda: SyncComplianceService(job_service(platform)),
        list_tenants=lambda: load(platform.contract).tenants,
    )
    assert tasks.nightly_sweep.delay().get() == len(TENANTS)


def of_job(platform: Platform, tenant: str, first: date, last: date) -> Figures:
    """Return what the job has stored, read by a service whose source fails."""
    contract = load(platform.contract)

    async def read() -> Figures:
        engine = create_async_engine(platform.async_url)
        service = ComplianceService(
            NoSource(), tenants=MemoryTenants(contract.tenant_settings()), store=AsyncSQLAlchemyDayStore(engine)
        )
        zone = contract.tenant_settings()[tenant].zone
        start, end = sla.whole_days(str(first), str(last), zone=zone, now=datetime.now(UTC))
        answer = await service.compliance(tenant, start, end)
        assert set(answer.provenance) == {"STORE"}
        await service.aclose()
        await engine.dispose()
        return figures(answer.as_dicts(detail=True))

    return asyncio.run(read())


def test_the_figures_are_the_same_everywhere(platform: Platform) -> None:
    """For each tenant, on each day, also where rows have been purged: target, hours, zone, windows, verdict."""
    with serving("--database-url", platform.url, "--contract", str(platform.contract)) as live:
        served = {(tenant, span): of_server(live, tenant, *span) for tenant in TENANTS for span in (PURGED, COMPLETE)}
    run_job(platform)
    for (tenant, span), expected in served.items():
        assert len(expected) == (span[1] - span[0]).days + 1
        for other in (of_command_line, of_notebook):
            assert other(platform, tenant, *span) == expected, (tenant, other.__name__)
    for tenant in TENANTS:
        assert of_job(platform, tenant, *COMPLETE) == served[tenant, COMPLETE], tenant
    assert {figures_of_day[0] for figures_of_day in served["lagos", PURGED].values()} == {None}
    targets = {tenant: {day[1] for day in served[tenant, COMPLETE].values()} for tenant in TENANTS}
    assert targets == {"lagos": {99.9}, "denver": {99.5}, "kolkata": {97.0}}
    downtimes = [tuple(day[3] for day in served[tenant, COMPLETE].values()) for tenant in TENANTS]
    assert len(set(downtimes)) == 3
    assert all(sum(minutes) > 0 for minutes in map(_whole, downtimes))


def test_a_changed_agreement_counts_everywhere_beside_days_stored_before(platform: Platform) -> None:
    """Days that the job stored under the former zone, hours and policy are measured again; the job stores them so."""
    run_job(platform)
    with serving("--database-url", platform.url, "--contract", str(platform.contract)) as live:
        before = {tenant: of_server(live, tenant, *COMPLETE) for tenant in TENANTS}
    changed = CONTRACT
    for old, new in (
        ('zone = "America/Denver"', 'zone = "Europe/Berlin"'),
        ("mon-fri 08:00-18:00; sat 09:00-13:00", "mon-sun 07:00-19:00"),
        ('target = "97"', 'target = "99"'),
        ('min_outage = "2 min"\naccounting = "counted"', 'accounting = "excused"'),
    ):
        assert old in changed
        changed = changed.replace(old, new)
    platform.contract.write_text(changed, encoding="utf-8")
    with serving("--database-url", platform.url, "--contract", str(platform.contract)) as live:
        served = {tenant: of_server(live, tenant, *COMPLETE) for tenant in TENANTS}
    run_job(platform)
    for tenant in TENANTS:
        for other in (of_command_line, of_notebook, of_job):
            assert other(platform, tenant, *COMPLETE) == served[tenant], (tenant, other.__name__)
    assert [tenant for tenant in TENANTS if served[tenant] != before[tenant]] == ["denver", "kolkata"]


def _whole(minutes: tuple[object, ...]) -> list[int]:
    return [minute for minute in minutes if isinstance(minute, int)]
