"""ExpansionMemory: bounded, by what determines a value, without errors."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sla_compliance.calendars.expansion_memory import ExpansionMemory
from sla_compliance.intervals import IntervalSet


def stretches(count: int) -> IntervalSet:
    """Return a set of some stretches."""
    return IntervalSet.from_pairs([(2 * rank, 2 * rank + 1) for rank in range(count)])


def not_again() -> IntervalSet:
    """Fail, because the value is remembered."""
    pytest.fail("expanded again")


def making(count: int, made: list[int]) -> Callable[[], IntervalSet]:
    """Return what expands to some stretches, and notes it."""

    def expand() -> IntervalSet:
        made.append(count)
        return stretches(count)

    return expand


def test_a_value_is_expanded_once() -> None:
    """Also one that is empty; other keys have values of their own."""
    memory: ExpansionMemory[IntervalSet] = ExpansionMemory()
    assert memory.expansion("some", lambda: stretches(3)) == stretches(3)
    assert memory.expansion("none", lambda: stretches(0)) == stretches(0)
    assert memory.expansion("some", not_again) == stretches(3)
    assert memory.expansion("none", not_again) == stretches(0)


def test_an_error_is_not_remembered() -> None:
    """It is raised each time, until there is a value."""
    memory: ExpansionMemory[IntervalSet] = ExpansionMemory()
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            memory.expansion("key", lambda: stretches(1 // 0))
    assert memory.expansion("key", lambda: stretches(1)) == stretches(1)


def test_no_more_than_the_bound_is_held() -> None:
    """However many keys there are; a key counts as eight stretches."""
    memory: ExpansionMemory[IntervalSet] = ExpansionMemory(1_000)
    for number in range(100):
        memory.expansion(number, lambda: stretches(42))
        assert memory.stretch_count <= 1_000 - 8 * (memory.stretch_count // 42)
    assert memory.stretch_count == 20 * 42


def test_a_value_in_use_stays() -> None:
    """One that was not used since half of the bound came in is dropped."""
    memory: ExpansionMemory[IntervalSet] = ExpansionMemory(1_000)
    made: list[int] = []
    memory.expansion("unused", making(1, made))
    for number in range(100):
        memory.expansion("used", making(2, made))
        memory.expansion(number, lambda: stretches(42))
    memory.expansion("unused", making(1, made))
    assert made == [1, 2, 1]


def test_a_value_beyond_half_of_the_bound_is_not_held() -> None:
    """It would drop all others."""
    memory: ExpansionMemory[IntervalSet] = ExpansionMemory(100)
    made: list[int] = []
    for _ in range(2):
        memory.expansion("largest", making(42, made))
        memory.expansion("too large", making(43, made))
    assert made == [42, 43, 43]
