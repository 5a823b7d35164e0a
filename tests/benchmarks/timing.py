"""How long works take that take turns: medians, by the processor's time or by the clock on the wall."""
################################################################
# Works that are compared take turns, so that what else happens on the machine meets
# all of them alike. The processor's time is that of all threads of this process; it
# leaves out what waits, and what other processes do for this one. `ServerTime` adds the
# process of a PostgreSQL connection.
#
# Nothing that uses this file fails for being slow.
################################################################

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Hashable, Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

import psycopg

Name = TypeVar("Name", bound=Hashable)
Clock = Callable[[], float]
ROUNDS: Final = 5


def medians(
    works: Mapping[Name, Callable[[], object]],
    *,
    rounds: int = ROUNDS,
    clock: Clock = time.process_time,
    has_warm_up: bool = False,
) -> dict[Name, float]:
    """Return the median seconds of some works that take turns.

    Args:
        rounds: how many turns each work has.
        clock: returns seconds; the processor's time of this process unless another is given.
        has_warm_up: whether each work runs once before, unmeasured.
    """
    if has_warm_up:
        for work in works.values():
            work()
    times_s: dict[Name, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            times_s[name].append(seconds(work, clock))
    return {name: statistics.median(work_times_s) for name, work_times_s in times_s.items()}


def seconds(work: Callable[[], object], clock: Clock = time.process_time) -> float:
    """Return the seconds of a work. What earlier works left is collected before, and is not measured."""
    gc.collect()
    start_s = clock()
    work()
    return clock() - start_s


class ServerTime:
    """A clock of this process's processor time plus that of the server's process behind a connection.

    Linux tells it to the nanosecond. Elsewhere the clock is the one on the wall.
    """

    def __init__(self, *connections: psycopg.Connection[Any]) -> None:
        """Look for the process of each connection; the server runs on this machine."""
        files = [Path(f"/proc/{connection.info.backend_pid}/schedstat") for connection in connections]
        self.is_of_processor = all(file.exists() for file in files)
        self._files = files

    def __call__(self) -> float:
        """Return seconds since some moment."""
        if not self.is_of_processor:
            return time.perf_counter()
        nanoseconds = sum(int(file.read_text().split()[0]) for file in self._files)
        return time.process_time() + nanoseconds / 1e9
