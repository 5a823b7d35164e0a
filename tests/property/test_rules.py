"""The worlds that are drawn need every rule: without any one of them the oracle says something else in some world."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import strategies as st

from sla_compliance.testing.oracle import Oracle, Rule
from sla_compliance.testing.oracle.world import OneKey, World
from sla_compliance.testing.worlds import Aspect, worlds
from tests.property.comparison import bounds_of_oracle
from tests.property.leaving_out import EXAMPLES, EXAMPLES_OF_PLANNED_WORK, unnoticed_rules
from tests.property.test_ledgers import RULES_OF_EVERY_WORLD


@dataclass(frozen=True)
class Group:
    """Rules, and the worlds that need them."""

    title: str
    worlds: st.SearchStrategy[World]
    rules: list[Rule]
    share: OneKey | None = None
    examples: int = EXAMPLES


GROUPS = [
    Group(
        "rows",
        worlds(Aspect.ENDS, Aspect.ROWS_OF_ONE_ID),
        [
            Rule.OVER_WITHOUT_TIME, Rule.UPDATED_BOUND, Rule.NEXT_ROW_BOUND, Rule.NEXT_ROW_OF_RESOURCE,
            Rule.LENGTH_BOUND, Rule.SNAPSHOTS, Rule.WORST_SEVERITY, Rule.OVER_IN_DOUBT, Rule.OVERLAP_IN_DOUBT,
        ],
    ),
    Group(
        "targeted",
        worlds(Aspect.TARGETED),
        [
            Rule.TARGETED, Rule.EVERY_ALARM, Rule.BRIDGED_GAP, Rule.EXCUSED_BY_MAINTENANCE, Rule.ANY_COLUMN,
            Rule.TUPLE_KEYS, Rule.WITH_CHILDREN, Rule.ANY_DEPTH, Rule.PARENT_BY_ALARM_ID,
        ],
    ),
    Group(
        "planned work",
        worlds(Aspect.PLANNED_WORK),
        [
            Rule.NOTICE, Rule.ENTERED_AT, Rule.WITHOUT_NOTICE, Rule.WORK_HOURS, Rule.MOST_WINDOWS, Rule.MOST_TIME,
        ],
        examples=EXAMPLES_OF_PLANNED_WORK,
    ),
    Group("caused", worlds(Aspect.CAUSED_WORK), [Rule.CAUSED, Rule.UNITED_WINDOWS]),
    Group("targeted planned work", worlds(Aspect.PLANNED_WORK, Aspect.TARGETED), [Rule.OWN_CAPS]),
    Group(
        "doubt",
        worlds(Aspect.DOUBT),
        [
            Rule.STALE_WHEN_ASKED_AGAIN, Rule.SET_ASIDE, Rule.UNKNOWN_IN_DOUBT, Rule.UNKNOWN_EXCLUDED,
            Rule.MINIMUM_COVERAGE, Rule.UNSEEN_IN_DOUBT, Rule.UNKNOWN_SIGHT_IN_DOUBT, Rule.STALE_IN_DOUBT,
            Rule.REFRESHED_EVERY, Rule.SET_ASIDE_IN_DOUBT, Rule.UNREADABLE_START, Rule.OVERWRITTEN_IN_DOUBT,
        ],
    ),
    Group("targeted doubt", worlds(Aspect.DOUBT, Aspect.TARGETED), [Rule.DOUBT_IS_NOT_EXCUSED]),
    Group("monitored with gaps", worlds(Aspect.MONITOR_GAP), [Rule.MONITOR_GAP]),
    Group(
        "one key of many",
        worlds(Aspect.TARGETED),
        [Rule.OWN_KEY, Rule.UNKEYED_IN_DOUBT],
        OneKey("resource_id", "r1"),
    ),
]  # fmt: skip


def test_every_rule_stands_in_one_group() -> None:
    """Only a rule that is left out is known to matter; those of every world are left out beside the flagship."""
    rules_of_groups = [rule for group in GROUPS for rule in group.rules]
    assert sorted([*RULES_OF_EVERY_WORLD, *rules_of_groups]) == sorted(Rule)


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.title)
def test_some_world_needs_each_rule(group: Group) -> None:
    """Within as many worlds as a comparison of library and oracle draws."""

    def differs_without(world: World, rule: Rule) -> bool:
        with_all = Oracle(world, share=group.share)
        return bounds_of_oracle(Oracle(world, without={rule}, share=group.share)) != bounds_of_oracle(with_all)

    assert unnoticed_rules(group.worlds, group.rules, differs_without, group.examples) == set()
