"""Turns: how much a process measures at once, so that what is remembered never waits for what is not."""
################################################################
# Python computes one thing at a time. Threads that compute beside one another are
# no faster, and together they keep the event loop from its turn: the cache would
# seem to answer late, would be left alone, and everything would have to be measured.
# So one measurement is computed at a time, and few are fetched, for rows are read
# on the event loop.
################################################################

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, ParamSpec, TypeVar

FETCHES_AT_ONCE: Final = 4

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Turns:
    """Whose turn it is in one process.

    Attributes:
        fetching: to be held while rows are fetched.
    """

    fetching: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(FETCHES_AT_ONCE))
    _computing: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def computed(
        self, work: Callable[_Arguments, _Result], *args: _Arguments.args, **kwargs: _Arguments.kwargs
    ) -> _Result:
        """Return what some work comes to, in a thread, when its turn has come."""
        async with self._computing:
            return await asyncio.to_thread(work, *args, **kwargs)
