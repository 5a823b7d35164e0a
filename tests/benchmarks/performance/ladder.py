"""Ways to the same answer, timed at growing sizes: each as far as it ends in time, all with answers compared."""
################################################################
# At each size the ways that are left answer once; their answers are compared with the
# first way's, and one that must be exact and is not ends the run. Then they take turns,
# as often as a budget of time allows.
#
# A way leaves where the step before says that it would take longer than the limit: by
# as much longer as it took longer in that step, ten times after the first one.
################################################################

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from tests.benchmarks.timing import Clock, medians

MOST_ROUNDS: Final = 7
_FIRST_STEP_GROWTH: Final = 10.0


@dataclass(frozen=True)
class Way:
    """One way to the answer at one size.

    Attributes:
        work: what is timed.
        read: turns what the work returns into an answer that `==` compares; not timed.
        is_exact: whether another answer than the first way's ends the run.
        is_answer: whether it answers at all; a part of the work, for comparison, does not.
    """

    work: Callable[[], Any]
    read: Callable[[Any], Any] = field(default=lambda answer: answer)
    is_exact: bool = True
    is_answer: bool = True


@dataclass(frozen=True)
class Climb:
    """What came of a ladder.

    Attributes:
        sizes: the sizes, growing.
        seconds: by way, the median at each size; None where it did not run.
        answers: by size, the answers of the ways that need not be exact, and of the first one.
    """

    sizes: Sequence[int]
    seconds: Mapping[str, list[float | None]]
    answers: Mapping[int, Mapping[str, Any]]


def climb(
    sizes: Sequence[int],
    names: Sequence[str],
    ways_at: Callable[[int, Sequence[str]], Mapping[str, Way]],
    *,
    limit_s: float,
    budget_s: float,
    clock: Clock = time.process_time,
) -> Climb:
    """Time ways at growing sizes.

    Args:
        names: the ways; the first one's answer is right.
        ways_at: returns those of the named ways that exist at a size, ready to run.
        limit_s: a way that would take longer leaves; never the first one.
        budget_s: how long the turns of one size may take, about; each way has one at least.
    """
    seconds: dict[str, list[float | None]] = {name: [] for name in names}
    answers: dict[int, dict[str, Any]] = {}
    for size in sizes:
        left = [name for rank, name in enumerate(names) if rank == 0 or expected_s(seconds[name]) <= limit_s]
        ways = ways_at(size, left)
        once_s, answers[size] = _first_answers(ways, names[0], clock)
        rounds = min(MOST_ROUNDS, max(1, int(budget_s / sum(once_s.values()))))
        times_s = medians({name: way.work for name, way in ways.items()}, rounds=rounds, clock=clock)
        for name in names:
            seconds[name].append(times_s.get(name))
    return Climb(sizes, seconds, answers)


def expected_s(earlier_s: Sequence[float | None]) -> float:
    """Return how long a way will take, by how long it took at the sizes before.

    >>> expected_s([]), expected_s([1.0]), expected_s([1.0, 3.0]), expected_s([1.0, None])
    (0.0, 10.0, 9.0, inf)
    """
    if not earlier_s:
        return 0.0
    last_s = earlier_s[-1]
    if last_s is None:
        return float("inf")
    before_s = earlier_s[-2] if len(earlier_s) > 1 else None
    growth = _FIRST_STEP_GROWTH if before_s is None else max(1.0, last_s / before_s)
    return last_s * growth


def _first_answers(ways: Mapping[str, Way], first: str, clock: Clock) -> tuple[dict[str, float], dict[str, Any]]:
    """Return how long each way took once, and the answers that may differ beside the right one."""
    once_s: dict[str, float] = {}
    answers: dict[str, Any] = {}
    for name, way in ways.items():
        start_s = clock()
        result = way.work()
        once_s[name] = clock() - start_s
        if not way.is_answer:
            continue
        answer = way.read(result)
        if name == first or not way.is_exact:
            answers[name] = answer
        elif answer != answers[first]:
            raise AssertionError(f"{name} gives another answer than {first}")
    return once_s, answers
