"""OutcomeLevel: each level includes the worse ones."""

from __future__ import annotations

import pytest

from sla_compliance.outlets.outcome_levels import OutcomeLevel
from sla_compliance.verdicts import Verdict

OUTCOMES = {
    (Verdict.BREACHED, True): {"breached", "unconfirmed", "at-risk"},
    (Verdict.BREACHED, False): {"breached", "unconfirmed", "at-risk"},
    (Verdict.AT_RISK, False): {"unconfirmed", "at-risk"},
    (Verdict.MET, False): {"unconfirmed", "at-risk"},
    (Verdict.UNDETERMINED, False): {"unconfirmed", "at-risk"},
    (Verdict.AT_RISK, True): {"at-risk"},
    (Verdict.MET, True): set(),
}


@pytest.mark.parametrize(("verdict", "is_confirmed"), OUTCOMES)
def test_a_level_includes_an_outcome_as_bad_or_worse(verdict: Verdict, is_confirmed: bool) -> None:
    """A verdict that may change is worse than one at risk."""
    levels = {str(level) for level in OutcomeLevel if level.includes(verdict, is_confirmed=is_confirmed)}
    assert levels == OUTCOMES[verdict, is_confirmed]
