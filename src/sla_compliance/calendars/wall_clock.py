"""From a time on the wall to its instant: the one rule for times that do not exist and times that come twice."""
################################################################
# A wall time becomes the first instant at which a clock of that zone has
# reached it:
#   - a time that comes twice is its first occurrence;
#   - a time that does not exist is the instant the clock jumped over it.
# The rule holds for starts and ends alike, so ranges that adjoin on the wall
# adjoin in time and share out the day without gap or overlap.
#
# zoneinfo speaks of both cases by fold: at a time that comes twice the offset
# falls from fold 0 to fold 1, at a time that does not exist it rises.
################################################################

from __future__ import annotations

from bisect import bisect_left
from datetime import datetime, timedelta
from typing import Final, cast
from zoneinfo import ZoneInfo

from sla_compliance.units import EPOCH, MICROSECOND, moment

_WALL_EPOCH: Final = EPOCH.replace(tzinfo=None)


def instant_of(wall: datetime, rules: ZoneInfo) -> int:
    """Return the instant of a naive wall time (fold 0), microseconds."""
    first, second = _offset(wall, rules), _offset(wall.replace(fold=1), rules)
    first_us = (wall - _WALL_EPOCH - first) // MICROSECOND
    if first >= second:
        return first_us
    return _jump_us(first_us - (second - first) // MICROSECOND, first_us, rules)


def wall_time(instant_us: int, rules: ZoneInfo) -> datetime:
    """Return the naive wall time (fold 0) of an instant, microseconds."""
    return moment(instant_us, rules).replace(tzinfo=None, fold=0)


def _jump_us(before_us: int, after_us: int, rules: ZoneInfo) -> int:
    """Return the instant in (before_us, after_us] from which the offset is that of after_us."""
    candidates = range(before_us, after_us + 1)
    final = _offset(moment(after_us, rules), rules)
    return candidates[bisect_left(candidates, final, key=lambda us: _offset(moment(us, rules), rules))]


def _offset(wall: datetime, rules: ZoneInfo) -> timedelta:
    return cast("timedelta", rules.utcoffset(wall))
