"""What a cache promises."""
################################################################
# A cache keeps short values under short keys, each for a limited time. It may
# lose any of them at any time. It knows nothing of days: what is written, and how
# long that counts, is decided in day_cache.py alone.
#
# A cache that cannot do what it is called for raises CacheUnavailableError, soon,
# and nothing else: its callers go on without it.
################################################################

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol


class Cache(Protocol):
    """Bytes by key, for a limited time. No base class to inherit.

    An implementation promises, and tests/contract checks, that it
    - answers `get_many` in one round trip, in the order of the keys, None where there is no value;
    - never returns a value after its lifetime, nor a value of another key;
    - gives a lock to one holder at a time, and to the next once it was released or its lifetime is over;
    - raises CacheUnavailableError, and no other error, where it cannot do so.
    """

    async def get_many(self, keys: Sequence[str]) -> list[bytes | None]:
        """Return the value of each key."""
        ...

    async def set_many(self, values: Mapping[str, bytes], *, lifetime_s: float) -> None:
        """Write some values."""
        ...

    async def delete_many(self, keys: Sequence[str]) -> None:
        """Delete some keys; unknown ones are no error."""
        ...

    async def lock(self, key: str, holder: str, *, lifetime_s: float) -> bool:
        """Take a lock for `holder`; return whether it was free."""
        ...

    async def unlock(self, key: str, holder: str) -> None:
        """Release the lock of `holder`; a lock that another holder has by now stays."""
        ...

    async def aclose(self) -> None:
        """Close connections."""
        ...
