"""Reports as frames of pandas, Polars and PyArrow: one row a day or a period, and one an outage."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]
import pytest

import sla_compliance as sla
from sla_compliance.dataframes import DataColumn, ValueType, data_frame
from sla_compliance.incident_columns import incident_columns
from sla_compliance.record_columns import WIRE_TYPES
from sla_compliance.samples import sample_provider
from tests.unit.moments import DAY_US, at, report_of

KINDS = ("pandas", "polars", "arrow")
MORE_COLUMNS = ("verdict", "is_confirmed", "uptime_us", "downtime_us")

PANDAS_TYPES = {
    "date": "object",
    "compliance_percentage": "float64",
    "target_percentage": "float64",
    "uptime_minutes": "int64",
    "downtime_minutes": "int64",
    "sla_breaches": "int64",
    "verdict": str(pd.Series(["MET"]).dtype),
    "is_confirmed": "bool",
    "uptime_us": "int64",
    "downtime_us": "int64",
}
POLARS_TYPES = {
    "date": pl.Date(),
    "compliance_percentage": pl.Float64(),
    "target_percentage": pl.Float64(),
    "uptime_minutes": pl.Int64(),
    "downtime_minutes": pl.Int64(),
    "sla_breaches": pl.Int64(),
    "verdict": pl.String(),
    "is_confirmed": pl.Boolean(),
    "uptime_us": pl.Int64(),
    "downtime_us": pl.Int64(),
}
ARROW_TYPES = {
    "date": "date32[day]",
    "compliance_percentage": "double",
    "target_percentage": "double",
    "uptime_minutes": "int64",
    "downtime_minutes": "int64",
    "sla_breaches": "int64",
    "is_confirmed": "bool",
    "uptime_us": "int64",
    "downtime_us": "int64",
}
PROVIDER = sample_provider(datetime(2026, 11, 23, 15, 40, tzinfo=UTC))
SAMPLE_REPORT = sla.evaluate(PROVIDER.batch(), **PROVIDER.terms)
NO_DAYS = report_of([], at(8), at(8))


def frame_of(figures: sla.ComplianceReport, kind: str, by: sla.Period = sla.Period.DAY) -> Any:
    """The frame of one kind."""
    return getattr(figures, f"to_{kind}")(by)


def rows_of(frame: Any) -> list[dict[str, Any]]:
    """The rows of a frame of any kind; what is missing is None."""
    if isinstance(frame, pd.DataFrame):
        records = frame.astype(object).where(frame.notna(), None).to_dict("records")
        return [{str(name): value for name, value in record.items()} for record in records]
    return list(frame.to_dicts() if isinstance(frame, pl.DataFrame) else frame.to_pylist())


@pytest.mark.parametrize("by", [sla.Period.DAY, sla.Period.MONTH, sla.Period.rolling(30)], ids=str)
@pytest.mark.parametrize("kind", KINDS)
def test_a_frame_has_the_figures_of_the_records(kind: str, by: sla.Period) -> None:
    """The wire format's keys, a date for its instant, and the exact lengths beside them."""
    expected = [
        {
            **record.as_dict(),
            "date": record.date,
            "verdict": str(record.verdict),
            "is_confirmed": record.is_confirmed,
            "uptime_us": record.uptime_us,
            "downtime_us": record.downtime_us,
        }
        for record in SAMPLE_REPORT.by(by)
    ]
    assert rows_of(frame_of(SAMPLE_REPORT, kind, by)) == expected
    assert list(expected[0]) == ["date", *WIRE_TYPES, *MORE_COLUMNS]


@pytest.mark.parametrize("report", [SAMPLE_REPORT, NO_DAYS], ids=["ninety days", "no day"])
def test_the_types_do_not_depend_on_the_rows(report: sla.ComplianceReport) -> None:
    """A frame without rows can be appended to one with rows."""
    assert {name: str(dtype) for name, dtype in report.to_pandas().dtypes.items()} == PANDAS_TYPES
    assert dict(report.to_polars().schema) == POLARS_TYPES
    schema = report.to_arrow().schema
    arrow_types = {field.name: str(field.type) for field in schema}
    assert arrow_types.pop("verdict") in {"string", "large_string"}
    assert arrow_types == ARROW_TYPES
    assert isinstance(report.to_arrow(), pa.Table)


@pytest.mark.parametrize("kind", KINDS)
def test_a_day_without_a_figure_has_a_row(kind: str) -> None:
    """A frame has every date of the window; a percentage is missing, a length is 0."""
    past, future = rows_of(frame_of(report_of([sla.Alarm(at(8), at(8, 6))], at(8), at(10), as_of=at(9)), kind))
    assert (past["date"], past["compliance_percentage"], past["downtime_us"]) == (date(2025, 10, 8), 75.0, DAY_US // 4)
    assert future["compliance_percentage"] is None
    assert (future["verdict"], future["is_confirmed"], future["uptime_us"]) == ("UNDETERMINED", False, 0)


@pytest.mark.parametrize("kind", KINDS)
def test_no_day_of_a_report_without_rows_is_confirmed(kind: str) -> None:
    """A perfect service and an export that failed look alike."""
    without_rows, with_rows = report_of([], at(8), at(10)), report_of([sla.Alarm(at(7), at(7, 1))], at(8), at(10))
    assert [row["is_confirmed"] for row in rows_of(frame_of(without_rows, kind))] == [False, False]
    assert [row["is_confirmed"] for row in rows_of(frame_of(with_rows, kind))] == [True, True]


@pytest.mark.parametrize("kind", KINDS)
def test_outages_have_a_frame_too(kind: str) -> None:
    """Instants in UTC, exact lengths, what the first alarm says; no end while it lasts."""
    alarms = [
        sla.Alarm(at(8, 1), at(8, 3), alarm_type="loss_of_signal", resource_id="olt-1", title="Loss of signal"),
        sla.Alarm(at(8, 2), at(8, 4), severity="major", alarm_type="link_flap", customer_id="c-7"),
        sla.Alarm(at(9, 23), severity="major"),
    ]
    report = report_of(alarms, at(8), at(10), zone="Africa/Lagos", as_of=at(10), maintenance=[(at(8, 1), at(8, 2))])
    first, second = rows_of(report.incidents_frame(kind))
    assert first == {
        "start": at(8, 1),
        "end": at(8, 4),
        "is_ongoing": False,
        "duration_us": DAY_US // 8,
        "downtime_us": DAY_US // 12,
        "alarm_count": 2,
        "first_severity": "critical",
        "first_alarm_type": "loss_of_signal",
        "first_resource_id": "olt-1",
        "first_customer_id": None,
        "first_title": "Loss of signal",
    }
    assert (second["start"], second["end"], second["is_ongoing"]) == (at(9, 23), None, True)
    assert second["first_severity"] == "major"


@pytest.mark.parametrize("kind", KINDS)
def test_the_frame_of_no_outage_has_the_columns_and_types_of_any(kind: str) -> None:
    """Instants stay instants."""
    empty, full = NO_DAYS.incidents_frame(kind), SAMPLE_REPORT.incidents_frame(kind)
    assert rows_of(empty) == []
    if kind == "arrow":
        assert empty.schema == full.schema
    else:
        assert list(zip(empty.columns, empty.dtypes, strict=True)) == list(zip(full.columns, full.dtypes, strict=True))


def test_a_frame_is_one_of_pandas_unless_another_is_asked_for() -> None:
    """Of outages as of days."""
    assert SAMPLE_REPORT.incidents_frame().equals(SAMPLE_REPORT.incidents_frame("pandas"))


def test_an_outage_without_alarms_names_none() -> None:
    """Measured downtime has no alarm behind it; nor has an outage whose alarms a source did not return."""
    incident = SAMPLE_REPORT.incidents()[0]
    columns = {column.name: column.values for column in incident_columns([replace(incident, alarms=())])}
    assert (columns["alarm_count"], columns["first_title"]) == ([0], [None])


@pytest.mark.parametrize(
    ("kind", "error"), [("excel", sla.InvalidValueError), (None, sla.InvalidTypeError), ("", sla.InvalidValueError)]
)
def test_a_kind_that_is_none_is_refused_with_those_that_are(kind: Any, error: type[Exception]) -> None:
    """The message lists them."""
    with pytest.raises(error, match=r"^kind is .*; give 'pandas', 'polars' or 'arrow'$"):
        SAMPLE_REPORT.incidents_frame(kind)


def test_a_period_that_is_none_is_refused() -> None:
    """As by() does."""
    with pytest.raises(sla.InvalidTypeError, match="period"):
        SAMPLE_REPORT.to_pandas("month")  # type: ignore[arg-type]


@pytest.mark.parametrize("absent", ["narwhals", "polars"])
def test_an_absent_package_is_a_missing_extra(absent: str) -> None:
    """The command installs both: the extra, and the library of frames that no extra brings."""
    program = f"""
import sys
from datetime import UTC, datetime
sys.modules["{absent}"] = None  # so that importing it fails, as where it is not installed
import sla_compliance as sla
start = datetime(2025, 10, 8, tzinfo=UTC)
report = sla.evaluate([], start=start, end=start, zone="UTC", as_of=start)
try:
    report.to_polars()
except sla.MissingExtraError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == (
        f"a frame of polars needs packages that are not installed ({absent}); "
        "pip install 'sla-compliance[arrow]' polars\n"
    )


def test_lengths_in_frames_add_up() -> None:
    """Nothing is rounded on the way."""
    frame = SAMPLE_REPORT.to_pandas()
    assert int(frame["downtime_us"].sum()) == SAMPLE_REPORT.total.downtime_us
    assert int(frame["uptime_us"].sum()) == SAMPLE_REPORT.total.uptime_us


@pytest.mark.parametrize("kind", KINDS)
def test_columns_may_be_arrays(kind: str) -> None:
    """Arrays of numpy make the frame that lists make: days are dates, NaN is missing, texts are texts."""
    lists = [
        DataColumn("date", ValueType.DATE, [date(2026, 10, 1), date(2026, 10, 2)]),
        DataColumn("share", ValueType.NUMBER, [99.5, None]),
        DataColumn("verdict", ValueType.TEXT, ["MET", "BREACHED"]),
        DataColumn("length", ValueType.INTEGER, [1, 2]),
    ]
    values: list[Any] = [
        np.array(["2026-10-01", "2026-10-02"], dtype="datetime64[D]"),
        np.array([99.5, np.nan]),
        np.array(["MET", "BREACHED"], dtype=object),
        np.array([1, 2], dtype=np.int64),
    ]
    arrays = [replace(column, values=array) for column, array in zip(lists, values, strict=True)]
    assert data_frame(kind, arrays).equals(data_frame(kind, lists))
