"""Downtime: alarms and a policy to the one set of instants at which the service was down."""
################################################################
# In this order:
# 1. Which alarms: those that qualify (AlarmFilter).
# 2. Until when: as the gate found; an active alarm runs to as_of, or, with
#    stale_after set and last seen longer ago than that, to when it was last seen.
#    What lies at or after as_of takes no part.
# 3. An exclusion that applies to some alarms only cuts those, nobody else's.
# 4. Union: overlaps, duplicates, parent and child, touching alarms count once.
# 5. Damping, on whole outages: gaps shorter than merge_gap become downtime, then
#    outages shorter than min_outage are dropped.
################################################################

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sla_compliance.batch import AlarmBatch
from sla_compliance.contract import TargetedExclusion
from sla_compliance.intervals import ALWAYS_START_US, IntervalSet
from sla_compliance.policy import SLAPolicy
from sla_compliance.units import MICROSECOND


@dataclass(frozen=True, slots=True)
class DowntimeRule:
    """What turns alarms into downtime.

    Attributes:
        policy: the filter, the staleness and the damping.
        as_of_us: the instant of evaluation.
        targeted: the exclusions of some alarms only.
    """

    policy: SLAPolicy
    as_of_us: int
    targeted: tuple[TargetedExclusion, ...] = ()

    def outages(self, qualifying: AlarmBatch) -> IntervalSet:
        """Return the downtime of alarms that qualify, after damping.

        Cost: the two sorts of `IntervalSet`, linear passes and no object per alarm.
        """
        known = self.undamped(qualifying).clip(ALWAYS_START_US, self.as_of_us)
        return known.without_gaps_below(self.policy.merge_gap_us).without_pieces_below(self.policy.min_outage_us)

    def undamped(self, qualifying: AlarmBatch) -> IntervalSet:
        """Return the union of alarms, each cut by the exclusions that match it."""
        starts, ends = qualifying.starts_us, self.ends_us(qualifying)
        if not self.targeted:
            return IntervalSet.union_of(starts, ends)
        parts = [
            IntervalSet.union_of(map(starts.__getitem__, rows), map(ends.__getitem__, rows)) - self.windows(matches)
            for matches, rows in self.matches(qualifying).items()
        ]
        return IntervalSet.union(parts)

    def ends_us(self, batch: AlarmBatch) -> Sequence[int]:
        """Return when each alarm ends for this rule; stale ones when they were last seen."""
        if self.policy.stale_after is None or batch.last_seen_us is None:
            return batch.ends_us
        ends = list(batch.ends_us)
        for row in self.unseen_rows(batch, self.policy.stale_after // MICROSECOND):
            ends[row] = max(batch.starts_us[row], batch.last_seen_us[row] or 0)
        return ends

    def unseen_rows(self, batch: AlarmBatch, length_us: int) -> list[int]:
        """Return the active alarms last seen longer than `length_us` before as_of; without a last sight, never."""
        if batch.last_seen_us is None:
            return []
        limit = self.as_of_us - length_us
        return [row for row in batch.active_rows if (seen := batch.last_seen_us[row]) is not None and seen < limit]

    def matches(self, batch: AlarmBatch) -> dict[frozenset[int], list[int]]:
        """Return the rows of a batch by the targeted exclusions (their indices) that match them."""
        matching: list[frozenset[int]] = [frozenset()] * len(batch)
        for name in {column for exclusion in self.targeted for column in exclusion.applies_to} & batch.columns.keys():
            concerned = self._by_value(name)
            for row, value in enumerate(batch.columns[name]):
                if value is not None and str(value) in concerned:
                    matching[row] |= concerned[str(value)]
        rows_of: dict[frozenset[int], list[int]] = defaultdict(list)
        for row, indices in enumerate(matching):
            rows_of[indices].append(row)
        return rows_of

    def _by_value(self, column: str) -> dict[str, frozenset[int]]:
        """Return which targeted exclusions name each value of a column."""
        concerned: dict[str, set[int]] = defaultdict(set)
        for index, exclusion in enumerate(self.targeted):
            for value in exclusion.applies_to.get(column, ()):
                concerned[value].add(index)
        return {value: frozenset(indices) for value, indices in concerned.items()}

    def windows(self, indices: Collection[int]) -> IntervalSet:
        """Return when any of some targeted exclusions applies."""
        return IntervalSet.union(self.targeted[index].windows for index in indices)
