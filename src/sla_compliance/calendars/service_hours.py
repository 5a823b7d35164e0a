"""Agreed service hours: weekly wall-clock hours, holidays and dated exceptions, to instants."""
################################################################
# Service hours are wall-clock times: 09:00-17:00 is 09:00-17:00 local on both
# sides of a clock change, each end localised by the rule of wall_clock.py.
#   - A range whose end is not after its start runs over midnight and belongs
#     to the day on which it starts, also where the next day is a holiday.
#   - "24:00" is the end of the day, never a start. A range without length is
#     refused: the whole day is 00:00-24:00.
#   - A dated exception replaces the hours of its weekday; a holiday is an
#     exception without hours, and a date that is both has the exception's hours.
#   - A day is named at most once; its ranges may touch but not overlap.
#
# As text: "mon-fri 09:00-12:00,13:00-17:00; sat 22:00-02:00; 2026-12-25 closed".
# Day ranges wrap ("fri-mon"). canonical() writes the same grammar. Other products'
# words for the same are read too: "24x7", "24/7" and "always"; days as "Mo-Fr"; days
# as numbers, Monday 1 to Sunday 7, with a comma before the hours ("1-5,09:00-18:00").
################################################################

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Final, Self, TypeVar
from zoneinfo import ZoneInfo

from sla_compliance.calendars.expansion_memory import ExpansionMemory
from sla_compliance.calendars.wall_clock import instant_of, wall_time
from sla_compliance.calendars.weekdays import WEEKDAYS, weekday_number
from sla_compliance.checks import check_type, checked_text
from sla_compliance.errors import InvalidServiceHoursError, InvalidTypeError, SLAComplianceError, shown
from sla_compliance.intervals import NEVER, IntervalSet
from sla_compliance.units import parse_date
from sla_compliance.zones import load_zone

Hours = tuple[tuple[int, int], ...]
"""Ranges of one day: minutes since its midnight, ascending; beyond 1440 on the next day."""

_Key = TypeVar("_Key")

_NO_HOURS: Final[Hours] = ()
_CLOSED_WORD: Final = "closed"
_ALWAYS_WORDS: Final = frozenset({"24x7", "24/7", "always"})
_ALWAYS: Final = ("mon-sun", "00:00-24:00")
_HOURS_BEGIN: Final = re.compile(r"\d{1,2}:\d{2}|closed", re.ASCII | re.IGNORECASE)
_DAY_MINUTES: Final = 24 * 60
_RANGE: Final = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})", re.ASCII)
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
# Hours of the date before may run into the window, and a clock set back over midnight shows the date before its day's.
_DAYS_BEFORE: Final = 2
_DAYS_AFTER: Final = 1
# Dates are expanded in blocks, so that all requests that meet a block share it.
_BLOCK_DAYS: Final = 32
_MOST_BLOCKS: Final = 128
# The dates that a request may ask for, from units.MIN_US and to units.MAX_US.
_FIRST_ORDINAL: Final = date.min.toordinal()
_LAST_ORDINAL: Final = date.max.toordinal()


@dataclass(frozen=True, slots=True)
class ServiceHours:
    """The hours in which service is agreed, in wall-clock time of the tenant's zone.

    Build them with `weekly` or `parse`; the constructor trusts its caller.

    Attributes:
        week: hours of each weekday, Monday first.
        dated: hours of single dates, ascending; they replace those of the weekday.
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
            InvalidServiceHoursError: a text names no days or no times that exist, a day is named twice, or there are no
                hours at all.
            InvalidTypeError: an argument holds something other than texts and dates.
        """
        check_type(holidays, Iterable, "holidays", "dates")
        dated: dict[date, Hours] = {}
        for holiday in holidays:
            dated[_plain_date(holiday)] = _NO_HOURS
        # After the holidays, so that a date that is both has the exception's hours.
        for day, text in _items({} if exceptions is None else exceptions, "exceptions"):
            dated[_plain_date(day)] = _read_hours(text)
        way_out = "give None for always, or an empty list for never"
        return cls._with_some_hours(_read_week(_items(hours, "hours")), dated, way_out)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return service hours from one text such as "mon-fri 09:00-17:00; sat 10:00-14:00; 2026-12-25 closed".

        "24x7" is every day, around the clock; days may also be "Mo-Fr" or numbers from Monday, "1-5,09:00-17:00".

        Raises:
            InvalidServiceHoursError, InvalidTypeError: as `weekly`.
        """
        checked_text(text, "service_hours", "text such as 'mon-fri 09:00-17:00'")
        entries_of_dates: list[tuple[str, str]] = []
        entries_of_weekdays: list[tuple[str, str]] = []
        for entry in map(str.strip, text.split(";")):
            if not entry:
                continue
            days, ranges = _split_entry(entry)
            is_date = _DATE.fullmatch(days) is not None
            (entries_of_dates if is_date else entries_of_weekdays).append((days, ranges))
        dated = _read_dates(entries_of_dates)
        way_out = "write some, such as 'mon-fri 09:00-17:00', or '24x7' for always"
        return cls._with_some_hours(_read_week(entries_of_weekdays), dated, way_out)

    @classmethod
    def _with_some_hours(cls, week: tuple[Hours, ...], dated: Mapping[date, Hours], way_out: str) -> Self:
        if not any(week) and not any(dated.values()):
            raise _error(f"hold no hours; {way_out}")
        return cls(week, tuple(sorted(dated.items())))

    def expand(self, zone: str, start_us: int, end_us: int) -> IntervalSet:
        """Return the agreed time within [start_us, end_us), microseconds, for a tenant of this zone.

        Weeks that were expanded before, also of equal hours, are remembered.

        Args:
            start_us, end_us: instants within units.MIN_US and units.MAX_US.

        Raises:
            InvalidTypeError, UnknownZoneError: as `load_zone`.
        """
        rules = load_zone(zone)
        if start_us >= end_us:
            return NEVER
        first_ordinal = wall_time(start_us, rules).toordinal() - _DAYS_BEFORE
        last_ordinal = wall_time(end_us, rules).toordinal() + _DAYS_AFTER
        blocks = range(first_ordinal // _BLOCK_DAYS, last_ordinal // _BLOCK_DAYS + 1)
        if len(blocks) > _MOST_BLOCKS:
            return self._agreed_time(range(first_ordinal, last_ordinal + 1), rules).clip(start_us, end_us)
        parts = [self._agreed_time_of_block(block, rules).clip(start_us, end_us) for block in blocks]
        return IntervalSet.union(parts)

    def _agreed_time_of_block(self, block: int, rules: ZoneInfo) -> IntervalSet:
        """Return the agreed time of some weeks; remembered by the hours that are agreed in them."""
        ordinals = range(max(block * _BLOCK_DAYS, _FIRST_ORDINAL), min((block + 1) * _BLOCK_DAYS, _LAST_ORDINAL))
        first, after = (
            bisect_left(self.dated, ordinal, key=lambda entry: entry[0].toordinal())
            for ordinal in (ordinals.start, ordinals.stop)
        )
        hours = ServiceHours(self.week, self.dated[first:after])
        return _blocks.expansion((hours, rules.key, block), lambda: hours._agreed_time(ordinals, rules))

    def _agreed_time(self, ordinals: range, rules: ZoneInfo) -> IntervalSet:
        """Return the agreed time of the dates with these ordinals."""
        starts_us: list[int] = []
        ends_us: list[int] = []
        for start, end in self._clock_times(ordinals):
            starts_us.append(instant_of(start, rules))
            ends_us.append(instant_of(end, rules))
        return IntervalSet.from_columns(starts_us, ends_us)

    def canonical(self) -> str:
        """Return the text of these hours that `parse` reads; equal hours have equal texts.

        >>> ServiceHours.parse("sat-sun 10:00-14:00; 2026-12-26 closed").canonical()
        'sat 10:00-14:00; sun 10:00-14:00; 2026-12-26 closed'
        """
        entries: list[str] = []
        for name, hours in zip(WEEKDAYS, self.week, strict=True):
            if hours:
                entries.append(f"{name} {_hours_text(hours)}")
        for day, hours in self.dated:
            entries.append(f"{day.isoformat()} {_hours_text(hours)}")
        return "; ".join(entries)

    def _clock_times(self, ordinals: range) -> Iterator[tuple[datetime, datetime]]:
        """Yield the ranges of the dates with these ordinals as naive wall-clock times."""
        hours_by_ordinal = {day.toordinal(): hours for day, hours in self.dated}
        for ordinal in ordinals:
            midnight = datetime.fromordinal(ordinal)
            hours = hours_by_ordinal.get(ordinal, self.week[midnight.weekday()])
            for start_minutes, end_minutes in hours:
                yield midnight + timedelta(minutes=start_minutes), midnight + timedelta(minutes=end_minutes)


_blocks: Final[ExpansionMemory[IntervalSet]] = ExpansionMemory()


def _split_entry(entry: str) -> tuple[str, str]:
    """Return the days and the hours of an entry such as "mon-fri 09:00-17:00", "1-5,09:00-17:00" or "24x7"."""
    if entry.lower() in _ALWAYS_WORDS:
        return _ALWAYS
    hours_begin = _HOURS_BEGIN.search(entry)
    days = "" if hours_begin is None else entry[: hours_begin.start()].rstrip(" \t,:")
    if hours_begin is None or not days:
        raise _error(f"hold {shown(entry)}; write days and their hours as 'mon-fri 09:00-17:00', or '24x7' for always")
    return days, entry[hours_begin.start() :]


def _read_dates(entries: Iterable[tuple[str, str]]) -> dict[date, Hours]:
    """Return the hours of single dates from pairs such as ("2026-12-25", "closed")."""
    dated: dict[date, Hours] = {}
    for text, ranges in entries:
        day = _read_date(text)
        if day in dated:
            raise _error(f"name {text} twice; name each date once")
        dated[day] = _read_hours(ranges)
    return dated


def _read_week(entries: Iterable[tuple[str, str]]) -> tuple[Hours, ...]:
    """Return the hours of each weekday from pairs such as ("mon-fri", "09:00-17:00")."""
    week: dict[int, Hours] = {}
    for days, ranges in entries:
        hours = _read_hours(ranges)
        for number in _read_weekdays(days):
            if number in week:
                raise _error(f"name {WEEKDAYS[number]} twice; name each day once")
            week[number] = hours
    return tuple(week.get(number, _NO_HOURS) for number in range(7))


def _read_weekdays(text: str) -> Iterator[int]:
    """Yield the weekdays of a text such as "mon,wed-fri"."""
    for part in _comma_separated(text):
        first_name, dash, last_name = (name.strip() for name in part.partition("-"))
        first, last = _weekday(first_name), _weekday(last_name if dash else first_name)
        if first is None or last is None:
            raise _error(f"name {shown(part)}; name days as in 'mon-fri', 'sat' or 'mon,wed'")
        for step in range((last - first) % 7 + 1):  # modulo, for "fri-mon" runs over the end of the week
            yield (first + step) % 7


def _weekday(text: str) -> int | None:
    """Return a weekday, Monday 0, of its name or of its number, Monday 1 to Sunday 7."""
    return int(text) - 1 if re.fullmatch("[1-7]", text) else weekday_number(text)


def _read_hours(text: str) -> Hours:
    """Return the ranges of a text such as "09:00-12:00,13:00-17:00"; none where it is "closed"."""
    if isinstance(text, str) and text.lower() == _CLOSED_WORD:
        return _NO_HOURS
    hours = sorted(map(_read_range, _comma_separated(text)))
    if any(end > next_start for (_, end), (next_start, _) in pairwise(hours)):
        raise _error(f"hold {shown(text)}, whose ranges overlap; name each time once")
    return tuple(hours)


def _read_range(text: str) -> tuple[int, int]:
    """Return the minutes since midnight of a text such as "09:00-17:00"; beyond 1440 where it runs over midnight."""
    match = _RANGE.fullmatch(text)
    if match is None:
        way_out = "write a range as 09:00-17:00"
        if any(map(str.isalpha, text)):  # further days behind a comma, which separates ranges
            way_out += ", and days apart: mon-fri 09:00-17:00; sat 10:00-14:00"
        raise _error(f"hold {shown(text)}; {way_out}")
    start_hour, start_minute, end_hour, end_minute = map(int, match.groups())
    start, end = start_hour * 60 + start_minute, end_hour * 60 + end_minute
    if max(start_minute, end_minute) > 59 or start >= _DAY_MINUTES or end > _DAY_MINUTES:
        raise _error(f"hold {shown(text)}; times run from 00:00 to 23:59, and 24:00 as an end")
    if start == end:
        raise _error(f"hold {shown(text)}, which has no length; a whole day is 00:00-24:00")
    return start, end if end > start else end + _DAY_MINUTES


def _hours_text(hours: Hours) -> str:
    """Return hours as `parse` reads them."""
    if not hours:
        return _CLOSED_WORD
    return ",".join(f"{_clock_text(start)}-{_clock_text(end)}" for start, end in hours)


def _clock_text(minutes: int) -> str:
    """Return minutes since midnight as a clock shows them; of the next day beyond 1440, which is "24:00"."""
    if minutes > _DAY_MINUTES:
        minutes -= _DAY_MINUTES
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _comma_separated(text: str) -> list[str]:
    if not isinstance(text, str):
        raise InvalidTypeError(f"service_hours hold {shown(text)}; give text", field="service_hours")
    return [part.strip() for part in text.split(",")]


def _items(mapping: Mapping[_Key, str], field: str) -> Iterable[tuple[_Key, str]]:
    check_type(mapping, Mapping, field, "a mapping of days to texts")
    return mapping.items()


def _plain_date(day: date) -> date:
    if not isinstance(day, date) or isinstance(day, datetime):
        raise InvalidTypeError(f"service_hours hold {shown(day)}; give a datetime.date", field="service_hours")
    return day


def _read_date(text: str) -> date:
    try:
        return parse_date(text)
    except SLAComplianceError as error:
        raise _error(f"hold {shown(text)}; {error}") from None


def _error(fault: str) -> InvalidServiceHoursError:
    return InvalidServiceHoursError(f"service_hours {fault}", field="service_hours")
