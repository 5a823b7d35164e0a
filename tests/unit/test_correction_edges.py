"""Corrections at their edges: bounds of arguments, words, the time that each concerns."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

import sla_compliance as sla
from sla_compliance.corrections import (
    NO_SUCH_ROW,
    SEVERAL_ALARMS,
    CorrectedRow,
    UnusedCorrection,
    checked_corrections,
    rows_of_ids,
)
from sla_compliance.intervals import ALWAYS_START_US
from tests.unit.moments import at, us

MICROSECOND = timedelta(microseconds=1)


def correct(row_id: Any = "a", entered: datetime | None = None, **facts: Any) -> sla.Correction:
    """Return a correction by ann."""
    known = {"reason": "log", "author": "ann", "entered_at": entered or at(10), **facts}
    return sla.Correction(row_id, **known)


def batch(*alarms: sla.Alarm, corrections: list[sla.Correction]) -> sla.AlarmBatch:
    """Return rows as corrected, bad ones set aside."""
    return sla.AlarmBatch.from_alarms(alarms, corrections=corrections, on_invalid="quarantine")


@pytest.mark.parametrize(
    ("facts", "field", "message"),
    [
        ({}, "void", "void stands alone; give either void=True, or ends, starts or severity"),
        ({"void": True, "severity": "major"}, "void", "void stands alone"),
        ({"void": "yes"}, "void", "void is 'yes'; give True or False"),
        ({"ends": 5}, "ends", "ends is 5"),
        ({"starts": 5}, "starts", "starts is 5"),
        ({"ends": at(8), "starts": at(8) + MICROSECOND}, "ends", "ends is 2025-10-08"),
        ({"void": True, "entered_at": 5}, "entered_at", "entered_at is 5"),
        ({"void": True, "reason": " "}, "reason", "reason is ' '; give text: a correction says who made it and why"),
        ({"void": True, "author": ""}, "author", "author is ''; give text: a correction says who made it and why"),
        ({"void": True, "author": 5}, "author", "author is 5; give text"),
        ({"severity": "high"}, "severity", "severity is 'high'; give one of critical"),
        ({"severity": "CLEARED"}, "severity", "severity is 'CLEARED'; give the one that the alarm had before"),
    ],
)
def test_a_bad_fact_is_named(facts: dict[str, Any], field: str, message: str) -> None:
    """As an attribute too."""
    with pytest.raises(sla.SLAComplianceError) as caught:
        correct(**facts)
    assert str(caught.value).startswith(message)
    assert caught.value.field == field


def test_a_row_is_named_by_something_that_can_be_a_key() -> None:
    """Not by nothing; an alarm may end as it starts."""
    for row_id, message in ((None, "row_id is None; give the id of a row"), ([1], "row_id holds what cannot be")):
        with pytest.raises(sla.SLAComplianceError) as caught:
            correct(row_id, void=True)
        assert str(caught.value).startswith(message)
        assert caught.value.field == "row_id"
    assert correct(0, starts=at(8), ends=at(8)).fields == ("starts", "ends")
    with pytest.raises(sla.InvalidTypeError) as several:
        checked_corrections(5)  # type: ignore[arg-type]
    assert (str(several.value), several.value.field) == ("corrections is 5; give several Correction", "corrections")


def test_what_a_correction_says_in_words() -> None:
    """Of each of its fields."""
    whole = correct(7, starts=at(8), ends=at(9), severity="MAJOR")
    assert whole.fields == ("starts", "ends", "severity")
    assert [whole.line(name) for name in whole.fields] == [
        "row 7 starts 2025-10-08T00:00:00+00:00, by ann: log",
        "row 7 ends 2025-10-09T00:00:00+00:00, by ann: log",
        "row 7 severity major, by ann: log",
    ]
    void = correct(void=True)
    assert (void.fields, void.line("void")) == (("void",), "row a void, by ann: log")
    assert UnusedCorrection(void, "why").line == "row a, by ann: why"
    assert not whole.void


def test_corrections_count_in_the_order_in_which_they_were_entered() -> None:
    """Those of one instant as given."""
    late, early, same = correct("1", at(11), void=True), correct("2", at(10), void=True), correct("3", void=True)
    assert checked_corrections([late, early, same]) == (early, same, late)
    assert checked_corrections([late, same, early]) == (same, early, late)


def test_ids_are_compared_as_text() -> None:
    """Rows without one are no row's; others are left out."""
    assert rows_of_ids([7, "7", None, "8", 9], ["7", "9", "x"]) == {"7": [0, 1], "9": [4]}


def spans(corrected: tuple[CorrectedRow, ...]) -> list[tuple[int, int]]:
    """Return the times that corrections concern."""
    return [(row.start_us, row.end_us) for row in corrected]


@pytest.mark.parametrize(
    ("facts", "start", "end"),
    [
        ({"ends": at(8, 9)}, at(8, 4), at(8, 9)),
        ({"ends": at(8, 5)}, at(8, 4), at(8, 6)),
        ({"starts": at(8, 2)}, at(8, 2), at(8, 6)),
        ({"starts": at(8, 5)}, at(8, 4), at(8, 6)),
        ({"starts": at(8, 8), "ends": at(8, 9)}, at(8, 4), at(8, 9)),
        ({"severity": "minor"}, at(8, 4), at(8, 6)),
        ({"void": True}, at(8, 4), at(8, 6)),
    ],
)
def test_a_correction_concerns_the_row_as_it_stood_and_as_corrected(
    facts: dict[str, Any], start: datetime, end: datetime
) -> None:
    """From the earlier start to the later end."""
    made = batch(sla.Alarm(at(8, 4), at(8, 6), id="a", resource_id="r"), corrections=[correct(**facts)])
    assert spans(made.corrected) == [(us(start), us(end))]
    assert made.corrected[0].columns["resource_id"] == "r"
    assert len(made.corrected[0].lines) == len(facts)
    assert len(made) == (0 if "void" in facts else 1)


def test_a_row_that_was_resolved_or_reversed_concerns_its_time_too() -> None:
    """Until it was resolved; of a row that ends before it starts, the instant of its start."""
    resolved = sla.Alarm(at(8, 4), resolved_at=at(8, 6), id="a")
    assert spans(batch(resolved, corrections=[correct(ends=at(8, 5))]).corrected) == [(us(at(8, 4)), us(at(8, 6)))]
    reversed_row = sla.Alarm(at(8, 6), at(8, 4), id="a")
    assert spans(batch(reversed_row, corrections=[correct(severity="minor")]).corrected) == [(us(at(8, 6)),) * 2]


def test_corrected_rows_are_values() -> None:
    """Equal and hashable."""
    row = sla.Alarm(at(8, 4), at(8, 6), id="a")
    one, other = (batch(row, corrections=[correct(ends=at(8, 5))]).corrected for _ in range(2))
    assert one == other
    assert hash(one) == hash(other)


def test_a_row_without_a_start_concerns_all_time_before_its_end() -> None:
    """Unless the correction says when it started."""
    row = sla.Alarm(None, at(8, 6), id="a")  # type: ignore[arg-type]
    assert spans(batch(row, corrections=[correct(void=True)]).corrected) == [(ALWAYS_START_US, us(at(8, 6)))]
    assert spans(batch(row, corrections=[correct(severity="minor")]).corrected)[0][0] == ALWAYS_START_US
    assert spans(batch(row, corrections=[correct(starts=at(8, 5))]).corrected) == [(us(at(8, 5)), us(at(8, 6)))]


def test_rows_of_one_id_are_one_alarm_where_they_overlap() -> None:
    """Not where they touch, lie apart or have no length; of one row that does not matter."""
    pairs = {
        "overlap": ((1, 4), (3, 6)),
        "touch": ((1, 3), (3, 6)),
        "apart": ((1, 2), (3, 6)),
        "no length": ((1, 4), (3, 3)),
    }
    unused = {}
    for name, hours in pairs.items():
        rows = [sla.Alarm(at(8, start), at(8, end), id="a") for start, end in hours]
        made = batch(*rows, corrections=[correct(severity="minor")])
        unused[name] = [item.reason for item in made.unused_corrections]
        assert len(made.corrected) == (0 if unused[name] else 2)
    assert unused == {
        "overlap": [],
        "touch": [SEVERAL_ALARMS],
        "apart": [SEVERAL_ALARMS],
        "no length": [SEVERAL_ALARMS],
    }
    alone = batch(sla.Alarm(at(8), at(8), id="a"), corrections=[correct(severity="minor"), correct("b", void=True)])
    assert [item.reason for item in alone.unused_corrections] == [NO_SUCH_ROW]
    assert len(alone.corrected) == 1


def test_a_correction_of_two_fields_that_changes_nothing_is_listed_once() -> None:
    """And two corrections are listed each, in the order in which they count."""
    both = correct("x", starts=at(8), ends=at(9))
    other = correct("x", at(11), severity="minor")
    made = batch(corrections=[other, both])
    assert [item.correction for item in made.unused_corrections] == [both, other]


def test_a_severity_is_corrected_where_none_was_said() -> None:
    """The others are critical, as without the column; without such a correction there is none."""
    columns: dict[str, Any] = {"starts_us": [0, 5], "ends_us": [9, 9], "ids": ["a", "b"]}
    with_severity = sla.AlarmBatch.from_columns(**columns, corrections=[correct(severity="minor")])
    assert with_severity.columns["severity"] == ("minor", "critical")
    assert "severity" not in sla.AlarmBatch.from_columns(**columns, corrections=[correct(ends=at(8))]).columns
    assert sla.AlarmBatch.from_columns(**columns, corrections=[correct(ends=at(8))]).ends_us == (us(at(8)), 9)


def test_an_end_replaces_one_of_any_kind() -> None:
    """Also where the row says when it was resolved."""
    row = sla.Alarm(at(8, 1), resolved_at=at(8, 6), id="a")
    assert batch(row, corrections=[correct(ends=at(8, 3))]).ends_us == (us(at(8, 3)),)
    broken = sla.Alarm(at(8, 3), resolved_at=at(8, 1), id="a")
    assert batch(broken, corrections=[correct(ends=at(8, 4))]).rejected == ()


@pytest.mark.parametrize("column", ["cleared_at", "resolved_at"])
def test_an_end_replaces_one_that_cannot_be_read(column: str) -> None:
    """Of either column; a start that cannot be read is a fault still."""
    naive = at(8, 2).replace(tzinfo=None)
    unreadable: dict[str, Any] = {column: naive}
    made = batch(sla.Alarm(at(8, 1), id="a", **unreadable), corrections=[correct(ends=at(8, 3))])
    assert (made.rejected, made.ends_us) == ((), (us(at(8, 3)),))
    without_start = batch(sla.Alarm(naive, id="a", **unreadable), corrections=[correct(ends=at(8, 3))])
    assert [row.faulty_columns for row in without_start.rejected] == [("first_occurrence",)]
