"""What the figures of a fleet's tenant are: its rows, read with plain SQL and measured by the core."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Final

import psycopg

import sla_compliance as sla
from tests.load.fleet import DAYS, ZONES

Figures = dict[str, float]
"""The seconds of downtime of each closed date that is whole."""

ROWS: Final = "SELECT first_occurrence, cleared_at, lower(severity::text) FROM alarms WHERE tenant_id = %s"
SHORTEN: Final = """
    UPDATE alarms SET cleared_at = cleared_at - interval '1 second'
    WHERE tenant_id = %s AND cleared_at > first_occurrence + interval '1 second'
"""


def true_figures(dsn: str, rank: int) -> Figures:
    """Return the figures of a tenant as its rows are now."""
    with psycopg.connect(dsn) as connection:
        rows = connection.execute(ROWS, [f"tenant-{rank}"]).fetchall()
    now = datetime.now(UTC)
    report = sla.evaluate(
        [sla.Alarm(first, cleared, severity=severity) for first, cleared, severity in rows],
        start=now - timedelta(days=DAYS),
        end=now,
        zone=ZONES[rank % len(ZONES)],
        as_of=now,
    )
    return {f"{day.date:%F}": day.downtime_us / 1_000_000 for day in report.days[1:-1]}


def shorten_silently(dsn: str, rank: int) -> None:
    """Shorten the alarms of a tenant by a second; no service is told."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(SHORTEN, [f"tenant-{rank}"])


def wrong_dates(body: bytes, *truths: Figures) -> list[str]:
    """Return the dates of an answer whose figure is none of those that are true."""
    shown = {day["date"][:10]: day["downtime_seconds"] for day in json.loads(body)}
    return [
        date for date in sorted(shown.keys() & truths[0].keys()) if shown[date] not in [truth[date] for truth in truths]
    ]
