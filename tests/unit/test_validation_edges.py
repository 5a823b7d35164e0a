"""Validation at its edges: what a row set aside still says, names of faults, the clock skew to the microsecond."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import sla_compliance as sla
from sla_compliance.errors import InvalidAlarmError
from sla_compliance.rejected_rows import RejectedRow
from sla_compliance.validation import RowValidation
from tests.unit.moments import at, faults_of, us
from tests.unit.test_absent_values import Int64

YEAR_2 = datetime(2, 1, 1, tzinfo=UTC)
MINUTE, MICROSECOND = timedelta(minutes=1), timedelta(microseconds=1)


def rejected(alarm: sla.Alarm, *others: sla.Alarm, **options: Any) -> RejectedRow:
    """Return the one row that quarantine sets aside."""
    (row,) = sla.AlarmBatch.from_alarms([alarm, *others], on_invalid="quarantine", **options).rejected
    return row


class _Textless:
    """A value that can be compared and not written."""

    def __str__(self) -> str:
        raise RuntimeError("no text")


class TestRowsSetAside:
    """What is set aside is doubt; all that could be read of it stays."""

    def test_a_reversed_row_keeps_its_instants_as_they_were_read(self) -> None:
        """Its end is none, and says nevertheless that it is over."""
        row = rejected(sla.Alarm(at(8), at(7), resolved_at=at(9), last_occurrence=at(8, 1), id="1"))
        assert (row.start_us, row.end_us, row.says_over) == (us(at(8)), us(at(9)), True)
        names = ("first_occurrence", "cleared_at", "resolved_at", "last_occurrence")
        assert [row.instants[name] for name in names] == [us(at(8)), us(at(7)), us(at(9)), us(at(8, 1))]
        assert row.faulty_columns == ("cleared_at",)

    @pytest.mark.parametrize(
        ("fields", "end", "says_over"),
        [
            ({"cleared_at": at(8)}, at(8), True),
            ({"cleared_at": at(9)}, at(9), True),
            ({"resolved_at": at(9)}, at(9), True),
            ({"status": "Resolved"}, None, True),
            ({"status": "open"}, None, False),
            ({}, None, False),
        ],
        ids=["of length 0", "cleared", "resolved", "status of over", "status of open", "nothing"],
    )
    def test_a_row_of_unknown_severity_says_when_it_was_and_whether_it_is_over(
        self, fields: dict[str, Any], end: datetime | None, says_over: bool
    ) -> None:
        """An end of any kind, or a status."""
        row = rejected(sla.Alarm(at(8), severity="fatal", **fields))
        assert (row.end_us, row.says_over) == (None if end is None else us(end), says_over)
        assert row.columns["severity"] == "fatal"
        assert row.faulty_columns == ("severity",)

    def test_an_end_that_cannot_be_read_is_no_end(self) -> None:
        """And does not say that the row is over."""
        row = rejected(sla.Alarm(at(8), datetime(2025, 10, 9)))  # noqa: DTZ001 - a fault
        assert (row.end_us, row.says_over, row.faulty_columns) == (None, False, ("cleared_at",))
        assert row.instants["cleared_at"] is None

    def test_a_row_without_a_start_has_none(self) -> None:
        """Neither as a fact nor among its instants."""
        row = rejected(sla.Alarm(None, at(9), id="1"))  # type: ignore[arg-type]
        assert (row.start_us, row.end_us, row.says_over) == (None, None, True)
        assert (row.instants["first_occurrence"], row.instants["cleared_at"]) == (None, us(at(9)))

    def test_the_next_row_of_the_same_alarm_bounds_a_row_set_aside(self) -> None:
        """It was over by then."""
        later = sla.Alarm(at(9), at(10), alarm_id="a")
        assert rejected(sla.Alarm(at(8), severity="fatal", alarm_id="a"), later).bound_us == us(at(9))
        assert rejected(sla.Alarm(at(8), severity="fatal", alarm_id="b"), later).bound_us is None


class TestNamesOfFaults:
    """What programs read of a fault."""

    def test_a_fault_names_its_row_and_column(self) -> None:
        """Of alarms, of columns by their argument, of further columns by their name."""
        with pytest.raises(sla.InvalidAlarmsError) as of_rows:
            sla.AlarmBatch.from_alarms([sla.Alarm(at(8)), sla.Alarm(at(8), severity="fatal")])
        (fault,) = faults_of(of_rows.value)
        assert (fault.row, fault.column, fault.field) == (1, "severity", "alarms[1].severity")
        columns: dict[str, Any] = {"starts_us": [0], "ends_us": [1], "more": {"tenant_id": [["t"]]}}
        with pytest.raises(sla.InvalidAlarmsError) as of_columns:
            sla.AlarmBatch.from_columns(**columns, severities=["fatal"])
        by_argument = {fault.column: fault.field for fault in faults_of(of_columns.value)}
        assert by_argument == {"severity": "severities[0]", "tenant_id": "tenant_id[0]"}

    def test_a_reader_s_fault_is_of_the_column_that_it_begins_with(self) -> None:
        """Unless it says so itself, or names none."""

        def faults(*messages: tuple[str, str]) -> tuple[str, ...]:
            known = [InvalidAlarmError(text, row=0, column=column) for text, column in messages]
            batch = sla.AlarmBatch.from_columns(
                starts_us=[0], ends_us=[1], row_names=["a.csv:3"], faults=known, on_invalid="quarantine"
            )
            return batch.rejected[0].faulty_columns

        assert faults(("a.csv:3 cleared_at is 'soon'", "")) == ("cleared_at",)
        assert faults(("a.csv:3 cleared_at is 'soon'", "resolved_at")) == ("resolved_at",)
        assert faults(("a.csv:3 has 4 values", ""), ("a.csv:3 severity is 'x'", "")) == ("", "severity")

    def test_names_of_rows_are_several(self) -> None:
        """Not a text, not a number."""
        for row_names in ("a.csv:3", 5):
            with pytest.raises(sla.InvalidTypeError) as caught:
                sla.AlarmBatch.from_columns(starts_us=[0], ends_us=[1], row_names=row_names)  # type: ignore[arg-type]
            assert caught.value.field == "row_names"

    def test_settling_drops_the_faults_of_some_columns_or_of_all(self) -> None:
        """Others of the row stay, and so do those of other rows."""
        validation = RowValidation("quarantine", timedelta(0))
        for row, column in ((0, "severity"), (0, "cleared_at"), (1, "severity"), (2, "id"), (2, "severity")):
            validation.add_fault(row, f"{column} is bad", column)
        validation.settle(0, "severity", "resolved_at")
        validation.settle(1, "severity")
        validation.settle(2)
        validation.settle(3, "severity")
        assert {row: [fault.column for fault in faults] for row, faults in validation.faults.items()} == {
            0: ["cleared_at"]
        }
        assert validation.unreadable[0] == {"cleared_at"}

    def test_a_value_has_one_fault(self) -> None:
        """The first."""
        validation = RowValidation("quarantine", timedelta(0))
        validation.add_fault(0, "first", "severity")
        validation.add_fault(0, "second", "severity")
        validation.add_fault(0, "third", "id")
        assert [str(fault) for fault in validation.faults[0]] == ["first", "third"]


def test_a_key_whose_text_cannot_be_made_is_a_fault() -> None:
    """Keys are compared as text."""
    row = rejected(sla.Alarm(at(8), id=_Textless()))
    assert row.faulty_columns == ("id",)
    assert row.columns["id"] is None


def test_the_first_instant_of_year_2_is_a_start() -> None:
    """Beside others that are read one by one."""
    batch = sla.AlarmBatch.from_alarms(
        [sla.Alarm(YEAR_2, at(8)), sla.Alarm(None), sla.Alarm(YEAR_2 - MICROSECOND, at(8))],  # type: ignore[arg-type]
        on_invalid="quarantine",
    )
    assert len(batch) == 1
    assert [row.row for row in batch.rejected] == [1, 2]


def test_columns_that_their_reader_has_checked_are_taken_as_they_are() -> None:
    """None of their values is looked at again; of others foreign integers become ints."""
    column = [Int64(5), None]
    reader = RowValidation("raise", timedelta(0), plain_columns=["cleared_at"])
    assert reader.integers(column, "cleared_at") is column
    assert reader.integers(column, "resolved_at") == [5, None]


class TestClockSkew:
    """Within it a reversed row has length 0, and is counted."""

    def test_only_reversed_rows_are_counted(self) -> None:
        """One that ends as it starts is not; neither is one of which another is reversed."""
        rows = [sla.Alarm(at(8, 1), at(8)), sla.Alarm(at(8), at(8)), sla.Alarm(at(8), at(9))]
        batch = sla.AlarmBatch.from_alarms(rows, clock_skew=timedelta(hours=1))
        assert batch.row_facts.reversed_within_skew == 1
        assert batch.ends_us == (us(at(8, 1)), us(at(8)), us(at(9)))

    @pytest.mark.parametrize(("seen_before", "reversed_count"), [(timedelta(0), 0), (MICROSECOND, 1), (2 * MINUTE, 1)])
    def test_a_last_sight_just_before_the_start_is_at_the_start(
        self, seen_before: timedelta, reversed_count: int
    ) -> None:
        """Of a row that is over and does not say when."""
        row = sla.Alarm(at(8), status="cleared", last_occurrence=at(8) - seen_before)
        batch = sla.AlarmBatch.from_alarms([row], clock_skew=2 * MINUTE)
        assert batch.ends_us == batch.starts_us
        assert batch.row_facts.reversed_within_skew == reversed_count

    def test_beyond_it_the_message_says_by_how_much(self) -> None:
        """To the microsecond."""
        row = sla.Alarm(at(8), status="cleared", last_occurrence=at(8) - 2 * MINUTE - MICROSECOND)
        with pytest.raises(sla.InvalidAlarmsError) as caught:
            sla.AlarmBatch.from_alarms([row], clock_skew=2 * MINUTE)
        (fault,) = faults_of(caught.value)
        assert str(fault).startswith("alarms[0].last_occurrence lies 2 min 0.000001 s before first_occurrence")
        assert fault.column == "last_occurrence"

    def test_the_column_at_fault_is_the_one_that_gave_the_end(self) -> None:
        """`cleared_at`, else `resolved_at`."""
        assert rejected(sla.Alarm(at(8), at(7))).faulty_columns == ("cleared_at",)
        assert rejected(sla.Alarm(at(8), resolved_at=at(7))).faulty_columns == ("resolved_at",)
