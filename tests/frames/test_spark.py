"""frames.spark: the same figures as frames.daily_result, measured on a cluster."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pyarrow as pa  # type: ignore[import-untyped]
import pytest

from sla_compliance import Exclusion, Inventory, MaintenanceWindow, ServiceHours, SLAPolicy, Unit
from sla_compliance.errors import InvalidTypeError, InvalidValueError
from sla_compliance.frames import daily_result
from tests.frames.spark_worlds import instants, random_alarms

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

pytestmark = pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning")

WINDOW: dict[str, Any] = {
    "start": dt.date(2025, 9, 25),
    "end": dt.date(2025, 11, 5),
    "as_of": dt.datetime(2025, 11, 3, 15, 30, tzinfo=dt.UTC),  # inside
}
DAMPING = SLAPolicy("99.9", merge_gap=dt.timedelta(minutes=3), min_outage=dt.timedelta(minutes=5))
WORK_TIME = dt.datetime(2025, 10, 1, 1, tzinfo=dt.UTC), dt.datetime(2025, 10, 2, 5, tzinfo=dt.UTC)
WORKS = (MaintenanceWindow(*WORK_TIME, applies_to={"resource_id": ["1"]}),)


@pytest.fixture
def daily_compliance(spark: SparkSession) -> Callable[..., DataFrame]:  # noqa: ARG001 - it is there
    """The function under test, which cannot be imported where PySpark is not."""
    from sla_compliance.frames import spark as module  # noqa: PLC0415

    return module.daily_compliance


@pytest.fixture
def check_equal(spark: SparkSession, daily_compliance: Callable[..., DataFrame]) -> Callable[..., pa.Table]:
    """Checks that both ways have the same days, and returns them."""

    def check(alarms: pa.Table, **question: Any) -> pa.Table:
        days = daily_compliance(spark.createDataFrame(alarms), **WINDOW, **question).toArrow()
        expected = daily_result(alarms, **WINDOW, **question).frame
        assert days.column_names == expected.column_names
        assert lines(days) == lines(expected)
        return days

    return check


def lines(table: pa.Table) -> Counter[tuple[Any, ...]]:
    """Return the rows of a table, in no order."""
    return Counter(zip(*(column.to_pylist() for column in table.columns), strict=True))


def test_a_hundred_thousand_rows_have_the_days_of_one_process(check_equal: Callable[..., pa.Table]) -> None:
    """Tenants of five zones, one of which has half of all rows; clock changes, damping, open alarms, copies."""
    alarms = random_alarms(100_000, 120)
    days = check_equal(alarms, zone_column="zone", policy=DAMPING)
    assert days.num_rows == 120 * 41


@pytest.mark.parametrize("unkeyed", ["doubt", "everybody", "nobody"])
def test_rows_without_a_key_are_anybodys(check_equal: Callable[..., pa.Table], unkeyed: str) -> None:
    """They are in doubt for each key, or everybody's; their own days stand there once."""
    alarms = random_alarms(2_000, 20, keyless_share=0.01)
    check_equal(alarms, zone="Europe/Berlin", unkeyed=unkeyed)


def test_a_key_of_several_columns_keeps_ids_within_the_tenant(check_equal: Callable[..., pa.Table]) -> None:
    """Rows of one id may stand under two resources of a tenant; targeted work and hours hold as elsewhere."""
    alarms = random_alarms(3_000, 12)
    hours = ServiceHours.weekly({"mon-fri": "07:00-19:00"})
    by = ("tenant_id", "resource_id")
    days = check_equal(alarms, by=by, zone="America/New_York", maintenance=WORKS, service_hours=hours)
    assert days.schema.field("resource_id").type == pa.int64()


def test_keys_of_an_inventory_have_days_without_an_alarm(check_equal: Callable[..., pa.Table]) -> None:
    """Also where a task has no alarm at all: they are in doubt only where no row was read."""
    alarms = random_alarms(40, 3)
    quiet = [f"quiet-{number}" for number in range(9)]
    days = check_equal(alarms, inventory=["tenant-1", *quiet])
    assert set(days["tenant_id"].to_pylist()) >= set(quiet)
    nothing = check_equal(alarms.slice(0, 0), inventory=quiet)
    assert set(nothing["is_confirmed"].to_pylist()) == {False}
    assert check_equal(alarms.slice(0, 0)).num_rows == 0


def test_an_inventory_may_be_a_frame(spark: SparkSession, daily_compliance: Callable[..., DataFrame]) -> None:
    """With the columns of the key, which takes its type."""
    alarms = random_alarms(60, 3)
    listed = spark.createDataFrame(pa.table({"resource_id": pa.array([1, 7], pa.int32())}))
    frame = spark.createDataFrame(alarms.drop_columns(["id"]))
    days = daily_compliance(frame, by="resource_id", inventory=listed, **WINDOW).toArrow()
    expected = daily_result(alarms.drop_columns(["id"]), by="resource_id", inventory=[1, 7], **WINDOW).frame
    assert lines(days) == lines(expected)


def test_batches_may_end_anywhere(spark: SparkSession, check_equal: Callable[..., pa.Table]) -> None:
    """A key that stretches over many of them is measured once."""
    spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", "37")
    try:
        check_equal(random_alarms(1_500, 9))
    finally:
        spark.conf.unset("spark.sql.execution.arrow.maxRecordsPerBatch")


def test_adaptive_execution_does_not_split_a_skewed_key(
    spark: SparkSession, check_equal: Callable[..., pa.Table]
) -> None:
    """Though it would split what is so far above the median in a join."""
    settings = {
        "spark.sql.adaptive.skewJoin.skewedPartitionThresholdInBytes": "1k",
        "spark.sql.adaptive.advisoryPartitionSizeInBytes": "1k",
        "spark.sql.adaptive.optimizeSkewsInRebalancePartitions.enabled": "true",
        "spark.sql.adaptive.forceOptimizeSkewedJoin": "true",
    }
    for name, value in settings.items():
        spark.conf.set(name, value)
    try:
        check_equal(random_alarms(20_000, 30))
    finally:
        for name in settings:
            spark.conf.unset(name)


def test_times_leave_spark_as_instants_whatever_the_zone_of_the_session(
    spark: SparkSession, daily_compliance: Callable[..., DataFrame], check_equal: Callable[..., pa.Table]
) -> None:
    """A TIMESTAMP is an instant; a TIMESTAMP_NTZ is a local time, of the zone that is given."""
    alarms = random_alarms(500, 4)
    local = alarms
    local_frame = spark.createDataFrame(alarms)
    for name in ("first_occurrence", "cleared_at"):
        index = alarms.schema.get_field_index(name)
        local = local.set_column(index, name, alarms[name].cast(pa.timestamp("us")))
        local_frame = local_frame.withColumn(name, local_frame[name].cast("timestamp_ntz"))
    spark.conf.set("spark.sql.session.timeZone", "Pacific/Auckland")
    try:
        check_equal(alarms)
        days = daily_compliance(local_frame, times_in="America/New_York", **WINDOW).toArrow()
        assert lines(days) == lines(daily_result(local, times_in="America/New_York", **WINDOW).frame)
        with pytest.raises(Exception, match="times_in"):
            daily_compliance(local_frame, **WINDOW).collect()
    finally:
        spark.conf.set("spark.sql.session.timeZone", "UTC")


def test_the_schema_is_known_before_anything_runs(
    spark: SparkSession, daily_compliance: Callable[..., DataFrame]
) -> None:
    """The columns of the key in their types, by our names; then those of records."""
    frame = spark.createDataFrame(random_alarms(10, 2)).withColumnRenamed("tenant_id", "Customer")
    days = daily_compliance(
        frame, by=["tenant_id", "resource_id"], columns={"tenant_id": "Customer"}, **WINDOW, on_invalid="quarantine"
    )
    assert [f"{field.name} {field.dataType.simpleString()}" for field in days.schema][:4] == [
        "tenant_id string",
        "resource_id bigint",
        "date date",
        "compliance_percentage double",
    ]
    assert days.schema["is_confirmed"].dataType.simpleString() == "boolean"


def test_errors_of_rows_reach_the_driver_and_name_key_and_id(
    spark: SparkSession, daily_compliance: Callable[..., DataFrame], check_equal: Callable[..., pa.Table]
) -> None:
    """Rows have no number in a cluster."""
    day = dt.datetime(2025, 10, 1, tzinfo=dt.UTC)
    alarms = pa.table(
        {
            "tenant_id": ["acme", "acme", None],
            "id": ["a-1", "a-2", "n-1"],
            "zone": ["UTC", "Europe/Berlin", "UTC"],
            "severity": ["critical", "oops", "major"],
            "first_occurrence": [day, day, day],
            "cleared_at": [day, day, day],
        }
    )
    with pytest.raises(
        Exception, match="1 bad alarm rows: of the row with tenant_id 'acme', id 'a-2' severity is 'oops'"
    ):
        daily_compliance(spark.createDataFrame(alarms), **WINDOW).collect()
    with pytest.raises(Exception, match="zone of key 'acme' is 'Europe/Berlin', 'UTC'"):
        daily_compliance(spark.createDataFrame(alarms), zone_column="zone", on_invalid="quarantine", **WINDOW).collect()
    check_equal(alarms, on_invalid="quarantine")
    bad_keyless = alarms.set_column(3, "severity", pa.array(["critical", "major", "oops"]))
    with pytest.raises(InvalidValueError, match="tenant_id None, id 'n-1' severity"):
        daily_compliance(spark.createDataFrame(bad_keyless), **WINDOW)


def test_an_id_under_two_keys_is_refused_where_it_would_matter(
    spark: SparkSession, daily_compliance: Callable[..., DataFrame]
) -> None:
    """Its rows are one alarm's; each task would take them for its own."""
    starts, ends = instants([1_760_000_000_000_000] * 2), instants([1_760_000_900_000_000] * 2)
    columns = {"id": ["x", "x"], "first_occurrence": starts, "cleared_at": ends, "severity": ["major", "minor"]}
    by_resource = spark.createDataFrame(pa.table({"resource_id": ["a", "b"], **columns}))
    with pytest.raises(InvalidValueError, match="id 'x' is that of rows of several keys"):
        daily_compliance(by_resource, by="resource_id", **WINDOW)
    half_keyed = spark.createDataFrame(pa.table({"tenant_id": ["t", "t"], "resource_id": ["a", None], **columns}))
    with pytest.raises(InvalidValueError, match="with and without one"):
        daily_compliance(half_keyed, by=["tenant_id", "resource_id"], **WINDOW)


def test_what_a_cluster_cannot_answer_is_refused_before_a_job_runs(
    spark: SparkSession, daily_compliance: Callable[..., DataFrame]
) -> None:
    """Each message names the argument and the way out."""
    frame = spark.createDataFrame(random_alarms(10, 2))
    reaching = Exclusion(*WORK_TIME, reason="storm", applies_to={"resource_id": ["1"]}, with_children=True)
    with pytest.raises(InvalidValueError, match="with_children"):
        daily_compliance(frame, by="resource_id", exclusions=[reaching], **WINDOW)
    with pytest.raises(InvalidTypeError, match="inventory is an Inventory"):
        daily_compliance(frame, inventory=Inventory([Unit("tenant-1")]), **WINDOW)
    with pytest.raises(InvalidValueError, match="by names 'share', a column of double; cast it"):
        daily_compliance(frame.selectExpr("*", "0.5D AS share"), by="share", **WINDOW)
    with pytest.raises(InvalidValueError, match="by is 'nobody'; the frame has the columns"):
        daily_compliance(frame, by="nobody", **WINDOW)
    with pytest.raises(InvalidValueError, match="does not fit resource_id, a column of bigint"):
        daily_compliance(frame.drop("id"), by="resource_id", inventory=["x"], **WINDOW)
    with pytest.raises(InvalidValueError, match="inventory has no column 'tenant_id'"):
        daily_compliance(frame, inventory=frame.select("zone"), **WINDOW)
