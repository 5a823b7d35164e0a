"""Local days and hours of a place, by looking at the clock on the wall at every instant."""
################################################################
# A day begins at the first instant whose local date is that day's, and ends where
# the next existing date begins. So the day of an instant is the latest date that
# the clock has shown so far: where the clock is set back over midnight, the later
# date stays. Hours on the wall follow the same rule: a time that does not exist is
# the instant the clock jumped, one that comes twice is its first occurrence.
################################################################

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from sla_compliance.testing.oracle.world import DailyHours, Place, Spans


@lru_cache(maxsize=64)
def rules_of(zone: str) -> ZoneInfo:
    """Return the rules of a zone, by the data of the package tzdata: those of the system may be of another year."""
    data = files("tzdata").joinpath("zoneinfo", *zone.split("/"))
    with data.open("rb") as file:
        return ZoneInfo.from_file(file, key=zone)


@lru_cache(maxsize=64)
def latest_wall_times(place: Place) -> dict[int, datetime]:
    """Return for each instant the latest time, naive, that the clock on the wall has shown so far."""
    rules = rules_of(place.zone)
    latest = datetime.min  # noqa: DTZ901  (on the wall)
    walls = {}
    for instant in range(-place.reach, place.reach):
        wall = place.at(instant).astimezone(rules).replace(tzinfo=None)
        latest = max(latest, wall)
        walls[instant] = latest
    return walls


def day_of(place: Place, instant: int) -> date:
    """Return the local day that an instant belongs to."""
    return latest_wall_times(place)[instant].date()


def is_in_hours(hours: Spans | DailyHours | None, place: Place, instant: int) -> bool:
    """Return whether an instant lies in some hours; None is always."""
    if not isinstance(hours, DailyHours):
        return hours is None or any(start <= instant < end for start, end in hours)
    return hours.first <= latest_wall_times(place)[instant].hour < hours.last


def period_of(place: Place, instant: int, per: str) -> tuple[int, ...]:
    """Return a number of the day, ISO week, month, quarter or year that an instant belongs to."""
    day = day_of(place, instant)
    numbers = {
        "day": (day.toordinal(),),
        "week": tuple(day.isocalendar()[:2]),
        "month": (day.year, day.month),
        "quarter": (day.year, (day.month - 1) // 3),
        "year": (day.year,),
    }
    return numbers[per]
