"""Shortcuts that programs take with outages, each alone, so that its error can be measured."""
################################################################
# Each returns the downtime of each of some days, microseconds. All but the named
# shortcut is exact.
################################################################

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Final

from sla_compliance.units import DAY_US, EPOCH, HOUR_US, MICROSECOND, MINUTE_US, SECOND_US
from tests.benchmarks.frame_peers import LocalDays
from tests.benchmarks.set_peers import sweep
from tests.benchmarks.workload import Workload

Shortcut = Callable[[Workload, LocalDays], list[int]]


def _overlaps_summed(load: Workload, _: LocalDays) -> list[int]:
    """Sum the part of each alarm in each day."""
    sums_us = [0] * (len(load.bounds_us) - 1)
    for start, end in zip(load.starts_us, load.ends_us, strict=True):
        for day, (midnight, next_midnight) in enumerate(pairwise(load.bounds_us)):
            sums_us[day] += max(0, min(end, next_midnight) - max(start, midnight))
    return sums_us


def _counted_on_their_first_day(load: Workload, _: LocalDays) -> list[int]:
    """Sum alarms by the day that they begin on, each cut at its end; merged ones, so that no overlap counts twice."""
    outages = merged(load)
    sums_us = []
    for midnight, next_midnight in pairwise(load.bounds_us):
        begun = [(start, end) for start, end in outages if midnight <= start < next_midnight]
        sums_us.append(sum(min(end, next_midnight) - start for start, end in begun))
    return sums_us


def merged(load: Workload) -> list[tuple[int, int]]:
    """Return outages: alarms that overlap or touch are one."""
    outages: list[tuple[int, int]] = []
    for start, end in sorted(zip(load.starts_us, load.ends_us, strict=True)):
        if outages and start <= outages[-1][1]:
            outages[-1] = outages[-1][0], max(end, outages[-1][1])
        else:
            outages.append((start, end))
    return outages


def _days_of_utc(load: Workload, days: LocalDays) -> list[int]:
    """Cut at midnights of UTC."""
    first_us = (days._replace(zone="UTC").midnight(0) - EPOCH) // MICROSECOND
    return sweep(load._replace(bounds_us=_days_of_24_hours_us(first_us, days.day_count)))


def _days_of_24_hours(load: Workload, days: LocalDays) -> list[int]:
    """Begin at the first local midnight and add 24 hours for each day."""
    return sweep(load._replace(bounds_us=_days_of_24_hours_us(load.bounds_us[0], days.day_count)))


def _days_of_24_hours_us(first_us: int, count: int) -> list[int]:
    return [first_us + number * DAY_US for number in range(count + 1)]


def _days_until_one_second_to_midnight(load: Workload, _: LocalDays) -> list[int]:
    """End each day at 23:59:59."""
    lost_us = [sweep(load._replace(bounds_us=[end - SECOND_US, end]))[0] for end in load.bounds_us[1:]]
    return [day_us - second_us for day_us, second_us in zip(sweep(load), lost_us, strict=True)]


def _whole_seconds(load: Workload, _: LocalDays) -> list[int]:
    """Cut the microseconds from all instants."""
    starts_us, ends_us = (_cut_to(SECOND_US, column) for column in (load.starts_us, load.ends_us))
    return sweep(load._replace(starts_us=starts_us, ends_us=ends_us))


def _whole_minutes(load: Workload, _: LocalDays) -> list[int]:
    """Round the downtime of each day to minutes."""
    return [round(day_us / MINUTE_US) * MINUTE_US for day_us in sweep(load)]


def _cut_to(unit_us: int, values_us: Sequence[int]) -> list[int]:
    return [value_us // unit_us * unit_us for value_us in values_us]


def _floats_of_hours(load: Workload, _: LocalDays) -> list[int]:
    """Hold instants as floats of hours since 1970, and sum their differences."""
    outages = [(start / HOUR_US, end / HOUR_US) for start, end in merged(load)]
    sums_us = []
    for midnight, next_midnight in pairwise(bound / HOUR_US for bound in load.bounds_us):
        hours = sum(max(0.0, min(end, next_midnight) - max(start, midnight)) for start, end in outages)
        sums_us.append(int(hours * HOUR_US))
    return sums_us


SHORTCUTS: Final[Mapping[str, Shortcut]] = {
    "lengths are summed; overlaps are not merged": _overlaps_summed,
    "an outage counts on the day that it begins on, up to midnight": _counted_on_their_first_day,
    "days are of UTC": _days_of_utc,
    "days have 24 hours, across a clock change too": _days_of_24_hours,
    "a day ends at 23:59:59": _days_until_one_second_to_midnight,
    "instants are whole seconds": _whole_seconds,
    "the downtime of a day is rounded to minutes": _whole_minutes,
    "instants are floats of hours": _floats_of_hours,
}
