"""/readyz: what is missing or may not be read, in the answer and in one line of the log."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import URL, create_engine, text

from sla_compliance.server.variables import CONTRACT, SECRET
from sla_compliance.settings.keys import TABLES_KEYS
from sla_compliance.sources._sql.table_check import column_names
from sla_compliance.sources.sqlalchemy import (
    AlarmsTable,
    CorrectionsTable,
    InventoryTable,
    MaintenanceTable,
    MappedTables,
    TableCheck,
    TenantsTable,
)
from sla_compliance.stores.sqlalchemy import ddl
from tests.servers.databases import fresh_database
from tests.web.live import TEST_SECRET, Live, eventually, serving
from tests.web.world import assert_problem

ALARMS = """
    CREATE TABLE alarms (
        id text PRIMARY KEY, tenant_id text, severity text, first_occurrence timestamptz, cleared_at timestamptz
    )"""
MAINTENANCE = """
    CREATE TABLE maintenance_windows (tenant_id text, start_time timestamptz, end_time timestamptz, status text)"""
TENANTS = "CREATE TABLE tenants (id text PRIMARY KEY, timezone text, created_at timestamptz)"
ROLE = "sla_reader"
PASSWORD = "hunter2-and-longer"  # noqa: S105 - of a database that lives for a test


@pytest.fixture
def database(postgres_dsn: str) -> Iterator[URL]:
    """An empty database, and a role that may connect and nothing else."""
    with fresh_database(postgres_dsn) as url:
        run(url, f"CREATE ROLE {ROLE} LOGIN PASSWORD '{PASSWORD}'")
        yield url
        run(url, f"DROP OWNED BY {ROLE}", f"DROP ROLE {ROLE}")


def run(url: URL, *statements: str) -> None:
    """Run some statements as the owner."""
    dsn = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(dsn, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def as_reader(url: URL) -> str:
    """Return the URL by which the role connects."""
    return url.set(username=ROLE, password=PASSWORD).render_as_string(hide_password=False)


def reason(live: Live) -> str:
    """Return why the app is not ready; empty where it is."""
    answer = live.get("readyz")
    if answer.status_code == 200:
        return ""
    assert_problem(answer, 503)
    assert answer.headers["Retry-After"] == "5"
    detail: str = answer.json()["detail"]
    assert "\n" not in detail
    return detail


def log_of(live: Live) -> str:
    """Return what the server has written to standard error."""
    return (live.folder / "stderr").read_text()


def test_readiness_says_what_is_missing_until_nothing_is(database: URL) -> None:
    """Tables, columns and rights, one after another, without a restart; and again when one is lost."""
    with serving("--database-url", as_reader(database)) as live:
        at_first = reason(live)
        for table in ("alarms", "maintenance_windows", "tenants"):
            assert f"there is no table {table}" in at_first
        assert eventually(lambda: "not ready" in log_of(live))
        (line,) = [line for line in log_of(live).splitlines() if "not ready" in line]
        assert line.endswith(f"ERROR sla_compliance.server.readiness: not ready: {at_first}")
        assert live.get("healthz").status_code == 200

        run(database, ALARMS.replace("cleared_at", "ended_at"), MAINTENANCE, TENANTS)
        assert "table alarms has no column 'cleared_at'" in reason(live)
        run(database, "ALTER TABLE alarms RENAME ended_at TO cleared_at")
        assert reason(live).count("permission denied") == 3
        run(database, f"GRANT SELECT ON alarms, maintenance_windows, tenants TO {ROLE}")
        assert reason(live) == ""
        assert live.ask("compliance?days=3", "acme").status_code == 200

        run(database, f"REVOKE SELECT ON tenants FROM {ROLE}")  # noqa: S608 - no input
        assert reason(live) == "table tenants cannot be read: permission denied for table tenants"
        run(database, f"GRANT SELECT (id, timezone, created_at) ON tenants TO {ROLE}")
        assert reason(live) == ""
        run(database, "ALTER TABLE tenants DROP COLUMN timezone")
        assert "table tenants has no column 'timezone'" in reason(live)
        run(database, "DROP TABLE tenants")
        assert "there is no table tenants" in reason(live)
        for printed in (log_of(live), live.printed, at_first):
            assert PASSWORD not in printed


def test_row_security_and_types_that_mean_nothing_are_no_readiness(database: URL) -> None:
    """What would read as 100 %, and what no source can read."""
    run(database, ALARMS.replace("first_occurrence timestamptz", "first_occurrence text"), MAINTENANCE, TENANTS)
    run(database, "ALTER TABLE tenants ENABLE ROW LEVEL SECURITY")
    run(database, f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {ROLE}")
    with serving("--database-url", as_reader(database)) as live:
        said = reason(live)
    assert "alarms.first_occurrence" in said
    assert "tenants is under row-level security" in said
    assert "maintenance_windows" not in said


def test_row_security_that_begins_later_hides_no_outage(database: URL) -> None:
    """An error and no readiness, where the role would see no rows any more; without a restart it is over."""
    run(database, ALARMS, MAINTENANCE, TENANTS, ddl("postgresql"))
    run(database, f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {ROLE}")
    run(database, "INSERT INTO tenants VALUES ('acme', 'UTC', '2025-01-01T00:00:00Z')")
    run(database, "INSERT INTO alarms VALUES ('1', 'acme', 'critical', now() - interval '1 hour', NULL)")
    question = "incidents?date=" + (datetime.now(UTC) - timedelta(hours=1)).date().isoformat()
    with serving("--database-url", as_reader(database)) as live:
        assert reason(live) == ""
        assert live.ask(question, "acme").json()["total"] == 1
        for table in ("alarms", "sla_days"):
            run(database, f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            assert "row-level security" in reason(live)
            if table == "alarms":
                assert_problem(live.ask(question, "acme"), 503)
            run(database, f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
            assert reason(live) == ""
        assert live.ask(question, "acme").json()["total"] == 1


def test_a_column_that_may_be_absent_and_goes_needs_no_restart(database: URL) -> None:
    """At most the request that meets it fails; then the app is as ready as it says."""
    run(database, ALARMS.replace("severity text", "severity text, title text"), MAINTENANCE, TENANTS)
    run(database, f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {ROLE}")
    run(database, "INSERT INTO tenants VALUES ('acme', 'UTC', '2025-01-01T00:00:00Z')")
    question = "incidents?date=" + datetime.now(UTC).date().isoformat()
    with serving("--database-url", as_reader(database)) as live:
        assert live.ask(question, "acme").status_code == 200
        run(database, "ALTER TABLE alarms DROP COLUMN title", "ALTER TABLE maintenance_windows DROP COLUMN status")
        assert reason(live) == ""
        assert eventually(lambda: live.ask(question, "acme").status_code == 200)


def test_tables_of_stored_days_are_needed_where_they_were(database: URL) -> None:
    """Of an older version too; the reason names the command."""
    run(database, ALARMS, MAINTENANCE, TENANTS, ddl("postgresql"))
    run(database, f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {ROLE}")
    with serving("--database-url", as_reader(database)) as live:
        assert reason(live) == ""
        run(database, "ALTER TABLE sla_days DROP COLUMN changes_applied")
        assert "changes_applied" in reason(live)
        assert "sla-compliance ddl --dialect postgresql" in reason(live)


def test_tables_of_the_contract_file_are_those_that_are_needed(tmp_path: Path) -> None:
    """In SQLite, where a missing one is an error of another kind; the condition of the rows is checked as well."""
    contract = tmp_path / "sla.toml"
    contract.write_text(
        '[tables.alarms]\ntable = "faults"\nwhere = "deleted IS NULL"\n[tables.inventory]\n[tables.corrections]\n',
        encoding="utf-8",
    )
    url = f"sqlite:///{tmp_path / 'platform.sqlite'}"
    with serving("--database-url", url, environment={SECRET: TEST_SECRET, CONTRACT: str(contract)}) as live:
        said = reason(live)
        assert [name for name in ("faults", "inventory", "sla_corrections") if f"no table {name}" not in said] == []
        assert "tenants" not in said
        engine = create_engine(url)
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE inventory (tenant_id text, key text)"))
            connection.execute(
                text(
                    "CREATE TABLE sla_corrections (tenant_id text, row_id text, starts text, ends text, severity text,"
                    " void text, reason text, author text, entered_at text)"
                )
            )
            connection.execute(
                text("CREATE TABLE faults (tenant_id text, severity text, first_occurrence text, cleared_at text)")
            )
        assert reason(live) == "table faults cannot be read: no such column: deleted"
        with engine.begin() as connection:
            connection.execute(text("ALTER TABLE faults ADD COLUMN deleted text"))
        engine.dispose()
        assert reason(live) == ""


def test_a_database_that_is_not_there_is_named_by_no_address(database: URL) -> None:
    """Anyone may ask."""
    run(database, ALARMS, MAINTENANCE, TENANTS)
    run(database, f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {ROLE}")
    with serving("--database-url", as_reader(database)) as live:
        assert reason(live) == ""
        run(database, f"ALTER ROLE {ROLE} NOLOGIN")
        run(database, f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{ROLE}'")  # noqa: S608
        assert eventually(lambda: reason(live) == "The database does not answer.")
        run(database, f"ALTER ROLE {ROLE} LOGIN")
        assert eventually(lambda: reason(live) == "")


def test_the_columns_that_are_checked_are_those_that_a_contract_file_can_name() -> None:
    """No setting is taken for a column, and no column is left out."""
    mappings: dict[str, Any] = {
        "alarms": AlarmsTable(more=("circuit_id",)),
        "maintenance": MaintenanceTable(),
        "inventory": InventoryTable(),
        "corrections": CorrectionsTable(),
        "tenants": TenantsTable(),
    }
    keys_of_table = {
        key.name: {inner.name for inner in key.keys if inner.meaning == "the column's name"} for key in TABLES_KEYS
    }
    for name, mapping in mappings.items():
        expected = {field.name for field in fields(mapping)} & keys_of_table[name]
        assert set(column_names(mapping)) - {"circuit_id"} == {getattr(mapping, column) for column in expected}, name
    assert "circuit_id" in column_names(mappings["alarms"])


def test_a_check_that_found_nothing_is_cheap_to_repeat(tmp_path: Path) -> None:
    """A statement a table, none of them on the catalog."""
    engine = create_engine(f"sqlite:///{tmp_path / 'platform.sqlite'}")
    check = TableCheck(MappedTables())
    with engine.connect() as connection:
        for statement in (ALARMS, MAINTENANCE, TENANTS):
            connection.execute(text(statement.replace("timestamptz", "text")))
        check.check(connection)
        statements: list[str] = []
        connection.connection.dbapi_connection.set_trace_callback(statements.append)  # type: ignore[union-attr]
        check.check(connection)
        assert [statement.split()[0] for statement in statements if "FROM" in statement] == ["SELECT"] * 3
        connection.execute(text("DROP TABLE tenants"))
        way_out = "map the one to read, or create an empty one with the columns id, timezone, created_at"
        with pytest.raises(ValueError, match=f"there is no table tenants; {way_out}"):
            check.check(connection)
    engine.dispose()
