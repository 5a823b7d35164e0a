"""`sla-compliance send-reports`: keeps the reports of a month that are to be sent, and sends what is due."""
################################################################
# The same work as the job's, by hand: what was kept or sent before stays as it is.
#
# Exit codes: 0; 3 where a month is not closed yet, or a delivery failed and is tried
# again by the next run or the job; 2 where the input is bad, a tenant could not be
# read, or a delivery failed for good. The others are sent all the same.
################################################################

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import click

from sla_compliance.cli import BAD_INPUT
from sla_compliance.cli.app_service import AppService, app_options, with_app_service
from sla_compliance.cli.commands import BadInput
from sla_compliance.date_ranges import calendar_month
from sla_compliance.delivery.dispatcher import Dispatched
from sla_compliance.errors import SLAComplianceError, requires_extra
from sla_compliance.jobs.reports import ReportOutcome, add_report
from sla_compliance.outlets.text import counted, printable
from sla_compliance.server.delivery import dispatcher_of, notification_store_of
from sla_compliance.server.delivery_settings import DeliverySettings
from sla_compliance.server.reports import contract_reports, report_renderers
from sla_compliance.server.variables import help_text
from sla_compliance.stores.notifications import NotificationStore
from sla_compliance.units import moment
from sla_compliance.web.outage_log import one_line

with requires_extra("serve", __name__):
    from sqlalchemy import inspect
    from sqlalchemy.exc import SQLAlchemyError

UNFINISHED: Final = 3
_TABLE: Final = "sla_deliveries"


@dataclass(frozen=True, slots=True)
class _Request:
    """What was asked for.

    Attributes:
        tenants: their ids; empty: all.
        first_date: the first date of the month.
        is_dry_run: whether nothing is kept or sent.
    """

    tenants: tuple[str, ...]
    first_date: date
    is_dry_run: bool


@click.command("send-reports", epilog=help_text())
@app_options
@click.option("--month", metavar="YYYY-MM", required=True, help="The month that the reports are of.")
@click.option("--tenant", "tenants", metavar="ID", multiple=True, help="Whose; may be repeated. [default: all]")
@click.option("--dry-run", "is_dry_run", is_flag=True, help="Say what would be sent to whom, and send nothing.")
@click.pass_context
def command(
    ctx: click.Context,
    database_url: str,
    redis_url: str | None,
    contract: str | None,
    month: str,
    tenants: tuple[str, ...],
    is_dry_run: bool,
) -> None:
    """Send the reports of a month to those whom the contract file names.

    What was sent before is not sent again. What was sent, and what failed, lists `deliveries`.
    """
    first_date = calendar_month(month, zone="UTC", field="--month")[0].date()
    request = _Request(tenants, first_date, is_dry_run)
    settings = DeliverySettings.from_environment(os.environ)
    outcomes, dispatched = with_app_service(
        database_url, redis_url, contract, lambda app: _sent(app, request, settings)
    )
    for outcome in outcomes:
        click.echo(_line(outcome, request), err=outcome.error is not None)
    if not is_dry_run:
        click.echo(
            f"Deliveries: {dispatched.sent:,} sent, {dispatched.retried:,} to be tried again, "
            f"{dispatched.failed:,} failed"
        )
    if dispatched.failed or any(outcome.error is not None for outcome in outcomes):
        ctx.exit(BAD_INPUT)
    if dispatched.retried or any(outcome.final_us is not None for outcome in outcomes):
        ctx.exit(UNFINISHED)


async def _sent(
    app: AppService, request: _Request, settings: DeliverySettings
) -> tuple[Sequence[ReportOutcome], Dispatched]:
    """Return what became of each tenant, and of the deliveries that were due."""
    app.check_tenants(request.tenants)
    async with app.engine.connect() as connection:
        if not await connection.run_sync(lambda sync: inspect(sync).has_table(_TABLE)):
            raise BadInput(f"the database has no table {_TABLE}; `sla-compliance ddl` prints it")
    store = notification_store_of(app.engine)
    outcomes = [await _added(app, store, tenant_id, request) for tenant_id in request.tenants or app.tenant_ids]
    if request.is_dry_run:
        return outcomes, Dispatched()
    dispatcher = dispatcher_of(store, app.contract, settings, report_renderers(app.service, app.contract))
    return outcomes, await dispatcher.dispatch_due()


async def _added(app: AppService, store: NotificationStore, tenant_id: str, request: _Request) -> ReportOutcome:
    settings = contract_reports(app.contract)(tenant_id)
    try:
        return await add_report(
            app.service, store, tenant_id, settings, first_date=request.first_date, is_dry_run=request.is_dry_run
        )
    except (SLAComplianceError, SQLAlchemyError, OSError) as error:  # a time-out is an OSError
        return ReportOutcome(tenant_id, error=error)


def _line(outcome: ReportOutcome, request: _Request) -> str:
    """Return what became of a tenant, in a line."""
    name = printable(outcome.tenant_id)
    if outcome.error is not None:
        error = outcome.error
        return f"Error: tenant {name}: {one_line(error) if isinstance(error, Exception) else error}"
    if not outcome.due:
        return f"{name}: nobody gets its reports"
    if outcome.final_us is not None:
        return f"{name}: the month is closed on {moment(outcome.final_us).isoformat()}; not sent"
    if outcome.left_out is not None:
        return f"{name}: the month is {str(outcome.left_out).lower()}; not sent, as its reports.only_if says"
    recipients = counted(outcome.due, "recipient")
    if request.is_dry_run:
        return f"{name}: would go to {recipients}, unless it was sent before"
    return f"{name}: to {recipients}, {outcome.added:,} of them new"
