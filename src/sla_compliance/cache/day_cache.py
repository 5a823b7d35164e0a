"""DayCache: measured days in a cache, how long they are served, and how a change of facts takes them away."""
################################################################
# There is one entry for each day of a tenant and one token for each date of a
# tenant. A measurement takes the date's token before it reads the facts, and
# writes the token into its entry. A change of facts deletes the token. An entry
# counts only while its token is the current one, so
#   - a change reaches every measurement, zone and version of the zone rules of
#     that date at once, in every process;
#   - a day measured before a change and written after it does not count;
#   - a lost token (evicted, expired, a restart) costs a measurement and nothing
#     else;
#   - a new token counts once it was read back. A write that timed out may arrive
#     after a deletion, so a token of unknown fate is never put into an entry.
# Entries and tokens are read together, in one round trip.
#
# An entry has a lifetime: a day if its day is closed, five minutes otherwise.
#   - fresh: within its lifetime. It is served. In the last fifth of the lifetime
#     it is also measured in the background (stale-while-revalidate).
#   - stale: past its lifetime. It is served only where the facts cannot be read,
#     and then marked (stale-if-error). It is kept as long as a closed day is.
# One that was measured or written later than now, by a clock that is ahead, is
# neither.
#
# An entry that does not verify (seals.py) or is no day is a miss. It is reported once,
# until this process has written it again: a range is looked up twice, before and under
# the lock.
#
# The decorators of cache libraries keep one value under one key; ninety days
# would be ninety round trips and ninety locks. So they are not used here.
#
# To read ninety entries takes much longer than to get them. So the outcome of a lookup
# is remembered with the bytes that it was read from, where all days were fresh. It is
# taken again while the cache returns the same bytes, and until the first of its
# days is to be refreshed: it is what a new reading of the same bytes comes to.
################################################################

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic
from typing import Final, TypeVar
from uuid import uuid4

from sla_compliance.cache.entries import Entry, day_key, decode_entry, encode_entry, lock_key, token_key
from sla_compliance.cache.protocol import Cache
from sla_compliance.cache.seals import seal_of
from sla_compliance.cache.tenant_memory import TenantMemory
from sla_compliance.errors import InvalidCacheEntryError
from sla_compliance.lazy import lazy_property
from sla_compliance.measured import DayKey, MeasuredDay
from sla_compliance.policy import SLAPolicy
from sla_compliance.units import length_us

TOKEN_LIFETIME_S: Final = 7 * 24 * 3600
LOCK_POLL_S: Final = 0.02
REMEMBERED_DAYS_OF_TENANT: Final = 400
REMEMBERED_DAYS: Final = 40_000
"""How many days a process remembers as it has read them, of one tenant and of all; some 80 MB when full."""
_LONGEST_TOKEN: Final = 64
_MOST_REPORTED: Final = 100_000
"""How many places of entries that do not hold are remembered as reported."""

_Range = tuple[dt.date, dt.date]
"""The first and the last date of a lookup."""
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifetimes:
    """How long cached days are served.

    Attributes:
        closed: lifetime of a closed day.
        recent: lifetime of any other day.
        fresh_share: the share of a lifetime after which a day is also measured in the background.
        lock: lifetime of the lock that a measurement holds; a killed holder delays others no longer than this.
        lock_timeout: how long to wait for the measurement of another process before measuring here.
    """

    closed: timedelta = timedelta(hours=24)
    recent: timedelta = timedelta(minutes=5)
    fresh_share: float = 0.8
    lock: timedelta = timedelta(seconds=60)
    lock_timeout: timedelta = timedelta(seconds=10)

    def lifetime_us(self, day: MeasuredDay, policy: SLAPolicy) -> int:
        """Return the lifetime of a day, microseconds."""
        return length_us(self.closed if day.is_closed(policy) else self.recent, field="lifetime")


@dataclass(frozen=True)
class CacheLookup:
    """What a cache holds of some days.

    Attributes:
        fresh: days within their lifetime, those of `to_refresh` among them.
        to_refresh: fresh days whose lifetime is nearly over, in the order of the lookup.
        stale: days past their lifetime that no known change contradicts.
        missing: days that are not fresh, in the order of the lookup.
        tokens: the current token of each day's date, where there is one.
    """

    fresh: Mapping[DayKey, MeasuredDay]
    to_refresh: tuple[DayKey, ...]
    stale: Mapping[DayKey, MeasuredDay]
    missing: tuple[DayKey, ...]
    tokens: Mapping[DayKey, bytes]

    @lazy_property
    def fresh_days(self) -> tuple[MeasuredDay, ...]:
        """The fresh days, in the order of the lookup."""
        return tuple(self.fresh.values())


@dataclass(frozen=True, slots=True)
class _RememberedLookup:
    """A lookup that found all days fresh, and what it depends on.

    Attributes:
        keys, policy: what was asked for.
        values: the entries and tokens, as the cache returned them.
        from_us, until_us: the instants between which these values come to the same lookup.
    """

    keys: tuple[DayKey, ...]
    policy: SLAPolicy
    values: list[bytes | None]
    from_us: int
    until_us: int
    lookup: CacheLookup

    def holds(self, keys: Sequence[DayKey], policy: SLAPolicy, values: list[bytes | None], now_us: int) -> bool:
        """Return whether a lookup now comes to the same."""
        is_same_question = self.keys == keys and self.policy == policy
        return is_same_question and self.from_us <= now_us < self.until_us and self.values == values


class DayCache:
    """Measured days in a Cache."""

    def __init__(
        self,
        cache: Cache,
        lifetimes: Lifetimes,
        *,
        cache_key: bytes | None = None,
        on_invalid: Callable[[InvalidCacheEntryError], None] = lambda _: None,
    ) -> None:
        """Keep the cache; nothing is read yet.

        Args:
            cache_key: what entries are sealed with, 32 bytes or more; None: they have a checksum alone.
            on_invalid: called where entries that were not reported yet do not verify or are no days.

        Raises:
            InvalidTypeError, InvalidValueError: the key is no bytes, or too short.
        """
        self._cache = cache
        self._lifetimes = lifetimes
        self._seal = seal_of(cache_key)
        self._on_invalid = on_invalid
        self._reported_places: set[str] = set()
        self._places: TenantMemory[_Range, tuple[tuple[DayKey, ...], list[str]]] = _memory_of_days()
        self._lookups: TenantMemory[_Range, _RememberedLookup] = _memory_of_days()

    async def lookup(self, keys: Sequence[DayKey], policy: SLAPolicy, now_us: int) -> CacheLookup:
        """Return what the cache holds of some days of one tenant; one round trip."""
        if not keys:
            return CacheLookup({}, (), {}, (), {})
        keys = tuple(keys)
        tenant_id = keys[0].tenant_id
        key_range = keys[0].date, keys[-1].date
        places = self._places_of(keys, key_range)
        values = await self._cache.get_many(places)
        remembered = self._lookups.get(tenant_id, key_range)
        if remembered is not None and remembered.holds(keys, policy, values, now_us):
            return remembered.lookup
        lookup, refresh_at_us = self._read(keys, places, values, policy, now_us)
        if not lookup.missing and not lookup.to_refresh:
            remembered = _RememberedLookup(keys, policy, values, now_us, refresh_at_us, lookup)
            self._lookups.put(tenant_id, key_range, remembered, size=len(keys))
        return lookup

    def _places_of(self, keys: tuple[DayKey, ...], key_range: _Range) -> list[str]:
        """Return the keys of the entries of some days, then those of their tokens."""
        tenant_id = keys[0].tenant_id
        known_keys, places = self._places.get(tenant_id, key_range) or ((), [])
        if known_keys != keys:
            places = [*map(day_key, keys), *(token_key(tenant_id, key.date) for key in keys)]
            self._places.put(tenant_id, key_range, (keys, places), size=len(keys))
        return places

    def _read(
        self,
        keys: Sequence[DayKey],
        places: Sequence[str],
        values: Sequence[bytes | None],
        policy: SLAPolicy,
        now_us: int,
    ) -> tuple[CacheLookup, int]:
        """Return what entries and tokens say of some days, and when the first fresh day is to be refreshed.

        Args:
            places: the keys of the entries in the cache, then those of the tokens.
        """
        entry_values, token_values = values[: len(keys)], values[len(keys) :]
        tokens = _tokens(keys, token_values)
        fresh: dict[DayKey, MeasuredDay] = {}
        to_refresh: list[DayKey] = []
        stale: dict[DayKey, MeasuredDay] = {}
        invalid_places: list[str] = []
        refresh_times_us: list[int] = []
        for key, place, value in zip(keys, places[: len(keys)], entry_values, strict=True):
            entry = decode_entry(value, key, self._seal)
            if entry is None:
                if value is not None:
                    invalid_places.append(place)
                continue
            if entry.token != tokens.get(key) or entry.day.objection(entry.written_us, now_us):
                continue
            lifetime_share = self._lifetime_share(entry, policy, now_us)
            if lifetime_share >= 1:
                stale[key] = entry.day
                continue
            fresh[key] = entry.day
            if lifetime_share >= self._lifetimes.fresh_share:
                to_refresh.append(key)
            lifetime_us = self._lifetimes.lifetime_us(entry.day, policy)
            refresh_times_us.append(entry.written_us + int(lifetime_us * self._lifetimes.fresh_share))
        self._report(invalid_places)
        missing = tuple(key for key in keys if key not in fresh)
        lookup = CacheLookup(fresh, tuple(to_refresh), stale, missing, tokens)
        return lookup, min(refresh_times_us, default=now_us)

    def _report(self, invalid_places: Sequence[str]) -> None:
        """Report entries that do not hold, those that were not reported before."""
        new_places = set(invalid_places) - self._reported_places
        if not new_places:
            return
        if len(self._reported_places) >= _MOST_REPORTED:
            self._reported_places.clear()  # memory stays bounded, at the price of reporting some again
        self._reported_places |= new_places
        self._on_invalid(InvalidCacheEntryError(len(new_places)))

    def _lifetime_share(self, entry: Entry, policy: SLAPolicy, now_us: int) -> float:
        """Return how much of an entry's lifetime is over; 1 and more: all of it."""
        return (now_us - entry.written_us) / max(1, self._lifetimes.lifetime_us(entry.day, policy))

    async def tokens_for(self, keys: Iterable[DayKey], known_tokens: Mapping[DayKey, bytes]) -> dict[DayKey, bytes]:
        """Return the token of each day's date, made where there is none. Call it before the facts are read.

        Args:
            known_tokens: the tokens that a lookup has seen.

        Returns:
            The tokens that the cache has: of a day whose new token it did not keep, none.
        """
        requested_keys = tuple(keys)
        tokens = {key: known_tokens[key] for key in requested_keys if key in known_tokens}
        new_keys = [key for key in requested_keys if key not in known_tokens]
        if not new_keys:
            return tokens
        places = [token_key(key.tenant_id, key.date) for key in new_keys]
        await self._cache.set_many({place: uuid4().hex.encode() for place in places}, lifetime_s=TOKEN_LIFETIME_S)
        # Another process may have written its own in between; what the cache has now counts.
        return {**tokens, **_tokens(new_keys, await self._cache.get_many(places))}

    async def write(self, days: Mapping[DayKey, MeasuredDay], tokens: Mapping[DayKey, bytes], now_us: int) -> None:
        """Write some days under the tokens that were taken before they were measured; not those without one."""
        values: dict[str, bytes] = {}
        for key, day in days.items():
            if key in tokens:
                values[day_key(key)] = encode_entry(Entry(day, now_us, tokens[key]), key, self._seal)
        if values:
            self._reported_places.difference_update(values)
            await self._cache.set_many(values, lifetime_s=self._lifetimes.closed.total_seconds())

    async def invalidate(self, tenant_id: str, dates: Iterable[dt.date]) -> None:
        """Let no entry of some dates of a tenant count any more.

        Raises:
            CacheUnavailableError: the tokens may still be there; call again.
        """
        self._places.forget(tenant_id)
        self._lookups.forget(tenant_id)
        keys = [token_key(tenant_id, date) for date in dates]
        if keys:
            await self._cache.delete_many(keys)

    @asynccontextmanager
    async def locked(self, key: DayKey, *, timeout_s: float | None = None) -> AsyncIterator[bool]:
        """Hold the lock on the measurements that `key` belongs to, in all processes; yield whether it is held.

        Args:
            timeout_s: how long to wait for another holder; by default as the lifetimes say.
        """
        place, holder = lock_key(key), uuid4().hex
        if timeout_s is None:
            timeout_s = self._lifetimes.lock_timeout.total_seconds()
        is_held = await self._acquire(place, holder, timeout_s)
        try:
            yield is_held
        finally:
            if is_held:
                await self._cache.unlock(place, holder)

    async def _acquire(self, place: str, holder: str, timeout_s: float) -> bool:
        give_up_at = monotonic() + timeout_s
        lifetime_s = self._lifetimes.lock.total_seconds()
        while not await self._cache.lock(place, holder, lifetime_s=lifetime_s):
            if monotonic() >= give_up_at:
                return False
            await asyncio.sleep(LOCK_POLL_S)
        return True


def _memory_of_days() -> TenantMemory[_Range, _Value]:
    return TenantMemory(most_of_tenant=REMEMBERED_DAYS_OF_TENANT, most=REMEMBERED_DAYS)


def _tokens(keys: Sequence[DayKey], values: Sequence[bytes | None]) -> dict[DayKey, bytes]:
    """Return the tokens of some keys; what is empty or longer than a token was not written by this library."""
    token_of_key = zip(keys, values, strict=True)
    return {key: token for key, token in token_of_key if token and len(token) <= _LONGEST_TOKEN}
