"""POST /sla/changes: who may report, what a body may be, and that every process then shows the new figures."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import httpx2
import psycopg
import pytest
from fastapi import Header, HTTPException
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sla_compliance.alarms import ALARM_COLUMNS
from sla_compliance.cache.memory import MemoryCache
from sla_compliance.errors import CacheUnavailableError
from sla_compliance.server.auth import WRITER
from sla_compliance.stores import sqlalchemy as stores
from sla_compliance.units import instant_us
from sla_compliance.web.request_bodies import MAX_BODY_BYTES
from tests.servers.databases import fresh_database
from tests.web.live import API as LIVE_API
from tests.web.live import Live, serving, token_for
from tests.web.platform import fill
from tests.web.world import (
    API,
    FIBRE_CUT,
    NOW,
    Source,
    assert_problem,
    at,
    platform,
    service_over,
    visiting,
)

OUTAGE: dict[str, Any] = {
    "first_occurrence": "2025-10-07T09:00:00Z",
    "cleared_at": "2025-10-07T09:01:35Z",
    "severity": "critical",
    "id": "1",
}
LONGER = OUTAGE | {"cleared_at": "2025-10-07T10:00:00+01:00"}
WORK = {"start": "2025-10-05T01:00:00Z", "end": "2025-10-06T00:30:00Z"}
ALARM_CHANGE = {"kind": "alarm", "old": OUTAGE, "new": None}


def may_write(authorization: str | None = Header(None)) -> None:
    """Let those write who say so."""
    if authorization is None or not authorization.endswith("writer"):
        raise HTTPException(403, "You may not report changes.")


@pytest.fixture
def source() -> Source:
    """The alarms of tests.web.world."""
    return Source()


@pytest.fixture
def client(source: Source) -> Iterator[TestClient]:
    """A writer of acme."""
    with visiting(service_over(source), "acme writer", authorize_changes=may_write) as visitor:
        yield visitor


def report(client: TestClient, *changes: Any, **options: Any) -> Any:
    return client.post("changes", json={"changes": list(changes)}, **options)


def downtime_minutes(client: TestClient) -> int:
    records = client.get("compliance?from_date=2025-10-07&to_date=2025-10-07").json()
    return int(records[0]["downtime_minutes"])


def test_a_reported_alarm_is_in_the_figures_at_once(client: TestClient, source: Source) -> None:
    """The cached day counts no more; the answer names the date; the same body again does no harm."""
    assert downtime_minutes(client) == 2
    source.alarms["acme"] = []
    assert downtime_minutes(client) == 2
    for _ in range(2):
        answer = report(client, ALARM_CHANGE)
        assert (answer.status_code, answer.json()) == (200, {"altered_dates": ["2025-10-07"]})
    assert downtime_minutes(client) == 0


@pytest.mark.parametrize(
    ("change", "dates"),
    [
        ({"kind": "alarm", "old": None, "new": OUTAGE}, ["2025-10-07"]),
        ({"kind": "alarm", "old": OUTAGE, "new": OUTAGE}, []),
        ({"kind": "alarm", "old": OUTAGE, "new": OUTAGE | {"severity": "Minor"}}, ["2025-10-07"]),
        ({"kind": "alarm", "old": OUTAGE, "new": LONGER | {"id": 7, "subscriber_count": 3}}, ["2025-10-07"]),
        ({"kind": "maintenance", "old": None, "new": WORK}, ["2025-10-05", "2025-10-06"]),
        ({"kind": "maintenance", "old": WORK, "new": WORK | {"reason": "other"}}, []),
        ({"kind": "maintenance", "old": None, "new": WORK | {"kind": "emergency"}}, []),
        (
            {"kind": "maintenance", "old": WORK, "new": WORK | {"applies_to": {"resource_id": ["olt-1"]}}},
            ["2025-10-05", "2025-10-06"],
        ),
        ({"kind": "dates", "dates": ["2025-10-02", "2025-10-01", "2025-10-02"]}, ["2025-10-01", "2025-10-02"]),
    ],
)
def test_the_answer_names_the_dates_that_a_change_can_alter(
    client: TestClient, change: dict[str, Any], dates: list[str]
) -> None:
    """Local dates of the tenant, ascending."""
    answer = report(client, change)
    assert (answer.status_code, answer.json()) == (200, {"altered_dates": dates})


def test_several_changes_are_one_answer(client: TestClient) -> None:
    """Their dates together."""
    changes = [
        ALARM_CHANGE,
        {"kind": "maintenance", "old": None, "new": WORK},
        {"kind": "dates", "dates": ["2025-10-01"]},
    ]
    assert report(client, *changes).json() == {
        "altered_dates": ["2025-10-01", "2025-10-05", "2025-10-06", "2025-10-07"]
    }


def test_reading_and_reporting_are_two_permissions() -> None:
    """Neither includes the other, and the tenant is that of the identity: a header can only confirm it."""
    service = service_over(Source())
    with visiting(service, "acme", authorize_changes=may_write) as reader:
        assert_problem(report(reader, ALARM_CHANGE), 403, "report changes")
    with visiting(service, "acme writer", authorize_changes=may_write) as writer:
        assert_problem(report(writer, ALARM_CHANGE, headers={"X-Tenant-ID": "other"}), 403, "X-Tenant-ID")
        assert report(writer, ALARM_CHANGE, headers={"X-Tenant-ID": "acme"}).status_code == 200
        assert_problem(writer.post("changes", json={"changes": [ALARM_CHANGE], "tenant_id": "other"}), 422, "tenant_id")
        assert writer.get("changes").status_code == 405
    with visiting(service, "stranger writer", authorize_changes=may_write) as stranger:
        assert_problem(report(stranger, ALARM_CHANGE), 403, "stranger")


def test_a_router_without_the_dependency_has_no_such_route() -> None:
    """A platform that calls the service itself opens no second door."""
    with visiting(service_over(Source()), "acme writer") as client:
        assert report(client, ALARM_CHANGE).status_code == 404


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kind": "alarm", "old": OUTAGE}, ["changes.0.alarm.new", "required"]),
        ({"kind": "alarms", "old": None, "new": None}, ["changes.0", "'alarm'"]),
        (ALARM_CHANGE | {"old": {**OUTAGE, "clear_at": None}}, ["changes.0.alarm.old.clear_at"]),
        (ALARM_CHANGE | {"old": {**OUTAGE, "subscriber_count": "3"}}, ["changes.0.alarm.old.subscriber_count"]),
        (ALARM_CHANGE | {"old": {**OUTAGE, "subscriber_count": True}}, ["changes.0.alarm.old.subscriber_count"]),
        (ALARM_CHANGE | {"old": {**OUTAGE, "title": "x" * 1001}}, ["changes.0.alarm.old.title"]),
        (ALARM_CHANGE | {"old": {**OUTAGE, "severity": "high"}}, ["changes[0].old.severity is 'high'", "critical"]),
        (ALARM_CHANGE | {"old": {**OUTAGE, "cleared_at": "2025-10-07 09:00"}}, ["changes[0].old.cleared_at"]),
        (ALARM_CHANGE | {"old": {**OUTAGE, "cleared_at": "2025-10-07T09:00:00"}}, ["changes[0].old.cleared_at"]),
        (ALARM_CHANGE | {"old": {**OUTAGE, "first_occurrence": "1999-10-07T09:00:00Z"}}, ["more than ten years"]),
        ({"kind": "maintenance", "old": None, "new": WORK | {"end": "2025-10-04T00:00:00Z"}}, ["changes[0].new.end"]),
        ({"kind": "maintenance", "old": None, "new": WORK | {"zone": "Mars"}}, ["changes[0].new.zone"]),
        ({"kind": "maintenance", "old": None, "new": WORK | {"recurrence": "FREQ=SECONDLY"}}, ["changes[0].new"]),
        ({"kind": "maintenance", "old": None, "new": WORK | {"applies_to": {"resource_id": "r"}}}, ["applies_to"]),
        ({"kind": "dates", "dates": []}, ["changes.0.dates.dates"]),
        ({"kind": "dates", "dates": ["2025-02-30"]}, ["changes[0].dates[0]"]),
        ({"kind": "dates", "dates": ["1925-02-20"]}, ["more than ten years"]),
        ({"kind": "dates", "dates": ["2025-01-01"] * 1001}, ["changes.0.dates.dates"]),
    ],
)
def test_a_bad_change_is_named_and_nothing_is_done(
    client: TestClient, source: Source, change: dict[str, Any], words: list[str]
) -> None:
    """Also where it stands beside good ones."""
    assert downtime_minutes(client) == 2
    source.alarms["acme"] = []
    assert_problem(report(client, change), 422, *words)
    assert report(client, ALARM_CHANGE, change).status_code == 422
    assert downtime_minutes(client) == 2


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"null", 422),
        (b"[]", 422),
        (b"{", 422),
        (b'{"changes": []}', 422),
        (b"\xff\xfe", 422),
        (b"[" * 100_000, 400),
        (json.dumps({"changes": [ALARM_CHANGE] * 101}).encode(), 422),
        (b'{"changes": [' + b" " * MAX_BODY_BYTES + b"]}", 413),
    ],
)
def test_a_body_that_is_no_report(client: TestClient, body: bytes, status: int) -> None:
    """Problem+json, whatever it is."""
    answer = client.post("changes", content=body, headers={"Content-Type": "application/json"})
    assert_problem(answer, status)


@pytest.mark.parametrize(
    ("count", "recurrence", "words"),
    [
        (1, "FREQ=DAILY;BYHOUR=" + ",".join(map(str, range(24))), "changes[0].new.recurrence"),
        (4, "FREQ=DAILY", "changes[3].new"),
    ],
    ids=["one with too many", "too many together"],
)
def test_recurring_work_without_bounds_is_refused(client: TestClient, count: int, recurrence: str, words: str) -> None:
    """Nothing else is served while occurrences are counted, so a body names 10,000 at most; and nothing is done."""
    work = {"start": "2016-12-05T01:00:00Z", "end": "2016-12-05T01:30:00Z", "recurrence": recurrence}
    answer = report(client, *[{"kind": "maintenance", "old": None, "new": work}] * count)
    assert_problem(answer, 422, words)


def test_a_form_of_another_site_is_no_report(client: TestClient) -> None:
    """A browser sends such a body without asking; one of this type it does not."""
    body = json.dumps({"changes": [ALARM_CHANGE]})
    assert_problem(client.post("changes", content=body, headers={"Content-Type": "text/plain"}), 422)


def test_a_body_without_an_end_is_not_read_to_it(client: TestClient) -> None:
    """It is cut off once it is too long, however it is sent."""

    def endless() -> Iterator[bytes]:
        for _ in range(100):
            yield b" " * 65_536

    answer = client.post("changes", content=endless(), headers={"Content-Type": "application/json"})
    assert_problem(answer, 413, "262,144")


def test_a_cache_or_a_source_that_is_down_is_a_503(source: Source) -> None:
    """The client is told to report again; it is no fault of the server's settings."""

    class Undeletable(MemoryCache):
        """A cache of which nothing can be deleted."""

        async def delete_many(self, keys: Sequence[str]) -> None:  # noqa: ARG002 - as the protocol says
            raise CacheUnavailableError("down")

    with visiting(service_over(source, cache=Undeletable()), "acme writer", authorize_changes=may_write) as client:
        answer = report(client, ALARM_CHANGE)
        assert_problem(answer, 503, "report the same changes again")
        assert answer.headers["Retry-After"] == "5"
    source.error = ConnectionError("down")
    with visiting(service_over(source), "acme writer", authorize_changes=may_write) as client:
        assert_problem(report(client, ALARM_CHANGE | {"new": OUTAGE | {"resource_id": "r"}}), 503)


def test_the_document_has_the_route_and_every_column() -> None:
    """Bodies are documented as they are checked."""
    document = platform(service_over(Source()), authorize_changes=may_write).openapi()
    operation = document["paths"][f"{API}/changes"]["post"]
    assert set(operation["responses"]) == {"200", "400", "401", "403", "409", "413", "422", "503"}
    columns = document["components"]["schemas"]["AlarmRow"]
    assert columns["properties"].keys() == {column.name for column in ALARM_COLUMNS}
    assert columns["required"] == ["first_occurrence", "severity"]
    assert columns["additionalProperties"] is False


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from([*WORK, *OUTAGE, "kind", "old", "new", "dates", "applies_to", "recurrence", "zone"])


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    kind=st.sampled_from(["alarm", "maintenance", "dates"]),
    row=st.sampled_from([OUTAGE, WORK]),
    name=NAMES,
    value=JSON_VALUES | st.sampled_from(["9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "2025-10-07", "FREQ=DAILY"]),
    is_inside=st.booleans(),
)
def test_whatever_is_reported_is_applied_or_refused(
    client: TestClient, kind: str, row: dict[str, Any], name: str, value: Any, is_inside: bool
) -> None:
    """Never a 5xx."""
    change: dict[str, Any] = {"kind": kind, "old": None, "new": dict(row), "dates": ["2025-10-01"]}
    change.pop("dates") if kind != "dates" else (change.pop("old"), change.pop("new"))
    (change["new"] if is_inside and "new" in change else change)[name] = value
    assert report(client, change).status_code in (200, 422)


@pytest.fixture(scope="module")
def live(postgres_dsn: str, redis_url: str) -> Iterator[tuple[tuple[Live, Live], str]]:
    """The app in two processes over one PostgreSQL with stored days, and one Valkey."""
    with fresh_database(postgres_dsn) as url:
        dsn = url.set(drivername="postgresql").render_as_string(hide_password=False)
        fill(dsn)
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute(stores.ddl("postgresql").encode())
            # A tenant of its own: the Valkey is that of the whole run.
            tenant = f"tenant-{uuid.uuid4().hex[:8]}"
            connection.execute("UPDATE tenants SET id = %s WHERE id = 'acme'", [tenant])
            connection.execute("UPDATE alarms SET tenant_id = %s WHERE tenant_id = 'acme'", [tenant])
        options = ("--database-url", dsn, "--redis-url", redis_url)
        with serving(*options) as first, serving(*options) as second:
            yield (first, second), f"{tenant} {dsn}"


def test_every_process_shows_what_was_reported(live: tuple[tuple[Live, Live], str]) -> None:
    """A row was deleted, and one of them is told; the permission to read is not enough for that."""
    servers, place = live
    server = servers[0]
    tenant, dsn = place.split(" ")
    question = "compliance?days=10"
    before = {tuple(day["downtime_minutes"] for day in shown.ask(question, tenant).json()) for shown in servers}
    assert before == {(*[2] * 9, 0)}
    deleted_sql = (
        "DELETE FROM alarms WHERE tenant_id = %s AND first_occurrence = (SELECT max(first_occurrence) FROM alarms"
        " WHERE tenant_id = %s) RETURNING first_occurrence, cleared_at"
    )
    with psycopg.connect(dsn, autocommit=True) as connection:
        row = connection.execute(deleted_sql, [tenant, tenant]).fetchone()
    assert row is not None
    body = {
        "changes": [
            {
                "kind": "alarm",
                "old": {
                    "first_occurrence": row[0].isoformat(),
                    "cleared_at": row[1].isoformat(),
                    "severity": "critical",
                },
                "new": None,
            }
        ]
    }
    assert_problem(_post(server, token_for(tenant), body), 403, WRITER)
    assert_problem(_post(server, token_for(tenant, hours=-1), body), 401, "expired")
    answer = _post(server, token_for(tenant, permission=WRITER), body)
    assert (answer.status_code, answer.json()) == (200, {"altered_dates": [row[0].date().isoformat()]})
    after = {tuple(day["downtime_minutes"] for day in shown.ask(question, tenant).json()) for shown in servers}
    assert after == {(*[2] * 8, 0, 0)}
    headers = {"Authorization": f"Bearer {token_for(tenant, permission=WRITER)}"}
    assert httpx2.get(server.url + LIVE_API + question, headers=headers).status_code == 403


def _post(server: Live, token: str, body: dict[str, Any]) -> httpx2.Response:
    headers = {"Authorization": f"Bearer {token}"}
    return httpx2.post(server.url + LIVE_API + "changes", json=body, headers=headers, timeout=30)


def test_times_of_these_tests_are_what_they_say() -> None:
    """The change above is that of a row that the source has."""
    assert instant_us(FIBRE_CUT.first_occurrence, field="") == instant_us(at(7, 9), field="")
    assert NOW - at(7, 9) < timedelta(days=2)
