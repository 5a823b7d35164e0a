"""Somebody's app with two routers: what its own dependencies say reaches its clients, in either of them."""

from __future__ import annotations

from typing import Annotated, Any

import pytest
from fastapi import APIRouter, Depends, FastAPI, Header, Query
from fastapi.testclient import TestClient

from sla_compliance.web.errors import ProblemRoute
from sla_compliance.web.fastapi import compliance_router
from tests.web.world import Source, assert_problem, platform_permission, service_over

EACH_ROUTE = ["compliance?days=3", "rollup-stats?days=3", "incidents?date=2025-10-07", "resources?days=3"]


def session(x_session: Annotated[str, Header(min_length=3)]) -> str:
    """The app's own: whose session it is."""
    return x_session


def region(region: Annotated[int, Query(ge=1)]) -> int:
    """The app's own: a parameter of every route."""
    return region


def tenant(holder: Annotated[str, Depends(session)]) -> str:
    """The app's own: a dependency of a dependency."""
    return holder


@pytest.fixture
def client() -> TestClient:
    """A client of the app: the routers in a router, with a dependency at every level."""
    faults = APIRouter(prefix="/faults", dependencies=[Depends(region)])

    @faults.get("/alarms")
    async def alarms(holder: Annotated[str, Depends(session)], limit: int = 10) -> dict[str, Any]:
        return {"holder": holder, "limit": limit}

    router = compliance_router(service_over(Source()), tenant=tenant, authorize=platform_permission)
    faults.include_router(router)
    app = FastAPI()
    app.include_router(faults, prefix="/api/v1", dependencies=[Depends(session)])
    return TestClient(app, base_url="http://test/api/v1/faults/", headers={"X-Session": "acme"})


@pytest.mark.parametrize("path", EACH_ROUTE)
def test_a_dependency_that_fails_validation_is_a_422_here(client: TestClient, path: str) -> None:
    """Whichever it is, a header's or a parameter's; as a problem that names it."""
    question = f"sla/{path}&region="
    assert client.get(f"{question}1").status_code == 200
    assert_problem(client.get(f"{question}1", headers={"X-Session": "a"}), 422, "x-session")
    assert_problem(client.get(f"{question}0"), 422, "region")
    client.headers.pop("X-Session")
    assert_problem(client.get(f"{question}1"), 422, "x-session", "required")


def test_the_other_router_keeps_the_form_of_the_app(client: TestClient) -> None:
    """FastAPI's own list of faults, and its answers."""
    assert client.get("alarms?region=1").json() == {"holder": "acme", "limit": 10}
    answer = client.get("alarms?limit=many&region=0")
    assert (answer.status_code, answer.headers["Content-Type"]) == (422, "application/json")
    assert {fault["loc"][-1] for fault in answer.json()["detail"]} == {"region", "limit"}


def test_parameters_of_other_dependencies_are_no_fault_here(client: TestClient) -> None:
    """The router cannot know what else the app takes; so by default it ignores what it does not declare."""
    assert client.get("sla/rollup-stats?region=1&colour=red").status_code == 200


def test_faults_of_bodies_are_named_by_their_place() -> None:
    """As far in as they are."""
    router = APIRouter(route_class=ProblemRoute)

    @router.post("/changes")
    async def changes(body: dict[str, list[int]]) -> int:
        return len(body)

    app = FastAPI()
    app.include_router(router)
    answer = TestClient(app).post("/changes", json={"dates": [1, "two"]})
    assert_problem(answer, 422, "dates.1: ")
