"""`sla-compliance report`: exported alarms in, an availability report out."""
################################################################
# Options are read before files, so a misspelt zone costs no time. Exit code 1
# says that the whole range is BREACHED on record, confirmed or not, and nothing else;
# 3 that it is not confirmed or has no data; with --each, the worst key decides.
#
# Standard error says in every format what was set aside and assumed, and why a
# verdict is not confirmed: a script that reads JSON has its user read it too.
################################################################

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Any, Final

import click

from sla_compliance.batch import AlarmBatch
from sla_compliance.cli.evaluation import (
    ACCOUNTINGS,
    FailOn,
    ReportOptions,
    ReportResult,
    evaluation_arguments,
    make_reports,
    notes_of,
    read_alarm_files,
)
from sla_compliance.cli.output import csv_text, emit, json_text
from sla_compliance.cli.parameters import parse_column_mapping, parse_length
from sla_compliance.policy import DEFAULT_TARGET

PERIODS: Final = ("day", "week", "month", "quarter", "year")
FORMATS: Final = ("table", "json", "csv", "html")

EPILOG: Final = """
\b
Examples:
  sla-compliance report alarms.csv --zone Africa/Lagos --from 2026-10-01 --to 2026-10-31
  zcat october.jsonl.gz | sla-compliance report - --zone Europe/Berlin --from 2026-10-01 --each resource_id

Exit code: 0 met or at risk; 1 breached on record; 2 bad input; 3 not confirmed or no data; 70 unexpected error.
With --each the worst key decides: 1, then 3, then 0.
"""


@click.command(epilog=EPILOG)
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--zone", required=True, metavar="NAME", help="Time zone whose days are reported, e.g. Africa/Lagos.")
@click.option("--from", "from_date", required=True, metavar="DATE", help="First day, or a timestamp.")
@click.option("--to", "to_date", metavar="DATE", help="Last day, included.  [default: today]")
@click.option("--target", default=DEFAULT_TARGET, show_default=True, metavar="PERCENT", help="Promised availability.")
@click.option("--by", type=click.Choice(PERIODS), default="day", show_default=True, help="Period of each record.")
@click.option("--each", metavar="COLUMN", help="A report for each value of a column, e.g. resource_id.")
@click.option("--tenant", metavar="ID", help="Whose alarms to take, where files hold those of several.")
@click.option("--maintenance", multiple=True, metavar="FILE", help="Maintenance windows: start, end, reason ...")
@click.option("--service-hours", metavar="TEXT", help='Agreed hours, e.g. "mon-fri 09:00-17:00".  [default: always]')
@click.option(
    "--accounting",
    type=click.Choice([*ACCOUNTINGS]),
    default="removed",
    show_default=True,
    help="What maintenance counts as.",
)
@click.option("--as-of", metavar="TIME", help="Evaluate as of then.  [default: now]")
@click.option(
    "--merge-gap", callback=parse_length, default="0s", metavar="LENGTH", help="Shorter gaps are downtime, e.g. 60s."
)
@click.option(
    "--min-outage", callback=parse_length, default="0s", metavar="LENGTH", help="Shorter outages are none, e.g. 5m."
)
@click.option(
    "--stale-after", callback=parse_length, metavar="LENGTH", help="End open alarms unseen for longer, e.g. 7d."
)
@click.option(
    "--column",
    "columns",
    multiple=True,
    callback=parse_column_mapping,
    metavar="NAME=OWN",
    help="What the files call a column, e.g. first_occurrence=raised_at.",
)
@click.option(
    "--on-invalid",
    type=click.Choice(["raise", "quarantine"]),
    default="raise",
    show_default=True,
    help="Refuse files with bad rows, or set the rows aside and say so.",
)
@click.option(
    "--clock-skew",
    callback=parse_length,
    default="5m",
    show_default=True,
    metavar="LENGTH",
    help="Let alarms clear this much too early.",
)
@click.option(
    "--format", "output", type=click.Choice(FORMATS), default="table", show_default=True, help="What to write."
)
@click.option("--detail", is_flag=True, help="Add verdicts, doubts, seconds and cells to JSON and CSV.")
@click.option(
    "--fail-on",
    type=click.Choice([outcome.value for outcome in FailOn]),
    default=FailOn.UNCONFIRMED.value,
    show_default=True,
    help="The mildest outcome that is no success: only breached; or unconfirmed, too; or at risk, too.",
)
@click.pass_context
def command(context: click.Context, /, **options: Any) -> None:  # noqa: ANN401 - checked by click, typed below
    """Report the availability that exported alarms leave, and whether the target was met.

    FILE is an export of an alarms table: CSV, JSON or JSON Lines, gzipped or not; "-" is standard input. Only the
    columns severity and first_occurrence are needed.
    """
    report_options = ReportOptions(**options)
    if report_options.each and report_options.output == "html":
        raise click.UsageError("--each has no HTML page; write it as table, json or csv")
    arguments = evaluation_arguments(report_options, datetime.now(UTC))
    alarms = _read_with_progress(report_options)
    if report_options.tenant and not alarms and not alarms.rejected:
        click.echo(f"Note: the files hold no row of tenant {report_options.tenant!r}.", err=True)
    result = make_reports(alarms, report_options.each, arguments)
    for note in notes_of(result):
        click.echo(f"Note: {note}", err=True)
    _write(result, report_options)
    context.exit(result.exit_code(FailOn(report_options.fail_on)))


def _read_with_progress(options: ReportOptions) -> AlarmBatch:
    """Return the alarms of the files; on a terminal, show how far reading has got."""
    if not sys.stderr.isatty():
        return read_alarm_files(options)
    from sla_compliance.cli.progress import reading_bar  # noqa: PLC0415 - needs rich, which scripts may lack

    with reading_bar() as progress:
        return read_alarm_files(options, progress)


def _write(result: ReportResult, options: ReportOptions) -> None:
    """Write the reports in the format of `--format`."""
    if options.output == "json":
        emit(json_text(result, options.period, detail=options.detail))
    elif options.output == "csv":
        emit(csv_text(result, options.period, options.each, detail=options.detail))
    elif options.output == "html":
        from sla_compliance.outlets.html import report_page  # noqa: PLC0415 - other formats do not need it

        emit(report_page(result.whole, title=options.title, by=options.period))
    else:
        emit(_table(result, options), sys.stdout.encoding or "utf-8")


def _table(result: ReportResult, options: ReportOptions) -> str:
    from sla_compliance.cli.table import Page, keys_page, periods_page  # noqa: PLC0415 - needs rich, as above

    page = Page(sys.stdout)
    if result.by_key is None or options.each is None:
        return periods_page(page, options.title, result.whole, options.period)
    return keys_page(page, options.title, options.each, result.whole, result.by_key)
