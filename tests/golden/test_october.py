"""One month of a provider in Berlin, whose figures were counted minute by minute: they may never move."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import sla_compliance as sla

OCTOBER: dict[str, Any] = json.loads(Path(__file__).with_name("october.json").read_text(encoding="utf-8"))
RECORDS: list[dict[str, Any]] = OCTOBER["records"]


def _moments(value: Any) -> Any:
    """Return the timestamps in some nested lists as datetimes; other texts as they are."""
    if isinstance(value, list):
        return [_moments(part) for part in value]
    return value if value == "Europe/Berlin" else datetime.fromisoformat(value)


def _alarm(row: dict[str, str | None]) -> sla.Alarm:
    moments = {
        name: text and datetime.fromisoformat(text) for name, text in row.items() if "_at" in name or "_occ" in name
    }
    fields: dict[str, Any] = {**row, **moments}
    return sla.Alarm(**fields)


@pytest.fixture(scope="module")
def report() -> sla.ComplianceReport:
    """Damping, staleness, a targeted exclusion, a clock change, an instant of evaluation on the last day."""
    terms = {name: _moments(value) for name, value in OCTOBER["terms"].items()}
    terms["exclusions"] += [
        sla.Exclusion(start, end, reason="customer", applies_to={"resource_id": scoped["resource_id"]})
        for scoped in OCTOBER["scoped"]
        for start, end in _moments(scoped["windows"])
    ]
    damping: dict[str, Any] = {name: timedelta(seconds=seconds) for name, seconds in OCTOBER["policy"].items()}
    policy = sla.SLAPolicy(**damping)
    return sla.evaluate(list(map(_alarm, OCTOBER["alarms"])), policy=policy, **terms)


@pytest.mark.parametrize(
    "number", range(len(RECORDS)), ids=[record["date"][:10] for record in RECORDS[:-1]] + ["total"]
)
def test_a_record_is_what_it_always_was(report: sla.ComplianceReport, number: int) -> None:
    """Every key of the wire format and every cell that holds anything."""
    record = (*report.days, report.total)[number]
    details: dict[str, Any] = record.as_dict(detail=True)
    details["segments"] = {cell: length for cell, length in details["segments"].items() if length}
    assert details == RECORDS[number]


def test_no_record_is_missing(report: sla.ComplianceReport) -> None:
    """Thirty-one days and the total."""
    assert len(report.days) + 1 == len(RECORDS)
