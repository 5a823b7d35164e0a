"""Alarms from frames: pandas, Polars, PyArrow and DuckDB; types of columns, missing values, and what is wrong."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import narwhals.stable.v2 as nw
import pandas as pd
import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]
import pytest

import sla_compliance as sla
from sla_compliance.rows.frames import is_frame
from sla_compliance.units import instant_us
from sla_compliance.validation import STILL_ACTIVE_US

NINE = datetime(2026, 10, 1, 9, tzinfo=UTC)
TEN = datetime(2026, 10, 1, 10, tzinfo=UTC)
NINE_US = instant_us(NINE, field="nine")
HOUR_US = 3_600_000_000
DAY: dict[str, Any] = {
    "start": datetime(2026, 10, 1, tzinfo=UTC),
    "end": datetime(2026, 10, 2, tzinfo=UTC),
    "zone": "UTC",
    "as_of": datetime(2026, 10, 2, tzinfo=UTC),
}
ROWS: dict[str, list[Any]] = {
    "id": ["a", "b"],
    "severity": ["critical", "MAJOR"],
    "first_occurrence": [NINE, NINE.astimezone(ZoneInfo("Africa/Lagos"))],
    "cleared_at": [TEN, None],
    "port": [7, None],
}


def of_duckdb(columns: dict[str, list[Any]]) -> Any:
    """Return some columns as a DuckDB relation."""
    table = pa.table(columns)
    return duckdb.from_arrow(table)


FRAMES: dict[str, Callable[[], Any]] = {
    "pandas": lambda: pd.DataFrame(ROWS),
    "pandas of Arrow types": lambda: pa.table(ROWS).to_pandas(types_mapper=pd.ArrowDtype),
    "pandas of objects": lambda: pd.DataFrame(ROWS, dtype=object),
    "pandas with an index of its own": lambda: pd.DataFrame(ROWS, index=[5, 5]),
    "polars": lambda: pl.DataFrame(ROWS),
    "polars lazy": lambda: pl.LazyFrame(ROWS),
    "pyarrow": lambda: pa.table(ROWS),
    "pyarrow batch": lambda: pa.RecordBatch.from_pydict(ROWS),
    "pyarrow stream": lambda: pa.table(ROWS).to_reader(),
    "duckdb": lambda: of_duckdb(ROWS),
    "narwhals": lambda: nw.from_native(pl.DataFrame(ROWS)),
    "narwhals lazy": lambda: nw.from_native(pl.LazyFrame(ROWS)),
}


@pytest.mark.parametrize("name", FRAMES)
def test_every_kind_of_frame_means_the_same(name: str) -> None:
    """Missing is None, whole numbers are integers, times are instants, whatever the backend calls them."""
    batch = sla.alarms_from_frame(FRAMES[name]())
    assert batch.starts_us == (NINE_US, NINE_US)
    assert batch.ends_us == (NINE_US + HOUR_US, STILL_ACTIVE_US)
    assert batch.columns == {"id": ("a", "b"), "severity": ("critical", "major"), "port": (7, None)}
    assert all(type(port) is int for port in batch.columns["port"][:1])


@pytest.mark.parametrize("name", FRAMES)
def test_frames_are_told_apart_from_other_inputs(name: str) -> None:
    """evaluate() and evaluate_each() take them as they stand."""
    assert is_frame(FRAMES[name]())
    assert sla.evaluate(FRAMES[name](), **DAY).total.downtime_minutes == 15 * 60
    assert sorted(map(str, sla.evaluate_each(FRAMES[name](), by="port", **DAY))) == ["7", "None"]


LOG: dict[str, list[Any]] = {
    "at": [TEN, NINE.astimezone(ZoneInfo("Africa/Lagos")), NINE - timedelta(hours=9), TEN, NINE],
    "state": [1, 0, 1, None, 0],
    "monitor": [7, 7, 7, 8, 8],
}
LOGS: dict[str, Callable[[], Any]] = {
    "pandas": lambda: pd.DataFrame(LOG),
    "pandas of Arrow types": lambda: pa.table(LOG).to_pandas(types_mapper=pd.ArrowDtype),
    "polars": lambda: pl.DataFrame(LOG),
    "polars lazy": lambda: pl.LazyFrame(LOG),
    "pyarrow": lambda: pa.table(LOG),
    "pyarrow stream": lambda: pa.table(LOG).to_reader(),
    "duckdb": lambda: of_duckdb(LOG),
}


class TestLogs:
    """Logs of state changes in frames."""

    @pytest.mark.parametrize("name", LOGS)
    def test_every_kind_of_frame_gives_the_batch_of_mappings(self, name: str) -> None:
        """Numbers with a gap are floats in pandas, and still words; a missing state is a bad row."""
        options: dict[str, Any] = {"down": 0, "up": 1, "key": "monitor", "on_invalid": "quarantine"}
        rows = [dict(zip(LOG, values, strict=True)) for values in zip(*LOG.values(), strict=True)]
        expected = sla.alarms_from_changes(rows, **options)
        batch = sla.alarms_from_changes(LOGS[name](), **options)
        assert batch == expected
        assert (len(batch), len(batch.rejected)) == (2, 1)
        reports = sla.evaluate_each(batch, by="monitor", **DAY)
        assert {key: report.total.downtime_minutes for key, report in reports.items()} == {"7": 60, "8": 15 * 60}

    def test_columns_are_local_times_numbers_and_objects_where_the_options_say_so(self) -> None:
        """As in frames of alarms."""
        local = NINE.replace(tzinfo=None)
        frame = pl.DataFrame({"When": [local], "State": ["Down"], "monitor": [{"name": "shop"}]})
        options: dict[str, Any] = {"down": "down", "at": "when", "state": "state", "key": "monitor.name"}
        batch = sla.alarms_from_changes(frame, times_in="UTC", **options)
        assert (batch.starts_us, batch.columns["monitor.name"]) == ((NINE_US,), ("shop",))
        seconds = frame.with_columns(pl.lit(NINE_US // 10**6).alias("When"))
        assert sla.alarms_from_changes(seconds, epoch="s", **options).starts_us == (NINE_US,)

    @pytest.mark.parametrize(
        ("frame", "message"),
        [
            (pl.DataFrame({"at": [NINE]}), "frame has no column 'state'; it has 'at'; name the right one as state"),
            (pl.DataFrame({"at": [7], "state": ["up"]}), "column at is 7"),
            (pl.DataFrame({f"c{number}": [1] for number in range(3000)}), "frame has 3,000 columns, more than 2,000"),
        ],
        ids=["no column", "numbers without a unit", "too many columns"],
    )
    def test_what_cannot_be_read_is_one_error(self, frame: Any, message: str) -> None:
        """It names the column and the option."""
        with pytest.raises(sla.InvalidValueError) as caught:
            sla.alarms_from_changes(frame, down="down")
        assert message in str(caught.value)


@pytest.mark.parametrize("value", [[], [{}], sla.AlarmBatch(), iter(()), None, "text", {}], ids=repr)
def test_what_is_no_frame_is_none(value: object) -> None:
    """Lists, iterators, mappings."""
    assert not is_frame(value)


class TestTimes:
    """Columns of times of every type."""

    @pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
    @pytest.mark.parametrize("zone", ["UTC", "America/St_Johns", None])
    def test_units_and_zones_of_a_column_change_nothing(self, unit: str, zone: str | None) -> None:
        """A column without a zone holds local times, which `times_in` says."""
        local = NINE if zone else NINE.replace(tzinfo=None)
        table = pa.table({"first_occurrence": pa.array([local], pa.timestamp(unit, zone))})
        for frame in (table, pl.from_arrow(table), table.to_pandas()):
            assert sla.alarms_from_frame(frame, times_in="UTC").starts_us == (NINE_US,)

    def test_local_times_are_read_by_the_clock_of_their_zone(self) -> None:
        """Around a clock change, with a gap."""
        times = [datetime(2026, 3, 29, 1, 59), None, datetime(2026, 3, 29, 2, 30), datetime(2026, 10, 25, 2, 30)]  # noqa: DTZ001
        expected = [datetime(2026, 3, 29, 0, 59), datetime(2026, 3, 29, 1), datetime(2026, 10, 25, 0, 30)]  # noqa: DTZ001
        for frame in (pd.DataFrame({"first_occurrence": times}), pl.DataFrame({"first_occurrence": times})):
            batch = sla.alarms_from_frame(frame, times_in="Europe/Berlin", on_invalid="quarantine")
            assert [batch.alarm(row).first_occurrence.replace(tzinfo=None) for row in range(3)] == expected
            assert [bad.row for bad in batch.rejected] == [1]

    def test_times_that_python_cannot_hold_are_no_end_and_no_start(self) -> None:
        """Databases write infinity as the last microsecond of 64 bits."""
        columns = {"first_occurrence": [NINE_US, NINE_US, 2**62], "cleared_at": [2**62, -(2**62), NINE_US]}
        for zone in ("UTC", None):
            table = pa.table({name: pa.array(values, pa.timestamp("us", zone)) for name, values in columns.items()})
            batch = sla.alarms_from_frame(table, times_in="UTC", on_invalid="quarantine")
            assert batch.ends_us == (STILL_ACTIVE_US, STILL_ACTIVE_US)
            assert "outside 0001-01-04 to 9999-12-29" in batch.rejected[0].reasons[0]

    def test_texts_are_read_as_in_rows(self) -> None:
        """With the same words for what cannot be read."""
        frame = pl.DataFrame({"first_occurrence": ["2026-10-01 09:00:00 UTC", "x"]})
        batch = sla.alarms_from_frame(frame, on_invalid="quarantine")
        assert batch.starts_us == (NINE_US,)
        assert batch.rejected[0].reasons[0].startswith("alarms[1].first_occurrence is 'x'; write it as")

    @pytest.mark.parametrize("kind", ["integers", "floats with a gap", "text", "objects"])
    def test_numbers_are_read_under_their_unit(self, kind: str) -> None:
        """pandas makes floats of integers with a gap."""
        second = NINE_US // 1_000_000
        ends: dict[str, Any] = {
            "integers": [second + 60, 0],
            "floats with a gap": [float(second + 60), None],
            "text": [str(second + 60), ""],
            "objects": pd.Series([second + 60, None], dtype=object),
        }
        frame = pd.DataFrame({"first_occurrence": [second, second], "cleared_at": ends[kind]})
        batch = sla.alarms_from_frame(frame, epoch="s")
        assert batch.ends_us == (NINE_US + 60_000_000, STILL_ACTIVE_US)

    @pytest.mark.parametrize(
        ("values", "message"),
        [
            ([None, datetime(2026, 10, 1)], "column first_occurrence is 2026-10-01 00:00:00 without a time zone"),  # noqa: DTZ001
            ([None, 5], "column first_occurrence is 5, a number without a unit; export it as"),
            ([None, 5.5], "column first_occurrence is 5.5, a number without a unit"),
            (
                [None, date(2026, 10, 1)],
                "column first_occurrence is 2026-10-01 without a time zone; export it with its",
            ),
        ],
    )
    def test_a_column_of_the_wrong_type_is_one_error(self, values: list[Any], message: str) -> None:
        """Not one for each row, and in both modes."""
        for on_invalid in ("raise", "quarantine"):
            with pytest.raises(sla.InvalidValueError) as caught:
                sla.alarms_from_frame(pl.DataFrame({"first_occurrence": values}), on_invalid=on_invalid)
            assert message in str(caught.value)

    def test_floats_with_a_fraction_are_refused_under_a_unit_too(self) -> None:
        """They have lost digits."""
        with pytest.raises(sla.InvalidValueError, match=r"column first_occurrence is 5\.5, a float with a fraction"):
            sla.alarms_from_frame(pl.DataFrame({"first_occurrence": [1.0, None, 5.5]}), epoch="s")

    def test_a_column_without_any_value_is_absent(self) -> None:
        """Whatever type its library guesses."""
        for frame in (
            pd.DataFrame({"first_occurrence": [NINE], "cleared_at": [pd.NaT], "resolved_at": [None]}),
            pd.DataFrame({"first_occurrence": [NINE], "cleared_at": [float("nan")]}),
            pl.DataFrame({"first_occurrence": [NINE], "cleared_at": [None]}),
        ):
            assert sla.alarms_from_frame(frame).ends_us == (STILL_ACTIVE_US,)


class TestCells:
    """Columns that are no times."""

    def test_categories_are_their_text(self) -> None:
        """In every library."""
        columns = {"first_occurrence": [NINE, NINE], "severity": ["critical", "major"], "site": ["x", None]}
        polars = pl.DataFrame(columns).with_columns(pl.col("severity", "site").cast(pl.Categorical))
        arrow = pa.table(columns)
        encoded = arrow.set_column(1, "severity", arrow["severity"].dictionary_encode())
        for frame in (polars, encoded, pd.DataFrame(columns).astype({"severity": "category", "site": "category"})):
            batch = sla.alarms_from_frame(frame)
            assert batch.columns["severity"] == ("critical", "major")
            assert batch.columns["site"] == ("x", None)

    def test_names_with_dots_reach_into_structs(self) -> None:
        """As into objects of rows."""
        columns = {"first_occurrence": [NINE, NINE], "labels": [{"where": {"id": 7}}, None]}
        for frame in (pl.DataFrame(columns), pa.table(columns), pd.DataFrame(columns)):
            batch = sla.alarms_from_frame(frame, columns={"resource_id": "labels.where.id"})
            assert batch.columns["resource_id"] == (7, None)

    @pytest.mark.parametrize("has_gap", [False, True], ids=["no gap", "a gap"])
    def test_whole_floats_are_the_integers_that_they_were(self, *, has_gap: bool) -> None:
        """pandas keeps them as floats when the rows with a gap are dropped; the key 17 must not look spotless."""
        frame = pd.DataFrame(
            {
                "id": [1.0, 2.0],
                "customer_id": [17.0, None if has_gap else 18.0],
                "first_occurrence": [NINE, NINE],
                "cleared_at": [NINE + timedelta(hours=1), NINE + timedelta(hours=2)],
            }
        )
        day: dict[str, Any] = {"start": NINE, "end": NINE + timedelta(hours=12), "zone": "UTC"}
        day["as_of"] = NINE + timedelta(days=1)
        void = sla.Correction(2, void=True, reason="a test", author="me", entered_at=NINE)
        for alarms in (frame, pa.Table.from_pandas(frame), pl.from_pandas(frame), frame.to_dict("records")):
            reports = sla.evaluate_each(alarms, by="customer_id", inventory=["17"], unkeyed="nobody", **day)
            assert reports["17"].total.downtime_minutes == 60
            assert len(reports) == (1 if has_gap else 2)
            assert sla.evaluate(alarms, corrections=[void], **day).total.downtime_minutes == 60

    def test_floats_that_are_no_integers_stay(self) -> None:
        """A share is a share."""
        frame = pd.DataFrame({"first_occurrence": [NINE, NINE], "load": [0.5, None], "ratio": [1.0, 0.25]})
        columns = sla.alarms_from_frame(frame).columns
        assert columns["load"] == (0.5, None)
        assert repr(columns["ratio"]) == "(1.0, 0.25)"

    def test_a_column_that_python_cannot_hold_is_one_error(self) -> None:
        """It is named."""
        far = pa.array([2**62], pa.timestamp("us", "UTC"))
        with pytest.raises(sla.InvalidValueError, match=r"column seen cannot be read \(OverflowError\)"):
            sla.alarms_from_frame(pa.table({"first_occurrence": [NINE], "seen": far}))

    def test_names_maps_and_missing_severities_are_those_of_rows(self) -> None:
        """One reader."""
        frame = pl.DataFrame({"Time": [NINE], "Level": ["High"]})
        names = {"first_occurrence": "Time", "severity": "Level"}
        batch = sla.alarms_from_frame(frame, columns=names, severity_map={"major": "high"})
        assert batch.columns["severity"] == ("major",)
        batch = sla.alarms_from_frame(frame, columns={"first_occurrence": "Time"})
        assert batch.assumptions == ("1 row without a severity column, counted as critical",)


class TestRefusals:
    """What is no frame of alarms."""

    @pytest.mark.parametrize(
        ("frame", "message"),
        [
            (lambda: pl.Series([1]), "frame is a value of type Series; give a frame of pandas"),
            (lambda: pd.Series([1]), "frame is a value of type Series"),
            (lambda: [1], "frame is a value of type list"),
            (lambda: None, "frame is None"),
            (lambda: pd.DataFrame([[1, 2]]), "a column is called 0; give texts as names"),
        ],
    )
    def test_wrong_types(self, frame: Any, message: str) -> None:
        """They name what was given."""
        with pytest.raises(sla.InvalidTypeError) as caught:
            sla.alarms_from_frame(frame())
        assert message in str(caught.value)

    @pytest.mark.parametrize(
        ("frame", "options", "message"),
        [
            (
                lambda: pd.DataFrame([[1, 2]], columns=["a", "a"]),
                {},
                "frame has two columns of one name: 'a' 2 times; rename",
            ),
            (lambda: pl.DataFrame({"a": [1]}), {}, "frame has no column first_occurrence; it has 'a'; map the one"),
            (
                lambda: pl.DataFrame({"Severity": [1], "severity": [1], "first_occurrence": [NINE]}),
                {},
                "has two columns",
            ),
            (
                lambda: pl.DataFrame({"first_occurrence": [NINE]}),
                {"columns": {"id": "ID"}},
                "has no column 'ID', which id",
            ),
            (lambda: pl.DataFrame({"first_occurrence": [NINE]}), {"epoch": "h"}, "epoch is 'h'"),
        ],
    )
    def test_wrong_values(self, frame: Any, options: dict[str, Any], message: str) -> None:
        """Before a row is read."""
        with pytest.raises(sla.InvalidValueError) as caught:
            sla.alarms_from_frame(frame(), **options)
        assert message in str(caught.value)

    def test_a_frame_given_to_alarms_from_rows_is_a_wrong_type(self) -> None:
        """Its rows are no mappings."""
        for frame in (pd.DataFrame(ROWS), pl.DataFrame(ROWS)):
            with pytest.raises(sla.InvalidTypeError):
                sla.alarms_from_rows(frame)  # type: ignore[arg-type]


class _NotInstalled:
    """A finder of modules that knows of no narwhals."""

    def find_spec(self, name: str, *_: object) -> None:
        if name == "narwhals":
            raise ModuleNotFoundError("No module named 'narwhals'", name=name)


class TestMissingPackages:
    """What to install is said."""

    def test_narwhals(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The extra, also where the installed one is too old to have what is needed."""
        monkeypatch.delitem(sys.modules, "sla_compliance.rows.arrow")
        with monkeypatch.context() as outdated:
            outdated.setitem(sys.modules, "narwhals.stable.v2", None)
            with pytest.raises(sla.MissingExtraError, match=r"\(narwhals\); pip install 'sla-compliance\[arrow\]'$"):
                sla.alarms_from_frame(pl.DataFrame(ROWS))
        for name in [name for name in sys.modules if name.partition(".")[0] == "narwhals"]:
            monkeypatch.delitem(sys.modules, name)
        monkeypatch.setattr(sys, "meta_path", [_NotInstalled(), *sys.meta_path])
        with pytest.raises(sla.MissingExtraError, match=r"pip install 'sla-compliance\[arrow\]'$"):
            sla.alarms_from_frame(pl.DataFrame(ROWS))

    def test_pyarrow(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Only where the frame itself needs it."""
        relation, frame = of_duckdb(ROWS), pd.DataFrame(ROWS)
        monkeypatch.setitem(sys.modules, "pyarrow", None)
        with pytest.raises(sla.MissingExtraError, match=r"DuckDBPyRelation needs .* 'sla-compliance\[arrow\]' pyarrow"):
            sla.alarms_from_frame(relation)
        assert len(sla.alarms_from_frame(frame)) == 2


def test_evaluate_names_its_argument_and_the_function_that_takes_options() -> None:
    """A frame is read without options there."""
    with pytest.raises(sla.InvalidValueError, match=r"^alarms has no column first_occurrence; .*alarms_from_frame"):
        sla.evaluate(pl.DataFrame({"Time": [1]}), **DAY)


class StreamOfOneColumn:
    """Exports values, not rows."""

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        """Return the stream of a column."""
        return pa.chunked_array([[1, 2]]).__arrow_c_stream__(requested_schema)


def test_a_stream_of_single_values_is_no_frame() -> None:
    """Whatever type exports it."""
    with pytest.raises(sla.InvalidTypeError, match="frame is .*; give a frame of pandas, Polars, PyArrow or DuckDB"):
        sla.alarms_from_frame(StreamOfOneColumn())
