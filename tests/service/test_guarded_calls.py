"""Calls of a part that may hang: given up in time, and not made again and again."""

from __future__ import annotations

import asyncio
import datetime as dt
from time import perf_counter

import pytest

from sla_compliance.errors import InvalidValueError
from sla_compliance.service.guarded_calls import CALL_AGAIN_AFTER_S, GuardedCalls

pytestmark = pytest.mark.anyio

TIME_OUT_S = 0.05


class Part:
    """A part that answers, fails, or hangs as the test says.

    Attributes:
        hanging: the tenants whose calls are not answered.
        error: what is raised instead of an answer.
        calls: whom it was called for.
    """

    def __init__(self) -> None:
        self.hanging: set[str] = set()
        self.error: Exception | None = None
        self.calls: list[str] = []

    async def answer(self, tenant_id: str) -> str:
        """Return the tenant's id."""
        self.calls.append(tenant_id)
        if tenant_id in self.hanging:
            await asyncio.Event().wait()
        if self.error is not None:
            raise self.error
        return tenant_id


class World:
    """Guarded calls of such a part, and a clock that adds what the test says to the real one."""

    def __init__(self) -> None:
        self.part = Part()
        self.later_s = 0.0
        self.calls = GuardedCalls(
            "the part", dt.timedelta(seconds=TIME_OUT_S), clock=lambda: perf_counter() + self.later_s
        )

    async def ask(self, tenant_id: str) -> str:
        """Call the part for a tenant."""
        return await self.calls.call(tenant_id, lambda: self.part.answer(tenant_id))

    async def fails_at_once(self, tenant_id: str) -> bool:
        """Return whether a call fails without being made."""
        calls = len(self.part.calls)
        with pytest.raises(TimeoutError):
            await self.ask(tenant_id)
        return len(self.part.calls) == calls


async def test_a_tenant_whose_rows_take_too_long_holds_up_no_other() -> None:
    """It is not called for again at once; the others are."""
    world = World()
    world.part.hanging = {"heavy"}
    for _ in range(3):
        with pytest.raises(TimeoutError):
            await world.ask("heavy")
        assert await world.ask("light") == "light"
    assert world.part.calls.count("heavy") == 1


async def test_a_part_that_hangs_costs_two_time_outs_and_one_call_every_few_seconds() -> None:
    """Once it answers, all are answered."""
    world = World()
    tenants = [f"tenant-{number}" for number in range(10)]
    world.part.hanging = set(tenants)
    assert [await world.fails_at_once(tenant) for tenant in tenants] == [False, False, *[True] * 8]
    world.later_s = CALL_AGAIN_AFTER_S
    assert [await world.fails_at_once(tenant) for tenant in tenants] == [False, *[True] * 9]
    world.part.hanging = set()
    world.later_s = 3 * CALL_AGAIN_AFTER_S
    assert [await world.ask(tenant) for tenant in tenants] == tenants


async def test_an_error_that_comes_at_once_is_an_answer() -> None:
    """The part is called again for each request."""
    world = World()
    world.part.error = ConnectionRefusedError("down")
    for number in range(4):
        with pytest.raises(ConnectionRefusedError):
            await world.ask(f"tenant-{number}")
    world.part.error = None
    assert await world.ask("tenant-0") == "tenant-0"


async def test_an_error_that_comes_late_is_none() -> None:
    """Such as a connection that could not be made in time."""
    world = World()

    async def connect() -> str:
        world.later_s += 2
        raise ConnectionError("no route")

    for tenant in ("acme", "other"):
        with pytest.raises(ConnectionError):
            await world.calls.call(tenant, connect)
    assert await world.fails_at_once("third")


async def test_a_fault_of_rows_that_comes_late_is_an_answer() -> None:
    """It is what callers get, every time."""
    world = World()

    async def check() -> str:
        world.later_s += 2
        raise InvalidValueError("rows are bad", field="rows")

    for _ in range(2):
        with pytest.raises(InvalidValueError):
            await world.calls.call("acme", check)
