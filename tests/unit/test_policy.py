"""Targets are read exactly; fingerprints cover what changes figures."""

from __future__ import annotations

import pickle
from dataclasses import fields
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

import sla_compliance as sla
from sla_compliance.policy import target_ratio


@pytest.mark.parametrize("target", ["99.9", 99.90, Decimal("99.9"), "99.90", "9.99e1", "+99.9"], ids=repr)
def test_all_ways_to_write_a_target_mean_the_same(target: Any) -> None:
    """Exactly 999/1000, not the nearest float."""
    assert target_ratio(target) == Fraction(999, 1000)


@pytest.mark.parametrize(
    ("target", "ratio"),
    [
        (0, Fraction(0)),
        (100, Fraction(1)),
        ("1e2", Fraction(1)),
        ("0.0001", Fraction(1, 1000000)),
        (-0.0, Fraction(0)),
        ("1e-400", Fraction(1, 10**402)),
        (".5", Fraction(1, 200)),
        ("100.", Fraction(1)),
    ],
)
def test_targets_reach_from_0_to_100(target: Any, ratio: Fraction) -> None:
    """Both included, down to any decimal that can be meant."""
    assert target_ratio(target) == ratio


def test_the_margin_is_merge_gap_and_shortest_outage() -> None:
    """What a source is asked for beyond a window."""
    policy = sla.SLAPolicy(merge_gap=timedelta(seconds=60), min_outage=timedelta(minutes=5))
    assert policy.margin_us == 360_000_000
    assert (policy.merge_gap_us, policy.min_outage_us) == (60_000_000, 300_000_000)
    assert sla.SLAPolicy().margin_us == 0
    assert sla.SLAPolicy().target_percentage == 99.9


CHANGES: dict[str, Any] = {
    "target_ratio": {"target_percentage": 99},
    "qualifying": {"qualifying": sla.AlarmFilter({"critical"})},
    "accounting": {"accounting": sla.Accounting.GROSS},
    "merge_gap": {"merge_gap": timedelta(seconds=1)},
    "min_outage": {"min_outage": timedelta(seconds=1)},
    "stale_after": {"stale_after": timedelta(0)},
    "accepted_maintenance": {"accepted_maintenance": set(sla.MaintenanceKind)},
    "planned_work": {"planned_work": sla.PlannedWork(notice=timedelta(0))},
    "unknown": {"unknown": "excluded"},
    "minimum_coverage_ratio": {"minimum_coverage": "0.9"},
    "refreshed_every": {"refreshed_every": timedelta(hours=1)},
    "doubt_at_most": {"doubt_at_most": timedelta(hours=12)},
}
AGREED_COVERAGE: dict[str, Any] = {"unknown": "excluded"}
"""Without it a minimum of coverage means nothing."""


@pytest.mark.parametrize("field", [field.name for field in fields(sla.SLAPolicy)])
def test_every_field_changes_the_fingerprint(field: str) -> None:
    """What is asked of the cells changes that of the measurement not: the same cells answer it."""
    agreed = AGREED_COVERAGE if field == "minimum_coverage_ratio" else {}
    plain, changed = sla.SLAPolicy(**agreed), sla.SLAPolicy(**agreed, **CHANGES[field])
    assert plain.fingerprint != changed.fingerprint
    is_question = field in ("target_ratio", "accounting", "unknown", "minimum_coverage_ratio")
    assert (plain.measurement_fingerprint == changed.measurement_fingerprint) == is_question


@pytest.mark.parametrize(
    "qualifying",
    [sla.AlarmFilter(excluded_alarm_types={"suppressed"}), sla.AlarmFilter(excluded_statuses={"suppressed"})],
)
def test_a_type_is_not_taken_for_a_status(qualifying: sla.AlarmFilter) -> None:
    """Filters that differ have different fingerprints."""
    others = {sla.SLAPolicy().measurement_fingerprint, sla.SLAPolicy(qualifying=qualifying).measurement_fingerprint}
    assert len(others) == 2


def test_fingerprints_are_stable() -> None:
    """Stored days are found again by another process and by the next release."""
    policy = sla.SLAPolicy("99.95", merge_gap=timedelta(seconds=60))
    assert policy.measurement_fingerprint == "23c6eb9bad6e3cc6"
    assert policy.fingerprint == "357e4d85ea95acea"


RULES_OF_WORK: dict[str, Any] = {
    "notice": timedelta(hours=1),
    "hours": sla.ServiceHours.weekly({"mon-sun": "22:00-06:00"}),
    "most_time": timedelta(hours=8),
    "most_windows": 4,
    "excuses": "caused",
}


@pytest.mark.parametrize("rule", RULES_OF_WORK)
def test_each_rule_of_planned_work_changes_the_fingerprint(rule: str) -> None:
    """They decide which windows excuse."""
    changed = sla.SLAPolicy(planned_work=sla.PlannedWork(**{rule: RULES_OF_WORK[rule]}))
    assert changed.measurement_fingerprint != sla.SLAPolicy().measurement_fingerprint


@pytest.mark.parametrize(
    "idle",
    [{"without_notice": "reject"}, {"per": sla.Period.WEEK}, {"excuses": "overlap"}],
    ids=lambda idle: next(iter(idle)),
)
def test_a_rule_that_changes_nothing_leaves_the_fingerprint(idle: dict[str, Any]) -> None:
    """What to do without notice counts only with a notice, and a period only with a cap."""
    policy = sla.SLAPolicy(planned_work=sla.PlannedWork(**idle))
    assert policy.measurement_fingerprint == sla.SLAPolicy().measurement_fingerprint
    capped = [
        sla.SLAPolicy(planned_work=sla.PlannedWork(most_windows=1, notice=timedelta(1), **more)) for more in ({}, idle)
    ]
    is_idle_always = idle == {"excuses": "overlap"}
    assert (capped[0].measurement_fingerprint == capped[1].measurement_fingerprint) == is_idle_always


def test_a_share_is_read_exactly() -> None:
    """As a target is; also as a fraction."""
    for share in ("0.95", 0.95, Decimal("0.95"), Fraction(19, 20), "95e-2"):
        assert sla.SLAPolicy(minimum_coverage=share).minimum_coverage_ratio == Fraction(19, 20)
    assert sla.SLAPolicy(minimum_coverage=1).minimum_coverage_ratio == 1


def test_policies_are_values() -> None:
    """Frozen, hashable, picklable, equal however they were written."""
    policy = sla.SLAPolicy("99.90", merge_gap=timedelta(minutes=1), accepted_maintenance=list(sla.MaintenanceKind))
    same = sla.SLAPolicy(99.9, merge_gap=timedelta(seconds=60), accepted_maintenance=set(sla.MaintenanceKind))
    assert {policy: 1}[same] == 1
    assert pickle.loads(pickle.dumps(policy)) == same  # noqa: S301 - our own bytes
    with pytest.raises(AttributeError):
        policy.merge_gap = timedelta(0)  # type: ignore[misc]
