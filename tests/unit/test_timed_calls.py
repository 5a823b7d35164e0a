"""Awaited calls end in time for their callers, whatever the callee does."""

from __future__ import annotations

import asyncio
import socket
from time import perf_counter, sleep

import pytest

from sla_compliance.calls.timed import TimedCalls

pytestmark = pytest.mark.anyio

TIME_OUT_S = 0.1
CALLS = TimedCalls("the part", TIME_OUT_S)


async def test_a_call_that_answers_in_time() -> None:
    """Its result and its errors are the caller's."""

    async def divide(number: int) -> int:
        await asyncio.sleep(TIME_OUT_S / 2)
        return 6 // number

    assert await CALLS.make(lambda: divide(2)) == 3
    with pytest.raises(ZeroDivisionError):
        await CALLS.make(lambda: divide(0))


async def test_a_call_that_swallows_its_cancellation_is_given_up_in_time() -> None:
    """As a driver does that waits for its server; the error that it ends with is nobody's."""
    may_end, has_ended = asyncio.Event(), asyncio.Event()

    async def stubborn() -> None:
        while not may_end.is_set():
            try:
                await may_end.wait()
            except asyncio.CancelledError:
                continue
        has_ended.set()
        raise ConnectionError("late")

    began = perf_counter()
    with pytest.raises(TimeoutError, match=r"^the part took longer than 0\.1 s; see whether it is overloaded$"):
        await CALLS.make(stubborn)
    assert perf_counter() - began < TIME_OUT_S + 2
    may_end.set()
    await has_ended.wait()


async def test_a_caller_that_is_cancelled_cancels_the_call() -> None:
    """And leaves nothing behind."""
    tasks_before = asyncio.all_tasks()
    task = asyncio.create_task(CALLS.make(asyncio.Event().wait))
    await asyncio.sleep(TIME_OUT_S / 10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == tasks_before


async def test_a_process_that_gets_no_time_is_no_late_answer() -> None:
    """The answer is there when it goes on, and counts."""
    here, there = socket.socketpair()
    with there:
        reader, writer = await asyncio.open_connection(sock=here)
        call = asyncio.create_task(CALLS.make(lambda: reader.readexactly(2)))
        await asyncio.sleep(0)
        there.send(b"ok")
        sleep(3 * TIME_OUT_S)
        assert await call == b"ok"
        writer.close()
        await writer.wait_closed()
