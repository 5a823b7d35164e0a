"""TenantSettings: what was agreed with a tenant, and the keys of its days."""

from __future__ import annotations

import pytest

import sla_compliance as sla
from sla_compliance.agreements import TenantSettings
from sla_compliance.measured import DayKey
from sla_compliance.units import instant_us
from tests.unit.moments import at


def key_of(settings: TenantSettings, day: int) -> DayKey:
    """Return the key of a day of October 2025, UTC."""
    start_us, end_us = instant_us(at(day), field=""), instant_us(at(day + 1), field="")
    return settings.day_key("acme", at(day).date(), start_us, end_us)


def test_service_hours_may_be_times() -> None:
    """They change the key of the days that they meet, and of no other."""
    agreed = TenantSettings("UTC", service_hours=[(at(8, 9), at(8, 17)), (at(9, 9), at(9, 17))])
    changed = TenantSettings("UTC", service_hours=[(at(8, 9), at(8, 17)), (at(9, 9), at(9, 18))])
    assert key_of(agreed, 8) == key_of(changed, 8)
    assert key_of(agreed, 9) != key_of(changed, 9)


def test_monitoring_has_a_beginning() -> None:
    """Days before it have another key; so do days of a tenant that was always monitored."""
    late = TenantSettings("UTC", monitored_since=at(9))
    assert key_of(late, 9) == key_of(TenantSettings("UTC"), 9)
    assert key_of(late, 8) != key_of(TenantSettings("UTC"), 8)


def test_wrong_service_hours_are_named() -> None:
    """One message that names the argument."""
    with pytest.raises(sla.SLAComplianceError, match="service_hours"):
        TenantSettings("UTC", service_hours=[("nine", "five")])  # type: ignore[list-item]
