"""Wall-clock times to instants: the one rule for times that do not exist and times that come twice."""
################################################################
# A wall-clock time becomes the first instant at which a clock of that zone has
# reached it:
#   - a time that comes twice is its first occurrence;
#   - a time that does not exist is the instant at which the clock jumped over it.
# The rule holds for starts and ends alike, so ranges that adjoin by the clock
# adjoin in time and share out the day without gap or overlap.
#
# zoneinfo tells both cases by fold: from fold 0 to fold 1 the offset falls where
# a time comes twice, and rises where a time does not exist.
################################################################

from __future__ import annotations

from bisect import bisect_left
from datetime import datetime, timedelta
from typing import Final, cast
from zoneinfo import ZoneInfo

from sla_compliance.units import EPOCH, MICROSECOND, moment

_NAIVE_EPOCH: Final = EPOCH.replace(tzinfo=None)


def instant_of(clock_time: datetime, rules: ZoneInfo) -> int:
    """Return the instant of a naive wall-clock time (fold 0), microseconds."""
    offset, offset_of_fold_1 = _offset(clock_time, rules), _offset(clock_time.replace(fold=1), rules)
    instant_us = (clock_time - _NAIVE_EPOCH - offset) // MICROSECOND
    if offset >= offset_of_fold_1:
        return instant_us
    # The time does not exist. Fold 0 reads it by the offset before the jump, which gives an instant after the jump;
    # fold 1 reads it by the offset after the jump, which gives one before. The jump is between the two.
    jump_length_us = (offset_of_fold_1 - offset) // MICROSECOND
    return _jump_us(instant_us - jump_length_us, instant_us, rules)


def wall_time(instant_us: int, rules: ZoneInfo) -> datetime:
    """Return the naive wall-clock time (fold 0) of an instant, microseconds."""
    return moment(instant_us, rules).replace(tzinfo=None, fold=0)


def _jump_us(before_us: int, after_us: int, rules: ZoneInfo) -> int:
    """Return the instant in (before_us, after_us] from which the offset is that of after_us."""
    offset_after = _offset(moment(after_us, rules), rules)
    candidates = range(before_us, after_us + 1)
    # A range of microseconds is bisected without being made; the offset rises once in it.
    rank = bisect_left(candidates, offset_after, key=lambda us: _offset(moment(us, rules), rules))
    return candidates[rank]


def _offset(local_time: datetime, rules: ZoneInfo) -> timedelta:
    return cast("timedelta", rules.utcoffset(local_time))
