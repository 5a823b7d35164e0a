"""Incidents: whole outages with the alarms behind them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

import sla_compliance as sla
from sla_compliance.incident_columns import incident_columns
from sla_compliance.incidents import PageBounds
from sla_compliance.units import MIN_US
from tests.unit.moments import HOUR_US, MINUTE_US, at, report_of, us


def test_an_incident_over_midnight_is_one_and_both_days_list_it() -> None:
    """Whole on either; what counted of it is asked inside the window."""
    report = report_of([sla.Alarm(at(8, 23), at(9, 1), id=7)], at(8), at(10))
    (incident,) = report.incidents()
    assert report.incidents(at(8), at(9)) == report.incidents(at(9), at(10)) == (incident,)
    assert (incident.start, incident.end) == (at(8, 23), at(9, 1))
    assert incident.duration_us == incident.downtime_us == 2 * HOUR_US


def test_an_incident_is_not_cut_at_the_window() -> None:
    """Its downtime is."""
    (incident,) = report_of([sla.Alarm(at(7, 20), at(9, 4))], at(8), at(9), as_of=at(10)).incidents()
    assert incident.duration_us == 32 * HOUR_US
    assert incident.downtime_us == 24 * HOUR_US


@pytest.mark.parametrize(
    ("accounting", "minutes"),
    [
        (None, [0, 30, 60]),
        (sla.Accounting.REMOVED, [0, 30, 60]),
        (sla.Accounting.COUNTED, [30, 60, 60]),
        (sla.Accounting.EXCUSED, [0, 30, 60]),
    ],
)
def test_an_incident_counts_as_the_accounting_asked_for(accounting: sla.Accounting | None, minutes: list[int]) -> None:
    """By default the policy's; under each of them the lengths sum to the downtime of the window's total."""
    alarms = [
        sla.Alarm(at(8, 1), at(8, 1, 30), id="inside the work"),
        sla.Alarm(at(8, 2, 30), at(8, 3, 30), id="half of it"),
        sla.Alarm(at(8, 23), at(9, 1), id="over midnight"),
    ]
    report = report_of(alarms, at(8), at(9), maintenance=[(at(8, 1), at(8, 3))], as_of=at(10))
    incidents = report.incidents(accounting=accounting)
    assert [incident.downtime_us // MINUTE_US for incident in incidents] == minutes
    total = report.total.counted_as(accounting or report.policy.accounting)
    assert sum(incident.downtime_us for incident in incidents) == total.downtime_us


def test_an_incident_that_only_touches_the_part_asked_for_is_outside() -> None:
    """Half-open, at both ends; an empty part holds none."""
    report = report_of([sla.Alarm(at(8, 9), at(8, 10))], at(8), at(9))
    assert report.incidents(at(8), at(8, 9)) == report.incidents(at(8, 10), at(9)) == ()
    assert report.incidents(at(8, 9, 30), at(8, 9, 30)) == ()
    assert len(report.incidents(at(8, 9, 59), at(8, 10))) == 1


def test_an_incident_names_its_alarms_in_the_order_they_were_raised() -> None:
    """Children and repeats; none of another severity, none of another incident."""
    alarms = [
        sla.Alarm(at(8, 9, 5), at(8, 9, 20), id="child"),
        sla.Alarm(at(8, 9), at(8, 9, 10), id="parent"),
        sla.Alarm(at(8, 9, 6), at(8, 9, 7), id="minor", severity="minor"),
        sla.Alarm(at(8, 12), at(8, 13), id="later"),
    ]
    first, second = report_of(alarms, at(8), at(9)).incidents()
    assert [alarm.id for alarm in first.alarms] == ["parent", "child"]
    assert [alarm.id for alarm in second.alarms] == ["later"]


def test_damped_outages_are_one_incident_or_none() -> None:
    """Flaps merge, and what is too short is no incident."""
    policy = sla.SLAPolicy(merge_gap=timedelta(minutes=5), min_outage=timedelta(minutes=10))
    flaps = [sla.Alarm(at(8, 9, minute), at(8, 9, minute + 1), id=minute) for minute in (0, 4, 8, 12)]
    blip = sla.Alarm(at(8, 15), at(8, 15, 9))
    (incident,) = report_of([*flaps, blip], at(8), at(9), policy=policy).incidents()
    assert len(incident.alarms) == 4
    assert incident.duration_us == 13 * HOUR_US // 60


def test_a_dropped_outage_between_two_incidents_is_behind_neither() -> None:
    """Its alarm was raised while neither lasted."""
    policy = sla.SLAPolicy(min_outage=timedelta(minutes=10))
    alarms = [sla.Alarm(at(8, hour), at(8, hour, minutes), id=hour) for hour, minutes in ((9, 30), (10, 5), (11, 30))]
    incidents = report_of(alarms, at(8), at(9), policy=policy).incidents()
    assert [[alarm.id for alarm in incident.alarms] for incident in incidents] == [[9], [11]]


def test_an_incident_is_ongoing_while_an_alarm_behind_it_is_active() -> None:
    """It has no end yet; cleared in the minute of evaluation, it has."""
    (incident,) = report_of([sla.Alarm(at(8, 9))], at(8), at(9), as_of=at(8, 12)).incidents()
    assert incident.is_ongoing
    assert incident.end is None
    assert incident.duration_us == 3 * HOUR_US
    (incident,) = report_of([sla.Alarm(at(8, 9), at(8, 12))], at(8), at(9), as_of=at(8, 12)).incidents()
    assert incident.end == at(8, 12)


def test_a_stale_alarm_keeps_no_incident_open() -> None:
    """It ended when it was last seen, whatever its row says."""
    alarms = [
        sla.Alarm(at(8, 9), last_occurrence=at(8, 9, 30), id="stale"),
        sla.Alarm(at(8, 9), at(8, 12), id="over"),
    ]
    policy = sla.SLAPolicy(stale_after=timedelta(hours=1))
    (incident,) = report_of(alarms, at(8), at(9), as_of=at(8, 12), policy=policy).incidents()
    assert not incident.is_ongoing
    assert {alarm.id for alarm in incident.alarms} == {"stale", "over"}


def test_an_incident_stays_the_whole_outage_where_an_exclusion_excuses_a_part() -> None:
    """What counts of it is cut at the window's edges; its bounds and its alarms are not."""
    excluded = sla.Exclusion(at(8, 10), at(8, 11), reason="no access", applies_to={"resource_id": "r1"})
    long = sla.Alarm(at(8, 9), at(8, 12), resource_id="r1", id="long")
    inside = sla.Alarm(at(8, 10, 15), at(8, 10, 45), resource_id="r1", id="inside")
    other = sla.Alarm(at(8, 10, 30), at(8, 10, 45), resource_id="r2", id="other")
    terms: dict[str, Any] = {"exclusions": [excluded]}
    (incident,) = report_of([long, inside, other], at(8), at(9), **terms).incidents()
    assert [alarm.id for alarm in incident.alarms] == ["long", "inside", "other"]
    assert (incident.start, incident.end) == (at(8, 9), at(8, 12))
    assert incident.downtime_us == 135 * MINUTE_US
    (early,) = report_of([long, other], at(8), at(9), as_of=at(8, 10, 40), **terms).incidents()
    assert early.is_ongoing
    assert early.downtime_us == 70 * MINUTE_US


@pytest.mark.parametrize("exclusions", [False, True], ids=["nothing excluded", "partly excused"])
def test_an_incident_does_not_depend_on_the_window_it_is_asked_through(exclusions: bool) -> None:
    """Bounds, alarms, length and whether it is ongoing; what counted of it is the window's part."""
    excluded = sla.Exclusion(at(7), at(10), reason="no access", applies_to={"resource_id": "r1"})
    alarms = [
        sla.Alarm(at(7, 20), at(9, 4), resource_id="r1", id="long"),
        sla.Alarm(at(9, 4, 3), None, resource_id="r2", id="open"),
    ]
    policy = sla.SLAPolicy(merge_gap=timedelta(minutes=5), min_outage=timedelta(minutes=10))
    terms: dict[str, Any] = {"as_of": at(10), "policy": policy, "exclusions": [excluded] if exclusions else []}
    (whole,) = report_of(alarms, at(7), at(10), **terms).incidents()
    for start, end in ((at(8), at(9)), (at(9, 4, 1), at(9, 4, 2)), (at(9, 12), at(10))):
        (part,) = report_of(alarms, start, end, **terms).incidents()
        assert (part.start, part.end, part.alarms) == (whole.start, whole.end, whole.alarms)
        assert (part.is_ongoing, part.duration_us) == (True, 52 * HOUR_US)


def test_an_incident_in_json_has_the_tenant_s_times() -> None:
    """And null for what is not known."""
    alarms = [sla.Alarm(at(8, 9), id=7, alarm_id="a", severity="major", title="LOS", resource_id="olt-7")]
    terms: dict[str, Any] = {"start": at(8), "end": at(9), "zone": "Africa/Lagos", "as_of": at(8, 12)}
    (ongoing,) = sla.evaluate(alarms, **terms).incidents()
    written = ongoing.as_dict()
    assert json.loads(json.dumps(written)) == written
    assert (written["start"], written["end"]) == ("2025-10-08T10:00:00+01:00", None)
    assert (written["duration_seconds"], written["downtime_seconds"]) == (10_800.0, 10_800.0)
    assert written["alarms"] == [
        {
            "id": "7",
            "alarm_id": "a",
            "severity": "major",
            "title": "LOS",
            "alarm_type": None,
            "resource_id": "olt-7",
            "customer_id": None,
            "parent_alarm_id": None,
            "resource_type": None,
            "acknowledged_at": None,
            "first_occurrence": "2025-10-08T10:00:00+01:00",
            "cleared_at": None,
        }
    ]
    (over,) = sla.evaluate([sla.Alarm(at(8, 9), at(8, 10))], **terms).incidents()
    assert over.as_dict()["end"] == "2025-10-08T11:00:00+01:00"
    (alarm,) = over.alarms
    assert alarm.cleared_at == at(8, 10)


def test_a_page_of_incidents_says_what_it_leaves_out() -> None:
    """Which outages, how many alarms of each; the total and the bounds are those of all."""
    raised = [at(8, hour, minute) for hour in (9, 12, 15) for minute in (0, 1, 2)]
    report = report_of([sla.Alarm(start, start.replace(minute=30)) for start in reversed(raised)], at(8), at(9))
    page = report.incident_page(PageBounds(offset=1, limit=1, alarm_limit=2))
    (incident,) = page.incidents
    assert (page.total, incident.start, incident.alarm_count, incident.unlisted_alarms) == (3, at(8, 12), 3, 1)
    assert [alarm.first_occurrence for alarm in incident.alarms] == [at(8, 12), at(8, 12, 1)]
    assert (page.start_us, page.end_us) == (report.incidents()[0].start_us, report.incidents()[-1].end_us)
    assert report.incident_page(PageBounds()).incidents == report.incidents()
    assert report.incident_page(PageBounds(offset=3)).incidents == ()
    empty = report.incident_page(PageBounds(), at(8), at(8, 1))
    assert (empty.incidents, empty.total, empty.start_us, empty.end_us) == ((), 0, None, None)


def test_an_incident_in_json_types_says_all_and_may_leave_out_its_alarms() -> None:
    """Lengths in seconds; what counted is the window's part."""
    report = report_of([sla.Alarm(at(7, 23), at(8, 1), id=7, acknowledged_at=at(8))], at(8), at(9))
    (incident,) = report.incidents()
    bare = {
        "start": "2025-10-07T23:00:00+00:00",
        "begins_before": False,
        "end": "2025-10-08T01:00:00+00:00",
        "duration_seconds": 7200.0,
        "downtime_seconds": 3600.0,
    }
    assert incident.as_dict(with_alarms=False) == bare
    (alarm,) = incident.alarms
    assert incident.as_dict() == {**bare, "alarms": [incident.alarm_dict(alarm)]}
    assert incident.alarm_dict(alarm)["acknowledged_at"] == "2025-10-08T00:00:00+00:00"
    assert (incident.alarm_count, incident.unlisted_alarms) == (1, 0)


def test_an_outage_without_a_known_beginning_says_so() -> None:
    """It begins where the calendar does, as that of a log whose first change is an end."""
    batch = sla.AlarmBatch.from_columns(starts_us=[us(at(7))], ends_us=[us(at(8, 1))])
    for start_us, begins_before in ((MIN_US - 1, True), (MIN_US, True), (MIN_US + 1, False)):
        (incident,) = report_of(replace(batch, starts_us=(start_us,)), at(8), at(9)).incidents()
        assert incident.begins_before is begins_before


@pytest.mark.parametrize(("minute", "is_behind"), [(59, False), (60, True), (119, True), (120, False)])
def test_an_alarm_is_behind_the_outage_that_lasts_when_it_is_raised(minute: int, is_behind: bool) -> None:
    """From its first minute on, up to its end, whether it is the last outage or not."""
    outage = sla.Alarm(at(8, 1), at(8, 2), id="outage")
    raised = at(8) + timedelta(minutes=minute)
    other = sla.Alarm(raised, raised, id="other")
    for later in ([], [sla.Alarm(at(8, 3), at(8, 4), id="later")]):
        incident = report_of([outage, other, *later], at(8), at(9)).incidents()[0]
        assert ("other" in [alarm.id for alarm in incident.alarms]) is is_behind


def test_an_incident_lists_all_of_its_alarms_unless_it_says_otherwise() -> None:
    """And it has a known beginning."""
    incident = sla.Incident(start_us=0, end_us=1, is_ongoing=False, downtime_us=1, zone="UTC", alarms=())
    assert (incident.begins_before, incident.alarm_count) == (False, 0)


def test_a_page_counts_the_downtime_of_all_outages_of_its_part() -> None:
    """By the accounting; a reversed part holds none."""
    alarms = [sla.Alarm(at(8, hour), at(8, hour, 30)) for hour in (1, 3, 5)]
    report = report_of(alarms, at(8), at(9), maintenance=[(at(8, 3), at(8, 4))])
    whole = report.incident_page(PageBounds(limit=1))
    assert (whole.total, whole.downtime_us, len(whole.incidents)) == (3, 60 * MINUTE_US, 1)
    part = report.incident_page(PageBounds(), at(8, 1, 15), at(8, 3, 15))
    assert (part.total, part.downtime_us) == (2, 15 * MINUTE_US)
    assert [incident.downtime_us for incident in part.incidents] == [30 * MINUTE_US, 0]
    assert part.stretches == ()
    limits = [report.incident_page(PageBounds(alarm_limit=limit)).incidents[0] for limit in (0, 1)]
    assert [(len(incident.alarms), incident.unlisted_alarms) for incident in limits] == [(0, 1), (1, 0)]


def test_a_frame_has_a_column_of_each_fact_of_an_incident() -> None:
    """And of the alarm that was raised first; an outage that lasts has no end."""
    alarms = [
        sla.Alarm(at(8, 1, 5), at(8, 2), severity="major", resource_id="later"),
        sla.Alarm(at(8, 1), at(8, 1, 30), alarm_type="los", resource_id="r1", customer_id="c1", title="LOS"),
        sla.Alarm(at(8, 5)),
    ]
    columns = incident_columns(report_of(alarms, at(8), at(9), as_of=at(8, 6)).incidents())
    assert {column.name: column.values for column in columns} == {
        "start": [at(8, 1), at(8, 5)],
        "end": [at(8, 2), None],
        "is_ongoing": [False, True],
        "duration_us": [HOUR_US, HOUR_US],
        "downtime_us": [HOUR_US, HOUR_US],
        "alarm_count": [2, 1],
        "first_severity": ["critical", "critical"],
        "first_alarm_type": ["los", None],
        "first_resource_id": ["r1", None],
        "first_customer_id": ["c1", None],
        "first_title": ["LOS", None],
    }
    assert [column.type.name for column in columns] == [*["INSTANT"] * 2, "FLAG", *["INTEGER"] * 3, *["TEXT"] * 5]
    (limited, _) = report_of(alarms, at(8), at(9), as_of=at(8, 6)).incident_page(PageBounds(alarm_limit=0)).incidents
    assert incident_columns([limited])[6].values == [None]
