"""Databases with the platform's tables."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine

from tests.adapters.alarm_tables import PLATFORM_SCHEMA
from tests.servers.databases import fresh_database


@pytest.fixture(scope="module")
def platform_database(each_postgres_dsn: str) -> Iterator[Engine]:
    """The platform's tables on every PostgreSQL found, for the tests of one module."""
    with fresh_database(each_postgres_dsn, PLATFORM_SCHEMA) as url:
        engine = create_engine(url)
        yield engine
        engine.dispose()


@pytest.fixture
def platform(platform_database: Engine) -> Engine:
    """The platform's tables, empty."""
    with platform_database.begin() as connection:
        connection.exec_driver_sql("TRUNCATE alarms, maintenance_windows, tenants, network_metrics")
    return platform_database


@pytest.fixture
def sqlite() -> Iterator[Engine]:
    """An empty SQLite database in memory."""
    engine = create_engine("sqlite://")
    yield engine
    engine.dispose()
