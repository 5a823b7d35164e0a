"""Short gaps of monitoring have the state that stands on both sides of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

import sla_compliance as sla
from tests.unit.moments import MINUTE_US, at, report_of

WATCHED = [(at(8), at(8, 12)), (at(8, 12, 4), at(9))]


def minutes(report: sla.ComplianceReport) -> dict[str, int]:
    """Return the states that hold anything but up, in minutes."""
    segments = report.total.segments
    return {
        str(state): length // MINUTE_US
        for (_, state), length in segments.items()
        if length and state is not sla.State.UP
    }


def report(*alarms: sla.Alarm, gap: int = 5, **terms: Any) -> sla.ComplianceReport:
    """Evaluate 8 October, of which four minutes from noon were not watched."""
    return report_of(alarms, at(8), at(9), **{"monitored": WATCHED, "monitor_gap": timedelta(minutes=gap), **terms})


@pytest.mark.parametrize(("gap", "unknown"), [(0, {"UNKNOWN": 4}), (4, {"UNKNOWN": 4}), (5, {})])
def test_a_shorter_gap_is_bridged(gap: int, unknown: dict[str, int]) -> None:
    """One as long as the limit is not."""
    assert minutes(report(gap=gap)) == unknown


def test_a_gap_in_an_outage_is_down() -> None:
    """Both its sides are; the outage is one."""
    both = [sla.Alarm(at(8, 11), at(8, 12)), sla.Alarm(at(8, 12, 4), at(8, 13))]
    assert minutes(report(*both)) == {"DOWN": 120}
    (incident,) = report(*both).incidents()
    assert incident.duration_us == 120 * MINUTE_US


@pytest.mark.parametrize(
    "alarms",
    [
        [sla.Alarm(at(8, 11), at(8, 12))],
        [sla.Alarm(at(8, 12, 4), at(8, 13))],
    ],
    ids=["down before", "down after"],
)
def test_a_gap_whose_sides_differ_stays_unknown(alarms: list[sla.Alarm]) -> None:
    """It began or ended in the dark."""
    assert minutes(report(*alarms))["UNKNOWN"] == 4


def test_the_last_instant_before_a_gap_and_the_first_after_it_decide() -> None:
    """A microsecond of downtime on one side alone leaves it unknown; on both sides the gap is down."""
    microsecond = timedelta(microseconds=1)
    before = sla.Alarm(at(8, 12) - microsecond, at(8, 12))
    after = sla.Alarm(at(8, 12, 4), at(8, 12, 4) + microsecond)
    assert minutes(report(before))["UNKNOWN"] == 4
    assert minutes(report(after))["UNKNOWN"] == 4
    assert report(before, after).total.downtime_us == 4 * MINUTE_US + 2
    beside = [sla.Alarm(at(8, 11), at(8, 12) - microsecond), sla.Alarm(at(8, 12, 4) + microsecond, at(8, 13))]
    assert "UNKNOWN" not in minutes(report(*beside))


def test_what_alarms_leave_of_a_gap_lies_between_no_monitored_instants() -> None:
    """Evidence is down; beside it nobody watched."""
    found = minutes(report(sla.Alarm(at(8, 12, 1), at(8, 12, 2))))
    assert found == {"DOWN": 1, "UNKNOWN": 3}


def test_a_gap_between_excused_instants_is_excused() -> None:
    """By maintenance or otherwise, as its sides are."""
    both = [sla.Alarm(at(8, 11), at(8, 12), resource_id="r1"), sla.Alarm(at(8, 12, 4), at(8, 13), resource_id="r1")]
    window: dict[str, Any] = {"applies_to": {"resource_id": "r1"}}
    work = sla.MaintenanceWindow(at(8), at(9), **window)
    assert minutes(report(*both, maintenance=[work])) == {"EXCUSED_MAINTENANCE": 120}
    theft = sla.Exclusion(at(8), at(9), reason="theft", **window)
    assert minutes(report(*both, exclusions=[theft])) == {"EXCUSED_OTHER": 120}


def test_the_end_of_a_gap_must_have_come() -> None:
    """At the instant of evaluation nothing is known of what stands behind it."""
    assert minutes(report(as_of=at(8, 12, 4)))["UNKNOWN"] == 4
    assert "UNKNOWN" not in minutes(report(as_of=at(8, 12, 5)))


def test_a_gap_at_the_edge_of_the_window_is_judged_by_what_lies_beyond() -> None:
    """Halves of it are bridged as the whole is."""
    for start, end in ((at(8), at(8, 12, 2)), (at(8, 12, 2), at(9))):
        part = report_of([], start, end, as_of=at(9), monitored=WATCHED, monitor_gap=timedelta(minutes=5))
        assert minutes(part) == {}
