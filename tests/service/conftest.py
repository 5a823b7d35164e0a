"""Caches of a test's own, and the network before them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.servers import valkey
from tests.servers.holding_proxy import HoldingProxy, holding_proxy
from tests.servers.process import ServerProcess


@pytest.fixture
def server() -> Iterator[ServerProcess]:
    """A Valkey of this test's own."""
    with valkey.running_valkey(next(iter(valkey.installed_binaries().values()))) as server:
        yield server


@pytest.fixture
async def proxy(server: ServerProcess) -> AsyncIterator[HoldingProxy]:
    """A network before it."""
    async with holding_proxy(server.url) as proxy:
        yield proxy
