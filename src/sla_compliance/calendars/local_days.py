"""Local days: where each date of a zone begins and ends."""
################################################################
# Local day D begins at the first instant whose local date is D and ends where
# the next existing local date begins (the rule of Temporal's startOfDay). That
# is the instant of midnight by the rule of wall_clock.py, whatever a clock
# change does to midnight:
#   - it does not exist: the day begins where the clock jumped;
#   - it comes twice: the day begins at the first;
#   - the whole date does not exist: it begins where the next one does, so it
#     owns no instant and is no day.
# Days tile the line. An instant's own local date is not always its day: where
# a clock is set back over midnight, the earlier date is shown once more within
# the later day.
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
from sla_compliance.units import checked_instant_us, moment
from sla_compliance.zones import load_zone

YEARS_KEPT: Final = 1024
# A clock set back over midnight shows a date that is one behind the day; the day after that one ends it.
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
    first = moment(start_us, rules).toordinal()
    starts = _starts(zone, first, moment(end_us - 1, rules).toordinal() + _DAYS_BEHIND)
    begin, stop = bisect_right(starts, start_us) - 1, bisect_left(starts, end_us)
    bounds = starts[begin : stop + 1]
    exists = [start < end for start, end in pairwise(bounds)]
    dates = map(date.fromordinal, range(first + begin, first + stop))
    return LocalDays(tuple(compress(dates, exists)), (*compress(bounds, exists), bounds[-1]))


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


def _starts(zone: str, first: int, last: int) -> Sequence[int]:
    """Return where the dates of these ordinals begin, both included."""
    years = range(date.fromordinal(first).year, date.fromordinal(last).year + 1)
    starts = tuple(chain.from_iterable(_starts_of_year(zone, year) for year in years))
    skipped = first - date(years[0], 1, 1).toordinal()
    return starts[skipped : skipped + last - first + 1]


@lru_cache(maxsize=YEARS_KEPT)
def _starts_of_year(zone: str, year: int) -> tuple[int, ...]:
    rules = load_zone(zone)
    ordinals = range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1)
    return tuple(instant_of(datetime.fromordinal(ordinal), rules) for ordinal in ordinals)
