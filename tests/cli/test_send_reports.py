"""`send-reports` as its user runs it: real processes, PostgreSQL and SQLite, a mail server, a folder."""

from __future__ import annotations

import asyncio
import datetime as dt
import email
import email.policy
import io
import json
import os
import signal
import subprocess
import sysconfig
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import URL, create_engine, make_url, text

from sla_compliance.cli.commands import commands
from sla_compliance.server.database import prepare
from sla_compliance.stores.sqlalchemy import ddl
from tests.adapters.alarm_tables import PLATFORM_SCHEMA
from tests.delivery.smtp_server import MailBox, Taken, mail_box
from tests.servers.databases import fresh_database

PROGRAM = str(Path(sysconfig.get_path("scripts")) / "sla-compliance")
TENANTS = ["acme", "beta", "quiet"]
CONTRACT = """
[defaults.policy]
target = "99.9"
[defaults.reports]
title = "Monthly report"
formats = ["pdf", "xlsx", "csv"]
email = ["ana@example.com", "Bo <bo@example.com>"]
[tenants.beta]
zone = "Pacific/Kiritimati"
[tenants.beta.reports]
email = []
folder = "beta"
[tenants.quiet]
zone = "UTC"
[tenants.quiet.reports]
only_if = "breached"
"""


def last_month() -> dt.date:
    """Return the first date of the month before the last, which is closed in every zone."""
    first = dt.datetime.now(dt.UTC).date().replace(day=1)
    return (first - dt.timedelta(days=40)).replace(day=1)


INSERT_ALARM = """
    INSERT INTO alarms (id, tenant_id, alarm_id, alarm_type, title, severity, status,
                        first_occurrence, last_occurrence, cleared_at)
    VALUES (:id, :tenant_id, 'LOS-7', 'LOS', 'Fibre cut', 'CRITICAL', 'CLEARED', :start, :start, :end)
"""
MONTH = f"{last_month():%Y-%m}"


@dataclass(frozen=True)
class App:
    """The app's database, contract file and folder of reports, and a mail server.

    Attributes:
        url: of the database, as the command takes it.
        folder: of the contract file and of the reports.
        box: the mail server.
    """

    url: str
    folder: Path
    box: MailBox

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "SLA_DATABASE_URL": self.url,
            "SLA_CONTRACT": str(self.folder / "sla.toml"),
            "SLA_REPORTS_FOLDER": str(self.folder / "reports"),
            "SLA_SMTP_HOST": "127.0.0.1",
            "SLA_SMTP_PORT": str(self.box.port),
            "SLA_SMTP_TLS": "none",
            "SLA_SMTP_SENDER": "reports@example.com",
        }

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        command = [PROGRAM, "send-reports", "--month", MONTH, *arguments]
        return subprocess.Popen(
            command, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def run(self, *arguments: str) -> tuple[int | None, str, str]:
        process = self.start(*arguments)
        output, errors = process.communicate(timeout=90)
        return process.returncode, output, errors

    def invoke(self, *arguments: str) -> Result:
        """Run a command in this process."""
        return CliRunner().invoke(commands, arguments, env=self.environment)

    def records(self) -> list[dict[str, object]]:
        result = self.invoke("deliveries", "--format", "json")
        records: list[dict[str, object]] = json.loads(result.stdout)["deliveries"]
        return records

    @property
    def ids(self) -> Counter[tuple[str, str]]:
        """How often each recipient got each message."""
        return Counter((_address(taken), str(taken.mail["Message-ID"])) for taken in self.box.mails)


def _address(taken: Taken) -> str:
    return taken.recipients[0].partition("<")[2].rstrip(">")


@contextmanager
def mail_server() -> Iterator[MailBox]:
    """Run the mail server on a loop in a thread."""
    boxes: list[MailBox] = []
    ends: list[Callable[[], object]] = []
    ready = threading.Event()

    async def serve() -> None:
        stop, loop = asyncio.Event(), asyncio.get_running_loop()
        async with mail_box() as box:
            boxes.append(box)
            ends.append(lambda: loop.call_soon_threadsafe(stop.set))
            ready.set()
            await stop.wait()

    # It ends by cancelling the conversations that hang.
    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert ready.wait(10)
    try:
        yield boxes[0]
    finally:
        ends[0]()
        thread.join(10)


@pytest.fixture(params=["postgresql"])
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[App]:
    """One tenant was down for two hours in the month; one goes to a folder, one only if its month is lost."""
    (tmp_path / "sla.toml").write_text(CONTRACT, encoding="utf-8")
    (tmp_path / "reports").mkdir()
    with mail_server() as box:
        if request.param == "sqlite":
            url = make_url(f"sqlite:///{tmp_path / 'app.sqlite'}")
            prepare(str(url), demo_at=None)
            _fill(url, ddl("sqlite"))
            yield App(str(url), tmp_path, box)
            return
        with fresh_database(request.getfixturevalue("postgres_dsn"), PLATFORM_SCHEMA, ddl("postgresql")) as url:
            _fill(url)
            plain_url = url.set(drivername="postgresql").render_as_string(hide_password=False)
            yield App(plain_url, tmp_path, box)


def _fill(url: URL, script: str = "") -> None:
    start = dt.datetime.combine(last_month(), dt.time(12), dt.UTC)
    created = start - dt.timedelta(days=200)
    # The platform's own table has names, too.
    name, value = (", name", ", :id") if url.get_backend_name() == "postgresql" else ("", "")
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in filter(str.strip, script.split(";")):
            connection.execute(text(statement))
        for tenant_id in TENANTS:
            insert = f"INSERT INTO tenants (id, timezone, created_at{name}) VALUES (:id, 'UTC', :created{value})"  # noqa: S608
            connection.execute(text(insert), {"id": tenant_id, "created": created.isoformat(" ")})
        for tenant_id in TENANTS[:2]:
            values = {
                "id": str(uuid.uuid4()),
                "tenant_id": tenant_id,
                "start": start.isoformat(" "),
                "end": (start + dt.timedelta(hours=2)).isoformat(" "),
            }
            connection.execute(text(INSERT_ALARM), values)
    engine.dispose()


@pytest.mark.parametrize("app", ["sqlite", "postgresql"], indirect=True)
def test_reports_are_sent_once(app: App) -> None:
    """To each recipient a mail with all files, to the folder the files; a second run sends nothing."""
    dry_run = app.run("--dry-run")
    assert dry_run[:2] == (
        0,
        "acme: would go to 2 recipients, unless it was sent before\n"
        "beta: would go to 1 recipient, unless it was sent before\n"
        "quiet: the month is met; not sent, as its reports.only_if says\n",
    )
    assert not app.box.mails
    code, output, errors = app.run()
    assert (code, errors) == (0, "")
    assert "acme: to 2 recipients, 2 of them new\n" in output
    assert output.endswith("Deliveries: 3 sent, 0 to be tried again, 0 failed\n")
    assert sorted(map(_address, app.box.mails)) == ["ana@example.com", "bo@example.com"]
    mail = email.message_from_bytes(app.box.mails[0].raw, policy=email.policy.default)
    names = [part.get_filename() for part in mail.iter_attachments()]
    assert names == [f"sla-acme-{MONTH}.{ending}" for ending in ("pdf", "xlsx", "csv")]
    pdf, book, _ = (part.get_payload(decode=True) for part in mail.iter_attachments())
    assert isinstance(pdf, bytes)
    assert isinstance(book, bytes)
    assert pdf.startswith(b"%PDF-")
    assert openpyxl.load_workbook(io.BytesIO(book)).worksheets
    assert {path.name for path in (app.folder / "reports" / "beta").iterdir()} == {
        f"sla-beta-{MONTH}.{ending}" for ending in ("pdf", "xlsx", "csv")
    }
    assert {(record["kind"], record["status"]) for record in app.records()} == {("report", "sent")}
    code, output, _ = app.run()
    assert (code, output.splitlines()[0]) == (0, "acme: to 2 recipients, 0 of them new")
    assert output.endswith("Deliveries: 0 sent, 0 to be tried again, 0 failed\n")
    assert len(app.box.mails) == 2


def test_two_at_once_send_once(app: App) -> None:
    """Whoever claims a delivery sends it."""
    processes = [app.start() for _ in range(2)]
    for process in processes:
        _, errors = process.communicate(timeout=90)
        assert (process.returncode, errors) == (0, "")
    assert set(app.ids.values()) == {1}
    assert len(app.ids) == 2


def test_one_that_is_killed_loses_nothing(app: App) -> None:
    """In the midst of sending: what it had claimed is sent again under the same id."""
    app.box.replies["CONTENT"] = "hang"
    process = app.start("--tenant", "acme")
    give_up_s = time.monotonic() + 60
    while not app.box.mails and time.monotonic() < give_up_s:
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    app.box.replies.clear()
    engine = create_engine(make_url(app.url).set(drivername="postgresql+psycopg") if "postgres" in app.url else app.url)
    with engine.begin() as connection:
        # What was claimed comes due again when the claim is over; here that is now.
        connection.execute(text("UPDATE sla_deliveries SET claimed_until_us = 0, due_us = 0 WHERE status = 'waiting'"))
    engine.dispose()
    code, output, errors = app.run("--tenant", "acme")
    assert (code, errors) == (0, "")
    assert output == ("acme: to 2 recipients, 0 of them new\nDeliveries: 2 sent, 0 to be tried again, 0 failed\n")
    assert {recipient for recipient, _ in app.ids} == {"ana@example.com", "bo@example.com"}
    assert len(app.ids) == 2


def test_what_cannot_be_sent_is_said(app: App) -> None:
    """A mail server that refuses: the log has why, and the run ends with 3."""
    app.box.replies["CONTENT"] = "451 later"
    code, output, _ = app.run("--tenant", "acme")
    assert (code, output.splitlines()[-1]) == (3, "Deliveries: 0 sent, 2 to be tried again, 0 failed")
    assert all("451 later" in str(record["error"]) for record in app.records())
    unknown = app.invoke("send-reports", "--month", MONTH, "--tenant", "nobody")
    assert (unknown.exit_code, "nobody" in unknown.stderr) == (2, True)


def test_a_month_that_is_not_over_is_not_sent(app: App) -> None:
    """It says when it is closed."""
    this_month = f"{dt.datetime.now(dt.UTC):%Y-%m}"
    early = app.invoke("send-reports", "--month", this_month, "--tenant", "acme")
    assert (early.exit_code, early.stdout.startswith("acme: the month is closed on ")) == (3, True), early.stderr
    bad = app.invoke("send-reports", "--month", "x")
    assert (bad.exit_code, "--month is 'x'" in bad.stderr) == (2, True)
