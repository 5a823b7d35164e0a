"""Every state of the page, light and dark, wide and narrow: sound, accessible, within the screen, and pictured."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import ViewportSize

from tests.browser.canned import Answer, Responder, problem
from tests.browser.conftest import VisitPage
from tests.browser.facts import TODAY, history, provider, record
from tests.browser.visits import Scheme, Visit

# Each screen is pictured in both schemes and checked in the second: between them both widths and both schemes.
LOOKS: list[tuple[str, ViewportSize, tuple[Scheme, Scheme]]] = [
    ("wide", {"width": 1280, "height": 900}, ("dark", "light")),
    ("narrow", {"width": 390, "height": 844}, ("light", "dark")),
]


def view(name: str) -> Callable[[Visit], None]:
    """The page as it is when the view is up."""

    def settle(visit: Visit) -> None:
        visit.settled(name)

    return settle


def hovered(visit: Visit) -> None:
    """A day is pointed at."""
    visit.settled("ready").page.mouse.move(0, 0)
    visit.day("2025-10-23").hover()


def opened(*, until: str) -> Callable[[Visit], None]:
    """A day is open."""

    def settle(visit: Visit) -> None:
        visit.settled("ready").day("2025-10-18").click()
        visit.page.locator(until).wait_for()
        visit.page.mouse.move(0, 0)

    return settle


def table_open(visit: Visit) -> None:
    """The table is unfolded."""
    visit.settled("ready").page.locator("details").evaluate("it => it.open = true")


def broken(question_path: str) -> Responder:
    """A server that fails on one question."""
    works = provider()
    down = problem(503, "Source unavailable", "The alarm database is down.", Retry_After="30")
    return lambda question: down if question.path == question_path else works(question)


def doubtful(verdict: str) -> Responder:
    """A server whose days have this verdict, each a doubt."""
    doubt = {"is_confirmed": False, "low_percentage": 50.0, "high_percentage": 100.0}
    down = 600 if verdict == "BREACHED" else 0
    return provider(
        lambda days: [record(TODAY - timedelta(days=ago), down) | doubt for ago in reversed(range(days))],
        X_SLA_Confirmed="false",
    )


STATES: dict[str, tuple[Responder, str, Callable[[Visit], None]]] = {
    "30-days": (provider(), "", view("ready")),
    "7-days-hovered": (provider(), "?days=7", hovered),
    "90-days": (provider(), "?days=90", view("ready")),
    "perfect": (provider(lambda days: [row for row in history(days) if row["verdict"] == "MET"]), "", view("ready")),
    "not-confirmed": (doubtful("MET"), "?days=7", view("ready")),
    "breached-unconfirmed": (doubtful("BREACHED"), "?days=7", view("ready")),
    "sample": (provider(X_SLA_Sample_Data="true"), "", view("ready")),
    "day-open": (provider(), "", opened(until=".timeline")),
    "day-quiet": (provider(incidents=lambda _: []), "", opened(until=".timeline")),
    "day-failed": (broken("sla/incidents"), "", opened(until=".inline-failure")),
    "table": (provider(), "", table_open),
    "empty": (provider(lambda _: []), "", view("empty")),
    "failed": (broken("sla/compliance"), "", view("failed")),
    "forbidden": (lambda _: problem(403, "Forbidden", "The token lacks faults.sla.read."), "", view("failed")),
    "sign-in": (lambda _: problem(401, "Unauthorized", "A bearer token is needed."), "", view("sign-in")),
}


@pytest.mark.parametrize("state", STATES)
def test_every_state_is_sound_and_fits_the_screen(visit: VisitPage, pictures: Path, state: str) -> None:
    """No script error, no policy breach, no axe violation, nothing to scroll sideways."""
    respond, path, prepare = STATES[state]
    seen = visit(respond, path)
    for screen, size, schemes in LOOKS:
        seen.page.set_viewport_size(size)
        prepare(seen)
        for scheme in schemes:
            seen.picture(scheme, pictures / f"{state}-{scheme}-{screen}.png")
        seen.assert_sound()
        assert seen.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_slow_answer_shows_a_skeleton(visit: VisitPage, pictures: Path) -> None:
    """While the server thinks, placeholders stand where the figures will be."""
    gate = threading.Event()
    seen = visit(lambda _: Answer([], after=gate)).settled("loading")
    seen.picture("light", pictures / "loading-light-wide.png")
    seen.picture("dark", pictures / "loading-dark-wide.png")
    seen.assert_sound()
    assert seen.page.locator("main").get_attribute("aria-busy") == "true"
    gate.set()
    assert seen.settled("empty").page.locator("main").get_attribute("aria-busy") == "false"
