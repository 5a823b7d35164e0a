"""The days of the keys of one part: the job of each part."""
################################################################
# Rows without a key concern every key, so each part has them besides its own rows.
# Their days of their own are computed with each part and kept of one alone.
#
# A part of the inventory alone has no row, and a key is in doubt where no row was
# read at all: it borrows a row of another part, whose days are left out.
#
# A fault of a row names the row of the table: it is named by its file here.
################################################################

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from sla_compliance.errors import InvalidAlarmError, InvalidAlarmsError, requires_extra
from sla_compliance.evaluation import EvaluationKeywords
from sla_compliance.frames import DailyResult, daily_result
from sla_compliance.inventory import Inventory
from sla_compliance.readings import Unkeyed
from sla_compliance.rejected_rows import RejectedRow
from sla_compliance.streaming.arrow_texts import texts_of
from sla_compliance.streaming.plan import StreamPlan
from sla_compliance.streaming.row_columns import FILE_COLUMN, PLACE_COLUMNS, ROW_COLUMN
from sla_compliance.streaming.sorting import rows_of_part
from sla_compliance.streaming.work_folder import written_whole

with requires_extra("frames", __name__, package="pyarrow"):
    import pyarrow as pa  # type: ignore[import-untyped]
    import pyarrow.compute as pc  # type: ignore[import-untyped]
    from pyarrow import parquet

DAYS_OF_PART: Final = "days"


@dataclass(frozen=True, slots=True)
class PartJob:
    """The work on a part.

    Attributes:
        part: its number.
        keeps_keyless: whether the days of rows without a key are kept of it.
        lender: the part of which a row is borrowed; None: the part has rows of its own, or there are none.
    """

    part: int
    keeps_keyless: bool
    lender: int | None = None


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows of one evaluation.

    Attributes:
        table: with the columns of their places.
        terms: what they are evaluated by.
        inventory: keys that have days even without a row.
        unkeyed: whose the rows without a key are.
    """

    table: Any
    terms: EvaluationKeywords
    inventory: Inventory | None
    unkeyed: Unkeyed


def days_of_part(plan: StreamPlan, job: PartJob) -> dict[str, Any]:
    """Write the days of the keys of a part; return the outcome.

    Raises:
        InvalidAlarmsError: rows are bad and are refused; each fault names file and row.
        SLAComplianceError: as `daily_result`.
    """
    own_rows = rows_of_part(plan, job.part)
    keyless_rows = rows_of_part(plan, plan.keyless_part)
    if job.lender is not None and not keyless_rows.num_rows:
        own_rows = rows_of_part(plan, job.lender).slice(0, 1)
    bad_rows: list[tuple[int, int, str]] = []
    tables: list[Any] = []
    for rows in _evaluations(plan, job, own_rows, keyless_rows):
        result = _evaluated(plan, rows)
        tables.append(_kept_days(plan, job, result.frame))
        bad_rows += _bad_rows(plan, job, rows.table, result.rejected)
    days = pa.concat_tables(tables)
    folder = plan.work_folder
    with written_whole(folder.file(DAYS_OF_PART, job.part, ".parquet")) as unfinished:
        parquet.write_table(days, unfinished, compression="zstd" if pa.Codec.is_available("zstd") else "snappy")
    outcome = {
        "rows": own_rows.num_rows,
        "days": days.num_rows,
        "keys": len(pc.unique(days.column(plan.question.by))),
        "unconfirmed_days": days.num_rows - (pc.sum(days.column("is_confirmed")).as_py() or 0),
        "bad_row_count": len(bad_rows),
        "bad_rows": sorted(bad_rows)[:1],
    }
    folder.finish(DAYS_OF_PART, job.part, outcome)
    return outcome


def check_question(plan: StreamPlan) -> None:
    """Check the arguments of the evaluation on no rows, before all of them are sorted; errors as `daily_result`."""
    empty = plan.row_columns.schema.empty_table()
    _evaluated(plan, _Rows(empty, plan.question.terms, None, plan.question.unkeyed))


def _evaluations(plan: StreamPlan, job: PartJob, own_rows: Any, keyless_rows: Any) -> Iterator[_Rows]:  # noqa: ANN401
    """Yield the rows that are evaluated together."""
    question = plan.question
    inventory = _inventory_of(plan, job.part)
    if question.terms_by_key is None:
        yield _Rows(pa.concat_tables([own_rows, keyless_rows]), question.terms, inventory, question.unkeyed)
        return
    # Each tenant is evaluated by itself. Rows of no tenant have days of their own and are no doubt of others.
    shared_rows = keyless_rows if question.unkeyed == "everybody" else keyless_rows.slice(0, 0)
    keys = texts_of(own_rows.column(question.by).combine_chunks())
    named = [key for key in pc.unique(keys).to_pylist() if key in question.terms_by_key]
    is_other = pc.invert(pc.is_in(keys, value_set=pa.array(named, pa.string())))
    others = own_rows.filter(is_other)
    yield _Rows(pa.concat_tables([others, shared_rows]), question.terms, inventory, question.unkeyed)
    for key in named:
        table = pa.concat_tables([own_rows.filter(pc.equal(keys, key)), shared_rows])
        yield _Rows(table, question.terms_by_key[key], None, question.unkeyed)
    if job.keeps_keyless and question.unkeyed == "doubt" and keyless_rows.num_rows:
        yield _Rows(keyless_rows, question.terms, None, "doubt")


def _inventory_of(plan: StreamPlan, part: int) -> Inventory | None:
    """Return the units of an inventory whose keys belong to a part."""
    inventory = plan.question.inventory
    if inventory is None:
        return None
    units = [unit for unit in inventory.units if plan.key_part(unit.key) == part]
    return Inventory(units)


def _evaluated(plan: StreamPlan, rows: _Rows) -> DailyResult:
    """Return the days of some rows, and the bad ones that were set aside."""
    question = plan.question
    row_keywords = question.rows
    try:
        return daily_result(
            rows.table.drop_columns(list(PLACE_COLUMNS)),
            by=(question.by,),
            inventory=rows.inventory,
            unkeyed=rows.unkeyed,
            times_in=row_keywords.times_in,
            epoch=row_keywords.epoch,
            severity_map=row_keywords.severity_map,
            status_map=row_keywords.status_map,
            on_invalid=row_keywords.on_invalid,
            clock_skew=row_keywords.clock_skew,
            **rows.terms,
        )
    except InvalidAlarmsError as error:
        raise InvalidAlarmsError(
            error.message, [_fault_with_place(plan, rows.table, fault) for fault in error.exceptions]
        ) from None


def _kept_days(plan: StreamPlan, job: PartJob, days: Any) -> Any:  # noqa: ANN401 - of Arrow
    """Return the days of the keys of a part, and those of rows without a key where they are kept of it."""
    parts = plan.parts(days.column(plan.question.by).combine_chunks())
    kept_parts = [job.part, *([plan.keyless_part] if job.keeps_keyless else [])]
    return days.filter(pc.is_in(parts, value_set=pa.array(kept_parts, pa.int32())))


def _bad_rows(
    plan: StreamPlan,
    job: PartJob,
    table: Any,  # noqa: ANN401 - of Arrow
    rejected: Iterable[RejectedRow],
) -> Iterator[tuple[int, int, str]]:
    """Yield file, row and fault of the bad rows of the keys that are kept of a part."""
    keys = plan.parts(table.column(plan.question.by).combine_chunks())
    for bad_row in rejected:
        part = keys[bad_row.row].as_py()
        if part == job.part or (part == plan.keyless_part and job.keeps_keyless):
            file, file_row = _file_and_row(table, bad_row.row)
            # The reason without its way out, as in the notes of any report.
            reason = _with_place(bad_row.reasons[0], bad_row.row, _place(plan, table, bad_row.row))
            yield file, file_row, reason.partition("; ")[0]


def _file_and_row(table: Any, row: int) -> tuple[int, int]:  # noqa: ANN401 - of Arrow
    return table.column(FILE_COLUMN)[row].as_py(), table.column(ROW_COLUMN)[row].as_py()


def _place(plan: StreamPlan, table: Any, row: int) -> str:  # noqa: ANN401 - of Arrow
    """Return what to call a row of a table, e.g. "alarms.parquet:17"."""
    file, file_row = _file_and_row(table, row)
    return f"{plan.files[file].path}:{file_row}"


def _with_place(text: str, row: int, place: str) -> str:
    """Return a text that begins with a row of a table, with its file's in its place."""
    own_place = f"alarms[{row}]"
    if text.startswith(f"{own_place}."):
        return f"{place} {text.removeprefix(f'{own_place}.')}"
    return f"{place}{text.removeprefix(own_place)}" if text.startswith(own_place) else f"{place} {text}"


def _fault_with_place(plan: StreamPlan, table: Any, fault: Exception) -> InvalidAlarmError:  # noqa: ANN401
    """Return the fault of a row of a table as that of its file's row."""
    if not isinstance(fault, InvalidAlarmError) or fault.row < 0:
        return InvalidAlarmError(str(fault))
    place = _place(plan, table, fault.row)
    field = _with_place(fault.field, fault.row, place)
    return InvalidAlarmError(_with_place(str(fault), fault.row, place), field=field, row=fault.row, column=fault.column)
