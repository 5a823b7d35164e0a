"""dashboard_app: the dashboard page as an app of its own, to be mounted in any other."""
################################################################
#     app.mount("/sla", dashboard_app(api_path="/api/v1/faults"))
#
# The page loads its own files, asks the API of its own server, and nothing else:
# the content security policy allows no more. It knows no secret. A reader's token
# is sent to the API alone; cookies of the host app are sent as browsers do.
################################################################

from __future__ import annotations

import re
from html import escape
from pathlib import Path
from typing import Final

from sla_compliance.checks import check_type
from sla_compliance.drawing.palette import PALETTE_CSS
from sla_compliance.errors import InvalidValueError, requires_extra, shown

with requires_extra("fastapi", __name__):
    from starlette.requests import Request
    from starlette.responses import HTMLResponse, Response
    from starlette.routing import Mount, Route, Router
    from starlette.staticfiles import StaticFiles
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["PROTECTIVE_HEADERS", "ProtectiveHeaders", "dashboard_app"]

FILES: Final = Path(__file__).parent / "dashboard"
DEFAULT_API_PATH: Final = "api/v1/faults"
API_MARK: Final = f'<meta name="sla-api" content="{DEFAULT_API_PATH}">'
# A path on the same host, absolute or relative to the page's own address; no scheme, no host, no query.
API_PATH: Final = re.compile(r"(?:/|(?:\.\./)+)?[\w.~%-]+(?:/[\w.~%-]+)*/?", re.ASCII)
PROTECTIVE_HEADERS: Final = {
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
"""What the page lets its reader's browser do: load the page's own files, request its own server, nothing else."""
# As ASGI has them.
_RAW_HEADERS: Final = [(name.lower().encode(), value.encode()) for name, value in PROTECTIVE_HEADERS.items()]
_RAW_NAMES: Final = frozenset(name for name, _ in _RAW_HEADERS)


def dashboard_app(*, api_path: str = DEFAULT_API_PATH) -> ASGIApp:
    """Return an ASGI app that serves the dashboard page and its files, with headers that protect a reader.

    To be mounted in a FastAPI or Starlette app, whose handlers answer for paths that the page does not have.

    Args:
        api_path: where the router of `compliance_router` is, on the same host: absolute, such as `/api/v1/faults`, or
            relative to the address of the page, as by default. The page adds `/sla/...` to it.

    Raises:
        InvalidTypeError: `api_path` is no text.
        InvalidValueError: it is no path on the same host.
    """
    check_type(api_path, str, "api_path", "a path, e.g. '/api/v1/faults'")
    if API_PATH.fullmatch(api_path) is None:
        raise InvalidValueError(
            f"api_path is {shown(api_path)}; give a path on the same host, e.g. '/api/v1/faults'", field="api_path"
        )
    markup = FILES.joinpath("index.html").read_text(encoding="utf-8")
    page = markup.replace(API_MARK, f'<meta name="sla-api" content="{escape(api_path)}">')

    async def index(_: Request) -> Response:
        return HTMLResponse(page, headers={"Cache-Control": "no-cache"})

    async def palette(_: Request) -> Response:
        return Response(PALETTE_CSS, media_type="text/css")

    routes = [
        Route("/", index),
        Route("/index.html", index),
        Route("/palette.css", palette),
        Mount("/", StaticFiles(directory=FILES)),
    ]
    return ProtectiveHeaders(Router(routes=routes))


class ProtectiveHeaders:
    """Adds the headers to every response of an app."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Respond, with the headers."""

        async def send_protected(message: Message) -> None:
            if message["type"] == "http.response.start":
                others = [header for header in message["headers"] if header[0] not in _RAW_NAMES]
                message["headers"] = [*others, *_RAW_HEADERS]
            await send(message)

        await self._app(scope, receive, send_protected)
