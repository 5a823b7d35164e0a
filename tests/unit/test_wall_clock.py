"""Wall-clock times to instants and back, where a time does not exist or comes twice."""

from __future__ import annotations

from datetime import datetime

import pytest

from sla_compliance.calendars.wall_clock import instant_of, wall_time
from sla_compliance.units import instant_us, parse_timestamp
from sla_compliance.zones import load_zone

TIMES = [
    ("Europe/Berlin", "2026-03-29T01:59:59.999999", "2026-03-29T01:59:59.999999+01:00"),
    ("Europe/Berlin", "2026-03-29T02:00:00", "2026-03-29T03:00:00+02:00"),
    ("Europe/Berlin", "2026-03-29T02:59:59.999999", "2026-03-29T03:00:00+02:00"),
    ("Europe/Berlin", "2026-03-29T03:00:00", "2026-03-29T03:00:00+02:00"),
    ("Europe/Berlin", "2026-10-25T02:00:00", "2026-10-25T02:00:00+02:00"),
    ("Europe/Berlin", "2026-10-25T02:59:59.999999", "2026-10-25T02:59:59.999999+02:00"),
    ("Europe/Berlin", "2026-10-25T03:00:00", "2026-10-25T03:00:00+01:00"),
    ("Pacific/Apia", "2011-12-29T23:59:59.999999", "2011-12-29T23:59:59.999999-10:00"),
    ("Pacific/Apia", "2011-12-30T12:00:00", "2011-12-31T00:00:00+14:00"),
    ("Australia/Lord_Howe", "2025-10-05T02:15:00", "2025-10-05T02:30:00+11:00"),
]


@pytest.mark.parametrize(("zone", "clock_time", "instant"), TIMES)
def test_a_time_is_the_first_instant_at_which_the_clock_has_reached_it(
    zone: str, clock_time: str, instant: str
) -> None:
    """To the microsecond, on both sides of a change."""
    expected_us = instant_us(parse_timestamp(instant), field="instant")
    assert instant_of(datetime.fromisoformat(clock_time), load_zone(zone)) == expected_us


@pytest.mark.parametrize("offset", ["+02:00", "+01:00"])
def test_an_hour_that_comes_twice_reads_the_same_both_times(offset: str) -> None:
    """What a clock shows does not tell which of the two it is, so it leads back to the first."""
    rules = load_zone("Europe/Berlin")
    shown = wall_time(instant_us(parse_timestamp(f"2026-10-25T02:30:00{offset}"), field="instant"), rules)
    assert (shown, shown.fold, shown.tzinfo) == (datetime(2026, 10, 25, 2, 30), 0, None)  # noqa: DTZ001
    assert instant_of(shown, rules) == instant_us(parse_timestamp("2026-10-25T02:30:00+02:00"), field="instant")
