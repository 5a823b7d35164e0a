"""The goal of many tenants on Spark, measured."""
################################################################
# Time is by the clock on the wall, for Spark's processes do the work. Both ways begin with
# the same cached rows, and write into Spark's format `noop`, which takes all rows and
# keeps none.
################################################################

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pyarrow as pa  # type: ignore[import-untyped]

from tests.benchmarks.performance.tenant_growth import END, START, load_within_days, tenants_of
from tests.benchmarks.timing import medians
from tests.frames.spark_worlds import instants
from tests.servers.spark import missing_for_spark, running_spark

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

ROWS: Final = 1_000_000
TENANTS: Final = 1_000
ROUNDS: Final = 3


def measure_spark(rows: int = ROWS, tenants: int = TENANTS) -> dict[str, float]:
    """Return what the days of many tenants cost beside a bare shuffle and sort; nothing where Spark cannot run."""
    if missing_for_spark() is not None:
        return {}
    from sla_compliance.frames.spark import daily_compliance  # noqa: PLC0415 - PySpark may not be there

    with tempfile.TemporaryDirectory() as folder, running_spark(Path(folder)) as spark:
        frame = spark.createDataFrame(_table(rows, tenants)).repartition(4).cache()
        assert frame.count() == rows
        took = medians(
            {
                "bare": lambda: _run(
                    frame.repartition("tenant_id").sortWithinPartitions("tenant_id", "first_occurrence")
                ),
                "days": lambda: _run(
                    daily_compliance(frame, by="tenant_id", zone="UTC", start=START, end=END, as_of=END)
                ),
            },
            rounds=ROUNDS,
            clock=time.perf_counter,
            has_warm_up=True,
        )
    return {"spark": took["days"] / took["bare"]}


def _run(frame: DataFrame) -> None:
    frame.write.format("noop").mode("overwrite").save()


def _table(rows: int, tenants: int) -> pa.Table:
    load = load_within_days(rows)
    return pa.table(
        {
            "tenant_id": tenants_of(rows, tenants),
            "first_occurrence": instants(load.starts_us),
            "cleared_at": instants(load.ends_us),
        }
    )
