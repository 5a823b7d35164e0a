"""Every state of the page, light and dark, wide and narrow: sound, accessible, within the screen."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import ViewportSize

from tests.browser.besides import BUDGET, TENANTS, everything, maintenance_day, with_stretches
from tests.browser.canned import Answer, Question, Responder, problem
from tests.browser.conftest import KeepPicture, VisitPage
from tests.browser.facts import TODAY, history, provider, record
from tests.browser.visits import Scheme, Visit

# A screen can be pictured in its schemes and is checked in the last one: between them all widths and both schemes.
LOOKS: list[tuple[str, ViewportSize, tuple[Scheme, ...]]] = [
    ("wide", {"width": 1280, "height": 900}, ("dark", "light")),
    ("tablet", {"width": 768, "height": 1024}, ("light",)),
    ("narrow", {"width": 390, "height": 844}, ("light", "dark")),
]
LONG_NAME = {"tenant_id": "works", "title": "Stadtwerke Klein-Grossmehring Telekommunikationsgesellschaft mbH & Co. KG"}
SCHEMES: tuple[Scheme, ...] = ("light", "dark")


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
    visit.settled("ready").page.locator("#all-figures").evaluate("it => it.open = true")


def broken(question_path: str) -> Responder:
    """A server that fails on one question."""
    works = provider()
    down = problem(503, "Source unavailable", "The alarm database is down.", Retry_After="30")
    return lambda question: down if question.path == question_path else works(question)


def doubtful(verdict: str) -> Responder:
    """A server whose days have this verdict, each a doubt."""
    causes = [{"cause": "UNSEEN", "rows": 3, "seconds": 7_200.0}, {"cause": "UNMONITORED", "rows": 0, "seconds": 60.0}]
    doubt = {
        "is_confirmed": False,
        "low_percentage": 50.0,
        "high_percentage": 100.0,
        "quality": {"lines": ["3 alarms open and unseen for 7 days"], "doubts": causes},
    }
    down = 600 if verdict == "BREACHED" else 0
    return provider(
        lambda days: [record(TODAY - timedelta(days=ago), down) | doubt for ago in reversed(range(days))],
        X_SLA_Confirmed="false",
    )


def work_day(question: Question) -> Answer:
    """A server on whose eighth day before today there was maintenance."""
    if question.path != "sla/incidents":
        return everything()(question)
    day = date.fromisoformat(question.query["date"])
    return with_stretches(day, *maintenance_day(day))


def aged(question: Question) -> Answer:
    """A server whose source cannot be read, with a budget that is overspent and an outage that goes on."""
    old = {"as_of": "2025-10-26T21:03:00+01:00", "provenance": ["OUTDATED"]}
    days = provider(lambda days: [row | old for row in history(days)])
    lost = {"state": "BREACHED", "spent_seconds": 5_000.0, "deadline": None}
    return everything(days, budget=BUDGET | lost)(question)


def resources_shown(visit: Visit) -> None:
    """All parts are there."""
    visit.settled("ready").page.locator("#resources").scroll_into_view_if_needed()
    visit.page.locator("#resources tbody tr").first.wait_for()
    visit.page.evaluate("scrollTo(0, 0)")


STATES: dict[str, tuple[Responder, str, Callable[[Visit], None]]] = {
    "30-days": (everything(), "", resources_shown),
    "month": (everything(), "?month=2025-10", resources_shown),
    "tenants": (everything(tenants=[*TENANTS, LONG_NAME]), "?days=90", resources_shown),
    "maintenance": (work_day, "", opened(until=".timeline .stretch.maintenance")),
    "outdated": (aged, "", view("ready")),
    "7-days-hovered": (provider(), "?days=7", hovered),
    "90-days": (provider(), "?days=90", view("ready")),
    "perfect": (provider(lambda days: [row for row in history(days) if row["verdict"] == "MET"]), "", view("ready")),
    "not-confirmed": (doubtful("MET"), "?days=7", table_open),
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
def test_every_state_is_sound_and_fits_the_screen(visit: VisitPage, keep_picture: KeepPicture, state: str) -> None:
    """No script error, no policy breach, no axe violation, nothing to scroll sideways."""
    respond, path, prepare = STATES[state]
    seen = visit(respond, path)
    for screen, size, schemes in LOOKS:
        seen.page.set_viewport_size(size)
        prepare(seen)
        for scheme in schemes:
            seen.switch(scheme)
            keep_picture(seen.page, f"{state}-{scheme}-{screen}")
        seen.assert_sound()
        assert seen.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert seen.page.evaluate(
            "[...document.querySelectorAll('.table-frame, .wide-table')]"
            ".every(it => !it.checkVisibility() || it.scrollWidth <= it.clientWidth)"
        )


def test_a_slow_answer_shows_a_skeleton(visit: VisitPage, keep_picture: KeepPicture) -> None:
    """While the server thinks, placeholders stand where the figures will be."""
    gate = threading.Event()
    seen = visit(lambda _: Answer([], after=gate)).settled("loading")
    for scheme in SCHEMES:
        seen.switch(scheme)
        keep_picture(seen.page, f"loading-{scheme}-wide")
    seen.assert_sound()
    assert seen.page.locator("main").get_attribute("aria-busy") == "true"
    gate.set()
    assert seen.settled("empty").page.locator("main").get_attribute("aria-busy") == "false"
