"""Fixtures: one Spark session for all tests of a run."""
################################################################
# PySpark is 450 MB, so the group `test` is without it: `nox -s spark` runs these tests.
################################################################

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.servers.spark import missing_for_spark, running_spark

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    """A session with two executor threads; skips where PySpark or Java is missing."""
    reason = missing_for_spark()
    if reason is not None:
        pytest.skip(f"{reason}; nox -s spark runs this")
    with running_spark(tmp_path_factory.mktemp("spark")) as session:
        yield session
