"""Periods cut rows of dates where calendars, fiscal years and windows do."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis.vendor.pretty import pretty

from sla_compliance.calendars.periods import Period
from sla_compliance.errors import InvalidTypeError, InvalidValueError


def dates_between(first: str, last: str) -> list[date]:
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    return [start + timedelta(days=shift) for shift in range((end - start).days + 1)]


def firsts(period: Period, first: str, last: str) -> list[str]:
    """Return the first date of each calendar period between two dates, both included."""
    dates = dates_between(first, last)
    spans = period.spans(dates, is_first_whole=True, is_last_whole=True)
    assert [0, *(end for _, end in spans)] == [*(start for start, _ in spans), len(dates)]
    return [dates[start].isoformat() for start, _ in spans]


CUTS = [
    ("each day is one", Period.DAY, "2026-02-27", "2026-03-01", ["2026-02-27", "2026-02-28", "2026-03-01"]),
    ("ISO weeks begin on Monday", Period.WEEK, "2025-12-30", "2026-01-12", ["2025-12-30", "2026-01-05", "2026-01-12"]),
    ("weeks from Sunday", Period.week("Sunday"), "2026-01-01", "2026-01-11",
     ["2026-01-01", "2026-01-04", "2026-01-11"]),
    ("weeks from Saturday", Period.week(first="sat"), "2026-01-02", "2026-01-10",
     ["2026-01-02", "2026-01-03", "2026-01-10"]),
    ("months", Period.MONTH, "2026-01-31", "2026-03-01", ["2026-01-31", "2026-02-01", "2026-03-01"]),
    ("months from the 15th", Period.month(first_day=15), "2026-01-14", "2026-02-15",
     ["2026-01-14", "2026-01-15", "2026-02-15"]),
    ("months from the 31st: short ones on their last day", Period.month(31), "2026-01-30", "2026-04-30",
     ["2026-01-30", "2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]),
    ("the 29th in a leap year", Period.month(29), "2028-02-28", "2028-03-29",
     ["2028-02-28", "2028-02-29", "2028-03-29"]),
    ("quarters", Period.QUARTER, "2025-12-31", "2026-04-01", ["2025-12-31", "2026-01-01", "2026-04-01"]),
    ("quarters from February", Period.quarter(first_month=2), "2026-01-31", "2026-08-01",
     ["2026-01-31", "2026-02-01", "2026-05-01", "2026-08-01"]),
    ("quarters from 15 November", Period.quarter(11, 15), "2025-11-14", "2026-02-15",
     ["2025-11-14", "2025-11-15", "2026-02-15"]),
    ("years", Period.YEAR, "2024-12-31", "2026-01-01", ["2024-12-31", "2025-01-01", "2026-01-01"]),
    ("the British tax year", Period.year(first_month=4, first_day=6), "2025-04-05", "2026-04-06",
     ["2025-04-05", "2025-04-06", "2026-04-06"]),
    ("years from December", Period.year(12), "2025-11-30", "2026-12-01", ["2025-11-30", "2025-12-01", "2026-12-01"]),
    ("years from 29 February", Period.year(2, 29), "2027-02-27", "2028-02-29",
     ["2027-02-27", "2027-02-28", "2028-02-29"]),
]  # fmt: skip


@pytest.mark.parametrize(("_what", "period", "first", "last", "expected"), CUTS, ids=[what for what, *_ in CUTS])
def test_calendar_periods_begin_on_their_first_day(
    _what: str, period: Period, first: str, last: str, expected: list[str]
) -> None:
    """Consecutive dates of one period stay together; a cut-off first and last period is kept."""
    assert firsts(period, first, last) == expected


@pytest.mark.parametrize("is_whole", [True, False])
@pytest.mark.parametrize("period", [Period.DAY, Period.WEEK, Period.MONTH, Period.QUARTER, Period.YEAR])
def test_no_dates_make_no_period(period: Period, is_whole: bool) -> None:
    """An empty row of dates has no periods."""
    assert period.spans([], is_first_whole=is_whole, is_last_whole=is_whole) == []
    assert Period.rolling(1).spans([], is_first_whole=is_whole, is_last_whole=is_whole) == []


def test_cut_days_stay_in_calendar_periods() -> None:
    """Partial first and last dates belong to their month all the same."""
    dates = dates_between("2026-01-30", "2026-02-02")
    assert Period.MONTH.spans(dates, is_first_whole=False, is_last_whole=False) == [(0, 2), (2, 4)]


@pytest.mark.parametrize(
    ("is_first_whole", "is_last_whole", "expected"),
    [
        (True, True, [(0, 3), (1, 4), (2, 5)]),
        (False, True, [(1, 4), (2, 5)]),
        (True, False, [(0, 3), (1, 4)]),
        (False, False, [(1, 4)]),
    ],
)
def test_rolling_windows_hold_whole_dates_only(
    is_first_whole: bool, is_last_whole: bool, expected: list[tuple[int, int]]
) -> None:
    """One window ends with each date that has enough whole dates before it."""
    dates = dates_between("2026-01-01", "2026-01-05")
    spans = Period.rolling(3).spans(dates, is_first_whole=is_first_whole, is_last_whole=is_last_whole)
    assert spans == expected


def test_rolling_windows_count_existing_dates() -> None:
    """A date that never was is in no window: 3 days over a skipped date are 3 existing ones."""
    dates = [date(2011, 12, 28), date(2011, 12, 29), date(2011, 12, 31)]
    assert Period.rolling(3).spans(dates, is_first_whole=True, is_last_whole=True) == [(0, 3)]
    assert Period.rolling(4).spans(dates, is_first_whole=True, is_last_whole=True) == []


def test_a_skipped_first_day_does_not_hide_a_period() -> None:
    """A week whose Monday never was begins with its Tuesday."""
    dates = [date(2026, 1, 4), date(2026, 1, 6), date(2026, 1, 7)]
    assert Period.WEEK.spans(dates, is_first_whole=True, is_last_whole=True) == [(0, 1), (1, 3)]


def test_names_are_words() -> None:
    """A period says in a word what it is."""
    periods = [Period.DAY, Period.WEEK, Period.MONTH, Period.QUARTER, Period.YEAR, Period.rolling(30)]
    assert [period.name for period in periods] == ["day", "week", "month", "quarter", "year", "30 days"]


@pytest.mark.parametrize("period", [Period.DAY, Period.WEEK, Period.MONTH, Period.QUARTER, Period.YEAR])
def test_calendar_periods_are_found_by_name(period: Period) -> None:
    """The word of a calendar period, in any case, gives it back."""
    assert Period.of(period.name) is period
    assert Period.of(period.name.upper()) is period


def test_equal_periods_are_equal() -> None:
    """A period said out in full is the named one; other starts are others; all can be keys and can travel."""
    assert Period.week("monday") == Period.WEEK
    assert Period.year(1, 1) == Period.YEAR
    assert Period.quarter(4) == Period.quarter(1) == Period.QUARTER
    assert len({Period.WEEK, Period.week("sun"), Period.MONTH, Period.month(2), Period.rolling(7)}) == 5
    assert pickle.loads(pickle.dumps(Period.year(4, 6))) == Period.year(4, 6)  # noqa: S301


CALENDAR_PERIODS = [
    Period.DAY, Period.WEEK, Period.week("sunday"), Period.MONTH, Period.month(15), Period.month(31), Period.QUARTER,
    Period.quarter(2), Period.quarter(11, 15), Period.YEAR, Period.year(4, 6), Period.year(12), Period.year(2, 29),
]  # fmt: skip


@pytest.mark.parametrize("period", CALENDAR_PERIODS, ids=repr)
def test_the_first_date_of_a_period_is_that_of_all_its_dates(period: Period) -> None:
    """And the first date of the next one comes after its last."""
    dates = dates_between("2023-11-01", "2028-03-31")
    spans = period.spans(dates, is_first_whole=True, is_last_whole=True)
    for start, end in spans[1:-1]:
        for day in dates[start:end]:
            assert period.first_date(day) == dates[start]
            assert period.next_first_date(day) == dates[end]


@pytest.mark.parametrize(
    ("period", "day", "first", "following"),
    [
        (Period.DAY, "2025-10-08", "2025-10-08", "2025-10-09"),
        (Period.WEEK, "2025-10-08", "2025-10-06", "2025-10-13"),
        (Period.MONTH, "2025-12-31", "2025-12-01", "2026-01-01"),
        (Period.MONTH, "2025-01-01", "2025-01-01", "2025-02-01"),
        (Period.month(31), "2025-02-28", "2025-02-28", "2025-03-31"),
        (Period.QUARTER, "2025-12-31", "2025-10-01", "2026-01-01"),
        (Period.YEAR, "2025-12-31", "2025-01-01", "2026-01-01"),
        (Period.year(12), "2025-12-01", "2025-12-01", "2026-12-01"),
        (Period.year(4, 6), "2025-04-05", "2024-04-06", "2025-04-06"),
    ],
)
def test_a_date_is_in_the_period_that_began_last(period: Period, day: str, first: str, following: str) -> None:
    """Over the ends of years too."""
    assert period.first_date(date.fromisoformat(day)).isoformat() == first
    assert period.next_first_date(date.fromisoformat(day)).isoformat() == following


def test_only_hours_are_hours() -> None:
    """And only rolling windows roll."""
    assert Period.HOUR.is_hour
    assert Period.HOUR.name == "hour"
    assert not any(period.is_hour for period in [*CALENDAR_PERIODS, Period.rolling(1)])
    assert not any(period.is_rolling for period in [*CALENDAR_PERIODS, Period.HOUR])
    assert Period.rolling(1).is_rolling


def test_the_longest_rolling_window_is_longer_than_the_calendar() -> None:
    """More days than that are a slip of the pen."""
    assert Period.rolling(3_660_000).days == 3_660_000
    with pytest.raises(InvalidValueError, match="^days is 3660001; give a number from 1 to 3660000"):
        Period.rolling(3_660_001)


def test_periods_count_days_and_months_from_the_first() -> None:
    """What a period is made of, for programs that store it."""
    assert (Period.DAY.days, Period.DAY.months, Period.DAY.first, Period.DAY.first_day) == (1, 0, 1, 1)
    assert Period("week", days=7, first=1) == Period.WEEK
    assert Period.week("sunday") == Period("week", days=7, first=7)
    assert Period.year(4, 6) == Period("year", months=12, first=4, first_day=6)
    assert Period.quarter(11) == Period("quarter", months=3, first=2)
    assert Period.month(15) == Period("month", months=1, first=0, first_day=15)
    assert Period.rolling(30) == Period("30 days", days=30, is_rolling=True)


def test_every_fiscal_year_begins_once_a_year() -> None:
    """Whatever its first month and day, a year's periods begin exactly once in every calendar year."""
    dates = dates_between("2023-01-01", "2028-12-31")
    for month in range(1, 13):
        for day in (1, 15, 28, 29, 30, 31):
            spans = Period.year(month, day).spans(dates, is_first_whole=True, is_last_whole=True)
            begun = [dates[end] for _, end in spans[:-1]]
            assert all(later.year - earlier.year == 1 for earlier, later in pairwise(begun))
            assert all(begin.month == month and begin.day <= day for begin in begun)


WRONG_VALUES: list[tuple[Callable[[], Period], str]] = [
    (lambda: Period.week("noday"), "first is 'noday'"),
    (lambda: Period.week(""), "first is ''"),
    (lambda: Period.month(0), "first_day is 0"),
    (lambda: Period.month(32), "first_day is 32"),
    (lambda: Period.quarter(13), "first_month is 13"),
    (lambda: Period.year(1, -1), "first_day is -1"),
    (lambda: Period.rolling(0), "days is 0"),
    (lambda: Period.rolling(10**100), "days is an integer"),
    (lambda: Period.of("fortnight"), "period is 'fortnight'; give one of day, week, month, quarter, year"),
    (lambda: Period.of("d" * 10**6), "period is 'ddd"),
]


@pytest.mark.parametrize(("make", "message"), WRONG_VALUES, ids=[message for _, message in WRONG_VALUES])
def test_impossible_periods_are_refused(make: Callable[[], Period], message: str) -> None:
    """Days and months that do not exist are refused by field and value."""
    with pytest.raises(InvalidValueError) as caught:
        make()
    assert str(caught.value).startswith(message)
    assert caught.value.field == message.split(maxsplit=1)[0]


WRONG_TYPES: dict[str, tuple[str, Callable[[], Period]]] = {
    "a number for a weekday": ("first", lambda: Period.week(1)),  # type: ignore[arg-type]
    "a flag for a day": ("first_day", lambda: Period.month(True)),
    "a float for a day": ("first_day", lambda: Period.month(1.0)),  # type: ignore[arg-type]
    "text for a month": ("first_month", lambda: Period.year("4")),  # type: ignore[arg-type]
    "nothing for a number of days": ("days", lambda: Period.rolling(None)),  # type: ignore[arg-type]
    "nothing for a name": ("period", lambda: Period.of(None)),  # type: ignore[arg-type]
}


@pytest.mark.parametrize(("field", "make"), WRONG_TYPES.values(), ids=WRONG_TYPES)
def test_wrong_types_are_refused(field: str, make: Callable[[], Period]) -> None:
    """A flag is no day, a number no word; the error names the argument."""
    with pytest.raises(InvalidTypeError) as caught:
        make()
    assert caught.value.field == field


@pytest.mark.parametrize(
    "names",
    ["mo mon monday", "tu tue tuesday", "we wed wednesday", "th thu thursday", "fr fri friday", "sa sat saturday",
     "su sun sunday"],
)  # fmt: skip
def test_every_weekday_has_three_names_in_any_case(names: str) -> None:
    """Weeks may begin on each of them."""
    first = 1 + ["mo", "tu", "we", "th", "fr", "sa", "su"].index(names[:2])
    for name in names.split():
        assert Period.week(name) == Period.week(name.upper()) == Period("week", days=7, first=first)


@pytest.mark.parametrize("period", [Period.MONTH, Period.rolling(30), Period.week(first="sunday")])
def test_printers_of_dataclasses_write_the_repr(period: Period) -> None:
    """As Hypothesis writes an example; a period's class attributes are periods as well."""
    assert pretty(period) == repr(period)
