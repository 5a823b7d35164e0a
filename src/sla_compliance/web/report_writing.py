"""ReportPlaces, ReportWriting: how many reports a process makes at once; their files are written one at a time."""
################################################################
# To write a PDF takes a good part of a second of a processor. So a process writes one
# at a time and answers other requests meanwhile. Those who wait for longer than a
# while are sent away, and so is who waits for a file that takes too long: its thread
# cannot be ended and keeps its turn until it has.
#
# Who waits for a report holds one of the places of requests. So there are fewer places
# for reports than for requests, and few of them for one tenant: remembered answers, and
# reports of other tenants, come meanwhile.
################################################################

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from sla_compliance.web.errors import busy

TURN_WITHIN_S: Final = 10.0
WRITTEN_WITHIN_S: Final = 30.0
MOST_REPORTS: Final = 24
MOST_REPORTS_OF_TENANT: Final = 8


class ReportPlaces:
    """Counts the reports that are being made; for one event loop."""

    def __init__(self) -> None:
        """Count none."""
        self._counts: Counter[str] = Counter()

    @contextmanager
    def taken(self, tenant_id: str) -> Iterator[None]:
        """Hold a place while the block runs.

        Raises:
            ProblemError: there is none, of all or of the tenant's; a 503.
        """
        if self._counts.total() >= MOST_REPORTS or self._counts[tenant_id] >= MOST_REPORTS_OF_TENANT:
            raise busy("Too many reports at once; ask again in a moment.")
        self._counts[tenant_id] += 1
        try:
            yield
        finally:
            self._counts[tenant_id] -= 1
            if not self._counts[tenant_id]:
                del self._counts[tenant_id]


class ReportWriting:
    """Writes files, one at a time; for one event loop."""

    def __init__(self, *, turn_within_s: float = TURN_WITHIN_S, written_within_s: float = WRITTEN_WITHIN_S) -> None:
        """Write nothing yet.

        Args:
            turn_within_s: how long a caller waits until it is its turn.
            written_within_s: how long it then waits for its file.
        """
        self._turn = asyncio.Lock()
        self._turn_within_s = turn_within_s
        self._written_within_s = written_within_s

    async def write(self, work: Callable[[], bytes]) -> bytes:
        """Return what `work` returns, run in a thread.

        Raises:
            ProblemError: others are written, or it takes too long; a 503. Errors of `work` come through.
        """
        try:
            async with asyncio.timeout(self._turn_within_s):
                await self._turn.acquire()
        except TimeoutError:
            raise busy("Other reports are being written; ask again in a moment.") from None
        written = asyncio.ensure_future(asyncio.to_thread(work))
        written.add_done_callback(self._end)
        await asyncio.wait({written}, timeout=self._written_within_s)
        if not written.done():
            raise busy("The report takes too long to write; ask for fewer days.")
        return written.result()

    def _end(self, written: asyncio.Future[bytes]) -> None:
        """Give the turn to the next one; also where the caller has gone, and nobody reads the error."""
        self._turn.release()
        if not written.cancelled():
            written.exception()
