"""The grid of a question: the coarsest unit on which all its instants lie, and how far it reaches."""
################################################################
# The oracle looks at one instant after the other, so it needs few of them. All
# instants of a question are whole units after its start; so are the clock changes and
# the midnights of its zones. The unit is the greatest for which that holds.
################################################################

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from sla_compliance.errors import InvalidValueError
from sla_compliance.testing.oracle.calendar import rules_of
from sla_compliance.testing.oracle.grid import MOST_INSTANTS, Grid
from sla_compliance.testing.oracle.wall_clock import instant_us_of
from sla_compliance.testing.oracle.world import Place, Span
from sla_compliance.units import MICROSECOND, ONE_DAY

_SECOND: Final = timedelta(seconds=1)
_AROUND: Final = 2 * ONE_DAY


def place_of(
    start: datetime, instants: Collection[datetime], lengths: Iterable[timedelta], zones: Iterable[str], zone: str
) -> Place:
    """Return the place at whose base a question starts.

    Args:
        instants: those that the oracle has to reach, aware.
        lengths: further lengths that are whole units.
        zones: those in which a time on the wall matters.
        zone: the one of the place.

    Raises:
        InvalidValueError: there are too many instants between the first and the last.
    """
    first, last = min([start, *instants]) - _AROUND, max([start, *instants]) + _AROUND
    distances = [instant - start for instant in instants]
    for zone_name in zones:
        distances += [change - start for change in clock_changes(zone_name, first, last)]
        distances += midnights(zone_name, start, first, last)
    grid = Grid(base_us=0)
    for length in (*distances, *lengths, ONE_DAY):
        grid.length(length // MICROSECOND)
    unit = grid.coarsest().unit_us * MICROSECOND
    count = (last - first) // unit
    if count > MOST_INSTANTS:
        raise InvalidValueError(
            f"the oracle looks at every instant, and there are {count:,} of {unit} from {first} to {last}, "
            f"more than {MOST_INSTANTS:,}; give times to the whole minute or hour, a shorter window, or an earlier "
            "as_of",
            field="alarms",
        )
    reach = max(start - first, last - start) // unit + 1
    return Place(zone, start.astimezone(UTC), unit, reach)


def reach_us(place: Place) -> Span:
    """Return the first instant of which a place may speak, and the one after the last, microseconds."""
    return instant_us_of(place.at(-place.reach)), instant_us_of(place.at(place.reach))


def span_at(span_us: Span, place: Place) -> Span:
    """Return a span of microseconds since 1970 in units since the base of a place."""
    base_us, unit_us = instant_us_of(place.base), place.unit // MICROSECOND
    start_us, end_us = span_us
    return (start_us - base_us) // unit_us, (end_us - base_us) // unit_us


def clock_changes(zone: str, first: datetime, last: datetime) -> list[datetime]:
    """Return the instants at which the clock of a zone changes, to the second; changes lie a day apart or more."""
    rules = rules_of(zone)
    changes = []
    day = first
    while day < last:
        before, after = day, day + ONE_DAY
        if day.astimezone(rules).utcoffset() != after.astimezone(rules).utcoffset():
            while after - before > _SECOND:
                middle = before + (after - before) // _SECOND // 2 * _SECOND
                is_later = middle.astimezone(rules).utcoffset() != day.astimezone(rules).utcoffset()
                before, after = (before, middle) if is_later else (middle, after)
            changes.append(after.astimezone(UTC).replace(microsecond=0))
        day += ONE_DAY
    return changes


def midnights(zone: str, start: datetime, first: datetime, last: datetime) -> list[timedelta]:
    """Return how long after a start it is midnight of a zone, by each offset that it has from UTC in a stretch."""
    rules = rules_of(zone)
    moments = [first + number * ONE_DAY for number in range((last - first) // ONE_DAY + 2)]
    offsets = {moment.astimezone(rules).utcoffset() for moment in moments}
    return [
        datetime(start.year, start.month, start.day, tzinfo=timezone(offset)) - start
        for offset in sorted(offset for offset in offsets if offset is not None)
    ]
