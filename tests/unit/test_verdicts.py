"""Whether a verdict is confirmed, and the words for it."""

from __future__ import annotations

from fractions import Fraction

import pytest

import sla_compliance as sla
from sla_compliance.labels import State
from sla_compliance.verdicts import (
    Verdict,
    availability_ratio,
    is_over,
    is_verdict_confirmed,
    verdict_text,
    with_all_to_come_as,
)
from tests.unit.moments import DAY_US, at, report_of

MET, RISK, BREACHED, NONE = Verdict.MET, Verdict.AT_RISK, Verdict.BREACHED, Verdict.UNDETERMINED


@pytest.mark.parametrize(
    ("recorded", "optimistic", "pessimistic", "once_over", "before"),
    [
        (MET, MET, MET, True, True),
        (MET, MET, RISK, False, True),
        (MET, MET, BREACHED, False, False),
        (MET, BREACHED, MET, True, True),
        (BREACHED, BREACHED, BREACHED, True, True),
        (BREACHED, BREACHED, MET, True, True),
        (BREACHED, RISK, BREACHED, False, False),
        (BREACHED, MET, BREACHED, False, False),
        (RISK, MET, RISK, True, True),
        (RISK, MET, BREACHED, False, False),
        (RISK, BREACHED, RISK, False, False),
        (NONE, NONE, NONE, False, False),
        (NONE, MET, BREACHED, False, False),
        (MET, NONE, MET, False, False),
        (BREACHED, BREACHED, NONE, False, False),
    ],
)
def test_a_verdict_is_confirmed_where_no_reading_contradicts_it(
    recorded: Verdict, optimistic: Verdict, pessimistic: Verdict, once_over: bool, before: bool
) -> None:
    """A period that is met must be met pessimistically once it is over; until then it must not be lost."""
    readings = {"optimistic": optimistic, "pessimistic": pessimistic}
    assert is_verdict_confirmed(recorded, **readings, is_over=True) is once_over
    assert is_verdict_confirmed(recorded, **readings, is_over=False) is before


@pytest.mark.parametrize(
    ("recorded", "confirmed", "unconfirmed"),
    [
        (MET, "Met", "Not confirmed"),
        (RISK, "At risk", "Not confirmed"),
        (BREACHED, "Breached", "Breached, unconfirmed"),
        (NONE, "No data", "No data"),
    ],
)
def test_people_read_one_of_six_words(recorded: Verdict, confirmed: str, unconfirmed: str) -> None:
    """A breach on the record stays a breach."""
    assert verdict_text(recorded, is_confirmed=True) == confirmed
    assert verdict_text(recorded, is_confirmed=False) == unconfirmed


def test_a_verdict_is_written_as_it_is_called() -> None:
    """The wire format has these words."""
    assert [str(verdict) for verdict in Verdict] == [verdict.name for verdict in Verdict]
    assert set(Verdict) == {"MET", "AT_RISK", "BREACHED", "UNDETERMINED"}


def test_as_much_up_as_down_is_a_half_and_nothing_of_either_is_nothing() -> None:
    """A day that was down till noon is breached, not undetermined."""
    assert availability_ratio(5, 5) == Fraction(1, 2)
    assert availability_ratio(0, 5) == 0
    assert availability_ratio(0, 0) is None
    total = report_of([sla.Alarm(at(8), at(8, 12))], at(8), at(9)).total
    assert total.availability_ratio == Fraction(1, 2)
    assert total.verdict is BREACHED


def test_time_to_come_that_turned_out_is_no_longer_to_come() -> None:
    """The lengths still sum to the period's."""
    total = report_of([], at(8), at(9), as_of=at(8, 12)).total
    for state in (State.UP, State.DOWN):
        cells_us = with_all_to_come_as(state, total.cells_us)
        assert sum(cells_us) == DAY_US
        assert is_over(cells_us)
    assert not is_over(total.cells_us)
