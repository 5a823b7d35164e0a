"""Remembered days: what is kept in a cache, since when, and when it still holds."""
################################################################
# One entry a day of a tenant, and one token a date of a tenant. Whoever measures
# a day takes the date's token first, looks at the facts, and writes the token
# into the entry. Whoever changes a fact deletes the token. An entry holds only
# while its token is the current one, so
#   - a change reaches every measurement, zone and version of the zone rules of
#     that date at once, those of other processes too;
#   - a day measured before a change and written after it never holds;
#   - a token that was lost (evicted, expired, a restart) costs a recomputation and
#     nothing else.
# Entries and tokens are asked for together: one round trip.
#
# A closed day holds for a day, a recent one for five minutes. In the last fifth
# of that time an entry is due: it is served, and somebody measures it anew. Past
# its time an entry is outdated: kept for as long as a closed day would be, shown
# only where the facts cannot be had, and then marked as such.
#
# The decorators of cache libraries remember one value under one key; ninety days
# would be ninety round trips and ninety locks. Hence these few lines.
################################################################

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic
from typing import Final
from uuid import uuid4

from sla_compliance.cache.entries import Entry, day_key, lock_key, read, token_key, written
from sla_compliance.cache.protocol import Cache
from sla_compliance.measured import DayKey, MeasuredDay
from sla_compliance.policy import SLAPolicy
from sla_compliance.units import length_us

TOKEN_LIFETIME_S: Final = 7 * 24 * 3600
LOCK_POLL_S: Final = 0.02
_LONGEST_TOKEN: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifetimes:
    """How long what is remembered holds.

    Attributes:
        closed: of a closed day.
        recent: of any other.
        fresh_share: after this share of it an entry is due to be measured anew.
        lock: of the lock of whoever measures; a killed holder keeps others waiting no longer.
        patience: how long to wait for somebody else's measurement before making one's own.
    """

    closed: timedelta = timedelta(hours=24)
    recent: timedelta = timedelta(minutes=5)
    fresh_share: float = 0.8
    lock: timedelta = timedelta(seconds=60)
    patience: timedelta = timedelta(seconds=10)

    def of(self, day: MeasuredDay, policy: SLAPolicy) -> int:
        """Return how long a day holds, microseconds."""
        return length_us(self.closed if day.is_closed(policy) else self.recent, field="lifetime")


@dataclass(frozen=True, slots=True)
class Recollection:
    """What a cache holds of some days.

    Attributes:
        holding: the days that hold, due ones too.
        due: those of them to be measured anew.
        outdated: days past their time that no known change contradicts.
        missing: the days that do not hold, in the order asked for.
        tokens: the token of each date that has one.
    """

    holding: Mapping[DayKey, MeasuredDay]
    due: tuple[DayKey, ...]
    outdated: Mapping[DayKey, MeasuredDay]
    missing: tuple[DayKey, ...]
    tokens: Mapping[DayKey, bytes]


class RememberedDays:
    """Days in a cache."""

    def __init__(self, cache: Cache, lifetimes: Lifetimes) -> None:
        """Keep the cache; nothing is asked of it yet."""
        self._cache = cache
        self._lifetimes = lifetimes

    async def recall(self, keys: Sequence[DayKey], policy: SLAPolicy, now_us: int) -> Recollection:
        """Return what is remembered of some days of one tenant; one round trip."""
        places = [day_key(key) for key in keys]
        values = await self._cache.get_many([*places, *(token_key(key.tenant_id, key.date) for key in keys)])
        tokens = {
            key: token
            for key, token in zip(keys, values[len(keys) :], strict=True)
            if token and len(token) <= _LONGEST_TOKEN
        }
        entries = {
            key: entry
            for key, place, value in zip(keys, places, values, strict=False)
            if (entry := read(value, place)) and entry.token == tokens.get(key)
        }
        ages = {key: self._age(entry, policy, now_us) for key, entry in entries.items()}
        return Recollection(
            holding={key: entries[key].day for key, age in ages.items() if age < 1},
            due=tuple(key for key, age in ages.items() if self._lifetimes.fresh_share <= age < 1),
            outdated={key: entries[key].day for key, age in ages.items() if age >= 1},
            missing=tuple(key for key in keys if ages.get(key, 1) >= 1),
            tokens=tokens,
        )

    def _age(self, entry: Entry, policy: SLAPolicy, now_us: int) -> float:
        """Return how much of an entry's time is over, as a share."""
        return (now_us - entry.written_us) / max(1, self._lifetimes.of(entry.day, policy))

    async def tokens_for(self, keys: Iterable[DayKey], known: Mapping[DayKey, bytes]) -> dict[DayKey, bytes]:
        """Return the token of each day's date, new ones where there is none; before the facts are looked at."""
        tokens = {key: known.get(key) or uuid4().hex.encode() for key in keys}
        new = {token_key(key.tenant_id, key.date): token for key, token in tokens.items() if key not in known}
        if new:
            await self._cache.set_many(new, lifetime_s=TOKEN_LIFETIME_S)
        return tokens

    async def remember(self, days: Mapping[DayKey, MeasuredDay], tokens: Mapping[DayKey, bytes], now_us: int) -> None:
        """Keep some days under the tokens taken before they were measured."""
        places = {day_key(key): Entry(day, now_us, tokens[key]) for key, day in days.items()}
        values = {place: written(entry, place) for place, entry in places.items()}
        if values:
            await self._cache.set_many(values, lifetime_s=self._lifetimes.closed.total_seconds())

    async def forget(self, tenant_id: str, dates: Iterable[dt.date]) -> None:
        """Let nothing hold that is remembered of some dates of a tenant.

        Raises:
            CacheUnavailableError: the cache may not have been told; ask again.
        """
        keys = [token_key(tenant_id, date) for date in dates]
        if keys:
            await self._cache.delete_many(keys)

    @asynccontextmanager
    async def alone(self, key: DayKey, *, patience_s: float | None = None) -> AsyncIterator[bool]:
        """Measure alone, in all processes; yield whether this is so.

        Args:
            patience_s: how long to wait for somebody else; by default as the lifetimes say.
        """
        place, holder = lock_key(key), uuid4().hex
        is_alone = await self._locked(
            place, holder, self._lifetimes.patience.total_seconds() if patience_s is None else patience_s
        )
        try:
            yield is_alone
        finally:
            if is_alone:
                await self._cache.unlock(place, holder)

    async def _locked(self, place: str, holder: str, patience_s: float) -> bool:
        give_up_at = monotonic() + patience_s
        while not await self._cache.lock(place, holder, lifetime_s=self._lifetimes.lock.total_seconds()):
            if monotonic() >= give_up_at:
                return False
            await asyncio.sleep(LOCK_POLL_S)
        return True
