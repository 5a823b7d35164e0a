"""`report`, `doctor` and `settle` on a database, through the mapped tables: SQLite and PostgreSQL."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import create_engine, make_url, text

from sla_compliance.alarms import Alarm
from sla_compliance.cli.commands import commands
from tests.adapters.alarm_tables import PLATFORM_SCHEMA
from tests.adapters.guarded_platform import LAYOUT, guarded_platform
from tests.servers.databases import fresh_database
from tests.servers.fixtures import POSTGRES_CHOICES
from tests.servers.postgres import installed_binaries, running_postgres

TABLES = """
CREATE TABLE alarms (id TEXT, tenant_id TEXT, alarm_id TEXT, severity TEXT, status TEXT, alarm_type TEXT, title TEXT,
    resource_id TEXT, customer_id TEXT, subscriber_count INTEGER, first_occurrence TEXT, last_occurrence TEXT,
    cleared_at TEXT, resolved_at TEXT, source TEXT);
CREATE TABLE tenants (id TEXT, timezone TEXT, created_at TEXT);
CREATE TABLE maintenance_windows (tenant_id TEXT, start_time TEXT, end_time TEXT, status TEXT, title TEXT,
    affected_resources TEXT, affected_customers TEXT, affected_services TEXT);
INSERT INTO tenants VALUES
    ('acme', 'Africa/Lagos', '2025-01-01T00:00:00Z'), ('spotless', 'UTC', '2025-01-01T00:00:00Z');
INSERT INTO maintenance_windows (tenant_id, start_time, end_time, status)
    VALUES ('acme', '2026-10-05T10:00:00Z', '2026-10-05T10:30:00Z', 'scheduled');
INSERT INTO alarms (id, tenant_id, severity, status, first_occurrence, last_occurrence, cleared_at, source) VALUES
    ('1', 'acme', 'critical', 'cleared', '2026-10-05T10:00:00Z', NULL, '2026-10-05T11:00:00Z', 'probe'),
    ('2', 'acme', 'critical', 'active', '2026-10-20T10:00:00Z', '2026-10-20T10:05:00Z', NULL, 'probe'),
    ('3', NULL, 'critical', 'active', '2026-10-20T10:00:00Z', NULL, NULL, 'probe'),
    ('4', 'other', 'critical', 'cleared', '2026-10-06T10:00:00Z', NULL, '2026-10-06T10:10:00Z', NULL);
"""
RAISED, HOUR = datetime(2026, 10, 5, 10, tzinfo=UTC), timedelta(hours=1)
RANGE = ("--month", "2026-10", "--as-of", "2026-11-15")
JSON = ("--format", "json", "--detail", "--by", "year")
Command = Callable[..., Result]


@pytest.fixture
def on_sqlite(tmp_path: Path) -> Command:
    """Runs a command on an SQLite file."""
    url = f"sqlite:///{tmp_path / 'platform.sqlite'}"
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in filter(str.strip, TABLES.split(";")):
            connection.execute(text(statement))
    engine.dispose()
    return lambda command, *arguments: run(command, url, *arguments)


@pytest.fixture
def postgres_url(each_postgres_dsn: str) -> Iterator[str]:
    """The platform's tables on every PostgreSQL found."""
    with fresh_database(each_postgres_dsn, PLATFORM_SCHEMA) as url:
        yield url if isinstance(url, str) else url.render_as_string(hide_password=False)


def run(command: str, url: str, *arguments: str) -> Result:
    """Run a command."""
    return CliRunner().invoke(commands, [command, "--database-url", url, *RANGE, *arguments])


def records(result: Result) -> Any:
    """Return what a report wrote."""
    assert result.exit_code in {0, 1, 3}, result.output
    return json.loads(result.stdout)


def test_a_tenant_is_reported_in_its_zone_with_its_windows(on_sqlite: Command) -> None:
    """Half of the first outage is in a window; the second one lasts until the end of October in Lagos."""
    (record,) = records(on_sqlite("report", "--tenant", "acme", *JSON))
    assert record["date"] == "2026-10-01T00:00:00+01:00"
    assert record["downtime_seconds"] == 1800 + (11 * 24 + 13) * 3600
    (in_utc,) = records(on_sqlite("report", "--tenant", "acme", "--zone", "UTC", *JSON))
    assert in_utc["date"] == "2026-10-01T00:00:00+00:00"


def test_all_tenants_have_a_report(on_sqlite: Command) -> None:
    """Those without an alarm too, and those that have no row of their own where the zone is given."""
    document = records(on_sqlite("report", "--all-tenants", "--zone", "UTC", *JSON))
    downtime_s = {item["key"]: item["records"][0]["downtime_seconds"] for item in document}
    assert downtime_s == {"acme": 1800 + (11 * 24 + 14) * 3600, "other": 600, "spotless": 0}
    missing = on_sqlite("report", "--all-tenants", *JSON)
    assert (missing.exit_code, missing.stdout) == (2, "")
    assert "Missing option '--zone'" in missing.stderr


def test_windows_excuse_the_alarms_of_their_own_tenant_in_the_figure_of_all(on_sqlite: Command, tmp_path: Path) -> None:
    """Acme's window ends at 10:30, and another tenant is down from 10:20 on: 20 minutes of acme's hour are excused."""
    engine = create_engine(f"sqlite:///{tmp_path / 'platform.sqlite'}")
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM alarms WHERE id IN ('2', '3', '4')"))
        connection.execute(
            text(
                "INSERT INTO alarms (id, tenant_id, severity, first_occurrence, cleared_at) VALUES"
                " ('5', 'other', 'critical', '2026-10-05T10:20:00Z', '2026-10-05T10:40:00Z')"
            )
        )
    engine.dispose()
    table = on_sqlite("report", "--all-tenants", "--zone", "UTC").stdout
    downtime = {line.split("  ")[1].strip(): line for line in table.splitlines() if "%" in line}
    assert "0:40:00" in downtime["All together"]
    assert "0:30:00" in downtime["acme"]
    assert "0:20:00" in downtime["other"]


def test_corrections_and_settle(on_sqlite: Command, tmp_path: Path) -> None:
    """The file that settle writes settles the tenant's report."""
    path = tmp_path / "to-settle.csv"
    assert on_sqlite("settle", "--tenant", "acme", "--output", str(path)).exit_code == 0
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [line.split(",")[0] for line in lines] == ["row_id", "2"]
    filled = "row_id,ends,reason,author,entered_at\n2,2026-10-20T11:00:00Z,phone,M. Ade,2026-11-02T08:00:00Z\n"
    path.write_text(filled, encoding="utf-8")
    (record,) = records(on_sqlite("report", "--tenant", "acme", "--corrections", str(path), *JSON))
    assert (record["is_confirmed"], record["downtime_seconds"]) == (True, 1800 + 3600)


def test_a_correction_moves_a_row_of_another_month_into_the_range(on_sqlite: Command, tmp_path: Path) -> None:
    """Row 1 was raised on 5 October; what was corrected is in September's report and no longer in October's."""
    path = tmp_path / "corrections.csv"
    path.write_text(
        "row_id,starts,ends,reason,author,entered_at\n"
        "1,2026-09-05T10:00:00Z,2026-09-05T10:45:00Z,wrong month,M. Ade,2026-11-02T08:00:00Z\n",
        encoding="utf-8",
    )
    arguments = ("--month", "2026-09", "--tenant", "acme", "--corrections", str(path), *JSON)
    (record,) = records(on_sqlite("report", *arguments))
    assert record["downtime_seconds"] == 45 * 60


def test_doctor_on_a_database(on_sqlite: Command) -> None:
    """Findings of a tenant, of each, and rows without a tenant by their source."""
    result = on_sqlite("doctor", "--tenant", "acme", "--format", "json")
    assert result.exit_code == 3
    findings = {item["code"]: item for item in json.loads(result.stdout)["findings"]}
    assert findings["UNSEEN"]["at_stake_minutes"] == (11 * 24 + 13) * 60 - 5
    assert findings["UNTARGETED_WINDOW"]["at_stake_minutes"] == 30
    assert findings["WITHOUT_TENANT"]["names"] == ["probe"]
    assert "HISTORY" not in findings
    each = on_sqlite("doctor", "--all-tenants", "--zone", "UTC")
    assert each.exit_code == 3
    assert "acme: 1 alarm open and unseen for 7 days" in each.stdout
    assert "1 row without a tenant, of source probe" in each.stdout


def test_a_database_without_tables_of_tenants_and_windows(tmp_path: Path) -> None:
    """Zone and windows are those of the options, and the table has the names of the contract file."""
    url = f"sqlite:///{tmp_path / 'own.sqlite'}"
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE faults (tenant TEXT, level TEXT, raised TEXT, cleared TEXT)"))
        row = "('acme', 'critical', '2026-10-05T10:00:00Z', '2026-10-05T11:00:00Z')"
        connection.execute(text(f"INSERT INTO faults VALUES {row}"))  # noqa: S608 - the row above
        connection.execute(text("INSERT INTO faults VALUES (NULL, 'critical', '2026-10-05T10:00:00Z', NULL)"))
    engine.dispose()
    optional = (
        "resolved_at last_occurrence status id alarm_id alarm_type resource_id customer_id subscriber_count title"
    )
    lines = ['[tables.alarms]\ntable = "faults"\ntenant_id = "tenant"\nseverity = "level"\nfirst_occurrence = "raised"']
    lines += ['cleared_at = "cleared"']
    lines += [f"{name} = false" for name in optional.split()]
    (tmp_path / "sla.toml").write_text("\n".join(lines), encoding="utf-8")
    contract = ("--contract", str(tmp_path / "sla.toml"))
    (record,) = records(run("report", url, "--tenant", "acme", "--zone", "UTC", *contract, *JSON))
    assert record["downtime_seconds"] == 3600
    result = run("doctor", url, "--tenant", "acme", "--zone", "UTC", *contract)
    assert (result.exit_code, "1 row without a tenant\n" in result.stdout) == (0, True)


PLATFORM_ROWS = """
INSERT INTO tenants VALUES ('acme', 'Acme', 'Africa/Lagos', '2025-01-01T00:00:00Z');
INSERT INTO tenants VALUES ('spotless', 'Spotless', 'UTC', '2025-01-01T00:00:00Z');
INSERT INTO maintenance_windows (tenant_id, title, start_time, end_time)
    VALUES ('acme', 'work', '2026-10-05T10:00:00Z', '2026-10-05T10:30:00Z');
INSERT INTO alarms (tenant_id, alarm_id, severity, status, alarm_type, title, first_occurrence, last_occurrence,
    cleared_at) VALUES
    ('acme', '1', 'CRITICAL', 'CLEARED', 't', 't', '2026-10-05T10:00:00Z', '2026-10-05T10:00:00Z',
    '2026-10-05T11:00:00Z'),
    ('acme', '2', 'CRITICAL', 'ACTIVE', 't', 't', '2026-10-20T10:00:00Z', '2026-10-20T10:05:00Z', NULL)
"""


def test_postgresql_gives_the_same(postgres_url: str) -> None:
    """On the platform's own schema."""
    engine = create_engine(postgres_url)
    with engine.begin() as connection:
        for statement in PLATFORM_ROWS.split(";"):
            connection.execute(text(statement))
    engine.dispose()
    (record,) = records(run("report", postgres_url, "--tenant", "acme", *JSON))
    assert record["downtime_seconds"] == 1800 + (11 * 24 + 13) * 3600
    keys = [item["key"] for item in records(run("report", postgres_url, "--all-tenants", "--zone", "UTC", *JSON))]
    assert keys == ["acme", "spotless"]
    document = json.loads(run("doctor", postgres_url, "--tenant", "acme", "--format", "json").stdout)
    stakes = {item["code"]: item["at_stake_minutes"] for item in document["findings"]}
    assert stakes == {"UNSEEN": (11 * 24 + 13) * 60 - 5, "UNTARGETED_WINDOW": 30}
    settled = run("settle", postgres_url, "--tenant", "acme")
    assert settled.stdout.count("\n") == 2
    for driver in ("psycopg", "psycopg2", "asyncpg"):
        url = make_url(postgres_url).set(drivername=f"postgresql+{driver}").render_as_string(hide_password=False)
        assert records(run("report", url, "--tenant", "acme", *JSON)) == [record]


@pytest.mark.parametrize("driver", ["psycopg", "psycopg2", "asyncpg"])
def test_a_database_that_hangs_is_one_error(driver: str) -> None:
    """In time: a server that is suspended takes connections and answers nothing."""
    if POSTGRES_CHOICES == ["own"]:
        pytest.skip("a server of the user's own is not suspended")
    with running_postgres(installed_binaries()[POSTGRES_CHOICES[0]]) as server, server.hanging():
        url = server.url.replace("postgresql", f"postgresql+{driver}")
        started_s = time.monotonic()
        result = run("report", url, "--tenant", "a", "--zone", "UTC")
        waited_s = time.monotonic() - started_s
    assert waited_s < 8
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("Error: the database cannot be read: ")
    assert result.stderr.count("\n") == 1


BAD = {
    "no tenant": ((), "--database-url needs either --tenant ID or --all-tenants"),
    "both": (("--tenant", "a", "--all-tenants"), "--database-url needs either --tenant ID or --all-tenants"),
    "a file": (("rows.csv", "--tenant", "a"), "--database-url stands beside files; give one or the other"),
    "a column": (("--tenant", "a", "--column", "id=x"), "--column is about files; the columns and words of a database"),
    "keys of all": (("--all-tenants", "--each", "site"), "--all-tenants reports on each tenant; leave --each out"),
}


@pytest.mark.parametrize(("arguments", "message"), BAD.values(), ids=BAD.keys())
def test_options_that_do_not_fit_a_database(arguments: tuple[str, ...], message: str, on_sqlite: Command) -> None:
    """One message, exit code 2."""
    result = on_sqlite("report", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr


def test_options_of_a_database_without_one() -> None:
    """Files need a name."""
    missing = CliRunner().invoke(commands, ["report", "--month", "2026-10", "--zone", "UTC"])
    assert "Missing argument 'FILE...'; give a file, or --database-url URL" in missing.stderr
    tenants = CliRunner().invoke(commands, ["report", "x.csv", "--month", "2026-10", "--zone", "UTC", "--all-tenants"])
    assert "--all-tenants is about a database; of files, give --each tenant_id" in tenants.stderr


def test_a_database_that_cannot_be_read(tmp_path: Path) -> None:
    """One message that shows no password."""
    result = run("report", "postgresql://user:hunter2@127.0.0.1:1/platform", "--tenant", "a", "--zone", "UTC")
    assert result.exit_code == 2
    assert "the database cannot be read" in result.stderr
    assert "hunter2" not in result.output
    path = tmp_path / "empty.sqlite"
    no_file = run("report", f"sqlite:///{path}", "--tenant", "a", "--zone", "UTC")
    assert (no_file.exit_code, path.exists()) == (2, False)
    assert "which does not exist" in no_file.stderr
    path.touch()
    no_table = run("report", f"sqlite:///{path}", "--tenant", "a", "--zone", "UTC")
    assert "there is no table alarms" in no_table.stderr


def test_a_database_that_hides_rows_is_refused(postgres_dsn: str) -> None:
    """Row-level security without its setting would read as no alarms; a role that sees all rows reads them."""
    with guarded_platform(postgres_dsn) as platform:
        LAYOUT.store(platform.admin, "acme", [Alarm(RAISED, RAISED + HOUR, id="1")])
        platform.execute("INSERT INTO tenants (id, timezone, created_at) VALUES ('acme', 'UTC', '2025-01-01Z')")
        for who in (("--tenant", "acme"), ("--all-tenants",)):
            app = run("report", platform.app_url.render_as_string(hide_password=False), *who, *JSON)
            assert app.exit_code == 2
            assert "is under row-level security for the role sla_app_" in app.stderr
            assert "BYPASSRLS" in app.stderr
            admin = run("report", platform.admin.url.render_as_string(hide_password=False), *who, *JSON)
            assert '"downtime_seconds": 3600' in admin.stdout


def test_a_zone_that_is_none_names_its_tenant(on_sqlite: Command, tmp_path: Path) -> None:
    """Of many tenants it is one; the contract file mends it."""
    engine = create_engine(f"sqlite:///{tmp_path / 'platform.sqlite'}")
    with engine.begin() as connection:
        connection.execute(text("UPDATE tenants SET timezone = 'GMT+1' WHERE id = 'acme'"))
    engine.dispose()
    refused = on_sqlite("report", "--tenant", "acme", *JSON)
    assert refused.exit_code == 2
    assert "zone of tenant 'acme' is 'GMT+1', not a time zone" in refused.stderr
    path = tmp_path / "sla.toml"
    path.write_text('[tenants.acme]\nzone = "Africa/Lagos"', encoding="utf-8")
    assert records(on_sqlite("report", "--tenant", "acme", "--contract", str(path), *JSON))
