"""OutcomeLevel: from which outcome of a period on people act, or are told."""
################################################################
# From the worst outcome to the mildest; each level includes those before it:
#     breached      below the target on record, and beyond repair
#     unconfirmed   what is in doubt may change the verdict, or there is none
#     at-risk       below the target so far
################################################################

from __future__ import annotations

from enum import StrEnum

from sla_compliance.verdicts import Verdict


class OutcomeLevel(StrEnum):
    """The mildest outcome that counts."""

    BREACHED = "breached"
    UNCONFIRMED = "unconfirmed"
    AT_RISK = "at-risk"

    def includes(self, verdict: Verdict, *, is_confirmed: bool) -> bool:
        """Return whether an outcome is of this level, or worse."""
        if verdict is Verdict.BREACHED:
            return True
        if self is OutcomeLevel.BREACHED:
            return False
        return not is_confirmed or (self is OutcomeLevel.AT_RISK and verdict is Verdict.AT_RISK)
