"""Reports of a service: all of one reading, whole or an error."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from sla_compliance.alarms import Alarm
from sla_compliance.errors import InvalidFileError, InvalidIntervalError, InvalidTypeError, InvalidValueError
from sla_compliance.outlets import write_json, write_pdf
from sla_compliance.outlets.blocks import Document, Heading, Note, Table
from sla_compliance.outlets.missing_incidents import MissingIncidents
from sla_compliance.service import ComplianceService, MemoryTenants, SyncComplianceService, TenantSettings
from sla_compliance.settings import ReportSettings
from sla_compliance.sources.samples import SampleAlarmSource
from sla_compliance.stores.memory import MemoryDayStore
from sla_compliance.stores.memory_statements import MemoryStatementStore
from tests.service.world import TENANT, LiveFacts, at

OCTOBER = dt.date(2025, 10, 1)
OSLO = TenantSettings("Europe/Oslo")
CUT = Alarm(at(7, 9), at(7, 11), id="1", title="Fibre cut", resource_id="olt-7")
FLAP = Alarm(at(8, 9), at(8, 9, 5), id="2")
LATER = dt.datetime(2025, 11, 5, tzinfo=dt.UTC)


def service_over(facts: LiveFacts, **parts: Any) -> ComplianceService:
    tenants = MemoryTenants({TENANT: facts.settings})
    return ComplianceService(facts, tenants=tenants, clock=facts.clock, **parts)


def with_service(facts: LiveFacts, work: Callable[[ComplianceService], Awaitable[Any]], **parts: Any) -> Any:
    """Return the result of some work with a service of its own."""

    async def run() -> Any:
        service = service_over(facts, **parts)
        try:
            return await work(service)
        finally:
            await service.aclose()

    return asyncio.run(run())


def section(document: Document, name: str) -> list[object]:
    """Return the blocks of a section."""
    blocks: list[object] = []
    current = ""
    for block in document.blocks:
        if isinstance(block, Heading):
            current = block.name
        elif current == name:
            blocks.append(block)
    return blocks


def test_a_month_lists_its_outages_the_dearest_first() -> None:
    """And no others; the document is the same, whoever makes it."""
    facts = LiveFacts(OSLO, LATER, FLAP, CUT, Alarm(at(30, 23, 30), dt.datetime(2025, 11, 1, 8, tzinfo=dt.UTC), id="3"))
    document = with_service(facts, lambda service: service.monthly_document(TENANT, dt.date(2025, 10, 17)))
    (table,) = (block for block in section(document, "incidents") if isinstance(block, Table))
    assert [row.cells[2].text for row in table.rows] == ["Outage", "Fibre cut", "Outage"]
    with SyncComplianceService(service_over(facts)) as sync_service:
        assert sync_service.monthly_document(TENANT, OCTOBER) == document
        start, end = dt.datetime(2025, 10, 7, tzinfo=dt.UTC), dt.datetime(2025, 10, 8, tzinfo=dt.UTC)
        assert sync_service.range_document(TENANT, start, end).records[0]["downtime_seconds"] == 7200


def test_days_older_than_rows_come_from_stored_days() -> None:
    """The report still comes, and says why it lists no outages."""
    facts, store = LiveFacts(OSLO, LATER, CUT), MemoryDayStore()
    start, end = dt.datetime(2025, 9, 30, 22, tzinfo=dt.UTC), dt.datetime(2025, 10, 31, 23, tzinfo=dt.UTC)
    with_service(facts, lambda service: service.store_closed_days(TENANT, start, end), store=store)
    whole = with_service(facts, lambda service: service.month_facts(TENANT, OCTOBER), store=store)
    assert whole.incident_costs.total == 1
    facts.alarms.clear()
    facts.purged_until = LATER
    purged = with_service(facts, lambda service: service.month_facts(TENANT, OCTOBER), store=store)
    assert (purged.incident_costs, purged.missing_incidents) == (None, MissingIncidents.PURGED)
    assert purged.answer.total.downtime_us == whole.answer.total.downtime_us
    for locale, words in (("en", "no longer kept"), ("fr", "ne sont plus conservées")):
        (note,) = section(_document(facts, store, locale), "incidents")
        assert isinstance(note, Note)
        assert words in note.sentences[0]


def _document(facts: LiveFacts, store: MemoryDayStore, locale: str) -> Document:
    settings = ReportSettings(locale=locale)
    document: Document = with_service(
        facts, lambda service: service.monthly_document(TENANT, OCTOBER, settings), store=store
    )
    return document


def test_rows_that_no_longer_say_what_was_stored_are_not_listed() -> None:
    """A list that contradicts its own days would be half a report: rows went without a word, or came."""
    for change in ("gone", "new"):
        facts, store = LiveFacts(OSLO, LATER, CUT), MemoryDayStore()
        start, end = dt.datetime(2025, 9, 30, 22, tzinfo=dt.UTC), dt.datetime(2025, 10, 31, 23, tzinfo=dt.UTC)
        with_service(facts, lambda service: service.store_closed_days(TENANT, start, end), store=store)  # noqa: B023
        if change == "gone":
            facts.alarms.clear()
        else:
            facts.alarms["2"] = FLAP
        differing = with_service(facts, lambda service: service.month_facts(TENANT, OCTOBER), store=store)
        assert (differing.incident_costs, differing.missing_incidents) == (None, MissingIncidents.DIFFER)
        assert differing.answer.total.downtime_us == 7200 * 1_000_000


def test_a_month_names_its_statement_where_the_figures_are_those() -> None:
    """Not one that other facts have overtaken."""
    facts, statements = LiveFacts(OSLO, LATER, CUT), MemoryStatementStore()
    issued = with_service(
        facts, lambda service: service.statement(TENANT, OCTOBER, issued_by="ana"), statements=statements
    )
    document = with_service(facts, lambda service: service.monthly_document(TENANT, OCTOBER), statements=statements)
    assert issued.digest in write_json(document).decode()
    facts.alarms["2"] = FLAP
    overtaken = with_service(facts, lambda service: service.month_facts(TENANT, OCTOBER), statements=statements)
    assert overtaken.statement is None


def test_the_trend_ends_with_the_month() -> None:
    """Whatever came after; of a month too long ago there is none."""
    facts = LiveFacts(OSLO, dt.datetime(2026, 3, 5, tzinfo=dt.UTC), CUT)
    recent = with_service(facts, lambda service: service.month_facts(TENANT, OCTOBER))
    assert [change.record.date for change in recent.trend] == [
        dt.date(2025, 8, 1),
        dt.date(2025, 9, 1),
        OCTOBER,
    ]
    facts.now = dt.datetime(2029, 3, 5, tzinfo=dt.UTC)
    assert with_service(facts, lambda service: service.month_facts(TENANT, OCTOBER)).trend is None


def test_there_is_no_half_report() -> None:
    """A source that fails fails the report, though the days are remembered; a logo that is gone, too."""

    async def work(service: ComplianceService) -> None:
        await service.monthly_document(TENANT, OCTOBER)
        with pytest.raises(InvalidFileError, match=r"reports\.logo is 'gone\.png'"):
            await service.monthly_document(TENANT, OCTOBER, ReportSettings(logo="gone.png"))
        facts.error = ConnectionError("away")
        await service.compliance(TENANT, at(1), at(2))
        with pytest.raises(ConnectionError):
            await service.monthly_document(TENANT, OCTOBER)

    facts = LiveFacts(OSLO, LATER, CUT)
    with_service(facts, work)


def test_bad_months_and_made_up_alarms_are_errors() -> None:
    """Which name the argument."""
    facts = LiveFacts(OSLO, LATER, CUT)
    with pytest.raises(InvalidIntervalError, match="has not begun"):
        with_service(facts, lambda service: service.monthly_document(TENANT, dt.date(2025, 12, 1)))
    with pytest.raises(InvalidIntervalError, match="has begun"):
        with_service(facts, lambda service: service.range_document(TENANT, LATER + dt.timedelta(days=9)))
    with pytest.raises(InvalidTypeError, match="first_date"):
        with_service(facts, lambda service: service.monthly_document(TENANT, "2025-10-01"))  # type: ignore[arg-type]

    async def of_samples() -> None:
        tenants = MemoryTenants({TENANT: OSLO})
        service = ComplianceService(SampleAlarmSource("Europe/Oslo"), tenants=tenants)
        await service.monthly_document(TENANT, OCTOBER)

    with pytest.raises(InvalidValueError, match="made up"):
        asyncio.run(of_samples())


def test_a_tenant_without_outages_has_a_report() -> None:
    """In any locale, with hostile texts of people."""
    facts = LiveFacts(OSLO, LATER)
    hostile = '=HYPERLINK("x") <script> #read("/etc/passwd") \u0000 \ud800 ' + "\u0627" * 500
    settings = ReportSettings(title=hostile, customer=hostile, contract=hostile, locale="fr")
    document = with_service(facts, lambda service: service.monthly_document(TENANT, OCTOBER, settings))
    assert write_pdf(document).startswith(b"%PDF-")
    assert document.records[-1]["date"] == "2025-10-31T00:00:00+01:00"
