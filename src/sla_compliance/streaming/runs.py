"""A run: rows sorted by the parts of their keys, the days of each part, one file of all days."""
################################################################
#     pieces of the files --> rows by part --> days of a part --> one file
#                       job             job
#
# Memory is that of the largest part in each process, for rows of one key are never
# divided. Parts with the most rows begin first, so that none of them is begun when
# the others are done.
################################################################

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from sla_compliance.checks import bare_names
from sla_compliance.columns import TENANT_COLUMN
from sla_compliance.errors import InvalidValueError, shown
from sla_compliance.rows.options import OptionNames
from sla_compliance.sources._files.opening import file_error
from sla_compliance.sources._files.table import RowChoice
from sla_compliance.streaming.days import DAYS_OF_PART, PartJob, check_question, days_of_part
from sla_compliance.streaming.first_rows import check_first_rows
from sla_compliance.streaming.input_files import FILE_PIECE_ROWS, InputFile, file_pieces
from sla_compliance.streaming.links import DEVICES, IDS, find_links, links_of, write_values
from sla_compliance.streaming.merging import merge
from sla_compliance.streaming.plan import Links, StreamPlan
from sla_compliance.streaming.question import StreamedQuestion
from sla_compliance.streaming.row_columns import RowColumns, conditions_of
from sla_compliance.streaming.sorting import SORTED_ROWS, rows_by_part, sort_piece
from sla_compliance.streaming.workers import Job, Workers

StepProgress = Callable[[str, int, int], None]
"""Called with what is done, how many rows of it are, and how many there are."""

PART_ROWS: Final = 1 << 17
MOST_PARTS: Final = 1 << 10
_TENANTS_SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a run did.

    Attributes:
        row_count: the rows of all keys, those set aside too.
        day_count, key_count: of the file that was written; rows without a key count as one.
        unconfirmed_day_count: the days of which the verdict is not confirmed.
        bad_row_count: how many rows were set aside.
        first_bad_row: the first of them, by place and reason; empty where there is none.
    """

    row_count: int
    day_count: int
    key_count: int
    unconfirmed_day_count: int
    bad_row_count: int
    first_bad_row: str


def plan_of(
    files: Sequence[InputFile],
    question: StreamedQuestion,
    choice: RowChoice,
    *,
    folder: Path,
    further_columns: Sequence[str],
    option_names: OptionNames,
) -> StreamPlan:
    """Return the plan of a run; reads the first rows of files, so that what is wrong with options is said at once.

    Args:
        further_columns: columns that windows name.

    Raises:
        InvalidFileError: a file lacks a column, or files disagree on its type.
        InvalidValueError: no file has the column of the keys, or a column cannot be read.
        InvalidAlarmsError: the first rows are bad, and are to be refused.
    """
    check_first_rows(files, question.rows, choice, option_names)
    row_columns = RowColumns.of(
        files,
        mapping=question.rows.columns,
        further=[question.by, *further_columns],
        conditions=conditions_of(choice),
        severity_map=question.rows.severity_map,
    )
    if question.by not in row_columns.types:
        names = sorted({name for file in files for name in file.names})
        raise InvalidValueError(
            f"by is {shown(question.by)}; the files have the columns {bare_names(names)}", field="by"
        )
    row_count = sum(file.row_count for file in files)
    constants = [row_columns.constant(file, question.by) for file in files]
    takes_all_tenants = choice.takes_all_tenants or choice.tenant_id is not None
    plan = StreamPlan(
        folder=str(folder),
        files=tuple(files),
        row_columns=row_columns,
        pieces=file_pieces(files, piece_rows=FILE_PIECE_ROWS),
        part_count=max(1, min(MOST_PARTS, -(-row_count // PART_ROWS))),
        question=question,
        takes_all_tenants=takes_all_tenants,
        is_partitioned=question.by == TENANT_COLUMN and all(key is not None for key in constants),
    )
    check_question(plan)
    return plan


def run_plan(
    plan: StreamPlan, output: Path, processes: int, progress: StepProgress, option_names: OptionNames
) -> RunResult:
    """Write the days of all keys to a file, from where the run of the plan's folder was; then remove the folder.

    Raises:
        InvalidFileError: a file cannot be read, or rows are of several tenants and none was chosen.
        InvalidAlarmsError: rows are bad, and are to be refused; others as `daily_result`.
        WorkerError: memory is at its end; what is done is kept.
        OSError: a file cannot be written.
    """
    if plan.question.by != TENANT_COLUMN:  # tenants have nothing to do with each other
        with Workers(plan, processes) as workers:
            plan = replace(plan, links=_links(workers, progress))
    with Workers(plan, processes) as workers:
        _sort_rows(workers, progress)
        if not plan.takes_all_tenants:
            _check_one_tenant(plan, option_names)
        results = _make_days(workers, progress)
    return _finish(plan, results, output)


def _links(workers: Workers, progress: StepProgress) -> Links:
    """Return which keys stand in one part."""
    plan = workers.plan
    links: list[dict[str, Any]] = []
    for kind in (IDS, DEVICES):
        pieces = [(kind, number) for number in range(len(plan.pieces))]
        values = _outcomes(workers, kind, write_values, pieces, progress)
        parts = sorted({part for outcome in values for part, _ in outcome["batches"]})
        links += _outcomes(workers, f"linked{kind}", find_links, [(kind, part) for part in parts], progress)
        if not any(outcome["bounded"] for outcome in values):
            break  # without rows of which the end is not known, devices do not matter
    return links_of(links)


def _outcomes(
    workers: Workers, kind: str, job: Job, arguments: Sequence[tuple[str, int]], progress: StepProgress
) -> list[dict[str, Any]]:
    """Do those jobs that are not done; return the outcomes of all."""
    folder = workers.plan.work_folder
    waiting = [argument for argument in arguments if folder.outcome(kind, argument[1]) is None]
    done = len(arguments) - len(waiting)
    for _ in workers.outcomes(job, waiting):
        done += 1
        progress(f"steps to link keys by {kind.removeprefix('linked')}", done, len(arguments))
    return [folder.outcome(kind, number) or {} for _, number in arguments]


def _sort_rows(workers: Workers, progress: StepProgress) -> None:
    """Do the jobs of all pieces that are not done."""
    plan = workers.plan
    if plan.is_partitioned:
        return
    folder = plan.work_folder
    waiting = [number for number in range(len(plan.pieces)) if folder.outcome(SORTED_ROWS, number) is None]
    row_counts = [sum(file_range.row_count for file_range in piece) for piece in plan.pieces]
    done = sum(row_counts) - sum(row_counts[number] for number in waiting)
    progress("rows sorted by key", done, sum(row_counts))
    for number, _ in workers.outcomes(sort_piece, waiting):
        done += row_counts[number]
        progress("rows sorted by key", done, sum(row_counts))


def _make_days(workers: Workers, progress: StepProgress) -> dict[int, dict[str, Any]]:
    """Do the jobs of all parts that are not done; return the outcomes of all parts, in order."""
    plan = workers.plan
    row_counts = rows_by_part(plan)
    results: dict[int, dict[str, Any]] = {}
    waiting: list[PartJob] = []
    for job in _jobs(plan, row_counts):
        outcome = plan.work_folder.outcome(DAYS_OF_PART, job.part)
        if outcome is None:
            waiting.append(job)
        else:
            results[job.part] = outcome
    total = sum(row_counts.values())
    done = sum(row_counts.get(part, 0) for part in results)
    progress("rows evaluated", done, total)
    for job, outcome in workers.outcomes(days_of_part, waiting):
        results[job.part] = outcome
        done += row_counts.get(job.part, 0)
        progress("rows evaluated", done, total)
    return dict(sorted(results.items()))


def _jobs(plan: StreamPlan, row_counts: dict[int, int]) -> list[PartJob]:
    """Return the jobs of all parts, those with the most rows first."""
    known_parts = {part for part in row_counts if part < plan.keyless_part}
    parts_with_rows = {part for part, rows in row_counts.items() if rows and part < plan.keyless_part}
    inventory = plan.question.inventory
    units = () if inventory is None else inventory.units
    parts = known_parts | {plan.key_part(unit.key) for unit in units}
    parts = parts or {0}  # rows without a key alone, or none at all, make a file too
    lender = min(parts_with_rows, default=None)
    keeper = min(parts)
    jobs = [PartJob(part, part == keeper, None if part in parts_with_rows else lender) for part in parts]
    return sorted(jobs, key=lambda job: (-row_counts.get(job.part, 0), job.part))


def _finish(plan: StreamPlan, results: dict[int, dict[str, Any]], output: Path) -> RunResult:
    """Write the file of all days, and remove the folder of the run."""
    folder = plan.work_folder
    row_count = sum(rows_by_part(plan).values())
    merge((folder.file(DAYS_OF_PART, part, ".parquet") for part in results), output)
    folder.remove()
    bad_rows = sorted(tuple(row) for outcome in results.values() for row in outcome["bad_rows"])
    return RunResult(
        row_count=row_count,
        day_count=_sum(results, "days"),
        key_count=_sum(results, "keys"),
        unconfirmed_day_count=_sum(results, "unconfirmed_days"),
        bad_row_count=_sum(results, "bad_row_count"),
        first_bad_row=bad_rows[0][-1] if bad_rows else "",
    )


def _sum(results: dict[int, dict[str, Any]], name: str) -> int:
    return sum(outcome[name] for outcome in results.values())


def _check_one_tenant(plan: StreamPlan, option_names: OptionNames) -> None:
    """Check that rows are of one tenant; raises InvalidFileError."""
    tenants: dict[str | None, None] = {}
    for number in range(len(plan.pieces)):
        outcome = plan.work_folder.outcome(SORTED_ROWS, number) or {}
        tenants |= dict.fromkeys(outcome.get("tenants", ()))
    if len(tenants) > 1:
        names = ["none" if tenant is None else shown(tenant) for tenant in tenants]
        listed = ", ".join(names[:_TENANTS_SHOWN]) + (" and more" if len(names) > _TENANTS_SHOWN else "")
        place = plan.places[0] + (" and others" if len(plan.places) > 1 else "")
        verb = "hold" if len(plan.places) > 1 else "holds"
        raise file_error(place, f"{verb} alarms of several tenants, {listed}; ask for one, with {option_names.tenant}")
