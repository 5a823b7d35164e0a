"""Evaluations at their edges: arguments by name, rows that a part needs, terms of units, keys without rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

import sla_compliance as sla
from sla_compliance.compliance import EvaluationArguments
from sla_compliance.intervals import ALWAYS, NEVER, IntervalSet
from sla_compliance.units import MIN_US
from tests.unit.moments import DAY_US, HOUR_US, MINUTE_US, at, report_of, us

HOUR = timedelta(hours=1)
TERMS: dict[str, Any] = {"start": at(8), "end": at(9), "zone": "UTC", "as_of": at(9)}


def arguments(**changes: Any) -> EvaluationArguments:
    """Return those of 8 October."""
    return EvaluationArguments(**{**TERMS, **changes})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"start": 5}, "start is 5"),
        ({"end": 5}, "end is 5"),
        ({"as_of": 5}, "as_of is 5"),
        ({"end": at(7)}, "end is 2025-10-07 00:00:00+00:00, before start 2025-10-08 00:00:00+00:00; swap them"),
        ({"policy": "99"}, "policy is '99'; give an SLAPolicy"),
        ({"monitor_gap": 5}, "monitor_gap is 5"),
        ({"maintenance": 5}, "maintenance is 5; give a list of (start, end) pairs of aware datetimes"),
        ({"exclusions": 5}, "exclusions is 5; give a list of (start, end) pairs of aware datetimes"),
        ({"maintenance": [5]}, "maintenance[0] is 5; give a pair (start, end) of aware datetimes"),
        ({"exclusions": [(at(8), at(9), at(9))]}, "exclusions[0] is a value of type tuple; give a pair (start, end)"),
        ({"exclusions": [(at(9), at(8))]}, "exclusions[0] ends at 2025-10-08"),
        ({"monitored": [(at(8), 5)]}, "monitored[0].end is 5"),
        ({"in_service": [(5, at(8))]}, "in_service[0].start is 5"),
        ({"service_hours": 5}, "service_hours is 5; give ServiceHours.parse('mon-fri 09:00-17:00'), say, or a list of"),
        ({"monitored": "always"}, "monitored is 'always'; give a list of (start, end) pairs of aware datetimes"),
    ],
)
def test_a_bad_argument_is_named(changes: dict[str, Any], message: str) -> None:
    """When the arguments are made; as an attribute too."""
    with pytest.raises(sla.SLAComplianceError) as caught:
        arguments(**changes)
    assert str(caught.value).startswith(message)
    assert caught.value.field == message.split(maxsplit=1)[0]


def test_iterables_are_read_once() -> None:
    """Arguments may be changed and used again."""
    made = arguments(
        maintenance=iter([(at(8), at(8, 1))]),
        exclusions=iter([(at(8, 2), at(8, 3))]),
        monitored=iter([(at(8), at(9))]),
        in_service=iter([(at(8), at(9))]),
        service_hours=iter([(at(8), at(9))]),
    )
    again = replace(made, as_of=at(8, 12))
    assert again.contract == made.contract
    assert again.contract.maintenance.total_us == again.contract.exclusions.total_us == HOUR_US
    assert again.contract.monitored == again.contract.in_service == again.contract.service_hours
    assert (made.start_us, made.end_us, again.as_of_us) == (us(at(8)), us(at(9)), us(at(8, 12)))


def test_rows_are_needed_from_the_margin_of_damping_on() -> None:
    """Never from before the calendar."""
    policy = sla.SLAPolicy(merge_gap=HOUR, min_outage=2 * HOUR)
    start_us = us(at(8))
    assert arguments(policy=policy).rows_needed_from_us(start_us) == start_us - 3 * HOUR_US
    assert arguments().rows_needed_from_us(start_us) == start_us
    assert arguments(policy=policy).rows_needed_from_us(MIN_US + 1) == MIN_US


@pytest.mark.parametrize(
    ("work", "needed_from"),
    [
        ((at(7), at(8)), at(8)),
        ((at(7), at(8, 1)), at(7)),
        ((at(6), at(10)), at(6)),
        ((at(8), at(8, 1)), at(8)),
        ((at(8, 23), at(10)), at(8)),
        ((at(9), at(10)), at(8)),
    ],
    ids=["over before", "reaches in", "around", "begins as the part does", "begins inside", "begins after"],
)
def test_work_that_excuses_what_it_caused_needs_rows_from_just_before_it(
    work: tuple[datetime, datetime], needed_from: datetime
) -> None:
    """An outage that was there when it began decides about all of it."""
    policy = sla.SLAPolicy(planned_work=sla.PlannedWork(excuses="caused"))
    made = arguments(policy=policy, maintenance=[work])
    needed_us = us(needed_from) - (work[0] <= at(8) < work[1])
    assert made.rows_needed_from_us(us(at(8))) == needed_us
    assert arguments(maintenance=[work]).rows_needed_from_us(us(at(8))) == us(at(8))


def test_work_within_the_margin_of_damping_needs_its_rows_too() -> None:
    """The margin counts on both sides of the part, and before the work."""
    policy = sla.SLAPolicy(merge_gap=HOUR, planned_work=sla.PlannedWork(excuses="caused"))
    before = arguments(policy=policy, maintenance=[(at(7, 22), at(7, 23, 30))])
    assert before.rows_needed_from_us(us(at(8))) == us(at(7, 21)) - 1
    touching = arguments(policy=policy, maintenance=[(at(7, 22), at(7, 23))])
    assert touching.rows_needed_from_us(us(at(8))) == us(at(7, 23))


@pytest.mark.parametrize(("with_children", "is_targeted"), [(None, False), (False, True), (True, True)])
def test_arguments_say_which_rows_their_windows_need(with_children: bool | None, is_targeted: bool) -> None:
    """Those with their columns, those with their ancestors."""
    facts: dict[str, Any] = {}
    if with_children is not None:
        facts = {"applies_to": {"id": ["1"]}, "with_children": with_children}
    made = arguments(maintenance=[sla.MaintenanceWindow(at(8), at(9), **facts)])
    assert (made.has_targeted_exclusions, made.needs_ancestors) == (is_targeted, bool(with_children))


ROWS = [
    sla.Alarm(at(8, 1), at(8, 2), id="1", resource_id="a"),
    sla.Alarm(at(8, 3), at(8, 5), id="2", resource_id="b"),
    sla.Alarm(at(8, 6), at(8, 9), id="3"),
]


@pytest.mark.parametrize(
    ("unkeyed", "hours"),
    [("doubt", {"a": 1, "b": 2, None: 3}), ("everybody", {"a": 4, "b": 5}), ("nobody", {"a": 1, "b": 2})],
)
def test_rows_without_the_key_are_whose_it_is_said(unkeyed: Any, hours: dict[Any, int]) -> None:
    """In doubt they have a report of their own, and no key is confirmed."""
    reports = sla.evaluate_each(ROWS, by="resource_id", unkeyed=unkeyed, **TERMS)
    assert {key: report.total.downtime_us // HOUR_US for key, report in reports.items()} == hours
    low = reports["a"].bounds().low
    high = reports["a"].bounds().high
    assert low is not None
    assert high is not None
    assert (low < high) is (unkeyed == "doubt")
    assert {report.input_rows for report in reports.values()} == {3}
    assert {report.title for report in reports.values()} == {None}


def test_another_word_for_rows_without_the_key_is_refused() -> None:
    """With the choice."""
    with pytest.raises(sla.InvalidValueError) as caught:
        sla.evaluate_each(ROWS, by="resource_id", unkeyed="all", **TERMS)  # type: ignore[arg-type]
    assert str(caught.value) == "unkeyed is 'all'; give 'doubt', 'everybody', 'nobody'"
    assert caught.value.field == "unkeyed"


def test_units_have_terms_of_their_own() -> None:
    """Zone, hours, time in service and target; what one does not say is that of all."""
    hours = sla.ServiceHours.parse("wed 00:00-12:00")
    units = [
        sla.Unit("a", title="Ikeja", target="50"),
        sla.Unit("b", service_hours=hours),
        sla.Unit("c", zone="Africa/Lagos", service_hours=hours),
        sla.Unit("d", in_service=[(at(8, 12), at(20))]),
        sla.Unit("e", zone="Africa/Lagos"),
    ]
    reports = sla.evaluate_each(ROWS, by="resource_id", inventory=sla.Inventory(units), unkeyed="nobody", **TERMS)
    observed = {key: report.total.observed_us // HOUR_US for key, report in reports.items()}
    assert observed == {"a": 24, "b": 12, "c": 11, "d": 12, "e": 24}
    assert {key: report.zone for key, report in reports.items()} == {
        "a": "UTC",
        "b": "UTC",
        "c": "Africa/Lagos",
        "d": "UTC",
        "e": "Africa/Lagos",
    }
    assert (str(reports["a"].target_ratio), str(reports["b"].target_ratio)) == ("1/2", "999/1000")
    assert (reports["a"].title, reports["b"].title) == ("Ikeja", None)
    assert len(reports["c"].days) == 2


def test_hours_of_all_units_are_on_the_wall_of_each() -> None:
    """A unit with a zone has them there; the frame of a rule is of its zone."""
    units = [sla.Unit("a"), sla.Unit("b", zone="Africa/Lagos"), sla.Unit("c", zone="UTC")]
    hours = sla.ServiceHours.parse("wed 00:00-12:00")
    terms = {**TERMS, "service_hours": hours}
    reports = sla.evaluate_each(ROWS, by="resource_id", inventory=sla.Inventory(units), unkeyed="nobody", **terms)
    assert {key: report.total.observed_us // HOUR_US for key, report in reports.items()} == {"a": 12, "b": 11, "c": 12}
    made = arguments(service_hours=hours)
    rule = made.ledger_rule(made.contract, sla.AlarmBatch(), zone="Africa/Lagos")
    assert (rule.frame.zone, made.ledger_rule(made.contract, sla.AlarmBatch()).frame.zone) == ("Africa/Lagos", "UTC")


def test_a_window_that_names_a_key_by_itself_is_everybody_s_in_its_report() -> None:
    """It takes agreed time out there; elsewhere it excuses nothing."""
    window = sla.MaintenanceWindow(at(8, 4), at(8, 8), applies_to={"resource_id": ["b"]})
    reports = sla.evaluate_each(ROWS, by="resource_id", unkeyed="nobody", maintenance=[window], **TERMS)
    assert reports["b"].total.observed_us == 20 * HOUR_US
    assert reports["b"].total.downtime_us == HOUR_US
    assert reports["a"].total.observed_us == 24 * HOUR_US
    assert reports["b"].contract.maintenance.total_us == 4 * HOUR_US
    assert reports["b"].total.segments[sla.Scope.MAINTENANCE, sla.State.DOWN] == HOUR_US
    assert not reports["a"].contract.maintenance


def test_a_source_may_say_when_each_key_was_monitored() -> None:
    """A key of which it says nothing was never; all keys only when the source was."""
    batch = sla.AlarmBatch.from_alarms(ROWS)
    half = IntervalSet((us(at(8)),), (us(at(8, 12)),))
    own = replace(batch, monitored_by={"resource_id": {"a": half}})
    reports = sla.evaluate_each(own, by="resource_id", inventory=["a", "c"], unkeyed="nobody", **TERMS)
    assert (reports["a"].total.observed_us, reports["c"].total.observed_us) == (12 * HOUR_US, 0)
    assert (reports["a"].contract.monitored, reports["c"].contract.monitored) == (half, NEVER)
    by_customer = sla.evaluate_each(own, by="id", **TERMS)
    assert by_customer["1"].total.observed_us == DAY_US
    some = replace(batch, monitored=IntervalSet((us(at(8, 6)),), (us(at(9)),)))
    report = sla.evaluate(some, monitored=[(at(8), at(8, 9))], **TERMS)
    assert report.contract.monitored == IntervalSet((us(at(8, 6)),), (us(at(8, 9)),))
    assert sla.evaluate(batch, **TERMS).contract.monitored == ALWAYS


def test_short_gaps_of_monitoring_are_bridged() -> None:
    """Shorter than the gap, not as long."""
    seen = [(at(8), at(8, 6)), (at(8, 6, 4), at(8, 12)), (at(8, 12, 5), at(9))]
    total = report_of([], at(8), at(9), monitored=seen, monitor_gap=timedelta(minutes=5)).total
    assert DAY_US - total.observed_us == 5 * MINUTE_US
