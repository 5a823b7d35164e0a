"""Seeded alarms of ninety days for benchmarks: outages of all lengths, flapping ports, repeats, some still active."""

from __future__ import annotations

import math
from datetime import date, timedelta
from itertools import accumulate
from random import Random
from typing import Final, NamedTuple

from sla_compliance.calendars.local_days import first_instant_us

ZONE: Final = "Europe/Berlin"
FIRST_DAY: Final = date(2025, 1, 10)  # a clock change lies in the ninety days behind it
DAYS: Final = 90
_SHAPE: Final = 1.3


class Workload(NamedTuple):
    """Columns of alarms and the local midnights that cut their window."""

    starts_us: list[int]
    ends_us: list[int]
    bounds_us: list[int]


def workload(count: int, *, is_sorted: bool, days: int = DAYS, seed: int = 7) -> Workload:
    """Return `count` alarms whose lengths sum to about half of the window, in order of time or in none."""
    bounds = [first_instant_us(FIRST_DAY + timedelta(days=number), ZONE) for number in range(days + 1)]
    random = Random(seed)  # noqa: S311 - sample data
    rows: list[tuple[int, int]] = []
    while len(rows) < count:
        rows += _some_rows(random, bounds[0], bounds[-1], count, rows)
    rows = sorted(rows[:count])
    if not is_sorted:
        random.shuffle(rows)
    return Workload([start for start, _ in rows], [end for _, end in rows], bounds)


def _some_rows(
    random: Random, first_us: int, last_us: int, count: int, earlier: list[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Return a plain alarm, a repeated row, an active alarm, or a port that flaps."""
    span = last_us - first_us
    typical = span / count / 2
    at = first_us - span // 50 + random.randrange(span + span // 50)
    kind = random.random()
    if kind < 0.90:
        length = typical * (_SHAPE - 1) / _SHAPE * random.paretovariate(_SHAPE)
        return [(at, at + math.ceil(min(length, span / 4)))]
    if kind < 0.97 and earlier:
        return [random.choice(earlier)]
    if kind < 0.98:
        return [(last_us - random.randrange(span // 50), last_us + 1)]
    lengths = [1 + int(random.expovariate(10 / typical)) for _ in range(2 * random.randint(5, 50))]
    edges = [at, *(at + elapsed for elapsed in accumulate(lengths))]
    return list(zip(edges[::2], edges[1::2], strict=False))
