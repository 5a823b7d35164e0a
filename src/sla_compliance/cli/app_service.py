"""The service over the app's own database and cache, for one command."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import click

from sla_compliance.errors import UnknownTenantError, requires_extra

with requires_extra("serve", __name__):
    # The app's own doors would name the extra of each library; the command needs all of them.
    import prometheus_client  # noqa: F401
    import redis  # noqa: F401
    from sqlalchemy import Engine, inspect
    from sqlalchemy.exc import SQLAlchemyError
    from sqlalchemy.ext.asyncio import AsyncEngine

from sla_compliance.cli.commands import BadInput
from sla_compliance.cli.messages import named_by_option
from sla_compliance.cli.option_groups import Decorator, applied
from sla_compliance.cli.parameters import parse_redis_url
from sla_compliance.server.app import contract_of, service_of
from sla_compliance.server.database import STORED_DAYS_TABLE, database_url, engine_of
from sla_compliance.server.settings import ServeSettings
from sla_compliance.server.variables import CACHE_KEY, CONTRACT, DATABASE_URL, REDIS_URL, SECRET
from sla_compliance.service import ComplianceService, Statistics
from sla_compliance.settings import Settings, load
from sla_compliance.sources.command_engines import run_with_engine
from sla_compliance.sources.sqlalchemy import MappedTables, mapped_tables, tenant_ids

_Result = TypeVar("_Result")

_URL_OPTION: Final = "--database-url"
app_options: Final[Decorator] = applied(
    click.option(_URL_OPTION, envvar=DATABASE_URL, required=True, help="The app's database: PostgreSQL or SQLite."),
    click.option("--redis-url", envvar=REDIS_URL, callback=parse_redis_url, help="The app's Redis or Valkey, if any."),
    click.option("--contract", envvar=CONTRACT, metavar="FILE", help="What was agreed with the tenants, sla.toml."),
)


@dataclass(frozen=True, slots=True)
class AppService:
    """A service over the app's database.

    Attributes:
        service: it.
        tenant_ids: all tenants of the tables and of the contract file, in order.
        has_stored_days: whether the database has the tables of stored days.
        engine: of the database.
        contract: what the contract file says; nothing where there is none.
    """

    service: ComplianceService
    tenant_ids: tuple[str, ...]
    has_stored_days: bool
    engine: AsyncEngine
    contract: Settings

    def check_tenants(self, tenant_ids: Iterable[str]) -> None:
        """Check that tenants are known: work on a misspelt one would succeed and do nothing.

        Raises:
            UnknownTenantError: one of them has neither a row, nor an alarm, nor a table in the contract file.
        """
        for tenant_id in tenant_ids:
            if tenant_id not in self.tenant_ids:
                raise UnknownTenantError(tenant_id)


def with_app_service(
    url_text: str,
    redis_url: str | None,
    contract: str | None,
    work: Callable[[AppService], Awaitable[_Result]],
) -> _Result:
    """Return the result of `work` with the service of the app whose database this is.

    Raises:
        BadInput: the database cannot be reached, or refuses a statement; the message has no URL.
        SLAComplianceError: an option is wrong, or the cache or a table is not there.
    """
    settings = Settings() if contract is None else load(contract)
    try:
        known_ids, has_stored_days = list_tenants(url_text, settings)
    except OSError as error:
        raise BadInput(f"the database cannot be used: {error}") from error

    async def run() -> _Result:
        async with _opened(url_text, redis_url, contract, known_ids, has_stored_days) as app:
            return await work(app)

    try:
        return asyncio.run(run())
    except (SQLAlchemyError, TimeoutError) as error:
        reason = str(error) or "it does not answer in time"
        raise BadInput(f"the database cannot be used: {reason}") from error


def list_tenants(url_text: str, settings: Settings) -> tuple[tuple[str, ...], bool]:
    """Return the ids of all tenants of a database and of a contract file, and whether there are stored days.

    Raises:
        OSError: the database cannot be reached, or refuses a statement; the message has no URL.
        SLAComplianceError: a table is not there, or the URL is wrong.
    """
    tables = mapped_tables(settings.tables)
    ids, has_stored_days = run_with_engine(url_text, lambda engine: _look(engine, tables), field=_URL_OPTION)
    return tuple(sorted({*ids, *settings.tenants})), has_stored_days


@asynccontextmanager
async def _opened(
    url_text: str, redis_url: str | None, contract: str | None, ids: tuple[str, ...], has_stored_days: bool
) -> AsyncIterator[AppService]:
    with named_by_option(database_url=_URL_OPTION):
        engine = engine_of(database_url(url_text))
    parts: dict[str, Any] = {
        # No command reads tokens; entries of the cache are sealed as the app seals them.
        "secret": os.environ.get(SECRET, ""),
        "cache_secret": os.environ.get(CACHE_KEY) or None,
        "database_url": url_text,
        "redis_url": redis_url,
        "contract": contract,
        "has_stored_days": has_stored_days,
    }
    settings = ServeSettings(**parts)
    service = service_of(engine, settings, Statistics())
    try:
        yield AppService(service, ids, has_stored_days, engine, contract_of(settings))
    finally:
        await service.aclose()
        await engine.dispose()


def _look(engine: Engine, tables: MappedTables) -> tuple[list[str], bool]:
    """Return the ids of all tenants that the tables name, and whether there are tables of stored days."""
    with engine.connect() as connection:
        ids = tenant_ids(connection, tables.alarms, tables.tenants)
        return ids, inspect(connection).has_table(STORED_DAYS_TABLE)
