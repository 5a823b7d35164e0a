"""Batches at their edges: selections, joins, what is within reach, what rows are called, options of every door."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

import sla_compliance as sla
from sla_compliance.alarms import DESCRIPTIVE_COLUMNS
from sla_compliance.errors import InvalidAlarmError
from sla_compliance.validation import STILL_ACTIVE_US
from tests.unit.moments import at, faults_of

COLUMNS: dict[str, Any] = {"starts_us": [10, 20, 30], "ends_us": [15, None, 35]}


def batch(**columns: Any) -> sla.AlarmBatch:
    """Return three rows."""
    return sla.AlarmBatch.from_columns(**{**COLUMNS, **columns})


def test_some_rows_of_a_batch_keep_all_that_is_known_of_them() -> None:
    """In the order asked for, undated rows by their new place."""
    whole = replace(
        batch(ids=["a", "b", "c"], last_occurrences_us=[11, None, 31], statuses=["x", "cleared", "y"]),
        excluded_by=(frozenset({0}), frozenset(), frozenset({1})),
    )
    assert whole.undated == {1: None}
    part = whole.take([2, 1])
    assert (part.starts_us, part.ends_us, part.last_seen_us) == ((30, 20), (35, STILL_ACTIVE_US), (31, None))
    assert (part.columns["id"], part.undated) == (("c", "b"), {1: None})
    assert part.excluded_by == (frozenset({1}), frozenset())
    assert (whole.take([0]).undated, batch().take([0]).last_seen_us, batch().take([0]).excluded_by) == ({}, None, None)


def test_joined_batches_have_the_rows_of_both() -> None:
    """A column that one of them lacks is empty there; rows are renumbered."""
    left = replace(
        batch(ids=["a", "b", "c"], statuses=[None, "cleared", None]),
        excluded_by=(frozenset({0}), frozenset(), frozenset()),
        disputed_ids=frozenset({"a"}),
    )
    right = replace(
        batch(last_occurrences_us=[11, 21, 31], statuses=[None, "cleared", None]),
        excluded_by=(frozenset(), frozenset(), frozenset({2})),
        disputed_ids=frozenset({"z"}),
        undated={1: 25},
    )
    both = left.joined(right)
    assert (both.starts_us, both.ends_us[:1], both.ends_us[3:4]) == ((10, 20, 30) * 2, (15,), (15,))
    assert both.last_seen_us == (None, None, None, 11, 21, 31)
    assert right.joined(left).last_seen_us == (11, 21, 31, None, None, None)
    assert both.columns["id"] == ("a", "b", "c", None, None, None)
    assert both.undated == {1: None, 4: 25}
    assert both.disputed_ids == frozenset({"a", "z"})
    assert both.excluded_by == (frozenset({0}), *(frozenset(),) * 4, frozenset({2}))
    assert left.joined(batch()).excluded_by == left.excluded_by
    assert batch().joined(left).excluded_by is None
    bad = sla.AlarmBatch.from_alarms([sla.Alarm(at(8), at(7))], on_invalid="quarantine")
    assert len(bad.joined(bad).rejected) == 2


@pytest.mark.parametrize(
    ("start_us", "end_us", "rows"),
    [(0, 10, []), (0, 11, [0]), (14, 15, [0]), (15, 20, []), (15, 21, [1]), (34, 40, [1, 2]), (35, 40, [1])],
)
def test_rows_within_reach_share_an_instant_with_the_window(start_us: int, end_us: int, rows: list[int]) -> None:
    """To the microsecond; an alarm that is active reaches on."""
    assert batch().rows_within_reach(start_us, end_us) == rows


def test_rows_in_doubt_are_within_reach_too() -> None:
    """An undated one may have lasted longer; those that disagree are in doubt together."""
    undated = replace(batch(), undated={0: 99})
    assert undated.rows_within_reach(40, 50) == [0, 1]
    assert undated.rows_within_reach(0, 10) == []
    disputed = replace(batch(ids=["a", "b", "a"]), disputed_ids=frozenset({"a"}))
    assert disputed.rows_within_reach(100, 110) == [0, 1, 2]
    assert disputed.rows_within_reach(0, 5) == [0, 2]


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"id": 7, "alarm_id": "los", "title": "LOS"}, "7"),
        ({"alarm_id": "los", "title": "LOS"}, "los"),
        ({"title": "LOS"}, "LOS"),
        ({}, "raised 2025-10-08 00:00:00+00:00"),
    ],
)
def test_people_know_a_row_by(fields: dict[str, Any], name: str) -> None:
    """Its id, else its alarm_id, else its title, else when it was raised."""
    assert sla.AlarmBatch.from_alarms([sla.Alarm(at(8), **fields)]).name_of(0) == name
    assert batch().name_of(0) == "raised 1970-01-01 00:00:00.000010+00:00"


def test_a_column_to_group_by_is_one_that_the_batch_carries() -> None:
    """The error names the choice, and which argument was wrong."""
    with pytest.raises(sla.InvalidValueError) as unknown:
        batch(ids=["a", "b", "c"]).by("site")
    assert str(unknown.value) == "by is 'site'; the alarms carry the columns id"
    with pytest.raises(sla.InvalidTypeError) as wrong:
        batch().by(5)  # type: ignore[arg-type]
    assert str(wrong.value) == "by is 5; give the name of a column, e.g. 'resource_id'"
    with pytest.raises(sla.InvalidTypeError) as lists:
        batch(more={"site": [["x"], "y", "z"]}).by("site")
    assert "by is 'site', a column that holds lists; give another" in str(lists.value)
    assert {unknown.value.field, wrong.value.field, lists.value.field} == {"by"}
    assert sla.AlarmBatch().key_column("resource_id") == ()
    with pytest.raises(sla.InvalidValueError, match="the columns"):
        sla.AlarmBatch(starts_us=(0,), ends_us=(1,)).by("resource_id")
    assert set(DESCRIPTIVE_COLUMNS) > {"resource_id"}


@pytest.mark.parametrize("door", ["from_alarms", "from_columns", "from_named_columns"])
def test_options_mean_the_same_at_every_door(door: str) -> None:
    """Skew, what to do with bad rows, corrections, faults and names of rows."""
    make: Any = getattr(sla.AlarmBatch, door)
    rows_by_door: dict[str, dict[str, Any]] = {
        "from_alarms": {"alarms": [sla.Alarm(at(8), at(8) - timedelta(seconds=1), id="1")]},
        "from_columns": {"starts_us": [1_000_000], "ends_us": [0], "ids": ["1"]},
        "from_named_columns": {"columns": {"first_occurrence": [1_000_000], "cleared_at": [0], "id": ["1"]}},
    }
    rows = rows_by_door[door]
    assert len(make(**rows, clock_skew=timedelta(seconds=1))) == 1
    (rejected,) = make(**rows, on_invalid="quarantine").rejected
    assert rejected.columns["id"] == "1"
    void = sla.Correction("1", void=True, reason="test", author="ana", entered_at=at(9))
    assert len(make(**rows, corrections=[void])) == 0
    with pytest.raises(sla.InvalidAlarmsError):
        make(**rows)
    with pytest.raises(sla.InvalidValueError) as caught:
        make(**rows, on_invalid="ignore")
    assert str(caught.value) == "on_invalid is 'ignore'; give 'raise' or 'quarantine'"
    assert caught.value.field == "on_invalid"
    with pytest.raises(sla.InvalidTypeError) as wrong:
        make(**rows, clock_skew=5)
    assert wrong.value.field == "clock_skew"


@pytest.mark.parametrize(
    ("door", "columns", "name"),
    [
        ("from_columns", {"starts_us": [None], "ends_us": [1]}, "starts_us[0]"),
        ("from_named_columns", {"columns": {"first_occurrence": [None]}}, "alarms[0].first_occurrence"),
    ],
)
def test_names_of_rows_and_faults_of_their_reader(door: str, columns: dict[str, Any], name: str) -> None:
    """Named rows are called by their names at every door."""
    make: Any = getattr(sla.AlarmBatch, door)
    with pytest.raises(sla.InvalidAlarmsError) as plain:
        make(**columns)
    assert faults_of(plain.value)[0].field == name
    with pytest.raises(sla.InvalidAlarmsError) as named:
        make(**columns, row_names=["a.csv:3"])
    assert faults_of(named.value)[0].field == "a.csv:3 first_occurrence"
    known = InvalidAlarmError("a.csv:3 first_occurrence is 'soon'", row=0)
    with pytest.raises(sla.InvalidAlarmsError) as reader:
        make(**columns, row_names=["a.csv:3"], faults=[known])
    assert [str(fault) for fault in faults_of(reader.value)] == ["a.csv:3 first_occurrence is 'soon'"]


def test_columns_are_of_one_length_and_named_by_text() -> None:
    """The error names the column by the argument that it was given as."""
    with pytest.raises(sla.InvalidIntervalError) as shorter:
        batch(resource_ids=["r"])
    assert shorter.value.field == "resource_ids"
    with pytest.raises(sla.InvalidTypeError) as text:
        batch(resource_ids="abc")
    assert text.value.field == "resource_ids"
    with pytest.raises(sla.InvalidTypeError) as more:
        batch(more=[("site", "x")])
    assert str(more.value).startswith("more is ")
    assert more.value.field == "more"
    with pytest.raises(sla.InvalidTypeError) as named:
        sla.AlarmBatch.from_named_columns({5: [1]})  # type: ignore[dict-item]
    assert named.value.field == "columns"
    with pytest.raises(sla.InvalidValueError) as without:
        sla.AlarmBatch.from_named_columns({"cleared_at": [1]})
    assert without.value.field == "columns"
    with pytest.raises(sla.InvalidTypeError) as alarms:
        sla.AlarmBatch.from_alarms(5)  # type: ignore[arg-type]
    assert str(alarms.value) == "alarms is 5; give an AlarmBatch or several Alarm"


def test_a_source_s_next_starts_bound_rows_that_are_over_without_a_time() -> None:
    """Where it knows more rows than it returns."""
    columns: dict[str, Any] = {"first_occurrence": [10, 20], "status": ["cleared", "open"], "alarm_id": ["a", "b"]}
    assert sla.AlarmBatch.from_named_columns(columns, next_starts_us=[25, None]).undated == {0: 25}
    assert sla.AlarmBatch.from_named_columns(columns).undated == {0: None}


def test_what_is_excluded_is_compared_as_text_in_lower_case() -> None:
    """Also a status that is a number; a row without one stays."""
    rows = batch(statuses=["Test", 5, None], alarm_types=["A", "b", None])
    assert rows.without_excluded(sla.AlarmFilter(excluded_statuses={"test"})).starts_us == (20, 30)
    assert rows.without_excluded(sla.AlarmFilter(excluded_statuses={"5"})).starts_us == (10, 30)
    assert rows.without_excluded(sla.AlarmFilter(excluded_alarm_types={"A", "B"})).starts_us == (30,)
    severities = batch(severities=["critical", "minor", "critical"])
    assert severities.qualifying(sla.AlarmFilter({"minor"}, excluded_statuses={"x"})).starts_us == (20,)


def test_active_rows_and_rows_read() -> None:
    """Undated rows are over; those set aside were read."""
    rows = batch(statuses=[None, "cleared", None])
    assert (rows.active_rows, batch().active_rows) == ([], [1])
    assert (rows.rows_read, sla.AlarmBatch().rows_read) == (3, 0)
    bad = [sla.Alarm(at(8), at(7)), sla.Alarm(at(8))]
    assert sla.AlarmBatch.from_alarms(bad, on_invalid="quarantine").rows_read == 2
    log = [{"key": "r", "at": at(8, hour), "state": state} for hour, state in enumerate(["up", "down", "up"])]
    assert sla.alarms_from_changes(log, down="down").rows_read == 3
