"""The promises of DayStore, as tests: every store's test class inherits them and brings an empty `store`."""

from __future__ import annotations

import asyncio
import datetime as dt
from dataclasses import replace

import pytest

from sla_compliance.calendars.local_days import first_instant_us
from sla_compliance.labels import CELL_INDEX, CELLS, Scope, State
from sla_compliance.measured import RULES_VERSION, DayFact, DayKey, FactCode, MeasuredDay
from sla_compliance.stores.protocol import (
    NO_CHANGES,
    DayStore,
    Restatement,
    StoredDay,
    SupportsClock,
    SupportsDaysAhead,
    SupportsManyTenants,
    SupportsOtherSettings,
)
from sla_compliance.units import DAY_US, ONE_DAY

FIRST_DATE = dt.date(2026, 3, 27)
_DOWN, _UP = CELL_INDEX[Scope.AGREED, State.DOWN], CELL_INDEX[Scope.AGREED, State.UP]
UNUSUAL_TENANTS = ["", " ", "'", '"; --', "a\0b", "a\x00", "\\x00", "\ud800", "é", "e\u0301", "🦊", "%", "x" * 500]


def key(
    tenant_id: str = "acme",
    day: int = 0,
    *,
    measurement: str = "m1",
    agreement: str = "a1",
    zone: str = "Europe/Lisbon",
) -> DayKey:
    """Return the key of a day."""
    return DayKey(tenant_id, measurement, agreement, zone, FIRST_DATE + dt.timedelta(days=day))


def measured(whose: DayKey, down_us: int = 7) -> MeasuredDay:
    """Return a day with some downtime, two other readings and facts."""
    start_us = first_instant_us(whose.date, whose.zone)
    length_us = first_instant_us(whose.date + ONE_DAY, whose.zone) - start_us

    def cells(down_us: int) -> tuple[int, ...]:
        lengths_us = [0] * len(CELLS)
        lengths_us[_DOWN] = down_us
        lengths_us[_UP] = length_us - down_us
        return tuple(lengths_us)

    return MeasuredDay(
        date=whose.date,
        start_us=start_us,
        end_us=start_us + length_us,
        cells_us=cells(down_us),
        optimistic_cells_us=cells(0),
        pessimistic_cells_us=cells(length_us),
        facts=(DayFact(FactCode.OPEN_ALARM, "'quoted' 🦊", 2, 3), DayFact("OF_A_LATER_VERSION", "")),
        rows_read=11,
        rules_version=RULES_VERSION,
        as_of_us=start_us + 2 * DAY_US,
        tz_version="2026a",
    )


def stored(whose: DayKey, down_us: int = 7, *, applied: int = 0) -> StoredDay:
    """Return that day as it is written, with `applied` changes in it."""
    day = measured(whose, down_us)
    return StoredDay(day=day, written_us=day.as_of_us + applied, changes_applied=applied)


@pytest.mark.anyio
class DayStoreContract:
    """What a store promises."""

    async def test_returns_what_was_added_to_the_microsecond(self, store: DayStore) -> None:
        """Only the days asked for, whole, current; unknown days are left out."""
        days = {one: stored(one, down_us=one.date.day) for one in (key(day=0), key(day=1), key(day=2))}
        assert await store.add(days) == 3
        asked = [key(day=2), key(day=0), key(day=9)]
        assert await store.days(asked) == {one: days[one] for one in asked[:2]}
        assert await store.days([]) == {}

    async def test_readings_that_do_not_differ_are_none(self, store: DayStore) -> None:
        """As they were added."""
        plain = replace(measured(key()), optimistic_cells_us=None, pessimistic_cells_us=None, facts=(), rows_read=0)
        await store.add({key(): replace(stored(key()), day=plain)})
        assert (await store.days([key()]))[key()].day == plain

    async def test_adding_again_changes_nothing(self, store: DayStore) -> None:
        """A day that stands is never rewritten by a later look, whatever it finds."""
        assert await store.add({key(): stored(key(), 1)}) == 1
        assert await store.add({key(): stored(key(), 2), key(day=1): stored(key(day=1), 2)}) == 1
        assert (await store.days([key()]))[key()].day == measured(key(), 1)
        assert await store.restatements("acme") == []

    async def test_days_of_another_measurement_agreement_zone_or_tenant_are_others(self, store: DayStore) -> None:
        """Each has its own row."""
        keys = [key(), key(measurement="m2"), key(agreement="a2"), key(zone="UTC"), key("other")]
        await store.add({one: stored(one, rank) for rank, one in enumerate(keys)})
        found = {one: (await store.days([one]))[one].day.cells_us[_DOWN] for one in keys}
        assert list(found.values()) == list(range(len(keys)))

    async def test_tenant_ids_are_data(self, store: DayStore) -> None:
        """Quotes, NUL, lone surrogates, look-alikes: nobody reads the days, or the changes, of another."""
        await store.add({key(tenant): stored(key(tenant), rank) for rank, tenant in enumerate(UNUSUAL_TENANTS)})
        for rank, tenant in enumerate(UNUSUAL_TENANTS):
            for _ in range(rank):
                await store.mark_stale(tenant, [FIRST_DATE])
        for rank, tenant in enumerate(UNUSUAL_TENANTS):
            found = await store.days([key(tenant)])
            assert {one: stored.day.cells_us[_DOWN] for one, stored in found.items()} == {key(tenant): rank}
            assert await store.changes(tenant, [FIRST_DATE]) == {FIRST_DATE: rank}

    async def test_a_day_of_a_reported_change_is_not_current(self, store: DayStore) -> None:
        """All measurements of the dates, of this tenant alone."""
        kept = [key(day=3), key("other")]
        concerned = [key(), key(measurement="m2"), key(day=1)]
        await store.add({one: stored(one) for one in concerned + kept})
        assert await store.mark_stale("acme", [FIRST_DATE, FIRST_DATE + dt.timedelta(days=1)]) == 3
        assert set(await store.stale("acme")) == set(concerned)
        assert not (await store.days([key()]))[key()].is_current
        assert [(await store.days([one]))[one].is_current for one in kept] == [True, True]

    async def test_changes_are_counted_by_date_whether_days_are_stored_or_not(self, store: DayStore) -> None:
        """A date given twice is one change; nothing reported is 0."""
        second, third = FIRST_DATE + dt.timedelta(days=1), FIRST_DATE + dt.timedelta(days=2)
        assert await store.mark_stale("acme", [FIRST_DATE, third, FIRST_DATE]) == 0
        assert await store.mark_stale("acme", [third]) == 0
        assert await store.mark_stale("acme", []) == 0
        assert await store.changes("acme", [third, second, FIRST_DATE]) == {third: 2, second: 0, FIRST_DATE: 1}
        assert await store.changes("other", [FIRST_DATE]) == {FIRST_DATE: 0}
        assert await store.changes("acme", []) == {}

    async def test_a_change_reported_between_reading_and_adding_leaves_the_day_stale(self, store: DayStore) -> None:
        """It was not stored when the change was reported; what was measured before does not include it."""
        await store.mark_stale("acme", [FIRST_DATE])
        applied = (await store.changes("acme", [FIRST_DATE]))[FIRST_DATE]
        await store.mark_stale("acme", [FIRST_DATE])
        await store.add({key(): stored(key(), applied=applied), key(day=1): stored(key(day=1))})
        assert await store.stale("acme") == [key()]
        assert (await store.days([key()]))[key()] == replace(stored(key(), applied=1), changes_reported=2)

    async def test_a_day_measured_after_a_change_is_current(self, store: DayStore) -> None:
        """It includes the change."""
        await store.mark_stale("acme", [FIRST_DATE])
        await store.add({key(): stored(key(), applied=1)})
        assert (await store.days([key()]))[key()].is_current
        assert await store.stale("acme") == []

    async def test_restating_replaces_the_day_and_leaves_a_trace(self, store: DayStore) -> None:
        """When, why, what it said and what it says."""
        old, new = stored(key(), 1), stored(key(), 2, applied=1)
        await store.add({key(): old})
        await store.mark_stale("acme", [FIRST_DATE])
        trace = Restatement(key(), 17, "alarm 4711", old.day.cells_us, new.day.cells_us)
        assert await store.restate({key(): new}, reason="alarm 4711", at_us=17) == [trace]
        assert await store.days([key()]) == {key(): replace(new, changes_reported=1)}
        assert await store.restatements("acme") == [trace]
        assert await store.restatements("other") == []

    async def test_restating_again_changes_nothing(self, store: DayStore) -> None:
        """Not the day, not the trail."""
        await store.add({key(): stored(key(), 1)})
        await store.mark_stale("acme", [FIRST_DATE])
        for down_us in (2, 3):
            await store.restate({key(): stored(key(), down_us, applied=1)}, reason="", at_us=0)
        assert (await store.days([key()]))[key()].day.cells_us[_DOWN] == 2
        assert len(await store.restatements("acme")) == 1

    async def test_newer_rules_rewrite_a_day_without_a_change(self, store: DayStore) -> None:
        """Once, and older ones never; a measurement that includes fewer changes does not either."""
        old = replace(stored(key(), 1), day=replace(measured(key(), 1), rules_version=0))
        await store.add({key(): old})
        for down_us, rules_version in ((2, 1), (3, 1), (4, 0)):
            new = replace(old, day=replace(measured(key(), down_us), rules_version=rules_version))
            await store.restate({key(): new}, reason="newer rules", at_us=0)
        assert (await store.days([key()]))[key()].day.cells_us[_DOWN] == 2
        assert [entry.reason for entry in await store.restatements("acme")] == ["newer rules"]
        await store.mark_stale("acme", [FIRST_DATE])
        await store.restate({key(): stored(key(), 5, applied=1)}, reason="", at_us=0)
        late = replace(old, day=replace(measured(key(), 6), rules_version=RULES_VERSION))
        assert await store.restate({key(): late}, reason="", at_us=0) == []

    async def test_the_same_cells_anew_leave_no_trace(self, store: DayStore) -> None:
        """A change that altered nothing is no restatement; the day is current again."""
        await store.add({key(): stored(key())})
        await store.mark_stale("acme", [FIRST_DATE])
        assert await store.restate({key(): stored(key(), applied=1)}, reason="", at_us=0) == []
        assert await store.stale("acme") == []

    async def test_a_change_reported_meanwhile_leaves_the_day_stale(self, store: DayStore) -> None:
        """What was measured before it does not include it."""
        await store.add({key(): stored(key(), 1)})
        await store.mark_stale("acme", [FIRST_DATE])
        reported = (await store.days([key()]))[key()].changes_reported
        await store.mark_stale("acme", [FIRST_DATE])
        await store.restate({key(): stored(key(), 2, applied=reported)}, reason="", at_us=0)
        assert await store.stale("acme") == [key()]

    async def test_a_day_that_is_not_stored_cannot_be_restated(self, store: DayStore) -> None:
        """It is added when a sweep comes by."""
        assert await store.restate({key(): stored(key(), applied=1)}, reason="", at_us=0) == []
        assert await store.days([key()]) == {}

    async def test_many_writers_at_once_store_each_day_once(self, store: DayStore) -> None:
        """And rewrite it once."""
        days = {key(day=day): stored(key(day=day), 1) for day in range(5)}
        assert sum(await asyncio.gather(*(store.add(days) for _ in range(4)))) == 5
        await store.mark_stale("acme", [one.date for one in days])
        new = {one: stored(one, 2, applied=1) for one in days}
        await asyncio.gather(*(store.restate(new, reason="", at_us=0) for _ in range(4)))
        assert len(await store.restatements("acme")) == 5

    async def test_many_reports_at_once_are_all_counted(self, store: DayStore) -> None:
        """Whatever the order of their dates."""
        dates = [FIRST_DATE + dt.timedelta(days=day) for day in range(5)]
        await asyncio.gather(*(store.mark_stale("acme", dates[:: 1 if turn % 2 else -1]) for turn in range(8)))
        assert await store.changes("acme", dates) == dict.fromkeys(dates, 8)

    async def test_days_measured_or_written_after_an_instant_are_found(self, store: DayStore) -> None:
        """Those that are current, of this tenant, by date."""
        if not isinstance(store, SupportsDaysAhead):
            pytest.skip("the store does not say when its days were measured")
        limit_us = measured(key(day=1)).as_of_us
        late = replace(stored(key(day=0)), written_us=limit_us + 1)
        days = {key(day=day): stored(key(day=day)) for day in (1, 2, 3)}
        await store.add({key(): late, **days, key("other", 4): stored(key("other", 4))})
        assert await store.measured_after("acme", limit_us) == [key(), key(day=2), key(day=3)]
        await store.mark_stale("acme", [key(day=2).date])
        assert await store.measured_after("acme", limit_us) == [key(), key(day=3)]

    async def test_days_of_other_settings_are_outdated(self, store: DayStore) -> None:
        """Of another measurement or zone, of this tenant alone, until they are measured again."""
        if not isinstance(store, SupportsOtherSettings):
            pytest.skip("the store does not know of settings")
        others = [key(measurement="m2"), key(zone="UTC", day=1)]
        kept = [key(), key(agreement="a2"), key("other", measurement="m2")]
        await store.add({one: stored(one) for one in others + kept})
        for _ in range(2):
            await store.outdate_others("acme", measurement="m1", zone="Europe/Lisbon")
        assert set(await store.stale("acme")) == set(others)
        assert (await store.days([others[0]]))[others[0]].changes_applied == NO_CHANGES
        assert await store.stale("other") == []
        await store.restate({others[0]: stored(others[0], 8)}, reason="", at_us=0)
        assert await store.stale("acme") == [others[1]]

    async def test_days_of_many_tenants_are_read_at_once(self, store: DayStore) -> None:
        """Exactly those asked for, as `days` returns them, whatever the tenants' ids look like."""
        if not isinstance(store, SupportsManyTenants):
            pytest.skip("the store reads the days of one tenant at a time")
        all_keys = [key(tenant, number) for tenant in UNUSUAL_TENANTS for number in range(3)]
        days = {one: stored(one, rank) for rank, one in enumerate(all_keys)}
        other_settings = {
            key(UNUSUAL_TENANTS[0], measurement="m2"): stored(key(), 100),
            key(UNUSUAL_TENANTS[0], agreement="a2"): stored(key(), 101),
        }
        await store.add({**days, **other_settings})
        await store.mark_stale(UNUSUAL_TENANTS[1], [FIRST_DATE])
        requested_keys = [*all_keys[::2], key("not stored"), key(UNUSUAL_TENANTS[0], 9)]
        read_days = await store.days_of_tenants(requested_keys)
        assert read_days.keys() == set(all_keys[::2])
        for one, day in read_days.items():
            assert day == (await store.days([one]))[one]
        stale_keys = [one for one, day in read_days.items() if not day.is_current]
        assert stale_keys == [one for one in all_keys[::2] if one == key(UNUSUAL_TENANTS[1])]
        assert await store.days_of_tenants([]) == {}

    async def test_a_clock_of_its_own_goes_on(self, store: DayStore) -> None:
        """Microseconds since 1970, or none."""
        if not isinstance(store, SupportsClock):
            pytest.skip("the store has no clock")
        first_us, second_us = await store.now_us(), await store.now_us()
        if first_us is not None and second_us is not None:
            assert 1_700_000_000_000_000 < first_us <= second_us < first_us + 60_000_000
