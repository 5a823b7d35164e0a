"""Drawn policies: lengths of the gaps and pieces of drawn alarms, so that each rule meets rows that it changes."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any, Final

from sla_compliance.testing.conformance.drawing.chance import Chance
from sla_compliance.testing.conformance.drawing.features import Feature
from sla_compliance.testing.conformance.drawing.spelling import Spelling
from sla_compliance.testing.oracle.accounting import NAMED, SCOPES, STATES

_LENGTHS_OF_DAMPING: Final = (2, 3, 4, 6)
_TARGETS: Final = ("99.9", "99.95", "95", "90", "80", "75.125", "50", "100", "0", "1e1")
_RULES_OF_WORK: Final = ("notice", "hours", "most_windows", "most_time")
_PERIODS_OF_CAPS: Final = ("day", "week", "month", "quarter", "year")


def drawn_policy(chance: Chance, features: Collection[Feature], spelling: Spelling) -> dict[str, Any]:
    """Draw a policy; what it leaves out is as it is by default."""
    policy: dict[str, Any] = {"target_percentage": chance.one_of(_TARGETS)}
    if Feature.TERMS in features:
        policy |= _filter(chance) | _accounting(chance)
    if Feature.DAMPING in features or chance.happens(1, 4):
        policy["merge_gap_us"] = spelling.length_us(chance.one_of(_LENGTHS_OF_DAMPING))
    if Feature.DAMPING in features and chance.happens(2, 3):
        policy["min_outage_us"] = spelling.length_us(chance.one_of(_LENGTHS_OF_DAMPING))
    if Feature.ENDS in features:
        if chance.happens(1, 2):
            policy["stale_after_us"] = spelling.length_us(chance.number(1, 20))
        if chance.happens(1, 2):
            policy["doubt_at_most_us"] = spelling.length_us(chance.number(0, 9))
    if Feature.DOUBT in features:
        policy |= _terms_of_doubt(chance, spelling)
    if Feature.WORK in features:
        policy["planned_work"] = _planned_work(chance, spelling)
    if Feature.CAUSED in features:
        policy["planned_work"] = policy.get("planned_work", {}) | {"excuses": "caused"}
    if chance.happens(1, 3):
        policy["accepted_maintenance"] = chance.one_of((["planned", "emergency"], ["emergency"], []))
    return policy


def hours_of_a_week(chance: Chance, spelling: Spelling) -> dict[str, Any]:
    """Draw weekly hours whose ends fall on whole units, with a holiday or an exception."""
    is_coarse = spelling.place.unit > timedelta(hours=1)
    texts = ("06:00-18:00", "12:00-24:00") if is_coarse else ("09:00-17:00", "22:00-04:00", "00:00-12:00,13:00-24:00")
    hours: dict[str, Any] = {"weekly": {chance.one_of(("mon-fri", "sun-thu", "fri-tue")): chance.one_of(texts)}}
    if chance.happens(1, 2):
        hours["weekly"] |= {"wed-thu" if "fri-tue" in hours["weekly"] else "sat": chance.one_of(texts)}
    if "sun-thu" in hours["weekly"] or "mon-fri" in hours["weekly"] or "fri-tue" in hours["weekly"]:
        days = [spelling.place.at(units).date().isoformat() for units in (12, 24, 40)]
        if chance.happens(1, 2):
            hours["holidays"] = [chance.one_of(days)]
        if chance.happens(1, 2):
            hours["exceptions"] = {chance.one_of(days): chance.one_of(("closed", *texts))}
    return hours


def _filter(chance: Chance) -> dict[str, Any]:
    filters: dict[str, Any] = {}
    if chance.happens(1, 2):
        filters["severities"] = chance.one_of((["critical"], ["critical", "major", "minor"], ["Critical", "MAJOR"]))
    if chance.happens(1, 3):
        filters["excluded_alarm_types"] = ["test"]
    if chance.happens(1, 3):
        filters["excluded_statuses"] = ["suppressed"]
    return filters


def _accounting(chance: Chance) -> dict[str, Any]:
    if chance.happens(1, 3):
        return {}
    if chance.happens(2, 3):
        return {"accounting": chance.one_of(sorted(NAMED))}
    states = [state for state in STATES if state != "NOT_YET"]
    cells = [f"{chance.one_of(SCOPES)}/{chance.one_of(states)}" for _ in range(3)]
    return {"accounting": {cell: chance.one_of(("UP", "DOWN", "NOT_COUNTED")) for cell in cells}}


def _terms_of_doubt(chance: Chance, spelling: Spelling) -> dict[str, Any]:
    terms: dict[str, Any] = {}
    if chance.happens(1, 2):
        terms["stale_after_us"] = spelling.length_us(chance.number(1, 20))
        if chance.happens(1, 2):
            terms["refreshed_every_us"] = spelling.length_us(chance.one_of((0, 3, 20)))
    if chance.happens(1, 2):
        terms["unknown"] = "excluded"
        terms["minimum_coverage"] = chance.one_of(("0", "1/2", "0.95", "1"))
    return terms


def _planned_work(chance: Chance, spelling: Spelling) -> dict[str, Any]:
    """Draw one or two rules of planned work, for the first of them hides the others."""
    work: dict[str, Any] = {"per": chance.one_of(_PERIODS_OF_CAPS)}
    for rule in {chance.one_of(_RULES_OF_WORK): None, chance.one_of(_RULES_OF_WORK): None}:
        if rule == "notice":
            work["notice_us"] = spelling.length_us(chance.number(0, 6))
            work["without_notice"] = chance.one_of(("accept", "reject", "reject"))
        elif rule == "hours":
            work["hours"] = hours_of_a_week(chance, spelling)
        elif rule == "most_windows":
            work["most_windows"] = chance.one_of((1, 2, 0))
        else:
            work["most_time_us"] = spelling.length_us(chance.one_of((4, 2, 0, 1, 8)))
    return work
