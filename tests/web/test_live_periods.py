"""Answers for periods from the running server, over SQLite and PostgreSQL, and while a database hangs."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import httpx2
import psycopg
import pytest

import sla_compliance as sla
from sla_compliance.analysis import budget
from sla_compliance.server.auth import WRITER
from sla_compliance.stores.sqlalchemy import ddl
from tests.servers import postgres
from tests.servers.process import ServerProcess
from tests.web import platform
from tests.web.live import API, Live, eventually, serving, token_for
from tests.web.world import assert_problem

EVERY_ROUTE = ["budget", "attribution?days=30", "incident-costs?days=30", "reliability?days=30", "trend?count=2"]
LAGOS = ZoneInfo("Africa/Lagos")


@pytest.mark.parametrize("question", EVERY_ROUTE)
def test_the_demonstration_answers_for_periods(demo: Live, question: str) -> None:
    """On SQLite; each tenant for itself, and one without rows."""
    answers = [demo.ask(question, tenant) for tenant in ("demo", "demo-2", "empty")]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert len({answer.text for answer in answers}) == 3
    assert demo.ask(question, "demo", **{"X-Tenant-ID": "demo-2"}).status_code == 403
    assert_problem(demo.ask(f"{question}{'&' if '?' in question else '?'}tenant_id=demo-2"), 422, "'tenant_id'")


def test_answers_of_a_range_agree_with_its_totals(demo: Live) -> None:
    """Downtime attributed, of incidents, and of the days; until yesterday, since an outage may last now."""
    today = datetime.now(UTC).date()
    range_ = f"from_date={today - timedelta(days=30)}&to_date={today - timedelta(days=2)}"
    total = demo.ask(f"rollup-stats?{range_}").json()
    attributed = demo.ask(f"attribution?{range_}&by=resource_id&limit=1000").json()
    costs = demo.ask(f"incident-costs?{range_}&limit=1000").json()
    assert attributed["down_seconds"] > 0
    owned = sum(row["owned_seconds"] for row in attributed["rows"]) + attributed["bridged_seconds"]
    assert owned == pytest.approx(attributed["down_seconds"])
    assert sum(entry["downtime_seconds"] for entry in costs["incidents"]) == pytest.approx(attributed["down_seconds"])
    assert -(-attributed["down_seconds"] // 60) == total["total_downtime_minutes"]


@pytest.fixture(scope="module")
def database() -> Iterator[ServerProcess]:
    """A PostgreSQL of these tests' own, with two tenants and tables of stored days."""
    with postgres.running_postgres(next(iter(postgres.installed_binaries().values()))) as server:
        platform.fill(server.url)
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute(ddl("postgresql").encode())
        yield server


@pytest.fixture(scope="module")
def live(database: ServerProcess) -> Iterator[Live]:
    """One worker over it."""
    with serving("--database-url", database.url) as server:
        yield server


def add_alarm(database: ServerProcess, start: datetime, length: timedelta, tenant: str = "acme") -> None:
    """Write a row that nobody has reported yet."""
    with psycopg.connect(database.url, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO alarms (tenant_id, alarm_id, severity, status, alarm_type, title, first_occurrence,"
            " last_occurrence, cleared_at) VALUES (%s, 'NEW', 'CRITICAL', 'CLEARED', 'los', 'Loss of signal', %s, %s,"
            " %s)",
            (tenant, start, start, start + length),
        )


def rows_of(database: ServerProcess, tenant: str) -> list[sla.Alarm]:
    """Return the rows as the database has them."""
    with psycopg.connect(database.url, autocommit=True) as connection:
        rows = connection.execute(
            "SELECT id::text, first_occurrence, cleared_at FROM alarms WHERE tenant_id = %s", (tenant,)
        ).fetchall()
    return [sla.Alarm(start, end, id=row_id) for row_id, start, end in rows]


def expected(database: ServerProcess, body: dict[str, Any], tenant: str) -> dict[str, Any]:
    """Return what the core makes of the rows, as of the answer."""
    start, end, as_of = (datetime.fromisoformat(body[name]) for name in ("start", "end", "as_of"))
    with psycopg.connect(database.url, autocommit=True) as connection:
        created = connection.execute("SELECT created_at FROM tenants WHERE id = %s", (tenant,)).fetchone()
    assert created is not None
    report = sla.evaluate(
        rows_of(database, tenant),
        start=start,
        end=end,
        zone="Africa/Lagos",
        as_of=as_of,
        in_service=[(created[0], end)],
    )
    return {**budget(report).as_dict(), "time_zone": "Africa/Lagos", "period": body["period"]}


@pytest.mark.parametrize("period", ["week", "month", "quarter", "year"])
def test_a_budget_is_that_of_the_rows(live: Live, database: ServerProcess, period: str) -> None:
    """To the last digit; of each tenant."""
    for tenant in platform.TENANTS:
        body = live.ask(f"budget?period={period}", tenant).json()
        assert body == expected(database, body, tenant)


def test_a_change_that_is_reported_drops_the_budget_of_its_tenant_alone(live: Live, database: ServerProcess) -> None:
    """Within its minute an unreported row is not seen; once it is reported, it is."""
    before, of_other = live.ask("budget", "acme").json(), live.ask("budget", "other").json()
    start = datetime.now(LAGOS).replace(minute=0, second=0, microsecond=0)
    for tenant in platform.TENANTS:
        add_alarm(database, start - timedelta(minutes=10), timedelta(minutes=5), tenant)
    assert live.ask("budget", "acme").json() == before
    writer = token_for("acme", permission=WRITER)
    dates = sorted({(start - timedelta(minutes=minutes)).date().isoformat() for minutes in (10, 5)})
    answer = httpx2.post(
        f"{live.url}{API}changes",
        headers={"Authorization": f"Bearer {writer}"},
        json={"changes": [{"kind": "dates", "dates": dates}]},
        timeout=30,
    )
    assert answer.status_code == 200, answer.text
    after = live.ask("budget", "acme").json()
    assert after["as_of"] > before["as_of"]
    assert after == expected(database, after, "acme")
    assert live.ask("budget", "other").json() == of_other


def ask_and_leave(live: Live, question: str, tenant: str = "demo") -> None:
    """Send a request, and close the connection without waiting for its answer."""
    server = urlsplit(live.url)
    request = (
        f"GET /{API}{question} HTTP/1.1\r\nHost: {server.netloc}\r\nAuthorization: Bearer {token_for(tenant)}\r\n\r\n"
    )
    with socket.create_connection((server.hostname, server.port), timeout=30) as connection:
        connection.sendall(request.encode())


def test_many_readers_at_once_have_one_answer(live: Live) -> None:
    """And one that gives up takes it away from none."""
    with ThreadPoolExecutor(12) as readers:
        asked = [readers.submit(live.ask, "budget?period=quarter&target_percentage=99.5") for _ in range(12)]
        ask_and_leave(live, "budget?period=quarter&target_percentage=99.5")
        answers = [future.result() for future in asked]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["as_of"] for answer in answers}) == 1


def test_a_database_that_hangs_is_a_503_and_takes_no_remembered_budget_away(
    live: Live, database: ServerProcess
) -> None:
    """What is not remembered is refused in time; afterwards all is as before."""
    remembered = live.ask("budget?period=week", "other").json()
    now = datetime.now(UTC)
    with database.hanging():
        assert live.ask("budget?period=week", "other").json()["start"] == remembered["start"]
        answer = live.ask("reliability?days=2", "other")
        assert_problem(answer, 503, "not available")
        assert "Retry-After" in answer.headers
    assert datetime.now(UTC) - now < timedelta(seconds=60)
    assert eventually(lambda: live.ask("reliability?days=2", "other").status_code == 200, within_s=30)
