"""ExpansionMemory: what was expanded before, by what determines it, within a bound of memory."""
################################################################
# Hours and recurrences are the same for every evaluation of a contract, and for all
# tenants that agreed the same. A value is remembered by everything that it depends
# on, so it is what expanding again would give. An error is not remembered.
#
# There are two generations. New values go into the recent one; once that is half of
# the bound, it becomes the older one, and what was the older one is dropped. A value
# of the older one that is used moves into the recent one. So values in use stay, and
# no more than the bound is held.
#
# There is no lock: a process that is forked while another thread holds one would wait
# for ever. Operations on a dict are atomic. Two threads may both expand one value, and
# both get equal ones; what they count at the same moment may be counted once.
################################################################

from __future__ import annotations

from collections.abc import Callable, Hashable, Sized
from typing import Final, Generic, TypeVar

# Of 80 to 140 bytes each: 8 to 14 MB.
_MOST_STRETCHES: Final = 100_000
# What a key and its entry take, counted in stretches.
_STRETCHES_A_KEY: Final = 8

_Expansion = TypeVar("_Expansion", bound=Sized)


class ExpansionMemory(Generic[_Expansion]):
    """Values made of stretches of time, by what determines them; any thread may use it."""

    def __init__(self, most_stretches: int = _MOST_STRETCHES) -> None:
        """Hold values of at most so many stretches in all."""
        self._most_a_generation = most_stretches // 2
        self._recent: dict[Hashable, _Expansion] = {}
        self._older: dict[Hashable, _Expansion] = {}
        self._recent_stretches = 0

    def expansion(self, key: Hashable, expand: Callable[[], _Expansion]) -> _Expansion:
        """Return the value of a key, by `expand` where it is not remembered; it must not be changed."""
        value = self._recent.get(key)
        if value is not None:
            return value
        value = self._older.get(key)
        if value is None:
            value = expand()
        self._keep(key, value)
        return value

    def _keep(self, key: Hashable, value: _Expansion) -> None:
        stretches = len(value) + _STRETCHES_A_KEY
        if stretches > self._most_a_generation:
            return
        if self._recent_stretches + stretches > self._most_a_generation:
            self._older, self._recent, self._recent_stretches = self._recent, {}, 0
        self._recent[key] = value
        self._recent_stretches += stretches

    @property
    def stretch_count(self) -> int:
        """How many stretches all values have that are held now."""
        return sum(map(len, [*self._older.values(), *self._recent.values()]))
