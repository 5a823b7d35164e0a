"""How long what is remembered holds, who measures it anew, and what no change may outlive."""

from __future__ import annotations

import asyncio
import datetime as dt

import pytest

import sla_compliance as sla
from sla_compliance.cache.day_cache import Lifetimes
from sla_compliance.cache.days import Lifetimes as FormerLifetimes
from sla_compliance.cache.entries import token_key
from sla_compliance.cache.memory import MemoryCache
from sla_compliance.service import Provenance, TenantSettings
from tests.service.world import TENANT, LiveFacts, at, service_of

pytestmark = pytest.mark.anyio

MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)
OUTAGE = sla.Alarm(at(26, 9), at(26, 10), id=1)


def facts_with(*alarms: sla.Alarm) -> LiveFacts:
    """Return the facts of a tenant at noon."""
    return LiveFacts(TenantSettings("UTC"), at(28, 12), *alarms)


async def test_lifetimes_are_found_where_they_were() -> None:
    """The former place of the module still has its public name."""
    assert FormerLifetimes is Lifetimes


async def test_a_recent_day_holds_for_five_minutes_a_closed_one_for_a_day() -> None:
    """Then they are measured again: today alone, later the others; today, closed by now, holds on."""
    facts = facts_with(OUTAGE)
    service = service_of(facts, cache=MemoryCache(clock=lambda: 0.0))
    queries = []
    for later in (0 * MINUTE, 3 * MINUTE, 5 * MINUTE, 19 * HOUR, 24 * HOUR):
        facts.now = at(28, 12) + later
        answer = await service.compliance(TENANT, at(26), at(29))
        queries.append([how != Provenance.CACHE for how in answer.provenance])
    assert queries == [[True] * 3, [False] * 3, [False, False, True], [False, False, True], [True, True, False]]


async def test_a_day_due_is_served_at_once_and_measured_in_the_background() -> None:
    """Once, however many ask meanwhile; the next one sees the new figures."""
    facts = facts_with()
    service = service_of(facts)
    await service.compliance(TENANT, at(26), at(29))
    facts.now += 4.5 * MINUTE
    facts.alarms[1] = sla.Alarm(at(28, 11), id=1)
    facts.delay_s = 0.05
    answers = [await service.compliance(TENANT, at(26), at(29)) for _ in range(20)]
    assert {(answer.is_cached, answer.total.down_us) for answer in answers} == {(True, 0)}
    await asyncio.sleep(0.2)
    assert (await service.compliance(TENANT, at(26), at(29))).total.down_us > 0
    assert facts.queries == 2


async def test_a_failure_in_the_background_is_told_and_hurts_nobody() -> None:
    """The remembered days are served until their time is over."""
    facts = facts_with(OUTAGE)
    service = service_of(facts)
    await service.compliance(TENANT, at(26), at(29))
    facts.now, facts.error = facts.now + 4.5 * MINUTE, ConnectionError("down")
    assert (await service.compliance(TENANT, at(26), at(29))).is_cached
    await asyncio.sleep(0.05)
    assert service.statistics.failures == {"refresh": 1}


async def test_days_past_their_time_are_shown_while_the_source_is_down() -> None:
    """And marked; once it is back, its figures are."""
    facts = facts_with(OUTAGE)
    service = service_of(facts)
    before = await service.compliance(TENANT, at(26), at(29))
    facts.now, facts.error = facts.now + 30 * MINUTE, ConnectionError("down")
    outdated = await service.compliance(TENANT, at(26), at(29))
    assert (outdated.days, outdated.is_outdated, outdated.as_of) == (before.days, True, at(28, 12))
    assert outdated.provenance[-1] == Provenance.OUTDATED
    facts.error = None
    assert not (await service.compliance(TENANT, at(26), at(29))).is_outdated


async def test_an_error_of_the_source_comes_through_where_nothing_is_remembered() -> None:
    """As it is: a database that is down is not an SLA fact."""
    facts = facts_with()
    facts.error = ConnectionError("down")
    with pytest.raises(ConnectionError, match="^down$"):
        await service_of(facts).compliance(TENANT, at(26), at(29))


async def test_a_slow_source_is_given_up() -> None:
    """Waiting for ever would take the workers down too."""
    facts = facts_with()
    facts.delay_s = 5
    with pytest.raises(TimeoutError):
        await service_of(facts, source_time_out=dt.timedelta(milliseconds=20)).compliance(TENANT, at(26), at(29))


async def test_a_change_outdates_what_is_remembered_of_its_dates_alone() -> None:
    """An outage found late is seen at once, for one day's query."""
    facts = facts_with()
    service = service_of(facts)
    await service.compliance(TENANT, at(20), at(28))
    facts.alarms[1] = OUTAGE
    assert await service.alarm_changed(TENANT, None, OUTAGE) == (dt.date(2025, 10, 26),)
    answer = await service.compliance(TENANT, at(20), at(28))
    assert answer.total.downtime_minutes == 60
    assert [how.value for how in answer.provenance].count("SOURCE") == 1


@pytest.mark.parametrize("max_keys", [1000, 0], ids=["remembered", "a cache that keeps nothing"])
async def test_what_was_measured_before_a_change_is_never_shown_to_who_asks_after_it(max_keys: int) -> None:
    """The query had left before the alarm was raised; its answer arrives afterwards."""
    facts = facts_with()
    service = service_of(facts, cache=MemoryCache(max_keys=max_keys))
    facts.may_leave = asyncio.Event()
    early = asyncio.create_task(service.compliance(TENANT, at(26), at(28)))
    await facts.is_answer_ready.wait()
    late, facts.may_leave = facts.may_leave, None
    facts.alarms[1] = OUTAGE
    await service.alarm_changed(TENANT, None, OUTAGE)
    meanwhile = asyncio.create_task(service.compliance(TENANT, at(26), at(28)))
    await asyncio.sleep(0.02)
    late.set()
    assert (await early).total.downtime_minutes == 0
    assert (await meanwhile).total.downtime_minutes == 60
    assert (await service.compliance(TENANT, at(26), at(28))).total.downtime_minutes == 60


async def test_a_lost_token_costs_a_measurement_and_nothing_else() -> None:
    """Evicted, expired, or gone with a restart."""
    facts, cache = facts_with(OUTAGE), MemoryCache()
    service = service_of(facts, cache=cache)
    await service.compliance(TENANT, at(26), at(28))
    await cache.delete_many([token_key(TENANT, dt.date(2025, 10, 26))])
    answer = await service.compliance(TENANT, at(26), at(28))
    assert (answer.total.downtime_minutes, facts.queries) == (60, 2)


async def test_a_cache_too_small_for_a_question_changes_no_figure() -> None:
    """It forgets, and is asked again."""
    facts = facts_with(OUTAGE)
    service = service_of(facts, cache=MemoryCache(max_keys=3))
    totals = [(await service.compliance(TENANT, at(20), at(28))).total.downtime_minutes for _ in range(3)]
    assert totals == [60, 60, 60]


async def test_a_lock_held_too_long_delays_an_answer_and_does_not_prevent_it() -> None:
    """Its holder may have been killed."""
    facts, cache = facts_with(OUTAGE), MemoryCache()
    cache.lock = refused  # type: ignore[method-assign]
    service = service_of(facts, cache=cache, lifetimes=Lifetimes(lock_timeout=dt.timedelta(milliseconds=50)))
    assert (await service.compliance(TENANT, at(26), at(28))).total.downtime_minutes == 60


async def refused(key: str, holder: str, *, lifetime_s: float) -> bool:  # noqa: ARG001 - as a lock is asked for
    """Refuse a lock."""
    return False
