"""Outlets take an answer of a service as they take a report; a source of one's own is ten lines."""

from __future__ import annotations

import asyncio
import csv
import io
from datetime import UTC, datetime

import sla_compliance as sla
from sla_compliance.outlets import document
from sla_compliance.outlets.csv import records_csv
from sla_compliance.outlets.html import document_page
from sla_compliance.service import ComplianceAnswer, ComplianceService, MemoryTenants, TenantSettings, to_async

NOW = datetime(2025, 10, 9, 12, tzinfo=UTC)
START, END = datetime(2025, 10, 7, tzinfo=UTC), datetime(2025, 10, 10, tzinfo=UTC)
CUT = sla.Alarm(datetime(2025, 10, 8, 9, tzinfo=UTC), datetime(2025, 10, 8, 9, 2, tzinfo=UTC))


class TicketSource:
    """A source of one's own: whatever lists alarms."""

    def fetch(
        self,
        tenant_id: str,
        start_us: int,  # noqa: ARG002 - a source may return more than the window
        end_us: int,  # noqa: ARG002
        wanted: sla.AlarmFilter = sla.AlarmFilter(),  # noqa: ARG002
    ) -> sla.AlarmBatch:
        """Return the tenant's alarms."""
        return sla.AlarmBatch.from_alarms([CUT] if tenant_id == "acme" else [])


def answer() -> ComplianceAnswer:
    service = ComplianceService(
        to_async(TicketSource()), tenants=MemoryTenants({"acme": TenantSettings("UTC")}), clock=lambda: NOW
    )

    async def asked() -> ComplianceAnswer:
        try:
            return await service.compliance("acme", START, END)
        finally:
            await service.aclose()

    return asyncio.run(asked())


def test_an_answer_and_a_report_of_the_same_days_have_the_same_figures() -> None:
    """They are one shape: days, totals, periods, gross, method."""
    report = sla.evaluate([CUT], start=START, end=END, zone="UTC", as_of=NOW)
    for figures in (answer(), report):
        assert figures.total.downtime_minutes == 2
    assert answer().days == report.days
    assert answer().by(sla.Period.MONTH) == report.by(sla.Period.MONTH)
    assert answer().gross == report.gross
    assert answer().last(2) == report.last(2)
    assert answer().method == report.method
    assert answer().as_dicts() == report.as_dicts()


def test_a_page_is_made_of_an_answer() -> None:
    """All of a report's page but the incidents, which only alarms can tell."""
    page = document_page(document(answer(), title="Acme"))
    assert "99.94" in page
    assert "Longest of" not in page
    assert "down while a critical or major alarm is raised" in page


def test_an_answer_is_written_as_csv() -> None:
    """The records of the wire, one a line."""
    rows = list(csv.DictReader(io.StringIO(records_csv(answer().as_dicts()))))
    assert [row["downtime_minutes"] for row in rows] == ["0", "2", "0"]


def test_the_answer_to_a_question_about_no_time_has_figures_of_nothing() -> None:
    """No day stands for an empty range."""
    service = ComplianceService(
        to_async(TicketSource()), tenants=MemoryTenants({"acme": TenantSettings("UTC")}), clock=lambda: NOW
    )

    async def asked() -> ComplianceAnswer:
        try:
            return await service.compliance("acme", START, START)
        finally:
            await service.aclose()

    empty = asyncio.run(asked())
    assert empty.days == ()
    assert empty.total.availability_ratio is None
    assert empty.total.start == empty.total.end == START
    assert "No whole day" in document_page(document(empty, title="Acme"))
