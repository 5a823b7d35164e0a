"""Around every response: an entry in the access log."""
################################################################
# An entry is one JSON object on one line. It never holds the query or a header,
# so no token gets into the log, not even one that was put into a URL by mistake.
################################################################

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from time import perf_counter
from typing import Final

from sla_compliance.errors import requires_extra

with requires_extra("serve", __name__):
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

ACCESS_LOG: Final = "sla_compliance.access"
LONGEST_PATH_CHARACTERS: Final = 200
CLIENT_CLOSED_REQUEST: Final = 499  # the status that nginx logs where the client left before the response began
_log = logging.getLogger(ACCESS_LOG)


class AccessLog:
    """Writes an entry for every request."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Respond, and write the entry even where the app fails."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        start_s = perf_counter()
        status = CLIENT_CLOSED_REQUEST

        async def send_and_note_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        scope.setdefault("state", {})  # the router writes the tenant's id into it
        try:
            await self._app(scope, receive, send_and_note_status)
        finally:
            _log.info(log_entry(scope, status, perf_counter() - start_s))


def log_entry(scope: Scope, status: int, duration_s: float) -> str:
    """Return the line of one request."""
    client = scope.get("client")
    return json.dumps(
        {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "method": scope["method"],
            "path": scope["path"][:LONGEST_PATH_CHARACTERS],
            "status": status,
            "duration_ms": round(duration_s * 1000, 1),
            "tenant_id": scope["state"].get("sla_tenant_id"),
            "client": client[0] if client else None,
        }
    )
