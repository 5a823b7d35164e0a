"""Strategies of further facts: exclusions, recurring work and its rules, corrections, inventories."""
################################################################
# They name what drawn alarms have: ids i0, i1 ..., resources r1 and r2, customers c1
# and c2; and they lie where alarms of the same place lie.
################################################################

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence
from datetime import timedelta
from typing import Any, Final

from hypothesis import strategies as st

from sla_compliance.calendars.exclusions import Exclusion, MaintenanceWindow
from sla_compliance.calendars.planned_work import PlannedWork
from sla_compliance.corrections import Correction
from sla_compliance.inventory import Inventory, Unit
from sla_compliance.testing.evaluation import exclusion_of, planned_work_of
from sla_compliance.testing.oracle.world import OTHER, Place
from sla_compliance.testing.strategies import HERE, made_of, service_hours
from sla_compliance.testing.worlds.aspects import Aspect
from sla_compliance.testing.worlds.spans import LAST_INSTANT, mostly, wide_spans
from sla_compliance.testing.worlds.terms import work_rules
from sla_compliance.testing.worlds.windows import windows

ROW_IDS: Final = tuple(f"i{number}" for number in range(10))
KEYS: Final = ("r1", "r2", "c1", "c2")

_ONE_DAY: Final = timedelta(days=1)
_instants = st.integers(0, LAST_INSTANT)
_lengths = st.integers(1, 16)
_severities = st.sampled_from(("critical", "minor", "MAJOR"))
_corrected_names = st.sets(st.sampled_from(("starts", "ends", "severity")))
_authors = st.sampled_from(("NOC", "M. Ade"))
_targets = mostly(None, st.sampled_from(("99.9", "99", "50")), times=2)
_unit_zones = mostly(None, st.sampled_from(("Africa/Lagos", "Europe/Berlin")), times=3)
_titles = mostly(None, st.sampled_from(("Bakery", "North ring")), times=1)
_rule_heads = st.sampled_from(("FREQ=DAILY", "FREQ=DAILY;INTERVAL=2", "FREQ=WEEKLY", "FREQ=WEEKLY;BYDAY=MO,SA,SU"))
_counts = st.integers(1, 4)


def planned_work(place: Place = HERE) -> st.SearchStrategy[PlannedWork]:
    """Return a strategy of rules of planned work: notice, hours, caps, only what it caused; one or two of them."""
    return made_of(work_rules(place), lambda rules: planned_work_of(rules, place))


def exclusions(place: Place = HERE, *, aspects: Collection[Aspect] = ()) -> st.SearchStrategy[Exclusion]:
    """Return a strategy of exclusions that are no maintenance; under Aspect.TARGETED most are of some alarms only."""
    others = windows(frozenset(aspects), place, ()).filter(lambda window: window.kind == OTHER)
    return made_of(others, lambda window: exclusion_of(window, place))


@st.composite
def recurring_maintenance_windows(draw: st.DrawFn, place: Place = HERE) -> MaintenanceWindow:
    """Draw maintenance that recurs daily or weekly on the wall of the place's zone, each time for less than a day.

    So often, until an instant, or for ever.
    """
    start = place.at(draw(_instants))
    length = min(draw(_lengths) * place.unit, _ONE_DAY - place.unit % _ONE_DAY)
    rule = draw(_rule_heads)
    way = draw(st.sampled_from(("count", "until", "for ever")))
    if way == "count":
        rule += f";COUNT={draw(_counts)}"
    elif way == "until":
        rule += f";UNTIL={start + draw(_counts) * _ONE_DAY:%Y%m%dT%H%M%SZ}"
    return MaintenanceWindow(start, start + length, recurrence=rule, zone=place.zone)


@st.composite
def corrections(draw: st.DrawFn, place: Place = HERE, *, row_ids: Sequence[Hashable] = ROW_IDS) -> Correction:
    """Draw what somebody knows better than a row: when it began or ended, how severe it was, or that it is void.

    Args:
        row_ids: the ids of rows that may be corrected; those of `batches` and `alarm_lists` by default.
    """
    start = draw(_instants)
    values: dict[str, Any] = {
        "starts": place.at(start),
        "ends": place.at(start + draw(_lengths)),
        "severity": draw(_severities),
    }
    names = draw(_corrected_names)
    facts = {name: values[name] for name in sorted(names)} or {"void": True}
    return Correction(
        draw(st.sampled_from(row_ids)),
        reason="seen",
        author=draw(_authors),
        entered_at=place.at(draw(_instants)),
        **facts,
    )


@st.composite
def inventories(draw: st.DrawFn, place: Place = HERE, *, keys: Sequence[Hashable] = KEYS) -> Inventory:
    """Draw an inventory: units that depend on one another, some with terms of their own.

    Args:
        keys: those of the units; every unit may depend on those before it.
    """
    units = []
    for rank, key in enumerate(keys):
        parents = draw(st.lists(st.sampled_from(keys[:rank]), unique=True, max_size=2)) if rank else []
        units.append(
            Unit(
                key,
                parents=parents,
                target=draw(_targets),
                in_service=_pairs(draw(mostly(None, wide_spans, times=3)), place),
                service_hours=draw(mostly(None, service_hours(), times=3)),
                zone=draw(_unit_zones),
                title=draw(_titles),
            )
        )
    return Inventory(units)


def _pairs(span: tuple[int, int] | None, place: Place) -> list[tuple[Any, Any]] | None:
    return None if span is None else [(place.at(span[0]), place.at(span[1]))]
