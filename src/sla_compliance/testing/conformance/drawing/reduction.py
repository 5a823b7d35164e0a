"""Makes a drawn question smaller while it still shows what it is about."""
################################################################
# One part after the other is taken out, first whole rows, windows and arguments, then
# what rows, windows and terms say. What is still shown without a part does without.
################################################################

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any, Final

_NEEDED: Final = frozenset({"start", "end", "as_of", "zone", "alarms", "first_occurrence", "by", "periods", "budget"})
_LISTS: Final = ("alarms", "maintenance", "exclusions", "corrections", "monitored")
_LISTS_OF_FACTS: Final = ("alarms", "maintenance", "exclusions")

Path = tuple[str | int, ...]
"""Where a part of a question stands."""


def reduced(question: dict[str, Any], is_enough: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """Return a question with as few parts as are enough."""
    for paths_of in (_paths_of_wholes, _paths_of_facts):
        for path in paths_of(question):
            smaller = _without(question, path)
            if is_enough(smaller):
                question = smaller
    return question


def _paths_of_wholes(question: dict[str, Any]) -> list[Path]:
    """Return the places of rows, windows and arguments; of a list the last first, so that places stay right."""
    paths: list[Path] = []
    for name in _LISTS:
        paths += [(name, index) for index in reversed(range(len(question.get(name, ()))))]
    return paths + [(name,) for name in question if name not in _NEEDED]


def _paths_of_facts(question: dict[str, Any]) -> list[Path]:
    """Return the places of what rows, windows and terms say."""
    paths: list[Path] = []
    for name in _LISTS_OF_FACTS:
        for index, entry in enumerate(question.get(name, ())):
            paths += [(name, index, key) for key in entry if key not in _NEEDED]
    policy = question.get("policy", {})
    paths += [("policy", key) for key in policy]
    return paths + [("policy", "planned_work", key) for key in policy.get("planned_work", ())]


def _without(question: dict[str, Any], path: Path) -> dict[str, Any]:
    smaller = deepcopy(question)
    place: Any = smaller
    for step in path[:-1]:
        if isinstance(place, dict) and step not in place:
            return smaller  # what it stood in is gone already
        place = place[step]
    part: Any = path[-1]
    if isinstance(place, list) or part in place:
        del place[part]
    return smaller
