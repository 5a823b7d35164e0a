"""Alerts after a clock was wrong: what it wrote of a time that is still to come silences nothing."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from sla_compliance import alerts
from tests.unit.test_alert_steps import HOUR, Watch, at, month_budget, open_row, outage


def test_readings_that_fail_are_told_an_hour_after_the_clock_was_set_right() -> None:
    """They began to fail on the twentieth, by a clock that was eleven days ahead."""
    watch = Watch()
    watch.look(month_budget([], at(8)))
    watch.look(None, at(20))
    assert [watch.look(None, at(9, hour)) for hour in range(3)] == [[], ["NO_DATA"], []]


def test_an_outage_is_urgent_after_an_alert_of_a_time_to_come() -> None:
    watch = Watch()
    rows = [outage(at(8, 10, 5), 27), outage(at(20), 27)]
    assert watch.look(month_budget([rows[1]], at(20, 0, 25))) == ["URGENT"]
    assert "URGENT" in watch.look(month_budget([rows[0]], at(8, 10, 30)))
    assert watch.look(month_budget([rows[0]], at(8, 10, 31))) == []


def test_a_digest_of_a_time_to_come_silences_no_digest() -> None:
    """The digest of the same day, when that comes, has an id of its own."""
    eight = dt.time(8)
    watch = Watch()
    doubtful = month_budget([open_row("x", at(2))], at(20))
    watch.look(replace(doubtful, because=("a",), as_of=at(25, 12)))
    watch.state, early = alerts.take_digest(watch.state, at(26, 8), digest_at=eight, zone="Europe/Oslo")
    assert early is not None
    watch.look(replace(doubtful, because=("b",), as_of=at(9, 12)))
    assert alerts.take_digest(watch.state, at(10, 8) - HOUR, digest_at=eight, zone="Europe/Oslo")[1] is None
    watch.state, digest = alerts.take_digest(watch.state, at(10, 8), digest_at=eight, zone="Europe/Oslo")
    assert digest is not None
    assert [alert.text for alert in digest.alerts] == [watch.told[-1].text]
    watch.look(replace(doubtful, because=("c",), as_of=at(25, 12)))
    _, third = alerts.take_digest(watch.state, at(26, 8), digest_at=eight, zone="Europe/Oslo")
    assert third is not None
    assert third.due_at == early.due_at
    assert third.digest_id != early.digest_id
