"""Active parts: when each key's alarms are active by themselves, as far as that would count as down."""
################################################################
# Touching and overlapping alarms of one key make one part. What a targeted exclusion
# takes out of an alarm is no part of it, unless the accounting counts such time as
# down all the same.
################################################################

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import compress
from operator import lt
from typing import TypeVar

from sla_compliance.counted_downtime import instants_that_count_down
from sla_compliance.intervals import IntervalSet
from sla_compliance.labels import State
from sla_compliance.report import ComplianceReport

_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class ActiveParts:
    """The parts of all keys, in order of their starts; of equal starts that of the earlier row stands first.

    Attributes:
        starts_us, ends_us: of each part.
        keys: of each part.
        alarms: how many rows each key has; None where each has one part, of one row, as ids have: nothing is to be
            summed up.
    """

    starts_us: Sequence[int]
    ends_us: Sequence[int]
    keys: Sequence[Hashable]
    alarms: Counter[Hashable] | None


def active_parts(report: ComplianceReport, column: Sequence[Hashable], start_us: int, end_us: int) -> ActiveParts:
    """Return the parts of the keys of a column within [start_us, end_us); rows without an instant there have none.

    Args:
        column: the key of each qualifying row.
    """
    rule = report.measurement.settled_rule.downtime
    times = rule.times(report.qualifying)
    last_us = min(end_us, report.as_of_us)
    starts_us = _at_least(times.starts_us, start_us)
    ends_us = _at_most(times.ends_us, last_us)
    has_instant = list(map(lt, starts_us, ends_us))
    alarm_keys = list(compress(column, has_instant))
    keys = column
    is_split = times.excluded_by is not None and any(times.excluded_by)
    if times.excluded_by is not None and is_split:
        rows, starts_us, ends_us = _without_uncounted_time(report, starts_us, ends_us, times.excluded_by)
        keys = _taken(column, rows)
        has_instant = list(map(lt, starts_us, ends_us))
    # Sorting is stable, so of equal starts the earlier row stays first.
    in_order = sorted(compress(range(len(starts_us)), has_instant), key=starts_us.__getitem__)
    starts_us, ends_us, keys = _taken(starts_us, in_order), _taken(ends_us, in_order), _taken(keys, in_order)
    # Exclusions may leave several parts of a row.
    if not is_split and len(set(keys)) == len(keys):
        return ActiveParts(starts_us, ends_us, keys, alarms=None)
    return _joined(starts_us, ends_us, keys, Counter(alarm_keys))


def _at_least(instants_us: Sequence[int], least_us: int) -> Sequence[int]:
    if not instants_us or min(instants_us) >= least_us:
        return instants_us
    # A conditional is several times faster than a call of max.
    return [least_us if instant < least_us else instant for instant in instants_us]  # noqa: FURB136


def _at_most(instants_us: Sequence[int], most_us: int) -> Sequence[int]:
    if not instants_us or max(instants_us) <= most_us:
        return instants_us
    return [most_us if instant > most_us else instant for instant in instants_us]  # noqa: FURB136


def _taken(column: Sequence[_Value], rows: Iterable[int]) -> list[_Value]:
    return list(map(column.__getitem__, rows))


def _without_uncounted_time(
    report: ComplianceReport, starts_us: Sequence[int], ends_us: Sequence[int], excluded_by: Sequence[frozenset[int]]
) -> tuple[list[int], list[int], list[int]]:
    """Return the stretches that exclusions leave of some rows: the row of each, its start and its end."""
    uncounted_by = {indices: _uncounted(report, indices) for indices in set(excluded_by)}
    rows: list[int] = []
    left_starts_us: list[int] = []
    left_ends_us: list[int] = []
    for row, (start, end, indices) in enumerate(zip(starts_us, ends_us, excluded_by, strict=True)):
        if indices and start < end:
            left = IntervalSet((start,), (end,)) - uncounted_by[indices]
            bounds: Iterable[tuple[int, int]] = left
        else:
            bounds = ((start, end),)
        for left_start, left_end in bounds:
            rows.append(row)
            left_starts_us.append(left_start)
            left_ends_us.append(left_end)
    return rows, left_starts_us, left_ends_us


def _uncounted(report: ComplianceReport, indices: Iterable[int]) -> IntervalSet:
    """Return when an alarm that some targeted exclusions match is excused and does not count as down."""
    targeted = report.measurement.settled_rule.downtime.targeted
    matching = [targeted[index] for index in indices]
    maintenance = IntervalSet.union(exclusion.windows for exclusion in matching if exclusion.is_maintenance)
    others = IntervalSet.union(exclusion.windows for exclusion in matching if not exclusion.is_maintenance)
    ledger, accounting = report.ledger, report.accounting
    by_maintenance = maintenance - instants_that_count_down(ledger, accounting, State.EXCUSED_MAINTENANCE)
    otherwise = (others - maintenance) - instants_that_count_down(ledger, accounting, State.EXCUSED_OTHER)
    return by_maintenance | otherwise


def _joined(
    starts_us: Sequence[int], ends_us: Sequence[int], keys: Sequence[Hashable], alarms: Counter[Hashable]
) -> ActiveParts:
    """Return the parts of stretches in order of their starts: those of one key that touch or overlap are one."""
    part_starts_us: list[int] = []
    part_ends_us: list[int] = []
    part_keys: list[Hashable] = []
    last_part: dict[Hashable, int] = {}
    for start, end, key in zip(starts_us, ends_us, keys, strict=True):
        part = last_part.get(key)
        if part is not None and part_ends_us[part] >= start:
            part_ends_us[part] = max(part_ends_us[part], end)
            continue
        last_part[key] = len(part_keys)
        part_starts_us.append(start)
        part_ends_us.append(end)
        part_keys.append(key)
    return ActiveParts(part_starts_us, part_ends_us, part_keys, alarms)
