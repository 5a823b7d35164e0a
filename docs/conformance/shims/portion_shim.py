"""The program for portion, a library of interval arithmetic."""
################################################################
# Outages become one interval set by union; agreed time is an intersection less what
# is removed; a day is a cut. Lengths are sums over the atomic intervals. Microseconds
# are Python integers, so nothing is rounded. Damping is a loop over the set.
################################################################

from __future__ import annotations

from typing import Any

import portion
from plain_terms import PlainTerms, Span, answer, plain_terms
from wire import serve


def interval_set(spans: list[Span]) -> portion.Interval:
    """Return the union of half-open spans."""
    return portion.Interval(*(portion.closedopen(start_us, end_us) for start_us, end_us in spans))


def length_us(intervals: portion.Interval) -> int:
    """Return how long a set is."""
    return sum(part.upper - part.lower for part in intervals)


def damped(outages: portion.Interval, terms: PlainTerms) -> portion.Interval:
    """Return outages with short gaps closed, then short outages dropped."""
    merged: list[Span] = []
    for part in outages:
        if merged and part.lower - merged[-1][1] < terms.merge_gap_us:
            merged[-1] = merged[-1][0], part.upper
        else:
            merged.append((part.lower, part.upper))
    return interval_set([(start, end) for start, end in merged if end - start >= terms.min_outage_us])


def answered(question: dict[str, Any]) -> dict[str, Any]:
    """Return the answer to a question."""
    terms = plain_terms(question)
    counted = interval_set([terms.window]) - interval_set(terms.removed)
    for spans in terms.agreed:
        counted &= interval_set(spans)
    down = damped(interval_set(terms.outages), terms) & counted
    up = counted - down
    if terms.monitored is not None:
        up &= interval_set(terms.monitored)
    lengths_us = []
    for day in terms.days:
        cut = portion.closedopen(day.start_us, day.end_us)
        lengths_us.append((length_us(down & cut), length_us(up & cut)))
    return answer(terms.days, lengths_us)


if __name__ == "__main__":
    serve(answered)
