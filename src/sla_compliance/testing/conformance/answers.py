"""A report of the library as the answer of a conformance vector."""
################################################################
# Shares are exact, "n/d" in lowest terms; lengths are microseconds; instants are
# ISO 8601 with the zone's own offset. Cells that are empty are left out.
################################################################

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from sla_compliance.analysis.budgets import budget
from sla_compliance.errors import SLAComplianceError
from sla_compliance.records import ComplianceRecord
from sla_compliance.report import ComplianceReport
from sla_compliance.testing.conformance.questions import (
    DEFAULT_PERIODS,
    VectorQuestion,
    period_of_text,
    report_of_question,
)

VectorAnswer = Mapping[str, Any]
"""An answer in JSON types."""


def answer_of_library(question: VectorQuestion) -> VectorAnswer:
    """Return what the library answers to a question; {"refused": true} where it refuses it."""
    try:
        report = report_of_question(question)
        periods = {text: period_of_text(text) for text in question.get("periods", DEFAULT_PERIODS)}
    except SLAComplianceError:
        return {"refused": True}
    answer: dict[str, Any] = {"total": _figures(report, report.total)}
    if question.get("budget"):
        answer["total"]["budget"] = _budget(report)
    for text, period in periods.items():
        answer[text] = [_figures(report, record) for record in report.by(period)]
    return answer


def ratio_text(ratio: Fraction | None) -> str | None:
    """Return an exact share as "n/d", the denominator always written."""
    return None if ratio is None else f"{ratio.numerator}/{ratio.denominator}"


def _figures(report: ComplianceReport, record: ComplianceRecord) -> dict[str, Any]:
    bounds = report.bounds(record)
    return {
        "date": record.date.isoformat(),
        "start": record.start.isoformat(),
        "end": record.end.isoformat(),
        "cells_us": {
            f"{scope}/{state}": length_us for (scope, state), length_us in record.segments.items() if length_us
        },
        "downtime_us": record.downtime_us,
        "uptime_us": record.uptime_us,
        "availability": ratio_text(record.availability_ratio),
        "verdict": str(record.verdict),
        "low": ratio_text(bounds.low),
        "high": ratio_text(bounds.high),
        "is_confirmed": bounds.is_confirmed,
        "compliance_percentage": record.compliance_percentage,
        "target_percentage": record.target_percentage,
        "uptime_minutes": record.uptime_minutes,
        "downtime_minutes": record.downtime_minutes,
        "sla_breaches": record.sla_breaches,
        "doubts": [
            {"cause": str(doubt.cause), "rows": doubt.rows, "length_us": doubt.length_us} for doubt in bounds.because
        ],
    }


def _budget(report: ComplianceReport) -> dict[str, Any]:
    figures = budget(report)
    return {
        "allowed_us": ratio_text(figures.allowed_us),
        "spent_us": figures.spent_us,
        "left_us": ratio_text(figures.left_us),
        "remaining": ratio_text(figures.remaining_ratio),
        "to_date": ratio_text(figures.to_date_ratio),
        "best": ratio_text(figures.best_ratio),
        "worst": ratio_text(figures.worst_ratio),
        "deadline": None if figures.deadline is None else figures.deadline.isoformat(),
    }
