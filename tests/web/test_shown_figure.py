"""Drill-down and overview of a day: they agree, or the answer says that the overview's figure is older."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from sla_compliance.alarms import Alarm
from tests.web.world import NOW, Clock, Source, at, service_over, visiting

TODAY, YESTERDAY = "2025-10-08", "2025-10-07"
OPEN = Alarm(at(8, 21), severity="critical", id="4", last_occurrence=at(8, 21, 59))


@pytest.fixture
def source() -> Source:
    """The alarms of tests.web.world."""
    return Source()


@pytest.fixture
def clock() -> Clock:
    """A clock that can be moved."""
    return Clock()


@pytest.fixture
def client(source: Source, clock: Clock) -> Iterator[TestClient]:
    """A user of acme."""
    with visiting(service_over(source, clock=clock)) as visitor:
        yield visitor


def drilled(client: TestClient, date: str, **parameters: Any) -> tuple[Any, float]:
    """Return the figure beside the incidents of a day, and what these sum to."""
    body = client.get("incidents", params={"date": date, **parameters}).json()
    return body["figure"], sum(incident["downtime_seconds"] for incident in body["incidents"])


def test_a_day_that_nobody_has_looked_at_has_no_figure(client: TestClient) -> None:
    """The overview will measure it, from the same rows."""
    assert drilled(client, YESTERDAY) == (None, 95.0)


@pytest.mark.parametrize("date", [TODAY, YESTERDAY, "2025-10-06"])
@pytest.mark.parametrize("exclude_maintenance", [True, False])
def test_they_agree_while_nothing_has_changed(client: TestClient, date: str, *, exclude_maintenance: bool) -> None:
    """By the accounting of the request; the figure says when it was measured."""
    choice = {"exclude_maintenance": exclude_maintenance}
    record = client.get("compliance", params={"from_date": date, "detail": "full", **choice}).json()[0]
    figure, sum_s = drilled(client, date, **choice)
    assert figure == {"downtime_seconds": sum_s, "as_of": "2025-10-08T23:00:00+01:00", "is_older": False}
    assert record["downtime_seconds"] == sum_s


def test_an_outage_goes_on_while_the_figure_is_remembered(client: TestClient, source: Source, clock: Clock) -> None:
    """Four minutes later it is longer in the list; a minute more and the figure is measured again."""
    source.alarms["acme"].append(OPEN)
    client.get("compliance?days=1")
    clock.now = NOW + timedelta(minutes=3)
    figure, sum_s = drilled(client, TODAY)
    assert (figure["downtime_seconds"], sum_s) == (3620.0, 3620.0 + 180)
    assert (figure["is_older"], figure["as_of"]) == (True, "2025-10-08T23:00:00+01:00")
    clock.now = NOW + timedelta(minutes=6)
    client.get("compliance?days=1")
    figure, sum_s = drilled(client, TODAY)
    assert (figure["downtime_seconds"], figure["is_older"]) == (sum_s, False)


def test_rows_that_changed_without_a_report(client: TestClient, source: Source) -> None:
    """The list has them, the remembered figure has not, and the answer says so."""
    client.get("compliance?days=2")
    source.alarms["acme"] = []
    figure, sum_s = drilled(client, YESTERDAY)
    assert (figure["downtime_seconds"], figure["is_older"], sum_s) == (95.0, True, 0)
