"""whole_keys: tables of whole keys from batches that end anywhere."""

from __future__ import annotations

from itertools import pairwise

import pyarrow as pa  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st

from sla_compliance.frames.whole_keys import TableSize, whole_keys

Rows = list[tuple[str, int]]
keys = st.tuples(st.sampled_from(["", "a", "b", "ü"]), st.integers(0, 2))


def batches_of(rows: Rows, cuts: list[int]) -> list[pa.RecordBatch]:
    """Return rows as batches that are cut at some rows; some are empty."""
    bounds = sorted({0, *(cut for cut in cuts if cut < len(rows)), len(rows)})
    table = pa.table({"tenant": pa.array([row[0] for row in rows], pa.string()), "unit": [row[1] for row in rows]})
    batch = table.cast(pa.schema([("tenant", pa.string()), ("unit", pa.int64())])).combine_chunks()
    (whole,) = batch.to_batches() or [pa.RecordBatch.from_pylist([], batch.schema)]
    return [whole.slice(0, 0), *(whole.slice(low, high - low) for low, high in pairwise(bounds))]


@given(
    rows=st.lists(keys, max_size=30).map(sorted),
    cuts=st.lists(st.integers(0, 30), max_size=6),
    size=st.builds(TableSize, rows=st.integers(1, 8), keys=st.integers(1, 4)),
)
def test_tables_hold_all_rows_in_order_and_cut_no_group(rows: Rows, cuts: list[int], size: TableSize) -> None:
    """Whatever the batches; and none is larger than asked for by more than its last group."""
    tables = list(whole_keys(batches_of(rows, cuts), ["tenant"], ["tenant", "unit"], size))
    parts = [list(zip(table["tenant"].to_pylist(), table["unit"].to_pylist(), strict=True)) for table in tables]
    assert [row for part in parts for row in part] == rows
    tenants = [{tenant for tenant, _ in part} for part in parts]
    assert all(tenants)
    assert sum(map(len, tenants)) == len({tenant for tenant, _ in rows})
    for part in parts:
        without_last_group = [row for row in part if row[0] != part[-1][0]]
        assert len(without_last_group) < size.rows
        assert len(set(without_last_group)) < size.keys


def test_small_keys_share_a_table() -> None:
    """Each computation has a cost of its own."""
    rows = [(f"tenant-{number // 2:02}", 0) for number in range(40)]
    sizes = [
        table.num_rows for table in whole_keys(batches_of(rows, [7, 21]), ["tenant"], ["tenant"], TableSize(10, 99))
    ]
    assert sizes == [10, 10, 10, 10]
