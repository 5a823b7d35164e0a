"""The stretches of a day in `/sla/incidents`, and the doubts of a range in `/sla/compliance`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from fastapi.testclient import TestClient

from sla_compliance.alarms import Alarm
from sla_compliance.stretches import MOST_OUTAGES
from tests.web.world import NOW, Source, at, service_over, visiting

Stretch = dict[str, Any]


@pytest.fixture
def source() -> Source:
    """The alarms of tests.web.world."""
    return Source()


@pytest.fixture
def client(source: Source) -> Iterator[TestClient]:
    """A user of acme."""
    with visiting(service_over(source)) as visitor:
        yield visitor


def stretches(client: TestClient, date: str, **query: str) -> list[Stretch]:
    """The stretches of one day of acme."""
    answer = client.get("incidents", params={"date": date, **query}).json()
    bounds = [(part["start"], part["end"]) for part in answer["timeline"]]
    assert bounds[0][0] == answer["start"]
    assert bounds[-1][1] == answer["end"]
    assert all(end == start for (_, end), (start, _) in pairwise(bounds))
    timeline: list[Stretch] = answer["timeline"]
    return timeline


def seconds(part: Stretch) -> float:
    """How long a stretch is."""
    return (datetime.fromisoformat(part["end"]) - datetime.fromisoformat(part["start"])).total_seconds()


def test_a_day_divides_into_what_was_owed_and_what_was_the_case(client: TestClient) -> None:
    """Night work from 02:00 to 04:00 of Lagos, in the midst of it an outage of half an hour that does not count."""
    parts = stretches(client, "2025-10-06")
    assert [(part["scope"], part["state"], part["counts"], seconds(part) / 60) for part in parts] == [
        ("AGREED", "UP", "up", 120),
        ("MAINTENANCE", "UP", None, 60),
        ("MAINTENANCE", "DOWN", None, 30),
        ("MAINTENANCE", "UP", None, 30),
        ("AGREED", "UP", "up", 1_200),
    ]


def test_what_counts_follows_the_request(client: TestClient) -> None:
    """Without the exclusion of maintenance the outage is downtime."""
    parts = stretches(client, "2025-10-06", exclude_maintenance="false")
    assert [part["counts"] for part in parts] == ["up", "up", "down", "up", "up"]


def test_counted_stretches_sum_to_the_downtime_of_the_incidents(client: TestClient) -> None:
    """To the second."""
    answer = client.get("incidents?date=2025-10-07").json()
    counted = sum(seconds(part) for part in answer["timeline"] if part["counts"] == "down")
    assert counted == sum(incident["downtime_seconds"] for incident in answer["incidents"]) == 95.0


def test_a_storm_makes_no_long_answer(client: TestClient, source: Source) -> None:
    """Beyond the bound the outages are left out of the stretches, not what was owed."""
    source.alarms["acme"] += [
        Alarm(at(6, 5) + timedelta(minutes=2 * number), at(6, 5, 1) + timedelta(minutes=2 * number), id=f"s{number}")
        for number in range(MOST_OUTAGES)
    ]
    parts = stretches(client, "2025-10-06")
    assert [(part["scope"], part["state"]) for part in parts] == [
        ("AGREED", "UP"),
        ("MAINTENANCE", "UP"),
        ("AGREED", "UP"),
    ]


def test_the_doubts_of_a_range_are_listed(client: TestClient, source: Source) -> None:
    """Cause, rows and time at stake; none where nothing is in doubt."""
    spotless = client.get("compliance?days=2&detail=full").json()
    assert spotless[-1]["quality"]["doubts"] == []
    unseen = Alarm(NOW - timedelta(days=20), last_occurrence=NOW - timedelta(days=19), id="9")
    source.alarms["other"] = [unseen]
    with visiting(service_over(source), "other") as other:
        doubtful = other.get("compliance?days=2&detail=full").json()
    (doubt,) = doubtful[-1]["quality"]["doubts"]
    assert (doubt["cause"], doubt["rows"]) == ("UNSEEN", 1)
    assert doubt["seconds"] == sum(day["downtime_seconds"] for day in doubtful)
