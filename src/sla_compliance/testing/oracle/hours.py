"""Weekly hours as stretches of instants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta

from sla_compliance.testing.oracle.wall_clock import WallClock
from sla_compliance.testing.oracle.world import Span

MinuteRanges = Sequence[tuple[int, int]]
"""Ranges of one day, in minutes since its midnight; beyond 1440 on the next day."""


def expanded_hours(
    week: Sequence[MinuteRanges], dated: Mapping[date, MinuteRanges], clock: WallClock, start_us: int, end_us: int
) -> list[Span]:
    """Return the hours of the local dates from two before start_us to one after end_us, microseconds.

    Args:
        week: the ranges of each weekday, Monday first.
        dated: ranges of dates, which take the place of their weekday's.
    """
    day = clock.wall_at(start_us).date() - timedelta(days=2)
    last_day = clock.wall_at(end_us).date() + timedelta(days=1)
    spans = []
    while day <= last_day:
        midnight = datetime.combine(day, time())
        for first_minute, last_minute in dated.get(day, week[day.weekday()]):
            span_start_us = clock.instant_of(midnight + timedelta(minutes=first_minute))
            span_end_us = clock.instant_of(midnight + timedelta(minutes=last_minute))
            if span_start_us < span_end_us:
                spans.append((span_start_us, span_end_us))
        day += timedelta(days=1)
    return spans
