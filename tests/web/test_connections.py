"""Slow, long and many clients on raw sockets of the running server: each is bounded, and others are answered."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import Any

import httpx2
import pytest
import uvicorn
from fastapi import APIRouter, FastAPI, Response

from sla_compliance.server import connections
from sla_compliance.server.connections import HEADERS_WITHIN_S, MAX_HEADER_BYTES, MOST_CONNECTIONS, BoundedConnection
from sla_compliance.web import request_bodies
from sla_compliance.web.errors import ProblemRoute
from sla_compliance.web.request_bodies import MAX_BODY_BYTES
from tests.servers.process import free_port
from tests.web.live import API, Live, serving, token_for
from tests.web.world import assert_problem

HEALTH = b"GET /healthz HTTP/1.1\r\nHost: here\r\n"
SLACK_S = 6


@pytest.fixture(scope="module")
def live() -> Iterator[Live]:
    """`serve` with a database of its own."""
    with serving() as server:
        yield server


def connected(live: Live) -> socket.socket:
    """Return a connection to the server."""
    return socket.create_connection(("127.0.0.1", httpx2.URL(live.url).port or 0), timeout=HEADERS_WITHIN_S + SLACK_S)


def read_until_closed(connection: socket.socket) -> bytes:
    """Return all that the server sends until it closes the connection."""
    received = b""
    try:
        while piece := connection.recv(65536):
            received += piece
    except ConnectionResetError:
        pass
    return received


def says_nothing(connection: socket.socket, over: threading.Event) -> None:
    """Send nothing at all."""


def sends_a_letter_a_second(connection: socket.socket, over: threading.Event) -> None:
    """Send a header without end, as slowly as it gets."""
    connection.sendall(HEALTH)
    _trickle(connection, over)


def sends_a_letter_a_second_after_an_answer(connection: socket.socket, over: threading.Event) -> None:
    """Do so in the second request of the connection."""
    connection.sendall(HEALTH + b"\r\n")
    assert b"200 OK" in connection.recv(65536)
    connection.sendall(HEALTH)
    _trickle(connection, over)


def sends_a_body_that_is_not_read(connection: socket.socket, over: threading.Event) -> None:
    """Announce a body, and send a letter of it a second."""
    connection.sendall(HEALTH + b"Content-Length: 100000\r\n\r\n")
    _trickle(connection, over)


def _trickle(connection: socket.socket, over: threading.Event) -> None:
    while not over.wait(1):
        try:
            connection.sendall(b"x")
        except OSError:
            return


SLOW_CLIENTS = [
    says_nothing,
    sends_a_letter_a_second,
    sends_a_letter_a_second_after_an_answer,
    sends_a_body_that_is_not_read,
]


def test_slow_clients_are_left_and_others_answered(live: Live) -> None:
    """Each of them is closed within the time for headers; bytes sent meanwhile do not prolong it."""

    def seconds_until_closed(send: Callable[[socket.socket, threading.Event], None]) -> float:
        over, start_s = threading.Event(), time.monotonic()
        with connected(live) as connection:
            sender = threading.Thread(target=send, args=(connection, over))
            sender.start()
            sender.join(2)  # an answer that it waits for itself
            read_until_closed(connection)
            over.set()
            sender.join()
        return time.monotonic() - start_s

    with ThreadPoolExecutor(len(SLOW_CLIENTS)) as clients:
        closed = [clients.submit(seconds_until_closed, send) for send in SLOW_CLIENTS]
        assert live.get("healthz").is_success
        seconds = {send.__name__: future.result() for send, future in zip(SLOW_CLIENTS, closed, strict=True)}
    assert all(HEADERS_WITHIN_S - 1 < waited < HEADERS_WITHIN_S + SLACK_S for waited in seconds.values()), seconds


def test_headers_are_bounded(live: Live) -> None:
    """400, and the connection is closed."""
    with connected(live) as connection:
        connection.sendall(HEALTH + b"X-Long: " + b"x" * (MAX_HEADER_BYTES + 1))
        assert read_until_closed(connection).startswith(b"HTTP/1.1 400")


def test_a_long_body_is_refused_before_it_is_sent(live: Live) -> None:
    """413 by its header, as a problem; the rest of it is not waited for."""
    with connected(live) as connection:
        head = f"GET /{API}compliance?days=3 HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer {token_for('demo')}\r\n"
        connection.sendall(f"{head}Content-Length: {MAX_BODY_BYTES + 1}\r\n\r\n".encode())
        answer = read_until_closed(connection)
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"application/problem+json" in answer


def test_connections_are_bounded() -> None:
    """Requests on more than MOST_CONNECTIONS get a 503; twice as many are closed at once; then all is well again."""
    with serving() as live:
        with ExitStack() as stack:
            idle = [stack.enter_context(connected(live)) for _ in range(MOST_CONNECTIONS)]
            assert live.get("healthz").status_code == 503
            idle += [stack.enter_context(connected(live)) for _ in range(MOST_CONNECTIONS)]
            one_more = stack.enter_context(connected(live))
            start_s = time.monotonic()
            assert read_until_closed(one_more) == b""
            assert time.monotonic() - start_s < HEADERS_WITHIN_S / 2
        give_up_at_s = time.monotonic() + SLACK_S
        while live.get("healthz").status_code != 200:
            assert time.monotonic() < give_up_at_s
            time.sleep(0.1)


class TestBodiesThatAreRead:
    """A route with a body in somebody's app, on the same server."""

    @pytest.fixture
    @staticmethod
    def url() -> Iterator[str]:
        """Where POST /echo says how long the body was."""
        router = APIRouter(route_class=ProblemRoute)

        @router.post("/echo")
        async def echo(body: list[int]) -> int:
            return len(body)

        app = FastAPI()
        app.include_router(router)
        with in_thread(app) as url:
            yield url

    def test_a_body_within_the_bound_is_read(self, url: str) -> None:
        """In one piece or in several."""
        assert httpx2.post(url + "echo", json=[1, 2, 3]).json() == 3
        assert httpx2.post(url + "echo", content=iter([b"[1,", b"2]"]), headers=JSON).json() == 2

    def test_a_long_body_is_refused(self, url: str) -> None:
        """By its header, or once too many bytes have come."""
        long = b"[" + b" " * MAX_BODY_BYTES + b"]"
        assert_problem(httpx2.post(url + "echo", content=long, headers=JSON), 413, f"{MAX_BODY_BYTES:,}")
        with socket.create_connection(("127.0.0.1", httpx2.URL(url).port or 0), timeout=20) as connection:
            connection.sendall(b"POST /echo HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n")
            connection.sendall(b"Content-Type: application/json\r\n\r\n")
            piece = b"%x\r\n%s\r\n" % (65536, b" " * 65536)
            answer = b""
            try:
                for _ in range(MAX_BODY_BYTES // 65536 + 1):
                    connection.sendall(piece)
                answer = connection.recv(65536)
            except OSError:
                pytest.fail("the connection was closed before the answer could be read")
        assert answer.startswith(b"HTTP/1.1 413")

    def test_a_slow_body_is_given_up(self, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """408 after the time for a body, though bytes keep coming; the connection is closed."""
        monkeypatch.setattr(request_bodies, "BODY_WITHIN_S", 1.0)
        with socket.create_connection(("127.0.0.1", httpx2.URL(url).port or 0), timeout=20) as connection:
            connection.sendall(b"POST /echo HTTP/1.1\r\nHost: here\r\nContent-Length: 100\r\n")
            connection.sendall(b"Content-Type: application/json\r\n\r\n")
            start_s = time.monotonic()
            for _ in range(3):
                connection.sendall(b" ")
                time.sleep(0.2)
            assert read_until_closed(connection).startswith(b"HTTP/1.1 408")
        assert time.monotonic() - start_s < 5


def test_a_client_that_does_not_read_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """After the time for reading, though it keeps the connection open."""
    monkeypatch.setattr(connections, "READ_WITHIN_S", 1.0)
    app = FastAPI()

    @app.get("/long")
    async def long() -> Response:
        return Response(b"x" * 50_000_000)

    with in_thread(app) as url, socket.create_connection(("127.0.0.1", httpx2.URL(url).port or 0)) as connection:
        connection.settimeout(20)
        connection.sendall(b"GET /long HTTP/1.1\r\nHost: here\r\n\r\n")
        time.sleep(3)
        assert len(read_until_closed(connection)) < 50_000_000


JSON = {"Content-Type": "application/json"}


@contextmanager
def in_thread(app: Any) -> Iterator[str]:
    """Serve an app with bounded connections while the block runs; yield its root."""
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, port=port, http=BoundedConnection, log_config=None, lifespan="off"))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()))
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.should_exit = True
        thread.join()
