"""The pictures of the dashboard: the real page over the real endpoint, light and dark."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Literal

import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, ViewportSize

from sla_compliance.policy import SLAPolicy
from sla_compliance.service import ComplianceService, MemoryTenants, TenantSettings, to_async
from sla_compliance.sources.memory import MemoryAlarmSource
from sla_compliance.web.dashboard_app import dashboard_app
from sla_compliance.web.fastapi import compliance_router
from tests.pictures.sample import NOW, PROVIDER
from tests.servers.process import free_port

SCHEMES: Final[tuple[Literal["light", "dark"], ...]] = ("light", "dark")
SIZE: Final[ViewportSize] = {"width": 1180, "height": 1000}


def app() -> FastAPI:
    """The endpoint of one tenant, and the page."""
    settings = TenantSettings(
        PROVIDER.zone, SLAPolicy("99.9"), maintenance=PROVIDER.maintenance, monitored_since=NOW - timedelta(days=400)
    )
    source = to_async(MemoryAlarmSource({"Northern Fibre": PROVIDER.batch()}))
    service = ComplianceService(source, tenants=MemoryTenants({"Northern Fibre": settings}), clock=lambda: NOW)
    app = FastAPI()
    router = compliance_router(service, tenant=lambda: "Northern Fibre", authorize=lambda: None)
    app.include_router(router, prefix="/api/v1/faults")
    app.mount("/", dashboard_app())
    return app


@contextmanager
def served() -> Iterator[str]:
    """Serve the app and yield its address."""
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app(), host="127.0.0.1", port=port, log_level="error", date_header=False))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.02)
        yield f"http://127.0.0.1:{port}/?days=90"
    finally:
        server.should_exit = True
        thread.join()


def make(browser: Browser, folder: Path) -> None:
    """Write both pictures."""
    with served() as address:
        for scheme in SCHEMES:
            context = browser.new_context(
                viewport=SIZE, color_scheme=scheme, locale="en-GB", timezone_id=PROVIDER.zone, reduced_motion="reduce"
            )
            context.clock.set_fixed_time(datetime.fromtimestamp(NOW.timestamp(), UTC))
            page = context.new_page()
            page.goto(address)
            page.locator("#chart svg").wait_for()
            page.wait_for_load_state("networkidle")
            page.screenshot(path=folder / f"dashboard-{scheme}.png")
            context.close()
