"""The Parquet files of a run, by what their metadata says, and their rows piece by piece."""
################################################################
# Nothing of a file but its metadata is read before a piece of it is. A piece is some
# row groups of one file or several, about FILE_PIECE_ROWS rows together, so that the
# pieces of a folder of small files and of one large file are work of like size.
################################################################

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sla_compliance.errors import requires_extra
from sla_compliance.sources._files.opening import fault_text, file_error, path_text, unreadable
from sla_compliance.sources._files.parquet import parquet_files

with requires_extra("frames", __name__, package="pyarrow"):
    import pyarrow as pa  # type: ignore[import-untyped]
    from pyarrow import parquet

FILE_PIECE_ROWS: Final = 1 << 20
_BATCH_ROWS: Final = 1 << 16
_BUFFER_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class InputFile:
    """A Parquet file.

    Attributes:
        path: as messages name it.
        constants: the values that the folders above give to all rows, by column, in order.
        size: bytes.
        modified_ns: when it was last written, nanoseconds since 1970.
        group_rows: how many rows each of its row groups has.
        schema: its own columns.
    """

    path: str
    constants: tuple[tuple[str, str], ...]
    size: int
    modified_ns: int
    group_rows: tuple[int, ...]
    schema: pa.Schema

    @classmethod
    def of(cls, path: str, constants: Iterable[tuple[str, str]] = ()) -> InputFile:
        """Return a file; reads its metadata.

        Raises:
            InvalidFileError: it cannot be read, or is no Parquet.
        """
        with parquet_errors(path):
            status = Path(path).stat()
            with parquet.ParquetFile(path) as file:
                metadata = file.metadata
                group_rows = tuple(metadata.row_group(index).num_rows for index in range(metadata.num_row_groups))
                schema = file.schema_arrow.remove_metadata()
        return cls(path, tuple(constants), status.st_size, status.st_mtime_ns, group_rows, schema)

    @property
    def row_count(self) -> int:
        """How many rows it has."""
        return sum(self.group_rows)

    @property
    def names(self) -> list[str]:
        """The names of the columns of its rows; one that its folder gives is there once."""
        return list(dict.fromkeys([*self.schema.names, *dict(self.constants)]))


@dataclass(frozen=True, slots=True)
class FileRange:
    """Consecutive row groups of a file.

    Attributes:
        file: its number among the files of the run.
        groups: the row groups, by index.
        first_row: how many rows of the file stand before them.
        row_count: how many they have.
    """

    file: int
    groups: tuple[int, ...]
    first_row: int
    row_count: int


FilePiece = tuple[FileRange, ...]


@contextmanager
def parquet_errors(path: str) -> Iterator[None]:
    """Raise what goes wrong with a file as errors that name it.

    Raises:
        InvalidFileError: it cannot be read, or is no Parquet.
    """
    try:
        yield
    except OSError as error:
        raise unreadable(path, error) from error
    except MemoryError:  # Arrow's is both
        raise
    except (pa.ArrowException, UnicodeDecodeError) as error:
        if type(error) is pa.ArrowException:  # of no known kind, e.g. a thread that cannot be started: not the file's
            raise
        raise file_error(path, f"is no Parquet that can be read: {fault_text(error)}") from error


def input_files(paths: Sequence[str]) -> tuple[InputFile, ...]:
    """Return the Parquet files that paths name, those of a folder in the order of their own paths.

    Raises:
        InvalidFileError: a file cannot be read, or is no Parquet.
    """
    files: list[InputFile] = []
    for path in map(path_text, paths):
        if Path(path).is_dir():
            files += [InputFile.of(name, constants.items()) for name, constants in parquet_files(path)]
        else:
            files.append(InputFile.of(path))
    return tuple(files)


def file_pieces(files: Sequence[InputFile], *, piece_rows: int) -> tuple[FilePiece, ...]:
    """Return the files as pieces of about so many rows; a row group is never divided."""
    pieces: list[FilePiece] = []
    ranges: list[FileRange] = []
    row_count = 0
    for number, file in enumerate(files):
        first_row = 0
        for group, rows in enumerate(file.group_rows):
            if ranges and row_count + rows > piece_rows:
                pieces.append(tuple(ranges))
                ranges, row_count = [], 0
            if ranges and ranges[-1].file == number:
                last = ranges.pop()
                ranges.append(FileRange(number, (*last.groups, group), last.first_row, last.row_count + rows))
            else:
                ranges.append(FileRange(number, (group,), first_row, rows))
            first_row += rows
            row_count += rows
    if ranges:
        pieces.append(tuple(ranges))
    return tuple(pieces)


def whole_file(number: int, file: InputFile) -> FileRange:
    """Return all rows of a file."""
    return FileRange(number, tuple(range(len(file.group_rows))), 0, file.row_count)


def batches_of(file: InputFile, file_range: FileRange, columns: Sequence[str]) -> Iterator[tuple[int, Any]]:
    """Yield the rows of a part of a file in batches of bounded size, and how many rows of the file stand before each.

    Args:
        columns: the file's own names of those to read.
    """
    first_row = file_range.first_row
    # Without buffers of its own, Arrow reads a row group as a whole, however large it is.
    options = {"buffer_size": _BUFFER_BYTES, "pre_buffer": False}
    with parquet_errors(file.path), parquet.ParquetFile(file.path, **options) as opened:
        for batch in opened.iter_batches(
            batch_size=_BATCH_ROWS, row_groups=list(file_range.groups), columns=list(columns), use_threads=False
        ):
            yield first_row, batch
            first_row += batch.num_rows
