"""`sla-compliance check`: whether a database has the index that makes requests quick."""

from __future__ import annotations

import click
from sqlalchemy import create_engine
from sqlalchemy.exc import SQLAlchemyError

from sla_compliance.cli.commands import BadInput
from sla_compliance.sources.sqlalchemy import missing_index_statements

LACKING = 1


@click.command()
@click.option("--database-url", required=True, help="Where the alarms are, e.g. postgresql+psycopg://host/platform.")
@click.pass_context
def command(ctx: click.Context, database_url: str) -> None:
    """Warn when the alarms table lacks its index; exit code 1 where it does."""
    try:
        statements = _missing(database_url)
    except (SQLAlchemyError, ImportError) as error:
        raise BadInput(f"the database cannot be asked: {error}") from None
    if not statements:
        click.echo("The alarms table has its index.")
        return
    click.echo("The alarms table lacks its index: requests read the whole table. Run", err=True)
    click.echo("\n".join(statements))
    ctx.exit(LACKING)


def _missing(database_url: str) -> tuple[str, ...]:
    engine = create_engine(database_url)
    try:
        return missing_index_statements(engine)
    finally:
        engine.dispose()
