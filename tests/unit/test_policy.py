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
}


@pytest.mark.parametrize("field", [field.name for field in fields(sla.SLAPolicy)])
def test_every_field_changes_the_fingerprint(field: str) -> None:
    """Target and accounting change that of the measurement not: the same cells answer them."""
    plain, changed = sla.SLAPolicy(), sla.SLAPolicy(**CHANGES[field])
    assert plain.fingerprint != changed.fingerprint
    is_question = field in ("target_ratio", "accounting")
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


def test_policies_are_values() -> None:
    """Frozen, hashable, picklable, equal however they were written."""
    policy = sla.SLAPolicy("99.90", merge_gap=timedelta(minutes=1), accepted_maintenance=list(sla.MaintenanceKind))
    same = sla.SLAPolicy(99.9, merge_gap=timedelta(seconds=60), accepted_maintenance=set(sla.MaintenanceKind))
    assert {policy: 1}[same] == 1
    assert pickle.loads(pickle.dumps(policy)) == same  # noqa: S301 - our own bytes
    with pytest.raises(AttributeError):
        policy.merge_gap = timedelta(0)  # type: ignore[misc]
