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
