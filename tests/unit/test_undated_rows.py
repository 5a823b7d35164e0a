"""Rows that say they are over and not when."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest

import sla_compliance as sla
from tests.unit.moments import HOUR_US, at, report_of

START = at(8, 9)


def hours_down(*alarms: sla.Alarm, **terms: Any) -> float:
    """Return the downtime of 8 to 12 October, in hours."""
    return report_of(alarms, at(8), at(12), **terms).total.downtime_us / HOUR_US


def over(**fields: Any) -> sla.Alarm:
    """Return an alarm raised at 09:00 whose status says that it is over."""
    return sla.Alarm(START, **{"status": "cleared", "alarm_id": "los:1", **fields})


NEXT = sla.Alarm(at(8, 14), at(8, 14), alarm_id="los:1", severity="minor")


@pytest.mark.parametrize(
    ("fields", "others", "hours"),
    [
        ({"last_occurrence": at(8, 11), "updated_at": at(8, 10)}, [NEXT], 2),
        ({"updated_at": at(8, 10)}, [NEXT], 1),
        ({"updated_at": at(8, 20)}, [NEXT], 5),
        ({}, [NEXT], 5),
        ({}, [], 24),
        ({"updated_at": at(10)}, [], 24),
        ({"updated_at": at(8, 8)}, [], 24),
        ({"updated_at": START}, [], 0),
        ({"resource_id": "r1"}, [sla.Alarm(at(8, 10), at(8, 10), resource_id="r1")], 24),
        ({"alarm_id": None, "resource_id": "r1"}, [sla.Alarm(at(8, 10), at(8, 10), resource_id="r1")], 1),
        ({"alarm_id": None, "resource_id": "r1"}, [sla.Alarm(at(8, 10), at(8, 10), resource_id="r2")], 24),
        ({}, [sla.Alarm(START, START, alarm_id="los:1"), sla.Alarm(at(8, 8), at(8, 8), alarm_id="los:1")], 24),
        ({"alarm_id": None}, [], 24),
    ],
    ids=[
        "when last seen", "else when last written", "or when the next alarm of its device began, if earlier",
        "of any severity", "else a day after its start", "if that is earlier", "a write before the start says nothing",
        "a write at the start says all", "the next of its alarm_id, not of its resource", "else of its resource",
        "not of another", "strictly later ones only", "without any key",
    ],
)  # fmt: skip
def test_it_ends_at_the_earliest_instant_by_which_it_was_over(
    fields: dict[str, Any], others: list[sla.Alarm], hours: float
) -> None:
    """Last seen comes first; the others are bounds."""
    assert hours_down(over(**fields), *others) == hours


def test_a_policy_says_how_long_it_lasted_at_most() -> None:
    """A day by default."""
    policy = sla.SLAPolicy(doubt_at_most=timedelta(hours=3))
    assert hours_down(over(), policy=policy) == 3
    assert hours_down(over(), NEXT, policy=policy) == 3


def test_a_bad_row_is_no_next_row() -> None:
    """What it says of its start is not believed."""
    bad = sla.Alarm(at(8, 10), at(8, 9, 30), alarm_id="los:1")
    report = report_of([over(), bad], at(8), at(12), on_invalid="quarantine")
    assert report.total.downtime_us == 24 * HOUR_US


def test_a_last_sight_before_the_start_is_a_bad_row() -> None:
    """As an end before the start is; within the clock skew the row has length 0 and is counted."""
    reversed_row = over(last_occurrence=at(8, 8, 58))
    with pytest.raises(
        sla.InvalidAlarmsError, match="alarms\\[0\\].last_occurrence lies 2 min before first_occurrence"
    ):
        sla.AlarmBatch.from_alarms([reversed_row])
    batch = sla.AlarmBatch.from_alarms([reversed_row], clock_skew=timedelta(minutes=2))
    assert batch.ends_us == batch.starts_us
    assert batch.row_facts.reversed_within_skew == 1


def test_what_is_reversed_within_the_clock_skew_is_counted() -> None:
    """But for rows that are bad for another reason."""
    rows = [
        sla.Alarm(START, at(8, 8, 59)),
        sla.Alarm(START, at(8, 8, 59), severity="fatal"),
        sla.Alarm(START, at(8, 10)),
    ]
    batch = sla.AlarmBatch.from_alarms(rows, clock_skew=timedelta(minutes=2), on_invalid="quarantine")
    assert batch.row_facts.reversed_within_skew == 1
    assert len(batch) == 2


def test_an_undated_row_is_neither_open_nor_stale() -> None:
    """It says that it is over."""
    policy = sla.SLAPolicy(stale_after=timedelta(hours=1))
    quality = report_of(
        [over(), over(last_occurrence=at(8, 10))], at(8), at(12), as_of=at(8, 20), policy=policy
    ).quality
    assert (quality.open_alarms, quality.stale_alarms, quality.assumed_ends) == (0, 0, 2)


def test_the_readings_of_an_undated_row() -> None:
    """Optimistically it ended when it was last seen, else at its start; pessimistically at the later of both."""
    unseen = report_of([over()], at(8), at(12))
    assert unseen.bounds().because == (sla.Doubt(sla.DoubtCause.UNDATED, 1, 24 * HOUR_US),)
    assert (unseen.bounds().low, unseen.bounds().high) == (unseen.total.availability_ratio, Fraction(1))
    seen = report_of([over(last_occurrence=at(8, 10))], at(8), at(12))
    assert seen.total.downtime_us == HOUR_US
    assert seen.bounds().because == (sla.Doubt(sla.DoubtCause.UNDATED, 1, 23 * HOUR_US),)
    assert seen.bounds().high == seen.total.availability_ratio
    bounded = report_of([over(last_occurrence=at(8, 10)), NEXT], at(8), at(12))
    assert bounded.bounds().because == (sla.Doubt(sla.DoubtCause.UNDATED, 1, 4 * HOUR_US),)
