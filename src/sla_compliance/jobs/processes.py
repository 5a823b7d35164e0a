"""An object for each process, made when it is first needed."""
################################################################
# A service holds connections and a background loop; neither survives a fork. So
# what the parent of a worker has made is never used by its children: each process
# makes its own, whatever kind of pool runs the work.
################################################################

from __future__ import annotations

import os
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

_Resource = TypeVar("_Resource")


class PerProcess(Generic[_Resource]):
    """A resource that each process makes for itself; calling this returns it."""

    def __init__(self, make: Callable[[], _Resource]) -> None:
        """Keep what makes the resource; nothing is made yet."""
        self._make = make
        self._resources: dict[int, _Resource] = {}  # by process id: a fork copies its parent's entry, and ignores it
        self._lock = Lock()
        if hasattr(os, "register_at_fork"):  # not on Windows, which does not fork
            os.register_at_fork(after_in_child=self._replace_lock)

    def _replace_lock(self) -> None:
        """Take a new lock in a fork: a thread of the parent may have held the old one."""
        self._lock = Lock()

    def __call__(self) -> _Resource:
        """Return this process's resource; made once, for all its threads."""
        process_id = os.getpid()
        with self._lock:
            if process_id not in self._resources:
                self._resources[process_id] = self._make()
            return self._resources[process_id]

    def release(self) -> _Resource | None:
        """Forget this process's resource and return it, to be closed; None where none was made."""
        with self._lock:
            return self._resources.pop(os.getpid(), None)
