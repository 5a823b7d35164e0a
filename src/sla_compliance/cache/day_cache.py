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
# The decorators of cache libraries keep one value under one key; ninety days
# would be ninety round trips and ninety locks. So they are not used here.
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

from sla_compliance.cache.entries import Entry, day_key, decode_entry, encode_entry, lock_key, token_key
from sla_compliance.cache.protocol import Cache
from sla_compliance.measured import DayKey, MeasuredDay
from sla_compliance.policy import SLAPolicy
from sla_compliance.units import length_us

TOKEN_LIFETIME_S: Final = 7 * 24 * 3600
LOCK_POLL_S: Final = 0.02
_LONGEST_TOKEN: Final = 64


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


@dataclass(frozen=True, slots=True)
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


class DayCache:
    """Measured days in a Cache."""

    def __init__(self, cache: Cache, lifetimes: Lifetimes) -> None:
        """Keep the cache; nothing is read yet."""
        self._cache = cache
        self._lifetimes = lifetimes

    async def lookup(self, keys: Sequence[DayKey], policy: SLAPolicy, now_us: int) -> CacheLookup:
        """Return what the cache holds of some days of one tenant; one round trip."""
        entry_places = [day_key(key) for key in keys]
        token_places = [token_key(key.tenant_id, key.date) for key in keys]
        values = await self._cache.get_many([*entry_places, *token_places])
        entry_values, token_values = values[: len(keys)], values[len(keys) :]

        tokens = _tokens(keys, token_values)
        fresh: dict[DayKey, MeasuredDay] = {}
        to_refresh: list[DayKey] = []
        stale: dict[DayKey, MeasuredDay] = {}
        for key, value in zip(keys, entry_values, strict=True):
            entry = decode_entry(value, key)
            if entry is None or entry.token != tokens.get(key) or entry.day.objection(entry.written_us, now_us):
                continue
            lifetime_share = self._lifetime_share(entry, policy, now_us)
            if lifetime_share >= 1:
                stale[key] = entry.day
                continue
            fresh[key] = entry.day
            if lifetime_share >= self._lifetimes.fresh_share:
                to_refresh.append(key)
        missing = tuple(key for key in keys if key not in fresh)
        return CacheLookup(fresh, tuple(to_refresh), stale, missing, tokens)

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
                values[day_key(key)] = encode_entry(Entry(day, now_us, tokens[key]), key)
        if values:
            await self._cache.set_many(values, lifetime_s=self._lifetimes.closed.total_seconds())

    async def invalidate(self, tenant_id: str, dates: Iterable[dt.date]) -> None:
        """Let no entry of some dates of a tenant count any more.

        Raises:
            CacheUnavailableError: the tokens may still be there; call again.
        """
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


def _tokens(keys: Sequence[DayKey], values: Sequence[bytes | None]) -> dict[DayKey, bytes]:
    """Return the tokens of some keys; what is empty or longer than a token was not written by this library."""
    token_of_key = zip(keys, values, strict=True)
    return {key: token for key, token in token_of_key if token and len(token) <= _LONGEST_TOKEN}
