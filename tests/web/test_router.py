"""The router inside a platform's app: figures, errors, tenants, caches."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from fastapi import Header
from fastapi.testclient import TestClient

from sla_compliance.alarms import Alarm
from sla_compliance.batch import AlarmBatch
from sla_compliance.errors import InvalidValueError
from sla_compliance.inventory import Inventory, Unit
from sla_compliance.service import MemoryTenants, to_async
from sla_compliance.sources.memory import MemoryAlarmSource
from sla_compliance.sources.samples import SampleAlarmSource, SampleMaintenanceSource
from tests.web.world import FIBRE_CUT, TENANTS, Clock, Source, assert_problem, at, service_over, visiting

THE_SEVENTH = {
    "date": "2025-10-07T00:00:00+01:00",
    "compliance_percentage": 99.89,
    "target_percentage": 99.9,
    "uptime_minutes": 1438,
    "downtime_minutes": 2,
    "sla_breaches": 1,
}


class NamelessSource(Source):
    """A table of times and severities alone."""

    async def fetch(self, *_: Any) -> AlarmBatch:
        """Return one alarm."""
        return AlarmBatch.from_columns(starts_us=[0], ends_us=[1], severities=["critical"])


@pytest.fixture
def source() -> Source:
    """The tenants' alarms."""
    return Source()


@pytest.fixture
def client(source: Source) -> Iterator[TestClient]:
    """Somebody of tenant acme."""
    with visiting(service_over(source)) as client:
        yield client


class TestFigures:
    """What each route says."""

    def test_a_day_is_the_documented_record(self, client: TestClient) -> None:
        """Those six keys, `date` with the tenant's offset, figures that never flatter."""
        answer = client.get("compliance", params={"from_date": "2025-10-07", "to_date": "2025-10-07"})
        assert (answer.status_code, answer.json()) == (200, [THE_SEVENTH])

    def test_days_is_today_and_the_dates_before(self, client: TestClient) -> None:
        """In the tenant's zone; today goes as far as now."""
        dates = [day["date"] for day in client.get("compliance", params={"days": 2}).json()]
        assert dates == ["2025-10-07T00:00:00+01:00", "2025-10-08T00:00:00+01:00"]

    def test_thirty_days_and_thirty_days_ago_are_told_apart(self, client: TestClient) -> None:
        """`days=30` is today and 29 dates before; an instant 30 days ago is on a date of its own, which is whole."""
        ago = (Clock().now - timedelta(days=30)).isoformat().replace("+00:00", "Z")
        by_number, by_instant, by_date = (
            client.get(f"compliance?detail=full&{days}").json()
            for days in ("days=30", f"from_date={ago}", "from_date=2025-09-09")
        )
        assert [len(days) for days in (by_number, by_instant, by_date)] == [30, 31, 30]
        assert [days[0]["date"][:10] for days in (by_number, by_instant)] == ["2025-09-09", "2025-09-08"]
        lengths = [[(day["date"], day["segments"]) for day in days] for days in (by_number, by_instant, by_date)]
        assert lengths[0] == lengths[1][1:] == lengths[2]

    @pytest.mark.parametrize(
        "days",
        ["days=3", "from_date=2025-10-06", "from_date=2025-10-05&to_date=2025-10-07", "from_date=2025-10-06T10:00:00Z"],
    )
    def test_totals_and_days_of_one_range_agree(self, client: TestClient, days: str) -> None:
        """Both routes take the same parameters; so a page's bars and its totals are of the same dates."""
        records = client.get(f"compliance?{days}&exclude_maintenance=false&detail=full").json()
        totals = client.get(f"rollup-stats?{days}&exclude_maintenance=false").json()
        assert totals["days_analyzed"] == len(records)
        assert totals["total_breaches"] == sum(record["sla_breaches"] for record in records)
        seconds = sum(record["downtime_seconds"] for record in records)
        assert totals["total_downtime_minutes"] == -(-seconds // 60)
        assert totals["worst_day_compliance"] == min(record["compliance_percentage"] for record in records)

    def test_full_detail_adds_what_figures_follow_from(self, client: TestClient) -> None:
        """Verdict, seconds, cells, quality, method, version of the zone rules."""
        (day,) = client.get("compliance?from_date=2025-10-07&to_date=2025-10-07&detail=full").json()
        assert day.items() >= THE_SEVENTH.items()
        assert (day["is_confirmed"], day["coverage_percentage"]) == (True, 100.0)
        assert day["low_percentage"] == day["high_percentage"] == day["compliance_percentage"]
        assert (day["verdict"], day["downtime_seconds"], day["quality"]) == (
            "BREACHED",
            95.0,
            {"lines": [], "doubts": []},
        )
        assert day["segments"]["AGREED/DOWN"] == 95_000_000
        assert {"method", "tz_version", "as_of", "provenance"} <= day.keys()

    def test_days_without_an_availability_are_left_out_but_of_full_detail(self, client: TestClient) -> None:
        """A future day has none; neither has one before the tenant was monitored."""
        plain = client.get("compliance?from_date=2025-09-29&to_date=2025-10-10").json()
        full = client.get("compliance?from_date=2025-09-29&to_date=2025-10-10&detail=full").json()
        assert [day["date"][:10] for day in plain] == [f"2025-10-{day:02}" for day in range(1, 9)]
        assert [day["compliance_percentage"] for day in full].count(None) == 4

    def test_the_target_asked_for_is_read_exactly(self, client: TestClient) -> None:
        """A target of three decimals shows three."""
        (day,) = client.get("compliance?from_date=2025-10-07&to_date=2025-10-07&target_percentage=99.889").json()
        assert (day["compliance_percentage"], day["sla_breaches"]) == (99.89, 0)

    def test_maintenance_is_excluded_unless_asked_otherwise(self, client: TestClient) -> None:
        """Half an hour of downtime in a night's work counts only then."""
        question = "compliance?from_date=2025-10-06&to_date=2025-10-06&exclude_maintenance="
        minutes = [client.get(question + flag).json()[0]["downtime_minutes"] for flag in ("true", "false")]
        assert minutes == [0, 30]

    def test_totals_come_from_exact_lengths(self, client: TestClient) -> None:
        """95 s and 20 s are 2 minutes, not 3; days without figures are in none of them."""
        assert client.get("rollup-stats", params={"days": 30}).json() == {
            "total_downtime_minutes": 2,
            "total_breaches": 1,
            "worst_day_compliance": 99.89,
            "avg_compliance": 99.98,
            "days_analyzed": 8,
            # 22 of the 30 days were not monitored: they may have been up or down.
            "is_confirmed": False,
            "low_percentage": 26.21,
            "high_percentage": 99.99,
            "quality": {"lines": []},
        }

    def test_totals_of_nothing_are_nothing(self, source: Source) -> None:
        """Neither 0 % nor 100 %."""
        with visiting(service_over(source), "new") as client:
            totals = client.get("rollup-stats").json()
        assert (totals["days_analyzed"], totals["worst_day_compliance"], totals["avg_compliance"]) == (0, None, None)

    def test_a_day_opens_its_incidents_with_their_alarms(self, client: TestClient) -> None:
        """Times with the tenant's offset; the day's bounds beside them."""
        day = client.get("incidents", params={"date": "2025-10-07"}).json()
        assert (day["start"], day["end"]) == ("2025-10-07T00:00:00+01:00", "2025-10-08T00:00:00+01:00")
        (incident,) = day["incidents"]
        assert (incident["start"], incident["downtime_seconds"]) == ("2025-10-07T10:00:00+01:00", 95.0)
        assert [alarm["title"] for alarm in incident["alarms"]] == ["Fibre cut"]

    @pytest.mark.parametrize("date", ["2025-10-05", "2025-10-06", "2025-10-07"])
    @pytest.mark.parametrize(("flag", "seconds_of_the_sixth"), [("true", 130 * 60), ("false", 235 * 60)])
    def test_incidents_of_a_day_sum_to_its_downtime(self, date: str, flag: str, seconds_of_the_sixth: int) -> None:
        """With maintenance and without: overview and drill-down agree to the second."""
        outages = [
            Alarm(at(5, 22), at(6), id="over midnight"),
            Alarm(at(6, 0, 30), at(6, 1, 45), id="half an hour before the work, 45 minutes in it"),
            Alarm(at(6, 2), at(6, 3), id="in the work"),
            Alarm(at(6, 12), at(6, 12, 30), id="by day"),
            Alarm(at(6, 22, 50), at(7, 1), id="over the next midnight"),
        ]
        days = f"compliance?from_date={date}&to_date={date}&detail=full&exclude_maintenance={flag}"
        with visiting(service_over(Source({"acme": outages}))) as client:
            (day,) = client.get(days).json()
            incidents = client.get(f"incidents?date={date}&exclude_maintenance={flag}").json()["incidents"]
        assert sum(incident["downtime_seconds"] for incident in incidents) == day["downtime_seconds"]
        if date == "2025-10-06":
            assert day["downtime_seconds"] == seconds_of_the_sixth

    def test_maintenance_is_excluded_from_incidents_unless_asked_otherwise(self, client: TestClient) -> None:
        """The outage is listed either way; a target is none of the parameters and changes nothing."""
        question = "incidents?date=2025-10-06"
        (excluded,) = client.get(question).json()["incidents"]
        (counted,) = client.get(f"{question}&exclude_maintenance=false").json()["incidents"]
        assert (excluded["downtime_seconds"], counted["downtime_seconds"]) == (0.0, 1800.0)
        assert excluded["duration_seconds"] == counted["duration_seconds"] == 1800.0
        assert client.get(f"{question}&target_percentage=101").json()["incidents"] == [excluded]

    def test_the_worst_resources_come_first(self, client: TestClient) -> None:
        """As many as asked for."""
        ranking = client.get("resources?days=8&exclude_maintenance=false").json()
        assert [row["resource_id"] for row in ranking] == ["olt-7", "olt-8"]
        assert [row["downtime_seconds"] for row in ranking] == [1895.0, 20.0]
        assert len(client.get("resources?days=8&limit=1").json()) == 1

    def test_resources_honour_each_of_their_parameters(self, client: TestClient) -> None:
        """Days, maintenance and target; a resource of which nothing counts is left out."""
        dates = "from_date=2025-10-06&to_date=2025-10-07"
        strict = client.get(f"resources?{dates}").json()[0]
        assert (strict["resource_id"], strict["downtime_seconds"], strict["sla_breaches"]) == ("olt-7", 95.0, 1)
        lax = client.get(f"resources?{dates}&target_percentage=99").json()[0]
        assert (lax["target_percentage"], lax["sla_breaches"], lax["downtime_seconds"]) == (99.0, 0, 95.0)
        counted = client.get(f"resources?{dates}&exclude_maintenance=false").json()[0]
        assert counted["downtime_seconds"] == 1895.0
        assert client.get("resources?from_date=2025-09-29&to_date=2025-09-30").json() == []

    def test_resources_say_how_many_rows_name_none(self) -> None:
        """And how long those were: any resource may have been down then."""
        alarms = [FIBRE_CUT, Alarm(at(7, 10), at(7, 12), id="no device"), Alarm(at(7, 11), at(7, 13), id="neither")]
        with visiting(service_over(Source({"acme": alarms}))) as client:
            rows = client.get("resources?from_date=2025-10-07&to_date=2025-10-07&target_percentage=99").json()
        assert [row["resource_id"] for row in rows] == [None, "olt-7"]
        lines = ["2 rows without the key, in doubt for every key: 3 h of downtime, the first: no device"]
        assert [row["quality"]["lines"] for row in rows] == [[], lines]
        assert (rows[1]["verdict"], rows[1]["is_confirmed"]) == ("MET", False)
        assert rows[1]["low_percentage"] < rows[1]["high_percentage"] == 99.89

    def test_alarms_that_name_no_resource_have_no_list_of_them(self) -> None:
        """A table without such a column is no failure of the server: the page leaves the list out."""
        with visiting(service_over(NamelessSource())) as client:
            assert client.get("compliance?days=2").status_code == 200
            assert_problem(client.get("resources?days=2"), 404, "by is 'resource_id'", "must name a column")

    def test_resources_of_an_inventory_have_their_own_targets(self) -> None:
        """Units without an alarm appear, shared devices count; a target that is asked for is everybody's."""
        units = [Unit("c-gold", parents=["olt-7"], target="99.95"), Unit("olt-7"), Unit(17)]
        tenants = MemoryTenants(TENANTS, inventories={"acme": Inventory(units)})
        with visiting(service_over(Source(), tenants=tenants)) as client:
            rows = client.get("resources?from_date=2025-10-07&to_date=2025-10-07").json()
            asked = client.get("resources?from_date=2025-10-07&to_date=2025-10-07&target_percentage=99").json()
        assert [(row["resource_id"], row["target_percentage"], row["verdict"]) for row in rows] == [
            ("c-gold", 99.95, "BREACHED"),
            ("olt-7", 99.9, "BREACHED"),
            ("17", 99.9, "MET"),
            ("olt-8", 99.9, "MET"),
        ]
        assert {row["target_percentage"] for row in asked} == {99.0}

    def test_totals_honour_each_of_their_parameters(self, client: TestClient) -> None:
        """Days, maintenance and target."""
        stats = "rollup-stats?days=3"
        assert client.get(stats).json()["total_breaches"] == 1
        assert client.get(f"{stats}&target_percentage=99.8").json()["total_breaches"] == 0
        minutes = client.get(f"{stats}&exclude_maintenance=false").json()["total_downtime_minutes"]
        assert (client.get(stats).json()["total_downtime_minutes"], minutes) == (2, 32)


EACH_ROUTE = ["compliance?days=3", "rollup-stats", "incidents?date=2025-10-07", "resources?days=3"]
BAD_QUESTIONS = [
    ("compliance?from_date=2020-01-01", 400, "90 days"),
    ("compliance?from_date=2025-06-01&to_date=2025-10-01", 400, "90 days"),
    ("compliance?from_date=", 400, "from_date"),
    ("compliance?from_date=yesterday", 400, "yesterday"),
    ("compliance?from_date=2025-02-30", 400, "from_date"),
    ("compliance?from_date=2025-10-08T00:00:00+01:00", 400, "%2B01:00"),
    ("compliance?from_date=2025-10-08T00:00:00", 400, "from_date"),
    ("compliance?from_date=2025-10-08&to_date=2025-10-07", 400, "swap"),
    ("compliance?from_date=2025-10-08&to_date=", 400, "to_date"),
    ("compliance?from_date=0001-01-01", 400, "from_date"),
    ("compliance?from_date=9999-12-31", 400, "from_date"),
    ("compliance", 422, "from_date"),
    ("compliance?days=3&from_date=2025-10-08", 422, "one or the other"),
    ("compliance?days=0", 422, "days"),
    ("compliance?days=91", 422, "days"),
    ("compliance?days=many", 422, "days"),
    ("compliance?days=3&detail=some", 422, "detail"),
    ("compliance?days=3&exclude_maintenance=perhaps", 422, "exclude_maintenance"),
    ("compliance?days=3&target_percentage=101", 422, "target_percentage"),
    ("compliance?days=3&target_percentage=NaN", 422, "target_percentage"),
    ("compliance?days=3&target_percentage=1e999999999", 422, "target_percentage"),
    ("compliance?days=3&target_percentage=" + "9" * 900, 422, "target_percentage"),
    ("compliance?days=3&ignored=" + "x" * 1100, 422, "query string"),
    ("rollup-stats?days=91", 422, "days"),
    ("rollup-stats?days=3&from_date=2025-10-07", 422, "one or the other"),
    ("rollup-stats?to_date=2025-10-07", 422, "from_date is missing"),
    ("rollup-stats?from_date=2020-01-01", 400, "90 days"),
    ("incidents", 422, "date"),
    ("incidents?date=7 October", 400, "date"),
    ("incidents?date=2025-10-07T00:00:00Z", 400, "date"),
    ("incidents?date=9999-12-31", 400, "date"),
    ("incidents?date=2025-10-07&limit=1001", 422, "limit"),
    ("incidents?date=2025-10-07&offset=-1", 422, "offset"),
    ("incidents?date=2025-10-07&limit=101&alarm_limit=100", 422, "give 99 or less"),
    ("resources?days=3&limit=1001", 422, "limit"),
    ("resources?days=3&limit=0", 422, "limit"),
]


class TestErrors:
    """One clear problem for each mistake."""

    @pytest.mark.parametrize(("question", "status", "word"), BAD_QUESTIONS, ids=lambda value: str(value)[:60])
    def test_a_bad_question_gets_a_problem(self, client: TestClient, question: str, status: int, word: str) -> None:
        """400 for dates and ranges, 422 for the rest; `detail` names the parameter."""
        assert_problem(client.get(question), status, word)

    def test_a_date_that_the_zone_skipped_is_a_problem(self, source: Source) -> None:
        """Samoa had no 30 December 2011: there is no such day to list."""
        with visiting(service_over(source), "apia") as client:
            assert_problem(client.get("incidents?date=2011-12-30"), 400, "date is '2011-12-30'", "Pacific/Apia skipped")
            assert client.get("incidents?date=2011-12-31").json()["start"] == "2011-12-31T00:00:00+14:00"

    def test_ninety_days_are_allowed_from_a_moment_ago(self, client: TestClient) -> None:
        """A browser's "90 days ago" is a moment more when it arrives."""
        assert client.get("compliance?from_date=2025-07-10T21:59:59.000Z").status_code == 200

    @pytest.mark.parametrize("question", ["from_date=2031-01-01", "from_date=2031-01-01&to_date=2031-02-01"])
    def test_the_future_is_empty(self, client: TestClient, question: str) -> None:
        """No figures yet, and no error."""
        answer = client.get(f"compliance?{question}")
        assert (answer.status_code, answer.json()) == (200, [])

    def test_nobody_gets_nothing(self, client: TestClient) -> None:
        """The platform's 401 keeps its words and its challenge."""
        del client.headers["Authorization"]
        answer = client.get("compliance?days=3")
        assert_problem(answer, 401, "Who are you?")
        assert answer.headers["WWW-Authenticate"] == "Session"

    def test_who_may_not_read_gets_nothing(self, client: TestClient) -> None:
        """The platform's 403, before any question is read."""
        answer = client.get("compliance?days=nonsense", headers={"Authorization": "acme no-reader"})
        assert_problem(answer, 403, "may not read")

    def test_an_identity_that_is_no_tenant_gets_nothing(self, client: TestClient) -> None:
        """And hears nothing about anybody else."""
        assert_problem(client.get("compliance?days=3", headers={"Authorization": "nobody"}), 403, "nobody")

    @pytest.mark.parametrize("path", EACH_ROUTE)
    @pytest.mark.parametrize("error", [ConnectionRefusedError("down"), TimeoutError(), RuntimeError("driver's own")])
    def test_a_source_that_is_down_is_a_503(
        self, client: TestClient, source: Source, path: str, error: Exception
    ) -> None:
        """Whatever it raises; Retry-After says when to ask again; nothing of the error is shown."""
        source.error = error
        answer = client.get(path)
        assert_problem(answer, 503)
        assert int(answer.headers["Retry-After"]) > 0
        assert "driver" not in answer.text

    @pytest.mark.parametrize("path", EACH_ROUTE)
    def test_a_fault_of_the_settings_stays_an_error(self, client: TestClient, source: Source, path: str) -> None:
        """It is the server's own: no client can do anything about it, and asking again does not help."""
        source.error = InvalidValueError("zone of the tenant is 'Lagos'", field="zone")
        with pytest.raises(InvalidValueError, match="Lagos"):
            client.get(path)

    def test_what_is_remembered_is_shown_while_the_source_is_down(self, source: Source) -> None:
        """Marked as outdated in full detail, and current again once the source is back."""
        clock = Clock()
        with visiting(service_over(source, clock=clock)) as client:
            before = client.get("compliance?days=3").json()
            clock.now += timedelta(minutes=20)
            source.error = ConnectionRefusedError("down")
            assert client.get("compliance?days=3").json() == before
            assert client.get("compliance?days=1&detail=full").json()[0]["provenance"] == ["OUTDATED"]
            source.error = None
            assert client.get("compliance?days=1&detail=full").json()[0]["provenance"] == ["SOURCE"]


class TestTenants:
    """Whose figures."""

    def test_a_tenant_sees_its_own(self, source: Source) -> None:
        """Another one's days have its own offset and none of acme's outages."""
        with visiting(service_over(source), "other") as client:
            (day,) = client.get("compliance?from_date=2025-10-07&to_date=2025-10-07").json()
        assert (day["date"], day["downtime_minutes"]) == ("2025-10-07T00:00:00+02:00", 0)

    @pytest.mark.parametrize("path", EACH_ROUTE)
    def test_a_tenant_dependency_that_fails_validation_is_a_problem(self, source: Source, path: str) -> None:
        """FastAPI runs the other dependencies all the same; none of them counts on the tenant."""

        def tenant(x_session: str = Header()) -> str:
            return x_session

        with visiting(service_over(source), tenant_dependency=tenant) as client:
            assert_problem(client.get(path), 422, "x-session")
            assert client.get(path, headers={"X-Session": "acme"}).status_code == 200
        assert source.queries == 1

    @pytest.mark.parametrize("path", EACH_ROUTE)
    def test_a_header_can_confirm_the_tenant_but_never_choose_it(self, client: TestClient, path: str) -> None:
        """One that names another is a 403."""
        assert client.get(path, headers={"X-Tenant-ID": "acme"}).status_code == 200
        assert_problem(client.get(path, headers={"X-Tenant-ID": "other"}), 403, "X-Tenant-ID")

    def test_each_of_several_headers_must_name_the_tenant(self, client: TestClient) -> None:
        """Whichever a proxy would look at."""
        answer = client.get("compliance?days=3", headers=[("X-Tenant-ID", "acme"), ("X-Tenant-ID", "other")])
        assert_problem(answer, 403)

    @pytest.mark.parametrize("name", ["tenant", "tenant_id", "X-Tenant-ID"])
    def test_no_parameter_chooses_the_tenant(self, client: TestClient, name: str) -> None:
        """It is ignored."""
        question = "compliance?from_date=2025-10-07&to_date=2025-10-07"
        assert client.get(f"{question}&{name}=other").json() == client.get(question).json()

    def test_a_copy_of_another_tenant_is_never_confirmed(self, source: Source) -> None:
        """Even one with the same dates and question."""
        service = service_over(source)
        with visiting(service, "acme") as acme:
            tag = acme.get("compliance?days=3").headers["ETag"]
        with visiting(service, "other") as other:
            answer = other.get("compliance?days=3", headers={"If-None-Match": tag})
        assert answer.status_code == 200
        assert all(day["date"].endswith("+02:00") for day in answer.json())


class TestCopies:
    """What caches may do with an answer."""

    @pytest.mark.parametrize(
        "path", ["compliance?days=3", "compliance?days=3&detail=full", "rollup-stats", "incidents?date=2025-10-07"]
    )
    def test_a_current_copy_is_confirmed(self, client: TestClient, path: str) -> None:
        """304, no body; private, for every reader has its own figures."""
        client.get(path)
        first = client.get(path)
        again = client.get(path, headers={"If-None-Match": f'"else", W/{first.headers["ETag"]}'})
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
        assert first.headers["Cache-Control"] == "private, no-cache"
        assert {"Authorization", "X-Tenant-ID"} <= set(first.headers["Vary"].split(", "))

    def test_a_stale_copy_is_replaced(self, source: Source) -> None:
        """As soon as figures are measured anew."""
        clock = Clock()
        with visiting(service_over(source, clock=clock)) as client:
            tag = client.get("compliance?days=3").headers["ETag"]
            clock.now += timedelta(minutes=10)
            assert client.get("compliance?days=3", headers={"If-None-Match": tag}).status_code == 200


class TestPhases:
    """The three sources that a front end meets, one after another."""

    def test_at_first_there_is_nothing(self) -> None:
        """An empty memory and a tenant that is not monitored yet: `[]`."""
        with visiting(service_over(to_async(MemoryAlarmSource({}))), "new") as client:
            assert client.get("compliance?days=30").json() == []

    def test_sample_data_is_marked_and_kept_nowhere(self) -> None:
        """A header, a key in each record; no copies."""
        clock = Clock()
        sample = SampleAlarmSource("Africa/Lagos", clock=clock)
        work = SampleMaintenanceSource("Africa/Lagos", clock=clock)
        service = service_over(sample, exclusions=work, clock=clock)
        with visiting(service) as client:
            answer = client.get("compliance?days=5&detail=full")
            again = client.get("compliance?days=5&detail=full")
        assert answer.headers["X-SLA-Sample-Data"] == "true"
        assert (answer.headers["Cache-Control"], "ETag" in answer.headers) == ("no-store", False)
        assert {day["sample_data"] for day in answer.json()} == {True}
        assert {place for day in again.json() for place in day["provenance"]} == {"SOURCE"}

    def test_real_data_bears_no_mark(self, client: TestClient) -> None:
        """Neither header nor key."""
        answer = client.get("compliance?days=5&detail=full")
        assert "X-SLA-Sample-Data" not in answer.headers
        assert all("sample_data" not in day for day in answer.json())
