"""The first rows of files, read as any file of alarms, so that wrong options and columns cost no time."""
################################################################
# Names and types of columns are the same in all rows of a file, so the first ones
# show what is wrong with them, in the words of a command that reads files. Files of
# the same columns are looked at once.
################################################################

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from sla_compliance.rows.options import OptionNames
from sla_compliance.rows.reading import RowReader
from sla_compliance.sources._files.chunk import Chunk, ExpectedColumns
from sla_compliance.sources._files.parquet import ParquetRows
from sla_compliance.sources._files.row_files import RowFile
from sla_compliance.sources._files.table import AlarmTable, RowChoice, TableReader
from sla_compliance.streaming.input_files import InputFile
from sla_compliance.streaming.question import RowKeywords

_FIRST_ROWS: Final = 1_000


def check_first_rows(
    files: Sequence[InputFile], rows: RowKeywords, choice: RowChoice, option_names: OptionNames
) -> None:
    """Check the names and types of all columns, and the first rows.

    Raises:
        InvalidFileError: a column is missing.
        InvalidAlarmsError: rows are bad, and are to be refused.
        InvalidValueError: a column cannot be read without a further option, which the message names.
    """
    looked_at: set[tuple[object, ...]] = set()
    for file in files:
        columns = (*map(str, file.schema), *(name for name, _ in file.constants))
        if columns not in looked_at:
            looked_at.add(columns)
            row_format = rows.row_format(option_names)
            reader = RowReader(row_format, rows.on_invalid, rows.clock_skew)
            table = AlarmTable(row_format, reader, choice.tenant_id)
            TableReader(table, choice, option_names).read(_first_rows_of(file), lambda *_: None)
            table.batch()


def _first_rows_of(file: InputFile) -> RowFile:
    rows = ParquetRows(file.path, dict(file.constants), batch_rows=_FIRST_ROWS)

    def chunks(expected: ExpectedColumns) -> Iterator[Chunk]:
        yield from islice(rows.chunks(expected), 2)  # the first one has the names alone

    return RowFile(file.path, chunks, lambda: None)
