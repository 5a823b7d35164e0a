"""Sorting rows by the part of their key: the job of each piece of the files, and reading a part."""
################################################################
# Rows without a key are a part of their own, numbered after the others: they concern
# the keys of each part. So do rows that decide about them.
################################################################

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sla_compliance.columns import TENANT_COLUMN
from sla_compliance.errors import requires_extra
from sla_compliance.streaming.arrow_texts import texts_of
from sla_compliance.streaming.batch_files import PartWriter, read_part
from sla_compliance.streaming.input_files import whole_file
from sla_compliance.streaming.links import SPACES
from sla_compliance.streaming.plan import StreamPlan
from sla_compliance.streaming.work_folder import written_whole

with requires_extra("frames", __name__, package="pyarrow"):
    import pyarrow as pa  # type: ignore[import-untyped]
    import pyarrow.compute as pc  # type: ignore[import-untyped]

SORTED_ROWS: Final = "rows"
_TENANTS_KEPT: Final = 6


def sort_piece(plan: StreamPlan, number: int) -> dict[str, Any]:
    """Write the rows of a piece by the parts of their keys; return the outcome."""
    folder = plan.work_folder
    tenants: dict[str | None, None] = {}
    lent_parts: set[int] = set()
    with written_whole(folder.file(SORTED_ROWS, number, ".arrow")) as unfinished, PartWriter(unfinished) as writer:
        for table in plan.tables(plan.pieces[number]):
            _add_tenants(tenants, table)
            parts = plan.parts(table.column(plan.question.by).combine_chunks())
            is_shared = _is_shared(plan, table)
            lent_parts.update(pc.unique(parts.filter(is_shared)).to_pylist())
            writer.write(table, pc.if_else(is_shared, pa.scalar(plan.keyless_part, pa.int32()), parts))
    outcome = {
        "batches": writer.batches,
        "tenants": list(tenants),
        "lent_parts": sorted(lent_parts - {plan.keyless_part}),
    }
    folder.finish(SORTED_ROWS, number, outcome)
    return outcome


def _is_shared(plan: StreamPlan, table: Any) -> Any:  # noqa: ANN401 - of Arrow
    """Return of each row whether it decides about rows without a key."""
    is_shared = pa.repeat(pa.scalar(value=False), table.num_rows)
    for space, values in plan.links.shared_values.items():
        for name in SPACES[space]:
            if name in table.column_names:
                texts = texts_of(table.column(name).combine_chunks())
                is_shared = pc.or_(is_shared, pc.is_in(texts, value_set=pa.array(values, pa.string())))
    return is_shared


def _add_tenants(tenants: dict[str | None, None], table: Any) -> None:  # noqa: ANN401 - of Arrow
    """Keep the first few tenants that rows name."""
    if len(tenants) < _TENANTS_KEPT and TENANT_COLUMN in table.column_names:
        for tenant in texts_of(pc.unique(table.column(TENANT_COLUMN))).to_pylist()[:_TENANTS_KEPT]:
            tenants.setdefault(tenant or None)


def rows_of_part(plan: StreamPlan, part: int) -> Any:  # noqa: ANN401 - of Arrow
    """Return the rows of a part as one table; without a row where it has none."""
    if plan.is_partitioned:
        tables = list(_read_files(plan, part))
    else:
        tables = read_part(plan.work_folder, SORTED_ROWS, len(plan.pieces), part)
    return pa.concat_tables([empty_table(plan), *tables])


def empty_table(plan: StreamPlan) -> Any:  # noqa: ANN401 - of Arrow
    """Return a table of the columns of rows, without a row."""
    return plan.row_columns.schema.empty_table()


def rows_by_part(plan: StreamPlan) -> dict[int, int]:
    """Return how many rows each part has, after all pieces are sorted; 0 where all went with those without a key."""
    row_counts: dict[int, int] = {}
    if plan.is_partitioned:
        for file, part in zip(plan.files, parts_of_files(plan), strict=True):
            row_counts[part] = row_counts.get(part, 0) + file.row_count
        return row_counts
    for number in range(len(plan.pieces)):
        outcome = plan.work_folder.outcome(SORTED_ROWS, number) or {}
        for part in outcome.get("lent_parts", ()):
            row_counts.setdefault(part, 0)
        for part, row_count in outcome.get("batches", ()):
            row_counts[part] = row_counts.get(part, 0) + row_count
    return row_counts


def parts_of_files(plan: StreamPlan) -> list[int]:
    """Return the part of each file, where folders name the keys."""
    keys = [plan.row_columns.constant(file, plan.question.by) for file in plan.files]
    parts: list[int] = plan.parts(pa.array(keys, pa.string())).to_pylist()
    return parts


def _read_files(plan: StreamPlan, part: int) -> Iterator[Any]:
    for number, file_part in enumerate(parts_of_files(plan)):
        if file_part == part:
            yield from plan.tables((whole_file(number, plan.files[number]),))
