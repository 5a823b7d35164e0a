"""Colours stand once, in the palette; style sheets use them by name."""

from __future__ import annotations

import re

import pytest

from sla_compliance.drawing.palette import PALETTE_CSS
from tests.architecture.rooms import FOLDER

# A fragment, as in href="#added" or url(#bed), is no colour.
COLOUR = re.compile(
    r"(?<!href=\")(?<!url\()#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})(?![\w-])"
    r"|\b(?:rgba?|hsla?|hwb|(?:ok)?lab|(?:ok)?lch|color|color-mix|light-dark)\("
    r"|(?<![\w-])(?:white|black|gr[ae]y|red|green|blue|yellow|orange)(?![\w-])\s*[;},)\"']",
    re.IGNORECASE,
)
HEX = re.compile(r"#[0-9a-f]{3,8}\b", re.IGNORECASE)
PLACES = ("outlets/_html", "web/dashboard")
SUFFIXES = {".css", ".js", ".html"}
SHEETS = {"outlets/_html/page.css", "web/dashboard/style.css"}
FILES = {
    path.relative_to(FOLDER).as_posix(): path
    for place in PLACES
    for path in sorted((FOLDER / place).rglob("*"))
    if path.suffix in SUFFIXES
}
LIGHT, DARK = PALETTE_CSS.split("@media")


def text_of(file: str) -> str:
    """What the file holds, comments of style sheets left out."""
    return re.sub(r"/\*.*?\*/", "", FILES[file].read_text(encoding="utf-8"), flags=re.DOTALL)


def defined(css: str) -> list[str]:
    """The custom properties that a style sheet defines."""
    return re.findall(r"^\s*(--[\w-]+):", css, re.MULTILINE)


def used(css: str) -> set[str]:
    """The custom properties that a style sheet uses."""
    return set(re.findall(r"var\((--[\w-]+)", css))


@pytest.mark.parametrize(
    ("text", "is_colour"),
    [
        ("color: #fff;", True),
        ("background:#0f7a55}", True),
        ("node.style.fill = '#abc'", True),
        ('{ stroke: "red" }', True),
        ("box-shadow: 0 0 2px RGB(0 0 0 / 5%);", True),
        ("fill: hsl(120 50% 50%);", True),
        ("color: white;", True),
        ("color: var(--down);", False),
        ("fill: url(#bed);", False),
        ('href="#added"', False),
        ("#failed {", False),
        ("white-space: nowrap;", False),
    ],
)
def test_a_colour_is_known_as_one(text: str, is_colour: bool) -> None:
    """The pattern below does what it is there for."""
    assert bool(COLOUR.search(text)) is is_colour


def test_all_sheets_are_looked_at() -> None:
    """And scripts and pages with them."""
    assert FILES.keys() >= SHEETS | {"outlets/_html/page.js", "web/dashboard/index.html", "web/dashboard/picture.js"}


@pytest.mark.parametrize("file", FILES)
def test_no_colour_stands_outside_the_palette(file: str) -> None:
    """Light, dark, print and shadows change in one place."""
    assert [match[0] for match in COLOUR.finditer(text_of(file))] == []


@pytest.mark.parametrize("file", sorted(SHEETS))
def test_every_property_that_a_sheet_uses_is_defined(file: str) -> None:
    """An undefined one is no error in a browser: the text is black on black."""
    sheet = text_of(file)
    assert used(sheet) - set(defined(sheet)) - set(defined(LIGHT)) == set()


def test_every_colour_is_used_and_defined_once() -> None:
    """The dark scheme changes colours that the light one has."""
    names = defined(LIGHT)
    assert len(names) == len(set(names))
    assert set(defined(DARK)) <= set(names)
    assert set(names) == set().union(*(used(text_of(file)) for file in SHEETS)) & set(names)


def test_the_icon_has_colours_of_the_palette() -> None:
    """A picture of its own cannot use its properties."""
    icon = (FOLDER / "web" / "dashboard" / "icon.svg").read_text(encoding="utf-8")
    colours = {colour.replace("#ffffff", "#fff") for colour in HEX.findall(icon)}
    assert colours <= set(HEX.findall(LIGHT))
