"""`sla-compliance notify`: looks at the error budgets of all tenants, tells what is new, and sends it."""
################################################################
# Once, or round after round until the process is asked to end. Any number of these
# processes may run beside one another and beside the job: see alerts/notifier.py.
#
# Exit codes: 0; 2 where the input is bad, or one round could not read a tenant. With
# --every a round that fails is said, and the next one comes.
#
# Asked to end (SIGTERM, SIGINT), a round is given up: what it has committed is told,
# what it has not comes in the next one. Deliveries that are under way are finished.
################################################################

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from time import monotonic
from typing import Final

import click

from sla_compliance.alerts.alert import Alert
from sla_compliance.alerts.messages import ALERT_RENDERERS
from sla_compliance.alerts.notifier import Notifier, RoundReport
from sla_compliance.cli import BAD_INPUT
from sla_compliance.cli.app_service import AppService, app_options, list_tenants, with_app_service
from sla_compliance.cli.commands import BadInput
from sla_compliance.cli.parameters import parse_length
from sla_compliance.delivery.dispatcher import Dispatcher
from sla_compliance.errors import SLAComplianceError, requires_extra
from sla_compliance.outlets.text import counted, printable
from sla_compliance.server.alerts import has_alert_recipients, notifier_of
from sla_compliance.server.delivery import dispatcher_of, notification_store_of
from sla_compliance.server.delivery_settings import DeliverySettings
from sla_compliance.server.variables import help_text
from sla_compliance.web.outage_log import one_line

with requires_extra("serve", __name__):
    from sqlalchemy import inspect

STATES_TABLE: Final = "sla_alert_states"
LIST_EVERY_S: Final = 600
SHORTEST_PAUSE: Final = timedelta(seconds=1)
MOST_ERRORS_SHOWN: Final = 3
NO_RECIPIENTS: Final = (
    "No tenant is looked at: the contract file names no recipients; give `email` or `webhook` in [defaults.alerts]"
)


@click.command(epilog=help_text())
@app_options
@click.option("--tenant", "tenants", metavar="ID", multiple=True, help="Whose alerts; may be repeated. [default: all]")
@click.option(
    "--every",
    metavar="LENGTH",
    callback=parse_length,
    help="Look again after this long, e.g. 60s, until the process is ended. [default: look once]",
)
@click.pass_context
def command(
    ctx: click.Context,
    database_url: str,
    redis_url: str | None,
    contract: str | None,
    tenants: tuple[str, ...],
    every: timedelta | None,
) -> None:
    """Look at the error budgets of tenants, tell what is new, and send it.

    Tenants without recipients in the contract file are left out. What was sent, and what failed, lists `deliveries`.
    """
    if every is not None and every < SHORTEST_PAUSE:
        raise click.UsageError("--every is shorter than a second; give 60s")
    settings = DeliverySettings.from_environment(os.environ)

    async def notify(app: AppService) -> int:
        app.check_tenants(tenants)
        await _check_tables(app)
        if not has_alert_recipients(app.contract):
            click.echo(NO_RECIPIENTS, err=True)
        store = notification_store_of(app.engine)
        notifier = notifier_of(app.service, store, app.contract)
        dispatcher = dispatcher_of(store, app.contract, settings, ALERT_RENDERERS)
        listed = _ListedTenants(app, database_url, tenants)
        if every is None:
            return await _notify_once(notifier, dispatcher, await listed.ids())
        await _notify_until_ended(notifier, dispatcher, listed, every.total_seconds())
        return 0

    ctx.exit(with_app_service(database_url, redis_url, contract, notify))


@dataclass(slots=True)
class _ListedTenants:
    """The tenants that are looked at: those of the command line, else all, listed again from time to time."""

    app: AppService
    url_text: str
    chosen_ids: tuple[str, ...]
    known_ids: tuple[str, ...] = ()
    listed_s: float = field(default_factory=monotonic)

    async def ids(self) -> tuple[str, ...]:
        """Return their ids; those of the last list where none can be read."""
        if self.chosen_ids:
            return self.chosen_ids
        if not self.known_ids:
            self.known_ids = self.app.tenant_ids
        elif monotonic() - self.listed_s >= LIST_EVERY_S:
            self.listed_s = monotonic()
            try:
                # Another engine, in a thread: to list tenants may mean to read all alarms.
                self.known_ids, _ = await asyncio.to_thread(list_tenants, self.url_text, self.app.contract)
            except (OSError, SLAComplianceError) as error:
                click.echo(f"The tenants cannot be listed: {one_line(error)}", err=True)
        return self.known_ids


async def _check_tables(app: AppService) -> None:
    async with app.engine.connect() as connection:
        has_states = await connection.run_sync(lambda sync: inspect(sync).has_table(STATES_TABLE))
    if not has_states:
        raise BadInput(f"the database has no table {STATES_TABLE}; `sla-compliance ddl` prints it")


async def _notify_once(notifier: Notifier, dispatcher: Dispatcher, tenant_ids: Iterable[str]) -> int:
    """Run one round, send what is due, and return the exit code."""
    report = await notifier.run_round(tenant_ids)
    _print(report)
    dispatched = await dispatcher.dispatch_due()
    click.echo(
        f"{counted(report.looked_at, 'tenant')} looked at, {counted(len(report.alerts), 'alert')};"
        f" messages: {report.deliveries:,} made, {dispatched.sent:,} sent, {dispatched.retried:,} to be tried again,"
        f" {dispatched.failed:,} failed"
    )
    return BAD_INPUT if report.errors else 0


async def _notify_until_ended(
    notifier: Notifier, dispatcher: Dispatcher, listed: _ListedTenants, every_s: float
) -> None:
    """Run rounds, and send what is due, until the process is asked to end."""
    end = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        with suppress(NotImplementedError):  # of Windows; there the process just ends
            loop.add_signal_handler(number, end.set)
    sending = asyncio.create_task(dispatcher.run(end))
    ending = asyncio.create_task(end.wait())
    try:
        while not end.is_set() and not sending.done():
            start_s = monotonic()
            looking = asyncio.create_task(_look(notifier, listed))
            await asyncio.wait({looking, ending}, return_when="FIRST_COMPLETED")
            looking.cancel()
            await asyncio.wait({looking})
            pause_s = max(0.0, every_s - (monotonic() - start_s))
            await asyncio.wait({ending, sending}, timeout=pause_s, return_when="FIRST_COMPLETED")
        await sending
    finally:
        ending.cancel()
        sending.cancel()


async def _look(notifier: Notifier, listed: _ListedTenants) -> None:
    """Run one round; a database that is down ends it, and not the process."""
    try:
        _print(await notifier.run_round(await listed.ids()))
    except Exception as error:
        click.echo(f"The round failed, and is repeated: {one_line(error)}", err=True)


def _print(report: RoundReport) -> None:
    """Write what was told, a line an alert, and what failed."""
    for alert in report.alerts:
        click.echo(_line(alert))
    for tenant_id, error in list(report.errors.items())[:MOST_ERRORS_SHOWN]:
        click.echo(f"{printable(tenant_id)} cannot be read: {one_line(error)}", err=True)
    unshown = len(report.errors) - MOST_ERRORS_SHOWN
    if unshown > 0:
        click.echo(f"{counted(unshown, 'further tenant')} cannot be read", err=True)


def _line(alert: Alert) -> str:
    """Return an alert as a line of a log."""
    digest = " (for the digest)" if alert.is_for_digest else ""
    return f"{alert.at} {alert.kind}{digest} {alert.title} [{alert.alert_id}]"
