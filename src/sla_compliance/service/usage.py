"""Usage: where a service may be used: not after it was closed, in one process, on one event loop at a time."""
################################################################
# Connections, locks and tasks belong to the process and the event loop that first
# used them. Elsewhere they hang or fail in ways that nobody can read, so that is
# refused with the way out. A service that is made before a fork and used in one
# child alone is well used.
#
# Where its loop has been closed, a service goes on in the next one, e.g. in tests
# that run a loop for each request. What ran on the old loop is lost.
################################################################

from __future__ import annotations

import asyncio
import os

from sla_compliance.errors import ServiceUseError


class Usage:
    """The process and the event loop that use a service."""

    def __init__(self) -> None:
        """Be of no process and loop yet."""
        self._process_id: int | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_closed = False

    def begin(self) -> bool:
        """Take note of a use here and now; return whether it is the first one since an earlier loop was closed.

        Raises:
            ServiceUseError: the service is closed, or another process or a running event loop uses it.
        """
        check_usable(is_closed=self._is_closed, process_id=self._process_id)
        loop = asyncio.get_running_loop()
        if loop is self._loop:
            return False
        if self._loop is not None and not self._loop.is_closed():
            raise ServiceUseError("the service is used by another event loop; make a service for each loop")
        has_moved = self._loop is not None
        self._process_id, self._loop = os.getpid(), loop
        return has_moved

    def end(self) -> None:
        """Refuse every later use."""
        self._is_closed = True


def check_usable(*, is_closed: bool, process_id: int | None) -> None:
    """Check that a service is not closed and is of this process.

    Args:
        process_id: that of the process that uses it; None: none does yet.

    Raises:
        ServiceUseError: it is closed, or of another process.
    """
    if is_closed:
        raise ServiceUseError("the service is closed; make a new one")
    here = os.getpid()
    if process_id not in (None, here):
        raise ServiceUseError(
            f"the service is used by process {process_id}, and process {here} is a fork of it; "
            "make the service in each process, after the fork"
        )
