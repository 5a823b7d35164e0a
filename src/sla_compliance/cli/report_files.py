"""A folder of reports: a file for each key, and an index."""
################################################################
# Keys are evaluated and written one after the other, and nothing of a report is held
# when its file is written: memory is that of the rows, whatever the number of keys.
#
# A file is whole or absent. The index of an earlier run goes first and the new one comes
# last: where there is an index, it is of the last run, and all files that it names are there.
#
# Rows without a key that hold downtime stand in no key's file, so a customer would
# read a figure that lacks it. The command refuses that until it is said whose they are.
################################################################

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from heapq import nsmallest
from pathlib import Path
from typing import Final

import click

from sla_compliance.batch import AlarmBatch
from sla_compliance.cli.agreed_evaluation import Evaluation
from sla_compliance.cli.commands import BadInput
from sla_compliance.cli.destination import FORMAT_BY_SUFFIX, check_output
from sla_compliance.cli.evaluation import Outcome, exit_code_of, notes_on_keys, notes_on_rows
from sla_compliance.cli.file_names import INDEX_NAME, file_names
from sla_compliance.cli.keyed_evaluation import KeyedEvaluation
from sla_compliance.cli.report_options import ReportOptions
from sla_compliance.cli.report_texts import report_content
from sla_compliance.compliance import evaluate
from sla_compliance.inventory import Inventory
from sla_compliance.outlets.csv import records_csv
from sla_compliance.outlets.text import counted, key_name
from sla_compliance.report import ComplianceReport
from sla_compliance.sources.files import TENANT_COLUMN

SUFFIX_BY_FORMAT: Final = {name: suffix for suffix, name in reversed(FORMAT_BY_SUFFIX.items())}


def write_folder(
    alarms: AlarmBatch,
    evaluation: Evaluation,
    tenant_id: str | None,
    options: ReportOptions,
    inventory: Inventory | None,
) -> int:
    """Write a file for each key and the index, say what is to be said, and return the exit code.

    Raises:
        UsageError: a file would replace one that is read.
        BadInput: rows without a key hold downtime.
        SLAComplianceError: as evaluating and writing a report.
        OSError: the folder, or a file in it, cannot be written.
    """
    column, folder = options.each or "", Path(options.output or "")
    whole = evaluate(alarms, **evaluation.keywords(tenant_id))
    keyed = KeyedEvaluation.of(alarms, column, evaluation, tenant_id, unkeyed=options.unkeyed, inventory=inventory)
    names = file_names(keyed.keys, SUFFIX_BY_FORMAT[options.format_name])
    for name in (*names.values(), INDEX_NAME):
        check_output(str(folder / name), options.read_files)
    if keyed.has_downtime_without_key:
        raise BadInput(
            f"rows without a {column} hold downtime, which no file of --output would show; say whose it is: "
            "--unkeyed everybody or --unkeyed nobody, or give an --inventory with parents"
        )
    (folder / INDEX_NAME).unlink(missing_ok=True)
    writer = _FolderWriter(whole, evaluation, tenant_id, options, folder, names)
    outcomes, written = _write_reports(keyed, writer, options)
    for note in (*notes_on_rows(whole, outcomes), *notes_on_keys(outcomes, inventory)):
        click.echo(f"Note: {note}", err=True)
    unwritten = len(outcomes) - len(written)
    if unwritten:
        click.echo(f"Note: {counted(unwritten, 'more key')} not written, by --only-if or --worst", err=True)
    if written:
        rows = [_index_row(outcome, names, written) for outcome in sorted(outcomes, key=lambda outcome: outcome.rank)]
        write_inside(folder, INDEX_NAME, records_csv(rows).encode())
    return exit_code_of(outcomes, whole, options.fail_on)


def _write_reports(
    keyed: KeyedEvaluation, writer: _FolderWriter, options: ReportOptions
) -> tuple[list[Outcome], set[Hashable]]:
    """Write the files; return the outcome of every key, and the keys that were written."""
    chosen_keys: set[Hashable] | None = None
    if options.worst is not None:
        # All are evaluated to know which are the worst; only these are evaluated once more and written.
        ranked = (Outcome.of(key, report, writer.whole) for key, report in keyed.each_report())
        worst = nsmallest(options.worst, ranked, key=lambda outcome: outcome.rank)
        chosen_keys = {outcome.key for outcome in worst}
    outcomes: list[Outcome] = []
    written: set[Hashable] = set()
    with _progress(len(keyed.keys)) as advance:
        for key, report in keyed.each_report():
            outcome = Outcome.of(key, report, writer.whole)
            outcomes.append(outcome)
            is_chosen = chosen_keys is None or key in chosen_keys
            if is_chosen and _is_wanted(outcome, writer.whole, options):
                writer.write(key, report)
                written.add(key)
            advance()
    return outcomes, written


@contextmanager
def _progress(keys: int) -> Iterator[Callable[[], None]]:
    """Show a bar on a terminal; return what moves it by one key."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    from sla_compliance.cli.progress import keys_bar  # noqa: PLC0415 - needs rich, which scripts may lack

    with keys_bar(keys) as bar:
        yield bar.advance


@dataclass(frozen=True, slots=True)
class _FolderWriter:
    """Writes the file of a key."""

    whole: ComplianceReport
    evaluation: Evaluation
    tenant_id: str | None
    options: ReportOptions
    folder: Path
    names: dict[Hashable, str]

    def write(self, key: Hashable, report: ComplianceReport) -> None:
        tenant_id = self.tenant_id
        if self.options.each == TENANT_COLUMN:
            tenant_id = None if key is None else str(key)
        settings = self.evaluation.agreement(tenant_id).reports
        content = report_content(self.whole, key, report, self.options, settings)
        self.folder.mkdir(parents=True, exist_ok=True)
        write_inside(self.folder, self.names[key], content)


def write_inside(folder: Path, name: str, content: bytes) -> None:
    """Write a file of a folder, whole or not at all; a link of that name is replaced and not followed.

    Raises:
        OSError: it cannot be written; it names the file.
    """
    target = folder / name
    unfinished = folder / f".{name}.{os.getpid()}.part"
    try:
        unfinished.unlink(missing_ok=True)  # of a process that was killed
        with unfinished.open("xb") as stream:
            stream.write(content)
        unfinished.replace(target)
    except OSError as error:
        error.filename = str(target)
        raise
    finally:
        unfinished.unlink(missing_ok=True)


def _is_wanted(outcome: Outcome, whole: ComplianceReport, options: ReportOptions) -> bool:
    """Return whether the outcome of a key is one that is written."""
    return options.only_if is None or exit_code_of([outcome], whole, options.only_if) != 0


def _index_row(outcome: Outcome, names: dict[Hashable, str], written: set[Hashable]) -> dict[str, object]:
    key = outcome.key
    return {
        "key": key,
        "title": outcome.title or key_name(key, None),
        "file": names[key] if key in written else None,
        "availability": outcome.availability_percentage,
        "verdict": outcome.verdict.value,
        "is_confirmed": outcome.is_confirmed,
    }
