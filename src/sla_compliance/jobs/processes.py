"""One of a kind for each process, made when it is first needed."""
################################################################
# A service holds connections and a background loop; neither survives a fork. So
# what a worker's parent has made is never used by its children: each process makes
# its own, whatever kind of pool runs the work.
################################################################

from __future__ import annotations

import os
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

_Thing = TypeVar("_Thing")


class PerProcess(Generic[_Thing]):
    """Called, it returns this process's own."""

    def __init__(self, make: Callable[[], _Thing]) -> None:
        """Keep what makes one; nothing is made yet."""
        self._make = make
        self._made: dict[int, _Thing] = {}
        self._lock = Lock()

    def __call__(self) -> _Thing:
        """Return this process's own; made once, for all its threads."""
        with self._lock:
            if os.getpid() not in self._made:
                self._made[os.getpid()] = self._make()
            return self._made[os.getpid()]

    def give_up(self) -> _Thing | None:
        """Return this process's own for the last time; None where none was made."""
        with self._lock:
            return self._made.pop(os.getpid(), None)
