"""What drawn vectors are about: the rules of the oracle, and parts of a question."""
################################################################
# A subject says which features its questions have, and what the answer would be
# without it. A vector of it is a question where that is another answer.
################################################################

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Final

from sla_compliance.testing.conformance.answers import VectorAnswer
from sla_compliance.testing.conformance.drawing.features import Feature
from sla_compliance.testing.conformance.questions import VectorQuestion
from sla_compliance.testing.oracle.questions import answer_of_reference
from sla_compliance.testing.oracle.rules import Rule


@dataclass(frozen=True)
class VectorSubject:
    """A rule or a part of a question.

    Attributes:
        group: the file that its vectors stand in.
        name: for ids.
        title: what it says.
        features: what its questions have.
        answer_without: the answer where it does not hold; None: it is only asked.
        is_shown: whether an answer shows it.
    """

    group: str
    name: str
    title: str
    features: frozenset[Feature]
    answer_without: Callable[[VectorQuestion], VectorAnswer] | None
    is_shown: Callable[[VectorQuestion, VectorAnswer], bool] = lambda _question, _answer: True


def _of_rule(group: str, rule: Rule, *features: Feature) -> VectorSubject:
    def answer_without(question: VectorQuestion) -> VectorAnswer:
        return answer_of_reference(question, without=frozenset({rule}))

    name = rule.name.lower().replace("_", "-")
    return VectorSubject(group, name, rule.value, frozenset(features), answer_without)


def _of_part(group: str, name: str, title: str, change: Callable[[Any], None], *features: Feature) -> VectorSubject:
    """Return the subject of a part of a question; `change` takes it out of a copy."""

    def answer_without(question: VectorQuestion) -> VectorAnswer:
        changed = deepcopy(dict(question))
        change(changed)
        return answer_of_reference(changed)

    return VectorSubject(group, name, title, frozenset(features), answer_without)


def _pop_of_hours(key: str) -> Callable[[Any], None]:
    def change(question: Any) -> None:  # noqa: ANN401 - JSON
        if isinstance(question.get("service_hours"), dict):
            question["service_hours"].pop(key, None)

    return change


def _pop_of_work(key: str) -> Callable[[Any], None]:
    def change(question: Any) -> None:  # noqa: ANN401 - JSON
        for window in question.get("maintenance", ()):
            window.pop(key, None)

    return change


def _use_utc(question: Any) -> None:  # noqa: ANN401 - JSON
    question["zone"] = "UTC"


def _drop_corrections(question: Any) -> None:  # noqa: ANN401 - JSON
    question.pop("corrections", None)


def _has_deadline(_question: VectorQuestion, answer: VectorAnswer) -> bool:
    return answer["total"].get("budget", {}).get("deadline") is not None


def _is_spent(_question: VectorQuestion, answer: VectorAnswer) -> bool:
    return str(answer["total"].get("budget", {}).get("left_us", "")).startswith("-")


def _has_longer_periods(question: VectorQuestion, answer: VectorAnswer) -> bool:
    """Return whether a period of several days, not the only one, was answered."""
    asked = [period for period in question.get("periods", ()) if period != "day"]
    return any(1 < len(answer[period]) < len(answer["day"]) or period == "rolling:2" for period in asked)


_F = Feature
_R = Rule
_ROWS: Final = [
    *[_of_rule("rows", rule, _F.TERMS) for rule in (_R.SEVERITY, _R.EXCLUDED_TYPE, _R.EXCLUDED_STATUS)],
    *[
        _of_rule("rows", rule, _F.ENDS)
        for rule in (
            _R.RESOLVED,
            _R.OVER_WHEN_SEEN,
            _R.OVER_WITHOUT_TIME,
            _R.UPDATED_BOUND,
            _R.NEXT_ROW_BOUND,
            _R.NEXT_ROW_OF_RESOURCE,
            _R.LENGTH_BOUND,
            _R.AS_OF,
            _R.STALE_AFTER,
            _R.STALE_WHEN_ASKED_AGAIN,
        )
    ],
    _of_rule("rows", _R.SET_ASIDE, _F.DOUBT),
    *[_of_rule("rows", rule, _F.IDS) for rule in (_R.SNAPSHOTS, _R.WORST_SEVERITY)],
    _of_part("rows", "corrections", "what people know better counts", _drop_corrections, _F.CORRECTIONS),
]
_DAMPING: Final = [_of_rule("damping", rule, _F.DAMPING) for rule in (_R.MERGE_GAP, _R.MIN_OUTAGE)]
_SCOPES: Final = [
    *[_of_rule("scopes", rule, _F.SCOPES, _F.WINDOWS) for rule in (_R.IN_SERVICE, _R.SERVICE_HOURS)],
    *[_of_rule("scopes", rule, _F.WINDOWS) for rule in (_R.MAINTENANCE, _R.EXCLUSIONS, _R.MAINTENANCE_FIRST)],
    *[_of_rule("scopes", rule, _F.MONITORED) for rule in (_R.MONITORED, _R.EVIDENCE_FIRST, _R.MONITOR_GAP)],
    _of_part("scopes", "local-days", "days are those of the zone", _use_utc, _F.WINDOWS),
    _of_part("scopes", "holidays", "a holiday has no service hours", _pop_of_hours("holidays"), _F.SCOPES),
    _of_part("scopes", "exceptions", "a date may have hours of its own", _pop_of_hours("exceptions"), _F.SCOPES),
]
_TARGETED: Final = [
    *[
        _of_rule("targeted", rule, _F.TARGETS)
        for rule in (
            _R.TARGETED,
            _R.EVERY_ALARM,
            _R.EXCUSED_BY_MAINTENANCE,
            _R.ANY_COLUMN,
            _R.TUPLE_KEYS,
            _R.WITH_CHILDREN,
            _R.ANY_DEPTH,
            _R.PARENT_BY_ALARM_ID,
        )
    ],
    _of_rule("targeted", _R.BRIDGED_GAP, _F.TARGETS, _F.DAMPING),
    _of_rule("targeted", _R.OWN_KEY, _F.TARGETS, _F.KEY),
]
_WORK: Final = [
    *[_of_rule("planned-work", rule, _F.WINDOWS) for rule in (_R.ACTUAL_END, _R.ACCEPTED_KINDS)],
    _of_part(
        "planned-work",
        "recurrence",
        "a recurring window has several occurrences",
        _pop_of_work("recurrence"),
        _F.RECURRENCE,
    ),
    _of_part(
        "planned-work",
        "recurrence-zone",
        "a window recurs on the wall of its own zone",
        _pop_of_work("zone"),
        _F.RECURRENCE,
    ),
    *[
        _of_rule("planned-work", rule, _F.WORK)
        for rule in (
            _R.NOTICE,
            _R.ENTERED_AT,
            _R.WITHOUT_NOTICE,
            _R.WORK_HOURS,
            _R.MOST_WINDOWS,
            _R.MOST_TIME,
        )
    ],
    _of_rule("planned-work", _R.OWN_CAPS, _F.WORK, _F.TARGETS),
    *[_of_rule("planned-work", rule, _F.CAUSED) for rule in (_R.CAUSED, _R.UNITED_WINDOWS)],
]
_COUNTING: Final = [
    *[
        _of_rule("counting", rule, _F.TERMS, _F.WINDOWS, _F.SCOPES)
        for rule in (_R.ACCOUNTING, _R.TARGET, _R.RECOVERABLE)
    ],
    VectorSubject(
        "counting",
        "periods",
        "days add up to longer periods",
        frozenset({_F.PERIODS, _F.WINDOWS}),
        None,
        _has_longer_periods,
    ),
    VectorSubject(
        "counting",
        "deadline",
        "an outage has to be over before the budget is spent",
        frozenset({_F.BUDGET}),
        None,
        _has_deadline,
    ),
    VectorSubject("counting", "spent", "a budget may be spent and more", frozenset({_F.BUDGET}), None, _is_spent),
]
_DOUBT: Final = [
    *[
        _of_rule("doubt", rule, _F.MONITORED, _F.DOUBT)
        for rule in (_R.UNKNOWN_IN_DOUBT, _R.UNKNOWN_EXCLUDED, _R.MINIMUM_COVERAGE)
    ],
    *[
        _of_rule("doubt", rule, _F.DOUBT)
        for rule in (
            _R.UNSEEN_IN_DOUBT,
            _R.UNKNOWN_SIGHT_IN_DOUBT,
            _R.STALE_IN_DOUBT,
            _R.REFRESHED_EVERY,
            _R.SET_ASIDE_IN_DOUBT,
            _R.UNREADABLE_START,
            _R.OVERWRITTEN_IN_DOUBT,
        )
    ],
    _of_rule("doubt", _R.OVER_IN_DOUBT, _F.ENDS),
    _of_rule("doubt", _R.OVERLAP_IN_DOUBT, _F.IDS),
    _of_rule("doubt", _R.UNKEYED_IN_DOUBT, _F.KEY),
    _of_rule("doubt", _R.DOUBT_IS_NOT_EXCUSED, _F.DOUBT, _F.TARGETS),
]

SUBJECTS: Final = (*_ROWS, *_DAMPING, *_SCOPES, *_TARGETED, *_WORK, *_COUNTING, *_DOUBT)
GROUPS: Final = {
    "rows": ("Which rows are outages, and until when", "definitions.md#qualifying-alarm"),
    "damping": ("Short gaps and short outages", "definitions.md#damping"),
    "scopes": ("What was owed, and when it was watched", "definitions.md#scope"),
    "targeted": ("Windows of some alarms only", "definitions.md#targeted-exclusion"),
    "planned-work": ("Which planned work excuses", "definitions.md#planned-work"),
    "counting": ("Accountings, verdicts, periods and budgets", "definitions.md#accounting"),
    "doubt": ("What is in doubt, and what is confirmed all the same", "definitions.md#confirmation"),
}
