"""Counted downtime: which instants count as down, and how much lies before any."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from functools import partial
from itertools import accumulate, pairwise, repeat
from operator import sub

from sla_compliance.intervals import ALWAYS_START_US, IntervalSet
from sla_compliance.labels import Accounting, Counts, Scope, State
from sla_compliance.ledger import Ledger


def counted_downtime(ledger: Ledger, accounting: Accounting) -> IntervalSet:
    """Return the instants of a ledger whose cell counts as down."""
    counted_by_state = [
        times & instants_that_count_down(ledger, accounting, state)
        for state, times in ledger.times_by_down_state.items()
        if times
    ]
    return IntervalSet.union(counted_by_state) if len(counted_by_state) != 1 else counted_by_state[0]


def instants_that_count_down(ledger: Ledger, accounting: Accounting, state: State) -> IntervalSet:
    """Return the instants of a ledger that would count as down in some state, whatever their state is."""
    frame = ledger.frame
    scopes_down = [accounting.counts(scope, state) is Counts.DOWN for scope in Scope]
    pieces = zip(pairwise(frame.edges_us), frame.scopes, strict=True)
    return IntervalSet.from_pairs([piece for piece, scope in pieces if scopes_down[scope]])


class LengthBefore:
    """How much of a set of instants lies before an instant, for many instants at once."""

    def __init__(self, instants: IntervalSet) -> None:
        """Sum up the pieces of the set."""
        self._starts_us = instants.starts_us
        # By the number of pieces that have begun: when the last of them ends, and how long all of them are.
        self._last_ends_us = (ALWAYS_START_US, *instants.ends_us)
        self._totals_us = tuple(accumulate(map(sub, instants.ends_us, instants.starts_us), initial=0))

    def at(self, instants_us: Sequence[int]) -> list[int]:
        """Return the length before each of some instants; a bisection each, fastest where they ascend."""
        ranks = list(map(partial(bisect_right, self._starts_us), instants_us))
        # The last piece that has begun may reach beyond the instant.
        beyond_us = map(sub, map(self._last_ends_us.__getitem__, ranks), instants_us)
        return list(map(sub, map(self._totals_us.__getitem__, ranks), map(max, repeat(0), beyond_us)))

    def between(self, starts_us: Sequence[int], ends_us: Sequence[int]) -> list[int]:
        """Return the length of the set inside each [starts_us[i], ends_us[i])."""
        return list(map(sub, self.at(ends_us), self.at(starts_us)))
