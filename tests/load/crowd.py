"""People looking at dashboards: some tenants are looked at far more often than others, and nobody waits for anybody."""
################################################################
# Views arrive at a steady rate, whatever the server does, and are timed from the
# moment they were due: a server that falls behind cannot hide it.
################################################################

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random
from statistics import quantiles
from time import perf_counter
from typing import Final

import httpx2

from tests.web.live import API, token_for

MONTHS_OF_TEN: Final = 7
"""How many of ten views are of 30 days; the others are of 90."""


@dataclass(frozen=True)
class View:
    """One look at the page.

    Attributes:
        tenant: whose.
        days: 30 or 90.
    """

    tenant: str
    days: int


@dataclass(frozen=True)
class Seen:
    """What came of a view.

    Attributes:
        view: what was asked.
        status: of the answer; 0: none came.
        seconds: from the moment it was due to the last byte.
        body: where it is to be checked.
    """

    view: View
    status: int
    seconds: float
    body: bytes = b""


def views(tenants: int, count: int, seed: int = 1) -> Iterator[View]:
    """Yield views; the n-th tenant is looked at 1/n as often as the first."""
    rng = Random(seed)  # noqa: S311 - the same crowd every time
    weights = list(accumulate(1 / rank for rank in range(1, tenants + 1)))
    for rank in rng.choices(range(1, tenants + 1), cum_weights=weights, k=count):
        yield View(f"tenant-{rank}", 30 if rng.randrange(10) < MONTHS_OF_TEN else 90)


class Crowd:
    """Readers of one server."""

    def __init__(self, url: str, tenants: int, *, checked: int = 0) -> None:
        """Send nobody yet.

        Args:
            checked: of how many tenants, the first ones, answers are kept.
        """
        self._checked = {f"tenant-{rank}" for rank in range(1, checked + 1)}
        self._bodies: dict[bytes, bytes] = {}  # most are the same, and kept once
        self._url = f"{url}{API}"
        self._tokens = {f"tenant-{rank}": token_for(f"tenant-{rank}") for rank in range(1, tenants + 1)}
        self._client = httpx2.AsyncClient(timeout=60, limits=httpx2.Limits(max_connections=200))

    async def warm_up(self, at_once: int = 4) -> None:
        """Ask for ninety days of each tenant, as the hourly job does."""
        places = asyncio.Semaphore(at_once)

        async def one(tenant: str) -> None:
            async with places:
                await self._ask(View(tenant, 90), perf_counter())

        await asyncio.gather(*map(one, self._tokens))

    async def look(self, wanted: Sequence[View], *, per_second: float) -> list[Seen]:
        """Let the views arrive; return what came of them."""
        began = perf_counter()
        asked = []
        for number, view in enumerate(wanted):
            due = began + number / per_second
            await asyncio.sleep(max(0, due - perf_counter()))
            asked.append(asyncio.create_task(self._ask(view, due)))
        return await asyncio.gather(*asked)

    async def _ask(self, view: View, due: float) -> Seen:
        bearer = {"Authorization": f"Bearer {self._tokens[view.tenant]}"}
        question = f"{self._url}compliance?days={view.days}&exclude_maintenance=true&detail=full"
        try:
            answer = await self._client.get(question, headers=bearer)
        except httpx2.TransportError:
            return Seen(view, 0, perf_counter() - due)
        seconds = perf_counter() - due
        body = b""
        if view.tenant in self._checked and answer.is_success:
            body = self._bodies.setdefault(answer.content, answer.content)
        return Seen(view, answer.status_code, seconds, body)

    async def aclose(self) -> None:
        """Leave."""
        await self._client.aclose()


def percentiles_ms(seen: Sequence[Seen], days: int) -> dict[str, float]:
    """Return how long views of so many days took."""
    cuts = quantiles([1000 * each.seconds for each in seen if each.view.days == days], n=100)
    return {"p50": cuts[49], "p95": cuts[94], "p99": cuts[98]}
