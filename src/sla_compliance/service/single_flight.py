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
            task.add_done_callback(self._finish)
        return self._shared[key]

    def share_under(self, key: Hashable) -> None:
        """Share the task that calls this under another key from now on, and no longer under the former one."""
        task = asyncio.current_task()
        former_keys = [former_key for former_key, shared_task in self._shared.items() if shared_task is task]
        for former_key in former_keys:
            # Where later callers share none of it any more, they share it under no other key either.
            self._shared[key] = self._shared.pop(former_key)

    def _finish(self, task: asyncio.Task[_Result]) -> None:
        self._running.discard(task)
        for key in [key for key, shared_task in self._shared.items() if shared_task is task]:
            del self._shared[key]
        if not task.cancelled():
            # Reading the exception keeps asyncio from logging it where every caller was cancelled.
            task.exception()

    def forget(self, key: Hashable) -> None:
        """Let no later caller share the running task of `key`. Those who wait keep theirs."""
        self._shared.pop(key, None)

    def forget_all(self) -> None:
        """Let no later caller share a running task. Those who wait keep theirs."""
        self._shared.clear()

    async def aclose(self) -> None:
        """Cancel what runs and wait for its end."""
        running = tuple(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
