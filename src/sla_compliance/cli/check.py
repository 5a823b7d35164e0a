"""`sla-compliance check`: whether a database has the index that makes requests quick."""

from __future__ import annotations

from functools import partial
from typing import Final

import click

from sla_compliance.cli.commands import BadInput
from sla_compliance.server.variables import CONTRACT, DATABASE_URL
from sla_compliance.settings import Settings, load
from sla_compliance.sources.command_engines import run_with_engine
from sla_compliance.sources.sqlalchemy import index_report, mapped_tables

INDEX_MISSING: Final = 1
URL_OPTION: Final = "--database-url"


@click.command()
@click.option(
    URL_OPTION, envvar=DATABASE_URL, required=True, help="Where the alarms are, e.g. postgresql://host/platform."
)
@click.option("--contract", envvar=CONTRACT, metavar="FILE", help="Names of the table and its columns, sla.toml.")
@click.pass_context
def command(ctx: click.Context, database_url: str, contract: str | None) -> None:
    """Warn when the alarms table lacks its index; exit code 1 where it does."""
    settings = Settings() if contract is None else load(contract)
    alarms = mapped_tables(settings.tables).alarms
    look = partial(index_report, table=alarms)
    try:
        report = run_with_engine(database_url, look, field=URL_OPTION)
    except OSError as error:
        raise BadInput(f"the database cannot be read: {error}") from error
    click.echo(str(report), err=bool(report.statements))
    if report.statements:
        click.echo("\n".join(report.statements))
        ctx.exit(INDEX_MISSING)
