"""A host app that answers errors itself, and one whose X-Tenant-ID means something else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.testclient import TestClient
from starlette.exceptions import HTTPException

from sla_compliance.errors import InvalidValueError
from sla_compliance.web.fastapi import compliance_router
from sla_compliance.web.host_errors import HostRoute
from tests.web.world import API, Source, assert_problem, platform, platform_permission, platform_tenant, service_over

EACH_ROUTE = ["compliance?days=3", "rollup-stats?days=3", "incidents?date=2025-10-07", "resources?days=3"]


def with_own_forms(app: FastAPI) -> FastAPI:
    """Give an app handlers of its own for both kinds of errors."""

    async def on_http(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        cause = type(error.__cause__).__name__
        return JSONResponse({"oops": error.detail, "cause": cause}, error.status_code, error.headers)

    async def on_validation(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        return JSONResponse({"oops": [fault["loc"][-1] for fault in error.errors()]}, 422)

    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(RequestValidationError, on_validation)
    return app


@pytest.fixture
def source() -> Source:
    """A source that can be taken down."""
    return Source()


@pytest.fixture
def client(source: Source) -> Iterator[TestClient]:
    """A client of an app that answers errors itself."""
    app = platform(service_over(source), errors="host", authorize_changes=platform_permission)
    with TestClient(with_own_forms(app), base_url=f"http://test{API}/", headers={"Authorization": "acme"}) as visitor:
        yield visitor


@pytest.mark.parametrize(
    ("question", "status", "word", "cause"),
    [
        ("compliance?from_date=08.10.2025", 400, "from_date", "InvalidTimestampError"),
        ("compliance?from_date=2020-01-01", 400, "90 days", "RangeTooLongError"),
        ("compliance?days=3&target_percentage=101", 422, "target_percentage", "InvalidTargetError"),
        (f"compliance?days=3&{'x' * 2_000}=1", 422, "query string", "NoneType"),
    ],
)
def test_the_hosts_handler_answers_what_the_library_refuses(
    client: TestClient, question: str, status: int, word: str, cause: str
) -> None:
    """With the status and the words that there are otherwise; the cause is the library's own error."""
    answer = client.get(question)
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/json")
    assert word in answer.json()["oops"]
    assert answer.json()["cause"] == cause


@pytest.mark.parametrize("path", EACH_ROUTE)
def test_the_hosts_handler_answers_each_route(client: TestClient, source: Source, path: str) -> None:
    """Its own dependencies' errors, other tenants', and a source that is down, with their headers."""
    assert client.get(path).status_code == 200
    assert client.get(path, headers={"Authorization": "acme no-reader"}).json()["oops"] == "You may not read alarms."
    assert "X-Tenant-ID" in client.get(path, headers={"X-Tenant-ID": "other"}).json()["oops"]
    source.error = ConnectionError("down")
    answer = client.get(path.replace("3", "5").replace("10-07", "10-06"))
    assert (answer.status_code, answer.headers["Retry-After"], answer.json()["cause"]) == (503, "5", "ConnectionError")


def test_the_hosts_handler_answers_validation(client: TestClient) -> None:
    """Of parameters and of bodies."""
    assert client.get("compliance?days=many").json() == {"oops": ["days"]}
    assert client.get("incidents").json() == {"oops": ["date"]}
    assert client.post("changes", json={"changes": 3}).json() == {"oops": ["changes"]}


def test_bodies_stay_bounded(client: TestClient) -> None:
    """413, in the host's form."""
    answer = client.post("changes", content=b" " * 300_000)
    assert (answer.status_code, "262,144 bytes" in answer.json()["oops"]) == (413, True)


def test_every_route_leaves_its_errors_and_openapi_claims_no_form() -> None:
    """None is forgotten: each route of the router is of the kind that leaves errors."""
    app = platform(service_over(Source()), errors="host", authorize_changes=platform_permission)
    routes = [route for route in _routes(app) if "/sla/" in getattr(route, "path", "")]
    assert len(routes) >= len(EACH_ROUTE) + 1
    assert {type(route) for route in routes} == {HostRoute}
    assert "problem+json" not in str(app.openapi())
    assert "problem+json" in str(platform(service_over(Source())).openapi())


def _routes(router: Any) -> Iterator[Any]:
    """Yield all routes of an app, those of included routers too."""
    for route in router.routes:
        inner = getattr(route, "original_router", None)
        yield from ([route] if inner is None else _routes(inner))


def test_without_it_the_router_answers_itself(source: Source) -> None:
    """Whatever handlers the host has."""
    app = with_own_forms(platform(service_over(source)))
    with TestClient(app, base_url=f"http://test{API}/", headers={"Authorization": "acme"}) as visitor:
        assert_problem(visitor.get("compliance?from_date=08.10.2025"), 400, "from_date")


@pytest.mark.parametrize("header", ["other", "region-7", ""])
def test_the_header_can_be_ignored(source: Source, header: str) -> None:
    """The answer is that of the authenticated tenant, whatever the header says: it never chooses one."""
    app = platform(service_over(source), tenant_header="ignore")
    with TestClient(app, base_url=f"http://test{API}/", headers={"Authorization": "acme"}) as visitor:
        for path in EACH_ROUTE:
            plain, with_header = visitor.get(path), visitor.get(path, headers={"X-Tenant-ID": header})
            assert (with_header.status_code, with_header.json()) == (200, plain.json())


@pytest.mark.parametrize("option", ["errors", "tenant_header"])
def test_another_word_is_refused_when_the_router_is_made(option: str) -> None:
    """Not taken for the default."""
    with pytest.raises(InvalidValueError, match=f"{option} is 'off'; give"):
        compliance_router(
            service_over(Source()),
            tenant=platform_tenant,
            authorize=platform_permission,
            **{option: "off"},  # type: ignore[arg-type]
        )
