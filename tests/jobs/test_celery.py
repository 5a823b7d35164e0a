"""Precomputing by a real Celery worker over Valkey and PostgreSQL, killed in the middle of a sweep."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from sqlalchemy import URL, create_engine, text

from sla_compliance.jobs.celery import NIGHTLY_RECONCILIATION, NIGHTLY_STATEMENTS, NIGHTLY_SWEEP
from sla_compliance.stores.sqlalchemy import SQLAlchemyDayStore
from tests.servers.databases import fresh_database

ROOT = Path(__file__).parents[2]
TENANTS = {"broken", "flaky", *(f"tenant-{number}" for number in range(22))}
STORED = TENANTS - {"broken"}
DAYS = 90
WAIT_S = 60
BROKER_GIVES_BACK_AFTER_S = 1.2
OUTAGE_DATE, DATE_WITHOUT = "2025-10-21", "2025-10-20"
COPY_DAY = """
    UPDATE sla_days SET rows_read = :rows_read, cells_us = (
        SELECT cells_us FROM sla_days WHERE tenant_id = :tenant_id AND local_date = :source)
    WHERE tenant_id = :tenant_id AND local_date = :date
"""
Outcome = dict[str, Any]


@dataclass(frozen=True)
class Platform:
    """A broker, a database of stored days and a folder of outcomes, with workers that come and go."""

    broker: str
    database: URL
    folder: Path
    prefix: str

    @contextmanager
    def worker(self) -> Iterator[subprocess.Popen[bytes]]:
        """Run a worker of two processes until the block ends."""
        options = ["--pool=prefork", "--concurrency=2", "--without-gossip", "--without-mingle", "--loglevel=INFO"]
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "celery", "-A", "tests.jobs.worker_app", "worker", *options],
                cwd=ROOT,
                env=self._environment(),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait(WAIT_S)

    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "SLA_JOBS_BROKER": self.broker,
            "SLA_JOBS_DATABASE": self.database.render_as_string(hide_password=False),
            "SLA_JOBS_FOLDER": str(self.folder),
            "SLA_JOBS_PREFIX": self.prefix,
        }

    def send(self, task: str) -> None:
        """Send a task, as beat does when it is due."""
        with Celery(broker=self.broker) as app:
            app.conf.broker_transport_options = {"global_keyprefix": self.prefix}
            app.send_task(task)

    def outcomes(self, name: str = "outcomes") -> list[Outcome]:
        """Return what was reported so far."""
        file = self.folder / name
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def rows(self) -> set[tuple[Any, ...]]:
        """Return every stored day with the transaction that wrote it last."""
        engine = create_engine(self.database)
        with engine.connect() as connection:
            found = connection.execute(text("SELECT tenant_id, local_date, xmin::text, changes_applied FROM sla_days"))
            rows = {tuple(row) for row in found}
        engine.dispose()
        return rows

    def kept_statements(self) -> list[tuple[Any, ...]]:
        """Return tenant, number and digest of every statement."""
        engine = create_engine(self.database)
        with engine.connect() as connection:
            rows = connection.execute(text("SELECT tenant_id, number, digest FROM sla_statements ORDER BY tenant_id"))
            kept = [tuple(row) for row in rows]
        engine.dispose()
        return kept

    def copy_day(self, tenant_id: str, source: str, date: str, *, rows_read: int) -> None:
        """Put a stored day in the place of another one, as if rows had changed since without a report."""
        engine = create_engine(self.database)
        values = {"tenant_id": tenant_id, "source": source, "date": date, "rows_read": rows_read}
        with engine.begin() as connection:
            assert connection.execute(text(COPY_DAY), values).rowcount == 1
        engine.dispose()

    def stored(self) -> Counter[str]:
        """Return how many days each tenant has."""
        return Counter(row[0] for row in self.rows())

    def until(self, is_so: Callable[[], bool]) -> None:
        """Wait until something is so."""
        give_up_at = time.monotonic() + WAIT_S
        while not is_so():
            assert time.monotonic() < give_up_at, (self.folder / "log").read_text()
            time.sleep(0.05)


@dataclass(frozen=True)
class Story:
    """What happened: stored days, and what was reported, after each act."""

    when_killed: Counter[str]
    rows: set[tuple[Any, ...]]
    outcomes: list[Outcome]
    rows_after_another: set[tuple[Any, ...]]
    outcomes_of_another: list[Outcome]
    restatements: int
    reconciliations: list[Outcome]
    trail: dict[str, list[str]]
    log: str
    exit_code: int | None
    statements: list[Outcome]
    kept_statements: list[tuple[Any, ...]]


@pytest.fixture(scope="module")
def story(postgres_dsn: str, redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """A sweep whose worker is killed, another worker that takes over, and another sweep."""
    with fresh_database(postgres_dsn) as database:
        platform = Platform(redis_url, database, tmp_path_factory.mktemp("jobs"), f"{uuid.uuid4().hex}:")
        with _stored_days(database) as store:
            yield _told(platform, store)


@contextmanager
def _stored_days(database: URL) -> Iterator[SQLAlchemyDayStore]:
    engine = create_engine(database)
    try:
        store = SQLAlchemyDayStore(engine)
        asyncio.run(store.create_tables())
        yield store
    finally:
        engine.dispose()


def _told(platform: Platform, store: SQLAlchemyDayStore) -> Story:
    platform.send(NIGHTLY_SWEEP)
    with platform.worker() as worker:
        platform.until(lambda: len(platform.stored()) >= 3)
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait(WAIT_S)
    when_killed = platform.stored()
    (platform.folder / "released").touch()
    time.sleep(BROKER_GIVES_BACK_AFTER_S)
    with platform.worker() as worker:
        platform.until(lambda: {each["tenant_id"] for each in platform.outcomes()} == TENANTS)
        rows, outcomes = platform.rows(), platform.outcomes()
        platform.send(NIGHTLY_SWEEP)
        platform.until(lambda: _tenants(platform.outcomes()[len(outcomes) :]) == TENANTS)
        everything, rows_after_another = platform.outcomes(), platform.rows()
        restatements = sum(map(len, _trail(store).values()))
        platform.copy_day("tenant-0", DATE_WITHOUT, OUTAGE_DATE, rows_read=0)
        platform.copy_day("tenant-1", OUTAGE_DATE, DATE_WITHOUT, rows_read=2)
        platform.send(NIGHTLY_RECONCILIATION)
        platform.until(lambda: _tenants(platform.outcomes("reconciliations")) == TENANTS)
        (platform.folder / "statements_due").touch()
        with platform.worker():  # two workers at once have the same work
            platform.send(NIGHTLY_STATEMENTS)
            platform.send(NIGHTLY_STATEMENTS)
            # The broker gives a task that takes long away once more, so a tenant may have more than two.
            platform.until(lambda: _reported_twice(platform.outcomes("statements")) == TENANTS)
    return Story(
        when_killed,
        rows,
        outcomes,
        rows_after_another,
        everything[len(outcomes) :],
        restatements,
        platform.outcomes("reconciliations"),
        _trail(store),
        (platform.folder / "log").read_text(),
        worker.returncode,
        platform.outcomes("statements"),
        platform.kept_statements(),
    )


def _trail(store: SQLAlchemyDayStore) -> dict[str, list[str]]:
    """Return the dates of each tenant that were restated."""
    trail = {tenant_id: asyncio.run(store.restatements(tenant_id)) for tenant_id in TENANTS}
    return {tenant_id: [str(entry.key.date) for entry in entries] for tenant_id, entries in trail.items() if entries}


def _tenants(outcomes: list[Outcome]) -> set[str]:
    return {each["tenant_id"] for each in outcomes}


def _reported_twice(outcomes: list[Outcome]) -> set[str]:
    counts = Counter(each["tenant_id"] for each in outcomes)
    return {tenant_id for tenant_id, count in counts.items() if count >= 2}


def test_a_killed_worker_loses_nothing(story: Story) -> None:
    """It was killed with most of the sweep before it and work in hand; the next worker finishes it, day for day."""
    assert 3 <= len(story.when_killed) <= 7
    assert Counter(row[0] for row in story.rows) == dict.fromkeys(STORED, DAYS)


def test_a_killed_worker_does_nothing_twice(story: Story) -> None:
    """Each day was written once and never again, and no trail speaks of a rewriting."""
    assert len({row[:2] for row in story.rows}) == len(story.rows)
    assert sum(each["added"] for each in story.outcomes) <= len(story.rows)
    assert {row[3:] for row in story.rows} == {(0,)}
    assert story.restatements == 0


def test_another_sweep_changes_nothing(story: Story) -> None:
    """It finds all days stored: every row is still the one that was written first."""
    assert {each["added"] for each in story.outcomes_of_another} == {0}
    assert story.rows_after_another == story.rows


def test_a_failing_tenant_stops_nobody_and_is_reported(story: Story) -> None:
    """After its retries it is reported with the reason; everybody else is stored."""
    errors = {each["tenant_id"]: each["error"] for each in story.outcomes if each["error"] != "None"}
    assert errors == {"broken": "ConnectionError('the database of broken is down')"}


def test_a_tenant_that_fails_at_first_is_tried_again(story: Story) -> None:
    """Its source was down for a moment; it is stored all the same."""
    assert [each["error"] for each in story.outcomes if each["tenant_id"] == "flaky"][:1] == ["None"]


def test_the_reconciliation_restates_what_differs_and_lets_a_purge_wait(story: Story) -> None:
    """A row that came unreported is in the figures; a day whose rows are fewer is logged as a warning and stays."""
    outcomes = {outcome["tenant_id"]: outcome for outcome in story.reconciliations}
    assert outcomes["tenant-0"]["restated"] == [OUTAGE_DATE]
    assert outcomes["tenant-1"]["waiting"] == [DATE_WITHOUT]
    # A tenant of which nothing is stored needs no source.
    assert {tenant_id: outcome["checked"] for tenant_id, outcome in outcomes.items()} == {
        **dict.fromkeys(STORED, DAYS),
        "broken": 0,
    }
    others = [outcome for tenant_id, outcome in outcomes.items() if tenant_id not in ("tenant-0", "tenant-1")]
    assert [outcome for outcome in others if outcome["restated"] or outcome["waiting"]] == []
    assert story.trail == {"tenant-0": [OUTAGE_DATE]}
    (warning,) = [line for line in story.log.splitlines() if "wait, for a purge" in line]
    assert DATE_WITHOUT in warning
    assert "'tenant-1'" in warning


def test_each_tenant_has_one_statement_of_its_last_month_however_many_workers(story: Story) -> None:
    """Both nights report the same one; a failing tenant is reported and stops no other."""
    assert [(tenant_id, number) for tenant_id, number, _ in story.kept_statements] == [
        (tenant_id, 1) for tenant_id in sorted(STORED)
    ]
    digests = {tenant_id: digest for tenant_id, _, digest in story.kept_statements}
    for outcome in story.statements:
        if outcome["tenant_id"] == "broken":
            assert "is down" in outcome["error"]
        else:
            assert (outcome["first_date"], outcome["digest"]) == ("2025-10-01", digests[outcome["tenant_id"]])


def test_a_worker_stops_in_good_order(story: Story) -> None:
    """SIGTERM closes the services of its processes."""
    assert story.exit_code == 0
