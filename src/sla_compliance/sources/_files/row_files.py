"""Files of rows of every format, opened by their suffix."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePath

from sla_compliance.errors import InvalidFileError
from sla_compliance.sources._files.chunk import Chunk, ExpectedColumns
from sla_compliance.sources._files.opening import STANDARD_INPUT, file_error, opened, path_text
from sla_compliance.sources._files.rows import chunks


@dataclass(frozen=True, slots=True)
class RowFile:
    """An open file of rows.

    Attributes:
        name: what to call it in messages.
        chunks: its rows, read once.
        share_read: which share of it has been read, 0 to 1; None where that is not known.
    """

    name: str
    chunks: Callable[[ExpectedColumns], Iterator[Chunk]]
    share_read: Callable[[], float | None]

    def error(self, fault: str) -> InvalidFileError:
        """Return the error that says what is wrong with the file."""
        return file_error(self.name, fault)


@contextmanager
def opened_rows(path: str | os.PathLike[str]) -> Iterator[Iterator[RowFile]]:
    """Open a file of rows, or a folder of Parquet files one after another.

    Raises:
        InvalidFileError: it cannot be opened, or reading it fails.
        InvalidTypeError: `path` is no path.
        MissingExtraError: a package that reads the format is not installed.
    """
    own_path = path_text(path)
    suffix = PurePath(own_path.lower()).suffix
    is_folder = own_path != STANDARD_INPUT and Path(own_path).is_dir()
    if is_folder or suffix == ".parquet":
        yield _parquet_files(own_path, is_folder=is_folder)
    elif suffix == ".xlsx":
        from sla_compliance.sources._files.xlsx import opened_workbook, xlsx_chunks  # noqa: PLC0415 - needs openpyxl

        with opened_workbook(own_path) as workbook:
            yield iter([RowFile(own_path, partial(xlsx_chunks, own_path, workbook), lambda: None)])
    else:
        with opened(own_path) as file:
            yield iter([RowFile(file.name, partial(chunks, file), lambda: file.share_read)])


def _parquet_files(path: str, *, is_folder: bool) -> Iterator[RowFile]:
    from sla_compliance.sources._files.parquet import ParquetRows, parquet_files  # noqa: PLC0415 - needs pyarrow

    files = parquet_files(path) if is_folder else [(path, {})]
    for name, constants in files:
        rows = ParquetRows(name, constants)
        yield RowFile(name, rows.chunks, partial(getattr, rows, "share_read"))
