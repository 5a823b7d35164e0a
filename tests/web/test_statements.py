"""The routes of statements: lists, one of them whole, and never another tenant's."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from click.testing import CliRunner
from fastapi.testclient import TestClient
from hypothesis import settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance
from sqlalchemy import create_engine, text

from sla_compliance.analysis import Statement
from sla_compliance.analysis.statement_documents import statement_of
from sla_compliance.calendars.periods import Period
from sla_compliance.cli.commands import commands
from sla_compliance.server.database import prepare
from sla_compliance.stores.memory_statements import MemoryStatementStore
from sla_compliance.stores.sqlalchemy import SQLAlchemyStatementStore
from sla_compliance.testing.statement_store import issued
from tests.web.live import serving
from tests.web.world import API, FIBRE_CUT, NOW, Clock, Source, assert_problem, platform, service_over, visiting

DATE = dt.date(2025, 10, 7)


class Kept:
    """A service whose tenant has two statements of a week and one of its month; another tenant has one."""

    def __init__(self, store: Any = None) -> None:
        self.source, self.clock = Source(), Clock(NOW + dt.timedelta(days=60))
        self.store = store or MemoryStatementStore()
        self.service = service_over(self.source, statements=self.store, clock=self.clock)
        self.statements = asyncio.run(self._issue())

    async def _issue(self) -> list[Statement]:
        service = self.service
        week = await service.statement("acme", DATE, Period.WEEK, issued_by="job")
        self.clock.now += dt.timedelta(hours=1)
        month = await service.statement("acme", DATE, issued_by="job", subject="olt-7")
        self.clock.now += dt.timedelta(hours=1)
        self.source.alarms["acme"] = [FIBRE_CUT]
        again = await service.restate("acme", DATE, Period.WEEK, reason="two rows were void", issued_by="ana")
        await service.statement("other", DATE, issued_by="job")
        # A service is of one event loop; the client has its own.
        self.service = service_over(self.source, statements=self.store, clock=self.clock)
        return [again, month, week]


@pytest.fixture
def kept() -> Kept:
    """In memory."""
    return Kept()


@pytest.fixture
def client(kept: Kept) -> Iterator[TestClient]:
    """Logged in as acme."""
    with visiting(kept.service, unknown_parameters="refuse") as client:
        yield client


def digests(client: TestClient, query: str = "") -> list[str]:
    answer = client.get(f"statements?{query}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["x-total-count"] == str(len(answer.json()))
    return [one["digest"] for one in answer.json()]


def test_the_list_has_those_issued_last_first(kept: Kept, client: TestClient) -> None:
    """With what tells them apart; days and lines are those of a whole statement."""
    again, month, week = kept.statements
    answer = client.get("statements")
    assert [one["digest"] for one in answer.json()] == [again.digest, month.digest, week.digest]
    assert answer.json()[0] == {
        "digest": again.digest,
        "subject": None,
        "zone": "Africa/Lagos",
        "start": "2025-10-06T00:00:00+01:00",
        "end": "2025-10-13T00:00:00+01:00",
        "number": 2,
        "issued_at": "2025-12-08T01:00:00+01:00",
        "issued_by": "ana",
        "is_provisional": False,
        "figures": dict(again.figures),
        "supersedes": week.digest,
        "reason": "two rows were void",
    }
    page = client.get("statements?limit=1&offset=1")
    assert ([one["digest"] for one in page.json()], page.headers["x-total-count"]) == ([month.digest], "3")
    current = client.get("statements", headers={"If-None-Match": answer.headers["etag"]})
    assert current.status_code == 304


def test_the_list_is_filtered(kept: Kept, client: TestClient) -> None:
    """By the dates of periods, the subject, and what was known at an instant."""
    again, month, week = (statement.digest for statement in kept.statements)
    assert digests(client, "to_date=2025-10-05") == [month]
    assert digests(client, "from_date=2025-10-13") == [month]
    assert digests(client, "from_date=2025-10-12&to_date=2025-10-12") == [again, month, week]
    assert digests(client, "from_date=2025-11-01") == digests(client, "to_date=2025-09-30") == []
    assert digests(client, "subject=olt-7") == [month]
    assert digests(client, "known_at=2025-12-08T00:59:59%2B01:00") == [month, week]
    assert digests(client, "known_at=2025-12-08T01:00:00%2B01:00") == [again, month]
    assert digests(client, "known_at=2025-12-01T00:00:00Z") == []


def test_one_statement_is_whole(kept: Kept, client: TestClient, tmp_path: Path) -> None:
    """The document of the command, which reads it."""
    again, *_ = kept.statements
    answer = client.get(f"statements/{again.digest}")
    assert statement_of(answer.json()) == again
    (tmp_path / "kept.json").write_bytes(answer.content)
    (tmp_path / "rows.csv").write_text("id,tenant_id,severity,first_occurrence,cleared_at\n", encoding="utf-8")
    arguments = ["--zone", "Africa/Lagos", "--tenant", "acme", "--issued-by", "ana", "--month", "2025-10"]
    previous = ["--previous", str(tmp_path / "kept.json"), "--reason", "late"]
    result = CliRunner().invoke(commands, ["statement", str(tmp_path / "rows.csv"), *arguments, *previous])
    assert "--previous is of 2025-10-06" in result.stderr


def test_other_tenants_have_none_of_them(kept: Kept) -> None:
    """Neither in the list nor by the digest."""
    with visiting(kept.service, tenant="other") as client:
        assert len(client.get("statements").json()) == 1
        for statement in kept.statements:
            assert_problem(client.get(f"statements/{statement.digest}"), 404, "no statement of this tenant")
    with visiting(kept.service, tenant="nobody") as client:
        assert_problem(client.get("statements"), 403)
        assert_problem(client.get(f"statements/{kept.statements[0].digest}"), 403)


@pytest.mark.parametrize(
    ("query", "status", "word"),
    [
        ("statements?from_date=x", 400, "from_date"),
        ("statements?to_date=9999-12-31", 400, "to_date"),
        ("statements?from_date=2025-10-08&to_date=2025-10-07", 400, "swap them"),
        ("statements?known_at=2025-10-08", 422, "known_at"),
        ("statements?known_at=2025-10-08T00:00:00", 422, "known_at"),
        ("statements?limit=0", 422, "limit"),
        ("statements?number=1", 422, "number"),
        ("statements/x", 422, "digest"),
    ],
)
def test_bad_requests_are_problems(client: TestClient, query: str, status: int, word: str) -> None:
    """Which name the parameter."""
    assert_problem(client.get(query), status, word)


def test_a_statement_that_was_altered_is_a_conflict(tmp_path: Path) -> None:
    """And never a figure; a database that is away is a 503."""
    engine = create_engine(f"sqlite:///{tmp_path / 'kept.db'}")
    store = SQLAlchemyStatementStore(engine)
    asyncio.run(store.create_tables())
    kept = Kept(store)
    with engine.begin() as connection:
        connection.execute(text("UPDATE sla_statements SET content = replace(content, 'MET', 'BREACHED')"))
    with visiting(kept.service) as client:
        assert_problem(client.get("statements"), 409, "was altered after it was kept")
        assert_problem(client.get(f"statements/{kept.statements[0].digest}"), 409, "was altered after it was kept")
        with engine.begin() as connection:
            connection.execute(text("DROP TABLE sla_statements"))
        assert_problem(client.get("statements"), 503)
    engine.dispose()


def test_the_whole_app_lists_what_a_job_has_issued(tmp_path: Path) -> None:
    """Over a database with the tables that `sla-compliance ddl` makes."""
    url = f"sqlite:///{tmp_path / 'platform.sqlite'}"
    prepare(url, demo_at=dt.datetime.now(dt.UTC))
    engine = create_engine(url)
    store = SQLAlchemyStatementStore(engine)
    asyncio.run(store.create_tables())
    kept = asyncio.run(store.append(issued("demo")))
    engine.dispose()
    with serving("--database-url", url) as live:
        assert [one["digest"] for one in live.ask("statements").json()] == [kept.digest]
        assert statement_of(live.ask(f"statements/{kept.digest}").json()) == kept
        assert_problem(live.ask("statements/" + "0" * 64), 404, "no statement")
        assert live.stop() == 0


def test_without_a_store_there_is_no_route() -> None:
    """Nor anything about it in the document."""
    app = platform(service_over(Source()))
    assert not any("statements" in path for path in app.openapi()["paths"])


APP = platform(Kept().service)
schema = schemathesis.openapi.from_asgi("/openapi.json", APP).include(path_regex="statements")


def test_the_routes_are_documented() -> None:
    """Parameters, the header and the errors."""
    paths: Any = APP.openapi()["paths"]
    listed, one = paths[f"{API}/statements"]["get"], paths[f"{API}/statements/{{digest}}"]["get"]
    query = {parameter["name"] for parameter in listed["parameters"] if parameter["in"] == "query"}
    assert query == {"limit", "offset", "from_date", "to_date", "known_at", "subject"}
    assert "X-Total-Count" in listed["responses"]["200"]["headers"]
    assert {"400", "401", "403", "409", "422", "503"} <= listed["responses"].keys()
    assert "application/problem+json" in one["responses"]["404"]["content"]


@schema.parametrize()
@settings(max_examples=40)
def test_whatever_is_asked_the_routes_keep_to_the_document(case: Any) -> None:
    """No 5xx, and nothing undocumented."""
    checks = [not_a_server_error, content_type_conformance, response_schema_conformance]
    case.call_and_validate(headers={"Authorization": "acme"}, checks=checks)
