"""A ladder leaves out what would take too long, and ends where an exact way is wrong; on a clock made by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from tests.benchmarks.performance.ladder import Climb, Way, climb


class HandClock:
    """A clock that works put forward."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s

    def work(self, seconds: float, answer: int) -> int:
        """Take some seconds and answer."""
        self.now_s += seconds
        return answer


def climbed(sizes: Sequence[int], slow_answer: int, *, is_exact: bool) -> Climb:
    """Return a ladder of a quick way, and of one whose time is quadratic."""
    clock = HandClock()

    def ways_at(size: int, names: Sequence[str]) -> Mapping[str, Way]:
        ways = {
            "quick": Way(lambda: clock.work(size / 100, 7)),
            "slow": Way(lambda: clock.work(size**2 / 100, slow_answer), is_exact=is_exact),
        }
        return {name: ways[name] for name in names}

    # No budget: one turn each, because the heap that is collected before each is that of all tests.
    return climb(sizes, ["quick", "slow"], ways_at, limit_s=50, budget_s=0, clock=clock)


def test_a_way_leaves_before_it_takes_too_long() -> None:
    """One second at ten means a hundred at a hundred; the first way stays."""
    timed = climbed([1, 10, 100], 7, is_exact=True)
    assert timed.seconds["quick"] == pytest.approx([0.01, 0.1, 1.0])
    assert timed.seconds["slow"] == [pytest.approx(0.01), pytest.approx(1.0), None]


def test_an_exact_way_that_answers_otherwise_ends_the_run() -> None:
    """No ratio is published of works that do not do the same."""
    with pytest.raises(AssertionError, match="slow gives another answer than quick"):
        climbed([1], 8, is_exact=True)


def test_the_answers_of_a_way_that_is_not_exact_are_kept() -> None:
    """So that its difference can be told."""
    assert climbed([10], 8, is_exact=False).answers[10] == {"quick": 7, "slow": 8}
