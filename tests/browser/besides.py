"""Canned answers of what stands beside the days: budget, weeks, resources, tenants, and a day's stretches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from tests.browser.canned import Answer, Question, Responder
from tests.browser.facts import TARGET, TODAY, Record, alarm, ending, incident, local, provider, record

BUDGET: Final[Record] = {
    "start": "2025-10-01T00:00:00+02:00",
    "end": "2025-11-01T00:00:00+01:00",
    "period": "2025-10",
    "time_zone": "Europe/Berlin",
    "target_percentage": TARGET,
    "allowed_seconds": 2_679.6,
    "spent_seconds": 1_043.25,
    "left_seconds": 1_636.35,
    "remaining_percentage": 61.06,
    "to_date_percentage": 53.9,
    "best_percentage": 99.96,
    "worst_percentage": 81.2,
    "deadline": "2025-10-26T21:30:46.350000+01:00",
    "state": "MET",
    "down_since": None,
    "left_when_it_began_seconds": 1_636.35,
    "is_confirmed": True,
    "because": [],
    "last_monitored_at": None,
    "as_of": "2025-10-26T21:03:30+01:00",
}
TREND: Final[list[Record]] = [
    {
        "record": record(TODAY, 240),
        "before": record(TODAY - timedelta(days=7), 3_300),
        "is_comparable": True,
        "is_to_date": True,
        "points": 3.54,
        "down_per_30d_seconds": None,
        "before_down_per_30d_seconds": None,
    }
]
TENANTS: Final[list[Record]] = [
    {"tenant_id": "north", "title": "Nordnetz Fibre"},
    {"tenant_id": "harbour", "title": "Hafenwerke"},
    {"tenant_id": "spotless", "title": "spotless"},
]


def resource(name: str | None, down: int, **more: Any) -> Record:
    """One resource over thirty days."""
    share = int((1 - down / (30 * 86_400)) * 10_000) / 100
    verdict = "BREACHED" if share < TARGET else "MET"
    figures = {"compliance_percentage": share, "target_percentage": TARGET, "downtime_minutes": -(-down // 60)}
    certain = {"is_confirmed": True, "low_percentage": share, "high_percentage": share, "quality": {"lines": []}}
    return {"resource_id": name, **figures, "downtime_seconds": down, "verdict": verdict, **certain, **more}


RESOURCES: Final = [
    resource("olt-mitte-07/1/3", 15_400),
    resource("trunk-12", 7_930),
    resource(None, 4_200, is_confirmed=False),
    resource("pon-hillside-2", 2_590),
    resource("olt-nord-02", 800),
]
OVERVIEW: Final[list[Record]] = [
    {
        "tenant_id": "harbour",
        "title": "Hafenwerke",
        "has_data": True,
        "compliance_percentage": 99.12,
        "target_percentage": 99.5,
        "verdict": "BREACHED",
        "is_confirmed": True,
        "top_doubt": None,
        "top_cause": {"code": "STALE_ALARM", "name": "LOS-0042", "seconds": 8_100.5},
        "fault": None,
    },
    {
        "tenant_id": "north",
        "title": "Nordnetz Fibre",
        "has_data": True,
        "compliance_percentage": 99.57,
        "target_percentage": TARGET,
        "verdict": "BREACHED",
        "is_confirmed": False,
        "top_doubt": {"cause": "UNMONITORED", "rows": 0, "seconds": 7_200.0},
        "top_cause": None,
        "fault": None,
    },
    {
        "tenant_id": "spotless",
        "title": "spotless",
        "has_data": False,
        "compliance_percentage": None,
        "target_percentage": None,
        "verdict": "UNDETERMINED",
        "is_confirmed": False,
        "top_doubt": None,
        "top_cause": None,
        "fault": None,
    },
]


def stretch(start: datetime, end: datetime, scope: str, state: str, counts: str | None) -> Record:
    """A part of a day."""
    return {"start": start.isoformat(), "end": end.isoformat(), "scope": scope, "state": state, "counts": counts}


def maintenance_day(day: date) -> tuple[list[Record], list[Record]]:
    """Work from one to five with an outage that begins within it and ends an hour late, and an excused one at noon.

    Returns:
        The incidents, and the stretches of the day.
    """
    clock = [local(day, time(hour)) for hour in (1, 2, 5, 6, 12, 13)]
    begin, down, done, up, noon, later = clock
    fibre = alarm(down, up, title="Trunk fibre re-spliced", resource_id="trunk-12")
    customer = alarm(noon, later, severity="major", title="Customer's own power", resource_id="ont-331")
    incidents = [
        incident(down, up, 14_400, fibre, counted=3_600),
        incident(noon, later, 3_600, customer, counted=0),
    ]
    midnight = local(day + timedelta(days=1))
    stretches = [
        stretch(local(day), begin, "AGREED", "UP", "up"),
        stretch(begin, down, "MAINTENANCE", "UP", None),
        stretch(down, done, "MAINTENANCE", "DOWN", None),
        stretch(done, up, "AGREED", "DOWN", "down"),
        stretch(up, noon, "AGREED", "UP", "up"),
        stretch(noon, later, "AGREED", "EXCUSED_OTHER", "up"),
        stretch(later, local(day, time(15)), "AGREED", "UP", "up"),
        stretch(local(day, time(15)), local(day, time(17)), "AGREED", "UNKNOWN", None),
        stretch(local(day, time(17)), midnight, "AGREED", "UP", "up"),
    ]
    return incidents, stretches


def everything(works: Responder | None = None, **parts: object) -> Responder:
    """A server that has every part of the API.

    Args:
        works: what answers for the days and their incidents.
        parts: other answers by the last part of the path; an Answer, or the body of one.
    """
    days = works or provider()
    bodies: Mapping[str, object] = {
        "budget": BUDGET,
        "trend": TREND,
        "resources": Answer(RESOURCES, headers={"X_Total_Count": "103"}),
        "tenants": TENANTS[:1],
        "overview": Answer(OVERVIEW, headers={"X_Total_Count": "3"}),
        **parts,
    }

    def respond(question: Question) -> Answer:
        body = bodies.get(question.path.removeprefix("sla/"))
        if body is None:
            return days(question)
        return body if isinstance(body, Answer) else Answer(body)

    return respond


def with_stretches(day: date, incidents: Sequence[Record], stretches: Sequence[Record]) -> Answer:
    """The answer for one day with its stretches."""
    return Answer({**ending(day, incidents), "timeline": list(stretches)})
