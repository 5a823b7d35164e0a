"""Maintenance and exclusions of tiny worlds."""
################################################################
# Most windows lie about the start of an alarm. Times of announcement and record lie
# on both sides of the notice that terms.py draws.
################################################################

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta

from hypothesis import strategies as st

from sla_compliance.testing.oracle.world import EMERGENCY, OTHER, PLANNED, Place, Row, Span, Targets, Window
from sla_compliance.testing.worlds.aspects import Aspect
from sla_compliance.testing.worlds.spans import LAST_INSTANT, short_spans

targets: st.SearchStrategy[Targets] = st.sampled_from(
    (
        (("resource_id", ("r1",)),),
        (("resource_id", ("r2", "r1")),),
        (("customer_id", ("c1", "c2")),),
        (("customer_id", ("c1",)),),
        (("customer_id", ("c2",)), ("resource_id", ("r1",))),
        ((("resource_type", "resource_id"), (("olt", "r1"), ("ont", "r2"))),),
        (("id", ("i0",)),),
        (("id", ("i1",)),),
        (("alarm_id", ("a0", "a1")),),
    )
)


_kinds = st.sampled_from((PLANNED, PLANNED, PLANNED, EMERGENCY, OTHER, OTHER))
_few = st.integers(1, 4)
_offsets = st.integers(-4, 4)
_lengths = st.integers(1, 16)
_ways = st.sampled_from(("once", "once", "once", "cut short", "recurring"))
_lead_times = st.none() | st.integers(-2, 8)


@st.composite
def extents_around(draw: st.DrawFn, aspects: Collection[Aspect], rows: Collection[Row]) -> Span:
    """Draw the extent of a window: anywhere, or about where an alarm was raised."""
    starts = [row.start for row in rows if isinstance(row.start, int)]
    if not starts or not draw(st.integers(0, 3)):
        return draw(short_spans)
    raised = draw(st.sampled_from(starts))
    if Aspect.CAUSED_WORK in aspects:
        return raised - draw(_few), raised + draw(_few)
    start = raised + draw(_offsets)
    return start, start + draw(_lengths)


@st.composite
def window_lists(
    draw: st.DrawFn, aspects: Collection[Aspect], place: Place, rows: Collection[Row], counts: st.SearchStrategy[int]
) -> tuple[Window, ...]:
    """Draw the windows of a world; work that excuses only what it caused is continued at times."""
    drawn: list[Window] = []
    for _ in range(draw(counts)):
        window = draw(windows(aspects, place, rows))
        if Aspect.CAUSED_WORK in aspects and drawn and draw(st.booleans()):
            before = drawn[-1]
            start = draw(st.integers(before.start, before.end))
            window = replace(window, kind=before.kind, start=start, end=before.end + draw(_lengths), actual_end=None)
        drawn.append(window)
    return tuple(drawn)


@st.composite
def windows(draw: st.DrawFn, aspects: Collection[Aspect], place: Place, rows: Collection[Row]) -> Window:
    """Draw maintenance or an exclusion."""
    start, end = draw(extents_around(aspects, rows))
    window = Window(start, end, kind=draw(_kinds))
    if Aspect.TARGETED in aspects and draw(st.integers(0, 5)):
        window = replace(window, targets=draw(targets), with_children=draw(st.integers(0, 2)) > 0)
    if window.kind == OTHER:
        return window
    if Aspect.PLANNED_WORK in aspects:
        announced, entered = (_before(window, draw(_lead_times)) for _ in range(2))
        window = replace(window, announced=announced, entered=entered)
    way = draw(_ways)
    if way == "cut short":
        return replace(window, actual_end=draw(st.integers(window.start, window.end)))
    day = place.units(timedelta(days=1))
    if way == "recurring" and day <= LAST_INSTANT:
        return replace(window, every=day, times=draw(st.integers(2, 3)))
    return window


def _before(window: Window, lead_time: int | None) -> int | None:
    return None if lead_time is None else window.start - lead_time
