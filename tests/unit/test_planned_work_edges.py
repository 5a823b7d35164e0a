"""Rules of planned work at their edges: bounds of arguments, caps to the microsecond, overlaps, periods."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

import sla_compliance as sla
from sla_compliance.calendars.planned_work import Occurrence, PlannedWork, RefusedWork, accepted_work, period_bounds_us
from sla_compliance.units import MAX_US, MIN_US
from tests.unit.moments import HOUR_US, at, us

HOUR = timedelta(hours=1)
EIGHTH_US = us(at(8))


def occurrence(start: float, end: float, source: int = 0, **facts: Any) -> Occurrence:
    """Return work by hours of 8 October."""
    start_us, end_us = (EIGHTH_US + int(hour * HOUR_US) for hour in (start, end))
    known = {"name": f"w{source}", "announced_us": None, "caps_key": None, **facts}
    return Occurrence(source=source, start_us=start_us, end_us=end_us, **known)


def hours_of(*work: Occurrence, **rules: Any) -> tuple[dict[int, list[tuple[float, float]]], list[tuple[float, float]]]:
    """Return the accepted hours of each source, and the refused ones."""
    accepted = accepted_work(work, PlannedWork(**rules), "UTC")

    def hours(pairs: Any) -> list[tuple[float, float]]:
        return [((start - EIGHTH_US) / HOUR_US, (end - EIGHTH_US) / HOUR_US) for start, end in pairs]

    by_source = {source: hours(times) for source, times in accepted.times.items()}
    return by_source, hours((item.start_us, item.end_us) for item in accepted.refused)


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ({"notice": 5}, "notice is 5"),
        ({"most_time": 5}, "most_time is 5"),
        ({"hours": "mon"}, "hours is 'mon'; give ServiceHours"),
        ({"most_windows": -1}, "most_windows is -1; give a number from 0 to 1000000"),
        ({"most_windows": 1_000_001}, "most_windows is 1000001; give a number from 0 to 1000000"),
        ({"most_windows": "x"}, "most_windows is 'x'"),
        ({"per": "month"}, "per is 'month'; give a Period, e.g. Period.MONTH"),
        ({"per": sla.Period.HOUR}, "per is 'hour'; give a calendar period: a day, week, month, quarter or year"),
        ({"per": sla.Period.rolling(7)}, "per is "),
        ({"without_notice": "x"}, "without_notice is 'x'; give 'accept' or 'reject'"),
        ({"excuses": "x"}, "excuses is 'x'; give 'overlap' or 'caused'"),
    ],
)
def test_a_bad_rule_is_named(rules: dict[str, Any], message: str) -> None:
    """As an attribute too; the ends of what is allowed are allowed."""
    with pytest.raises(sla.SLAComplianceError) as caught:
        PlannedWork(**rules)
    assert str(caught.value).startswith(message)
    assert caught.value.field == next(iter(rules))
    assert [PlannedWork(most_windows=most).most_windows for most in (0, 1_000_000)] == [0, 1_000_000]


@pytest.mark.parametrize(
    ("rules", "accepts_all", "has_caps", "looks_back"),
    [
        ({}, True, False, False),
        ({"notice": HOUR}, False, False, False),
        ({"hours": sla.ServiceHours.parse("24x7")}, False, False, False),
        ({"most_time": HOUR}, False, True, True),
        ({"most_windows": 1}, False, True, True),
        ({"excuses": "caused"}, True, False, True),
    ],
)
def test_rules_say_what_they_need(rules: dict[str, Any], accepts_all: bool, has_caps: bool, looks_back: bool) -> None:
    """Where they look back, windows are needed from the start of the period on."""
    work = PlannedWork(**rules)
    assert (work.accepts_all, work.has_caps, work.looks_back) == (accepts_all, has_caps, looks_back)
    assert work.first_us("UTC", EIGHTH_US + 5) == (us(at(1)) if looks_back else EIGHTH_US + 5)


def test_a_period_at_the_ends_of_the_calendar_reaches_to_there() -> None:
    """Elsewhere it is that of the zone."""
    month = sla.Period.MONTH
    assert period_bounds_us(month, "UTC", MIN_US)[0] == MIN_US
    assert period_bounds_us(month, "UTC", MAX_US - 1)[1] == MAX_US
    assert period_bounds_us(month, "UTC", us(at(1))) == (us(at(1)), us(at(1)) + 31 * 24 * HOUR_US)
    assert period_bounds_us(month, "Africa/Lagos", us(at(1)))[0] == us(at(1)) - HOUR_US


def test_work_announced_at_its_start_was_announced_before_it() -> None:
    """By nothing; a microsecond later is after it."""
    reasons = []
    for later_us in (0, 1):
        work = occurrence(1, 2, announced_us=EIGHTH_US + HOUR_US + later_us)
        (refused,) = accepted_work([work], PlannedWork(notice=HOUR), "UTC").refused
        reasons.append(refused.reason)
    assert reasons == ["announced 0 s before its start, 1 h are agreed", "announced 0.000001 s after its start"]
    assert accepted_work([occurrence(1, 2, announced_us=EIGHTH_US)], PlannedWork(notice=HOUR), "UTC").refused == ()


@pytest.mark.parametrize(
    ("work", "accepted", "refused"),
    [
        ([(1, 3, 0), (5, 7, 1)], {0: [(1, 3)], 1: [(5, 7)]}, []),
        ([(1, 3, 0), (5, 8, 1)], {0: [(1, 3)], 1: [(5, 7)]}, [(7, 8)]),
        ([(1, 5, 0), (5, 8, 1)], {0: [(1, 5)]}, [(5, 8)]),
        ([(1, 6, 0), (2, 4, 1)], {0: [(1, 5)], 1: [(2, 4)]}, [(5, 6)]),
        ([(1, 4, 0), (2, 6, 1)], {0: [(1, 4)], 1: [(2, 5)]}, [(5, 6)]),
        ([(1, 4, 0), (2, 5, 1)], {0: [(1, 4)], 1: [(2, 5)]}, []),
        ([(1, 2, 0), (1, 3, 1), (2, 4, 2), (3, 6, 3)], {0: [(1, 2)], 1: [(1, 3)], 2: [(2, 4)], 3: [(3, 5)]}, [(5, 6)]),
        ([(5, 8, 1), (1, 3, 0)], {0: [(1, 3)], 1: [(5, 7)]}, [(7, 8)]),
    ],
    ids=["exactly", "a part", "none left", "inside", "overlap", "overlap exactly", "chain", "any order"],
)
def test_four_hours_a_month_are_used_in_order_of_time(work: Any, accepted: Any, refused: Any) -> None:
    """Overlaps once; what goes beyond is refused."""
    occurrences = [occurrence(start, end, source) for start, end, source in work]
    assert hours_of(*occurrences, most_time=4 * HOUR) == (accepted, refused)


def test_each_period_and_each_target_has_time_of_its_own() -> None:
    """Work over a period's end uses both."""
    night = occurrence(22, 26)
    assert hours_of(night, most_time=HOUR, per=sla.Period.DAY) == ({0: [(22, 23), (24, 25)]}, [(23, 24), (25, 26)])
    two = [occurrence(1, 3, 0, caps_key="a"), occurrence(1, 3, 1, caps_key="b"), occurrence(4, 5, 2, caps_key="a")]
    assert hours_of(*two, most_time=2 * HOUR) == ({0: [(1, 3)], 1: [(1, 3)]}, [(4, 5)])
    (refused,) = accepted_work([occurrence(1, 3)], PlannedWork(most_time=HOUR), "UTC").refused
    assert refused == RefusedWork("w0", "more than 1 h a month", EIGHTH_US + 2 * HOUR_US, EIGHTH_US + 3 * HOUR_US)


def test_windows_are_counted_by_the_period_of_their_start() -> None:
    """Of equal ones that with children comes first; none at all may be agreed."""
    work = [occurrence(1, 2, 0), occurrence(1, 2, 1, with_children=True), occurrence(26, 27, 2)]
    assert hours_of(*work, most_windows=1, per=sla.Period.DAY) == ({1: [(1, 2)], 2: [(26, 27)]}, [(1, 2)])
    assert hours_of(*work, most_windows=0) == ({}, [(1, 2), (1, 2), (26, 27)])
    (refused,) = accepted_work(work[:2], PlannedWork(most_windows=1), "UTC").refused
    assert (refused.reason, refused.name) == ("more than 1 a month", "w0")
    assert not occurrence(1, 2).with_children


def test_only_the_part_inside_the_agreed_hours_is_work() -> None:
    """What the hours leave of a window counts as one, from its first part on."""
    hours = sla.ServiceHours.parse("mon-sun 02:00-04:00,06:00-07:00")
    work = [occurrence(1, 8, 0), occurrence(8, 9, 1), occurrence(3, 4, 2)]
    accepted, refused = hours_of(*work, hours=hours, most_windows=2)
    assert accepted == {0: [(2, 4), (6, 7)], 2: [(3, 4)]}
    assert refused == [(1, 2), (4, 6), (7, 8), (8, 9)]
