"""Which local dates a change names: by the case."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

import sla_compliance as sla
from sla_compliance.calendars.exclusions import AnyExclusion
from sla_compliance.service import Subject, TenantSettings
from sla_compliance.service.restatement import alarm_dates, exclusion_dates, targeting_columns
from sla_compliance.units import instant_us
from tests.service.world import TENANT, at

HOUR = dt.timedelta(hours=1)
OPEN = sla.Alarm(at(1, 9), id=1, last_occurrence=at(27, 9))
UNSEEN = replace(OPEN, last_occurrence=at(20, 9))  # for more than 7 days at noon of the 28th, so doubtful since
UNKNOWN_SIGHT = replace(OPEN, last_occurrence=None)
SHORT = sla.Alarm(at(21, 9), at(21, 10), id=2)
WORK = sla.MaintenanceWindow(at(21, 23), at(22, 1))
NIGHTLY = sla.MaintenanceWindow(at(3, 23), at(4, 0), recurrence="FREQ=WEEKLY")


def subject(zone: str = "UTC", *, policy: sla.SLAPolicy | None = None) -> Subject:
    """Return a tenant at noon of the 28th."""
    return Subject(TENANT, TenantSettings(zone, policy or sla.SLAPolicy()), instant_us(at(28, 12), field="now"))


def days(*numbers: int) -> tuple[dt.date, ...]:
    """Return dates of October."""
    return tuple(dt.date(2025, 10, number) for number in numbers)


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        pytest.param(None, SHORT, days(21), id="raised and over"),
        pytest.param(SHORT, None, days(21), id="deleted"),
        pytest.param(None, OPEN, days(*range(1, 29)), id="raised long ago and never reported"),
        pytest.param(OPEN, replace(OPEN, cleared_at=at(28, 11)), days(28), id="open for a month, cleared now"),
        pytest.param(OPEN, replace(OPEN, cleared_at=at(26, 11)), days(26, 27, 28), id="cleared two days late"),
        pytest.param(OPEN, replace(OPEN, last_occurrence=at(28, 9)), (), id="seen again"),
        pytest.param(UNSEEN, replace(UNSEEN, cleared_at=at(28, 11)), days(*range(20, 29)), id="unseen, cleared now"),
        pytest.param(UNSEEN, replace(UNSEEN, cleared_at=at(26, 11)), days(*range(20, 29)), id="unseen, cleared late"),
        pytest.param(UNSEEN, replace(UNSEEN, last_occurrence=at(28, 9)), days(*range(20, 29)), id="unseen, seen again"),
        pytest.param(
            UNKNOWN_SIGHT,
            replace(UNKNOWN_SIGHT, cleared_at=at(28, 11)),
            days(*range(1, 29)),
            id="of unknown last sight, cleared now",
        ),
        pytest.param(SHORT, replace(SHORT, first_occurrence=at(20, 23)), days(20, 21), id="began earlier"),
        pytest.param(SHORT, replace(SHORT, title="fibre cut"), (), id="renamed"),
        pytest.param(SHORT, replace(SHORT, severity="minor"), days(21), id="does not qualify any more"),
        pytest.param(replace(SHORT, severity="minor"), None, (), id="never qualified"),
        pytest.param(SHORT, replace(SHORT, cleared_at=at(22)), days(21), id="to the end of the day and no further"),
        pytest.param(SHORT, replace(SHORT, cleared_at=at(21, 9)), days(21), id="shrunk to nothing"),
        pytest.param(
            SHORT, replace(SHORT, cleared_at=at(20)), days(21, 22), id="a bad row now: set aside, doubtful for 24 h"
        ),
        pytest.param(None, sla.Alarm(at(29), id=3), (), id="of tomorrow"),
        pytest.param(None, None, (), id="nothing"),
    ],
)
def test_dates_of_an_alarm(old: sla.Alarm | None, new: sla.Alarm | None, named: tuple[dt.date, ...]) -> None:
    """Those of the instants added or taken away."""
    assert alarm_dates(subject(), old, new) == named


def test_dates_are_the_tenants() -> None:
    """An outage at nine in the evening, UTC, is one of the next day in Tokyo."""
    alarm = sla.Alarm(at(21, 21), at(21, 22))
    assert alarm_dates(subject("Asia/Tokyo"), None, alarm) == days(22)


def test_damping_reaches_beyond_midnight() -> None:
    """By merge_gap and min_outage, and no further."""
    policy = sla.SLAPolicy(merge_gap=HOUR, min_outage=HOUR)
    assert alarm_dates(subject(policy=policy), None, sla.Alarm(at(21, 20), at(21, 22))) == days(21)
    assert alarm_dates(subject(policy=policy), None, sla.Alarm(at(21, 20), at(21, 22, 1))) == days(21, 22)


def test_a_stale_alarm_ends_when_it_was_last_seen() -> None:
    """Its deletion alters nothing behind that where the source refreshes; being seen again alters all since."""
    refreshed = subject(policy=sla.SLAPolicy(stale_after=6 * HOUR, refreshed_every=HOUR))
    assert alarm_dates(refreshed, UNSEEN, None) == days(*range(1, 21))
    assert alarm_dates(refreshed, UNSEEN, replace(UNSEEN, last_occurrence=at(28, 11))) == days(*range(20, 29))


def test_what_stale_after_cut_off_is_doubt() -> None:
    """Unless the source is said to refresh open alarms: the pessimistic reading runs to as_of."""
    stale = subject(policy=sla.SLAPolicy(stale_after=6 * HOUR))
    assert alarm_dates(stale, UNSEEN, None) == days(*range(1, 29))
    assert alarm_dates(stale, UNSEEN, replace(UNSEEN, cleared_at=at(20, 9))) == days(*range(20, 29))
    assert alarm_dates(stale, UNSEEN, replace(UNSEEN, last_occurrence=at(28, 11))) == days(*range(20, 29))


def test_an_alarm_moved_to_another_device_counts_whole_where_exclusions_ask_for_devices() -> None:
    """Another exclusion may take it out now."""
    moved = replace(SHORT, resource_id="r2")
    assert alarm_dates(subject(), SHORT, moved) == ()
    assert alarm_dates(subject(), SHORT, moved, targeting_columns={"resource_id"}) == days(21)


UNDATED = sla.Alarm(at(20, 20), id=5, alarm_id="olt-1", status="cleared")
NEXT = sla.Alarm(at(20, 22), at(20, 22, 1), id=6, alarm_id="olt-1", severity="minor")


def bounded_dates(old: sla.Alarm | None, new: sla.Alarm | None, *others: sla.Alarm) -> tuple[dt.date, ...]:
    """Return the dates that a change alters beside other rows."""
    rows = [*others, *([] if new is None else [new])]
    neighbours = sla.AlarmBatch.from_alarms(rows, on_invalid="quarantine")
    return alarm_dates(subject(), old, new, neighbours=neighbours)


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        pytest.param(None, NEXT, days(20, 21), id="raised"),
        pytest.param(NEXT, None, days(20, 21), id="deleted"),
        pytest.param(NEXT, replace(NEXT, first_occurrence=at(20, 21)), days(20), id="began earlier"),
        pytest.param(NEXT, replace(NEXT, alarm_id="olt-2"), days(20, 21), id="moved away"),
        pytest.param(replace(NEXT, alarm_id="olt-2"), NEXT, days(20, 21), id="moved here"),
        pytest.param(NEXT, replace(NEXT, cleared_at=at(20, 23)), (), id="ended otherwise"),
        pytest.param(None, replace(NEXT, alarm_id="olt-2"), (), id="of another device"),
        pytest.param(None, replace(NEXT, first_occurrence=at(19, 22), cleared_at=at(19, 23)), (), id="earlier"),
        pytest.param(
            None, replace(NEXT, first_occurrence=at(21, 22), cleared_at=at(21, 23)), (), id="beyond doubt_at_most"
        ),
        pytest.param(None, replace(NEXT, cleared_at=at(20, 9)), (), id="a bad row, which bounds none"),
    ],
)
def test_a_row_alters_those_that_it_bounds(
    old: sla.Alarm | None, new: sla.Alarm | None, named: tuple[dt.date, ...]
) -> None:
    """A row that is over without a time ends with the start of the next one of its device, 24 hours later at most."""
    assert bounded_dates(old, new, UNDATED) == named


def test_only_rows_that_may_count_are_altered() -> None:
    """Bad ones and overwritten ones among them; not those that something else bounds anyway, nor the row itself."""
    assert bounded_dates(None, NEXT, replace(UNDATED, severity="minor")) == ()
    assert bounded_dates(None, NEXT, replace(UNDATED, severity="cleared")) == days(20, 21)
    assert bounded_dates(None, NEXT, replace(UNDATED, severity="P1")) == days(20, 21)
    assert bounded_dates(None, NEXT, replace(UNDATED, updated_at=at(20, 21))) == ()
    assert bounded_dates(None, NEXT, replace(UNDATED, cleared_at=at(20, 23))) == ()
    by_resource = replace(UNDATED, alarm_id=None, resource_id="r1")
    assert bounded_dates(None, replace(NEXT, resource_id="r1"), by_resource) == days(20, 21)
    assert bounded_dates(None, replace(NEXT, resource_id="r2"), by_resource) == ()


def test_a_row_without_a_time_of_its_own_counts_whole() -> None:
    """Which other row bounds it is not known from it; nothing is altered where it says the same as before."""
    assert alarm_dates(subject(), UNDATED, replace(UNDATED, status="active", last_occurrence=at(21, 9))) == days(
        *range(20, 29)
    )
    assert alarm_dates(subject(), UNDATED, replace(UNDATED, title="fibre cut")) == ()
    assert alarm_dates(subject(), UNDATED, replace(UNDATED, alarm_id="olt-2")) == days(20, 21)


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        pytest.param(None, WORK, days(21, 22), id="entered"),
        pytest.param(WORK, None, days(21, 22), id="cancelled"),
        pytest.param(WORK, sla.MaintenanceWindow(at(21, 23), at(22)), days(22), id="cut short"),
        pytest.param(WORK, sla.MaintenanceWindow(at(21, 23), at(22, 1), reason="why"), (), id="given a reason"),
        pytest.param(WORK, sla.Exclusion(at(21, 23), at(22, 1), reason="flood"), days(21, 22), id="another kind"),
        pytest.param(
            None, sla.MaintenanceWindow(at(21), at(22), kind="emergency"), (), id="of a kind that excuses nothing"
        ),
        pytest.param(None, NIGHTLY, days(3, 10, 17, 24), id="weekly, until today"),
        pytest.param(None, sla.MaintenanceWindow(at(28, 23), at(30)), days(28), id="begins tonight"),
        pytest.param(None, sla.MaintenanceWindow(at(30), at(31)), (), id="to come"),
    ],
)
def test_dates_of_an_agreement(old: AnyExclusion | None, new: AnyExclusion | None, named: tuple[dt.date, ...]) -> None:
    """Those of the instants added or taken away; days to come are not remembered."""
    assert exclusion_dates(subject(), old, new) == named


def test_an_agreement_on_some_alarms_is_damped_as_they_are() -> None:
    """What is left of an outage may be too short now; time that is nobody's is not."""
    damped = subject(policy=sla.SLAPolicy(min_outage=HOUR))
    assert exclusion_dates(damped, None, sla.Exclusion(at(21, 22), at(21, 23, 30), reason="access")) == days(21)
    scoped = sla.Exclusion(at(21, 22), at(21, 23, 30), reason="access", applies_to={"resource_id": ["r1"]})
    assert exclusion_dates(damped, None, scoped) == days(21, 22)
    assert targeting_columns([WORK, scoped]) == {"resource_id"}
