"""WorkerThreads: a few threads for the calls of one part that may hang, so that no other waits."""
################################################################
# Each part that makes blocking calls has threads of its own, a few of them. Calls
# wait in line for a free thread. While calls end, the line moves and may be long.
# Where all threads are busy and no call has begun or ended for some seconds, they
# hang, and a call in line fails.
#
# A call that its caller has given up goes on in its thread: Python cannot end it.
# The threads are daemons, so none of them keeps the process from ending. A thread
# without work ends by itself. A forked child has none of its parent's threads and
# starts its own.
################################################################

from __future__ import annotations

import asyncio
import contextvars
import os
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from threading import Condition, Thread
from time import monotonic
from typing import Any, Final, ParamSpec, TypeVar

MAX_THREADS: Final = 8
STUCK_AFTER_S: Final = 5.0
IDLE_S: Final = 10.0
_POLL_S: Final = 0.1

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")


@dataclass(slots=True, eq=False)
class _Call:
    """A call in line or in a thread."""

    work: Callable[[], Any]
    future: Future[Any] = field(default_factory=Future)
    has_begun: bool = False


@dataclass(slots=True)
class _Line:
    """The calls that wait, and the threads of one process. All of it is changed under the lock.

    Attributes:
        process_id: whose threads these are.
        changed: its lock guards the line; threads without work wait for it.
        calls: those that wait, the longest first.
        threads, busy_threads: how many there are, and how many of them make a call.
        moved_s: when a call last began or ended.
    """

    process_id: int = field(default_factory=os.getpid)
    changed: Condition = field(default_factory=Condition)
    calls: deque[_Call] = field(default_factory=deque)
    threads: int = 0
    busy_threads: int = 0
    moved_s: float = 0.0


class WorkerThreads:
    """A bounded number of threads for the blocking calls of one part, e.g. of one source."""

    def __init__(
        self,
        name: str,
        *,
        max_threads: int = MAX_THREADS,
        stuck_after_s: float = STUCK_AFTER_S,
        idle_s: float = IDLE_S,
    ) -> None:
        """Start no thread yet.

        Args:
            name: whose calls they make; error messages begin with it.
            max_threads: how many calls run at once.
            stuck_after_s: a call in line fails where all threads are busy and none has begun or ended a call for so
                long.
            idle_s: a thread without work ends after so long.
        """
        self._name = name
        self._max_threads = max_threads
        self._stuck_after_s = stuck_after_s
        self._idle_s = idle_s
        self._line = _Line()

    async def run(
        self, work: Callable[_Arguments, _Result], *args: _Arguments.args, **kwargs: _Arguments.kwargs
    ) -> _Result:
        """Return the result of `work`, called in a thread.

        Raises:
            TimeoutError: all threads hang. Errors of `work` come through as they are.
        """
        if self._line.process_id != os.getpid():
            # A fork copies no thread, and may copy a lock that one of them holds.
            self._line = _Line()
        line = self._line
        context = contextvars.copy_context()
        call = _Call(partial(context.run, partial(work, *args, **kwargs)))
        self._append(line, call)
        waiter = asyncio.wrap_future(call.future)
        try:
            # An asyncio future does not say that its work has begun, so calls in line look at it again and again.
            while not call.has_begun:
                await asyncio.wait({waiter}, timeout=_POLL_S)
                if not call.has_begun and self._is_stuck(line):
                    raise TimeoutError(
                        f"{self._name} hangs: none of its {self._max_threads} threads has answered for "
                        f"{self._stuck_after_s:g} s; give the calls behind it a time-out"
                    )
            # Shielded: a caller that gives up must not cancel a call that a thread is about to make.
            result: _Result = await asyncio.shield(waiter)
        finally:
            with line.changed:
                if not call.has_begun:
                    line.calls.remove(call)
        return result

    def _is_stuck(self, line: _Line) -> bool:
        with line.changed:
            is_moving = monotonic() - line.moved_s < self._stuck_after_s
            return line.busy_threads == self._max_threads and not is_moving

    def _append(self, line: _Line, call: _Call) -> None:
        """Put a call at the end of the line, and start a thread where no free one is left for it."""
        with line.changed:
            line.calls.append(call)
            free_threads = line.threads - line.busy_threads
            if len(line.calls) > free_threads and line.threads < self._max_threads:
                line.threads += 1
                Thread(target=self._make_calls, args=(line,), name=f"{self._name} (sla)", daemon=True).start()
            line.changed.notify()

    def _make_calls(self, line: _Line) -> None:
        """Make the calls of the line, until there has been none for a while; the life of a thread."""
        while self._make_next_call(line):
            pass

    def _make_next_call(self, line: _Line) -> bool:
        """Make the longest waiting call; return False where there is none for a while, then the thread ends."""
        with line.changed:
            if not line.changed.wait_for(lambda: line.calls, timeout=self._idle_s):
                line.threads -= 1
                return False
            call = line.calls.popleft()
            call.has_begun = True
            line.busy_threads += 1
            line.moved_s = monotonic()
        try:
            result = call.work()
        except BaseException as error:
            call.future.set_exception(error)
        else:
            call.future.set_result(result)
        with line.changed:
            line.busy_threads -= 1
            line.moved_s = monotonic()
        return True
