"""daily_compliance(): kinds of frames, keys, zones, rows that go through the gate, errors."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]
import pytest

import sla_compliance as sla
from sla_compliance.errors import UnknownZoneError
from sla_compliance.frames import DailyResult, daily_compliance, daily_result
from tests.frames.worlds import INSTANT, at, days_by_key, days_of_frame

FIGURES = [
    "date",
    "compliance_percentage",
    "target_percentage",
    "uptime_minutes",
    "downtime_minutes",
    "sla_breaches",
    "verdict",
    "is_confirmed",
    "uptime_us",
    "downtime_us",
]
WINDOW: dict[str, Any] = {"start": at("2025-10-20T00:00:00Z"), "end": at("2025-11-05T07:00:00Z")}
AS_OF = at("2025-11-03T12:34:56.789012Z")


def alarms(rows: int = 600, keys: int = 9, seed: int = 1) -> pl.DataFrame:
    """Return alarms of some tenants around two clock changes, to the microsecond: ties, duplicates, open ones."""
    source = np.random.default_rng(seed)
    starts = int(WINDOW["start"].timestamp()) * 10**6 + source.integers(-(10**11), 15 * 10**11, rows)
    starts[::4] -= starts[::4] % (3_600 * 10**6)
    lengths = source.integers(0, 4 * 3_600 * 10**6, rows)
    lengths[::6] = 3_600 * 10**6
    tenants = source.integers(100, 100 + keys, rows)
    for column in (starts, lengths, tenants):
        column[1::8] = column[::8][: len(column[1::8])]
    ends = [None if row % 40 == 7 else end for row, end in enumerate((starts + lengths).tolist())]
    frame = pl.DataFrame({"tenant_id": tenants, "first_occurrence": starts, "cleared_at": ends})
    severities = np.array(["critical", "MAJOR", "minor"])[source.integers(0, 3, rows)]
    return frame.with_columns(pl.col("first_occurrence", "cleared_at").cast(INSTANT), pl.Series("severity", severities))


def question(**changes: Any) -> dict[str, Any]:
    """Return a question about them."""
    return {"by": "tenant_id", "zone": "America/New_York", **WINDOW, "as_of": AS_OF, **changes}


def as_polars(frame: Any) -> pl.DataFrame:
    """Return a frame of any kind as one of Polars."""
    if isinstance(frame, pl.LazyFrame):
        return frame.collect()
    if isinstance(frame, pd.DataFrame):
        return pl.DataFrame({name: frame[name].replace({np.nan: None}).tolist() for name in frame.columns})
    return (
        frame
        if isinstance(frame, pl.DataFrame)
        else pl.DataFrame(frame.to_arrow_table() if hasattr(frame, "to_arrow_table") else frame)
    )


def assert_days_are_those_of_the_core(result: DailyResult, frame: pl.DataFrame, **terms: Any) -> None:
    """Compare each figure of each key with evaluate_each()'s."""
    assert days_of_frame(as_polars(result.frame), "tenant_id") == days_by_key(frame, "tenant_id", **terms)


@pytest.mark.parametrize("kind", ["pandas", "polars", "lazy", "arrow", "duckdb"])
def test_kinds_of_frames(kind: str) -> None:
    """A frame of days is of the kind of the frame of alarms; keys keep their types; the timeline was taken."""
    frame = alarms()
    connection = duckdb.connect()
    makers: dict[str, Callable[[], Any]] = {
        "pandas": frame.to_pandas,
        "polars": lambda: frame,
        "lazy": frame.lazy,
        "arrow": frame.to_arrow,
        "duckdb": lambda: connection.from_arrow(frame.to_arrow()),
    }
    native = makers[kind]()
    result = daily_result(native, **question())
    assert isinstance(result.frame, type(native))
    assert as_polars(result.frame).columns == ["tenant_id", *FIGURES]
    assert list(map(str, result.ways)) == ["9 keys by the timeline"]
    terms = question()
    del terms["by"]
    assert_days_are_those_of_the_core(result, frame, **terms)
    assert as_polars(result.frame)["tenant_id"].dtype == pl.Int64
    if kind == "duckdb":
        # The relation belongs to the connection of the one that was given.
        assert result.frame.aggregate("count(*)").fetchall() == [(9 * 18,)]


def test_the_way_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """`daily_compliance` returns the frame alone, and logs which way was taken."""
    with caplog.at_level(logging.INFO, logger="sla_compliance.frames.daily"):
        days = daily_compliance(alarms(), **question(policy=sla.SLAPolicy(stale_after=timedelta(days=30))))
    assert len(days) == 9 * 18
    assert caplog.messages == ["daily compliance of 9 keys by the core: policy.stale_after"]


@pytest.mark.parametrize(
    "changes",
    [
        {"policy": sla.SLAPolicy("99", merge_gap=timedelta(minutes=50), min_outage=timedelta(hours=2))},
        {"policy": sla.SLAPolicy(accounting=sla.Accounting.EXCUSED, qualifying=sla.AlarmFilter(severities={"minor"}))},
        {"service_hours": sla.ServiceHours.weekly({"mon-sun": "08:00-20:00"}, holidays={date(2025, 10, 26)})},
        {
            "maintenance": [
                sla.MaintenanceWindow(
                    at("2025-10-21T01:00:00Z"),
                    at("2025-10-21T05:00:00Z"),
                    recurrence="FREQ=DAILY",
                    zone="America/New_York",
                )
            ]
        },
        {"monitored": [(at("2025-10-22T00:00:00Z"), at("2025-10-28T11:11:11Z"))]},
        {"in_service": [(at("2025-10-25T10:00:00Z"), at("2025-11-30T00:00:00Z"))]},
        {
            "policy": sla.SLAPolicy(unknown="excluded", minimum_coverage="0.5"),
            "monitored": [(at("2025-10-22T00:00:00Z"), at("2025-10-28T11:11:11Z"))],
        },
    ],
)
def test_terms(changes: dict[str, Any]) -> None:
    """Damping, filters, hours, recurring maintenance, monitored time: on the timeline, and equal."""
    frame = alarms(seed=2)
    result = daily_result(frame, **question(**changes))
    assert [way.name for way in result.ways] == ["timeline"]
    terms = question(**changes)
    del terms["by"]
    assert_days_are_those_of_the_core(result, frame, **terms)


def test_a_zone_of_each_key() -> None:
    """Keys have zones of their own; dates as bounds are whole days in each, so all have the same ones."""
    zones = {100: "Europe/Paris", 101: "America/New_York", 102: "Pacific/Auckland", 103: "Asia/Kolkata"}
    frame = alarms(keys=4)
    frame = frame.with_columns(site_zone=pl.col("tenant_id").replace_strict(zones))
    terms: dict[str, Any] = {"zone_column": "site_zone", "as_of": AS_OF}
    window: dict[str, Any] = {"start": date(2025, 10, 25), "end": date(2025, 11, 4)}
    result = daily_result(frame, by="tenant_id", **terms, **window)
    assert [str(way) for way in result.ways] == ["4 keys by the timeline"]
    for tenant, zone in zones.items():
        start, end = sla.whole_days("2025-10-25", "2025-11-03", zone=zone, now=AS_OF)
        expected = days_by_key(frame, "tenant_id", zone=zone, start=start, end=end, as_of=AS_OF)
        assert days_of_frame(result.frame, "tenant_id")[str(tenant)] == expected[str(tenant)]
    is_first = pl.int_range(pl.len()) == frame["tenant_id"].index_of(100)
    wrong = frame.with_columns(site_zone=pl.when(is_first).then(pl.lit("Europe/Oslo")).otherwise("site_zone"))
    with pytest.raises(sla.InvalidValueError, match="of key '100' is 'Europe/Oslo', 'Europe/Paris'; give all"):
        daily_result(wrong, by="tenant_id", **terms, **window)
    with pytest.raises(UnknownZoneError, match="^site_zone of key '.+' is 'Mars/Base', not a time zone"):
        daily_result(frame.with_columns(site_zone=pl.lit("Mars/Base")), by="tenant_id", **terms, **window)


def test_keys_of_several_columns() -> None:
    """A combination of values is a key; a row that lacks one of them names none."""
    frame = alarms().with_columns(
        site=pl.when(pl.col("cleared_at").dt.minute() < 30).then(pl.lit("a")).otherwise(pl.lit("b"))
    )
    result = daily_result(frame, **question(by=("tenant_id", "site"), inventory=[(100, "c")]))
    joined = frame.with_columns(tenant_id=pl.format("{}/{}", "tenant_id", "site"))
    days = result.frame.with_columns(tenant_id=pl.format("{}/{}", "tenant_id", "site"))
    terms = question(inventory=["100/c"])
    del terms["by"]
    assert days_of_frame(days, "tenant_id") == days_by_key(joined, "tenant_id", **terms)
    assert result.frame.columns[:2] == ["tenant_id", "site"]
    assert result.frame["tenant_id"][-1] == 100
    assert result.frame["site"][-1] == "c"


def test_rows_that_ask_for_the_core() -> None:
    """Single keys take the core for what their rows leave open; all others stay on the timeline."""
    frame = alarms()
    bad = pl.DataFrame(
        {
            "tenant_id": [101, 102],
            "first_occurrence": [at("2025-10-22T10:00:00Z"), at("2025-10-22T10:00:00Z")],
            "cleared_at": [at("2025-10-22T09:00:00Z"), None],
            "severity": ["critical", "critical"],
            "status": [None, "resolved"],
        },
        schema_overrides={"first_occurrence": INSTANT, "cleared_at": INSTANT},
    )
    both = pl.concat([frame, bad], how="diagonal")
    result = daily_result(both, **question(on_invalid="quarantine"))
    assert sorted(map(str, result.ways)) == [
        "1 key by the core: rows are over without a time",
        "1 key by the core: rows were set aside",
        "7 keys by the timeline",
    ]
    assert [row.row for row in result.rejected] == [len(frame)]
    terms = question()
    del terms["by"]
    assert_days_are_those_of_the_core(result, both, **terms)
    with pytest.raises(sla.InvalidAlarmsError, match=rf"alarms\[{len(frame)}\].cleared_at lies 1 h before"):
        daily_result(both, **question())


def test_keys_without_alarms_and_rows_without_keys() -> None:
    """An inventory names keys that have not one alarm; rows without a key have days of their own, in doubt."""
    frame = alarms(keys=2)
    listed = daily_result(frame, **question(inventory=[101, 555]))
    last = listed.frame.filter(pl.col("tenant_id") == 555)
    assert last["downtime_us"].sum() == 0
    assert listed.ways[0].keys == 3
    nameless = frame.with_columns(tenant_id=pl.when(pl.int_range(pl.len()) < 5).then(None).otherwise("tenant_id"))
    for unkeyed, ways in (
        ("doubt", "3 keys by the core: rows without a key"),
        ("everybody", "2 keys by the core: rows without a key"),
        ("nobody", "2 keys by the timeline"),
    ):
        result = daily_result(nameless, **question(unkeyed=unkeyed))
        assert [str(way) for way in result.ways] == [ways]
        terms = question(unkeyed=unkeyed)
        del terms["by"]
        assert_days_are_those_of_the_core(result, nameless, **terms)


def test_names_and_words_of_other_products() -> None:
    """Columns are mapped, times without a zone and words of severity are read as alarms_from_frame() reads them."""
    frame = alarms(keys=3)
    theirs = frame.rename({"first_occurrence": "Raised", "severity": "Level", "tenant_id": "Customer"}).with_columns(
        pl.col("Raised").dt.replace_time_zone(None),
        Level=pl.col("Level").str.to_lowercase().replace({"critical": "P1"}),
    )
    options: dict[str, Any] = {
        "columns": {"first_occurrence": "Raised", "severity": "Level"},
        "times_in": "UTC",
        "severity_map": {"critical": ["P1"]},
    }
    days = daily_compliance(theirs, **question(by="Customer"), **options)
    expected = daily_compliance(frame, **question())
    assert days.rename({"Customer": "tenant_id"}).equals(expected)


def test_names_that_reach_into_objects() -> None:
    """A severity inside objects is read by the gate of all rows: no row counts as critical for want of a column."""
    frame = alarms(keys=3)
    nested = frame.select("tenant_id", "first_occurrence", "cleared_at", labels=pl.struct(level="severity"))
    columns = {"severity": "labels.level"}
    assert daily_compliance(nested, **question(columns=columns)).equals(daily_compliance(frame, **question()))
    with pytest.raises(sla.InvalidValueError, match="by is 'severity'|which is no column of keys"):
        daily_compliance(nested, **question(by="severity", columns=columns))


def test_numbers_as_words() -> None:
    """Severities and statuses may be numbers, some of them missing."""
    frame = alarms(keys=3)
    codes = {"critical": 1, "MAJOR": 2, "minor": 3}
    numbered = frame.with_columns(
        pl.col("severity").replace_strict(codes),
        status=pl.when(pl.int_range(pl.len()) % 3 == 0).then(5),
        alarm_type=pl.when(pl.int_range(pl.len()) % 5 == 0).then(None).otherwise(pl.lit("")),
    )
    severity_map = {"critical": 1, "major": 2, "minor": 3}
    policy = sla.SLAPolicy(qualifying=sla.AlarmFilter(excluded_statuses={"5"}, excluded_alarm_types={"x"}))
    result = daily_result(numbered, **question(severity_map=severity_map, policy=policy))
    assert [way.name for way in result.ways] == ["timeline"]
    kept = frame.filter(pl.int_range(pl.len()) % 3 != 0)
    assert as_polars(result.frame)["downtime_us"].sum() == daily_compliance(kept, **question())["downtime_us"].sum()


def test_a_frame_without_rows() -> None:
    """No row is no evidence: the days of the inventory are not confirmed, and without one there are no days."""
    empty = alarms().clear()
    assert daily_compliance(empty, **question()).shape == (0, 11)
    days = daily_compliance(empty, **question(inventory=[7]))
    assert len(days) == 18
    assert not days["is_confirmed"].any()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"by": ()}, "by names no column"),
        ({"by": ("tenant_id", "tenant_id")}, "by names 'tenant_id' twice"),
        ({"by": "tenant"}, "by is 'tenant'; the frame has the columns"),
        ({"by": "severity"}, "by names 'severity', which is no column of keys"),
        ({"by": "first_occurrence"}, "which is no column of keys"),
        ({"by": "date"}, "which is a column of the figures"),
        ({"by": 7}, "by is 7"),
        ({"zone": "Mars/Base"}, "Mars/Base"),
        ({"zone_column": "zone"}, "zone and zone_column are both given"),
        ({"zone": None, "zone_column": "nowhere"}, "zone_column is 'nowhere'; the frame has"),
        ({"start": "2025-10-01"}, "start is '2025-10-01'; give an aware datetime, or a date"),
        ({"start": AS_OF.replace(tzinfo=None)}, "start"),
        ({"end": date(2025, 1, 1)}, "end"),
        ({"unkeyed": "me"}, "unkeyed is 'me'"),
        ({"inventory": ["x"]}, "inventory holds .*does not fit the types of tenant_id"),
        ({"by": ("tenant_id", "severity_text"), "inventory": [1]}, "severity_text"),
        ({"on_invalid": "ignore"}, "on_invalid"),
        ({"columns": {"severity": "nowhere"}}, "has no column 'nowhere'"),
    ],
)
def test_errors(changes: dict[str, Any], message: str) -> None:
    """Each names the argument, the value and the way out, before figures are computed."""
    with pytest.raises(sla.SLAComplianceError, match=message):
        daily_result(alarms(rows=20), **question(**changes))


@pytest.mark.parametrize("frame", [[], "x", None, {"first_occurrence": []}, pl.Series([1])])
def test_what_is_no_frame(frame: Any) -> None:
    """A list of rows, a text, a series: refused by name."""
    with pytest.raises(sla.SLAComplianceError, match="frame"):
        daily_result(frame, **question())


def test_keys_that_read_alike() -> None:
    """The number 7 and the text "7" are one key; an empty text is none; lists are refused."""
    base = alarms(rows=4).to_pandas()
    base["tenant_id"] = pd.Series([7, "7", "", 8], dtype=object)
    result = daily_result(base, **question(unkeyed="nobody"))
    assert list(dict.fromkeys(result.frame["tenant_id"])) == [7, 8]
    base["tenant_id"] = pd.Series([[1], [2], [3], [4]], dtype=object)
    with pytest.raises(sla.SLAComplianceError, match="cannot be a key"):
        daily_result(base, **question())


def test_arrow_dictionaries() -> None:
    """Texts as dictionaries, with keys of two columns and gaps."""
    frame = alarms().with_columns(pl.col("severity").cast(pl.Categorical), site=pl.lit("a", dtype=pl.Categorical))
    expected = daily_compliance(frame, **question(by=("tenant_id", "site")))
    table = daily_compliance(frame.to_arrow(), **question(by=("tenant_id", "site")))
    assert isinstance(table, pa.Table)
    assert pl.DataFrame(table)["downtime_us"].equals(expected["downtime_us"])
