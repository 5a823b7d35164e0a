"""How much at once: requests beyond it are told to come back, and none that had a place is lost."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx2

from tests.web.world import API, Source, assert_problem, platform, service_over


class Slow(Source):
    """A source that answers when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = asyncio.Event()
        self.goes_on = asyncio.Event()

    async def fetch(self, *args: Any, **kwargs: Any) -> Any:
        """Wait, then answer."""
        self.asked.set()
        await self.goes_on.wait()
        return await super().fetch(*args, **kwargs)


def visitor(source: Source) -> httpx2.AsyncClient:
    """Return a client of an app that works on one request at once."""
    app = platform(service_over(source), max_concurrent=1)
    headers = {"Authorization": "acme"}
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url=f"http://test{API}/", headers=headers)


def test_a_request_too_many_is_told_to_come_back() -> None:
    """503 with Retry-After at once; the one before is answered, and its place is free again."""

    async def crowd() -> None:
        source = Slow()
        async with visitor(source) as client:
            first = asyncio.create_task(client.get("incidents?date=2025-10-07"))
            await source.asked.wait()
            second = await client.get("compliance?days=3")
            source.goes_on.set()
            assert (await first).status_code == 200
            assert (await client.get("compliance?days=3")).status_code == 200
        assert_problem(second, 503, "Too many")
        assert second.headers["Retry-After"] == "1"

    asyncio.run(crowd())


def test_a_place_is_free_again_after_any_end() -> None:
    """A bad question, a wrong tenant and a failing source hold none."""

    async def misfortunes() -> None:
        source = Source()
        async with visitor(source) as client:
            source.error = ConnectionRefusedError("down")
            answers = [
                await client.get("compliance?days=none"),
                await client.get("compliance?days=3", headers={"X-Tenant-ID": "other"}),
                await client.get("compliance?days=3"),
            ]
            source.error = None
            assert [answer.status_code for answer in answers] == [422, 403, 503]
            assert (await client.get("compliance?days=3")).status_code == 200

    asyncio.run(misfortunes())


def test_many_at_once_ask_the_source_once() -> None:
    """Fifty readers of one tenant, one query."""

    async def readers() -> None:
        source = Source()
        app = platform(service_over(source))
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url=f"http://test{API}/") as client:
            questions = (client.get("compliance?days=30", headers={"Authorization": "acme"}) for _ in range(50))
            answers = await asyncio.gather(*questions)
        assert ({answer.status_code for answer in answers}, source.queries) == ({200}, 1)

    asyncio.run(readers())
