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
#     a severity overwritten by           none                   its interval
#       `cleared`
#     rows without the key that may       nobody's               every key's
#       qualify
#
# In neither reading does a window excuse a doubtful part. Each reading is a ledger
# in its own right: damped, and with work and monitoring gaps judged by its outages.
# A row set aside without a readable start is doubt of the whole input.
#
# Where nothing is in doubt this costs a few passes over whole columns.
################################################################

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sla_compliance.alarms import AlarmFilter, Severity
from sla_compliance.batch import AlarmBatch
from sla_compliance.certainty import UNSEEN_AFTER, Doubt, DoubtCause
from sla_compliance.downtime import DowntimeRule
from sla_compliance.identity import connected_groups
from sla_compliance.intervals import NEVER, IntervalSet
from sla_compliance.ledger import Ledger
from sla_compliance.ledger_rule import LedgerRule
from sla_compliance.policy import SLAPolicy
from sla_compliance.units import MICROSECOND
from sla_compliance.validation import STILL_ACTIVE_US, RejectedRow

_OF_WHOLE_ROWS: Final = frozenset({DoubtCause.SET_ASIDE, DoubtCause.OVERWRITTEN, DoubtCause.UNKEYED})
"""Causes that doubt all of a row's time; the others doubt a part of it, or of several rows'."""


@dataclass(frozen=True, slots=True)
class DoubtfulTime:
    """A stretch of time on which the readings of some rows disagree.

    Attributes:
        cause: what is left open.
        name: what people know the first of these rows by.
        subject: a number of these rows; stretches of one number are of the same rows.
        rows: how many rows they are; more than one where rows of one id disagree.
        start_us, end_us: the stretch.
    """

    cause: DoubtCause
    name: str
    subject: int
    rows: int
    start_us: int
    end_us: int


@dataclass(frozen=True, slots=True)
class Readings:
    """Both readings of one batch.

    Attributes:
        optimistic, pessimistic: their ledgers, with unmonitored time as unknown.
        doubtful: where and why they differ.
        rows_without_start: how many rows set aside that may qualify have no readable start.
    """

    optimistic: Ledger
    pessimistic: Ledger
    doubtful: tuple[DoubtfulTime, ...]
    rows_without_start: int

    def time_at_stake(self) -> dict[DoubtCause, IntervalSet]:
        """Return the doubtful time by its cause."""
        return {cause: _union(times) for cause, times in _by_cause(self.doubtful).items()}


@dataclass(frozen=True, slots=True)
class KeylessRows:
    """Rows that name no key, as the pessimistic reading of each key has them.

    Attributes:
        doubtful: when they may have been outages.
        in_doubt: the union of that.
        rows_without_start: how many rows set aside that may qualify have no readable start.
    """

    doubtful: tuple[DoubtfulTime, ...]
    in_doubt: IntervalSet
    rows_without_start: int


def keyless_rows(keyless: AlarmBatch, rule: LedgerRule) -> KeylessRows:
    """Return what rows without a key leave open in the report of each key; once for all of them."""
    wanted = rule.downtime.policy.qualifying
    search = _Search(keyless.qualifying(wanted), rule.downtime)
    search.add_whole_rows(search.qualifying, DoubtCause.UNKEYED)
    search.look_at_overwritten_rows(keyless, DoubtCause.UNKEYED)
    search.look_at_rejected_rows(keyless.rejected, DoubtCause.UNKEYED)
    return KeylessRows(tuple(search.doubtful), search.time_in_doubt(), search.rows_without_start)


NO_KEYLESS_ROWS: Final = KeylessRows((), NEVER, 0)


def readings(
    batch: AlarmBatch,
    qualifying: AlarmBatch,
    *,
    rule: LedgerRule,
    record: Ledger,
    keyless: KeylessRows = NO_KEYLESS_ROWS,
    polled_us: int = 0,
) -> Readings | None:
    """Return both readings of a batch; None where nothing is in doubt.

    Args:
        batch: all rows of the source.
        qualifying: those that qualify.
        rule: what makes a ledger of alarms.
        record: the record's ledger.
        keyless: rows that name no key, in a report of one key that they may belong to.
        polled_us: how long before an alarm was seen to begin or end it may have done so.
    """
    search = _Search.of(batch, qualifying, rule.downtime)
    doubtful = (*search.doubtful, *keyless.doubtful)
    rows_without_start = search.rows_without_start + keyless.rows_without_start
    if not doubtful and not rows_without_start and not polled_us:
        return None
    optimistic = pessimistic = record
    if search.optimistic_bounds or polled_us:
        optimistic = rule.ledger(*search.optimistic_columns(polled_us), qualifying.excluded_by)
    if doubtful or polled_us:
        starts = [start - polled_us for start in qualifying.starts_us] if polled_us else qualifying.starts_us
        in_doubt = search.time_in_doubt(polled_us) | _begun_earlier(keyless.in_doubt, polled_us)
        pessimistic = rule.ledger(starts, search.ends, qualifying.excluded_by, not_excusable=in_doubt)
    return Readings(optimistic, pessimistic, doubtful, rows_without_start)


def doubtful_time(batch: AlarmBatch, qualifying: AlarmBatch, rule: DowntimeRule) -> IntervalSet:
    """Return the time on which the readings of some rows disagree; arguments as `readings`."""
    return _union(_Search.of(batch, qualifying, rule).doubtful)


def _begun_earlier(times: IntervalSet, polled_us: int) -> IntervalSet:
    return IntervalSet.union_of([start - polled_us for start in times.starts_us], times.ends_us) if polled_us else times


class _Search:
    """The doubtful rows of one batch."""

    def __init__(self, qualifying: AlarmBatch, rule: DowntimeRule) -> None:
        self.qualifying = qualifying
        self._rule = rule
        self._policy = rule.policy
        self._as_of_us = rule.as_of_us
        self._subjects = 0
        self.ends: Sequence[int] = self._rule.ends_us(qualifying)
        self.doubtful: list[DoubtfulTime] = []
        self.rows_without_start = 0
        self.optimistic_bounds: dict[int, tuple[int, int]] = {}

    @classmethod
    def of(cls, batch: AlarmBatch, qualifying: AlarmBatch, rule: DowntimeRule) -> _Search:
        """Return the search among all rows of a source and those of them that qualify."""
        search = cls(qualifying, rule)
        search.look_at_qualifying_rows()
        search.look_at_rejected_rows(batch.rejected, DoubtCause.SET_ASIDE)
        search.look_at_overwritten_rows(batch, DoubtCause.OVERWRITTEN)
        return search

    def optimistic_columns(self, polled_us: int) -> tuple[Sequence[int], Sequence[int]]:
        """Return starts and ends of the qualifying rows as the optimistic reading has them."""
        starts, ends = list(self.qualifying.starts_us), list(self.ends)
        for row, (start, end) in self.optimistic_bounds.items():
            starts[row], ends[row] = start, max(start, end)
        if polled_us:
            ends = [max(start, end - polled_us) for start, end in zip(starts, ends, strict=True)]
        return starts, ends

    def time_in_doubt(self, polled_us: int = 0) -> IntervalSet:
        """Return the time that the pessimistic reading has as down and no window excuses."""
        starts = [time.start_us - polled_us * (time.cause in _OF_WHOLE_ROWS) for time in self.doubtful]
        return IntervalSet.union_of(starts, [time.end_us for time in self.doubtful])

    def look_at_qualifying_rows(self) -> None:
        """Find the rows whose end, or bounds, are open to doubt."""
        cut_off = self._rule.stale_rows(self.qualifying)
        self._look_at_active_rows(frozenset(cut_off))
        if not self._is_refreshed_often_enough:
            for row in cut_off:
                self._add_row(DoubtCause.CUT_OFF, row, self.ends[row], self._as_of_us)
        for row in self.qualifying.undated:
            self._look_at_undated_row(row)
        if self.qualifying.disputed_ids:
            self._look_at_disputed_ids()

    @property
    def _is_refreshed_often_enough(self) -> bool:
        """Whether an alarm as old as stale_after would have been seen, were it still open."""
        refreshed_every, stale_after = self._policy.refreshed_every, self._policy.stale_after
        return refreshed_every is not None and stale_after is not None and refreshed_every <= stale_after

    def _look_at_active_rows(self, cut_off: frozenset[int]) -> None:
        limit_us = self._as_of_us - UNSEEN_AFTER // MICROSECOND
        for row in self._rule.active_rows(self.qualifying):
            last_sight_us = self._last_sight_us(row)
            if row not in cut_off and last_sight_us < limit_us:
                self._end_optimistically(DoubtCause.UNSEEN, row, last_sight_us, self._as_of_us)

    def _look_at_undated_row(self, row: int) -> None:
        latest_us = max(self.ends[row], self._rule.undated_bound_us(self.qualifying, row))
        self._end_optimistically(DoubtCause.UNDATED, row, self._last_sight_us(row), latest_us)

    def _end_optimistically(self, cause: DoubtCause, row: int, end_us: int, latest_us: int) -> None:
        self.optimistic_bounds[row] = (self.qualifying.starts_us[row], min(end_us, self.ends[row]))
        self._add_row(cause, row, end_us, latest_us)

    def _last_sight_us(self, row: int) -> int:
        batch = self.qualifying
        seen = None if batch.last_seen_us is None else batch.last_seen_us[row]
        return batch.starts_us[row] if seen is None else max(seen, batch.starts_us[row])

    def _look_at_disputed_ids(self) -> None:
        """Find the rows of one id that disagree, as far as they qualify and before as_of."""
        batch = self.qualifying
        bounds_by_id: dict[Hashable, dict[int, tuple[int, int]]] = defaultdict(dict)
        for row, key in enumerate(batch.columns["id"]):
            start_us, end_us = batch.starts_us[row], min(self.ends[row], self._as_of_us)
            if key in batch.disputed_ids and start_us < end_us:
                bounds_by_id[key][row] = (start_us, end_us)
        for bounds_by_row in bounds_by_id.values():
            for group in connected_groups(bounds_by_row):
                if len({bounds_by_row[row] for row in group}) > 1:
                    self._look_at_disagreeing_rows([(row, *bounds_by_row[row]) for row in group])

    def _look_at_disagreeing_rows(self, rows: Sequence[tuple[int, int, int]]) -> None:
        """Let connected rows of one id (row, start, end) stand for what all of them say, and doubt what they do not."""
        agreed_start_us, agreed_end_us = max(start for _, start, _ in rows), min(end for _, _, end in rows)
        agreed = [(agreed_start_us, agreed_end_us)] if agreed_start_us < agreed_end_us else []
        union = IntervalSet.union_of([start for _, start, _ in rows], [end for _, _, end in rows])
        name = self.qualifying.name_of(rows[0][0])
        self._add(union - IntervalSet.from_pairs(agreed), DoubtCause.DISAGREEING, name, len(rows))
        # A row of the group may be in doubt for itself: what all of them say is what all say for certain.
        certain = [self.optimistic_bounds.get(row, (start, end)) for row, start, end in rows]
        bounds = max(start for start, _ in certain), min(end for _, end in certain)
        self.optimistic_bounds |= {row: bounds for row, _, _ in rows}

    def look_at_rejected_rows(self, rejected: Iterable[RejectedRow], cause: DoubtCause) -> None:
        """Find the rows set aside that may have qualified."""
        for row in rejected:
            if not _may_qualify(row, self._policy.qualifying):
                continue
            if row.start_us is None:
                self.rows_without_start += 1
            else:
                self._add([(row.start_us, latest_end_us(row, row.start_us, self._policy))], cause, row.name)

    def look_at_overwritten_rows(self, batch: AlarmBatch, cause: DoubtCause) -> None:
        """Find the rows whose severity was overwritten by `cleared`."""
        wanted, severities = self._policy.qualifying, batch.columns.get("severity", ())
        if Severity.CLEARED in wanted.severities or Severity.CLEARED not in severities:
            return
        rows = [row for row, severity in enumerate(severities) if severity is Severity.CLEARED]
        self.add_whole_rows(batch.take(rows).without_excluded(wanted), cause)

    def add_whole_rows(self, batch: AlarmBatch, cause: DoubtCause) -> None:
        """Add all rows of a batch, each with all of the time that it may have lasted."""
        latest_ends_us = list(self._rule.ends_us(batch))
        for row in batch.undated:
            latest_ends_us[row] = max(latest_ends_us[row], self._rule.undated_bound_us(batch, row))
        if not self._is_refreshed_often_enough:
            for row in self._rule.stale_rows(batch):
                latest_ends_us[row] = self._as_of_us
        for row, (start_us, end_us) in enumerate(zip(batch.starts_us, latest_ends_us, strict=True)):
            self._add([(start_us, end_us)], cause, batch.name_of(row))

    def _add_row(self, cause: DoubtCause, row: int, start_us: int, end_us: int) -> None:
        self._add([(start_us, end_us)], cause, self.qualifying.name_of(row))

    def _add(self, stretches: Iterable[tuple[int, int]], cause: DoubtCause, name: str, rows: int = 1) -> None:
        """Add the doubtful stretches of some rows, as far as they lie before as_of."""
        self._subjects += 1
        for start_us, end_us in stretches:
            last_us = min(end_us, self._as_of_us)
            if start_us < last_us:
                self.doubtful.append(DoubtfulTime(cause, name, self._subjects, rows, start_us, last_us))


def latest_end_us(row: RejectedRow, start_us: int, policy: SLAPolicy) -> int:
    """Return until when a row set aside may have lasted; STILL_ACTIVE_US where nothing bounds it."""
    if row.end_us is not None:
        return row.end_us
    if not row.says_over:
        return STILL_ACTIVE_US
    longest_us = start_us + policy.doubt_at_most_us
    return longest_us if row.bound_us is None else min(row.bound_us, longest_us)


def _may_qualify(row: RejectedRow, wanted: AlarmFilter) -> bool:
    """Return whether a row set aside may be an outage: what cannot be read may be anything."""
    severity = row.columns.get("severity")
    if isinstance(severity, Severity) and severity not in (*wanted.severities, Severity.CLEARED):
        return False
    status, alarm_type = row.columns.get("status"), row.columns.get("alarm_type")
    is_excluded_status = status is not None and str(status).lower() in wanted.excluded_statuses
    is_excluded_type = alarm_type is not None and str(alarm_type).lower() in wanted.excluded_alarm_types
    return not (is_excluded_status or is_excluded_type)


def doubts_within(doubtful: Sequence[DoubtfulTime], start_us: int, end_us: int) -> Iterator[Doubt]:
    """Yield the doubt of each cause within [start_us, end_us), of those that have some time at stake there."""
    within = [time for time in doubtful if time.start_us < end_us and time.end_us > start_us]
    for cause, times in _by_cause(within).items():
        at_stake = _union(times)
        rows_by_subject = {time.subject: time.rows for time in times}
        yield Doubt(cause, sum(rows_by_subject.values()), at_stake.clip(start_us, end_us).total_us)


def _by_cause(doubtful: Iterable[DoubtfulTime]) -> Mapping[DoubtCause, list[DoubtfulTime]]:
    times_by_cause: dict[DoubtCause, list[DoubtfulTime]] = defaultdict(list)
    for time in doubtful:
        times_by_cause[time.cause].append(time)
    return times_by_cause


def _union(times: Sequence[DoubtfulTime]) -> IntervalSet:
    return IntervalSet.union_of([time.start_us for time in times], [time.end_us for time in times])
