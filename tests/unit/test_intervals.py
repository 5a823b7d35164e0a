"""Sets of instants: forms and edges that a reader looks up (the laws are property tests)."""

from __future__ import annotations

import pickle
from array import array
from enum import IntEnum

import pytest

import sla_compliance as sla
from sla_compliance.intervals import ALWAYS, ALWAYS_END_US, ALWAYS_START_US, NEVER, IntervalSet
from sla_compliance.units import MAX_US, MIN_US
from tests.unit.moments import DAY_US


def test_touching_intervals_are_one_and_empty_ones_are_none() -> None:
    """[0, 3) and [3, 4) are [0, 4); [7, 7) holds nothing, inside another or alone."""
    assert list(IntervalSet.from_pairs([(3, 4), (0, 3), (7, 7), (1, 1)])) == [(0, 4)]
    assert IntervalSet.from_pairs([(7, 7)]) == NEVER


def test_the_empty_set_works_in_every_operation() -> None:
    """No special case for nothing."""
    some = IntervalSet.from_pairs([(0, 3)])
    assert some | NEVER == some - NEVER == some
    assert some & NEVER == NEVER - some == NEVER
    assert NEVER.complement(0, 3) == some
    assert NEVER.measure([0, 3]) == [0]
    assert NEVER.total_us == len(NEVER) == 0
    assert NEVER.without_gaps_below(5) == NEVER.without_pieces_below(5) == NEVER
    assert 0 not in NEVER


def test_any_sequence_of_integers_is_a_column() -> None:
    """Lists, tuples, ranges, arrays."""
    expected = IntervalSet((0, 10), (5, 15))
    assert IntervalSet.from_columns(range(0, 20, 10), (5, 15)) == expected
    assert IntervalSet.from_columns(array("q", [10, 0]), array("q", [15, 5])) == expected


def test_every_kind_of_int_is_an_int() -> None:
    """Members of an IntEnum, True and False too."""

    class Bound(IntEnum):
        FIRST = 0
        LAST = 9

    some = IntervalSet.from_columns([Bound.FIRST], [Bound.LAST])
    assert some == IntervalSet((0,), (9,))
    assert some.measure([Bound.FIRST, True, Bound.LAST]) == [1, 8]
    with pytest.raises(sla.InvalidIntervalError, match="ends_us\\[0\\] is 0, before starts_us\\[0\\] 9"):
        IntervalSet.from_columns([Bound.LAST], [Bound.FIRST])


class Count:
    """An integer of another library."""

    def __init__(self, value: int) -> None:
        self.value = value

    def __index__(self) -> int:
        return self.value


def test_integers_of_other_libraries_are_integers() -> None:
    """They become ints, in columns and bounds alike."""
    some = IntervalSet.from_columns([Count(0), 5], [Count(3), 9])  # type: ignore[list-item]
    assert some == IntervalSet((0, 5), (3, 9))
    assert set(map(type, some.starts_us + some.ends_us)) == {int}
    assert Count(2) in some  # type: ignore[operator]
    assert Count(3) not in some  # type: ignore[operator]
    assert some.clip(Count(2), Count(6)) == IntervalSet((2, 5), (3, 6))  # type: ignore[arg-type]
    assert some.measure([Count(1), Count(7)]) == [4]  # type: ignore[list-item]
    assert IntervalSet.at_least(Count(1), [0], [3]) == IntervalSet((0,), (3,))  # type: ignore[arg-type]


def test_a_gap_is_no_part_of_a_set() -> None:
    """Neither before, between nor after its intervals."""
    some = IntervalSet.from_pairs([(2, 4), (6, 8), (10, 12)])
    assert [instant for instant in range(14) if instant in some] == [2, 3, 6, 7, 10, 11]


def test_a_part_without_length_is_empty() -> None:
    """Also inside an interval, where an empty interval would break the canonical form."""
    some = IntervalSet.from_pairs([(0, 9)])
    assert some.clip(4, 4) == some.clip(9, 0) == NEVER
    assert some & IntervalSet.from_pairs([(4, 4)]) == NEVER
    assert list(some.pieces_meeting(4, 4)) == []


def test_always_holds_every_instant_there_is() -> None:
    """From the first to the last of the calendar, with room for any length beyond."""
    assert MIN_US in ALWAYS
    assert MAX_US in ALWAYS
    assert ALWAYS_START_US < MIN_US - (MAX_US - MIN_US)
    assert ALWAYS_END_US > MAX_US + (MAX_US - MIN_US)


def test_no_bound_and_one_bound_measure_nothing() -> None:
    """There is a length for each pair of neighbouring bounds."""
    assert ALWAYS.measure([]) == ALWAYS.measure([5]) == []


def test_lengths_are_exact_at_any_size() -> None:
    """Ten thousand years in microseconds are no float."""
    assert ALWAYS.measure([-3_652_059 * DAY_US - 1, 0]) == [3_652_059 * DAY_US + 1]


def test_at_least_two_ignores_what_only_touches() -> None:
    """[0, 5) and [5, 9) overlap nowhere."""
    assert IntervalSet.at_least(2, [0, 5], [5, 9]) == NEVER
    assert IntervalSet.at_least(2, [0, 4, 4], [5, 9, 4]) == IntervalSet((4,), (5,))


def test_damping_of_nothing_changes_nothing() -> None:
    """A length of 0 or 1 cannot be undercut by whole microseconds."""
    some = IntervalSet.from_pairs([(0, 1), (2, 3)])
    assert some.without_gaps_below(1) is some
    assert some.without_pieces_below(1) is some


def test_sets_are_values() -> None:
    """Equal, hashable, picklable."""
    some = IntervalSet.from_pairs([(0, 3)])
    assert {some: 1}[IntervalSet.from_pairs([(0, 1), (1, 3)])] == 1
    assert pickle.loads(pickle.dumps(some)) == some  # noqa: S301 - our own bytes
