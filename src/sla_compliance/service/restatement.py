"""Restatement: which dates a change of facts alters."""
################################################################
# An alarm is downtime from its start to its end as the policy reads it: an open
# one to as_of, a stale one to when it was last seen, one that does not qualify not
# at all. A change alters the instants that it adds or takes away, in the record or
# in another reading (readings.py): clearing an alarm that was seen until now
# alters today. Where a column that targeted exclusions name has changed, all of the
# alarm counts, since other exclusions may excuse it now. Earlier rows of its device
# may be altered too (next_rows.py).
#
# A correction alters the time from the earliest to the latest instant at which its
# rows may have begun or ended, by themselves or by any correction of them: which
# corrections an earlier answer knew is not known.
#
# Damping looks beyond an instant by the policy's margin, so the dates within the
# margin are altered too. An exclusion of everybody's time is never damped; a
# targeted one is, for it changes downtime. Days that have not begun are neither
# cached nor stored, so their dates are left out.
################################################################

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from sla_compliance.alarms import Alarm
from sla_compliance.batch import AlarmBatch
from sla_compliance.calendars.exclusions import AnyExclusion, MaintenanceWindow
from sla_compliance.calendars.local_days import first_instant_us, local_days
from sla_compliance.corrections import Correction
from sla_compliance.downtime import DowntimeRule
from sla_compliance.intervals import ALWAYS_START_US, NEVER, IntervalSet
from sla_compliance.readings import doubtful_time
from sla_compliance.service.next_rows import time_altered_in_other_rows
from sla_compliance.service.queries import Subject
from sla_compliance.units import MIN_US, instant_us
from sla_compliance.validation import STILL_ACTIVE_US

NO_ALARMS: Final = AlarmBatch()


def alarm_dates(
    subject: Subject,
    old: Alarm | None,
    new: Alarm | None,
    *,
    targeting_columns: Collection[str] = (),
    work: IntervalSet = NEVER,
    neighbours: AlarmBatch = NO_ALARMS,
) -> tuple[dt.date, ...]:
    """Return the local dates that a change of one alarm can alter, ascending: those on which any reading differs.

    Args:
        subject: the tenant, now.
        old, new: the row before and after; None where it was added or deleted.
        targeting_columns: the alarm columns that targeted exclusions name.
        work: planned work, where it excuses only what it caused: an outage that was there when work began decides
            about all of that work.
        neighbours: the rows of `reach_of_next_rows`, as they are after the change.
    """
    before, after = _EffectOfAlarm.of(old, subject), _EffectOfAlarm.of(new, subject)
    is_excused_otherwise = _differ(old, new, targeting_columns)
    # Other rows may bound a row that is over without a time, so how its bounds differ is not known from it alone.
    is_bounded_otherwise = (before.is_undated or after.is_undated) and (
        before != after or _differ(old, new, ("alarm_id", "resource_id"))
    )
    if is_excused_otherwise or is_bounded_otherwise:
        altered = IntervalSet.union([before.down, after.down, before.doubtful, after.doubtful])
    else:
        altered = _difference(before.down, after.down) | _difference(before.doubtful, after.doubtful)
    altered |= time_altered_in_other_rows(subject, old, new, neighbours)
    return dates_of_alarms(subject, altered, work=work)


def dates_of_alarms(subject: Subject, altered: IntervalSet, *, work: IntervalSet = NEVER) -> tuple[dt.date, ...]:
    """Return the local dates that a change of alarms on some time can alter, ascending.

    Args:
        subject: the tenant, now.
        altered: the time.
        work: as of `alarm_dates`.
    """
    margin_us = subject.policy.margin_us
    near = IntervalSet.from_pairs([(start - margin_us - 1, end + margin_us + 1) for start, end in altered])
    decided = IntervalSet.from_pairs([(start, end) for start, end in work if near.clip(start, end)])
    return _dates(altered | decided, margin_us, subject)


def time_of_corrected_rows(subject: Subject, rows: AlarmBatch, corrections: Iterable[Correction]) -> IntervalSet:
    """Return the time on which some rows may be down or in doubt, whichever of their corrections apply.

    Args:
        subject: the tenant, now.
        rows: all rows of one id, as the source has them.
        corrections: of that id.
    """
    if not len(rows) + len(rows.rejected):
        return NEVER
    as_of_us = subject.as_of_us
    starts_us = [*rows.starts_us, *(row.start_us for row in rows.rejected if row.start_us is not None)]
    ends_us = [as_of_us if end_us == STILL_ACTIVE_US else end_us for end_us in rows.ends_us]
    # How long a row that is set aside may have lasted is bounded by the present moment alone.
    ends_us += [as_of_us] * len(rows.rejected)
    may_be_reversed = False
    for correction in corrections:
        if correction.starts is not None:
            starts_us.append(instant_us(correction.starts, field="starts"))
        if correction.ends is not None:
            ends_us.append(instant_us(correction.ends, field="ends"))
        may_be_reversed |= (correction.starts is None) != (correction.ends is None)
    if not starts_us:
        return NEVER
    first_us, last_us = min(starts_us), max(starts_us + ends_us)
    may_be_reversed &= min(ends_us) < max(starts_us)
    if rows.undated or may_be_reversed:
        # Over at an instant that is not known: then the time of doubt bounds it.
        last_us += subject.policy.doubt_at_most_us
    return IntervalSet.from_pairs([(first_us, last_us)]).clip(ALWAYS_START_US, as_of_us)


def exclusion_dates(subject: Subject, old: AnyExclusion | None, new: AnyExclusion | None) -> tuple[dt.date, ...]:
    """Return the local dates that a change of a maintenance window or exclusion can alter, ascending.

    Args:
        subject: the tenant, now.
        old, new: before and after; None where it was added, deleted or cancelled.
    """
    before, after = _excluded(old, subject), _excluded(new, subject)
    altered = _difference(before, after) if _effect(old) == _effect(new) else before | after
    if isinstance(old or new, MaintenanceWindow) and subject.policy.planned_work.has_caps:
        altered = _to_the_end_of_periods(altered, subject)
    is_targeted = any(exclusion is not None and exclusion.targets is not None for exclusion in (old, new))
    return _dates(altered, subject.policy.margin_us if is_targeted else 0, subject)


def targeting_columns(exclusions: Iterable[AnyExclusion]) -> frozenset[str]:
    """Return the alarm columns that targeted exclusions name; with children, those that name a parent too."""
    names: set[str] = set()
    for exclusion in exclusions:
        for columns, _ in exclusion.targets or ():
            names.update(columns)
        if exclusion.with_children:
            names.update(("parent_alarm_id", "id", "alarm_id"))
    return frozenset(names)


@dataclass(frozen=True, slots=True)
class _EffectOfAlarm:
    """What one alarm does by itself, before damping.

    Attributes:
        down: the downtime that it causes in the record.
        doubtful: the time on which the other readings of it differ.
        is_undated: whether it says that it is over and not when.
    """

    down: IntervalSet = NEVER
    doubtful: IntervalSet = NEVER
    is_undated: bool = False

    @classmethod
    def of(cls, row: Alarm | None, subject: Subject) -> _EffectOfAlarm:
        if row is None:
            return cls()
        batch = AlarmBatch.from_alarms([row], on_invalid="quarantine")
        qualifying = batch.qualifying(subject.policy.qualifying)
        rule = DowntimeRule(subject.policy, subject.as_of_us)
        down = IntervalSet.union_of(qualifying.starts_us, rule.ends_us(qualifying))
        is_undated = bool(batch.undated) or any(bad.says_over and bad.end_us is None for bad in batch.rejected)
        return cls(down.clip(ALWAYS_START_US, subject.as_of_us), doubtful_time(batch, qualifying, rule), is_undated)


def _differ(old: Alarm | None, new: Alarm | None, columns: Iterable[str]) -> bool:
    """Return whether a row differs in one of some columns; one that was added or deleted differs where it has any."""
    return any(getattr(old, name, None) != getattr(new, name, None) for name in columns)


def _excluded(exclusion: AnyExclusion | None, subject: Subject) -> IntervalSet:
    """Return when an exclusion applies, until the end of today; never where the policy does not accept its kind."""
    if exclusion is None:
        return NEVER
    if isinstance(exclusion, MaintenanceWindow) and exclusion.kind not in subject.policy.accepted_maintenance:
        return NEVER
    return exclusion.expand(subject.zone, MIN_US, _today_ends_us(subject))


def _effect(exclusion: AnyExclusion | None) -> object:
    """Return what an exclusion does to an instant, other than when."""
    if exclusion is None:
        return None
    if isinstance(exclusion, MaintenanceWindow):
        notice = (exclusion.announced_at_us, exclusion.entered_at_us)
        return True, exclusion.targets, exclusion.with_children, notice
    return False, exclusion.targets, exclusion.with_children, None


def _to_the_end_of_periods(altered: IntervalSet, subject: Subject) -> IntervalSet:
    """Return instants with all that follow in their periods: caps of planned work look backwards only."""
    per = subject.policy.planned_work.per
    pairs = []
    for start, end in altered:
        last_date = local_days(subject.zone, max(MIN_US, end - 1), end).dates[0]
        pairs.append((start, first_instant_us(per.next_first_date(last_date), subject.zone)))
    return IntervalSet.from_pairs(pairs)


def _difference(left: IntervalSet, right: IntervalSet) -> IntervalSet:
    """Return the instants that are in one of two sets only."""
    return (left | right) - (left & right)


def _dates(altered: IntervalSet, margin_us: int, subject: Subject) -> tuple[dt.date, ...]:
    """Return the dates that share an instant with a set widened by a margin, until today."""
    last_us = _today_ends_us(subject)
    dates: set[dt.date] = set()
    for start_us, end_us in altered:
        widened_start_us, widened_end_us = max(MIN_US, start_us - margin_us), min(last_us, end_us + margin_us)
        dates.update(local_days(subject.zone, widened_start_us, widened_end_us).dates)
    return tuple(sorted(dates))


def _today_ends_us(subject: Subject) -> int:
    return local_days(subject.zone, subject.as_of_us, subject.as_of_us + 1).bounds_us[-1]
