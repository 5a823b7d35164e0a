"""`sla-compliance contract`, and `report --contract`: what is given on the command line wins over the file."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sla_compliance.cli.commands import commands
from sla_compliance.settings import loads
from sla_compliance.settings.schema import json_schema
from sla_compliance.settings.words import contract_text

ALARMS = """\
tenant_id,id,level,first_occurrence,cleared_at
acme,1,major,2026-10-01T10:00:00+01:00,2026-10-01T10:10:00+01:00
acme,2,minor,2026-10-01T23:00:00+01:00,2026-10-01T23:05:00+01:00
"""
CONTRACT = """
[defaults]
zone = "Africa/Lagos"
[defaults.policy]
target = "98"
[tenants.acme]
service_hours = "mon-sun 08:00-18:00"
in_service.to = 2026-10-01
monitored_since = 2026-10-01T09:00:00+01:00
[tenants.acme.policy]
target = 99.5
severities = ["major", "minor"]
[rows]
columns = {severity = "level"}
"""
TIMES_AND_MORE = (
    "first_occurrence", "cleared_at", "resolved_at", "last_occurrence", "status", "alarm_id", "alarm_type", "title",
    "resource_id", "customer_id", "subscriber_count",
)  # fmt: skip
REPORT = ("report", "alarms.csv", "--from", "2026-10-01", "--to", "2026-10-02", "--as-of", "2026-10-03")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an export and a contract."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "alarms.csv").write_text(ALARMS, encoding="utf-8")
    (tmp_path / "sla.toml").write_text(CONTRACT, encoding="utf-8")
    return tmp_path


def run(*arguments: str) -> Result:
    """Run a command."""
    return CliRunner().invoke(commands, arguments, env={"COLUMNS": "80", "TERM": "dumb"})


def records(*options: str) -> list[dict[str, Any]]:
    """Return the records of a report by the contract, in detail."""
    result = run(*REPORT, "--contract", "sla.toml", "--format", "json", "--detail", *options)
    assert result.exit_code in {0, 1, 3}, result.output
    return [dict(record) for record in json.loads(result.stdout)]


def test_a_contract_is_read_out() -> None:
    """In words; exit code 0."""
    result = run("contract", "check", "sla.toml")
    assert (result.exit_code, result.stdout) == (0, contract_text(loads(CONTRACT), "sla.toml") + "\n")


def test_all_faults_of_a_contract_are_listed(folder: Path) -> None:
    """One a line, with its path; exit code 2."""
    (folder / "sla.toml").write_text('[tenants.acme.policy]\ntarget = "999"\nmerge_gab = "5 min"', encoding="utf-8")
    for arguments in (("contract", "check", "sla.toml"), (*REPORT, "--contract", "sla.toml")):
        result = run(*arguments)
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr.splitlines() == [
            "Error: sla.toml has 2 faults:",
            "  tenants.acme.policy.target is '999'; give a percentage from 0 to 100, such as 99.9",
            '  tenants.acme.policy.merge_gab is no key of a contract file; did you mean "merge_gap"?',
        ]


def test_logos_that_cannot_be_used_are_faults(folder: Path) -> None:
    """They are read when a report is made, on the first of a month; here they are missed before."""
    logos = '[defaults.reports]\nlogo = "logo.png"\n[tenants.acme.reports]\nlogo = "sla.toml"\n[tenants.beta]\n'
    (folder / "sla.toml").write_text(logos, encoding="utf-8")
    result = run("contract", "check", "sla.toml")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.splitlines() == [
        "Error: sla.toml has 2 faults:",
        "  defaults.reports.logo is 'logo.png', which cannot be read: No such file or directory",
        "  tenants.acme.reports.logo is 'sla.toml', which is no PNG, JPEG or SVG; give one of these",
    ]
    (folder / "logo.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    assert run("contract", "check", "sla.toml").stderr.splitlines()[0] == "Error: sla.toml has 1 fault:"


@pytest.mark.parametrize(("name", "fault"), [("none.toml", "No such file or directory"), (".", "Is a directory")])
def test_a_file_that_cannot_be_read_is_named(name: str, fault: str) -> None:
    """In one line; exit code 2."""
    result = run("contract", "check", name)
    assert (result.exit_code, result.stderr) == (2, f"Error: {name}: {fault}\n")


def test_the_schema_is_printed() -> None:
    """As JSON."""
    result = run("contract", "schema")
    assert json.loads(result.stdout) == json_schema()


def test_a_report_takes_all_of_a_tenants_agreement() -> None:
    """Zone, policy, hours, service, monitoring, and how rows are read."""
    first, second = records("--tenant", "acme")
    assert (first["date"], first["target_percentage"]) == ("2026-10-01T00:00:00+01:00", 99.5)
    assert first["downtime_seconds"] == 600
    lengths_us = first["segments"]
    assert lengths_us["OUT_OF_HOURS/DOWN"] == 300_000_000  # the minor alarm at 23:00
    assert lengths_us["AGREED/UNKNOWN"] == 3_600_000_000  # 08:00 to 09:00
    assert {cell.partition("/")[0] for cell, length_us in second["segments"].items() if length_us} == {"NOT_IN_SERVICE"}


def test_without_a_tenant_the_defaults_hold() -> None:
    """For a tenant that the file does not name, too; a note says so."""
    assert records()[0]["target_percentage"] == 98
    result = run(*REPORT, "--contract", "sla.toml", "--tenant", "Acme")
    assert "Note: sla.toml does not name tenant 'Acme'; its defaults apply.\n" in result.stderr


def test_options_win_over_the_file_each_by_itself() -> None:
    """The rest of the policy stays the file's."""
    (first, _) = records(
        "--tenant", "acme", "--target", "99.9", "--zone", "UTC", "--service-hours", "mon-sun 00:00-24:00"
    )
    assert (first["date"], first["target_percentage"]) == ("2026-10-01T00:00:00+00:00", 99.9)
    assert first["downtime_seconds"] == 900


def test_an_option_at_its_default_wins_where_it_is_given() -> None:
    """It was written, so it was meant."""
    assert records("--target", "99.9")[0]["target_percentage"] == 99.9


def test_columns_of_both_are_mapped(folder: Path) -> None:
    """Those of the command line over those of the file."""
    (folder / "alarms.csv").write_text(ALARMS.replace("level", "grade").replace("cleared_at", "end"), encoding="utf-8")
    first, _ = records("--tenant", "acme", "--column", "severity=grade", "--column", "cleared_at=end")
    assert first["downtime_seconds"] == 600


def test_bad_rows_are_set_aside_where_the_file_says_so(folder: Path) -> None:
    """Unless the command line says otherwise."""
    with (folder / "sla.toml").open("a", encoding="utf-8") as file:
        file.write('on_invalid = "quarantine"\nclock_skew = "0 s"\n')
    with (folder / "alarms.csv").open("a", encoding="utf-8") as file:
        file.write("acme,3,major,2026-10-01T12:00:00Z,2026-10-01T11:59:00Z\n")
    assert "1 bad row" in run(*REPORT, "--contract", "sla.toml").stderr
    assert run(*REPORT, "--contract", "sla.toml", "--on-invalid", "raise").exit_code == 2
    assert run(*REPORT, "--contract", "sla.toml", "--on-invalid", "raise", "--clock-skew", "1m").exit_code in {0, 1, 3}


def test_a_zone_is_needed_from_either(folder: Path) -> None:
    """The message says both ways."""
    (folder / "sla.toml").write_text("", encoding="utf-8")
    for options in ((), ("--contract", "sla.toml")):
        result = run(*REPORT, *options)
        assert result.exit_code == 2
        assert "Missing option '--zone'; give it, or a --contract that says the zone." in result.stderr


def test_logs_of_changes_are_read_as_the_file_says(folder: Path) -> None:
    """Its words, columns and zone of times; an option wins over each of them."""
    (folder / "alarms.csv").write_text(
        "When,State\n2026-10-01 00:00,UP\n2026-10-01 10:00,DOWN\n2026-10-01 11:00,PAUSED\n2026-10-01 12:00,UP\n",
        encoding="utf-8",
    )
    (folder / "sla.toml").write_text(
        'defaults.zone = "UTC"\nrows.times_in = "UTC"\n'
        '[rows.changes]\nat = "When"\nstate = "State"\ndown = "DOWN"\nbefore = "up"\n',
        encoding="utf-8",
    )
    assert records()[0]["downtime_seconds"] == 3600
    assert records("--down", "DOWN,PAUSED")[0]["downtime_seconds"] == 7200
    assert records("--times-in", "Africa/Lagos")[0]["downtime_seconds"] == 3600


def test_tenants_of_a_log_that_never_failed_have_a_report_by_their_own_terms(folder: Path) -> None:
    """And each is unknown before its own first row: none may vanish, for what vanishes looks perfect."""
    rows = "acme,2026-10-01T00:00:00Z,up\nother,2026-10-01T06:00:00Z,up\nother,2026-10-01T12:00:00Z,down\n"
    (folder / "alarms.csv").write_text(f"tenant_id,at,state\n{rows}third,2026-09-01T00:00:00Z,up\n", encoding="utf-8")
    (folder / "sla.toml").write_text('defaults.zone = "UTC"\ntenants.acme.policy.target = "95"\n', encoding="utf-8")
    log = ("--changes", "state", "--down", "down", "--per", "tenant_id", "--each", "tenant_id")
    dates = ("--from", "2026-10-01", "--to", "2026-10-01", "--as-of", "2026-10-02")
    result = run("report", "alarms.csv", "--contract", "sla.toml", *dates, *log, "--format", "json", "--detail")
    by_tenant = {item["key"]: item["records"][0] for item in json.loads(result.stdout)}
    hours = {key: (record["uptime_seconds"] / 3600, record["is_confirmed"]) for key, record in by_tenant.items()}
    assert hours == {"acme": (24, True), "other": (6, True), "third": (24, True)}
    assert by_tenant["acme"]["target_percentage"] == 95
    assert by_tenant["other"]["downtime_seconds"] == 12 * 3600


def test_indexes_are_those_of_the_tables_that_the_file_names(folder: Path) -> None:
    """`ddl` prints them, `check` looks for them."""
    (folder / "sla.toml").write_text('[tables.alarms]\ntable = "faults"\nseverity = "level"', encoding="utf-8")
    statements = run("ddl", "--dialect", "sqlite", "--contract", "sla.toml").stdout
    index = next(line for line in statements.splitlines() if "faults" in line)
    assert '("tenant_id", "level", "first_occurrence", "cleared_at")' in index
    columns = ("id", "tenant_id", "level", *TIMES_AND_MORE)
    with closing(sqlite3.connect(folder / "platform.sqlite")) as database:
        database.execute(f"CREATE TABLE faults ({', '.join(f'{column} TEXT' for column in columns)})")
    check = ("check", "--database-url", "sqlite:///platform.sqlite", "--contract", "sla.toml")
    assert run(*check).exit_code == 1
    with closing(sqlite3.connect(folder / "platform.sqlite")) as database:
        database.executescript(index)
    assert (run(*check).exit_code, run(*check[:3]).exit_code) == (0, 2)
