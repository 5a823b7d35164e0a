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
from sla_compliance.units import DAY_US


@pytest.mark.parametrize("target", ["99.9", 99.90, Decimal("99.9"), "99.90", "9.99e1", "9.99E1", "+99.9"], ids=repr)
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
    plain = sla.SLAPolicy()
    assert (plain.target_percentage, plain.minimum_coverage_ratio, plain.doubt_at_most_us) == (
        99.9,
        Fraction(0),
        DAY_US,
    )


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


def test_what_a_fingerprint_is_made_of() -> None:
    """All that changes a figure in JSON types; rules that came later only where they differ from their default."""
    plain = {
        "version": 1,
        "severities": ["critical", "major"],
        "excluded_alarm_types": [],
        "excluded_statuses": [],
        "merge_gap_us": 0,
        "min_outage_us": 0,
        "stale_after_us": None,
        "accepted_maintenance": ["planned"],
        "target": "999/1000",
        "up": [19],
        "down": [17],
    }
    assert sla.SLAPolicy().canonical == plain
    hours = sla.ServiceHours.weekly({"sun": "22:00-24:00"})
    work = sla.PlannedWork(
        notice=timedelta(seconds=1),
        without_notice="reject",
        hours=hours,
        most_time=timedelta(seconds=2),
        most_windows=3,
        per=sla.Period.WEEK,
        excuses="caused",
    )
    policy = sla.SLAPolicy(
        "50",
        qualifying=sla.AlarmFilter({"minor"}, {"T"}, {"S"}),
        merge_gap=timedelta(seconds=3),
        min_outage=timedelta(seconds=4),
        stale_after=timedelta(seconds=5),
        accepted_maintenance=sla.MaintenanceKind,
        planned_work=work,
        unknown="excluded",
        minimum_coverage="0.5",
        refreshed_every=timedelta(seconds=6),
        doubt_at_most=timedelta(seconds=7),
    )
    assert policy.canonical == {
        **plain,
        "severities": ["minor"],
        "excluded_alarm_types": ["t"],
        "excluded_statuses": ["s"],
        "merge_gap_us": 3_000_000,
        "min_outage_us": 4_000_000,
        "stale_after_us": 5_000_000,
        "accepted_maintenance": ["emergency", "planned"],
        "target": "1/2",
        "planned_work": {
            "notice_us": 1_000_000,
            "without_notice": "reject",
            "hours": "sun 22:00-24:00",
            "most_time_us": 2_000_000,
            "most_windows": 3,
            "per": ["week", 7, 0, 1, 1],
            "excuses": "caused",
        },
        "doubt_at_most_us": 7_000_000,
        "refreshed_every_us": 6_000_000,
        "unknown": "excluded",
        "minimum_coverage": "1/2",
    }
    assert (policy.measurement_fingerprint, policy.fingerprint) == ("1bfdbf5d875a4dd3", "52faabff651a739d")
    one_cap = sla.PlannedWork(most_windows=2).canonical()
    assert one_cap == {"most_time_us": None, "most_windows": 2, "per": ["month", 0, 1, 0, 1]}


def test_an_accounting_names_its_excused_cells_only_where_they_count_otherwise() -> None:
    """Otherwise than the named accounting does that agrees with it on the first four states."""
    for name in ("REMOVED", "PLANNED_DOWNTIME_REMOVED", "COUNTED", "GROSS"):
        assert "excused" not in sla.SLAPolicy(accounting=getattr(sla.Accounting, name)).canonical
    down = {(sla.Scope.AGREED, sla.State.EXCUSED_OTHER): sla.Counts.DOWN}
    custom = sla.SLAPolicy(accounting=sla.Accounting(down)).canonical
    assert custom["excused"] == [["AGREED", "EXCUSED_MAINTENANCE", "UP"], ["AGREED", "EXCUSED_OTHER", "DOWN"]]
    assert (custom["up"], custom["down"]) == ([19], [17])
    unknown = {(sla.Scope.AGREED, sla.State.UNKNOWN): sla.Counts.DOWN}
    assert sla.SLAPolicy(accounting=sla.Accounting(unknown)).canonical["down"] == [17, 18]
    assert "excused" not in sla.SLAPolicy(accounting=sla.Accounting(unknown)).canonical


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"target_percentage": True}, "target_percentage is True; give a percentage such as 99.9"),
        ({"target_percentage": None}, "target_percentage is None; give a percentage such as 99.9"),
        ({"target_percentage": "101"}, "target_percentage is '101'; give a percentage from 0 to 100, such as 99.9"),
        ({"target_percentage": -1}, "target_percentage is -1; give a percentage from 0 to 100, such as 99.9"),
        ({"target_percentage": "99,9"}, "target_percentage is '99,9'; give a percentage from 0 to 100, such as 99.9"),
        ({"target_percentage": Decimal("1e-401")}, "target_percentage is "),
        ({"target_percentage": "0" * 401}, "target_percentage is "),
        ({"qualifying": 1}, "qualifying is 1; give AlarmFilter"),
        ({"accounting": 1}, "accounting is 1; give Accounting"),
        ({"planned_work": 1}, "planned_work is 1; give PlannedWork"),
        ({"merge_gap": 1}, "merge_gap is 1"),
        ({"min_outage": 1}, "min_outage is 1"),
        ({"doubt_at_most": 1}, "doubt_at_most is 1"),
        ({"stale_after": 1}, "stale_after is 1"),
        ({"refreshed_every": 1}, "refreshed_every is 1"),
        ({"unknown": "x"}, "unknown is 'x'; give 'doubt' or 'excluded'"),
        ({"minimum_coverage": 2}, "minimum_coverage is 2; give a share from 0 to 1, such as 0.95"),
        ({"minimum_coverage": True}, "minimum_coverage is True; give a share from 0 to 1, such as 0.95"),
        ({"minimum_coverage": Fraction(-1, 2)}, "minimum_coverage is a value of type Fraction; give a share from 0 to"),
        ({"minimum_coverage": "half"}, "minimum_coverage is 'half'; give a share from 0 to 1, such as 0.95"),
        ({"accepted_maintenance": 1}, "accepted_maintenance is 1; give kinds, e.g. {MaintenanceKind.PLANNED}"),
        ({"accepted_maintenance": ["planned"]}, "accepted_maintenance is 'planned'; give MaintenanceKind"),
    ],
)
def test_a_bad_argument_is_named_with_the_way_out(arguments: dict[str, Any], message: str) -> None:
    """As an attribute too."""
    with pytest.raises(sla.SLAComplianceError) as caught:
        sla.SLAPolicy(**arguments)
    assert str(caught.value).startswith(message)
    assert caught.value.field == next(iter(arguments))


def test_targets_of_the_longest_length_and_the_smallest_exponent_are_read() -> None:
    """Just inside the bounds; a field may have another name."""
    assert target_ratio("0" * 398 + "50") == Fraction(1, 2)
    assert target_ratio(Decimal("1e-400")) == Fraction(1, 10**402)
    assert target_ratio(Decimal("1e2")) == 1
    ones = Decimal((0, (1,) * 400, -400))
    assert target_ratio(ones) == Fraction(ones) / 100
    with pytest.raises(sla.InvalidTargetError):
        target_ratio(Decimal((0, (1,) * 401, -400)))
    with pytest.raises(sla.InvalidTargetError) as caught:
        target_ratio(Decimal("0e3"), field="target")
    assert caught.value.field == "target"


def test_a_policy_with_changes_is_the_same_otherwise() -> None:
    """Each field by itself, also a target that is no decimal."""
    third = sla.SLAPolicy("50").with_changes(merge_gap=timedelta(1))
    object.__setattr__(third, "target_ratio", Fraction(1, 3))
    for field, change in CHANGES.items():
        changed = third.with_changes(**change)
        same = [item.name for item in fields(sla.SLAPolicy) if item.name != field]
        assert [getattr(changed, name) for name in same] == [getattr(third, name) for name in same]
        assert getattr(changed, field) == getattr(sla.SLAPolicy(**change), field)
