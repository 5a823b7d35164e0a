"""The HTML page of a report in a real browser: sound, accessible, at home on any screen, usable without a mouse."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import ViewportSize

import sla_compliance as sla
from sla_compliance.outlets import document
from sla_compliance.outlets.blocks import Note, Timeline
from sla_compliance.outlets.html import document_page
from sla_compliance.samples import sample_provider
from tests.browser.conftest import KeepPicture, VisitPage
from tests.browser.visits import Scheme, Visit
from tests.outlets.documents import month
from tests.outlets.pdf_files import bare, page_sizes, page_texts, texts_of

WIDE: ViewportSize = {"width": 1280, "height": 900}
NARROW: ViewportSize = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The sample provider's page."""
    provider = sample_provider(datetime(2026, 11, 23, 15, 40, tzinfo=UTC))
    path = tmp_path_factory.mktemp("page") / "report.html"
    report = sla.evaluate(provider.batch(), **provider.terms)
    path.write_text(document_page(document(report, title="Sample provider")), encoding="utf-8")
    return path.as_uri()


def tip(visit: Visit) -> str:
    """What the card beside the chart says, blanks made plain."""
    return re.sub(r"\s+", " ", visit.page.locator(".tip").inner_text())


def link(visit: Visit, row: int) -> str:
    """The accessible name of a day in the chart."""
    return re.sub(r"\s+", " ", visit.page.locator(".plot a").nth(row).get_attribute("aria-label") or "")


# Each width is pictured in both schemes and checked in the second: between them both widths and both schemes.
@pytest.mark.parametrize(
    ("screen", "size", "schemes"), [("wide", WIDE, ("dark", "light")), ("narrow", NARROW, ("light", "dark"))]
)
def test_the_page_is_sound_and_fits(
    open_url: VisitPage,
    url: str,
    keep_picture: KeepPicture,
    screen: str,
    size: ViewportSize,
    schemes: tuple[Scheme, Scheme],
) -> None:
    """No script error, no breach of its policy, no axe violation, nothing to scroll sideways."""
    visit = open_url(url, viewport=size)
    for scheme in schemes:
        visit.switch(scheme)
        keep_picture(visit.page, f"report-{scheme}-{screen}")
    visit.assert_sound()
    assert visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_page_asks_for_nothing(open_url: VisitPage, url: str) -> None:
    """It is one file, wherever it is opened."""
    visit = open_url(url)
    asked: list[str] = []
    visit.page.on("request", lambda request: asked.append(request.url))
    visit.page.reload()
    assert [address for address in asked if not address.startswith("data:")] == [url]


def test_pointing_at_a_day_shows_its_figures(open_url: VisitPage, url: str) -> None:
    """All of them, and they go when the pointer does."""
    visit = open_url(url, viewport=WIDE)
    visit.page.locator(".plot a").nth(73).hover()
    assert tip(visit) == (
        "Sat, Nov 7, 2026 95.33 % Breached Uptime 22 h 52 min 47 s Downtime 1 h 7 min 13 s Left out \N{EN DASH}"
    )
    visit.page.locator("h1").hover()
    assert visit.page.locator(".tip").is_hidden()


def test_days_are_reached_by_keyboard(open_url: VisitPage, url: str) -> None:
    """One stop of the tab key, then arrows; the name of a day says its figures; Enter goes to its row."""
    visit = open_url(url, viewport=WIDE)
    assert visit.page.locator(".plot a[tabindex='0']").count() == 1
    visit.page.keyboard.press("Tab")
    assert tip(visit).startswith("Mon, Nov 23, 2026")
    visit.page.keyboard.press("PageUp")
    visit.page.keyboard.press("ArrowLeft")
    assert tip(visit).startswith("Sun, Nov 15, 2026")
    visit.page.keyboard.press("Home")
    assert tip(visit).startswith("Wed, Aug 26, 2026")
    visit.page.keyboard.press("Escape")
    assert visit.page.locator(".tip").is_hidden()
    assert link(visit, 73).startswith("Day Sat, Nov 7, 2026, Availability 95.33 %, Uptime 22 h 52 min 47 s, Downtime")
    visit.page.keyboard.press("Enter")
    assert visit.page.locator("tr:target").get_attribute("id") == "r0"
    assert visit.faults == []


def test_without_scripts_everything_is_still_there(open_url: VisitPage, url: str, keep_picture: KeepPicture) -> None:
    """The chart, its links, and all figures."""
    visit = open_url(url, viewport=WIDE, java_script_enabled=False)
    keep_picture(visit.page, "report-without-scripts")
    assert visit.page.locator(".plot a").count() == visit.page.locator("#days tr[id]").count() == 90
    assert visit.page.locator(".plot a").first.get_attribute("aria-labelledby") == "r0"


def test_the_page_prints_whole(open_url: VisitPage, url: str, keep_picture: KeepPicture) -> None:
    """On paper nothing is hidden behind a scroll bar, and nothing is dark."""
    visit = open_url(url, viewport=WIDE, color_scheme="dark")
    visit.page.emulate_media(media="print")
    keep_picture(visit.page, "report-print")
    for frame in visit.page.locator(".scroll").all():
        assert frame.evaluate("it => it.scrollHeight === it.clientHeight && it.scrollWidth === it.clientWidth")
    assert (
        visit.page.locator(".panel.days").evaluate("it => getComputedStyle(it).backgroundColor") == "rgb(255, 255, 255)"
    )


@pytest.mark.parametrize(
    "text", ["W" * 500, "=HYPERLINK(1) <script>alert(1)</script>", "\u0634\u0647\u0631 \u6708\u5ea6"]
)
def test_no_text_makes_the_page_scroll_sideways(open_url: VisitPage, tmp_path: Path, text: str) -> None:
    """On a telephone, in titles, sentences and rows; it runs nothing."""
    blocks = (*month(incident_title=text).blocks, Note(sentences=(text,)))
    path = tmp_path / "page.html"
    path.write_text(document_page(replace(month(title=text), blocks=blocks)), encoding="utf-8")
    visit = open_url(path.as_uri(), viewport=NARROW)
    visit.assert_sound()
    assert visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert visit.page.locator("h1").inner_text() == text


def test_a_month_prints_whole_on_two_pages_of_a4(open_url: VisitPage, tmp_path: Path) -> None:
    """Summary, bridge, chart, timeline and the table of 31 days; every text of the document is there, no row is cut."""
    path = tmp_path / "page.html"
    path.write_text(document_page(month()), encoding="utf-8")
    visit = open_url(path.as_uri(), viewport=WIDE)
    printed = visit.page.pdf(prefer_css_page_size=True, print_background=True)
    assert [(round(width), round(height)) for width, height in page_sizes(printed)] == [(595, 842)] * 2
    text = bare("".join(page_texts(printed)))
    assert [expected for expected in texts_of(month()) if bare(expected) not in text] == []


def test_a_printed_timeline_is_not_divided(open_url: VisitPage, tmp_path: Path) -> None:
    """Where the first page has no room for it, it moves to the next one with its legend."""
    made = month()
    facts = tuple((f"Fact {number}", "of the contract") for number in range(8))
    path = tmp_path / "page.html"
    path.write_text(document_page(replace(made, facts=facts)), encoding="utf-8")
    printed = open_url(path.as_uri(), viewport=WIDE).page.pdf(prefer_css_page_size=True)
    (timeline,) = [block for block in made.blocks if isinstance(block, Timeline)]
    labels = bare("".join(row.label for row in timeline.rows))
    assert [labels in bare(page) for page in page_texts(printed)].count(True) == 1


def test_heads_of_printed_tables_are_repeated(open_url: VisitPage, tmp_path: Path) -> None:
    """On every page that has rows of them."""
    path = tmp_path / "page.html"
    path.write_text(document_page(month(incident_count=200)), encoding="utf-8")
    printed = open_url(path.as_uri(), viewport=WIDE).page.pdf(prefer_css_page_size=True)
    pages = [bare(page) for page in page_texts(printed) if "Trunk fibre cut" in page]
    assert len(pages) > 3
    assert all("Shareofthebudget" in page for page in pages)
