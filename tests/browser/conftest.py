"""Chromium for the page: found on the machine, or the tests say that there is none."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.canned import Responder, serving
from tests.browser.visits import Visit

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
VisitPage = Callable[..., Visit]
KeepPicture = Callable[[Page, str], None]


# One browser a module, not a session: while it runs, its event loop would be in the way of asynchronous tests.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium without a window."""
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def open_url(browser: Browser) -> Iterator[VisitPage]:
    """Open any server's page: `open_url(url, **context_options)`. Far from the tenant's zone; no fault goes unseen."""
    visits: list[Visit] = []
    with ExitStack() as stack:

        def open_it(url: str, **options: Any) -> Visit:
            defaults = {"timezone_id": "Pacific/Kiritimati", "reduced_motion": "reduce"}
            context = stack.enter_context(browser.new_context(**(defaults | options)))
            context.set_default_timeout(10_000)
            visit = Visit(context.new_page())
            visits.append(visit)
            visit.page.goto(url)
            return visit

        yield open_it
        assert not [fault for visit in visits for fault in visit.faults]


@pytest.fixture
def visit(open_url: VisitPage) -> Iterator[VisitPage]:
    """Open the page before a canned server: `visit(responder, path="", **context_options)`."""
    with ExitStack() as stack:

        def open_it(respond: Responder, path: str = "", **options: Any) -> Visit:
            return open_url(stack.enter_context(serving(respond)) + path, **options)

        yield open_it


@pytest.fixture
def keep_picture() -> KeepPicture:
    """Keep a picture of the whole page, `keep_picture(page, name)`; without a folder `SLA_TEST_SCREENSHOTS` none."""
    folder = os.environ.get("SLA_TEST_SCREENSHOTS")

    def keep(page: Page, name: str) -> None:
        if folder is not None:
            page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)

    return keep
