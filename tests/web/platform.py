"""A real database with the platform's tables and two tenants in it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import psycopg

SCHEMA: Final = Path(__file__).parents[1] / "fixtures" / "platform_schema.sql"
TENANTS: Final = ("acme", "other")
ZONE: Final = "Africa/Lagos"


def fill(dsn: str, *, days: int = 40) -> None:
    """Make the tables; each tenant had an outage of 90 s at noon, UTC, of every local day before the present one."""
    today = datetime.now(ZoneInfo(ZONE)).replace(tzinfo=UTC, hour=12, minute=0, second=0, microsecond=0)
    noons = [today - timedelta(days=ago) for ago in range(1, days)]
    rows = [(tenant, "LOS", noon, noon, noon + timedelta(seconds=90)) for tenant in TENANTS for noon in noons]
    with psycopg.connect(dsn, autocommit=True) as connection, connection.cursor() as cursor:
        connection.execute(SCHEMA.read_bytes())
        created = [(tenant, tenant, ZONE, today - timedelta(days=days)) for tenant in TENANTS]
        cursor.executemany("INSERT INTO tenants (id, name, timezone, created_at) VALUES (%s, %s, %s, %s)", created)
        cursor.executemany(
            "INSERT INTO alarms (tenant_id, alarm_id, severity, status, alarm_type, title, first_occurrence,"
            " last_occurrence, cleared_at) VALUES (%s, %s, 'CRITICAL', 'CLEARED', 'los', 'Loss of signal', %s, %s, %s)",
            rows,
        )
