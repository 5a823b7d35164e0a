"""Strategies: small sets of instants, and whole worlds of them."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import strategies as st

import sla_compliance as sla
from sla_compliance.intervals import IntervalSet
from tests.property.world import HOUR, MICROSECOND, Row, Scoped, Span, Spans, World

LAST = 63
RESOURCES = ("r1", "r2", None)
UNITS: tuple[timedelta, ...] = (HOUR, MICROSECOND)
ZONES = ("UTC", "Europe/Berlin", "Africa/Lagos")
NAMED = tuple(getattr(sla.Accounting, name) for name in sla.labels.NAMED_ACCOUNTINGS)

instants = st.integers(0, LAST)
bounds = st.lists(instants, max_size=9).map(sorted)


def ordered(pair: Span) -> Span:
    """Return a pair in ascending order."""
    return min(pair), max(pair)


spans = st.tuples(instants, instants).map(ordered)
columns = st.lists(spans, max_size=8)
interval_sets = columns.map(IntervalSet.from_pairs)
small_sets = st.lists(spans, max_size=3).map(tuple)
optional_sets: st.SearchStrategy[Spans | None] = st.none() | small_sets


@st.composite
def rows(draw: st.DrawFn) -> Row:
    """Draw an alarm, over or still active."""
    start, end = draw(spans)
    return Row(
        start,
        draw(st.sampled_from((end, end, None))),
        resource=draw(st.sampled_from(RESOURCES)),
        seen=draw(st.none() | st.integers(start, LAST)),
        severity=draw(st.sampled_from(("critical", "major", "minor"))),
    )


@st.composite
def worlds(draw: st.DrawFn, *, has_damping: bool = True) -> World:
    """Draw a world with everything that may lie in it."""
    damping = st.integers(0, 6) if has_damping else st.just(0)
    return World(
        rows=tuple(draw(st.lists(rows(), max_size=8))),
        window=draw(spans),
        as_of=draw(instants),
        unit=draw(st.sampled_from(UNITS)),
        zone=draw(st.sampled_from(ZONES)),
        in_service=draw(optional_sets),
        hours=draw(optional_sets),
        maintenance=draw(small_sets),
        exclusions=draw(small_sets),
        monitored=draw(optional_sets),
        scoped=tuple(draw(st.lists(scoped, max_size=2))),
        merge_gap=draw(damping),
        min_outage=draw(damping),
        stale_after=draw(st.none() | st.integers(0, 9)),
        accounting=draw(st.sampled_from(NAMED)),
    )


scoped = st.builds(Scoped, small_sets, st.sampled_from((("r1",), ("r2",), ("r1", "r2"))))
