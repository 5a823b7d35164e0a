"""Rows of XLSX workbooks."""
################################################################
# The rows stand in the only sheet whose header has what is needed; the header is the
# first row of a sheet that is not blank. Where no sheet has it, and where several do,
# the error names the sheets.
#
# Cells become text, as in other files. A workbook knows no time zones: its times are
# local ones. A whole number is one, though Excel stores it as a float.
################################################################

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, Final

from sla_compliance.checks import shown_names
from sla_compliance.errors import SLAComplianceError, requires_extra, shown
from sla_compliance.rows.names import MOST_COLUMNS
from sla_compliance.sources._files.chunk import (
    CHUNK_ROWS,
    Chunk,
    ExpectedColumns,
    Places,
    Text,
    check_names_differ,
    text_of,
)
from sla_compliance.sources._files.opening import (
    EXPANSION_FREE_BYTES,
    MOST_EXPANSION,
    fault_text,
    file_error,
    file_size,
    unreadable,
)

with requires_extra("xlsx", __name__):
    import openpyxl

_ROWS_LOOKED_AT: Final = 100
_LAST_ROW: Final = 1_048_576
_SHEETS_SHOWN: Final = 5
_Cells = tuple[Any, ...]


@contextmanager
def opened_workbook(path: str) -> Iterator[Any]:
    """Open a workbook for reading row by row; close it after.

    Raises:
        InvalidFileError: it cannot be opened, is no workbook, or unpacks to far more than its size.
    """
    try:
        file = Path(path).open("rb")  # noqa: SIM115 - closed below; openpyxl itself leaves files open where it fails
    except OSError as error:
        raise unreadable(path, error) from error
    with file:
        # zipfile looks for the end of a file, and would read a device without end for ever.
        if file_size(file) is None:
            raise file_error(path, "is no XLSX workbook: it is a pipe or a device; save it as a file")
        try:
            _check_expansion(file)
            workbook = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
        except Exception as error:  # openpyxl lets errors of zip, XML and its own parsing through
            raise file_error(path, f"is no XLSX workbook: {fault_text(error)}") from error
        for sheet in workbook.worksheets:
            # Exporters write sizes that are not those of the sheet; openpyxl would leave out the rows beyond.
            sheet.reset_dimensions()
        yield workbook


def _check_expansion(file: BinaryIO) -> None:
    with zipfile.ZipFile(file) as archive:
        packed = sum(entry.compress_size for entry in archive.infolist())
        unpacked = sum(entry.file_size for entry in archive.infolist())
    if unpacked > max(EXPANSION_FREE_BYTES, MOST_EXPANSION * packed):
        raise ValueError(f"it unpacks to more than {MOST_EXPANSION} times its size")


def xlsx_chunks(path: str, workbook: Any, expected: ExpectedColumns) -> Iterator[Chunk]:  # noqa: ANN401 - of openpyxl
    """Yield the rows of a workbook; the first chunk has the columns and no row.

    Raises:
        InvalidFileError: no sheet has what is needed, several do, or a sheet is broken.
    """
    try:
        yield from _chunks(path, workbook, expected)
    except SLAComplianceError:
        raise
    except Exception as error:  # sheets are parsed as they are read; openpyxl lets errors of XML through
        raise file_error(path, f"is no XLSX workbook that can be read: {fault_text(error)}") from error


def _chunks(path: str, workbook: Any, expected: ExpectedColumns) -> Iterator[Chunk]:  # noqa: ANN401 - as above
    sheet, first_row, names = _sheet_of_rows(path, workbook, expected)
    name = f"{path} {sheet.title}"
    yield Chunk(Places(name, ()), dict.fromkeys(names, ()), {})
    rows = enumerate(sheet.iter_rows(min_row=first_row, max_col=len(names), values_only=True), start=first_row)
    filled_rows = ((number, cells) for number, cells in _up_to_last_row(path, rows) if _is_filled(cells))
    while some_rows := list(islice(filled_rows, CHUNK_ROWS)):
        numbers = [number for number, _ in some_rows]
        # A sheet that does not say how wide it is has rows of any width.
        records = [_padded(cells, len(names)) for _, cells in some_rows]
        columns = {}
        for column, values in zip(names, zip(*records, strict=True), strict=True):
            columns[column] = list(map(_text, values))
        yield Chunk(Places(name, numbers), columns, {})


def _sheet_of_rows(path: str, workbook: Any, expected: ExpectedColumns) -> tuple[Any, int, list[str]]:  # noqa: ANN401
    """Return the sheet that holds the rows, the number of the row below its header, and the names of its columns."""
    headers = []
    for sheet in workbook.worksheets:
        header_row, names = _header(path, sheet)
        if names:
            headers.append((sheet, header_row + 1, names))
    fitting_headers = [header for header in headers if expected.are_enough(header[2])]
    if len(fitting_headers) == 1:
        return fitting_headers[0]
    titles = shown_names(sheet.title for sheet in workbook.worksheets)
    needed = "with the columns that are needed, among"
    if fitting_headers:
        raise file_error(path, f"has several sheets {needed} {titles}; save that sheet as a file")
    for sheet, row_below_header, _ in headers:
        _look_for_a_header_below(path, sheet, row_below_header - 1, expected)
    if len(headers) == 1:
        return headers[0]  # the reader of the rows says which column it lacks, and how to map one
    names_of_sheets = [f"{shown(sheet.title)} has {shown_names(names)}" for sheet, _, names in headers[:_SHEETS_SHOWN]]
    way_out = "; ".join([*names_of_sheets, "map the column that holds what is needed"]) if headers else "give it rows"
    raise file_error(path, f"has no sheet {needed} {titles}; {way_out}")


def _header(path: str, sheet: Any) -> tuple[int, list[str]]:  # noqa: ANN401 - a sheet of openpyxl
    """Return the number and the texts of the first row that is not blank; 0 and none where there is no such row."""
    for number, cells in enumerate(sheet.iter_rows(max_row=_ROWS_LOOKED_AT, values_only=True), start=1):
        if _is_filled(cells):
            return number, _names(path, cells)
    return 0, []


def _names(path: str, cells: _Cells) -> list[str]:
    texts = list(map(_text, cells))
    while texts and texts[-1] is None:
        texts.pop()
    if len(texts) > MOST_COLUMNS:
        raise file_error(path, f"has {len(texts):,} columns, more than {MOST_COLUMNS:,}; keep those of alarms")
    names = [text.strip() if text else f"column {number}" for number, text in enumerate(texts, start=1)]
    check_names_differ(names, partial(file_error, path))
    return names


def _look_for_a_header_below(path: str, sheet: Any, header_row: int, expected: ExpectedColumns) -> None:  # noqa: ANN401
    rows = sheet.iter_rows(min_row=header_row + 1, max_row=header_row + _ROWS_LOOKED_AT, values_only=True)
    for number, cells in enumerate(rows, start=header_row + 1):
        if expected.are_enough([text for text in map(_text, cells) if text]):
            raise file_error(
                path,
                f"has its column names on row {number} of {shown(sheet.title)}; delete the rows above it",
                header_row,
            )


def _up_to_last_row(path: str, rows: Iterable[tuple[int, _Cells]]) -> Iterator[tuple[int, _Cells]]:
    """Yield rows with their numbers; one number that is too large would make openpyxl count to it."""
    for number, cells in rows:
        if number > _LAST_ROW:
            raise file_error(path, f"has a row below {_LAST_ROW:,}, the last one of a sheet; save it again")
        yield number, cells


def _is_filled(cells: Sequence[Any]) -> bool:
    if cells.count(None) == len(cells):  # at the speed of C, for a sheet may have a million blank rows
        return False
    return any(cell is not None and str(cell).strip() for cell in cells)


def _padded(cells: Sequence[Any], width: int) -> Sequence[Any]:
    return cells if len(cells) == width else [*cells, *[None] * width][:width]


def _text(value: object) -> Text:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else text_of(value)
