"""The library with one fault planted, as a program for the pipe: python -m tests.conformance.planted_faults NAME."""
################################################################
# A fault alters a question before the library sees it, or an answer after. Each is a
# mistake that a product of this field makes, or that an edit of the library could
# bring. The category beside it is the one whose vectors find it.
################################################################

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from fractions import Fraction
from typing import Any, Final
from zoneinfo import ZoneInfo

from sla_compliance.testing.conformance.answers import answer_of_library
from sla_compliance.testing.conformance.pipe import serve

Question = Mapping[str, Any]
Answer = dict[str, Any]


@dataclass(frozen=True)
class Fault:
    """A mistake.

    Attributes:
        sentence: what the program gets wrong.
        category: of the vectors that find it.
        answer_of: the program's answer to a question.
    """

    sentence: str
    category: str
    answer_of: Callable[[Question], Answer]


def _answer(question: Question) -> Answer:
    return dict(answer_of_library(question))


def _with_altered_question(alter: Callable[[Question], Question]) -> Callable[[Question], Answer]:
    return lambda question: _answer(alter(question))


def _with_altered_records(alter: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[[Question], Answer]:
    def answer_of(question: Question) -> Answer:
        answer = _answer(question)
        if "refused" in answer:
            return answer
        return {
            name: list(map(alter, records)) if isinstance(records, list) else alter(records)
            for name, records in answer.items()
        }

    return answer_of


def _with_policy(question: Question, **rules: Any) -> Question:
    return {**question, "policy": {**question.get("policy", {}), **rules}}


def _end(alarm: Mapping[str, Any]) -> str | None:
    return alarm.get("cleared_at") or alarm.get("resolved_at")


def _open_until_the_day_ends(question: Question) -> Question:
    """Let the alarms that are open end with the local day of as_of, and look at that day when it is over."""
    alarms = question["alarms"]
    if all(_end(alarm) for alarm in alarms):
        return question
    zone = ZoneInfo(question["zone"])
    date = datetime.fromisoformat(question["as_of"]).astimezone(zone).date()
    day_end = datetime.combine(date + timedelta(days=1), time.min, zone).isoformat()
    closed = [alarm if _end(alarm) else {**alarm, "cleared_at": day_end} for alarm in alarms]
    return {**question, "alarms": closed, "as_of": day_end}


def _sum_of_durations(question: Question) -> Answer:
    """Measure each alarm by itself and add up what comes out."""
    answer = _answer(question)
    alarms = question["alarms"]
    if "refused" in answer or not alarms:
        return answer
    singles = [_answer({**question, "alarms": [alarm]}) for alarm in alarms]
    # Alone, a row whose correction names another row's id is refused.
    singles = [single for single in singles if "refused" not in single]
    for name, records in answer.items():
        for index, record in enumerate(records if isinstance(records, list) else [records]):
            others = [single[name][index] if isinstance(records, list) else single[name] for single in singles]
            observed_us = record["downtime_us"] + record["uptime_us"]
            record["downtime_us"] = min(observed_us, sum(other["downtime_us"] for other in others))
            record["uptime_us"] = observed_us - record["downtime_us"]
    return answer


def _ends_a_microsecond_later(question: Question) -> Question:
    """Take the end of an alarm for its last instant."""
    return {**question, "alarms": [_ending_later(alarm) for alarm in question["alarms"]]}


def _ending_later(alarm: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        end = datetime.fromisoformat(alarm["cleared_at"]) + timedelta(microseconds=1)
    except (KeyError, TypeError, ValueError):
        return alarm
    return {**alarm, "cleared_at": end.isoformat()}


def _days_in_utc(question: Question) -> Question:
    return {**question, "zone": "UTC"}


def _equal_gaps_merged(question: Question) -> Question:
    merge_gap_us = question.get("policy", {}).get("merge_gap_us", 0)
    return _with_policy(question, merge_gap_us=merge_gap_us + 1) if merge_gap_us else question


def _whole_outages_excused(question: Question) -> Question:
    """Drop the alarms that overlap a maintenance window that is everybody's."""
    windows = [
        (datetime.fromisoformat(window["start"]), datetime.fromisoformat(window["end"]))
        for window in question.get("maintenance", ())
        if "applies_to" not in window
    ]
    return {**question, "alarms": [alarm for alarm in question["alarms"] if not _meets_any(alarm, windows)]}


def _meets_any(alarm: Mapping[str, Any], windows: list[tuple[datetime, datetime]]) -> bool:
    end = _end(alarm)
    try:
        start, end_at = datetime.fromisoformat(alarm["first_occurrence"]), datetime.fromisoformat(end or "")
    except ValueError:
        return False
    return any(first < end_at and start < last for first, last in windows)


def _windows_for_everybody(question: Question) -> Question:
    """Forget which alarms a window concerns."""
    names = ("maintenance", "exclusions")
    return {**question, **{name: list(map(_untargeted, question[name])) for name in names if name in question}}


def _untargeted(window: Mapping[str, Any]) -> Mapping[str, Any]:
    return {key: value for key, value in window.items() if key not in ("applies_to", "with_children")}


def _breached_too_early(record: dict[str, Any]) -> dict[str, Any]:
    return {**record, "verdict": "BREACHED"} if record["verdict"] == "AT_RISK" else record


def _rounded_to_nearest(record: dict[str, Any]) -> dict[str, Any]:
    if record["availability"] is None:
        return record
    return {**record, "compliance_percentage": round(float(Fraction(record["availability"]) * 100), 2)}


def _unknown_counts_as_up(question: Question) -> Question:
    if question.get("policy", {}).get("accounting", "REMOVED") != "REMOVED":
        return question
    return _with_policy(question, accounting={"AGREED/UNKNOWN": "UP"})


def _stale_ignored(question: Question) -> Question:
    policy = {name: rule for name, rule in question.get("policy", {}).items() if name != "stale_after_us"}
    return {**question, "policy": policy}


def _doubt_ignored(record: dict[str, Any]) -> dict[str, Any]:
    share = record["availability"]
    return {**record, "low": share, "high": share, "is_confirmed": share is not None}


def _mean_of_days(question: Question) -> Answer:
    answer = _answer(question)
    shares = [Fraction(day["availability"]) for day in answer.get("day", ()) if day["availability"] is not None]
    if shares:
        mean = sum(shares, Fraction(0)) / len(shares)
        answer["total"]["availability"] = f"{mean.numerator}/{mean.denominator}"
    return answer


FAULTS: Final[dict[str, Fault]] = {
    "open-until-the-day-ends": Fault(
        "An open alarm counts until the end of its day.",
        "ends",
        _with_altered_question(_open_until_the_day_ends),
    ),
    "sum": Fault("Overlapping alarms are summed.", "allen", _sum_of_durations),
    "closed-end": Fault(
        "The end of an alarm belongs to it.", "allen", _with_altered_question(_ends_a_microsecond_later)
    ),
    "days-in-utc": Fault("Days are cut in UTC.", "clock-changes", _with_altered_question(_days_in_utc)),
    "equal-gaps": Fault(
        "A gap of exactly merge_gap is bridged.", "damping", _with_altered_question(_equal_gaps_merged)
    ),
    "whole-outages-excused": Fault(
        "Maintenance excuses all of an outage that it overlaps.",
        "allen",
        _with_altered_question(_whole_outages_excused),
    ),
    "windows-for-everybody": Fault(
        "Work on one device excuses all.",
        "targeted-exclusions",
        _with_altered_question(_windows_for_everybody),
    ),
    "early-breach": Fault(
        "What can still be recovered is a breach.",
        "verdicts",
        _with_altered_records(_breached_too_early),
    ),
    "nearest": Fault("Percentages are rounded to the nearest.", "periods", _with_altered_records(_rounded_to_nearest)),
    "unknown-up": Fault("Unknown time counts as up.", "monitored", _with_altered_question(_unknown_counts_as_up)),
    "stale-ignored": Fault("Alarms that are no longer seen never end.", "ends", _with_altered_question(_stale_ignored)),
    "doubt-ignored": Fault("Every verdict is confirmed.", "doubt", _with_altered_records(_doubt_ignored)),
    "mean-of-days": Fault("A period is the mean of its days.", "known-defects", _mean_of_days),
}

if __name__ == "__main__":
    serve(sys.stdin, sys.stdout, FAULTS[sys.argv[1]].answer_of)
