"""`sla-compliance token`: a bearer token for `sla-compliance serve`."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Final

import click

from sla_compliance.server.auth import DEFAULT_PERMISSION, READERS, WRITER, Tokens
from sla_compliance.server.settings import SECRET

LONGEST_HOURS: Final = 24 * 365


@click.command()
@click.option("--tenant", "tenants", multiple=True, required=True, help="Whose figures it opens; may be repeated.")
@click.option(
    "--permission",
    "permissions",
    type=click.Choice(sorted({*READERS, WRITER})),
    multiple=True,
    default=[DEFAULT_PERMISSION],
    show_default=True,
    help="What it permits; may be repeated.",
)
@click.option(
    "--hours", type=click.IntRange(1, LONGEST_HOURS), default=12, show_default=True, help="How long it holds."
)
def command(tenants: tuple[str, ...], permissions: tuple[str, ...], hours: int) -> None:
    """Print a token for `sla-compliance serve`, signed with SLA_JWT_SECRET."""
    if "" in tenants:
        raise click.BadParameter("give an id", param_hint="--tenant")
    tokens = Tokens(os.environ.get(SECRET, ""))
    click.echo(tokens.issue(tenants, permissions, lifetime=timedelta(hours=hours)))
