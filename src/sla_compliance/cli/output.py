"""What reports are written as."""
################################################################
# JSON is the wire format: a list of records; with a key for each report, a list
# of {"key": ..., "records": [...]}, the worst first, null where rows have no key,
# with a title where an inventory gives the key one.
# CSV is the same records, with a column in front that names the key.
# With --detail each record has its causes of doubt, and is_confirmed says what the
# exit code says: a report without rows confirms nothing.
#
# A text comes in pieces, one for each key, so that the output of many keys is never
# in memory as a whole. All are UTF-8 wherever they go; a table on standard output is
# in the encoding of the terminal.
################################################################

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from textwrap import indent

from sla_compliance.calendars.periods import Period
from sla_compliance.certainty import Doubt, DoubtCause
from sla_compliance.cli.destination import write_pieces
from sla_compliance.cli.evaluation import ReportResult
from sla_compliance.outlets.text import doubt_sentence, doubts_of, is_confirmed
from sla_compliance.report import ComplianceReport
from sla_compliance.rounding import downtime_minutes

_INDENT = "  "


def json_pieces(result: ReportResult, by: Period, *, detail: bool) -> Iterator[str]:
    """Yield the records as JSON."""
    if result.by_key is None:
        yield _json_text(_records(result, result.whole, by, _doubt_dict, detail=detail)) + "\n"
        return
    separator = "[\n"
    for key, report in result.by_key.items():
        records = _records(result, report, by, _doubt_dict, detail=detail)
        title = {} if report.title is None else {"title": report.title}
        yield separator + indent(_json_text({"key": key, **title, "records": records}), _INDENT)
        separator = ",\n"
    yield "\n]\n" if result.by_key else "[]\n"


def csv_pieces(result: ReportResult, by: Period, column: str | None, *, detail: bool) -> Iterator[str]:
    """Yield the records as CSV."""
    from sla_compliance.outlets.csv import csv_lines  # noqa: PLC0415 - other formats do not need it

    return csv_lines(_csv_rows(result, by, column, detail=detail))


def _csv_rows(result: ReportResult, by: Period, column: str | None, *, detail: bool) -> Iterator[dict[str, object]]:
    if result.by_key is None or column is None:
        yield from _records(result, result.whole, by, doubt_sentence, detail=detail)
        return
    for key, report in result.by_key.items():
        for record in _records(result, report, by, doubt_sentence, detail=detail):
            yield {column: key, **record}


def _records(
    result: ReportResult,
    report: ComplianceReport,
    by: Period,
    write_doubt: Callable[[Doubt], object],
    *,
    detail: bool,
) -> list[dict[str, object]]:
    """Return the records of one of the reports of a command; in detail with their causes of doubt.

    Args:
        write_doubt: returns a cause of doubt as the format has it.
    """
    wire_records = report.as_dicts(by, detail=detail)
    if detail:
        for record, wire_record in zip(report.by(by), wire_records, strict=True):
            if not record.is_hour:  # an hour has no verdict to confirm
                wire_record["is_confirmed"] = is_confirmed(result.whole, record)
            wire_record["doubts"] = [write_doubt(doubt) for doubt in doubts_of(report, record, whole=result.whole)]
    return wire_records


def _doubt_dict(doubt: Doubt) -> dict[str, object]:
    """Return a cause of doubt in JSON types; of rows that may be of any time no minutes are known."""
    minutes = None if doubt.cause is DoubtCause.NO_START else downtime_minutes(doubt.length_us)
    return {"cause": str(doubt.cause), "rows": doubt.rows, "minutes": minutes, "text": doubt_sentence(doubt)}


def _json_text(value: object) -> str:
    return json.dumps(value, indent=len(_INDENT), ensure_ascii=False)


def emit(text: str, encoding: str = "utf-8") -> None:
    """Write a text to standard output, all of it; characters that the encoding lacks are replaced.

    Raises:
        OSError: standard output is closed or full.
    """
    write_pieces([text], None, encoding)
