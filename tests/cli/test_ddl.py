"""`sla-compliance ddl` and `check`: what they print is what a database needs."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sla_compliance.cli.commands import commands
from tests.adapters.alarm_tables import PLATFORM_SCHEMA
from tests.servers.databases import fresh_database

ALARMS = """CREATE TABLE alarms (id TEXT, tenant_id TEXT, alarm_id TEXT, severity TEXT, status TEXT, alarm_type TEXT,
    title TEXT, resource_id TEXT, customer_id TEXT, subscriber_count INTEGER, first_occurrence TEXT,
    last_occurrence TEXT, cleared_at TEXT, resolved_at TEXT);
    CREATE TABLE network_metrics (tenant_id TEXT, timestamp TEXT, metric_type TEXT, downtime_percentage REAL);"""


def run(*arguments: str) -> Result:
    return CliRunner().invoke(commands, arguments)


def test_a_database_that_ran_the_statements_passes_the_check(tmp_path: Path) -> None:
    """`check` names the missing index and exits with 1; after `ddl` was run it is content."""
    file = tmp_path / "platform.sqlite"
    url = f"sqlite:///{file}"
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(ALARMS)
        lacking = run("check", "--database-url", url)
        connection.executescript(run("ddl", "--dialect", "sqlite").output)
        connection.commit()
    content = run("check", "--database-url", url)
    assert (lacking.exit_code, content.exit_code) == (1, 0)
    assert "lacks its index" in lacking.stderr
    assert "CREATE INDEX" in lacking.stdout
    assert "has its index" in content.stdout


def test_postgresql_runs_the_statements_twice(postgres_dsn: str) -> None:
    """They create what is missing and leave what is there."""
    statements = run("ddl", "--dialect", "postgresql").output
    with fresh_database(postgres_dsn, PLATFORM_SCHEMA, statements, statements) as url:
        dsn = url.render_as_string(hide_password=False)
        assert run("check", "--database-url", dsn).exit_code == 0


def test_the_table_of_corrections_has_the_names_of_the_contract_file(tmp_path: Path) -> None:
    """Where it says none, those of the default mapping."""
    contract = tmp_path / "sla.toml"
    contract.write_text('[tables.corrections]\ntable = "mended"\nauthor = "by"', encoding="utf-8")
    assert 'CREATE TABLE IF NOT EXISTS "sla_corrections"' in run("ddl", "--dialect", "sqlite").output
    printed = run("ddl", "--dialect", "sqlite", "--contract", str(contract)).output
    assert 'CREATE TABLE IF NOT EXISTS "mended"' in printed
    assert '"by" TEXT NOT NULL' in printed


def test_tables_of_version_1_are_upgraded_by_the_statements_that_are_printed(tmp_path: Path) -> None:
    """In one transaction: what fails half way changes nothing."""
    version_1 = (Path(__file__).parents[1] / "fixtures" / "stored_days_v1_sqlite.sql").read_text(encoding="utf-8")
    upgrade = run("ddl", "--dialect", "sqlite", "--upgrade").output
    with closing(sqlite3.connect(tmp_path / "days.sqlite")) as connection:
        connection.executescript(version_1)
        with pytest.raises(sqlite3.OperationalError):
            connection.executescript(upgrade.replace("DROP COLUMN included", "DROP COLUMN missing"))
        connection.rollback()
        assert "told" in columns_of(connection)
        connection.executescript(upgrade)
        assert {"agreement", "facts", "changes_applied"} <= columns_of(connection)
    assert "CREATE INDEX" not in upgrade


def columns_of(connection: sqlite3.Connection) -> set[str]:
    return {column[1] for column in connection.execute("PRAGMA table_info(sla_days)")}


def test_a_database_that_cannot_be_asked_is_bad_input(tmp_path: Path) -> None:
    """One message, exit code 2."""
    for url in (f"sqlite:///{tmp_path}/missing/file.sqlite", "no url", f"sqlite:///{tmp_path}/empty.sqlite"):
        result = run("check", "--database-url", url)
        assert result.exit_code == 2
        assert result.stderr.startswith("Error: ")
