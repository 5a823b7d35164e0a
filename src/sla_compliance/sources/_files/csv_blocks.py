"""Blocks of CSV without quotes: their columns, split from the whole text at once."""
################################################################
# Most exports hold no quote. Then a line is a row and every separator ends a field, so
# that one split of a block of lines gives all of its fields: in three quarters of the
# time of csv.reader alone, and without a list for each row.
#
# Whatever csv.reader could read in another way is left to it: a quote, a carriage
# return but at the end of a line, a text that may hold a field of more than its limit.
# So are lines of another number of fields, and blank ones.
################################################################

from __future__ import annotations

import csv
from collections.abc import Sequence
from functools import cache

from sla_compliance.columns import Texts


def plain_columns(text: str, separator: str, width: int) -> list[Texts] | None:
    """Return the columns of some lines that are all rows of `width` fields; None where csv.reader has to read them."""
    if '"' in text or len(text) > csv.field_size_limit():
        return None
    line_end = "\r\n" if "\r" in text else "\n"
    lines = text if text.endswith("\n") else text + line_end
    separators = lines.encode().translate(None, _all_bytes_but(separator))
    separators_of_a_row = (separator * (width - 1) + line_end).encode()
    row_count = len(separators) // len(separators_of_a_row)
    if separators != separators_of_a_row * row_count:
        return None
    fields = lines.replace(line_end, separator).split(separator)
    fields.pop()  # the empty text behind the last separator
    if len(fields) != row_count * width:  # there is text between a carriage return and the end of its line
        return None
    columns = [Texts(fields[index::width]) for index in range(width)]
    return None if _has_blank_row(columns) else columns


@cache
def _all_bytes_but(separator: str) -> bytes:
    return bytes(byte for byte in range(256) if byte not in f"{separator}\r\n".encode())


def _has_blank_row(columns: Sequence[Sequence[str]]) -> bool:
    first, *others = columns
    if all(map(str.strip, first)):
        return False
    blank_rows = [row for row, text in enumerate(first) if not text.strip()]
    return any(not any(column[row].strip() for column in others) for row in blank_rows)
