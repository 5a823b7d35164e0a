"""Canned figures of a provider in Berlin: the 90 days up to the autumn clock change of 2025."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from tests.browser.canned import Answer, Question, Responder, problem

Record = dict[str, Any]

ZONE: Final = ZoneInfo("Europe/Berlin")
TODAY: Final = date(2025, 10, 26)
TARGET: Final = 99.9

# Days before today, and their downtime in seconds.
OUTAGES: Final = {1: 40, 3: 125, 8: 4_080, 9: 600, 15: 3_300, 16: 86, 29: 1_900, 34: 2_500, 52: 75, 70: 9_000}
UNMONITORED: Final = (20, 21)


def local(day: date, clock: time = time()) -> datetime:
    """A moment of the tenant's wall clock."""
    return datetime.combine(day, clock, ZONE)


def length_seconds(day: date) -> int:
    """How long the local day really is."""
    return round(local(day + timedelta(days=1)).timestamp() - local(day).timestamp())


def record(day: date, down: int = 0) -> Record:
    """One day with `down` seconds of downtime, in full detail."""
    whole = length_seconds(day)
    share = int((whole - down) * 10_000 // whole) / 100
    return {
        "date": local(day).isoformat(),
        "compliance_percentage": share,
        "target_percentage": TARGET,
        "uptime_minutes": (whole - down) // 60,
        "downtime_minutes": -(-down // 60),
        "sla_breaches": int(share < TARGET),
        "verdict": "BREACHED" if share < TARGET else "MET",
        "uptime_seconds": whole - down,
        "downtime_seconds": down,
        "segments": {"AGREED/UP": (whole - down) * 1_000_000, "AGREED/DOWN": down * 1_000_000},
        "method": "Availability = up / (up + down) of agreed service time; accepted maintenance is left out.",
        "tz_version": "2025b",
        "zone": "Europe/Berlin",
    }


def unmeasured(day: date) -> Record:
    """A day on which nothing counted."""
    whole = length_seconds(day)
    nothing = {"compliance_percentage": None, "verdict": "UNDETERMINED", "sla_breaches": 0}
    lengths = {"uptime_minutes": 0, "downtime_minutes": 0, "uptime_seconds": 0, "downtime_seconds": 0}
    return record(day) | nothing | lengths | {"segments": {"AGREED/UNKNOWN": whole * 1_000_000}}


def history(days: int) -> list[Record]:
    """The last `days` days, today at risk."""
    dates = [(ago, TODAY - timedelta(days=ago)) for ago in reversed(range(days))]
    records = [unmeasured(day) if ago in UNMONITORED else record(day, OUTAGES.get(ago, 0)) for ago, day in dates]
    return [*records[:-1], record(TODAY, 240) | {"verdict": "AT_RISK", "sla_breaches": 0}]


def plain(records: Sequence[Record]) -> list[Record]:
    """Only what the wire format promises."""
    promised = (
        "date",
        "compliance_percentage",
        "target_percentage",
        "uptime_minutes",
        "downtime_minutes",
        "sla_breaches",
    )
    return [{name: row[name] for name in promised} for row in records if row["compliance_percentage"] is not None]


def alarm(raised: datetime, cleared: datetime | None, **columns: str) -> Record:
    """One alarm behind an incident."""
    times = {"first_occurrence": raised.isoformat(), "cleared_at": cleared.isoformat() if cleared else None}
    return {"id": "7c1", "alarm_id": "LOS-0042", "severity": "critical", **columns, **times}


def incident(
    raised: datetime, cleared: datetime | None, seconds: int, *alarms: Record, counted: int | None = None
) -> Record:
    """One incident; `counted` seconds of it are downtime (default all)."""
    return {
        "start": raised.isoformat(),
        "end": cleared.isoformat() if cleared else None,
        "duration_seconds": seconds,
        "downtime_seconds": seconds if counted is None else counted,
        "alarm_count": len(alarms),
        "alarms": list(alarms),
    }


def cut_fibre(day: date) -> list[Record]:
    """A storm of child alarms, a flap, and an outage that came in over midnight."""
    eve = day - timedelta(days=1)
    start, end = local(eve, time(23, 40)), local(day, time(0, 5, 30))
    cut, mended = local(day, time(9, 12)), local(day, time(10, 14, 10))
    flap = local(day, time(18, 2, 5))
    return [
        incident(start, end, 1530, alarm(start, end, title="OLT unreachable", resource_id="olt-mitte-07"), counted=330),
        incident(
            cut,
            mended,
            3730,
            alarm(cut, mended, title="Loss of signal on trunk fibre", resource_id="trunk-12"),
            alarm(
                cut, mended, severity="major", title="PON port down", resource_id="olt-mitte-07/1/3", alarm_id="PON-113"
            ),
            alarm(
                cut, mended, severity="major", title="PON port down", resource_id="olt-mitte-07/1/4", alarm_id="PON-114"
            ),
        ),
        incident(
            flap, flap + timedelta(seconds=20), 20, alarm(flap, flap + timedelta(seconds=20), title="Port flapping")
        ),
    ]


def ending(day: date, incidents: Sequence[Record]) -> Record:
    """The answer to a question for one day's incidents."""
    bounds = {"start": local(day).isoformat(), "end": local(day + timedelta(days=1)).isoformat()}
    page = {"limit": 100, "offset": 0, "total": len(incidents)}
    return {"date": day.isoformat(), **bounds, **page, "incidents": list(incidents)}


def verdict_headers(records: Sequence[Record], *, is_confirmed: bool = True) -> dict[str, str]:
    """The headers that a server sends beside these days, as if they were over."""
    up = sum(row.get("uptime_seconds", row["uptime_minutes"] * 60) for row in records)
    down = sum(row.get("downtime_seconds", row["downtime_minutes"] * 60) for row in records)
    if up + down == 0:
        return {"X_SLA_Verdict": "UNDETERMINED", "X_SLA_Confirmed": "false"}
    verdict = "MET" if up / (up + down) >= TARGET / 100 else "BREACHED"
    return {"X_SLA_Verdict": verdict, "X_SLA_Confirmed": str(is_confirmed).lower()}


def days_asked_for(question: Question, records: Callable[[int], Sequence[Record]]) -> list[Record]:
    """The last days, by their number or those of them within the dates that the page named."""
    query = question.query
    if "days" in query:
        return list(records(int(query["days"])))
    last = query.get("to_date", TODAY.isoformat())
    return [row for row in records(90) if query["from_date"] <= row["date"][:10] <= last]


def provider(
    records: Callable[[int], Sequence[Record]] = history,
    incidents: Callable[[date], Sequence[Record]] = cut_fibre,
    **headers: str,
) -> Responder:
    """A server that has these records and incidents."""

    def respond(question: Question) -> Answer:
        if question.path == "sla/incidents":
            day = date.fromisoformat(question.query["date"])
            return Answer(ending(day, incidents(day)))
        if question.path != "sla/compliance":
            return problem(404, "Not Found", "This server has no such path.")
        days = days_asked_for(question, records)
        return Answer(days, headers=verdict_headers(days) | headers)

    return respond
