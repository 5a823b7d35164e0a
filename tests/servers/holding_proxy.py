"""A network that is late: a proxy before a server that holds what clients send, and delivers it later."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit


class HoldingProxy:
    """A TCP proxy on 127.0.0.1.

    Attributes:
        url: the server's, with the proxy's port.
        held_bytes: what clients have sent while it was held.
    """

    def __init__(self, server_url: str) -> None:
        self._server = urlsplit(server_url)
        self._is_open = asyncio.Event()
        self._is_open.set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.url = ""
        self.held_bytes = b""

    def hold(self) -> None:
        """Deliver nothing from now on that clients send."""
        self._is_open.clear()

    def deliver(self) -> None:
        """Deliver what was held, also of clients that have left, and all that follows."""
        self._is_open.set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server_reader, server_writer = await asyncio.open_connection(self._server.hostname, self._server.port)
        self._tasks.add(asyncio.create_task(self._answer(server_reader, writer)))
        # A client that gives up while it is kept waiting may reset its connection: for a proxy that is an end as well.
        try:
            with suppress(ConnectionError):
                await self._deliver(reader, server_writer)
        finally:
            server_writer.close()

    async def _deliver(self, reader: asyncio.StreamReader, server_writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            if not self._is_open.is_set():
                self.held_bytes += data
                await self._is_open.wait()
            server_writer.write(data)
            await server_writer.drain()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65536):
                writer.write(data)
        finally:
            writer.close()

    async def cancel(self) -> None:
        """Stop what runs, and close what is open."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@asynccontextmanager
async def holding_proxy(server_url: str) -> AsyncIterator[HoldingProxy]:
    """Run a proxy before a server."""
    proxy = HoldingProxy(server_url)
    server = await asyncio.start_server(proxy._serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    proxy.url = urlsplit(server_url)._replace(netloc=f"127.0.0.1:{port}").geturl()
    try:
        yield proxy
    finally:
        server.close()
        await proxy.cancel()
