"""A small real server for the page: its files under a strict policy, and answers that a test writes down."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from sla_compliance.drawing.palette import PALETTE_CSS

API: Final = "/api/v1/faults/"
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@dataclass(frozen=True)
class Question:
    """What the page asked: `path` below the API's root, the query and the headers."""

    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Answer:
    """What the server says; with `after`, not before that is set."""

    body: object
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    after: threading.Event | None = None


Responder = Callable[[Question], Answer]


def problem(status: int, title: str, detail: str, **headers: str) -> Answer:
    """An RFC 9457 error."""
    return Answer({"title": title, "status": status, "detail": detail}, status, headers)


@contextmanager
def serving(respond: Responder) -> Iterator[str]:
    """Serve the page and `respond` on a free port; yields the page's address."""

    class Handler(SimpleHTTPRequestHandler):
        def __init__(self, *args: Any) -> None:
            super().__init__(*args, directory=str(files("sla_compliance") / "web" / "dashboard"))

        def do_GET(self) -> None:
            if self.path == "/palette.css":
                self.answer(Answer(PALETTE_CSS.encode(), headers={"Content-Type": "text/css"}))
                return
            if not self.path.startswith(API):
                super().do_GET()
                return
            url = urlsplit(self.path.removeprefix(API))
            self.answer(respond(Question(url.path, dict(parse_qsl(url.query)), dict(self.headers.items()))))

        def answer(self, answer: Answer) -> None:
            if answer.after is not None:
                answer.after.wait(timeout=20)
            body = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
            self.send_response(answer.status)
            kind = "application/json" if answer.status < 400 else "application/problem+json"
            for name, value in {"Content-Type": kind, **answer.headers}.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(body)

        def end_headers(self) -> None:
            self.send_header("Content-Security-Policy", POLICY)
            super().end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the base class's name)
            """Tests are quiet."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """A page that is closed while it loads hangs up; that is no fault of the test."""

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()
