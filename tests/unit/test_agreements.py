"""What was agreed with a tenant, and the part of it that is in the key of a day."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from sla_compliance.agreements import TenantSettings
from sla_compliance.calendars.service_hours import ServiceHours
from sla_compliance.errors import InvalidTypeError
from sla_compliance.measured import DayKey
from sla_compliance.units import DAY_US, instant_us

DATE = dt.date(2026, 3, 10)
MIDNIGHT = dt.datetime(2026, 3, 10, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
OFFICE = ServiceHours.parse("mon-fri 09:00-17:00")


def key_of(**settings: Any) -> DayKey:
    """The key of DATE for a tenant with these settings."""
    start_us = instant_us(MIDNIGHT, field="midnight")
    return TenantSettings("UTC", **settings).day_key("acme", DATE, start_us, start_us + DAY_US)


@pytest.mark.parametrize(
    ("settings", "others"),
    [
        ({}, {"service_hours": [(MIDNIGHT, MIDNIGHT + 24 * HOUR)]}),
        ({}, {"in_service": [(MIDNIGHT - 48 * HOUR, MIDNIGHT + 24 * HOUR)]}),
        ({}, {"monitored_since": MIDNIGHT}),
        ({"service_hours": OFFICE}, {"service_hours": ServiceHours.parse("mon-fri 09:00-17:00; 2026-03-12 closed")}),
        ({"service_hours": OFFICE}, {"service_hours": ServiceHours.parse("mon-fri 09:00-17:00; 2026-03-07 closed")}),
        ({"service_hours": ()}, {"service_hours": [(MIDNIGHT + 24 * HOUR, MIDNIGHT + 25 * HOUR)]}),
    ],
    ids=["all of the day", "in service", "monitored", "a later exception", "an earlier exception", "none of the day"],
)
def test_settings_that_agree_on_a_day_have_one_key(settings: dict[str, Any], others: dict[str, Any]) -> None:
    """An activation last week leaves the days of last month alone."""
    assert key_of(**settings) == key_of(**others)


@pytest.mark.parametrize(
    "settings",
    [
        {"service_hours": OFFICE},
        {"service_hours": ServiceHours.parse("mon-fri 09:00-17:00; 2026-03-11 closed")},
        {"service_hours": ServiceHours.parse("mon-fri 09:00-17:00; 2026-03-08 10:00-12:00")},
        {"service_hours": [(MIDNIGHT, MIDNIGHT + HOUR)]},
        {"service_hours": ()},
        {"in_service": [(MIDNIGHT + HOUR, MIDNIGHT + 48 * HOUR)]},
        {"monitored_since": MIDNIGHT + HOUR},
    ],
    ids=str,
)
def test_settings_that_touch_a_day_change_its_key(settings: dict[str, Any]) -> None:
    """Hours of the dates around it may run into the day."""
    assert key_of(**settings) != key_of()


def test_hours_of_a_date_around_the_day_are_in_its_key() -> None:
    """The range of a date before may end on the day."""
    closed_before = ServiceHours.parse("mon-fri 09:00-17:00; 2026-03-09 closed")
    assert key_of(service_hours=OFFICE) != key_of(service_hours=closed_before)


def test_wrong_service_hours_are_named() -> None:
    """One message that names the argument."""
    with pytest.raises(InvalidTypeError, match="service_hours"):
        key_of(service_hours=[("nine", "five")])
