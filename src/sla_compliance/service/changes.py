"""Which local dates a change of facts can alter: exactly those, no more."""
################################################################
# An alarm is down time from its start to its end as the policy reads it: an open
# one to as_of, a stale one to when it was last seen, one that does not qualify not
# at all. A change alters the instants that it adds or takes away: clearing an alarm
# that was open for a month alters today. Only where another exclusion takes it out
# afterwards, because a column that exclusions name has changed, all of it counts.
#
# Damping looks beyond an instant by the policy's margin, so the dates within the
# margin belong to it. An agreement that holds for everybody's time is never damped;
# one that takes some alarms out is, for it changes downtime.
#
# Days that have not begun are not remembered, and need not be told.
################################################################

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable

from sla_compliance.alarms import Alarm
from sla_compliance.batch import AlarmBatch
from sla_compliance.calendars.exclusions import AnyExclusion, MaintenanceWindow
from sla_compliance.calendars.local_days import local_days
from sla_compliance.downtime import DowntimeRule
from sla_compliance.intervals import ALWAYS_START_US, NEVER, IntervalSet
from sla_compliance.service.questions import Subject
from sla_compliance.units import MIN_US


def alarm_dates(
    subject: Subject, old: Alarm | None, new: Alarm | None, *, scoping: Collection[str] = ()
) -> tuple[dt.date, ...]:
    """Return the local dates that a change of one alarm can alter, ascending.

    Args:
        subject: the tenant, now.
        old, new: the row before and after; None where it was added or deleted.
        scoping: the alarm columns that exclusions of some alarms name.
    """
    before, after = (_downtime(row, subject) for row in (old, new))
    is_excused_otherwise = any(getattr(old, name, None) != getattr(new, name, None) for name in scoping)
    altered = before | after if is_excused_otherwise else _difference(before, after)
    return _dates(altered, subject.policy.margin_us, subject)


def agreement_dates(subject: Subject, old: AnyExclusion | None, new: AnyExclusion | None) -> tuple[dt.date, ...]:
    """Return the local dates that a change of a maintenance window or exclusion can alter, ascending.

    Args:
        subject: the tenant, now.
        old, new: before and after; None where it was added, deleted or cancelled.
    """
    before, after = (_excused(one, subject) for one in (old, new))
    altered = _difference(before, after) if _nature(old) == _nature(new) else before | after
    is_scoped = any(one is not None and one.applies_to is not None for one in (old, new))
    return _dates(altered, subject.policy.margin_us if is_scoped else 0, subject)


def _downtime(row: Alarm | None, subject: Subject) -> IntervalSet:
    """Return the downtime that one alarm causes by itself, before damping; a bad row causes none."""
    if row is None:
        return NEVER
    batch = AlarmBatch.from_alarms([row], on_invalid="quarantine").qualifying(subject.policy.qualifying)
    return DowntimeRule(subject.policy, subject.as_of_us).undamped(batch).clip(ALWAYS_START_US, subject.as_of_us)


def _excused(one: AnyExclusion | None, subject: Subject) -> IntervalSet:
    if one is None or (isinstance(one, MaintenanceWindow) and one.kind not in subject.policy.accepted_maintenance):
        return NEVER
    return one.expand(subject.zone, MIN_US, _today_ends_us(subject))


def _difference(left: IntervalSet, right: IntervalSet) -> IntervalSet:
    """Return the instants that are in one of two sets only."""
    return (left | right) - (left & right)


def _nature(one: AnyExclusion | None) -> object:
    """Return what an agreement does to an instant, other than when."""
    return None if one is None else (isinstance(one, MaintenanceWindow), one.targets)


def _dates(altered: IntervalSet, margin_us: int, subject: Subject) -> tuple[dt.date, ...]:
    """Return the dates that share an instant with a set widened by a margin, until today."""
    last_us = _today_ends_us(subject)
    spans = ((max(MIN_US, start - margin_us), min(last_us, end + margin_us)) for start, end in altered)
    return tuple(sorted({date for start, end in spans for date in local_days(subject.zone, start, end).dates}))


def _today_ends_us(subject: Subject) -> int:
    return local_days(subject.zone, subject.as_of_us, subject.as_of_us + 1).bounds_us[-1]


def columns_named(agreed: Iterable[AnyExclusion]) -> frozenset[str]:
    """Return the alarm columns that exclusions of some alarms name."""
    return frozenset(column for one in agreed for column in one.applies_to or ())
