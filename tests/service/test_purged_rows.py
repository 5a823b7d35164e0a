"""Where rows of a query's beginning have been purged: what is left out, and which days can be measured again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

import sla_compliance as sla
from sla_compliance.service import ComplianceAnswer, Provenance, SyncComplianceService, TenantSettings
from sla_compliance.stores.memory import MemoryDayStore
from tests.service.world import TENANT, LiveFacts, at, service_of
from tests.web.world import Clock, service_over, visiting
from tests.web.world import Source as PlainSource
from tests.web.world import at as october

pytestmark = pytest.mark.anyio

NOON = at(28, 12)
CUT = at(24, 12)
UTC = TenantSettings("UTC")
SHORT = sla.Alarm(at(24, 20), at(24, 20, 2), id=1)
LATER = sla.Alarm(at(26, 9), at(26, 9, 1), id=2)
LEFT_OUT = "2025-10-24 is left out of the totals: rows of its beginning have been purged"


def purged(*alarms: sla.Alarm, until: dt.datetime = CUT, settings: TenantSettings = UTC) -> LiveFacts:
    """Return facts whose rows are complete from an instant on."""
    facts = LiveFacts(settings, NOON, *alarms)
    facts.purged_until = until
    return facts


async def test_a_cut_first_date_is_in_the_list_and_in_no_total() -> None:
    """Without an end; the answer says which date it is, measured and cached alike."""
    service = service_of(purged(SHORT, LATER))
    for _ in range(2):
        answer = await service.compliance(TENANT, at(24, 12))
        assert (answer.cut_date, answer.quality[0]) == (dt.date(2025, 10, 24), LEFT_OUT)
        assert [day.date.day for day in answer.days] == [24, 25, 26, 27, 28]
        assert [day.date.day for day in answer.days_in_totals] == [25, 26, 27, 28]
        assert (answer.total.start, answer.total.downtime_minutes) == (at(25), 1)
        assert answer.gross.start == at(25)
        assert (answer.is_confirmed, answer.bounds().because) == (True, ())
        assert [day["is_in_totals"] for day in answer.as_dicts(detail=True)] == [False, True, True, True, True]


async def whole(facts: LiveFacts) -> ComplianceAnswer:
    return await service_of(facts).compliance(TENANT, at(24, 12))


async def test_what_an_end_names_is_counted() -> None:
    """Its unknown time is doubt."""
    answer = await service_of(purged(SHORT, LATER)).compliance(TENANT, at(24), at(29))
    assert (answer.cut_date, answer.total.start, answer.is_confirmed) == (None, at(24), False)
    assert LEFT_OUT not in answer.quality


@pytest.mark.parametrize("until", [at(24), at(23, 12), at(25), at(26, 12)])
async def test_a_first_date_that_is_whole_or_wholly_gone_is_counted(until: dt.datetime) -> None:
    """Only one that is cut has figures of a part."""
    assert (await whole(purged(LATER, until=until))).cut_date is None


async def test_a_date_without_unknown_time_is_counted() -> None:
    """It was down all of the time that rows are missing of, or it was stored before they were purged."""
    assert (await whole(purged(sla.Alarm(at(23), at(24, 21), id=1)))).cut_date is None
    facts, store = LiveFacts(UTC, NOON, SHORT), MemoryDayStore()
    await service_of(facts, store=store).store_closed_days(TENANT, at(24), at(25))
    facts.alarms, facts.purged_until = {}, at(24, 22)
    answer = await service_of(facts, store=store).compliance(TENANT, at(24))
    assert (answer.cut_date, answer.provenance[0]) == (None, Provenance.STORE)
    assert answer.total.downtime_minutes == 2


async def test_the_only_date_is_counted() -> None:
    """A total of nothing would say less."""
    answer = await service_of(purged(until=at(28, 6))).compliance(TENANT, at(28))
    assert (answer.cut_date, len(answer.days), answer.total.start) == (None, 1, at(28))


async def test_without_an_end_today_is_the_last_day() -> None:
    """At midnight it begins; a start that is still to come has no days."""
    facts = LiveFacts(UTC, at(28))
    assert [day.date.day for day in (await service_of(facts).compliance(TENANT, at(27))).days] == [27, 28]
    assert (await service_of(facts).compliance(TENANT, at(29))).days == ()


def test_the_blocking_service_does_the_same() -> None:
    """Its end may be left out too."""
    with SyncComplianceService(service_of(purged(SHORT))) as service:
        assert service.compliance(TENANT, at(24)).cut_date == dt.date(2025, 10, 24)


class PurgedSource(PlainSource):
    """A platform's alarms, complete from noon of 5 October on, Lagos time."""

    def complete_since(self, tenant_id: str) -> int:
        """Return that noon."""
        assert tenant_id
        return int(october(5, 11).timestamp()) * 1_000_000


@pytest.fixture
def ask() -> Iterator[object]:
    """A client of the platform's app."""
    outages = [
        sla.Alarm(october(5, 12), october(5, 18), id="cut day"),
        sla.Alarm(october(7), october(7, 1), id="later"),
    ]
    with visiting(service_over(PurgedSource({"acme": outages}), clock=Clock())) as client:
        yield lambda question: client.get(question).json()


@pytest.mark.parametrize("dates", ["days=4", "from_date=2025-10-05"])
def test_the_endpoint_leaves_a_cut_date_out_of_totals_alone(ask: object, dates: str) -> None:
    """Of requests without `to_date`."""
    assert callable(ask)
    days = ask(f"compliance?{dates}&detail=full")
    assert [(day["date"][:10], day["is_in_totals"]) for day in days] == [
        ("2025-10-05", False),
        ("2025-10-06", True),
        ("2025-10-07", True),
        ("2025-10-08", True),
    ]
    assert days[0]["quality"]["lines"][0].startswith("2025-10-05 is left out of the totals")
    assert len(ask(f"compliance?{dates}")) == 4
    closed = ask("compliance?from_date=2025-10-05&to_date=2025-10-08&detail=full")
    assert all(day["is_in_totals"] for day in closed)


def test_totals_of_the_last_days_have_no_part_of_a_cut_date(ask: object) -> None:
    """Neither its downtime nor its verdict."""
    assert callable(ask)
    stats = ask("rollup-stats?days=4")
    assert (stats["days_analyzed"], stats["total_downtime_minutes"], stats["total_breaches"]) == (3, 60, 1)
    assert stats["worst_day_compliance"] == 95.83
    assert stats["quality"]["lines"][0].startswith("2025-10-05 is left out of the totals")


CAUSED = TenantSettings("UTC", sla.SLAPolicy(planned_work=sla.PlannedWork(excuses="caused")))


async def test_a_day_is_complete_where_rows_from_before_its_work_are_there() -> None:
    """Work of the day before may have met an outage that decides about it; without such work the day begins alone."""
    work = sla.MaintenanceWindow(at(22, 20), at(23, 4))
    for settings, agreed, days in (
        (CAUSED, [work], [24]),
        (CAUSED, [], [23, 24]),
        (UTC, [work], [23, 24]),
    ):
        facts, store = purged(until=at(23), settings=settings), MemoryDayStore()
        facts.agreed = list(agreed)
        service = service_of(facts, store=store)
        assert (await service.store_closed_days(TENANT, at(22), at(25))).added == len(days)
        answer = await service_of(facts, store=store).compliance(TENANT, at(22), at(25))
        stored = [day.date.day for day, place in zip(answer.days, answer.provenance, strict=True) if place == "STORE"]
        assert stored == days


async def test_a_stored_day_keeps_what_an_outage_before_its_work_decided() -> None:
    """Once that outage is purged, a change of the day measures nothing anew."""
    work = sla.MaintenanceWindow(at(22, 20), at(23, 4))
    before_work = sla.Alarm(at(22, 19), at(23, 1), id=1)
    facts, store = LiveFacts(CAUSED, NOON, before_work), MemoryDayStore()
    facts.agreed = [work]
    service = service_of(facts, store=store)
    await service.store_closed_days(TENANT, at(23), at(24))
    facts.purged_until, new = at(22, 22), sla.Alarm(at(23, 3), at(23, 5), id=2)
    facts.alarms = {2: new}
    await service.alarm_changed(TENANT, None, new)
    answer = await service_of(facts, store=store).compliance(TENANT, at(23), at(24))
    assert (answer.provenance, answer.total.downtime_minutes) == ((Provenance.STORE,), 60)
