"""A round of alerts over 1,000 tenants, on SQLite and on PostgreSQL: at most 10 s."""
################################################################
# Every tenant has 100 alarms in ninety days. A round looks at the month of each from
# the database; nothing is remembered from the round before. Wall-clock seconds and the
# seconds of this process: the difference is waiting for the database.
################################################################

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter, process_time

from sla_compliance.alerts.notifier import Notifier
from sla_compliance.server.app import service_of
from sla_compliance.server.database import database_url, engine_of, prepare
from sla_compliance.server.delivery import notification_store_of
from sla_compliance.server.settings import ServeSettings
from sla_compliance.service import Statistics
from sla_compliance.settings import AlertSettings
from sla_compliance.sources.sqlalchemy import ddl as alarms_ddl
from sla_compliance.stores.sqlalchemy import ddl
from tests.load.fleet import fill
from tests.servers.databases import fresh_database

TENANTS = 1_000
ALARMS = 100
ROUNDS = 3
DAYS = timedelta(days=90)
SETTINGS = AlertSettings(email=("ana@example.com",))


def test_round_on_sqlite(tmp_path: Path) -> None:
    file = tmp_path / "app.sqlite"
    prepare(f"sqlite:///{file}", demo_at=None)
    first = datetime.now(UTC) - DAYS
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.executescript(alarms_ddl("sqlite"))
        connection.executescript(ddl("sqlite"))
        tenants = [(f"tenant-{rank}", "Europe/Oslo", first.isoformat(" ")) for rank in range(1, TENANTS + 1)]
        connection.executemany("INSERT INTO tenants VALUES (?, ?, ?)", tenants)
        for tenant_id, _, _ in tenants:
            connection.executemany(
                "INSERT INTO alarms (id, tenant_id, severity, status, first_occurrence, last_occurrence, cleared_at)"
                " VALUES (?, ?, 'CRITICAL', 'CLEARED', ?, ?, ?)",
                [_row(tenant_id, number, first) for number in range(ALARMS)],
            )
    _print("SQLite", asyncio.run(_rounds(f"sqlite:///{file}")))


def _row(tenant_id: str, number: int, first: datetime) -> tuple[str, ...]:
    start = first + DAYS * (number / ALARMS)
    end = (start + timedelta(seconds=1 + number * 104_729 % 60)).isoformat(" ")
    return f"{tenant_id} {number}", tenant_id, start.isoformat(" "), end, end


def test_round_on_postgresql(postgres_dsn: str) -> None:
    with fresh_database(postgres_dsn) as url:
        url_text = url.render_as_string(hide_password=False)
        fill(url.set(drivername="postgresql").render_as_string(hide_password=False), tenants=TENANTS, alarms=ALARMS)
        _print("PostgreSQL", asyncio.run(_rounds(url_text)))


async def _rounds(url_text: str) -> list[tuple[float, float]]:
    """Return the seconds of each round, by the clock and of this process."""
    tenant_ids = [f"tenant-{rank}" for rank in range(1, TENANTS + 1)]
    seconds: list[tuple[float, float]] = []
    for _ in range(ROUNDS):
        engine = engine_of(database_url(url_text))
        # Another service each time: no settings and no budgets are remembered.
        settings = ServeSettings(secret="", database_url=url_text, redis_url=None, contract=None, has_stored_days=True)
        service = service_of(engine, settings, Statistics())
        notifier = Notifier(service, notification_store_of(engine), settings=lambda _: SETTINGS)
        start_s, start_cpu_s = perf_counter(), process_time()
        report = await notifier.run_round(tenant_ids)
        seconds.append((perf_counter() - start_s, process_time() - start_cpu_s))
        assert (report.looked_at, report.errors) == (TENANTS, {})
        await service.aclose()
        await engine.dispose()
    return seconds


def _print(database: str, seconds: Sequence[tuple[float, float]]) -> None:
    rounds = ", ".join(f"{wall_s:.1f} s ({cpu_s:.1f} s of this process)" for wall_s, cpu_s in seconds)
    print(f"\n{TENANTS:,} tenants on {database}: {rounds}; goal <= 10 s")
