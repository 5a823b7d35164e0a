"""Downtime: from alarms and a policy to the instants that were down, and those excused."""
################################################################
# In this order:
# 1. Which alarms: those that qualify (AlarmFilter).
# 2. Until when: as the rows state; one that is over and undated as identity.py and
#    the policy's `doubt_at_most` say; an active one to as_of, or, with stale_after
#    set and last seen longer before as_of than that, to when it was last seen.
#    What lies at or after as_of takes no part.
# 3. Union: overlaps, duplicates, parent and child, touching alarms count once.
# 4. Damping, on whole outages: gaps shorter than merge_gap become downtime, then
#    outages shorter than min_outage are dropped.
# 5. Targeted exclusions then say which instants of the damped downtime are
#    excused; they never erase them. An instant is excused where alarms are active
#    and each of them is in a window that applies to it; a gap that merge_gap
#    bridged is excused where the instants on both sides of it are. It is excused
#    by maintenance where a maintenance window excuses one of the active alarms (of
#    a gap: on either side).
################################################################

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import compress, repeat
from operator import gt

from sla_compliance.batch import AlarmBatch
from sla_compliance.intervals import ALWAYS_START_US, NEVER, IntervalSet
from sla_compliance.policy import SLAPolicy
from sla_compliance.targeting import TargetedExclusion
from sla_compliance.validation import STILL_ACTIVE_US


@dataclass(frozen=True, slots=True)
class AlarmTimes:
    """When some alarms were active, as columns.

    Attributes:
        starts_us, ends_us: of each.
        excluded_by: for each the targeted exclusions that match it, as indices; None: none does.
    """

    starts_us: Sequence[int]
    ends_us: Sequence[int]
    excluded_by: Sequence[frozenset[int]] | None = None


@dataclass(frozen=True, slots=True)
class ActiveTime:
    """When any of some alarms is active, up to as_of and before damping.

    Attributes:
        active: all of it.
        excused: when each active alarm is in a window that applies to it.
        by_maintenance: when, of that, one of the windows is maintenance.
    """

    active: IntervalSet
    excused: IntervalSet = NEVER
    by_maintenance: IntervalSet = NEVER

    def with_doubt(self, in_doubt: IntervalSet) -> ActiveTime:
        """Return it with further time at which an alarm may be active, which no window excuses."""
        if not in_doubt:
            return self
        return ActiveTime(self.active | in_doubt, self.excused - in_doubt, self.by_maintenance - in_doubt)


@dataclass(frozen=True, slots=True)
class Downtime:
    """When the service was down.

    Attributes:
        outages: the damped downtime, excused or not, up to as_of.
        excused_by_maintenance, excused_otherwise: what of it targeted exclusions excuse; disjoint.
    """

    outages: IntervalSet
    excused_by_maintenance: IntervalSet = NEVER
    excused_otherwise: IntervalSet = NEVER


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

    def times(self, batch: AlarmBatch) -> AlarmTimes:
        """Return when the alarms of a batch were active."""
        return AlarmTimes(batch.starts_us, tuple(self.ends_us(batch)), batch.excluded_by)

    def active_time(self, times: AlarmTimes) -> ActiveTime:
        """Return when any of some alarms is active.

        Cost: the two sorts of `IntervalSet`, linear passes and no object per alarm; with targeted exclusions, a union
        more for each set of exclusions that some alarms have in common.
        """
        if times.excluded_by is None or not any(times.excluded_by):
            return ActiveTime(self._until_as_of(IntervalSet.union_of(times.starts_us, times.ends_us)))
        parts = self._parts(times.starts_us, times.ends_us, times.excluded_by)
        active = IntervalSet.union(part for _, part in parts)
        excused = active - IntervalSet.union(part - self._windows(indices) for indices, part in parts)
        by_maintenance = excused & IntervalSet.union(
            part & self._windows(index for index in indices if self.targeted[index].is_maintenance)
            for indices, part in parts
        )
        return ActiveTime(active, excused, by_maintenance)

    def downtime_of(self, time: ActiveTime) -> Downtime:
        """Return the downtime of the time in which alarms are active: damped, then excused."""
        outages = self.damped(time.active)
        if not time.excused:
            return Downtime(outages)
        gaps = _excused_gaps(outages - time.active, time.excused, time.by_maintenance)
        by_maintenance = (time.by_maintenance | gaps.excused_by_maintenance) & outages
        otherwise = ((time.excused - time.by_maintenance) | gaps.excused_otherwise) & outages
        return Downtime(outages, by_maintenance, otherwise)

    def damped(self, active: IntervalSet) -> IntervalSet:
        """Return the outages of the time in which alarms are active."""
        return active.without_gaps_below(self.policy.merge_gap_us).without_pieces_below(self.policy.min_outage_us)

    def _until_as_of(self, active: IntervalSet) -> IntervalSet:
        return active.clip(ALWAYS_START_US, self.as_of_us)

    def _parts(
        self, starts_us: Sequence[int], ends_us: Sequence[int], excluded_by: Sequence[frozenset[int]]
    ) -> list[tuple[frozenset[int], IntervalSet]]:
        """Return the union of the alarms that the same exclusions match, for each such set of exclusions."""
        rows_by_indices: dict[frozenset[int], list[int]] = defaultdict(list)
        for row, indices in enumerate(excluded_by):
            rows_by_indices[indices].append(row)
        parts = []
        for indices, rows in rows_by_indices.items():
            union = IntervalSet.union_of(map(starts_us.__getitem__, rows), map(ends_us.__getitem__, rows))
            parts.append((indices, self._until_as_of(union)))
        return parts

    def _windows(self, indices: Iterable[int]) -> IntervalSet:
        """Return when any of some targeted exclusions applies."""
        return IntervalSet.union(self.targeted[index].windows for index in indices)

    def ends_us(self, batch: AlarmBatch) -> Sequence[int]:
        """Return when each alarm ends: undated ones by their bound, stale ones when they were last seen."""
        stale = self.stale_rows(batch)
        if not batch.undated and not stale:
            return batch.ends_us
        ends = list(batch.ends_us)
        for row in batch.undated:
            if ends[row] == STILL_ACTIVE_US:
                ends[row] = self.undated_bound_us(batch, row)
        for row in stale:
            ends[row] = max(batch.starts_us[row], self._seen_us(batch, row))
        return ends

    def undated_bound_us(self, batch: AlarmBatch, row: int) -> int:
        """Return by when a row that is over and undated was over at the latest."""
        longest_us = batch.starts_us[row] + self.policy.doubt_at_most_us
        bound = batch.undated[row]
        return longest_us if bound is None else min(bound, longest_us)

    def stale_rows(self, batch: AlarmBatch) -> list[int]:
        """Return the alarms not over at as_of that the policy's `stale_after` ends when they were last seen."""
        stale_after_us = self.policy.stale_after_us
        if stale_after_us is None or batch.last_seen_us is None:
            return []
        limit = self.as_of_us - stale_after_us
        return [
            row
            for row, (seen, end) in enumerate(zip(batch.last_seen_us, batch.ends_us, strict=True))
            if seen is not None and seen < limit and end > self.as_of_us and row not in batch.undated
        ]

    def active_rows(self, batch: AlarmBatch) -> list[int]:
        """Return the alarms raised before as_of and not over then, whatever their rows say since."""
        lasting = compress(range(len(batch)), map(gt, batch.ends_us, repeat(self.as_of_us)))
        return [row for row in lasting if batch.starts_us[row] < self.as_of_us and row not in batch.undated]

    def unseen_rows(self, batch: AlarmBatch, length_us: int) -> list[int]:
        """Return the active alarms last seen longer than `length_us` before as_of; without a last sight, none."""
        if batch.last_seen_us is None:
            return []
        limit = self.as_of_us - length_us
        last_seen = batch.last_seen_us
        return [row for row in self.active_rows(batch) if (seen := last_seen[row]) is not None and seen < limit]

    def _seen_us(self, batch: AlarmBatch, row: int) -> int:
        last_seen_us = None if batch.last_seen_us is None else batch.last_seen_us[row]
        return batch.starts_us[row] if last_seen_us is None else last_seen_us


def _excused_gaps(gaps: IntervalSet, excused: IntervalSet, by_maintenance: IntervalSet) -> Downtime:
    """Return which bridged gaps are excused: those whose instants on both sides are."""
    maintenance: list[tuple[int, int]] = []
    otherwise: list[tuple[int, int]] = []
    for start, end in gaps:
        if start - 1 in excused and end in excused:
            is_maintenance = start - 1 in by_maintenance or end in by_maintenance
            (maintenance if is_maintenance else otherwise).append((start, end))
    return Downtime(gaps, IntervalSet.from_pairs(maintenance), IntervalSet.from_pairs(otherwise))
