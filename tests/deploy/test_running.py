"""App, worker and beat run by the commands of docs/deploy, on real servers with its users and rights."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import psycopg
import pytest
import redis
from psycopg.errors import InsufficientPrivilege

from sla_compliance.jobs.celery import beat_schedule
from sla_compliance.server.auth import WRITER
from sla_compliance.server.worker import REGULAR_SWEEP
from tests.deploy.deployment import FOLDER, SERVICES, blocks, json_command
from tests.deploy.stack import SECRETS, Stack, command_of, running_servers

APP, WORKER = "8000", "9464"
METRICS = {"Authorization": f"Bearer {SECRETS['SLA_METRICS_TOKEN']}"}
DAYS = 90


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """All services, the worker ready and one sweep done."""
    with running_servers(tmp_path_factory.mktemp("stack")) as stack, ExitStack() as services:
        for service in ("app", "worker", "beat"):
            services.enter_context(stack.running(service, command_of(service)))
        stack.until(lambda: answers(stack.url(APP, "readyz")), "app")
        sent = stack.run(sweep_command(), "worker")
        assert sent.returncode == 0, sent.stderr
        stack.until(lambda: "days stored" in stack.log("worker"), "worker")
        yield stack


def sweep_command() -> list[str]:
    """Return the command of the page that sends the first sweep."""
    (line,) = [line for block in blocks("sh") for line in block.splitlines() if line.endswith("nightly_sweep")]
    return line.split()[line.split().index("worker") + 1 :]


def answers(url: str) -> bool:
    """Whether a server answers with success."""
    try:
        return httpx2.get(url).is_success
    except httpx2.TransportError:
        return False


def token(stack: Stack, permission: str = "faults.sla.read") -> dict[str, str]:
    """Return the header with a token, as the command of the page prints one."""
    done = stack.run(["sla-compliance", "token", "--tenant", "acme", "--permission", permission], "app")
    return {"Authorization": f"Bearer {done.stdout.strip()}"}


def test_the_health_checks_of_the_files_succeed(stack: Stack) -> None:
    """That of the image for the app, the worker's own."""
    image = stack.run(json_command("HEALTHCHECK"), "app")
    assert image.returncode == 0, image.stderr
    _, *worker_check = SERVICES["worker"]["healthcheck"]["test"]
    worker = stack.run(worker_check, "worker")
    assert worker.returncode == 0, worker.stderr


def test_the_sweep_stores_days_that_the_app_answers_from(stack: Stack) -> None:
    """One tenant with an outage of 90 seconds each week."""
    with psycopg.connect(stack.dsn) as connection:
        assert connection.execute("SELECT tenant_id, count(*) FROM sla_days GROUP BY 1").fetchall() == [("acme", DAYS)]
    url = stack.url(APP, "api/v1/faults/sla/rollup-stats?days=30")
    totals = httpx2.get(url, headers=token(stack)).raise_for_status().json()
    assert totals["total_downtime_minutes"] == 6
    assert totals["is_confirmed"] is True


def test_a_reported_change_restates_a_stored_day(stack: Stack) -> None:
    """With the rights of the app's role, which may append to the trail."""
    date = (datetime.now(UTC) - timedelta(days=3)).date().isoformat()
    with psycopg.connect(stack.dsn, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO alarms (tenant_id, alarm_id, severity, title, first_occurrence, cleared_at)"
            " SELECT 'acme', 'power', 'MAJOR', 'Power', %s::date + time '09:00', %s::date + time '10:00'",
            (date, date),
        )
        change = {"changes": [{"kind": "dates", "dates": [date]}]}
        url = stack.url(APP, "api/v1/faults/sla/changes")
        assert httpx2.post(url, json=change, headers=token(stack, WRITER)).json() == {"altered_dates": [date]}
        assert connection.execute("SELECT local_date::text FROM sla_restatements").fetchall() == [(date,)]


def test_app_and_worker_are_scraped_with_the_token_alone(stack: Stack) -> None:
    """The worker has the gauges of the tenant, counted by the processes of its pool."""
    for port in (APP, WORKER):
        assert httpx2.get(stack.url(port, "metrics")).status_code == 401
    assert httpx2.get(stack.url(WORKER, "")).status_code == 404
    counted = httpx2.get(stack.url(APP, "metrics"), headers=METRICS).raise_for_status().text
    assert "sla_compliance_request_duration_seconds_bucket" in counted
    gauges = httpx2.get(stack.url(WORKER, "metrics"), headers=METRICS).raise_for_status().text
    assert 'sla_compliance_availability_ratio{days="30",tenant_id="acme"}' in gauges


def test_beat_has_its_schedule(stack: Stack) -> None:
    """It runs and has written when the tasks were last due."""
    folder = Path(stack.places["/run/sla-compliance"])
    stack.until(lambda: any(folder.glob("schedule*")), "beat")  # the library that writes it chooses the ending
    assert "Starting" in stack.log("beat")
    listing = (
        "import json; from sla_compliance.server.worker import app; print(json.dumps(list(app.conf.beat_schedule)))"
    )
    scheduled = json.loads(stack.run(["python", "-c", listing], "beat").stdout)
    assert REGULAR_SWEEP in scheduled
    assert set(beat_schedule()) < set(scheduled)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM alarms",
        "UPDATE alarms SET cleared_at = first_occurrence",
        "INSERT INTO tenants VALUES ('another', 'UTC', now())",
        "INSERT INTO sla_corrections (tenant_id) VALUES ('acme')",
        "DELETE FROM sla_days",
        "UPDATE sla_restatements SET reason = ''",
        "DELETE FROM sla_restatements",
        "UPDATE sla_statements SET digest = ''",
        "DELETE FROM sla_statements",
        "UPDATE sla_deliveries SET recipient = 'another@example.com'",
        "UPDATE sla_deliveries SET content = ''",
        "DELETE FROM sla_deliveries",
        "DELETE FROM sla_alert_states",
        "CREATE TABLE another (id int)",
    ],
)
def test_the_role_of_the_app_has_no_other_rights(stack: Stack, statement: str) -> None:
    """What the platform records and what the trail says is out of its reach."""
    url = stack.environment("app")["SLA_DATABASE_URL"]
    with psycopg.connect(url) as connection, pytest.raises(InsufficientPrivilege):
        connection.execute(statement.encode())


def test_the_role_of_the_app_may_send_reports(stack: Stack, tmp_path: Path) -> None:
    """It claims a delivery, marks it, and tries one again that failed: the file is written once."""
    contract, reports = tmp_path / "sla.toml", tmp_path / "reports"
    recipients = '[tenants.acme.reports]\nformats = ["csv"]\nfolder = "acme"\n'
    contract.write_text((FOLDER / "sla.toml").read_text(encoding="utf-8") + recipients, encoding="utf-8")
    last_month = datetime.now(UTC).replace(day=1) - timedelta(days=1)
    command = ["sla-compliance", "send-reports", "--month", f"{last_month:%Y-%m}"]
    changes = {"SLA_CONTRACT": str(contract), "SLA_REPORTS_FOLDER": str(reports)}
    failed = stack.run(command, "worker", **changes)
    assert (failed.returncode, "1 to be tried again" in failed.stdout) == (3, True), failed.stderr
    reports.mkdir()
    with psycopg.connect(stack.dsn, autocommit=True) as connection:
        connection.execute("UPDATE sla_deliveries SET due_us = 0")
    sent = stack.run(command, "worker", **changes)
    assert (sent.returncode, "1 sent" in sent.stdout) == (0, True), sent.stderr
    assert [path.name for path in (reports / "acme").iterdir()] == [f"sla-acme-{last_month:%Y-%m}.csv"]
    assert "0 sent" in stack.run(command, "worker", **changes).stdout


def test_each_user_of_valkey_reaches_its_own_keys_alone(stack: Stack) -> None:
    """And neither has commands for the server."""
    users = {
        "cache": redis.Redis.from_url(stack.environment("app")["SLA_REDIS_URL"]),
        "jobs": redis.Redis.from_url(stack.environment("worker")["SLA_BROKER_URL"]),
    }
    with users["cache"] as cache, users["jobs"] as jobs:
        assert cache.get("sla3:any") is None
        assert jobs.get("sla-jobs:any") is None
        for user, foreign_key in ((cache, "sla-jobs:any"), (jobs, "sla3:any")):
            for command in (["GET", foreign_key], ["FLUSHALL"], ["KEYS", "*"], ["CONFIG", "GET", "*"], ["ACL", "LIST"]):
                with pytest.raises(redis.exceptions.NoPermissionError):
                    user.execute_command(*command)


def test_no_command_of_app_worker_or_beat_was_refused(stack: Stack) -> None:
    """The log of refusals names only what the test above has tried."""
    with redis.Redis.from_url(stack.redis_url, decode_responses=True) as admin:
        entries = admin.acl_log()
    refused = {entry["object"] for entry in entries if entry["reason"] != "auth"}
    assert refused <= {"sla-jobs:any", "sla3:any", "flushall", "keys", "config|get", "acl|list", "get"}


def test_dashboard_and_rules_are_copied_out_of_the_package(stack: Stack) -> None:
    """By the command of the service that does it."""
    done = stack.run(command_of("monitoring-files"), "beat")
    assert done.returncode == 0, done.stderr
    names = {path.name for path in (stack.folder / "monitoring").iterdir()}
    assert names == {"alert-rules.yml", "grafana-dashboard.json"}
