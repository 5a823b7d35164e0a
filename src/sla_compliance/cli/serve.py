"""`sla-compliance serve`: the whole app on one port."""
################################################################
# Without SLA_JWT_SECRET, and without a JWKS file, it makes up a secret for as long as it
# runs, and prints tokens signed with it. Without a database it makes one: with --demo for as long
# as it runs, else in a file that stays.
################################################################

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import click

from sla_compliance.cli.commands import BadInput
from sla_compliance.cli.messages import named_by_option
from sla_compliance.cli.parameters import parse_redis_url
from sla_compliance.server.auth import DEFAULT_PERMISSION, Tokens
from sla_compliance.server.database import prepare
from sla_compliance.server.key_set import KeySetFile
from sla_compliance.server.run import run
from sla_compliance.server.sample_database import DEMO_TENANT, EMPTY_TENANT, SECOND_TENANT
from sla_compliance.server.settings import LOOPBACK_HOSTS, ServeSettings
from sla_compliance.server.variables import CONTRACT, DATABASE_URL, KEY_SET, REDIS_URL, SECRET, help_text
from sla_compliance.settings import load

DATABASE_FILE: Final = "sla-compliance.sqlite"
TOKEN_LIFETIME: Final = timedelta(hours=12)


@click.command(epilog=help_text())
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes.")
@click.option(
    "--database-url",
    envvar=DATABASE_URL,
    help="PostgreSQL or SQLite with the platform's tables. "
    f"[default: a new file {DATABASE_FILE}; with --demo a temporary one]",
)
@click.option(
    "--redis-url",
    envvar=REDIS_URL,
    callback=parse_redis_url,
    help="Redis or Valkey. [default: memory of each process]",
)
@click.option(
    "--contract", "contract_path", envvar=CONTRACT, metavar="FILE", help="What was agreed with the tenants, sla.toml."
)
@click.option("--demo", "is_demo", is_flag=True, help="Fill the database with made-up tenants: demo, demo-2.")
def command(
    host: str,
    port: int,
    workers: int,
    database_url: str | None,
    redis_url: str | None,
    contract_path: str | None,
    is_demo: bool,
) -> None:
    """Serve the endpoint and the dashboard page, until SIGTERM or Ctrl-C; requests under way are answered first."""
    settings = _settings(database_url, redis_url, contract_path)
    has_made_up_secret = SECRET not in os.environ and settings.key_set is None
    with _database(database_url, is_demo=is_demo) as url:
        has_stored_days = _prepare(url, is_demo=is_demo)
        page = f"http://{host}:{port}/"
        click.echo(f"Dashboard  {page}")
        if has_made_up_secret:
            _print_tokens(
                Tokens(settings.secret), page, (DEMO_TENANT, SECOND_TENANT, EMPTY_TENANT) if is_demo else (DEMO_TENANT,)
            )
        settings = replace(
            settings,
            database_url=url,
            has_stored_days=has_stored_days,
            # Anyone who reaches the port reads /metrics: it names tenants to this machine alone, or behind a token.
            has_tenant_metrics=settings.metrics_token is not None or host in LOOPBACK_HOSTS,
        )
        run(settings, host=host, port=port, workers=workers)


def _settings(database_url: str | None, redis_url: str | None, contract_path: str | None) -> ServeSettings:
    """Return the settings of the environment and the options; a fault is an error here and not in each worker."""
    environment = dict(os.environ)
    if not environment.get(KEY_SET):
        environment.setdefault(SECRET, secrets.token_hex(32))
    # Where there is no URL yet, it is known when the database has been made.
    environment[DATABASE_URL] = database_url or f"sqlite:///{DATABASE_FILE}"
    environment[REDIS_URL] = redis_url or ""
    environment[CONTRACT] = contract_path or ""
    settings = ServeSettings.from_environment(environment)
    if settings.contract is not None:
        load(settings.contract)
        settings = replace(settings, contract=str(Path(settings.contract).absolute()))
    if settings.key_set is not None:
        KeySetFile(settings.key_set)
        settings = replace(settings, key_set=str(Path(settings.key_set).absolute()))
    return settings


@contextmanager
def _database(url: str | None, *, is_demo: bool) -> Iterator[str]:
    """Yield the URL of the database; a temporary one is removed at the end."""
    if url is not None:
        yield url
    elif is_demo:
        with tempfile.TemporaryDirectory(prefix="sla-compliance-") as folder:
            yield f"sqlite:///{Path(folder) / DATABASE_FILE}"
    else:
        yield f"sqlite:///{DATABASE_FILE}"


def _prepare(url: str, *, is_demo: bool) -> bool:
    """Prepare the database; return whether it has the tables of stored days."""
    demo_at = datetime.now(UTC).replace(microsecond=0) if is_demo else None
    try:
        with named_by_option(database_url="--database-url"):
            return prepare(url, demo_at=demo_at)
    except OSError as error:
        raise BadInput(str(error)) from error


def _print_tokens(tokens: Tokens, page: str, tenants: Sequence[str]) -> None:
    """Print a token for each tenant, and where it opens the page."""
    click.echo(f"No {SECRET} is set: these tokens hold for {TOKEN_LIFETIME}, or until the server stops.")
    for tenant in tenants:
        token = tokens.issue([tenant], [DEFAULT_PERMISSION], lifetime=TOKEN_LIFETIME)
        click.echo(f"\nTenant     {tenant}\nToken      {token}\nOpen       {page}#token={token}")
    click.echo()
