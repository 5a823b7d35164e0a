"""Threads of one part: calls that hang fail the calls behind them, and nothing else."""

from __future__ import annotations

import asyncio
import contextvars
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from time import perf_counter, sleep

import pytest

from sla_compliance.calls.worker_threads import WorkerThreads

pytestmark = pytest.mark.anyio

STUCK_AFTER_S = 0.3
CALLER = contextvars.ContextVar[str]("CALLER")


def number_after(seconds: float, number: int) -> int:
    """Return a number after a while."""
    sleep(seconds)
    return number


async def eventually(is_so: Callable[[], bool]) -> bool:
    """Return whether something becomes so within 5 s."""
    give_up_at = perf_counter() + 5
    while not is_so() and perf_counter() < give_up_at:
        await asyncio.sleep(0.01)
    return is_so()


async def test_a_long_line_that_moves_is_no_fault() -> None:
    """Calls wait longer than the bound, since others end meanwhile."""
    threads = WorkerThreads("source", max_threads=2, stuck_after_s=STUCK_AFTER_S)
    began = perf_counter()
    results = await asyncio.gather(*(threads.run(number_after, 0.05, number) for number in range(20)))
    assert results == list(range(20))
    assert perf_counter() - began > STUCK_AFTER_S


async def test_calls_behind_threads_that_hang_fail_and_those_after_them_work() -> None:
    """The first waits for the bound, later ones fail at once; once the threads are back, calls are made again."""
    threads, may_end = WorkerThreads("source", max_threads=2, stuck_after_s=STUCK_AFTER_S), threading.Event()
    hanging = [asyncio.create_task(threads.run(may_end.wait)) for _ in range(2)]
    await asyncio.sleep(0.01)
    began = perf_counter()
    with pytest.raises(TimeoutError, match=r"^source hangs: none of its 2 threads has answered for 0\.3 s; give"):
        await threads.run(number_after, 0, 1)
    assert STUCK_AFTER_S <= perf_counter() - began < STUCK_AFTER_S + 1
    began = perf_counter()
    with pytest.raises(TimeoutError):
        await threads.run(number_after, 0, 2)
    assert perf_counter() - began < STUCK_AFTER_S
    may_end.set()
    assert await asyncio.gather(*hanging) == [True, True]
    assert await threads.run(number_after, 0, 3) == 3


async def test_a_call_that_is_given_up_in_line_is_never_made() -> None:
    """One that has begun goes on."""
    threads, may_end, made = WorkerThreads("source", max_threads=1), threading.Event(), list[int]()
    hanging = asyncio.create_task(threads.run(may_end.wait))
    waiting = [asyncio.create_task(threads.run(made.append, number)) for number in range(2)]
    await asyncio.sleep(0.01)
    waiting[0].cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting[0]
    may_end.set()
    await asyncio.gather(hanging, waiting[1])
    assert made == [1]


async def test_errors_and_context_are_the_callers() -> None:
    """As with asyncio.to_thread."""
    threads = WorkerThreads("source")
    CALLER.set("a request")
    assert await threads.run(CALLER.get) == "a request"
    with pytest.raises(ZeroDivisionError):
        await threads.run(divmod, 1, 0)


async def test_threads_without_work_end() -> None:
    """And new ones are started when there is work again."""
    threads = WorkerThreads("idle threads", idle_s=0.05)

    def running() -> list[threading.Thread]:
        return [thread for thread in threading.enumerate() if thread.name.startswith("idle threads")]

    assert await threads.run(number_after, 0, 1) == 1
    assert len(running()) == 1
    assert await eventually(lambda: not running())
    assert await threads.run(number_after, 0, 2) == 2


async def test_a_child_process_starts_threads_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of its parent hang, or do not exist in it."""
    threads, may_end = WorkerThreads("source", max_threads=1, stuck_after_s=STUCK_AFTER_S), threading.Event()
    hanging = asyncio.create_task(threads.run(may_end.wait))
    await asyncio.sleep(0.01)
    monkeypatch.setattr(os, "getpid", lambda: -1)
    assert await threads.run(number_after, 0, 1) == 1
    may_end.set()
    assert await hanging


def test_a_call_that_hangs_does_not_keep_the_process_from_ending() -> None:
    """Its thread is a daemon."""
    program = (
        "import asyncio, threading\n"
        "from sla_compliance.calls.worker_threads import WorkerThreads\n"
        "async def main():\n"
        "    asyncio.create_task(WorkerThreads('source').run(threading.Event().wait))\n"
        "    await asyncio.sleep(0.1)\n"
        "asyncio.run(main())\n"
    )
    subprocess.run([sys.executable, "-c", program], timeout=20, check=True)
