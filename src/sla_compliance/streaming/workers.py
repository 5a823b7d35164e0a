"""Workers: jobs in processes of their own, as many at a time as are to run."""
################################################################
# Processes are spawned, never forked: the libraries of columns have threads, which a
# fork loses while they hold locks.
#
# A process ends with the one that started it, whatever ended that: it waits for the
# end of a pipe of which the other end is there alone. So a run that is killed leaves
# no process, and one that is interrupted does not wait for jobs that it began.
#
# One process means this one.
################################################################

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, Final, Self

from sla_compliance.errors import SLAComplianceError, requires_extra
from sla_compliance.streaming.plan import StreamPlan

with requires_extra("frames", __name__, package="pyarrow"):
    import pyarrow as pa  # type: ignore[import-untyped]

Job = Callable[[StreamPlan, Any], dict[str, Any]]
_JOBS_AHEAD: Final = 2
_ROWS_WORTH_A_PROCESS: Final = 2_000_000
_plans: Final[list[StreamPlan]] = []
"""The plan of this process, where it does jobs of another: it is given it once, and not with each job."""


class WorkerError(SLAComplianceError, RuntimeError):
    """A process that did jobs came to an end, or to the end of its memory."""


def worthwhile_processes(rows: int, cores: int) -> int:
    """Return how many processes work through some rows sooner than fewer; more than one have to be started first.

    >>> worthwhile_processes(100, 8), worthwhile_processes(7_000_000, 8), worthwhile_processes(10**9, 8)
    (1, 3, 8)
    """
    return max(1, min(cores, rows // _ROWS_WORTH_A_PROCESS))


class Workers:
    """Processes that do the jobs of one plan; they are started when there is work for them, and end after the block."""

    def __init__(self, plan: StreamPlan, processes: int) -> None:
        """Keep the plan, and how many processes work at a time; one is this process."""
        self.plan = plan
        self._processes = processes
        self._stack = ExitStack()
        self._executor: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        """Begin without a process."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """End all processes; after an error in the middle of their jobs."""
        self._stack.__exit__(kind, error, traceback)

    def outcomes(self, job: Job, arguments: Sequence[Any]) -> Iterator[tuple[Any, dict[str, Any]]]:
        """Yield the argument and the outcome of each job as it is done; they begin in the order given.

        Raises:
            WorkerError: a process ended, or memory did.
            SLAComplianceError: as the jobs.
        """
        if self._processes == 1 or len(arguments) <= 1:
            pa.set_cpu_count(1)
            for argument in arguments:
                yield argument, _done(self.plan, job, argument)
            return
        try:
            yield from self._in_processes(job, arguments)
        except BrokenProcessPool:
            raise WorkerError(
                "a process ended in the middle of its work, probably for want of memory; repeat the command to go on, "
                "with fewer --processes"
            ) from None

    def _in_processes(self, job: Job, arguments: Sequence[Any]) -> Iterator[tuple[Any, dict[str, Any]]]:
        executor = self._started()
        running: dict[Future[dict[str, Any]], Any] = {}
        waiting = list(reversed(arguments))
        while waiting or running:
            # A few more than run, so that no process waits for its next job.
            while waiting and len(running) < self._processes + _JOBS_AHEAD:
                argument = waiting.pop()
                running[executor.submit(_job_of_process, job, argument)] = argument
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                yield running.pop(future), future.result()

    def _started(self) -> ProcessPoolExecutor:
        if self._executor is None:
            context = multiprocessing.get_context("spawn")
            inherited_end, own_end = context.Pipe(duplex=False)
            self._executor = ProcessPoolExecutor(
                self._processes, mp_context=context, initializer=_begin, initargs=(self.plan, inherited_end)
            )
            self._stack.callback(inherited_end.close)
            self._stack.callback(own_end.close)
            self._stack.callback(self._executor.shutdown, cancel_futures=True)
            self._stack.push(lambda kind, *_: own_end.close() if kind is not None else None)
        return self._executor


def _begin(plan: StreamPlan, parent_end: Connection) -> None:
    """Keep the plan, and end with the process that began this one."""
    _plans.append(plan)
    pa.set_cpu_count(1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the interrupted process ends this one
    threading.Thread(target=_end_with, args=(parent_end,), daemon=True).start()


def _end_with(parent_end: Connection) -> None:
    try:
        parent_end.recv()
    except (EOFError, OSError):
        os._exit(1)


def _job_of_process(job: Job, argument: Any) -> dict[str, Any]:  # noqa: ANN401 - of each kind of job
    return _done(_plans[0], job, argument)


def _done(plan: StreamPlan, job: Job, argument: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
    try:
        return job(plan, argument)
    except MemoryError as error:
        raise WorkerError(
            f"memory is at its end: {error or 'no more is given'}; repeat the command to go on, with fewer --processes "
            "or more memory"
        ) from error
