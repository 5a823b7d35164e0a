"""A small world in which facts change: everything happens around two midnights, so it touches, damps and excuses."""

from __future__ import annotations

import datetime as dt

from hypothesis import strategies as st

from sla_compliance.alarms import Alarm, AlarmFilter
from sla_compliance.calendars.exclusions import AnyExclusion, Exclusion, MaintenanceKind, MaintenanceWindow
from sla_compliance.calendars.periods import Period
from sla_compliance.calendars.planned_work import PlannedWork
from sla_compliance.calendars.service_hours import ServiceHours
from sla_compliance.corrections import Correction
from sla_compliance.policy import SLAPolicy
from sla_compliance.service import TenantSettings
from tests.service.world import at

MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)
FIRST, LAST = at(25), at(29)
"""Lisbon's clock is set back on the 26th."""

around_midnight = st.sampled_from([-HOUR, -5 * MINUTE, 0 * HOUR, 5 * MINUTE, HOUR])
moments = st.builds(lambda day, offset: at(day) + offset, st.integers(26, 27), around_midnight)
lengths = st.sampled_from([5 * MINUTE, 15 * MINUTE, HOUR, 30 * HOUR])
resources = st.sampled_from([None, "r1", "r2"])
scopes = st.sampled_from([None, {"resource_id": ["r1"]}, {"resource_id": ["r2"]}])
policies = st.builds(
    SLAPolicy,
    qualifying=st.sampled_from([AlarmFilter(), AlarmFilter({"critical"}, excluded_statuses={"suppressed"})]),
    merge_gap=st.sampled_from([0 * HOUR, 0 * HOUR, 20 * MINUTE, 2 * HOUR]),
    min_outage=st.sampled_from([0 * HOUR, 0 * HOUR, 10 * MINUTE, 2 * HOUR]),
    stale_after=st.sampled_from([None, 2 * HOUR, 20 * HOUR]),
    accepted_maintenance=st.sampled_from([{MaintenanceKind.PLANNED}, set(MaintenanceKind)]),
    planned_work=st.sampled_from(
        [
            PlannedWork(),
            PlannedWork(),
            PlannedWork(most_time=20 * MINUTE, per=Period.WEEK),
            PlannedWork(most_windows=1),
            PlannedWork(excuses="caused"),
            PlannedWork(most_windows=2, per=Period.DAY, excuses="caused"),
        ]
    ),
)
tenants = st.builds(
    TenantSettings,
    zone=st.sampled_from(["UTC", "Europe/Lisbon"]),
    policy=policies,
    service_hours=st.sampled_from([None, ServiceHours.weekly({"mon-fri": "08:00-20:00"})]),
)


undated_rows = st.builds(
    Alarm,
    moments,
    id=st.integers(0, 2),
    alarm_id=st.sampled_from(["device", "device", None]),
    severity=st.sampled_from(["critical", "critical", "minor", "cleared"]),
    status=st.just("cleared"),
    resource_id=st.sampled_from([None, "r1"]),
)
"""Rows that are over without a time: each ends with the start of the next of its device, at the latest."""


def alarms() -> st.SearchStrategy[Alarm]:
    """An alarm of the week; several are of one device, some of these over without a time."""
    return various_alarms() | undated_rows


@st.composite
def various_alarms(draw: st.DrawFn) -> Alarm:
    """An alarm of the week: cleared or open, seen again or not, or a row of which some is open to doubt."""
    start, length = draw(moments), draw(lengths)
    seen = draw(st.none() | st.sampled_from([start, start + length / 2, start + length]))
    key = draw(st.integers(0, 2))
    return Alarm(
        start,
        draw(st.none() | st.sampled_from([start + length, start - length])),
        id=key,
        alarm_id=draw(st.sampled_from(["device", "device", f"device {key}", None])),
        severity=draw(st.sampled_from(["critical", "critical", "major", "minor", "cleared", "sev1"])),
        status=draw(st.sampled_from([None, "active", "suppressed", "cleared", "cleared"])),
        updated_at=draw(st.none() | st.just(start + length)),
        resource_id=draw(resources),
        last_occurrence=seen,
    )


@st.composite
def agreements(draw: st.DrawFn) -> AnyExclusion:
    """Maintenance or an exclusion: of everybody or of some alarms, once or daily."""
    start, length = draw(moments), draw(lengths)
    scope = draw(scopes)
    if draw(st.booleans()):
        return Exclusion(start, start + length, reason="no access", applies_to=scope)
    kind, rule = draw(st.sampled_from(list(MaintenanceKind))), draw(st.sampled_from([None, "FREQ=DAILY;COUNT=3"]))
    return MaintenanceWindow(start, start + length, kind=kind, applies_to=scope, recurrence=rule)


@st.composite
def corrections(draw: st.DrawFn) -> Correction:
    """What somebody knows better than a row: a time or two, a severity, or that there was no alarm."""
    start, length = draw(moments), draw(lengths)
    values = {"starts": start, "ends": start + length, "severity": draw(st.sampled_from(["critical", "minor"]))}
    names = draw(st.sets(st.sampled_from(sorted(values))))
    facts = {name: values[name] for name in sorted(names)} or {"void": True}
    return Correction(draw(st.integers(0, 2)), reason="seen", author="NOC", entered_at=draw(moments), **facts)
