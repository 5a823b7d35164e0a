"""OutageLog: what a log says of an outage: its beginning with the traceback, a count a minute, its end."""
################################################################
# While a database is down every request fails alike. The first failure of a kind is
# logged with its traceback; further ones are counted, and the count is logged once a
# minute. A minute without any is the end. Kinds are the types of errors: a second
# fault during an outage has a beginning of its own.
################################################################

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from logging import Logger
from time import monotonic
from typing import Final

INTERVAL_S: Final = 60.0


@dataclass(slots=True)
class _Outage:
    """An outage that is not over.

    Attributes:
        began_s: when, by the monotonic clock.
        failures: all of them.
        unreported_failures: those since the last line.
        cause: the last error in one line.
    """

    began_s: float
    failures: int
    unreported_failures: int
    cause: str


class OutageLog:
    """Writes failures to a log; for one event loop."""

    def __init__(self, log: Logger, *, interval_s: float = INTERVAL_S) -> None:
        """Keep the log; there is a line in each interval of an outage."""
        self._log = log
        self._interval_s = interval_s
        self._outages: dict[str, _Outage] = {}

    def failed(self, error: Exception) -> None:
        """Take note of a failure; call it while the error is handled."""
        kind, cause = type(error).__name__, one_line(error)
        outage = self._outages.get(kind)
        if outage is not None:
            outage.failures += 1
            outage.unreported_failures += 1
            outage.cause = cause
            return
        self._outages[kind] = _Outage(monotonic(), 1, 0, cause)
        self._log.error("the service failed: %s", cause, exc_info=error)
        self._look_later(kind)

    def _look_later(self, kind: str) -> None:
        asyncio.get_running_loop().call_later(self._interval_s, self._look, kind)

    def _look(self, kind: str) -> None:
        """Write the line of an interval."""
        outage = self._outages[kind]
        seconds = monotonic() - outage.began_s
        if outage.unreported_failures:
            self._log.error(
                "the service failed %d more times, %d in %.0f s, the last: %s",
                outage.unreported_failures,
                outage.failures,
                seconds,
                outage.cause,
            )
            outage.unreported_failures = 0
            self._look_later(kind)
            return
        del self._outages[kind]
        self._log.warning(
            "the outage is over: no failure by %s for %.0f s; there were %d", kind, self._interval_s, outage.failures
        )


def one_line(error: Exception) -> str:
    """Return an error's type and the first line of its message."""
    first_line = str(error).partition("\n")[0]
    return f"{type(error).__name__}: {first_line}" if first_line else type(error).__name__
