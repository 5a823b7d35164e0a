"""Every command of the command line, each as a process on small input."""
################################################################
# Run as a program, it checks the environment that it runs in: each command works
# where the extras that it needs are installed, and else says in one line which one
# to install. It uses the standard library alone, so it runs where nothing else is.
################################################################

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import sys
import sysconfig
import tempfile
import time
import urllib.request
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution, requires
from pathlib import Path

from tests.servers.process import free_port

PACKAGE = "sla-compliance"
SCRIPT = str(Path(sysconfig.get_path("scripts")) / PACKAGE)
WITHIN_S = 60

EXPORT = """\
tenant_id,severity,first_occurrence,cleared_at
acme,major,2026-10-01 10:00:00+00,2026-10-01 10:00:01+00
"""
TABLES = """\
CREATE TABLE alarms (id TEXT, tenant_id TEXT, alarm_id TEXT, severity TEXT, status TEXT, alarm_type TEXT, title TEXT,
    resource_id TEXT, customer_id TEXT, subscriber_count INTEGER, first_occurrence TEXT, last_occurrence TEXT,
    cleared_at TEXT, resolved_at TEXT);
"""
APP_TABLES = """\
CREATE TABLE tenants (id TEXT, timezone TEXT, created_at TEXT);
INSERT INTO tenants VALUES ('acme', 'UTC', '2026-01-01T00:00:00Z');
CREATE TABLE maintenance_windows (tenant_id TEXT, start_time TEXT, end_time TEXT, status TEXT, title TEXT,
    affected_resources TEXT, affected_customers TEXT, affected_services TEXT);
CREATE TABLE sla_days (tenant_id TEXT, local_date DATE, zone TEXT, measurement TEXT, agreement TEXT, start_us BIGINT,
    end_us BIGINT, cells_us TEXT, optimistic_cells_us TEXT, pessimistic_cells_us TEXT, facts TEXT, rows_read BIGINT,
    rules_version INTEGER, as_of_us BIGINT, tz_version TEXT, written_us BIGINT, changes_applied INTEGER);
CREATE TABLE sla_changes (tenant_id TEXT, local_date DATE, changes_reported INTEGER,
    PRIMARY KEY (tenant_id, local_date));
CREATE TABLE sla_alert_states (tenant_id TEXT PRIMARY KEY, content TEXT, version BIGINT);
CREATE TABLE sla_deliveries (delivery_id TEXT PRIMARY KEY, message_id TEXT, tenant_id TEXT, kind TEXT, channel TEXT,
    recipient TEXT, content TEXT, created_us BIGINT, due_us BIGINT, status TEXT, attempts INTEGER, error TEXT,
    finished_us BIGINT, claimed_until_us BIGINT);
"""

ANSWERS = ("incidents", "explain", "budget", "trend", "statement")

EXTRAS_NEEDED: Mapping[str, frozenset[str]] = {
    "--help": frozenset({"cli"}),
    "report": frozenset({"cli"}),
    "report html": frozenset({"cli"}),
    "report pdf": frozenset({"cli", "pdf"}),
    "report xlsx": frozenset({"cli", "xlsx"}),
    "doctor": frozenset({"cli"}),
    "incidents": frozenset({"cli"}),
    "explain": frozenset({"cli"}),
    "budget": frozenset({"cli"}),
    "trend": frozenset({"cli"}),
    "statement": frozenset({"cli"}),
    "verify": frozenset({"cli"}),
    "settle": frozenset({"cli"}),
    "contract": frozenset({"cli"}),
    "demo": frozenset({"cli"}),
    "ddl": frozenset({"cli", "sqlalchemy"}),
    "check sqlite": frozenset({"cli", "sqlalchemy"}),
    "check postgresql": frozenset({"cli", "sqlalchemy"}),
    "reconcile": frozenset({"cli", "serve"}),
    "invalidate": frozenset({"cli", "serve"}),
    "notify": frozenset({"cli", "serve"}),
    "token": frozenset({"cli", "serve"}),
    "serve": frozenset({"cli", "serve"}),
}


@dataclass(frozen=True)
class Outcome:
    """What a command did."""

    exit_code: int
    output: str
    errors: str

    @property
    def extra_to_install(self) -> str | None:
        """The extra that its only line names; None where it does not end like that."""
        said = re.fullmatch(r"Error: \S+ needs packages .*; pip install 'sla-compliance\[(\w+)\]'\n", self.errors)
        return said[1] if said and self.exit_code == 2 and not self.output else None


def run(command: str, folder: Path, **environment: str) -> Outcome:
    """Run a command in a folder of its own."""
    folder.mkdir(parents=True)
    plain_environment = {"PATH": os.environ["PATH"], "SLA_JWT_SECRET": "x" * 32, **environment}
    if command == "serve":
        return _serve(folder, plain_environment)
    return _finished(_start(_arguments(command, folder), folder, plain_environment))


def is_working(command: str, outcome: Outcome) -> bool:
    """Whether it did what it does where nothing is missing."""
    if command == "check sqlite":
        return outcome.exit_code == 1 and "lacks its index" in outcome.errors and "CREATE INDEX" in outcome.output
    if command == "check postgresql":  # nothing listens there, so the driver was asked
        says_so = re.fullmatch(r"Error: the database cannot be read: .*[Cc]onnect.* refused.*\n", outcome.errors)
        return outcome.exit_code == 2 and (says_so is not None or "Connect call failed" in outcome.errors)
    writes_a_file = command.startswith("report ")
    return outcome.exit_code == 0 and (outcome.output == "") == writes_a_file and "Error" not in outcome.errors


def _arguments(command: str, folder: Path) -> Sequence[str]:
    command, _, document_format = command.partition(" ") if command.startswith("report ") else (command, "", "")
    if command in ("report", "doctor", "settle", *ANSWERS):
        (folder / "alarms.csv").write_text(EXPORT, encoding="utf-8")
        if command == "doctor":  # time before the first row is in doubt where nothing says that it was monitored
            return ("doctor", "alarms.csv", "--zone", "UTC", "--from", "2026-10-01", "--monitored-since", "2026-10-01")
        # These rows have neither resources nor ids.
        own = {"statement": ("--tenant", "acme", "--issued-by", "a job"), "explain": ("--by", "tenant_id")}
        period = ("--from", "2026-10-01", "--to", "2026-10-01", "--as-of", "2026-10-03")
        output = ("--output", f"report.{document_format}") if document_format else ()
        return (command, "alarms.csv", "--zone", "UTC", *period, *own.get(command, ()), *output)
    if command == "verify":
        pack = folder / "pack.zip"
        arguments = _arguments("statement", folder)
        _finished(_start((*arguments, "--evidence", str(pack)), folder, {"PATH": os.environ["PATH"]}))
        return ("verify", "pack.zip")
    if command == "contract":
        (folder / "sla.toml").write_text("[tenants.acme.policy]\ntarget = 99.95\n", encoding="utf-8")
        return ("contract", "check", "sla.toml")
    if command == "check sqlite":
        with closing(sqlite3.connect(folder / "platform.sqlite")) as database:
            database.executescript(TABLES)
        return ("check", "--database-url", "sqlite:///platform.sqlite")
    if command == "check postgresql":
        return ("check", "--database-url", f"postgresql://127.0.0.1:{free_port()}/platform")
    if command in ("reconcile", "invalidate", "notify"):
        with closing(sqlite3.connect(folder / "platform.sqlite")) as database:
            database.executescript(TABLES + APP_TABLES)
        options = ("--tenant", "acme", "--date", "2026-10-01") if command == "invalidate" else ()
        return (command, "--database-url", "sqlite:///platform.sqlite", *options)
    other_options = {"ddl": ("--dialect", "sqlite"), "token": ("--tenant", "acme")}
    return (command, *other_options.get(command, ()))


def _start(arguments: Sequence[str], folder: Path, environment: Mapping[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [SCRIPT, *arguments],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _finished(process: subprocess.Popen[str]) -> Outcome:
    try:
        output, errors = process.communicate(timeout=WITHIN_S)
    finally:
        process.kill()
    return Outcome(process.returncode, output, errors)


def _serve(folder: Path, environment: Mapping[str, str]) -> Outcome:
    """Run the server until it is ready or has ended, then stop it."""
    port = free_port()
    process = _start(("serve", "--port", str(port)), folder, environment)
    give_up_at = time.monotonic() + WITHIN_S
    while process.poll() is None and time.monotonic() < give_up_at and not _is_ready(port):
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    return _finished(process)


def _is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def requirements() -> dict[str, set[str]]:
    """Return the packages of each extra, as the installed package's metadata has them."""
    packages: dict[str, set[str]] = {}
    for requirement in requires(PACKAGE) or ():
        extra = re.search(r"""extra == ['"](\w+)['"]""", requirement)
        if extra is not None:
            name = re.match(r"[\w.-]+", requirement)
            assert name is not None, requirement
            packages.setdefault(extra[1], set()).add(name[0])
    return packages


def _is_installed(package: str) -> bool:
    try:
        distribution(package)
    except PackageNotFoundError:
        return False
    return True


def main() -> None:
    """Check every command in the environment that runs this program; a failure is a non-zero exit code."""
    installed = {extra for extra, packages in requirements().items() if all(map(_is_installed, packages))}
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        for command, needed in EXTRAS_NEEDED.items():
            outcome = run(command, Path(folder) / command)
            if is_working(command, outcome):
                print(f"{command}: works")
            elif outcome.extra_to_install in needed - installed:
                print(f"{command}: {outcome.errors.strip()}")
            else:
                print(f"{command}: FAILED with {outcome}")
                failures += 1
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
