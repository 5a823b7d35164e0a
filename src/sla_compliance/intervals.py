"""Canonical sets of instants: union, intersection, difference, overlap depth, measure."""
################################################################
# This file is the only place that merges, cuts or counts time. Downtime,
# maintenance and service hours are all IntervalSets by the time anything is
# computed from them. It knows nothing of alarms, tenants, zones or clocks.
#
# Canonical form: two equally long tuples of ints, starts and ends, with
#     starts[i] < ends[i] < starts[i + 1]
# so touching intervals are one, no instant is in two intervals, and == is set
# equality.
#
# The union needs no pairs. With the starts and the ends of all intervals sorted
# independently, every end at least its start, an island ends at ends[i] exactly
# where starts[i + 1] > ends[i]. In the same two columns, at least k
# intervals overlap exactly on the pieces [starts[i + k - 1], ends[i]).
################################################################

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, compress, islice, pairwise
from operator import gt, index, lt
from typing import Final, Self

from sla_compliance.checks import check_type, integer, wrong_type
from sla_compliance.errors import InvalidIntervalError, shown


@dataclass(frozen=True, slots=True)
class IntervalSet:
    """A set of instants as sorted, disjoint, gapped half-open intervals [start, end), integers.

    Build one with `from_columns` or `from_pairs`; the constructor trusts its caller.

    >>> IntervalSet.from_pairs([(5, 9), (0, 3), (3, 4)])
    IntervalSet(starts_us=(0, 5), ends_us=(4, 9))
    """

    starts_us: tuple[int, ...] = ()
    ends_us: tuple[int, ...] = ()

    @classmethod
    def from_columns(cls, starts_us: Sequence[int], ends_us: Sequence[int]) -> Self:
        """Return the union of the intervals [starts_us[i], ends_us[i]), in any order.

        Cost: two sorts of integers and a few linear passes; no object per interval.

        Raises:
            InvalidIntervalError: the columns differ in length, or an interval ends before it starts.
            InvalidTypeError: a column is no sequence, or a bound not an integer.
        """
        starts_us, ends_us = _checked_columns(starts_us, ends_us)
        # Where no interval is empty, no island is, and the pass that drops empty islands is saved.
        if all(map(lt, starts_us, ends_us)):
            return cls(*_islands(sorted(starts_us), sorted(ends_us)))
        _check_order(starts_us, ends_us)
        return cls.union_of(starts_us, ends_us)

    @classmethod
    def from_pairs(cls, pairs: Iterable[tuple[int, int]]) -> Self:
        """Return the union of the intervals [start, end); errors as `from_columns`, also for what is no pair."""
        pair_list = list(pairs) if isinstance(pairs, Iterable) else [pairs]
        for row, pair in enumerate(pair_list):
            if not isinstance(pair, tuple | list) or len(pair) != 2:
                raise wrong_type(pair, f"pairs[{row}]", "a pair of ints (start, end)")
        starts_us = [start_us for start_us, _ in pair_list]
        ends_us = [end_us for _, end_us in pair_list]
        return cls.from_columns(starts_us, ends_us)

    @classmethod
    def union_of(cls, starts_us: Iterable[int], ends_us: Iterable[int]) -> Self:
        """Return the union of columns already checked: equally long, every end at least its start."""
        islands = _islands(sorted(starts_us), sorted(ends_us))
        return cls(*_without_empty_islands(*islands))

    @classmethod
    def union(cls, sets: Iterable[IntervalSet]) -> Self:
        """Return the instants that are in at least one of the sets.

        Raises:
            InvalidTypeError: one of them is no IntervalSet.
        """
        interval_sets = [_checked_set(each, "sets") for each in sets]
        starts_us = chain.from_iterable(interval_set.starts_us for interval_set in interval_sets)
        ends_us = chain.from_iterable(interval_set.ends_us for interval_set in interval_sets)
        return cls.union_of(starts_us, ends_us)

    @classmethod
    def at_least(cls, k: int, starts_us: Sequence[int], ends_us: Sequence[int]) -> Self:
        """Return the instants that are in at least `k` of the intervals (k=1: the union).

        Raises:
            InvalidIntervalError, InvalidTypeError: as `from_columns`; also for k < 1.
        """
        starts_us, ends_us = _checked_columns(starts_us, ends_us)
        _check_order(starts_us, ends_us)
        k = integer(k, "k")
        if k < 1:
            raise InvalidIntervalError(f"k is {shown(k)}; give 1 or more", field="k")
        return cls(*_overlaps(k, sorted(starts_us), sorted(ends_us)))

    def __len__(self) -> int:
        return len(self.starts_us)

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return zip(self.starts_us, self.ends_us, strict=True)

    def __contains__(self, instant: int) -> bool:
        instant = _integer(instant, "instant")
        rank = bisect_right(self.starts_us, instant)
        return rank > 0 and instant < self.ends_us[rank - 1]

    def __or__(self, other: IntervalSet) -> Self:
        return self.union((self, _checked_set(other, "other")))

    def __and__(self, other: IntervalSet) -> Self:
        _checked_set(other, "other")
        if len(other) == 1:
            return self.clip(other.starts_us[0], other.ends_us[0])
        # No set overlaps itself, so an instant is twice in the intervals of both exactly where it is in both sets.
        starts = sorted(self.starts_us + other.starts_us)
        ends = sorted(self.ends_us + other.ends_us)
        return type(self)(*_overlaps(2, starts, ends))

    def __sub__(self, other: IntervalSet) -> Self:
        _checked_set(other, "other")
        if not self.starts_us or not other.starts_us:
            return self
        return self & other.complement(self.starts_us[0], self.ends_us[-1])

    def complement(self, start_us: int, end_us: int) -> Self:
        """Return the instants of [start_us, end_us) that are not in this set."""
        inside = self.clip(start_us, end_us)
        # A gap begins where an interval ends; the first and the last are empty where this set holds their bound.
        gap_starts = [start_us, *inside.ends_us]
        gap_ends = [*inside.starts_us, end_us]
        return type(self)(*_without_empty_islands(*_islands(gap_starts, gap_ends)))

    def pieces_meeting(self, start_us: int, end_us: int) -> range:
        """Return the ranks of the intervals that share an instant with [start_us, end_us); two bisections."""
        if start_us >= end_us:
            return range(0)
        return range(bisect_right(self.ends_us, start_us), bisect_right(self.starts_us, end_us - 1))

    def clip(self, start_us: int, end_us: int) -> Self:
        """Return the instants of this set in [start_us, end_us); cost: two bisections and the copy.

        Raises:
            InvalidTypeError: a bound is not an integer.
        """
        start_us, end_us = _integer(start_us, "start_us"), _integer(end_us, "end_us")
        pieces = self.pieces_meeting(start_us, end_us)
        if not pieces:
            return type(self)()
        starts, ends = self.starts_us[pieces.start : pieces.stop], self.ends_us[pieces.start : pieces.stop]
        if starts[0] < start_us:
            starts = (start_us, *starts[1:])
        if ends[-1] > end_us:
            ends = (*ends[:-1], end_us)
        return type(self)(starts, ends)

    def without_gaps_below(self, length_us: int) -> Self:
        """Return this set with every gap shorter than `length_us` filled."""
        if length_us <= 1 or not self.starts_us:
            return self
        later_starts = self.starts_us[1:]
        stays_open = [start - end >= length_us for start, end in zip(later_starts, self.ends_us[:-1], strict=True)]
        starts = (self.starts_us[0], *compress(later_starts, stays_open))
        ends = (*compress(self.ends_us, stays_open), self.ends_us[-1])
        return type(self)(starts, ends)

    def without_pieces_below(self, length_us: int) -> Self:
        """Return this set without its intervals shorter than `length_us`."""
        if length_us <= 1:
            return self
        is_long_enough = [end - start >= length_us for start, end in self]
        starts = tuple(compress(self.starts_us, is_long_enough))
        ends = tuple(compress(self.ends_us, is_long_enough))
        return type(self)(starts, ends)

    @property
    def total_us(self) -> int:
        """Length of the set."""
        return sum(self.ends_us) - sum(self.starts_us)

    def measure(self, bounds_us: Sequence[int]) -> list[int]:
        """Return the length of the set inside each [bounds_us[i], bounds_us[i + 1]).

        Cost: the sum of the pieces that begin inside the bounds, and a bisection per bound.

        Raises:
            InvalidIntervalError: the bounds are not in ascending order.
            InvalidTypeError: they are no sequence, or a bound not an integer.
        """
        bounds_us = _checked_column(bounds_us, "bounds_us")
        if any(map(lt, islice(bounds_us, 1, None), bounds_us)):
            raise InvalidIntervalError("bounds_us are not in ascending order; sort them", field="bounds_us")
        starts, ends = self.starts_us, self.ends_us
        # ranks[i] pieces begin at or before bounds_us[i]; the last of them reaches overhangs[i] beyond that bound.
        ranks = [bisect_right(starts, bound) for bound in bounds_us]
        ranked_bounds = zip(ranks, bounds_us, strict=True)
        overhangs = [max(0, ends[rank - 1] - bound) if rank else 0 for rank, bound in ranked_bounds]
        lengths_us: list[int] = []
        for (rank, next_rank), (overhang, next_overhang) in zip(pairwise(ranks), pairwise(overhangs), strict=True):
            begun_here = sum(ends[rank:next_rank]) - sum(starts[rank:next_rank])
            lengths_us.append(overhang + begun_here - next_overhang)
        return lengths_us


ALWAYS_START_US: Final = -(2**62)
ALWAYS_END_US: Final = 2**62
ALWAYS: Final = IntervalSet((ALWAYS_START_US,), (ALWAYS_END_US,))
NEVER: Final = IntervalSet()


def _checked_set(value: IntervalSet, field: str) -> IntervalSet:
    check_type(value, IntervalSet, field, "an IntervalSet")
    return value


def _integer(value: int, field: str) -> int:
    """Return an integer of any library as an int; True and False are such, as in Python."""
    return index(value) if isinstance(value, int) else integer(value, field)


def _checked_columns(starts_us: Sequence[int], ends_us: Sequence[int]) -> tuple[Sequence[int], Sequence[int]]:
    """Return two columns of ints, of one length."""
    starts_us, ends_us = _checked_column(starts_us, "starts_us"), _checked_column(ends_us, "ends_us")
    if len(starts_us) != len(ends_us):
        raise InvalidIntervalError(
            f"starts_us has {len(starts_us)} rows and ends_us {len(ends_us)}; give columns of one length",
            field="ends_us",
        )
    return starts_us, ends_us


def _checked_column(column: Sequence[int], field: str) -> Sequence[int]:
    """Return a column of ints; integers of another library become such."""
    check_type(column, Sequence, field, "a list of ints")
    if set(map(type, column)) <= {int}:
        return column
    return [_integer(value, f"{field}[{row}]") for row, value in enumerate(column)]


def _check_order(starts_us: Sequence[int], ends_us: Sequence[int]) -> None:
    """Check that no interval ends before it starts."""
    reversed_rows = compress(range(len(starts_us)), map(gt, starts_us, ends_us))
    row = next(reversed_rows, None)
    if row is not None:
        raise InvalidIntervalError(
            f"ends_us[{row}] is {shown(ends_us[row])}, before starts_us[{row}] {shown(starts_us[row])}; swap them",
            field=f"ends_us[{row}]",
        )


def _islands(starts: list[int], ends: list[int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the islands of two sorted columns; one may be empty, if an interval is."""
    if not starts:
        return (), ()
    later_starts = starts[1:]
    closes = list(map(gt, later_starts, ends))
    return (starts[0], *compress(later_starts, closes)), (*compress(ends, closes), ends[-1])


def _without_empty_islands(starts: tuple[int, ...], ends: tuple[int, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return islands without the empty ones: they hold no instant."""
    has_length = list(map(lt, starts, ends))
    if all(has_length):
        return starts, ends
    return tuple(compress(starts, has_length)), tuple(compress(ends, has_length))


def _overlaps(k: int, starts: list[int], ends: list[int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return where at least k intervals of two sorted columns overlap."""
    kth_starts = starts[k - 1 :]
    has_length = list(map(lt, kth_starts, ends))
    return _islands(list(compress(kth_starts, has_length)), list(compress(ends, has_length)))
