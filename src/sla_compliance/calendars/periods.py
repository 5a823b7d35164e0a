"""Reporting periods: which consecutive local dates make one record."""
################################################################
# The dates of one calendar period have the same running number:
#   - days and weeks are numbered by days, from a day on which one begins;
#   - months, quarters and years are numbered by months, from a month in which one
#     begins. A month begins on `first_day`, or on its last day where it is shorter.
# So a fiscal year from 6 April is twelve months that begin on the 6th. Where a
# request begins or ends within a period, the part inside the request is a record.
#
# Hours are no sums of dates. They are for drill-down: elapsed hours from the first
# instant of a day, so a day of 25 hours has 25, and its last one may be shorter.
#
# A rolling window is n whole existing dates, one window ending with each date;
# windows that are not full are left out.
################################################################

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any, ClassVar, Final

from sla_compliance.calendars.weekdays import weekday_number
from sla_compliance.checks import checked_integer, checked_text, wrong_value


@dataclass(frozen=True, slots=True)
class Period:
    """A way to cut a row of local dates into reporting periods.

    Use the class attributes HOUR, DAY, WEEK (ISO, from Monday), MONTH, QUARTER and YEAR, or the constructors below.

    Attributes:
        name: the period in a text: "day", "month", "30 days".
        days: length of a day, a week or a rolling window; 0 where months count, and for hours.
        months: length of a month, a quarter or a year; 0 where days count, and for hours.
        first: ordinal of a day on which a period of days begins, or number of a month in which one of months does.
        first_day: day of the month on which months begin, 1 to 31.
        is_rolling: one window ends with each date.
    """

    name: str
    days: int = 0
    months: int = 0
    first: int = 1
    first_day: int = 1
    is_rolling: bool = False

    HOUR: ClassVar[Period]
    DAY: ClassVar[Period]
    WEEK: ClassVar[Period]
    MONTH: ClassVar[Period]
    QUARTER: ClassVar[Period]
    YEAR: ClassVar[Period]

    @property
    def is_hour(self) -> bool:
        """Whether it cuts each date into its elapsed hours."""
        return self.days == self.months == 0

    @classmethod
    def week(cls, first: str = "monday") -> Period:
        """Return weeks that begin on the weekday `first`.

        Raises:
            InvalidTypeError, InvalidValueError: `first` is not the name of a weekday.
        """
        number = weekday_number(checked_text(first, "first", "a word"))
        if number is None:
            raise wrong_value(first, "first", "a weekday such as 'sunday'")
        return cls("week", days=7, first=1 + number)

    @classmethod
    def month(cls, first_day: int = 1) -> Period:
        """Return months that begin on `first_day`, 1 to 31 (a shorter month: on its last day).

        Raises:
            InvalidTypeError, InvalidValueError: it is not such a number.
        """
        return cls._of_months("month", 1, 1, first_day)

    @classmethod
    def quarter(cls, first_month: int = 1, first_day: int = 1) -> Period:
        """Return quarters, one of which begins in `first_month` on `first_day`; errors as `month`."""
        return cls._of_months("quarter", 3, first_month, first_day)

    @classmethod
    def year(cls, first_month: int = 1, first_day: int = 1) -> Period:
        """Return years that begin in `first_month` on `first_day`; errors as `month`."""
        return cls._of_months("year", 12, first_month, first_day)

    @classmethod
    def rolling(cls, days: int) -> Period:
        """Return windows of `days` whole dates, one ending with each date.

        Raises:
            InvalidTypeError, InvalidValueError: `days` is not a number from 1 to 3,660,000.
        """
        days = checked_integer(days, "days", 1, 3_660_000)
        return cls(f"{days} days", days=days, is_rolling=True)

    @classmethod
    def of(cls, text: str) -> Period:
        """Return the period called "day", "week", "month", "quarter" or "year".

        Raises:
            InvalidTypeError, InvalidValueError: no period has that name.
        """
        period = _NAMED.get(checked_text(text, "period", "a word").lower())
        if period is None:
            raise wrong_value(text, "period", f"one of {', '.join(_NAMED)}")
        return period

    @classmethod
    def _of_months(cls, name: str, months: int, first_month: int, first_day: int) -> Period:
        first_month = checked_integer(first_month, "first_month", 1, 12)
        first_day = checked_integer(first_day, "first_day", 1, 31)
        return cls(name, months=months, first=first_month % months, first_day=first_day)

    def spans(self, dates: Sequence[date], *, is_first_whole: bool, is_last_whole: bool) -> list[tuple[int, int]]:
        """Return the index ranges [i, j) of ascending dates, one for each period; hours have none.

        Args:
            is_first_whole, is_last_whole: whether the request holds all of that date; rolling windows need whole dates.
        """
        if self.is_rolling:
            begin = 0 if is_first_whole else 1
            end = len(dates) if is_last_whole else len(dates) - 1
            return [(stop - self.days, stop) for stop in range(begin + self.days, end + 1)]
        if not dates:
            return []
        numbers = [self._number(day) for day in dates]
        later_starts = [index for index in range(1, len(dates)) if numbers[index] != numbers[index - 1]]
        return list(pairwise([0, *later_starts, len(dates)]))

    def _repr_pretty_(self, printer: Any, _: object) -> None:  # noqa: ANN401 - of IPython or Hypothesis
        """Write the repr: printers of dataclasses would follow the class attributes, and theirs, without end."""
        printer.text(repr(self))

    def first_date(self, day: date) -> date:
        """Return the first date of the calendar period that holds `day`; a rolling window is no calendar period."""
        return self._first_date(self._number(day))

    def next_first_date(self, day: date) -> date:
        """Return the first date of the calendar period after the one that holds `day`."""
        return self._first_date(self._number(day) + 1)

    def _first_date(self, number: int) -> date:
        """Return the first date of the calendar period with this running number."""
        if not self.months:
            return date.fromordinal(number * self.days + self.first)
        # Months are counted from 1, so that December of a year is its twelfth and not the next year's zeroth.
        year, month_before = divmod(number * self.months + self.first - 1, 12)
        return date(year, month_before + 1, min(self.first_day, monthrange(year, month_before + 1)[1]))

    def _number(self, day: date) -> int:
        """Return the running number of the calendar period that holds `day`."""
        if self.months:
            month = day.year * 12 + day.month - _is_before(day, self.first_day)
            return (month - self.first) // self.months
        return (day.toordinal() - self.first) // self.days


def _is_before(day: date, first_day: int) -> bool:
    """Return whether `day` comes before the day on which its month begins."""
    return day.day < first_day and day.day < monthrange(day.year, day.month)[1]


Period.HOUR = Period("hour")
Period.DAY = Period("day", days=1)
Period.WEEK = Period.week()
Period.MONTH = Period.month()
Period.QUARTER = Period.quarter()
Period.YEAR = Period.year()
_NAMED: Final = {period.name: period for period in (Period.DAY, Period.WEEK, Period.MONTH, Period.QUARTER, Period.YEAR)}
