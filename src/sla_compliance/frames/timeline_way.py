"""The timeline's way: the days of all keys of a zone at once."""
################################################################
# Keys with alarms that nothing has seen for a while have an optimistic reading of
# their own. They stand on a second line, so that all others are measured once.
################################################################

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sla_compliance.batch import AlarmBatch
from sla_compliance.evaluation import EvaluationArguments
from sla_compliance.frames.rows import ActiveRows
from sla_compliance.ledger_rule import LedgerRule
from sla_compliance.timeline.days import days_of_keys, is_unseen, objection_to
from sla_compliance.timeline.figures import DayColumns
from sla_compliance.timeline.line import Flags, Int64s, KeyedTimes


def _rule_of(arguments: EvaluationArguments) -> LedgerRule:
    """Return the rule of all keys under some terms."""
    return arguments.ledger_rule(arguments.contract, AlarmBatch())


def objection_to_terms(arguments: EvaluationArguments) -> str:
    """Return why the figures under these terms are not found on the timeline; empty where they are."""
    return objection_to(_rule_of(arguments))


def days_by_timeline(
    arguments: EvaluationArguments, rows: ActiveRows, numbers: Int64s
) -> Iterator[tuple[Int64s, DayColumns]]:
    """Yield the figures of the days of some keys, and their ranks among `numbers`, until all keys are through.

    Args:
        rows: of all keys.
        numbers: of the keys.
    """
    unseen = is_unseen(rows.starts_us, rows.ends_us, rows.last_sights_us, arguments.as_of_us)
    in_doubt = np.isin(numbers, rows.ranks[unseen])
    rule = _rule_of(arguments)
    for ranks, seen_or_not in ((np.flatnonzero(~in_doubt), None), (np.flatnonzero(in_doubt), unseen)):
        if len(ranks):
            for first, days in _days_of_group(rule, rows, numbers[ranks], seen_or_not):
                yield ranks[first : first + len(days.uptime_us)], days


def _days_of_group(
    rule: LedgerRule, rows: ActiveRows, numbers: Int64s, unseen: Flags | None
) -> Iterator[tuple[int, DayColumns]]:
    """Yield the figures of some keys as `days_of_keys` does; with `unseen`, in both readings."""
    number_count = max(int(rows.ranks.max(initial=-1)), int(numbers.max(initial=-1))) + 1
    ends = None if unseen is None else np.where(unseen, rows.last_sights_us, rows.ends_us)
    times = KeyedTimes(rows.ranks, rows.starts_us, rows.ends_us)
    if len(numbers) < number_count or (numbers[1:] <= numbers[:-1]).any():
        new_ranks = np.full(number_count, -1, dtype=np.int64)
        new_ranks[numbers] = np.arange(len(numbers))
        ranks = new_ranks[rows.ranks]
        is_here = ranks >= 0
        times = KeyedTimes(ranks[is_here], rows.starts_us[is_here], rows.ends_us[is_here])
        ends = None if ends is None else ends[is_here]
    return days_of_keys(rule, times, len(numbers), ends)
