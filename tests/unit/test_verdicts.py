"""Whether a verdict is confirmed, and the words for it."""

from __future__ import annotations

import pytest

from sla_compliance.verdicts import Verdict, is_verdict_confirmed, verdict_text

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
