"""`sla-compliance ddl`: the statements a database needs, to be read and run by its owner."""

from __future__ import annotations

from typing import Final

import click

from sla_compliance.settings import load
from sla_compliance.sources import sqlalchemy as sources
from sla_compliance.stores import sqlalchemy as stores

DIALECT_NAMES: Final = ("postgresql", "sqlite")


@click.command()
@click.option("--dialect", type=click.Choice(DIALECT_NAMES), required=True, help="Whose SQL.")
@click.option("--upgrade", is_flag=True, help="From version 1 of the tables of stored days to this one, instead.")
@click.option("--contract", metavar="FILE", help="Names of the table of alarms and its columns, sla.toml.")
def command(dialect: str, upgrade: bool, contract: str | None) -> None:
    """Print the indexes that make requests quick, the tables of stored days and of corrections; nothing is run."""
    if upgrade:
        click.echo(f"-- stored days: version 1 to version 2\nBEGIN;\n\n{stores.upgrade_ddl(dialect)}\n\nCOMMIT;")
        return
    tables = sources.mapped_tables({} if contract is None else load(contract).tables)
    corrections = sources.corrections_ddl(dialect, tables.corrections or sources.CorrectionsTable())
    click.echo(
        f"-- quick requests\n{sources.ddl(dialect, alarms=tables.alarms)}\n\n-- stored days\n{stores.ddl(dialect)}"
        f"\n\n-- corrections\n{corrections}"
    )
