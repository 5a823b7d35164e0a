"""`sla-compliance deliveries`: the log of what was sent, what waits and what failed; and a second chance."""
################################################################
# Exit codes: 0 where nothing of what is listed has failed for good, 3 where something
# has, 2 where the input is bad.
################################################################

from __future__ import annotations

import asyncio
import json
import sys
from datetime import UTC, datetime
from typing import Final

import click
from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from sla_compliance.cli.commands import BadInput
from sla_compliance.cli.output import emit
from sla_compliance.cli.table import Page
from sla_compliance.delivery.log import log_record
from sla_compliance.errors import InvalidValueError, requires_extra
from sla_compliance.outlets.csv import records_csv
from sla_compliance.outlets.text import printable
from sla_compliance.server.variables import DATABASE_URL
from sla_compliance.sources.command_engines import run_with_engine
from sla_compliance.stores.notifications import DeliveryPage, DeliveryStatus
from sla_compliance.stores.sqlalchemy import SQLAlchemyNotificationStore
from sla_compliance.units import instant_us

with requires_extra("serve", __name__):
    from sqlalchemy import Engine, inspect

_TABLE: Final = "sla_deliveries"
_URL_OPTION: Final = "--database-url"
FAILED: Final = 3


@click.command()
@click.option(_URL_OPTION, envvar=DATABASE_URL, required=True, help="The app's database: PostgreSQL or SQLite.")
@click.option("--tenant", metavar="ID", help="Whose deliveries.  [default: those of all]")
@click.option(
    "--status",
    type=click.Choice([status.value for status in DeliveryStatus]),
    help="Those that wait, were sent or have failed.",
)
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="The last ones made.")
@click.option("--retry", "retried_ids", metavar="ID", multiple=True, help="Try one again that has failed; repeatable.")
@click.option(
    "--format", "format_name", type=click.Choice(["table", "json", "csv"]), default="table", show_default=True
)
@click.pass_context
def command(
    ctx: click.Context,
    database_url: str,
    tenant: str | None,
    status: str | None,
    limit: int,
    retried_ids: tuple[str, ...],
    format_name: str,
) -> None:
    """List what was sent to whom, what waits, and what failed and why; the last ones first.

    With --retry nothing is listed: the deliveries wait again, and the next run of `notify` or of the job sends them.
    """
    wanted_status = None if status is None else DeliveryStatus(status)

    def work(engine: Engine) -> DeliveryPage | None:
        if not inspect(engine).has_table(_TABLE):
            raise InvalidValueError(f"the database has no table {_TABLE}; `sla-compliance ddl` prints it", field=_TABLE)
        store = SQLAlchemyNotificationStore(engine)
        if retried_ids:
            asyncio.run(_retry(store, retried_ids))
            return None
        return asyncio.run(store.deliveries(tenant, status=wanted_status, limit=limit))

    try:
        page = run_with_engine(database_url, work, field=_URL_OPTION)
    except OSError as error:
        raise BadInput(f"the database cannot be used: {error}") from error
    if page is None:
        click.echo(f"To be tried again: {', '.join(retried_ids)}", err=True)
        return
    _write(page, format_name)
    if any(delivery.status is DeliveryStatus.FAILED for delivery in page.deliveries):
        ctx.exit(FAILED)


async def _retry(store: SQLAlchemyNotificationStore, delivery_ids: tuple[str, ...]) -> None:
    """Let deliveries that have failed wait again.

    Raises:
        InvalidValueError: one of them is none, or has not failed; those before it wait.
    """
    now_us = instant_us(datetime.now(UTC), field="now")
    for delivery_id in delivery_ids:
        if not await store.retry(delivery_id, now_us):
            raise InvalidValueError(
                f"--retry is {printable(delivery_id)!r}, and no delivery of that id has failed for good; "
                "`deliveries --status failed` lists those that have",
                field="--retry",
            )


def _write(page: DeliveryPage, format_name: str) -> None:
    records = [log_record(delivery) for delivery in page.deliveries]
    if format_name == "json":
        emit(json.dumps({"total": page.total, "deliveries": records}, indent=2, ensure_ascii=False) + "\n")
    elif format_name == "csv":
        emit(records_csv(records))
    else:
        emit(_table_text(page, records), sys.stdout.encoding or "utf-8")


def _table_text(page: DeliveryPage, records: list[dict[str, object]]) -> str:
    """Return a table of some deliveries, and how many there are."""
    if not records:
        return "No deliveries.\n"
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for heading in ("Made", "Tenant", "What", "To", "Status"):
        table.add_column(heading, overflow="fold")
    table.add_column("Delivery", overflow="fold", min_width=16)
    for record in records:
        state = str(record["status"])
        if record["error"] is not None:
            state = f"{state} after {record['attempts']}: {record['error']}"
        cells = (
            str(record["created_at"])[:16].replace("T", " "),
            record["tenant_id"],
            record["kind"],
            f"{record['channel']} {record['recipient']}",
            state,
            record["delivery_id"],
        )
        table.add_row(*(Text(printable(cell)) for cell in cells))
    shown_count, total = len(records), page.total
    more = "" if shown_count == total else f"{shown_count:,} of {total:,} are shown; --limit shows more.\n"
    return Page(sys.stdout).text(table) + more
