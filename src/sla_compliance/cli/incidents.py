"""`sla-compliance incidents`: the outages of a window in order of time, and how reliable the service was."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import ceil, floor
from typing import TYPE_CHECKING, Any, Final

import click

from sla_compliance.analysis import Reliability, decisive_incidents, reliability
from sla_compliance.cli.answer_options import answer_command, read_report, unlisted_text
from sla_compliance.cli.evaluation import NOT_CONFIRMED
from sla_compliance.cli.option_groups import Decorator, applied, option_of
from sla_compliance.incidents import Incident
from sla_compliance.outlets.text import counted
from sla_compliance.report import ComplianceReport
from sla_compliance.units import SECOND_US, length_text

if TYPE_CHECKING:
    from sla_compliance.cli.table import Page

EPILOG_OF_INCIDENTS: Final = """
\b
Examples:
  sla-compliance incidents alarms.csv --zone Africa/Lagos --month 2026-10
  sla-compliance incidents alarms.csv --zone Africa/Lagos --from 2026-10-01 --limit 20 --format json

Exit code: 0, whatever the verdict; 2 bad input; 3 no rows were read.
"""

_which_options: Final[Decorator] = applied(
    option_of("Which incidents")(
        "--limit",
        type=click.IntRange(min=1),
        metavar="N",
        help="List the first N and count the others.  [default: all]",
    ),
)


@answer_command(EPILOG_OF_INCIDENTS, _which_options)
def command(context: click.Context, /, **options: Any) -> None:  # noqa: ANN401 - checked by click, typed below
    """List the outages of a window in order of time, decisive ones with a sign.

    FILE is an export of an alarms table, as of `report`.
    """
    result, output = read_report(options)
    report = result.whole
    incidents = report.incidents()
    listed = incidents[: options["limit"]]
    unlisted = len(incidents) - len(listed)
    if unlisted:
        click.echo(f"Note: {unlisted_text(unlisted, 'incident', '--limit')}", err=True)
    decisive_starts_us = {incident.start_us for incident in decisive_incidents(report) or ()}
    output.write(
        document=lambda: {
            "incidents": [
                {**incident.as_dict(), "is_decisive": incident.start_us in decisive_starts_us} for incident in listed
            ],
            "total": len(incidents),
            "reliability": reliability(report).as_dict(),
        },
        rows=lambda: _csv_rows(listed, decisive_starts_us),
        table=lambda page: _page(page, output.title, report, listed, decisive_starts_us, unlisted),
    )
    context.exit(NOT_CONFIRMED if report.is_of_empty_input else 0)


def _csv_rows(incidents: Sequence[Incident], decisive_starts_us: set[int]) -> Iterator[dict[str, object]]:
    for incident in incidents:
        row = {**incident.as_dict(), "alarms": len(incident.alarms)}
        first_alarm = incident.alarms[0] if incident.alarms else None
        for name in ("id", "severity", "alarm_type", "resource_id", "customer_id", "title"):
            value = getattr(first_alarm, name, None)
            row[f"first_{name}"] = None if value is None else str(value)
        row["is_decisive"] = incident.start_us in decisive_starts_us
        yield row


def _page(
    page: Page,
    title: str,
    report: ComplianceReport,
    incidents: Sequence[Incident],
    decisive_starts_us: set[int],
    unlisted: int,
) -> str:
    from sla_compliance.cli.answer_table import answer_page  # noqa: PLC0415 - needs rich
    from sla_compliance.cli.incident_table import incident_table  # noqa: PLC0415
    from sla_compliance.cli.table import Notes, notes_table  # noqa: PLC0415

    notes: Notes = {}
    if unlisted:
        notes["Cut"] = unlisted_text(unlisted, "incident", "--limit")
    if decisive_starts_us:
        outages = counted(len(decisive_starts_us), "outage")
        notes["Decisive"] = f"without the {outages} with a sign the target would have been met"
    notes["Reliability"] = _reliability_lines(reliability(report))
    table = incident_table(page, incidents, decisive_starts_us)
    return answer_page(page, title, report, [table, notes_table(notes)])


def _reliability_lines(figures: Reliability) -> list[str]:
    """Return reliability figures as sentences; times up are rounded down to seconds, times down up."""
    lines: list[str] = []
    failures = counted(figures.failures, "failure")
    if figures.mean_up_us is None or figures.mean_down_us is None:
        lines.append(f"MTBF: {failures}")
    else:
        lines.append(
            f"MTBF {_seconds_down(figures.mean_up_us)} up for each of {failures},"
            f" {_seconds_up(figures.mean_down_us)} down"
        )
    if figures.mttr_us is not None and figures.median_us is not None and figures.longest_us is not None:
        lines.append(
            f"MTTR {_seconds_up(figures.mttr_us)} of {counted(figures.restorations, 'restoration')},"
            f" median {_seconds_up(figures.median_us)}, longest {_seconds_up(figures.longest_us)}"
        )
    if figures.mtta_us is not None:
        acknowledged = f"{figures.acknowledged:,} of {counted(figures.raised, 'alarm')} acknowledged"
        lines.append(f"MTTA {_seconds_up(figures.mtta_us)}, {acknowledged}")
    if figures.oldest_open_us is not None:
        lines.append(f"{figures.still_open:,} still open, for {_seconds_up(figures.oldest_open_us)}")
    return lines


def _seconds_up(length_us: Fraction | int) -> str:
    return length_text(ceil(Fraction(length_us, SECOND_US)) * SECOND_US)


def _seconds_down(length_us: Fraction | int) -> str:
    return length_text(floor(Fraction(length_us, SECOND_US)) * SECOND_US)
