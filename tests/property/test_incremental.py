"""After any sequence of changes, what is remembered and stored equals what a full recomputation gives."""

from __future__ import annotations

import asyncio
import datetime as dt
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from sla_compliance.alarms import Alarm
from sla_compliance.calendars.exclusions import AnyExclusion, Exclusion
from sla_compliance.corrections import Correction
from sla_compliance.day_json import check_day
from sla_compliance.service import ComplianceService, TenantSettings
from sla_compliance.stores.memory import MemoryDayStore
from tests.property.changing_facts import (
    FIRST,
    HOUR,
    LAST,
    MINUTE,
    agreements,
    alarms,
    corrections,
    moments,
    resources,
    scopes,
    tenants,
)
from tests.property.test_changes import readings_of
from tests.service.world import TENANT, LiveFacts, service_of

Step = tuple[str, object]
EVENTS = (
    st.tuples(st.just("alarm"), alarms()),
    st.tuples(st.just("clear"), st.integers(0, 2)),
    st.tuples(st.just("move"), st.tuples(st.integers(0, 2), resources)),
    st.tuples(st.just("delete"), st.integers(0, 2)),
    st.tuples(st.just("correct"), corrections()),
    st.tuples(st.just("agree"), agreements()),
    st.tuples(st.just("edit"), agreements()),
    st.tuples(st.just("rescope"), scopes),
    st.tuples(st.just("cancel"), st.none()),
)
TIMES = (
    st.tuples(st.just("wait"), st.sampled_from([6 * MINUTE, 2 * HOUR, 30 * HOUR, 8 * 24 * HOUR])),
    st.tuples(st.just("sweep"), st.none()),
    st.tuples(st.just("settle"), st.none()),
)


class Changes:
    """Facts, the service that is told of their changes, and each kind of step."""

    def __init__(self, tenant: TenantSettings, other: TenantSettings, now: dt.datetime) -> None:
        self.facts = LiveFacts(tenant, now)
        self.other_settings = other
        self.store = MemoryDayStore()
        self.service = self._started()

    def _started(self) -> ComplianceService:
        return service_of(self.facts, store=self.store, corrections=self.facts)

    async def take(self, kind: str, value: object) -> None:
        """Take one step."""
        await getattr(self, kind)(value)

    async def alarm(self, new: Alarm) -> None:
        """An alarm is raised, or its row edited."""
        old = self.facts.alarms.get(new.id)
        self.facts.alarms[new.id] = new
        await self.service.alarm_changed(TENANT, old, new)

    async def clear(self, key: int) -> None:
        """An alarm is over now."""
        if old := self.facts.alarms.get(key):
            await self.alarm(replace(old, cleared_at=max(self.facts.now, old.first_occurrence)))

    async def move(self, change: tuple[int, str | None]) -> None:
        """It was another device."""
        if old := self.facts.alarms.get(change[0]):
            await self.alarm(replace(old, resource_id=change[1]))

    async def delete(self, key: int) -> None:
        """A row was a mistake."""
        if old := self.facts.alarms.pop(key, None):
            await self.service.alarm_changed(TENANT, old, None)

    async def correct(self, correction: Correction) -> None:
        """Somebody knows better than a row, of now or of later."""
        self.facts.entered.append(correction)
        await self.service.correction_changed(TENANT, correction)

    async def agree(self, new: AnyExclusion) -> None:
        """Something is agreed, late or in advance."""
        self.facts.agreed.append(new)
        await self.service.exclusion_changed(TENANT, None, new)

    async def edit(self, new: AnyExclusion) -> None:
        """An agreement is replaced."""
        if self.facts.agreed:
            old, self.facts.agreed[-1] = self.facts.agreed[-1], new
            await self.service.exclusion_changed(TENANT, old, new)

    async def rescope(self, scope: dict[str, list[str]] | None) -> None:
        """An agreement was meant for others."""
        if self.facts.agreed:
            old = self.facts.agreed[-1]
            await self.edit(Exclusion(old.start, old.end, reason="meant for others", applies_to=scope))

    async def cancel(self, _: None) -> None:
        """An agreement is cancelled."""
        if self.facts.agreed:
            await self.service.exclusion_changed(TENANT, self.facts.agreed.pop(), None)

    async def wait(self, length: dt.timedelta) -> None:
        """Time passes, more than a recent day is remembered for."""
        self.facts.now += length

    async def settle(self, _: None) -> None:
        """Other settings are agreed, or the former ones again; days that are stored of either are still there."""
        self.facts.settings, self.other_settings = self.other_settings, self.facts.settings
        await self.service.aclose()
        self.service = self._started()

    async def sweep(self, _: None) -> None:
        """Closed days are stored."""
        await self.service.store_closed_days(TENANT, FIRST, LAST)


@given(
    tenant=tenants,
    other=tenants,
    now=moments,
    past=st.lists(st.one_of(*EVENTS), max_size=4),
    story=st.lists(st.one_of(*EVENTS, *TIMES), min_size=1, max_size=5),
)
@settings(max_examples=250)
def test_incremental_answers_equal_full_recomputation(
    tenant: TenantSettings, other: TenantSettings, now: dt.datetime, past: list[Step], story: list[Step]
) -> None:
    """Cell by cell, day by day, after every step; remembered, stored and measured days alike."""

    async def told() -> None:
        world = Changes(tenant, other, now)
        for kind, value in past:
            await world.take(kind, value)
        for kind, value in [("sweep", None), *story]:
            await world.take(kind, value)
            answer = await world.service.compliance(TENANT, FIRST, LAST)
            bounds = answer.days[0].start, answer.days[-1].end
            days = world.facts.report(*bounds).days
            for day in answer.measured:
                check_day(day, zone=answer.zone)
            assert [day.cells_us for day in answer.days] == [day.cells_us for day in days]
            assert [readings_of(day) for day in answer.days] == [readings_of(day) for day in days]
        await world.service.aclose()

    asyncio.run(told())
