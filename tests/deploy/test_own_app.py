"""The complete app of docs/deploy.md runs as printed: endpoint, worker, beat and metrics on real servers."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import httpx2
import jwt
import psycopg
import pytest

from tests.deploy.deployment import blocks
from tests.deploy.stack import SECRETS, Stack, running_servers
from tests.servers.process import free_port

MODULE: Final = "platform_app"
PORT: Final = "8000"
METRICS: Final = {"Authorization": f"Bearer {SECRETS['SLA_METRICS_TOKEN']}"}


@dataclass(frozen=True)
class OwnApp:
    """The app, its worker and beat."""

    stack: Stack
    environment: dict[str, str]

    def get(self, path: str, **headers: str) -> httpx2.Response:
        """Request a path."""
        return httpx2.get(self.stack.url(PORT, path), headers=headers, timeout=30)

    def is_ready(self) -> bool:
        """Whether the app answers, with a 200 of its own readiness."""
        try:
            return self.get("readyz").is_success
        except httpx2.TransportError:
            return False


def commands() -> dict[str, list[str]]:
    """Return the commands of the page that run the file, by what they run."""
    (block,) = [block for block in blocks("sh") if f"{MODULE}:app" in block]
    lines = [line.split() for line in block.splitlines() if not line.startswith("pip ")]
    return dict(zip(("app", "worker", "beat"), lines, strict=True))


@pytest.fixture(scope="module")
def own_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnApp]:
    """The file as it is printed, started by the commands below it."""
    (code,) = [block for block in blocks("py") if block.startswith(f"# {MODULE}.py\n")]
    with running_servers(tmp_path_factory.mktemp("own")) as stack, ExitStack() as services:
        (stack.folder / f"{MODULE}.py").write_text(code, encoding="utf-8")
        environment = stack.environment("app") | stack.environment("worker")
        del environment["PROMETHEUS_MULTIPROC_DIR"]
        for name, command in commands().items():
            services.enter_context(stack.running(name, command, environment))
        app = OwnApp(stack, environment)
        stack.until(app.is_ready, "app")
        yield app


def bearer(**claims: object) -> str:
    """Return the header of a user of the platform."""
    claims = {"aud": "platform", "exp": datetime.now(UTC) + timedelta(hours=1), "tenant": "acme"} | claims
    return "Bearer " + jwt.encode(claims, SECRETS["SLA_JWT_SECRET"], "HS256")


def test_it_answers_its_users_alone(own_app: OwnApp) -> None:
    """The figures of their tenant; nothing without a token, and nothing without the permission."""
    path = "api/v1/faults/sla/rollup-stats?days=30"
    reader = bearer(permissions=["sla.read"])
    assert own_app.get(path, Authorization=reader).raise_for_status().json()["total_downtime_minutes"] == 6
    assert own_app.get(path).status_code == 401
    assert own_app.get(path, Authorization=bearer(aud="another")).status_code == 401
    assert own_app.get(path, Authorization=bearer()).status_code == 403
    assert own_app.get(path, **{"Authorization": reader, "X-Tenant-ID": "another"}).status_code == 403


def test_its_jobs_store_days(own_app: OwnApp) -> None:
    """A sweep that is sent as beat sends it."""
    command = [sys.executable, "-m", "celery", f"--app={MODULE}:jobs", "call", "sla_compliance.nightly_sweep"]
    with own_app.stack.running("sent", command, own_app.environment) as process:
        assert process.wait(60) == 0

    def is_stored() -> bool:
        with psycopg.connect(own_app.stack.dsn) as connection:
            return connection.execute("SELECT count(*) FROM sla_days").fetchone() == (90,)

    own_app.stack.until(is_stored, "worker")


def test_it_is_scraped(own_app: OwnApp) -> None:
    """With the token of the metrics."""
    assert own_app.get("metrics").status_code == 401
    exposed = own_app.get("metrics", **METRICS).raise_for_status().text
    assert 'sla_compliance_availability_ratio{days="30",tenant_id="acme"}' in exposed


def test_it_is_not_ready_without_the_tables_of_stored_days(own_app: OwnApp) -> None:
    """And says so."""
    with psycopg.connect(own_app.stack.dsn, autocommit=True) as connection:
        connection.execute("ALTER TABLE sla_days RENAME TO sla_days_away")
        answer = own_app.get("readyz")
        connection.execute("ALTER TABLE sla_days_away RENAME TO sla_days")
    assert answer.status_code == 503
    assert "tables of stored days" in answer.json()["detail"]
    assert own_app.is_ready()


def test_it_stops_in_good_order(own_app: OwnApp) -> None:
    """On SIGTERM its lifespan ends, and nothing was logged as a fault."""
    port = str(free_port())
    command = [word.replace(PORT, port) for word in commands()["app"]]
    with own_app.stack.running("another", command, own_app.environment):
        own_app.stack.until(lambda: "startup complete" in own_app.stack.log("another"), "another")
    log = own_app.stack.log("another")
    assert "Application shutdown complete" in log
    assert "Traceback" not in log + own_app.stack.log("app") + own_app.stack.log("worker")
