"""The report of the demonstration: the last whole month of the sample provider, as a file to open."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Final

from sla_compliance.batch import AlarmBatch
from sla_compliance.cli.destination import write_content
from sla_compliance.cli.report_documents import document_content
from sla_compliance.compliance import EvaluationKeywords, evaluate
from sla_compliance.date_ranges import calendar_month
from sla_compliance.outlets import document
from sla_compliance.zones import load_zone

_TITLE_OF_DOCUMENT: Final = "Service report"
_CUSTOMER: Final = "Sample customer"
_ISSUER: Final = "Sample provider"


def write_demo_report(batch: AlarmBatch, terms: EvaluationKeywords, format_name: str, output: Path | None) -> Path:
    """Write the report of the last whole month, and return where.

    Args:
        terms: of the ninety days.
        output: None: demo.pdf or the like in the current folder.

    Raises:
        MissingExtraError: a package that the format needs is absent.
        OSError: the file cannot be written.
    """
    zone = terms["zone"]
    today = terms["as_of"].astimezone(load_zone(zone)).date()
    last_day_before = today.replace(day=1) - timedelta(days=1)
    start, end = calendar_month(f"{last_day_before:%Y-%m}", zone=zone)
    terms_of_month: EvaluationKeywords = {**terms, "start": start, "end": end}
    report = evaluate(batch, **terms_of_month)
    path = output or Path(f"demo.{format_name}")
    content = document_content(
        document(report, title=_TITLE_OF_DOCUMENT, customer=_CUSTOMER, issued_by=_ISSUER), format_name
    )
    write_content(content, str(path))
    return path
