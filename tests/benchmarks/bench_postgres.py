"""A request of 90 days from PostgreSQL against the best raw shape, a query a day, full rows and ORM objects."""
################################################################
# Ratios inside one run, medians of interleaved repetitions, by the processor's time of
# this process and of the server's; no absolute times. One table holds the alarms of all
# tenants in the order in which they were raised, as a platform's does, with the
# platform's own indexes and ours. The goals beside the ratios gate nothing.
################################################################

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from sqlalchemy import URL, Engine, create_engine, select
from sqlalchemy.ext.automap import automap_base
from sqlalchemy.orm import Session

from sla_compliance.compliance import evaluate
from sla_compliance.sources.sqlalchemy import SQLAlchemyAlarmSource, ddl
from sla_compliance.units import instant_us
from tests.adapters.alarm_tables import PLATFORM_SCHEMA
from tests.benchmarks.database_peers import daily_sums_us, raw_columns
from tests.benchmarks.timing import ServerTime, medians, seconds
from tests.servers.databases import fresh_database

SIZES = {"1e3": 1_000, "1e4": 10_000, "1e5": 100_000}
OTHER_TENANTS = {f"other {number}": 20_000 for number in range(5)}
DAYS = 90
START = datetime(2026, 1, 10, tzinfo=UTC)
END = START + timedelta(days=DAYS)
START_US, END_US = instant_us(START, field="start"), instant_us(END, field="end")
REPEATS = 9

INDEXES = ("ix_sla_alarms", "ix_alarms_tenant_status", "ix_alarms_tenant_severity")

OURS = {"fetch": "goal <= 1.5", "request": "goal <= 2.5"}
OTHERS = {
    "a query a day": "goal >= 12 at 1e3, 8 at 1e4, 4 at 1e5",
    "a query a day, no index": "goal >= 100",
    "full rows": "goal >= 2.5 at 1e4",
    "ORM objects": "goal >= 10 at 1e4",
}
OBJECTS_UP_TO = 10_000  # beyond, objects take longer than all the rest

Row = tuple[str, str, str, datetime, datetime, datetime | None]


@pytest.fixture(scope="module")
def url(postgres_dsn: str) -> Iterator[URL]:
    """A database with three tenants of the sizes compared, and others."""
    with fresh_database(postgres_dsn, PLATFORM_SCHEMA) as url:
        with psycopg.connect(plain(url), autocommit=True) as connection:
            fill(connection)
            connection.execute(ddl("postgresql").splitlines()[0].encode())
            connection.execute("VACUUM ANALYZE alarms")
        yield url


def plain(url: URL) -> str:
    """Return the URL as psycopg itself reads it."""
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def fill(connection: psycopg.Connection) -> None:
    """Copy the alarms of all tenants into the table, in the order in which they were raised."""
    generator = random.Random(1)  # noqa: S311 - repeatable on purpose
    rows = [row for tenant, size in {**SIZES, **OTHER_TENANTS}.items() for row in alarms(generator, tenant, size)]
    columns = "tenant_id, severity, alarm_id, first_occurrence, last_occurrence, cleared_at, alarm_type, title"
    with connection.cursor().copy(f"COPY alarms ({columns}) FROM STDIN".encode()) as copy:
        for row in sorted(rows, key=lambda row: row[3]):
            copy.write_row((*row, "los", "signal lost"))


def alarms(generator: random.Random, tenant: str, size: int) -> Iterator[Row]:
    """Yield alarms that fill half the time between them; one in a hundred is still active."""
    mean_s = DAYS * 86_400 / size / 2
    for number in range(size):
        start = START + timedelta(seconds=generator.random() * DAYS * 86_400)
        end = min(start + timedelta(seconds=generator.expovariate(1 / mean_s)), END)
        is_active = generator.random() < 0.01 and start > END - timedelta(days=2)
        severity = "CRITICAL" if generator.random() < 0.5 else "MAJOR"
        yield tenant, severity, f"device {number % 300}", start, end, None if is_active else end


def test_a_request_of_90_days(url: URL) -> None:
    """Print what the request costs beside the other ways to the same chart."""
    engine = create_engine(url)
    with psycopg.connect(plain(url), autocommit=True) as connection:
        ways = {tenant: ways_of(engine, connection, tenant) for tenant in SIZES}
        clock = clock_of(engine, connection)
        costs = {tenant: medians(ways[tenant], rounds=REPEATS, clock=clock, has_warm_up=True) for tenant in SIZES}
        for index in INDEXES:
            connection.execute(f"DROP INDEX {index}".encode())
        for tenant in SIZES:
            costs[tenant]["a query a day, no index"] = seconds(ways[tenant]["a query a day"], clock)
    engine.dispose()
    for tenant in SIZES:
        print(f"\nPostgreSQL, {DAYS} days, {tenant} alarms")
        for name, goal in OURS.items():
            print(f"  {name:<26}{costs[tenant][name] / costs[tenant]['best raw shape']:8.2f} x best raw shape, {goal}")
        for name in (name for name in OTHERS if name in costs[tenant]):
            print(f"  {name:<26}{costs[tenant][name] / costs[tenant]['request']:8.2f} x request, {OTHERS[name]}")


def clock_of(engine: Engine, connection: psycopg.Connection[Any]) -> ServerTime:
    """Return the clock of this process and of the servers' behind a connection and the one of an engine's pool."""
    with engine.connect() as pooled:  # the pool gives the same one to each work
        of_engine: Any = pooled.connection.driver_connection
        return ServerTime(connection, of_engine)


def ways_of(engine: Engine, connection: psycopg.Connection, tenant: str) -> dict[str, Callable[[], object]]:
    """Return the ways that are compared, by name."""
    source = SQLAlchemyAlarmSource(engine)
    base: Any = automap_base()
    base.prepare(autoload_with=engine)
    entity, table = base.classes.alarms, base.metadata.tables["alarms"]
    bounds = {"tenant": tenant, "start": START, "end": END}
    statement = (
        table.c.tenant_id == tenant,
        table.c.severity.in_(["CRITICAL", "MAJOR"]),
        table.c.first_occurrence < END,
        (table.c.cleared_at > START) | table.c.cleared_at.is_(None),
    )

    def request() -> object:
        batch = source.fetch(tenant, START_US, END_US)
        return evaluate(batch, start=START, end=END, zone="Europe/Berlin", as_of=END).days

    def full_rows() -> object:
        with engine.connect() as rows:
            return rows.execute(select(table).where(*statement)).all()

    def objects() -> object:
        with Session(engine) as session:
            return session.scalars(select(entity).where(*statement)).all()

    ways: dict[str, Callable[[], object]] = {
        "best raw shape": lambda: raw_columns(connection, bounds),
        "fetch": lambda: source.fetch(tenant, START_US, END_US),
        "request": request,
        "a query a day": lambda: daily_sums_us(connection, tenant, START, DAYS),
    }
    return ways | ({"full rows": full_rows, "ORM objects": objects} if SIZES[tenant] <= OBJECTS_UP_TO else {})
