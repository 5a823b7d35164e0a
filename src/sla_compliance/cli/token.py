"""`sla-compliance token`: a bearer token for `sla-compliance serve`."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Final

import click

from sla_compliance.server.auth import DEFAULT_PERMISSION, EVERY_TENANT, OVERVIEW, READERS, WRITER, Tokens
from sla_compliance.server.variables import SECRET

LONGEST_HOURS: Final = 24 * 365


@click.command()
@click.option("--tenant", "tenants", multiple=True, help="Whose figures it opens; may be repeated.")
@click.option("--all-tenants", "is_operator", is_flag=True, help="It opens those of every tenant: an operator's.")
@click.option(
    "--permission",
    "permissions",
    type=click.Choice(sorted({*READERS, WRITER, OVERVIEW})),
    multiple=True,
    default=[DEFAULT_PERMISSION],
    show_default=True,
    help="What it permits; may be repeated.",
)
@click.option(
    "--hours", type=click.IntRange(1, LONGEST_HOURS), default=12, show_default=True, help="How long it holds."
)
def command(tenants: tuple[str, ...], is_operator: bool, permissions: tuple[str, ...], hours: int) -> None:
    """Print a token for `sla-compliance serve`, signed with SLA_JWT_SECRET."""
    if is_operator == bool(tenants):
        raise click.UsageError("give --tenant, once or more, or --all-tenants")
    if "" in tenants:
        raise click.BadParameter("give an id", param_hint="--tenant")
    tokens = Tokens(os.environ.get(SECRET, ""))
    click.echo(tokens.issue(EVERY_TENANT if is_operator else tenants, permissions, lifetime=timedelta(hours=hours)))
