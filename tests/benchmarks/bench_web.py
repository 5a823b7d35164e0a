"""A cached answer of the endpoint beside a bare FastAPI route that returns the same bytes."""
################################################################
# The bare route stands in the same app and returns bytes and headers that are there already. In one
# process there is neither a socket nor a client, so nothing hides what a request costs;
# through uvicorn both pay for HTTP as well. Figures are ratios inside one run, by the
# time of the processor.
################################################################

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any, Final

import uvicorn
from fastapi import FastAPI, Request, Response

from sla_compliance.cache.protocol import Cache
from sla_compliance.cache.redis import RedisCache
from sla_compliance.samples import sample_provider
from sla_compliance.service import ComplianceService, MemoryTenants, TenantSettings, to_async
from sla_compliance.sources.memory import MemoryAlarmSource
from sla_compliance.web.fastapi import compliance_router
from tests.servers.process import free_port

NOW: Final = datetime(2025, 10, 8, 22, tzinfo=UTC)
ROUNDS: Final = 15
REQUESTS_A_ROUND: Final = 40
PATHS: Final = {
    "30 days": "/sla/compliance?days=30",
    "90 days": "/sla/compliance?days=90",
    "90 days, full detail": "/sla/compliance?days=90&detail=full",
    "totals of 90 days": "/sla/rollup-stats?days=90",
}
MADE_BY_SERVER: Final = {"content-length", "content-type", "date", "server"}
Headers = dict[str, str]
Get = Callable[[str, Headers], Awaitable[tuple[int, Headers, bytes]]]


async def only_tenant() -> str:
    """Return whom the request is of."""
    return "demo"


async def anybody() -> None:
    """Let everybody read."""


def app_over(cache: Cache | None, source: MemoryAlarmSource | None = None) -> FastAPI:
    """Return an app with the endpoint, and a bare route of the bytes and headers that were put into `app.state`.

    Args:
        cache: of days; None: in memory.
        source: of the alarms; by default those of the sample.
    """
    provider = sample_provider(NOW, tenant_id="demo")
    settings = TenantSettings(provider.zone, monitored_since=provider.start, maintenance=provider.maintenance)
    service = ComplianceService(
        to_async(source or MemoryAlarmSource({"demo": provider.batch()})),
        tenants=MemoryTenants({"demo": settings}),
        cache=cache,
        clock=lambda: NOW,
        settings_lifetime=timedelta(minutes=1),
    )
    app = FastAPI()
    app.include_router(compliance_router(service, tenant=only_tenant, authorize=anybody))

    @app.get("/bare")
    async def bare(request: Request) -> Response:
        return Response(request.app.state.body, headers=request.app.state.headers, media_type="application/json")

    return app


async def get_in_process(app: FastAPI, path: str, headers: Headers) -> tuple[int, Headers, bytes]:
    """Return status, headers and body of a request, without a socket."""
    route, _, query = path.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": route,
        "raw_path": route.encode(),
        "root_path": "",
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    start, *bodies = sent
    names = {name.decode(): value.decode() for name, value in start["headers"]}
    return start["status"], names, b"".join(message["body"] for message in bodies)


async def compare(app: FastAPI, get: Get, paths: Mapping[str, str] = PATHS) -> dict[str, float]:
    """Return by what factor each request takes longer than the bare route with its bytes."""
    ratios: dict[str, float] = {}
    for name, path in paths.items():
        status, headers, body = await get(path, {})
        assert status == 200, body
        app.state.body = body
        app.state.headers = {name: value for name, value in headers.items() if name not in MADE_BY_SERVER}
        ratios[name] = await _ratio(get, path, {}, 200)
        ratios[f"{name}, not modified"] = await _ratio(get, path, {"if-none-match": headers["etag"]}, 304)
    return ratios


async def _ratio(get: Get, path: str, headers: Headers, status: int) -> float:
    """Return the ratio of medians of rounds, which alternate."""
    took: dict[str, list[float]] = {path: [], "/bare": []}
    for _ in range(ROUNDS):
        for timed_path, expected_status in ((path, status), ("/bare", 200)):
            start_s = time.process_time()
            for _ in range(REQUESTS_A_ROUND):
                answer = await get(timed_path, headers)
                assert answer[0] == expected_status
            took[timed_path].append(time.process_time() - start_s)
    return median(took[path]) / median(took["/bare"])


def show(title: str, ratios: dict[str, float]) -> None:
    """Print ratios."""
    print(f"\n{title}, x a bare route that returns the same bytes")
    for name, ratio in ratios.items():
        print(f"  {name:<36}  {ratio:6.2f}")


@contextmanager
def served(app: FastAPI) -> Iterator[int]:
    """Serve an app in a thread until the block ends; yield its port."""
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning", access_log=False))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        yield port
    finally:
        server.should_exit = True
        thread.join()


def test_in_one_process() -> None:
    """The cache in memory: the whole cost is computing."""
    app = app_over(None)
    show("in one process", asyncio.run(compare(app, lambda path, headers: get_in_process(app, path, headers))))


def test_through_valkey(redis_url: str) -> None:
    """One round trip to a cache on this machine besides."""

    async def compared() -> dict[str, float]:
        cache = RedisCache(redis_url)
        app = app_over(cache)
        try:
            return await compare(app, lambda path, headers: get_in_process(app, path, headers))
        finally:
            await cache.aclose()

    show("in one process, days in Valkey", asyncio.run(compared()))


async def compare_through(app: FastAPI, port: int, paths: Mapping[str, str] = PATHS) -> dict[str, float]:
    """Return the same through a server of the app, by a small client on one connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)

    async def get(path: str, headers: Headers) -> tuple[int, Headers, bytes]:
        lines = [f"GET {path} HTTP/1.1", "Host: test", *(f"{name}: {value}" for name, value in headers.items())]
        writer.write("\r\n".join([*lines, "", ""]).encode())
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        names = dict(line.lower().split(": ", 1) for line in head[1:] if line)
        return int(head[0].split()[1]), names, await reader.readexactly(int(names.get("content-length", 0)))

    try:
        return await compare(app, get, paths)
    finally:
        writer.close()


def test_through_uvicorn() -> None:
    """Both pay for HTTP, and for a small client on the same processor."""
    app = app_over(None)
    with served(app) as port:
        show("through uvicorn", asyncio.run(compare_through(app, port)))
