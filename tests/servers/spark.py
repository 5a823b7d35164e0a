"""A real Spark session of two executor threads on 127.0.0.1."""
################################################################
# PySpark is 450 MB and needs Java, so both may be missing; what starts a session asks
# `missing_for_spark` first and says the reason.
################################################################

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

SETTINGS: Final = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.ui.enabled": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.shuffle.partitions": "4",
    "spark.log.level": "OFF",  # what fails on purpose
}


def missing_for_spark() -> str | None:
    """Return why no session can be started here; None where one can."""
    if importlib.util.find_spec("pyspark") is None:
        return "PySpark is not installed; the group spark has it"
    if shutil.which("java") is None:
        return "no java found; PySpark 4 needs Java 17 or later"
    return None


@contextmanager
def running_spark(folder: Path) -> Iterator[SparkSession]:
    """Run a session whose files lie in a folder; its JVM ends with the block."""
    from pyspark.sql import SparkSession  # noqa: PLC0415 - it may not be there

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # a setting of this is for spark-submit alone
    builder = SparkSession.builder.master("local[2]")
    for name, value in {**SETTINGS, "spark.local.dir": str(folder), "spark.sql.warehouse.dir": str(folder)}.items():
        builder = builder.config(name, value)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PySpark's own, e.g. of a pandas that it does not know
        session = builder.getOrCreate()
        gateway: Any = session.sparkContext._gateway
        try:
            yield session
        finally:
            session.stop()
            # The JVM would stay until this process ends.
            gateway.shutdown()
            gateway.proc.stdin.close()
            gateway.proc.wait(timeout=30)
