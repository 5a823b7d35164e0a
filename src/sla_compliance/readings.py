"""Readings: doubtful rows, and the optimistic and the pessimistic ledger that follow."""
################################################################
# The record is what the rows say. From the same rows two more ledgers are read:
#
#     doubt                               optimistic             pessimistic
#     an active alarm unseen for 7 days   ended when last seen,  to as_of
#       (or raised so long ago and of     else at its start      (as recorded)
#       unknown last sight)
#     what stale_after cut off, unless    as recorded            to as_of
#       open alarms are refreshed as often
#     over and undated                    ended when last seen,  the later of the
#                                         else at its start      record's end and bound
#     a row set aside that may qualify    no outage              to its readable end,
#                                                                else its bound, else as_of
#     rows of one id that disagree        what all of them say   their union (as recorded)
#     a severity lost to `cleared`        none                   its interval
#     rows without the key that may       nobody's               every key's
#       qualify
#
# In neither reading does a window excuse a doubtful part. Each reading is a ledger
# in its own right: damped, and with work and monitoring gaps judged by its outages,
# so doubt may alter time around it too (doubtful_time.py). A row set aside without a
# readable start is doubt of the whole input.
#
# Where nothing is in doubt this costs a few passes over whole columns.
################################################################

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final, Literal

from sla_compliance.alarms import AlarmFilter, Severity
from sla_compliance.batch import AlarmBatch
from sla_compliance.certainty import UNSEEN_AFTER, DoubtCause
from sla_compliance.doubtful_time import DoubtfulTime, begun_earlier, times_around, union_of_times
from sla_compliance.downtime import AlarmTimes, DowntimeRule
from sla_compliance.identity import connected_groups
from sla_compliance.intervals import NEVER, IntervalSet
from sla_compliance.lazy import LazyValue, lazy_property
from sla_compliance.ledger import Ledger
from sla_compliance.ledger_rule import LedgerRule, Measurement
from sla_compliance.policy import SLAPolicy
from sla_compliance.rejected_rows import RejectedRow
from sla_compliance.units import MICROSECOND
from sla_compliance.validation import STILL_ACTIVE_US

_OF_WHOLE_ROWS: Final = frozenset({DoubtCause.SET_ASIDE, DoubtCause.OVERWRITTEN, DoubtCause.UNKEYED})
"""Causes that doubt all of a row's time; the others doubt a part of it, or of several rows'."""
Unkeyed = Literal["doubt", "everybody", "nobody"]
"""Whose the rows are that name no key: in doubt, every key's, or no key's."""


@dataclass(frozen=True)
class Readings(LazyValue):
    """Both readings of one batch.

    Attributes:
        optimistic, pessimistic: their ledgers, with unmonitored time as unknown.
        doubtful: where and why the rows leave open what was the case.
        rows_without_start: how many rows set aside that may qualify have no readable start.
        record: the ledger of what the rows say.
        alters_time_around: whether doubt may alter more than its own time.
    """

    optimistic: Ledger
    pessimistic: Ledger
    doubtful: tuple[DoubtfulTime, ...]
    rows_without_start: int
    record: Ledger
    alters_time_around: bool

    @lazy_property
    def at_stake(self) -> tuple[DoubtfulTime, ...]:
        """Where and why the readings differ: the doubtful time, and what it alters around it; found when asked for."""
        if not (self.doubtful and self.alters_time_around):
            return self.doubtful
        return (*self.doubtful, *times_around(self.doubtful, self.record, (self.optimistic, self.pessimistic)))


@dataclass(frozen=True, slots=True)
class KeylessRows:
    """Rows that name no key, as the report of each key has them.

    Attributes:
        unkeyed: whose they are.
        outages: when they may have been outages.
        in_doubt: the union of that, where it is not agreed whose they are.
        rows_without_start: how many rows set aside that may qualify have no readable start, where that is not agreed.
    """

    unkeyed: Unkeyed
    outages: tuple[DoubtfulTime, ...]
    in_doubt: IntervalSet
    rows_without_start: int

    @property
    def doubtful(self) -> tuple[DoubtfulTime, ...]:
        """The outages that are in doubt."""
        return self.outages if self.unkeyed == "doubt" else ()


def keyless_rows(keyless: AlarmBatch, rule: LedgerRule, unkeyed: Unkeyed) -> KeylessRows:
    """Return what rows without a key are in the report of each key; once for all of them."""
    qualifying = keyless.qualifying(rule.downtime.policy.qualifying)
    search = _Search(qualifying, rule.downtime, rule.downtime.ends_us(qualifying))
    search.add_whole_rows(search.qualifying, DoubtCause.UNKEYED)
    search.find_overwritten_rows(keyless, DoubtCause.UNKEYED)
    search.find_rejected_rows(keyless.rejected, DoubtCause.UNKEYED)
    if unkeyed != "doubt":
        return KeylessRows(unkeyed, tuple(search.doubtful), NEVER, 0)
    return KeylessRows(unkeyed, tuple(search.doubtful), search.time_in_doubt(), search.rows_without_start)


NO_KEYLESS_ROWS: Final = KeylessRows("doubt", (), NEVER, 0)


def readings(
    batch: AlarmBatch,
    qualifying: AlarmBatch,
    measurement: Measurement,
    *,
    keyless: KeylessRows = NO_KEYLESS_ROWS,
    polled_us: int,
) -> Readings:
    """Return both readings of a batch; where nothing is in doubt, both are the record's ledger.

    Args:
        batch: all rows of the source.
        qualifying: those that qualify.
        measurement: the record's ledger and what it was made of.
        keyless: rows that name no key, in a report of one key that they may belong to.
        polled_us: how long before an alarm was seen to begin or end it may have done so.
    """
    rule = measurement.rule
    # Where no alarm lasts up to as_of, none is active then: the union says so at no cost.
    is_any_active = measurement.active.active.ends_us[-1:] == (rule.downtime.as_of_us,)
    search = _searched(batch, qualifying, rule.downtime, measurement.times.ends_us, is_any_active=is_any_active)
    doubtful = (*search.doubtful, *keyless.doubtful)
    rows_without_start = search.rows_without_start + keyless.rows_without_start
    optimistic = pessimistic = measurement.ledger
    if search.optimistic_bounds or polled_us:
        optimistic = rule.measure(search.optimistic_times(polled_us)).ledger
    in_doubt = search.time_in_doubt(polled_us) | begun_earlier(keyless.in_doubt, polled_us)
    if polled_us:
        starts = [start - polled_us for start in qualifying.starts_us]
        pessimistic = rule.measure(replace(measurement.times, starts_us=starts), in_doubt).ledger
    elif doubtful:
        pessimistic = rule.measure_active(measurement.times, measurement.active, in_doubt).ledger
    return Readings(
        optimistic, pessimistic, doubtful, rows_without_start, measurement.ledger, rule.alters_time_around_doubt
    )


def doubtful_time(batch: AlarmBatch, qualifying: AlarmBatch, rule: DowntimeRule) -> IntervalSet:
    """Return the time on which the readings of some rows disagree; arguments as `readings`."""
    search = _searched(batch, qualifying, rule, rule.ends_us(qualifying), is_any_active=True)
    return union_of_times(search.doubtful)


def _searched(
    batch: AlarmBatch, qualifying: AlarmBatch, rule: DowntimeRule, ends_us: Sequence[int], *, is_any_active: bool
) -> _Search:
    """Return the doubtful rows among all rows of a source and those of them that qualify."""
    search = _Search(qualifying, rule, ends_us)
    search.find_doubtful_ends(is_any_active=is_any_active)
    search.find_rejected_rows(batch.rejected, DoubtCause.SET_ASIDE)
    search.find_overwritten_rows(batch, DoubtCause.OVERWRITTEN)
    return search


class _Search:
    """The doubtful rows of one batch."""

    def __init__(self, qualifying: AlarmBatch, rule: DowntimeRule, ends_us: Sequence[int]) -> None:
        self.qualifying = qualifying
        self.ends = ends_us
        self._rule = rule
        self._policy = rule.policy
        self._as_of_us = rule.as_of_us
        self._subjects = 0
        self.doubtful: list[DoubtfulTime] = []
        self.rows_without_start = 0
        self.optimistic_bounds: dict[int, tuple[int, int]] = {}

    def optimistic_times(self, polled_us: int) -> AlarmTimes:
        """Return the qualifying rows as the optimistic reading has them."""
        starts, ends = list(self.qualifying.starts_us), list(self.ends)
        for row, (start, end) in self.optimistic_bounds.items():
            # Rows that disagree may have nothing in common: such an alarm keeps its place without a length.
            starts[row], ends[row] = start, max(start, end)
        if polled_us:
            ends = [max(start, end - polled_us) for start, end in zip(starts, ends, strict=True)]
        return AlarmTimes(starts, ends, self.qualifying.excluded_by)

    def time_in_doubt(self, polled_us: int = 0) -> IntervalSet:
        """Return the time that the pessimistic reading has as down and no window excuses."""
        whole_rows = [time for time in self.doubtful if time.cause in _OF_WHOLE_ROWS]
        parts = [time for time in self.doubtful if time.cause not in _OF_WHOLE_ROWS]
        # Only an alarm's own start may lie earlier than it was seen, not where doubt of its end begins.
        return begun_earlier(union_of_times(whole_rows), polled_us) | union_of_times(parts)

    def find_doubtful_ends(self, *, is_any_active: bool) -> None:
        """Find the rows whose end, or bounds, are open to doubt."""
        cut_off = self._rule.stale_rows(self.qualifying)
        if is_any_active:
            self._find_unseen_rows(frozenset(cut_off))
        if not self._is_refreshed_often_enough:
            for row in cut_off:
                self._add_row(DoubtCause.CUT_OFF, self.qualifying, row, self.ends[row], self._as_of_us)
        for row in self.qualifying.undated:
            self._doubt_undated_row(row)
        if self.qualifying.disputed_ids:
            self._find_disputes()

    @property
    def _is_refreshed_often_enough(self) -> bool:
        """Whether an alarm as old as stale_after would have been seen, were it still open."""
        refreshed_every, stale_after = self._policy.refreshed_every, self._policy.stale_after
        return refreshed_every is not None and stale_after is not None and refreshed_every <= stale_after

    def _find_unseen_rows(self, cut_off: frozenset[int]) -> None:
        limit_us = self._as_of_us - UNSEEN_AFTER // MICROSECOND
        for row in self._rule.active_rows(self.qualifying):
            last_sight_us = self._last_sight_us(row)
            if row not in cut_off and last_sight_us < limit_us:
                self._end_optimistically(DoubtCause.UNSEEN, row, last_sight_us, self._as_of_us)

    def _doubt_undated_row(self, row: int) -> None:
        latest_us = max(self.ends[row], self._rule.undated_bound_us(self.qualifying, row))
        self._end_optimistically(DoubtCause.UNDATED, row, self._last_sight_us(row), latest_us)

    def _end_optimistically(self, cause: DoubtCause, row: int, end_us: int, latest_us: int) -> None:
        self.optimistic_bounds[row] = (self.qualifying.starts_us[row], min(end_us, self.ends[row]))
        self._add_row(cause, self.qualifying, row, end_us, latest_us)

    def _last_sight_us(self, row: int) -> int:
        batch = self.qualifying
        last_seen_us = None if batch.last_seen_us is None else batch.last_seen_us[row]
        return batch.starts_us[row] if last_seen_us is None else max(last_seen_us, batch.starts_us[row])

    def _find_disputes(self) -> None:
        """Find the rows of one id that disagree, as far as they qualify and before as_of."""
        batch = self.qualifying
        bounds_by_id: dict[Hashable, dict[int, tuple[int, int]]] = defaultdict(dict)
        for row, key in enumerate(batch.columns["id"]):
            start_us, end_us = batch.starts_us[row], min(self.ends[row], self._as_of_us)
            if key in batch.disputed_ids and start_us < end_us:
                bounds_by_id[key][row] = (start_us, end_us)
        for key, bounds_by_row in bounds_by_id.items():
            for group in connected_groups(bounds_by_row):
                # Of one end and other last sights, rows agree, wherever the policy cuts them off.
                if len(set(map(self._own_bounds, group))) > 1:
                    self._find_disagreement(key, {row: bounds_by_row[row] for row in group})

    def _own_bounds(self, row: int) -> tuple[int, int]:
        """Return when a row says that the alarm was, before as_of."""
        end_us = self.ends[row] if row in self.qualifying.undated else self.qualifying.ends_us[row]
        return self.qualifying.starts_us[row], min(end_us, self._as_of_us)

    def _find_disagreement(self, key: Hashable, bounds_by_row: Mapping[int, tuple[int, int]]) -> None:
        """Doubt what not all of some connected rows of one id say."""
        starts = [start for start, _ in bounds_by_row.values()]
        ends = [end for _, end in bounds_by_row.values()]
        said_by_all = IntervalSet.at_least(len(starts), starts, ends)
        in_doubt = IntervalSet.union_of(starts, ends) - said_by_all
        if not in_doubt:
            return
        naming = partial(self.qualifying.name_of, next(iter(bounds_by_row)))
        self._add(in_doubt, DoubtCause.DISAGREEING, naming, key, len(starts))
        # A row of them may be in doubt for another cause, too: what all of them say is what all say for certain.
        certain_bounds = [self.optimistic_bounds.get(row, bounds) for row, bounds in bounds_by_row.items()]
        latest_start = max(start for start, _ in certain_bounds)
        earliest_end = min(end for _, end in certain_bounds)
        self.optimistic_bounds |= dict.fromkeys(bounds_by_row, (latest_start, earliest_end))

    def find_rejected_rows(self, rejected: Iterable[RejectedRow], cause: DoubtCause) -> None:
        """Find the rows set aside that may have qualified."""
        for row in rejected:
            if not _may_qualify(row, self._policy.qualifying):
                continue
            if row.start_us is None:
                self.rows_without_start += 1
            else:
                row_id: Any = row.columns.get("id")
                end_us = latest_end_us(row, row.start_us, self._policy)
                self._add([(row.start_us, end_us)], cause, partial(getattr, row, "name"), row_id)

    def find_overwritten_rows(self, batch: AlarmBatch, cause: DoubtCause) -> None:
        """Find the rows whose severity was overwritten by `cleared`."""
        severities = batch.columns.get("severity", ())
        if Severity.CLEARED in self._policy.qualifying.severities or Severity.CLEARED not in severities:
            return
        rows = [row for row, severity in enumerate(severities) if severity is Severity.CLEARED]
        self.add_whole_rows(batch.take(rows).without_excluded(self._policy.qualifying), cause)

    def add_whole_rows(self, batch: AlarmBatch, cause: DoubtCause) -> None:
        """Add all rows of a batch, each with all of the time that it may have lasted."""
        latest_ends_us = list(self._rule.ends_us(batch))
        for row in batch.undated:
            latest_ends_us[row] = max(latest_ends_us[row], self._rule.undated_bound_us(batch, row))
        if not self._is_refreshed_often_enough:
            for row in self._rule.stale_rows(batch):
                latest_ends_us[row] = self._as_of_us
        for row, (start_us, end_us) in enumerate(zip(batch.starts_us, latest_ends_us, strict=True)):
            self._add_row(cause, batch, row, start_us, end_us)

    def _add_row(self, cause: DoubtCause, batch: AlarmBatch, row: int, start_us: int, end_us: int) -> None:
        row_id = batch.columns["id"][row] if "id" in batch.columns else None
        self._add([(start_us, end_us)], cause, partial(batch.name_of, row), row_id)

    def _add(
        self,
        stretches: Iterable[tuple[int, int]],
        cause: DoubtCause,
        naming: Callable[[], str],
        row_id: Hashable | None,
        rows: int = 1,
    ) -> None:
        """Add the doubtful stretches of some rows, as far as they lie before as_of."""
        self._subjects += 1
        for start_us, end_us in stretches:
            last_us = min(end_us, self._as_of_us)
            if start_us < last_us:
                self.doubtful.append(DoubtfulTime(cause, naming, self._subjects, rows, start_us, last_us, row_id))


def latest_end_us(row: RejectedRow, start_us: int, policy: SLAPolicy) -> int:
    """Return until when a row set aside may have lasted; STILL_ACTIVE_US where nothing bounds it."""
    if row.end_us is not None:
        return row.end_us
    if not row.says_over:
        return STILL_ACTIVE_US
    longest_us = start_us + policy.doubt_at_most_us
    return longest_us if row.bound_us is None else min(row.bound_us, longest_us)


def _may_qualify(row: RejectedRow, alarm_filter: AlarmFilter) -> bool:
    """Return whether a row set aside may be an outage: what cannot be read may be anything."""
    severity = row.columns.get("severity")
    if isinstance(severity, Severity) and severity not in (*alarm_filter.severities, Severity.CLEARED):
        return False
    status, alarm_type = row.columns.get("status"), row.columns.get("alarm_type")
    is_excluded_status = status is not None and str(status).lower() in alarm_filter.excluded_statuses
    is_excluded_type = alarm_type is not None and str(alarm_type).lower() in alarm_filter.excluded_alarm_types
    return not (is_excluded_status or is_excluded_type)
