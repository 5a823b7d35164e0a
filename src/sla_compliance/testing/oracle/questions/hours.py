"""Weekly hours, holidays and exceptions of a question as ranges of minutes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from sla_compliance.testing.oracle.hours import MinuteRanges

_WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_CLOSED: Final = "closed"
_MINUTES_OF_DAY: Final = 24 * 60


def week_of(hours: Mapping[str, Any]) -> list[MinuteRanges]:
    """Return the ranges of each weekday, Monday first."""
    week: list[MinuteRanges] = [()] * len(_WEEKDAYS)
    for days, text in hours["weekly"].items():
        for number in _weekdays(days):
            week[number] = _ranges(text)
    return week


def dated_hours_of(hours: Mapping[str, Any]) -> dict[date, MinuteRanges]:
    """Return the ranges of the dates that have their own: none on a holiday, unless an exception says otherwise."""
    holidays: dict[date, MinuteRanges] = {date.fromisoformat(day): () for day in hours.get("holidays", ())}
    exceptions = {date.fromisoformat(day): _ranges(text) for day, text in hours.get("exceptions", {}).items()}
    return holidays | exceptions


def _weekdays(text: str) -> list[int]:
    """Return the weekdays, Monday 0, of a text such as "mon,wed-fri"."""
    numbers = []
    for part in text.split(","):
        first, _, last = part.strip().partition("-")
        number, last_number = _WEEKDAYS.index(first), _WEEKDAYS.index(last or first)
        numbers.append(number)
        while number != last_number:
            number = (number + 1) % len(_WEEKDAYS)
            numbers.append(number)
    return numbers


def _ranges(text: str) -> MinuteRanges:
    """Return the ranges of a day since its midnight; one that does not end later ends on the next day."""
    if text == _CLOSED:
        return ()
    ranges = []
    for part in text.split(","):
        first, last = (_minute_of_day(side) for side in part.strip().split("-"))
        ranges.append((first, last if last > first else last + _MINUTES_OF_DAY))
    return ranges


def _minute_of_day(text: str) -> int:
    hour, minute = text.strip().split(":")
    return int(hour) * 60 + int(minute)
