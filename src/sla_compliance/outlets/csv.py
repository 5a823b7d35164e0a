"""Records as CSV, for spreadsheets and scripts."""
################################################################
# The columns are the keys of the records' wire format. A nested key has a column
# of its own ("segments.AGREED/UP"), a list is joined to one text; of an entry with
# keys that is its `text`. A missing value is an empty cell. Lines end in a line
# feed, also inside texts. A text that a spreadsheet would compute as a formula gets
# an apostrophe in front.
################################################################

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


def records_csv(records: Iterable[Mapping[str, object]]) -> str:
    """Return a table of records: a header line and a line for each record; empty without a record.

    Args:
        records: as `ComplianceReport.as_dicts` returns them. Their keys may differ; columns stand in the order in which
            keys first appear.

    >>> print(records_csv([{"date": "2025-10-08", "note": "=1+1", "compliance_percentage": None}]), end="")
    date,note,compliance_percentage
    2025-10-08,'=1+1,
    """
    rows = [_row(record) for record in records]
    columns: dict[str, None] = {}  # a dict keeps the order of its keys, a set does not
    for row in rows:
        columns.update(dict.fromkeys(row))
    text = io.StringIO()
    writer = csv.DictWriter(text, list(columns), lineterminator="\n")
    if columns:
        writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def csv_lines(records: Iterable[Mapping[str, object]]) -> Iterator[str]:
    """Yield the lines of a table of records one by one, the header first; nothing without a record.

    Args:
        records: all with the keys of the first one. Each is read when its line is asked for.
    """
    text = io.StringIO()
    writer: csv.DictWriter[str] | None = None
    for record in records:
        row = _row(record)
        if writer is None:
            writer = csv.DictWriter(text, list(row), lineterminator="\n")
            writer.writeheader()
        writer.writerow(row)
        yield text.getvalue()
        text.seek(0)
        text.truncate()


def _row(record: Mapping[str, object]) -> dict[str, object]:
    """Return the cells of a record by column; nested mappings are flattened to dotted names."""
    row: dict[str, object] = {}
    for key, value in record.items():
        if isinstance(value, Mapping):
            nested = _row(value)
            row.update({f"{key}.{name}": cell for name, cell in nested.items()})
        elif isinstance(value, list | tuple):
            row[key] = _without_formula("; ".join(map(_entry_text, value)))
        elif isinstance(value, str):
            row[key] = _without_formula(value)
        else:
            row[key] = value
    return row


def _entry_text(entry: object) -> str:
    if not isinstance(entry, Mapping):
        return str(entry)
    if "text" in entry:
        return str(entry["text"])
    # A doubt of a service's answer has no sentence.
    return ", ".join(f"{key} {value}" for key, value in entry.items())


def _without_formula(value: str) -> str:
    text = value.replace("\r\n", "\n").replace("\r", "\n")
    return f"'{text}" if value.startswith(FORMULA_STARTS) else text
