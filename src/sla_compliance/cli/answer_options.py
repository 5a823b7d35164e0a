"""How commands that answer one question of one report read its rows, and where they write the answer."""
################################################################
# They share the options of `report` that say how rows are read and what was agreed.
# An answer is of one tenant, so --all-tenants is refused. Standard error says what
# `report` says there: what was set aside, and why a verdict is not confirmed.
################################################################

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import click

from sla_compliance.calendars.periods import Period
from sla_compliance.cli.agreed_evaluation import Evaluation
from sla_compliance.cli.agreement_options import agreement_options
from sla_compliance.cli.destination import FORMAT_BY_SUFFIX, check_output, format_of, write_pieces
from sla_compliance.cli.evaluation import ReportResult, make_reports, notes_of
from sla_compliance.cli.inputs import read_rows
from sla_compliance.cli.option_groups import Decorator, GroupedCommand, applied, option_of
from sla_compliance.cli.parameters import complete_file
from sla_compliance.cli.row_options import RowOptions, row_options
from sla_compliance.outlets.text import counted

if TYPE_CHECKING:
    from sla_compliance.cli.table import Page

FORMATS_OF_ANSWERS: Final = ("table", "json", "csv")

_output = option_of("Output")


def output_options(formats: Sequence[str]) -> Decorator:
    """Return the options about output of a command that writes these formats, of which the first is the default."""
    return applied(
        _output("--format", "format_name", type=click.Choice(formats), help=f"What to write.  [default: {formats[0]}]"),
        _output(
            "--output",
            metavar="FILE",
            shell_complete=complete_file,
            help="Write there, in the format of its ending.  [default: standard output]",
        ),
        _output("--title", metavar="TEXT", help="Heading of tables.  [default: the tenant, else the files]"),
    )


def answer_command(
    epilog: str, own_options: Decorator, formats: Sequence[str] = FORMATS_OF_ANSWERS
) -> Callable[[Callable[..., None]], click.Command]:
    """Return the decorator of a command that answers a question of one report, by a function of context and options.

    Args:
        own_options: those of the question; in the help they stand between those of rows and those of output.
    """
    options = applied(agreement_options, row_options, own_options, output_options(formats))

    def decorate(function: Callable[..., None]) -> click.Command:
        return click.command(cls=GroupedCommand, epilog=epilog)(options(click.pass_context(function)))

    return decorate


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerOutput:
    """Where an answer is written, and how.

    Attributes:
        format_name: one of the command's formats.
        path: the file to write; None: standard output.
        title: heading of tables.
    """

    format_name: str
    path: str | None
    title: str

    @classmethod
    def of(
        cls, options: Mapping[str, Any], rows: RowOptions, formats: Sequence[str], read_files: Iterable[str] = ()
    ) -> AnswerOutput:
        """Return the options of `output_options`, checked.

        Args:
            formats: those of the command, the default first.
            read_files: what the command reads besides the files of all commands.

        Raises:
            UsageError: the file has an ending of no format of the command, or is one that is read.
        """
        path, format_name = options["output"], options["format_name"]
        windows_and_contract = [*options["maintenance"], *options["exclusions"], options["contract"]]
        all_read_files = list(filter(None, [*rows.files, *rows.corrections, *windows_and_contract, *read_files]))
        if path is not None:
            check_output(path, all_read_files)
            format_name = format_name or format_of(path)
        if options.get("evidence") is not None:  # of `statement`
            check_output(options["evidence"], all_read_files, "--evidence")
        if format_name not in (None, *formats):
            endings = ", ".join(suffix for suffix, name in FORMAT_BY_SUFFIX.items() if name in formats)
            raise click.UsageError(f"--output {path} has none of the endings {endings}; choose one, or give --format")
        return cls(format_name=format_name or formats[0], path=path, title=options["title"] or rows.title)

    def write(
        self,
        *,
        document: Callable[[], object],
        rows: Callable[[], Iterable[Mapping[str, object]]],
        table: Callable[[Page], str],
    ) -> None:
        """Write an answer in the format that was chosen: as a JSON document, as rows of CSV, or as a table."""
        if self.format_name == "json":
            self.write_json(document())
        elif self.format_name == "csv":
            self.write_csv(rows())
        else:
            self.write_table(table)

    def write_text(self, text: str) -> None:
        """Write a text as UTF-8."""
        write_pieces([text], self.path)

    def write_json(self, document: object) -> None:
        """Write a document of JSON types; other characters than ASCII stand as they are."""
        self.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n")

    def write_csv(self, rows: Iterable[Mapping[str, object]]) -> None:
        """Write rows that all have the same keys; nothing without a row."""
        from sla_compliance.outlets.csv import csv_lines  # noqa: PLC0415 - other formats do not need it

        write_pieces(csv_lines(rows), self.path)

    def write_table(self, write: Callable[[Page], str]) -> None:
        """Write what a function makes of the page: as wide as the terminal, and plain in a file."""
        from sla_compliance.cli.table import Page  # noqa: PLC0415 - needs rich, as the progress

        # A file has the characters of UTF-8 and no colour, whatever the terminal.
        stream = sys.stdout if self.path is None else io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
        encoding = stream.encoding if self.path is None else "utf-8"
        write_pieces([write(Page(stream))], self.path, encoding or "utf-8")


def read_report(
    options: Mapping[str, Any],
    formats: Sequence[str] = FORMATS_OF_ANSWERS,
    read_files: Iterable[str] = (),
    *,
    takes_untenanted: bool = False,
    whole_period: Period | None = None,
) -> tuple[ReportResult, AnswerOutput]:
    """Return the report of the rows, and where its answer is written; notes on the rows go to standard error.

    Args:
        options: of `agreement_options`, `row_options` and `output_options`.
        formats: those of the command, the default first.
        read_files: what the command reads besides.
        takes_untenanted: whether files without a column tenant_id hold the rows of the tenant of --tenant.
        whole_period: as Evaluation has it.

    Raises:
        SLAComplianceError: an option is wrong, or a file, or rows are bad.
        UsageError: options contradict each other, or one is missing.
    """
    evaluation = Evaluation.of(options, datetime.now(UTC), whole_period=whole_period)
    rows = replace(RowOptions.of(options, evaluation.settings.rows), takes_untenanted=takes_untenanted)
    if rows.of_all_tenants:
        raise click.UsageError("--all-tenants has no answer of its own; give --tenant ID")
    output = AnswerOutput.of(options, rows, formats, read_files)
    evaluation, alarms = read_rows(rows, evaluation, each=None)
    result = make_reports(alarms, None, evaluation, rows.tenant_id)
    for note in notes_of(result):
        click.echo(f"Note: {note}", err=True)
    return result, output


def unlisted_text(unlisted: int, noun: str, option: str) -> str:
    """Return a sentence on how many things an option leaves out.

    >>> unlisted_text(3, "incident", "--limit")
    '3 more incidents are not listed; a higher --limit lists them'
    """
    verb = "is" if unlisted == 1 else "are"
    return f"{counted(unlisted, f'more {noun}')} {verb} not listed; a higher {option} lists them"
