"""`notify` as its user runs it: real processes, a database file, a web server that takes the alerts."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import signal
import sqlite3
import subprocess
import sysconfig
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sla_compliance.cli.commands import commands
from sla_compliance.delivery.signatures import verify_signature
from sla_compliance.server.database import prepare
from sla_compliance.stores.sqlalchemy import ddl

PROGRAM = str(Path(sysconfig.get_path("scripts")) / "sla-compliance")
SECRET = "a secret of the tests alone, long enough to sign with"  # noqa: S105
TENANTS = [f"tenant-{number}" for number in range(12)]


@dataclass
class Receiver:
    """A web server that takes alerts.

    Attributes:
        port: where.
        payloads: what it took, with a good signature.
        delay_s: how long it takes to answer.
    """

    port: int = 0
    payloads: list[dict[str, Any]] = field(default_factory=list)
    delay_s: float = 0.0

    @property
    def ids(self) -> list[str]:
        return [payload["id"] for payload in self.payloads]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    taken = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            verify_signature(body, self.headers["X-SLA-Signature"], SECRET)
            taken.payloads.append(json.loads(body))
            time.sleep(taken.delay_s)
            with contextlib.suppress(OSError):  # the worker may have been killed
                self.send_response(204)
                self.end_headers()

        def log_message(self, *_: object) -> None:
            """Write nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    taken.port = server.server_port
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield taken
    server.shutdown()
    thread.join()
    server.server_close()


@dataclass(frozen=True)
class App:
    """The app's database and contract file.

    Attributes:
        folder: of both.
        port: of the receiver.
    """

    folder: Path
    port: int

    @property
    def url(self) -> str:
        return f"sqlite:///{self.folder / 'app.sqlite'}"

    def make(self, *, has_stores: bool = True) -> None:
        """Make tenants that are down for two hours, in a month that allows less."""
        prepare(self.url, demo_at=None)
        now = dt.datetime.now(dt.UTC)
        created, start = ((now - age).isoformat(" ") for age in (dt.timedelta(days=90), dt.timedelta(hours=2)))
        with contextlib.closing(sqlite3.connect(self.folder / "app.sqlite")) as connection, connection:
            if has_stores:
                connection.executescript(ddl("sqlite"))
            for tenant_id in TENANTS:
                connection.execute("INSERT INTO tenants VALUES (?, 'Europe/Oslo', ?)", (tenant_id, created))
                connection.execute(
                    "INSERT INTO alarms (id, tenant_id, severity, status, first_occurrence, last_occurrence)"
                    " VALUES (?, ?, 'CRITICAL', 'ACTIVE', ?, ?)",
                    (tenant_id, tenant_id, start, now.isoformat(" ")),
                )
        (self.folder / "sla.toml").write_text(
            '[defaults.policy]\ntarget = "99.99"\n'
            f'[defaults.alerts]\nwebhook = "http://127.0.0.1:{self.port}/alerts"\nwebhook_may_be_http = true\n',
            encoding="utf-8",
        )

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "SLA_DATABASE_URL": self.url,
            "SLA_CONTRACT": str(self.folder / "sla.toml"),
            "SLA_WEBHOOK_SECRET": SECRET,
            "SLA_WEBHOOK_ALLOW_PRIVATE": "127.0.0.0/8",
        }

    def invoke(self, *arguments: str) -> Result:
        """Run the command in this process."""
        return CliRunner().invoke(commands, ["notify", *arguments], env=self.environment)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [PROGRAM, "notify", *arguments]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False, timeout=60)

    def start(self) -> subprocess.Popen[str]:
        """Start a worker that looks every second."""
        command = [PROGRAM, "notify", "--every", "1s"]
        return subprocess.Popen(
            command, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )


@pytest.fixture
def app(tmp_path: Path, receiver: Receiver) -> App:
    return App(tmp_path, receiver.port)


def test_one_run_tells_and_sends_and_the_next_one_nothing(app: App, receiver: Receiver) -> None:
    """Each tenant's alert is a line of the output and a signed message."""
    app.make()
    run = app.run()
    assert (run.returncode, run.stderr) == (0, "")
    assert sorted(payload["tenant_id"] for payload in receiver.payloads) == sorted(TENANTS)
    assert {payload["kind"] for payload in receiver.payloads} == {"BREACHED"}
    for payload in receiver.payloads:
        assert f"BREACHED {payload['title']} [{payload['id']}]" in run.stdout
    assert "12 tenants looked at, 12 alerts; messages: 12 made, 12 sent" in run.stdout
    again = app.run("--tenant", TENANTS[0])
    assert again.stdout == ("1 tenant looked at, 0 alerts; messages: 0 made, 0 sent, 0 to be tried again, 0 failed\n")
    assert len(receiver.payloads) == 12


def test_workers_that_are_killed_lose_nothing(app: App, receiver: Receiver) -> None:
    """Two at once, one killed after a while and the other in the midst of sending; the receiver looks at ids."""
    app.make()
    receiver.delay_s = 0.3
    first, second = app.start(), app.start()
    try:
        _wait(lambda: len(receiver.payloads) >= 1)
        first.send_signal(signal.SIGKILL)
        _wait(lambda: len(receiver.payloads) >= 4)
    finally:
        for worker in (first, second):
            worker.send_signal(signal.SIGKILL)
            worker.communicate()
    receiver.delay_s = 0.0
    for _ in range(5):
        if len(set(receiver.ids)) == len(TENANTS):
            break
        # What was claimed comes due again when the claim is over, what failed after a while; here that is now.
        with contextlib.closing(sqlite3.connect(app.folder / "app.sqlite")) as connection, connection:
            connection.execute("UPDATE sla_deliveries SET claimed_until_us = 0, due_us = 0 WHERE status = 'waiting'")
        last_run = app.run()
        assert last_run.returncode == 0, last_run.stderr
    assert len(set(receiver.ids)) == len(TENANTS)
    assert {payload["tenant_id"] for payload in receiver.payloads} == set(TENANTS)


def test_a_worker_ends_when_it_is_asked_to(app: App, receiver: Receiver) -> None:
    """It has told what there was, and ends with 0 within seconds."""
    app.make()
    worker = app.start()
    try:
        _wait(lambda: len(set(receiver.ids)) == len(TENANTS))
        worker.send_signal(signal.SIGTERM)
        output, _ = worker.communicate(timeout=20)
    finally:
        worker.kill()
    assert worker.returncode == 0
    assert len([line for line in output.splitlines() if " BREACHED " in line]) == len(TENANTS)
    assert len(receiver.ids) == len(TENANTS)


def test_a_database_without_the_tables_is_one_clear_error(app: App) -> None:
    app.make(has_stores=False)
    result = app.invoke()
    assert result.exit_code == 2
    assert "the database has no table sla_alert_states; `sla-compliance ddl` prints it" in result.stderr


def test_a_contract_file_without_recipients_is_said(app: App) -> None:
    """Else a variable that was forgotten looks like a quiet night."""
    app.make()
    (app.folder / "sla.toml").write_text('[defaults.policy]\ntarget = "99.99"\n', encoding="utf-8")
    result = app.invoke()
    assert result.exit_code == 0
    assert result.stderr.startswith("No tenant is looked at: the contract file names no recipients")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--every", "0.5s"], "--every is shorter than a second"),
        (["--every", "often"], "'often' is no length of time"),
        (["--tenant", "nobody"], "nobody"),
    ],
)
def test_bad_options_are_refused(app: App, arguments: list[str], message: str) -> None:
    app.make()
    result = app.invoke(*arguments)
    assert result.exit_code == 2
    assert message in result.stderr


def _wait(is_reached: Any) -> None:
    end_s = time.monotonic() + 40
    while not is_reached():
        assert time.monotonic() < end_s
        time.sleep(0.02)
