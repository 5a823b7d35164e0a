"""A cache inside the process."""
################################################################
# Bounded: where there are more keys than it may hold, the least recently read or
# written ones go first.
################################################################

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from time import monotonic
from typing import Final

DEFAULT_KEYS: Final = 100_000
"""A year of days of 130 tenants, or 90 days of 550; some 60 MB when full."""


class MemoryCache:
    """A Cache of one process, for one event loop."""

    def __init__(self, *, max_keys: int = DEFAULT_KEYS, clock: Callable[[], float] = monotonic) -> None:
        """Make an empty cache.

        Args:
            max_keys: how many keys it holds.
            clock: seconds that never go back.
        """
        self._max_keys = max_keys
        self._clock = clock
        self._values: OrderedDict[str, tuple[float, bytes]] = OrderedDict()
        self._locks: dict[str, tuple[float, str]] = {}

    async def get_many(self, keys: Sequence[str]) -> list[bytes | None]:
        """Return the value of each key."""
        now = self._clock()
        # One loop without a call for each key: an answer of ninety days reads 180 of them.
        entries = self._values
        values: list[bytes | None] = []
        for key in keys:
            entry = entries.get(key)
            if entry is None:
                values.append(None)
            elif entry[0] > now:
                entries.move_to_end(key)
                values.append(entry[1])
            else:
                del entries[key]
                values.append(None)
        return values

    async def set_many(self, values: Mapping[str, bytes], *, lifetime_s: float) -> None:
        """Write some values."""
        expires_at = self._clock() + lifetime_s
        for key, value in values.items():
            self._values[key] = (expires_at, value)
            self._values.move_to_end(key)
        while len(self._values) > self._max_keys:
            self._values.popitem(last=False)

    async def delete_many(self, keys: Sequence[str]) -> None:
        """Delete some keys."""
        for key in keys:
            self._values.pop(key, None)

    async def lock(self, key: str, holder: str, *, lifetime_s: float) -> bool:
        """Take a lock; return whether it was free."""
        now = self._clock()
        if key in self._locks and self._locks[key][0] > now:
            return False
        self._locks[key] = (now + lifetime_s, holder)
        return True

    async def unlock(self, key: str, holder: str) -> None:
        """Release a lock of this holder."""
        if key in self._locks and self._locks[key][1] == holder:
            del self._locks[key]

    async def aclose(self) -> None:
        """Do nothing: there are no connections."""
