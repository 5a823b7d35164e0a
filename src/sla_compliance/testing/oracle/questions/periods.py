"""Which days of a window make one reporting period."""
################################################################
# Each day is asked when its period began; days with the same answer are one period.
# A month, quarter or year may begin on another day than the first: in a shorter
# month on its last day. A rolling window is n whole days, one ending with each day.
################################################################

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Final

from sla_compliance.testing.oracle.questions.errors import RefusedQuestionError

_WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS: Final = {"month": 1, "quarter": 3, "year": 12}


def first_day_of_period(day: date, period: str) -> date:
    """Return the day on which the calendar period of a day begins."""
    name, _, detail = period.partition(":")
    if name == "day":
        return day
    if name == "week":
        first_weekday = _WEEKDAYS.index(detail or "monday")
        return day - timedelta(days=(day.weekday() - first_weekday) % 7)
    numbers = [int(number) for number in detail.split("-")] if detail else []
    if name == "month":
        first_month, first_day = 1, (numbers or [1])[0]
    else:
        first_month, first_day, *_ = (*numbers, 1, 1)
    if not (1 <= first_month <= 12 and 1 <= first_day <= 31):
        raise RefusedQuestionError(f"there is no period {period}")
    starts = [
        _day_of_month(year, month, first_day)
        for year in (day.year - 1, day.year)
        for month in range(1, 13)
        if (month - first_month) % _MONTHS[name] == 0
    ]
    return max(start for start in starts if start <= day)


def days_of_periods(
    days: Sequence[date], period: str, *, is_first_whole: bool, is_last_whole: bool
) -> list[list[date]]:
    """Return the days of each period among the days of a window, in order."""
    name, _, detail = period.partition(":")
    if name == "rolling":
        whole = days[0 if is_first_whole else 1 : len(days) if is_last_whole else len(days) - 1]
        return [list(whole[end - int(detail) : end]) for end in range(int(detail), len(whole) + 1)]
    return [list(group) for _, group in groupby(days, key=lambda day: first_day_of_period(day, period))]


def _day_of_month(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, monthrange(year, month)[1]))
