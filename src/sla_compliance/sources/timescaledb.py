"""Measured availability from TimescaleDB, as outages and monitored time; sync and async."""
################################################################
# For platforms that record a downtime share per time bucket instead of alarms. A
# source of its own: what it returns beside the outages, when anything was
# measured at all, decides what is unknown.
#
# Tested on PostgreSQL with a stand-in for time_bucket. Not exercised there:
# hypertables, their chunks and compression, continuous aggregates. The same tests
# run on a real TimescaleDB where SLA_TEST_TIMESCALE_DSN names one.
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

from sla_compliance.sources._sql.mappings import MetricsTable, NaiveTimes
from sla_compliance.sources._sql.metrics import MetricsReader

__all__ = ["AsyncTimescaleDBSource", "MetricsTable", "NaiveTimes", "TimescaleDBSource"]

WIDEST_US: Final = 15 * MINUTE_US
PLATFORM_METRICS: Final = MetricsTable()
DEFAULT_BUCKET: Final = timedelta(minutes=15)


class TimescaleDBSource:
    """Measured availability over an Engine; an AlarmSource whose batches say when anything was monitored.

    Raises, when asked, besides the database's own errors:
        InvalidValueError: the mapped table or column does not exist, or no database holds such a tenant id.
        NaiveDatetimeError: timestamps carry no zone and the mapping does not say that they are UTC.
    """

    def __init__(
        self, engine: Engine, table: MetricsTable = PLATFORM_METRICS, *, bucket: timedelta = DEFAULT_BUCKET
    ) -> None:
        """Keep the engine; nothing is asked of it yet.

        Args:
            engine: of TimescaleDB (psycopg).
            table: where the metrics stand.
            bucket: length of a time bucket; whole seconds that divide 15 minutes.

        Raises:
            InvalidValueError: the bucket is of another length.
        """
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._reader = MetricsReader(table, _width_us(bucket))

    def fetch(
        self,
        tenant_id: str,
        start_us: int,
        end_us: int,
        wanted: AlarmFilter = EVERY_QUALIFYING,  # noqa: ARG002 - a measurement has no severity
    ) -> AlarmBatch:
        """Return the tenant's outages as measured, with the monitored time."""
        with self._engine.connect() as connection:
            return self._reader.read(connection, tenant_id, start_us, end_us)


class AsyncTimescaleDBSource:
    """TimescaleDBSource over an AsyncEngine."""

    def __init__(
        self, engine: AsyncEngine, table: MetricsTable = PLATFORM_METRICS, *, bucket: timedelta = DEFAULT_BUCKET
    ) -> None:
        """Keep the engine; arguments and errors as TimescaleDBSource."""
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._reader = MetricsReader(table, _width_us(bucket))

    async def fetch(
        self,
        tenant_id: str,
        start_us: int,
        end_us: int,
        wanted: AlarmFilter = EVERY_QUALIFYING,  # noqa: ARG002 - a measurement has no severity
    ) -> AlarmBatch:
        """Return the tenant's outages as measured, with the monitored time."""
        async with self._engine.connect() as connection:
            return await connection.run_sync(self._reader.read, tenant_id, start_us, end_us)


def _width_us(bucket: timedelta) -> int:
    width_us = length_us(bucket, field="bucket")
    if width_us == 0 or WIDEST_US % width_us or width_us % SECOND_US:
        raise InvalidValueError(
            f"bucket is {shown(bucket)}; give whole seconds that divide 15 minutes, so no bucket straddles a midnight",
            field="bucket",
        )
    return width_us
