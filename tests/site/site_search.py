"""The built site in Chromium with every other host cut off: from the disk, and served; `nox -s site` runs this."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route

from tests.pictures.make import chromium

SITE = Path(os.environ.get("SLA_TEST_SITE", "docs/_build/html")).resolve()


class Visit:
    """A page that may load the site alone.

    Attributes:
        refused: what it tried to load from elsewhere.
        faults: errors of its scripts.
    """

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.refused: list[str] = []
        self.faults: list[str] = []
        page.route("**/*", self._answer)
        page.on("pageerror", lambda error: self.faults.append(str(error)))

    def _answer(self, route: Route) -> None:
        if route.request.url.startswith((self.address, "data:")):
            route.continue_()
        else:
            self.refused.append(route.request.url)
            route.abort()

    def searched(self, words: str) -> str:
        """Return the text of the results of a search that is typed on the first page."""
        self.page.goto(f"{self.address}/index.html")
        self.page.get_by_placeholder("Search").first.fill(words)
        self.page.keyboard.press("Enter")
        self.page.locator("#search-results li a").first.wait_for()
        return self.page.locator("#search-results").inner_text()


class _Quiet(SimpleHTTPRequestHandler):
    """Serves files and writes no log."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the standard library
        """Write nothing."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of a server of the site."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(SITE))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(params=["from the disk", "served"])
def visit(request: pytest.FixtureRequest, server: str) -> Iterator[Visit]:
    """A browser that reaches the site and nothing else."""
    with chromium() as browser:
        page = browser.new_context().new_page()
        yield Visit(page, server if request.param == "served" else SITE.as_uri())


def test_the_search_finds_a_word_and_leads_to_its_page(visit: Visit) -> None:
    """A word that few pages have; the result is followed. Served, a result shows the sentence around the word."""
    assert "Pitfalls" in visit.searched("quarantine")
    visit.page.locator("#search-results li > a").first.click()
    assert "quarantine" in visit.page.locator("article").inner_text().lower()
    assert visit.refused == []


def test_a_name_of_python_is_found(visit: Visit) -> None:
    """The index has the objects of the reference."""
    assert "sla_compliance.evaluate_each" in visit.searched("evaluate_each")
    assert visit.refused == []


def test_every_page_loads_files_of_the_site_alone(visit: Visit) -> None:
    """All of them, one after another; no script fails and no picture is missing."""
    for path in sorted(SITE.rglob("*.html")):
        if "_static" not in path.parts:
            visit.page.goto(f"{visit.address}/{path.relative_to(SITE).as_posix()}")
            pictures = "Array.from(document.images).filter(image => !image.complete || !image.naturalWidth).length"
            assert visit.page.evaluate(pictures) == 0, path.name
    assert visit.refused == []
    assert visit.faults == []


@pytest.mark.parametrize(("width", "characters"), [(1280, 100), (390, 35)])
def test_a_page_has_room_for_code_and_none_scrolls_sideways(visit: Visit, width: int, characters: int) -> None:
    """Blocks of code scroll by themselves where a line is longer; the page does not."""
    visit.page.set_viewport_size({"width": width, "height": 900})
    for name in ("quickstart", "conformance-table", "moving/zabbix", "tasks/router"):
        visit.page.goto(f"{visit.address}/{name}.html")
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= width, name
    block = "document.querySelector('article pre')"
    visit.page.evaluate(f"{block}.textContent = '0'.repeat({characters})")
    assert visit.page.evaluate(f"{block}.scrollWidth - {block}.clientWidth") <= 0
