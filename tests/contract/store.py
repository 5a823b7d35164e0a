"""The promises of DayStore, as tests: every store's test class inherits them and brings an empty `store`."""

from __future__ import annotations

import asyncio
import datetime as dt

import pytest

from sla_compliance.labels import CELLS
from sla_compliance.measured import DayKey, MeasuredDay
from sla_compliance.stores.protocol import DayStore, Restatement, StoredDay
from sla_compliance.units import DAY_US

FIRST = dt.date(2026, 3, 27)
HOSTILE_TENANTS = ["", " ", "'", '"; --', "a\0b", "a\x00", "\\x00", "\ud800", "é", "e\u0301", "🦊", "%", "x" * 500]


def key(
    tenant_id: str = "acme",
    day: int = 0,
    *,
    measurement: str = "m1",
    agreement: str = "a1",
    zone: str = "Europe/Lisbon",
) -> DayKey:
    """Return the key of a day."""
    return DayKey(tenant_id, measurement, agreement, zone, FIRST + dt.timedelta(days=day))


def measured(whose: DayKey, down_us: int = 7) -> MeasuredDay:
    """Return a day with some downtime."""
    start_us = whose.date.toordinal() * DAY_US
    cells = (down_us, *(0,) * (len(CELLS) - 2), DAY_US - down_us)
    return MeasuredDay(
        date=whose.date,
        start_us=start_us,
        end_us=start_us + DAY_US,
        cells_us=cells,
        as_of_us=start_us + 2 * DAY_US,
        tz_version="2026a",
        remarks=("1 alarm open, 'quoted' 🦊",),
    )


@pytest.mark.anyio
class DayStoreContract:
    """What a store promises."""

    async def test_returns_what_was_added_to_the_microsecond(self, store: DayStore) -> None:
        """Only the days asked for, whole, current; unknown days are left out."""
        days = {one: measured(one, down_us=one.date.day) for one in (key(day=0), key(day=1), key(day=2))}
        assert await store.add(days) == 3
        asked = [key(day=2), key(day=0), key(day=9)]
        assert await store.days(asked) == {one: StoredDay(days[one]) for one in asked[:2]}
        assert await store.days([]) == {}

    async def test_adding_again_changes_nothing(self, store: DayStore) -> None:
        """A day that stands is never rewritten by a later look, whatever it finds."""
        assert await store.add({key(): measured(key(), 1)}) == 1
        assert await store.add({key(): measured(key(), 2), key(day=1): measured(key(day=1), 2)}) == 1
        assert (await store.days([key()]))[key()].day == measured(key(), 1)
        assert await store.restatements("acme") == []

    async def test_days_of_another_measurement_agreement_zone_or_tenant_are_others(self, store: DayStore) -> None:
        """Each has its own row."""
        keys = [key(), key(measurement="m2"), key(agreement="a2"), key(zone="UTC"), key("other")]
        await store.add({one: measured(one, rank) for rank, one in enumerate(keys)})
        found = {one: (await store.days([one]))[one].day.cells_us[0] for one in keys}
        assert list(found.values()) == list(range(len(keys)))

    async def test_tenant_ids_are_data(self, store: DayStore) -> None:
        """Quotes, NUL, lone surrogates, look-alikes: nobody reads the days of another."""
        await store.add({key(tenant): measured(key(tenant), rank) for rank, tenant in enumerate(HOSTILE_TENANTS)})
        for rank, tenant in enumerate(HOSTILE_TENANTS):
            found = await store.days([key(tenant)])
            assert {one: stored.day.cells_us[0] for one, stored in found.items()} == {key(tenant): rank}

    async def test_a_day_of_a_reported_change_is_not_current(self, store: DayStore) -> None:
        """All measurements of the dates, of this tenant alone."""
        kept = [key(day=3), key("other")]
        concerned = [key(), key(measurement="m2"), key(day=1)]
        await store.add({one: measured(one) for one in concerned + kept})
        assert await store.mark_stale("acme", [FIRST, FIRST + dt.timedelta(days=1)]) == 3
        assert set(await store.stale("acme")) == set(concerned)
        assert not (await store.days([key()]))[key()].is_current
        assert [(await store.days([one]))[one].is_current for one in kept] == [True, True]

    async def test_restating_replaces_the_cells_and_leaves_a_trace(self, store: DayStore) -> None:
        """When, why, what it said and what it says."""
        old, new = measured(key(), 1), measured(key(), 2)
        await store.add({key(): old})
        await store.mark_stale("acme", [FIRST])
        trace = Restatement(key(), 17, "alarm 4711", old.cells_us, new.cells_us)
        assert await store.restate({key(): StoredDay(new, 1, 1)}, reason="alarm 4711", at_us=17) == [trace]
        assert await store.days([key()]) == {key(): StoredDay(new, 1, 1)}
        assert await store.restatements("acme") == [trace]
        assert await store.restatements("other") == []

    async def test_restating_again_changes_nothing(self, store: DayStore) -> None:
        """Not the day, not the trail."""
        await store.add({key(): measured(key(), 1)})
        await store.mark_stale("acme", [FIRST])
        for down_us in (2, 3):
            await store.restate({key(): StoredDay(measured(key(), down_us), 1, 1)}, reason="", at_us=0)
        assert (await store.days([key()]))[key()].day.cells_us[0] == 2
        assert len(await store.restatements("acme")) == 1

    async def test_the_same_cells_anew_leave_no_trace(self, store: DayStore) -> None:
        """A change that altered nothing is no restatement; the day is current again."""
        await store.add({key(): measured(key())})
        await store.mark_stale("acme", [FIRST])
        assert await store.restate({key(): StoredDay(measured(key()), 1, 1)}, reason="", at_us=0) == []
        assert await store.stale("acme") == []

    async def test_a_change_reported_meanwhile_leaves_the_day_stale(self, store: DayStore) -> None:
        """What was measured before it does not include it."""
        await store.add({key(): measured(key(), 1)})
        await store.mark_stale("acme", [FIRST])
        reported = (await store.days([key()]))[key()].changes_reported
        await store.mark_stale("acme", [FIRST])
        await store.restate({key(): StoredDay(measured(key(), 2), reported, reported)}, reason="", at_us=0)
        assert await store.stale("acme") == [key()]

    async def test_a_day_that_is_not_stored_cannot_be_restated(self, store: DayStore) -> None:
        """It is added when a sweep comes by."""
        assert await store.restate({key(): StoredDay(measured(key()), 1, 1)}, reason="", at_us=0) == []
        assert await store.days([key()]) == {}

    async def test_many_writers_at_once_store_each_day_once(self, store: DayStore) -> None:
        """And rewrite it once."""
        days = {key(day=day): measured(key(day=day), 1) for day in range(5)}
        assert sum(await asyncio.gather(*(store.add(days) for _ in range(4)))) == 5
        await store.mark_stale("acme", [one.date for one in days])
        new = {one: StoredDay(measured(one, 2), 1, 1) for one in days}
        await asyncio.gather(*(store.restate(new, reason="", at_us=0) for _ in range(4)))
        assert len(await store.restatements("acme")) == 5
