"""Work on large results, away from the event loop."""
################################################################
# A reader runs on the event loop where the engine is async. Turning the rows of a
# large result into a batch takes seconds there, and nothing else is answered
# meanwhile. So this work runs in a thread, and in pieces: a single call into C, such
# as json.loads, holds the interpreter's lock for its whole length, in any thread.
#
# Pieces are so small that the rows of one are freed before Python looks for garbage
# (after 700 new objects). That look visits every value of every column, and holds
# the lock, too.
#
# A reader has one thread. A request that gave up does not stop the work on its rows;
# with more threads, requests that are repeated would add up. The thread only computes,
# so it never hangs, however long that takes.
################################################################

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import Final, TypeVar

from sqlalchemy import Connection
from sqlalchemy.util import await_only

from sla_compliance.calls.worker_threads import WorkerThreads

ROWS_PER_PIECE: Final = 250
CHARACTERS_PER_PIECE: Final = 64 * 1024

_Result = TypeVar("_Result")


class OffLoop:
    """Runs work in one thread where the caller runs on an event loop."""

    def __init__(self) -> None:
        """Start no thread yet."""
        self._thread = WorkerThreads("reader of rows", max_threads=1, stuck_after_s=inf)

    def run(self, connection: Connection, work: Callable[[], _Result], *, is_large: bool) -> _Result:
        """Return the result of `work`; where it is large and the connection is async, awaited from the thread."""
        if not is_large or not connection.dialect.is_async:
            return work()
        return await_only(self._thread.run(work))
