"""Bounds of connections: how many there are, and how long a client may take to send and to receive."""
################################################################
# uvicorn closes a connection that is idle after a response. It waits for ever for the
# headers of a request, for the rest of a body that no route reads, and for a client
# that does not read a response. A few hundred such connections keep all others out.
#
#     HEADERS_WITHIN_S   from connecting, or from the first byte after a response, to
#                        the end of the headers; what is sent meanwhile changes nothing
#     READ_WITHIN_S      for a client to take a long response off the server's hands
#     MOST_CONNECTIONS    of one worker; requests on further ones get a 503, and twice
#                        as many are closed at once
#
# The time for a body that is read is bounded where it is read (web/request_bodies.py).
################################################################

from __future__ import annotations

import asyncio
from typing import Final

from sla_compliance.errors import requires_extra

with requires_extra("serve", __name__):
    from uvicorn.protocols.http.h11_impl import H11Protocol

HEADERS_WITHIN_S: Final = 10.0
READ_WITHIN_S: Final = 120.0
KEPT_IDLE_S: Final = 5
MOST_CONNECTIONS: Final = 400
MAX_HEADER_BYTES: Final = 16 * 1024


class BoundedConnection(H11Protocol):
    """A connection of uvicorn that ends where its client is too slow."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take the connection, or close it where there are too many."""
        super().connection_made(transport)
        self._headers = _Deadline(self.loop, HEADERS_WITHIN_S, transport)
        self._reading = _Deadline(self.loop, READ_WITHIN_S, transport)
        if len(self.connections) > 2 * MOST_CONNECTIONS:
            transport.abort()
        else:
            self._headers.start()

    def data_received(self, data: bytes) -> None:
        """Pass the data on; the time for headers runs while no request is being answered."""
        super().data_received(data)
        is_answering = self.cycle is not None and not self.cycle.response_complete
        if is_answering or self.transport.is_closing():
            self._headers.stop()
        else:
            self._headers.start()

    def pause_writing(self) -> None:
        """Give the client time to read: a good part of the response waits for it."""
        super().pause_writing()
        self._reading.start()

    def resume_writing(self) -> None:
        """Go on: the client has read."""
        super().resume_writing()
        self._reading.stop()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        super().connection_lost(exc)
        self._headers.stop()
        self._reading.stop()


class _Deadline:
    """Aborts a connection after some time, unless it is stopped before."""

    def __init__(self, loop: asyncio.AbstractEventLoop, seconds: float, transport: asyncio.Transport) -> None:
        self._loop = loop
        self._seconds = seconds
        self._transport = transport
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Let the time run, unless it runs already."""
        if self._timer is None:
            self._timer = self._loop.call_later(self._seconds, self._transport.abort)

    def stop(self) -> None:
        """Let the connection be."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
