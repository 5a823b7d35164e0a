"""Days of many keys under one rule, by the timeline: what it covers, and its figures."""
################################################################
# Not on the timeline: exclusions of some alarms only, work that excuses only what it
# caused and gaps of monitoring, which look at single outages; `stale_after`. Of what
# rows may leave open it knows open alarms that nothing has seen for a week (UNSEEN,
# readings.py): the optimistic reading ends them when they were last seen.
################################################################

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from sla_compliance.certainty import UNSEEN_AFTER
from sla_compliance.ledger_rule import LedgerRule
from sla_compliance.timeline.figures import DayColumns, DayFiguresOfFrame, objection_to_target
from sla_compliance.timeline.line import Flags, Int64s, KeyedTimes, downtime_of_keys
from sla_compliance.units import MICROSECOND

_UNSEEN_US: Final = UNSEEN_AFTER // MICROSECOND
_LONGEST_MARGIN_US: Final = 2**60
"""36,000 years; the line of one key, with a margin on both sides, fits into 63 bits."""


def objection_to(rule: LedgerRule) -> str:
    """Return why the figures under a rule are not found on the timeline; empty where they are."""
    policy = rule.downtime.policy
    if rule.contract.targeted:
        return "exclusions of some alarms only"
    if policy.stale_after is not None:
        return "policy.stale_after"
    if policy.planned_work.excuses == "caused":
        return "policy.planned_work excuses what it caused"
    if rule.monitor_gap_us:
        return "monitor_gap"
    if policy.margin_us > _LONGEST_MARGIN_US:
        return "policy.merge_gap or policy.min_outage of many thousand years"
    return objection_to_target(policy)


def is_unseen(starts_us: Int64s, ends_us: Int64s, last_sights_us: Int64s, as_of_us: int) -> Flags:
    """Return which alarms are open at the instant of evaluation and unseen for too long before it."""
    is_active = (starts_us < as_of_us) & (ends_us > as_of_us)
    flags: Flags = is_active & (last_sights_us < as_of_us - _UNSEEN_US)
    return flags


def days_of_keys(
    rule: LedgerRule, times: KeyedTimes, key_count: int, optimistic_ends_us: Int64s | None = None
) -> Iterator[tuple[int, DayColumns]]:
    """Yield the figures of the days of consecutive keys, with the number of the first of them.

    Args:
        rule: `objection_to` has none to it.
        times: of the qualifying alarms.
        optimistic_ends_us: the ends of the same alarms in the optimistic reading; None where no key is in doubt.
    """
    figures = DayFiguresOfFrame(rule.frame, rule.downtime.policy)
    recorded = downtime_of_keys(times, key_count, rule.frame, rule.downtime.policy)
    if optimistic_ends_us is None:
        for part in recorded:
            yield part.first, figures.columns(part.lengths_us)
        return
    best = KeyedTimes(times.ranks, times.starts_us, np.maximum(times.starts_us, optimistic_ends_us))
    optimistic = downtime_of_keys(best, key_count, rule.frame, rule.downtime.policy)
    for part, optimistic_part in zip(recorded, optimistic, strict=True):
        yield part.first, figures.columns(part.lengths_us, optimistic_part.lengths_us)
