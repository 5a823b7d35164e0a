"""What of a report a correction can settle."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import sla_compliance as sla
from sla_compliance.analysis import settlement
from sla_compliance.certainty import DoubtCause
from tests.unit.moments import HOUR_US, at, report_of, us

HOUR = timedelta(hours=1)
NOVEMBER = datetime(2025, 11, 1, tzinfo=UTC)


def test_only_doubt_of_the_window_is_listed() -> None:
    """Doubt before it is of another report; time that was not monitored is no row's."""
    rows = [
        sla.Alarm(at(5), at(5, 2), id="before", severity="cleared"),
        sla.Alarm(at(10), at(10, 2), id=7, severity="cleared"),
        sla.Alarm(at(11), at(11, 1), severity="cleared"),
    ]
    in_doubt = settlement(report_of(rows, at(8), at(20), monitored=[(at(9), at(31))]))
    (row,) = in_doubt.rows
    assert (row.row_id, row.causes, row.month, row.at_stake_us) == (
        "7", (DoubtCause.OVERWRITTEN,), "2025-10", 2 * HOUR_US,
    )  # fmt: skip
    assert (in_doubt.rows_without_id, in_doubt.unmonitored_us) == (1, 24 * HOUR_US)


def test_a_window_without_length_has_nothing_to_settle() -> None:
    """Also where an alarm that is in doubt lasts before and after it."""
    unseen = sla.Alarm(at(5), id="1", last_occurrence=at(5))
    assert settlement(report_of([unseen], at(7), at(7), as_of=at(30))).rows == ()


def test_a_row_with_several_doubts_is_one_entry() -> None:
    """All causes are named, and their time counts once."""
    rows = [
        sla.Alarm(at(5), at(5, 2), id="1", status="cleared"),
        sla.Alarm(at(5, 1), id="1", status="cleared", last_occurrence=at(5, 3)),
    ]
    (row,) = settlement(report_of(rows, at(1), at(20))).rows
    assert set(row.causes) == {DoubtCause.UNDATED, DoubtCause.DISAGREEING}
    assert row.sentence.count("; ") == 1
    assert row.present_reading.count("; ") == 1


def test_the_most_urgent_row_stands_first() -> None:
    """Rows without a start; then the newest month, in it the longest time; then the order of the input."""
    rows: list[dict[str, Any]] = [
        {"id": "old", "severity": "cleared", "first_occurrence": at(1), "cleared_at": at(5)},
        {"id": "short", "severity": "cleared", "first_occurrence": NOVEMBER, "cleared_at": NOVEMBER + HOUR},
        {"id": "same", "severity": "cleared", "first_occurrence": NOVEMBER, "cleared_at": NOVEMBER + HOUR},
        {"id": "long", "severity": "cleared", "first_occurrence": NOVEMBER, "cleared_at": NOVEMBER + 2 * HOUR},
        {"id": "no start", "severity": "major", "first_occurrence": None, "cleared_at": at(5)},
        {"id": None, "severity": "major", "first_occurrence": None, "cleared_at": at(5)},
        {"id": None, "severity": "cleared", "first_occurrence": at(3), "cleared_at": at(4)},
    ]
    batch = sla.alarms_from_rows(rows, on_invalid="quarantine")
    in_doubt = settlement(report_of(batch, at(1), NOVEMBER + 10 * HOUR))
    facts = [(row.row_id, row.month, row.at_stake_us) for row in in_doubt.rows]
    assert facts == [
        ("no start", None, None),
        ("long", "2025-11", 2 * HOUR_US),
        ("short", "2025-11", HOUR_US),
        ("same", "2025-11", HOUR_US),
        ("old", "2025-10", 96 * HOUR_US),
    ]
    assert in_doubt.rows[0].causes == (DoubtCause.NO_START,)
    assert in_doubt.rows[0].sentence == "set aside without a start: when was it?"
    assert in_doubt.rows[0].present_reading.startswith("alarms[4].first_occurrence is empty")
    assert in_doubt.rows_without_id == 2


def test_a_doubt_that_ends_with_a_month_is_of_that_month() -> None:
    """By the tenant's zone: the last instant in doubt decides."""
    row = sla.Alarm(at(31, 20), NOVEMBER, id="1", severity="cleared")
    later = sla.Alarm(at(31, 20), NOVEMBER + timedelta(microseconds=1), id="2", severity="cleared")
    (first, second) = settlement(report_of([row, later], at(1), NOVEMBER + HOUR)).rows
    assert [(entry.row_id, entry.month) for entry in (first, second)] == [("2", "2025-11"), ("1", "2025-10")]
    (in_lagos,) = settlement(report_of([row], at(1), NOVEMBER + HOUR, zone="Africa/Lagos")).rows
    assert in_lagos.month == "2025-11"


@pytest.mark.parametrize(
    ("fields", "reading"),
    [
        ({"status": "cleared"}, "critical from 2025-10-05T00:00:00+00:00 to over without a time"),
        (
            {"last_occurrence": at(5, 1)},
            "critical from 2025-10-05T00:00:00+00:00 to still open, last seen 2025-10-05T01:00:00+00:00",
        ),
        (
            {"cleared_at": at(5, 2), "severity": "cleared"},
            "cleared from 2025-10-05T00:00:00+00:00 to 2025-10-05T02:00:00+00:00",
        ),
    ],
    ids=["over without a time", "open", "overwritten"],
)
def test_a_present_reading_says_what_the_row_says(fields: dict[str, Any], reading: str) -> None:
    """Its severity, from when to when, and when it was last seen."""
    (entry,) = settlement(report_of([sla.Alarm(at(5), id="1", **fields)], at(1), at(20), as_of=at(30))).rows
    assert entry.present_reading == reading


def test_readings_of_several_rows_of_one_id_stand_side_by_side() -> None:
    """Those set aside too, with their faults."""
    alarms = [
        sla.Alarm(at(5), at(5, 2), id="1"),
        sla.Alarm(at(5), at(5, 3), id="1"),
        sla.Alarm(at(6), at(7), id="1", severity="fatal", customer_id=["c"]),  # type: ignore[arg-type]
    ]
    batch = sla.AlarmBatch.from_alarms(alarms, on_invalid="quarantine")
    (entry,) = settlement(report_of(batch, at(1), at(20))).rows
    first, second, third = entry.present_reading.split("; ", 2)
    assert first == "critical from 2025-10-05T00:00:00+00:00 to 2025-10-05T02:00:00+00:00"
    assert second == "critical from 2025-10-05T00:00:00+00:00 to 2025-10-05T03:00:00+00:00"
    assert third.startswith("alarms[2].")
    assert " and alarms[2]." in third
    bare = sla.AlarmBatch.from_columns(starts_us=[us(at(5))], ends_us=[None], ids=["1"], statuses=["cleared"])
    (entry,) = settlement(report_of(bare, at(1), at(20))).rows
    assert entry.present_reading == "from 2025-10-05T00:00:00+00:00 to over without a time"
