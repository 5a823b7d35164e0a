"""SingleFlight: one task for all who need the same result at the same time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from typing import Generic, TypeVar

_Result = TypeVar("_Result")


class SingleFlight(Generic[_Result]):
    """Running tasks by key; of one event loop."""

    def __init__(self) -> None:
        """Start with no task."""
        self._shared: dict[Hashable, asyncio.Task[_Result]] = {}
        self._running: set[asyncio.Task[_Result]] = set()

    def task(self, key: Hashable, work: Callable[[], Coroutine[object, object, _Result]]) -> asyncio.Task[_Result]:
        """Return the running task of `key`, started from `work` where there is none.

        Wait for it with `asyncio.wait`: then a caller that is cancelled does not cancel it for the others.
        """
        if key not in self._shared:
            task = asyncio.create_task(work())
            self._shared[key] = task
            self._running.add(task)
            task.add_done_callback(lambda done: self._finish(key, done))
        return self._shared[key]

    def _finish(self, key: Hashable, task: asyncio.Task[_Result]) -> None:
        self._running.discard(task)
        if self._shared.get(key) is task:
            del self._shared[key]
        if not task.cancelled():
            # Reading the exception keeps asyncio from logging it where every caller was cancelled.
            task.exception()

    def forget_all(self) -> None:
        """Let no later caller share a running task: the facts have changed. Those who wait keep theirs."""
        self._shared.clear()

    async def aclose(self) -> None:
        """Cancel what runs and wait for its end."""
        running = tuple(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
