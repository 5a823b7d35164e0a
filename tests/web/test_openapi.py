"""The OpenAPI document, and whether the router keeps to it whatever is asked."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from sla_compliance.stores.memory import MemoryDayStore
from sla_compliance.web.tenants import ListedTenant
from tests.web.world import API, Source, platform, platform_permission, service_over


def some_tenants() -> list[ListedTenant]:
    """Return the tenants to choose from."""
    return [ListedTenant("acme", "Acme"), ListedTenant("new"), ListedTenant("unknown")]


APP = platform(
    service_over(Source(), store=MemoryDayStore()), tenants=some_tenants, authorize_overview=platform_permission
)
RANGE = {"from_date", "to_date", "days"}
PARAMETERS = {
    "compliance": {*RANGE, "target_percentage", "exclude_maintenance", "detail"},
    "rollup-stats": {*RANGE, "target_percentage", "exclude_maintenance"},
    "incidents": {"date", "exclude_maintenance", "limit", "offset", "alarm_limit"},
    "resources": {*RANGE, "target_percentage", "exclude_maintenance", "limit", "offset"},
    "budget": {"period", "target_percentage", "exclude_maintenance"},
    "attribution": {*RANGE, "by", "exclude_maintenance", "limit", "offset"},
    "incident-costs": {*RANGE, "target_percentage", "exclude_maintenance", "limit", "offset"},
    "reliability": {*RANGE, "exclude_maintenance"},
    "trend": {"period", "against", "count", "target_percentage", "exclude_maintenance"},
    "tenants": {"limit", "offset"},
    "overview": {"from_date", "to_date", "period", "limit", "offset"},
}
ROUTES = [f"{API}/{name}" for name in PARAMETERS]
ERRORS = ("400", "401", "403", "422", "503")
CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance]

schema = schemathesis.openapi.from_asgi("/openapi.json", APP)


@pytest.fixture(scope="module")
def document() -> Any:
    """The document as JSON."""
    return APP.openapi()


def test_the_documented_example_is_the_wire_format(document: Any) -> None:
    """Six keys, as front ends know them."""
    said = document["paths"][ROUTES[0]]["get"]["responses"]["200"]["content"]["application/json"]["example"]
    assert said == [
        {
            "date": "2025-10-08T00:00:00+01:00",
            "compliance_percentage": 99.86,
            "target_percentage": 99.9,
            "uptime_minutes": 1438,
            "downtime_minutes": 2,
            "sla_breaches": 1,
        }
    ]


@pytest.mark.parametrize("name", PARAMETERS)
def test_a_route_declares_the_parameters_that_it_honours(document: Any, name: str) -> None:
    """And no others."""
    operation = document["paths"][f"{API}/{name}"]["get"]
    query = {parameter["name"] for parameter in operation["parameters"] if parameter["in"] == "query"}
    assert query == PARAMETERS[name]


@pytest.mark.parametrize("route", ROUTES)
def test_every_error_is_documented(document: Any, route: str) -> None:
    """As problem+json with an example."""
    responses = document["paths"][route]["get"]["responses"]
    for status in ERRORS:
        example = responses[status]["content"]["application/problem+json"]["example"]
        assert (example["status"], bool(example["detail"])) == (int(status), True)


@schema.parametrize()
@settings(max_examples=60)
def test_whatever_is_asked_the_router_keeps_to_the_document(case: Any) -> None:
    """No 5xx, and nothing undocumented; parameters of the right kind and of any other."""
    case.call_and_validate(headers={"Authorization": "acme"}, checks=CHECKS)
