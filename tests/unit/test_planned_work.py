"""Planned work: which of it is accepted, and why the rest is refused."""

from __future__ import annotations

from datetime import timedelta

import sla_compliance as sla
from sla_compliance.calendars.periods import Period
from sla_compliance.compliance import EvaluationArguments
from sla_compliance.units import HOUR_US
from tests.unit.moments import at, report_of, us

HOUR = timedelta(hours=1)
OUTAGE = sla.Alarm(at(8, 1), at(8, 5))


def work_of(rules: sla.PlannedWork, *windows: sla.MaintenanceWindow) -> sla.ComplianceReport:
    """Return the report of one outage under some rules of planned work."""
    return report_of([OUTAGE], at(8), at(9), policy=sla.SLAPolicy(planned_work=rules), maintenance=windows)


def reasons(report: sla.ComplianceReport) -> list[str]:
    """Return why work was refused."""
    return [work.reason for work in report.contract.refused]


def test_notice_is_counted_to_the_start() -> None:
    """In time, too short, after the start; where it is not known, as agreed."""
    rules = sla.PlannedWork(notice=48 * HOUR)
    in_time = sla.MaintenanceWindow(at(8), at(8, 6), announced_at=at(6))
    short = sla.MaintenanceWindow(at(8), at(8, 6), announced_at=at(7))
    late = sla.MaintenanceWindow(at(8), at(8, 6), announced_at=at(8, 1))
    unknown = sla.MaintenanceWindow(at(8), at(8, 6))
    assert work_of(rules, in_time).total.downtime_us == 0
    assert reasons(work_of(rules, short)) == ["announced 1 d before its start, 2 d are agreed"]
    assert reasons(work_of(rules, late)) == ["announced 1 h after its start"]
    assert work_of(rules, unknown).total.downtime_us == 0
    strict = sla.PlannedWork(notice=48 * HOUR, without_notice="reject")
    assert reasons(work_of(strict, unknown)) == ["without a known notice"]
    assert work_of(strict, unknown).total.downtime_us == 4 * HOUR_US


def test_work_outside_the_agreed_hours_is_refused() -> None:
    """Part of a window is cut off; one outside altogether excuses nothing."""
    rules = sla.PlannedWork(hours=sla.ServiceHours.parse("mon-sun 00:00-04:00"))
    cut = work_of(rules, sla.MaintenanceWindow(at(8), at(8, 6)))
    assert cut.total.downtime_us == 1 * HOUR_US
    assert reasons(cut) == ["outside the hours agreed for planned work"]
    assert work_of(rules, sla.MaintenanceWindow(at(8, 4), at(8, 5))).total.downtime_us == 4 * HOUR_US


def test_refused_and_late_work_is_said() -> None:
    """By name, with the reason; late work excuses where no notice is agreed."""
    refused = work_of(sla.PlannedWork(notice=HOUR), sla.MaintenanceWindow(at(8), at(8, 6), announced_at=at(8, 1)))
    assert refused.quality.lines() == (
        "excuses nothing: maintenance of 2025-10-08 00:00 UTC: announced 1 h after its start",
    )
    late = work_of(sla.PlannedWork(), sla.MaintenanceWindow(at(8), at(8, 6), entered_at=at(8, 1)))
    assert late.total.downtime_us == 0
    assert late.quality.lines() == (
        "excuses although late: maintenance of 2025-10-08 00:00 UTC: announced or entered after its start",
    )


def test_windows_that_overlap_for_many_periods_are_followed_for_a_while() -> None:
    """Each day's work runs into the next day, so the first of the chain counts on its own day."""
    rules = sla.PlannedWork(most_windows=1, per=Period.DAY)
    windows = [sla.MaintenanceWindow(at(day, 12), at(day + 1, 13)) for day in range(1, 25)]
    report = report_of(
        [sla.Alarm(at(25, 1), at(25, 5))], at(25), at(26), policy=sla.SLAPolicy(planned_work=rules), maintenance=windows
    )
    assert report.total.downtime_us == 0


def test_the_time_of_a_period_is_capped() -> None:
    """Time used already costs nothing; what is left over counts in full; a window of two days is two periods' work."""
    rules = sla.PlannedWork(most_time=2 * HOUR, per=Period.DAY)
    overlapping = (sla.MaintenanceWindow(at(8), at(8, 2)), sla.MaintenanceWindow(at(8, 1), at(8, 4)))
    report = work_of(rules, *overlapping)
    assert report.total.downtime_us == 3 * HOUR_US
    assert reasons(report) == ["more than 2 h a day"]
    twice = work_of(rules, sla.MaintenanceWindow(at(8), at(8, 1)), sla.MaintenanceWindow(at(8), at(8, 1), reason="b"))
    assert reasons(twice) == []
    over_midnight = work_of(rules, sla.MaintenanceWindow(at(7, 23), at(8, 2)))
    assert reasons(over_midnight) == []
    assert over_midnight.total.downtime_us == 3 * HOUR_US


def test_work_excuses_only_what_it_caused() -> None:
    """Targeted or not: an outage that was there when the work began stays."""
    rules = sla.PlannedWork(excuses="caused")
    policy = sla.SLAPolicy(planned_work=rules)
    alarm = sla.Alarm(at(8, 1), at(8, 5), resource_id="r1")
    for applies_to in ({"resource_id": "r1"}, None):
        windows = [sla.MaintenanceWindow(at(8, start), at(8, 6), applies_to=applies_to) for start in (1, 3)]
        late = report_of([alarm], at(8), at(9), policy=policy, maintenance=windows[1:])
        assert late.total.downtime_us == 4 * HOUR_US
        assert reasons(late)[-1] == "the outage was there when the work began"
        assert report_of([alarm], at(8), at(9), policy=policy, maintenance=windows[:1]).total.downtime_us == 0
    theft = sla.Exclusion(at(8), at(9), reason="theft", applies_to={"resource_id": "r1"})
    work = sla.MaintenanceWindow(at(8, 3), at(8, 6), applies_to={"resource_id": "r1"})
    excluded = report_of([alarm], at(8), at(9), policy=policy, maintenance=[work], exclusions=[theft])
    assert excluded.total.downtime_us == 0
    arguments = EvaluationArguments(
        start=at(8, 4), end=at(9), zone="UTC", as_of=at(9), policy=policy, maintenance=[work]
    )
    assert arguments.contract.work.starts_us == (us(at(8, 3)),)
    assert arguments.rows_from_us == us(at(8, 3)) - 1


def test_a_rule_takes_the_day_that_its_start_names() -> None:
    """Begun years later, monthly and yearly rules keep it."""
    for rule, month_day in (("FREQ=MONTHLY", at(8)), ("FREQ=YEARLY", at(8)), ("FREQ=YEARLY;BYMONTH=10", at(8))):
        first = month_day.replace(year=2015)
        window = sla.MaintenanceWindow(first, first + 6 * HOUR, recurrence=rule)
        assert work_of(sla.PlannedWork(), window).total.downtime_us == 0, rule
