"""Doubtful time by itself: what a window holds of it, and what differs beside it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import sla_compliance as sla
from sla_compliance.certainty import Doubt, DoubtCause
from sla_compliance.doubtful_time import (
    DoubtfulTime,
    begun_earlier,
    doubts_within,
    time_by_cause,
    times_around,
    times_by_cause,
    union_of_times,
)
from sla_compliance.intervals import IntervalSet
from tests.unit.moments import at, report_of, us

UNSEEN, UNDATED = DoubtCause.UNSEEN, DoubtCause.UNDATED


def time_of(start_us: int, end_us: int, *, subject: int = 1, cause: DoubtCause = UNSEEN, rows: int = 1) -> DoubtfulTime:
    """Return a stretch of doubt about some rows."""
    return DoubtfulTime(cause, lambda: f"row {subject}", subject, rows, start_us, end_us)


def pairs(times: Any) -> set[tuple[int, int]]:
    """Return the bounds of stretches."""
    return {(time.start_us, time.end_us) for time in times}


def test_a_name_is_made_when_it_is_read() -> None:
    """It is neither shown nor compared: two stretches of one doubt are equal."""
    first, second = time_of(10, 20), time_of(10, 20)
    assert first.name == "row 1"
    assert first == second
    assert first.row_id is None
    assert "naming" not in repr(first)


def test_a_window_has_the_doubts_that_share_an_instant_with_it() -> None:
    """Not those that merely touch it; of a stretch only what lies inside."""
    doubtful = [time_of(0, 10, subject=1), time_of(5, 15, subject=2), time_of(20, 30, subject=3)]
    assert list(doubts_within(doubtful, 10, 20)) == [Doubt(UNSEEN, 1, 5)]
    assert list(doubts_within(doubtful, 8, 21)) == [Doubt(UNSEEN, 3, 8)]
    assert list(doubts_within(doubtful, 15, 20)) == []
    assert list(doubts_within([], 0, 100)) == []


def test_time_that_two_rows_doubt_is_at_stake_once() -> None:
    """And the rows of one subject count once, however many stretches they have; causes are apart."""
    doubtful = [
        time_of(0, 10, rows=2),
        time_of(20, 30, rows=2),
        time_of(5, 25, subject=2),
        time_of(0, 1, subject=3, cause=UNDATED),
    ]
    assert list(doubts_within(doubtful, 0, 100)) == [Doubt(UNSEEN, 3, 30), Doubt(UNDATED, 1, 1)]


def test_a_stretch_without_length_is_no_doubt() -> None:
    """Though it lies within the window."""
    assert list(doubts_within([time_of(5, 5)], 0, 10)) == []


def test_stretches_are_grouped_by_cause() -> None:
    """As they are, and as sets of instants."""
    doubtful = [time_of(0, 10), time_of(0, 1, cause=UNDATED), time_of(5, 20)]
    assert times_by_cause(doubtful) == {UNSEEN: [doubtful[0], doubtful[2]], UNDATED: [doubtful[1]]}
    assert time_by_cause(doubtful) == {UNSEEN: IntervalSet((0,), (20,)), UNDATED: IntervalSet((0,), (1,))}
    assert union_of_times(doubtful) == IntervalSet((0,), (20,))


def test_polled_times_may_have_begun_earlier() -> None:
    """By the length between two polls; those that then touch are one."""
    times = IntervalSet((100, 200), (110, 220))
    assert begun_earlier(times, 0) is times
    assert begun_earlier(times, 30) == IntervalSet((70, 170), (110, 220))
    assert begun_earlier(times, 90) == IntervalSet((10,), (220,))


def test_what_differs_beside_a_stretch_is_doubt_of_each_that_it_touches() -> None:
    """At either end; once for each cause and subject, and not where nothing touches it."""
    record = report_of([sla.Alarm(at(8, 1), at(8, 2))], at(8), at(9)).ledger
    one, two, three, four = us(at(8, 3)), us(at(8, 4)), us(at(8, 5)), us(at(8, 6))
    reading = replace(
        record, down=record.down | IntervalSet((one,), (four,)) | IntervalSet((us(at(8, 9)),), (us(at(8, 10)),))
    )
    before = time_of(one, two, subject=1)
    after = [time_of(three, four, subject=2), time_of(three, four, subject=2, cause=UNDATED)]
    around = times_around([before, *after], record, [record, reading])
    assert pairs(around) == {(two, three)}
    assert {(time.cause, time.subject) for time in around} == {(UNSEEN, 1), (UNSEEN, 2), (UNDATED, 2)}
    assert len(around) == 3
    assert {time.name for time in around} == {"row 1", "row 2"}


def test_every_difference_has_its_neighbours() -> None:
    """Two bridged gaps beside one stretch are two stretches of doubt."""
    record = report_of([], at(8), at(9)).ledger
    hours = [us(at(8, hour)) for hour in range(5)]
    reading = replace(record, down=IntervalSet((hours[1],), (hours[4],)))
    around = times_around([time_of(hours[2], hours[3])], record, [reading])
    assert pairs(around) == {(hours[1], hours[2]), (hours[3], hours[4])}


def test_nothing_differs_beside_a_stretch_that_holds_every_difference() -> None:
    """Then its own length is all that is at stake."""
    record = report_of([], at(8), at(9)).ledger
    stretch = IntervalSet((us(at(8, 1)),), (us(at(8, 2)),))
    reading = replace(record, down=stretch)
    assert times_around([time_of(us(at(8, 1)), us(at(8, 2)))], record, [reading]) == ()
