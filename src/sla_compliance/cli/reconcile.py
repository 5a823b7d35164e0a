"""`sla-compliance reconcile`: stored days against the rows, for changes that were never reported."""
################################################################
# Exit codes: 0 where nothing waits, 3 where a day waits for a person, 2 where the
# input is bad or a tenant could not be reconciled; the others are reconciled first.
################################################################

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import click
from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from sla_compliance.cli import BAD_INPUT
from sla_compliance.cli.app_service import AppService, app_options, with_app_service
from sla_compliance.cli.commands import BadInput
from sla_compliance.cli.output import emit
from sla_compliance.cli.table import Page
from sla_compliance.date_ranges import whole_days
from sla_compliance.errors import SLAComplianceError, requires_extra
from sla_compliance.jobs.sweep import LOOKBACK
from sla_compliance.outlets.text import clock_length, counted, printable
from sla_compliance.service import Reconciliation, Subject
from sla_compliance.service.reconciliation import CellFigures
from sla_compliance.web.outage_log import one_line

with requires_extra("serve", __name__):
    from sqlalchemy.exc import SQLAlchemyError

WAITING: Final = 3


@dataclass(frozen=True, slots=True)
class _Request:
    """What was asked for.

    Attributes:
        tenants: their ids; empty: all.
        from_date, to_date: None: the last 90 days, until today.
        apply: whether waiting days are restated.
    """

    tenants: tuple[str, ...]
    from_date: str | None
    to_date: str | None
    apply: bool

    def window(self, subject: Subject) -> tuple[datetime, datetime]:
        """Return the days of a tenant that are compared."""
        from_date = self.from_date or (subject.as_of - LOOKBACK).date().isoformat()
        return whole_days(
            from_date, self.to_date, zone=subject.zone, now=subject.as_of, from_field="--from", to_field="--to"
        )


@click.command()
@app_options
@click.option("--tenant", "tenants", multiple=True, help="Whose days; may be repeated. [default: all]")
@click.option("--from", "from_date", metavar="DATE", help="The first local date. [default: 90 days ago]")
@click.option("--to", "to_date", metavar="DATE", help="The last one. [default: the last closed day]")
@click.option("--apply", is_flag=True, help="Restate waiting days too: no purge is behind them.")
@click.option("--format", "format_name", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.pass_context
def command(
    ctx: click.Context,
    database_url: str,
    redis_url: str | None,
    contract: str | None,
    tenants: tuple[str, ...],
    from_date: str | None,
    to_date: str | None,
    apply: bool,
    format_name: str,
) -> None:
    """Compare stored days with the rows as they are, and restate those that differ.

    A day that lacks rows which were read for it is listed and stays as it is until --apply: a purge is no change of
    facts.
    """
    request = _Request(tenants, from_date, to_date, apply)
    outcomes, errors = with_app_service(database_url, redis_url, contract, lambda app: _reconciled(app, request))
    if format_name == "json":
        emit(json.dumps([outcome.as_dict() for outcome in outcomes], indent=2, ensure_ascii=False) + "\n")
    else:
        page = Page(sys.stdout)
        emit("".join(_tenant_text(page, outcome) for outcome in outcomes), sys.stdout.encoding or "utf-8")
    for tenant_id, error in errors.items():
        click.echo(f"Error: tenant {printable(tenant_id)}: {error}", err=True)
    if errors:
        ctx.exit(BAD_INPUT)
    if any(outcome.waiting for outcome in outcomes):
        ctx.exit(WAITING)


async def _reconciled(app: AppService, request: _Request) -> tuple[list[Reconciliation], dict[str, str]]:
    """Return what became of each tenant, and the errors of those that could not be reconciled."""
    if not app.has_stored_days:
        raise BadInput("the database has no stored days; `sla-compliance ddl` prints their tables")
    app.check_tenants(request.tenants)
    outcomes: list[Reconciliation] = []
    errors: dict[str, str] = {}
    for tenant_id in request.tenants or app.tenant_ids:
        try:
            window = request.window(await app.service.subject(tenant_id))
            outcomes.append(await app.service.reconcile(tenant_id, *window, apply=request.apply))
        except SLAComplianceError as error:
            if error.field in ("--from", "--to"):
                raise
            errors[tenant_id] = str(error)
        except (SQLAlchemyError, OSError) as error:  # a time-out is an OSError
            # What was done for other tenants is told all the same; a driver's message may have lines of SQL.
            errors[tenant_id] = f"the database cannot be read: {one_line(error)}"
    return outcomes, errors


def _tenant_text(page: Page, outcome: Reconciliation) -> str:
    """Return what became of a tenant: a line, and a table of its restated and waiting days."""
    counts = [f"{counted(outcome.checked, 'stored day')} compared", f"{len(outcome.restated):,} restated"]
    if outcome.waiting:
        counts.append(f"{len(outcome.waiting):,} waiting")
    if outcome.incomplete:
        counts.append(f"{len(outcome.incomplete):,} whose rows may be purged left alone")
    line = f"{printable(outcome.subject.tenant_id)}: {', '.join(counts)}"
    if not (outcome.restated or outcome.waiting):
        return f"{line}\n"
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for heading in ("Date", "Stored", "By rows", "Verdict"):
        table.add_column(heading, no_wrap=True)
    table.add_column("", overflow="fold")
    for row in sorted(_rows(outcome), key=lambda row: row[0]):
        table.add_row(*map(Text, row))
    return f"{line}\n{page.text(table)}\n"


def _rows(outcome: Reconciliation) -> Sequence[tuple[str, ...]]:
    """Return the cells of restated and waiting days: date, downtime before and now, verdicts, what became of it."""
    rows: list[tuple[str, ...]] = []
    for entry in outcome.restated:
        old, new = outcome.figures(entry.old_cells_us), outcome.figures(entry.new_cells_us)
        rows.append((entry.key.date.isoformat(), *_figure_cells(old, new), "restated"))
    for day in outcome.waiting:
        stored, measured = outcome.figures(day.stored.cells_us), outcome.figures(day.measured.cells_us)
        row_counts = f"{counted(day.stored.rows_read, 'row')}, now {day.measured.rows_read:,}"
        rows.append((day.date.isoformat(), *_figure_cells(stored, measured), f"waits: {day.cause_text} ({row_counts})"))
    return rows


def _figure_cells(old: CellFigures, new: CellFigures) -> tuple[str, str, str]:
    verdict = str(old.verdict).lower()
    if new.verdict is not old.verdict:
        verdict = f"{verdict} to {str(new.verdict).lower()}"
    return clock_length(old.downtime_us), clock_length(new.downtime_us), verdict
