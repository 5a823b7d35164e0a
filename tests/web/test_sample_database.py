"""The sample database: one schema whichever command writes it, the same figures in SQLite and PostgreSQL."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, inspect, make_url, text

import sla_compliance as sla
from sla_compliance.errors import InvalidValueError
from sla_compliance.samples import SampleProvider
from sla_compliance.server.database import prepare
from sla_compliance.server.sample_database import TABLES, demo_providers, write_file
from sla_compliance.sources.sqlalchemy import (
    SQLAlchemyAlarmSource,
    SQLAlchemyMaintenanceSource,
    SQLAlchemyTenantSource,
    missing_index_statements,
)
from sla_compliance.units import instant_us
from tests.servers.databases import fresh_database, writers_url

NOW = datetime(2026, 11, 23, 15, 40, tzinfo=UTC)
PROVIDERS = demo_providers(NOW)


@pytest.fixture(scope="module", params=["sqlite", "psycopg", "psycopg2", "asyncpg"])
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An empty database of each kind, over each driver."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('sample') / 'sample.sqlite'}"
        return
    with fresh_database(request.getfixturevalue("postgres_dsn")) as database:
        yield database.set(drivername=f"postgresql+{request.param}").render_as_string(hide_password=False)


@pytest.fixture(scope="module")
def engine(url: str) -> Iterator[Engine]:
    """The database as `serve --demo` fills it, twice."""
    for now in (NOW - timedelta(hours=1), NOW):
        prepare(url, demo_at=now)
    engine = create_engine(writers_url(make_url(url)))
    yield engine
    engine.dispose()


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: provider.tenant_id)
def test_sources_read_back_what_was_written(engine: Engine, provider: SampleProvider) -> None:
    """Figures, maintenance and tenant of each provider, as they are in memory."""
    bounds = (instant_us(provider.start, field="start"), instant_us(provider.end, field="end"))
    terms = provider.terms
    expected = sla.evaluate(provider.batch(), **terms)
    alarms = SQLAlchemyAlarmSource(engine, on_invalid="quarantine").fetch_details(provider.tenant_id, *bounds)
    terms["maintenance"] = SQLAlchemyMaintenanceSource(engine).fetch(provider.tenant_id, *bounds)
    tenant = SQLAlchemyTenantSource(engine).fetch(provider.tenant_id)
    assert sla.evaluate(alarms, **terms).days == expected.days
    assert tenant is not None
    assert (tenant.zone, tenant.monitored_since) == (provider.zone, provider.start)


def test_tables_have_their_keys_and_the_index_of_requests(engine: Engine) -> None:
    """An alarm's `id` is unique, so a row cannot be counted twice."""
    inspector = inspect(engine)
    keys = [inspector.get_pk_constraint(table.name)["constrained_columns"] for table in TABLES]
    assert keys == [["id"], ["id"], ["id"]]
    assert missing_index_statements(engine) == ()


def test_the_real_rows_of_a_database_are_left_alone(url: str, engine: Engine) -> None:
    """A database that knows another tenant is refused before anything is deleted."""
    counts = [text(f"SELECT count(*) FROM {table.name}") for table in TABLES]  # noqa: S608
    with engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO tenants VALUES ('acme', 'UTC', '2025-01-01T00:00:00Z')")
        before = [connection.scalar(count) for count in counts]
    with pytest.raises(InvalidValueError, match="acme"):
        prepare(url, demo_at=NOW)
    with engine.begin() as connection:
        assert [connection.scalar(count) for count in counts] == before
        connection.exec_driver_sql("DELETE FROM tenants WHERE id = 'acme'")


def test_without_the_demonstration_postgresql_gets_no_table(postgres_dsn: str) -> None:
    """Its tables are the platform's affair; that there are none shows when they are read."""
    with fresh_database(postgres_dsn) as database:
        assert not prepare(database.render_as_string(hide_password=False), demo_at=None)
        engine = create_engine(database)
        assert inspect(engine).get_table_names() == []
        engine.dispose()


def test_tables_that_are_made_empty_are_named_in_the_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A mistyped path would look like a platform without an outage; what is there already is not spoken of."""
    url = f"sqlite:///{tmp_path / 'mistyped.sqlite'}"
    prepare(url, demo_at=None)
    (message,) = caplog.messages
    assert all(table.name in message for table in TABLES)
    assert "every figure is 100 %" in message
    prepare(url, demo_at=None)
    prepare(f"sqlite:///{tmp_path / 'demo.sqlite'}", demo_at=NOW)
    assert caplog.messages == [message]


def test_a_table_that_is_there_is_left_as_it_is(tmp_path: Path) -> None:
    """An SQLite file gets the tables that it lacks, and no index on one of its own."""
    file = tmp_path / "own.sqlite"
    with closing(sqlite3.connect(file)) as database:
        database.execute("CREATE TABLE alarms (tenant_id TEXT)")
        prepare(f"sqlite:///{file}", demo_at=None)
        names = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        indexes = database.execute("PRAGMA index_list(alarms)").fetchall()
    assert names == {table.name for table in TABLES}
    assert indexes == []


def test_a_statement_that_the_database_refuses_is_one_clear_error(tmp_path: Path) -> None:
    """The demonstration needs the platform's columns."""
    file = tmp_path / "own.sqlite"
    with closing(sqlite3.connect(file)) as database:
        database.execute("CREATE TABLE alarms (tenant_id TEXT)")
    with pytest.raises(OSError, match=r"cannot be used: table alarms has no column named"):
        prepare(f"sqlite:///{file}", demo_at=NOW)


def test_both_commands_make_the_same_schema(tmp_path: Path) -> None:
    """A file of `demo` can be served, one of `serve --demo` read like it."""
    write_file(PROVIDERS[0], tmp_path / "demo.sqlite")
    prepare(f"sqlite:///{tmp_path / 'served.sqlite'}", demo_at=NOW)
    schemas = []
    for name in ("demo.sqlite", "served.sqlite"):
        with closing(sqlite3.connect(tmp_path / name)) as database:
            schemas.append(database.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall())
    assert schemas[0] == schemas[1]
    assert prepare(f"sqlite:///{tmp_path / 'demo.sqlite'}", demo_at=NOW) is False
