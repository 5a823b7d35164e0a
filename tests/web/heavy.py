"""A database in which one tenant has 60,000 alarms on two days (10,000 in SQLite), and another one has a few."""
################################################################
# `nox -s faults` makes them five times as many: 300,000, and 50,000 in SQLite.
################################################################

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import psycopg

from sla_compliance.server.sample_database import SQLITE_DIALECT, create_tables
from tests.web import platform

HEAVY: Final = "heavy"
LIGHT: Final = "light"
OUTAGES: Final = int(os.environ.get("SLA_HEAVY_OUTAGES", "10000"))
OVERLAPPING_ROWS: Final = 5 * OUTAGES
RESOURCES: Final = 500
TITLE: Final = "Loss of signal on the uplink of a cabinet"

# Of each tenant: prefix of ids, number of alarms, first of them, seconds between two, seconds that one lasts.
Series = tuple[str, str, int, datetime, float, float]


def day_of_outages() -> datetime:
    """Return the start of the day of OUTAGES outages, each of one alarm."""
    return _midnight() - timedelta(days=2)


def day_of_rows() -> datetime:
    """Return the start of the day of one outage with OVERLAPPING_ROWS alarms behind it."""
    return _midnight() - timedelta(days=8)


def _midnight() -> datetime:
    return datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def _series(overlapping_rows: int) -> list[Series]:
    morning = day_of_rows() + timedelta(hours=6)
    return [
        ("a", HEAVY, OUTAGES, day_of_outages(), 86_400 / OUTAGES, 1),
        ("b", HEAVY, overlapping_rows, morning, 36_000 / OVERLAPPING_ROWS, 3_600),
        ("c", LIGHT, 20, _midnight() - timedelta(days=20), 86_400, 180),
    ]


def fill_sqlite(path: Path) -> None:
    """Make the platform's tables in an SQLite file, with the tenants and their rows but for the overlapping ones."""
    created = (_midnight() - timedelta(days=60)).isoformat()
    with closing(sqlite3.connect(path)) as database, database:
        create_tables(database.cursor(), SQLITE_DIALECT)
        database.executemany("INSERT INTO tenants VALUES (?, 'UTC', ?)", [(HEAVY, created), (LIGHT, created)])
        for series in _series(overlapping_rows=0):
            database.executemany(
                "INSERT INTO alarms (id, tenant_id, title, resource_id, first_occurrence, cleared_at, severity, status)"
                " VALUES (?, ?, ?, ?, ?, ?, 'critical', 'cleared')",
                _sqlite_rows(*series),
            )


def _sqlite_rows(
    prefix: str, tenant: str, count: int, first: datetime, step_s: float, length_s: float
) -> Iterator[tuple[str, ...]]:
    for number in range(count):
        raised = first + timedelta(seconds=number * step_s)
        cleared = raised + timedelta(seconds=length_s)
        resource = f"olt-{number % RESOURCES}"
        yield f"{prefix}{number}", tenant, TITLE, resource, raised.isoformat(), cleared.isoformat()


def fill_postgres(dsn: str) -> None:
    """Make the platform's tables in a database of PostgreSQL, with the tenants and all of their rows."""
    with psycopg.connect(dsn, autocommit=True) as connection, connection.cursor() as cursor:
        connection.execute(platform.SCHEMA.read_bytes())
        created = [(tenant, tenant, _midnight() - timedelta(days=60)) for tenant in (HEAVY, LIGHT)]
        cursor.executemany("INSERT INTO tenants (id, name, created_at) VALUES (%s, %s, %s)", created)
        for prefix, tenant, count, first, step_s, length_s in _series(OVERLAPPING_ROWS):
            connection.execute(
                "INSERT INTO alarms (alarm_id, tenant_id, title, alarm_type, resource_id, severity, status,"
                " first_occurrence, last_occurrence, cleared_at)"
                " SELECT %s || number, %s, %s, 'los', 'olt-' || number %% %s, 'CRITICAL', 'CLEARED', raised, raised,"
                " raised + %s * interval '1 second' FROM (SELECT number, %s::timestamptz"
                " + number * %s * interval '1 second' AS raised FROM generate_series(0, %s) AS number) AS alarm",
                (prefix, tenant, TITLE, RESOURCES, length_s, first, step_s, count - 1),
            )
        connection.execute("ANALYZE alarms")
