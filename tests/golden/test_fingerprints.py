"""Fingerprints of policies stay what they are: stored days are found by them."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

import sla_compliance as sla
from sla_compliance import Accounting, Counts, Scope, State

GOLDEN = json.loads((Path(__file__).parent / "fingerprints.json").read_text(encoding="utf-8"))

POLICIES = {
    "default": sla.SLAPolicy(),
    "99.95": sla.SLAPolicy("99.95"),
    "PLANNED_DOWNTIME_REMOVED": sla.SLAPolicy(accounting=Accounting.PLANNED_DOWNTIME_REMOVED),
    "EXCUSED": sla.SLAPolicy(accounting=Accounting.EXCUSED),
    "COUNTED": sla.SLAPolicy(accounting=Accounting.COUNTED),
    "GROSS": sla.SLAPolicy(accounting=Accounting.GROSS),
    "unmonitored time counts up": sla.SLAPolicy(accounting=Accounting({(Scope.AGREED, State.UNKNOWN): Counts.UP})),
    "downtime counts out of hours alone": sla.SLAPolicy(
        accounting=Accounting(
            {(Scope.OUT_OF_HOURS, State.DOWN): Counts.DOWN, (Scope.AGREED, State.DOWN): Counts.NOT_COUNTED}
        )
    ),
    "damped": sla.SLAPolicy(
        merge_gap=timedelta(minutes=5), min_outage=timedelta(seconds=90), stale_after=timedelta(days=7)
    ),
    "filtered": sla.SLAPolicy(
        qualifying=sla.AlarmFilter({"critical"}, {"Fibre"}, {"suppressed"}),
        accepted_maintenance=set(sla.MaintenanceKind),
    ),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_a_policy_keeps_its_fingerprints(name: str) -> None:
    """Written by the first release; a later rule enters the digest only where it differs from its default."""
    policy = POLICIES[name]
    assert [policy.measurement_fingerprint, policy.fingerprint] == GOLDEN[name]


def test_counting_excused_outages_otherwise_is_another_policy() -> None:
    """What the named accountings say of excused outages is the default; anything else shows."""
    otherwise = Accounting({(Scope.AGREED, State.EXCUSED_OTHER): Counts.DOWN})
    assert sla.SLAPolicy(accounting=otherwise).fingerprint != sla.SLAPolicy().fingerprint
