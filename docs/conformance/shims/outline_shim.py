"""The outline that many start with, one query a day."""
################################################################
# For each date, the alarms that started on it; their durations summed, each cut at
# the day's end; 1,440 minutes less the sum, rounded, over 1,440 as a float. An alarm
# that overlaps a maintenance window is left out. The days are local and naive: 24
# hours between two readings of the wall clock. The whole period is the mean of its
# days. It stands here to show what the vectors find in it.
################################################################

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from plain_terms import KNOWN_KEYS, instant_us, local_days, qualifying_alarms, windows
from wire import UnsupportedError, serve

POLICY_KEYS = {"target_percentage", "severities", "excluded_alarm_types", "excluded_statuses"}
QUESTION_KEYS = KNOWN_KEYS - {"exclusions", "service_hours", "in_service", "monitored"}
DAY = timedelta(days=1)


def answered(question: dict[str, Any]) -> dict[str, Any]:
    """Return the answer to a question."""
    policy = question.get("policy", {})
    unknown_keys = sorted(question.keys() - QUESTION_KEYS) + sorted(policy.keys() - POLICY_KEYS)
    if unknown_keys:
        raise UnsupportedError(unknown_keys[0])
    target = float(policy.get("target_percentage", "99.9"))
    days = local_days(question)
    rows = alarm_rows(question)
    records = [day_record(datetime.combine(day.date, time.min), rows, target) for day in days]
    return {"total": total_record(records, target), "day": records}


def alarm_rows(question: dict[str, Any]) -> list[tuple[datetime, datetime]]:
    """Return the start and end, as the wall clock shows them, of the alarms that overlap no maintenance."""
    maintenance = windows(question, "maintenance")
    zone = ZoneInfo(question["zone"])
    rows = []
    for alarm in qualifying_alarms(question):
        start = alarm["first_occurrence"]
        end = alarm.get("cleared_at") or alarm.get("resolved_at") or question["as_of"]
        start_us, end_us = instant_us(start), instant_us(end)
        if not any(first_us < end_us and start_us < last_us for first_us, last_us in maintenance):
            rows.append((wall_clock(start, zone), wall_clock(end, zone)))
    return rows


def wall_clock(text: str, zone: ZoneInfo) -> datetime:
    """Return what the wall clock shows at an instant."""
    return datetime.fromisoformat(text).astimezone(zone).replace(tzinfo=None)


def day_record(midnight: datetime, rows: list[tuple[datetime, datetime]], target: float) -> dict[str, Any]:
    """Return the record of one day."""
    next_midnight = midnight + DAY
    downtime_s = 0.0
    for start, end in rows:
        if midnight <= start < next_midnight:
            downtime_s += (min(end, next_midnight) - start).total_seconds()
    downtime_minutes = round(downtime_s / 60)
    uptime_minutes = 1440 - downtime_minutes
    percentage = round(uptime_minutes / 1440 * 100, 2)
    return {
        "date": midnight.date().isoformat(),
        "compliance_percentage": percentage,
        "target_percentage": target,
        "uptime_minutes": uptime_minutes,
        "downtime_minutes": downtime_minutes,
        "sla_breaches": 1 if percentage < target else 0,
        "downtime_us": int(downtime_s * 1_000_000),
    }


def total_record(records: list[dict[str, Any]], target: float) -> dict[str, Any]:
    """Return the record of the whole period: sums, and the mean of the percentages."""
    sums = {
        name: sum(record[name] for record in records)
        for name in ("uptime_minutes", "downtime_minutes", "sla_breaches", "downtime_us")
    }
    percentage = round(sum(record["compliance_percentage"] for record in records) / len(records), 2)
    return {"date": records[0]["date"], "compliance_percentage": percentage, "target_percentage": target, **sums}


if __name__ == "__main__":
    serve(answered)
