"""Which alarms are active, stale or unseen at the instant of evaluation, and until when each lasts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

import sla_compliance as sla
from sla_compliance.downtime import ActiveTime, DowntimeRule
from sla_compliance.intervals import IntervalSet
from tests.unit.moments import HOUR_US, at, us

AS_OF = at(8, 12)
MICROSECOND = timedelta(microseconds=1)


def rule_of(**policy: Any) -> DowntimeRule:
    """Return a rule evaluated at noon."""
    return DowntimeRule(sla.SLAPolicy(**policy), us(AS_OF))


def batch_of(*alarms: sla.Alarm) -> sla.AlarmBatch:
    """Return alarms as a batch, whose rows have their order."""
    return sla.AlarmBatch.from_alarms(alarms)


def test_an_alarm_is_active_that_was_raised_before_as_of_and_ends_after_it() -> None:
    """By a microsecond on either side; one that is over at some unknown time is not."""
    batch = batch_of(
        sla.Alarm(AS_OF - MICROSECOND),
        sla.Alarm(AS_OF),
        sla.Alarm(at(8), AS_OF),
        sla.Alarm(at(8), AS_OF + MICROSECOND),
        sla.Alarm(at(8), status="cleared"),
        sla.Alarm(at(8), at(8, 1)),
    )
    assert rule_of().active_rows(batch) == [0, 3]


def test_an_alarm_is_unseen_where_its_last_sight_is_longer_ago() -> None:
    """Not where it is just as long ago, nor where nothing says when it was seen."""
    seen = [AS_OF - timedelta(hours=2), AS_OF - timedelta(hours=2) - MICROSECOND, None, AS_OF, at(8)]
    alarms = [sla.Alarm(at(8), last_occurrence=moment) for moment in seen]
    over = sla.Alarm(at(8), at(8, 1), last_occurrence=at(8))
    assert rule_of().unseen_rows(batch_of(*alarms, over), 2 * HOUR_US) == [1, 4]
    assert rule_of().unseen_rows(batch_of(sla.Alarm(at(8)), sla.Alarm(at(8))), 2 * HOUR_US) == []


def test_stale_alarms_end_when_they_were_last_seen() -> None:
    """The others end as their rows say, whatever is stale beside them."""
    rule = rule_of(stale_after=timedelta(hours=2))
    over = sla.Alarm(at(8), at(8, 1), last_occurrence=at(8))
    stale = sla.Alarm(at(8, 3), last_occurrence=at(8, 5))
    unknown = sla.Alarm(at(8, 3))
    seen = sla.Alarm(at(8, 3), at(9), last_occurrence=at(8, 11))
    cleared = sla.Alarm(at(8, 3), last_occurrence=at(8, 4), status="cleared")
    batch = batch_of(over, stale, unknown, seen, cleared)
    assert rule.stale_rows(batch) == [1]
    ends_us = rule.ends_us(batch)
    assert [ends_us[row] for row in (0, 1, 3)] == [us(at(8, 1)), us(at(8, 5)), us(at(9))]
    assert ends_us[2] == batch.ends_us[2]
    assert rule_of().stale_rows(batch) == []


@pytest.mark.parametrize(("hours", "latest_hour"), [(1, 10), (3, 11), (24, 11)])
def test_an_undated_row_is_over_by_its_bound_or_the_longest_doubt(hours: int, latest_hour: int) -> None:
    """Whichever comes first: the next alarm of the device, or `doubt_at_most` after the raise."""
    undated = sla.Alarm(at(8, 9), status="cleared", alarm_id="los:1")
    following = sla.Alarm(at(8, 11), at(8, 12), alarm_id="los:1")
    rule = rule_of(doubt_at_most=timedelta(hours=hours))
    batch = batch_of(undated, following)
    assert rule.undated_bound_us(batch, 0) == us(at(8, latest_hour))
    alone = batch_of(undated)
    assert rule.undated_bound_us(alone, 0) == us(at(8, 9)) + hours * HOUR_US
    assert rule.ends_us(alone)[0] == us(at(8, 9)) + hours * HOUR_US


def hours(*pairs: tuple[int, int]) -> IntervalSet:
    """Return hours of the eighth."""
    return IntervalSet.from_pairs([(us(at(8, start)), us(at(8, end))) for start, end in pairs])


def test_doubtful_time_is_active_and_excused_by_nothing() -> None:
    """It is taken out of what windows excuse."""
    time = ActiveTime(hours((1, 5)), hours((2, 5)), hours((3, 5)))
    assert time.with_doubt(hours((4, 7))) == ActiveTime(hours((1, 7)), hours((2, 4)), hours((3, 4)))
    assert time.with_doubt(IntervalSet()) == time


def test_what_damping_drops_is_excused_no_more() -> None:
    """Excused time lies inside the outages, by maintenance or otherwise, never both."""
    rule = rule_of(min_outage=timedelta(hours=2))
    excused, by_maintenance = hours((1, 2), (4, 7)), hours((1, 2), (4, 5))
    downtime = rule.downtime_of(ActiveTime(hours((1, 2), (4, 8)), excused, by_maintenance))
    assert downtime.outages == hours((4, 8))
    assert downtime.excused_by_maintenance == hours((4, 5))
    assert downtime.excused_otherwise == hours((5, 7))


@pytest.mark.parametrize(("missing_us", "by_maintenance_us"), [(0, 3 * HOUR_US), (1, HOUR_US - 1)])
def test_the_last_instant_before_a_bridged_gap_says_what_excuses_it(missing_us: int, by_maintenance_us: int) -> None:
    """Maintenance that ends a microsecond before it excuses nothing of the gap; another exclusion does."""
    rule = rule_of(merge_gap=timedelta(hours=3))
    active = hours((0, 1), (3, 4))
    by_maintenance = IntervalSet((us(at(8)),), (us(at(8, 1)) - missing_us,))
    downtime = rule.downtime_of(ActiveTime(active, active, by_maintenance))
    assert downtime.outages == hours((0, 4))
    assert downtime.excused_by_maintenance.total_us == by_maintenance_us
    assert downtime.excused_otherwise.total_us == 4 * HOUR_US - by_maintenance_us
