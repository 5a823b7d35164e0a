"""Records as CSV, for spreadsheets and scripts."""
################################################################
# The columns are the keys of the records' wire format; nested ones get a column
# for each of their own ("segments.AGREED/UP"), lists are joined. No value is empty.
# Lines end in a line feed, also inside texts. A text that a spreadsheet would
# take for a formula gets an apostrophe in front.
################################################################

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


def records_csv(records: Iterable[Mapping[str, object]]) -> str:
    """Return a table of records, as `ComplianceReport.as_dicts` gives them: a header line and a line for each.

    >>> print(records_csv([{"date": "2025-10-08", "note": "=1+1", "compliance_percentage": None}]), end="")
    date,note,compliance_percentage
    2025-10-08,'=1+1,
    """
    rows = [dict(_cells(record)) for record in records]
    columns = dict.fromkeys(name for row in rows for name in row)
    text = io.StringIO()
    writer = csv.DictWriter(text, list(columns), lineterminator="\n")
    if columns:
        writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _cells(record: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, object]]:
    for key, value in record.items():
        if isinstance(value, Mapping):
            yield from _cells(value, f"{prefix}{key}.")
        elif isinstance(value, list | tuple):
            yield f"{prefix}{key}", _harmless("; ".join(map(str, value)))
        else:
            yield f"{prefix}{key}", _harmless(value)


def _harmless(value: object) -> object:
    if not isinstance(value, str):
        return value
    text = value.replace("\r\n", "\n").replace("\r", "\n")
    return f"'{text}" if value.startswith(FORMULA_STARTS) else text
