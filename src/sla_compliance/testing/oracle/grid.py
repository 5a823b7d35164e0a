"""The grid of a question: the coarsest unit on which all its instants and lengths lie."""
################################################################
# The oracle looks at one instant after the other, so it needs few of them. A question
# is read twice: once in microseconds, which shows the numbers it has, and once in the
# units that they allow.
################################################################

from __future__ import annotations

from math import gcd
from typing import Final

MOST_INSTANTS: Final = 100_000
"""How many instants the oracle looks at."""


class Grid:
    """Instants and lengths in units, counted from a base; it keeps what it is given.

    Attributes:
        base_us: the instant 0, microseconds.
        unit_us: the length of a unit.
    """

    def __init__(self, base_us: int, unit_us: int = 1) -> None:
        self.base_us = base_us
        self.unit_us = unit_us
        self._common_us = 0

    def at(self, instant_us: int) -> int:
        """Return an instant in units."""
        return self.length(instant_us - self.base_us)

    def length(self, length_us: int) -> int:
        """Return a length in units."""
        self._common_us = gcd(self._common_us, length_us)
        return length_us // self.unit_us

    def coarsest(self) -> Grid:
        """Return the coarsest grid for all that this one was given."""
        return Grid(self.base_us, self._common_us or 1)
