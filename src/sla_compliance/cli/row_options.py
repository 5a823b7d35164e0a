"""The options by which files of alarms are read; every command that reads some shares them."""
################################################################
# An option wins over the contract file, each by itself: a mapped column changes that
# column. Without either, the defaults are those of FileAlarmSource.
#
# --changes reads a log of state changes in place of a file with a row an alarm. It
# has a time, a state and a key, so options about other columns are refused beside it.
################################################################

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, get_args

import click

from sla_compliance.batch import AlarmBatch
from sla_compliance.cli.messages import named_by_option
from sla_compliance.cli.option_groups import Decorator, applied, option_of
from sla_compliance.cli.parameters import (
    complete_file,
    parse_column_mapping,
    parse_conditions,
    parse_length,
    parse_word_map,
    parse_words,
)
from sla_compliance.corrections import Correction
from sla_compliance.outlets.text import counted
from sla_compliance.rows.change_reader import Before
from sla_compliance.rows.options import COMMAND_LINE
from sla_compliance.rows.times import Epoch
from sla_compliance.settings import RowSettings
from sla_compliance.sources.correction_files import read_corrections
from sla_compliance.sources.files import (
    STANDARD_INPUT,
    FileAlarmSource,
    FileChangeSource,
    Progress,
    unobserved,
)

_rows = option_of("How rows are read")
_log = option_of("Logs of state changes")
_database = option_of("Rows of a database")

# Options of rows of alarms, which mean nothing in a log of state changes.
_OF_ALARMS: Final = {
    "severity_map": "--map-severity",
    "status_map": "--map-status",
    "clock_skew": "--clock-skew",
    "corrections": "--corrections",
}
# Options of files, which mean nothing for the mapped tables of a database.
_OF_FILES: Final = {
    "columns": "--column",
    "times_in": "--times-in",
    "epoch": "--epoch",
    "severity_map": "--map-severity",
    "status_map": "--map-status",
    "where": "--where",
    "changes": "--changes",
    "down": "--down",
    "up": "--up",
    "per": "--per",
    "before_first": "--before-first",
}
# What a log of state changes calls the option that FileAlarmSource has too.
_SHARED: Final = ("times_in", "epoch", "on_invalid")
_TIME_COLUMNS: Final = ("at", "first_occurrence")

row_options: Final[Decorator] = applied(
    click.argument("files", nargs=-1, metavar="FILE...", shell_complete=complete_file),
    _rows(
        "--column",
        "columns",
        multiple=True,
        callback=parse_column_mapping,
        metavar="NAME=OWN",
        help="What the files call a column, e.g. first_occurrence=raised_at; several times.",
    ),
    _rows("--times-in", metavar="ZONE", help="Zone of times without an offset.  [default: they are refused]"),
    _rows(
        "--epoch",
        type=click.Choice(get_args(Epoch)),
        help="Unit of numbers that count from 1970.  [default: they are refused]",
    ),
    _rows(
        "--map-severity",
        "severity_map",
        multiple=True,
        callback=parse_word_map,
        metavar="OURS=THEIRS,...",
        help='What the files call a severity, e.g. critical=High,Disaster; "minor=*" takes all others; several times.',
    ),
    _rows(
        "--map-status",
        "status_map",
        multiple=True,
        callback=parse_word_map,
        metavar="OURS=THEIRS,...",
        help="What they call a status, e.g. resolved=Done,OK; several times.",
    ),
    _rows(
        "--where",
        multiple=True,
        callback=parse_conditions,
        metavar="COLUMN=VALUE",
        help="Take these rows alone; several columns: all must match; one column several times: either value.",
    ),
    _rows(
        "--corrections",
        multiple=True,
        metavar="FILE",
        shell_complete=complete_file,
        help="What people know better: row_id, starts, ends, severity, void, reason, author, entered_at; several.",
    ),
    _rows("--tenant", metavar="ID", help="Whose rows to take, where files hold those of several tenants."),
    _rows(
        "--on-invalid",
        type=click.Choice(["raise", "quarantine"]),
        help="Refuse files with bad rows, or set the rows aside and say so.  [default: raise]",
    ),
    _rows(
        "--clock-skew",
        callback=parse_length,
        metavar="LENGTH",
        help="Let alarms clear this much too early.  [default: 5m]",
    ),
    _database(
        "--database-url", metavar="URL", help="Read a database in place of files, e.g. postgresql://host/platform."
    ),
    _database("--all-tenants", is_flag=True, help="Of all its tenants; else --tenant says whose rows."),
    _log(
        "--changes", metavar="COLUMN", help="A row is a change, of the state in this column; its time is column `at`."
    ),
    _log("--down", multiple=True, callback=parse_words, metavar="WORD,...", help="States that are down; needed."),
    _log(
        "--up",
        multiple=True,
        callback=parse_words,
        metavar="WORD,...",
        help="States that are up.  [default: every other word]",
    ),
    _log("--per", metavar="COLUMN", help="Column of what changes, e.g. monitor.  [default: all rows are of one]"),
    _log(
        "--before-first",
        type=click.Choice(get_args(Before)),
        help="The state before a first row; auto: up where that row is down, else unknown.  [default: auto]",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowOptions:
    """Files of alarms, and how their rows are read.

    Attributes:
        files: paths; "-" is standard input.
        tenant_id: whose rows to take; None: those of the only tenant there is.
        corrections: files of corrections.
        alarm_keywords: keywords of FileAlarmSource; None where the files are logs.
        change_keywords: keywords of FileChangeSource; None where a row is an alarm.
        database_url: the database that is read in place of files; None: files are.
        of_all_tenants: whether the rows of all its tenants are read.
        takes_untenanted: whether files without a column tenant_id hold the tenant's rows.
    """

    files: tuple[str, ...]
    tenant_id: str | None
    corrections: tuple[str, ...]
    alarm_keywords: Mapping[str, Any] | None
    change_keywords: Mapping[str, Any] | None
    database_url: str | None = None
    of_all_tenants: bool = False
    takes_untenanted: bool = False

    @classmethod
    def of(cls, options: Mapping[str, Any], rows: RowSettings) -> RowOptions:
        """Return the options of `row_options` with those of a contract file in place of the ones that were not given.

        Raises:
            UsageError: options contradict each other.
        """
        _check_database_options(options)
        is_database = options["database_url"] is not None
        is_log = not is_database and (options["changes"] is not None or rows.changes is not None)
        if not is_database:
            _check_log_options(options, rows)
        return cls(
            files=options["files"],
            tenant_id=options["tenant"],
            corrections=options["corrections"],
            alarm_keywords=None if is_log else _alarm_keywords(options, rows),
            change_keywords=_change_keywords(options, rows) if is_log else None,
            database_url=options["database_url"],
            of_all_tenants=options["all_tenants"],
        )

    @property
    def title(self) -> str:
        """What the figures are about: the tenant, else the files."""
        if self.tenant_id:
            return self.tenant_id
        if self.of_all_tenants:
            return "all tenants"
        return ", ".join("standard input" if file == STANDARD_INPUT else file for file in self.files)

    def read(self, *, of_all_tenants: bool = False) -> AlarmBatch:
        """Return the alarms of the files; on a terminal, show how far reading has got.

        Raises:
            SLAComplianceError: an option is wrong, or a file; as the sources.
        """
        if not sys.stderr.isatty():
            return self._read(unobserved, of_all_tenants=of_all_tenants)
        from sla_compliance.cli.progress import reading_bar  # noqa: PLC0415 - needs rich, which scripts may lack

        with reading_bar() as progress:
            return self._read(progress, of_all_tenants=of_all_tenants)

    def _read(self, progress: Progress, *, of_all_tenants: bool) -> AlarmBatch:
        source = self._source(progress)
        batch = (
            source.read_all_tenants()
            if of_all_tenants
            else source.read(self.tenant_id, takes_untenanted=self.takes_untenanted)
        )
        if self.tenant_id and not batch and not batch.rejected:
            where = (
                " that --where lets through" if (self.alarm_keywords or self.change_keywords or {}).get("where") else ""
            )
            click.echo(f"Note: the files hold no row of tenant {self.tenant_id!r}{where}.", err=True)
        return batch

    def read_corrections(self) -> list[Correction]:
        """Return the corrections of their files; says how many of them are not filled in."""
        keywords = self.alarm_keywords or {}
        corrections: list[Correction] = []
        for path in self.corrections:
            file = read_corrections(
                path, times_in=keywords.get("times_in"), epoch=keywords.get("epoch"), option_names=COMMAND_LINE
            )
            if file.unfilled:
                click.echo(f"Note: {counted(file.unfilled, 'row')} of {path} not filled in.", err=True)
            corrections += file.corrections
        return corrections

    def _source(self, progress: Progress) -> FileAlarmSource | FileChangeSource:
        # Renamed where the source is made: its later errors are about files, which may be called like an option.
        with named_by_option(
            columns="--column",
            times_in="--times-in",
            severity_map="--map-severity",
            status_map="--map-status",
            down="--down",
            up="--up",
        ):
            if self.change_keywords is not None:
                return FileChangeSource(
                    *self.files, **self.change_keywords, progress=progress, option_names=COMMAND_LINE
                )
            source_options = {**(self.alarm_keywords or {}), "progress": progress, "option_names": COMMAND_LINE}
            FileAlarmSource(*self.files, **source_options)  # checks the options before a file of corrections is read
        return FileAlarmSource(*self.files, **source_options, corrections=self.read_corrections())


def _check_database_options(options: Mapping[str, Any]) -> None:
    """Check that rows are of files or of a database, and that the other options fit."""
    if options["database_url"] is None:
        if not options["files"]:
            raise click.UsageError("Missing argument 'FILE...'; give a file, or --database-url URL")
        if options["all_tenants"]:
            raise click.UsageError("--all-tenants is about a database; of files, give --each tenant_id")
        return
    if options["files"]:
        raise click.UsageError("--database-url stands beside files; give one or the other")
    if options["all_tenants"] == (options["tenant"] is not None):
        raise click.UsageError("--database-url needs either --tenant ID or --all-tenants")
    for name, option in _OF_FILES.items():
        if _given(options, name):
            raise click.UsageError(
                f"{option} is about files; the columns and words of a database stand in [tables] of --contract FILE"
            )


def _check_log_options(options: Mapping[str, Any], rows: RowSettings) -> None:
    """Check that options of logs and of alarms do not stand side by side."""
    if options["changes"] is None and rows.changes is None:
        for name, option in (("down", "--down"), ("up", "--up"), ("per", "--per"), ("before_first", "--before-first")):
            if options[name]:
                raise click.UsageError(f"{option} is of a log of state changes; give --changes COLUMN too")
        return
    if not options["down"] and rows.changes is None:
        raise click.UsageError("Missing option '--down'; give the words of --changes that are down, e.g. --down Down")
    for name, option in _OF_ALARMS.items():
        if _given(options, name):
            raise click.UsageError(f"{option} means nothing in a log of state changes; leave it out")
    for name in options["columns"]:
        if name not in _TIME_COLUMNS:
            raise click.UsageError(
                f"--column {name} means nothing in a log of state changes; its columns are --changes, --per and "
                "--column at=Time"
            )


def _given(options: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """Return the options of these names that were given."""
    return {name: options[name] for name in names if options[name] not in (None, (), {})}


def _alarm_keywords(options: Mapping[str, Any], rows: RowSettings) -> dict[str, Any]:
    columns = {**rows.options.get("columns", {}), **options["columns"]}
    given = _given(options, "severity_map", "status_map", "clock_skew", "where", *_SHARED)
    return {**rows.options, **given, "columns": columns}


def _change_keywords(options: Mapping[str, Any], rows: RowSettings) -> dict[str, Any]:
    given = _given(options, "down", "up", "where", *_SHARED)
    for option, keyword in (("changes", "state"), ("per", "key"), ("before_first", "before")):
        if options[option] is not None:
            given[keyword] = options[option]
    for name in _TIME_COLUMNS:
        if name in options["columns"]:
            given["at"] = options["columns"][name]
    shared = {name: rows.options[name] for name in _SHARED if name in rows.options}
    return {**shared, **(rows.changes or {}), **given}
