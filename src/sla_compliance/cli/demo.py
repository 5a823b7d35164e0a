"""`sla-compliance demo`: ninety days of a provider that does not exist, written, read back and reported."""
################################################################
# All figures come from the SQLite file, none from memory; only the monitored time
# comes from the sample, for neither the platform's tables nor an export hold it.
################################################################

from __future__ import annotations

import shlex
import sys
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click
from rich.box import SIMPLE_HEAD
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from sla_compliance.batch import AlarmBatch
from sla_compliance.calendars.periods import Period
from sla_compliance.cli.demo_alerts import alerts_text
from sla_compliance.cli.demo_exports import write_exports
from sla_compliance.cli.demo_report import write_demo_report
from sla_compliance.cli.destination import check_ending
from sla_compliance.cli.output import emit
from sla_compliance.cli.report_documents import BINARY_FORMATS, DOCUMENT_FORMATS
from sla_compliance.cli.table import Page, periods_page
from sla_compliance.compliance import EvaluationKeywords, evaluate, evaluate_each
from sla_compliance.outlets import document
from sla_compliance.outlets.html import document_page
from sla_compliance.outlets.text import TERMINAL, clock_length, counted
from sla_compliance.report import ComplianceReport
from sla_compliance.samples import SampleProvider, batch_of, sample_provider
from sla_compliance.server.sample_database import read_alarm_rows, read_windows, write_file

WORST_SHOWN: Final = 8
PROGRAM: Final = "sla-compliance"
TITLE: Final = "Sample provider"


@dataclass(frozen=True, slots=True)
class Files:
    """The files of the demonstration."""

    folder: Path

    @property
    def database(self) -> Path:
        """The platform's tables."""
        return self.folder / "sample.sqlite"

    @property
    def alarms(self) -> Path:
        """An export of the alarms."""
        return self.folder / "alarms.csv"

    @property
    def maintenance(self) -> Path:
        """An export of the maintenance windows."""
        return self.folder / "maintenance.csv"

    @property
    def page(self) -> Path:
        """The report to open in a browser."""
        return self.folder / "report.html"


@click.command()
@click.option("--seed", default=1, show_default=True, help="Another number gives another provider of the same kind.")
@click.option(
    "--directory",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("sla-compliance-demo"),
    show_default=True,
    help="Where to write the files; made if need be.",
)
@click.option(
    "--report",
    "report_format",
    type=click.Choice(DOCUMENT_FORMATS),
    help="Also write the report of the last whole month, as a customer gets it.",
)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="With --report: where to write it.  [default: demo.pdf or the like, here]",
)
@click.option("--alerts", "shows_alerts", is_flag=True, help="Only print which alerts would have been sent; no files.")
def command(seed: int, folder: Path, report_format: str | None, output: Path | None, shows_alerts: bool) -> None:
    """Show it at work on 90 days of made-up alarms: a table here, a page to open in a browser, files to try it on."""
    if output is not None and report_format is None:
        raise click.UsageError("--output is the file of --report; give --report too")
    if output is not None and report_format is not None:
        check_ending(str(output), report_format, BINARY_FORMATS)
    files = Files(folder)
    provider = sample_provider(datetime.now(UTC).replace(microsecond=0), seed=seed)
    if shows_alerts:
        emit(alerts_text(provider), sys.stdout.encoding or "utf-8")
        return
    write_files(provider, files)
    report, resources = reports(provider, files)
    files.page.write_text(document_page(document(report, title=TITLE)), encoding="utf-8")
    page = Page(sys.stdout)
    table = periods_page(page, f"{TITLE}, made up", report, Period.DAY)
    worst = page.text(_worst_resources(resources, provider))
    steps = _next_steps(provider, files)
    if report_format is not None:
        path = write_demo_report(*rows_and_terms(provider, files), report_format, output)
        steps = f"\nOpen the report of last month\n  {path.resolve()}\n{steps}"
    emit(table + worst + steps, sys.stdout.encoding or "utf-8")


def write_files(provider: SampleProvider, files: Files) -> None:
    """Write the database and the exports."""
    files.folder.mkdir(parents=True, exist_ok=True)
    write_file(provider, files.database)
    write_exports(provider, files.alarms, files.maintenance)


def rows_and_terms(provider: SampleProvider, files: Files) -> tuple[AlarmBatch, EvaluationKeywords]:
    """Return the alarms in the database, and by what they are evaluated."""
    terms = provider.terms
    terms["maintenance"] = read_windows(files.database)
    return batch_of(read_alarm_rows(files.database)), terms


def reports(provider: SampleProvider, files: Files) -> tuple[ComplianceReport, Mapping[Hashable, ComplianceReport]]:
    """Return the report of all alarms in the database, and the report of each device."""
    batch, terms = rows_and_terms(provider, files)
    keys = [device.id for device in provider.inventory]
    return evaluate(batch, **terms), evaluate_each(batch, by="resource_id", inventory=keys, **terms)


def _worst_resources(resources: Mapping[Hashable, ComplianceReport], provider: SampleProvider) -> RenderableType:
    """Return the devices that were down longest."""
    names = {device.id: device.name for device in provider.inventory}
    ranked = sorted(resources.items(), key=lambda entry: (-entry[1].total.downtime_us, str(entry[0])))
    failed = sum(report.total.downtime_us > 0 for report in resources.values())
    table = Table(
        box=SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
        title=f"Worst resources ({failed} of {counted(len(resources), 'device')} were ever down)",
        title_justify="left",
        title_style="bold",
    )
    for name in ("Resource", "Name"):
        table.add_column(name)
    for name in ("Availability", "Downtime", "Breached days"):
        table.add_column(name, justify="right")
    for key, report in ranked[:WORST_SHOWN]:
        total = report.total
        availability = TERMINAL.percentage(total.compliance_text)
        downtime = clock_length(total.downtime_us)
        cells = (str(key), names[str(key)], availability, downtime, str(total.sla_breaches))
        table.add_row(*map(Text, cells))
    return table


def _next_steps(provider: SampleProvider, files: Files) -> str:
    """Return the paths of the files and a command to try; they are not wrapped, so that they can be copied."""
    return (
        f"\nOpen in a browser\n  {files.page.resolve()}\n"
        "\nTry next, on the export (which does not say when the monitoring was down)\n"
        f"  {next_command(provider, files)}\n"
        f"\nDatabase, with the tables alarms, maintenance_windows and tenants\n  {files.database}\n"
    )


def next_command(provider: SampleProvider, files: Files) -> str:
    """Return the report command that reads the exports as of the same instant; it has several lines."""
    first, last = provider.start.date(), provider.now.date()
    lines = (
        f"{shlex.quote(program(sys.argv[0]))} report {shlex.quote(str(files.alarms))}",
        f"--zone {provider.zone} --from {first} --to {last}",
        f"--as-of {provider.now.isoformat()} --on-invalid quarantine",
        f"--maintenance {shlex.quote(str(files.maintenance))}",
    )
    return " \\\n    ".join(lines)


def program(started_as: str) -> str:
    """Return the name to start this program by: its path where that is below the working directory.

    >>> program("/usr/bin/sla-compliance")
    'sla-compliance'
    """
    path = Path(started_as)
    is_below = path.name.startswith(PROGRAM) and path.is_relative_to(Path.cwd())
    return str(path.relative_to(Path.cwd())) if is_below else PROGRAM
