"""An oracle for local days: the first instant of every local date, found by asking a zone hour by hour."""
################################################################
# Knows nothing of midnights, folds or gaps. From instants alone it finds where
# the offset changes, to the second; between two changes local time runs evenly,
# so each stretch shows its dates from known instants on. A date begins where
# any stretch shows it first.
################################################################

from __future__ import annotations

from bisect import bisect_left
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

HOUR, DAY = 3600, 86400
EPOCH_ORDINAL = date(1970, 1, 1).toordinal()


def first_instants(rules: ZoneInfo, first: int, last: int) -> dict[date, int]:
    """Return the first instant (seconds) of each local date that is shown between two instants."""
    found: dict[date, int] = {}
    for start, end in pairwise([first, *_changes(rules, first, last), last]):
        offset = _offset(start, rules)
        for day in range((start + offset) // DAY, (end - 1 + offset) // DAY + 1):
            shown = max(start, day * DAY - offset)
            found.setdefault(date.fromordinal(EPOCH_ORDINAL + day), shown)
    return found


def _changes(rules: ZoneInfo, first: int, last: int) -> list[int]:
    hours = range(first, last + 1, HOUR)
    offsets = [datetime.fromtimestamp(hour, rules).utcoffset() for hour in hours]
    changed = [rank for rank, (before, after) in enumerate(pairwise(offsets)) if before != after]
    return [_change(hours[rank], rules) for rank in changed]


def _change(hour: int, rules: ZoneInfo) -> int:
    before = _offset(hour, rules)
    seconds = range(hour, hour + HOUR + 1)
    return seconds[bisect_left(seconds, True, key=lambda second: _offset(second, rules) != before)]


def _offset(second: int, rules: ZoneInfo) -> int:
    offset = datetime.fromtimestamp(second, rules).utcoffset()
    assert offset is not None
    return offset // timedelta(seconds=1)


def second_of(year: int) -> int:
    """Return the instant (seconds) at which a year begins in UTC."""
    return int(datetime(year, 1, 1, tzinfo=UTC).timestamp())
