"""`serve --contract`: the running server by a contract file, over tables of other names."""

from __future__ import annotations

import os
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from sla_compliance.server.variables import CONTRACT, SECRET
from tests.web.live import SCRIPT, TEST_SECRET, serving

TABLES = """
CREATE TABLE faults (
    key TEXT PRIMARY KEY, tenant_id TEXT, severity TEXT, first_occurrence TEXT, cleared_at TEXT
);
CREATE TABLE tenants (id TEXT PRIMARY KEY, timezone TEXT, created_at TEXT);
CREATE TABLE maintenance_windows (
    id TEXT PRIMARY KEY, tenant_id TEXT, start_time TEXT, end_time TEXT, status TEXT, title TEXT,
    affected_resources TEXT, affected_customers TEXT, affected_services TEXT
);
INSERT INTO tenants VALUES ('demo', 'UTC', '2020-01-01T00:00:00Z');
"""
CONTRACT_TEXT = """
[tenants.demo]
zone = "Africa/Lagos"
service_hours = "mon-sun 00:00-12:00"
[tenants.demo.policy]
target = 99.5
[tables.alarms]
table = "faults"
id = "key"
resolved_at = false
last_occurrence = false
status = false
alarm_id = false
alarm_type = false
resource_id = false
customer_id = false
subscriber_count = false
title = false
"""


@pytest.mark.parametrize("is_option", [True, False], ids=["option", "environment"])
def test_the_server_takes_tenants_and_tables_of_the_file(tmp_path: Path, is_option: bool) -> None:
    """Its target, hours and zone, whatever the row says; its table of alarms."""
    contract, database = tmp_path / "sla.toml", tmp_path / "platform.sqlite"
    contract.write_text(CONTRACT_TEXT, encoding="utf-8")
    with closing(sqlite3.connect(database)) as connection:
        connection.executescript(TABLES)
    options = ("--contract", str(contract)) if is_option else ()
    environment = {SECRET: TEST_SECRET} if is_option else {SECRET: TEST_SECRET, CONTRACT: str(contract)}
    with serving("--database-url", f"sqlite:///{database}", *options, environment=environment) as live:
        (day,) = live.ask("compliance?from_date=2026-10-08&to_date=2026-10-08").json()[-1:]
    assert (day["date"], day["target_percentage"]) == ("2026-10-08T00:00:00+01:00", 99.5)
    assert day["uptime_minutes"] + day["downtime_minutes"] == 720


def test_a_wrong_file_stops_the_server_before_it_starts(tmp_path: Path) -> None:
    """With its faults, and exit code 2."""
    contract = tmp_path / "sla.toml"
    contract.write_text("target = 99", encoding="utf-8")
    process = subprocess.run(
        [SCRIPT, "serve", "--contract", str(contract)],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"]},
        timeout=60,
        check=False,
    )
    assert process.returncode == 2
    assert "target is no key of a contract file; did you mean defaults.policy.target?" in process.stderr
