"""What says that there is no value, and integers of any library."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

import sla_compliance as sla
from sla_compliance.columns import is_absent, is_empty, with_absent_as_none
from sla_compliance.validation import STILL_ACTIVE_US
from tests.unit.moments import at, us

SHARED_NAN = float("nan")


class NaTType(datetime):
    """As pandas has it: a datetime that is none, equal to nothing."""

    def __eq__(self, other: object) -> bool:
        return False

    def __hash__(self) -> int:
        return 0

    def utcoffset(self) -> timedelta:
        raise ValueError("NaTType does not support utcoffset")


class NAType:
    """As pandas has it: comparing it gives no truth value."""

    def __eq__(self, other: object) -> Any:
        return self

    def __hash__(self) -> int:
        return 0

    def __bool__(self) -> bool:
        raise TypeError("boolean value of NA is ambiguous")


class Int64:
    """An integer of another library."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __index__(self) -> int:
        return self.number


NAT, NA = NaTType(1, 1, 1), NAType()
ABSENT: dict[str, Any] = {
    "None": None,
    "NaN": SHARED_NAN,
    "NaT": NAT,
    "NA": NA,
    "empty text": "",
    "decimal NaN": Decimal("NaN"),
}


@pytest.mark.parametrize("value", ABSENT.values(), ids=ABSENT)
def test_each_library_s_word_for_no_value_is_absent(value: Any) -> None:
    """Alone in a column and beside others, of alarms and of columns."""
    assert is_absent(value)
    alarm = sla.Alarm(at(8), value, id=value, resource_id=value, last_occurrence=value, title=value)
    batch = sla.AlarmBatch.from_alarms([alarm, sla.Alarm(at(8), at(9), id=7, resource_id="r1", title="t")])
    assert batch.ends_us == (STILL_ACTIVE_US, us(at(9)))
    assert (batch.columns["id"], batch.columns["resource_id"]) == ((None, 7), (None, "r1"))
    columns = sla.AlarmBatch.from_columns(
        starts_us=[0, 0], ends_us=[value, 5], ids=[value, 7], more={"circuit": [value, "c1"]}
    )
    assert columns.ends_us == (STILL_ACTIVE_US, 5)
    assert columns.columns["circuit"] == (None, "c1")


@pytest.mark.parametrize("value", ABSENT.values(), ids=ABSENT)
def test_a_start_that_is_absent_is_a_fault(value: Any) -> None:
    """Every alarm needs one."""
    with pytest.raises(sla.InvalidAlarmsError, match="alarms\\[0\\].first_occurrence is empty"):
        sla.AlarmBatch.from_alarms([sla.Alarm(value)])
    with pytest.raises(sla.InvalidAlarmsError, match="starts_us\\[0\\] is empty"):
        sla.AlarmBatch.from_columns(starts_us=[value], ends_us=[1])


def test_a_shared_nan_is_no_key() -> None:
    """Pandas fills a column with one and the same NaN: rows without a key, not rows of one."""
    alarms = [sla.Alarm(at(8), at(9), id=SHARED_NAN, resource_id=SHARED_NAN) for _ in range(2)]  # type: ignore[arg-type]
    batch = sla.AlarmBatch.from_alarms(alarms)
    assert len(batch) == 2
    assert batch.by("resource_id").keys() == {None}


@pytest.mark.parametrize(
    "value",
    [
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(1, 12, 31, 23, tzinfo=UTC),
        datetime(9999, 1, 1, tzinfo=UTC),
        datetime.max.replace(tzinfo=UTC),
        datetime(9999, 12, 31, tzinfo=timezone(timedelta(hours=-5))),
    ],
    ids=str,
)
def test_the_years_1_and_9999_are_not_yet_where_something_is_to_come(value: datetime) -> None:
    """An end, and when a person took the alarm on."""
    alarms = [sla.Alarm(at(8), value), sla.Alarm(at(8), resolved_at=value), sla.Alarm(at(8), acknowledged_at=value)]
    batch = sla.AlarmBatch.from_alarms(alarms)
    assert batch.ends_us == (STILL_ACTIVE_US,) * 3
    assert "acknowledged_at" not in batch.columns


@pytest.mark.parametrize("end_us", [STILL_ACTIVE_US, -(2**62), -62_135_596_800_000_000, 253_370_764_800_000_000])
def test_so_are_integers_of_these_years_or_beyond(end_us: int) -> None:
    """Infinity, as a database writes it."""
    for value in (end_us, Int64(end_us)):
        batch = sla.AlarmBatch.from_columns(starts_us=[0, 0], ends_us=[value, 5])  # type: ignore[list-item]
        assert batch.ends_us == (STILL_ACTIVE_US, 5)


def test_an_end_in_year_9998_is_an_end() -> None:
    """And so is one in year 2, before any start."""
    late = datetime(9998, 12, 31, tzinfo=UTC)
    assert sla.AlarmBatch.from_alarms([sla.Alarm(at(8), late)]).active_rows == []
    with pytest.raises(sla.InvalidAlarmsError, match="cleared_at lies"):
        sla.AlarmBatch.from_alarms([sla.Alarm(at(8), datetime(2, 1, 1, tzinfo=UTC))])


def test_integers_of_any_library_are_integers() -> None:
    """In every column of instants; an IntervalSet takes them too."""
    batch = sla.AlarmBatch.from_columns(
        starts_us=[Int64(5)],  # type: ignore[list-item]
        ends_us=[Int64(9)],  # type: ignore[list-item]
        last_occurrences_us=[Int64(8)],  # type: ignore[list-item]
        acknowledged_us=[Int64(7)],  # type: ignore[list-item]
    )
    assert (batch.starts_us, batch.ends_us, batch.last_seen_us) == ((5,), (9,), (8,))
    assert batch.alarm(0).acknowledged_at == datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=7)
    some = sla.intervals.IntervalSet.from_columns([Int64(0)], [Int64(9)])  # type: ignore[list-item]
    assert Int64(3) in some  # type: ignore[operator]
    assert some.clip(Int64(1), Int64(4)).total_us == 3  # type: ignore[arg-type]
    assert some.measure([Int64(0), Int64(4)]) == [4]  # type: ignore[list-item]
    assert sla.Period.rolling(Int64(30)) == sla.Period.rolling(30)  # type: ignore[arg-type]
    assert sla.PlannedWork(most_windows=Int64(2)).most_windows == 2  # type: ignore[arg-type]


def test_columns_are_looked_at_whole_before_their_values() -> None:
    """A column without absent values stays as it is; foreign types that raise when compared do no harm."""
    plain = ("a", 5, None)
    assert with_absent_as_none(plain) is plain
    assert is_empty([None, None])
    assert is_empty([])
    assert not is_empty([5, None])

    class Raising:
        def __eq__(self, other: object) -> bool:
            raise RuntimeError("no comparison")

        __hash__ = None  # type: ignore[assignment]

    strange = Raising()
    assert not is_empty([None, strange])
    assert not is_absent(strange)
    assert with_absent_as_none((None, strange, "")) == (None, strange, None)


def test_nothing_is_absent_that_says_something() -> None:
    """Zero, False, a blank."""
    for value in itertools.chain((0, False, " ", 0.0, (), Decimal(0)), (datetime.min, "NaN", "None")):  # noqa: DTZ901
        assert not is_absent(value)
