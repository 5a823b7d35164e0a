"""The options of `report` when its days go to a Parquet file: which of them mean nothing there."""
################################################################
# The days of many keys are written as a table, key by key: there is no page, no report
# of all keys together, and no verdict of the whole range, so options about these are refused
# rather than ignored.
################################################################

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any, Final

import click
from click.core import ParameterSource

from sla_compliance.cli.destination import check_output
from sla_compliance.cli.row_options import RowOptions
from sla_compliance.readings import Unkeyed
from sla_compliance.sources.files import STANDARD_INPUT

FORMAT: Final = "parquet"
SUFFIX: Final = ".parquet"
_OF_OTHER_FORMATS: Final = {
    "by": "a Parquet file has the days",
    "worst": "a Parquet file has the days of all keys",
    "title": "a Parquet file has no heading",
    "detail": "a Parquet file has its columns",
    "only_if": "a Parquet file has the days of all keys",
    "fail_on": "with a Parquet file the exit code says whether it was written; the verdicts stand in it",
    "locale": "a Parquet file has no text to translate",
    "customer": "a Parquet file has no heading",
    "agreement": "a Parquet file has no heading",
    "issued_by": "a Parquet file has no heading",
    "logo": "a Parquet file has no heading",
    "corrections": "corrections need all rows at once; write another format, or correct the rows in the file",
    "changes": "a log of state changes needs all rows at once; write another format",
    "database_url": "a Parquet file is made of Parquet files; write another format, or export the table as Parquet",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamedOptions:
    """The options about keys and output.

    Attributes:
        each: the column of the keys.
        inventory: the file of what there is; None: what rows name.
        unkeyed: whose the rows without a key are.
        output: the file to write.
        processes: how many work at a time; None: as many as the rows are worth.
        restarts: whether an unfinished run is forgotten.
    """

    each: str
    inventory: str | None
    unkeyed: Unkeyed
    output: Path
    processes: int | None
    restarts: bool

    @classmethod
    def of(cls, context: click.Context, options: Mapping[str, Any]) -> StreamedOptions:
        """Return the options, checked.

        Raises:
            UsageError: one is missing, or means nothing for a Parquet file.
        """
        names = {param.name: param.opts[0] for param in context.command.params if isinstance(param, click.Option)}
        for name, reason in _OF_OTHER_FORMATS.items():
            is_given = name in names and context.get_parameter_source(name) is ParameterSource.COMMANDLINE
            if is_given and (name, options[name]) != ("by", "day"):
                raise click.UsageError(f"{names[name]} does not fit --format {FORMAT}: {reason}")
        each, output = options["each"], options["output"]
        if each is None:
            raise click.UsageError(f"--format {FORMAT} is the days of many keys; give --each COLUMN, e.g. tenant_id")
        if output is None or Path(output).is_dir() or output.endswith(("/", os.sep)):
            raise click.UsageError(f"--format {FORMAT} goes to a file; give --output days{SUFFIX}")
        if PurePath(output.lower()).suffix != SUFFIX:
            raise click.UsageError(f"--output {output} is to be Parquet; let its name end in {SUFFIX}")
        _check_files(options, output)
        return cls(
            each=each,
            inventory=options["inventory"],
            unkeyed=options["unkeyed"] or "doubt",
            output=Path(os.path.realpath(output)),
            processes=options["processes"],
            restarts=options["restart"],
        )


def is_streamed(options: Mapping[str, Any]) -> bool:
    """Return whether the output is a Parquet file, by its format, else by its ending."""
    if options["format_name"] is not None:
        return bool(options["format_name"] == FORMAT)
    output = options["output"]
    return output is not None and PurePath(output.lower()).suffix == SUFFIX and not Path(output).is_dir()


def check_not_streamed(options: Mapping[str, Any]) -> None:
    """Check that no option is given that a Parquet file alone has; raises UsageError."""
    for name in ("processes", "restart"):
        if options[name]:
            raise click.UsageError(f"--{name} is about a Parquet file; give --output days{SUFFIX} too")


def check_rows(rows: RowOptions) -> None:
    """Check that rows are of a kind that can be streamed; raises UsageError."""
    if rows.change_keywords is not None:
        raise click.UsageError("the contract file says that files are logs of state changes; write another format")


def _check_files(options: Mapping[str, Any], output: str) -> None:
    files = options["files"]
    if not files:
        raise click.UsageError("Missing argument 'FILE...'; give a Parquet file, or a folder of them")
    for file in files:
        is_parquet = PurePath(file.lower()).suffix == SUFFIX or Path(file).is_dir()
        if file == STANDARD_INPUT or not is_parquet:
            raise click.UsageError(
                f"--format {FORMAT} reads Parquet files, and {file} is none; convert it, or write another format"
            )
        if Path(file).is_dir() and Path(os.path.realpath(file)) in Path(os.path.realpath(output)).parents:
            raise click.UsageError(f"--output {output} is inside {file}, which is read; give another folder")
    further_files = [*files, *options["maintenance"], *options["exclusions"]]
    further_files += filter(None, (options["inventory"], options["contract"]))
    check_output(output, further_files)
