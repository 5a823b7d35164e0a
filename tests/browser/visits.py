"""One visit to the page: what it asked, what went wrong on it, and whether everybody can use it."""

from __future__ import annotations

from importlib.resources import files
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Locator, Page, Request

API: Final = "/api/v1/faults/"
AXE: Final = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
NOT_LOADED: Final = "Failed to load resource:"
Scheme = Literal["light", "dark"]


class Visit:
    """A page that keeps count of its API requests and of its faults, whichever server it came from."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.asked: list[str] = []
        self.origins: set[str] = set()
        self.faults: list[str] = []
        page.on("request", self._note_request)
        page.on("console", self._note_message)
        page.on("pageerror", lambda error: self.faults.append(str(error)))

    def _note_request(self, request: Request) -> None:
        url = urlsplit(request.url)
        self.origins.add(f"{url.scheme}://{url.netloc}")
        if API in request.url:
            self.asked.append(request.url.partition(API)[2])

    def _note_message(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not message.text.startswith(NOT_LOADED):
            self.faults.append(message.text)

    def asked_for(self, path: str) -> list[str]:
        """The API requests for one path, such as `sla/incidents`."""
        return [question for question in self.asked if question.partition("?")[0] == path]

    def settled(self, view: str) -> Visit:
        """Wait until the view with this id is up, the chart in it drawn."""
        self.page.locator("#chart svg" if view == "ready" else f"#{view}").wait_for()
        return self

    def day(self, date: str) -> Locator:
        """The button of one day in the chart."""
        return self.page.locator(f"#chart [data-date='{date}']")

    def text(self, selector: str) -> str:
        """What people read there, blanks made plain."""
        return " ".join(self.page.locator(selector).inner_text().split())

    def violations(self) -> list[str]:
        """What axe finds, as `rule: element`."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE)
        # Of the rules that hold axe would describe every element.
        options = "{ resultTypes: ['violations'], preload: false }"
        found: list[dict[str, Any]] = self.page.evaluate(f"axe.run({options}).then(({{ violations }}) => violations)")
        return [f"{rule['id']}: {node['html'][:120]}" for rule in found for node in rule["nodes"]]

    def switch(self, scheme: Scheme) -> None:
        """Switch to a colour scheme."""
        self.page.emulate_media(color_scheme=scheme)

    def assert_sound(self) -> None:
        """No script error, no breach of the content policy, no violation of accessibility rules."""
        assert not self.faults, self.faults
        assert not (found := self.violations()), found
