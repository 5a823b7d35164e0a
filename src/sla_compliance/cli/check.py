"""`sla-compliance check`: whether a database has the index that makes requests quick."""

from __future__ import annotations

from typing import Final

import click

from sla_compliance.cli.commands import BadInput
from sla_compliance.errors import requires_extra
from sla_compliance.settings import load
from sla_compliance.sources.database_urls import parse_database_url
from sla_compliance.sources.sqlalchemy import mapped_tables, missing_index_statements

with requires_extra("sqlalchemy", __name__):
    from sqlalchemy import Engine, create_engine
    from sqlalchemy.exc import SQLAlchemyError

INDEX_MISSING: Final = 1
URL_OPTION: Final = "--database-url"


@click.command()
@click.option(URL_OPTION, required=True, help="Where the alarms are, e.g. postgresql://host/platform.")
@click.option("--contract", metavar="FILE", help="Names of the table and its columns, sla.toml.")
@click.pass_context
def command(ctx: click.Context, database_url: str, contract: str | None) -> None:
    """Warn when the alarms table lacks its index; exit code 1 where it does."""
    tables = mapped_tables({} if contract is None else load(contract).tables)
    engine = _engine_of(database_url)
    try:
        statements = missing_index_statements(engine, tables.alarms)
    except SQLAlchemyError as error:
        raise BadInput(f"the database cannot be read: {error}") from error
    finally:
        engine.dispose()
    if not statements:
        click.echo("The alarms table has its index.")
        return
    click.echo("The alarms table lacks its index: requests read the whole table. Run", err=True)
    click.echo("\n".join(statements))
    ctx.exit(INDEX_MISSING)


def _engine_of(database_url: str) -> Engine:
    """Return an engine; it connects when it is first used."""
    url = parse_database_url(database_url, field=URL_OPTION)
    with requires_extra("sqlalchemy", __name__):  # SQLAlchemy imports the driver here
        return create_engine(url)
