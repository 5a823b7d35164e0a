"""The downtime of each day from PostgreSQL: by range_agg, by one summing query a day, and by this library."""
################################################################
# The platform's table of alarms, with its indexes and ours. Each tenant in it has the
# alarms of one load. Local days are those of the session's zone. A statement runs in
# the process of its connection alone, so that its time can be read; see timing.py.
################################################################

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Final

import psycopg
from sqlalchemy import URL, create_engine

import sla_compliance as sla
from sla_compliance.sources.sqlalchemy import SQLAlchemyAlarmSource, ddl
from sla_compliance.units import moment
from tests.adapters.alarm_tables import PLATFORM_SCHEMA
from tests.benchmarks.frame_peers import LocalDays
from tests.benchmarks.timing import ServerTime
from tests.benchmarks.workload import Workload
from tests.servers.databases import fresh_database

QUALIFYING: Final = (
    " FROM alarms WHERE tenant_id = %(tenant)s AND severity IN ('CRITICAL', 'MAJOR')"
    " AND first_occurrence < %(end)s AND (cleared_at > %(start)s OR cleared_at IS NULL)"
)
# Two values for all rows: the least that a driver can be given.
BEST_RAW_SHAPE: Final = (
    "SELECT string_agg(timestamptz_send(first_occurrence), ''),"
    " string_agg(timestamptz_send(coalesce(cleared_at, 'infinity')), '')" + QUALIFYING
)
# Each alarm's part of a day, summed: overlaps count twice.
SUM_OF_A_DAY: Final = (
    "SELECT sum(extract(epoch FROM least(coalesce(cleared_at, %(end)s), %(end)s)"  # noqa: S608
    " - greatest(first_occurrence, %(start)s)))" + QUALIFYING
)
RANGE_AGG: Final = f"""
WITH outages AS (
    SELECT unnest(range_agg(tstzrange(first_occurrence, coalesce(cleared_at, %(end)s)))) AS outage {QUALIFYING}
), days AS (
    SELECT tstzrange(midnight, midnight + interval '1 day') AS day
    FROM generate_series(%(start)s::timestamptz, %(end)s - interval '1 day', interval '1 day') AS midnight
)
SELECT coalesce(sum(extract(epoch FROM upper(outage * day) - lower(outage * day))) * 1000000, 0)::bigint
FROM days LEFT JOIN outages ON outage && day GROUP BY day ORDER BY day
"""  # noqa: S608 - constants
_INSERT: Final = """
INSERT INTO alarms (tenant_id, severity, alarm_id, first_occurrence, last_occurrence, cleared_at, alarm_type, title)
SELECT %(tenant)s, 'CRITICAL', 'device ' || start_us %% 300, timestamptz 'epoch' + start_us * interval '1 microsecond',
    timestamptz 'epoch' + end_us * interval '1 microsecond', timestamptz 'epoch' + end_us * interval '1 microsecond',
    'los', 'signal lost'
FROM loaded
"""


def daily_sums_us(connection: psycopg.Connection[Any], tenant: str, first: datetime, days: int) -> list[int]:
    """Return what the outline that many start with shows: one query a day, days of 24 hours, overlaps summed."""
    midnights = [first + timedelta(days=number) for number in range(days + 1)]
    sums_us = []
    for number in range(days):
        bounds = {"tenant": tenant, "start": midnights[number], "end": midnights[number + 1]}
        row = connection.execute(SUM_OF_A_DAY, bounds).fetchone()
        sums_us.append(int((row[0] or 0) * 1_000_000) if row else 0)
    return sums_us


def raw_columns(connection: psycopg.Connection[Any], bounds: Mapping[str, object]) -> list[array[int]]:
    """Return starts and ends in the best raw shape, microseconds since 2000."""
    columns = [array("q", packed) for packed in connection.execute(BEST_RAW_SHAPE, bounds).fetchall()[0]]
    for column in columns:
        column.byteswap()
    return columns


class AlarmDatabase:
    """A database of alarms, and the ways to the downtime of each day of one of its tenants.

    Attributes:
        connection: the one that statements by hand take.
        clock: the processor's time of this process and of the server's for both connections.
        server_version: the server's, e.g. "18.6".
    """

    def __init__(self, url: URL, connection: psycopg.Connection[Any]) -> None:
        """Prepare an empty database of the platform's schema."""
        self.connection = connection
        self._engine = create_engine(url)
        self._source = SQLAlchemyAlarmSource(self._engine)  # kept, as an app keeps it: it remembers its statements
        connection.execute(b"SET max_parallel_workers_per_gather = 0")
        with self._engine.connect() as pooled:  # the pool gives the same one to each request
            driver_connection: Any = pooled.connection.driver_connection
            self.clock = ServerTime(connection, driver_connection)
        self.server_version = connection.info.parameter_status("server_version") or ""
        connection.execute(ddl("postgresql").splitlines()[0].encode())

    def add(self, tenant: str, load: Workload) -> None:
        """Add the alarms of a tenant."""
        connection = self.connection
        connection.execute(b"CREATE TEMPORARY TABLE loaded (start_us bigint, end_us bigint)")
        with connection.cursor().copy(b"COPY loaded FROM STDIN") as copy:
            for row in zip(load.starts_us, load.ends_us, strict=True):
                copy.write_row(row)
        connection.execute(_INSERT, {"tenant": tenant})
        connection.execute(b"DROP TABLE loaded")
        connection.execute(b"VACUUM ANALYZE alarms")

    def by_range_agg(self, tenant: str, days: LocalDays) -> list[int]:
        """One statement: the union as a multirange, cut at local days of the database."""
        bounds = {"tenant": tenant, "start": days.midnight(0), "end": days.midnight(days.day_count)}
        self.connection.execute(f"SET TimeZone = '{days.zone}'".encode())
        return [downtime_us for (downtime_us,) in self.connection.execute(RANGE_AGG, bounds).fetchall()]

    def by_daily_sums(self, tenant: str, days: LocalDays) -> list[int]:
        """One statement a day, of UTC: it has no notion of a zone."""
        return daily_sums_us(self.connection, tenant, days._replace(zone="UTC").midnight(0), days.day_count)

    def best_raw_shape(self, tenant: str, load: Workload) -> list[array[int]]:
        """Starts and ends alone, packed."""
        first, last = moment(load.bounds_us[0]), moment(load.bounds_us[-1])
        return raw_columns(self.connection, {"tenant": tenant, "start": first, "end": last})

    def fetch(self, tenant: str, load: Workload) -> sla.AlarmBatch:
        """What a source of the library returns."""
        return self._source.fetch(tenant, load.bounds_us[0], load.bounds_us[-1])

    def by_this_library(self, tenant: str, load: Workload, zone: str) -> list[int]:
        """Fetch and evaluate."""
        start, end = moment(load.bounds_us[0]), moment(load.bounds_us[-1])
        report = sla.evaluate(self.fetch(tenant, load), start=start, end=end, as_of=end, zone=zone)
        return [record.downtime_us for record in report.days]

    def close(self) -> None:
        """Close what the library's requests opened."""
        self._engine.dispose()


@contextmanager
def alarm_database(dsn: str) -> Iterator[AlarmDatabase]:
    """Make a database on the server of a DSN; it is dropped when the block ends."""
    with fresh_database(dsn, PLATFORM_SCHEMA) as url:
        plain_url = url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(plain_url, autocommit=True) as connection:
            database = AlarmDatabase(url, connection)
            try:
                yield database
            finally:
                database.close()
