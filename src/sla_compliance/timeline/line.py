"""Line: the alarms of many keys laid end to end on one line of instants, so that one union serves all of them."""
################################################################
# Each key has a stretch of the line, as long as the window widened by the margin of
# damping, and a gap behind it that damping does not bridge. On the line stand the
# same steps as in the core: union, damping, measure between the edges of the frame
# (intervals.py, downtime.py). The union needs no pairs, so the starts and the ends
# are sorted each by themselves, whichever key they are of.
#
# An alarm is cut where the widened window ends, and at the instant of evaluation.
# That changes nothing inside the window: a gap that damping bridges is shorter than
# the margin, and an outage that reaches beyond it is long enough to stay.
#
# A line holds as many keys as fit into 63 bits. Downtime is handed out for some keys
# at a time, so that memory does not grow with keys x days.
################################################################

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from sla_compliance.ledger import Frame
from sla_compliance.policy import SLAPolicy

Int64s: TypeAlias = npt.NDArray[np.int64]
Flags: TypeAlias = npt.NDArray[np.bool_]

_LONGEST_LINE_US: Final = int(np.iinfo(np.int64).max)
_LENGTHS_AT_ONCE: Final = 1_000_000
_ROWS_AT_ONCE: Final = 32_768
_FEWEST_FOR_POLARS: Final = 65_536


@dataclass(frozen=True, slots=True)
class KeyedTimes:
    """When the alarms of many keys were active, as columns of one length.

    Attributes:
        ranks: the key of each, from 0 on.
        starts_us, ends_us: of each; no end lies before its start.
    """

    ranks: Int64s
    starts_us: Int64s
    ends_us: Int64s


@dataclass(frozen=True, slots=True)
class KeyedDowntime:
    """The downtime of consecutive keys.

    Attributes:
        first: the rank of the first of them.
        lengths_us: of each key (a row) within each piece of the frame (a column).
    """

    first: int
    lengths_us: Int64s


def downtime_of_keys(times: KeyedTimes, key_count: int, frame: Frame, policy: SLAPolicy) -> Iterator[KeyedDowntime]:
    """Yield the downtime of all keys, in the order of their ranks.

    Cost: two sorts of integers, and a bisection for each key and edge of the frame.
    """
    line = _Line.of(frame, policy)
    keys_at_once = max(1, _LENGTHS_AT_ONCE // len(frame.edges_us))
    keys_on_line = min(max(key_count, 1), _LONGEST_LINE_US // line.span_us)
    for first in range(0, key_count, keys_on_line):
        count = min(keys_on_line, key_count - first)
        is_here = slice(None) if count == key_count else (times.ranks >= first) & (times.ranks < first + count)
        islands = line.islands(times.ranks[is_here] - first, times.starts_us[is_here], times.ends_us[is_here])
        for part in range(0, count, keys_at_once):
            ranks = np.arange(part, min(part + keys_at_once, count))
            yield KeyedDowntime(first + part, line.lengths_us(islands, ranks))


@dataclass(frozen=True, slots=True)
class _Islands:
    """The outages on a line, ascending; `totals_us[i]` is the length of the first i of them."""

    starts: Int64s
    ends: Int64s
    totals_us: Int64s


@dataclass(frozen=True, slots=True)
class _Line:
    """Where instants of keys stand.

    Attributes:
        edges_us: of the frame.
        first_us, after_us: what of time each key has on the line; empty where none of it has come.
        span_us: the length of a key's stretch and of the gap behind it.
    """

    edges_us: Int64s
    first_us: int
    after_us: int
    span_us: int
    merge_gap_us: int
    min_outage_us: int

    @classmethod
    def of(cls, frame: Frame, policy: SLAPolicy) -> _Line:
        first_us = frame.edges_us[0] - policy.margin_us
        after_us = max(first_us, min(frame.edges_us[-1] + policy.margin_us, frame.as_of_us))
        gap_us = max(policy.merge_gap_us, 1)
        return cls(
            edges_us=np.array(frame.edges_us, dtype=np.int64),
            first_us=first_us,
            after_us=after_us,
            span_us=after_us - first_us + gap_us,
            merge_gap_us=policy.merge_gap_us,
            min_outage_us=policy.min_outage_us,
        )

    def islands(self, ranks: Int64s, starts_us: Int64s, ends_us: Int64s) -> _Islands:
        """Return the outages of alarms: their union, damped."""
        starts, ends = (_sorted(instants) for instants in self._laid_out(ranks, starts_us, ends_us))
        # The gaps that stay open are among those of the union, whose length is the same.
        closes: Flags = starts[1:] - ends[:-1] >= max(self.merge_gap_us, 1)
        starts = np.concatenate([starts[:1], starts[1:][closes]])
        ends = np.concatenate([ends[:-1][closes], ends[-1:]])
        if self.min_outage_us > 1:
            is_long_enough = ends - starts >= self.min_outage_us
            starts, ends = starts[is_long_enough], ends[is_long_enough]
        return _Islands(starts, ends, np.concatenate([[0], np.cumsum(ends - starts)]))

    def _laid_out(self, ranks: Int64s, starts_us: Int64s, ends_us: Int64s) -> tuple[Int64s, Int64s]:
        """Return where alarms stand on the line, those that have an instant on it."""
        starts, ends = np.empty_like(ranks), np.empty_like(ranks)
        filled = 0
        # Block by block: what stays in the processor's cache costs a fraction of the passes over whole columns.
        for first in range(0, len(ranks), _ROWS_AT_ONCE):
            block = slice(first, first + _ROWS_AT_ONCE)
            # Cut first: shifted by its key, an instant far away would not fit into 64 bits.
            block_starts = np.maximum(starts_us[block], self.first_us)
            block_ends = np.minimum(ends_us[block], self.after_us)
            shifts = ranks[block] * self.span_us - self.first_us
            has_length = block_starts < block_ends
            if not has_length.all():
                block_starts, block_ends, shifts = block_starts[has_length], block_ends[has_length], shifts[has_length]
            place = slice(filled, filled + len(shifts))
            np.add(block_starts, shifts, out=starts[place])
            np.add(block_ends, shifts, out=ends[place])
            filled += len(shifts)
        return starts[:filled], ends[:filled]

    def lengths_us(self, islands: _Islands, ranks: Int64s) -> Int64s:
        """Return the downtime of some keys within each piece of the frame."""
        edges = np.minimum(self.edges_us, self.after_us) - self.first_us
        bounds = ranks[:, np.newaxis] * self.span_us + edges
        if not len(islands.starts):
            return np.zeros((len(ranks), len(edges) - 1), dtype=np.int64)
        before = np.searchsorted(islands.starts, bounds)
        # The last island that begins before a bound counts up to the bound alone.
        overhangs = np.maximum(islands.ends[before - 1] - bounds, 0)
        overhangs[before == 0] = 0
        lengths: Int64s = np.diff(islands.totals_us[before] - overhangs)
        return lengths


def _sorted(instants: Int64s) -> Int64s:
    """Return instants in ascending order; many are sorted by Polars where it is installed, which uses all cores."""
    if len(instants) >= _FEWEST_FOR_POLARS:
        try:
            import polars as pl  # noqa: PLC0415 - optional
        except ImportError:
            pass
        else:
            return pl.Series(instants).sort().to_numpy()
    instants.sort()
    return instants
