"""Strategies of tiny worlds in which every rule matters."""
################################################################
# Alarms come in clusters: short pieces with short gaps between them, so that damping
# bites, and a few long ones. Windows are short and overlap the clusters and each
# other. Places have clock changes near the window. as_of lies within the window or
# long after it, so that alarms grow stale.
#
# `worlds()` draws what any world has; an Aspect adds more. A test that leaves a rule
# out and finds no difference shows that a strategy here is too tame.
################################################################

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Final

from hypothesis import strategies as st

from sla_compliance.testing.oracle.world import DailyHours, Place, Span, Spans, World
from sla_compliance.testing.worlds.aspects import Aspect
from sla_compliance.testing.worlds.places import PLACE_OF_SIX_HOURS, PLACES, daily_hours
from sla_compliance.testing.worlds.rows import rows_with
from sla_compliance.testing.worlds.spans import LAST_INSTANT, instants, mostly, small_sets, spans, wide_sets
from sla_compliance.testing.worlds.terms import terms
from sla_compliance.testing.worlds.windows import window_lists

__all__ = ["Aspect", "worlds"]

# A week is few units of six hours; after a week an unseen alarm is in doubt.
PLACES_OF_DOUBT: Final = (*PLACES, *[PLACE_OF_SIX_HOURS] * 4)
ABOUT_WINDOWS: Final = frozenset({Aspect.TARGETED, Aspect.PLANNED_WORK, Aspect.CAUSED_WORK})

moments_of_evaluation = st.one_of(
    st.integers(LAST_INSTANT, LAST_INSTANT + 10),
    st.integers(20, LAST_INSTANT),
    instants,
    st.integers(LAST_INSTANT, 260),
)

_lengths_and_gaps = st.lists(st.tuples(st.integers(1, 12), st.integers(0, 5)), min_size=2, max_size=6)
_first_monitored = st.integers(0, 10)
_monitor_gaps = st.integers(0, 6)


# Made once for each number: making a strategy takes hypothesis longer than drawing from it.
@cache
def _windows(often: int) -> st.SearchStrategy[Span]:
    return mostly((0, LAST_INSTANT), spans, times=often)


@cache
def _times(often: int) -> st.SearchStrategy[Spans | None]:
    return mostly(None, wide_sets | small_sets, times=often)


@cache
def _hours(often: int, place: Place) -> st.SearchStrategy[Spans | DailyHours | None]:
    return mostly(None, wide_sets | daily_hours(place), times=often)


@st.composite
def monitored_with_gaps(draw: st.DrawFn) -> Spans:
    """Draw monitored time with short gaps."""
    at = draw(_first_monitored)
    monitored = []
    for length, gap in draw(_lengths_and_gaps):
        monitored.append((at, at + length))
        at += length + gap
    return tuple(monitored)


@st.composite
def worlds(draw: st.DrawFn, *more: Aspect, place: Place | None = None) -> World:
    """Draw a world; by default with what any world has, in any place.

    Work that excuses only what it caused has no other rules of planned work: draw CAUSED_WORK and PLANNED_WORK apart.
    """
    aspects = frozenset(more)
    place = place or draw(st.sampled_from(PLACES if Aspect.DOUBT not in aspects else PLACES_OF_DOUBT))
    rows = draw(rows_with(aspects))
    # Whatever takes time out of the account hides what an aspect is about, so worlds with aspects have less of it.
    often = 2 if not aspects else 6
    counts_of_windows = st.sampled_from((0, 2, 3, 4, 5, 6) if aspects & ABOUT_WINDOWS else (0, 1, 2, 3, 4))
    world = World(
        rows=rows,
        window=draw(_windows(often)),
        as_of=draw(moments_of_evaluation),
        place=place,
        in_service=draw(_times(2 * often)),
        hours=draw(_hours(often, place)),
        windows=draw(window_lists(aspects, place, rows, counts_of_windows)),
        monitored=draw(_times(2 if Aspect.DOUBT in aspects else often)),
        terms=draw(terms(aspects, place)),
    )
    if Aspect.MONITOR_GAP in aspects:
        world = replace(world, monitored=draw(monitored_with_gaps()), monitor_gap=draw(_monitor_gaps))
    return world
