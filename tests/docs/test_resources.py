"""The check that a built site loads nothing from other hosts sees what a browser would load."""

from __future__ import annotations

import pytest

from tests.site.resources import foreign_addresses_of


@pytest.mark.parametrize(
    "page",
    [
        '<script src="https://cdn.example.com/a.js"></script>',
        '<link rel="stylesheet" href="//fonts.example.com/css">',
        '<img alt="" src="HTTPS://example.com/a.png">',
        '<source srcset="https://example.com/a.png 2x">',
        '<p style="background: url(https://example.com/a.png)">',
        '<iframe src="http://example.com"></iframe>',
    ],
)
def test_what_is_loaded_from_another_host_is_seen(page: str) -> None:
    """Scripts, styles, pictures, frames; with and without a scheme."""
    assert len(foreign_addresses_of(page)) == 1


@pytest.mark.parametrize(
    "page",
    [
        '<a href="https://example.com">elsewhere</a>',
        '<script src="_static/a.js"></script><img alt="" src="data:image/png;base64,AA">',
        "<p>https://example.com</p>",
    ],
)
def test_what_is_followed_or_of_the_site_itself_is_not(page: str) -> None:
    """A link, a file beside the page, a word in a text."""
    assert foreign_addresses_of(page) == []
