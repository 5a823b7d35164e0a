"""The map in the documentation is the one that the import rules draw."""

from __future__ import annotations

from pathlib import Path

from tests.architecture.house_map import draw

PAGE = Path(__file__).parents[2] / "docs" / "architecture.md"


def test_the_map_of_the_rooms_is_the_house_as_it_is() -> None:
    """`nox -s map` prints the map; it is pasted into the page."""
    assert draw() in PAGE.read_text(encoding="utf-8")
