"""`sla-compliance settle`: what is in doubt, as a file of corrections that is ready to be filled."""
################################################################
# The columns of a correction come first, row_id filled in; the others are for people
# and `report --corrections` does not read them. A row that says nothing yet changes
# nothing, so the file can be used before all of it is filled.
#
# An id stands as the rows have it, also where a spreadsheet would take it for a
# formula: another text would name another row.
################################################################

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from typing import Any, Final

import click

from sla_compliance.analysis import Settlement, settlement
from sla_compliance.cli.agreed_evaluation import Evaluation
from sla_compliance.cli.agreement_options import agreement_options
from sla_compliance.cli.destination import check_output, write_pieces
from sla_compliance.cli.inputs import read_rows
from sla_compliance.cli.option_groups import Decorator, GroupedCommand, applied, option_of
from sla_compliance.cli.parameters import complete_file
from sla_compliance.cli.row_options import RowOptions, row_options
from sla_compliance.compliance import evaluate
from sla_compliance.outlets.text import counted, most_length
from sla_compliance.rounding import downtime_minutes

_TO_FILL: Final = ("ends", "starts", "severity", "void", "reason", "author", "entered_at")
_FOR_PEOPLE: Final = ("month", "minutes_at_stake", "in_doubt", "present_reading")

_EPILOG: Final = """
\b
Examples:
  sla-compliance settle alarms.csv --zone Africa/Lagos --month 2026-10 --output to-settle.csv
  sla-compliance report alarms.csv --zone Africa/Lagos --month 2026-10 --corrections to-settle.csv
"""

_settle_options: Final[Decorator] = applied(
    option_of("Output")(
        "--output", metavar="FILE", shell_complete=complete_file, help="Write there.  [default: standard output]"
    ),
)


@click.command(cls=GroupedCommand, epilog=_EPILOG)
@agreement_options
@row_options
@_settle_options
def command(**options: Any) -> None:  # noqa: ANN401 - checked by click, typed below
    """Write what is in doubt as a file of corrections, ready to fill: newest month first, by minutes at stake.

    FILE is an export of an alarms table, as of `report`. Bad rows are set aside and listed.
    """
    evaluation = Evaluation.of(options, datetime.now(UTC))
    rows = RowOptions.of({**options, "on_invalid": "quarantine"}, evaluation.settings.rows)
    if options["output"] is not None:
        check_output(options["output"], [*rows.files, *rows.corrections])
    if rows.of_all_tenants:
        raise click.UsageError("--all-tenants has no file of corrections of its own; give --tenant ID")
    evaluation, alarms = read_rows(rows, evaluation, each=None)
    report = evaluate(alarms, **evaluation.keywords(rows.tenant_id))
    in_doubt = settlement(report)
    for note in _notes(in_doubt):
        click.echo(f"Note: {note}", err=True)
    write_pieces([_csv(in_doubt)], options["output"])


def _notes(in_doubt: Settlement) -> list[str]:
    """Return what no correction can settle."""
    notes = []
    if in_doubt.rows_without_id:
        rows = counted(in_doubt.rows_without_id, "row")
        notes.append(f"{rows} in doubt without an id, which no correction can name; map one with --column id=NAME")
    if in_doubt.unmonitored_us:
        length = most_length(in_doubt.unmonitored_us)
        notes.append(f"time that was not monitored, {length}, is no row's; see --monitored-since")
    if not in_doubt.rows:
        notes.append("no row that a correction could settle is in doubt")
    return notes


def _csv(in_doubt: Settlement) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("row_id", *_TO_FILL, *_FOR_PEOPLE))
    for row in in_doubt.rows:
        minutes = "" if row.at_stake_us is None else downtime_minutes(row.at_stake_us)
        to_fill = [""] * len(_TO_FILL)
        writer.writerow([row.row_id, *to_fill, row.month or "any", minutes, row.sentence, row.present_reading])
    return text.getvalue()
