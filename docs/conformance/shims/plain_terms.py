"""What a tool for sets of intervals can take from a question: outages, local days, and sets of time."""
################################################################
# The programs for portion, staircase and PostgreSQL share this file, so that they
# differ by the tool alone. It does what a competent engineer does in an afternoon:
# alarms of the severities that qualify, open ones until as_of, days by the zone's
# midnights, everybody's maintenance and exclusions, pairs of service hours and of
# monitored time. What such tools have no notion of is refused by name: windows of
# some alarms only, recurrences, weekly hours, planned work, doubt, corrections.
################################################################

from __future__ import annotations

import zoneinfo
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from typing import Any

from wire import UnsupportedError

# The zones of the tzdata package, on every machine the same.
zoneinfo.reset_tzpath([])

Span = tuple[int, int]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

KNOWN_KEYS = {
    "start", "end", "as_of", "zone", "alarms", "policy", "maintenance", "exclusions", "service_hours", "in_service",
    "monitored", "by", "periods",
}  # fmt: skip
KNOWN_POLICY_KEYS = {
    "target_percentage", "severities", "excluded_alarm_types", "excluded_statuses", "accounting", "merge_gap_us",
    "min_outage_us", "accepted_maintenance",
}  # fmt: skip
KNOWN_WINDOW_KEYS = {"start", "end", "kind", "reason", "actual_end"}


@dataclass(frozen=True)
class Day:
    """The part of a local day that lies in the window, in microseconds since 1970."""

    date: date
    start_us: int
    end_us: int


@dataclass(frozen=True)
class PlainTerms:
    """A question as sets of time, microseconds since 1970, half-open.

    Attributes:
        days: the local days of the window.
        outages: when each qualifying alarm was active, up to as_of.
        removed: maintenance and exclusions that the accounting takes out.
        elapsed: the window until as_of.
        service_hours, in_service: when service was owed; None is always.
        monitored: when an outage would have been seen; None is always.
        merge_gap_us, min_outage_us: the damping.
    """

    days: tuple[Day, ...]
    outages: list[Span]
    removed: list[Span]
    elapsed: Span
    service_hours: list[Span] | None
    in_service: list[Span] | None
    monitored: list[Span] | None
    merge_gap_us: int
    min_outage_us: int

    @property
    def window(self) -> Span:
        """All days together."""
        return self.days[0].start_us, self.days[-1].end_us

    @property
    def agreed(self) -> list[list[Span]]:
        """The sets that agreed time lies in, all at once."""
        return [[self.elapsed], *(spans for spans in (self.service_hours, self.in_service) if spans is not None)]


def plain_terms(question: dict[str, Any]) -> PlainTerms:
    """Return the terms of a question; UnsupportedError where it holds something that is more than sets of time."""
    policy = question.get("policy", {})
    _check_keys(question, KNOWN_KEYS, "")
    _check_keys(policy, KNOWN_POLICY_KEYS, "policy.")
    as_of_us = instant_us(question["as_of"])
    start_us, end_us = instant_us(question["start"]), instant_us(question["end"])
    return PlainTerms(
        days=tuple(local_days(question)),
        outages=_outages(question, as_of_us),
        removed=_removed(question, policy),
        elapsed=(start_us, max(start_us, min(end_us, as_of_us))),
        service_hours=_pairs(question, "service_hours"),
        in_service=_pairs(question, "in_service"),
        monitored=_pairs(question, "monitored"),
        merge_gap_us=policy.get("merge_gap_us", 0),
        min_outage_us=policy.get("min_outage_us", 0),
    )


def instant_us(text: str) -> int:
    """Return the microseconds since 1970 of a timestamp; UnsupportedError where it is none."""
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        raise UnsupportedError(f"a time that cannot be read: {text!r}") from None
    if moment.tzinfo is None:
        raise UnsupportedError(f"a time without an offset: {text}")
    return (moment - EPOCH) // MICROSECOND


def local_days(question: dict[str, Any]) -> list[Day]:
    """Return the local days of the window, cut at midnights of the zone and at the window's ends."""
    start_us, end_us = instant_us(question["start"]), instant_us(question["end"])
    if start_us >= end_us:
        raise UnsupportedError("an empty window")
    try:
        zone = zoneinfo.ZoneInfo(question["zone"])
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
        raise UnsupportedError(f"the zone {question['zone']!r}") from None
    day = (EPOCH + start_us * MICROSECOND).astimezone(zone).date()
    last_day = (EPOCH + (end_us - 1) * MICROSECOND).astimezone(zone).date()
    days = []
    while day <= last_day:
        next_day = day + timedelta(days=1)
        midnight_us, next_midnight_us = _midnight_us(day, zone), _midnight_us(next_day, zone)
        days.append(Day(day, max(start_us, midnight_us), min(end_us, next_midnight_us)))
        day = next_day
    return days


def _midnight_us(day: date, zone: zoneinfo.ZoneInfo) -> int:
    return (datetime.combine(day, time.min, zone).astimezone(UTC) - EPOCH) // MICROSECOND


def figures(down_us: int, up_us: int) -> dict[str, Any]:
    """Return the figures of a record that two lengths decide."""
    counted_us = down_us + up_us
    share = Fraction(up_us, counted_us) if counted_us else None
    availability = None if share is None else f"{share.numerator}/{share.denominator}"
    return {"downtime_us": down_us, "uptime_us": up_us, "availability": availability}


def answer(days: tuple[Day, ...], lengths_us: list[Span]) -> dict[str, Any]:
    """Return the answer that the downtime and the uptime of each day make."""
    records = [
        {"date": day.date.isoformat(), **figures(down_us, up_us)}
        for day, (down_us, up_us) in zip(days, lengths_us, strict=True)
    ]
    total_down_us, total_up_us = sum(down for down, _ in lengths_us), sum(up for _, up in lengths_us)
    return {"total": {"date": days[0].date.isoformat(), **figures(total_down_us, total_up_us)}, "day": records}


def qualifying_alarms(question: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the alarms of the question's key, severities, types and statuses, all words in any case."""
    policy = question.get("policy", {})
    severities = _lower_case(policy.get("severities", ("critical", "major")))
    excluded_types = _lower_case(policy.get("excluded_alarm_types", ()))
    excluded_statuses = _lower_case(policy.get("excluded_statuses", ()))
    by = question.get("by")
    return [
        alarm
        for alarm in question["alarms"]
        if (alarm.get("severity") or "critical").lower() in severities
        and (alarm.get("alarm_type") or "").lower() not in excluded_types
        and (alarm.get("status") or "").lower() not in excluded_statuses
        and (by is None or alarm.get(by["column"]) == by["key"])
    ]


def _lower_case(words: Iterable[str]) -> set[str]:
    return {word.lower() for word in words}


def windows(question: dict[str, Any], name: str) -> list[Span]:
    """Return the windows for everybody of `maintenance` or `exclusions` that the policy accepts."""
    accepted_kinds = question.get("policy", {}).get("accepted_maintenance", ["planned"])
    spans = []
    for window in question.get(name, ()):
        _check_keys(window, KNOWN_WINDOW_KEYS, f"{name}.")
        if window.get("kind", "planned") in accepted_kinds:
            end_us = min(instant_us(window["end"]), instant_us(window.get("actual_end", window["end"])))
            spans.append((instant_us(window["start"]), end_us))
    return spans


def _outages(question: dict[str, Any], as_of_us: int) -> list[Span]:
    if question.get("by", {}).get("unkeyed", "nobody") == "everybody":
        raise UnsupportedError("by.unkeyed")
    spans = []
    for alarm in qualifying_alarms(question):
        end = alarm.get("cleared_at") or alarm.get("resolved_at")
        start_us = instant_us(alarm["first_occurrence"])
        end_us = min(as_of_us, instant_us(end)) if end else as_of_us
        if start_us < end_us:
            spans.append((start_us, end_us))
    return spans


def _removed(question: dict[str, Any], policy: dict[str, Any]) -> list[Span]:
    accounting = policy.get("accounting", "REMOVED")
    if accounting not in ("REMOVED", "COUNTED", "GROSS"):
        raise UnsupportedError(f"the accounting {accounting}")
    maintenance, exclusions = windows(question, "maintenance"), windows(question, "exclusions")
    return {"REMOVED": maintenance + exclusions, "COUNTED": exclusions, "GROSS": []}[accounting]


def _pairs(question: dict[str, Any], name: str) -> list[Span] | None:
    spans = question.get(name)
    if spans is None:
        return None
    if not isinstance(spans, list):
        raise UnsupportedError(f"weekly {name}")
    return [(instant_us(start), instant_us(end)) for start, end in spans]


def _check_keys(mapping: dict[str, Any], known_keys: set[str], prefix: str) -> None:
    unknown_keys = sorted(mapping.keys() - known_keys)
    if unknown_keys:
        raise UnsupportedError(f"{prefix}{unknown_keys[0]}")
