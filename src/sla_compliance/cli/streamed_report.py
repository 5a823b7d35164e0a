"""`report --each COLUMN --output days.parquet`: the days of all keys, larger than memory."""
################################################################
# What was done so far is kept in the folder days.parquet.parts. The same command goes
# on there, as of the instant at which it first began. Bad input leaves nothing to go on
# with, so the folder is removed.
################################################################

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import click

from sla_compliance.calendars.exclusions import Exclusion, MaintenanceWindow
from sla_compliance.certainty import INPUT_DOUBTS_IN_WORDS, DoubtCause
from sla_compliance.cli.agreed_evaluation import Evaluation
from sla_compliance.cli.messages import named_by_option
from sla_compliance.cli.row_options import RowOptions
from sla_compliance.cli.streamed_options import StreamedOptions, check_rows
from sla_compliance.errors import SLAComplianceError
from sla_compliance.evaluation import EvaluationKeywords
from sla_compliance.inventory import Inventory
from sla_compliance.measured import DayFact, FactCode
from sla_compliance.outlets.text import counted
from sla_compliance.quality import lines_of
from sla_compliance.rows.options import COMMAND_LINE
from sla_compliance.sources._files.table import RowChoice, checked_where
from sla_compliance.sources.files import CLOCK_SKEW, TENANT_COLUMN
from sla_compliance.sources.inventory_files import read_inventory
from sla_compliance.streaming.input_files import InputFile, input_files
from sla_compliance.streaming.plan import StreamPlan
from sla_compliance.streaming.question import RowKeywords, StreamedQuestion
from sla_compliance.streaming.runs import RunResult, StepProgress, plan_of, run_plan
from sla_compliance.streaming.work_folder import WorkFolder, check_same_run
from sla_compliance.streaming.workers import WorkerError, worthwhile_processes
from sla_compliance.version import __version__

_NOT_OF_THE_QUESTION: Final = frozenset({"files", "output", "format_name", "processes", "restart", "by"})
_FILES_READ: Final = ("contract", "inventory", "maintenance", "exclusions")


def write_streamed(context: click.Context, options: Mapping[str, Any]) -> None:
    """Write the days of all keys, and say what is to be said.

    Raises:
        UsageError: options contradict each other, or one is missing.
        SLAComplianceError: an option is wrong, or a file, or rows are bad; another run is in the way.
        OSError: a file cannot be written.
    """
    checked = StreamedOptions.of(context, options)
    folder = WorkFolder(checked.output.with_name(f"{checked.output.name}.parts"))
    files = input_files(options["files"])
    current = _description(context, options, files)
    manifest = None if checked.restarts else folder.manifest()
    begun_at = datetime.now(UTC)
    if manifest is not None:
        check_same_run(folder, manifest["question"], current)
        begun_at = datetime.fromisoformat(manifest["begun_at"])
    plan = _plan(options, checked, folder, files, begun_at)
    with folder.locked():
        if manifest is None:
            folder.start({"question": current, "begun_at": begun_at.isoformat()})
        else:
            click.echo(f"Note: goes on with the run of {begun_at:%Y-%m-%d %H:%M:%S} UTC in {folder.path}", err=True)
        try:
            with _progress() as progress:
                processes = checked.processes or worthwhile_processes(plan.row_count, _cores())
                result = run_plan(plan, checked.output, processes, progress, COMMAND_LINE)
        except WorkerError:
            raise  # what is done is kept
        except SLAComplianceError:
            folder.remove()
            raise
    for note in _notes(result, plan):
        click.echo(f"Note: {note}", err=True)


def _description(context: click.Context, options: Mapping[str, Any], files: tuple[InputFile, ...]) -> dict[str, str]:
    """Return what a run is of, by the names of options: what must be the same for it to go on."""
    names = {param.name: param.opts[0] for param in context.command.params if isinstance(param, click.Option)}
    description = {
        names[name]: repr(value)
        for name, value in options.items()
        if name in names and name not in _NOT_OF_THE_QUESTION and value not in (None, (), {}, False)
    }
    for name in _FILES_READ:
        paths = options[name]
        for path in [paths] if isinstance(paths, str) else paths or ():
            digest = hashlib.sha256(Path(path).read_bytes()).hexdigest()
            description[f"the file {path} of {names[name]}"] = digest
    facts: list[list[object]] = [[file.path, file.size, file.modified_ns, file.group_rows] for file in files]
    description["the files of alarms"] = hashlib.sha256(json.dumps(facts).encode()).hexdigest()
    description["the version of the program"] = __version__
    return description


def _plan(
    options: Mapping[str, Any],
    checked: StreamedOptions,
    folder: WorkFolder,
    files: tuple[InputFile, ...],
    begun_at: datetime,
) -> StreamPlan:
    """Return the plan of the run; errors as `write_streamed`."""
    evaluation = Evaluation.of(options, begun_at)
    rows = RowOptions.of(options, evaluation.settings.rows)
    check_rows(rows)
    evaluation.check(rows)
    choice = RowChoice(
        rows.tenant_id,
        takes_all_tenants=checked.each == TENANT_COLUMN and rows.tenant_id is None,
        where=checked_where((rows.alarm_keywords or {}).get("where")),
    )
    inventory = None
    if checked.inventory is not None:
        inventory = read_inventory(checked.inventory, zone=evaluation.agreement(rows.tenant_id).zone)
    question = _question(checked, evaluation, rows, inventory)
    all_terms = [question.terms, *(question.terms_by_key or {}).values()]
    with named_by_option(by="--each"):
        return plan_of(
            files, question, choice, folder=folder.path, further_columns=_targeted(all_terms), option_names=COMMAND_LINE
        )


def _question(
    checked: StreamedOptions, evaluation: Evaluation, rows: RowOptions, inventory: Inventory | None
) -> StreamedQuestion:
    if inventory is not None and inventory.parent_keys:
        raise click.UsageError(
            "--inventory has units with parents, whose alarms need all rows at once; write another format, "
            "or leave the parents out"
        )
    terms_by_key = None
    if checked.each == TENANT_COLUMN and inventory is None and evaluation.settings.tenants:
        terms_by_key = {tenant: evaluation.keywords(tenant) for tenant in evaluation.settings.tenants}
    keywords = {"clock_skew": CLOCK_SKEW, **(rows.alarm_keywords or {})}
    keywords.pop("where", None)
    terms = evaluation.keywords(rows.tenant_id)
    return StreamedQuestion(
        by=checked.each,
        terms=terms,
        terms_by_key=terms_by_key,
        inventory=inventory,
        unkeyed=checked.unkeyed,
        rows=RowKeywords(**keywords),
        reaches_children=any(window.with_children for window in _windows(terms)),
    )


def _windows(terms: EvaluationKeywords) -> Iterator[MaintenanceWindow | Exclusion]:
    """Yield maintenance and exclusions, all of which are read from files here."""
    for window in (*terms.get("maintenance", ()), *terms.get("exclusions", ())):
        if isinstance(window, MaintenanceWindow | Exclusion):
            yield window


def _targeted(all_terms: Iterable[EvaluationKeywords]) -> list[str]:
    """Return the columns of alarms that windows name."""
    names: dict[str, None] = {}
    for terms in all_terms:
        for window in _windows(terms):
            for columns, _ in window.targets or ():
                names |= dict.fromkeys(columns)
    return list(names)


@contextmanager
def _progress() -> Iterator[StepProgress]:
    """Show bars on a terminal."""
    if not sys.stderr.isatty():
        yield lambda *_: None
        return
    from sla_compliance.cli.progress import rows_bar  # noqa: PLC0415 - needs rich, which scripts may lack

    with rows_bar() as progress:
        yield progress


def _notes(result: RunResult, plan: StreamPlan) -> Iterator[str]:
    if result.bad_row_count:
        yield from lines_of([DayFact(FactCode.BAD_ROW, result.first_bad_row, result.bad_row_count)])
    if result.row_count == 0:
        yield INPUT_DOUBTS_IN_WORDS[DoubtCause.NO_ROWS]
    if "severity" not in plan.row_columns.types and result.row_count:
        yield f"{counted(result.row_count, 'row')} without a severity column, counted as critical"
    if result.unconfirmed_day_count:
        yield f"{result.unconfirmed_day_count:,} of {counted(result.day_count, 'verdict')} of days not confirmed"
    yield (
        f"{counted(result.row_count, 'row')} of {counted(len(plan.files), 'file')} gave "
        f"{counted(result.day_count, 'day')} of {counted(result.key_count, 'key')}"
    )


def _cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):  # not everywhere
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
