"""Links of the README and of all pages: files and headings that they lead to exist, addresses have one form."""
################################################################
# A page may be read in a repository or on the built site, so a link to another
# page is a relative path, and its anchor is that of a heading as both make it.
# Whether addresses elsewhere answer is a question to the network: `nox -s links`.
# That none is of a package registry is a rule of tests/architecture.
################################################################

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import pytest

from tests.docs.test_examples import ROOT, name_of

DOCS: Final = ROOT / "docs"
PAGES: Final = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(DOCS.rglob("*.md"))]
FENCED: Final = re.compile(r"^(```+).*?^\1`*$", re.MULTILINE | re.DOTALL)
CODE: Final = re.compile(r"`[^`\n]+`")
LINK: Final = re.compile(r"(?<!\\)\[[^\]]*\]\(([^)\s]+)\)")
HEADING: Final = re.compile(r"^#{1,3} (.+)$", re.MULTILINE)


def prose(page: Path) -> str:
    """Return a page without its blocks of code."""
    return FENCED.sub("", page.read_text(encoding="utf-8"))


def links(page: Path) -> list[str]:
    """Return where a page's links and pictures lead."""
    return LINK.findall(CODE.sub("code", prose(page)))


@cache
def anchors(page: Path) -> frozenset[str]:
    """Return the anchors of a page's headings, down to the third level."""
    headings = HEADING.findall(prose(page))
    return frozenset(anchor_of(heading) for heading in headings)


def anchor_of(heading: str) -> str:
    """Return the anchor of a heading: lower case, blanks as hyphens, nothing but letters, digits, `-` and `_`.

    >>> anchor_of("`end - start` of two *local* datetimes")
    'end---start-of-two-local-datetimes'
    """
    kept = re.sub(r"[^\w\- ]", "", heading.strip().lower())
    return kept.replace(" ", "-")


def broken(page: Path, link: str) -> str | None:
    """Return what is wrong with a link; None where nothing is."""
    address = urlsplit(link)
    if address.scheme or address.netloc:
        return None if address.scheme == "https" else "an address is https"
    target = (page.parent / address.path) if address.path else page
    if not target.exists():
        return f"there is no {address.path}"
    if not target.resolve().is_relative_to(ROOT):
        return "it leaves the repository"
    if page.is_relative_to(DOCS) and not target.resolve().is_relative_to(DOCS):
        return "the built site has nothing outside docs/"
    if address.fragment and address.fragment not in anchors(target):
        return f"{target.name} has no heading #{address.fragment}"
    return None


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_of_a_page_lead_somewhere(page: Path) -> None:
    """To a file of the repository and a heading in it, or to an address."""
    faults = [(link, fault) for link in links(page) if (fault := broken(page, link))]
    assert faults == []


def test_every_page_is_linked() -> None:
    """From the table of contents, or from another page."""
    index = (DOCS / "index.md").read_text(encoding="utf-8")
    listed = {f"{line.strip()}.md" for line in index.splitlines()}
    linked = {(page.parent / link.partition("#")[0]).resolve() for page in PAGES for link in links(page)}
    pages = {page.relative_to(DOCS).as_posix(): page for page in PAGES if page.is_relative_to(DOCS)}
    assert [name for name, page in pages.items() if name not in {*listed, "index.md"} and page not in linked] == []


@pytest.mark.parametrize(
    "link",
    [
        "nothing.md",
        "quickstart.md#nothing",
        "../pyproject.toml",
        "http://www.example.com",
    ],
)
def test_a_broken_link_is_seen(link: str) -> None:
    """A file, a heading, a place outside the site, an address without encryption."""
    assert broken(DOCS / "guide.md", link)
