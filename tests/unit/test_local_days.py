"""Local days, in the zones and years where clocks did odd things at midnight."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from importlib.resources import files
from itertools import pairwise

import pytest

from sla_compliance.calendars.local_days import LocalDays, first_instant_us, hours_of_day, local_days
from sla_compliance.errors import InstantOutOfRangeError, InvalidTypeError, UnknownZoneError
from sla_compliance.units import DAY_US, HOUR_US, MAX_US, MIN_US, SECOND_US, instant_us, moment, parse_timestamp
from sla_compliance.zones import load_zone, zone_names
from tests.unit.scanned_days import first_instants, second_of

ODD_DAYS = [
    ("midnight never happens", "America/Sao_Paulo", "2015-10-18", "2015-10-18T01:00:00-02:00", 23.0),
    ("midnight never happens", "Africa/Cairo", "2024-04-26", "2024-04-26T01:00:00+03:00", 23.0),
    ("midnight never happens", "Asia/Beirut", "2024-03-31", "2024-03-31T01:00:00+03:00", 23.0),
    ("midnight never happens", "America/Asuncion", "2023-10-01", "2023-10-01T01:00:00-03:00", 23.0),
    ("midnight never happens", "America/Santiago", "2024-09-08", "2024-09-08T01:00:00-03:00", 23.0),
    ("midnight never happens", "America/Havana", "2025-03-09", "2025-03-09T01:00:00-04:00", 23.0),
    ("midnight comes twice", "America/Havana", "2025-11-02", "2025-11-02T00:00:00-04:00", 25.0),
    ("a minute of the day, then the date before again", "America/St_Johns", "2006-10-29",
     "2006-10-29T00:00:00-02:30", 25.0),
    ("a minute after midnight the clock jumps", "America/St_Johns", "2006-04-02", "2006-04-02T00:00:00-03:30", 23.0),
    ("the gap straddles midnight", "America/Toronto", "1919-03-31", "1919-03-31T00:30:00-04:00", 23.5),
    ("the day before that gap", "America/Toronto", "1919-03-30", "1919-03-30T00:00:00-05:00", 23.5),
    ("half an hour back", "Australia/Lord_Howe", "2025-04-06", "2025-04-06T00:00:00+11:00", 24.5),
    ("half an hour forward", "Australia/Lord_Howe", "2025-10-05", "2025-10-05T00:00:00+10:30", 23.5),
    ("two hours forward", "Antarctica/Troll", "2025-03-30", "2025-03-30T00:00:00+00:00", 22.0),
    ("two hours back", "Antarctica/Troll", "2025-10-26", "2025-10-26T00:00:00+02:00", 26.0),
    ("an hour back for Ramadan", "Africa/Casablanca", "2025-02-23", "2025-02-23T00:00:00+01:00", 25.0),
    ("an hour forward after Ramadan", "Africa/Casablanca", "2025-04-06", "2025-04-06T00:00:00+00:00", 23.0),
    ("a quarter of an hour never happens", "Asia/Kathmandu", "1986-01-01", "1986-01-01T00:15:00+05:45", 23.75),
    ("the day before a skipped one", "Pacific/Apia", "2011-12-29", "2011-12-29T00:00:00-10:00", 24.0),
    ("the day after a skipped one", "Pacific/Apia", "2011-12-31", "2011-12-31T00:00:00+14:00", 24.0),
    ("the day after a skipped one", "Pacific/Kwajalein", "1993-08-22", "1993-08-22T00:00:00+12:00", 24.0),
    ("23 hours back", "Pacific/Kwajalein", "1969-09-30", "1969-09-30T00:00:00+11:00", 47.0),
    ("a whole day back", "America/Juneau", "1867-10-19", "1867-10-19T00:00:00+15:02:19", 48.0),
    ("offsets with seconds", "Africa/Monrovia", "1972-01-07", "1972-01-07T00:44:30+00:00", 24 - 44.5 / 60),
]  # fmt: skip
ODD_IDS = [f"{zone} {day}: {what}" for what, zone, day, _, _ in ODD_DAYS]


@pytest.mark.parametrize(("_what", "zone", "day", "start", "hours"), ODD_DAYS, ids=ODD_IDS)
def test_odd_days_begin_and_end_where_their_date_does(
    _what: str, zone: str, day: str, start: str, hours: float
) -> None:
    """A day begins at the first instant of its date and lasts until the next existing date begins."""
    start_us = first_instant_us(date.fromisoformat(day), zone)
    days = local_days(zone, start_us, start_us + 1)
    assert moment(start_us, load_zone(zone)).isoformat() == start
    assert days.dates == (date.fromisoformat(day),)
    assert days.bounds_us == (start_us, start_us + round(hours * HOUR_US))


@pytest.mark.parametrize(("zone", "skipped"), [("Pacific/Apia", "2011-12-30"), ("Pacific/Kwajalein", "1993-08-21")])
def test_a_skipped_date_is_no_day(zone: str, skipped: str) -> None:
    """A date that does not exist has no record and begins where the next one does."""
    day = date.fromisoformat(skipped)
    start_us = first_instant_us(day, zone)
    assert start_us == first_instant_us(day + timedelta(days=1), zone)
    around = local_days(zone, start_us - 2 * DAY_US, start_us + 2 * DAY_US)
    assert around.dates == tuple(day + timedelta(days=shift) for shift in (-2, -1, 1, 2))
    assert [end - start for start, end in pairwise(around.bounds_us)] == [DAY_US] * 4


def test_an_instant_showing_the_date_before_belongs_to_the_later_day() -> None:
    """Once a day has begun, a clock set back over midnight does not reopen the day before."""
    shown_again = instant_us(parse_timestamp("2006-10-28T23:30:00-03:30"), field="instant")
    assert moment(shown_again, load_zone("America/St_Johns")).date() == date(2006, 10, 28)
    assert local_days("America/St_Johns", shown_again, shown_again + 1).dates == (date(2006, 10, 29),)


def test_days_are_those_that_own_an_instant_of_the_half_open_window() -> None:
    """The last microsecond of a day takes it in; an end on its first instant does not."""
    midnight = first_instant_us(date(2026, 3, 29), "Europe/Berlin")
    first, second = date(2026, 3, 28), date(2026, 3, 29)
    assert local_days("Europe/Berlin", midnight - 1, midnight).dates == (first,)
    assert local_days("Europe/Berlin", midnight - 1, midnight + 1).dates == (first, second)
    assert local_days("Europe/Berlin", midnight, midnight + 1).bounds_us == (midnight, midnight + 23 * HOUR_US)


@pytest.mark.parametrize("length_us", [0, -1])
def test_an_empty_window_has_no_days(length_us: int) -> None:
    """Where there is no instant there is no date, and one bound."""
    assert local_days("UTC", 5, 5 + length_us) == LocalDays((), (5,))


@pytest.mark.parametrize("zone", ["Etc/GMT+12", "UTC", "Pacific/Kiritimati", "America/Santiago"])
def test_the_ends_of_the_calendar_have_days(zone: str) -> None:
    """The first and the last instants that are allowed have a day in every zone."""
    first, last = local_days(zone, MIN_US, MIN_US + 1), local_days(zone, MAX_US - 1, MAX_US)
    assert first.bounds_us[0] <= MIN_US < first.bounds_us[1]
    assert last.bounds_us[0] < MAX_US <= last.bounds_us[1]


def test_centuries_have_their_days() -> None:
    """No range is too long; every day follows the one before."""
    start_us = first_instant_us(date(9600, 2, 28), "UTC")
    days = local_days("UTC", start_us, MAX_US)
    assert days.dates[0] == date(9600, 2, 28)
    assert days.dates[-1] == date(9999, 12, 28)
    assert days.bounds_us == tuple(range(start_us, MAX_US + 1, DAY_US))


@pytest.mark.parametrize("day", ["2026-01-01", datetime(2026, 1, 1), None, 20260101])  # noqa: DTZ001
def test_only_a_plain_date_has_a_first_instant(day: object) -> None:
    """Text and datetimes are wrong types, named by their field."""
    with pytest.raises(InvalidTypeError, match=r"^from_date is .*datetime\.date") as caught:
        first_instant_us(day, "UTC", field="from_date")  # type: ignore[arg-type]
    assert caught.value.field == "from_date"
    with pytest.raises(InvalidTypeError, match="^day is ") as caught:
        first_instant_us(day, "UTC")  # type: ignore[arg-type]
    assert caught.value.field == "day"


@pytest.mark.parametrize("day", [date.min, date.max])
def test_days_at_the_ends_of_the_calendar_are_refused(day: date) -> None:
    """A day that some zones cannot hold is refused."""
    with pytest.raises(InstantOutOfRangeError, match="day is ") as caught:
        first_instant_us(day, "UTC")
    assert caught.value.field == "day"


@pytest.mark.parametrize(
    ("length_us", "lengths_us"),
    [
        (0, []),
        (1, [1]),
        (HOUR_US, [HOUR_US]),
        (HOUR_US + 1, [HOUR_US, 1]),
        (23 * HOUR_US, [HOUR_US] * 23),
        (24 * HOUR_US + HOUR_US // 2, [HOUR_US] * 24 + [HOUR_US // 2]),
    ],
)
def test_a_day_has_whole_hours_and_what_is_left(length_us: int, lengths_us: list[int]) -> None:
    """Without gap or overlap, from its first instant, where the clock changes too."""
    hours = hours_of_day(7, 7 + length_us)
    assert [end - start for start, end in hours] == lengths_us
    assert [start for start, _ in hours] == [7 + rank * HOUR_US for rank in range(len(hours))]


def test_odd_zones_are_refused() -> None:
    """An unknown zone is refused, for an empty window too."""
    with pytest.raises(UnknownZoneError):
        local_days("Mars/Base", 0, 0)
    with pytest.raises(UnknownZoneError):
        first_instant_us(date(2026, 1, 1), "Mars/Base")


def assert_days_are_as_scanned(zone: str) -> None:
    """Compare the days of 1970 to 2037 with the scan, dates and bounds, but for the cut days at both ends."""
    first, last = second_of(1970), second_of(2038)
    scanned = first_instants(load_zone(zone), first, last)
    days = local_days(zone, first * SECOND_US, last * SECOND_US)
    starts = dict(zip(days.dates, days.bounds_us, strict=False))
    assert starts.keys() == scanned.keys()
    inner = sorted(scanned)[1:]
    assert [starts[day] for day in inner] == [scanned[day] * SECOND_US for day in inner]
    assert days.bounds_us[0] <= first * SECOND_US < days.bounds_us[1]
    assert days.bounds_us[-2] < last * SECOND_US <= days.bounds_us[-1]


@pytest.mark.parametrize("zone", ["America/St_Johns", "Pacific/Apia", "America/Asuncion", "Africa/Casablanca"])
def test_days_are_as_scanned(zone: str) -> None:
    """Every day of 68 years begins at the first instant that shows its date."""
    assert_days_are_as_scanned(zone)


def names_by_rules() -> dict[bytes, list[str]]:
    """Return the names of all zones, those that share one set of rules together."""
    names: dict[bytes, list[str]] = {}
    for name in sorted(zone_names()):
        names.setdefault(files("tzdata").joinpath("zoneinfo", *name.split("/")).read_bytes(), []).append(name)
    return names


@pytest.mark.all_zones
@pytest.mark.parametrize("names", names_by_rules().values(), ids=",".join)
def test_days_of_every_zone_are_as_scanned(names: list[str]) -> None:
    """The same for every name of the list, scanned once where several names share their rules."""
    assert_days_are_as_scanned(names[0])
