"""Routes for periods: the worked examples on the wire, parameters, tenants, caches of browsers, a source that fails."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sla_compliance.alarms import Alarm
from sla_compliance.calendars.exclusions import MaintenanceWindow
from sla_compliance.calendars.service_hours import ServiceHours
from sla_compliance.policy import SLAPolicy
from sla_compliance.service import MemoryTenants, TenantSettings
from sla_compliance.sources.samples import SampleAlarmSource
from sla_compliance.web.period_responses import period_name
from tests.web.world import Clock, Source, assert_problem, service_over, visiting

EVERY_ROUTE = ["budget", "attribution?days=3", "incident-costs?days=3", "reliability?days=3", "trend"]


def at(day: int, hour: int = 0, minute: int = 0) -> datetime:
    """Return an instant of October 2026, UTC."""
    return datetime(2026, 10, day, hour, minute, tzinfo=UTC)


def outage(start: datetime, minutes: int, **columns: Any) -> Alarm:
    columns.setdefault("id", start.isoformat())
    return Alarm(start, start + timedelta(minutes=minutes), **columns)


HALF_AN_HOUR = outage(at(3, 12), 30)
IN_BERLIN = TenantSettings(
    "Europe/Berlin",
    SLAPolicy("99.5"),
    service_hours=ServiceHours.weekly({"mon-fri": "09:00-17:00"}),
    maintenance=[MaintenanceWindow(at(26, 8), at(26, 8, 20))],
)
TENANTS = {"acme": TenantSettings("UTC"), "other": TenantSettings("Africa/Lagos"), "berlin": IN_BERLIN}


def client_of(alarms: dict[str, list[Alarm]], now: datetime, tenant: str = "acme", **options: Any) -> Any:
    """Return a visitor of the platform, for a `with` block, and its source and clock."""
    source, clock = Source(alarms), Clock(now)
    service = service_over(source, tenants=MemoryTenants(TENANTS), clock=clock)
    return visiting(service, tenant, **options), source, clock


def asked(question: str, alarms: list[Alarm], now: datetime, tenant: str = "acme") -> Any:
    """Return the body of an answer."""
    visit, _, _ = client_of({tenant: alarms}, now, tenant)
    with visit as client:
        answer = client.get(question)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_budget_of_a_month_in_progress() -> None:
    """Half an hour by the tenth: 14.64 of 44.64 minutes are left."""
    assert asked("budget", [HALF_AN_HOUR], at(10)) == {
        "start": "2026-10-01T00:00:00+00:00",
        "end": "2026-11-01T00:00:00+00:00",
        "as_of": "2026-10-10T00:00:00+00:00",
        "target_percentage": 99.9,
        "allowed_seconds": 2678.4,
        "spent_seconds": 1800.0,
        "left_seconds": 878.4,
        "remaining_percentage": 32.79,
        "to_date_percentage": -131.49,
        "best_percentage": 99.93,
        "worst_percentage": 28.96,
        "deadline": "2026-10-10T00:14:38.400000+00:00",
        "state": "AT_RISK",
        "down_since": None,
        "left_when_it_began_seconds": None,
        "is_confirmed": True,
        "because": [],
        "more_in_doubt": 0,
        "last_monitored_at": "2026-10-10T00:00:00+00:00",
        "time_zone": "UTC",
        "period": "2026-10",
    }


def test_a_deadline_behind_a_weekend_and_maintenance() -> None:
    """Times have the tenant's offset, which changes in between."""
    body = asked("budget?period=month", [Alarm(at(23, 14, 30), id="open")], at(23, 14, 45), "berlin")
    assert body["deadline"] == "2026-10-26T09:42:42+01:00"
    assert (body["allowed_seconds"], body["left_seconds"]) == (3162.0, 2262.0)
    assert (body["down_since"], body["time_zone"]) == ("2026-10-23T16:30:00+02:00", "Europe/Berlin")


@pytest.mark.parametrize(
    ("period", "start", "name"),
    [("week", "2026-10-05", "2026-W41"), ("quarter", "2026-10-01", "2026-Q4"), ("year", "2026-01-01", "2026")],
)
def test_other_periods_and_a_target_of_the_request(period: str, start: str, name: str) -> None:
    body = asked(f"budget?period={period}&target_percentage=100", [HALF_AN_HOUR], at(10))
    assert (body["start"][:10], body["period"]) == (start, name)
    assert (body["allowed_seconds"], body["remaining_percentage"]) == (0.0, None)


def test_a_period_is_named_as_the_calendar_has_it() -> None:
    """A week may be of another year than its first date."""
    names = [period_name(period, datetime(2027, 1, 1, tzinfo=UTC).date()) for period in ("week", "month", "quarter")]
    assert names == ["2026-W53", "2027-01", "2027-Q1"]


CAUSES = [
    Alarm(at(5, 9), at(5, 11), id="1", resource_id="fibre"),
    Alarm(at(5, 10), at(5, 11, 30), id="2", resource_id="olt"),
    Alarm(at(5, 10, 30), at(5, 10, 45), id="3", resource_id="pon"),
    Alarm(at(7, 2), at(7, 3), id="4", resource_id="power"),
]


def test_attribution_by_a_column_in_pages() -> None:
    range_ = "from_date=2026-10-01&to_date=2026-10-31"
    whole = asked(f"attribution?{range_}&by=resource_id", CAUSES, at(31))
    assert whole["rows"][0] == {
        "key": "fibre",
        "alarms": 1,
        "gross_seconds": 7200.0,
        "unique_seconds": 3600.0,
        "shared_seconds": 3600.0,
        "owned_seconds": 7200.0,
    }
    assert sum(row["owned_seconds"] for row in whole["rows"]) == whole["down_seconds"] == 12_600
    assert (whole["total"], whole["bridged_seconds"], whole["limit"], whole["offset"]) == (4, 0.0, 100, 0)
    page = asked(f"attribution?{range_}&by=resource_id&limit=2&offset=1", CAUSES, at(31))
    assert [row["key"] for row in page["rows"]] == ["power", "olt"]
    assert (page["total"], page["limit"], page["offset"]) == (4, 2, 1)


def test_the_dearest_incidents_first() -> None:
    alarms = [outage(at(2), 9), outage(at(9), 12), outage(at(16), 20), outage(at(23), 15)]
    body = asked("incident-costs?from_date=2026-10-01&to_date=2026-10-31&limit=3", alarms, at(31))
    assert [(entry["budget_seconds"], entry["is_decisive"]) for entry in body["incidents"]] == [
        (1200.0, True), (900.0, False), (720.0, False)
    ]  # fmt: skip
    assert (body["total"], body["decisive"]) == (4, 1)
    assert body["incidents"][0]["alarm_count"] == 1
    lower = asked("incident-costs?from_date=2026-10-01&to_date=2026-10-31&target_percentage=99", alarms, at(31))
    assert lower["decisive"] == 0


def test_reliability_of_a_range() -> None:
    alarms = [outage(at(3), 20), outage(at(9), 60), outage(at(16), 10)]
    body = asked("reliability?from_date=2026-10-01&to_date=2026-10-31", alarms, at(31))
    assert (body["failures"], body["mttr_seconds"], body["median_seconds"], body["p95_seconds"]) == (
        3,
        1800,
        1200,
        3600,
    )


def test_a_trend_in_order_of_time_the_last_one_to_date() -> None:
    alarms = [outage(datetime(2026, 9, 5, tzinfo=UTC), 60), HALF_AN_HOUR]
    changes = asked("trend?period=month&count=3", alarms, at(10, 12))
    assert [change["period"] for change in changes] == ["2026-08", "2026-09", "2026-10"]
    assert [change["is_to_date"] for change in changes] == [False, False, True]
    assert changes[2]["before"]["end"] == "2026-09-10T12:00:00+00:00"
    assert (changes[2]["before"]["downtime_seconds"], changes[2]["record"]["downtime_seconds"]) == (3600.0, 1800.0)
    assert changes[2]["points"] > 0
    weeks = asked("trend?period=week&against=year&count=2", alarms, at(10, 12))
    assert weeks[-1]["before"]["start"] == "2025-10-06T00:00:00+00:00"


def test_a_budget_is_remembered_for_a_minute_and_its_answer_revalidated() -> None:
    """304 while it is the same; made up once for all targets."""
    visit, source, clock = client_of({"acme": [HALF_AN_HOUR]}, at(10))
    with visit as client:
        tag = client.get("budget").headers["ETag"]
        assert client.get("budget", headers={"If-None-Match": tag}).status_code == 304
        clock.now += timedelta(seconds=59)
        assert client.get("budget?target_percentage=99").json()["as_of"] == "2026-10-10T00:00:00+00:00"
        assert client.get("budget", headers={"If-None-Match": tag}).status_code == 304
        assert source.queries == 1
        clock.now += timedelta(seconds=1)
        assert client.get("budget", headers={"If-None-Match": tag}).status_code == 200
        assert source.queries == 2


def test_a_change_that_is_reported_is_in_the_next_answer() -> None:
    visit, source, _ = client_of({"acme": [HALF_AN_HOUR]}, at(10), authorize_changes=lambda: None)
    with visit as client:
        assert client.get("budget").json()["spent_seconds"] == 1800.0
        source.alarms["acme"].append(outage(at(4), 5))
        body = {"changes": [{"kind": "dates", "dates": ["2026-10-04"]}]}
        answer = client.post("changes", json=body)
        assert answer.status_code == 200, answer.text
        assert client.get("budget").json()["spent_seconds"] == 2100.0


@pytest.mark.parametrize("question", EVERY_ROUTE)
def test_a_tenant_sees_its_own_rows_alone(question: str) -> None:
    """Another's in the header is refused, and an unknown one too."""
    visit, _, _ = client_of({"acme": [outage(at(9), 50)], "other": []}, at(10))
    with visit as client:
        own, others = (client.get(question, headers={"Authorization": name}).text for name in ("acme", "other"))
        assert_problem(client.get(question, headers={"X-Tenant-ID": "other"}), 403, "X-Tenant-ID")
        assert_problem(client.get(question, headers={"Authorization": "nobody"}), 403)
        assert_problem(client.get(question, headers={"Authorization": "acme no-reader"}), 403)
    assert "3000.0" in own
    assert "3000.0" not in others


@pytest.mark.parametrize(
    ("question", "status", "words"),
    [
        ("budget?period=day", 422, ["period"]),
        ("budget?target_percentage=101", 422, ["target_percentage", "101"]),
        ("attribution?days=3&by=colour", 422, ["by is 'colour'", "the alarms carry the columns"]),
        ("attribution?days=3&limit=0", 422, ["limit"]),
        ("attribution", 422, ["from_date is missing"]),
        ("attribution?from_date=2026-01-01", 400, ["90 days"]),
        ("incident-costs?from_date=08.10.2025", 400, ["from_date"]),
        ("incident-costs?days=3&target_percentage=x", 422, ["target_percentage"]),
        ("reliability?from_date=2026-10-03&to_date=2026-10-01", 400, ["to_date"]),
        ("trend?period=year", 422, ["period"]),
        ("trend?against=week", 422, ["against"]),
        ("trend?count=25", 422, ["count"]),
        ("trend?count=0", 422, ["count"]),
    ],
)
def test_bad_parameters_are_problems(question: str, status: int, words: list[str]) -> None:
    visit, _, _ = client_of({"acme": [HALF_AN_HOUR]}, at(10))
    with visit as client:
        assert_problem(client.get(question), status, *words)


@pytest.mark.parametrize("question", EVERY_ROUTE)
def test_undeclared_parameters_are_refused_where_the_app_wants_that(question: str) -> None:
    visit, _, _ = client_of({"acme": []}, at(10), unknown_parameters="refuse")
    with visit as client:
        assert_problem(client.get(f"{question}{'&' if '?' in question else '?'}tenant=other"), 422, "'tenant'")


@pytest.mark.parametrize("question", EVERY_ROUTE)
def test_a_source_that_fails_or_is_late_is_a_503(question: str) -> None:
    """With Retry-After; and what was remembered before is shown no longer than its minute."""
    visit, source, clock = client_of({"acme": [HALF_AN_HOUR]}, at(10))
    with visit as client:
        for error in (OSError("gone"), TimeoutError("late")):
            source.error = error
            answer = client.get(question)
            assert_problem(answer, 503, "not available")
            assert "Retry-After" in answer.headers
        source.error = None
        assert client.get(question).status_code == 200
        source.error, clock.now = OSError("gone"), clock.now + timedelta(days=40)
        assert_problem(client.get(question), 503)


@pytest.mark.parametrize("question", EVERY_ROUTE)
def test_requests_beyond_the_limit_get_a_503(question: str) -> None:
    visit, _, _ = client_of({"acme": []}, at(10), max_concurrent=0)
    with visit as client:
        assert_problem(client.get(question), 503, "Too many requests")


@pytest.mark.parametrize("question", EVERY_ROUTE)
def test_made_up_figures_bear_their_mark(question: str) -> None:
    service = service_over(
        SampleAlarmSource("UTC", clock=Clock(at(10))), tenants=MemoryTenants(TENANTS), clock=Clock(at(10))
    )
    with visiting(service) as client:
        answer = client.get(question)
    assert (answer.headers["X-SLA-Sample-Data"], answer.headers["Cache-Control"]) == ("true", "no-store")
