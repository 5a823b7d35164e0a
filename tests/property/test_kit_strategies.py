"""What users' tests draw: every argument matters, exports mean what they say, counterexamples shrink."""

from __future__ import annotations

import inspect
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import fields, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample
from hypothesis.vendor.pretty import pretty

import sla_compliance as sla
from sla_compliance.calendars.exclusions import MaintenanceKind
from sla_compliance.testing import (
    Aspect,
    Export,
    Place,
    Scenario,
    alarm_lists,
    batches,
    corrections,
    exclusions,
    exports,
    inventories,
    maintenance_windows,
    places,
    planned_work,
    policies,
    questions,
    recurring_maintenance_windows,
    scenarios,
)
from sla_compliance.testing.exports import PRODUCTS
from sla_compliance.testing.worlds.places import PLACES
from sla_compliance.zones import load_zone

ENOUGH: Final = 2_000
"""How many scenarios are drawn; no argument may need more to alter a figure."""

DEFAULT_ARGUMENTS: Final[dict[str, Any]] = {
    "maintenance": (),
    "exclusions": (),
    "service_hours": None,
    "in_service": None,
    "monitored": None,
    "monitor_gap": timedelta(0),
    "corrections": (),
    "zone": "UTC",
}
POLICY_ARGUMENTS: Final[dict[str, Any]] = {
    "target_percentage": "99.9",
    "qualifying": sla.AlarmFilter(),
    "accounting": sla.Accounting.REMOVED,
    "merge_gap": timedelta(0),
    "min_outage": timedelta(0),
    "stale_after": None,
    "accepted_maintenance": {MaintenanceKind.PLANNED},
    "unknown": "doubt",
    "minimum_coverage": 0,
    "refreshed_every": None,
    "doubt_at_most": timedelta(hours=24),
}
RULES_OF_WORK: Final = [field.name for field in fields(sla.PlannedWork)]


def drawn(strategy: st.SearchStrategy[Any], condition: Callable[[Any], bool]) -> Any:
    """Return the first draw that meets a condition, as it was drawn."""
    return find(strategy, condition, settings=settings(max_examples=ENOUGH, phases=[Phase.generate]))


def figures(report: sla.ComplianceReport) -> object:
    """Return all that a report says of its days and of the whole window, and how certain that is."""
    days = [(record.as_dict(detail=True), record.segments) for record in report.days]
    return days, report.total.verdict, report.bounds()


def without(scenario: Scenario, name: str) -> sla.ComplianceReport:
    """Return the report of a scenario with one argument, field of the policy, or rule of planned work as by default."""
    if name == "as_of":
        return scenario.report(as_of=scenario.question["as_of"] + timedelta(days=400))
    if name in DEFAULT_ARGUMENTS:
        return scenario.report(**{name: DEFAULT_ARGUMENTS[name]})
    policy = scenario.question["policy"]
    if name in POLICY_ARGUMENTS:
        return scenario.report(policy=policy.with_changes(**{name: POLICY_ARGUMENTS[name]}))
    work = replace(policy.planned_work, **{name: getattr(sla.PlannedWork(), name)})
    return scenario.report(policy=policy.with_changes(planned_work=work))


GROUPS: Final[dict[tuple[Aspect, ...], list[str]]] = {
    (): [
        "maintenance", "exclusions", "service_hours", "in_service", "monitored", "corrections", "zone", "as_of",
        "target_percentage", "qualifying", "accounting", "merge_gap", "min_outage", "stale_after",
        "accepted_maintenance",
    ],
    (Aspect.DOUBT,): ["unknown", "minimum_coverage", "refreshed_every"],
    (Aspect.ENDS,): ["doubt_at_most"],
    (Aspect.MONITOR_GAP,): ["monitor_gap"],
    (Aspect.PLANNED_WORK,): ["notice", "without_notice", "hours", "most_time", "most_windows", "per"],
    (Aspect.CAUSED_WORK,): ["excuses"],
}  # fmt: skip
"""What alters a figure of some scenario, by what the scenario has."""


def test_every_argument_stands_in_a_group() -> None:
    """Of evaluate(), of a policy and of the rules of planned work, but for what it is about and the window."""
    arguments = inspect.signature(sla.evaluate).parameters.keys()
    assert {*DEFAULT_ARGUMENTS, "as_of", "policy", "alarms", "start", "end", "on_invalid"} == arguments
    assert POLICY_ARGUMENTS.keys() | {"planned_work"} == inspect.signature(sla.SLAPolicy).parameters.keys()
    names = {name for group in GROUPS.values() for name in group}
    assert names == {*DEFAULT_ARGUMENTS, *POLICY_ARGUMENTS, *RULES_OF_WORK, "as_of"}


@pytest.mark.parametrize("aspects", GROUPS, ids=lambda aspects: "+".join(aspect.name for aspect in aspects) or "any")
def test_every_argument_matters(aspects: tuple[Aspect, ...]) -> None:
    """Left out, it alters a figure of some scenario."""
    unnoticed = set(GROUPS[aspects])

    def all_are_noticed(scenario: Scenario) -> bool:
        figures_with_all = figures(scenario.report())
        for name in sorted(unnoticed):
            if figures(without(scenario, name)) != figures_with_all:
                unnoticed.discard(name)
        return not unnoticed

    with suppress(NoSuchExample):
        find(
            scenarios(aspects=aspects), all_are_noticed, settings=settings(max_examples=ENOUGH, phases=[Phase.generate])
        )
    assert unnoticed == set()


@given(data=st.data(), place=places())
@settings(max_examples=60)
def test_an_export_means_its_alarms(data: st.DataObject, place: Place) -> None:
    """Read with its options, to every figure and every doubt."""
    export: Export = data.draw(exports(place))
    question: Any = data.draw(questions(place))
    by_rows = sla.evaluate(export.batch(), **question)
    by_alarms = sla.evaluate(sla.AlarmBatch.from_alarms(export.alarms), **question)
    assert by_rows.days == by_alarms.days
    assert by_rows.bounds() == by_alarms.bounds()


@pytest.mark.parametrize("product", PRODUCTS, ids=lambda product: product.name)
def test_an_export_needs_its_options(product: Any) -> None:
    """Without any one of them some export of the product is refused, or means something else."""
    names = set(drawn(exports(), lambda export: export.product == product.name and bool(export.rows)).options)

    def is_needed(name: str, export: Export) -> bool:
        if export.product != product.name:
            return False
        others = {other: value for other, value in export.options.items() if other != name}
        try:
            batch = sla.alarms_from_rows(export.rows, **others)
        except sla.SLAComplianceError:
            return True
        return batch.ends_us != export.batch().ends_us or batch.columns != export.batch().columns

    for name in names:
        assert drawn(exports(), partial(is_needed, name))


@given(place=places())
def test_the_clock_of_a_place_changes_nearby(place: Place) -> None:
    """Within what a world may speak of; or it is one of the well-known places."""
    rules = load_zone(place.zone)
    offsets = {place.at(instant).astimezone(rules).utcoffset() for instant in range(-2, 50)}
    assert len(offsets) > 1 or place in PLACES or place.unit < timedelta(hours=1)


@given(
    rows=alarm_lists(aspects={Aspect.DOUBT, Aspect.ROWS_OF_ONE_ID}),
    entered=st.lists(corrections(), max_size=3),
    inventory=inventories(),
    question=questions(aspects={Aspect.TARGETED}),
    by=st.sampled_from(("resource_id", "customer_id")),
)
@settings(max_examples=40)
def test_corrections_and_inventories_are_of_the_rows(
    rows: list[sla.Alarm], entered: list[sla.Correction], inventory: sla.Inventory, question: Any, by: Any
) -> None:
    """Reports of each unit can be made of all of them."""
    reports = sla.evaluate_each(
        rows, by=by, inventory=inventory, corrections=entered, on_invalid="quarantine", **question
    )
    assert {unit.key for unit in inventory.units} <= reports.keys()


def test_facts_of_each_kind_are_drawn() -> None:
    """What their aspects say, and what they are about."""
    targeted = {Aspect.TARGETED}
    assert drawn(maintenance_windows(aspects=targeted), lambda window: window.targets is not None)
    assert drawn(maintenance_windows(aspects=targeted), lambda window: window.with_children)
    assert drawn(exclusions(aspects=targeted), lambda exclusion: exclusion.targets is not None)
    assert drawn(exclusions(), lambda exclusion: exclusion.targets is None)
    announced = maintenance_windows(aspects={Aspect.PLANNED_WORK})
    assert drawn(announced, lambda window: None not in (window.announced_at_us, window.entered_at_us))
    for part in ("COUNT", "UNTIL", "BYDAY", "INTERVAL", "FREQ=WEEKLY"):
        assert drawn(recurring_maintenance_windows(), recurs_by(part))
    for name in RULES_OF_WORK:
        assert drawn(planned_work(), differs_in(name))
    work = policies(aspects={Aspect.PLANNED_WORK})
    assert drawn(work, lambda policy: not policy.planned_work.accepts_all)
    for name in ("parents", "target", "in_service", "service_hours", "zone"):
        assert drawn(inventories(), has_unit_with(name))
    for name in ("starts", "ends", "severity", "void"):
        assert drawn(corrections(), corrects(name))


def recurs_by(part: str) -> Callable[[Any], bool]:
    return lambda window: part in str(window.recurrence)


def differs_in(name: str) -> Callable[[Any], bool]:
    default = getattr(sla.PlannedWork(), name)
    return lambda work: getattr(work, name) != default


def has_unit_with(name: str) -> Callable[[Any], bool]:
    return lambda inventory: any(getattr(unit, name) for unit in inventory.units)


def corrects(name: str) -> Callable[[Any], bool]:
    return lambda correction: name in correction.fields


def overlaps_summed(alarms: list[sla.Alarm]) -> timedelta:
    """A fault: time in which two alarms are active counts twice."""
    return sum((alarm.cleared_at - alarm.first_occurrence for alarm in alarms if alarm.cleared_at), timedelta(0))


def united(alarms: list[sla.Alarm]) -> timedelta:
    """The same without the fault."""
    active: set[datetime] = set()
    for alarm in alarms:
        at = alarm.first_occurrence
        while alarm.cleared_at is not None and at < alarm.cleared_at:
            active.add(at)
            at += timedelta(hours=1)
    return len(active) * timedelta(hours=1)


def test_the_counterexample_of_a_double_count_is_two_short_alarms() -> None:
    """They share one hour, or two; nothing else is left in them."""
    smallest = find(alarm_lists(), lambda alarms: overlaps_summed(alarms) != united(alarms))
    assert len(smallest) == 2
    assert overlaps_summed(smallest) <= timedelta(hours=4)


def smallest_size(strategy: st.SearchStrategy[Any], is_fault: Callable[[Any], bool], size: Callable[[Any], int]) -> int:
    """Return how large the smallest counterexample is."""
    return size(find(strategy, is_fault))


def test_what_hypothesis_prints_of_a_question_can_be_read() -> None:
    """Its printer of dataclasses would follow the class attributes of periods and accountings."""
    question = drawn(questions(aspects={Aspect.PLANNED_WORK}), lambda _: True)
    assert len(pretty(question)) < 5_000
    assert pretty(sla.Period.MONTH) == repr(sla.Period.MONTH)


def test_counterexamples_of_other_faults_are_small_too() -> None:
    """A row of an export, an alarm of a scenario, a few rows of a batch."""
    assert (
        smallest_size(exports(), lambda one: "columns" in one.options and bool(one.rows), lambda one: len(one.rows))
        == 1
    )
    is_down = smallest_size(
        scenarios(aspects=()), lambda one: one.report().total.downtime_us > 0, lambda one: len(one.alarms)
    )
    assert is_down == 1
    assert smallest_size(batches(), lambda batch: len(batch) > 2, len) <= 4


FAILING_TEST: Final = """
from hypothesis import Phase, given, settings
from sla_compliance.testing import alarm_lists

@settings(database=None, deadline=None, derandomize=True, phases=[Phase.generate, Phase.shrink])
@given(alarms=alarm_lists())
def fails(alarms):
    assert not alarms

fails()
"""


def test_a_failing_example_shows_what_was_drawn() -> None:
    """A stranger copies it into a test of its own: no calls of this library's functions, no rows of the oracle."""
    done = subprocess.run([sys.executable, "-c", FAILING_TEST], capture_output=True, text=True, check=False, timeout=60)
    assert "alarms=[Alarm(first_occurrence=datetime.datetime(2025, 10, 25" in done.stderr
