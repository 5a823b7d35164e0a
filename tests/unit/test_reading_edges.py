"""Readings at their edges: how long a row set aside may have lasted, which of them may qualify, exact instants."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

import sla_compliance as sla
from sla_compliance import DoubtCause
from sla_compliance.readings import latest_end_us
from sla_compliance.rejected_rows import RejectedRow
from sla_compliance.validation import STILL_ACTIVE_US
from tests.unit.moments import DAY_US, HOUR_US, at, report_of, us

MICROSECOND = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("facts", "latest_us"),
    [
        ({"end_us": 7, "says_over": True, "bound_us": 5}, 7),
        ({"says_over": False, "bound_us": 5}, STILL_ACTIVE_US),
        ({"says_over": True, "bound_us": 9}, 9),
        ({"says_over": True}, 3 + DAY_US),
        ({"says_over": True, "bound_us": 2 * DAY_US}, 3 + DAY_US),
    ],
    ids=["a readable end", "not over", "a bound", "over", "a bound too late"],
)
def test_a_row_set_aside_may_have_lasted(facts: dict[str, Any], latest_us: int) -> None:
    """Until its end, else its bound, at most as long as the policy says; else until now."""
    row = RejectedRow(row=0, reasons=("x",), columns={}, start_us=3, **facts)
    assert latest_end_us(row, 3, sla.SLAPolicy()) == latest_us


@pytest.mark.parametrize(
    ("fields", "may_qualify"),
    [
        ({}, True),
        ({"severity": "fatal"}, True),
        ({"severity": "major"}, True),
        ({"severity": "minor"}, False),
        ({"severity": "cleared"}, True),
        ({"status": "TEST"}, False),
        ({"status": "open"}, True),
        ({"alarm_type": "Drill"}, False),
        ({"alarm_type": "los"}, True),
        ({"alarm_type": "test", "status": "drill"}, True),
    ],
)
@pytest.mark.parametrize("has_start", [True, False])
def test_a_row_set_aside_is_doubt_if_it_may_qualify(fields: dict[str, Any], may_qualify: bool, has_start: bool) -> None:
    """By what can be read of it."""
    alarm_filter = sla.AlarmFilter(excluded_statuses={"test"}, excluded_alarm_types={"drill"})
    start: Any = at(8, 3) if has_start else None
    row = sla.Alarm(start, at(8, 2), **fields)
    report = report_of([row], at(8), at(9), policy=sla.SLAPolicy(qualifying=alarm_filter), on_invalid="quarantine")
    causes = [doubt.cause for doubt in report.bounds().because]
    expected = DoubtCause.SET_ASIDE if has_start else DoubtCause.NO_START
    assert causes == [expected] * may_qualify
    assert report.readings.rows_without_start == (may_qualify and not has_start)


def doubt_of(*alarms: sla.Alarm, **terms: Any) -> list[tuple[DoubtCause, float]]:
    """Return causes and hours in doubt of 1 to 20 October."""
    report = report_of(list(alarms), at(1), at(20), **terms)
    return [(doubt.cause, doubt.length_us / HOUR_US) for doubt in report.bounds().because]


def test_an_alarm_is_unseen_more_than_seven_days_after_its_last_sight() -> None:
    """Exactly seven days later it is not."""
    assert doubt_of(sla.Alarm(at(1), last_occurrence=at(13))) == []
    assert doubt_of(sla.Alarm(at(1), last_occurrence=at(13) - timedelta(hours=1))) == [(DoubtCause.UNSEEN, 169)]
    assert doubt_of(sla.Alarm(at(13))) == []
    assert doubt_of(sla.Alarm(at(12))) == [(DoubtCause.UNSEEN, 192)]
    assert doubt_of(sla.Alarm(at(12), last_occurrence=at(11))) == [(DoubtCause.UNSEEN, 192)]


@pytest.mark.parametrize(
    ("refreshed_hours", "doubt"),
    [(None, [(DoubtCause.CUT_OFF, 8 * 24)]), (24, []), (23, []), (25, [(DoubtCause.CUT_OFF, 8 * 24)])],
)
def test_what_stale_after_cut_off_is_doubt_unless_alarms_are_refreshed_as_often(
    refreshed_hours: int | None, doubt: Any
) -> None:
    """At least as often."""
    every = None if refreshed_hours is None else timedelta(hours=refreshed_hours)
    policy = sla.SLAPolicy(stale_after=timedelta(days=1), refreshed_every=every)
    assert doubt_of(sla.Alarm(at(10), last_occurrence=at(12)), policy=policy) == doubt
    only_refreshed = sla.SLAPolicy(refreshed_every=timedelta(hours=1))
    assert doubt_of(sla.Alarm(at(10), last_occurrence=at(12)), policy=only_refreshed) == [(DoubtCause.UNSEEN, 8 * 24)]


def test_an_undated_row_is_in_doubt_from_its_last_sight_to_its_bound() -> None:
    """Which is not before what the record has."""
    undated: dict[str, Any] = {"status": "cleared", "id": "1"}
    assert doubt_of(sla.Alarm(at(5), last_occurrence=at(5, 10), **undated)) == [(DoubtCause.UNDATED, 14)]
    assert doubt_of(sla.Alarm(at(5), last_occurrence=at(6), **undated)) == []
    assert doubt_of(sla.Alarm(at(5), last_occurrence=at(7), **undated)) == []
    assert doubt_of(sla.Alarm(at(5), **undated)) == [(DoubtCause.UNDATED, 24)]
    short = sla.SLAPolicy(doubt_at_most=timedelta(hours=2))
    assert doubt_of(sla.Alarm(at(5), **undated), policy=short) == [(DoubtCause.UNDATED, 2)]
    assert doubt_of(sla.Alarm(at(19, 12), **undated)) == [(DoubtCause.UNDATED, 12)]


def test_rows_of_one_id_disagree_on_what_not_all_of_them_say() -> None:
    """Group by group; rows that qualify alone, and before as_of."""
    rows = [sla.Alarm(at(5, start), at(5, end), id="a") for start, end in ((1, 4), (2, 6), (10, 12), (11, 15))]
    assert doubt_of(*rows) == [(DoubtCause.DISAGREEING, 3 + 4)]
    minor = sla.Alarm(at(5, 2), at(5, 9), id="a", severity="minor")
    assert doubt_of(rows[0], minor) == []
    assert doubt_of(sla.Alarm(at(5, 1), at(5, 4), id="a"), sla.Alarm(at(5, 1), at(5, 4), id="a", title="x")) == []
    three = [sla.Alarm(at(5, start), at(5, end), id="a") for start, end in ((1, 3), (2, 5), (4, 6))]
    report = report_of(three, at(1), at(20))
    assert report.total.optimistic.downtime_us == 0
    assert report.total.pessimistic.downtime_us == 5 * HOUR_US
    (time, *_) = report.readings.doubtful
    assert (time.name, time.rows, time.row_id) == ("a", 3, "a")


def test_two_doubts_of_rows_of_one_id_leave_what_is_certain_of_both() -> None:
    """One of them is undated too."""
    rows = [
        sla.Alarm(at(5, 1), id="a", status="cleared", last_occurrence=at(5, 3)),
        sla.Alarm(at(5, 2), at(5, 6), id="a"),
    ]
    report = report_of(rows, at(1), at(20))
    assert report.total.optimistic.downtime_us == HOUR_US
    assert report.total.pessimistic.downtime_us == 24 * HOUR_US


def test_overwritten_rows_are_doubt_unless_they_count_or_are_excluded() -> None:
    """By status and type."""
    row = sla.Alarm(at(5), at(5, 2), severity="cleared", status="test")
    assert doubt_of(row) == [(DoubtCause.OVERWRITTEN, 2)]
    excluded = sla.SLAPolicy(qualifying=sla.AlarmFilter(excluded_statuses={"test"}))
    assert doubt_of(row, policy=excluded) == []
    counted = sla.SLAPolicy(qualifying=sla.AlarmFilter({"cleared"}))
    assert doubt_of(row, policy=counted) == []


def test_readings_are_the_record_where_nothing_is_in_doubt() -> None:
    """The very same ledger, at no cost."""
    report = report_of([sla.Alarm(at(8, 1), at(8, 2))], at(8), at(9))
    assert report.readings.optimistic is report.readings.pessimistic is report.ledger
    assert (report.readings.doubtful, report.readings.at_stake, report.reading_day_cells_us) == ((), (), None)
    later = report_of([sla.Alarm(at(9), at(10), severity="cleared")], at(8), at(10), as_of=at(9))
    assert later.readings.doubtful == ()


def test_polling_moves_starts_back_and_ends_too() -> None:
    """An outage shorter than the interval may not have been one; doubt of an end does not move."""
    report = report_of([sla.Alarm(at(8, 5), at(8, 6))], at(8), at(9))
    hour = timedelta(hours=1)
    widened = report._readings(HOUR_US // 2)
    assert widened.optimistic.segments[sla.Scope.AGREED, sla.State.DOWN] == HOUR_US // 2
    assert widened.pessimistic.segments[sla.Scope.AGREED, sla.State.DOWN] == 3 * HOUR_US // 2
    assert report.bounds(polled_every=2 * hour).high == 1
    overwritten = report_of([sla.Alarm(at(8, 5), at(8, 6), severity="cleared")], at(8), at(9))
    assert (1 - (overwritten.bounds(polled_every=hour).low or 0)) * 24 == 2
    open_alarm = report_of([sla.Alarm(at(1), last_occurrence=at(8, 5))], at(8), at(9), as_of=at(20))
    assert open_alarm.bounds(polled_every=hour).low == 0


def test_keyless_rows_are_doubt_with_their_own_time() -> None:
    """Those set aside and those overwritten as well."""
    rows = [
        sla.Alarm(at(8, 1), at(8, 2), resource_id="r"),
        sla.Alarm(at(8, 3), at(8, 4)),
        sla.Alarm(at(8, 6), at(8, 5)),
        sla.Alarm(at(8, 10), at(8, 12), severity="cleared"),
        sla.Alarm(None, at(8, 5)),  # type: ignore[arg-type]
    ]
    batch = sla.AlarmBatch.from_alarms(rows, on_invalid="quarantine")
    terms: dict[str, Any] = {"start": at(8), "end": at(9), "zone": "UTC", "as_of": at(9)}
    report = sla.evaluate_each(batch, **terms)["r"]
    assert {doubt.cause for doubt in report.bounds().because} == {DoubtCause.UNKEYED, DoubtCause.NO_START}
    assert report.readings.rows_without_start == 1
    assert us(at(8, 3)) in report.keyless.in_doubt
    for unkeyed in ("everybody", "nobody"):
        known = sla.evaluate_each(batch, unkeyed=unkeyed, **terms)["r"]
        assert (known.keyless.rows_without_start, bool(known.keyless.in_doubt), known.keyless.doubtful) == (
            0,
            False,
            (),
        )
        assert len(known.keyless.outages) == len(report.keyless.outages) > 0
