"""A running server whose alarms no filter can match: nowhere is its 100 % a confirmed one."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sla_compliance.server.database import prepare
from tests.web.live import Live, serving

TENANTS = {"words": "P1", "overwritten": "CLEARED", "ordinary": "MINOR", "spotless": None}
SAID = {
    "words": r"20 bad rows set aside, the first: .*severity is 'P1'",
    "overwritten": r"20 rows whose severity was overwritten by 'cleared', left out although an outage once",
    "ordinary": r"^no rows were read$",  # the statement asks for qualifying severities alone
    "spotless": r"^no rows were read$",
}
DOUBTED = ("words", "overwritten")
MONITORED_FOR = timedelta(days=60)


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """Tenants whose rows are all of one severity: an outage of an hour on each of the last twenty days."""
    file = tmp_path_factory.mktemp("doubt") / "alarms.sqlite"
    prepare(f"sqlite:///{file}", demo_at=None)
    fill(file, datetime.now(UTC))
    with serving("--database-url", f"sqlite:///{file}") as live:
        yield live


def fill(file: Path, now: datetime) -> None:
    """Write tenants and alarms."""
    with closing(sqlite3.connect(file)) as database, database:
        for tenant, severity in TENANTS.items():
            created = (now - MONITORED_FOR).isoformat()
            database.execute("INSERT INTO tenants VALUES (?, 'UTC', ?)", (tenant, created))
            for days in range(1, 21) if severity else ():
                start = now - timedelta(days=days)
                row = (f"{tenant}-{days}", tenant, "olt-1", severity, start.isoformat())
                database.execute(
                    "INSERT INTO alarms (id, tenant_id, alarm_id, severity, status, alarm_type, title,"
                    " first_occurrence, last_occurrence, cleared_at)"
                    " VALUES (?, ?, ?, ?, 'CLEARED', 'los', 'Loss of signal', ?, ?, ?)",
                    (*row, row[-1], (start + timedelta(hours=1)).isoformat()),
                )


@pytest.mark.parametrize("tenant", TENANTS)
def test_only_what_no_row_doubts_is_confirmed(live: Live, tenant: str) -> None:
    """In full detail, in the header, in the totals: 100 % on record each time."""
    is_confirmed = tenant not in DOUBTED
    answer = live.ask("compliance?days=30&detail=full", tenant)
    days = answer.json()
    assert {day["compliance_percentage"] for day in days} == {100.0}
    assert all(day["is_confirmed"] for day in days) == is_confirmed
    assert sum(not day["is_confirmed"] for day in days) in ((0,) if is_confirmed else (20, 21))
    assert answer.headers["X-SLA-Confirmed"] == str(is_confirmed).lower()
    assert answer.headers["X-SLA-Verdict"] == "MET"
    assert live.ask("compliance?days=30", tenant).headers["X-SLA-Confirmed"] == str(is_confirmed).lower()
    totals = live.ask("rollup-stats?days=30", tenant).json()
    assert (totals["avg_compliance"], totals["is_confirmed"]) == (100.0, is_confirmed)
    assert (totals["low_percentage"] == 100.0) == is_confirmed
    assert re.search(SAID[tenant], totals["quality"]["lines"][0])
    assert re.search(SAID[tenant], days[-1]["quality"]["lines"][0])


@pytest.mark.parametrize("tenant", ["words", "overwritten"])
def test_resources_are_not_confirmed_either(live: Live, tenant: str) -> None:
    """Rows without a device that is known would be everybody's."""
    resources = live.ask("resources?days=30", tenant).json()
    assert [row["is_confirmed"] for row in resources] == [False] * len(resources)


def test_metrics_count_the_rows_and_confirm_nothing(live: Live) -> None:
    """Beside an availability of 1."""
    for tenant in TENANTS:
        live.ask("compliance?days=30", tenant)
    text = live.get("metrics").text
    confirmed = dict(re.findall(r'sla_compliance_is_confirmed{days="30",tenant_id="(\w+)"} (\S+)', text))
    assert confirmed == {tenant: "0.0" if tenant in DOUBTED else "1.0" for tenant in TENANTS}
    rows = dict(re.findall(r'sla_compliance_unrecognized_severity_rows{tenant_id="(\w+)"} (\S+)', text))
    assert rows == {tenant: "20.0" if tenant in DOUBTED else "0.0" for tenant in TENANTS}
