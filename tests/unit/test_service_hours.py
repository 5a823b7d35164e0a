"""Service hours stay on the wall: over clock changes, midnights, holidays and skipped dates."""

from __future__ import annotations

import pickle
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from sla_compliance.calendars.local_days import first_instant_us
from sla_compliance.calendars.service_hours import ServiceHours
from sla_compliance.errors import InvalidServiceHoursError, InvalidTypeError, UnknownZoneError
from sla_compliance.intervals import NEVER, IntervalSet
from sla_compliance.units import DAY_US, HOUR_US, MAX_US, MIN_US, MINUTE_US, moment
from sla_compliance.zones import load_zone

OFFICE = ServiceHours.weekly({"mon-fri": "09:00-17:00"})


def on_the_wall(hours: ServiceHours, zone: str, first: str, last: str) -> list[str]:
    """Return the agreed ranges between two dates, both included, as a clock of the zone shows them."""
    start_us, end_us = (
        first_instant_us(date.fromisoformat(first), zone),
        first_instant_us(date.fromisoformat(last) + timedelta(days=1), zone),
    )
    rules = load_zone(zone)
    return [
        f"{moment(start, rules):%m-%d %H:%M} {moment(end, rules):%m-%d %H:%M}"
        for start, end in hours.expand(zone, start_us, end_us)
    ]


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Sydney"])
def test_office_hours_begin_at_nine_local_on_all_weekdays_of_a_year(zone: str) -> None:
    """Mon-Fri 09:00-17:00 is 09:00 to 17:00 local on all 261 weekdays of 2026, on both sides of a clock change."""
    start_us, end_us = first_instant_us(date(2026, 1, 1), zone), first_instant_us(date(2027, 1, 1), zone)
    pieces = [(moment(start, load_zone(zone)), end - start) for start, end in OFFICE.expand(zone, start_us, end_us)]
    assert len(pieces) == 261
    assert {(start.hour, start.minute, length) for start, length in pieces} == {(9, 0, 8 * HOUR_US)}
    assert all(start.weekday() < 5 for start, _ in pieces)


CASES = [
    ("several ranges a day", "mon 09:00-12:00, 13:00-17:00", "UTC", "2026-01-05", "2026-01-06",
     ["01-05 09:00 01-05 12:00", "01-05 13:00 01-05 17:00"]),
    ("touching ranges are one", "mon 09:00-12:00,12:00-17:00", "UTC", "2026-01-05", "2026-01-05",
     ["01-05 09:00 01-05 17:00"]),
    ("24:00 is the end of the day", "mon 22:00-24:00", "UTC", "2026-01-05", "2026-01-06", ["01-05 22:00 01-06 00:00"]),
    ("so is 00:00", "mon 22:00-00:00", "UTC", "2026-01-05", "2026-01-06", ["01-05 22:00 01-06 00:00"]),
    ("overnight belongs to its first day", "fri 22:00-06:00", "UTC", "2026-01-09", "2026-01-11",
     ["01-09 22:00 01-10 06:00"]),
    ("the night before reaches in", "thu 22:00-06:00", "UTC", "2026-01-09", "2026-01-10", ["01-09 00:00 01-09 06:00"]),
    ("days wrap over the weekend", "sat-mon 10:00-11:00", "UTC", "2026-01-09", "2026-01-13",
     ["01-10 10:00 01-10 11:00", "01-11 10:00 01-11 11:00", "01-12 10:00 01-12 11:00"]),
    ("lists of days, long names, any case", "Monday,WED 10:00-11:00", "UTC", "2026-01-05", "2026-01-08",
     ["01-05 10:00 01-05 11:00", "01-07 10:00 01-07 11:00"]),
    ("a holiday", "mon-fri 9:00-17:00; 2026-12-25 closed", "Africa/Lagos", "2026-12-24", "2026-12-25",
     ["12-24 09:00 12-24 17:00"]),
    ("a dated exception", "mon-fri 09:00-17:00;2026-12-24 10:00-14:00;", "Africa/Lagos", "2026-12-24", "2026-12-24",
     ["12-24 10:00 12-24 14:00"]),
    ("the night before a holiday runs on", "mon-sun 22:00-02:00; 2026-12-25 closed", "UTC", "2026-12-25", "2026-12-26",
     ["12-25 00:00 12-25 02:00", "12-26 22:00 12-27 00:00"]),
    ("a start that does not exist", "sun 02:30-05:00", "Europe/Berlin", "2026-03-29", "2026-03-29",
     ["03-29 03:00 03-29 05:00"]),
    ("a range that does not exist", "sun 02:10-02:50", "Europe/Berlin", "2026-03-29", "2026-03-29", []),
    ("an end that comes twice is the first", "sun 01:00-02:30", "Europe/Berlin", "2026-10-25", "2026-10-25",
     ["10-25 01:00 10-25 02:30"]),
    ("a day whose midnight never happens", "sun 00:00-08:00", "America/Sao_Paulo", "2015-10-18", "2015-10-18",
     ["10-18 01:00 10-18 08:00"]),
    ("a date skipped altogether", "fri 09:00-17:00", "Pacific/Apia", "2011-12-29", "2011-12-31", []),
    ("a night into a skipped date", "thu 22:00-06:00", "Pacific/Apia", "2011-12-29", "2011-12-31",
     ["12-29 22:00 12-31 00:00"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("_what", "text", "zone", "first", "last", "expected"), CASES, ids=[what for what, *_ in CASES]
)
def test_hours_are_those_on_the_wall(
    _what: str, text: str, zone: str, first: str, last: str, expected: list[str]
) -> None:
    """Ranges start and end where a clock on the wall reaches their times first."""
    assert on_the_wall(ServiceHours.parse(text), zone, first, last) == expected


def test_an_hour_that_comes_twice_is_served_twice() -> None:
    """A range around the repeated hour lasts an hour longer; the two halves of the day still share it out."""
    start_us, end_us = (first_instant_us(date(2026, 10, day), "Europe/Berlin") for day in (25, 26))
    early = ServiceHours.parse("sun 00:00-02:30").expand("Europe/Berlin", start_us, end_us)
    late = ServiceHours.parse("sun 02:30-24:00").expand("Europe/Berlin", start_us, end_us)
    assert (early.total_us, late.total_us) == (2.5 * HOUR_US, 22.5 * HOUR_US)
    assert early & late == NEVER
    assert early | late == IntervalSet((start_us,), (end_us,))


def test_a_day_that_begins_with_the_date_before_keeps_its_hours() -> None:
    """At St John's the late evening of 28 October 2006 is shown again within the 29th; hours are its first showing."""
    text = ServiceHours.parse("sat 23:30-24:00")
    assert on_the_wall(text, "America/St_Johns", "2006-10-28", "2006-10-28") == ["10-28 23:30 10-29 00:00"]
    assert on_the_wall(text, "America/St_Johns", "2006-10-29", "2006-10-29") == []


def test_hours_are_clipped_to_the_window() -> None:
    """Nothing outside the window asked for is given, and an empty window has nothing."""
    monday_us = first_instant_us(date(2026, 1, 5), "UTC")
    noon_us = monday_us + 12 * HOUR_US
    assert OFFICE.expand("UTC", noon_us, noon_us + MINUTE_US) == IntervalSet((noon_us,), (noon_us + MINUTE_US,))
    assert OFFICE.expand("UTC", noon_us, noon_us) == NEVER


@pytest.mark.parametrize("zone", ["Etc/GMT+12", "Pacific/Kiritimati"])
def test_the_ends_of_the_calendar_have_hours(zone: str) -> None:
    """The first and last days that are allowed are answered, nights included."""
    always = ServiceHours.parse("mon-sun 20:00-19:00,19:00-20:00")
    assert always.expand(zone, MIN_US, MIN_US + DAY_US) == IntervalSet((MIN_US,), (MIN_US + DAY_US,))
    assert always.expand(zone, MAX_US - DAY_US, MAX_US) == IntervalSet((MAX_US - DAY_US,), (MAX_US,))


def test_weekly_takes_holidays_and_exceptions() -> None:
    """A date given as both has the exception's hours."""
    eve, christmas = date(2026, 12, 24), date(2026, 12, 25)
    hours = ServiceHours.weekly({"mon-fri": "09:00-17:00"}, holidays={christmas, eve}, exceptions={eve: "10:00-14:00"})
    assert hours == ServiceHours.parse("mon-fri 09:00-17:00; 2026-12-24 10:00-14:00; 2026-12-25 closed")
    assert on_the_wall(hours, "UTC", "2026-12-24", "2026-12-25") == ["12-24 10:00 12-24 14:00"]


def test_single_dates_alone_are_hours() -> None:
    """Service may be agreed for dates only."""
    hours = ServiceHours.weekly({}, exceptions={date(2026, 5, 1): "10:00-14:00"})
    assert hours.canonical() == "2026-05-01 10:00-14:00"


def test_canonical_text_says_all_and_is_read_back() -> None:
    """The canonical text is one of the language, equal for equal hours."""
    hours = ServiceHours.parse("sat 22:00-02:00; mon-tue 13:00-24:00, 9:00-12:00; 2026-12-25 closed")
    text = "mon 09:00-12:00,13:00-24:00; tue 09:00-12:00,13:00-24:00; sat 22:00-02:00; 2026-12-25 closed"
    assert hours.canonical() == text
    assert ServiceHours.parse(text) == hours
    assert hash(ServiceHours.parse(text)) == hash(hours)
    assert pickle.loads(pickle.dumps(hours)) == hours  # noqa: S301


BAD_TEXTS = [
    ("", "hold no hours; write some, such as 'mon-fri 09:00-17:00', or '24x7' for always"),
    (";;", "hold no hours"),
    ("2026-12-25 closed", "hold no hours"),
    ("mon", "hold 'mon'; write days and their hours as 'mon-fri 09:00-17:00', or '24x7' for always"),
    ("09:00-17:00", "hold '09:00-17:00'; write days and their hours"),
    ("mon closed", "hold no hours"),
    ("24x8", "hold '24x8'; write days and their hours"),
    ("9am-5pm", "hold '9am-5pm'"),
    ("1-8,09:00-17:00", "name '1-8'"),
    ("0,09:00-17:00", "name '0'"),
    ("Mo-Do 09:00-17:00", "name 'Mo-Do'"),
    ("24x7; mon 09:00-17:00", "name mon twice"),
    ("moon 09:00-17:00", "name 'moon'"),
    ("mon- 09:00-17:00", "name 'mon-'"),
    ("-fri 09:00-17:00", "name '-fri'"),
    ("mon-wed-fri 09:00-17:00", "name 'mon-wed-fri'"),
    ("mon,,tue 09:00-17:00", "name ''"),
    ("mon 09:00", "hold '09:00'"),
    ("mon 9-17", "hold 'mon 9-17'"),
    ("mon tue 09:00-17:00", "name 'mon tue'"),
    ("mon 09:00-17:00-18:00", "hold '09:00-17:00-18:00'"),
    ("mon 09:00-17:60", "times run from 00:00 to 23:59"),
    ("mon 09:00-24:01", "times run from"),
    ("mon 24:00-02:00", "times run from"),
    ("mon 25:00-26:00", "times run from"),
    ("mon 09:00-09:00", "has no length; a whole day is 00:00-24:00"),
    ("mon 00:00-00:00", "has no length"),
    ("mon 09:00-12:00,11:00-13:00", "ranges overlap"),
    ("mon 22:00-06:00,23:00-24:00", "ranges overlap"),
    ("mon 09:00-17:00,", "hold ''"),
    ("mon \u0660\u0669:00-17:00", "hold '17:00'; write a range as"),
    ("mon 09:00-1\u0667:00", "hold '09:00-1"),
    ("\u0662026-12-25 closed", "name '"),
    (
        "mon-fri 09:00-17:00, sat 10:00-14:00",
        "hold 'sat 10:00-14:00'; write a range as 09:00-17:00, and days apart: mon",
    ),
    ("mon-fri 09:00-17:00; fri 09:00-15:00", "name fri twice"),
    ("mon,mon 09:00-17:00", "name mon twice"),
    ("mon 09:00-17:00; 2026-02-30 closed", "day is out of range"),
    ("mon 09:00-17:00; 2026-12-25 closed; 2026-12-25 09:00-10:00", "name 2026-12-25 twice; name each date once"),
    ("m" * 1_000_000, "write days and their hours"),
    ("mon " + "0" * 1_000_000, "(1000004 characters)"),
    ("mon " + " " * 1_000_000 + "-", "(1000005 characters)"),
    ("mon 09:00-10:00" + " " * 1_000_000 + "-", "characters)"),
]


SAME_HOURS = [
    ("24x7", "mon-sun 00:00-24:00"),
    ("24/7; 2026-12-25 closed", "mon-sun 00:00-24:00; 2026-12-25 closed"),
    ("Always", "mon-sun 00:00-24:00"),
    ("1-5,09:00-18:00;6-7,10:00-16:00", "mon-fri 09:00-18:00; sat-sun 10:00-16:00"),
    ("Mo-Fr 09:00-17:00; Sa 10:00-14:00", "mon-fri 09:00-17:00; sat 10:00-14:00"),
    ("Monday - Friday: 9:00 - 17:00, 18:00-19:00", "mon-fri 09:00-17:00,18:00-19:00"),
    ("mon, tue 09:00-17:00", "mon,tue 09:00-17:00"),
    ("mon-sun 09:00-17:00; 2026-12-24 10:00-14:00", "mon-sun 9:00-17:00; 2026-12-24 10:00-14:00"),
    ("mon 09:00-17:00; tue closed", "mon 09:00-17:00"),
    ("mon 09:00-17:00; tue CLOSED; 2026-12-25 Closed", "mon 09:00-17:00; 2026-12-25 closed"),
    ("; mon 09:00-17:59;; tue\t0:59-24:00", "mon 9:00-17:59; tue 00:59-00:00"),
]


@pytest.mark.parametrize(("text", "plain"), SAME_HOURS)
def test_words_of_other_products_mean_the_same(text: str, plain: str) -> None:
    """Always, days of two letters, days as numbers from Monday, a comma or colon before the hours."""
    assert ServiceHours.parse(text) == ServiceHours.parse(plain)


@pytest.mark.parametrize(("text", "message"), BAD_TEXTS, ids=[text[:50] for text, _ in BAD_TEXTS])
def test_texts_that_mean_nothing_are_refused(text: str, message: str) -> None:
    """One clear message names what is wrong, at once for texts of any length."""
    with pytest.raises(InvalidServiceHoursError, match="^service_hours ") as caught:
        ServiceHours.parse(text)
    assert message in str(caught.value)
    assert len(str(caught.value)) < 250
    assert caught.value.field == "service_hours"


BAD_TYPES: list[tuple[Any, dict[str, Any], str]] = [
    ("mon-fri", {}, "hours is 'mon-fri'"),
    (None, {}, "hours is None"),
    ({1: "09:00-17:00"}, {}, "service_hours hold 1; give text"),
    ({"mon": 9}, {}, "service_hours hold 9; give text"),
    ({"mon": "09:00-17:00"}, {"holidays": 5}, "holidays is 5; give dates"),
    ({"mon": "09:00-17:00"}, {"holidays": ["2026-12-25"]}, "service_hours hold '2026-12-25'; give a datetime.date"),
    ({"mon": "09:00-17:00"}, {"holidays": [datetime(2026, 12, 25)]}, "service_hours hold "),  # noqa: DTZ001
    ({"mon": "09:00-17:00"}, {"exceptions": [date(2026, 12, 25)]}, "exceptions is "),
    ({"mon": "09:00-17:00"}, {"exceptions": {"2026-12-25": "09:00-10:00"}}, "service_hours hold '2026-12-25'; give a"),
    ({"mon": "09:00-17:00"}, {"exceptions": {date(2026, 12, 25): None}}, "service_hours hold None; give text"),
]


@pytest.mark.parametrize(("hours", "more", "message"), BAD_TYPES)
def test_wrong_types_are_refused(hours: Any, more: dict[str, Any], message: str) -> None:
    """Days are texts in the week, plain dates elsewhere; the error names the argument."""
    with pytest.raises(InvalidTypeError) as caught:
        ServiceHours.weekly(hours, **more)
    assert str(caught.value).startswith(message)
    assert caught.value.field == message.split(maxsplit=1)[0]
    with pytest.raises(InvalidTypeError, match="^service_hours is None") as caught:
        ServiceHours.parse(None)  # type: ignore[arg-type]
    assert caught.value.field == "service_hours"


def test_odd_zones_are_refused() -> None:
    """Hours have no meaning in a zone that is none."""
    with pytest.raises(UnknownZoneError):
        OFFICE.expand("Mars/Base", 0, 1)


def test_many_years_at_once_are_those_of_each() -> None:
    """A window of twenty years is expanded at once, and remembered nowhere; year by year it is the same time."""
    years = range(2000, 2021)
    bounds_us = [first_instant_us(date(year, 1, 1), "Europe/Berlin") for year in years]
    by_year = IntervalSet.union(OFFICE.expand("Europe/Berlin", *year) for year in pairwise(bounds_us))
    assert OFFICE.expand("Europe/Berlin", bounds_us[0], bounds_us[-1]) == by_year
    noon_us = first_instant_us(date(2020, 1, 3), "Europe/Berlin") + 12 * HOUR_US  # of a Friday
    until_noon = by_year | OFFICE.expand("Europe/Berlin", bounds_us[-1], noon_us)
    assert OFFICE.expand("Europe/Berlin", bounds_us[0], noon_us) == until_noon
