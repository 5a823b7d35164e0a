"""The options of `report` about figures and output."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, get_args

import click

from sla_compliance.calendars.periods import Period
from sla_compliance.cli.destination import check_ending, check_output, format_of
from sla_compliance.cli.option_groups import Decorator, applied, option_of
from sla_compliance.cli.parameters import complete_file
from sla_compliance.cli.report_documents import BINARY_FORMATS, DocumentOptions, document_options
from sla_compliance.cli.row_options import RowOptions
from sla_compliance.outlets.outcome_levels import OutcomeLevel
from sla_compliance.readings import Unkeyed
from sla_compliance.sources.files import TENANT_COLUMN

PERIODS: Final = ("hour", "day", "week", "month", "quarter", "year")
FORMATS: Final = ("table", "json", "csv", "html", "pdf", "xlsx", "parquet")

_figures = option_of("Which figures")
_output = option_of("Output")
_streamed = option_of("Files larger than memory (--each COLUMN --output days.parquet)")

report_options: Final[Decorator] = applied(
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
        help="Write there, in the format of its ending; with --each also a FOLDER/, a file for each value.  "
        "[default: standard output]",
    ),
    _output("--title", metavar="TEXT", help="Heading of tables and documents.  [default: the tenant, else the files]"),
    _output("--detail", is_flag=True, help="Add verdicts, doubts, seconds and cells to JSON and CSV."),
    _output(
        "--only-if",
        type=click.Choice([outcome.value for outcome in OutcomeLevel]),
        help="Write only what ends so, in the sense of --fail-on; into a folder each value by itself.",
    ),
    _output(
        "--fail-on",
        type=click.Choice([outcome.value for outcome in OutcomeLevel]),
        default=OutcomeLevel.UNCONFIRMED.value,
        show_default=True,
        help="The mildest outcome that is no success: only breached; or unconfirmed, too; or at risk, too.",
    ),
    document_options,
    _streamed(
        "--processes",
        type=click.IntRange(min=1),
        metavar="N",
        help="How many work at a time.  [default: one for each two million rows, up to all cores]",
    ),
    _streamed("--restart", is_flag=True, help="Forget what an unfinished run of the same output has done."),
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
        output: the file or the folder to write; None: standard output.
        is_folder: whether it is a folder, for a file of each key.
        read_files: what the command reads.
        title: heading of tables.
        documents: what stands at the head of documents.
        detail: whether records are written in full.
        only_if: the mildest outcome that is written; None: every one is.
        fail_on: the mildest outcome that is no success.
    """

    period: Period
    each: str | None
    inventory: str | None
    unkeyed: Unkeyed
    worst: int | None
    format_name: str
    output: str | None
    is_folder: bool
    read_files: tuple[str, ...]
    title: str
    documents: DocumentOptions
    detail: bool
    only_if: OutcomeLevel | None
    fail_on: OutcomeLevel

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
        read_files = [*rows.files, *rows.corrections, *options["maintenance"], *options["exclusions"]]
        read_files += filter(None, (options["inventory"], options["contract"], options["logo"]))
        output = options["output"]
        is_folder = _is_folder(output, options["format_name"], each)
        format_name = _format_name(output, options["format_name"], is_folder=is_folder)
        if output is not None and not is_folder:
            check_output(output, read_files)
            check_ending(output, format_name, BINARY_FORMATS)
        _check_format(format_name, output, each, is_folder=is_folder)
        return cls(
            period=Period.HOUR if options["by"] == "hour" else Period.of(options["by"]),
            each=each,
            inventory=options["inventory"],
            unkeyed=options["unkeyed"] or "doubt",
            worst=options["worst"],
            format_name=format_name,
            output=output,
            is_folder=is_folder,
            read_files=tuple(read_files),
            title=options["title"] or rows.title,
            documents=DocumentOptions.of(options, format_name, rows.title),
            detail=options["detail"],
            only_if=None if options["only_if"] is None else OutcomeLevel(options["only_if"]),
            fail_on=OutcomeLevel(options["fail_on"]),
        )


def _is_folder(output: str | None, format_name: str | None, each: str | None) -> bool:
    """Return whether the output is a folder: it ends so, it is there, or a file could not hold what is written.

    Raises:
        UsageError: it is one, and one report is to be written.
    """
    if output is None:
        return False
    is_folder = output.endswith(("/", os.sep)) or Path(output).is_dir()
    if is_folder and each is None:
        raise click.UsageError(
            f"--output {output} is a folder; give the name of a file, or --each COLUMN for a file of each value"
        )
    has_own_ending = Path(output).suffix.lower().removeprefix(".") in FORMATS
    return is_folder or (each is not None and format_name in BINARY_FORMATS and not has_own_ending)


def _format_name(output: str | None, format_name: str | None, *, is_folder: bool) -> str:
    """Return the format that is written: as it was given, else by the ending of the file."""
    if format_name is not None:
        return format_name
    if is_folder:
        raise click.UsageError(f"--output {output} is a folder; say with --format what its files are, e.g. pdf")
    return "table" if output is None else format_of(output)


def _check_format(format_name: str, output: str | None, each: str | None, *, is_folder: bool) -> None:
    """Check that a binary format goes where it can go."""
    if format_name not in BINARY_FORMATS:
        return
    if each is not None and not is_folder:
        raise click.UsageError(
            f"--format {format_name} has one report in a file; with --each give --output FOLDER/, "
            "for a file of each value"
        )
    if output is None and sys.stdout.isatty():
        raise click.UsageError(
            f"--format {format_name} is nothing for a terminal; give --output report.{format_name}, "
            "or send it to a file"
        )
