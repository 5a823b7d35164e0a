"""Stored days: written once, kept through purges and new zone rules, rewritten by changes of facts alone."""

from __future__ import annotations

import asyncio
import datetime as dt
from dataclasses import replace

import pytest

import sla_compliance as sla
from sla_compliance.measured import DayKey, MeasuredDay
from sla_compliance.service import Provenance, TenantSettings
from sla_compliance.sources.protocol import EVERY_QUALIFYING
from sla_compliance.stores.memory import MemoryDayStore
from sla_compliance.stores.protocol import NO_CHANGES, StoredDay
from sla_compliance.units import instant_us
from tests.service.world import TENANT, LiveFacts, at, service_of

pytestmark = pytest.mark.anyio

DAY = dt.date(2025, 10, 21)
OUTAGE = sla.Alarm(at(21, 9), at(21, 10), id=1)
WORK = sla.MaintenanceWindow(at(21, 9), at(21, 9, 30), reason="router")


def facts_with(*alarms: sla.Alarm, policy: sla.SLAPolicy | None = None) -> LiveFacts:
    """Return the facts of a tenant at noon."""
    return LiveFacts(TenantSettings("UTC", policy or sla.SLAPolicy()), at(28, 12), *alarms)


def keys_of(facts: LiveFacts, *days: int) -> list[DayKey]:
    """Return the keys of days of October."""
    bounds = [(at(day).date(), instant_us(at(day), field=""), instant_us(at(day + 1), field="")) for day in days]
    return [facts.settings.day_key(TENANT, *day) for day in bounds]


async def downtime(facts: LiveFacts, store: MemoryDayStore) -> int:
    """Return the outage's day's downtime in minutes, as a service that remembers nothing says."""
    return (await service_of(facts, store=store).compliance(TENANT, at(21), at(22))).total.downtime_minutes


async def test_a_sweep_stores_closed_days_once() -> None:
    """Not today; a second sweep finds nothing to do and asks nobody."""
    facts, store = facts_with(OUTAGE), MemoryDayStore()
    service = service_of(facts, store=store)
    assert (await service.store_closed_days(TENANT, at(20), at(29))).added == 8
    assert (await service.store_closed_days(TENANT, at(20), at(29))).added == 0
    assert facts.queries == 1


async def test_a_day_is_closed_by_its_margin_and_by_staleness() -> None:
    """Until then what is still open, or too short so far, may change it."""
    policy = sla.SLAPolicy(merge_gap=dt.timedelta(minutes=3), stale_after=dt.timedelta(hours=1))
    facts = facts_with(policy=policy)
    for minutes, added in ((62, 0), (63, 1)):
        facts.now = at(22) + dt.timedelta(minutes=minutes)
        sweep = await service_of(facts, store=MemoryDayStore()).store_closed_days(TENANT, at(21), at(22))
        assert sweep.added == added


async def test_a_service_without_a_store_says_so() -> None:
    """A nightly job that keeps nothing would be a surprise."""
    with pytest.raises(sla.InvalidValueError, match="DayStore"):
        await service_of(facts_with()).store_closed_days(TENANT, at(20), at(29))


async def test_a_purge_is_no_correction() -> None:
    """Stored days keep their downtime, also when the purge reports the rows; days never stored become unknown."""
    facts, store = facts_with(OUTAGE), MemoryDayStore()
    service = service_of(facts, store=store)
    await service.store_closed_days(TENANT, at(21), at(22))
    facts.alarms, facts.purged_until = {}, at(25)
    await service.alarm_changed(TENANT, OUTAGE, None)
    await service.store_closed_days(TENANT, at(20), at(29))
    answer = await service.compliance(TENANT, at(20), at(27))
    assert [day.compliance_percentage for day in answer.days] == [None, 95.83, None, None, None, 100.0, 100.0]
    assert (await store.restatements(TENANT), await store.stale(TENANT)) == ([], [])
    assert set(await store.days(keys_of(facts, *range(20, 28)))) == set(keys_of(facts, 21, 25, 26, 27))


async def test_new_zone_rules_rewrite_no_stored_day() -> None:
    """It is shown with the bounds of its time, and a change of facts is measured between those."""
    facts, store = facts_with(), MemoryDayStore()
    (key,) = keys_of(facts, 21)
    record = facts.report(at(20, 23), at(21, 23)).total
    day = MeasuredDay(
        date=DAY,
        start_us=record.start_us,
        end_us=record.end_us,
        cells_us=record.cells_us,
        rows_read=0,
        as_of_us=record.end_us,
        tz_version="1999z",
    )
    await store.add({key: StoredDay(day=day, written_us=day.as_of_us, changes_applied=0)})
    service = service_of(facts, store=store)
    assert (await service.store_closed_days(TENANT, at(21), at(22))).added == 0
    answer = await service.compliance(TENANT, at(21), at(22))
    assert (answer.days[0].start, answer.days[0].end, answer.provenance) == (
        at(20, 23),
        at(21, 23),
        (Provenance.STORE,),
    )
    facts.alarms[1] = sla.Alarm(at(20, 22), at(22), id=1)
    await service.alarm_changed(TENANT, None, facts.alarms[1])
    answer = await service.compliance(TENANT, at(21), at(22))
    assert (answer.days[0].start, answer.days[0].down_us) == (at(20, 23), day.end_us - day.start_us)


@pytest.mark.parametrize("change", ["alarm", "maintenance"])
async def test_a_change_of_facts_rewrites_a_stored_day_and_leaves_a_trace(change: str) -> None:
    """When, why, the old cells and the new."""
    facts, store = facts_with(OUTAGE), MemoryDayStore()
    service = service_of(facts, store=store)
    await service.store_closed_days(TENANT, at(20), at(28))
    if change == "alarm":
        facts.alarms[1] = replace(OUTAGE, cleared_at=at(21, 9, 30))
        dates = await service.alarm_changed(TENANT, OUTAGE, facts.alarms[1])
    else:
        facts.agreed = [WORK]
        dates = await service.exclusion_changed(TENANT, None, WORK)
    assert dates == (DAY,)
    assert await downtime(facts, store) == 30
    (trace,) = await store.restatements(TENANT)
    assert trace.key.date == DAY
    assert (trace.at_us, sum(trace.old_cells_us)) == (
        facts.report(at(21), at(22)).rule.as_of_us,
        sum(trace.new_cells_us),
    )
    assert trace.old_cells_us != trace.new_cells_us


async def test_a_change_whose_reporter_was_killed_half_way_shows_no_wrong_figure() -> None:
    """The day is stale and was not measured again: answers come from the facts, the next sweep catches up."""
    facts, store = facts_with(OUTAGE), MemoryDayStore()
    await service_of(facts, store=store).store_closed_days(TENANT, at(20), at(28))
    facts.alarms = {}
    await store.mark_stale(TENANT, [DAY])
    assert await downtime(facts, store) == 0
    sweep = await service_of(facts, store=store).store_closed_days(TENANT, at(20), at(28))
    assert [trace.key.date for trace in sweep.restated] == [DAY]
    assert await store.stale(TENANT) == []


async def test_a_change_reported_while_a_day_is_measured_for_the_store_is_not_lost() -> None:
    """The day was not stored yet when the change was reported, by another process: it is stored stale."""
    facts, store = facts_with(OUTAGE), MemoryDayStore()
    facts.may_leave = asyncio.Event()
    sweep = asyncio.create_task(service_of(facts, store=store).store_closed_days(TENANT, at(20), at(28)))
    await facts.is_answer_ready.wait()
    may_leave, facts.may_leave = facts.may_leave, None
    facts.alarms = {}
    await service_of(facts, store=store).alarm_changed(TENANT, OUTAGE, None)
    may_leave.set()
    assert (await sweep).added == 8
    assert [key.date for key in await store.stale(TENANT)] == [DAY]
    assert await downtime(facts, store) == 0
    again = await service_of(facts, store=store).store_closed_days(TENANT, at(20), at(28))
    assert ([trace.key.date for trace in again.restated], again.added) == ([DAY], 0)
    assert await store.stale(TENANT) == []


async def test_a_change_reported_while_a_day_is_restated_is_not_lost() -> None:
    """What was measured before the second change does not include it."""
    facts, store = facts_with(OUTAGE), MemoryDayStore()
    await service_of(facts, store=store).store_closed_days(TENANT, at(20), at(28))
    facts.alarms[1] = shorter = replace(OUTAGE, cleared_at=at(21, 9, 30))
    facts.is_answer_ready.clear()
    facts.may_leave = asyncio.Event()
    first = asyncio.create_task(service_of(facts, store=store).alarm_changed(TENANT, OUTAGE, shorter))
    await facts.is_answer_ready.wait()
    may_leave, facts.may_leave = facts.may_leave, None
    facts.alarms = {}
    facts.error = ConnectionError("down")
    with pytest.raises(ConnectionError):
        await service_of(facts, store=store).alarm_changed(TENANT, shorter, None)
    facts.error = None
    may_leave.set()
    await first
    assert [key.date for key in await store.stale(TENANT)] == [DAY]
    assert await downtime(facts, store) == 0


async def test_a_change_of_a_day_that_is_not_stored_yet_is_included_when_it_is() -> None:
    """It is stored current: it was measured after the change."""
    facts, store = facts_with(OUTAGE), MemoryDayStore()
    service = service_of(facts, store=store)
    facts.alarms = {}
    await service.alarm_changed(TENANT, OUTAGE, None)
    assert (await service.store_closed_days(TENANT, at(20), at(28))).added == 8
    stored = (await store.days(keys_of(facts, 21)))[keys_of(facts, 21)[0]]
    assert (stored.changes_reported, stored.changes_applied, stored.is_current) == (1, 1, True)
    assert stored.written_us == instant_us(facts.now, field="now")


async def test_a_change_is_kept_in_mind_while_the_source_is_down() -> None:
    """The error comes through; told again, or swept, the day is measured anew."""
    facts, store = facts_with(OUTAGE), MemoryDayStore()
    service = service_of(facts, store=store)
    await service.store_closed_days(TENANT, at(20), at(28))
    facts.alarms, facts.error = {}, ConnectionError("down")
    with pytest.raises(ConnectionError):
        await service.alarm_changed(TENANT, OUTAGE, None)
    facts.error = None
    assert await downtime(facts, store) == 0
    assert len((await service.store_closed_days(TENANT, at(20), at(28))).restated) == 1


async def test_a_stale_day_whose_rows_are_purged_meanwhile_stays_as_it_was_stored() -> None:
    """Nothing better can be had."""
    facts, store = facts_with(OUTAGE), MemoryDayStore()
    await service_of(facts, store=store).store_closed_days(TENANT, at(20), at(28))
    await store.mark_stale(TENANT, [DAY])
    facts.alarms, facts.purged_until = {}, at(25)
    assert await downtime(facts, store) == 60
    assert (await service_of(facts, store=store).store_closed_days(TENANT, at(20), at(28))).restated == ()


async def test_a_day_is_restated_between_its_own_bounds_where_another_zone_has_the_date_too() -> None:
    """The tenant moved to another zone and back; both days of the date are stale."""
    facts, store = facts_with(OUTAGE), MemoryDayStore()
    bounds = {}
    for zone in ("Asia/Tokyo", "UTC", "Asia/Tokyo"):
        facts.settings = TenantSettings(zone)
        await service_of(facts, store=store).store_closed_days(TENANT, at(21), at(21, 12))
        answer = await service_of(facts, store=store).compliance(TENANT, at(21), at(21, 12))
        bounds[zone] = (answer.days[0].start, answer.days[0].end)
    facts.alarms = {}
    await service_of(facts, store=store).invalidate(TENANT, [DAY])
    (trace,) = await store.restatements(TENANT)
    restated = (await store.days([trace.key]))[trace.key].day
    assert (trace.key.zone, restated.start_us, restated.end_us) == (
        "Asia/Tokyo",
        *(instant_us(bound, field="") for bound in bounds["Asia/Tokyo"]),
    )


async def test_days_of_an_earlier_policy_are_left_to_history() -> None:
    """They cannot be measured by the rules of today."""
    facts, store = facts_with(OUTAGE), MemoryDayStore()
    await service_of(facts, store=store).store_closed_days(TENANT, at(20), at(28))
    facts.settings = TenantSettings("UTC", sla.SLAPolicy(min_outage=dt.timedelta(hours=2)))
    service = service_of(facts, store=store)
    assert (await service.compliance(TENANT, at(21), at(22))).total.downtime_minutes == 0
    await service.invalidate(TENANT, [DAY])
    # Which of them the change alters is not known, so all of them are outdated, should that policy return.
    keys = await store.stale(TENANT)
    assert len(keys) == 8
    stored = {key.date: day for key, day in (await store.days(keys)).items()}[DAY]
    assert (stored.changes_reported, stored.changes_applied) == (1, NO_CHANGES)
    assert await store.restatements(TENANT) == []


@pytest.mark.parametrize("other", ["zone", "policy"])
async def test_a_change_under_other_settings_is_in_days_of_the_former_ones_when_these_return(other: str) -> None:
    """Another date is theirs, or what alters nothing now: that is not known when the change is reported."""
    outage = sla.Alarm(at(21, 20), at(21, 21), id=1, severity="minor")
    former = TenantSettings("Asia/Tokyo", sla.SLAPolicy(qualifying=sla.AlarmFilter({"critical", "minor"})))
    facts, store = facts_with(outage), MemoryDayStore()
    facts.settings = former
    await service_of(facts, store=store).store_closed_days(TENANT, at(20), at(24))
    stored = (await service_of(facts, store=store).compliance(TENANT, at(20), at(24))).total.downtime_minutes
    facts.settings = TenantSettings("UTC", former.policy) if other == "zone" else TenantSettings("Asia/Tokyo")
    facts.alarms = {}
    await service_of(facts, store=store).alarm_changed(TENANT, outage, None)
    facts.settings = former
    answer = await service_of(facts, store=store).compliance(TENANT, at(20), at(24))
    assert (stored, answer.total.downtime_minutes) == (60, 0)
    await service_of(facts, store=store).store_closed_days(TENANT, at(20), at(24))
    answer = await service_of(facts, store=store).compliance(TENANT, at(20), at(24))
    assert (answer.provenance[0], answer.total.downtime_minutes) == (Provenance.STORE, 0)


async def test_a_day_restated_before_it_is_closed_is_measured_until_it_is() -> None:
    """A late row was open and unseen since the day's end: it becomes doubtful 7 days later, without any change."""
    facts, store = facts_with(), MemoryDayStore()
    service = service_of(facts, store=store)
    await service.store_closed_days(TENANT, at(26), at(28))
    facts.alarms[1] = late = sla.Alarm(at(27, 9), id=1, last_occurrence=at(27, 10))
    await service.alarm_changed(TENANT, None, late)
    answer = await service_of(facts, store=store).compliance(TENANT, at(27), at(28))
    assert answer.provenance == (Provenance.SOURCE,)
    facts.now += dt.timedelta(days=8)
    for provenance in (Provenance.SOURCE, Provenance.STORE):
        answer = await service_of(facts, store=store).compliance(TENANT, at(27), at(28))
        assert answer.provenance == (provenance,)
        assert answer.bounds() == facts.report(at(27), at(28)).bounds()
        await service_of(facts, store=store).store_closed_days(TENANT, at(26), at(28))


class PurgedMeanwhile(LiveFacts):
    """Facts of which rows are purged after a query was made and before it is answered."""

    async def fetch(
        self, tenant_id: str, start_us: int, end_us: int, wanted: sla.AlarmFilter = EVERY_QUALIFYING
    ) -> sla.AlarmBatch:
        """Return what is left."""
        self.alarms, self.purged_until = {}, at(25)
        return await super().fetch(tenant_id, start_us, end_us, wanted)


async def test_a_purge_while_days_are_measured_stores_nothing_of_what_it_took() -> None:
    """Neither for the first time nor in the place of what was stored."""
    facts, store = PurgedMeanwhile(TenantSettings("UTC"), at(28, 12), OUTAGE), MemoryDayStore()
    assert (await service_of(facts, store=store).store_closed_days(TENANT, at(20), at(28))).added == 3
    kept, store = facts_with(OUTAGE), MemoryDayStore()
    await service_of(kept, store=store).store_closed_days(TENANT, at(20), at(28))
    await store.mark_stale(TENANT, [DAY])
    facts = PurgedMeanwhile(TenantSettings("UTC"), at(28, 12), OUTAGE)
    assert (await service_of(facts, store=store).store_closed_days(TENANT, at(20), at(28))).restated == ()
    assert await downtime(facts, store) == 60


async def test_a_restatement_says_what_changed_and_by_whom() -> None:
    """The id of the alarm, the reason and the author of an exclusion."""
    store, facts = MemoryDayStore(), facts_with(OUTAGE)
    service = service_of(facts, store=store)
    await service.store_closed_days(TENANT, at(20), at(28))
    shorter = replace(OUTAGE, cleared_at=at(21, 9, 30))
    facts.alarms = {1: shorter}
    await service.alarm_changed(TENANT, OUTAGE, shorter)
    storm = sla.Exclusion(at(21, 9), at(21, 9, 10), reason="storm", author="ana")
    facts.agreed = [storm]
    await service.exclusion_changed(TENANT, None, storm)
    trail = await store.restatements(TENANT)
    assert [(entry.cause, entry.author) for entry in trail] == [("1", None), ("storm", "ana")]


async def test_a_day_of_several_unapplied_changes_has_no_single_cause() -> None:
    """The first one was reported and not restated; which of both altered what is not known."""
    store, facts = MemoryDayStore(), facts_with(OUTAGE)
    service = service_of(facts, store=store)
    await service.store_closed_days(TENANT, at(20), at(28))
    await store.mark_stale(TENANT, [DAY])
    facts.alarms = {}
    await service.alarm_changed(TENANT, OUTAGE, None)
    (entry,) = await store.restatements(TENANT)
    assert (entry.reason, entry.cause) == ("an alarm changed", None)
