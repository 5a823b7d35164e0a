"""whole_keys(): a stream of Arrow batches, sorted by key, as tables that each hold whole keys."""
################################################################
# Batches end anywhere, and so do keys. Rows are gathered until there are enough of
# them and a group of keys ends: so no group is cut, however large it is, and small
# ones share a table, because each computation has a cost of its own.
################################################################

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sla_compliance.errors import requires_extra

with requires_extra("spark", __name__):
    import numpy as np
    import pyarrow as pa  # type: ignore[import-untyped]
    from pyarrow import compute


@dataclass(frozen=True, slots=True)
class TableSize:
    """When a table is large enough; a group that is larger by itself makes a larger one.

    Attributes:
        rows: as many rows.
        keys: or as many keys.
    """

    rows: int
    keys: int


def whole_keys(
    batches: Iterable[pa.RecordBatch], group_columns: Sequence[str], key_columns: Sequence[str], size: TableSize
) -> Iterator[pa.Table]:
    """Yield the rows of some batches as tables; all rows of a group of keys are in one of them.

    Args:
        batches: rows of one group stand together, and there those of one key; no value of a key is missing.
        group_columns: those that name a group.
        key_columns: those that name a key, the former among them.
    """
    pending: list[pa.RecordBatch] = []
    row_count = key_count = 0
    last_row: pa.RecordBatch | None = None
    for batch in batches:
        if not batch.num_rows:
            continue
        group_starts = set(_first_rows(batch, group_columns, last_row))
        first_row = 0
        for row in _first_rows(batch, key_columns, last_row):
            is_enough = row_count + row - first_row >= size.rows or key_count >= size.keys
            if is_enough and row in group_starts:
                yield pa.Table.from_batches([*pending, batch.slice(first_row, row - first_row)])
                pending, row_count, key_count, first_row = [], 0, 0, row
            key_count += 1
        pending.append(batch.slice(first_row))
        row_count += batch.num_rows - first_row
        last_row = batch.slice(batch.num_rows - 1)
    if pending:
        yield pa.Table.from_batches(pending)


def _first_rows(batch: pa.RecordBatch, columns: Sequence[str], last_row: pa.RecordBatch | None) -> list[int]:
    """Return the rows of a batch at which the values of some columns change, ascending.

    Args:
        last_row: that before the first; None: there is none.
    """
    changes = np.zeros(batch.num_rows, dtype=bool)
    changes[0] = last_row is None
    for name in columns:
        values = batch.column(name)
        if last_row is not None:
            changes[0] |= values[0] != last_row.column(name)[0]
        differs = compute.not_equal(values.slice(1), values.slice(0, batch.num_rows - 1))
        changes[1:] |= differs.to_numpy(zero_copy_only=False)
    return [int(row) for row in np.flatnonzero(changes)]
