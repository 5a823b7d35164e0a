"""Instants and spans of tiny worlds: small on purpose, so that they collide, touch and nest."""
################################################################
# Instants are 0 to 63. What is usual comes more often than what is not, because a
# window cut short, or a service that was never agreed, hides everything else.
################################################################

from __future__ import annotations

from typing import Final, TypeVar

from hypothesis import strategies as st

from sla_compliance.testing.oracle.world import Span, Spans

LAST_INSTANT: Final = 63

_Usual = TypeVar("_Usual")
_Other = TypeVar("_Other")


def mostly(usual: _Usual, other: st.SearchStrategy[_Other], *, times: int = 3) -> st.SearchStrategy[_Usual | _Other]:
    """Return a strategy of the usual value, `times` as often as of another."""
    # Hypothesis counts a strategy that it is given twice once: each of these is an object of its own.
    usuals = [st.just(usual).map(lambda value: value) for _ in range(times)]
    return st.one_of(*usuals, other.map(lambda value: value))


def ordered(pair: Span) -> Span:
    """Return a pair in ascending order."""
    return min(pair), max(pair)


def spans_of(starts: st.SearchStrategy[int], lengths: st.SearchStrategy[int]) -> st.SearchStrategy[Span]:
    """Return spans by their starts and lengths."""
    return st.builds(lambda start, length: (start, start + length), starts, lengths)


instants = st.integers(0, LAST_INSTANT)
lengths_of_damping = st.sampled_from((0, 2, 3, 4, 6))

spans = st.tuples(instants, instants).map(ordered)
short_spans = spans_of(instants, st.integers(0, 14))
wide_spans = spans_of(st.integers(0, 20), st.integers(20, 60))
small_sets: st.SearchStrategy[Spans] = st.lists(short_spans, max_size=3).map(tuple)
wide_sets: st.SearchStrategy[Spans] = st.lists(wide_spans, min_size=1, max_size=2).map(tuple)
