"""Around every answer: an entry in the access log, and the headers that protect a reader."""
################################################################
# An entry is one JSON object on one line. It never has the query or a header, so
# neither a token nor anything that somebody put into a URL by mistake gets there.
#
# The policy lets the page load its own files and ask its own server; nothing else.
################################################################

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from time import perf_counter
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ACCESS_LOG: Final = "sla_compliance.access"
LONGEST_PATH: Final = 200
CLIENT_GONE: Final = 499
HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

_log = logging.getLogger(ACCESS_LOG)


class ProtectiveHeaders:
    """Adds the headers to every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, with the headers."""

        async def send_protected(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        await self._app(scope, receive, send_protected)


class AccessLog:
    """Writes an entry for every request."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, and write down that it was done."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = perf_counter(), CLIENT_GONE

        async def send_noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        scope.setdefault("state", {})
        try:
            await self._app(scope, receive, send_noted)
        finally:
            _log.info(entry(scope, status, perf_counter() - began))


def entry(scope: Scope, status: int, seconds: float) -> str:
    """Return the line of one request."""
    return json.dumps(
        {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "method": scope["method"],
            "path": scope["path"][:LONGEST_PATH],
            "status": status,
            "duration_ms": round(seconds * 1000, 1),
            "tenant_id": scope["state"].get("sla_tenant_id"),
            "client": scope["client"][0] if scope.get("client") else None,
        }
    )
