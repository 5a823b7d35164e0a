"""What a report is written as, and writing it."""
################################################################
# JSON is the wire format: a list of records; with a key for each report, a list
# of {"key": ..., "records": [...]}, the worst first, null where rows have no key.
# CSV is the same records, with a column in front that names the key.
# Both are UTF-8 wherever they go; a table is in the encoding of the terminal.
################################################################

from __future__ import annotations

import json
import sys
from collections.abc import Iterator

from sla_compliance.calendars.periods import Period
from sla_compliance.cli.evaluation import ReportResult


def json_text(result: ReportResult, by: Period, *, detail: bool) -> str:
    """Return the records as JSON."""
    if result.by_key is None:
        return _to_json(result.whole.as_dicts(by, detail=detail))
    return _to_json(
        [{"key": key, "records": report.as_dicts(by, detail=detail)} for key, report in result.by_key.items()]
    )


def csv_text(result: ReportResult, by: Period, column: str | None, *, detail: bool) -> str:
    """Return the records as CSV."""
    from sla_compliance.outlets.csv import records_csv  # noqa: PLC0415 - other formats do not need it

    return records_csv(_csv_rows(result, by, column, detail=detail))


def _csv_rows(result: ReportResult, by: Period, column: str | None, *, detail: bool) -> Iterator[dict[str, object]]:
    if result.by_key is None or column is None:
        yield from result.whole.as_dicts(by, detail=detail)
        return
    for key, report in result.by_key.items():
        for record in report.as_dicts(by, detail=detail):
            yield {column: key, **record}


def _to_json(records: object) -> str:
    return json.dumps(records, indent=2, ensure_ascii=False) + "\n"


def emit(text: str, encoding: str = "utf-8") -> None:
    """Write a text to standard output, all of it; characters that the encoding lacks are replaced.

    Raises:
        OSError: standard output is closed or full.
    """
    sys.stdout.buffer.write(text.encode(encoding, errors="replace"))
    sys.stdout.buffer.flush()
