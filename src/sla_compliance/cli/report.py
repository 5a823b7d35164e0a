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

import io
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, get_args

import click

from sla_compliance.calendars.periods import Period
from sla_compliance.cli.agreed_evaluation import Evaluation
from sla_compliance.cli.agreement_options import agreement_options
from sla_compliance.cli.destination import check_output, format_of, write_pieces
from sla_compliance.cli.evaluation import FailOn, ReportResult, make_reports, notes_of
from sla_compliance.cli.inputs import read_rows
from sla_compliance.cli.option_groups import Decorator, GroupedCommand, applied, option_of
from sla_compliance.cli.output import csv_pieces, json_pieces
from sla_compliance.cli.parameters import complete_file
from sla_compliance.cli.row_options import RowOptions, row_options
from sla_compliance.outlets.text import counted
from sla_compliance.readings import Unkeyed
from sla_compliance.sources.files import TENANT_COLUMN
from sla_compliance.sources.inventory_files import read_inventory

PERIODS: Final = ("hour", "day", "week", "month", "quarter", "year")
FORMATS: Final = ("table", "json", "csv", "html")

EPILOG: Final = """
\b
Examples:
  sla-compliance report alarms.csv --zone Africa/Lagos --month 2026-10
  zcat october.jsonl.gz | sla-compliance report - --zone Europe/Berlin --from 2026-10-01 --each resource_id

A LENGTH is a number of days, hours, minutes or seconds: 7d, 1h30m, 90s.
Exit code: 0 met or at risk; 1 breached on record; 2 bad input; 3 not confirmed or no data; 70 unexpected error.
With --each the worst key decides: 1, then 3, then 0.
"""

_figures = option_of("Which figures")
_output = option_of("Output")

_report_options: Final[Decorator] = applied(
    _figures(
        "--by",
        type=click.Choice(PERIODS),
        default="day",
        show_default=True,
        help="Period of each record; an hour has no verdict.",
    ),
    _figures("--each", metavar="COLUMN", help="A report for each value of a column, e.g. resource_id or tenant_id."),
    _figures(
        "--inventory",
        metavar="FILE",
        shell_complete=complete_file,
        help="With --each: what there is: key, parents, target, in_service, service_hours, zone, title.",
    ),
    _figures(
        "--unkeyed",
        type=click.Choice(get_args(Unkeyed)),
        help="With --each: whose outages without a value are.  [default: doubt]",
    ),
    _figures(
        "--worst", type=click.IntRange(min=1), metavar="N", help="With --each: write the N worst.  [default: all]"
    ),
    _output("--format", "format_name", type=click.Choice(FORMATS), help="What to write.  [default: table]"),
    _output(
        "--output",
        metavar="FILE",
        shell_complete=complete_file,
        help="Write there, in the format of its ending.  [default: standard output]",
    ),
    _output("--title", metavar="TEXT", help="Heading of tables and pages.  [default: the tenant, else the files]"),
    _output("--detail", is_flag=True, help="Add verdicts, doubts, seconds and cells to JSON and CSV."),
    _output(
        "--fail-on",
        type=click.Choice([outcome.value for outcome in FailOn]),
        default=FailOn.UNCONFIRMED.value,
        show_default=True,
        help="The mildest outcome that is no success: only breached; or unconfirmed, too; or at risk, too.",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportOptions:
    """The options of `report` about figures and output.

    Attributes:
        period: of each record.
        each: the column of the keys; None: one report.
        inventory: the file of what there is; None: what rows name.
        unkeyed: whose the rows without a key are.
        worst: how many keys to write; None: all.
        format_name: what to write.
        output: the file to write; None: standard output.
        title: heading.
        detail: whether records are written in full.
        fail_on: the mildest outcome that is no success.
    """

    period: Period
    each: str | None
    inventory: str | None
    unkeyed: Unkeyed
    worst: int | None
    format_name: str
    output: str | None
    title: str
    detail: bool
    fail_on: FailOn

    @classmethod
    def of(cls, options: dict[str, Any], rows: RowOptions) -> ReportOptions:
        """Return the options of `report`, checked.

        Raises:
            UsageError: options contradict each other.
        """
        each = TENANT_COLUMN if rows.of_all_tenants else options["each"]
        if rows.of_all_tenants and options["each"] not in (None, TENANT_COLUMN):
            raise click.UsageError("--all-tenants reports on each tenant; leave --each out, or give --tenant ID")
        for name in ("inventory", "unkeyed", "worst"):
            if each is None and options[name] is not None:
                raise click.UsageError(f"--{name} is about the keys of --each; give --each COLUMN too")
        output, format_name = options["output"], options["format_name"]
        if output is not None:
            read_files = [*rows.files, *rows.corrections, *options["maintenance"], *options["exclusions"]]
            check_output(output, [*read_files, *filter(None, (options["inventory"], options["contract"]))])
            format_name = format_name or format_of(output)
        return cls(
            period=Period.HOUR if options["by"] == "hour" else Period.of(options["by"]),
            each=each,
            inventory=options["inventory"],
            unkeyed=options["unkeyed"] or "doubt",
            worst=options["worst"],
            format_name=format_name or "table",
            output=output,
            title=options["title"] or rows.title,
            detail=options["detail"],
            fail_on=FailOn(options["fail_on"]),
        )


@click.command(cls=GroupedCommand, epilog=EPILOG)
@agreement_options
@row_options
@_report_options
@click.pass_context
def command(context: click.Context, /, **options: Any) -> None:  # noqa: ANN401 - checked by click, typed below
    """Report the availability that exported alarms leave, and whether the target was met.

    FILE is an export of an alarms table: CSV, JSON, JSON Lines, gzipped or not, Parquet or XLSX; "-" is standard
    input. Only the column first_occurrence is needed.
    """
    evaluation = Evaluation.of(options, datetime.now(UTC))
    rows = RowOptions.of(options, evaluation.settings.rows)
    report_options = ReportOptions.of(options, rows)
    evaluation, alarms = read_rows(rows, evaluation, each=report_options.each)
    inventory = None
    if report_options.inventory is not None:
        inventory = read_inventory(report_options.inventory, zone=evaluation.agreement(rows.tenant_id).zone)
    result = make_reports(
        alarms,
        report_options.each,
        evaluation,
        rows.tenant_id,
        unkeyed=report_options.unkeyed,
        inventory=inventory,
    )
    for note in notes_of(result, inventory):
        click.echo(f"Note: {note}", err=True)
    exit_code = result.exit_code(report_options.fail_on)
    _write(result, report_options)
    context.exit(exit_code)


def _write(result: ReportResult, options: ReportOptions) -> None:
    """Write the reports in the format that was chosen."""
    shown = result.worst(options.worst)
    unwritten = len(result.by_key or ()) - len(shown.by_key or ())
    if unwritten and options.format_name != "table":  # a table says it itself
        click.echo(f"Note: {counted(unwritten, 'more key')} not written; --worst says how many are", err=True)
    encoding = "utf-8"
    pieces: Iterable[str]
    if options.format_name == "json":
        pieces = json_pieces(shown, options.period, detail=options.detail)
    elif options.format_name == "csv":
        pieces = csv_pieces(shown, options.period, options.each, detail=options.detail)
    elif options.format_name == "html":
        pieces = _html_pieces(shown, options)
    else:
        pieces = [_table(result, options)]
        if options.output is None:
            encoding = sys.stdout.encoding or encoding
    write_pieces(pieces, options.output, encoding)


def _html_pieces(result: ReportResult, options: ReportOptions) -> Iterable[str]:
    from sla_compliance.outlets.html import keyed_report_page, report_page  # noqa: PLC0415 - other formats need none

    if result.by_key is None or options.each is None:
        return [report_page(result.whole, title=options.title, by=options.period)]
    return keyed_report_page(result.whole, result.by_key, column=options.each, title=options.title)


def _table(result: ReportResult, options: ReportOptions) -> str:
    from sla_compliance.cli.table import Page, keys_page, periods_page  # noqa: PLC0415 - needs rich, as the progress

    # A file has the characters of UTF-8 and no colour, whatever the terminal.
    stream = sys.stdout if options.output is None else io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    page = Page(stream)
    if result.by_key is None or options.each is None:
        return periods_page(page, options.title, result.whole, options.period)
    return keys_page(
        page,
        options.title,
        options.each,
        result.whole,
        result.by_key,
        worst=options.worst,
        has_inventory=options.inventory is not None,
    )
