"""The files of all parts as one: row groups one after the other, whatever their number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from sla_compliance.errors import requires_extra
from sla_compliance.streaming.work_folder import written_whole

with requires_extra("frames", __name__, package="pyarrow"):
    import pyarrow as pa  # type: ignore[import-untyped]
    from pyarrow import parquet

_GROUP_ROWS: Final = 1 << 17
_BATCH_ROWS: Final = 1 << 15


def merge(parts: Iterable[Path], output: Path) -> None:
    """Write the rows of some files of one kind, at least one, as one file.

    Raises:
        OSError: it cannot be written; it names the file.
    """
    with written_whole(output) as unfinished:
        writer = None
        try:
            for table in _groups(parts):
                if writer is None:
                    codec = "zstd" if pa.Codec.is_available("zstd") else "snappy"
                    writer = parquet.ParquetWriter(unfinished, table.schema, compression=codec)
                writer.write_table(table, row_group_size=_GROUP_ROWS)
        finally:
            if writer is not None:
                writer.close()


def _groups(parts: Iterable[Path]) -> Iterator[Any]:
    """Yield the rows in tables of about _GROUP_ROWS; the last, or only, one may have fewer, or none."""
    held: list[Any] = []
    row_count = 0
    schema = None
    for part in parts:
        with parquet.ParquetFile(part) as file:
            schema = file.schema_arrow
            for batch in file.iter_batches(batch_size=_BATCH_ROWS, use_threads=False):
                held.append(batch)
                row_count += batch.num_rows
                if row_count >= _GROUP_ROWS:
                    yield pa.Table.from_batches(held, schema)
                    held, row_count = [], 0
    if schema is not None:
        yield pa.Table.from_batches(held, schema)
