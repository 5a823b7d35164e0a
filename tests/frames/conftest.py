"""Fixtures: one Spark session for all tests of a run."""
################################################################
# PySpark is 450 MB, so the group `test` is without it: `nox -s spark` runs these tests.
################################################################

from __future__ import annotations

import importlib.util
import shutil
import sys
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

SETTINGS = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.ui.enabled": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.shuffle.partitions": "4",
    "spark.log.level": "OFF",  # what fails on purpose
}


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    """A session with two executor threads; skips where PySpark or Java is missing."""
    if importlib.util.find_spec("pyspark") is None:
        pytest.skip("PySpark is not installed; nox -s spark installs it and runs this")
    if shutil.which("java") is None:
        pytest.skip("no java found; PySpark 4 needs Java 17 or later")
    from pyspark.sql import SparkSession  # noqa: PLC0415 - it may not be there

    builder = SparkSession.builder.master("local[2]")
    folder = tmp_path_factory.mktemp("spark")
    for name, value in {**SETTINGS, "spark.local.dir": str(folder), "spark.sql.warehouse.dir": str(folder)}.items():
        builder = builder.config(name, value)
    with warnings.catch_warnings(), pytest.MonkeyPatch.context() as environment:
        environment.setenv("PYSPARK_PYTHON", sys.executable)  # a setting of this is for spark-submit alone
        warnings.simplefilter("ignore")  # PySpark's own, e.g. of a pandas that it does not know
        session = builder.getOrCreate()
        gateway: Any = session.sparkContext._gateway
        yield session
        session.stop()
        # The JVM would stay until this process ends.
        gateway.shutdown()
        gateway.proc.stdin.close()
        gateway.proc.wait(timeout=30)
