"""The map in the documentation is the one that the import rules draw."""

from __future__ import annotations

from tests.architecture.house_map import PAGE, draw


def test_the_map_of_the_rooms_is_the_house_as_it_is() -> None:
    """`nox -s map` draws it anew."""
    assert draw() in PAGE.read_text(encoding="utf-8")
