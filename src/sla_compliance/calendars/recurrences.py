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
#   - a number of a weekday is one that a month, or a year, can have: 5, or 53;
#   - COUNT is at most 10,000 and excludes UNTIL;
#   - UNTIL as a bare date takes that whole day in; without "Z" it is a wall time.
# The start is an occurrence only where the rule names it.
#
# Work is bounded by what is asked for, not by when a rule began: without COUNT, a
# rule is begun a whole number of its steps later, shortly before the request. More
# than 30,000 occurrences in one request are refused: an hourly rule has 26,280 in
# three years.
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

_MOST_OCCURRENCES: Final = 30_000

_STEP_DAYS: Final = {"DAILY": 1, "WEEKLY": 7}
_STEP_MONTHS: Final = {"MONTHLY": 1, "YEARLY": 12}
_LONGEST_MONTH_DAYS: Final = 31
_WEEKS_OF_MONTH: Final = 5
_WEEKS_OF_YEAR: Final = 53
# A rule with none of these names the day of its start, and a yearly one its month too.
_NAMES_OF_DAYS: Final = frozenset({"BYWEEKNO", "BYYEARDAY", "BYMONTHDAY", "BYDAY"})
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
        step_days, step_months: the rule repeats when begun a multiple of so many days, or months, later; 0: it does
            not.
    """

    text: str
    until: datetime | None
    step_days: int
    step_months: int

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
        return cls(text, _moment_of(until) if until else None, _step(parts, _STEP_DAYS), _step(parts, _STEP_MONTHS))

    def occurrences(
        self, start: datetime, length: timedelta, start_us: int, end_us: int, rules: ZoneInfo
    ) -> Iterator[tuple[int, int]]:
        """Yield the occurrences that share an instant with [start_us, end_us): start and end, microseconds.

        Args:
            start: naive wall time at which the rule begins.
            length: how long each occurrence lasts on the wall.

        Raises:
            InvalidRecurrenceError: the rule never names a date, or too many occurrences.
        """
        check_names_a_date(self.text, start)
        elapsed = wall_time(start_us, rules) - start - length
        last_us = end_us if self.until is None else min(end_us, _instant_us(self.until, rules) + 1)
        count = 0
        for occurrence in _walls(*self._begun_later(start, elapsed)):
            wall = occurrence.replace(microsecond=start.microsecond)
            occurrence_us = instant_of(wall, rules)
            if occurrence_us >= last_us:
                return
            occurrence_end_us = instant_of(wall + min(length, _LAST_WALL - wall), rules)
            if occurrence_end_us > start_us:
                count += 1
                if count > _MOST_OCCURRENCES:
                    raise _error(
                        f"is {shown(self.text)}, which names more than {_MOST_OCCURRENCES} occurrences in the time "
                        "asked for; ask for less, or give longer windows"
                    )
                yield occurrence_us, occurrence_end_us

    def _begun_later(self, start: datetime, elapsed: timedelta) -> tuple[str, datetime]:
        """Return a rule and a start, some steps before `start` + `elapsed`, with the same occurrences from there on."""
        if self.step_days:
            steps = max(elapsed.days // self.step_days - 2, 0)
            return self.text, start + timedelta(days=steps * self.step_days)
        steps = max(elapsed.days // _LONGEST_MONTH_DAYS // self.step_months - 2, 0) if self.step_months else 0
        if not steps:
            return self.text, start
        # The first of a month exists in all of them; so the rule has to name the day that its start named.
        years, month_before = divmod(start.month - 1 + steps * self.step_months, 12)
        later_start = start.replace(year=start.year + years, month=month_before + 1, day=1)
        return self._with_day_of(start), later_start

    def _with_day_of(self, start: datetime) -> str:
        """Return the rule with the day, and of a yearly one the month, that it takes from its start."""
        names = {part.partition("=")[0] for part in self.text.split(";")}
        if names & _NAMES_OF_DAYS:
            return self.text
        is_yearly = "FREQ=YEARLY" in self.text
        month = f";BYMONTH={start.month}" if is_yearly and "BYMONTH" not in names else ""
        return f"{self.text};BYMONTHDAY={start.day}{month}"


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
    # dateutil looks up the day of such a number in a list that is too short for it.
    is_within_month = parts["FREQ"] == "MONTHLY" or "BYMONTH" in parts
    highest = _WEEKS_OF_MONTH if is_within_month else _WEEKS_OF_YEAR
    if any(int(number) > highest for number in re.findall(r"\d+", parts.get("BYDAY", ""))):
        period = "month" if is_within_month else "year"
        raise _error(
            f"has BYDAY={shown(parts['BYDAY'])}, part of which names no date; "
            f"a {period} has a weekday {highest} times at most"
        )


def _step(parts: dict[str, str], step_by_frequency: dict[str, int]) -> int:
    """Return how many days, or months, lie between a rule's periods; 0 where it counts in others or has COUNT."""
    if "COUNT" in parts:
        return 0
    return step_by_frequency.get(parts["FREQ"], 0) * int(parts.get("INTERVAL", "1"))


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
