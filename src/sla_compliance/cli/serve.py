"""`sla-compliance serve`: the whole app on one port."""
################################################################
# Without SLA_JWT_SECRET it makes up a secret for as long as it runs, and prints
# tokens that it signed with it. Without a database it makes one: with --demo for as
# long as it runs, else in a file that stays.
################################################################

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import click

from sla_compliance.server.auth import DEFAULT_PERMISSION, Tokens
from sla_compliance.server.database import prepare
from sla_compliance.server.run import run
from sla_compliance.server.sample_database import DEMO_TENANT, EMPTY_TENANT, SECOND_TENANT
from sla_compliance.server.settings import (
    DATABASE_URL,
    METRICS_TOKEN,
    REDIS_URL,
    SECRET,
    ServeSettings,
    checked_secret,
)

FILE: Final = "sla-compliance.sqlite"
LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
TOKENS_HOLD: Final = timedelta(hours=12)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes.")
@click.option(
    "--database-url",
    "given_url",
    envvar=DATABASE_URL,
    help=f"PostgreSQL or SQLite with the platform's tables. [default: a new file {FILE}; with --demo a temporary one]",
)
@click.option("--redis-url", envvar=REDIS_URL, help="Redis or Valkey. [default: memory of each process]")
@click.option("--demo", "is_demo", is_flag=True, help="Fill the database with made-up tenants: demo, demo-2.")
def command(host: str, port: int, workers: int, given_url: str | None, redis_url: str | None, is_demo: bool) -> None:
    """Serve the endpoint and the dashboard page, until SIGTERM or Ctrl-C; requests under way are answered first."""
    given_secret = os.environ.get(SECRET)
    secret = secrets.token_hex(32) if given_secret is None else checked_secret(given_secret)
    with _database(given_url, is_demo=is_demo) as url:
        has_stored_days = prepare(url, demo_at=datetime.now(UTC).replace(microsecond=0) if is_demo else None)
        page = f"http://{host}:{port}/"
        click.echo(f"Dashboard  {page}")
        if given_secret is None:
            tenants = (DEMO_TENANT, SECOND_TENANT, EMPTY_TENANT) if is_demo else (DEMO_TENANT,)
            _print_tokens(Tokens(secret), page, tenants)
        metrics_token = os.environ.get(METRICS_TOKEN) or None
        settings = ServeSettings(
            secret=secret,
            database_url=url,
            redis_url=redis_url,
            has_stored_days=has_stored_days,
            metrics_token=metrics_token,
            has_tenant_metrics=metrics_token is not None or host in LOOPBACK,
        )
        run(settings, host=host, port=port, workers=workers)


@contextmanager
def _database(given_url: str | None, *, is_demo: bool) -> Iterator[str]:
    """Yield the URL of the database; a temporary one is gone in the end."""
    if given_url is not None or not is_demo:
        yield given_url or f"sqlite:///{FILE}"
        return
    with tempfile.TemporaryDirectory(prefix="sla-compliance-") as folder:
        yield f"sqlite:///{Path(folder) / FILE}"


def _print_tokens(tokens: Tokens, page: str, tenants: tuple[str, ...]) -> None:
    """Print a token for each tenant, and where it opens the page."""
    click.echo(f"No {SECRET} is set: these tokens hold for {TOKENS_HOLD}, or until the server stops.")
    for tenant in tenants:
        token = tokens.issue([tenant], [DEFAULT_PERMISSION], lifetime=TOKENS_HOLD)
        click.echo(f"\nTenant     {tenant}\nToken      {token}\nOpen       {page}#token={token}")
    click.echo()
