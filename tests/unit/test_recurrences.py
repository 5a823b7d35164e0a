"""Recurrence rules: what they name on the wall, and which are refused, quickly."""

from __future__ import annotations

import pickle
import time
from datetime import UTC, date, datetime, timedelta

import pytest

from sla_compliance.calendars.exclusions import MaintenanceWindow
from sla_compliance.calendars.local_days import first_instant_us
from sla_compliance.errors import InvalidRecurrenceError, InvalidTypeError
from sla_compliance.units import DAY_US, MAX_US, instant_us, moment, parse_timestamp
from sla_compliance.zones import load_zone

BERLIN = "Europe/Berlin"
START_US = instant_us(parse_timestamp("2026-03-01T00:00:00Z"), field="start")


def window(rule: str, start: str = "2026-03-01T02:30:00+01:00", hours: float = 1) -> MaintenanceWindow:
    begin = parse_timestamp(start)
    return MaintenanceWindow(begin, begin + timedelta(hours=hours), recurrence=rule)


def on_the_wall(maintenance: MaintenanceWindow, zone: str, first: str, last: str) -> list[str]:
    """Return a window's occurrences from one date up to another, as a clock of the zone shows them."""
    rules = load_zone(zone)
    start_us, end_us = (first_instant_us(date.fromisoformat(day), zone) for day in (first, last))
    return [
        f"{moment(start, rules):%m-%d %H:%M}-{moment(end, rules):%H:%M}"
        for start, end in maintenance.expand(zone, start_us, end_us)
    ]


NAMED = [
    ("each Sunday, over the clock change", "FREQ=WEEKLY;BYDAY=SU", "2026-03-15", "2026-04-06",
     ["03-15 02:30-03:30", "03-22 02:30-03:30", "03-29 03:00-03:30", "04-05 02:30-03:30"]),
    ("from the start's weekday", "FREQ=WEEKLY", "2026-03-01", "2026-03-10", ["03-01 02:30-03:30", "03-08 02:30-03:30"]),
    ("every second day", "FREQ=DAILY;INTERVAL=2", "2026-03-10", "2026-03-14",
     ["03-11 02:30-03:30", "03-13 02:30-03:30"]),
    ("every second week from Sunday", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU;WKST=SU", "2026-03-01", "2026-03-17",
     ["03-01 02:30-03:30", "03-02 02:30-03:30", "03-15 02:30-03:30", "03-16 02:30-03:30"]),
    ("the last Sunday of the month", "FREQ=MONTHLY;BYDAY=-1SU", "2026-03-01", "2026-05-01",
     ["03-29 03:00-03:30", "04-26 02:30-03:30"]),
    ("the last weekday of the month", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "2026-03-01", "2026-06-01",
     ["03-31 02:30-03:30", "04-30 02:30-03:30", "05-29 02:30-03:30"]),
    ("a day that some months lack", "FREQ=MONTHLY;BYMONTHDAY=31", "2026-03-01", "2026-07-01",
     ["03-31 02:30-03:30", "05-31 02:30-03:30"]),
    ("once a year", "FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=+1", "2026-03-01", "2027-03-01", ["05-01 02:30-03:30"]),
    ("week 20", "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", "2026-03-01", "2027-03-01", ["05-11 02:30-03:30"]),
    ("the hundredth day", "FREQ=YEARLY;BYYEARDAY=100,-1", "2026-03-01", "2027-03-01",
     ["04-10 02:30-03:30", "12-31 02:30-03:30"]),
    ("twice a day", "FREQ=DAILY;BYHOUR=1,13", "2026-03-02", "2026-03-03", ["03-02 01:30-02:30", "03-02 13:30-14:30"]),
    ("three times", "FREQ=DAILY;COUNT=3", "2026-03-02", "2026-04-02", ["03-02 02:30-03:30", "03-03 02:30-03:30"]),
    ("until a day, which it takes in", "FREQ=DAILY;UNTIL=20260303", "2026-03-02", "2026-04-02",
     ["03-02 02:30-03:30", "03-03 02:30-03:30"]),
    ("until a wall time", "FREQ=DAILY;UNTIL=20260303T022959", "2026-03-02", "2026-04-02", ["03-02 02:30-03:30"]),
    ("until the very moment", "FREQ=DAILY;UNTIL=20260303T013000Z", "2026-03-02", "2026-04-02",
     ["03-02 02:30-03:30", "03-03 02:30-03:30"]),
    ("until just before it", "FREQ=DAILY;UNTIL=20260303T012959Z", "2026-03-02", "2026-04-02", ["03-02 02:30-03:30"]),
    ("until before the start", "FREQ=DAILY;UNTIL=20260101", "2026-03-01", "2026-04-02", []),
    ("prefixed, in small letters", "rrule:freq=weekly;byday=su", "2026-03-08", "2026-03-09", ["03-08 02:30-03:30"]),
    ("only where the rule names it", "FREQ=WEEKLY;BYDAY=WE", "2026-03-01", "2026-03-05", ["03-04 02:30-03:30"]),
]  # fmt: skip


@pytest.mark.parametrize(("_what", "rule", "first", "last", "expected"), NAMED, ids=[what for what, *_ in NAMED])
def test_rules_name_times_on_the_wall(_what: str, rule: str, first: str, last: str, expected: list[str]) -> None:
    """A window from 02:30 to 03:30 in Berlin recurs at those times of the wall, whatever the clock change does."""
    assert on_the_wall(window(rule), BERLIN, first, last) == expected


def test_a_start_in_another_zone_is_the_same_moment() -> None:
    """The wall is the tenant's: 01:30 UTC on 1 March is 02:30 there, and stays 02:30 in summer."""
    begin = datetime(2026, 3, 1, 1, 30, tzinfo=UTC)
    nightly = MaintenanceWindow(begin, begin + timedelta(hours=1), recurrence="FREQ=DAILY")
    assert on_the_wall(nightly, BERLIN, "2026-07-01", "2026-07-02") == ["07-01 02:30-03:30"]


def test_a_windows_own_zone_comes_first() -> None:
    """Work that is planned on Lagos's wall recurs there, whoever asks."""
    begin = parse_timestamp("2026-03-01T02:30:00+01:00")
    nightly = MaintenanceWindow(begin, begin + timedelta(hours=1), recurrence="FREQ=DAILY", zone="Africa/Lagos")
    assert on_the_wall(nightly, BERLIN, "2026-07-01", "2026-07-02") == ["07-01 03:30-04:30"]


def test_an_occurrence_begun_before_the_window_reaches_in() -> None:
    """A window of three days that recurs weekly covers the days after its start."""
    long_work = window("FREQ=WEEKLY;BYDAY=SU", hours=72)
    assert on_the_wall(long_work, BERLIN, "2026-06-09", "2026-06-12") == ["06-09 00:00-02:30"]


def test_overlapping_occurrences_count_once() -> None:
    """Daily work of 30 hours is always going on."""
    start_us = first_instant_us(date(2026, 6, 1), BERLIN)
    always = window("FREQ=DAILY", hours=30).expand(BERLIN, start_us, start_us + 5 * DAY_US)
    assert always.total_us == 5 * DAY_US
    assert len(always) == 1


def test_parts_of_a_second_are_kept() -> None:
    """A start between two seconds recurs between two seconds."""
    nightly = window("FREQ=DAILY", start="2026-03-01T02:30:00.25+01:00")
    start_us = instant_us(parse_timestamp("2026-03-02T00:00:00+01:00"), field="start")
    assert [start % 1_000_000 for start, _ in nightly.expand(BERLIN, start_us, start_us + DAY_US)] == [250_000]


def test_a_length_that_the_wall_turns_round_is_refused() -> None:
    """A window within the hour that comes twice may end, on the wall, before it starts."""
    begin, end = parse_timestamp("2026-10-25T02:45:00+02:00"), parse_timestamp("2026-10-25T02:15:00+01:00")
    nightly = MaintenanceWindow(begin, end, recurrence="FREQ=DAILY")
    with pytest.raises(InvalidRecurrenceError, match="the clock is set back between them"):
        nightly.expand(BERLIN, 0, DAY_US)


def test_the_end_of_the_calendar_ends_an_occurrence() -> None:
    """Work of a thousand years that recurs daily is cut where the calendar ends."""
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    endless = MaintenanceWindow(begin, begin.replace(year=3026), recurrence="FREQ=DAILY;COUNT=3")
    assert endless.expand("UTC", MAX_US - DAY_US, MAX_US).total_us == 0
    late = MaintenanceWindow(moment(MAX_US - 3 * DAY_US), moment(MAX_US), recurrence="FREQ=DAILY")
    assert late.expand("UTC", MAX_US - DAY_US, MAX_US).total_us == DAY_US


def test_no_time_at_all_takes_no_time() -> None:
    """A recurring window without length has no instants, nor has an empty request."""
    assert window("FREQ=DAILY", hours=0).expand(BERLIN, START_US, START_US + 90 * DAY_US).total_us == 0
    assert window("FREQ=DAILY").expand(BERLIN, 5, 5).total_us == 0


def test_recurring_windows_travel() -> None:
    """A recurring window equals its copy from another process."""
    assert pickle.loads(pickle.dumps(window("FREQ=DAILY"))) == window("FREQ=DAILY")  # noqa: S301


REFUSED = [
    ("", "has the part ''"),
    ("FREQ", "has the part 'FREQ'"),
    ("FREQ=", "has FREQ=''; give DAILY, WEEKLY, MONTHLY or YEARLY"),
    ("INTERVAL=2", "say how often, as in FREQ=WEEKLY"),
    ("FREQ=SECONDLY", "has FREQ='SECONDLY'"),
    ("FREQ=MINUTELY", "has FREQ='MINUTELY'"),
    ("FREQ=HOURLY", "several times a day: DAILY with BYHOUR"),
    ("FREQ=DAILY;", "has the part ''"),
    ("FREQ=DAILY;FREQ=WEEKLY", "has the part 'FREQ=WEEKLY'; give each part once"),
    ("FREQ =DAILY", "say how often"),
    ("FREQ=DAILY; INTERVAL=2", "has the part ' INTERVAL'; known are BYDAY"),
    ("FREQ=DAILY;BYMINUTE=30", "has the part 'BYMINUTE'"),
    ("FREQ=DAILY;BYSECOND=0", "has the part 'BYSECOND'"),
    ("FREQ=DAILY;BYEASTER=0", "has the part 'BYEASTER'"),
    ("FREQ=WEEKLY;BYDAYS=MO", "has the part 'BYDAYS'"),
    ("FREQ=DAILY;INTERVAL=0", "has INTERVAL='0'; give whole numbers from 1 to 9999"),
    ("FREQ=DAILY;INTERVAL=-1", "has INTERVAL='-1'"),
    ("FREQ=DAILY;INTERVAL=1.5", "has INTERVAL='1.5'"),
    ("FREQ=DAILY;INTERVAL=1,2", "has INTERVAL='1,2'"),
    ("FREQ=DAILY;INTERVAL=\u0661", "has INTERVAL='\u0661'"),
    ("FREQ=DAILY;INTERVAL=99999999999999999999", "has INTERVAL='9999"),
    ("FREQ=DAILY;COUNT=0", "has COUNT='0'"),
    ("FREQ=DAILY;COUNT=10001", "has COUNT='10001'; give whole numbers from 1 to 10000"),
    ("FREQ=DAILY;COUNT=3;UNTIL=20260401", "has both COUNT and UNTIL"),
    ("FREQ=DAILY;UNTIL=20260230", "has UNTIL='20260230'; give a date that exists"),
    ("FREQ=DAILY;UNTIL=2026-04-01", "has UNTIL='2026-04-01'"),
    ("FREQ=DAILY;UNTIL=20260401T246060Z", "has UNTIL='20260401T246060Z'"),
    ("FREQ=DAILY;UNTIL=00000101", "has UNTIL='00000101'"),
    ("FREQ=DAILY;UNTIL=", "has UNTIL=''"),
    ("FREQ=YEARLY;BYMONTH=13", "has BYMONTH='13'; give whole numbers from 1 to 12"),
    ("FREQ=YEARLY;BYMONTH=-1", "has BYMONTH='-1'"),
    ("FREQ=MONTHLY;BYMONTHDAY=0", "has BYMONTHDAY='0'"),
    ("FREQ=MONTHLY;BYMONTHDAY=32", "has BYMONTHDAY='32'"),
    ("FREQ=WEEKLY;BYMONTHDAY=1", "has BYMONTHDAY with FREQ=WEEKLY; it goes with DAILY, MONTHLY, YEARLY"),
    ("FREQ=MONTHLY;BYYEARDAY=1", "has BYYEARDAY with FREQ=MONTHLY"),
    ("FREQ=YEARLY;BYYEARDAY=367", "has BYYEARDAY='367'"),
    ("FREQ=MONTHLY;BYWEEKNO=1", "has BYWEEKNO with FREQ=MONTHLY"),
    ("FREQ=YEARLY;BYWEEKNO=54", "has BYWEEKNO='54'"),
    ("FREQ=DAILY;BYHOUR=24", "has BYHOUR='24'"),
    ("FREQ=DAILY;BYHOUR=1,,2", "has BYHOUR='1,,2'"),
    ("FREQ=WEEKLY;BYDAY=XX", "has BYDAY='XX'; give days such as MO,TU"),
    ("FREQ=WEEKLY;BYDAY=MO,", "has BYDAY='MO,'"),
    ("FREQ=WEEKLY;BYDAY=2MO", "numbers a weekday"),
    ("FREQ=YEARLY;BYWEEKNO=20;BYDAY=1MO", "numbers a weekday"),
    ("FREQ=MONTHLY;BYDAY=0MO", "has BYDAY='0MO'"),
    ("FREQ=WEEKLY;WKST=MO,TU", "has WKST='MO,TU'; give MO, TU"),
    ("FREQ=DAILY;BYSETPOS=1", "has BYSETPOS alone"),
    ("DTSTART:20260101T000000\nRRULE:FREQ=DAILY", "say how often"),
    ("FREQ=DAILY\nEXRULE:FREQ=DAILY", "has FREQ='DAILY\\nEXRULE:FREQ=DAILY'"),
    ("F" * 1_000_000, "(1000000 characters); give at most 1000"),
    ("FREQ=YEARLY;BYMONTH=" + ",".join(["1"] * 10**6), "give at most 1000"),
]  # fmt: skip

NEVER_NAMED = [
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=MONTHLY;BYMONTH=4,6;BYMONTHDAY=31",
    "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=DAILY;BYHOUR=3;BYSETPOS=2",
    "FREQ=WEEKLY;BYDAY=MO,TU;BYSETPOS=3",
    "FREQ=MONTHLY;BYDAY=5MO;BYMONTHDAY=1",
    "FREQ=MONTHLY;BYDAY=6MO",
    "FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6",
    "FREQ=YEARLY;BYYEARDAY=366;BYMONTH=11",
    "FREQ=YEARLY;INTERVAL=4;BYMONTH=2;BYMONTHDAY=29",
    "FREQ=DAILY;INTERVAL=7;BYDAY=MO",
]


@pytest.mark.parametrize(("rule", "message"), REFUSED, ids=[ascii(rule)[:50] for rule, _ in REFUSED])
def test_rules_outside_the_grammar_are_refused(rule: str, message: str) -> None:
    """Typos, rules too fine and numbers that do not exist are refused when the window is made."""
    with pytest.raises(InvalidRecurrenceError, match="^recurrence ") as caught:
        window(rule)
    assert message in str(caught.value)
    assert len(str(caught.value)) < 250
    assert caught.value.field == "recurrence"


@pytest.mark.parametrize("rule", NEVER_NAMED)
def test_rules_that_name_no_date_are_refused_quickly(rule: str) -> None:
    """A rule that would be searched up to the year 9999 is refused in a moment, when the window is made."""
    begun = time.process_time()
    with pytest.raises(InvalidRecurrenceError, match="names no date"):
        window(rule)
    assert time.process_time() - begun < 5


@pytest.mark.parametrize("start", ["0001-01-05T00:00:00Z", "2000-02-29T12:00:00Z", "9999-12-01T00:00:00Z"])
def test_rules_that_name_dates_pass_from_any_start(start: str) -> None:
    """The search for a first date works at both ends of the calendar and on a leap day."""
    assert window("FREQ=DAILY", start=start).recurrence == "FREQ=DAILY"


@pytest.mark.parametrize(
    ("rule", "start"),
    [
        ("FREQ=DAILY", "0001-01-05T00:00:00Z"),
        ("FREQ=WEEKLY;INTERVAL=9999", "1970-01-01T00:00:00Z"),
        ("FREQ=DAILY;COUNT=10000", "1970-01-01T00:00:00Z"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO", "2026-03-01T00:00:00Z"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO", "1970-01-01T00:00:00Z"),
    ],
)
def test_expansion_is_bounded(rule: str, start: str) -> None:
    """A start long ago and dates far apart cost little."""
    begun = time.process_time()
    maintenance = window(rule, start=start)
    start_us = instant_us(parse_timestamp("2026-10-01T00:00:00Z"), field="start")
    maintenance.expand(BERLIN, start_us, start_us + 90 * DAY_US)
    assert time.process_time() - begun < 5


@pytest.mark.parametrize("rule", [1, b"FREQ=DAILY", ["FREQ=DAILY"], True])
def test_only_text_is_a_rule(rule: object) -> None:
    """A rule is text."""
    with pytest.raises(InvalidTypeError, match="recurrence is "):
        window(rule)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rule", "start"),
    [
        ("FREQ=MONTHLY", "1970-01-31T22:00:00Z"),
        ("FREQ=MONTHLY;INTERVAL=7", "1970-01-30T22:00:00Z"),
        ("FREQ=MONTHLY;BYDAY=-1SU", "1970-01-15T22:00:00Z"),
        ("FREQ=MONTHLY;BYMONTH=3,9", "1970-01-31T22:00:00Z"),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;INTERVAL=2", "1970-05-31T22:00:00Z"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1;BYHOUR=1,13", "1970-01-01T00:30:00Z"),
        ("FREQ=YEARLY", "1972-02-29T22:00:00Z"),
        ("FREQ=YEARLY;INTERVAL=3", "1970-12-31T22:00:00Z"),
        ("FREQ=YEARLY;BYMONTH=4,10", "1970-03-31T22:00:00Z"),
        ("FREQ=YEARLY;BYDAY=20MO", "1970-03-31T22:00:00Z"),
        ("FREQ=YEARLY;BYWEEKNO=1,53;BYDAY=MO", "1970-03-31T22:00:00Z"),
        ("FREQ=YEARLY;BYWEEKNO=20", "1970-03-31T22:00:00Z"),
        ("FREQ=YEARLY;BYYEARDAY=1,366", "1970-03-31T22:00:00Z"),
        ("FREQ=WEEKLY;INTERVAL=3;BYDAY=MO,SU;WKST=SU", "1970-03-31T22:00:00Z"),
        ("FREQ=DAILY;INTERVAL=11", "1970-03-31T22:00:00Z"),
        ("FREQ=DAILY;INTERVAL=400;COUNT=60", "1970-03-31T22:00:00Z"),
    ],
)
@pytest.mark.parametrize("length", [timedelta(0, 1), timedelta(days=45)], ids=["a second", "45 days"])
def test_a_rule_begun_long_ago_names_what_it_would_have_named_one_after_another(
    rule: str, start: str, length: timedelta
) -> None:
    """Work is bounded by what is asked for, and no occurrence is lost or moved for it."""
    begin = parse_timestamp(start)
    maintenance = MaintenanceWindow(begin, begin + length, recurrence=rule)
    all_of_them = maintenance.occurrences(BERLIN, 0, START_US + 3000 * DAY_US)
    for first in ("2025-10-20T00:00:00Z", "2032-02-29T21:59:59Z"):
        first_us = instant_us(parse_timestamp(first), field="first")
        last_us = first_us + 500 * DAY_US
        expected = [(start, end) for start, end in all_of_them if start < last_us and end > first_us]
        assert maintenance.occurrences(BERLIN, first_us, last_us) == expected


def test_a_month_of_an_hourly_rule_begun_in_1970_takes_no_time() -> None:
    """Also of one that names every day and hour of each month."""
    days, hours = ",".join(map(str, range(1, 32))), ",".join(map(str, range(24)))
    for rule in (f"FREQ=MONTHLY;BYMONTHDAY={days};BYHOUR={hours}", f"FREQ=DAILY;BYHOUR={hours};COUNT=10000"):
        maintenance = window(rule, "1970-01-01T00:10:00Z", 0.5)
        began = time.perf_counter()
        occurrences = maintenance.occurrences("UTC", START_US, START_US + 31 * DAY_US)
        assert time.perf_counter() - began < 1
        assert len(occurrences) == (0 if "COUNT" in rule else 31 * 24)
