"""The slow reference: questions of the conformance vectors, answered by the oracle."""
################################################################
# From the rules alone, with the standard library alone: a question becomes a world on
# the coarsest grid that its instants allow, and the oracle looks at each of them. It
# is exact and slow, and says so where a question has too many instants.
#
#     moments.py, hours.py   texts to instants, and to ranges of minutes
#     world.py, terms.py     a question as a world
#     periods.py, budgets.py what is asked beside days
#     here                   the figures for people, and the answer
################################################################

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from math import ceil, floor
from typing import Any, Final

from sla_compliance.testing.oracle import Figures, Oracle
from sla_compliance.testing.oracle.accounting import Count
from sla_compliance.testing.oracle.calendar import day_of
from sla_compliance.testing.oracle.questions.budgets import OracleBudget, microseconds_after
from sla_compliance.testing.oracle.questions.errors import RefusedQuestionError, UnsupportedQuestionError
from sla_compliance.testing.oracle.questions.moments import MINUTE_US
from sla_compliance.testing.oracle.questions.periods import days_of_periods
from sla_compliance.testing.oracle.questions.world import QuestionReader
from sla_compliance.testing.oracle.rows import Cause
from sla_compliance.testing.oracle.rules import Rule
from sla_compliance.testing.oracle.wall_clock import MICROSECOND

__all__ = ["UnsupportedQuestionError", "answer_of_reference"]

_CODES: Final = {
    Cause.UNKNOWN: "UNMONITORED",
    Cause.UNSEEN: "UNSEEN",
    Cause.STALE: "CUT_OFF",
    Cause.OVER: "UNDATED",
    Cause.SET_ASIDE: "SET_ASIDE",
    Cause.OVERLAP: "DISAGREEING",
    Cause.OVERWRITTEN: "OVERWRITTEN",
    Cause.UNKEYED: "UNKEYED",
}
_FEWEST_DECIMALS, _MOST_DECIMALS = 2, 9


def answer_of_reference(question: Mapping[str, Any], *, without: frozenset[Rule] = frozenset()) -> dict[str, Any]:
    """Return the reference's answer to a question; {"refused": true} where the question is refused.

    Args:
        without: rules to leave out.

    Raises:
        UnsupportedQuestionError: the question is beyond the reference.
    """
    try:
        return _Answers(QuestionReader(question), without).answer()
    except RefusedQuestionError:
        return {"refused": True}


class _Answers:
    """The answers to one question."""

    def __init__(self, reader: QuestionReader, without: frozenset[Rule]) -> None:
        self._reader = reader
        self._world = reader.world()
        self._oracle = Oracle(self._world, without=without, share=reader.share)
        self._count = Count(self._world.terms, without)
        self._unit_us = self._world.place.unit // MICROSECOND
        self._bounds_by_day = self._day_bounds()

    def answer(self) -> dict[str, Any]:
        """Return the total and the periods that are asked for."""
        days = list(self._bounds_by_day)
        answer: dict[str, Any] = {"total": self._record(days)}
        if self._reader.question.get("budget"):
            answer["total"]["budget"] = self._budget(days)
        is_first_whole = self._reader.days[0][1] == self._reader.start_us
        next_day_us = self._reader.clock.starts_of_days(self._reader.end_us - 1, self._reader.end_us + 1)[-1][1]
        is_last_whole = next_day_us == self._reader.end_us
        for period in self._reader.question.get("periods", ("day",)):
            groups = days_of_periods(days, period, is_first_whole=is_first_whole, is_last_whole=is_last_whole)
            answer[period] = [self._record(group) for group in groups]
        return answer

    def _day_bounds(self) -> dict[date, tuple[int, int]]:
        """Return the instants of each local day of the window, in units."""
        bounds: dict[date, tuple[int, int]] = {}
        for instant in range(*self._world.window):
            day = day_of(self._world.place, instant)
            start, _ = bounds.get(day, (instant, instant))
            bounds[day] = start, instant + 1
        if list(bounds) != [day for day, _ in self._reader.days]:
            raise UnsupportedQuestionError("the clock was set back over midnight shortly before the window")
        return bounds

    def _record(self, days: list[date]) -> dict[str, Any]:
        figures = self._oracle.figures(days)
        up_us = self._count.length(figures.cells, "UP") * self._unit_us
        down_us = self._count.length(figures.cells, "DOWN") * self._unit_us
        target = self._world.terms.target
        breached_days = [day for day in days if self._oracle.days[day].verdict == "BREACHED"]
        return {
            "date": days[0].isoformat(),
            "start": self._text_of(self._bounds_by_day[days[0]][0]),
            "end": self._text_of(self._bounds_by_day[days[-1]][1]),
            "cells_us": {
                "/".join(cell): length * self._unit_us for cell, length in sorted(figures.cells.items()) if length
            },
            "downtime_us": down_us,
            "uptime_us": up_us,
            "availability": _ratio_text(figures.availability),
            "verdict": figures.verdict,
            "low": _ratio_text(figures.low),
            "high": _ratio_text(figures.high),
            "is_confirmed": figures.is_confirmed,
            "compliance_percentage": _shown(figures.availability, target),
            "target_percentage": float(target * 100),
            "uptime_minutes": floor(Fraction(up_us, MINUTE_US)),
            "downtime_minutes": ceil(Fraction(down_us, MINUTE_US)),
            "sla_breaches": len(breached_days),
            "doubts": self._doubts(figures),
        }

    def _doubts(self, figures: Figures) -> list[dict[str, Any]]:
        doubts: list[dict[str, Any]] = [
            {"cause": _CODES[doubt.cause], "rows": doubt.rows, "length_us": doubt.length * self._unit_us}
            for doubt in figures.doubts
        ]
        lost_rows = self._oracle.rows_without_start
        return doubts + ([{"cause": "NO_START", "rows": lost_rows, "length_us": 0}] if lost_rows else [])

    def _budget(self, days: list[date]) -> dict[str, Any]:
        world = self._world
        terms = world.terms
        if terms.merge_gap or terms.min_outage or terms.planned_work.excuses == "caused":
            raise UnsupportedQuestionError("budgets with damping, or with work that excuses what it caused")
        budget = OracleBudget(world, self._oracle.figures(days).cells)
        to_come = range(max(world.as_of, world.window[0]), world.window[1])
        deadline = budget.deadline([self._oracle.record.scope(instant) for instant in to_come])
        deadline_us = None
        if deadline is not None:
            begins_us = self._reader.start_us + to_come.start * self._unit_us
            deadline_us = begins_us + microseconds_after(deadline, self._unit_us)
        return {
            "allowed_us": _ratio_text(budget.allowed * self._unit_us),
            "spent_us": budget.down * self._unit_us,
            "left_us": _ratio_text(budget.left * self._unit_us),
            "remaining": _ratio_text(budget.remaining),
            "to_date": _ratio_text(budget.to_date),
            "best": _ratio_text(budget.best),
            "worst": _ratio_text(budget.worst),
            "deadline": None if deadline_us is None else self._reader.clock.local_at(deadline_us).isoformat(),
        }

    def _text_of(self, instant: int) -> str:
        return self._reader.clock.local_at(self._reader.start_us + instant * self._unit_us).isoformat()


def _ratio_text(ratio: Fraction | None) -> str | None:
    return None if ratio is None else f"{ratio.numerator}/{ratio.denominator}"


def _shown(availability: Fraction | None, target: Fraction) -> float | None:
    """Return an availability as a percentage, rounded down to the target's decimals."""
    if availability is None:
        return None
    decimals = _FEWEST_DECIMALS
    while decimals < _MOST_DECIMALS and (target * 100 * 10**decimals).denominator != 1:
        decimals += 1
    steps = int(10**decimals)
    return floor(availability * 100 * steps) / steps
