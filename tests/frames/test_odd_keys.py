"""daily_compliance(): keys of odd types, with gaps, that are equal or read alike, and those of inventories."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]
import pytest

import sla_compliance as sla
from sla_compliance.frames import daily_result
from tests.frames.worlds import at

QUESTION: dict[str, Any] = {
    "start": at("2025-01-01T00:00:00Z"),
    "end": at("2025-01-02T00:00:00Z"),
    "as_of": at("2025-02-01T00:00:00Z"),
}


def starts_and_ends(count: int) -> dict[str, list[Any]]:
    """Return alarms that last 1, 2, 4 ... seconds, so that the downtime of a key says which are its own."""
    start = at("2025-01-01T01:00:00Z")
    return {
        "first_occurrence": [start.replace(hour=row) for row in range(count)],
        "cleared_at": [start.replace(hour=row, minute=2**row // 60, second=2**row % 60) for row in range(count)],
    }


def downtimes(frame: Any, by: str) -> list[tuple[str, int]]:
    """Return each key as text and its downtime in seconds, in the order of a frame of one day."""
    keys = frame[by].to_pylist() if isinstance(frame, pa.Table) else frame[by].to_list()
    lengths = frame["downtime_us"].to_pylist() if isinstance(frame, pa.Table) else frame["downtime_us"].to_list()
    return [(str(key), length // 10**6) for key, length in zip(keys, lengths, strict=True)]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["a", None, "b", "a"], [("a", 9), ("b", 4)]),
        ([7, None, 8, 7], [("7.0", 9), ("8.0", 4)]),
        (pd.Categorical(["b", None, "a", "b"]), [("b", 9), ("a", 4)]),
        (pd.array([7, None, 8, 7], dtype="Int64"), [("7", 9), ("8", 4)]),
        (pd.Series([True, None, False, True], dtype=object), [("True", 9), ("False", 4)]),
        (pd.Series([1.0, None, 2.0, 1.0], dtype=object), [("1.0", 9), ("2.0", 4)]),
        (pd.Series([1, 1.0, "1", True], dtype=object), [("1", 15)]),
        (pd.Series([Decimal("1.0"), "1", Decimal(1), "1.0"], dtype=object), [("1.0", 13), ("1", 2)]),
        (
            pd.Series([uuid.UUID(int=row % 2) for row in range(4)]),
            [(str(uuid.UUID(int=row)), 5 * 2**row) for row in (0, 1)],
        ),
    ],
)
def test_keys_of_pandas(values: Any, expected: list[tuple[str, int]]) -> None:
    """Gaps, objects that are equal or read alike: as evaluate_each() has them, whatever the index is called."""
    frame = pd.DataFrame({**starts_and_ends(4), "tenant_id": values})
    frame.index = pd.Index([0, 0, 1, 1], name="tenant_id")
    before = frame.copy()
    days = daily_result(frame, unkeyed="nobody", **QUESTION).frame
    assert downtimes(days, "tenant_id") == expected
    reports = sla.evaluate_each(frame, by="tenant_id", zone="UTC", unkeyed="nobody", **QUESTION)
    assert [report.total.downtime_us // 10**6 for report in reports.values()] == [length for _, length in expected]
    pd.testing.assert_frame_equal(frame, before)


def test_whole_floats_are_a_matter_of_their_column() -> None:
    """A value without a fraction reads as one of its column does, also where the others are of rows without a key."""
    frame = pl.DataFrame({**starts_and_ends(3), "a": [1.0, 1.5, None], "b": ["x", None, "x"]})
    days = daily_result(frame, by=("a", "b"), unkeyed="nobody", inventory=[(1.0, "x")], **QUESTION).frame
    assert days.select("a", "b", "downtime_us").rows() == [(1.0, "x", 10**6)]


@pytest.mark.parametrize("by", ["self", "frame", "with space", "value", "number"])
def test_names_of_columns(by: str) -> None:
    """A column may be called as arguments and columns inside are."""
    frame = pl.DataFrame({**starts_and_ends(3), by: ["a", "b", "a"]})
    assert downtimes(daily_result(frame, by=by, **QUESTION).frame, by) == [("a", 5), ("b", 2)]


@pytest.mark.parametrize(
    ("keys", "inventory"),
    [
        (pa.array(["a", "b", "a"], pa.string_view()), "z"),
        (pa.array(["a", "b", "a"], pa.large_string()), "z"),
        (pa.array(["a", "b", "a"]).dictionary_encode(), "z"),
        (pa.array([b"a", b"b", b"a"], pa.binary_view()), b"z"),
        (pa.RunEndEncodedArray.from_arrays([1, 2, 3], ["a", "b", "a"]), "z"),
        (pa.array([1, 2, 1], pa.uint8()), 9),
        (pa.DictionaryArray.from_arrays(pa.array([0, 1, 2], pa.int8()), pa.array(["a", "b", "a"])), None),
    ],
)
def test_keys_of_arrow(keys: Any, inventory: Any) -> None:
    """Views, dictionaries, runs, a slice of a table, and a key of the inventory among them."""
    table = pa.table({**starts_and_ends(3), "tenant_id": keys, "severity": pa.array(["major", None, "major"])})
    padded = pa.concat_tables([table, table]).slice(3, 3)
    listed = [] if inventory is None else [inventory]
    days = daily_result(padded, inventory=listed, severity_map={"critical": ""}, **QUESTION).frame
    first, second = keys[0].as_py(), keys[1].as_py()
    assert downtimes(days, "tenant_id") == [(str(first), 5), (str(second), 2), *((str(key), 0) for key in listed)]


def test_a_dictionary_of_arrow_may_hold_a_missing_value() -> None:
    """Also where an inventory lists a key that the dictionary does not have."""
    keys = pa.DictionaryArray.from_arrays(pa.array([0, 1, 2], pa.int32()), pa.array(["a", None, "b"]))
    table = pa.table({**starts_and_ends(3), "tenant_id": keys})
    days = daily_result(table, inventory=["z"], unkeyed="nobody", **QUESTION).frame
    assert downtimes(days, "tenant_id") == [("a", 1), ("b", 4), ("z", 0)]
    assert days.schema.field("tenant_id").type == keys.type


def test_words_of_which_none_qualifies_but_the_missing() -> None:
    """PyArrow compares no column with an empty list of words."""
    table = pa.table({**starts_and_ends(3), "tenant_id": ["a", "b", "a"], "status": pa.array(["x", None, None])})
    policy = sla.SLAPolicy(qualifying=sla.AlarmFilter(excluded_statuses={"x"}))
    result = daily_result(table, policy=policy, **QUESTION)
    assert [str(way) for way in result.ways] == ["2 keys by the timeline"]
    assert downtimes(result.frame, "tenant_id") == [("a", 4), ("b", 2)]


@pytest.mark.parametrize("make", [pl.DataFrame, pa.table])
def test_a_column_of_keys_without_a_value(make: Callable[..., Any]) -> None:
    """It has the type of the keys of the inventory."""
    frame = make({**starts_and_ends(1), "tenant_id": [None]})
    days = daily_result(frame, inventory=["z"], unkeyed="everybody", **QUESTION).frame
    assert downtimes(days, "tenant_id") == [("z", 1)]


@pytest.mark.parametrize("values", [[True, False, True], [1, 2, 1], ["1", "2", "1"]])
def test_rows_without_a_key_that_the_frame_does_not_have(values: Sequence[Any]) -> None:
    """An inventory that names None has them: they stand under a missing value, not under False or 0."""
    frame = pd.DataFrame({**starts_and_ends(3), "tenant_id": values})
    days = daily_result(frame, inventory=[None], **QUESTION).frame
    assert days["tenant_id"].isna().tolist() == [False, False, True]


@pytest.mark.parametrize(
    ("values", "key"), [([True, False], "x"), ([1, 2], 2.5), (pd.Series([1, 2], dtype="int8"), 999)]
)
def test_keys_that_do_not_fit(values: Any, key: Any) -> None:
    """A key that pandas would make another of is refused by its value and the type of the column."""
    frame = pd.DataFrame({**starts_and_ends(2), "tenant_id": values})
    with pytest.raises(
        sla.InvalidValueError, match=f"inventory holds '?{key}.* does not fit the types of tenant_id \\(.*give keys"
    ):
        daily_result(frame, inventory=[frame["tenant_id"][0], key], **QUESTION)


@pytest.mark.parametrize(
    ("key", "message"), [("a", "inventory holds 'a'; give"), (("a", None), r"inventory holds \('a', None\); give")]
)
@pytest.mark.parametrize("stale_after", [None, timedelta(days=3)])
def test_keys_of_several_columns_that_are_none(key: Any, message: str, stale_after: timedelta | None) -> None:
    """A key of two columns is a tuple of two values, whichever way is taken."""
    frame = pl.DataFrame({**starts_and_ends(2), "tenant_id": ["a", "b"], "site": ["x", "y"]})
    policy = sla.SLAPolicy(stale_after=stale_after)
    with pytest.raises(sla.InvalidValueError, match=f"{message} tuples with a value for each of tenant_id, site"):
        daily_result(frame, by=("tenant_id", "site"), inventory=[("a", "x"), key], policy=policy, **QUESTION)


def test_arguments_that_are_none() -> None:
    """An empty zone is refused, and Python's own errors name the function that was called."""
    frame = pl.DataFrame({**starts_and_ends(1), "tenant_id": ["a"]})
    with pytest.raises(sla.SLAComplianceError, match="zone is ''"):
        daily_result(frame, zone="", **QUESTION)
    with pytest.raises(TypeError, match="take no keyword argument 'polici'"):
        daily_result(frame, polici=None, **QUESTION)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="need the keyword argument 'as_of'"):
        daily_result(frame, start=QUESTION["start"], end=QUESTION["end"])  # type: ignore[call-arg]


@pytest.mark.parametrize("damping", ["merge_gap", "min_outage"])
def test_damping_beyond_all_time(damping: str) -> None:
    """Longer than 63 bits hold: the core's, whose integers have no end; up to 30,000 years the timeline's."""
    frame = pl.DataFrame({**starts_and_ends(2), "tenant_id": ["a", "a"]})
    downtime = []
    for length in (timedelta(days=365 * 30_000), timedelta.max):
        result = daily_result(frame, policy=sla.SLAPolicy(**{damping: length}), **QUESTION)  # type: ignore[arg-type]
        downtime.append((result.ways[0].name, *result.frame["downtime_us"]))
    expected = 3602 * 10**6 if damping == "merge_gap" else 0
    assert downtime == [("timeline", expected), ("core", expected)]


def test_tables_of_a_database_keep_their_meaning() -> None:
    """The database of a relation may have tables of any names; none is changed, and none is read as the figures."""
    connection = duckdb.connect()
    table = pa.table({**starts_and_ends(3), "tenant_id": ["a", "b", "a"]})
    for name in ("alarms", "days_of_keys", "table", "native"):
        connection.execute(f'CREATE TABLE "{name}" AS SELECT 7 AS other')
    days = daily_result(connection.from_arrow(table), **QUESTION).frame
    assert days.project("tenant_id, downtime_us // 1000000").fetchall() == [("a", 5), ("b", 2)]
    assert connection.table("alarms").fetchall() == [(7,)]
    connection.execute("SET python_enable_replacements = false")
    with pytest.raises(sla.InvalidValueError, match="set python_enable_replacements to true there"):
        daily_result(connection.from_arrow(table), **QUESTION)


def test_rows_without_a_key_in_several_zones() -> None:
    """Their own days would be those of several zones, also where no row has a key."""
    frame = pl.DataFrame({**starts_and_ends(2), "tenant_id": [None, None], "zone": ["Europe/Paris", "Asia/Tokyo"]})
    with pytest.raises(sla.InvalidValueError, match="zone of the rows without a key is not one zone"):
        daily_result(frame, zone_column="zone", **QUESTION)
    assert len(daily_result(frame, zone_column="zone", unkeyed="nobody", **QUESTION).frame) == 0
