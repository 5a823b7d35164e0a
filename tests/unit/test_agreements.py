"""What was agreed with a tenant, and the part of it that is in the key of a day."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from sla_compliance.agreements import TenantSettings
from sla_compliance.calendars.exclusions import Exclusion, MaintenanceWindow
from sla_compliance.calendars.service_hours import ServiceHours
from sla_compliance.errors import InvalidTypeError
from sla_compliance.intervals import ALWAYS
from sla_compliance.measured import DayKey
from sla_compliance.policy import SLAPolicy
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


@pytest.mark.parametrize(
    ("settings", "digest"),
    [
        ({}, "c6fb88ef0edae410"),
        ({"service_hours": OFFICE}, "a6763805340b821e"),
        ({"service_hours": ServiceHours.parse("mon-fri 09:00-17:00; 2026-03-11 closed")}, "3bc6304ed74bbcd0"),
        (
            {"in_service": [(MIDNIGHT + HOUR, MIDNIGHT + 2 * HOUR), (MIDNIGHT + 3 * HOUR, MIDNIGHT + 4 * HOUR)]},
            "0f0d57936164f813",
        ),
        ({"monitor_gap": dt.timedelta(minutes=4)}, "9d7956adc7a1b2e7"),
    ],
    ids=["nothing agreed", "hours", "a date", "in service", "monitor gap"],
)
def test_stored_days_keep_their_keys(settings: dict[str, Any], digest: str) -> None:
    """A day that is stored is found by its key, whatever version of the library looks for it."""
    key = key_of(**settings)
    assert (key.tenant_id, key.zone, key.date, key.agreement) == ("acme", "UTC", DATE, digest)
    assert key.measurement == SLAPolicy().measurement_fingerprint


@pytest.mark.parametrize(("days", "is_in_key"), [(-3, False), (-2, True), (-1, True), (0, True), (1, True), (2, False)])
def test_hours_of_two_dates_before_and_one_after_are_in_the_key_of_a_day(days: int, is_in_key: bool) -> None:
    """A night may run into the day, and a clock may be set back over midnight."""
    exception = ServiceHours.parse(f"mon-fri 09:00-17:00; {DATE + dt.timedelta(days=days)} 01:00-02:00")
    assert (key_of(service_hours=exception) != key_of(service_hours=OFFICE)) is is_in_key


def test_what_is_not_agreed_is_always() -> None:
    """Without dates of its own; maintenance stands before other exclusions."""
    settings = TenantSettings("UTC")
    assert (settings.service_hours, settings.in_service, settings.exclusions) == (None, ALWAYS, ())
    assert settings.monitored == ALWAYS
    assert settings.monitor_gap == dt.timedelta(minutes=5)
    work, theft = MaintenanceWindow(MIDNIGHT, MIDNIGHT + HOUR), Exclusion(MIDNIGHT, MIDNIGHT + HOUR, reason="theft")
    assert TenantSettings("UTC", maintenance=[work], exclusions=[theft]).exclusions == (work, theft)
    since = TenantSettings("UTC", monitored_since=MIDNIGHT).monitored
    assert since.starts_us == (instant_us(MIDNIGHT, field="midnight"),)


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"service_hours": [("nine", "five")]}, "service_hours[0].start"),
        ({"in_service": 5}, "in_service"),
        ({"monitored_since": 5}, "monitored_since"),
        ({"monitor_gap": 5}, "monitor_gap"),
    ],
)
def test_a_wrong_setting_is_named(settings: dict[str, Any], field: str) -> None:
    """As an attribute, which programs read."""
    with pytest.raises(InvalidTypeError) as caught:
        TenantSettings("UTC", **settings)
    assert caught.value.field == field


def test_wrong_service_hours_are_named() -> None:
    """One message that names the argument."""
    with pytest.raises(InvalidTypeError, match="service_hours"):
        key_of(service_hours=[("nine", "five")])
