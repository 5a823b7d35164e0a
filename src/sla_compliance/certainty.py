"""Certainty: causes of doubt, what of a record is certain, and the arithmetic of unknown time."""
################################################################
# A record is read in three ways: as recorded, optimistically and pessimistically
# (readings.py). What the readings of rows leave open stands here as cells beside
# the record's. Unmonitored time is up in the optimistic reading and down in the
# pessimistic one, in scopes where the two count differently. That is arithmetic on
# cells, so the readings' ledgers keep it as unknown.
#
# What is agreed is no doubt: a policy may leave unmonitored time out, given enough
# coverage.
################################################################

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import timedelta
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from typing import Final

from sla_compliance.labels import CELL_INDEX, Accounting, Scope, State
from sla_compliance.ledger import CellLengths

UNSEEN_AFTER: Final = timedelta(days=7)
"""Active alarms unseen for longer than this are doubtful."""


class DoubtCause(StrEnum):
    """What the rows leave open."""

    UNMONITORED = "UNMONITORED"
    """Time that was not monitored, without evidence of an outage."""
    UNSEEN = "UNSEEN"
    """Active alarms unseen for 7 days, or raised so long ago and of unknown last sight."""
    CUT_OFF = "CUT_OFF"
    """Active alarms that the policy's `stale_after` ended when they were last seen."""
    UNDATED = "UNDATED"
    """Alarms that say they are over and not when."""
    SET_ASIDE = "SET_ASIDE"
    """Bad rows set aside that may have been outages."""
    DISAGREEING = "DISAGREEING"
    """Rows of one id that overlap and disagree on when the alarm was."""
    OVERWRITTEN = "OVERWRITTEN"
    """Alarms whose severity was overwritten by `cleared`."""
    UNKEYED = "UNKEYED"
    """Rows that name no key, in a report of one key."""
    NO_START = "NO_START"
    """Rows set aside whose start cannot be read: doubt of the whole input."""
    NOT_READ = "NOT_READ"
    """Days that were stored before readings were kept."""
    NO_ROWS = "NO_ROWS"
    """Not one row was read: the service may be perfect, or the export may have failed."""
    NO_DOWN = "NO_DOWN"
    """No row of a log of state changes says down, and no words of up were given: a word of down may be misspelt."""


INPUT_DOUBTS_IN_WORDS: Final = {
    DoubtCause.NO_ROWS: "no rows were read",
    DoubtCause.NO_DOWN: "no row of the log says down; give its words of up to confirm that it was up",
}
"""Doubts of an input as a whole, which leave no verdict of it confirmed."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A cause of doubt within one period.

    Attributes:
        cause: what is left open.
        rows: how many rows of the input leave it open; 0 for unmonitored time and where no row was read.
        length_us: the time at stake.
    """

    cause: DoubtCause
    rows: int
    length_us: int


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a period's availability is at least and at most.

    Attributes:
        low, high: the least and the greatest availability of record, optimistic and pessimistic reading, exact; None
            where none of them has one.
        is_confirmed: whether no doubt could change the verdict.
        coverage_ratio: observed time over observed and unknown time; None where that is none.
        because: the causes of doubt, the largest first.
    """

    low: Fraction | None
    high: Fraction | None
    is_confirmed: bool
    coverage_ratio: Fraction | None
    because: tuple[Doubt, ...]


@dataclass(frozen=True, slots=True)
class Certainty:
    """What of a period's record is certain.

    Attributes:
        optimistic_cells_us, pessimistic_cells_us: the cells of the readings; None where they are the record's.
        is_input_whole: False where doubt of the whole input leaves nothing confirmed.
        leaves_unknown_out: whether unmonitored time is left out, given enough coverage.
        minimum_coverage_ratio: the coverage that is enough.
    """

    optimistic_cells_us: CellLengths | None = None
    pessimistic_cells_us: CellLengths | None = None
    is_input_whole: bool = True
    leaves_unknown_out: bool = False
    minimum_coverage_ratio: Fraction = Fraction(0)

    @property
    def value(self) -> Certainty:
        """Itself; a DeferredCertainty has it too."""
        return self


class DeferredCertainty:
    """A certainty that is computed when it is first asked for; equal to any other of the same value, and pickled as it.

    Most readers of a record never ask for its certainty, which costs as much as the record where rows are in doubt.
    """

    __slots__ = ("_after", "_compute", "_first", "_value")

    def __init__(self, compute: Callable[[int, int], Certainty], first: int, after: int) -> None:
        """Keep what `compute(first, after)` will say."""
        self._compute = compute
        self._first = first
        self._after = after
        self._value: Certainty | None = None

    @property
    def value(self) -> Certainty:
        """The certainty itself."""
        if self._value is None:
            self._value = self._compute(self._first, self._after)
        return self._value

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Certainty | DeferredCertainty):
            return self.value == other.value
        return NotImplemented

    def __hash__(self) -> int:
        return hash(self.value)

    def __reduce__(self) -> tuple[object, ...]:
        value = self.value
        return type(value), tuple(getattr(value, field.name) for field in fields(value))


CERTAIN: Final = Certainty()


@lru_cache(maxsize=64)
def scopes_at_stake(accounting: Accounting) -> tuple[Scope, ...]:
    """Return the scopes in which up and down count differently: where unknown time is doubt.

    Cost: remembered by accounting, for every record asks several times.
    """
    return tuple(
        scope for scope in Scope if accounting.counts(scope, State.UP) is not accounting.counts(scope, State.DOWN)
    )


def unknown_us(cells_us: CellLengths, accounting: Accounting) -> int:
    """Return the unknown time of the scopes at stake."""
    return sum(cells_us[CELL_INDEX[scope, State.UNKNOWN]] for scope in scopes_at_stake(accounting))


def with_unknown_as(state: State, cells_us: CellLengths, accounting: Accounting) -> CellLengths:
    """Return cells whose unknown time is in another state, in the scopes at stake."""
    cells = list(cells_us)
    for scope in scopes_at_stake(accounting):
        unknown, other = CELL_INDEX[scope, State.UNKNOWN], CELL_INDEX[scope, state]
        cells[other] += cells[unknown]
        cells[unknown] = 0
    return tuple(cells)
