"""Validation of alarm rows, and the batch that it makes."""

from __future__ import annotations

import inspect
import pickle
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

import sla_compliance as sla
from sla_compliance.alarms import ALARM_COLUMNS
from sla_compliance.errors import InvalidAlarmError
from sla_compliance.sources._sql.mappings import AlarmsTable
from sla_compliance.validation import STILL_ACTIVE_US
from tests.unit.moments import HOUR_US, at, faults_of, report_of, us


def validated(*rows: sla.Alarm, **options: Any) -> sla.AlarmBatch:
    """Return the batch of some rows, bad ones set aside."""
    return sla.AlarmBatch.from_alarms(rows, on_invalid="quarantine", **options)


def test_all_faults_are_raised_together() -> None:
    """Each with its row, and both of a row that has two."""
    rows = [sla.Alarm(at(8), at(7)), sla.Alarm(at(8)), sla.Alarm(None, severity="fatal")]  # type: ignore[arg-type]
    with pytest.raises(
        sla.InvalidAlarmsError, match="^2 bad alarm rows, the first: alarms\\[0\\].cleared_at lies"
    ) as raised:
        sla.AlarmBatch.from_alarms(rows)
    assert [(fault.row, fault.field) for fault in faults_of(raised.value)] == [
        (0, "alarms[0].cleared_at"),
        (2, "alarms[2].first_occurrence"),
        (2, "alarms[2].severity"),
    ]


def test_quarantine_keeps_the_good_rows_and_lists_the_bad() -> None:
    """One bad row must not take the chart away."""
    batch = validated(sla.Alarm(at(8), at(7), id="bad", resource_id="r1"), sla.Alarm(at(8), at(9), id="good"))
    assert batch.columns["id"] == ("good",)
    (rejected,) = batch.rejected
    assert rejected.row == 0
    assert rejected.columns["resource_id"] == "r1"
    assert "cleared_at" in rejected.reasons[0]


@pytest.mark.parametrize(("skew", "is_taken"), [(0, False), (59, False), (60, True), (600, True)])
def test_a_reversed_row_within_the_clock_skew_has_length_0(skew: int, is_taken: bool) -> None:
    """Beyond it, it is bad."""
    batch = validated(sla.Alarm(at(8, 9, 1), at(8, 9, 0)), clock_skew=timedelta(seconds=skew))
    assert len(batch) == int(is_taken)
    assert batch.ends_us == batch.starts_us


@pytest.mark.parametrize(
    ("fields", "end", "is_undated"),
    [
        ({"cleared_at": at(8, 10), "resolved_at": at(8, 11), "last_occurrence": at(8, 9, 30)}, at(8, 10), False),
        ({"resolved_at": at(8, 11), "last_occurrence": at(8, 9, 30), "status": "cleared"}, at(8, 11), False),
        ({"last_occurrence": at(8, 9, 30), "status": "cleared"}, at(8, 9, 30), True),
        ({"last_occurrence": at(8, 9, 30), "status": "RESOLVED"}, at(8, 9, 30), True),
        ({"last_occurrence": at(8, 9, 30), "status": "closed"}, at(8, 9, 30), True),
        ({"last_occurrence": at(8, 9, 30), "status": "acknowledged"}, None, False),
        ({"last_occurrence": at(8, 9, 30)}, None, False),
        ({"status": "cleared"}, None, True),
        ({}, None, False),
    ],
)
def test_an_alarm_lasts_until_the_first_end_that_is_known(fields: dict[str, Any], end: Any, is_undated: bool) -> None:
    """Cleared, else resolved, else last seen where the status says so, else it is active unless it says it is over."""
    batch = validated(sla.Alarm(at(8, 9), **fields))
    assert batch.ends_us == (STILL_ACTIVE_US if end is None else us(end),)
    assert batch.alarm(0).cleared_at == end
    assert batch.undated == ({0: None} if is_undated else {})
    assert batch.active_rows == ([0] if end is None and not is_undated else [])


def test_copies_of_a_row_are_one_alarm() -> None:
    """Also when a severity or a status is the same but for its case."""
    row: dict[str, Any] = {"id": 7, "cleared_at": at(8, 10)}
    batch = validated(sla.Alarm(at(8, 9), severity="MAJOR", **row), sla.Alarm(at(8, 9), severity="major", **row))
    assert len(batch) == 1
    assert batch.rejected == ()


def test_a_row_that_hides_behind_a_bad_one_of_its_id_is_not_lost_silently() -> None:
    """A reversed row is no copy of a row without length, although both would count nothing."""
    batch = validated(sla.Alarm(at(8, 9), at(8, 8), id=7), sla.Alarm(at(8, 9), at(8, 9), id=7))
    assert len(batch) + len(batch.rejected) == 2


def test_rows_without_an_id_are_never_compared() -> None:
    """Equal rows may be two alarms; counted once they are anyway."""
    assert len(validated(sla.Alarm(at(8)), sla.Alarm(at(8)))) == 2


@pytest.mark.parametrize("field", ["severity", "id", "resource_id", "status", "title", "subscriber_count"])
def test_a_value_that_cannot_be_compared_is_a_bad_row(field: str) -> None:
    """Not the end of the whole batch."""
    strange: dict[str, Any] = {field: ["a list"]}
    batch = validated(sla.Alarm(at(8), **strange), sla.Alarm(at(9)))
    assert len(batch) == 1
    assert batch.rejected[0].reasons[0].startswith(f"alarms[0].{field} is a value of type list")


def test_rows_can_have_names() -> None:
    """A file's rows are named by file and line, in the message and as the field."""
    with pytest.raises(sla.InvalidAlarmsError) as raised:
        sla.AlarmBatch.from_columns(starts_us=[None], ends_us=[None], row_names=["alarms.csv:17"])  # type: ignore[list-item]
    (fault,) = faults_of(raised.value)
    assert fault.field == "alarms.csv:17 first_occurrence"
    assert str(fault) == "alarms.csv:17 first_occurrence is empty; every alarm needs one"


def test_faults_that_a_reader_found_stand_beside_those_of_the_gate() -> None:
    """The row is bad although its placeholder is a good instant."""
    fault = InvalidAlarmError("alarms.csv:3 cleared_at is 'soon'", field="alarms.csv:3 cleared_at", row=1)
    batch = sla.AlarmBatch.from_columns(
        starts_us=[0, 0], ends_us=[1, 1], severities=["critical", "fatal"], faults=[fault], on_invalid="quarantine"
    )
    assert len(batch) == 1
    assert len(batch.rejected[0].reasons) == 2


def test_further_columns_are_carried() -> None:
    """And one can be asked for by its name."""
    batch = sla.AlarmBatch.from_columns(starts_us=[0, 5], ends_us=[1, None], more={"circuit": ["c1", "c2"]})
    assert {key: group.starts_us for key, group in batch.by("circuit").items()} == {"c1": (0,), "c2": (5,)}


def test_a_group_has_its_own_rejected_rows() -> None:
    """A key whose rows are all bad has a group too; rows without the key stand under None."""
    batch = validated(
        sla.Alarm(at(8), resource_id="r1"),
        sla.Alarm(at(8), at(7), resource_id="r2"),
        sla.Alarm(at(8)),
        sla.Alarm(at(8), resource_id=["r1"]),  # type: ignore[arg-type]
    )
    groups = batch.by("resource_id")
    assert {key: (len(group), len(group.rejected)) for key, group in groups.items()} == {
        "r1": (1, 0),
        "r2": (0, 1),
        None: (1, 1),
    }


def test_an_empty_batch_has_no_groups() -> None:
    """By any column that alarms have; a typo is an error on no rows too."""
    for batch in (sla.AlarmBatch(), sla.AlarmBatch.from_alarms([])):
        assert len(batch) == 0
        assert batch.by("resource_id") == {}
        with pytest.raises(sla.InvalidValueError, match="by is 'resource'; the alarms carry the columns severity, id"):
            batch.by("resource")
    with_circuits = sla.AlarmBatch.from_columns(starts_us=[], ends_us=[], more={"circuit": []})
    assert with_circuits.by("circuit") == {}


def test_a_row_becomes_an_alarm_again() -> None:
    """With all that it said."""
    row = sla.Alarm(
        at(8), at(9), severity="major", id=7, alarm_id="a", resource_id="r", customer_id="c", status="cleared",
        alarm_type="los", last_occurrence=at(8, 1), subscriber_count=3, title="t",
    )  # fmt: skip
    assert validated(row).alarm(0) == row
    assert validated(sla.Alarm(at(8))).alarm(0) == sla.Alarm(at(8))


def test_a_raise_in_1970_counts_and_is_listed() -> None:
    """A device whose clock was never set."""
    batch = sla.AlarmBatch.from_columns(starts_us=[5], ends_us=[us(at(8, 1))])
    report = report_of(batch, at(8), at(9))
    assert report.total.downtime_us == HOUR_US
    assert report.quality.raised_in_1970 == 1


def test_batches_are_picklable() -> None:
    """With what was set aside."""
    batch = validated(sla.Alarm(at(8), at(7)), sla.Alarm(at(8), at(9), id=1))
    assert pickle.loads(pickle.dumps(batch)) == batch  # noqa: S301 - our own bytes
    assert hash(batch) == hash(validated(sla.Alarm(at(8), at(7)), sla.Alarm(at(8), at(9), id=1)))


def test_a_subclass_of_alarm_is_an_alarm() -> None:
    """A platform may carry more on its rows."""

    class Row(sla.Alarm):
        pass

    assert len(sla.AlarmBatch.from_alarms([Row(at(8)), sla.Alarm(at(9))])) == 2


def test_a_generator_of_alarms_is_read_once() -> None:
    """Any iterable will do."""
    assert len(sla.AlarmBatch.from_alarms(sla.Alarm(at(day)) for day in (8, 9))) == 2


class _Hostile(datetime):
    """A datetime of a foreign type whose every method raises, as pandas' NaT has it for some."""

    def utcoffset(self) -> timedelta:
        raise RuntimeError("no offset")

    def __str__(self) -> str:
        raise RuntimeError("no text")


class _Unhashable:
    def __hash__(self) -> int:
        raise RuntimeError("no hash")


HOSTILE = _Hostile(2025, 10, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("alarm", "field"),
    [
        (sla.Alarm(HOSTILE), "first_occurrence"),
        (sla.Alarm(at(8), HOSTILE), "cleared_at"),
        (sla.Alarm(at(8), last_occurrence=HOSTILE), "last_occurrence"),
        (sla.Alarm(at(8), resource_id=cast(Any, _Unhashable())), "resource_id"),
        (sla.Alarm(at(8), id=cast(Any, _Unhashable())), "id"),
    ],
    ids=["raised", "cleared", "last seen", "resource", "id"],
)
def test_whatever_a_foreign_type_raises_is_the_fault_of_its_row(alarm: sla.Alarm, field: str) -> None:
    """One row is bad, the other stays, and the error names the field."""
    good = sla.Alarm(at(9), at(10))
    batch = sla.AlarmBatch.from_alarms([good, alarm], on_invalid="quarantine")
    assert len(batch) == 1
    assert f"alarms[1].{field}" in batch.rejected[0].reasons[0]
    with pytest.raises(sla.InvalidAlarmsError):
        sla.AlarmBatch.from_alarms([good, alarm])


@pytest.mark.parametrize("argument", ["start", "end", "as_of"])
def test_a_foreign_datetime_that_raises_is_a_bad_argument(argument: str) -> None:
    """Not a crash: the error names the argument."""
    arguments: dict[str, Any] = {"start": at(8), "end": at(9), "zone": "UTC", "as_of": at(9), argument: HOSTILE}
    with pytest.raises(sla.InvalidValueError, match=argument):
        sla.evaluate([], **arguments)


def test_the_columns_of_alarms_stand_in_one_table() -> None:
    """Alarm, from_columns and the SQL mapping have exactly the columns of the table."""
    names = {column.name for column in ALARM_COLUMNS}
    assert names == {field.name for field in fields(sla.Alarm) if field.name != "_"}
    options = {"more", "row_names", "faults", "corrections", "on_invalid", "clock_skew"}
    arguments = inspect.signature(sla.AlarmBatch.from_columns).parameters.keys() - options
    assert arguments == {column.argument for column in ALARM_COLUMNS}
    mapped = {field.name for field in fields(AlarmsTable)}
    ways_to_read = {"naive_times", "times_in", "severity_map", "status_map"}
    assert mapped == names | ways_to_read | {"table", "schema", "tenant_id", "more", "where"}


def test_columns_by_name_and_by_argument_are_the_same_batch() -> None:
    """from_columns is from_named_columns with other words."""
    by_name = sla.AlarmBatch.from_named_columns(
        {"first_occurrence": [0, 5], "cleared_at": [3, None], "resource_id": ["a", None], "site": ["x", "y"]}
    )
    by_argument = sla.AlarmBatch.from_columns(
        starts_us=[0, 5], ends_us=[3, None], resource_ids=["a", None], more={"site": ["x", "y"]}
    )
    assert by_name == by_argument
    assert by_name.columns == by_argument.columns


def test_columns_without_the_one_that_is_needed_are_refused() -> None:
    """An alarm without a beginning is none; without a column of ends all are active."""
    with pytest.raises(sla.InvalidValueError, match="first_occurrence"):
        sla.AlarmBatch.from_named_columns({"cleared_at": [1]})
    assert sla.AlarmBatch.from_named_columns({"first_occurrence": [1]}).active_rows == [0]
