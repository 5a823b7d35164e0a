"""Certainty by itself: causes, defaults, what is deferred, and unknown time read as another state."""

from __future__ import annotations

import pickle
from datetime import timedelta
from fractions import Fraction

import pytest

from sla_compliance.certainty import (
    CERTAIN,
    INPUT_DOUBTS_IN_WORDS,
    UNSEEN_AFTER,
    Certainty,
    DeferredCertainty,
    DoubtCause,
    scopes_at_stake,
    unknown_us,
    with_unknown_as,
)
from sla_compliance.labels import CELL_INDEX, CELLS, Accounting, Scope, State

CELLS_US = tuple(range(1, len(CELLS) + 1))


def test_exports_and_stores_know_causes_by_these_names() -> None:
    """One may be added, none may be spelt otherwise."""
    causes = (
        "UNMONITORED UNSEEN CUT_OFF UNDATED SET_ASIDE DISAGREEING OVERWRITTEN UNKEYED NO_START NOT_READ NO_ROWS NO_DOWN"
    )
    assert [str(cause) for cause in DoubtCause] == causes.split()
    assert set(INPUT_DOUBTS_IN_WORDS) == {DoubtCause.NO_ROWS, DoubtCause.NO_DOWN}


def test_an_active_alarm_is_doubtful_after_seven_days() -> None:
    """Days of 24 hours."""
    assert timedelta(hours=168) == UNSEEN_AFTER


def test_a_record_is_certain_where_nothing_else_is_said() -> None:
    """Its readings are its own cells, its input is whole, and unmonitored time is doubt."""
    assert Certainty() == CERTAIN == Certainty(None, None, True, False, Fraction(0))
    assert CERTAIN.is_input_whole is True
    assert CERTAIN.leaves_unknown_out is False
    assert CERTAIN.optimistic_cells_us is None
    assert CERTAIN.pessimistic_cells_us is None
    assert CERTAIN.value is CERTAIN


def test_a_deferred_certainty_is_computed_once_when_it_is_read() -> None:
    """Of the days that it was made for."""
    days: list[tuple[int, int]] = []

    def compute(first: int, after: int) -> Certainty:
        days.append((first, after))
        return Certainty(CELLS_US)

    deferred = DeferredCertainty(compute, 3, 7)
    assert days == []
    assert deferred.value == Certainty(CELLS_US)
    assert deferred.value is deferred.value
    assert days == [(3, 7)]


def test_a_deferred_certainty_is_equal_to_what_it_computes() -> None:
    """It hashes alike, and is pickled as it."""
    expected = Certainty(CELLS_US, CELLS_US[::-1], False, True, Fraction(1, 3))
    deferred, same = (DeferredCertainty(lambda _first, _after: expected, 0, 1) for _ in range(2))
    other = DeferredCertainty(lambda _first, _after: CERTAIN, 0, 1)
    assert deferred == same == expected
    assert deferred != other
    assert deferred != "certain"
    assert hash(deferred) == hash(expected)
    copy = pickle.loads(pickle.dumps(deferred))  # noqa: S301 - our own bytes
    assert type(copy) is Certainty
    assert copy == expected
    assert not hasattr(deferred, "__dict__")


@pytest.mark.parametrize(
    ("accounting", "scopes"),
    [
        (Accounting.REMOVED, (Scope.AGREED,)),
        (Accounting.COUNTED, (Scope.MAINTENANCE, Scope.AGREED)),
        (Accounting.GROSS, (Scope.MAINTENANCE, Scope.EXCLUDED, Scope.AGREED)),
    ],
)
def test_unknown_time_is_at_stake_where_up_and_down_count_differently(
    accounting: Accounting, scopes: tuple[Scope, ...]
) -> None:
    """Elsewhere nothing depends on it."""
    assert scopes_at_stake(accounting) == scopes
    assert unknown_us(CELLS_US, accounting) == sum(CELLS_US[CELL_INDEX[scope, State.UNKNOWN]] for scope in scopes)


@pytest.mark.parametrize("state", [State.UP, State.DOWN])
def test_unknown_time_moves_to_the_state_that_a_reading_gives_it(state: State) -> None:
    """In the scopes at stake alone; the sum stays."""
    cells = with_unknown_as(state, CELLS_US, Accounting.REMOVED)
    unknown, other = CELL_INDEX[Scope.AGREED, State.UNKNOWN], CELL_INDEX[Scope.AGREED, state]
    assert cells[unknown] == 0
    assert cells[other] == CELLS_US[other] + CELLS_US[unknown]
    untouched = set(range(len(CELLS))) - {unknown, other}
    assert all(cells[index] == CELLS_US[index] for index in untouched)
