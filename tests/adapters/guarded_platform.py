"""A platform under row-level security on a real PostgreSQL: its roles, its engines, and how a session is set."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import psycopg
from psycopg.sql import SQL, Identifier, Literal
from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, text

from sla_compliance.sources.sqlalchemy import AlarmsTable, MaintenanceTable, MappedTables, TenantsTable
from tests.adapters.alarm_tables import FIXTURES, Layout, as_it_is
from tests.servers.databases import fresh_database

NOT_DELETED: Final = "deleted_at IS NULL"
TABLES: Final = MappedTables(
    alarms=AlarmsTable(where=NOT_DELETED),
    maintenance=MaintenanceTable(where=NOT_DELETED),
    tenants=TenantsTable(where=NOT_DELETED),
)
LAYOUT: Final = Layout("", TABLES.alarms, as_it_is, has_enums=True)
STAND_IN: Final = (FIXTURES / "time_bucket.sql").read_text(encoding="utf-8")
_SCHEMA: Final = (FIXTURES / "guarded_platform.sql").read_text(encoding="utf-8")
_PASSWORD: Final = "of-a-test"  # noqa: S105


def set_tenant(connection: Connection, tenant_id: str) -> None:
    """Set the session for a tenant until the transaction ends, as the platform's own code does."""
    connection.execute(text("SELECT set_config('app.tenant_id', :id, true)"), {"id": tenant_id})


@dataclass(frozen=True)
class GuardedPlatform:
    """A database whose tables are under row-level security.

    Attributes:
        admin: an engine of a superuser, who sees all rows.
        owner_url: of the tables' owner, who is under it too.
        app_url: of the app's role.
    """

    admin: Engine
    owner_url: URL
    app_url: URL

    def execute(self, *statements: str, **values: Any) -> None:
        """Execute statements as the superuser."""
        with self.admin.begin() as connection:
            for statement in statements:
                connection.execute(text(statement), values)

    @contextmanager
    def engine_of(self, url: URL, **options: Any) -> Iterator[Engine]:
        """Yield an engine of a role; its pool has one connection."""
        engine = create_engine(url, pool_size=1, max_overflow=0, **options)
        try:
            yield engine
        finally:
            engine.dispose()


@contextmanager
def guarded_platform(dsn: str) -> Iterator[GuardedPlatform]:
    """Make the platform's database and roles on a server; both are gone afterwards."""
    suffix = uuid.uuid4().hex
    owner, app = f"sla_owner_{suffix}", f"sla_app_{suffix}"
    with psycopg.connect(dsn, autocommit=True) as server:
        for role in (owner, app):
            server.execute(SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(Identifier(role), Literal(_PASSWORD)))
        try:
            with fresh_database(dsn, STAND_IN, _SCHEMA % {"owner": owner, "app": app}) as url:
                admin = create_engine(url, poolclass=NullPool)
                owner_url, app_url = (url.set(username=role, password=_PASSWORD) for role in (owner, app))
                yield GuardedPlatform(admin, owner_url, app_url)
        finally:
            for role in (app, owner):
                server.execute(SQL("DROP ROLE {}").format(Identifier(role)))


Prepare = Callable[[Connection, str], object]
