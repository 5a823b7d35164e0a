"""TimedCalls: awaited calls with a time-out that holds, whatever the callee does about it."""
################################################################
# A call that takes too long is cancelled and not waited for: a driver may wait for a
# server that hangs before it lets go (psycopg for up to 10 s).
#
# The time-out counts time in which the event loop runs. A process that gets no time of
# a busy machine finds its timers over when it goes on, though answers are there too. So
# the wait is cut into slices, and between two of them the loop looks for answers.
################################################################

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar

_SLICES: Final = 5

_Result = TypeVar("_Result")


class TimedCalls:
    """Calls of one part, each with a time-out."""

    def __init__(self, part: str, time_out_s: float) -> None:
        """Make no call yet.

        Args:
            part: what is called; error messages begin with it.
            time_out_s: how long a call may take.
        """
        self._part = part
        self._time_out_s = time_out_s
        self._given_up: set[asyncio.Task[Any]] = set()

    async def make(self, work: Callable[[], Awaitable[_Result]]) -> _Result:
        """Return the result of a call.

        Raises:
            TimeoutError: it takes too long. Its own errors come through.
        """
        task = asyncio.create_task(_result_of(work))
        try:
            for _ in range(_SLICES):
                await asyncio.wait({task}, timeout=self._time_out_s / _SLICES)
                if task.done():
                    return task.result()
        except asyncio.CancelledError:
            # Of the caller, or of the call itself; then this has no effect.
            self._give_up(task)
            raise
        self._give_up(task)
        await asyncio.sleep(0)  # a call that can be cancelled ends before its caller goes on
        raise TimeoutError(f"{self._part} took longer than {self._time_out_s:g} s; see whether it is overloaded")

    def _give_up(self, task: asyncio.Task[Any]) -> None:
        """Cancel a call without waiting for its end."""
        task.cancel()
        self._given_up.add(task)  # the event loop holds tasks weakly
        task.add_done_callback(self._given_up.discard)
        # An error that comes later has no reader: it is taken here, so that none is logged.
        task.add_done_callback(lambda ended: ended.cancelled() or ended.exception())


async def _result_of(work: Callable[[], Awaitable[_Result]]) -> _Result:
    return await work()
