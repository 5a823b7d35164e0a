"""What is cut says so: pages of incidents, of their alarms and of resources."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from sla_compliance.alarms import Alarm
from sla_compliance.web.long_bodies import MAX_ALARM_BYTES
from tests.web.world import Source, at, service_over, visiting

DAY = "2025-10-07"
OUTAGES = 250
ALARMS = 130


def many_outages() -> list[Alarm]:
    """Return an outage every five minutes of the day, each of one alarm of a device of its own."""
    first = at(7)
    raised = [first + timedelta(minutes=5 * number) for number in range(OUTAGES)]
    return [
        Alarm(start, start + timedelta(seconds=number + 1), id=f"a{number}", resource_id=f"olt-{number:03}")
        for number, start in enumerate(raised)
    ]


def one_outage(alarms: int = ALARMS, title: str = "Fibre cut") -> list[Alarm]:
    """Return the alarms of one outage, the latest first."""
    raised = [at(7, 9) + timedelta(seconds=number) for number in range(alarms)]
    return [
        Alarm(start, at(7, 10), id=f"a{number}", title=title) for number, start in reversed(list(enumerate(raised)))
    ]


def asked(alarms: list[Alarm], question: str) -> Any:
    """Return the JSON of an answer over some alarms."""
    with visiting(service_over(Source({"acme": alarms}))) as client:
        return client.get(question).json()


class TestIncidents:
    """`/sla/incidents`."""

    def test_a_hundred_by_default_and_the_total(self) -> None:
        """The earliest ones; the parameters that chose them stand beside the total."""
        day = asked(many_outages(), f"incidents?date={DAY}")
        assert (day["limit"], day["offset"], day["total"], len(day["incidents"])) == (100, 0, OUTAGES, 100)

    def test_pages_are_the_whole(self) -> None:
        """One after another they list each outage once, as one long page does."""
        alarms = many_outages()
        pages = [asked(alarms, f"incidents?date={DAY}&limit=90&offset={offset}") for offset in (0, 90, 180, 270)]
        whole = asked(alarms, f"incidents?date={DAY}&limit=1000")["incidents"]
        assert [len(page["incidents"]) for page in pages] == [90, 90, 70, 0]
        assert [incident for page in pages for incident in page["incidents"]] == whole
        assert [incident["downtime_seconds"] for incident in whole] == [number + 1 for number in range(OUTAGES)]

    def test_alarms_of_an_incident_are_cut_and_counted(self) -> None:
        """The earliest hundred by default, others as asked for."""
        (incident,) = asked(one_outage(), f"incidents?date={DAY}")["incidents"]
        assert (incident["alarm_count"], len(incident["alarms"])) == (ALARMS, 100)
        assert [alarm["id"] for alarm in incident["alarms"]] == [f"a{number}" for number in range(100)]
        (incident,) = asked(one_outage(), f"incidents?date={DAY}&limit=10&alarm_limit=1000")["incidents"]
        assert (incident["alarm_count"], len(incident["alarms"])) == (ALARMS, ALARMS)
        (incident,) = asked(one_outage(), f"incidents?date={DAY}&alarm_limit=1")["incidents"]
        assert [alarm["id"] for alarm in incident["alarms"]] == ["a0"]

    def test_long_pages_have_fewer_alarms_of_each_incident(self) -> None:
        """Ten thousand in all, so ten of each of a thousand incidents."""
        (incident,) = asked(one_outage(), f"incidents?date={DAY}&limit=1000")["incidents"]
        assert (incident["alarm_count"], len(incident["alarms"])) == (ALARMS, 10)

    def test_an_incident_without_unlisted_alarms_says_how_many_it_has(self) -> None:
        """The count is always there."""
        assert {
            incident["alarm_count"] for incident in asked(many_outages(), f"incidents?date={DAY}")["incidents"]
        } == {1}

    @pytest.mark.parametrize("title", ["x" * 500_000, "\u20ac" * 200_000], ids=["long", "three bytes a letter"])
    def test_the_longest_body_is_bounded_whatever_the_texts(self, title: str) -> None:
        """Alarms are left out, incidents are not; the count says how many there are."""
        with visiting(service_over(Source({"acme": [*one_outage(20, title), *many_outages()[121:]]}))) as client:
            answer = client.get(f"incidents?date={DAY}")
        first, *others = answer.json()["incidents"]
        assert first["alarm_count"] == 20
        assert 5 < len(first["alarms"]) < 10
        assert len(answer.content) < MAX_ALARM_BYTES + 100_000
        assert len(others) == 99

    def test_another_page_is_no_copy(self) -> None:
        """Each has its own tag."""
        with visiting(service_over(Source({"acme": many_outages()}))) as client:
            tag = client.get(f"incidents?date={DAY}").headers["ETag"]
            same = client.get(f"incidents?date={DAY}", headers={"If-None-Match": tag})
            other = client.get(f"incidents?date={DAY}&offset=1", headers={"If-None-Match": tag})
        assert (same.status_code, other.status_code) == (304, 200)


class TestResources:
    """`/sla/resources`."""

    @staticmethod
    def names(client: TestClient, page: str = "") -> tuple[list[str], int]:
        """Return the resources of a page, and how many there are."""
        answer = client.get(f"resources?from_date={DAY}&to_date={DAY}{page}")
        return [row["resource_id"] for row in answer.json()], int(answer.headers["X-Total-Count"])

    def test_a_hundred_by_default_and_the_total_in_a_header(self) -> None:
        """The worst first; the body stays a list."""
        with visiting(service_over(Source({"acme": many_outages()}))) as client:
            names, total = self.names(client)
        assert total == OUTAGES
        assert names == [f"olt-{number:03}" for number in range(OUTAGES - 1, OUTAGES - 101, -1)]

    def test_pages_are_the_whole(self) -> None:
        """Each resource once; beyond the last there is none, and the total stays."""
        with visiting(service_over(Source({"acme": many_outages()}))) as client:
            pages = [self.names(client, f"&limit=120&offset={offset}") for offset in (0, 120, 240, 360)]
            whole, _ = self.names(client, "&limit=1000")
        assert [len(names) for names, _ in pages] == [120, 120, 10, 0]
        assert [name for names, _ in pages for name in names] == whole
        assert {total for _, total in pages} == {OUTAGES}

    def test_a_copy_that_is_confirmed_has_the_total(self) -> None:
        """A 304 renews the headers of the copy."""
        with visiting(service_over(Source({"acme": many_outages()}))) as client:
            question = f"resources?from_date={DAY}&to_date={DAY}"
            tag = client.get(question).headers["ETag"]
            again = client.get(question, headers={"If-None-Match": tag})
        assert (again.status_code, again.headers["X-Total-Count"]) == (304, str(OUTAGES))
