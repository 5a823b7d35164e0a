"""Pictures of the documentation: each that a page shows is there, each that is there is shown, small and complete."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest
from rich.text import Text

from tests.docs.test_examples import ROOT
from tests.docs.test_links import PAGES, links, prose
from tests.pictures import terminal

FOLDER: Final = ROOT / "docs" / "images"
PLOTS: Final = ROOT / "docs" / "performance"
PICTURES: Final = sorted([*FOLDER.iterdir(), *PLOTS.glob("*.svg")])
MOST_BYTES: Final = 200_000
SHOWN: Final = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)\)")
HTML_IMAGE: Final = re.compile(r'<img src="([^"]+)" alt="([^"]*)">')
HTML_SOURCE: Final = re.compile(r'srcset="([^"]+)"')
SHORTEST_ALT: Final = 20


def shown_on(page: Path) -> list[tuple[str, str]]:
    """Return path and alternative text of each picture on a page."""
    text = prose(page)
    in_markdown = [(path, alt) for alt, path in SHOWN.findall(text)]
    return in_markdown + HTML_IMAGE.findall(text)


def test_every_picture_that_a_page_shows_exists() -> None:
    """With an alternative text that says what it shows."""
    for page in PAGES:
        for path, alt in shown_on(page):
            assert (page.parent / path).is_file(), f"{page.name}: {path}"
            assert len(alt) >= SHORTEST_ALT, f"{page.name}: {path}"


def test_every_picture_is_used() -> None:
    """Shown or linked by a page."""
    used: set[Path] = set()
    for page in PAGES:
        paths = [path for path, _ in shown_on(page)] + links(page) + HTML_SOURCE.findall(prose(page))
        used |= {(page.parent / path.partition("#")[0]).resolve() for path in paths}
    assert set(PICTURES) - used == set()


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)
def test_a_picture_is_small_and_asks_no_other_host(picture: Path) -> None:
    """An SVG may name its own namespace and nothing else."""
    content = picture.read_bytes()
    assert len(content) < MOST_BYTES
    assert picture.suffix in {".png", ".svg"}
    if picture.suffix == ".svg":
        assert set(re.findall(rb"[a-z]+://[^\"') ]+", content)) == {b"http://www.w3.org/2000/svg"}
        assert not re.search(rb"<script|@import|xlink:href|url\((?!#)", content)


def test_the_picture_of_the_terminal_shows_what_the_command_prints() -> None:
    """The line of each day, and of the total; `nox -s pictures` makes it again."""
    svg = (FOLDER / terminal.NAME).read_text(encoding="utf-8")
    shown = "".join(re.findall(r">([^<]*)</text>", svg)).replace("&#160;", "").replace("&#x27;", "'")
    printed = Text.from_ansi(terminal.printed()).plain
    rows = [line for line in printed.splitlines() if re.match(r"[✗ ]  (\w{3} \d{4}|Total,)", line)]
    assert len(rows) == 15
    for row in rows:
        assert row.replace(" ", "") in shown
