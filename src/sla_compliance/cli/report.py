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

from sla_compliance.cli.agreed_evaluation import Evaluation
from sla_compliance.cli.agreement_options import agreement_options
from sla_compliance.cli.destination import write_content, write_pieces
from sla_compliance.cli.evaluation import ReportResult, make_reports, notes_of
from sla_compliance.cli.inputs import read_rows
from sla_compliance.cli.option_groups import GroupedCommand
from sla_compliance.cli.report_documents import DOCUMENT_FORMATS, document_content
from sla_compliance.cli.report_files import write_folder
from sla_compliance.cli.report_options import ReportOptions, report_options
from sla_compliance.cli.report_texts import keyed_page_pieces, record_pieces, table_text
from sla_compliance.cli.row_options import RowOptions, row_options
from sla_compliance.cli.streamed_options import check_not_streamed, is_streamed
from sla_compliance.outlets.text import counted
from sla_compliance.settings import ReportSettings
from sla_compliance.sources.inventory_files import read_inventory

EPILOG: Final = """
\b
Examples:
  sla-compliance report alarms.csv --zone Africa/Lagos --month 2026-10
  sla-compliance report alarms.csv --zone Africa/Lagos --month 2026-10 --customer "Acme Ltd" --output october.pdf
  zcat october.jsonl.gz | sla-compliance report - --zone Europe/Berlin --from 2026-10-01 --each resource_id

A LENGTH is a number of days, hours, minutes or seconds: 7d, 1h30m, 90s.
Exit code: 0 met or at risk; 1 breached on record; 2 bad input; 3 not confirmed or no data; 70 unexpected error.
With --each the worst key decides: 1, then 3, then 0. Into a Parquet file: 0 where it is written.
"""


@click.command(cls=GroupedCommand, epilog=EPILOG)
@agreement_options
@row_options
@report_options
@click.pass_context
def command(context: click.Context, /, **options: Any) -> None:  # noqa: ANN401 - checked by click, typed below
    """Report the availability that exported alarms leave, and whether the target was met.

    FILE is an export of an alarms table: CSV, JSON, JSON Lines, gzipped or not, Parquet or XLSX; "-" is standard
    input. Only the column first_occurrence is needed.
    """
    if is_streamed(options):
        from sla_compliance.cli.streamed_report import write_streamed  # noqa: PLC0415 - needs pyarrow

        write_streamed(context, options)
        return
    check_not_streamed(options)
    evaluation = Evaluation.of(options, datetime.now(UTC))
    rows = RowOptions.of(options, evaluation.settings.rows)
    checked_options = ReportOptions.of(options, rows)
    evaluation, alarms = read_rows(rows, evaluation, each=checked_options.each)
    inventory = None
    if checked_options.inventory is not None:
        inventory = read_inventory(checked_options.inventory, zone=evaluation.agreement(rows.tenant_id).zone)
    if checked_options.is_folder:
        context.exit(write_folder(alarms, evaluation, rows.tenant_id, checked_options, inventory))
    result = make_reports(
        alarms,
        checked_options.each,
        evaluation,
        rows.tenant_id,
        unkeyed=checked_options.unkeyed,
        inventory=inventory,
    )
    for note in notes_of(result, inventory):
        click.echo(f"Note: {note}", err=True)
    exit_code = result.exit_code(checked_options.fail_on)
    only_if = checked_options.only_if
    if only_if is None or result.exit_code(only_if) != 0:
        _write(result, checked_options, evaluation.agreement(rows.tenant_id).reports)
    else:
        click.echo(f"Note: nothing is written, by --only-if {only_if}", err=True)
    context.exit(exit_code)


def _write(result: ReportResult, options: ReportOptions, settings: ReportSettings) -> None:
    """Write the reports in the format that was chosen."""
    shown = result.worst(options.worst)
    unwritten = len(result.by_key or ()) - len(shown.by_key or ())
    if unwritten and options.format_name != "table":  # a table says it itself
        click.echo(f"Note: {counted(unwritten, 'more key')} not written; --worst says how many are", err=True)
    if options.format_name in DOCUMENT_FORMATS and result.by_key is None:
        document = options.documents.document(result.whole, settings, options.period)
        write_content(document_content(document, options.format_name), options.output)
    elif options.format_name == "html":
        write_pieces(keyed_page_pieces(shown, options), options.output)
    elif options.format_name == "table":
        encoding = sys.stdout.encoding if options.output is None else "utf-8"
        write_pieces([table_text(result, options)], options.output, encoding or "utf-8")
    else:
        write_pieces(record_pieces(shown, options), options.output)
