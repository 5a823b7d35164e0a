"""Measured availability as outages and monitored time; on a real TimescaleDB where one is given."""
################################################################
# SLA_TEST_TIMESCALE_DSN names a server; SLA_TEST_TIMESCALE_PACKAGES a folder of npm's
# packages, from which one is started (`nox -s timescale`). Without either the tests run
# on plain PostgreSQL with a stand-in for time_bucket.
################################################################

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine, NullPool, create_engine, make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from sla_compliance.batch import AlarmBatch
from sla_compliance.compliance import evaluate
from sla_compliance.errors import InvalidTypeError, InvalidValueError
from sla_compliance.intervals import IntervalSet
from sla_compliance.labels import Scope, State
from sla_compliance.report import ComplianceReport
from sla_compliance.sources.protocol import AlarmSource
from sla_compliance.sources.timescaledb import AsyncTimescaleDBSource, MetricsTable, NaiveTimes, TimescaleDBSource
from sla_compliance.testing.stored_alarms import HOSTILE_TENANTS
from sla_compliance.validation import ClampedFigure
from tests.adapters.alarm_tables import FIXTURES, PLATFORM_SCHEMA
from tests.adapters.statements import watched
from tests.servers.databases import fresh_database
from tests.servers.timescaledb import ENGINE_ARGUMENTS, running_timescaledb

MIDNIGHT = datetime(2026, 3, 1, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
QUARTER_US, MINUTE_US = 900_000_000, 60_000_000
START_US = int(MIDNIGHT.timestamp()) * 1_000_000
DAY_US = 96 * QUARTER_US

DSN_VARIABLE = "SLA_TEST_TIMESCALE_DSN"
PACKAGES_VARIABLE = "SLA_TEST_TIMESCALE_PACKAGES"
IS_REAL = DSN_VARIABLE in os.environ or PACKAGES_VARIABLE in os.environ
STAND_IN = (FIXTURES / "time_bucket.sql").read_text(encoding="utf-8")
HYPERTABLE = "SELECT create_hypertable('network_metrics', 'timestamp')"
EXTENSION = f"CREATE EXTENSION IF NOT EXISTS timescaledb; {HYPERTABLE}"


@pytest.fixture(scope="module")
def metrics_database(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """A database with time_bucket, for all tests of this module."""
    packages = os.environ.get(PACKAGES_VARIABLE)
    if packages is not None:
        with running_timescaledb(Path(packages)) as server:
            yield _engine_of_one_connection(server.url)
        return
    own = os.environ.get(DSN_VARIABLE)
    dsn = own or request.getfixturevalue("postgres_dsn")
    with fresh_database(dsn, PLATFORM_SCHEMA, EXTENSION if own else STAND_IN) as url:
        engine = create_engine(url, connect_args={"options": "-c timezone=Asia/Kathmandu"})
        yield engine
        engine.dispose()


def _engine_of_one_connection(dsn: str) -> Engine:
    """Return an engine of the server from npm, whose database has the tables now."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        for script in (PLATFORM_SCHEMA, HYPERTABLE):
            connection.execute(script.encode())
    url = make_url(dsn).set(drivername="postgresql+psycopg")
    return create_engine(url, poolclass=NullPool, connect_args=ENGINE_ARGUMENTS)


@pytest.fixture
def metrics(metrics_database: Engine) -> Engine:
    """The table of metrics, empty."""
    with metrics_database.begin() as connection:
        connection.exec_driver_sql("TRUNCATE network_metrics")
    return metrics_database


def measured(
    engine: Engine, *shares: float | None, at: datetime = MIDNIGHT, every: timedelta = QUARTER, tenant: str = "acme"
) -> None:
    """Write one row for each share of downtime, one after the other."""
    rows = [{"tenant": tenant, "at": at + row * every, "share": share} for row, share in enumerate(shares)]
    statement = (
        'INSERT INTO network_metrics (tenant_id, "timestamp", metric_type, downtime_percentage)'
        " VALUES (:tenant, :at, 'availability', :share)"
    )
    with engine.begin() as connection:
        connection.execute(text(statement), rows)


def fetched(engine: Engine, tenant_id: str = "acme", bucket: timedelta = QUARTER) -> AlarmBatch:
    """Return the batch of the day."""
    return TimescaleDBSource(engine, bucket=bucket).fetch(tenant_id, START_US, START_US + DAY_US)


def report_of(batch: AlarmBatch, zone: str = "UTC") -> ComplianceReport:
    """Return the report of the day."""
    return evaluate(batch, start=MIDNIGHT, end=MIDNIGHT + timedelta(days=1), zone=zone, as_of=MIDNIGHT.replace(month=4))


@pytest.mark.skipif(not IS_REAL, reason="the stand-in has no hypertables")
def test_the_table_is_a_hypertable_of_several_chunks(metrics: Engine) -> None:
    """What is read of it here is read of TimescaleDB's own chunks, by its own time_bucket."""
    measured(metrics, *[10] * 40, every=timedelta(days=1))
    with metrics.connect() as connection:
        chunks = connection.scalar(text("SELECT count(*) FROM show_chunks('network_metrics')")) or 0
        owners = connection.scalars(
            text(
                "SELECT extension.extname FROM pg_proc JOIN pg_depend ON pg_depend.objid = pg_proc.oid"
                " JOIN pg_extension AS extension ON extension.oid = pg_depend.refobjid WHERE proname = 'time_bucket'"
            )
        ).all()
    assert chunks > 4
    assert set(owners) == {"timescaledb"}
    batch = TimescaleDBSource(metrics).fetch("acme", START_US, START_US + 40 * DAY_US)
    assert len(batch) == 40


def test_a_bucket_is_an_outage_of_its_share_and_monitored_time(metrics: Engine) -> None:
    """The outage stands at the bucket's start; a bucket without downtime has none."""
    measured(metrics, 0, 20, 100)
    batch = fetched(metrics)
    assert sorted(zip(batch.starts_us, batch.ends_us, strict=True)) == [
        (START_US + QUARTER_US, START_US + QUARTER_US + 3 * MINUTE_US),
        (START_US + 2 * QUARTER_US, START_US + 3 * QUARTER_US),
    ]
    assert batch.monitored == IntervalSet.from_pairs([(START_US, START_US + 3 * QUARTER_US)])


def test_gaps_are_unknown_not_up(metrics: Engine) -> None:
    """Nothing measured, NULL and NaN are gaps alike."""
    measured(metrics, 0, None, float("nan"), 50)
    cells = report_of(fetched(metrics)).total.segments
    assert cells[Scope.AGREED, State.UP] == QUARTER_US + QUARTER_US // 2
    assert cells[Scope.AGREED, State.DOWN] == QUARTER_US // 2
    assert cells[Scope.AGREED, State.UNKNOWN] == DAY_US - 2 * QUARTER_US


def test_a_tenant_that_nobody_measured_has_no_availability(metrics: Engine) -> None:
    """It is not 100 %."""
    measured(metrics, 0)
    assert report_of(fetched(metrics, "nobody")).total.availability_ratio is None


def test_shares_outside_0_to_100_are_clamped_and_flagged_with_the_raw_value(metrics: Engine) -> None:
    """Infinite ones too; each counts as all or none of its time."""
    measured(metrics, 250, -3, float("inf"), 30)
    report = report_of(fetched(metrics))
    assert report.total.segments[Scope.AGREED, State.DOWN] == 2 * QUARTER_US + QUARTER_US * 3 // 10
    assert sorted(report.quality.clamped, key=lambda figure: figure.start_us) == [
        ClampedFigure(START_US, 250.0),
        ClampedFigure(START_US + QUARTER_US, -3.0),
        ClampedFigure(START_US + 2 * QUARTER_US, float("inf")),
    ]


def test_rows_of_one_bucket_are_averaged_after_clamping(metrics: Engine) -> None:
    """A row of 200 % does not outweigh one of 0 %."""
    measured(metrics, 200, 0, 50, every=timedelta(minutes=5))
    assert fetched(metrics).ends_us == (START_US + QUARTER_US // 2,)


@pytest.mark.parametrize("bucket", [timedelta(minutes=1), timedelta(minutes=5), timedelta(seconds=36)])
def test_a_narrower_bucket_can_be_asked_for(metrics: Engine, bucket: timedelta) -> None:
    """Time is then monitored as long as that, and no longer."""
    measured(metrics, 100)
    batch = fetched(metrics, bucket=bucket)
    assert batch.monitored == IntervalSet.from_pairs([(START_US, START_US + int(bucket.total_seconds()) * 1_000_000)])


@pytest.mark.parametrize("zone", ["Asia/Kathmandu", "Australia/Lord_Howe", "America/St_Johns", "Africa/Lagos"])
def test_days_are_the_tenants_and_the_core_assigns_them(metrics: Engine, zone: str) -> None:
    """No bucket straddles a midnight of any zone, so each day has exactly its own share."""
    measured(metrics, *[10] * (96 * 3), at=MIDNIGHT - timedelta(days=1))
    source = TimescaleDBSource(metrics)
    batch = source.fetch("acme", START_US - DAY_US, START_US + 2 * DAY_US)
    for day in report_of(batch, zone).days:
        length_us = day.uptime_us + day.downtime_us
        assert day.segments[Scope.AGREED, State.UNKNOWN] == 0
        assert day.downtime_us * 10 == length_us


def test_a_window_inside_a_bucket_gets_the_whole_bucket(metrics: Engine) -> None:
    """A daily and an hourly request agree on it."""
    measured(metrics, 40, every=timedelta(minutes=5))
    source = TimescaleDBSource(metrics)
    batch = source.fetch("acme", START_US + 7 * MINUTE_US, START_US + 8 * MINUTE_US)
    assert (batch.starts_us, batch.ends_us) == ((START_US,), (START_US + 6 * MINUTE_US,))


def test_no_other_tenants_and_no_other_metrics_rows_are_read(metrics: Engine) -> None:
    """Metacharacters of any language are data."""
    for share, tenant in enumerate(HOSTILE_TENANTS, 1):
        measured(metrics, share, tenant=tenant)
    with metrics.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO network_metrics SELECT tenant_id, timestamp, 'latency', 1, 1, 99 FROM network_metrics"
        )
    found = [fetched(metrics, tenant).ends_us for tenant in HOSTILE_TENANTS]
    assert found == [(START_US + share * QUARTER_US // 100,) for share in range(1, len(HOSTILE_TENANTS) + 1)]


def test_a_request_is_one_statement(metrics: Engine) -> None:
    """What the table looks like is asked of the first request only."""
    source: AlarmSource = TimescaleDBSource(metrics)
    source.fetch("acme", START_US, START_US + DAY_US)
    with watched(metrics) as sent:
        source.fetch("acme", START_US, START_US + DAY_US)
    assert len(sent) == 1


def test_the_async_source_says_the_same(metrics: Engine) -> None:
    """Over the async driver."""
    measured(metrics, 0, 12.5, 130, None, 7)

    async def ask() -> AlarmBatch:
        source = AsyncTimescaleDBSource(create_async_engine(metrics.url, poolclass=NullPool))
        return await source.fetch("acme", START_US, START_US + DAY_US)

    assert asyncio.run(ask()) == fetched(metrics)


def test_naive_timestamps_in_utc_can_be_mapped(metrics: Engine) -> None:
    """As anywhere else."""
    with metrics.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TABLE samples (tenant_id text, timestamp timestamp, metric_type text, downtime_percentage numeric)"
        )
        connection.exec_driver_sql("INSERT INTO samples VALUES ('acme', '2026-03-01 00:00', 'availability', 20)")
    mapping = MetricsTable(table="samples", naive_times=NaiveTimes.UTC)
    batch = TimescaleDBSource(metrics, mapping).fetch("acme", START_US, START_US + DAY_US)
    with metrics.begin() as connection:
        connection.exec_driver_sql("DROP TABLE samples")
    assert (batch.starts_us, batch.ends_us) == ((START_US,), (START_US + 3 * MINUTE_US,))


@pytest.mark.parametrize(
    "bucket", [timedelta(0), timedelta(hours=1), timedelta(minutes=7), timedelta(milliseconds=500), -QUARTER]
)
def test_a_bucket_that_could_straddle_a_midnight_is_refused(sqlite: Engine, bucket: timedelta) -> None:
    """Whole seconds that divide 15 minutes never do."""
    with pytest.raises(InvalidValueError, match="bucket"):
        TimescaleDBSource(sqlite, bucket=bucket)


def test_a_database_without_time_buckets_is_refused(sqlite: Engine) -> None:
    """With one clear error."""
    with sqlite.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TABLE network_metrics (tenant_id, timestamp, metric_type, downtime_percentage)"
        )
    with pytest.raises(InvalidValueError, match="PostgreSQL"):
        TimescaleDBSource(sqlite).fetch("acme", START_US, START_US + DAY_US)


def test_integer_timestamps_are_refused(metrics: Engine) -> None:
    """Time buckets of integers would mean something else."""
    with metrics.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TABLE numbers (tenant_id text, timestamp bigint, metric_type text, downtime_percentage float8)"
        )
    with pytest.raises(InvalidTypeError, match=r"numbers\.timestamp"):
        TimescaleDBSource(metrics, MetricsTable(table="numbers")).fetch("acme", START_US, START_US + DAY_US)
    with metrics.begin() as connection:
        connection.exec_driver_sql("DROP TABLE numbers")
