"""`sla-compliance statement`: what is declared of a closed period, and what a later statement changes."""
################################################################
# A statement is written once and never changed: with --previous the next one is
# written beside it, never on top of it. Where the facts are those of the previous
# one, that is written again, as it is.
#
# Standard error says what differs, so that the JSON is a statement and nothing else.
# Files without a single row confirm nothing, so a statement of them says that it is
# not confirmed.
################################################################

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from sla_compliance.analysis import Difference, Statement, difference, restate, statement
from sla_compliance.analysis.statements import closed_from_us
from sla_compliance.cli.answer_options import answer_command, read_report
from sla_compliance.cli.destination import write_content
from sla_compliance.cli.evaluation import NOT_CONFIRMED
from sla_compliance.cli.messages import named_by_option
from sla_compliance.cli.option_groups import Decorator, applied, option_of
from sla_compliance.cli.parameters import complete_file
from sla_compliance.cli.statement_files import read_statement, statement_text
from sla_compliance.report import ComplianceReport
from sla_compliance.units import moment
from sla_compliance.zones import load_zone

if TYPE_CHECKING:
    from sla_compliance.cli.table import Page

_FORMATS: Final = ("json", "table")

EPILOG_OF_STATEMENT: Final = """
\b
Examples:
  sla-compliance statement alarms.csv --zone Africa/Lagos --month 2026-10 --tenant acme --issued-by "A. Bello" \\
    --output october-1.json
  sla-compliance statement alarms.csv --zone Africa/Lagos --month 2026-10 --tenant acme --issued-by "A. Bello" \\
    --previous october-1.json --reason "row 17 ended later" --output october-2.json
  sla-compliance statement alarms.csv --zone Africa/Lagos --month 2026-10 --tenant acme --issued-by "A. Bello" \\
    --output october-1.json --evidence october-1.zip

Exit code: 0 written, whatever the verdict; 2 bad input, or a period that is not closed; 3 no rows were read.
"""

_which_options: Final[Decorator] = applied(
    option_of("Which statement")("--issued-by", metavar="NAME", required=True, help="A person or a job; needed."),
    option_of("Which statement")(
        "--subject", metavar="NAME", help="Of what it is, e.g. a circuit; --where takes its rows.  [default: all]"
    ),
    option_of("Which statement")(
        "--provisional", is_flag=True, help="Although the period is not closed; the statement says so."
    ),
    option_of("Which statement")(
        "--previous", metavar="FILE", shell_complete=complete_file, help="The last statement, JSON, to restate."
    ),
    option_of("Which statement")("--reason", metavar="TEXT", help="With --previous: why facts changed; needed."),
    option_of("Output")(
        "--evidence",
        metavar="FILE",
        shell_complete=complete_file,
        help="Write the statement, its rows, ledger and terms there too, as a zip; `verify` computes it again.",
    ),
)


@dataclass(frozen=True, slots=True)
class Issued:
    """A statement, and what it changes of the previous one; None where there is none."""

    statement: Statement
    difference: Difference | None


@answer_command(EPILOG_OF_STATEMENT, _which_options, _FORMATS)
def command(context: click.Context, /, **options: Any) -> None:  # noqa: ANN401 - checked by click, typed below
    """Issue a statement of a closed period, or restate one and say what changed.

    FILE is an export of an alarms table, as of `report`. The statement is JSON: its fields, the lines of what it was
    made from, and its digest. --tenant names whose it is: rows that name a tenant have to be of that one, and files
    without a column tenant_id are all of it.
    """
    _check_options(options)
    previous = None if options["previous"] is None else read_statement(options["previous"])
    if previous is not None:
        _check_same_subject(previous, options)
    result, output = read_report(options, _FORMATS, filter(None, [options["previous"]]), takes_untenanted=True)
    report = result.whole
    issued = _issued(report, previous, options, datetime.now(UTC))
    pack = None if options["evidence"] is None else _evidence(report, issued.statement)
    if output.format_name == "json":
        for line in _difference_lines(issued):
            click.echo(f"Note: {line}", err=True)
        output.write_text(statement_text(issued.statement))
    else:
        output.write_table(lambda page: _page(page, output.title, report, issued))
    if pack is not None:
        write_content(pack, options["evidence"])
    context.exit(NOT_CONFIRMED if report.is_of_empty_input else 0)


def _check_options(options: Mapping[str, Any]) -> None:
    if options["tenant"] is None:
        raise click.UsageError("Missing option '--tenant'; a statement says whose period it is")
    if options["previous"] is not None and options["reason"] is None:
        raise click.UsageError("Missing option '--reason'; with --previous it says why the facts changed")
    if options["previous"] is None and options["reason"] is not None:
        raise click.UsageError("--reason is why a statement is restated; give --previous FILE too")
    written = [Path(options[name]).resolve() for name in ("output", "evidence") if options[name] is not None]
    if len(set(written)) < len(written):
        raise click.UsageError("--evidence and --output are one file; the pack is a zip of its own")
    if options["previous"] is not None and options["provisional"]:
        raise click.UsageError("--provisional is of a first statement; leave it out, --previous says what it is")


def _check_same_subject(previous: Statement, options: Mapping[str, Any]) -> None:
    for name, value in (("tenant", previous.tenant), ("subject", previous.subject)):
        if options[name] != value:
            raise click.UsageError(
                f"--{name} is {options[name]!r}, and the statement of --previous has {value!r}; give the same"
            )


def _issued(
    report: ComplianceReport, previous: Statement | None, options: Mapping[str, Any], issued_at: datetime
) -> Issued:
    """Return the statement of a report, and what it changes.

    Raises:
        UsageError: the period is empty, not closed, or not that of the previous statement.
        SLAComplianceError: an option is wrong; it is named.
    """
    may_be_open = options["provisional"] if previous is None else previous.is_provisional
    _check_period(report, previous, issued_at, may_be_open=may_be_open)
    who_and_when: dict[str, Any] = {"issued_at": issued_at, "issued_by": options["issued_by"]}
    with named_by_option(tenant="--tenant", issued_by="--issued-by", reason="--reason", report="--previous"):
        if previous is not None:
            new = restate(previous, report, reason=options["reason"], **who_and_when)
        else:
            new = statement(
                report, tenant=options["tenant"], subject=options["subject"], provisional=may_be_open, **who_and_when
            )
    if report.is_of_empty_input and new is not previous:
        new = replace(new, figures={**new.figures, "is_confirmed": False})
    return Issued(new, None if previous is None else difference(previous, new))


def _evidence(report: ComplianceReport, issued: Statement) -> bytes:
    """Return the evidence pack of a statement.

    Raises:
        InvalidValueError: the statement of --previous stands, and the report has other figures, as of another instant.
    """
    from sla_compliance.outlets.evidence_pack import evidence_pack  # noqa: PLC0415 - other answers need none

    with named_by_option(statement="--previous"):
        return evidence_pack(report, statement=issued)


def _check_period(
    report: ComplianceReport, previous: Statement | None, issued_at: datetime, *, may_be_open: bool
) -> None:
    total, zone = report.total, load_zone(report.zone)
    if not report.days:
        raise click.UsageError("--from has not come yet, so there is nothing to state; give --to, or an earlier day")
    period = f"{total.start.isoformat()} to {total.end.isoformat()}"
    if previous is not None and (previous.start_us, previous.end_us) != (total.start_us, total.end_us):
        start, end = (moment(instant_us, zone).isoformat() for instant_us in (previous.start_us, previous.end_us))
        raise click.UsageError(f"--previous is of {start} to {end}, and the period is {period}; give the same")
    as_of = moment(report.as_of_us, zone)
    if as_of > issued_at:
        raise click.UsageError(f"--as-of is {as_of.isoformat()}, later than now; a statement says what is known")
    final_us = closed_from_us(report, total)
    if report.as_of_us < final_us and not may_be_open:
        way_out = "wait until then" if previous is not None else "wait until then, or give --provisional"
        raise click.UsageError(
            f"the period {period} is final on {moment(final_us, zone).isoformat()}, and evaluated as of"
            f" {as_of.isoformat()}; {way_out}"
        )


def _difference_lines(issued: Issued) -> list[str]:
    if issued.difference is None:
        return []
    if issued.difference.is_empty:
        return [f"the facts are those of statement {issued.statement.number}; it stands, and is written again"]
    return [f"statement {issued.statement.number} changes:", *issued.difference.explain().splitlines()]


def _page(page: Page, title: str, report: ComplianceReport, issued: Issued) -> str:
    from sla_compliance.cli.answer_table import answer_page, lines_of_text  # noqa: PLC0415 - needs rich

    parts = [lines_of_text(issued.statement.explain().splitlines())]
    if issued.difference is not None:
        parts.append(lines_of_text(_difference_lines(issued)))
    return answer_page(page, title, report, parts)
