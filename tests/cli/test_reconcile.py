"""`reconcile` and `invalidate` on a real database, with and without a real Valkey: what the running app then shows."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from sla_compliance.cli.commands import commands
from sla_compliance.server.app import service_of
from sla_compliance.server.database import database_url, engine_of
from sla_compliance.server.settings import ServeSettings
from sla_compliance.service import Statistics
from sla_compliance.stores.sqlalchemy import AsyncSQLAlchemyDayStore
from tests.adapters.alarm_tables import PLATFORM_SCHEMA
from tests.servers.databases import fresh_database

TODAY = dt.datetime.now(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
DAY = dt.timedelta(days=1)
SWEPT_DAYS = 20


def date_ago(days: int) -> str:
    """Return a date before today."""
    return (TODAY - days * DAY).date().isoformat()


@dataclass(frozen=True)
class App:
    """The app's database, and its Valkey if it has one."""

    url: str
    redis_url: str | None = None

    def run(self, *arguments: str, **environment: str) -> Result:
        """Run a command on it."""
        options = ["--database-url", self.url] if not environment else []
        if self.redis_url is not None:
            options += ["--redis-url", self.redis_url]
        return CliRunner().invoke(commands, [arguments[0], *options, *arguments[1:]], env=environment)

    def outcomes(self, *arguments: str) -> dict[str, dict[str, object]]:
        """Run `reconcile` and return what it wrote, by tenant."""
        result = self.run("reconcile", "--format", "json", *arguments)
        assert result.exit_code in (0, 3), result.output
        return {outcome["tenant_id"]: outcome for outcome in json.loads(result.stdout)}

    def minutes_down(self, tenant_id: str = "acme") -> int:
        """Return what the app shows of the last days; its days are stored, and cached where there is a Valkey."""

        async def ask() -> int:
            engine = engine_of(database_url(self.url))
            settings = ServeSettings(secret="", database_url=self.url, redis_url=self.redis_url, has_stored_days=True)
            service = service_of(engine, settings, Statistics())
            start = TODAY - SWEPT_DAYS * DAY
            await service.store_closed_days(tenant_id, start, TODAY)
            answer = await service.compliance(tenant_id, start, TODAY)
            await service.aclose()
            await engine.dispose()
            return answer.total.downtime_minutes

        return asyncio.run(ask())

    def execute(self, statement: str, **values: object) -> None:
        """Change rows behind the app's back."""
        engine = create_engine(make_url(self.url).set(drivername="postgresql+psycopg"))
        with engine.begin() as connection:
            connection.execute(text(statement), values)
        engine.dispose()


@pytest.fixture
def app(postgres_dsn: str) -> Iterator[App]:
    """A platform of its own for each test that changes it."""
    with _platform(postgres_dsn) as platform:
        yield platform


@pytest.fixture(scope="module")
def unchanged_app(postgres_dsn: str) -> Iterator[App]:
    """A platform for tests that change nothing."""
    with _platform(postgres_dsn) as platform:
        yield platform


@contextmanager
def _platform(postgres_dsn: str) -> Iterator[App]:
    """The platform's tables with two outages of an hour of one tenant, and a tenant without any."""
    with fresh_database(postgres_dsn, PLATFORM_SCHEMA) as url:
        platform = App(url if isinstance(url, str) else url.render_as_string(hide_password=False))
        created = TODAY - 60 * DAY
        for tenant_id in ("acme", "quiet"):
            platform.execute(
                "INSERT INTO tenants (id, name, timezone, created_at) VALUES (:id, :id, 'UTC', :created)",
                id=tenant_id,
                created=created,
            )
        for days_ago in (5, 10):
            start = TODAY - days_ago * DAY + dt.timedelta(hours=9)
            platform.execute(
                "INSERT INTO alarms (tenant_id, alarm_id, severity, status, alarm_type, title, first_occurrence,"
                " last_occurrence, cleared_at)"
                " VALUES ('acme', 'a', 'CRITICAL', 'CLEARED', 'los', '', :start, :start, :end)",
                start=start,
                end=start + dt.timedelta(hours=1),
            )
        asyncio.run(_create_tables(platform.url))
        yield platform


async def _create_tables(url: str) -> None:
    engine = create_async_engine(database_url(url))
    await AsyncSQLAlchemyDayStore(engine).create_tables()
    await engine.dispose()


@pytest.fixture(params=[False, True], ids=["no cache", "Valkey"])
def swept(app: App, request: pytest.FixtureRequest) -> App:
    """The same, its days stored and shown once; one outage was shortened since, and one row is gone."""
    if request.param:
        app = App(app.url, request.getfixturevalue("redis_url"))
        asyncio.run(_forget(app))
    assert (app.minutes_down(), app.minutes_down("quiet")) == (120, 0)
    app.execute(
        "UPDATE alarms SET cleared_at = first_occurrence + interval '30 minutes' WHERE first_occurrence > :after",
        after=TODAY - 6 * DAY,
    )
    app.execute("DELETE FROM alarms WHERE first_occurrence < :before", before=TODAY - 6 * DAY)
    assert app.minutes_down() == 120
    return app


async def _forget(app: App) -> None:
    """Take away what an earlier test has left in the Valkey of the run."""
    engine = engine_of(database_url(app.url))
    service = service_of(engine, ServeSettings(secret="", database_url=app.url, redis_url=app.redis_url), Statistics())
    for tenant_id in ("acme", "quiet"):
        await service.invalidate(tenant_id, [(TODAY - days * DAY).date() for days in range(SWEPT_DAYS + 1)])
    await service.aclose()
    await engine.dispose()


def test_what_differs_is_restated_and_what_lacks_rows_waits(swept: App) -> None:
    """A table with both figures, exit code 3, until it is applied."""
    first = swept.run("reconcile")
    assert first.exit_code == 3, first.output
    lines = [" ".join(line.split()) for line in first.stdout.splitlines()]
    assert "acme: 20 stored days compared, 1 restated, 1 waiting" in lines
    assert "quiet: 20 stored days compared, 0 restated" in lines
    (restated,) = [line for line in lines if line.startswith(date_ago(5))]
    assert restated == f"{date_ago(5)} 1:00:00 0:30:00 breached restated"
    (waiting,) = [line for line in lines if line.startswith(date_ago(10))]
    assert waiting.startswith(f"{date_ago(10)} 1:00:00 - breached to met waits: fewer rows")
    assert swept.minutes_down() == 90
    assert swept.outcomes()["acme"]["restated"] == []
    applied = swept.run("reconcile", "--tenant", "acme", "--apply")
    assert (applied.exit_code, swept.minutes_down()) == (0, 30)
    assert "quiet" not in applied.stdout


def test_one_tenant_and_some_dates(swept: App) -> None:
    """The rest is left for another time."""
    window = ("--tenant", "acme", "--from", date_ago(6), "--to", date_ago(4))
    outcome = swept.outcomes(*window)["acme"]
    assert (outcome["checked"], outcome["waiting"]) == (3, [])
    assert outcome["restated"] == [
        {
            "date": date_ago(5),
            "old": {"downtime_seconds": 3600.0, "verdict": "BREACHED"},
            "new": {"downtime_seconds": 1800.0, "verdict": "BREACHED"},
        }
    ]
    assert swept.minutes_down() == 90


@pytest.mark.parametrize("is_range", [False, True])
def test_the_app_is_told_of_dates(swept: App, *, is_range: bool) -> None:
    """Stored days are measured again at once, whatever rows are there; cached ones do not count any more."""
    dates = (
        ("--from", date_ago(11), "--to", date_ago(3)) if is_range else ("--date", date_ago(5), "--date", date_ago(10))
    )
    result = swept.run("invalidate", "--tenant", "acme", *dates)
    assert (result.exit_code, result.stdout) == (0, f"acme: {9 if is_range else 2} dates invalidated\n")
    assert swept.minutes_down() == 30


def test_options_come_from_the_environment_as_those_of_serve(unchanged_app: App) -> None:
    """SLA_DATABASE_URL, SLA_REDIS_URL and SLA_CONTRACT."""
    assert unchanged_app.run("reconcile", SLA_DATABASE_URL=unchanged_app.url).stdout.startswith(
        "acme: 0 stored days compared"
    )
    bad = unchanged_app.run("reconcile", SLA_DATABASE_URL=unchanged_app.url, SLA_REDIS_URL="http://nowhere")
    assert (bad.exit_code, "it is no URL of Redis" in bad.stderr) == (2, True)
    missing = unchanged_app.run("reconcile", SLA_DATABASE_URL=unchanged_app.url, SLA_CONTRACT="missing.toml")
    assert (missing.exit_code, "missing.toml" in missing.stderr) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("reconcile", "--tenant", "acem"), "which no tenant has"),
        (("reconcile", "--from", "yesterday"), "--from is 'yesterday'"),
        (("reconcile", "--from", "2026-10-02", "--to", "2026-10-01"), "--to"),
        (("invalidate", "--tenant", "acem", "--date", "2026-10-01"), "which no tenant has"),
        (("invalidate", "--tenant", "acme"), "give --date, or --from and --to"),
        (("invalidate", "--tenant", "acme", "--from", "2026-10-01"), "belong together"),
        (("invalidate", "--tenant", "acme", "--from", "2026-10-02", "--to", "2026-10-01"), "swap them"),
        (("invalidate", "--tenant", "acme", "--from", "1990-10-02", "--to", "2026-10-01"), "3,660 at most"),
        (("invalidate", "--tenant", "acme", "--date", "2026-13-01"), "--date is '2026-13-01'"),
    ],
)
def test_bad_input(unchanged_app: App, arguments: tuple[str, ...], words: str) -> None:
    """One message that names the option and the way out; nothing on standard output."""
    result = unchanged_app.run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert words in result.stderr


def test_a_tenant_that_fails_stops_no_other(app: App) -> None:
    """Its zone is none; the others are reconciled, and the exit code says that one was not."""
    app.execute("UPDATE tenants SET timezone = 'Mars/Olympus' WHERE id = 'acme'")
    result = app.run("reconcile")
    assert (result.exit_code, result.stdout) == (2, "quiet: 0 stored days compared, 0 restated\n")
    assert result.stderr.startswith("Error: tenant acme: ")
    assert "Mars/Olympus" in result.stderr


def test_a_database_without_stored_days(tmp_path: Path, postgres_dsn: str, redis_url: str) -> None:
    """There is nothing to reconcile; a cache can be told."""
    with fresh_database(postgres_dsn, PLATFORM_SCHEMA) as url:
        bare = App(url if isinstance(url, str) else url.render_as_string(hide_password=False))
        bare.execute("INSERT INTO tenants (id, name, timezone, created_at) VALUES ('acme', '', 'UTC', now())")
        told = ("invalidate", "--tenant", "acme", "--date", "2026-10-01")
        for command in (("reconcile",), told):
            result = bare.run(*command)
            assert (result.exit_code, "has no stored days" in result.stderr) == (2, True)
        assert App(bare.url, redis_url).run(*told).exit_code == 0
    missing = App(f"sqlite:///{tmp_path}/nowhere/at-all.sqlite").run("reconcile")
    assert (missing.exit_code, missing.stdout) == (2, "")
    assert "which does not exist" in missing.stderr


def test_a_cache_that_is_down_is_said(swept: App) -> None:
    """Old days may be cached still: the command fails and says to look whether Redis is up."""
    result = App(swept.url, "redis://127.0.0.1:1/0").run("invalidate", "--tenant", "acme", "--date", date_ago(5))
    assert (result.exit_code, "Redis does not answer" in result.stderr) == (2, True)


@pytest.mark.parametrize("arguments", [("reconcile",), ("invalidate", "--tenant", "a", "--date", "2026-10-01")])
def test_a_database_that_hangs_ends_the_command(arguments: tuple[str, ...]) -> None:
    """It accepts connections and never answers: the command says so instead of waiting."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        command = [str(Path(sys.executable).with_name("sla-compliance")), arguments[0], "--database-url"]
        url = f"postgresql://user@127.0.0.1:{port}/platform"
        result = subprocess.run(
            [*command, url, *arguments[1:]], capture_output=True, text=True, timeout=15, check=False
        )
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("Error: the database cannot be used: ")
