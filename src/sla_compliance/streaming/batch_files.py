"""Files of batches by part: what the job of a piece writes, and the job of a part reads."""
################################################################
# A file has batches of Arrow, each of the rows of one part, as many of a part as
# memory was filled. The outcome of the job says of which part each batch is, so that
# reading a part reads its own batches and no other.
################################################################

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from sla_compliance.errors import requires_extra
from sla_compliance.streaming.work_folder import WorkFolder

with requires_extra("frames", __name__, package="pyarrow"):
    import pyarrow as pa  # type: ignore[import-untyped]
    import pyarrow.compute as pc  # type: ignore[import-untyped]

_ROWS_AT_ONCE: Final = 1 << 18
_BYTES_AT_ONCE: Final = 1 << 24


class PartWriter:
    """Writes rows by their part to one file.

    Attributes:
        batches: the part and the rows of each batch, in the order of the file.
    """

    def __init__(self, path: Path) -> None:
        """Keep a path; the file is made by the first rows, and is empty without any."""
        self._path = path
        self._writer: Any = None
        self._held: list[tuple[Any, Any]] = []
        self._held_rows = self._held_bytes = 0
        self.batches: list[tuple[int, int]] = []

    def __enter__(self) -> Self:
        """Begin to write."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Write what is held, and close the file."""
        if kind is None:
            self._write_held()
            if self._writer is None:
                self._path.touch()
        if self._writer is not None:
            self._writer.close()

    def write(self, table: Any, parts: Any) -> None:  # noqa: ANN401 - of Arrow
        """Write rows.

        Args:
            parts: the part of each of them.
        """
        self._held.append((table, parts))
        self._held_rows += table.num_rows
        self._held_bytes += table.nbytes
        if self._held_rows >= _ROWS_AT_ONCE or self._held_bytes >= _BYTES_AT_ONCE:
            self._write_held()

    def _write_held(self) -> None:
        if not self._held_rows:
            return
        tables, part_arrays = zip(*self._held, strict=True)
        self._held, self._held_rows, self._held_bytes = [], 0, 0
        parts = pa.chunked_array(part_arrays)
        table = pa.concat_tables(tables).combine_chunks()
        del tables  # so that there are two copies of the rows, and not three
        table = table.take(pc.sort_indices(parts))
        counts = sorted((count["values"], count["counts"]) for count in pc.value_counts(parts).to_pylist())
        if self._writer is None:
            options = pa.ipc.IpcWriteOptions(compression="lz4" if pa.Codec.is_available("lz4") else None)
            self._writer = pa.ipc.new_file(str(self._path), table.schema, options=options)
        first_row = 0
        for part, row_count in counts:
            self._writer.write_table(table.slice(first_row, row_count), max_chunksize=_ROWS_AT_ONCE)
            self.batches.append((part, row_count))
            first_row += row_count


def read_part(folder: WorkFolder, kind: str, file_count: int, part: int) -> list[Any]:
    """Return the rows of a part in the files of the jobs of a kind, a table for each file that has some."""
    tables: list[Any] = []
    for number in range(file_count):
        batches = (folder.outcome(kind, number) or {}).get("batches", ())
        indices = [index for index, (batch_part, _) in enumerate(batches) if batch_part == part]
        if indices:
            with pa.OSFile(str(folder.file(kind, number, ".arrow"))) as file, pa.ipc.open_file(file) as reader:
                tables.append(pa.Table.from_batches([reader.get_batch(index) for index in indices]))
    return tables
