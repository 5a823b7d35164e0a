"""`sla-compliance invalidate`: the app's cache and store are told that facts of some dates changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

import click

from sla_compliance.cli.app_service import AppService, app_options, with_app_service
from sla_compliance.cli.commands import BadInput
from sla_compliance.outlets.text import counted, printable
from sla_compliance.units import ONE_DAY, parse_date

MOST_DATES: Final = 3_660
REASON: Final = "invalidated by hand"


@click.command()
@app_options
@click.option("--tenant", "tenant_id", required=True, help="Whose days.")
@click.option("--date", "date_texts", metavar="DATE", multiple=True, help="A local date; may be repeated.")
@click.option("--from", "from_text", metavar="DATE", help="With --to: all dates from this one on.")
@click.option("--to", "to_text", metavar="DATE", help="The last of them.")
def command(
    database_url: str,
    redis_url: str | None,
    contract: str | None,
    tenant_id: str,
    date_texts: tuple[str, ...],
    from_text: str | None,
    to_text: str | None,
) -> None:
    """Measure the days of some dates again: stored ones at once, cached ones when they are next asked for.

    For changes that were not reported, e.g. after an import. What processes without a shared cache remember is out of
    reach.
    """
    dates = _dates(date_texts, from_text, to_text)

    async def invalidate(app: AppService) -> None:
        if not app.has_stored_days and redis_url is None:
            raise BadInput(
                "the database has no stored days and there is no --redis-url, so there is nothing to invalidate"
            )
        app.check_tenants([tenant_id])
        await app.service.invalidate(tenant_id, dates, reason=REASON)

    with_app_service(database_url, redis_url, contract, invalidate)
    click.echo(f"{printable(tenant_id)}: {counted(len(dates), 'date')} invalidated")


def _dates(date_texts: Sequence[str], from_text: str | None, to_text: str | None) -> list[date]:
    """Return the dates that the options name, ascending."""
    if (from_text is None) != (to_text is None):
        raise click.UsageError("--from and --to belong together; give both, or --date")
    dates = {parse_date(text, field="--date") for text in date_texts}
    if from_text is not None and to_text is not None:
        first, last = parse_date(from_text, field="--from"), parse_date(to_text, field="--to")
        if last < first:
            raise click.UsageError(f"--to {to_text} is before --from {from_text}; swap them")
        length = (last - first).days + 1
        if length > MOST_DATES:
            raise click.UsageError(f"--from to --to is {length:,} dates; give {MOST_DATES:,} at most")
        dates.update(first + number * ONE_DAY for number in range(length))
    if not dates:
        raise click.UsageError("no date is given; give --date, or --from and --to")
    return sorted(dates)
