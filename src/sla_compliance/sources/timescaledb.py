"""Measured availability from TimescaleDB, as outages and monitored time; sync and async."""
################################################################
# For platforms that record a downtime share per time bucket instead of alarms.
# Beside the outages it returns the monitored time: buckets without a measurement
# are unknown, not up.
#
# The tests run on PostgreSQL with a stand-in for time_bucket, and on a real
# TimescaleDB where SLA_TEST_TIMESCALE_DSN names one. The stand-in has no
# hypertables, chunks, compression or continuous aggregates.
################################################################

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sla_compliance.alarms import AlarmFilter
from sla_compliance.batch import AlarmBatch
from sla_compliance.errors import InvalidValueError, requires_extra, shown
from sla_compliance.sources.protocol import EVERY_QUALIFYING
from sla_compliance.units import MINUTE_US, SECOND_US, length_us

with requires_extra("timescaledb", __name__):
    from sqlalchemy import Engine
    from sqlalchemy.ext.asyncio import AsyncEngine

from sla_compliance.sources._sql.engines import (
    AnyEngine,
    Awaited,
    OverAsyncEngine,
    OverEngine,
    Prepare,
    Result,
    SQLSource,
)
from sla_compliance.sources._sql.mappings import PLATFORM_METRICS, MetricsTable, NaiveTimes
from sla_compliance.sources._sql.metrics import MetricsReader

__all__ = ["AsyncTimescaleDBSource", "MetricsTable", "NaiveTimes", "TimescaleDBSource"]

WIDEST_BUCKET_US: Final = 15 * MINUTE_US
DEFAULT_BUCKET: Final = timedelta(minutes=15)


class _MetricsSource(SQLSource[AnyEngine, Result]):
    """Measured availability of a database."""

    def __init__(
        self,
        engine: AnyEngine,
        table: MetricsTable = PLATFORM_METRICS,
        *,
        bucket: timedelta = DEFAULT_BUCKET,
        prepare: Prepare | None = None,
    ) -> None:
        """Keep the engine; the first request connects.

        Args:
            engine: of TimescaleDB (psycopg).
            table: the mapping of the table of metrics.
            bucket: length of a time bucket; whole seconds that divide 15 minutes.
            prepare: as of the sources of `sla_compliance.sources.sqlalchemy`.

        Raises:
            InvalidValueError: the bucket is of another length.
        """
        super().__init__(engine, prepare)
        self._reader = MetricsReader(table, _width_us(bucket))

    def fetch(
        self,
        tenant_id: str,
        start_us: int,
        end_us: int,
        wanted: AlarmFilter = EVERY_QUALIFYING,  # noqa: ARG002 - a measurement has no severity
    ) -> Result:
        """Return a batch of the tenant's outages as measured, with the monitored time."""
        return self._run(tenant_id, self._reader.read, tenant_id, start_us, end_us)


class TimescaleDBSource(OverEngine, _MetricsSource[Engine, AlarmBatch]):
    """Measured availability over an Engine; an AlarmSource whose batches say when anything was monitored.

    Raises, at a request, besides the database's own errors:
        InvalidValueError: the mapped table or column does not exist, or no database holds such a tenant id.
        InvalidValueError: the table is under row-level security, and no `prepare` sets the session.
        NaiveDatetimeError: timestamps carry no zone and the mapping does not say that they are UTC.
    """


class AsyncTimescaleDBSource(OverAsyncEngine, _MetricsSource[AsyncEngine, Awaited[AlarmBatch]]):
    """TimescaleDBSource over an AsyncEngine: the same arguments and errors, `fetch` awaited."""


def _width_us(bucket: timedelta) -> int:
    width_us = length_us(bucket, field="bucket")
    if width_us == 0 or WIDEST_BUCKET_US % width_us or width_us % SECOND_US:
        raise InvalidValueError(
            f"bucket is {shown(bucket)}; give whole seconds that divide 15 minutes, so no bucket straddles a midnight",
            field="bucket",
        )
    return width_us
