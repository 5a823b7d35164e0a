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
from sla_compliance.cli.evaluation import Answer


def json_text(answer: Answer, by: Period, *, detail: bool) -> str:
    """Return the records as JSON."""
    if answer.each is None:
        return _json(answer.whole.as_dicts(by, detail=detail))
    listed = answer.each.items()
    return _json([{"key": key, "records": report.as_dicts(by, detail=detail)} for key, report in listed])


def csv_text(answer: Answer, by: Period, column: str | None, *, detail: bool) -> str:
    """Return the records as CSV."""
    from sla_compliance.outlets.csv import records_csv  # noqa: PLC0415 - only where asked for

    return records_csv(_flat(answer, by, column, detail=detail))


def _flat(answer: Answer, by: Period, column: str | None, *, detail: bool) -> Iterator[dict[str, object]]:
    if answer.each is None or column is None:
        yield from answer.whole.as_dicts(by, detail=detail)
        return
    for key, report in answer.each.items():
        yield from ({column: key, **record} for record in report.as_dicts(by, detail=detail))


def _json(records: object) -> str:
    return json.dumps(records, indent=2, ensure_ascii=False) + "\n"


def emit(text: str, encoding: str = "utf-8") -> None:
    """Write a text to standard output, all of it; characters it cannot take are replaced.

    Raises:
        OSError: it is closed or full.
    """
    sys.stdout.buffer.write(text.encode(encoding, errors="replace"))
    sys.stdout.buffer.flush()
