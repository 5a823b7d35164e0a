"""Recurrence rules: which stretches of time an RFC 5545 RRULE names, with bounded work."""
################################################################
# Occurrences are times on the wall: the rule is expanded naive, then the start
# and the end of each occurrence are localised by the rule of wall_clock.py.
#
# A rule is read here before dateutil sees it, because dateutil takes rules from
# which it never returns. Accepted are the parts of RFC 5545, section 3.3.10,
# where that section allows them, with these limits:
#   - FREQ is DAILY, WEEKLY, MONTHLY or YEARLY; BYHOUR gives several times a
#     day; minutes and seconds are those of the start;
#   - COUNT is at most 10,000 and excludes UNTIL;
#   - UNTIL as a bare date takes that whole day in; without "Z" it is a wall time.
# The start is an occurrence only where the rule names it.
#
# A rule that names no date at all (30 February) would be searched up to the year
# 9999. The Gregorian calendar repeats every 400 years, to the weekday. So a rule
# is tried where 400 to 800 years of calendar are left: either an occurrence
# turns up, or the search ends with the calendar and the rule is refused.
################################################################

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from typing import Final, Self
from zoneinfo import ZoneInfo

from sla_compliance.calendars.wall_clock import instant_of, wall_time
from sla_compliance.checks import checked_text
from sla_compliance.errors import InvalidRecurrenceError, shown
from sla_compliance.units import EPOCH, MICROSECOND

RULES_KEPT: Final = 1024
_LONGEST_RULE: Final = 1000
_LAST_YEAR: Final = 9999
_CYCLE_YEARS: Final = 400
_LAST_WALL: Final = datetime.max  # noqa: DTZ901  (on the wall)

_STEP_DAYS: Final = {"DAILY": 1, "WEEKLY": 7}
_ANY: Final = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})

# part of the rule -> its lowest and highest number, the FREQ it may stand with
_NUMBERS: Final = {
    "INTERVAL": (1, 9_999, _ANY),
    "COUNT": (1, 10_000, _ANY),
    "BYMONTH": (1, 12, _ANY),
    "BYMONTHDAY": (-31, 31, _ANY - {"WEEKLY"}),
    "BYYEARDAY": (-366, 366, frozenset({"YEARLY"})),
    "BYWEEKNO": (-53, 53, frozenset({"YEARLY"})),
    "BYHOUR": (0, 23, _ANY),
    "BYSETPOS": (-366, 366, _ANY),
}
_DAY: Final = "(?:MO|TU|WE|TH|FR|SA|SU)"
_NTH_DAY: Final = rf"(?:[+-]?[1-9]\d?)?{_DAY}"
_TEXTS: Final = {
    "FREQ": re.compile("|".join(sorted(_ANY))),
    "UNTIL": re.compile(r"\d{8}(?:T\d{6}Z?)?", re.ASCII),
    "WKST": re.compile(_DAY),
    "BYDAY": re.compile(rf"{_NTH_DAY}(?:,{_NTH_DAY})*", re.ASCII),
}
_NUMBER: Final = re.compile(r"[+-]?\d{1,5}", re.ASCII)
_PREFIX: Final = "RRULE:"


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A checked recurrence rule.

    Attributes:
        text: the rule as dateutil reads it: upper case, without UNTIL.
        until: the last moment at which an occurrence may start, naive on the wall or aware in UTC; None: no last one.
        step_days: the rule repeats, COUNT aside, when begun a multiple of so many days later; None: it does not.
    """

    text: str
    until: datetime | None
    step_days: int | None

    @classmethod
    def parse(cls, rule: str) -> Self:
        """Return the recurrence that an RRULE such as "FREQ=WEEKLY;BYDAY=SU" describes.

        Raises:
            InvalidTypeError: `rule` is no str.
            InvalidRecurrenceError: it is malformed, or outside the limits above.
        """
        parts = _parts(rule)
        for name, value in parts.items():
            _check_part(name, value, parts["FREQ"])
        _check_together(parts)
        until = parts.pop("UNTIL", None)
        text = ";".join(f"{name}={value}" for name, value in parts.items())
        return cls(text, _moment_of(until) if until else None, _step_days(parts))

    def occurrences(
        self, start: datetime, length: timedelta, start_us: int, end_us: int, rules: ZoneInfo
    ) -> Iterator[tuple[int, int]]:
        """Yield the occurrences that may share an instant with [start_us, end_us): start and end, microseconds.

        Args:
            start: naive wall time at which the rule begins.
            length: how long each occurrence lasts on the wall.

        Raises:
            InvalidRecurrenceError: the rule never names a date.
        """
        check_names_a_date(self.text, start)
        elapsed = wall_time(start_us, rules) - start - length
        last_us = end_us if self.until is None else min(end_us, _instant_us(self.until, rules) + 1)
        for occurrence in _walls(self.text, self._later_start(start, elapsed)):
            wall = occurrence.replace(microsecond=start.microsecond)
            occurrence_us = instant_of(wall, rules)
            if occurrence_us >= last_us:
                return
            yield occurrence_us, instant_of(wall + min(length, _LAST_WALL - wall), rules)

    def _later_start(self, start: datetime, elapsed: timedelta) -> datetime:
        """Return a start, two steps or more before `start` + `elapsed`, from which the same occurrences follow."""
        if self.step_days is None:
            return start
        steps = max(elapsed.days // self.step_days - 2, 0)
        return start + timedelta(days=steps * self.step_days)


@lru_cache(maxsize=RULES_KEPT)
def check_names_a_date(text: str, start: datetime) -> None:
    """Check that a rule without UNTIL, begun at the naive wall time `start`, names any date in 400 years.

    Raises:
        InvalidRecurrenceError: it names none.
    """
    cycles = max((_LAST_YEAR - _CYCLE_YEARS - start.year) // _CYCLE_YEARS, 0)
    late_start = start.replace(year=start.year + cycles * _CYCLE_YEARS)
    if next(iter(_walls(text, late_start)), None) is None:
        raise _error(f"is {shown(text)}, which names no date; check its BY parts against one another")


def _walls(text: str, start: datetime) -> Iterable[datetime]:
    from dateutil.rrule import rrulestr  # noqa: PLC0415  (importing the package stays light)

    return rrulestr(text, dtstart=start)


def _parts(rule: str) -> dict[str, str]:
    """Return the parts of a rule by name, FREQ among them."""
    checked_text(rule, "recurrence", "text such as 'FREQ=WEEKLY'")
    if len(rule) > _LONGEST_RULE:
        raise _error(f"is {shown(rule)}; give at most {_LONGEST_RULE} characters")
    parts: dict[str, str] = {}
    for part in rule.upper().removeprefix(_PREFIX).split(";"):
        name, equals, value = part.partition("=")
        if not equals or name in parts:
            raise _error(f"has the part {shown(part)}; give each part once, as in FREQ=WEEKLY;BYDAY=SU")
        parts[name] = value
    if "FREQ" not in parts:
        raise _error(f"is {shown(rule)}; say how often, as in FREQ=WEEKLY")
    return parts


def _check_part(name: str, value: str, frequency: str) -> None:
    if name in _TEXTS:
        if not _TEXTS[name].fullmatch(value):
            raise _error(f"has {name}={shown(value)}; {_ways_out(name)}")
    elif name in _NUMBERS:
        _check_numbers(name, value, frequency)
    else:
        raise _error(f"has the part {shown(name)}; known are {', '.join(sorted({*_TEXTS, *_NUMBERS}))}")


def _check_numbers(name: str, value: str, frequency: str) -> None:
    lowest, highest, frequencies = _NUMBERS[name]
    if frequency not in frequencies:
        raise _error(f"has {name} with FREQ={frequency}; it goes with {', '.join(sorted(frequencies))}")
    items = value.split(",") if name.startswith("BY") else [value]
    allowed = set(range(lowest, highest + 1)) - ({0} if lowest < 0 else set())
    if not all(_NUMBER.fullmatch(item) and int(item) in allowed for item in items):
        raise _error(f"has {name}={shown(value)}; give whole numbers from {lowest} to {highest}")


def _check_together(parts: dict[str, str]) -> None:
    """Check what RFC 5545 says of parts that stand beside one another."""
    if {"COUNT", "UNTIL"} <= parts.keys():
        raise _error("has both COUNT and UNTIL; give one of them")
    if "BYSETPOS" in parts and sum(name.startswith("BY") for name in parts) < 2:
        raise _error("has BYSETPOS alone; give the BY part that it picks from")
    is_nth_allowed = parts["FREQ"] in {"MONTHLY", "YEARLY"} and "BYWEEKNO" not in parts
    if not is_nth_allowed and re.search(r"\d", parts.get("BYDAY", "")):
        raise _error("numbers a weekday in BYDAY; that goes with FREQ=MONTHLY and YEARLY, without BYWEEKNO")


def _step_days(parts: dict[str, str]) -> int | None:
    if parts["FREQ"] not in _STEP_DAYS or "COUNT" in parts:
        return None
    return _STEP_DAYS[parts["FREQ"]] * int(parts.get("INTERVAL", "1"))


def _moment_of(until: str) -> datetime:
    """Return the moment of an UNTIL: naive on the wall, or aware in UTC."""
    day, _, clock = until.partition("T")
    try:
        if not clock:
            return datetime.combine(datetime.strptime(day, "%Y%m%d"), time.max)  # noqa: DTZ007  (on the wall)
        wall = datetime.strptime(day + clock.rstrip("Z"), "%Y%m%d%H%M%S")  # noqa: DTZ007
    except ValueError:
        raise _error(f"has UNTIL={shown(until)}; {_ways_out('UNTIL')}") from None
    return wall.replace(tzinfo=UTC) if clock.endswith("Z") else wall


def _instant_us(until: datetime, rules: ZoneInfo) -> int:
    return instant_of(until, rules) if until.tzinfo is None else (until - EPOCH) // MICROSECOND


def _ways_out(name: str) -> str:
    return {
        "FREQ": "give DAILY, WEEKLY, MONTHLY or YEARLY (several times a day: DAILY with BYHOUR)",
        "UNTIL": "give a date that exists, as 20261231, 20261231T235959 or 20261231T235959Z",
        "WKST": "give MO, TU, WE, TH, FR, SA or SU",
        "BYDAY": "give days such as MO,TU or 1SU,-1FR",
    }[name]


def _error(fault: str) -> InvalidRecurrenceError:
    return InvalidRecurrenceError(f"recurrence {fault}", field="recurrence")
