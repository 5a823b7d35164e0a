"""The algebra of interval sets against sets of integers."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from sla_compliance.errors import SLAComplianceError
from sla_compliance.intervals import IntervalSet
from tests.fuzz.byte_reader import ByteReader
from tests.fuzz.target import Target, documented_errors_only

LAST: Final = 63  # small on purpose: intervals collide, touch and nest
_FARTHEST: Final = 2**63


def check_interval_sets(data: bytes) -> None:
    """Every operator is that of the sets of instants, and its result is canonical."""
    reader = ByteReader(data)
    left, left_columns = _drawn_set(reader)
    right, _ = _drawn_set(reader)
    instants, others = _instants(left), _instants(right)
    assert _instants(left | right) == instants | others
    assert _instants(left & right) == instants & others
    assert _instants(left - right) == instants - others
    start, end = sorted((reader.integer(0, LAST), reader.integer(0, LAST)))
    window = set(range(start, end))
    assert _instants(left.clip(start, end)) == instants & window
    assert _instants(left.complement(start, end)) == window - instants
    assert left.total_us == len(instants)
    assert all((instant in left) == (instant in instants) for instant in range(-1, LAST + 2))
    _check_gaps_and_pieces(left, reader.integer(0, 9))
    _check_depth(left_columns, reader.integer(1, 4))
    _check_measure(left, instants, reader)
    _check_any_numbers(reader)


def _drawn_set(reader: ByteReader) -> tuple[IntervalSet, tuple[list[int], list[int]]]:
    starts_us: list[int] = []
    ends_us: list[int] = []
    for _ in range(reader.integer(0, 8)):
        start, end = sorted((reader.integer(0, LAST), reader.integer(0, LAST)))
        starts_us.append(start)
        ends_us.append(end)
    drawn = IntervalSet.from_columns(starts_us, ends_us)
    assert _instants(drawn) == {
        instant for start, end in zip(starts_us, ends_us, strict=True) for instant in range(start, end)
    }
    return drawn, (starts_us, ends_us)


def _instants(intervals: IntervalSet) -> set[int]:
    """Return the instants of a set, which is canonical."""
    edges = [edge for piece in intervals for edge in piece]
    assert all(edge < later for edge, later in pairwise(edges)), "it is not canonical"
    return {instant for start, end in intervals for instant in range(start, end)}


def _check_gaps_and_pieces(intervals: IntervalSet, length_us: int) -> None:
    merged, kept = intervals.without_gaps_below(length_us), intervals.without_pieces_below(length_us)
    assert _instants(merged) >= _instants(intervals) >= _instants(kept)
    assert all(end - start >= length_us for start, end in kept)
    ends_us, starts_us = [end for _, end in merged], [start for start, _ in merged]
    assert all(start - end >= length_us for end, start in zip(ends_us, starts_us[1:], strict=False))


def _check_depth(columns: tuple[list[int], list[int]], depth: int) -> None:
    counts = [0] * (LAST + 1)
    for start, end in zip(*columns, strict=True):
        for instant in range(start, end):
            counts[instant] += 1
    deep = {instant for instant, count in enumerate(counts) if count >= depth}
    assert _instants(IntervalSet.at_least(depth, *columns)) == deep


def _check_measure(intervals: IntervalSet, instants: set[int], reader: ByteReader) -> None:
    bounds_us = sorted(reader.integer(-1, LAST + 2) for _ in range(reader.integer(0, 6)))
    lengths_us = [len(instants & set(range(start, end))) for start, end in pairwise(bounds_us)]
    try:
        measured_us = intervals.measure(bounds_us)
    except SLAComplianceError:
        assert len(bounds_us) < 2 or len(set(bounds_us)) < len(bounds_us)
        return
    assert measured_us == lengths_us


def _check_any_numbers(reader: ByteReader) -> None:
    """Numbers of any size are taken or refused."""
    numbers = [reader.integer(-_FARTHEST, _FARTHEST) for _ in range(reader.integer(0, 4))]
    values = [reader.value(("1",)) for _ in range(reader.integer(0, 4))]
    for columns in ((numbers[:2], numbers[2:]), (values[:2], values[2:]), (values, numbers)):
        with documented_errors_only():
            total_us = IntervalSet.from_columns(*columns).total_us
            assert total_us >= 0


TARGETS: Final = (
    Target(
        name="interval_sets",
        check=check_interval_sets,
        seeds=(bytes(range(40)), bytes(range(60, 0, -1)), b"\x08" + bytes(range(0, 64, 4)) * 3, b""),
        longest_bytes=96,
    ),
)
