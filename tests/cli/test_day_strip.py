"""A day as 24 characters: down, up, unknown, left out or not there yet."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import sla_compliance as sla
from sla_compliance.cli.day_strip import strip

START = datetime(2025, 10, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def strip_of(*alarms: sla.Alarm, as_of: datetime = START + 24 * HOUR, **terms: object) -> str:
    """The strip of one day."""
    report = sla.evaluate(alarms, start=START, end=START + 24 * HOUR, zone="UTC", as_of=as_of, **terms)  # type: ignore[arg-type]
    return strip(report, report.days[0])


def test_the_shortest_outage_has_the_lowest_block_and_a_whole_part_the_highest() -> None:
    """Shares in between are rounded up."""
    short = sla.Alarm(START, START + timedelta(microseconds=1))
    half = sla.Alarm(START + HOUR, START + 1.5 * HOUR)
    more_than_half = sla.Alarm(START + 2 * HOUR, START + 2.5 * HOUR + timedelta(seconds=1))
    whole = sla.Alarm(START + 3 * HOUR, START + 4 * HOUR)
    assert strip_of(short, half, more_than_half, whole) == "▁▄▅█" + "·" * 20


def test_a_part_without_downtime_is_what_most_of_it_was() -> None:
    """Of equal lengths: unknown and left out before up, up before what is still to come."""
    monitored = [(START + 1.4 * HOUR, START + 3.5 * HOUR), (START + 4 * HOUR, START + 24 * HOUR)]
    assert strip_of(monitored=monitored, as_of=START + 5.5 * HOUR) == "▒··▒··" + " " * 18
    owed = [(START + 1.4 * HOUR, START + 3.5 * HOUR), (START + 4 * HOUR, START + 24 * HOUR)]
    assert strip_of(in_service=owed, as_of=START + 5.5 * HOUR) == "░··░··" + " " * 18
    assert strip_of(as_of=START + 5.4 * HOUR) == "·" * 5 + " " * 19
