"""What is left of a month if further outages come, on worked examples."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from sla_compliance import (
    Alarm,
    InvalidIntervalError,
    InvalidTypeError,
    MaintenanceWindow,
    NaiveDatetimeError,
    SLAPolicy,
    Verdict,
    evaluate,
)
from sla_compliance.analysis import projected_budget
from sla_compliance.report import ComplianceReport
from sla_compliance.units import MINUTE_US

TENTH = datetime(2026, 10, 10, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def october(**keywords: object) -> ComplianceReport:
    """Return the report of October on the 10th, with half an hour down; 44.64 minutes are allowed."""
    cut = Alarm(TENTH - timedelta(days=7), TENTH - timedelta(days=7) + 30 * MINUTE)
    arguments = {"start": TENTH.replace(day=1), "end": TENTH.replace(month=11, day=1), "zone": "UTC", **keywords}
    return evaluate([cut], as_of=TENTH, **arguments)  # type: ignore[arg-type]


def test_what_is_left_after_two_outages_is_exact() -> None:
    later = TENTH + timedelta(days=3)
    projection = projected_budget(october(), [(later, later + 10 * MINUTE), (TENTH, TENTH + 4 * MINUTE)])
    assert projection.added_us == 14 * MINUTE_US
    assert projection.left_us == Fraction("0.64") * MINUTE_US
    assert projection.verdict is Verdict.MET
    assert projection.record.downtime_us == 44 * MINUTE_US
    body = json.loads(json.dumps(projection.as_dict()))
    assert (body["added_seconds"], body["spent_seconds"], body["left_seconds"]) == (840, 2_640, 38.4)
    assert projection.explain() == "14 min more counted downtime: left 38.4 s, MET if nothing else is down"


def test_a_lost_month_is_overspent() -> None:
    projection = projected_budget(october(), [(TENTH, TENTH + 15 * MINUTE)])
    assert projection.verdict is Verdict.BREACHED
    assert projection.explain() == "15 min more counted downtime: overspent by 21.6 s, BREACHED if nothing else is down"


def test_windows_for_everybody_take_their_part_and_targeted_ones_do_not() -> None:
    outage = [(TENTH, TENTH + 10 * MINUTE)]
    everybody = october(maintenance=[(TENTH, TENTH + 4 * MINUTE)])
    targeted = october(maintenance=[MaintenanceWindow(*outage[0], applies_to={"resource_id": ["olt"]})])
    assert projected_budget(everybody, outage).added_us == 6 * MINUTE_US
    assert projected_budget(targeted, outage).added_us == 10 * MINUTE_US


def test_damping_applies_and_a_day_is_projected_by_itself() -> None:
    report = october(policy=SLAPolicy(min_outage=5 * MINUTE))
    assert projected_budget(report, [(TENTH, TENTH + 4 * MINUTE)]).added_us == 0
    day = report.days[9]
    projection = projected_budget(report, [(TENTH - MINUTE, TENTH + 9 * MINUTE)], day)
    assert (projection.added_us, len(projection.record.day_cells_us)) == (9 * MINUTE_US, 1)
    assert sum(projection.record.cells_us) == sum(day.cells_us)


def test_pairs_are_checked() -> None:
    with pytest.raises(InvalidTypeError, match="outages"):
        projected_budget(october(), [TENTH])  # type: ignore[list-item]
    with pytest.raises(InvalidIntervalError, match=r"outages\[0\]"):
        projected_budget(october(), [(TENTH, TENTH - MINUTE)])
    with pytest.raises(NaiveDatetimeError, match=r"outages\[0\].start"):
        projected_budget(october(), [(TENTH.replace(tzinfo=None), TENTH)])
