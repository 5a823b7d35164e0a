"""Which rules no drawn world needs, so that a test would not notice if one were missing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Final

from hypothesis import Phase, find, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from sla_compliance.testing.oracle import Rule
from sla_compliance.testing.oracle.world import World

EXAMPLES: Final = 250
"""How many worlds a comparison of library and oracle draws; no rule may need more to be noticed."""

EXAMPLES_OF_PLANNED_WORK: Final = 400
"""The same for planned work, whose rules hide one another."""


def unnoticed_rules(
    strategy: st.SearchStrategy[World],
    rules: Iterable[Rule],
    differs_without: Callable[[World, Rule], bool],
    examples: int = EXAMPLES,
) -> set[str]:
    """Return the names of those rules that change nothing in any of the worlds drawn.

    Args:
        differs_without: whether the figures of a world without a rule are others than those it is compared with.
        examples: how many worlds are drawn.
    """
    unnoticed = set(rules)

    def all_are_noticed(world: World) -> bool:
        for rule in sorted(unnoticed):
            if differs_without(world, rule):
                unnoticed.discard(rule)
        return not unnoticed

    with suppress(NoSuchExample):
        find(strategy, all_are_noticed, settings=settings(max_examples=examples, phases=[Phase.generate]))
    return {rule.name for rule in unnoticed}
