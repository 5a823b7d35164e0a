"""Servers that several tests only read from."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.web.live import Live, serving


@pytest.fixture(scope="session")
def demo() -> Iterator[Live]:
    """`sla-compliance serve --demo`, with the secret of the tests."""
    with serving("--demo") as live:
        yield live
