"""Strategies of places: any zone, about one of its clock changes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final

from hypothesis import strategies as st

from sla_compliance.testing.grids import clock_changes, midnights
from sla_compliance.testing.oracle.calendar import rules_of
from sla_compliance.testing.oracle.world import Place
from sla_compliance.testing.worlds.places import PLACES
from sla_compliance.zones import zone_names

_YEARS: Final = range(2000, 2031)
_UNITS: Final = tuple(timedelta(seconds=seconds) for seconds in (3600, 1800, 900, 60, 1))
_hours_before = st.integers(0, 48)


def places() -> st.SearchStrategy[Place]:
    """Return a strategy of places near a clock change: well-known ones, then one of any zone from 2000 to 2030.

    The unit is an hour, or as much shorter as the change and the midnights of the zone need.
    """
    return st.sampled_from(PLACES) | st.builds(_place, st.deferred(_months), _hours_before)


def _months() -> st.SearchStrategy[tuple[str, datetime]]:
    return st.sampled_from(_months_of_change())


@cache
def _months_of_change() -> tuple[tuple[str, datetime], ...]:
    """Return zones and the months in which their clock is not the same at both ends; a second of work, done once."""
    return tuple((zone, month) for zone in sorted(zone_names()) for month in _months_of_change_in(zone))


def _months_of_change_in(zone: str) -> Iterator[datetime]:
    rules = rules_of(zone)
    months = [datetime(year, month, 1, tzinfo=UTC) for year in _YEARS for month in range(1, 13)]
    offsets = [month.astimezone(rules).utcoffset() for month in months]
    for number, month in enumerate(months[:-1]):
        if offsets[number] != offsets[number + 1]:
            yield month


def _place(zone_and_month: tuple[str, datetime], hours_before: int) -> Place:
    zone, month = zone_and_month
    change = clock_changes(zone, month, month + timedelta(days=31))[0]
    base = change - timedelta(hours=hours_before)
    distances = midnights(zone, base, base - timedelta(days=400), base + timedelta(days=400))
    unit = next(unit for unit in _UNITS if all(distance % unit == timedelta(0) for distance in distances))
    return Place(zone, base, unit)
