"""What of a report a correction can settle."""

from __future__ import annotations

import sla_compliance as sla
from sla_compliance.analysis import settlement
from sla_compliance.certainty import DoubtCause
from tests.unit.moments import HOUR_US, at, report_of


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
