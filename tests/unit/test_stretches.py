"""Stretches: how a window divides, for a picture of it."""

from __future__ import annotations

from datetime import timedelta

import sla_compliance as sla
from sla_compliance.stretches import MOST_OUTAGES, stretches_of
from sla_compliance.zones import load_zone
from tests.unit.moments import at, report_of, us

MAINTENANCE = [(at(8, 1), at(8, 3))]


def test_stretches_follow_one_another_and_neighbours_differ() -> None:
    """Over midnight, and over the instant of evaluation, of what is owed and up."""
    report = report_of([sla.Alarm(at(8, 2), at(8, 4))], at(8), at(10), maintenance=MAINTENANCE, as_of=at(11))
    stretches = stretches_of(report.ledger, report.accounting)
    scopes_and_states = [(str(stretch.scope), str(stretch.state), str(stretch.counts)) for stretch in stretches]
    assert scopes_and_states == [
        ("AGREED", "UP", "UP"),
        ("MAINTENANCE", "UP", "NOT_COUNTED"),
        ("MAINTENANCE", "DOWN", "NOT_COUNTED"),
        ("AGREED", "DOWN", "DOWN"),
        ("AGREED", "UP", "UP"),
    ]
    bounds = [us(moment) for moment in (at(8), at(8, 1), at(8, 2), at(8, 3), at(8, 4), at(10))]
    assert [stretch.start_us for stretch in stretches] == bounds[:-1]
    assert [stretch.end_us for stretch in stretches] == bounds[1:]


def test_a_storm_of_outages_leaves_what_was_owed() -> None:
    """One outage more than the bound, and none of them is a stretch."""
    for outages in (MOST_OUTAGES, MOST_OUTAGES + 1):
        starts = [at(9) + timedelta(minutes=2 * number) for number in range(outages)]
        alarms = [sla.Alarm(start, start + timedelta(minutes=1)) for start in starts]
        report = report_of(alarms, at(8), at(10), maintenance=MAINTENANCE, as_of=at(11))
        states = {stretch.state for stretch in stretches_of(report.ledger, report.accounting)}
        assert (sla.State.DOWN in states) == (outages <= MOST_OUTAGES)
        assert sum(stretch.end_us - stretch.start_us for stretch in stretches_of(report.ledger, report.accounting)) == (
            us(at(10)) - us(at(8))
        )


def test_a_stretch_in_json_has_times_of_the_zone() -> None:
    """And null where it does not count."""
    report = report_of([], at(8), at(8, 2), maintenance=MAINTENANCE, as_of=at(9))
    up, excused = (
        stretch.as_dict(load_zone("Africa/Lagos")) for stretch in stretches_of(report.ledger, report.accounting)
    )
    assert up == {
        "start": "2025-10-08T01:00:00+01:00",
        "end": "2025-10-08T02:00:00+01:00",
        "scope": "AGREED",
        "state": "UP",
        "counts": "up",
    }
    assert (excused["scope"], excused["counts"]) == ("MAINTENANCE", None)
