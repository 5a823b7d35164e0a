"""A fleet of tenants in a real PostgreSQL: as many rows as a large platform has, in the order in which they came in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import psycopg

from sla_compliance.sources.sqlalchemy import ddl
from sla_compliance.stores.sqlalchemy import ddl as stored_days_ddl

SCHEMA: Final = Path(__file__).parents[1] / "fixtures" / "platform_schema.sql"
DAYS: Final = 90
ZONES: Final = ("Africa/Lagos", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "UTC")

# Alarms come in over ninety days, everybody's among one another's; each lasts up to three minutes.
ALARMS: Final = """
    INSERT INTO alarms (tenant_id, alarm_id, severity, status, alarm_type, title, resource_id,
                        first_occurrence, last_occurrence, cleared_at)
    SELECT 'tenant-' || t, 'los-' || n %% 300, (ARRAY['CRITICAL', 'MAJOR'])[1 + n %% 2]::alarmseverity, 'CLEARED',
           'loss_of_signal', 'Loss of signal', 'port-' || n %% 300, start, start + length, start + length
    FROM generate_series(1, %(alarms)s) n
    CROSS JOIN generate_series(1, %(tenants)s) t
    CROSS JOIN LATERAL (
        SELECT %(first)s::timestamptz + (n + (t * 7919 %% 1000) / 1000.0) * %(step)s::interval AS start,
               (1 + (n * 104729 + t) %% 180) * interval '1 second' AS length
    ) AS happened
"""


# Rows are here to be read: no journal, and no index but the one that `sla-compliance ddl` makes.
BARE: Final = """
    DROP INDEX ix_alarms_tenant_status, ix_alarms_tenant_severity;
    ALTER TABLE alarms DROP CONSTRAINT alarms_pkey CASCADE;
    ALTER TABLE alarms ALTER id DROP DEFAULT, ALTER id DROP NOT NULL;
    ALTER TABLE alarms SET UNLOGGED;
"""
TENANT: Final = "INSERT INTO tenants (id, name, timezone, created_at) VALUES (%s, 'Tenant', %s, %s)"


def fill(dsn: str, *, tenants: int, alarms: int) -> None:
    """Make the platform's tables and fill them."""
    first = datetime.now(UTC) - timedelta(days=DAYS)
    facts = {"alarms": alarms, "tenants": tenants, "first": first, "step": timedelta(days=DAYS) / alarms}
    created = first - timedelta(days=1)
    with psycopg.connect(dsn, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute(SCHEMA.read_bytes())
        cursor.execute(BARE)
        cursor.execute(ALARMS, facts)
        rows = [(f"tenant-{rank}", ZONES[rank % len(ZONES)], created) for rank in range(1, tenants + 1)]
        cursor.executemany(TENANT, rows)
        cursor.execute(ddl("postgresql").encode())
        cursor.execute(stored_days_ddl("postgresql").encode())
        cursor.execute("VACUUM ANALYZE alarms")
