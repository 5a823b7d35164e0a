"""A small HTTP server that answers as it is told: late, twice, half, without end, or not at all."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

Behaviour = Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Request:
    """What arrived."""

    target: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """A receiver of webhooks.

    Attributes:
        port: where it listens on 127.0.0.1.
        requests: those that arrived as a whole.
        connections: how many there were.
        behaviours: what it does with the next requests, the last one with all further ones.
    """

    port: int = 0
    requests: list[Request] = field(default_factory=list)
    connections: int = 0
    behaviours: list[Behaviour] = field(default_factory=list)

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Read a request, and behave."""
        self.connections += 1
        # Cancelled at the end of the test's loop.
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            lines = head.split("\r\n")
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:] if line)}
            body = await reader.readexactly(int(headers["content-length"]))
            self.requests.append(Request(lines[0].split(" ")[1], headers, body))
            behaviour = self.behaviours.pop(0) if len(self.behaviours) > 1 else self.behaviours[0]
            await behaviour(writer)
        with suppress(ConnectionError):
            writer.close()


@asynccontextmanager
async def receiving(*behaviours: Behaviour, tls: ssl.SSLContext | None = None) -> AsyncIterator[Receiver]:
    """Run a receiver."""
    receiver = Receiver(behaviours=list(behaviours))
    server = await asyncio.start_server(receiver.handle, "127.0.0.1", 0, ssl=tls)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()


def answer(status: str, *headers: str, body: bytes = b"") -> Behaviour:
    """Answer with a status line such as "204 No Content"."""

    async def behave(writer: asyncio.StreamWriter) -> None:
        lines = [f"HTTP/1.1 {status}", *headers, "", ""]
        writer.write("\r\n".join(lines).encode() + body)
        await writer.drain()

    return behave


def raw(*pieces: bytes) -> Behaviour:
    """Answer with bytes as they are."""

    async def behave(writer: asyncio.StreamWriter) -> None:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()

    return behave


def late(seconds: float, then: Behaviour) -> Behaviour:
    """Wait first."""

    async def behave(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(seconds)
        await then(writer)

    return behave


async def hang(writer: asyncio.StreamWriter) -> None:
    """Never answer."""
    del writer
    await asyncio.sleep(3_600)


async def endless_body(writer: asyncio.StreamWriter) -> None:
    """Answer with 200 and a body that does not end."""
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        writer.write(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")
        await writer.drain()


async def endless_headers(writer: asyncio.StreamWriter) -> None:
    """Begin an answer that does not come to its body."""
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"X-More: 1\r\n" * 1_000)
        await writer.drain()


async def drip(writer: asyncio.StreamWriter) -> None:
    """Answer one byte after the other."""
    for byte in b"HTTP/1.1 200 OK\r\n" + b"X-More: 1\r\n" * 1_000:
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0.015)


ACCEPTED = answer("204 No Content")
