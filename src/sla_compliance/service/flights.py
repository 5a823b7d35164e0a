"""One flight for everybody who asks the same at the same time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from typing import Generic, TypeVar

_Result = TypeVar("_Result")


class Flights(Generic[_Result]):
    """Work under way, by what it answers; of one event loop."""

    def __init__(self) -> None:
        """Start with none."""
        self._joinable: dict[Hashable, asyncio.Task[_Result]] = {}
        self._flying: set[asyncio.Task[_Result]] = set()

    def of(self, question: Hashable, work: Callable[[], Coroutine[object, object, _Result]]) -> asyncio.Task[_Result]:
        """Return the flight that answers `question`, a new one where there is none.

        Wait for it with `asyncio.wait`: whoever stops waiting then stops nobody else.
        """
        if question not in self._joinable:
            task = asyncio.create_task(work())
            self._joinable[question] = task
            self._flying.add(task)
            task.add_done_callback(lambda done: self._landed(question, done))
        return self._joinable[question]

    def _landed(self, question: Hashable, task: asyncio.Task[_Result]) -> None:
        self._flying.discard(task)
        if self._joinable.get(question) is task:
            del self._joinable[question]
        if not task.cancelled():
            task.exception()  # seen, also where everybody has stopped waiting

    def close_doors(self) -> None:
        """Let nobody else join what is under way: the facts have changed."""
        self._joinable.clear()

    async def aclose(self) -> None:
        """End what is under way."""
        flying = tuple(self._flying)
        for task in flying:
            task.cancel()
        await asyncio.gather(*flying, return_exceptions=True)
