"""What a cache promises."""
################################################################
# A cache is a place for short bytes under short keys, each for a while. It may
# forget anything at any time. It knows nothing of days; what is kept in it, and
# when that holds, is decided in days.py alone.
#
# A cache that cannot do what it was asked raises CacheUnavailableError, soon, and
# nothing else: whoever asks goes on without it.
################################################################

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol


class Cache(Protocol):
    """Bytes by key, for a while. No base class to inherit.

    An implementation promises, and tests/contract checks, that it
    - answers `get_many` in one round trip, in the order of the keys, None where nothing is;
    - never returns a value after its lifetime, nor a value of another key;
    - gives a lock to one holder at a time, and to the next once it was released or its lifetime is over;
    - raises CacheUnavailableError, and no other error, where it cannot.
    """

    async def get_many(self, keys: Sequence[str]) -> list[bytes | None]:
        """Return the value of each key."""
        ...

    async def set_many(self, values: Mapping[str, bytes], *, lifetime_s: float) -> None:
        """Keep some values."""
        ...

    async def delete_many(self, keys: Sequence[str]) -> None:
        """Forget some keys; unknown ones are no error."""
        ...

    async def lock(self, key: str, holder: str, *, lifetime_s: float) -> bool:
        """Take a lock for `holder`; return whether it was free."""
        ...

    async def unlock(self, key: str, holder: str) -> None:
        """Give a lock back; one that somebody else holds by now stays theirs."""
        ...

    async def aclose(self) -> None:
        """Give up connections."""
        ...
