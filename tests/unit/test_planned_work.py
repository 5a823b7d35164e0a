"""Planned work: which of it excuses, what is refused and why, and what was entered late."""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest

import sla_compliance as sla
from sla_compliance.calendars.planned_work import period_bounds_us
from sla_compliance.units import DAY_US, MAX_US, MIN_US, instant_us
from tests.unit.moments import HOUR_US, MINUTE_US, at, report_of, us

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DAY_8, DAY_9 = at(8), at(9)
EMERGENCY = sla.MaintenanceKind.EMERGENCY


def maintenance_hours(report: sla.ComplianceReport) -> float:
    """Return how long maintenance took time out, in hours."""
    segments = report.total.segments
    return sum(length for (scope, _), length in segments.items() if scope is sla.Scope.MAINTENANCE) / HOUR_US


def refused(report: sla.ComplianceReport) -> list[tuple[float, float, str]]:
    """Return what was refused, in hours of 8 October, and why."""
    return [
        ((work.start_us - us(at(8))) / HOUR_US, (work.end_us - us(at(8))) / HOUR_US, work.reason)
        for work in report.contract.refused
    ]


def late_names(report: sla.ComplianceReport) -> tuple[str, ...]:
    """Return what work that was entered late is called."""
    return tuple(occurrence.name for occurrence in report.contract.late)


def report(windows: Any, start: datetime = DAY_8, end: datetime = DAY_9, **rules: Any) -> sla.ComplianceReport:
    """Evaluate quiet days under rules of planned work."""
    policy = sla.SLAPolicy(planned_work=sla.PlannedWork(**rules))
    return report_of([], start, end, maintenance=windows, policy=policy)


def window(start: datetime, hours: float = 1, **facts: Any) -> sla.MaintenanceWindow:
    """Return maintenance of some hours."""
    return sla.MaintenanceWindow(start, start + hours * HOUR, **facts)


class TestNotice:
    """Announced, and entered, in time."""

    @pytest.mark.parametrize(
        ("facts", "reason"),
        [
            ({"announced_at": at(6, 10)}, None),
            ({"announced_at": at(6, 10, 1)}, "announced 1 d 23 h 59 min before its start, 2 d are agreed"),
            ({"announced_at": at(8, 11)}, "announced 1 h after its start"),
            ({"announced_at": at(1), "entered_at": at(8, 9)}, "announced 1 h before its start, 2 d are agreed"),
            ({"announced_at": at(8, 9), "entered_at": at(1)}, "announced 1 h before its start, 2 d are agreed"),
            ({"entered_at": at(1)}, None),
            ({}, None),
        ],
        ids=["in time", "a minute late", "afterwards", "entered late", "announced late", "entered in time", "unknown"],
    )
    def test_the_later_of_announced_and_entered_counts(self, facts: dict[str, Any], reason: str | None) -> None:
        """Without either it is accepted, by default."""
        found = report([window(at(8, 10), **facts)], notice=2 * DAY)
        assert maintenance_hours(found) == (1 if reason is None else 0)
        assert refused(found) == ([] if reason is None else [(10, 11, reason)])

    def test_without_a_known_notice_work_may_be_rejected(self) -> None:
        """Plain pairs have none."""
        found = report([window(at(8, 10)), (at(8, 12), at(8, 13))], notice=2 * DAY, without_notice="reject")
        assert maintenance_hours(found) == 0
        assert refused(found) == [(10, 11, "without a known notice"), (12, 13, "without a known notice")]
        assert [work.name for work in found.contract.refused] == [
            "maintenance of 2025-10-08 10:00 UTC",
            "maintenance of 2025-10-08 12:00 UTC",
        ]

    def test_what_to_do_without_notice_counts_only_with_a_rule_of_notice(self) -> None:
        """Else there is nothing to keep."""
        assert maintenance_hours(report([window(at(8, 10))], without_notice="reject")) == 1

    def test_each_occurrence_of_a_recurrence_is_judged_by_itself(self) -> None:
        """A window announced a day after its first occurrence is in time for the third."""
        nightly = window(at(6, 2), recurrence="FREQ=DAILY", announced_at=at(7, 2))
        found = report([nightly], at(6), at(9), notice=DAY)
        assert maintenance_hours(found) == 1
        assert [hours for *hours, _ in refused(found)] == [[-46, -45], [-22, -21]]

    @pytest.mark.parametrize(("rules", "hours"), [({}, 1), ({"notice": timedelta(0)}, 0)])
    def test_work_entered_after_its_start_excuses_only_without_a_rule(self, rules: dict[str, Any], hours: int) -> None:
        """Then it is listed as late; under a notice of 0 too it excuses nothing."""
        late = window(at(8, 10), entered_at=at(8, 10, 0, 1), reason="card")
        found = report([late, window(at(8, 14), announced_at=at(8, 13))], **rules)
        assert maintenance_hours(found) == 1 + hours
        assert late_names(found) == (("maintenance of 2025-10-08 10:00 UTC (card)",) if hours else ())

    def test_only_late_work_of_the_window_asked_for_is_listed(self) -> None:
        """Not that of other days, nor a recurrence whose late occurrence lies elsewhere."""
        nightly = window(at(7, 2), recurrence="FREQ=DAILY", announced_at=at(7, 3))
        assert late_names(report([nightly], at(7), at(8))) == ("maintenance of 2025-10-07 02:00 UTC",)
        assert late_names(report([nightly])) == ()


class TestKinds:
    """What kind of work a policy accepts at all."""

    def test_work_of_another_kind_is_refused_and_listed(self) -> None:
        """Plain pairs are planned work."""
        policy = sla.SLAPolicy(accepted_maintenance={EMERGENCY})
        windows: list[Any] = [window(at(8, 10)), (at(8, 12), at(8, 13)), window(at(8, 14), kind="emergency")]
        found = report_of([], at(8), at(9), maintenance=windows, policy=policy)
        assert maintenance_hours(found) == 1
        assert refused(found) == [(10, 11, "planned work is not accepted"), (12, 13, "planned work is not accepted")]

    def test_what_is_refused_elsewhere_is_not_listed(self) -> None:
        """Only work of the window asked for."""
        found = report_of([], at(8), at(9), maintenance=[window(at(7, 10), kind="emergency")])
        assert found.contract.refused == ()


class TestHours:
    """Only the part inside the agreed hours."""

    NIGHTS = sla.ServiceHours.weekly({"mon-sun": "22:00-04:00"})

    def test_work_outside_the_hours_is_refused(self) -> None:
        """The rest of the window is accepted."""
        found = report([window(at(8, 2), 4)], hours=self.NIGHTS)
        assert maintenance_hours(found) == 2
        assert refused(found) == [(4, 6, "outside the hours agreed for planned work")]

    def test_hours_are_those_of_the_tenant_s_zone(self) -> None:
        """04:00 in Lagos is 03:00 in UTC."""
        policy = sla.SLAPolicy(planned_work=sla.PlannedWork(hours=self.NIGHTS))
        terms: dict[str, Any] = {"start": at(8), "end": at(9), "as_of": at(9), "zone": "Africa/Lagos", "policy": policy}
        assert maintenance_hours(sla.evaluate([], maintenance=[window(at(8, 2), 4)], **terms)) == 1

    def test_work_without_a_part_inside_takes_no_place(self) -> None:
        """Empty windows do not count against the cap."""
        found = report([window(at(8, 12)), window(at(8, 14), 0), window(at(8, 23))], hours=self.NIGHTS, most_windows=1)
        assert maintenance_hours(found) == 1


class TestCaps:
    """So many windows, and so much time, of each period."""

    def test_the_first_windows_of_a_period_are_accepted(self) -> None:
        """By their start, whatever their order; each period has its own."""
        windows = [window(at(8, hour)) for hour in (20, 2, 11)] + [window(at(9, 1))]
        found = report(windows, at(8), at(10), most_windows=2, per=sla.Period.DAY)
        assert maintenance_hours(found) == 3
        assert refused(found) == [(20, 21, "more than 2 a day")]

    def test_time_is_accepted_in_order_until_it_is_used_up(self) -> None:
        """Overlaps are used once; the rest of a window is refused."""
        windows = [window(at(8, 2), 2), window(at(8, 3), 2), window(at(8, 10), 2), window(at(8, 14))]
        found = report(windows, most_time=4 * HOUR)
        assert maintenance_hours(found) == 4
        assert refused(found) == [(11, 12, "more than 4 h a month"), (14, 15, "more than 4 h a month")]

    def test_time_is_split_at_the_end_of_a_period(self) -> None:
        """Each part is taken from its own."""
        found = report([window(at(8, 22), 4)], at(8), at(10), most_time=HOUR, per=sla.Period.DAY)
        assert maintenance_hours(found) == 2
        assert refused(found) == [(23, 24, "more than 1 h a day"), (25, 26, "more than 1 h a day")]

    def test_each_target_has_caps_of_its_own(self) -> None:
        """Everybody is one of them; targets with children are the same target."""
        windows = [
            window(at(8, 1)),
            window(at(8, 2)),
            window(at(8, 3), applies_to={"resource_id": "r1"}),
            window(at(8, 4), applies_to={"resource_id": "r1"}, with_children=True),
            window(at(8, 5), applies_to={"resource_id": "r2"}),
        ]
        found = report(windows, most_windows=1)
        assert refused(found) == [(2, 3, "more than 1 a month"), (4, 5, "more than 1 a month")]
        assert [exclusion.windows.total_us // HOUR_US for exclusion in found.rule.targeted] == [1, 0, 1]

    def test_the_order_of_equal_windows_changes_nothing(self) -> None:
        """Of two for one target, the one that reaches its children comes first."""
        target: dict[str, Any] = {"applies_to": {"resource_id": "olt"}}
        windows = [window(at(8, 1), **target), window(at(8, 1), with_children=True, **target)]
        policy = sla.SLAPolicy(planned_work=sla.PlannedWork(most_windows=1))
        child = sla.Alarm(at(8, 1), at(8, 2), resource_id="ont", parent_alarm_id="parent")
        parent = sla.Alarm(at(8, 1), at(8, 1), resource_id="olt", id="parent")
        for order in (windows, windows[::-1]):
            found = report_of([child, parent], at(8), at(9), maintenance=order, policy=policy)
            assert found.total.downtime_us == 0

    def test_a_day_asked_for_alone_knows_what_its_period_has_used(self) -> None:
        """Caps count from the start of the month in which the request begins."""
        windows = [window(at(day, 2)) for day in (1, 3, 8, 9)]
        month = report(windows, at(1), at(31), most_windows=3)
        assert [maintenance_hours(report(windows, at(day), at(day + 1), most_windows=3)) for day in (3, 8, 9)] == [
            1,
            1,
            0,
        ]
        assert maintenance_hours(month) == 3

    def test_a_window_that_reaches_into_a_period_is_judged_within_its_own(self) -> None:
        """By the start of the window; so the windows before it are looked at too."""
        windows = [window(at(6, 1)), window(at(6, 22), 4), window(at(7, 12))]
        rules: dict[str, Any] = {"most_windows": 1, "per": sla.Period.DAY}
        assert maintenance_hours(report(windows, at(7), at(8), **rules)) == 1
        assert maintenance_hours(report(windows, at(6), at(8), **rules)) == 2

    def test_the_last_windows_before_the_margin_are_gated_with_their_period(self) -> None:
        """Damping looks beyond the request, into a period that is gated from its own start."""
        target: dict[str, Any] = {"applies_to": {"resource_id": "r1"}}
        windows = [window(at(7, 1), **target), window(at(7, 23), **target), window(at(8, 0), **target)]
        policy = sla.SLAPolicy(merge_gap=2 * HOUR, planned_work=sla.PlannedWork(most_windows=1, per=sla.Period.DAY))
        found = report_of([], at(8), at(9), maintenance=windows, policy=policy)
        assert [exclusion.windows.total_us // HOUR_US for exclusion in found.rule.targeted] == [1, 0, 1]

    def test_occurrences_are_gated_from_the_start_of_the_period(self) -> None:
        """Each is a window; nothing before the period is looked at."""
        nightly = window(at(1, 2), recurrence="FREQ=DAILY")
        assert maintenance_hours(report([nightly], at(6), at(7), most_windows=6)) == 1
        assert maintenance_hours(report([nightly], at(7), at(8), most_windows=6)) == 0

    def test_windows_without_an_end_to_their_chain_are_bounded(self) -> None:
        """A daily window of thirty days reaches back for ever; the search for its period ends."""
        endless = sla.MaintenanceWindow(at(1), at(31), recurrence="FREQ=DAILY;COUNT=2000")
        found = report_of(
            [],
            datetime(2029, 1, 1, tzinfo=at(1).tzinfo),
            datetime(2029, 1, 2, tzinfo=at(1).tzinfo),
            maintenance=[endless],
            policy=sla.SLAPolicy(planned_work=sla.PlannedWork(most_windows=1)),
        )
        assert maintenance_hours(found) == 24


class TestCaused:
    """Work that excuses nothing of an outage that was there when it began."""

    def down(self, alarms: list[sla.Alarm], windows: Any, **terms: Any) -> sla.ComplianceReport:
        """Evaluate two days under excuses="caused"."""
        policy = sla.SLAPolicy(planned_work=sla.PlannedWork(excuses="caused"))
        return report_of(alarms, **{"start": at(8), "end": at(10), "maintenance": windows, "policy": policy, **terms})

    @pytest.mark.parametrize(
        ("start", "end", "hours"),
        [
            ((9, 0), (12, 0), 3),
            ((10, 0), (12, 0), 1),
            ((9, 0), (10, 0), 1),
            ((10, 30), (12, 0), 1),
            ((9, 59), (10, 1), 2 / 60),
        ],
        ids=["there before", "began with it", "over when it began", "began inside", "by a minute"],
    )
    def test_an_outage_that_was_there_before_is_not_excused(
        self, start: tuple[int, int], end: tuple[int, int], hours: float
    ) -> None:
        """One that begins at the window's start or later is, one that ended then is none of it."""
        found = self.down([sla.Alarm(at(8, *start), at(8, *end))], [window(at(8, 10))])
        assert found.total.downtime_us / HOUR_US == pytest.approx(hours)

    def test_the_rest_of_the_window_stays_accepted(self) -> None:
        """For what begins later in it; what is refused is listed."""
        alarms = [sla.Alarm(at(8, 9), at(8, 11)), sla.Alarm(at(8, 12), at(8, 13))]
        found = self.down(alarms, [window(at(8, 10), 4)])
        assert found.total.downtime_us == 2 * HOUR_US
        assert refused(found) == [(10, 11, "the outage was there when the work began")]

    def test_what_is_refused_is_listed_whole_where_it_meets_the_request(self) -> None:
        """From its first instant to its last; what only touches it is not listed."""
        alarms = [sla.Alarm(at(7, 18), at(8, 1)), sla.Alarm(at(9, 21), at(10, 5))]
        before, first = window(at(7, 20)), window(at(7, 22), 3)
        last, after = window(at(9, 23, 59)), window(at(10, 3))
        found = self.down(alarms, [before, first, last, after], as_of=at(11))
        expected = [(-2, 1), (48 - 1 / 60, 49 - 1 / 60)]
        assert [(start, end) for start, end, _ in refused(found)] == expected
        only_touching = [window(at(7, 23)), window(at(10))]
        assert refused(self.down(alarms, only_touching, as_of=at(11))) == []

    def test_windows_that_touch_or_overlap_are_one(self) -> None:
        """An outage that the first of them caused is excused in the second."""
        alarm = sla.Alarm(at(8, 10, 30), at(8, 12))
        assert self.down([alarm], [window(at(8, 10)), window(at(8, 11))]).total.downtime_us == 0
        apart = [window(at(8, 10)), window(at(8, 11, 1))]
        assert self.down([alarm], apart).total.downtime_us == 60 * MINUTE_US

    def test_windows_of_one_target_are_united_others_are_not(self) -> None:
        """What r2's work caused, r1's excuses nothing of."""
        alarm = sla.Alarm(at(8, 10, 30), at(8, 12), resource_id="r1")
        own = window(at(8, 11), applies_to={"resource_id": "r1"})
        same = window(at(8, 10), applies_to={"resource_id": "r1"}, with_children=True)
        foreign = window(at(8, 10), applies_to={"resource_id": "r2"})
        assert self.down([alarm], [same, own]).total.downtime_us == 0
        found = self.down([alarm], [foreign, own])
        assert found.total.downtime_us == 90 * MINUTE_US
        assert [work.name for work in found.contract.refused] == ["maintenance of 2025-10-08 11:00 UTC"]

    def test_other_exclusions_excuse_whatever_was_there(self) -> None:
        """The rule is one of planned work."""
        theft = sla.Exclusion(at(8, 10), at(8, 11), reason="theft", applies_to={"resource_id": "r1"})
        found = self.down([sla.Alarm(at(8, 9), at(8, 12), resource_id="r1")], [], exclusions=[theft])
        assert found.total.downtime_us == 2 * HOUR_US

    def test_the_window_asked_through_changes_nothing(self) -> None:
        """A window that began before the request is not taken to begin with it."""
        alarm = sla.Alarm(at(8, 23), at(9, 3))
        windows = [window(at(8, 22)), window(at(8, 23), 3)]
        assert self.down([alarm], windows).total.downtime_us == HOUR_US
        assert self.down([alarm], windows, start=at(9)).total.downtime_us == HOUR_US
        there_before = [window(at(8, 23, 30), 3)]
        assert self.down([alarm], there_before, start=at(9)).total.downtime_us == 3 * HOUR_US

    def test_each_reading_is_judged_by_its_own_outages(self) -> None:
        """What may have been there when the work began is not excused in the pessimistic reading."""
        overwritten = sla.Alarm(at(8, 9), at(8, 10), severity="cleared")
        found = self.down([sla.Alarm(at(8, 10), at(8, 11)), overwritten], [window(at(8, 10))])
        assert found.total.downtime_us == 0
        bounds = found.bounds(found.days[0])
        assert (bounds.low, bounds.high) == (Fraction(22, 24), Fraction(1))
        assert found.readings.pessimistic.segments[sla.Scope.AGREED, sla.State.DOWN] == 2 * HOUR_US


def test_periods_reach_to_the_ends_of_the_calendar() -> None:
    """Where the next one has no first date."""
    start_us, _ = period_bounds_us(sla.Period.YEAR, "UTC", MIN_US)
    _, end_us = period_bounds_us(sla.Period.YEAR, "UTC", MAX_US - 1)
    assert (start_us, end_us) == (MIN_US, MAX_US)
    assert period_bounds_us(sla.Period.WEEK, "UTC", us(at(8))) == (us(at(6)), us(at(13)))
    assert period_bounds_us(sla.Period.month(15), "Africa/Lagos", us(at(8)))[1] == us(at(14, 23))


def test_caps_work_at_the_ends_of_the_calendar() -> None:
    """No date overflows."""
    end = datetime(9999, 12, 28, tzinfo=at(1).tzinfo)
    policy = sla.SLAPolicy(planned_work=sla.PlannedWork(most_time=HOUR, most_windows=5, per=sla.Period.year(4, 6)))
    for moment in (end, datetime(1, 1, 5, tzinfo=at(1).tzinfo)):
        found = report_of([], moment, moment + HOUR, maintenance=[window(moment, 2)], policy=policy)
        assert maintenance_hours(found) == 1
        assert instant_us(moment, field="moment") % DAY_US == 0
