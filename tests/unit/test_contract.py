"""What was owed: maintenance, exclusions, hours, service and monitored time, read into sets."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

import sla_compliance as sla
from sla_compliance.contract import read_contract
from sla_compliance.intervals import ALWAYS, NEVER, IntervalSet
from tests.unit.moments import HOUR_US, at, report_of, us

EMERGENCY, PLANNED = sla.MaintenanceKind.EMERGENCY, sla.MaintenanceKind.PLANNED


def cells(report: sla.ComplianceReport) -> dict[tuple[str, str], int]:
    """Return the cells that hold anything, in hours."""
    return {(str(scope), str(state)): us // HOUR_US for (scope, state), us in report.total.segments.items() if us}


def test_nothing_said_is_always_in_service_and_watched() -> None:
    """And nothing is excluded."""
    contract = read_contract(zone="UTC", start_us=0, end_us=1, policy=sla.SLAPolicy())
    assert contract.in_service == contract.service_hours == contract.monitored == ALWAYS
    assert contract.maintenance == contract.exclusions == NEVER
    assert contract.targeted == ()


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("in_service", {("NOT_IN_SERVICE", "UP"): 24}),
        ("service_hours", {("OUT_OF_HOURS", "UP"): 24}),
        ("monitored", {("AGREED", "UNKNOWN"): 24}),
        ("maintenance", {("AGREED", "UP"): 24}),
        ("exclusions", {("AGREED", "UP"): 24}),
    ],
)
def test_an_empty_list_is_never(field: str, expected: dict[tuple[str, str], int]) -> None:
    """Which is not the same as None."""
    assert cells(report_of([], at(8), at(9), **{field: []})) == expected


def test_times_may_be_given_as_a_set_of_instants() -> None:
    """What the library computes with itself."""
    seen = IntervalSet((us(at(8)),), (us(at(8, 6)),))
    assert cells(report_of([], at(8), at(9), monitored=seen)) == {("AGREED", "UP"): 6, ("AGREED", "UNKNOWN"): 18}


@pytest.mark.parametrize(
    ("accepted", "window", "hours"),
    [
        ({PLANNED}, sla.MaintenanceWindow(at(8, 2), at(8, 3)), 1),
        ({PLANNED}, sla.MaintenanceWindow(at(8, 2), at(8, 3), kind=EMERGENCY), 0),
        ({PLANNED, EMERGENCY}, sla.MaintenanceWindow(at(8, 2), at(8, 3), kind=EMERGENCY), 1),
        (set(), sla.MaintenanceWindow(at(8, 2), at(8, 3)), 0),
        ({PLANNED}, (at(8, 2), at(8, 3)), 1),
        ({EMERGENCY}, (at(8, 2), at(8, 3)), 0),
    ],
    ids=["planned", "emergency", "accepted emergency", "none accepted", "pair", "pair where planned is not accepted"],
)
def test_only_accepted_maintenance_takes_time_out(accepted: set[sla.MaintenanceKind], window: Any, hours: int) -> None:
    """A plain pair is planned work."""
    policy = sla.SLAPolicy(accepted_maintenance=accepted)
    report = report_of([], at(8), at(9), policy=policy, maintenance=[window])
    assert cells(report).get(("MAINTENANCE", "UP"), 0) == hours


def test_the_first_scope_that_applies_wins() -> None:
    """Not in service, out of hours, maintenance, excluded, agreed."""
    report = report_of(
        [],
        at(8),
        at(9),
        in_service=[(at(8, 2), at(9))],
        service_hours=[(at(8, 1), at(8, 12))],
        maintenance=[(at(8, 1), at(8, 5)), (at(8, 11), at(8, 13))],
        exclusions=[sla.Exclusion(at(8, 3), at(8, 8), reason="no access"), (at(8, 0), at(8, 1))],
    )
    assert cells(report) == {
        ("NOT_IN_SERVICE", "UP"): 2,
        ("OUT_OF_HOURS", "UP"): 12,
        ("MAINTENANCE", "UP"): 4,
        ("EXCLUDED", "UP"): 3,
        ("AGREED", "UP"): 3,
    }


def test_a_targeted_window_takes_only_the_matching_alarms_out() -> None:
    """Work in Lagos excuses nothing in Abuja, and the time stays agreed."""
    work = sla.MaintenanceWindow(at(8, 2), at(8, 4), applies_to={"resource_id": ["lagos-1", "lagos-2"]})
    lagos = sla.Alarm(at(8, 1), at(8, 3), resource_id="lagos-1")
    abuja = sla.Alarm(at(8, 3), at(8, 5), resource_id="abuja-1")
    assert cells(report_of([lagos], at(8), at(9), maintenance=[work])) == {
        ("AGREED", "DOWN"): 1,
        ("AGREED", "EXCUSED_MAINTENANCE"): 1,
        ("AGREED", "UP"): 22,
    }
    assert cells(report_of([abuja], at(8), at(9), maintenance=[work]))["AGREED", "DOWN"] == 2
    assert cells(report_of([lagos, abuja], at(8), at(9), maintenance=[work]))["AGREED", "DOWN"] == 3


def test_any_match_of_any_column_will_do() -> None:
    """Values are compared as text; a row without the column's value does not match."""
    excluded = sla.Exclusion(at(8), at(9), reason="theft", applies_to={"customer_id": ["c1"], "circuit": ["7"]})
    batch = sla.AlarmBatch.from_columns(
        starts_us=[us(at(8, hour)) for hour in (0, 2, 4)],
        ends_us=[us(at(8, hour + 1)) for hour in (0, 2, 4)],
        customer_ids=["c1", None, "c2"],
        more={"circuit": [5, 7, None]},
    )
    assert cells(report_of(batch, at(8), at(9), exclusions=[excluded]))["AGREED", "DOWN"] == 1


def test_work_not_accepted_excuses_no_alarm_either() -> None:
    """A targeted emergency is downtime."""
    work = sla.MaintenanceWindow(at(8), at(9), kind=EMERGENCY, applies_to={"resource_id": "r1"})
    report = report_of([sla.Alarm(at(8, 1), at(8, 2), resource_id="r1")], at(8), at(9), maintenance=[work])
    assert report.total.downtime_us == HOUR_US
    assert report.rule.targeted == ()


def test_a_recurring_targeted_window_reaches_as_far_beyond_the_window_as_damping_looks() -> None:
    """The gap that damping bridges over midnight is excused only where both its sides are."""
    nightly = sla.MaintenanceWindow(
        at(1, 22), at(2, 1), recurrence="FREQ=DAILY", applies_to={"resource_id": "r1"}, reason="backups"
    )
    policy = sla.SLAPolicy(merge_gap=timedelta(hours=1))
    before = sla.Alarm(at(7, 22), at(7, 23, 45), resource_id="r1")
    for resource, downtime_us in (("r1", 0), ("r2", HOUR_US)):
        after = sla.Alarm(at(8, 0, 30), at(8, 1), resource_id=resource)
        report = report_of([before, after], at(8), at(9), maintenance=[nightly], policy=policy)
        assert report.total.downtime_us == downtime_us
        assert report.gross.downtime_us == HOUR_US


def test_contracts_hash() -> None:
    """With targeted exclusions in them."""
    terms: dict[str, Any] = {"zone": "UTC", "start_us": us(at(8)), "end_us": us(at(9)), "policy": sla.SLAPolicy()}
    excluded = [sla.Exclusion(at(8), at(9), reason="x" * 1_000_000, applies_to={"resource_id": "r1"})]
    first, second = (read_contract(**terms, exclusions=excluded) for _ in range(2))
    assert hash(first) == hash(second)
    assert first == second
    assert first.targeted[0].name == f"exclusion of 2025-10-08 00:00 UTC ({'x' * 59}…)"


def test_service_hours_are_read_on_the_tenant_s_wall() -> None:
    """09:00-17:00 in Lagos is 08:00-16:00 in UTC."""
    hours = sla.ServiceHours.weekly({"wed": "09:00-17:00"})
    report = sla.evaluate([], start=at(8), end=at(9), zone="Africa/Lagos", as_of=at(9), service_hours=hours)
    agreed = [(start, end) for start, end, scope, _ in report.ledger.timeline() if scope == "AGREED"]
    assert agreed == [(us(at(8, 8)), us(at(8, 16)))]
