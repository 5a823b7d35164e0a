"""Policies of tiny worlds."""
################################################################
# Lengths are those of gaps and pieces of alarms, so that each rule meets rows that it
# changes and rows that it leaves. What a policy has by default is drawn often.
################################################################

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from fractions import Fraction
from typing import Final, Literal

from hypothesis import strategies as st

from sla_compliance.testing.oracle.accounting import NAMED, SCOPES, STATES
from sla_compliance.testing.oracle.world import EMERGENCY, PLANNED, Place, PlannedWork, Terms
from sla_compliance.testing.worlds.aspects import Aspect
from sla_compliance.testing.worlds.places import daily_hours
from sla_compliance.testing.worlds.spans import lengths_of_damping, mostly

accountings = st.sampled_from(sorted(NAMED))
recounted = st.lists(
    st.tuples(
        st.sampled_from(SCOPES),
        st.sampled_from([state for state in STATES if state != "NOT_YET"]),
        st.sampled_from(("UP", "DOWN", "NOT_COUNTED")),
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda change: change[:2],
).map(tuple)
shares = st.sampled_from((Fraction(999, 1000), Fraction(9, 10), Fraction(4, 5), Fraction(3, 4), Fraction(1, 2)))


_RULES_OF_WORK: Final = ("notice", "hours", "most windows", "most time", "caused")
# One rule or two, for one hides the other.
_rules_of_work = st.sets(st.sampled_from(_RULES_OF_WORK), min_size=1, max_size=2) | st.one_of(
    *(st.just({rule}) for rule in _RULES_OF_WORK)
)

_damped_lengths = mostly(0, lengths_of_damping, times=1)
_stale_after = mostly(None, st.integers(0, 5) | st.integers(6, 20), times=1)
_recounted = st.just(()) | recounted
_answers_to_no_notice: st.SearchStrategy[Literal["accept", "reject"]] = st.sampled_from(("accept", "reject", "reject"))


@st.composite
def terms(draw: st.DrawFn, aspects: Collection[Aspect], place: Place) -> Terms:
    """Draw a policy."""
    chosen = Terms(
        severities=draw(st.sampled_from((("critical", "major"), ("critical",), ("minor", "critical", "major")))),
        excluded_types=draw(st.sampled_from(((), ("test",)))),
        excluded_statuses=draw(st.sampled_from(((), ("suppressed",)))),
        merge_gap=draw(lengths_of_damping),
        min_outage=draw(_damped_lengths),
        stale_after=draw(_stale_after),
        accepted=draw(
            st.sampled_from(((PLANNED,), (PLANNED,), (PLANNED, EMERGENCY), (PLANNED, EMERGENCY), (EMERGENCY,), ()))
        ),
        accounting=draw(accountings),
        target=draw(shares),
    )
    if chosen.accounting == "REMOVED" and Aspect.DOUBT not in aspects:
        chosen = replace(chosen, recounted=draw(_recounted))
    if Aspect.ENDS in aspects:
        chosen = replace(chosen, doubt_at_most=draw(st.none() | st.integers(0, 9)))
    if Aspect.DOUBT in aspects:
        chosen = replace(
            chosen,
            refreshed_every=draw(st.sampled_from((None, 0, 3, 20))),
            unknown=draw(st.sampled_from(("doubt", "excluded"))),
            minimum_coverage=draw(st.sampled_from((Fraction(0), Fraction(1, 2), Fraction(19, 20), Fraction(1)))),
        )
    if Aspect.PLANNED_WORK in aspects:
        chosen = replace(chosen, planned_work=draw(work_rules(place)))
    if Aspect.CAUSED_WORK in aspects:
        chosen = replace(chosen, accepted=(PLANNED, EMERGENCY), planned_work=PlannedWork(excuses="caused"))
    return chosen


@st.composite
def work_rules(draw: st.DrawFn, place: Place) -> PlannedWork:
    """Draw rules of planned work: one or two, for the first of them hides the others."""
    work = PlannedWork(per=draw(st.sampled_from(("month", "day", "week", "month", "quarter", "year"))))
    rules = draw(_rules_of_work)
    if "notice" in rules:
        without_notice = draw(_answers_to_no_notice)
        work = replace(work, notice=draw(st.integers(0, 6)), without_notice=without_notice)
    if "hours" in rules:
        work = replace(work, hours=draw(daily_hours(place)))
    if "most time" in rules:
        work = replace(work, most_time=draw(st.sampled_from((4, 2, 0, 1, 8, 12))))
    if "most windows" in rules:
        work = replace(work, most_windows=draw(st.sampled_from((1, 2, 0))))
    return replace(work, excuses="caused") if "caused" in rules else work
