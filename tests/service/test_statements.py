"""Statements of a service: issued once, restated where facts differ, never of what is still open."""

from __future__ import annotations

import asyncio
import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine

import sla_compliance as sla
from sla_compliance.analysis import Statement, statement
from sla_compliance.calendars.periods import Period
from sla_compliance.errors import ClockAheadError, PeriodOpenError, UnknownTenantError
from sla_compliance.service import ComplianceService, SyncComplianceService, TenantSettings
from sla_compliance.service.statement_issuer import FACTS_CHANGED, MOST_ISSUE_ROUNDS, PERIOD_CLOSED
from sla_compliance.sources.memory import MemoryTenants
from sla_compliance.sources.samples import SampleAlarmSource
from sla_compliance.stores.memory_statements import MemoryStatementStore
from sla_compliance.stores.sqlalchemy import SQLAlchemyStatementStore
from sla_compliance.stores.statements import StatementConflictError, StatementFilter
from sla_compliance.units import instant_us
from tests.service.world import TENANT, LiveFacts, at, service_of

pytestmark = pytest.mark.anyio

OUTAGE = sla.Alarm(at(21, 9), at(21, 10), id=1, resource_id="olt-7")
LONGER = replace(OUTAGE, cleared_at=at(21, 11))
DATE = dt.date(2025, 10, 1)
NOVEMBER = dt.datetime(2025, 11, 1, tzinfo=dt.UTC)
THIRD_OF_NOVEMBER = NOVEMBER + dt.timedelta(days=2)
JOB = "the job"


def facts_with(*alarms: sla.Alarm, now: dt.datetime = THIRD_OF_NOVEMBER) -> LiveFacts:
    return LiveFacts(TenantSettings("UTC"), now, *alarms)


async def numbers(service: ComplianceService) -> list[int]:
    return [kept.number for kept in (await service.statements(TENANT)).statements]


async def test_the_same_facts_have_one_statement() -> None:
    """What the core makes of the facts; the second call reads the rows once and appends nothing."""
    facts = facts_with(OUTAGE)
    service = service_of(facts, statements=MemoryStatementStore())
    issued = await service.statement(TENANT, dt.date(2025, 10, 17), issued_by=JOB)
    report = facts.report(at(1), NOVEMBER)
    assert issued == statement(report, tenant=TENANT, issued_at=facts.now, issued_by=JOB)
    facts.now += dt.timedelta(days=1)
    assert await service.statement(TENANT, DATE, issued_by="another") == issued
    assert facts.queries == 2
    assert await service.last_statement(TENANT, DATE) == issued
    assert await service.statement_with_digest(TENANT, issued.digest) == issued
    assert await numbers(service) == [1]


async def test_other_facts_have_the_next_number() -> None:
    """With a reason; what was known at an instant stays known."""
    facts = facts_with(OUTAGE)
    service = service_of(facts, statements=MemoryStatementStore())
    first = await service.statement(TENANT, DATE, issued_by=JOB)
    assert await service.restate(TENANT, DATE, reason="checked", issued_by="ana") == first
    facts.alarms, facts.now = {1: LONGER}, facts.now + dt.timedelta(hours=1)
    second = await service.restate(TENANT, DATE, reason="row 1 ended later", issued_by="ana")
    assert (second.number, second.supersedes, second.reason) == (2, first.digest, "row 1 ended later")
    facts.alarms, facts.now = {1: OUTAGE}, facts.now + dt.timedelta(hours=1)
    third = await service.statement(TENANT, DATE, issued_by=JOB)
    assert (third.number, third.reason, third.input_digest) == (3, FACTS_CHANGED, first.input_digest)
    assert await numbers(service) == [3, 2, 1]
    known = await service.statement_known_at(TENANT, DATE, THIRD_OF_NOVEMBER + dt.timedelta(minutes=59))
    assert known == first
    wanted = StatementFilter(known_at_us=second.issued_us)
    page = await service.statements(TENANT, wanted, limit=5)
    assert [kept.digest for kept in page.statements] == [second.digest]


async def test_a_period_that_is_not_closed_is_refused_before_its_rows_are_read() -> None:
    """The error has the instant at which it is; provisional statements say so, and become final ones."""
    facts = facts_with(OUTAGE, now=at(28, 12))
    service = service_of(facts, statements=MemoryStatementStore())
    with pytest.raises(PeriodOpenError, match="final on 2025-11-0") as caught:
        await service.statement(TENANT, DATE, issued_by=JOB)
    assert (facts.queries, await numbers(service)) == (0, [])
    provisional = await service.statement(TENANT, DATE, issued_by=JOB, provisional=True)
    assert provisional.is_provisional
    facts.now = dt.datetime.fromtimestamp(caught.value.final_us / 1e6, dt.UTC)
    final = await service.statement(TENANT, DATE, issued_by=JOB)
    assert (final.number, final.is_provisional, final.reason) == (2, False, PERIOD_CLOSED)
    assert final.input_digest == provisional.input_digest


async def test_an_open_alarm_that_may_come_into_doubt_keeps_the_period_open() -> None:
    """It is known only once the rows are read."""
    facts = facts_with(sla.Alarm(at(31, 9), id=2))
    service = service_of(facts, statements=MemoryStatementStore())
    with pytest.raises(PeriodOpenError) as caught:
        await service.statement(TENANT, DATE, issued_by=JOB)
    assert facts.queries == 1
    facts.now = dt.datetime.fromtimestamp(caught.value.final_us / 1e6, dt.UTC)
    assert (await service.statement(TENANT, DATE, issued_by=JOB)).number == 1


async def test_without_a_store_the_argument_is_named() -> None:
    """Of a service of made-up alarms too."""
    tenants = MemoryTenants({TENANT: TenantSettings("UTC")})
    samples = ComplianceService(SampleAlarmSource("UTC"), tenants=tenants, statements=MemoryStatementStore())
    for service in (service_of(facts_with()), samples):
        assert not service.keeps_statements
        with pytest.raises(sla.InvalidValueError, match="statements is None.*give the service a StatementStore"):
            await service.statement(TENANT, DATE, issued_by=JOB)
        with pytest.raises(sla.InvalidValueError, match="statements is None"):
            await service.statements(TENANT)
    with pytest.raises(sla.InvalidTypeError, match="statements is a object without the method append"):
        service_of(facts_with(), statements=object())


async def test_bad_arguments_are_named() -> None:
    """Before anything is read."""
    facts = facts_with(OUTAGE)
    service = service_of(facts, statements=MemoryStatementStore())
    cases: list[tuple[dict[str, Any], str]] = [
        ({"period": Period.rolling(30)}, "period is 30 days"),
        ({"period": Period.HOUR}, "period is hour"),
        ({"date": dt.date(2025, 12, 1)}, "date is of a period that begins on 2025-12-01"),
        ({"issued_by": " "}, "issued_by is blank"),
        ({"subject": "olt-8"}, "subject is 'olt-8', which neither the inventory nor a row"),
    ]
    for arguments, message in cases:
        with pytest.raises(sla.InvalidValueError, match=message):
            await service.statement(**{"tenant_id": TENANT, "date": DATE, "issued_by": JOB, **arguments})
    with pytest.raises(sla.InvalidValueError, match="no statement was issued; issue the first"):
        await service.restate(TENANT, DATE, reason="late", issued_by="ana")
    with pytest.raises(UnknownTenantError):
        await service.statements("nobody")
    assert await numbers(service) == []


async def test_a_statement_of_a_resource_is_of_its_rows() -> None:
    """Whole tenant and resource are series of their own."""
    other = sla.Alarm(at(5, 1), at(5, 3), id=2, resource_id="olt-8")
    service = service_of(facts_with(OUTAGE, other), statements=MemoryStatementStore())
    whole = await service.statement(TENANT, DATE, issued_by=JOB)
    part = await service.statement(TENANT, DATE, issued_by=JOB, subject="olt-7")
    assert (whole.figures["downtime_us"], part.figures["downtime_us"]) == (3 * 3_600_000_000, 3_600_000_000)
    assert (part.subject, part.number) == ("olt-7", 1)
    assert await service.last_statement(TENANT, DATE, subject="olt-7") == part


async def test_a_resource_and_a_customer_of_one_name_have_statements_of_their_own() -> None:
    of_customer = replace(OUTAGE, id=2, resource_id="olt-8", customer_id="olt-7", cleared_at=at(21, 12))
    service = service_of(facts_with(OUTAGE, of_customer), statements=MemoryStatementStore())
    resource = await service.statement(TENANT, DATE, issued_by=JOB, subject="olt-7")
    customer = await service.statement(TENANT, DATE, issued_by=JOB, subject="olt-7", by="customer_id")
    assert [(kept.subject, kept.number) for kept in (resource, customer)] == [("olt-7", 1), ("customer_id=olt-7", 1)]
    assert resource.figures["downtime_us"] != customer.figures["downtime_us"]
    assert await service.last_statement(TENANT, DATE, subject="olt-7") == resource
    assert await service.last_statement(TENANT, DATE, subject="customer_id=olt-7") == customer
    again = await service.restate(TENANT, DATE, reason="a look", issued_by=JOB, subject="olt-7", by="customer_id")
    assert again == customer


async def test_issuers_at_once_keep_one_statement(tmp_path: Path) -> None:
    """Processes over one database, each with a clock and a store of its own; all have the statement that was kept."""
    engines = [create_engine(f"sqlite:///{tmp_path / 'kept.db'}") for _ in range(4)]
    stores = [SQLAlchemyStatementStore(engine) for engine in engines]
    await stores[0].create_tables()
    services = [
        service_of(facts_with(OUTAGE, now=THIRD_OF_NOVEMBER + dt.timedelta(seconds=rank)), statements=store)
        for rank, store in enumerate(stores)
    ]
    issued = await asyncio.gather(*(service.statement(TENANT, DATE, issued_by=JOB) for service in services))
    assert len({kept.digest for kept in issued}) == 1
    assert await numbers(services[0]) == [1]
    for engine in engines:
        engine.dispose()


class RivalledStore(MemoryStatementStore):
    """Before it keeps a statement, a rival keeps one."""

    def __init__(self, *rivals: Statement) -> None:
        super().__init__()
        self.rivals = list(rivals)

    async def append(self, statement: Statement) -> Statement:
        if self.rivals:
            await super().append(self.rivals.pop(0))
        return await super().append(statement)


async def test_a_rival_with_other_facts_is_superseded() -> None:
    """The loser compares its facts with the statement that was kept."""
    rival = statement(
        facts_with(LONGER).report(at(1), NOVEMBER), tenant=TENANT, issued_at=THIRD_OF_NOVEMBER, issued_by="rival"
    )
    service = service_of(facts_with(OUTAGE), statements=RivalledStore(rival))
    issued = await service.statement(TENANT, DATE, issued_by=JOB)
    assert (issued.number, issued.supersedes, issued.issued_by) == (2, rival.digest, JOB)


async def test_rivals_without_end_are_an_error_that_carries_the_last() -> None:
    """The caller may call again."""
    longer = statement(
        facts_with(LONGER).report(at(1), NOVEMBER), tenant=TENANT, issued_at=THIRD_OF_NOVEMBER, issued_by="rival"
    )
    rivals = [longer]
    for number in range(2, MOST_ISSUE_ROUNDS + 1):
        rivals.append(replace(longer, number=number, supersedes=rivals[-1].digest, reason="again"))
    service = service_of(facts_with(OUTAGE), statements=RivalledStore(*rivals))
    with pytest.raises(StatementConflictError) as caught:
        await service.statement(TENANT, DATE, issued_by=JOB)
    assert caught.value.kept == rivals[-1]


async def test_rows_purged_while_they_are_read_leave_unknown_time() -> None:
    """And a statement is never restated from less than it was made from."""

    class PurgedMeanwhile(LiveFacts):
        async def fetch(self, *arguments: Any, **options: Any) -> Any:
            batch = await super().fetch(*arguments, **options)
            self.purged_until = at(20)
            return batch

    facts = PurgedMeanwhile(TenantSettings("UTC"), THIRD_OF_NOVEMBER, OUTAGE)
    store = MemoryStatementStore()
    issued = await service_of(facts, statements=store).statement(TENANT, DATE, issued_by=JOB)
    assert issued.day_cells["2025-10-19"] == {"AGREED/UNKNOWN": 86_400_000_000}
    facts.purged_until = None
    facts.alarms = {}
    await service_of(facts_with(OUTAGE), statements=(whole := MemoryStatementStore())).statement(
        TENANT, DATE, issued_by=JOB
    )
    with pytest.raises(sla.InvalidValueError, match="as after a purge"):
        await service_of(facts, statements=whole).statement(TENANT, DATE, issued_by=JOB)


async def test_a_clock_ahead_of_the_stores_issues_nothing() -> None:
    """It would close a period that is not over."""

    class Clocked(MemoryStatementStore):
        async def now_us(self) -> int | None:
            return instant_us(at(28), field="now")

    service = service_of(facts_with(OUTAGE), statements=Clocked())
    with pytest.raises(ClockAheadError, match="nothing is issued"):
        await service.statement(TENANT, DATE, issued_by=JOB)
    assert await numbers(service) == []


def test_the_blocking_service_does_the_same() -> None:
    """Issued, listed, restated and known."""
    facts = facts_with(OUTAGE)
    with SyncComplianceService(service_of(facts, statements=MemoryStatementStore())) as service:
        assert service.keeps_statements
        issued = service.statement(TENANT, DATE, issued_by=JOB)
        assert service.restate(TENANT, DATE, reason="checked", issued_by="ana") == issued
        assert service.last_statement(TENANT, DATE) == issued
        assert service.statement_known_at(TENANT, DATE, facts.now) == issued
        assert service.statement_known_at(TENANT, DATE, at(1)) is None
        assert service.statement_with_digest(TENANT, issued.digest) == issued
        assert service.statements(TENANT).total == 1


async def test_a_store_that_hangs_ends_in_time() -> None:
    """With the part's name."""

    class Hanging(MemoryStatementStore):
        async def last(self, *_: object) -> Statement | None:
            await asyncio.sleep(60)
            return None

    service = ComplianceService(
        facts := facts_with(OUTAGE),
        tenants=MemoryTenants({TENANT: TenantSettings("UTC")}),
        statements=Hanging(),
        clock=facts.clock,
        source_time_out=dt.timedelta(seconds=0.2),
    )
    with pytest.raises(TimeoutError, match="the store of statements took longer"):
        await service.statement(TENANT, DATE, issued_by=JOB)
