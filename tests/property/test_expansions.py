"""Laws of remembered hours and recurrences: what is remembered is what expanding again would give."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sla_compliance.calendars import exclusions, service_hours
from sla_compliance.calendars.exclusions import MaintenanceWindow
from sla_compliance.calendars.expansion_memory import ExpansionMemory
from sla_compliance.calendars.service_hours import ServiceHours
from sla_compliance.intervals import IntervalSet
from sla_compliance.units import DAY_US, HOUR_US, MAX_US, MIN_US, moment
from tests.property.test_calendars import RULES, hours_of, odd_zones, week_texts

NOTHING, LITTLE = 0, 400
YEAR_2019_US = 18_000 * DAY_US
days_of_2019 = st.dates(date(2019, 4, 1), date(2019, 12, 31))
spans = st.tuples(st.integers(0, 200 * 24), st.integers(1, 120 * 24)).map(
    lambda hours: (YEAR_2019_US + hours[0] * HOUR_US, YEAR_2019_US + (hours[0] + hours[1]) * HOUR_US)
)


@contextmanager
def remembering(most_stretches: int) -> Iterator[None]:
    """Let hours and recurrences remember so much, and nothing of before."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(service_hours, "_blocks", ExpansionMemory(most_stretches))
        patch.setattr(exclusions, "_recurrences", ExpansionMemory(most_stretches))
        yield


@given(week=week_texts, holidays=st.sets(days_of_2019, max_size=4), zones=st.lists(odd_zones, min_size=2, max_size=3),
       asked=st.lists(spans, min_size=2, max_size=5))  # fmt: skip
@settings(max_examples=15)
def test_remembered_hours_are_the_hours(
    week: list[list[int]], holidays: set[date], zones: list[str], asked: list[tuple[int, int]]
) -> None:
    """Of zones and spans in any order, of contracts that differ in their holidays alone, room for all or for few."""
    plain = hours_of(week)
    contracts = (plain, ServiceHours(plain.week, tuple((day, ()) for day in sorted(holidays))))

    def expanded() -> list[IntervalSet]:
        return [hours.expand(zone, *span) for span in asked for zone in zones for hours in contracts]

    with remembering(NOTHING):
        expected = expanded()
    for most_stretches in (LITTLE, 100_000):
        with remembering(most_stretches):
            assert expanded() == expanded() == expected


@given(week=week_texts, holidays=st.sets(days_of_2019, max_size=4), zone=odd_zones, span=spans)
@settings(max_examples=6)
def test_a_long_request_that_is_not_remembered_sees_the_same_hours(
    week: list[list[int]], holidays: set[date], zone: str, span: tuple[int, int]
) -> None:
    """Twelve years are expanded at once."""
    hours = ServiceHours(hours_of(week).week, tuple((day, ((0, 60),)) for day in sorted(holidays)))
    whole = hours.expand(zone, span[0] - 6 * 366 * DAY_US, span[1] + 6 * 366 * DAY_US)
    assert whole.clip(*span) == hours.expand(zone, *span)


@given(rules=st.lists(st.sampled_from(RULES), min_size=2, max_size=2, unique=True), minutes=st.integers(0, 3 * 24 * 60),
       zones=st.lists(odd_zones, min_size=2, max_size=2), asked=st.lists(spans, min_size=2, max_size=3))  # fmt: skip
@settings(max_examples=8)
def test_remembered_recurrences_are_the_recurrences(
    rules: list[str], minutes: int, zones: list[str], asked: list[tuple[int, int]]
) -> None:
    """Of windows that differ in their rule, length or zone alone."""
    start = moment(YEAR_2019_US - 1_000 * DAY_US).replace(hour=12)
    end = start + timedelta(minutes=minutes)
    windows = [
        MaintenanceWindow(first, last, recurrence=rule, zone=own_zone)
        for rule in rules
        for first, last, own_zone in (
            (start, end, None),
            (start, end + timedelta(minutes=1), None),
            (start - timedelta(hours=1), end, None),
            (start, end, "Pacific/Apia"),
        )
    ]

    def expanded() -> list[list[tuple[int, int]]]:
        return [window.occurrences(zone, *span) for span in asked for zone in zones for window in windows]

    with remembering(NOTHING):
        expected = expanded()
    for most_stretches in (LITTLE, 100_000):
        with remembering(most_stretches):
            assert expanded() == expanded() == expected


def test_what_is_returned_may_be_changed() -> None:
    """Occurrences are a list of the caller's own."""
    window = MaintenanceWindow(moment(0), moment(HOUR_US), recurrence="FREQ=DAILY")
    window.occurrences("UTC", 0, 3 * DAY_US).clear()
    assert len(window.occurrences("UTC", 0, 3 * DAY_US)) == 3


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Etc/GMT+12"])
def test_hours_at_the_ends_of_the_calendar_are_remembered(zone: str) -> None:
    """The first and the last block are cut where dates end."""
    always = ServiceHours.parse("24x7")
    for _ in range(2):
        assert always.expand(zone, MIN_US, MIN_US + 40 * DAY_US).total_us == 40 * DAY_US
        assert always.expand(zone, MAX_US - 40 * DAY_US, MAX_US).total_us == 40 * DAY_US
