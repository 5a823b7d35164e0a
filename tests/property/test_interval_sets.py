"""Every operation on sets of instants equals the same operation on sets of integers."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from sla_compliance.intervals import NEVER, IntervalSet
from sla_compliance.testing.oracle.readings import damped
from sla_compliance.testing.worlds.spans import LAST_INSTANT, instants, spans

bounds = st.lists(instants, max_size=9).map(sorted)
columns = st.lists(spans, max_size=8)
interval_sets = columns.map(IntervalSet.from_pairs)


def instants_of(intervals: Iterable[tuple[int, int]]) -> set[int]:
    """Return the instants that any of some intervals holds."""
    return {instant for start, end in intervals for instant in range(start, end)}


@given(rows=columns)
def test_a_union_holds_the_instants_of_its_intervals_and_is_canonical(rows: list[tuple[int, int]]) -> None:
    """Sorted, disjoint, gapped: one form for one set."""
    union = IntervalSet.from_columns([start for start, _ in rows], [end for _, end in rows])
    assert instants_of(union) == instants_of(rows)
    edges = [edge for interval in union for edge in interval]
    assert all(edge < following for edge, following in itertools.pairwise(edges))


@given(left=interval_sets, right=interval_sets)
def test_operators_match_integer_sets(left: IntervalSet, right: IntervalSet) -> None:
    """Union, intersection and difference."""
    assert instants_of(left | right) == instants_of(left) | instants_of(right)
    assert instants_of(left & right) == instants_of(left) & instants_of(right)
    assert instants_of(left - right) == instants_of(left) - instants_of(right)


@given(left=interval_sets, right=interval_sets)
def test_equal_instants_make_equal_sets(left: IntervalSet, right: IntervalSet) -> None:
    """Equality and hash are those of the instants, however the set came about."""
    assert (left == right) == (instants_of(left) == instants_of(right))
    both = left & right
    assert (left - (left - right)) == both
    assert hash(left - (left - right)) == hash(both)


@given(left=interval_sets, right=interval_sets, third=interval_sets)
def test_the_algebra_of_sets_holds(left: IntervalSet, right: IntervalSet, third: IntervalSet) -> None:
    """Commutation, association, distribution, absorption, De Morgan."""
    assert left | right == right | left
    assert left & right == right & left
    assert (left | right) | third == left | (right | third)
    assert (left & right) & third == left & (right & third)
    assert left & (right | third) == (left & right) | (left & third)
    assert left | (left & right) == left
    whole = (-1, LAST_INSTANT + 1)
    assert (left | right).complement(*whole) == left.complement(*whole) & right.complement(*whole)
    assert left.complement(*whole).complement(*whole) == left
    assert left - left == NEVER


@given(whole=interval_sets, start=instants, end=instants)
def test_clip_and_complement_match_integer_sets(whole: IntervalSet, start: int, end: int) -> None:
    """Inside a window, and the rest of it; a reversed window is empty."""
    window = set(range(start, end))
    assert instants_of(whole.clip(start, end)) == instants_of(whole) & window
    assert instants_of(whole.complement(start, end)) == window - instants_of(whole)


@given(rows=columns, k=st.integers(1, 5))
def test_at_least_k_holds_where_k_intervals_overlap(rows: list[tuple[int, int]], k: int) -> None:
    """Depth of overlap, counted instant by instant."""
    deep = IntervalSet.at_least(k, [start for start, _ in rows], [end for _, end in rows])
    assert instants_of(deep) == {
        instant for instant in range(LAST_INSTANT + 1) if sum(start <= instant < end for start, end in rows) >= k
    }


@given(whole=interval_sets, edges=bounds)
def test_measure_counts_the_instants_between_bounds(whole: IntervalSet, edges: list[int]) -> None:
    """One length for each pair of neighbouring bounds; equal bounds hold nothing."""
    held = instants_of(whole)
    expected = [len(held & set(range(*pair))) for pair in itertools.pairwise(edges)]
    assert whole.measure(edges) == expected
    assert whole.total_us == len(held)


@given(whole=interval_sets, instant=instants)
def test_membership_is_that_of_the_instants(whole: IntervalSet, instant: int) -> None:
    """The end is outside, the start inside."""
    assert (instant in whole) == (instant in instants_of(whole))


@given(whole=interval_sets, gap=st.integers(0, 9), length=st.integers(0, 9))
def test_damping_fills_short_gaps_then_drops_short_pieces(whole: IntervalSet, gap: int, length: int) -> None:
    """Gaps and pieces of exactly the length stay as they are."""
    assert instants_of(whole.without_gaps_below(gap).without_pieces_below(length)) == damped(
        instants_of(whole), gap, length
    )
