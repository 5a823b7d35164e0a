"""Bounds of a request's body: how long it may be, and how long a client may take to send it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from http import HTTPStatus
from typing import Any, Final

from fastapi import HTTPException, Request

ASGIMessage = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[ASGIMessage]]

MAX_BODY_BYTES: Final = 256 * 1024
BODY_WITHIN_S: Final = 10.0
# The rest of the body is still to come: without this header the server would receive all of it.
CLOSED: Final = {"Connection": "close"}


def with_bounded_body(request: Request) -> Request:
    """Return the request with a body that raises an HTTPException where it exceeds a bound.

    Raises:
        HTTPException: the header says already that the body is too long.
    """
    content_length = request.headers.get("content-length", "")
    if content_length.isdecimal() and int(content_length) > MAX_BODY_BYTES:
        raise _too_long()
    return Request(request.scope, _BoundedBody(request.receive))


class _BoundedBody:
    """Receives the messages of a request, and counts bytes and time until its body is whole."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._received_bytes = 0
        self._is_whole = False
        self._deadline_s = asyncio.get_running_loop().time() + BODY_WITHIN_S

    async def __call__(self) -> ASGIMessage:
        """Return the next message."""
        if self._is_whole:  # what follows says that the client has left, whenever that is
            return await self._receive()
        try:
            async with asyncio.timeout_at(self._deadline_s):
                message = await self._receive()
        except TimeoutError as error:
            detail = f"the body was not received within {BODY_WITHIN_S:g} s; send it again"
            raise HTTPException(HTTPStatus.REQUEST_TIMEOUT, detail, CLOSED) from error
        self._received_bytes += len(message.get("body", b""))
        if self._received_bytes > MAX_BODY_BYTES:
            raise _too_long()
        self._is_whole = not message.get("more_body", False)
        return message


def _too_long() -> HTTPException:
    detail = f"the body is longer than {MAX_BODY_BYTES:,} bytes; send it in parts"
    return HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail, CLOSED)
