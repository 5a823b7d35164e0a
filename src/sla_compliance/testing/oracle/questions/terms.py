"""The policy of a question as the terms of a world."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from sla_compliance.testing.oracle.grid import Grid
from sla_compliance.testing.oracle.questions.errors import RefusedQuestionError, UnsupportedQuestionError
from sla_compliance.testing.oracle.world import PlannedWork, Spans, Terms

DEFAULT_TARGET: Final = "99.9"
_TARGET: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,2})?", re.ASCII)
_PERIODS: Final = ("day", "week", "month", "quarter", "year")
_LENGTHS: Final = ("merge_gap", "min_outage", "stale_after", "refreshed_every", "doubt_at_most")
_WORDS: Final = {
    "severities": "severities",
    "excluded_alarm_types": "excluded_types",
    "excluded_statuses": "excluded_statuses",
}


def terms_of(policy: Mapping[str, Any], grid: Grid, hours_of_work: Spans | None) -> Terms:
    """Return a policy with lengths in units of a grid."""
    facts: dict[str, Any] = {name: grid.length(policy[f"{name}_us"]) for name in _LENGTHS if f"{name}_us" in policy}
    for key, name in _WORDS.items():
        if key in policy:
            facts[name] = tuple(word.lower() for word in policy[key])
    accounting = policy.get("accounting", "REMOVED")
    if isinstance(accounting, Mapping):
        facts["recounted"] = tuple((*cell.split("/"), count) for cell, count in accounting.items())
    else:
        facts["accounting"] = accounting
    if "accepted_maintenance" in policy:
        facts["accepted"] = tuple(policy["accepted_maintenance"])
    facts["unknown"] = policy.get("unknown", "doubt")
    facts["minimum_coverage"] = _share(Fraction(policy.get("minimum_coverage", "0")))
    facts["target"] = target_of(policy)
    facts["planned_work"] = _planned_work(policy.get("planned_work", {}), grid, hours_of_work)
    return Terms(**facts)


def target_of(policy: Mapping[str, Any]) -> Fraction:
    """Return the target as an exact share."""
    text = policy.get("target_percentage", DEFAULT_TARGET)
    if not _TARGET.fullmatch(text):
        raise RefusedQuestionError(f"{text} is no percentage")
    return _share(Fraction(Decimal(text)) / 100)


def _share(share: Fraction) -> Fraction:
    if not 0 <= share <= 1:
        raise RefusedQuestionError(f"{share} is no share")
    return share


def _planned_work(work: Mapping[str, Any], grid: Grid, hours: Spans | None) -> PlannedWork:
    per = work.get("per", "month")
    if per not in _PERIODS:
        raise UnsupportedQuestionError(f"caps of planned work by {per}")
    return PlannedWork(
        notice=grid.length(work["notice_us"]) if "notice_us" in work else None,
        without_notice=work.get("without_notice", "accept"),
        hours=hours,
        most_time=grid.length(work["most_time_us"]) if "most_time_us" in work else None,
        most_windows=work.get("most_windows"),
        per=per,
        excuses=work.get("excuses", "overlap"),
    )
