"""`sla-compliance ddl` and `check`: what they print is what a database needs."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import URL, create_engine, make_url, text

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
    assert "ix_sla_alarms" not in upgrade


def test_an_upgrade_begins_at_the_version_that_is_named() -> None:
    """The last version before this one has no day to convert; without an upgrade the option means nothing."""
    upgrade = run("ddl", "--dialect", "sqlite", "--upgrade", "--from-version", "2").output
    assert "version 2 to version 4" in upgrade
    assert "sla_statements" in upgrade
    assert "sla_days" not in upgrade
    refused = run("ddl", "--dialect", "sqlite", "--from-version", "2")
    assert (refused.exit_code, "give --upgrade too" in refused.stderr) == (2, True)


def columns_of(connection: sqlite3.Connection) -> set[str]:
    return {column[1] for column in connection.execute("PRAGMA table_info(sla_days)")}


def test_a_database_that_cannot_be_asked_is_bad_input(tmp_path: Path) -> None:
    """One message, exit code 2."""
    for url in (f"sqlite:///{tmp_path}/missing/file.sqlite", "no url", f"sqlite:///{tmp_path}/empty.sqlite"):
        result = run("check", "--database-url", url)
        assert result.exit_code == 2
        assert result.stderr.startswith("Error: ")


def url_text(url: URL, driver: str = "postgresql+psycopg") -> str:
    return url.set(drivername=driver).render_as_string(hide_password=False)


def execute_each(url: URL, script: str) -> None:
    """Run printed statements one by one."""
    engine = create_engine(url)
    lines = [line for line in script.splitlines() if not line.startswith("--")]
    with engine.begin() as connection:
        for statement in filter(str.strip, "\n".join(lines).split(";\n")):
            connection.execute(text(statement))
    engine.dispose()


@pytest.mark.parametrize("driver", ["postgresql", "postgresql+psycopg2", "postgresql+asyncpg"])
def test_statements_run_on_the_platforms_tables(driver: str, each_postgres_dsn: str) -> None:
    """Each of them, over every driver; then the check names the index on one line."""
    with fresh_database(each_postgres_dsn, PLATFORM_SCHEMA) as url:
        database = ("--database-url", url_text(url, driver))
        lacking = run("check", *database)
        assert lacking.exit_code == 1
        assert lacking.stderr == "The alarms table lacks its index; requests read the whole table.\n"
        printed = run("ddl", *database).output
        assert "network_metrics" not in printed
        execute_each(url, printed)
        content = run("check", *database)
        assert content.exit_code == 0
        assert content.stdout == "The alarms table has its index ix_sla_alarms.\n"
        with_metrics = run("ddl", *database, "--metrics").output
        assert '"ix_sla_metrics" ON "network_metrics"' in with_metrics
        execute_each(url, with_metrics)


def test_statements_run_on_sqlite(tmp_path: Path) -> None:
    """With a table of metrics and without; an async URL is as good."""
    file = tmp_path / "platform.sqlite"
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(ALARMS.partition("CREATE TABLE network_metrics")[0])
    url = f"sqlite+aiosqlite:///{file}"
    missing = run("ddl", "--database-url", url, "--metrics")
    assert (missing.exit_code, missing.stdout) == (2, "")
    assert "there is no table network_metrics" in missing.stderr
    execute_each(make_url(f"sqlite:///{file}"), run("ddl", "--database-url", url).output)
    assert run("check", "--database-url", url).exit_code == 0


PLAIN_COLUMNS = "id BIGINT PRIMARY KEY, tenant_id TEXT, first_occurrence TIMESTAMPTZ, cleared_at TIMESTAMPTZ, severity"
UNMAPPED_NAMES = "resolved_at last_occurrence status alarm_id alarm_type resource_id customer_id subscriber_count title"
UNMAPPED = "\n".join(f"{name} = false" for name in UNMAPPED_NAMES.split())
SEVERITIES = {
    "an enum": ("CREATE TYPE level AS ENUM ('minor', 'major', 'critical');", "level"),
    "text": ("", "TEXT"),
    "numbers": ("", "SMALLINT"),
}


@pytest.mark.parametrize(("types", "severity"), SEVERITIES.values(), ids=SEVERITIES.keys())
def test_the_index_holds_all_rows_whatever_the_column_of_severities_is(
    types: str, severity: str, postgres_dsn: str, tmp_path: Path
) -> None:
    """The statement runs, and the check is content."""
    contract = tmp_path / "sla.toml"
    words = '[tables.alarms.severity_map]\ncritical = ["5"]\nminor = ["1"]' if severity == "SMALLINT" else ""
    contract.write_text(f"[tables.alarms]\n{UNMAPPED}\n{words}\n", encoding="utf-8")
    with fresh_database(postgres_dsn, f"{types} CREATE TABLE alarms ({PLAIN_COLUMNS} {severity})") as url:
        options = ("--database-url", url_text(url), "--contract", str(contract))
        printed = run("ddl", *options).output
        assert '"severity", "first_occurrence", "cleared_at");' in printed
        execute_each(url, printed)
        content = run("check", *options)
        assert (content.exit_code, content.stderr) == (0, "")
        assert content.stdout == "The alarms table has its index ix_sla_alarms.\n"


CONDITIONS = (
    "severity IN ('CRITICAL', 'MAJOR')",
    "severity <> 'INFO'",
    "status = 'ACTIVE'",
    "title <> ':x%'",
    "tenant_id <> '' OR severity IS NOT NULL",
)


@pytest.mark.parametrize("driver", ["postgresql", "postgresql+psycopg2", "postgresql+asyncpg"])
@pytest.mark.parametrize("condition", CONDITIONS)
def test_an_index_of_some_rows_is_no_index(condition: str, driver: str, postgres_dsn: str) -> None:
    """The check says what it holds, and what it prints replaces an index of our own name."""
    columns = "tenant_id, severity, first_occurrence, cleared_at"
    index = f"CREATE INDEX ix_sla_alarms ON alarms ({columns}) WHERE {condition}"
    with fresh_database(postgres_dsn, PLATFORM_SCHEMA, index) as url:
        database = ("--database-url", url_text(url, driver))
        result = run("check", *database)
        assert result.exit_code == 1
        assert result.stderr.startswith("The alarms table lacks its index on all rows: ix_sla_alarms holds only rows ")
        assert result.stderr.count("\n") == 1
        assert result.stdout.startswith('DROP INDEX "ix_sla_alarms";\nCREATE INDEX')
        execute_each(url, result.stdout)
        assert run("check", *database).exit_code == 0


def test_where_no_database_is_read_the_index_has_the_columns_of_the_mapping(tmp_path: Path) -> None:
    """And all rows."""
    contract = tmp_path / "sla.toml"
    contract.write_text('[tables.alarms]\nseverity = "level"\n', encoding="utf-8")
    printed = run("ddl", "--dialect", "postgresql", "--contract", str(contract)).output
    assert '("tenant_id", "level", "first_occurrence", "cleared_at");' in printed


@pytest.mark.parametrize("options", [(), ("--dialect", "sqlite", "--database-url", "sqlite://")])
def test_ddl_needs_a_dialect_or_a_database(options: tuple[str, ...]) -> None:
    """One of them."""
    result = run("ddl", *options)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Missing option '--dialect' or '--database-url'; give one of them" in result.stderr


def test_the_upgrade_is_in_the_sql_of_the_url() -> None:
    """Nothing is read for it."""
    assert (
        run("ddl", "--upgrade", "--database-url", "sqlite:///no such file").output
        == run("ddl", "--upgrade", "--dialect", "sqlite").output
    )
