"""What `report` writes in each of its formats."""

from __future__ import annotations

import io
import sys
from collections.abc import Hashable, Iterable
from typing import TextIO

from sla_compliance.cli.evaluation import ReportResult
from sla_compliance.cli.output import csv_pieces, json_pieces
from sla_compliance.cli.report_documents import DOCUMENT_FORMATS, document_content
from sla_compliance.cli.report_options import ReportOptions
from sla_compliance.outlets.text import key_name
from sla_compliance.report import ComplianceReport
from sla_compliance.settings import ReportSettings


def report_content(
    whole: ComplianceReport, key: Hashable, report: ComplianceReport, options: ReportOptions, settings: ReportSettings
) -> bytes:
    """Return the file of a key.

    Args:
        whole: the report of all keys together.
        settings: what the contract file says of reports.
    """
    name = key_name(key, report.title)
    if options.format_name in DOCUMENT_FORMATS:
        document = options.documents.document(report, settings, options.period, key_name=name)
        return document_content(document, options.format_name)
    result = ReportResult(whole, {key: report})
    if options.format_name == "table":
        pieces: Iterable[str] = [_periods_table(name, report, options)]
    else:
        pieces = record_pieces(result, options)
    return "".join(pieces).encode("utf-8", errors="replace")


def record_pieces(result: ReportResult, options: ReportOptions) -> Iterable[str]:
    """Return the records as JSON or CSV, piece by piece."""
    if options.format_name == "json":
        return json_pieces(result, options.period, detail=options.detail)
    return csv_pieces(result, options.period, options.each, detail=options.detail)


def keyed_page_pieces(result: ReportResult, options: ReportOptions) -> Iterable[str]:
    """Return the page with a row for each key, piece by piece."""
    from sla_compliance.outlets.html import keyed_report_page  # noqa: PLC0415 - other formats need none

    return keyed_report_page(result.whole, result.by_key or {}, column=options.each or "", title=options.title)


def table_text(result: ReportResult, options: ReportOptions) -> str:
    """Return the tables, for standard output as wide as it is, for a file as plain text."""
    from sla_compliance.cli.table import Page, keys_page  # noqa: PLC0415 - needs rich, as the progress

    if result.by_key is None or options.each is None:
        return _periods_table(options.title, result.whole, options)
    return keys_page(
        Page(_stream(options)),
        options.title,
        options.each,
        result.whole,
        result.by_key,
        worst=options.worst,
        has_inventory=options.inventory is not None,
    )


def _periods_table(title: str, report: ComplianceReport, options: ReportOptions) -> str:
    from sla_compliance.cli.table import Page, periods_page  # noqa: PLC0415 - needs rich, as the progress

    return periods_page(Page(_stream(options)), title, report, options.period)


def _stream(options: ReportOptions) -> TextIO:
    # A file has the characters of UTF-8 and no colour, whatever the terminal.
    return sys.stdout if options.output is None else io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
