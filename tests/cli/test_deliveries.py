"""`deliveries`: the log of what was sent, and a second chance for what was not."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import URL, Engine, create_engine

from sla_compliance.cli.commands import commands
from sla_compliance.stores.notifications import Channel, DeliveryKind
from sla_compliance.stores.sqlalchemy import SQLAlchemyNotificationStore
from sla_compliance.testing.notification_store import MADE_US, waiting
from tests.servers.databases import fresh_database

WEBHOOK = "https://hooks.example.com/T0KEN?key=T0KEN"


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database with a sent, a failed and a waiting delivery."""
    if request.param == "postgresql":
        with fresh_database(request.getfixturevalue("postgres_dsn"), "SELECT 1") as url:
            yield from _filled(url)
    else:
        yield from _filled(URL.create("sqlite", database=str(tmp_path / "app.db")))


def _filled(url: URL) -> Iterator[Engine]:
    engine = create_engine(url)

    async def fill() -> None:
        store = SQLAlchemyNotificationStore(engine)
        await store.create_tables()
        mail = replace(
            waiting("d2", due_us=MADE_US + 60_000_000), channel=Channel.EMAIL, recipient="=a\x1b@example.com"
        )
        await store.add([replace(waiting("d1"), recipient=WEBHOOK), mail])
        await store.add([replace(waiting("d3", "other", due_us=MADE_US + 120_000_000), kind=DeliveryKind.REPORT)])
        await store.claim(MADE_US + 60_000_000, until_us=MADE_US * 2, limit=2)
        await store.mark_sent("d2", MADE_US + 61_000_000)
        await store.mark_failed("d1", MADE_US + 1_000_000, error="hooks.example.com answered HTTP 410", retry_us=None)

    asyncio.run(fill())
    yield engine
    engine.dispose()


def run(engine: Engine, *arguments: str) -> Result:
    url = engine.url.render_as_string(hide_password=False)
    return CliRunner().invoke(commands, ["deliveries", "--database-url", url, *arguments], env={"COLUMNS": "200"})


def test_the_log_has_the_last_ones_first(engine: Engine) -> None:
    """As a table; exit code 3 says that something has failed. No secret of a URL, no escape of a terminal."""
    result = run(engine)
    lines = result.stdout.splitlines()
    assert result.exit_code == 3
    positions = [next(rank for rank, line in enumerate(lines) if name in line) for name in ("d3", "d2", "d1")]
    assert positions == sorted(positions)
    assert "2026-09-21 14:13" in result.stdout
    assert "failed after 1: hooks.example.com answered HTTP 410" in result.stdout
    assert "T0KEN" not in result.stdout
    assert "\x1b" not in result.stdout


def test_the_log_is_filtered_and_machines_read_it(engine: Engine) -> None:
    """By tenant and status; a cell of CSV is no formula."""
    sent = run(engine, "--status", "sent", "--tenant", "acme", "--format", "json")
    document = json.loads(sent.stdout)
    assert (sent.exit_code, document["total"]) == (0, 1)
    assert document["deliveries"][0]["finished_at"] == "2026-09-21T14:14:21+00:00"
    (row,) = csv.DictReader(io.StringIO(run(engine, "--status", "sent", "--format", "csv").stdout))
    assert (row["delivery_id"], row["recipient"][:2]) == ("d2", "'=")
    limited = run(engine, "--limit", "1")
    assert limited.stdout.endswith("1 of 3 are shown; --limit shows more.\n")
    assert run(engine, "--tenant", "none").stdout == "No deliveries.\n"


def test_a_failed_delivery_is_tried_again(engine: Engine) -> None:
    """Others are not: the message says where to look."""
    result = run(engine, "--retry", "d1")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "To be tried again: d1\n")
    (waiting_again,) = json.loads(run(engine, "--tenant", "acme", "--status", "waiting", "--format", "json").stdout)[
        "deliveries"
    ]
    assert (waiting_again["delivery_id"], waiting_again["attempts"]) == ("d1", 0)
    for delivery_id in ("d1", "d2", "none\x1b"):
        refused = run(engine, "--retry", delivery_id)
        assert refused.exit_code == 2
        assert "no delivery of that id has failed for good" in refused.stderr
        assert "\x1b" not in refused.stderr


def test_a_database_without_the_tables_is_bad_input(tmp_path: Path) -> None:
    """With the command that prints them; so is one that cannot be reached."""
    path = tmp_path / "empty.db"
    path.touch()
    refused = run(create_engine(f"sqlite:///{path}"))
    assert (refused.exit_code, "`sla-compliance ddl` prints it" in refused.stderr) == (2, True)
    missing = CliRunner().invoke(commands, ["deliveries", "--database-url", f"sqlite:///{tmp_path}/no/x.db"])
    assert (missing.exit_code, "which does not exist" in missing.stderr) == (2, True)
