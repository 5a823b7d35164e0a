"""The page in somebody's own app below a path prefix: its files, its API, cookies for tokens, a choice of tenants."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from typing import Annotated

import pytest
import uvicorn
from fastapi import Cookie, Depends, FastAPI, HTTPException, Query
from playwright.sync_api import expect

from sla_compliance.service import ComplianceService, MemoryTenants
from sla_compliance.web.dashboard_app import dashboard_app
from sla_compliance.web.fastapi import compliance_router
from sla_compliance.web.tenants import ListedTenant
from tests.browser.conftest import VisitPage
from tests.servers.process import free_port
from tests.web.world import TENANTS, Clock, Source

PREFIX = "/operations/room"
HELD = [ListedTenant("acme", "Acme Ltd"), ListedTenant("apia", "Apia Net")]


def session(session: Annotated[str | None, Cookie()] = None) -> Sequence[ListedTenant]:
    """The app's own session: a cookie that JavaScript cannot read."""
    if session != "of an operator":
        raise HTTPException(401, "Log in at the front desk.")
    return HELD


def tenant_of(
    held: Annotated[Sequence[ListedTenant], Depends(session)], tenant: Annotated[str | None, Query()] = None
) -> str:
    """The tenant that the request names, else the first."""
    ids = [one.tenant_id for one in held]
    if tenant is not None and tenant not in ids:
        raise HTTPException(403, "Not yours.")
    return tenant or ids[0]


def host_app() -> FastAPI:
    """An app below a prefix, with the API beside the page."""
    service = ComplianceService(Source(), tenants=MemoryTenants(TENANTS), clock=Clock())
    router = compliance_router(
        service,
        tenant=tenant_of,
        authorize=session,
        tenants=session,
        unknown_parameters="refuse",
        own_parameters=("tenant",),
        tenant_header="ignore",
    )
    inner = FastAPI()
    inner.include_router(router, prefix="/api/v2")
    inner.mount("/sla", dashboard_app(api_path="../api/v2"))
    outer = FastAPI()
    outer.mount(PREFIX, inner)
    return outer


@pytest.fixture
def host() -> Iterator[str]:
    """The address of the app, served by uvicorn in a thread."""
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(host_app(), host="127.0.0.1", port=port, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.02)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


def test_it_works_below_a_prefix_with_a_cookie(host: str, open_url: VisitPage) -> None:
    """Also at the address without its slash; another tenant's figures stand below its own name."""
    cookie = {"name": "session", "value": "of an operator", "url": host, "httpOnly": True}
    seen = open_url(f"{host}{PREFIX}/sla?days=7", storage_state={"cookies": [], "origins": []})
    seen.settled("sign-in")
    seen.page.context.add_cookies([cookie])  # type: ignore[list-item]
    requested: list[str] = []
    seen.page.on("request", lambda request: requested.append(request.url))
    seen.page.goto(f"{host}{PREFIX}/sla?days=7")
    seen.settled("ready")
    expect(seen.page.locator("h1")).to_have_text("Acme Ltd")
    assert "Africa/Lagos" in seen.text("#period")
    expect(seen.page.locator("#cards .card:nth-child(2)")).to_contain_text("1min55s")
    seen.page.get_by_label("Tenant", exact=True).select_option("apia")
    expect(seen.page.locator("h1")).to_have_text("Apia Net")
    expect(seen.page.locator("#period")).to_contain_text("Pacific/Apia")
    assert all(url.startswith(f"{host}{PREFIX}/") for url in requested)
    seen.assert_sound()
