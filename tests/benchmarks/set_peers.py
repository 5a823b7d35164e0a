"""The downtime of each day by libraries of intervals: a plain sweep, portion, intervaltree, piso, staircase."""
################################################################
# Each merges alarms that overlap or touch and cuts the outcome at the days. None of
# them knows days of a zone, so all are given their bounds. All of them must give the
# same microseconds.
#
# portion and intervaltree hold whole microseconds as integers; piso and staircase are
# for instants of pandas.
################################################################

from __future__ import annotations

import warnings
from itertools import pairwise
from typing import Any

import intervaltree  # type: ignore[import-untyped]
import pandas as pd
import piso
import portion
import staircase

from tests.benchmarks.workload import Workload


def sweep(load: Workload) -> list[int]:
    """Return the downtime of each day the plain way: sorted pairs, cut at each bound."""
    lengths, reach, day = [0] * (len(load.bounds_us) - 1), load.bounds_us[0], 0
    for start, end in sorted(zip(load.starts_us, load.ends_us, strict=True)):
        at, last = max(start, reach), min(end, load.bounds_us[-1])
        while at < last:
            while load.bounds_us[day + 1] <= at:
                day += 1
            following = min(last, load.bounds_us[day + 1])
            lengths[day] += following - at
            at = reach = following
    return lengths


def with_portion(load: Workload) -> list[int]:
    """Return the downtime of each day with portion."""
    down = portion.Interval(*map(portion.closedopen, load.starts_us, load.ends_us))
    days = (down & portion.closedopen(*day) for day in pairwise(load.bounds_us))
    return [sum(atomic.upper - atomic.lower for atomic in day if not atomic.empty) for day in days]


def with_intervaltree(load: Workload) -> list[int]:
    """Return the downtime of each day with intervaltree."""
    rows = zip(load.starts_us, load.ends_us, strict=True)
    tree = intervaltree.IntervalTree.from_tuples((start, end) for start, end in rows if start < end)
    tree.merge_overlaps(strict=False)
    return [
        sum(min(outage.end, end) - max(outage.begin, start) for outage in tree.overlap(start, end))
        for start, end in pairwise(load.bounds_us)
    ]


def instants(values_us: list[int]) -> pd.Series[Any]:
    """Return microseconds since 1970 as instants of pandas."""
    return pd.Series(pd.to_datetime(values_us, unit="us", utc=True))


def with_piso(starts: pd.Series[Any], ends: pd.Series[Any], bounds: pd.Series[Any]) -> list[int]:
    """Return the downtime of each day with piso: how much of each day the alarms cover."""
    alarms = pd.arrays.IntervalArray.from_arrays(starts, ends, closed="left")
    days = pd.IntervalIndex.from_breaks(bounds, closed="left")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it calls what pandas is to drop
        lengths = piso.coverage(alarms, domain=days, bins=True, how="sum")
    return _microseconds(lengths)


def with_staircase(starts: pd.Series[Any], ends: pd.Series[Any], bounds: pd.Series[Any]) -> list[int]:
    """Return the downtime of each day with staircase: where the number of active alarms is above zero."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it calls what pandas is to drop
        is_down = staircase.Stairs(start=starts, end=ends) > 0
        lengths = is_down.slice(bounds).integral()
    return _microseconds(lengths)


def _microseconds(lengths: pd.Series[Any]) -> list[int]:
    return [length // pd.Timedelta(microseconds=1) for length in lengths]
