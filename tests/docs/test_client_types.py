"""The TypeScript types of the answers: every key and every null, as OpenAPI has them and as real answers are."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sla_compliance.alarms import Alarm
from sla_compliance.calendars.exclusions import MaintenanceWindow
from sla_compliance.service import MemoryTenants, TenantSettings
from sla_compliance.sources.samples import SampleAlarmSource
from sla_compliance.stores.memory import MemoryDayStore
from sla_compliance.web.tenants import ListedTenant
from tests.web.world import (
    FIBRE_CUT,
    LAGOS,
    NOW,
    Clock,
    Source,
    at,
    platform,
    platform_permission,
    service_over,
    visiting,
)

FILE = Path(__file__).parents[2] / "docs" / "clients" / "sla_compliance.ts"


@dataclass(frozen=True)
class Key:
    """A key of an interface."""

    type: str
    is_optional: bool

    @property
    def is_nullable(self) -> bool:
        """Whether null is one of its types."""
        return "null" in [part.strip() for part in self.type.split("|")]


def interfaces() -> dict[str, dict[str, Key]]:
    """Return the keys of each interface of the file."""
    text = re.sub(r"/\*\*.*?\*/|//[^\n]*", "", FILE.read_text(encoding="utf-8"), flags=re.DOTALL)
    bodies = re.findall(r"export interface (\w+) \{(.*?)\n\}", text, flags=re.DOTALL)
    keys = {name: re.findall(r"^\s*(\w+)(\??): (.+);$", body, flags=re.MULTILINE) for name, body in bodies}
    return {name: {key: Key(type_, mark == "?") for key, mark, type_ in found} for name, found in keys.items()}


INTERFACES = interfaces()
TYPES = dict(re.findall(r"export type (\w+) = (.+);", FILE.read_text(encoding="utf-8")))


def platforms_tenants() -> list[ListedTenant]:
    """Return tenants to choose from: with a title, unknown to the service, without stored days."""
    return [ListedTenant("acme", "Acme"), ListedTenant("unknown"), ListedTenant("new")]


SEVERAL_TENANTS: Mapping[str, Any] = {"tenants": platforms_tenants, "authorize_overview": platform_permission}
SCHEMAS: Mapping[str, Any] = platform(service_over(Source()), **SEVERAL_TENANTS).openapi()["components"]["schemas"]


def fits(value: Any, type_: str) -> bool:
    """Return whether a value of JSON is of a type of the file."""
    if " | " in type_:
        return any(fits(value, part) for part in type_.split(" | "))
    if type_.endswith("[]"):
        return isinstance(value, list) and all(fits(entry, type_[:-2]) for entry in value)
    if type_ in TYPES:
        return fits(value, TYPES[type_])
    if type_ in INTERFACES:
        return isinstance(value, dict) and misfits(value, type_) == {}
    if type_.startswith('"'):
        return bool(value == json.loads(type_))
    return {
        "null": value is None,
        "boolean": isinstance(value, bool),
        "string": isinstance(value, str),
        "number": isinstance(value, int | float) and not isinstance(value, bool),
        "Record<string, number>": isinstance(value, dict) and all(type(length) is int for length in value.values()),
        "Record<string, string>": isinstance(value, dict) and all(type(count) is str for count in value.values()),
    }[type_]


def misfits(value: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return what of an object does not fit an interface: keys too many, keys that lack, values of other types."""
    keys = INTERFACES[name]
    unknown = {key: "unknown" for key in value if key not in keys}
    missing = {key: "missing" for key, kind in keys.items() if key not in value and not kind.is_optional}
    wrong = {key: entry for key, entry in value.items() if key in keys and not fits(entry, keys[key].type)}
    return unknown | missing | wrong


@pytest.mark.parametrize(
    "name",
    [
        "RollupStats",
        "DayIncidents",
        "IncidentDetail",
        "IncidentAlarm",
        "ResourceCompliance",
        "ExclusionOfRecord",
        "Budget",
        "AttributedDowntime",
        "AttributedShare",
        "PricedIncidents",
        "IncidentCostDetail",
        "ReliabilityFigures",
        "PeriodChange",
        "PeriodFigures",
        "Tenant",
        "TenantStanding",
        "TopDoubt",
        "TopCause",
    ],
)
def test_an_interface_has_the_keys_and_nulls_of_openapi(name: str) -> None:
    """All of them, none more, in one order."""
    schema = SCHEMAS[name]
    nullable = {key for key, kind in schema["properties"].items() if {"type": "null"} in kind.get("anyOf", ())}
    assert list(INTERFACES[name]) == list(schema["properties"])
    assert set(schema["required"]) == set(INTERFACES[name])
    assert {key for key, kind in INTERFACES[name].items() if kind.is_nullable} == nullable
    assert not any(kind.is_optional for kind in INTERFACES[name].values())


def test_the_days_have_the_keys_of_openapi() -> None:
    """The plain one those that are always there, the detailed one all."""
    schema = SCHEMAS["ComplianceDay"]
    assert list(INTERFACES["DetailedComplianceDay"]) == list(schema["properties"])
    assert list(INTERFACES["ComplianceDay"]) == schema["required"]


ALARMS = [FIBRE_CUT, Alarm(at(7, 12), at(7, 12, 30), id="2"), Alarm(at(8, 21), id="open")]
TENANTS = {
    "acme": TenantSettings(LAGOS, monitored_since=at(1)),
    "closed": TenantSettings(LAGOS, monitored_since=at(1), maintenance=[MaintenanceWindow(at(1), at(20))]),
    "new": TenantSettings("UTC", monitored_since=NOW + timedelta(days=1)),
    "none": TenantSettings("UTC", in_service=()),
}
ANSWERS = [
    ("compliance?days=12", "ComplianceDay[]"),
    ("compliance?days=12&detail=full", "DetailedComplianceDay[]"),
    ("rollup-stats?days=12", "RollupStats"),
    ("incidents?date=2025-10-07", "DayIncidents"),
    ("incidents?date=2025-10-08", "DayIncidents"),
    ("resources?days=12", "ResourceCompliance[]"),
    ("budget", "Budget"),
    ("budget?period=year&target_percentage=100", "Budget"),
    ("attribution?days=12&by=resource_id", "AttributedDowntime"),
    ("incident-costs?days=12", "PricedIncidents"),
    ("reliability?days=12", "ReliabilityFigures"),
    ("trend?count=2", "PeriodChange[]"),
    ("trend?period=week&against=year&count=1", "PeriodChange[]"),
    ("compliance?days=91", "Problem"),
]


@pytest.mark.parametrize("tenant", TENANTS)
@pytest.mark.parametrize(("question", "type_"), ANSWERS)
def test_answers_fit_their_types(tenant: str, question: str, type_: str) -> None:
    """Of a tenant with outages, one of whom nothing counts, one that is not monitored yet, one without service."""
    service = service_over(Source({"acme": ALARMS, "closed": ALARMS}), tenants=MemoryTenants(TENANTS))
    with visiting(service, tenant) as client:
        answer = client.get(question).json()
    assert fits(answer, type_), answer


def test_answers_about_several_tenants_fit_their_types() -> None:
    """Of one with stored days, one without, one that nobody knows."""
    store = MemoryDayStore()
    asyncio.run(service_over(Source(), store=store).store_closed_days("acme", at(1), NOW))
    with visiting(service_over(Source(), store=store), **SEVERAL_TENANTS) as client:
        assert fits(client.get("tenants").json(), "Tenant[]")
        standings = client.get("overview").json()
    assert fits(standings, "TenantStanding[]"), standings
    assert [standing["has_data"] for standing in standings] == [True, False, False]


def test_sample_days_fit_their_type() -> None:
    """With their mark."""
    with visiting(service_over(SampleAlarmSource(LAGOS, clock=Clock()))) as client:
        days = client.get("compliance?days=5&detail=full").json()
    assert fits(days, "DetailedComplianceDay[]")
    assert {day["sample_data"] for day in days} == {True}


@pytest.mark.parametrize(
    "change",
    [{"total_breaches": None}, {"days_analyzed": "3"}, {"quality": {}}, {"more": 1}],
    ids=lambda change: next(iter(change)),
)
def test_what_does_not_fit_is_found(change: dict[str, Any]) -> None:
    """A null, another type, a key that lacks, one too many."""
    with visiting(service_over(Source())) as client:
        totals = client.get("rollup-stats").json()
    assert fits(totals, "RollupStats")
    assert not fits(totals | change, "RollupStats")


@pytest.mark.skipif(shutil.which("tsc") is None, reason="there is no TypeScript compiler")
def test_the_compiler_takes_the_file() -> None:
    """In its strict mode."""
    subprocess.run(["tsc", "--noEmit", "--strict", str(FILE)], check=True, timeout=120)
