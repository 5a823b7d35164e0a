"""Short stretches without monitoring have the state on both of their sides."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

import sla_compliance as sla
from sla_compliance.units import MINUTE_US
from tests.unit.moments import at, report_of

MONITORED = [(at(8), at(8, 9)), (at(8, 9, 5), at(9))]
OUTAGE = [sla.Alarm(at(8, 8), at(8, 9)), sla.Alarm(at(8, 9, 5), at(8, 10))]
OF_R1 = [sla.Alarm(alarm.first_occurrence, alarm.cleared_at, resource_id="r1") for alarm in OUTAGE]


def unknown_minutes(alarms: list[sla.Alarm], **terms: Any) -> tuple[int, int]:
    """Return the minutes that are unknown and those that are down."""
    terms = {"monitor_gap": timedelta(minutes=6), "monitored": MONITORED, **terms}
    total = report_of(alarms, at(8), at(9), **terms).total
    unknown_us = sum(length for (_, state), length in total.segments.items() if state is sla.State.UNKNOWN)
    return unknown_us // MINUTE_US, total.downtime_us // MINUTE_US


@pytest.mark.parametrize("monitor_gap", [timedelta(0), timedelta(minutes=5)])
def test_a_gap_that_is_not_shorter_stays_unknown(monitor_gap: timedelta) -> None:
    """The bound is not reached."""
    assert unknown_minutes([], monitor_gap=monitor_gap) == (5, 0)


def test_a_gap_between_two_states_stays_unknown() -> None:
    """Up before and down after; and where nothing was watched before."""
    assert unknown_minutes(OUTAGE[:1]) == (5, 60)
    assert unknown_minutes([], monitored=[(at(8, 0, 5), at(9))]) == (5, 0)


def test_a_gap_has_the_state_of_its_sides() -> None:
    """Up, down, or excused by maintenance or another exclusion."""
    assert unknown_minutes([]) == (0, 0)
    assert unknown_minutes(OUTAGE) == (0, 120)
    work = sla.MaintenanceWindow(at(8, 7), at(8, 11), applies_to={"resource_id": "r1"})
    theft = sla.Exclusion(at(8, 7), at(8, 11), reason="theft", applies_to={"resource_id": "r1"})
    assert unknown_minutes(OF_R1, maintenance=[work]) == (0, 0)
    assert unknown_minutes(OF_R1, exclusions=[theft]) == (0, 0)


def test_an_outage_inside_a_gap_is_no_side_of_it() -> None:
    """It was reported, but nothing was watched before or after it."""
    assert unknown_minutes([sla.Alarm(at(8, 9, 1), at(8, 9, 2))]) == (4, 1)
