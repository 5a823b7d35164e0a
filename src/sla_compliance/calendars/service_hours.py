"""Agreed service hours: weekly hours on the wall, holidays and dated exceptions, to instants."""
################################################################
# Service hours are times on the wall: 09:00-17:00 is 09:00-17:00 local on both
# sides of a clock change, each end localised by the rule of wall_clock.py.
#   - A range whose end is not after its start runs over midnight and belongs
#     to the day it starts on, also where the next day is a holiday.
#   - "24:00" is the end of the day, never a start. A range of no length is
#     refused: the whole day is 00:00-24:00.
#   - A dated exception stands in place of its weekday's hours; a holiday is an
#     exception without hours, and a date given as both has the exception's.
#   - A day may be named once, and its ranges may touch but not overlap.
#
# As text: "mon-fri 09:00-12:00,13:00-17:00; sat 22:00-02:00; 2026-12-25 closed".
# Day ranges wrap ("fri-mon"). canonical() writes the same language.
################################################################

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Final, Self, TypeVar

from sla_compliance.calendars.wall_clock import instant_of, wall_time
from sla_compliance.calendars.weekdays import WEEKDAYS, weekday_named
from sla_compliance.checks import check_type, checked_text
from sla_compliance.errors import InvalidServiceHoursError, InvalidTypeError, SLAComplianceError, shown
from sla_compliance.intervals import NEVER, IntervalSet
from sla_compliance.units import parse_date
from sla_compliance.zones import load_zone

Hours = tuple[tuple[int, int], ...]
"""Ranges of one day: minutes since its midnight, ascending; beyond 1440 on the next day."""

_Key = TypeVar("_Key")

CLOSED: Final[Hours] = ()
_CLOSED_WORD: Final = "closed"
_DAY_MINUTES: Final = 24 * 60
_RANGE: Final = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})", re.ASCII)
_DATED: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
# Hours of the day before may run into the window, and a clock set back over midnight shows a date behind its day.
_DAYS_BEFORE: Final = 2
_DAYS_AFTER: Final = 1


@dataclass(frozen=True, slots=True)
class ServiceHours:
    """The hours in which service was agreed, on the wall of the tenant's zone.

    Build them with `weekly` or `parse`; the constructor trusts its caller.

    Attributes:
        week: hours of each weekday, Monday first.
        dated: hours of single dates, ascending, in place of their weekday's.
    """

    week: tuple[Hours, ...]
    dated: tuple[tuple[date, Hours], ...] = ()

    @classmethod
    def weekly(
        cls,
        hours: Mapping[str, str],
        *,
        holidays: Iterable[date] = (),
        exceptions: Mapping[date, str] | None = None,
    ) -> Self:
        """Return service hours from texts such as {"mon-fri": "09:00-17:00", "sat,sun": "10:00-12:00,22:00-02:00"}.

        Args:
            hours: ranges of weekdays.
            holidays: dates without service.
            exceptions: ranges of single dates, e.g. {date(2026, 12, 24): "10:00-14:00"}.

        Raises:
            InvalidServiceHoursError: a text names no days or no times that exist, a day is named twice, or no hours
                are left at all.
            InvalidTypeError: something else than texts and dates is given.
        """
        check_type(holidays, Iterable, "holidays", "dates")
        dated: dict[date, Hours] = dict.fromkeys(map(_plain_date, holidays), CLOSED)
        dated |= {
            _plain_date(day): _hours(text)
            for day, text in _items({} if exceptions is None else exceptions, "exceptions")
        }
        return cls._checked(_week(_items(hours, "hours")), dated)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return service hours from one text such as "mon-fri 09:00-17:00; sat 10:00-14:00; 2026-12-25 closed".

        Raises:
            InvalidServiceHoursError, InvalidTypeError: as `weekly`.
        """
        checked_text(text, "service_hours", "text such as 'mon-fri 09:00-17:00'")
        rows = [_row(part) for part in map(str.strip, text.split(";")) if part]
        dated = _dated((days, ranges) for days, ranges in rows if _DATED.fullmatch(days))
        return cls._checked(_week((days, ranges) for days, ranges in rows if not _DATED.fullmatch(days)), dated)

    @classmethod
    def _checked(cls, week: tuple[Hours, ...], dated: Mapping[date, Hours]) -> Self:
        if not any(week) and not any(dated.values()):
            raise _error("hold no hours; give None for always, or an empty list for never")
        return cls(week, tuple(sorted(dated.items())))

    def expand(self, zone: str, start_us: int, end_us: int) -> IntervalSet:
        """Return the agreed time within [start_us, end_us), microseconds, on the wall clock of `zone`.

        Args:
            start_us, end_us: instants within units.MIN_US and units.MAX_US.

        Raises:
            InvalidTypeError, UnknownZoneError: as `load_zone`.
        """
        rules = load_zone(zone)
        if start_us >= end_us:
            return NEVER
        first = wall_time(start_us, rules).toordinal() - _DAYS_BEFORE
        last = wall_time(end_us, rules).toordinal() + _DAYS_AFTER
        ranges = list(self._walls(range(first, last + 1)))
        return IntervalSet.from_columns(
            [instant_of(start, rules) for start, _ in ranges], [instant_of(end, rules) for _, end in ranges]
        ).clip(start_us, end_us)

    def canonical(self) -> str:
        """Return one text for these hours that `parse` reads back; equal hours have equal texts.

        >>> ServiceHours.parse("sat-sun 10:00-14:00; 2026-12-26 closed").canonical()
        'sat 10:00-14:00; sun 10:00-14:00; 2026-12-26 closed'
        """
        named = [*zip(WEEKDAYS, self.week, strict=True), *((day.isoformat(), hours) for day, hours in self.dated)]
        return "; ".join(f"{name} {_written(hours)}" for name, hours in named if hours or name not in WEEKDAYS)

    def _walls(self, ordinals: range) -> Iterator[tuple[datetime, datetime]]:
        """Yield the ranges of these dates as naive wall times."""
        dated = {day.toordinal(): hours for day, hours in self.dated}
        for ordinal in ordinals:
            midnight = datetime.fromordinal(ordinal)
            for start, end in dated.get(ordinal, self.week[midnight.weekday()]):
                yield midnight + timedelta(minutes=start), midnight + timedelta(minutes=end)


def _row(part: str) -> tuple[str, str]:
    """Return what stands before and behind the first blank."""
    days, *ranges = part.split(maxsplit=1)
    return days, "".join(ranges)


def _dated(items: Iterable[tuple[str, str]]) -> dict[date, Hours]:
    """Return the hours of single dates from pairs such as ("2026-12-25", "closed")."""
    dated: dict[date, Hours] = {}
    for text, ranges in items:
        day = _date(text)
        if day in dated:
            raise _error(f"name {text} twice; name each date once")
        dated[day] = CLOSED if ranges.lower() == _CLOSED_WORD else _hours(ranges)
    return dated


def _week(items: Iterable[tuple[str, str]]) -> tuple[Hours, ...]:
    """Return the hours of each weekday from pairs such as ("mon-fri", "09:00-17:00")."""
    week: dict[int, Hours] = {}
    for days, text in items:
        hours = _hours(text)
        for number in _weekdays(days):
            if number in week:
                raise _error(f"name {WEEKDAYS[number]} twice; name each day once")
            week[number] = hours
    return tuple(week.get(number, CLOSED) for number in range(7))


def _weekdays(text: str) -> Iterator[int]:
    """Yield the weekdays of a text such as "mon,wed-fri"."""
    for part in _words(text):
        first, dash, last = (name.strip() for name in part.partition("-"))
        start, end = weekday_named(first), weekday_named(last if dash else first)
        if start is None or end is None:
            raise _error(f"name {shown(part)}; name days as in 'mon-fri', 'sat' or 'mon,wed'")
        for step in range((end - start) % 7 + 1):
            yield (start + step) % 7


def _hours(text: str) -> Hours:
    """Return the ranges of a text such as "09:00-12:00,13:00-17:00"."""
    hours = sorted(map(_range, _words(text)))
    if any(end > start for (_, end), (start, _) in pairwise(hours)):
        raise _error(f"hold {shown(text)}, whose ranges overlap; name each time once")
    return tuple(hours)


def _range(text: str) -> tuple[int, int]:
    found = _RANGE.fullmatch(text)
    if found is None:
        raise _error(f"hold {shown(text)}; write a range as 09:00-17:00")
    start_hour, start_minute, end_hour, end_minute = map(int, found.groups())
    start, end = start_hour * 60 + start_minute, end_hour * 60 + end_minute
    if max(start_minute, end_minute) > 59 or start >= _DAY_MINUTES or end > _DAY_MINUTES:
        raise _error(f"hold {shown(text)}; times run from 00:00 to 23:59, and 24:00 as an end")
    if start == end:
        raise _error(f"hold {shown(text)}, which has no length; a whole day is 00:00-24:00")
    return start, end if end > start else end + _DAY_MINUTES


def _written(hours: Hours) -> str:
    return ",".join(f"{_clock(start)}-{_clock(end)}" for start, end in hours) or _CLOSED_WORD


def _clock(minutes: int) -> str:
    shown_minutes = minutes - _DAY_MINUTES if minutes > _DAY_MINUTES else minutes
    return f"{shown_minutes // 60:02}:{shown_minutes % 60:02}"


def _words(text: str) -> list[str]:
    if not isinstance(text, str):
        raise InvalidTypeError(f"service_hours hold {shown(text)}; give text", field="service_hours")
    return [word.strip() for word in text.split(",")]


def _items(mapping: Mapping[_Key, str], field: str) -> Iterable[tuple[_Key, str]]:
    check_type(mapping, Mapping, field, "a mapping of days to texts")
    return mapping.items()


def _plain_date(day: date) -> date:
    if not isinstance(day, date) or isinstance(day, datetime):
        raise InvalidTypeError(f"service_hours hold {shown(day)}; give a datetime.date", field="service_hours")
    return day


def _date(text: str) -> date:
    try:
        return parse_date(text)
    except SLAComplianceError as error:
        raise _error(f"hold {shown(text)}; {error}") from None


def _error(fault: str) -> InvalidServiceHoursError:
    return InvalidServiceHoursError(f"service_hours {fault}", field="service_hours")
