"""The last value on each side of a rule: one microsecond further, and the figure is another."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

import sla_compliance as sla
from sla_compliance.intervals import IntervalSet
from tests.unit.moments import DAY_US, HOUR_US, MINUTE_US, at, report_of, us

MICROSECOND = timedelta(microseconds=1)


def outages_with_gap(gap: timedelta) -> list[sla.Alarm]:
    """Two outages of an hour, `gap` apart."""
    return [sla.Alarm(at(8, 2), at(8, 3)), sla.Alarm(at(8, 3) + gap, at(8, 4))]


@pytest.mark.parametrize(("merge_gap", "gap", "up_us"), [(1, 1, 1), (2, 1, 0), (2, 2, 2), (3, 2, 0)])
def test_a_gap_shorter_than_merge_gap_is_down_and_one_as_long_is_not(merge_gap: int, gap: int, up_us: int) -> None:
    """From two microseconds on there is a gap to bridge."""
    alarms = outages_with_gap(gap * MICROSECOND)
    policy = sla.SLAPolicy(merge_gap=merge_gap * MICROSECOND)
    assert report_of(alarms, at(8, 2), at(8, 4), policy=policy).total.uptime_us == up_us


@pytest.mark.parametrize(("min_outage", "length", "expected_us"), [(1, 1, 1), (2, 1, 0), (2, 2, 2), (3, 2, 0)])
def test_an_outage_as_long_as_min_outage_counts(min_outage: int, length: int, expected_us: int) -> None:
    """A shorter one does not."""
    alarms = [sla.Alarm(at(8, 2), at(8, 2) + length * MICROSECOND)]
    policy = sla.SLAPolicy(min_outage=min_outage * MICROSECOND)
    assert report_of(alarms, at(8), at(9), policy=policy).total.downtime_us == expected_us


@pytest.mark.parametrize(("monitor_gap", "gap", "expected_us"), [(1, 1, 1), (2, 1, 0), (2, 2, 2), (3, 2, 0)])
def test_a_monitoring_gap_shorter_than_monitor_gap_is_bridged(monitor_gap: int, gap: int, expected_us: int) -> None:
    """One as long stays unknown."""
    monitored = [(at(8), at(8, 12)), (at(8, 12) + gap * MICROSECOND, at(9))]
    report = report_of([], at(8), at(9), monitored=monitored, monitor_gap=monitor_gap * MICROSECOND)
    assert report.total.segments[sla.Scope.AGREED, sla.State.UNKNOWN] == expected_us


def test_a_rolling_window_may_start_at_the_midnight_at_which_the_report_starts() -> None:
    """And end at the one at which it ends; a microsecond less at either end is a date less."""
    windows = report_of([], at(7), at(12)).by(sla.Period.rolling(3))
    assert [window.date for window in windows] == [date(2025, 10, 7), date(2025, 10, 8), date(2025, 10, 9)]
    late = report_of([], at(7) + MICROSECOND, at(12)).by(sla.Period.rolling(3))
    assert [window.date for window in late] == [date(2025, 10, 8), date(2025, 10, 9)]
    early = report_of([], at(7), at(12) - MICROSECOND).by(sla.Period.rolling(3))
    assert [window.date for window in early] == [date(2025, 10, 7), date(2025, 10, 8)]


def test_a_rolling_window_may_be_the_whole_report() -> None:
    """And no longer than that."""
    report = report_of([sla.Alarm(at(8), at(8, 1))], at(8), at(9))
    (window,) = report.by(sla.Period.rolling(1))
    assert window.downtime_us == report.total.downtime_us
    assert report.by(sla.Period.rolling(2)) == ()


@pytest.mark.parametrize(
    ("start_us", "expected_count"), [(-1, 0), (0, 1), (1, 1), (DAY_US - 1, 1), (DAY_US, 0)], ids=str
)
def test_what_is_raised_on_the_first_of_january_1970_is_named(start_us: int, expected_count: int) -> None:
    """From its first microsecond, which many clocks show that were never set, to its last."""
    batch = sla.AlarmBatch.from_columns(starts_us=[start_us], ends_us=[us(at(8, 1))])
    report = report_of(batch, at(8), at(9))
    assert report.total.downtime_us == HOUR_US
    assert report.quality.raised_in_1970 == expected_count


def test_a_window_may_start_and_end_around_1970() -> None:
    """The instant 0 is one like any other: of windows, raises, ends, as_of and maintenance."""
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    hour = timedelta(hours=1)
    report = report_of([sla.Alarm(epoch - hour, epoch)], epoch - 2 * hour, epoch)
    assert (report.total.downtime_us, report.total.observed_us) == (HOUR_US, 2 * HOUR_US)
    report = report_of([sla.Alarm(epoch)], epoch, epoch + 3 * hour, maintenance=[(epoch, epoch + hour)])
    assert (report.total.downtime_us, report.total.observed_us) == (2 * HOUR_US, 2 * HOUR_US)
    report = report_of([sla.Alarm(epoch - hour)], epoch - 2 * hour, epoch + hour, as_of=epoch)
    assert (report.total.downtime_us, report.total.observed_us) == (HOUR_US, 2 * HOUR_US)


END_COLUMNS: dict[str, tuple[Any, int]] = {
    "ints": ([us(at(8, 1)), us(at(8, 3))], 2 * HOUR_US),
    "a tuple": ((us(at(8, 1)), us(at(8, 3))), 2 * HOUR_US),
    "an array": (array("q", [us(at(8, 1)), us(at(8, 3))]), 2 * HOUR_US),
    "nothing for one": ([None, us(at(8, 3))], 4 * HOUR_US),
    "nothing for the other": ([us(at(8, 1)), None], 3 * HOUR_US),
    "nothing": ([None, None], 4 * HOUR_US),
}


@pytest.mark.parametrize(("ends_us", "expected_us"), END_COLUMNS.values(), ids=END_COLUMNS)
def test_ends_are_integers_or_nothing(ends_us: Any, expected_us: int) -> None:
    """Nothing is an alarm that is still active; each row has its own."""
    batch = sla.AlarmBatch.from_columns(starts_us=[us(at(8)), us(at(8, 2))], ends_us=ends_us)
    assert report_of(batch, at(8), at(8, 4)).total.downtime_us == expected_us


WRONG_ENDS: dict[str, Any] = {
    "a float": float(us(at(8, 1))),
    "a datetime": at(8, 1),
    "text": "2025-10-08T01:00:00Z",
    "a flag": True,
}


@pytest.mark.parametrize("end", WRONG_ENDS.values(), ids=WRONG_ENDS)
def test_ends_of_another_type_are_refused_by_name(end: Any) -> None:
    """A float loses microseconds, a datetime belongs into an Alarm, text into rows."""
    with pytest.raises(sla.InvalidTypeError) as caught:
        sla.AlarmBatch.from_columns(starts_us=[us(at(8)), us(at(8))], ends_us=[us(at(8, 1)), end])
    assert caught.value.field == "ends_us[1]"


SETS: dict[str, Callable[[], object]] = {
    "starts_us[0]": lambda: IntervalSet.from_columns([0.0], [5]),  # type: ignore[list-item]
    "ends_us[1]": lambda: IntervalSet.from_columns([0, 1], [5, "6"]),  # type: ignore[list-item]
    "ends_us": lambda: IntervalSet.from_columns([0], [5, 6]),
    "starts_us": lambda: IntervalSet.at_least(1, 7, [5]),  # type: ignore[arg-type]
    "ends_us[2]": lambda: IntervalSet.from_columns([0, 0, 7, 9], [1, 1, 6, 8]),
    "pairs[1]": lambda: IntervalSet.from_pairs([(0, 1), (2, 3, 4)]),  # type: ignore[list-item]
    "pairs[0]": lambda: IntervalSet.from_pairs(7),  # type: ignore[arg-type]
    "k": lambda: IntervalSet.at_least(0, [0], [5]),
    "k ": lambda: IntervalSet.at_least(1.5, [0], [5]),  # type: ignore[arg-type]
    "sets": lambda: IntervalSet.union([IntervalSet(), None]),  # type: ignore[list-item]
    "other": lambda: IntervalSet() | 7,  # type: ignore[operator]
    "instant": lambda: 0.5 in IntervalSet(),  # type: ignore[operator]
    "start_us": lambda: IntervalSet().clip(0.5, 7),  # type: ignore[arg-type]
    "end_us": lambda: IntervalSet().clip(0, None),  # type: ignore[arg-type]
    "bounds_us": lambda: IntervalSet().measure([0, 5, 4]),
    "bounds_us[1]": lambda: IntervalSet().measure([0, 5.0]),  # type: ignore[list-item]
}


@pytest.mark.parametrize(("field", "make"), SETS.items(), ids=SETS)
def test_an_error_of_a_set_names_the_argument(field: str, make: Callable[[], object]) -> None:
    """Programs read `field`, people read it in the message."""
    with pytest.raises(sla.SLAComplianceError) as caught:
        make()
    assert caught.value.field == field.strip()
    assert field.strip().partition("[")[0] in str(caught.value)


def test_operators_take_sets_alone() -> None:
    """Also where the answer would not need the other side."""
    for operate in (IntervalSet.__and__, IntervalSet.__sub__, IntervalSet.__or__):
        with pytest.raises(sla.InvalidTypeError) as caught:
            operate(IntervalSet(), [(0, 1)])  # type: ignore[arg-type]
        assert caught.value.field == "other"


def test_a_minute_of_downtime_has_sixty_seconds() -> None:
    """A microsecond more is a minute more."""
    for length_us, minutes in ((MINUTE_US, 1), (MINUTE_US + 1, 2), (MINUTE_US - 1, 1), (1, 1), (0, 0)):
        alarms = [sla.Alarm(at(8), at(8) + length_us * MICROSECOND)]
        assert report_of(alarms, at(8), at(9)).total.downtime_minutes == minutes


@pytest.mark.parametrize(
    ("target", "downtime_us", "verdict"),
    [
        ("99.9", 86_400_000, sla.Verdict.MET),
        ("99.9", 86_400_001, sla.Verdict.BREACHED),
        ("100", 0, sla.Verdict.MET),
        ("100", 1, sla.Verdict.BREACHED),
        ("0", DAY_US, sla.Verdict.MET),
    ],
)
def test_a_target_is_met_by_exactly_what_it_asks_for(target: str, downtime_us: int, verdict: sla.Verdict) -> None:
    """0.1 % of a day is 86.4 seconds; a microsecond more is a breach."""
    alarms = [sla.Alarm(at(8), at(8) + downtime_us * MICROSECOND)]
    assert report_of(alarms, at(8), at(9), policy=sla.SLAPolicy(target)).total.verdict is verdict


@pytest.mark.parametrize(("unseen_us", "downtime_us"), [(HOUR_US, 4 * HOUR_US), (HOUR_US + 1, 3 * HOUR_US - 1)])
def test_an_alarm_seen_just_within_stale_after_is_still_active(unseen_us: int, downtime_us: int) -> None:
    """One unseen for a microsecond longer was over when it was last seen."""
    alarm = sla.Alarm(at(8), last_occurrence=at(8, 4) - unseen_us * MICROSECOND)
    policy = sla.SLAPolicy(stale_after=timedelta(hours=1))
    assert report_of([alarm], at(8), at(8, 4), policy=policy).total.downtime_us == downtime_us


def test_an_alarm_last_seen_before_it_began_ends_as_it_begins() -> None:
    """Clocks of devices differ; an outage of negative length is none."""
    alarm = sla.Alarm(at(8, 1), last_occurrence=at(8))
    policy = sla.SLAPolicy(stale_after=timedelta(hours=1))
    assert report_of([alarm], at(8), at(9), policy=policy).total.downtime_us == 0


def test_an_alarm_that_ends_at_as_of_is_over() -> None:
    """It needs no sight of it."""
    alarm = sla.Alarm(at(8), at(8, 4), last_occurrence=at(8))
    policy = sla.SLAPolicy(stale_after=timedelta(hours=1))
    assert report_of([alarm], at(8), at(8, 4), policy=policy).total.downtime_us == 4 * HOUR_US
    longer = sla.Alarm(at(8), at(8, 4) + MICROSECOND, last_occurrence=at(8))
    assert report_of([longer], at(8), at(8, 4), policy=policy).total.downtime_us == 0


def test_what_is_raised_at_as_of_is_no_downtime_yet() -> None:
    """A microsecond earlier it is one microsecond."""
    assert report_of([sla.Alarm(at(8, 4))], at(8), at(9), as_of=at(8, 4)).total.downtime_us == 0
    early = sla.Alarm(at(8, 4) - MICROSECOND)
    assert report_of([early], at(8), at(9), as_of=at(8, 4)).total.downtime_us == 1


@pytest.mark.parametrize(
    ("windows", "excused_us"),
    [
        ([(at(8), at(8, 4))], 4 * HOUR_US),
        ([(at(8), at(8, 1)), (at(8, 3), at(8, 4))], 4 * HOUR_US),
        ([(at(8), at(8, 1)), (at(8, 3) + MICROSECOND, at(8, 4))], 2 * HOUR_US - 1),
        ([(at(8), at(8, 1) - MICROSECOND), (at(8, 3), at(8, 4))], 2 * HOUR_US - 1),
        ([(at(8, 1), at(8, 3))], 0),
    ],
)
def test_a_bridged_gap_is_excused_where_both_its_sides_are(
    windows: list[tuple[datetime, datetime]], excused_us: int
) -> None:
    """The last instant before it and the first after it; a window in the gap alone excuses nothing."""
    alarms = [sla.Alarm(at(8), at(8, 1), resource_id="r"), sla.Alarm(at(8, 3), at(8, 4), resource_id="r")]
    maintenance = [sla.MaintenanceWindow(*window, applies_to={"resource_id": "r"}) for window in windows]
    policy = sla.SLAPolicy(merge_gap=timedelta(hours=3))
    total = report_of(alarms, at(8), at(9), policy=policy, maintenance=maintenance).total
    assert total.segments[sla.Scope.AGREED, sla.State.EXCUSED_MAINTENANCE] == excused_us
    assert total.segments[sla.Scope.AGREED, sla.State.DOWN] == 4 * HOUR_US - excused_us


def test_a_bridged_gap_is_excused_by_maintenance_if_either_side_is() -> None:
    """By other exclusions where neither is."""
    alarms = [sla.Alarm(at(8), at(8, 1), resource_id="r"), sla.Alarm(at(8, 3), at(8, 4), resource_id="r")]
    policy = sla.SLAPolicy(merge_gap=timedelta(hours=3))
    before, after = (at(8), at(8, 1)), (at(8, 3), at(8, 4))
    target = {"resource_id": "r"}
    for work, other, by_maintenance in ((before, after, 3), (after, before, 3)):
        total = report_of(
            alarms,
            at(8),
            at(9),
            policy=policy,
            maintenance=[sla.MaintenanceWindow(*work, applies_to=target)],
            exclusions=[sla.Exclusion(*other, applies_to=target, reason="no access")],
        ).total
        assert total.segments[sla.Scope.AGREED, sla.State.EXCUSED_MAINTENANCE] == by_maintenance * HOUR_US
        assert total.segments[sla.Scope.AGREED, sla.State.EXCUSED_OTHER] == HOUR_US
    exclusions = [sla.Exclusion(*window, applies_to=target, reason="no access") for window in (before, after)]
    total = report_of(alarms, at(8), at(9), policy=policy, exclusions=exclusions).total
    assert total.segments[sla.Scope.AGREED, sla.State.EXCUSED_OTHER] == 4 * HOUR_US
