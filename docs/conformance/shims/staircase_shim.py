"""The program for staircase, a library of step functions over pandas."""
################################################################
# The number of active alarms is a step function; where it is above 0 the service is
# down. Agreed time is a product of functions that are 0 or 1. Lengths are integrals
# between two instants. Instants are microseconds since the window's start: floats
# inside, whole and exact up to 285 years. Damping has no counterpart.
################################################################

from __future__ import annotations

from typing import Any

import staircase
from plain_terms import Span, answer, plain_terms
from wire import UnsupportedError, serve


def is_within(spans: list[Span], origin_us: int) -> staircase.Stairs:
    """Return the function that is 1 within any of some spans and 0 elsewhere."""
    if not spans:
        return staircase.Stairs()
    starts, ends = zip(*spans, strict=True)
    steps = staircase.Stairs(start=[start - origin_us for start in starts], end=[end - origin_us for end in ends])
    return steps > 0


def length_us(within: staircase.Stairs, start_us: int, end_us: int) -> int:
    """Return how long a function is 1 between two instants."""
    if start_us >= end_us:
        return 0
    return int(within.clip(start_us, end_us).integral())


def answered(question: dict[str, Any]) -> dict[str, Any]:
    """Return the answer to a question."""
    terms = plain_terms(question)
    if terms.merge_gap_us or terms.min_outage_us:
        raise UnsupportedError("damping")
    origin_us = terms.window[0]
    counted = is_within([terms.window], origin_us) * (is_within(terms.removed, origin_us) == 0)
    for spans in terms.agreed:
        counted *= is_within(spans, origin_us)
    down = is_within(terms.outages, origin_us) * counted
    up = counted - down
    if terms.monitored is not None:
        up *= is_within(terms.monitored, origin_us)
    lengths_us = []
    for day in terms.days:
        bounds = day.start_us - origin_us, day.end_us - origin_us
        lengths_us.append((length_us(down, *bounds), length_us(up, *bounds)))
    return answer(terms.days, lengths_us)


if __name__ == "__main__":
    serve(answered)
