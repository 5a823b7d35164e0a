"""Chance that every machine and every version of Python repeats."""
################################################################
# Only random() of a generator seeded by text is promised to stay the same, so
# everything is drawn by it.
################################################################

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

_Value = TypeVar("_Value")


class Chance:
    """Draws of one seed."""

    def __init__(self, *seed: object) -> None:
        self._random = random.Random("/".join(map(str, seed)))  # noqa: S311 - repeatable on purpose

    def number(self, lowest: int, highest: int) -> int:
        """Draw a whole number, both ends included."""
        return lowest + int(self._random.random() * (highest - lowest + 1))

    def one_of(self, values: Sequence[_Value]) -> _Value:
        """Draw one of several values; what stands twice comes twice as often."""
        return values[self.number(0, len(values) - 1)]

    def happens(self, times: int, out_of: int) -> bool:
        """Draw whether something happens that happens so often out of so many times."""
        return self.number(1, out_of) <= times
