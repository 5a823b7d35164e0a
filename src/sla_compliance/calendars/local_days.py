"""Local days: where each date of a zone begins and ends."""
################################################################
# Local day D begins at the first instant whose local date is D and ends where
# the next existing local date begins (the rule of Temporal's startOfDay). That
# is the instant of midnight by the rule of wall_clock.py, whatever a clock
# change does to midnight:
#   - midnight does not exist: the day begins where the clock jumped;
#   - midnight comes twice: the day begins at the first one;
#   - the whole date does not exist: it begins where the next one does, so it
#     owns no instant and is no day.
# Every instant is in exactly one day. That is not always the day of its own local
# date: where a clock is set back over midnight, the earlier date is shown once
# more within the later day.
#
# Local days are computed here and nowhere else: not in SQL, not in dataframes.
################################################################

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from itertools import chain, compress, pairwise
from typing import Final

from sla_compliance.calendars.wall_clock import instant_of
from sla_compliance.checks import wrong_type
from sla_compliance.units import HOUR_US, checked_instant_us, moment
from sla_compliance.zones import load_zone

_YEARS_KEPT: Final = 1024
# A clock set back over midnight shows the date before that of the day: one day more may share an instant with the
# window, and the start of the day after it is the last bound.
_DAYS_BEHIND: Final = 2


@dataclass(frozen=True, slots=True)
class LocalDays:
    """The local dates that own an instant of a window, and their bounds, not clipped to the window.

    Attributes:
        dates: existing dates, ascending.
        bounds_us: day i is [bounds_us[i], bounds_us[i + 1]), microseconds; one bound more than dates.
    """

    dates: tuple[date, ...]
    bounds_us: tuple[int, ...]


def local_days(zone: str, start_us: int, end_us: int) -> LocalDays:
    """Return the local days of `zone` that share an instant with [start_us, end_us).

    Args:
        start_us, end_us: instants within units.MIN_US and units.MAX_US; an empty window has no days.

    Raises:
        InvalidTypeError, UnknownZoneError: as `load_zone`.
    """
    rules = load_zone(zone)
    if start_us >= end_us:
        return LocalDays((), (start_us,))
    first_ordinal = moment(start_us, rules).toordinal()
    last_ordinal = moment(end_us - 1, rules).toordinal() + _DAYS_BEHIND
    starts_us = _starts_us(zone, first_ordinal, last_ordinal)
    # The days from rank `begin` to rank `stop` - 1 share an instant with the window.
    begin = bisect_right(starts_us, start_us) - 1
    stop = bisect_left(starts_us, end_us)
    bounds_us = starts_us[begin : stop + 1]
    has_length = [day_start_us < day_end_us for day_start_us, day_end_us in pairwise(bounds_us)]
    dates = map(date.fromordinal, range(first_ordinal + begin, first_ordinal + stop))
    return LocalDays(tuple(compress(dates, has_length)), (*compress(bounds_us, has_length), bounds_us[-1]))


def first_instant_us(day: date, zone: str, *, field: str = "day") -> int:
    """Return the first instant, microseconds, whose local date is `day`; for a date that does not exist, of the next.

    Raises:
        InvalidTypeError: `day` is no plain date, `zone` no str.
        UnknownZoneError: as `load_zone`.
        InstantOutOfRangeError: the day lies at the end of the calendar.
    """
    if not isinstance(day, date) or isinstance(day, datetime):
        raise wrong_type(day, field, "a datetime.date")
    midnight = datetime.fromordinal(day.toordinal())
    return checked_instant_us(instant_of(midnight, load_zone(zone)), field=field)


def hours_of_day(start_us: int, end_us: int) -> list[tuple[int, int]]:
    """Return the elapsed hours of a day between these bounds; the last one may be shorter.

    >>> hours_of_day(0, HOUR_US + HOUR_US // 2)
    [(0, 3600000000), (3600000000, 5400000000)]
    """
    return list(pairwise([*range(start_us, end_us, HOUR_US), end_us]))


def _starts_us(zone: str, first_ordinal: int, last_ordinal: int) -> Sequence[int]:
    """Return the instants at which the dates from one ordinal to another, both included, begin."""
    first_year, last_year = date.fromordinal(first_ordinal).year, date.fromordinal(last_ordinal).year
    years = range(first_year, last_year + 1)
    starts_us = tuple(chain.from_iterable(_starts_of_year_us(zone, year) for year in years))
    first_rank = first_ordinal - date(first_year, 1, 1).toordinal()
    date_count = last_ordinal - first_ordinal + 1
    return starts_us[first_rank : first_rank + date_count]


@lru_cache(maxsize=_YEARS_KEPT)
def _starts_of_year_us(zone: str, year: int) -> tuple[int, ...]:
    """Return the instants at which the dates of a year begin."""
    rules = load_zone(zone)
    ordinals = range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1)
    return tuple(instant_of(datetime.fromordinal(ordinal), rules) for ordinal in ordinals)
