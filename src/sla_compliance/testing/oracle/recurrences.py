"""Simple recurrences, daily and weekly, as stretches of instants."""
################################################################
# A rule is followed on the wall, a day at a time from the day of its start; an
# occurrence lasts as long on the wall as from the window's start to its end. A week
# of a rule with an interval begins on Monday.
################################################################

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from sla_compliance.testing.oracle.wall_clock import WallClock, instant_us_of
from sla_compliance.testing.oracle.world import Span

_DAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_PARTS: Final = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY"})
_FREQUENCIES: Final = ("DAILY", "WEEKLY")
_ARE_READ: Final = "the oracle reads FREQ=DAILY or WEEKLY with INTERVAL, BYDAY, and COUNT or UNTIL"
_DATE_FORMAT: Final = "%Y%m%d"
_TIME_FORMAT: Final = "%Y%m%dT%H%M%S"


class SimpleRule:
    """A rule of the simple kind: FREQ=DAILY or WEEKLY with INTERVAL, COUNT, UNTIL and BYDAY."""

    def __init__(self, text: str, clock: WallClock) -> None:
        """Read a rule of windows in the zone of a clock.

        Raises:
            ValueError: the rule has other parts.
        """
        parts = dict(part.partition("=")[::2] for part in text.upper().split(";"))
        weekdays = parts["BYDAY"].split(",") if "BYDAY" in parts else []
        has_simple_parts = parts.keys() <= _PARTS and parts.get("FREQ") in _FREQUENCIES
        if not has_simple_parts or not set(weekdays) <= set(_DAYS):
            raise ValueError(f"{text!r} has other parts; {_ARE_READ}")
        self.is_weekly = parts["FREQ"] == "WEEKLY"
        self.interval = int(parts.get("INTERVAL", 1))
        self.count = int(parts["COUNT"]) if "COUNT" in parts else None
        self.last_wall = _last_wall(parts["UNTIL"], clock) if "UNTIL" in parts else None
        self.weekdays = [_DAYS.index(name) for name in weekdays]

    def names(self, day: date, first_day: date) -> bool:
        """Return whether the rule, begun on a first day, names a day."""
        weekdays = self.weekdays or ([first_day.weekday()] if self.is_weekly else list(range(7)))
        if day.weekday() not in weekdays:
            return False
        if not self.is_weekly:
            return (day - first_day).days % self.interval == 0
        weeks = (_monday(day) - _monday(first_day)).days // 7
        return weeks % self.interval == 0


def expanded_recurrence(
    rule: SimpleRule, clock: WallClock, start_us: int, end_us: int, *, first_us: int, last_us: int
) -> list[Span]:
    """Return the occurrences that meet [first_us, last_us) of a window [start_us, end_us), microseconds."""
    start, end = clock.wall_at(start_us), clock.wall_at(end_us)
    wall, number = start, 0
    stretches = []
    while rule.last_wall is None or wall <= rule.last_wall:
        stretch = clock.instant_of(wall), clock.instant_of(wall + (end - start))
        if stretch[0] >= last_us or number == rule.count:
            break
        if rule.names(wall.date(), start.date()):
            number += 1
            if stretch[1] > first_us:
                stretches.append(stretch)
        wall += timedelta(days=1)
    return stretches


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _last_wall(until: str, clock: WallClock) -> datetime:
    """Return the last time on the wall at which an occurrence may begin: a date is all of that day."""
    if "T" not in until:
        day = datetime.strptime(until, _DATE_FORMAT).date()  # noqa: DTZ007 - on the wall
        return datetime.combine(day, time.max)
    moment = datetime.strptime(until.removesuffix("Z"), _TIME_FORMAT)  # noqa: DTZ007 - on the wall
    if not until.endswith("Z"):
        return moment
    return clock.wall_at(instant_us_of(moment.replace(tzinfo=UTC)))
