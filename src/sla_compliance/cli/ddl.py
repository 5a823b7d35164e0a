"""`sla-compliance ddl`: the statements a database needs, to be read and run by its owner."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final

import click

from sla_compliance.cli.commands import BadInput
from sla_compliance.settings import Settings, load
from sla_compliance.sources import sqlalchemy as sources
from sla_compliance.sources.command_engines import run_with_engine
from sla_compliance.sources.database_urls import COMMAND_DRIVERS, parse_database_url
from sla_compliance.stores import sqlalchemy as stores

if TYPE_CHECKING:
    from sqlalchemy import Engine

_URL_OPTION: Final = "--database-url"
DIALECT_NAMES: Final = ("postgresql", "sqlite")


@click.command()
@click.option("--dialect", type=click.Choice(DIALECT_NAMES), help="Whose SQL, where no database is read.")
@click.option(_URL_OPTION, help="The database to fit, e.g. postgresql://host/platform; it is read and not changed.")
@click.option("--upgrade", is_flag=True, help="From an earlier version of the tables of stored days, instead.")
@click.option("--from-version", type=click.IntRange(1, 3), help="With --upgrade: which one.  [default: 1]")
@click.option("--contract", metavar="FILE", help="Names of the table of alarms and its columns, sla.toml.")
@click.option("--metrics", "has_metrics", is_flag=True, help="With the index of measured availability.")
def command(
    dialect: str | None,
    database_url: str | None,
    upgrade: bool,
    from_version: int | None,
    contract: str | None,
    has_metrics: bool,
) -> None:
    """Print the indexes that make requests quick, and tables of stored days, statements, notifications, corrections.

    Nothing is run.
    """
    if from_version is not None and not upgrade:
        raise click.UsageError("--from-version is of an upgrade; give --upgrade too")
    if (dialect is None) == (database_url is None):
        raise click.UsageError(f"Missing option '--dialect' or '{_URL_OPTION}'; give one of them")
    if database_url is not None:
        dialect = parse_database_url(database_url, drivers=COMMAND_DRIVERS, field=_URL_OPTION).get_backend_name()
    assert dialect is not None  # noqa: S101 - one of both was given
    if upgrade:
        statements = stores.upgrade_ddl(dialect, from_version=from_version or 1)
        click.echo(f"-- stored days: version {from_version or 1} to version 4\nBEGIN;\n\n{statements}\n\nCOMMIT;")
        return
    settings = Settings() if contract is None else load(contract)
    tables = sources.mapped_tables(settings.tables)
    metrics = sources.MetricsTable() if has_metrics else None
    if database_url is None:
        indexes = sources.ddl(dialect, alarms=tables.alarms, metrics=metrics)
    else:
        fitting = partial(sources.fitting_ddl, alarms=tables.alarms, metrics=metrics)
        indexes = _read(database_url, fitting)
    corrections = sources.corrections_ddl(dialect, tables.corrections or sources.CorrectionsTable())
    parts = (
        f"-- quick requests\n{indexes}",
        f"-- stored days, statements and notifications\n{stores.ddl(dialect)}",
        f"-- corrections\n{corrections}",
    )
    click.echo("\n\n".join(parts))


def _read(database_url: str, statements: Callable[[Engine], str]) -> str:
    try:
        return run_with_engine(database_url, statements, field=_URL_OPTION)
    except OSError as error:
        raise BadInput(f"the database cannot be read: {error}") from error
