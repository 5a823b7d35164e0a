"""Rows of Parquet files, and the files of a folder of them."""
################################################################
# A folder is all files *.parquet below it, in order of their paths, each read as a
# file of its own. Folders between that are called NAME=VALUE give each row of their
# files a column NAME, as Hive and Spark write them.
#
# Files are read batch by batch; columns stay typed until they are read (rows/arrow.py).
################################################################

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

from sla_compliance.errors import requires_extra
from sla_compliance.rows.arrow import eager_frame, frame_columns
from sla_compliance.rows.names import values_inside
from sla_compliance.sources._files.chunk import Chunk, ExpectedColumns, Places, text_of
from sla_compliance.sources._files.opening import fault_text, file_error, unreadable

with requires_extra("arrow", __name__, package="pyarrow"):
    import pyarrow as pa  # type: ignore[import-untyped]
    from pyarrow import parquet

_BATCH_ROWS: Final = 1 << 16


class ParquetRows:
    """The rows of one Parquet file.

    Attributes:
        share_read: which share of its rows has been read, 0 to 1.
    """

    def __init__(self, path: str, constants: Mapping[str, str], batch_rows: int = _BATCH_ROWS) -> None:
        """Keep a path, the values that the folders above give to all rows, by column, and how many to read at once."""
        self._path = path
        self._batch_rows = batch_rows
        self._constants = constants
        self.share_read = 0.0

    def chunks(self, expected: ExpectedColumns) -> Iterator[Chunk]:
        """Yield the rows; the first chunk has the columns and no row.

        Raises:
            InvalidFileError: it cannot be read, or is no Parquet.
        """
        try:
            with parquet.ParquetFile(self._path) as file:
                yield from self._chunks(file, expected)
        except OSError as error:
            raise unreadable(self._path, error) from error
        except (pa.ArrowException, UnicodeDecodeError) as error:  # names that are no UTF-8 are an error of Python's
            raise file_error(self._path, f"is no Parquet that can be read: {fault_text(error)}") from error

    def _chunks(self, file: Any, expected: ExpectedColumns) -> Iterator[Chunk]:  # noqa: ANN401 - of pyarrow
        names = [*file.schema_arrow.names, *self._constants]
        yield Chunk(Places(self._path, ()), dict.fromkeys(names, ()), {})
        row_total, row_count = file.metadata.num_rows, 0
        for batch in file.iter_batches(batch_size=self._batch_rows):
            theirs, rows = frame_columns(eager_frame(pa.Table.from_batches([batch])), cell_of=text_of)
            columns: dict[str, Any] = {**theirs}
            for path in expected.paths:
                root, _, inside = path.partition(".")
                if path not in theirs and root in theirs:
                    columns[path] = list(map(text_of, values_inside(theirs[root], inside)))
            columns |= {name: [value] * rows for name, value in self._constants.items()}
            places = Places(self._path, range(row_count + 1, row_count + rows + 1))
            row_count += rows
            self.share_read = row_count / row_total
            yield Chunk(places, columns, {})


def parquet_files(folder: str) -> list[tuple[str, dict[str, str]]]:
    """Return the Parquet files below a folder, each with the values that the folders between give to its rows.

    Raises:
        InvalidFileError: there is none.
    """
    root = Path(folder)
    files = sorted(path for path in root.rglob("*.parquet") if path.is_file())
    if not files:
        raise file_error(folder, "cannot be read: Is a directory, and no file below it is called *.parquet")
    return [(str(path), _constants(path.relative_to(root))) for path in files]


def _constants(path: Path) -> dict[str, str]:
    pairs = [part.partition("=") for part in path.parts[:-1]]
    return {name: unquote(value) for name, equals, value in pairs if equals}
