"""Next rows: which time of other rows a change of one row alters."""
################################################################
# A row that is over without a time ends with the start of the next row of its device,
# at the latest (undated_rows.py). So a row that is raised, deleted or moved to another
# device or instant alters earlier rows of its device: those raised less than the
# policy's `doubt_at_most` before it.
#
# The source says by when each of them is over now, after the change. By when it was
# over before follows, but for one case: what bounded it before a new row came is not
# known. Then all of the time up to `doubt_at_most` is taken to be altered.
################################################################

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sla_compliance.alarms import Alarm, Severity
from sla_compliance.batch import AlarmBatch
from sla_compliance.intervals import ALWAYS_START_US, IntervalSet
from sla_compliance.service.queries import Subject


@dataclass(frozen=True, slots=True)
class _Row:
    """A row as far as it matters here; keys as text.

    Attributes:
        start_us: when it was raised.
        bound_us: by when it was over at the latest, as far as other rows say; None where none does.
    """

    id: str | None
    start_us: int
    alarm_id: str | None
    resource_id: str | None
    bound_us: int | None = None

    @classmethod
    def of_columns(cls, columns: Mapping[str, object], start_us: int, bound_us: int | None = None) -> _Row:
        """Return a row by what its columns say."""
        key, alarm_id, resource_id = (_text(columns.get(name)) for name in ("id", "alarm_id", "resource_id"))
        return cls(key, start_us, alarm_id, resource_id, bound_us)

    def is_of_same_device(self, other: _Row) -> bool:
        """Return whether another row may be this one's next: by alarm_id, where this one has one."""
        if self.alarm_id is not None:
            return self.alarm_id == other.alarm_id
        return self.resource_id is not None and self.resource_id == other.resource_id

    @property
    def place(self) -> tuple[int, str | None, str | None]:
        """What other rows see of it."""
        return self.start_us, self.alarm_id, self.resource_id


def reach_of_next_rows(subject: Subject, old: Alarm | None, new: Alarm | None) -> tuple[int, int] | None:
    """Return when the rows were raised that a change may alter, microseconds; None where it alters no other row.

    Args:
        subject: the tenant.
        old, new: the row before and after; None where it was added or deleted.
    """
    before, after = _row_of(old), _row_of(new)
    if (before and before.place) == (after and after.place):
        return None
    starts_us = [row.start_us for row in (before, after) if row is not None]
    return min(starts_us) - subject.policy.doubt_at_most_us, max(starts_us)


def time_altered_in_other_rows(
    subject: Subject, old: Alarm | None, new: Alarm | None, neighbours: AlarmBatch
) -> IntervalSet:
    """Return the time on which rows differ whose next row has changed.

    Args:
        subject: the tenant, now.
        old, new: the row before and after; None where it was added or deleted.
        neighbours: the rows of `reach_of_next_rows`, as they are after the change.
    """
    before, after = _row_of(old), _row_of(new)
    changed_ids = {row.id for row in (before, after) if row is not None and row.id is not None}
    pairs: list[tuple[int, int]] = []
    for row in _undated_rows(neighbours, subject):
        if row.id in changed_ids:
            continue
        old_start_us, new_start_us = _start_after(row, before), _start_after(row, after)
        longest_us = row.start_us + subject.policy.doubt_at_most_us
        bound_us = longest_us if row.bound_us is None else min(row.bound_us, longest_us)
        # Where the changed row bounds this one now, what else would is not known.
        bound_by_others_us = longest_us if bound_us == new_start_us else bound_us
        old_bound_us = bound_by_others_us if old_start_us is None else min(old_start_us, bound_by_others_us)
        pairs.append((min(bound_us, old_bound_us), max(bound_us, old_bound_us)))
    return IntervalSet.from_pairs(pairs).clip(ALWAYS_START_US, subject.as_of_us)


def _start_after(row: _Row, other: _Row | None) -> int | None:
    """Return the start of another row where it may bound this one; else None."""
    if other is None or other.start_us <= row.start_us or not row.is_of_same_device(other):
        return None
    return other.start_us


def _row_of(alarm: Alarm | None) -> _Row | None:
    """Return a row that may bound others; None for a bad one."""
    if alarm is None:
        return None
    batch = AlarmBatch.from_alarms([alarm], on_invalid="quarantine")
    if not len(batch):
        return None
    columns = {"id": alarm.id, "alarm_id": alarm.alarm_id, "resource_id": alarm.resource_id}
    return _Row.of_columns(columns, batch.starts_us[0])


def _undated_rows(batch: AlarmBatch, subject: Subject) -> Iterator[_Row]:
    """Yield the rows of a batch that are over without a time and may qualify, the bad ones too."""
    severities_that_count = {*subject.policy.qualifying.severities, Severity.CLEARED}
    for row, bound_us in batch.undated.items():
        columns = {name: column[row] for name, column in batch.columns.items()}
        if columns.get("severity", Severity.CRITICAL) in severities_that_count:
            yield _Row.of_columns(columns, batch.starts_us[row], bound_us)
    for rejected in batch.rejected:
        if rejected.start_us is not None and rejected.end_us is None and rejected.says_over:
            yield _Row.of_columns(rejected.columns, rejected.start_us, rejected.bound_us)


def _text(key: object) -> str | None:
    return None if key is None else str(key)
