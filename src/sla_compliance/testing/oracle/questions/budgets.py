"""The error budget of a window, from its cells and the time to come."""
################################################################
# An outage that begins at as_of, or lasts then, is down from there on until it is
# over. The period is lost where up / (up + down) falls below the target. Within a
# unit the cost is even, so the last instant that keeps the target is computed.
################################################################

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from math import floor

from sla_compliance.testing.oracle.accounting import Cells, Count
from sla_compliance.testing.oracle.world import World


class OracleBudget:
    """The error budget of some cells, lengths in units.

    Attributes:
        up, down: counted, all time to come taken as up.
        allowed, left: the downtime that the target allows, and what is left of it.
    """

    def __init__(self, world: World, cells: Cells) -> None:
        self._count = Count(world.terms)
        self._target = world.terms.target
        self._cells = cells
        best = self._with_time_to_come_as("UP")
        self.up, self.down = self._count.length(best, "UP"), self._count.length(best, "DOWN")
        self.allowed = (1 - self._target) * (self.up + self.down)
        self.left = self.allowed - self.down

    @property
    def remaining(self) -> Fraction | None:
        """Left over allowed."""
        return self.left / self.allowed if self.allowed else None

    @property
    def to_date(self) -> Fraction | None:
        """The share left of the budget of the time counted so far."""
        availability = self._count.availability(self._cells)
        if availability is None or self._target == 1:
            return None
        return 1 - (1 - availability) / (1 - self._target)

    @property
    def best(self) -> Fraction | None:
        """The availability if all time to come is up."""
        return self._count.availability(self._with_time_to_come_as("UP"))

    @property
    def worst(self) -> Fraction | None:
        """The availability if all time to come is down."""
        return self._count.availability(self._with_time_to_come_as("DOWN"))

    def deadline(self, scopes_to_come: list[str]) -> Fraction | None:
        """Return how long after as_of an outage has to be over, in units; None where no length decides.

        Args:
            scopes_to_come: what is owed in each unit after as_of.
        """
        slack = self._slack(self.up, self.down)
        if slack < 0:
            return None
        for number, scope in enumerate(scopes_to_come):
            cost = self._cost(scope)
            if slack - cost < 0:
                return number + slack / cost
            slack -= cost
        return None

    def _cost(self, scope: str) -> Fraction:
        """Return what a unit of a scope costs of the slack if it is down and not up."""
        slacks = []
        for state in ("UP", "DOWN"):
            unit: Cells = Counter({(scope, state): 1})
            slacks.append(self._slack(self._count.length(unit, "UP"), self._count.length(unit, "DOWN")))
        return slacks[0] - slacks[1]

    def _slack(self, up: int, down: int) -> Fraction:
        return (1 - self._target) * up - self._target * down

    def _with_time_to_come_as(self, state: str) -> Cells:
        settled = self._cells.copy()
        for scope, cell_state in list(settled):
            if cell_state == "NOT_YET":
                settled[scope, state] += settled.pop((scope, "NOT_YET"))
        return settled


def microseconds_after(units: Fraction, unit_us: int) -> int:
    """Return a length in whole microseconds, rounded down."""
    return floor(units * unit_us)
