"""Laws of local days, periods, service hours and recurring windows, in any zone at any time."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from sla_compliance.calendars.exclusions import MaintenanceWindow
from sla_compliance.calendars.local_days import first_instant_us, local_days
from sla_compliance.calendars.periods import Period
from sla_compliance.calendars.service_hours import ServiceHours
from sla_compliance.calendars.wall_clock import instant_of, wall_time
from sla_compliance.intervals import NEVER, IntervalSet
from sla_compliance.units import DAY_US, HOUR_US, MINUTE_US, instant_us, moment
from sla_compliance.zones import load_zone, zone_names

# Hypothesis's own keys come from the machine; the library's come from the tz data package.
zones = st.sampled_from(sorted(zone_names()))
odd_zones = st.sampled_from(
    ["America/Havana", "America/St_Johns", "Africa/Casablanca", "Antarctica/Troll", "Australia/Lord_Howe",
     "America/Sao_Paulo", "Asia/Gaza", "Pacific/Apia"]
)  # fmt: skip
instants = st.datetimes(datetime(1850, 1, 1), datetime(2100, 1, 1), timezones=st.just(load_zone("UTC"))).map(  # noqa: DTZ001
    lambda value: instant_us(value, field="instant")
)
lengths = st.integers(1, 60 * DAY_US)
dates = st.dates(date(1850, 1, 1), date(2100, 1, 1))
walls = st.datetimes(datetime(1850, 1, 1), datetime(2100, 1, 1))  # noqa: DTZ001

edges = st.lists(st.integers(0, 24 * 4), min_size=2, max_size=6, unique=True).map(sorted)
week_texts = st.lists(edges, min_size=7, max_size=7)


def clock(quarters: int) -> str:
    return f"{quarters // 4:02}:{quarters % 4 * 15:02}"


def hours_of(week: list[list[int]]) -> ServiceHours:
    """Return service hours that hold every second stretch between the edges of each day."""
    days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    texts = [",".join(f"{clock(a)}-{clock(b)}" for a, b in list(pairwise(day))[::2]) for day in week]
    return ServiceHours.weekly(dict(zip(days, texts, strict=True)))


def others_of(week: list[list[int]]) -> ServiceHours | None:
    """Return service hours that hold the rest of each day; None where nothing is left."""
    days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    rest = {}
    for name, day in zip(days, week, strict=True):
        taken = [edge for pair in list(pairwise(day))[::2] for edge in pair]
        free = [(a, b) for a, b in list(pairwise([0, *taken, 96]))[::2] if a < b]
        if free:
            rest[name] = ",".join(f"{clock(a)}-{clock(b)}" for a, b in free)
    return ServiceHours.weekly(rest) if rest else None


@given(zone=zones | odd_zones, start_us=instants, length_us=lengths)
def test_days_tile_the_line(zone: str, start_us: int, length_us: int) -> None:
    """Days follow one another without gap, dates ascend, and together they hold the window and no day beside it."""
    days = local_days(zone, start_us, start_us + length_us)
    bounds = days.bounds_us
    assert len(bounds) == len(days.dates) + 1
    assert all(earlier < later for earlier, later in pairwise(bounds))
    assert all(earlier < later for earlier, later in pairwise(days.dates))
    assert bounds[0] <= start_us < bounds[1]
    assert bounds[-2] < start_us + length_us <= bounds[-1]


@given(zone=zones | odd_zones, start_us=instants)
def test_each_day_begins_with_its_own_date(zone: str, start_us: int) -> None:
    """The first instant of a day shows its date; the instant before shows an earlier one, as do the 30 hours before."""
    days = local_days(zone, start_us, start_us + 1)
    first_us, rules = days.bounds_us[0], load_zone(zone)
    assert moment(first_us, rules).date() == days.dates[0]
    assert first_instant_us(days.dates[0], zone) == first_us
    before = range(first_us - 30 * HOUR_US, first_us, 10 * MINUTE_US)
    assert all(moment(instant, rules).date() < days.dates[0] for instant in [*before, first_us - 1])


@given(zone=zones | odd_zones, start_us=instants, length_us=lengths, cut=st.integers(0, 60 * DAY_US))
def test_days_of_a_part_are_those_of_the_whole(zone: str, start_us: int, length_us: int, cut: int) -> None:
    """A shorter request sees the same days at the same bounds."""
    whole = local_days(zone, start_us, start_us + length_us + cut)
    part = local_days(zone, start_us, start_us + length_us)
    assert whole.dates[: len(part.dates)] == part.dates
    assert whole.bounds_us[: len(part.bounds_us)] == part.bounds_us


@given(zone=zones | odd_zones, wall=walls, later=st.timedeltas(timedelta(0), timedelta(hours=30)))
def test_wall_times_keep_their_order(zone: str, wall: datetime, later: timedelta) -> None:
    """A later wall time is never an earlier instant, so ranges on the wall never turn round."""
    assert instant_of(wall, load_zone(zone)) <= instant_of(wall + later, load_zone(zone))


@given(zone=zones | odd_zones, instant=instants)
def test_a_wall_time_is_reached_first_at_its_instant(zone: str, instant: int) -> None:
    """The wall time that an instant shows is localised to that instant, or to an earlier one that shows the same."""
    rules = load_zone(zone)
    wall = wall_time(instant, rules)
    assert instant_of(wall, rules) <= instant
    assert wall_time(instant_of(wall, rules), rules) == wall


@given(first=dates, count=st.integers(0, 800), period=st.sampled_from(
    [Period.DAY, Period.WEEK, Period.MONTH, Period.QUARTER, Period.YEAR, Period.month(31), Period.year(4, 6)]
))  # fmt: skip
def test_calendar_periods_share_out_the_dates(first: date, count: int, period: Period) -> None:
    """Every date is in exactly one period; the spans follow one another."""
    row = [first + timedelta(days=shift) for shift in range(count)]
    spans = period.spans(row, is_first_whole=True, is_last_whole=True)
    assert [index for start, end in spans for index in range(start, end)] == list(range(count))
    assert all(start < end for start, end in spans)


@given(zone=zones | odd_zones, start_us=instants, length_us=lengths)
def test_hours_of_all_days_and_times_are_always(zone: str, start_us: int, length_us: int) -> None:
    """A week of 00:00-24:00 leaves nothing out, whatever the clocks do."""
    window = IntervalSet((start_us,), (start_us + length_us,))
    assert ServiceHours.parse("mon-sun 00:00-24:00").expand(zone, start_us, start_us + length_us) == window
    assert ServiceHours.parse("mon-sun 18:00-06:00,06:00-18:00").expand(zone, start_us, start_us + length_us) == window


@given(zone=odd_zones, start_us=instants, length_us=lengths, week=week_texts)
def test_hours_and_the_other_hours_share_out_the_time(
    zone: str, start_us: int, length_us: int, week: list[list[int]]
) -> None:
    """Hours that adjoin on the wall adjoin in time: no instant is in both, none in neither."""
    end_us = start_us + length_us
    served, others = hours_of(week).expand(zone, start_us, end_us), others_of(week)
    rest = others.expand(zone, start_us, end_us) if others else NEVER
    assert served & rest == NEVER
    assert served | rest == IntervalSet((start_us,), (end_us,))


@given(zone=zones | odd_zones, start_us=instants, length_us=lengths, week=week_texts, cut=lengths)
def test_hours_of_a_part_are_those_of_the_whole(
    zone: str, start_us: int, length_us: int, week: list[list[int]], cut: int
) -> None:
    """A shorter request sees the same hours."""
    hours = hours_of(week)
    whole = hours.expand(zone, start_us - cut, start_us + length_us + cut)
    assert hours.expand(zone, start_us, start_us + length_us) == whole.clip(start_us, start_us + length_us)


@given(week=week_texts, exceptions=st.dictionaries(dates, st.sampled_from(["10:00-14:00", "22:00-02:00"]), max_size=3),
       holidays=st.sets(dates, max_size=3))  # fmt: skip
def test_canonical_text_is_read_back(week: list[list[int]], exceptions: dict[date, str], holidays: set[date]) -> None:
    """parse(canonical()) is the same hours, so two different contracts never share a text."""
    plain = hours_of(week)
    hours = ServiceHours.parse(plain.canonical())
    assert hours == plain
    dated = ServiceHours.weekly({"mon": "09:00-17:00"}, holidays=holidays, exceptions=exceptions)
    assert ServiceHours.parse(dated.canonical()) == dated


RULES = ["FREQ=DAILY", "FREQ=DAILY;INTERVAL=5", "FREQ=WEEKLY;BYDAY=MO,SU", "FREQ=WEEKLY;INTERVAL=3;BYDAY=SA,SU;WKST=SU",
         "FREQ=DAILY;BYMONTH=3,10,11", "FREQ=MONTHLY;BYDAY=-1SU", "FREQ=YEARLY;BYMONTH=3", "FREQ=DAILY;COUNT=50",
         "FREQ=DAILY;BYHOUR=0,2,23"]  # fmt: skip


@given(zone=odd_zones, rule=st.sampled_from(RULES), start_us=instants, minutes=st.integers(1, 10 * 24 * 60),
       after_us=st.integers(0, 2000 * DAY_US), length_us=lengths)  # fmt: skip
def test_occurrences_of_a_part_are_those_of_the_whole(
    zone: str, rule: str, start_us: int, minutes: int, after_us: int, length_us: int
) -> None:
    """Asked for years after it began, a rule names what it names when expanded from its beginning."""
    start = moment(start_us - start_us % MINUTE_US).replace(hour=12)
    window = MaintenanceWindow(start, start + timedelta(minutes=minutes), recurrence=rule)
    first_us, last_us = start_us + after_us, start_us + after_us + length_us
    whole = window.expand(zone, start_us - 2 * DAY_US, last_us)
    assert window.expand(zone, first_us, last_us) == whole.clip(first_us, last_us)


@given(zone=odd_zones, start=walls, minutes=st.integers(1, 24 * 60), length_us=lengths)
def test_a_daily_window_is_on_each_wall(zone: str, start: datetime, minutes: int, length_us: int) -> None:
    """Daily work is the same stretch of the wall on every date from the first on, localised date by date."""
    rules = load_zone(zone)
    start = start.replace(hour=12, minute=start.minute, second=0, microsecond=0)
    first_us = instant_of(start, rules)
    window = MaintenanceWindow(
        moment(first_us), moment(instant_of(start + timedelta(minutes=minutes), rules)), recurrence="FREQ=DAILY"
    )
    begin, length = wall_time(first_us, rules), wall_time(window.end_us, rules) - wall_time(first_us, rules)
    by_hand = [
        (instant_of(begin + timedelta(days=day), rules), instant_of(begin + timedelta(days=day) + length, rules))
        for day in range(65)
    ]
    expected = IntervalSet.from_pairs(by_hand).clip(first_us, first_us + length_us)
    assert window.expand(zone, first_us, first_us + length_us) == expected
